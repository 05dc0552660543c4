#!/bin/sh
# Installs the package, edits a clip with it as a user would, purges it, and looks whether anything is left. As root.
# All of it happens on a copy of this system that is thrown away (an overlay), or in this system itself where overlays cannot be mounted.
#   test.sh PACKAGE.deb CLIP
set -eu
package=$(readlink -f "$1")
clip=$(readlink -f "$2")
[ "$(id -u)" -eq 0 ] || { echo "deb/test.sh: needs root" >&2; exit 1; }

if [ "${3:-}" != inside ] && [ "${3:-}" != here ]; then
    exec unshare --mount sh "$(readlink -f "$0")" "$package" "$clip" "$(
        unshare --mount sh -c 'd=$(mktemp -d) && mount -t tmpfs tmpfs "$d" && mkdir "$d/u" "$d/w" "$d/m" \
            && mount -t overlay overlay -o "lowerdir=/,upperdir=$d/u,workdir=$d/w" "$d/m"' 2> /dev/null && echo inside || echo here)"
fi

room=$(mktemp -d)
root=
if [ "$3" = inside ]; then
    mount -t tmpfs -o size=3g tmpfs "$room"
    mkdir "$room/upper" "$room/work" "$room/root"
    mount -t overlay overlay -o "lowerdir=/,upperdir=$room/upper,workdir=$room/work" "$room/root"
    root="$room/root"
    mount --rbind /proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs -o mode=1777,size=4g tmpfs "$root/tmp"
    mkdir -p "$root/tmp/in"
    cp "$package" "$root/tmp/in/stablevideo.deb"
    cp "$clip" "$root/tmp/in/clip.mp4"
else
    mkdir -p /tmp/in
    cp "$package" /tmp/in/stablevideo.deb
    cp "$clip" /tmp/in/clip.mp4
fi

# a clean environment: nothing of the source tree's is in it
on_system() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp/home LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive XDG_RUNTIME_DIR=/tmp/home/run \
        XDG_DATA_HOME=/tmp/home/.local/share XDG_CACHE_HOME=/tmp/home/.cache XDG_STATE_HOME=/tmp/home/.local/state DJL_CACHE_DIR=/tmp/home/.djl \
        ${root:+chroot "$root"} "$@"
}
files_of_ours() {
    on_system find /usr /etc /var/lib /opt -xdev -iname '*stablevideo*' -not -path '/var/lib/dpkg/info/stablevideo.*' 2> /dev/null | sort
}

files_of_ours > "$room/before"
on_system mkdir -p -m 700 /tmp/home /tmp/home/run
on_system dpkg --install /tmp/in/stablevideo.deb > "$room/log" 2>&1 || { cat "$room/log"; exit 1; }
echo "installed"
on_system melt -query filter=stablevideo 2> /dev/null | grep -q 'identifier: stablevideo'
echo "melt knows the effect"
on_system stablevideo doctor
on_system stablevideo render /tmp/in/clip.mp4 /tmp/home/edited.mp4 --foreground "a red car"
on_system stablevideo setup
on_system test -e /tmp/home/.local/share/kdenlive/effects/presets/stablevideo.json
on_system test ! -e /tmp/home/.local/share/stablevideo/mlt
on_system test -e /usr/share/shotcut/qml/filters/stablevideo/ui.qml
on_system stablevideo setup --remove
on_system sh -c 'mkdir -p /tmp/home/kd/usr/lib && cp -r /usr/lib/x86_64-linux-gnu/mlt-7 /tmp/home/kd/usr/lib && rm /tmp/home/kd/usr/lib/mlt-7/libmltstablevideo.so'
on_system stablevideo setup --appimage /tmp/home/kd > /dev/null
on_system env MLT_REPOSITORY=/tmp/home/kd/usr/lib/mlt-7 melt -query filter=stablevideo 2> /dev/null | grep -q 'identifier: stablevideo'
echo "an unpacked AppImage gets the effect from the package"
on_system stablevideo backend stop
on_system dpkg --purge stablevideo > "$room/log" 2>&1 || { cat "$room/log"; exit 1; }
files_of_ours > "$room/after"
if ! cmp -s "$room/before" "$room/after"; then
    echo "deb/test.sh: purging leaves:" >&2
    diff "$room/before" "$room/after" >&2 || true
    exit 1
fi
if on_system melt -query filter=stablevideo 2> /dev/null | grep -q 'identifier: stablevideo'; then
    echo "deb/test.sh: the effect is still there" >&2
    exit 1
fi
echo "purged, nothing is left"
on_system rm -rf /tmp/home /tmp/in
