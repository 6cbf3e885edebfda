#!/usr/bin/env bash
# Runs one seed in separate processes, of a release and of a debug build, and compares the trace hashes.
set -euo pipefail
cd "$(dirname "$0")/.."

scenario=${1:-scenarios/everything.yaml}
seed=${2:-7}

# trace_hash CONFIGURATION: the hash of a fresh process of that build.
trace_hash() {
    local program result hash
    program="$(swift build -c "$1" --show-bin-path)/orrery"
    # A violated invariant is a result like another here: what counts is that it is the same one everywhere.
    result=$("$program" run "$scenario" --seed "$seed" --json) || [ $? -le 2 ]
    hash=$(sed -n 's/.*"traceHash" *: *"\([^"]*\)".*/\1/p' <<<"$result")
    if [ -z "$hash" ]; then
        echo "No trace hash in the answer of the $1 build:" >&2
        echo "$result" >&2
        exit 1
    fi
    echo "$hash"
}

for configuration in release debug; do
    swift build -c "$configuration" --product orrery
done

first=$(trace_hash release)
for configuration in release debug debug; do
    other=$(trace_hash "$configuration")
    if [ "$other" != "$first" ]; then
        echo "$scenario, seed $seed: trace hash $first in one process, $other in another ($configuration build)" >&2
        exit 1
    fi
done
echo "$scenario, seed $seed: trace hash $first in four processes, release and debug"
