#!/bin/sh
# Analyses every clip of a folder from nothing and prints a table: seconds, PSNR static and with light, SSIM, matte IoU, slip, folded cells, size.
#   packaging/bench-atlas.sh DIR [--first FRAMES] [--json]
# DIR holds clips, or folders with clip.mp4 and perhaps masks/*.png. --first takes only so many frames of each (losslessly, by ffmpeg).
set -eu

first=
folder=
json=
while [ $# -gt 0 ]; do
    case "$1" in
        -h | --help)
            sed -n '2,4s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
        --first)
            [ $# -gt 1 ] || { echo "bench-atlas: --first needs a number" >&2; exit 2; }
            first=$2
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
if [ -n "$first" ]; then
    mkdir "$work/clips"
    for clip in "$folder"/*/clip.mp4 "$folder"/*.mp4; do
        [ -f "$clip" ] || continue
        name=$(basename "$clip" .mp4)
        [ "$name" != clip ] || name=$(basename "$(dirname "$clip")")
        mkdir -p "$work/clips/$name"
        ffmpeg -v error -i "$clip" -frames:v "$first" -c:v libx264 -qp 0 -an "$work/clips/$name/clip.mp4"
        masks=$(dirname "$clip")/masks
        if [ -d "$masks" ]; then
            mkdir "$work/clips/$name/masks"
            find "$masks" -name '*.png' | sort | head -n "$first" | while read -r mask; do cp "$mask" "$work/clips/$name/masks/"; done
        fi
    done
    folder="$work/clips"
fi
STABLEVIDEO_CACHE="$work/cache" "$(dirname "$0")/stablevideo" bench "$folder" $json
