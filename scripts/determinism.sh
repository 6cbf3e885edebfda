#!/usr/bin/env bash
# Runs seeds in separate processes, of a release and of a debug build, and compares the trace hashes.
set -euo pipefail
cd "$(dirname "$0")/.."

scenario=${1:-scenarios/everything.yaml}
seeds=${2:-1..10}

# trace_hashes CONFIGURATION: the hashes of a fresh process of that build, one a line.
trace_hashes() {
    local program result hashes
    program="$(swift build -c "$1" --show-bin-path)/orrery"
    # A violated invariant is a result like another here: what counts is that it is the same one everywhere.
    result=$("$program" run "$scenario" --seeds "$seeds" --json --reports "$(mktemp -d)") || [ $? -le 2 ]
    hashes=$(sed -n 's/.*"traceHash" *: *"\([^"]*\)".*/\1/p' <<<"$result")
    if [ -z "$hashes" ]; then
        echo "No trace hash in the answer of the $1 build:" >&2
        echo "$result" >&2
        exit 1
    fi
    echo "$hashes"
}

for configuration in release debug; do
    swift build -c "$configuration" --product orrery
done

first=$(trace_hashes release)
for configuration in release debug debug; do
    other=$(trace_hashes "$configuration")
    if [ "$other" != "$first" ]; then
        echo "$scenario, seeds $seeds: other trace hashes in another process ($configuration build):" >&2
        diff <(echo "$first") <(echo "$other") >&2
        exit 1
    fi
done
echo "$scenario, seeds $seeds: the same $(wc -l <<<"$first") trace hashes in four processes, release and debug"
