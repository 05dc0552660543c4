#!/bin/sh
# Compares the networks at their true sizes, and one whole edit of 512x512, with diffusers and transformers: the same random weights on both sides,
# nothing larger than a thousandth may differ. Then times both, step by step in turn. For maintainers: needs a built repository, 8 GB of memory, 4 GB
# of disk, ten minutes, and a Python with torch, diffusers, transformers and safetensors.
#   packaging/parity.sh FOLDER [PART…]    FOLDER keeps weights and answers; PARTs are networks, edit and speed, all by default
#   PYTHON                                the Python to use
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/packaging/tools.sh"

[ $# -ge 1 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
folder=$1
shift
[ $# -ge 1 ] || set -- networks edit speed
use_jdk
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
reference="$root/plugin/src/test/resources/org/stablevideo/diffusion/full_size.py"
OMP_NUM_THREADS=${OMP_NUM_THREADS:-$(nproc)}
export OMP_NUM_THREADS OPT_OUT_TRACKING=true

python() {
    "${PYTHON:-python3}" "$reference" "$@"
}

CLASSPATH="$root/plugin/target/classes:$root/plugin/target/test-classes:$root/plugin/target/lib/*"
export CLASSPATH

# split into words where it is used
ours="$java -Xmx2g -Dai.djl.offline=true -Dai.djl.pytorch.graph_optimizer=false org.stablevideo.diffusion.FullSize"

[ -d "$root/plugin/target/test-classes" ] || { echo "Build first: mvn package" >&2; exit 1; }
[ -e "$folder/v1-5-random.safetensors" ] || python files "$folder"
for part in "$@"; do
    case $part in
        networks)
            [ -e "$folder/answers.safetensors" ] || python answers "$folder"
            $ours "$folder" networks
            ;;
        edit)
            [ -e "$folder/edit.safetensors" ] || python edit "$folder"
            $ours "$folder" edit
            ;;
        speed)
            # shellcheck disable=SC2086
            python speed "$folder" $ours
            ;;
        *)
            echo "no part $part" >&2
            exit 2
            ;;
    esac
done
