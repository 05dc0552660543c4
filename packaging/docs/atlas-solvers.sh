#!/bin/sh
# Compares the solvers of atlases at equal time, on one clip made small: a table in Markdown.
#   packaging/docs/atlas-solvers.sh CLIP [--first FRAMES] [--width PIXELS] [--batch PIXELS] [MINUTES …]
# By default the first 16 frames at 384 pixels across, 256 pixels an iteration, 1 and 30 minutes. The pictures are left in atlas-solvers/.
set -eu

clip=
first=16
width=384
batch=256
minutes=
while [ $# -gt 0 ]; do
    case "$1" in
        -h | --help)
            sed -n '2,4s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
        --first | --width | --batch)
            [ $# -gt 1 ] || { echo "atlas-solvers: $1 needs a number" >&2; exit 2; }
            case "$1" in --first) first=$2 ;; --width) width=$2 ;; --batch) batch=$2 ;; esac
            shift
            ;;
        *) if [ -z "$clip" ]; then clip=$1; else minutes="$minutes $1"; fi ;;
    esac
    shift
done
[ -f "$clip" ] || { echo "atlas-solvers: give a clip" >&2; exit 2; }

program="$(dirname "$0")/../stablevideo"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export STABLEVIDEO_CACHE="$work/cache"
ffmpeg -v error -i "$clip" -frames:v "$first" -vf "scale=$width:-2:flags=area" -c:v libx264 -qp 0 -an "$work/clip.mp4"

figure() {
    sed 's/^{/,/' "$work/json" | grep -o ",\"$1\":[^,]*" | head -n 1 | cut -d: -f2
}

# name, folder of the pictures, options
row() {
    name=$1
    folder=$2
    shift 2
    "$program" analyse "$work/clip.mp4" "$@" --json >"$work/json" 2>"$work/log"
    "$program" inspect "$work/clip.mp4" "$@" --out "atlas-solvers/$folder" >/dev/null 2>&1
    trained=$(sed -n 's/.*neural layered atlas: \([0-9]* iterations\) of [0-9]* pixels in [0-9]* s (\([0-9.]*\) a second.*/\1, \2 a second/p' "$work/log")
    printf '| %s | %s | %.1f | %s | %s | %s | %s |\n' "$name" "${trained:-–}" "$(figure seconds)" "$(figure meanStaticPsnr)" "$(figure meanPsnr)" \
        "$(figure slip)" "$(figure foldedShare)"
}

echo "| solver | trained | solver's seconds | PSNR static, dB | PSNR with light, dB | slip, texels | folded cells |"
echo "|---|---|---|---|---|---|---|"
row grid grid --solver grid
for m in ${minutes:-1 30}; do
    row "nla, $m min" "nla-$m" --solver nla --minutes "$m" --batch "$batch"
done
