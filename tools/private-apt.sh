#!/usr/bin/env bash
# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# Runs apt against another Debian suite, with lists and cache of its own, so that the machine's apt stays as it is:
#   tools/private-apt.sh SUITE apt-get|apt-cache ARGUMENTS...
# The mirror and its key are those of the machine's own Debian source.
set -euo pipefail

if [ $# -lt 3 ]; then
    echo "usage: private-apt.sh SUITE apt-get|apt-cache ARGUMENTS..." >&2
    exit 2
fi
suite=$1
shift
root=$(cd "$(dirname "$0")/.." && pwd)
state=$root/build/cache/apt-$suite
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")

# The first source that carries this release's main archive: "URI SIGNED-BY", from deb822 files or one-line ones.
find_mirror() {
    shopt -s nullglob
    local deb822=(/etc/apt/sources.list.d/*.sources) one_line=(/etc/apt/sources.list.d/*.list)
    if [ -e /etc/apt/sources.list ]; then
        one_line=(/etc/apt/sources.list "${one_line[@]}")
    fi
    awk -v codename="$codename" '
        function flush() { if(types ~ /deb/ && suites ~ ("(^| )" codename "( |$)") && uri != "" && !done) { print uri, key; done = 1 }
                           types = suites = uri = key = "" }
        FNR == 1 { flush() }
        /^[ \t]*$/ { flush(); next }
        /^Types:/ { types = $0 } /^URIs:/ { uri = $2 } /^Signed-By:/ { key = $2 }
        /^Suites:/ { sub(/^Suites:[ \t]*/, ""); suites = $0 }
        END { flush() }' /dev/null "${deb822[@]}"
    awk -v codename="$codename" '
        $1 == "deb" { key = ""; line = $0
                      if(match(line, /signed-by=[^] ]+/)) key = substr(line, RSTART + 10, RLENGTH - 10)
                      sub(/\[[^]]*\] */, "", line); split(line, f, " ")
                      if(f[3] == codename) print f[2], key }' /dev/null "${one_line[@]}"
}

if [ ! -e "$state/sources.list" ]; then
    read -r uri key < <(find_mirror | head -n 1) || true
    if [ -z "${uri:-}" ]; then
        echo "error: no source for Debian $codename in /etc/apt: add one, then try again" >&2
        exit 1
    fi
    key=${key:-/usr/share/keyrings/debian-archive-keyring.gpg}
    mkdir -p "$state/lists/partial" "$state/archives/partial"
    printf 'deb [signed-by=%s] %s %s main\ndeb-src [signed-by=%s] %s %s main\n' \
        "$key" "$uri" "$suite" "$key" "$uri" "$suite" > "$state/sources.list"
fi
command=$1
shift
# The sandbox user _apt can't write into a folder of root's; and a mirror may be frozen at a day whose index has run out,
# as snapshots are. Signatures are verified all the same.
exec "$command" -q -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$state/lists" -o Dir::Cache="$state" -o Acquire::Languages=none -o Acquire::Check-Valid-Until=false -o APT::Sandbox::User="$(id -un)" "$@"
