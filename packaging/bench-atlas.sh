#!/bin/sh
# Analyses every clip of a folder from nothing and prints a table: seconds, PSNR static and with light, SSIM, matte IoU, slip, folded cells, size.
#   packaging/bench-atlas.sh DIR [--first FRAMES] [--width PIXELS] [--solver grid|nla [--iterations N | --minutes M] [--batch N]] [--json]
# DIR holds clips, or folders with clip.mp4 and perhaps masks/*.png. --first takes only so many frames of each, --width makes them smaller (both losslessly
# coded, by ffmpeg). --solver and what belongs to it go to stablevideo bench; packaging/docs/atlas-solvers.sh compares the solvers.
set -eu

first=
width=
folder=
json=
solver=
while [ $# -gt 0 ]; do
    case "$1" in
        -h | --help)
            sed -n '2,5s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
        --first)
            [ $# -gt 1 ] || { echo "bench-atlas: --first needs a number" >&2; exit 2; }
            first=$2
            shift
            ;;
        --width)
            [ $# -gt 1 ] || { echo "bench-atlas: --width needs a number" >&2; exit 2; }
            width=$2
            shift
            ;;
        --solver | --iterations | --minutes | --batch)
            [ $# -gt 1 ] || { echo "bench-atlas: $1 needs a value" >&2; exit 2; }
            solver="$solver $1 $2"
            shift
            ;;
        --json) json=--json ;;
        *) folder=$1 ;;
    esac
    shift
done
[ -n "$folder" ] && [ -d "$folder" ] || { echo "bench-atlas: give a folder of clips" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "$first$width" ]; then
    mkdir "$work/clips"
    for clip in "$folder"/*/clip.mp4 "$folder"/*.mp4; do
        [ -f "$clip" ] || continue
        name=$(basename "$clip" .mp4)
        [ "$name" != clip ] || name=$(basename "$(dirname "$clip")")
        mkdir -p "$work/clips/$name"
        # shellcheck disable=SC2086
        ffmpeg -v error -i "$clip" ${first:+-frames:v $first} ${width:+-vf scale=$width:-2:flags=area} -c:v libx264 -qp 0 -an "$work/clips/$name/clip.mp4"
        masks=$(dirname "$clip")/masks
        if [ -d "$masks" ]; then
            mkdir "$work/clips/$name/masks"
            find "$masks" -name '*.png' | sort | head -n "${first:-1000000}" | while read -r mask; do cp "$mask" "$work/clips/$name/masks/"; done
        fi
    done
    folder="$work/clips"
fi
# shellcheck disable=SC2086
STABLEVIDEO_CACHE="$work/cache" "$(dirname "$0")/stablevideo" bench "$folder" $solver $json
