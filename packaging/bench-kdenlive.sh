#!/bin/sh
# How long Apply takes, run as Kdenlive runs its jobs, and how fast the edited clip then plays at Kdenlive's preview sizes; with a cache of its own.
#   packaging/bench-kdenlive.sh CLIP [FOREGROUND [BACKGROUND]]
# The preview is melt with a consumer that throws its pictures away: what Kdenlive adds to draw them is not in it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
clip=$(readlink -f "$1")
foreground=${2:-a red bird}
background=${3:-a snowy winter day}
room=$(mktemp -d)
export STABLEVIDEO_LAUNCHER="$here/stablevideo" STABLEVIDEO_CACHE="$room/cache" STABLEVIDEO_RUNTIME="$room/run" STABLEVIDEO_REPORT="$room/report"
mkdir -m 700 "$room/run"
[ -n "${MLT_REPOSITORY:-}" ] || [ ! -d "$here/../native-bridge/target/mlt-repository" ] || export MLT_REPOSITORY="$here/../native-bridge/target/mlt-repository"
trap '"$here/stablevideo" backend stop > /dev/null 2>&1 || true; rm -rf "$room"' EXIT
quietly() {
    "$@" < /dev/null > "$room/said" 2>&1
}
now() {
    date +%s.%N
}
seconds() {
    echo "$1 $2" | awk '{ printf "%.1f", $2 - $1 }'
}

# the job as Kdenlive writes it: the raw clip with the effect and a consumer that keeps the effect's properties
profile='<profile width="1280" height="720" progressive="1" sample_aspect_num="1" sample_aspect_den="1" display_aspect_num="16" display_aspect_den="9" frame_rate_num="25" frame_rate_den="1" colorspace="709"/>'
frames=$(melt "$clip" -consumer xml 2> /dev/null < /dev/null | sed -n 's/.*<property name="length">\([0-9]*\)<.*/\1/p' | head -n 1)
last=$((frames - 1))
filter="<filter><property name=\"mlt_service\">stablevideo</property><property name=\"analyse\">1</property><property name=\"foreground\">$foreground</property><property name=\"background\">$background</property></filter>"
job() {
    echo "<mlt LC_NUMERIC=\"C\">$profile<consumer mlt_service=\"xml\" all=\"1\" terminate_on_pause=\"1\" audio_off=\"1\" no_meta=\"1\" real_time=\"-1\" resource=\"$room/done.mlt\" store=\"kdenlive\"/><producer id=\"producer0\" in=\"0\" out=\"$last\"><property name=\"resource\">$clip</property>$filter</producer></mlt>" > "$room/job.mlt"
    begin=$(now)
    quietly melt progress=1 "$room/job.mlt"
    end=$(now)
    grep -q '<property name="results">svedit1;' "$room/done.mlt" || { cat "$room/said"; echo "bench-kdenlive: the job brought no result" >&2; exit 1; }
    echo "$1: $(seconds "$begin" "$end") s for $frames frames"
}
job "Apply, first time"
filter=$(echo "$filter" | sed "s/name=\"foreground\">[^<]*/name=\"foreground\">a golden statue/")
job "Apply, another prompt"

# play TIMES SCALE EFFECT: seconds for the clip so many times in a timeline
play() {
    entries=$(seq "$1" | sed "s|.*|<entry producer=\"producer0\" in=\"0\" out=\"$last\">$3</entry>|")
    echo "<mlt LC_NUMERIC=\"C\">$profile<producer id=\"producer0\"><property name=\"resource\">$clip</property></producer><playlist id=\"p\">$entries</playlist></mlt>" > "$room/play.mlt"
    begin=$(now)
    quietly melt "$room/play.mlt" -consumer null "scale=$2" real_time=-1 terminate_on_pause=1
    end=$(now)
    seconds "$begin" "$end"
}
effect=$(echo "$filter" | sed 's|<property name="analyse">1</property>||')
play 1 1 "$effect" > /dev/null
for size in "640x360 0.5" "960x540 0.75" "1280x720 1"; do
    scale=${size#* }
    # two lengths, so that what starting takes does not count
    one=$(play 1 "$scale" "$effect")
    many=$(play 5 "$scale" "$effect")
    bare=$(play 1 "$scale" "")
    bares=$(play 5 "$scale" "")
    echo "$frames $one $many $bare $bares" | awk -v size="${size% *}" '{ printf "preview at %s: %.0f frames a second edited, %.0f without the effect\n", size, 4 * $1 / ($3 - $2), 4 * $1 / ($5 - $4) }'
done
grep -q '"passed":"\{0,1\}0' "$room/report" || { echo "bench-kdenlive: not every frame was edited:" >&2; cat "$room/report" >&2; exit 1; }
