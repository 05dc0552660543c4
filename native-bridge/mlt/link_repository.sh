#!/bin/sh -eu
# Makes a folder that MLT_REPOSITORY can name: links to the host's own modules, and ours beside them.
# usage: link_repository.sh OUR_FOLDER HOST_MODULES REPOSITORY
ours=$(cd "$1" && pwd)
host=$2
repository=$3
mkdir -p "$repository"
find "$repository" -type l -delete
for module in "$host"/*.so; do
    ln -s "$module" "$repository/"
done
ln -sf "$ours/libmltstablevideo.so" "$repository/"
