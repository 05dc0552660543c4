#!/bin/sh
# Builds everything and runs every test; what .ci/run calls. Each step says what it proves.
#   --quick   leaves out what takes minutes: slow tests, the host, the quickstart
set -eu
cd "$(dirname "$0")/.."
. packaging/tools.sh

quick=false
[ "${1:-}" = --quick ] && quick=true

step() {
    printf '\n== %s\n' "$1"
}

step "tools: what is missing is installed"
install_missing
use_jdk

step "build: Java with -Xlint:all -Werror, C with -Wall -Wextra -Werror; format, unit, property and architecture tests; C tests under sanitizers"
mvn -B -q verify

if [ "$quick" = false ]; then
    step "the slow tests and those with the real host: atlas, networks, edits, melt"
    mvn -B -q -pl plugin verify -Dgroups=slow,melt -Dgroups.excluded=gpu -Dsurefire.failIfNoSpecifiedTests=false

    step "quickstart: the sample is edited through melt, and again with another prompt"
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    STABLEVIDEO_CACHE="$folder/cache" packaging/quickstart.sh --out "$folder/first"
    STABLEVIDEO_CACHE="$folder/cache" packaging/quickstart.sh --out "$folder/second" --background "a golden sand desert"
    packaging/stablevideo backend stop || true
fi

printf '\nAll tests passed.\n'
