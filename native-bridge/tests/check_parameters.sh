#!/bin/sh -eu
# The parameters that the filter sends and those that its yml declares are the same; "wait" is for the filter itself.
folder=$1
sent=$(sed -n '/^static const char \*const \(PARAMETERS\|ANIMATED\)/,/;/p' "$folder/filter_stablevideo.c" | grep -o '"[a-z]*"' | tr -d '"')
declared=$(sed -n 's/^  - identifier: //p' "$folder/filter_stablevideo.yml")
sent=$(printf '%s\nwait\n' "$sent" | sort)
declared=$(printf '%s\n' "$declared" | sort)
[ "$sent" = "$declared" ] || {
    printf 'filter:\n%s\nyml:\n%s\n' "$sent" "$declared" >&2
    exit 1
}
