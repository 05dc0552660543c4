#!/bin/sh
# From a fresh clone to an edited clip: installs what is missing, builds, renders through melt, and shows source and edit side by side.
#   packaging/quickstart.sh                                                              the sample clip
#   packaging/quickstart.sh clip.mp4 --foreground "a red car" --background "a snowy winter day"      your own
# Takes the options of "stablevideo render" (see packaging/stablevideo render --help), and --out DIR for where the results go.
set -eu

folder=
clip=
preset_or_prompt=false
options=

# Quotes a text so that the shell reads it back as it is.
quoted() {
    printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

while [ $# -gt 0 ]; do
    case "$1" in
        -h | --help)
            sed -n '2,5s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
        --out)
            [ $# -gt 1 ] || { echo "quickstart: --out needs a folder" >&2; exit 2; }
            folder=$2
            shift
            ;;
        --out=*) folder=${1#--out=} ;;
        --json | --overwrite) options="$options $1" ;;
        --*=*)
            options="$options $(quoted "$1")"
            case "$1" in --foreground=* | --background=* | --preset=*) preset_or_prompt=true ;; esac
            ;;
        --*)
            [ $# -gt 1 ] || { echo "quickstart: $1 needs a value" >&2; exit 2; }
            options="$options $1 $(quoted "$2")"
            case "$1" in --foreground | --background | --preset) preset_or_prompt=true ;; esac
            shift
            ;;
        *)
            [ -z "$clip" ] || { echo "quickstart: one clip at a time, got $clip and $1" >&2; exit 2; }
            clip=$1
            ;;
    esac
    shift
done

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
[ -n "$clip" ] || clip="$here/sample/sample.mp4"
[ -f "$clip" ] || { echo "quickstart: there is no file $clip" >&2; exit 1; }
[ -n "$folder" ] || folder="$(pwd)/stablevideo-out"
mkdir -p "$folder"
[ "$preset_or_prompt" = true ] || options="--foreground 'a red car' --background 'a snowy winter day' $options"

. "$here/tools.sh"
install_missing
use_jdk

# Built already, and nothing changed since: not again.
stamp="$root/plugin/target/quickstart.built"
if [ ! -e "$stamp" ] || [ ! -d "$root/plugin/target/lib" ] || [ ! -e "$root/native-bridge/target/mlt-repository" ] \
    || [ -n "$(find "$root/pom.xml" "$root/plugin/pom.xml" "$root/plugin/src/main" "$root/native-bridge/pom.xml" "$root/native-bridge/CMakeLists.txt" \
        "$root/native-bridge/src" "$root/native-bridge/mlt" "$root/native-bridge/include" -newer "$stamp" -type f 2>/dev/null | head -n 1)" ]; then
    echo "Building (the first time downloads the libraries) ..."
    (cd "$root" && mvn -B -q -ntp -DskipTests package)
    touch "$stamp"
fi

name=$(basename "$clip")
edited="$folder/${name%.*}-edited.mp4"
sheet="$folder/${name%.*}-sheet.png"
eval "set -- $options"
started=$(date +%s)
code=0
"$here/stablevideo" render "$clip" "$edited" --overwrite "$@" || code=$?
# 3: the clip is there, but some frames are the source's; the sheet shows which
[ "$code" -eq 0 ] || [ "$code" -eq 3 ] || exit "$code"
ended=$(date +%s)

# Contact sheet: five frames of the source above the same frames of the edit.
frames=$(ffprobe -v error -select_streams v:0 -count_packets -show_entries stream=nb_read_packets -of csv=p=0 "$edited" | tr -dc '0-9\n' | head -n 1)
step=$(((frames + 4) / 5))
[ "$step" -gt 0 ] || step=1
pick="select='not(mod(n-$((step / 2)),$step))',scale=384:-2,tile=5x1:padding=4:color=white"
ffmpeg -v error -y -i "$clip" -i "$edited" -filter_complex "[0:v]$pick[a];[1:v]$pick[b];[a][b]vstack" -frames:v 1 -update 1 "$sheet"

echo
[ "$code" -eq 0 ] && word=Edited || word="Edited in part"
echo "$word in $((ended - started)) s:"
echo "  clip           $edited"
echo "  contact sheet  $sheet"
exit "$code"
