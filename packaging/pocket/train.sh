#!/bin/sh
# The whole training: train.sh PHOTOS CAPTIONS.tsv.gz TEXT-ENCODER.jar WORK [START.safetensors]
# Without START all of it, in about three and a half hours on two free cores. With START, an exported model, only what comes last: the training of the UNet for
# whole scenes, which goes on from the one START has and is put into it, and that of guidance into the weights. What is finished in WORK is not made again;
# MINUTES is the time of each of the trainings but the first. Two processes of one thread each are faster than one of two.
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

unet() { # CHECKPOINT WEIGHTS ARGUMENT...
    checkpoint=$1 weights=$2
    shift 2
    set -- unet ${weights:+--weights "$weights"} --text "$work/text.npz" --checkpoint "$work/$checkpoint.pt" --log "$work/$checkpoint.csv" \
        --late 1.7 --batch 8 "$@"
    [ ! -e "$work/held.lat.npz" ] || set -- "$@" --held "$work/held.lat.npz"
    RANK=1 "$python" "$here/train.py" "$@" &
    RANK=0 "$python" "$here/train.py" "$@"
    wait
}

prepare() { # VAE SHARD...
    vae=$1
    shift
    for shard; do
        [ -e "$work/$shard.lat.npz" ] || "$python" "$here/train.py" prepare --vae "$vae" --jar "$jar" --text "$work/text.npz" "$work/$shard.npz"
    done
}

export_to() { # CHECKPOINT OUT ARGUMENT...
    checkpoint=$1 out=$2
    shift 2
    "$python" "$here/export.py" --checkpoint "$work/$checkpoint.pt" --vae "$vae" --card "$here/README.md" --out "$work/$out.safetensors" "$@"
}

guided() { # CHECKPOINT SHARDS ARGUMENT...: what the finished model says under guidance, said at once
    checkpoint=$1 shards=
    for shard in $2; do
        shards="$shards $work/$shard.lat.npz"
    done
    shift 2
    # shellcheck disable=SC2086
    "$python" "$here/guided.py" --weights "$work/whole.safetensors" --text "$work/text.npz" --shards $shards --checkpoint "$work/$checkpoint.pt" \
        --minutes "$minutes" "$@"
}

rare="(pink|purple|violet|magenta|white|turquoise|cyan|teal|black) "
vae=$start
if [ -z "$start" ]; then
    vae="$work/vae.pt"
    draw held 48 1024 4 --held
    draw a32 32 6000 1
    draw a48 48 8000 2
    draw a64 64 16000 3
    "$python" "$here/train.py" vae --checkpoint "$vae" --log "$work/vae.log" --minutes 15 "$work/a64.npz"
    [ -e "$work/balanced" ] || { "$python" "$here/stages.py" balance --vae "$vae" --shard "$work/a64.npz" && touch "$work/balanced"; }
    prepare "$vae" a32 a48 held
    if [ ! -e "$work/heard" ]; then
        unet first "" --late 1 --lr 8e-4 --minutes 15 --shards "$work/a32.lat.npz"
        "$python" "$here/stages.py" hear --checkpoint "$work/first.pt" && touch "$work/heard"
    fi
    unet first "" --lr 6e-4 --minutes "$minutes" --shards "$work/a32.lat.npz"
    unet first "" --lr 5e-4 --decay 0.7 --often "$rare" --minutes "$minutes" --shards "$work/a32.lat.npz" "$work/a48.lat.npz"
    export_to first first
    start="$work/first.safetensors"
fi
draw s48 48 8000 31 --objects 0 --natural 0.06
draw s96 96 5000 32 --objects 0 --natural 0.06
prepare "$start" s48 s96
unet scenes "$start" --scenes --lr 3e-4 --late 1.8 --words 3 --only '^unet' --decay 0.7 --large 0.5 --ema 0.9985 --minutes "$minutes" \
    --shards "$work/s48.lat.npz" "$work/s96.lat.npz"
export_to scenes whole --scenes-of "$start"
draw o48 48 6000 41 --objects 1 --natural 0
prepare "$start" o48
guided objects o48 --often "$rare" &
objects=$!
guided backgrounds "s48 s96" --scenes
wait "$objects"
export_to objects pocket --guided-of "$work/whole.safetensors" --scenes-guided "$work/backgrounds.pt" --jar "$jar" --golden "$work/golden"
