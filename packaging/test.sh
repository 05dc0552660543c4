#!/bin/sh
# Builds everything and runs every test; what .ci/run calls. Each step says what it proves.
#   --quick   leaves out what takes minutes: slow tests, the host, the quickstart
set -eu
cd "$(dirname "$0")/.."
. packaging/tools.sh

quick=false
[ "${1:-}" = --quick ] && quick=true

passed=0
failed=0
skipped=0

step() {
    printf '\n== %s\n' "$1"
}

# number_of NAME FILE: an attribute of a report's first element
number_of() {
    sed -n "0,/<testsuite /s/.*<testsuite [^>]* $1=\"\([0-9]*\)\".*/\1/p" "$2" | head -n 1
}

# adds the tests of the reports that Surefire has just written, and says which were skipped
count_tests() {
    for report in plugin/target/surefire-reports/TEST-*.xml; do
        tests=$(number_of tests "$report")
        left_out=$(number_of skipped "$report")
        broken=$(($(number_of failures "$report") + $(number_of errors "$report")))
        passed=$((passed + tests - left_out - broken))
        failed=$((failed + broken))
        skipped=$((skipped + left_out))
    done
    rm -rf plugin/target/surefire-reports
}

step "tools: what is missing is installed"
if [ "$quick" = false ]; then
    install_missing missing_test_packages
else
    install_missing
fi
use_jdk

step "build: Java with -Xlint:all -Werror, C with -Wall -Wextra -Werror; format, unit, property and architecture tests; C tests under sanitizers"
rm -rf plugin/target/surefire-reports
mvn -B -q verify
count_tests

if [ "$quick" = false ]; then
    step "the slow tests and those with the real host: atlas, networks, edits, melt"
    mvn -B -q -pl plugin verify -Dgroups=slow,melt -Dgroups.excluded=gpu -Dsurefire.failIfNoSpecifiedTests=false
    count_tests

    step "Kdenlive and Shotcut on screens of their own: panel, Apply, preview, a crash, the film (pictures in plugin/target/kdenlive and shotcut)"
    mvn -B -q -pl plugin surefire:test -Dgroups=kdenlive -Dgroups.excluded=gpu -Dsurefire.failIfNoSpecifiedTests=false
    count_tests

    step "the package: built, installed, used and purged, nothing left"
    mvn -B -q -Pdeb -DskipTests package
    if [ "$(id -u)" -eq 0 ]; then
        short=$(mktemp -d)
        ffmpeg -v error -y -i packaging/sample/sample.mp4 -frames:v 16 -vf scale=384:216 "$short/clip.mp4"
        packaging/deb/test.sh packaging/target/stablevideo_*_amd64.deb "$short/clip.mp4"
        rm -rf "$short"
    else
        echo "not root: the package is built, not installed"
    fi

    step "quickstart: the sample is edited through melt, and again with another prompt"
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    STABLEVIDEO_CACHE="$folder/cache" packaging/quickstart.sh --out "$folder/first"
    STABLEVIDEO_CACHE="$folder/cache" packaging/quickstart.sh --out "$folder/second" --background "a golden sand desert"
    packaging/stablevideo backend stop || true

    step "compare and measure: two methods on a short clip, as a table, a page and a video side by side"
    ffmpeg -v error -y -i packaging/sample/sample.mp4 -frames:v 12 -vf scale=384:216 "$folder/short.mp4"
    STABLEVIDEO_CACHE="$folder/cache" packaging/stablevideo compare "$folder/short.mp4" --foreground "a red car" --methods stablevideo,sdedit \
        --out "$folder/compare"
    grep -q '^| sdedit | [0-9.]* |' "$folder/compare/compare.md"
    grep -q '<table>' "$folder/compare/compare.html"
    [ "$(ffprobe -v error -count_frames -show_entries stream=width,height,nb_read_frames -of csv=p=0 "$folder/compare/side-by-side.mp4")" = 768,432,12 ]
    STABLEVIDEO_CACHE="$folder/cache" packaging/stablevideo measure "$folder/short.mp4" --source "$folder/short.mp4" --page "$folder/measure.html" \
        | grep 'no pair of frames pops'
    grep -q '<table>' "$folder/measure.html"
fi

printf '\nAll steps passed.\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
