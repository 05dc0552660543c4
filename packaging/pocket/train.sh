#!/bin/sh
# The whole training: train.sh PHOTOS CAPTIONS.tsv.gz TEXT-ENCODER.jar WORK [START.safetensors]
# With START, an exported model, its autoencoder stays and its networks are trained on (that is how the shipped weights were made);
# without, all of it, in about two hours on two free cores. What is finished in WORK is not made again; MINUTES is the time of each of
# the two trainings with START. Two processes of one thread each are faster than one of two.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
photos=$1 captions=$2 jar=$3 work=$4 start=${5:-} minutes=${MINUTES:-45}
export OMP_NUM_THREADS=1 MASTER_ADDR=127.0.0.1 MASTER_PORT="${MASTER_PORT:-29517}" WORLD_SIZE=2
python=${PYTHON:-python3}
mkdir -p "$work"

draw() { # NAME SIZE COUNT SEED [--held]
    name=$1 size=$2 count=$3 seed=$4
    shift 4
    [ -e "$work/$name.npz" ] || "$python" "$here/data.py" --photos "$photos" --captions "$captions" --cache "$work/svg" --size "$size" \
        --count "$count" --seed "$seed" "$@" --out "$work/$name.npz"
}

unet() {
    RANK=1 "$python" "$here/train.py" unet ${start:+--weights "$start"} --text "$work/text.npz" --checkpoint "$work/pocket.pt" --log "$work/train.csv" \
        --held "$work/held.lat.npz" "$@" &
    RANK=0 "$python" "$here/train.py" unet ${start:+--weights "$start"} --text "$work/text.npz" --checkpoint "$work/pocket.pt" --log "$work/train.csv" \
        --held "$work/held.lat.npz" "$@"
    wait
}

draw a32 32 6000 1
draw a48 48 8000 2
draw held 48 1024 4 --held
vae=$start
if [ -z "$start" ]; then
    vae="$work/vae.pt"
    draw a64 64 16000 3
    "$python" "$here/train.py" vae --checkpoint "$vae" --log "$work/vae.log" --minutes 15 "$work/a64.npz"
    [ -e "$work/balanced" ] || { "$python" "$here/stages.py" balance --vae "$vae" --shard "$work/a64.npz" && touch "$work/balanced"; }
fi
[ -e "$work/held.lat.npz" ] || "$python" "$here/train.py" prepare --vae "$vae" --jar "$jar" --text "$work/text.npz" \
    "$work/a32.npz" "$work/a48.npz" "$work/held.npz"
if [ -z "$start" ] && [ ! -e "$work/heard" ]; then
    unet --lr 8e-4 --batch 8 --minutes 15 --shards "$work/a32.lat.npz"
    "$python" "$here/stages.py" hear --checkpoint "$work/pocket.pt" && touch "$work/heard"
fi
rare="(pink|purple|violet|magenta|white|turquoise|cyan|teal|black) "
unet --lr 6e-4 --late 1.7 --batch 8 --minutes "$minutes" --shards "$work/a32.lat.npz"
unet --lr 5e-4 --late 1.7 --batch 8 --decay 0.7 --often "$rare" --minutes "$minutes" --shards "$work/a32.lat.npz" "$work/a48.lat.npz"
"$python" "$here/export.py" --checkpoint "$work/pocket.pt" --vae "$vae" --card "$here/README.md" --out "$work/pocket.safetensors" \
    --jar "$jar" --golden "$work/golden"
