#!/bin/sh
# Makes pix2video.md: what Pix2Video takes with networks of the true sizes of Stable Diffusion 1.5, ControlNet and depth, whose weights are random.
#   packaging/docs/pix2video.sh FOLDER    FOLDER as packaging/parity.sh keeps it; its weights are written there where they are missing (8 GB of memory)
#   LOCK                                  a file to lock while something is timed, where others are at work on the same machine
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$root/packaging/tools.sh"

[ $# -eq 1 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
folder=$(cd "$1" && pwd)
use_jdk
[ -d "$root/plugin/target/classes" ] || { echo "Build first: mvn package" >&2; exit 1; }
[ -e "$folder/v1-5-random.safetensors" ] || "${PYTHON:-python3}" "$root/plugin/src/test/resources/org/stablevideo/diffusion/full_size.py" files "$folder"
# what is measured, and nothing else; the shapes of ControlNet are the same for every structure
models=$(mktemp -d)
trap 'rm -rf "$models"' EXIT
ln -s "$folder/v1-5-random.safetensors" "$folder/depth_anything_v2_small.safetensors" "$folder/control_v11p_sd15_canny_fp16.safetensors" "$models"
ln -s "$folder/control_v11p_sd15_canny_fp16.safetensors" "$models/control_v11f1p_sd15_depth_fp16.safetensors"
OMP_NUM_THREADS=${OMP_NUM_THREADS:-$(nproc)}
export OMP_NUM_THREADS OPT_OUT_TRACKING=true STABLEVIDEO_MODELS="$models" STABLEVIDEO_PRECISION=bfloat16

# rows SIZE STEPS FRAMES...: each call is a process of its own
rows() {
    ${LOCK:+flock "$LOCK"} "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx1g -Dai.djl.offline=true -Dai.djl.pytorch.graph_optimizer=false \
        -cp "$root/plugin/target/classes:$root/plugin/target/lib/*" org.stablevideo.diffusion.ShotBench "$models/v1-5-random.safetensors" "$@"
}

table=$models/table
for frames in 10 20 40; do
    rows 64x64 1 "$frames" >> "$table"
done
rows 128x128 1 10 >> "$table"
{
    cat <<TEXT
# What Pix2Video takes

Made by \`packaging/docs/pix2video.sh\` with networks of the sizes of Stable Diffusion 1.5 and its ControlNet, all with random weights, in bfloat16, on $(nproc) cores ($(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)), while other work may have been going on.

Steps are the outer loop and frames the inner one, and what waits lies in a journal on disk. So memory grows neither with frames nor with steps: it is
that of the networks, and of two frames' features.

| size | kept | steps | frames | seconds a frame | peak memory, MB |
|---|---|---:|---:|---:|---:|
TEXT
    cat "$table"
    cat <<'TEXT'

A step of a frame is one pass of the UNet to turn it into noise, and two to paint it, with the prompt and without, each with its ControlNet. The paper's
fifty steps take fifty times as long; looking at the shot, encoding and decoding are in the figures once.
TEXT
} > "$here/pix2video.md"
