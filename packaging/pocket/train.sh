#!/bin/sh
# The whole training: train.sh PHOTOS CAPTIONS.tsv.gz TEXT-ENCODER.jar WORK. About 80 minutes where one core is free.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
photos=$1 captions=$2 jar=$3 work=$4
export OMP_NUM_THREADS=1
mkdir -p "$work"
python3 "$here/data.py" --photos "$photos" --captions "$captions" --cache "$work/svg" --count 16000 --seed 1 --out "$work/a.npz"
python3 "$here/train.py" vae --checkpoint "$work/vae.pt" --log "$work/vae.log" --minutes 15 "$work/a.npz"
python3 "$here/stages.py" balance --vae "$work/vae.pt" --shard "$work/a.npz"
python3 "$here/train.py" prepare --vae "$work/vae.pt" --jar "$jar" --text "$work/text.npz" "$work/a.npz"
python3 "$here/stages.py" select --shard "$work/a.lat.npz" --out "$work/b.lat.npz"
unet="$here/train.py unet --text $work/text.npz --checkpoint $work/pocket.pt --log $work/train.log"
python3 $unet --half --lr 8e-4 --batch 16 --minutes 15 "$work/a.lat.npz"
python3 "$here/stages.py" hear --checkpoint "$work/pocket.pt"
python3 $unet --half --lr 1e-3 --ema 0.99 --batch 12 --late 1.7 --decay 0.3 --minutes 35 "$work/b.lat.npz"
python3 "$here/export.py" --checkpoint "$work/pocket.pt" --vae "$work/vae.pt" --card "$here/README.md" --out "$work/pocket.safetensors" \
    --jar "$jar" --golden "$work/golden"
