# Sourced by quickstart.sh and test.sh: installs what is missing of the tools that build and run StableVideo, on Debian and its kin.

# Debian packages by the command or file that shows they are there.
missing_packages() {
    command -v mvn >/dev/null || echo maven
    # the compiler and its headers in one: javac of version 17 or newer
    ls /usr/lib/jvm/java-1[7-9]-openjdk-*/bin/javac /usr/lib/jvm/java-2[0-9]-openjdk-*/bin/javac >/dev/null 2>&1 || command -v javac >/dev/null \
        || echo openjdk-17-jdk-headless
    command -v melt >/dev/null || echo melt
    [ -e /usr/include/mlt-7/framework/mlt.h ] || echo libmlt-dev
    command -v cmake >/dev/null || echo cmake
    command -v gcc >/dev/null || echo gcc
    [ -e /usr/include/stdio.h ] || echo libc6-dev
    command -v make >/dev/null || echo make
    command -v pkg-config >/dev/null || echo pkg-config
    command -v ffmpeg >/dev/null || echo ffmpeg
    # OpenMP runtime that libtorch's and melt's modules share
    ls /usr/lib/*/libgomp.so.1 >/dev/null 2>&1 || echo libgomp1
}

# What the tests with Kdenlive and those of the package need besides.
missing_test_packages() {
    command -v kdenlive >/dev/null || echo kdenlive
    command -v shotcut >/dev/null || echo shotcut
    command -v Xvfb >/dev/null || echo xvfb
    command -v xauth >/dev/null || echo xauth
    command -v dbus-daemon >/dev/null || echo dbus
    command -v xdotool >/dev/null || echo xdotool
    command -v import >/dev/null || echo imagemagick
    command -v zip >/dev/null || echo zip
    # software OpenGL for Kdenlive's monitors
    ls /usr/lib/*/dri/swrast_dri.so >/dev/null 2>&1 || echo libgl1-mesa-dri
    ls /usr/share/fonts/truetype/* >/dev/null 2>&1 || echo fonts-dejavu-core
}

# install_missing [LISTS...]: by the functions that list packages
install_missing() {
    packages=$(for lists in missing_packages "$@"; do "$lists"; done | tr '\n' ' ')
    [ -n "${packages% }" ] || return 0
    echo "Installing: $packages"
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "Please install first, as root: apt-get install $packages" >&2
            return 1
        fi
        as_root=sudo
    fi
    $as_root apt-get update -qq
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages
}

# A build with a JDK of 17 or newer, even where another java comes first.
use_jdk() {
    if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/javac" ]; then
        return 0
    fi
    for home in /usr/lib/jvm/java-17-openjdk-* /usr/lib/jvm/java-21-openjdk-* /usr/lib/jvm/java-25-openjdk-*; do
        if [ -x "$home/bin/javac" ]; then
            JAVA_HOME=$home
            export JAVA_HOME
            return 0
        fi
    done
}
