#!/usr/bin/env bash
# Installs what a build needs and this machine lacks. Silent, and no network, when nothing is missing.
# `setup.sh live` sees to librdkafka and the databases as well: the tests and everything that talks to real brokers need
# them, the command orrery does not.
set -euo pipefail

with=${1:-}

missing=()

# need PACKAGE COMMAND…: the package is missing unless the command succeeds.
need() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

exists() { compgen -G "$1"; }

links() { ! ldd "$(command -v swift-package)" | grep -q "$1.*not found"; }

install_with_apt() {
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "Please install as root: apt-get install ${missing[*]}" >&2
            exit 1
        fi
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"
}

if ! command -v swift >/dev/null; then
    echo "There is no Swift toolchain on the PATH: see https://www.swift.org/install (6.2 or later)." >&2
    exit 1
fi

need git command -v git # SwiftPM fetches packages with it

if [ "$(uname)" = Darwin ]; then
    if [ "$with" = live ]; then
        need librdkafka pkg-config --exists rdkafka
        need pkg-config command -v pkg-config
        need libpq brew list libpq # not linked into /opt/homebrew; SwiftPM finds it all the same
        need postgresql@17 brew list postgresql@17 # the tests start a server; SQLite comes with macOS
    fi
    [ ${#missing[@]} -eq 0 ] || brew install "${missing[@]}"
    exit 0
fi

need ca-certificates exists /etc/ssl/certs/ca-certificates.crt
need libc6-dev exists /usr/include/stdio.h
need g++ exists '/usr/lib/gcc/*/*/libstdc++.so' # Swift links against GCC's start files and libstdc++

if [ "$with" = live ]; then
    need librdkafka-dev exists '/usr/include/librdkafka/rdkafka_mock.h'
    need libpq-dev exists '/usr/include/postgresql/libpq-fe.h'
    need libsqlite3-dev exists '/usr/include/sqlite3.h'
    need pkg-config command -v pkg-config
    need postgresql exists '/usr/lib/postgresql/*/bin/initdb' # the tests start a server
fi

# The libraries that SwiftPM itself is linked with; the -dev packages have one name on every release.
need libcurl4-openssl-dev links libcurl
need libncurses-dev links libncurses
need libsqlite3-dev links libsqlite3
need libxml2-dev links libxml2

if [ ${#missing[@]} -ne 0 ]; then
    if ! command -v apt-get >/dev/null; then
        echo "Please install what these Debian packages hold, then try again: ${missing[*]}" >&2
        exit 1
    fi
    install_with_apt
fi
