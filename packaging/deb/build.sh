#!/bin/sh
# Makes the Debian package of what Maven has built: packaging/target/stablevideo_VERSION_amd64.deb. Called by "mvn -Pdeb package".
#   build.sh VERSION
# libtorch is in the package, so that the effect works as soon as it is installed, offline too; the natives of other systems are left out of the jars.
set -eu
version=$1
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target="$root/packaging/target"
stage="$target/deb"
rm -rf "$stage"
mkdir -p "$stage/DEBIAN"

put() {
    install -D -m "$1" "$2" "$stage/$3"
}

# the effect in the host: module, its description, the library of the bridge
cmake --install "$root/native-bridge/target/cmake" --prefix "$stage/usr" --strip > /dev/null
# the launcher and the program
put 755 "$root/packaging/stablevideo" usr/bin/stablevideo
put 644 "$root/plugin/target/stablevideo-plugin-$version.jar" usr/share/stablevideo/lib/stablevideo.jar
for jar in "$root"/plugin/target/lib/*.jar; do
    put 644 "$jar" "usr/share/stablevideo/lib/$(basename "$jar")"
done
slim() {
    jar="$stage/usr/share/stablevideo/lib/$1"
    shift
    # shellcheck disable=SC2086
    zip -q -d $jar "$@" > /dev/null || true
}
slim 'opencv-*.jar' 'nu/pattern/opencv/osx/*' 'nu/pattern/opencv/windows/*' 'nu/pattern/opencv/linux/ARM*'
slim 'onnxruntime-*.jar' 'ai/onnxruntime/native/win*' 'ai/onnxruntime/native/osx*' 'ai/onnxruntime/native/linux-aarch64/*'
slim 'tokenizers-*.jar' 'native/lib/win*' 'native/lib/osx*' 'native/lib/linux-aarch64/*'
slim 'zstd-jni-*.jar' 'aix/*' 'darwin/*' 'win/*' 'freebsd/*' 'linux/aarch64/*' 'linux/arm/*' 'linux/i386/*' 'linux/loongarch64/*' 'linux/mips64/*' \
    'linux/ppc64*' 'linux/riscv64/*' 'linux/s390x/*'
slim 'jna-*.jar' 'com/sun/jna/aix*' 'com/sun/jna/win32*' 'com/sun/jna/darwin*' 'com/sun/jna/sunos*' 'com/sun/jna/*bsd*' 'com/sun/jna/dragonfly*' \
    'com/sun/jna/linux-aarch64/*' 'com/sun/jna/linux-arm*' 'com/sun/jna/linux-l*' 'com/sun/jna/linux-m*' 'com/sun/jna/linux-p*' 'com/sun/jna/linux-r*' \
    'com/sun/jna/linux-s*' 'com/sun/jna/linux-x86/*'
# the bundled model and the presets
put 644 "$root/packaging/models/pocket.safetensors" usr/share/stablevideo/models/pocket.safetensors
for preset in "$root"/presets/*.json; do
    put 644 "$preset" "usr/share/stablevideo/presets/$(basename "$preset")"
done
# Kdenlive
put 644 "$root/packaging/kdenlive/stablevideo.xml" usr/share/kdenlive/effects/stablevideo.xml
put 644 "$root/packaging/kdenlive/stablevideo.xml" usr/share/stablevideo/kdenlive/stablevideo.xml
put 644 "$root/packaging/kdenlive/category.xml" usr/share/stablevideo/kdenlive/category.xml
# Shotcut
for file in "$root"/packaging/shotcut/stablevideo/*; do
    put 644 "$file" "usr/share/shotcut/qml/filters/stablevideo/$(basename "$file")"
done
# for people and for software centres
put 644 "$here/org.stablevideo.kdenlive.metainfo.xml" usr/share/metainfo/org.stablevideo.kdenlive.metainfo.xml
put 644 "$here/stablevideo.svg" usr/share/icons/hicolor/scalable/apps/stablevideo.svg
put 644 "$here/stablevideo.1" usr/share/man/man1/stablevideo.1
gzip -9n "$stage/usr/share/man/man1/stablevideo.1"
put 644 "$here/copyright" usr/share/doc/stablevideo/copyright
printf 'stablevideo (%s) unstable; urgency=medium\n\n  * See the history of the repository.\n\n -- The StableVideo for Kdenlive authors <stablevideo@users.noreply.github.com>  Thu, 01 Jan 2026 00:00:00 +0000\n' \
    "$version" > "$stage/changelog"
put 644 "$stage/changelog" usr/share/doc/stablevideo/changelog
rm "$stage/changelog"
gzip -9n "$stage/usr/share/doc/stablevideo/changelog"

kilobytes=$(du -sk "$stage/usr" | cut -f 1)
cat > "$stage/DEBIAN/control" <<END
Package: stablevideo
Version: $version
Section: video
Priority: optional
Architecture: amd64
Installed-Size: $kilobytes
Depends: libc6 (>= 2.34), libmlt7 (>= 7.12), melt, openjdk-17-jre-headless | java17-runtime-headless, libgomp1
Recommends: kdenlive
Suggests: ffmpeg, shotcut
Maintainer: The StableVideo for Kdenlive authors <stablevideo@users.noreply.github.com>
Description: edits the look of a shot by a sentence, without flicker
 An effect for Kdenlive, Shotcut and melt. Write what the moving
 object or the background of a shot should become; the clip is taken apart into
 layers, these are repainted by a diffusion model, and every frame is put
 together again from them, so the edit is steady.
 .
 A small model, its engine and all else that is needed are in the package;
 nothing is fetched, and nothing is sent anywhere.
END
(cd "$stage" && find usr -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums)
find "$stage" -type d -exec chmod 755 {} +
chmod 644 "$stage"/DEBIAN/*
# the jars are compressed already
SOURCE_DATE_EPOCH=1767225600 dpkg-deb --root-owner-group -Zgzip -z1 --build "$stage" "$target/stablevideo_${version}_amd64.deb" > /dev/null
rm -rf "$stage"
echo "$target/stablevideo_${version}_amd64.deb"
