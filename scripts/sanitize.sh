#!/usr/bin/env bash
# Runs the tests of targets that call C, under the address sanitizer (with its search for leaks) and under the thread
# sanitizer. Each has a folder of its own for what it builds. Last comes the test that measures memory, alone in its process
# and without a sanitizer. `sanitize.sh address`, `thread` or `memory` runs one of them.
set -euo pipefail
cd "$(dirname "$0")/.."

tests=${SANITIZED_TESTS:-'^(RdKafkaTests|LiveTests)\.'}

address() {
    echo "== address sanitizer"
    ASAN_OPTIONS=detect_leaks=1 swift test --disable-xctest --sanitize=address --scratch-path .build_asan --filter "$tests"
}

thread() {
    echo "== thread sanitizer"
    swift build --build-tests --sanitize=thread --scratch-path .build_tsan
    local threads=()
    if [ "$(uname)" = Linux ]; then
        clang -shared -fPIC -O1 -o .build_tsan/c11threads.so scripts/c11threads.c
        threads=(env "LD_PRELOAD=$PWD/.build_tsan/c11threads.so")
    fi
    "${threads[@]}" swift test --skip-build --disable-xctest --sanitize=thread --scratch-path .build_tsan --filter "$tests"
}

memory() {
    echo "== memory"
    ORRERY_MEMORY_TEST=1 swift test --disable-xctest --filter 'clients that come and go leave no memory behind'
}

case ${1:-all} in
address) address ;;
thread) thread ;;
memory) memory ;;
all)
    address
    thread
    memory
    ;;
*)
    echo "Say address, thread or memory, or nothing for all." >&2
    exit 1
    ;;
esac
