#!/bin/sh -eu
# Builds library and tests once more with sanitizers and runs them. usage: sanitized.sh SOURCE BUILD SANITIZERS
cmake -S "$1" -B "$2" -DSV_SANITIZE="$3" -DCMAKE_BUILD_TYPE=Debug >/dev/null
cmake --build "$2" --parallel 2 >/dev/null
exec ctest --test-dir "$2" --output-on-failure
