#!/bin/sh
# Opens reports in a headless Chromium: no script error, quick, small, and the slider moves. `make report-test` calls it.
# Where there is no Chromium it says so, and is content.
#
#   scripts/report-in-browser.sh [ORRERY] [SCREENSHOTS]
set -eu
orrery=${1:-.build/release/orrery}
screenshots=${2:-}
browser=
for name in chromium chromium-browser google-chrome chrome; do
    if command -v "$name" >/dev/null 2>&1; then browser=$name; break; fi
done
if [ -z "$browser" ]; then
    echo "skipped: there is no Chromium to open reports in"
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
open_page() { # options… URL
    timeout 60 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/profile" "$@" 2>/dev/null
}
attribute() { printf '%s\n' "$2" | grep -o '<html[^>]*>' | grep -o "data-$1=\"[^\"]*\"" | cut -d '"' -f 2; }
fail() { echo "failed: $*" >&2; exit 1; }

check() { # name, arguments of `orrery run`
    name=$1; shift
    "$orrery" run "$@" --reports "$work/reports" >/dev/null 2>&1 || true
    page=$(ls -d "$work"/reports/"$name"-*/report.html 2>/dev/null | head -n 1)
    [ -n "$page" ] || fail "$name: the run was not violated, or has no report.html"
    size=$(wc -c <"$page")
    [ "$size" -lt 5000000 ] || fail "$name: report.html has $size bytes"
    dom=$(open_page --dump-dom "file://$page")
    [ "$(attribute errors "$dom")" = 0 ] || fail "$name: $(attribute error "$dom")"
    [ "$(attribute ready "$dom")" = 1 ] || fail "$name: the page does not get ready"
    loaded=$(attribute loaded "$dom")
    [ "$loaded" -lt 2000 ] || fail "$name: the page takes $loaded ms"
    moved=$(open_page --dump-dom "file://$page#t=0.150")
    [ "$(attribute t "$moved")" = 0.150000 ] || fail "$name: the slider does not move"
    state=$(printf '%s' "$dom" | grep -o 'id="state".*' | cksum)
    [ "$state" != "$(printf '%s' "$moved" | grep -o 'id="state".*' | cksum)" ] || fail "$name: the state stays as it is"
    echo "$name: $size bytes, ready after $loaded ms, the slider moves"
    if [ -n "$screenshots" ]; then
        mkdir -p "$screenshots"
        open_page --screenshot="$screenshots/$name.png" --window-size=1400,1180 --virtual-time-budget=3000 "file://$page" >/dev/null
    fi
}

check duplicates scenarios/duplicates.yaml --seed 7 --set policies.deduplication=none --set workload.orders=3
# The largest: every fault at once, clients that do all that they can, and all of it drawn.
check everything scenarios/everything.yaml --seed 1 --set policies.deduplication=none --no-shrink
