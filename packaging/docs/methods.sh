#!/bin/sh
# Makes methods.md: the methods side by side on three clips of DAVIS 2017, with the bundled model.
#   packaging/docs/methods.sh CLIPS [WORK]
#   CLIPS   folder with blackswan/, car-turn/ and dance-twirl/, each with clip.mp4 and, where there are, masks/
#   WORK    folder for pages and videos to look at (default: methods); clips that have a table there are not done again
set -eu
here=$(cd "$(dirname "$0")" && pwd)
clips=$1
work=${2:-methods}

table() {
    clip=$1
    prompt=$2
    methods=$3
    out=$work/$clip
    if [ ! -e "$out/compare.json" ]; then
        set -- "$clips/$clip/clip.mp4" --foreground "$prompt" --methods "$methods" --out "$out"
        [ -d "$clips/$clip/masks" ] && set -- "$@" --masks "$clips/$clip/masks"
        "$here/../stablevideo" compare "$@" >&2
    fi
    printf '\n## %s: “%s”\n\n' "$clip" "$prompt"
    cat "$out/compare.md"
}

all=stablevideo,independent,fixed-latent,sequential,direct-atlas,sdedit,pix2video
mkdir -p "$work"
{
    cat <<'TEXT'
# Methods side by side

Made by `packaging/docs/methods.sh` with the bundled model, seed 1, everything at its default. What the figures mean is in [measures](measures.md); the object is
where the data set's masks say (car-turn has none: there it is where the program finds it). `stablevideo` carries earlier key frames through the atlas to the
next (the paper's method); `independent`, `fixed-latent` and `sequential` paint key frames each from noise of its own, from the same noise, or from the one before as it
stands; `direct-atlas` paints the object's atlas as a picture; `sdedit` paints every frame by itself; `pix2video` paints every frame while it looks at others,
`pix2video-apart` is the same without looking.

What is painted once and carried by an atlas is steady whatever the key frames show, so the first five differ little in warp error: they differ in what the
picture shows. The bundled model has attention only where a picture is three pixels high, so looking at other frames changes less than it does in Stable
Diffusion; what steadies its frames is the inversion.
TEXT
    table blackswan "a red swan" "$all"
    table car-turn "an orange SUV" "$all"
    table dance-twirl "a red dress" "$all,pix2video-apart"
} > "$work/methods.md"
cp "$work/methods.md" "$here/methods.md"
