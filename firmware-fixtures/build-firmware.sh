#!/usr/bin/env bash
# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# Builds MicroPython's stm32 port for this project's boards, and records/, into build/firmware/; README.md in this folder tells more.
set -euo pipefail

FIRMWARE_PACKAGES="gcc-arm-none-eabi libnewlib-arm-none-eabi gcc libc6-dev make python3 xz-utils debian-archive-keyring"
SUITE=trixie    # the Debian release whose source package is used

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
cache=$root/build/cache
out=$root/build/firmware

usage() {
    cat <<'END'
usage: build-firmware.sh [BOARD...]     build the boards (default: all, and their variants), into build/firmware/BOARD.elf, .hex and
                                        .bin; BOARD-VARIANT builds a variant, e.g. pyboard11-USB; records: the programs in C
       build-firmware.sh --boards       list the boards and variants
       build-firmware.sh --packages     list the Debian packages that building takes
MICROPY_DIR, if set, names a MicroPython checkout with its lib/stm32lib submodule; else Debian's source package is used.
END
}

die() {
    echo "error: $*" >&2
    exit 1
}

boards() {
    local mk board
    for mk in "$here"/boards/*/mpconfigboard.mk; do
        board=$(basename "$(dirname "$mk")")
        echo "$board"
        for mk in "$here/boards/$board"/mpconfigvariant_*.mk; do
            [ ! -e "$mk" ] || basename "$mk" .mk | sed "s/^mpconfigvariant_/$board-/"
        done
    done
}

check_tools() {
    local tool missing=""
    for tool in arm-none-eabi-gcc cc make python3 xz; do
        command -v "$tool" >/dev/null || missing+=" $tool"
    done
    if [ -z "$missing" ] && ! echo '#include <string.h>' | arm-none-eabi-gcc -E - >/dev/null 2>&1; then
        missing=" newlib's headers"
    fi
    [ -z "$missing" ] || die "not found:$missing; on Debian: apt install $FIRMWARE_PACKAGES"
}

# Runs a command with its output in a log, of which the end is shown if it fails.
logged() {
    local log=$1
    shift
    if ! "$@" >"$log" 2>&1; then
        tail -n 25 "$log" | cut -c -240 >&2
        die "that was the end of ${log#"$root"/}"
    fi
}

# Sets src to the unpacked Debian source. apt checks the archive's signature and what it downloads; if it says that it
# has no key for it, debian-archive-keyring is older than the release: upgrade it.
debian_source() {
    local download=$cache/micropython tarball
    if ! compgen -G "$download/micropython_*.orig.tar.*" >/dev/null; then
        echo "== downloading MicroPython's source package (Debian $SUITE)"
        mkdir -p "$download"
        logged "$download/apt.log" "$root/tools/private-apt.sh" "$SUITE" apt-get update
        (cd "$download" && logged "$download/apt.log" \
            "$root/tools/private-apt.sh" "$SUITE" apt-get source --download-only micropython)
    fi
    tarball=$(printf '%s\n' "$download"/micropython_*.orig.tar.* | sort -V | tail -n 1)
    src=$(basename "$tarball")
    src=$download/${src%%.orig.tar.*}
    if [ ! -e "$src" ]; then
        echo "== unpacking $(basename "$tarball")"
        rm -rf "$src.tmp"
        mkdir "$src.tmp"
        tar -xf "$tarball" -C "$src.tmp" --strip-components=1
        mv "$src.tmp" "$src"
    fi
}

# Sets src to the user's checkout.
checkout() {
    src=$(cd "$MICROPY_DIR" 2>/dev/null && pwd) || die "MICROPY_DIR is no folder: $MICROPY_DIR"
    [ -e "$src/ports/stm32/Makefile" ] || die "no MicroPython with a ports/stm32 in MICROPY_DIR: $src"
    # Which submodules a version wants, its makefile knows; these two any of them takes.
    compgen -G "$src/lib/stm32lib/*" >/dev/null && compgen -G "$src/lib/[cC][mM][sS][iI][sS]*/*" >/dev/null ||
        die "submodules are missing from MICROPY_DIR: make -C $src/ports/stm32 submodules"
}

# A date and version that are the source's, so that an image doesn't change with the day or with this repository's tags.
settle_version() {
    if [ -n "${MICROPY_DIR:-}" ]; then
        SOURCE_DATE_EPOCH=$(git -C "$src" log -1 --format=%ct 2>/dev/null) || SOURCE_DATE_EPOCH=
    else
        SOURCE_DATE_EPOCH=
        export GIT_CEILING_DIRECTORIES=$cache
    fi
    [ -n "$SOURCE_DATE_EPOCH" ] || SOURCE_DATE_EPOCH=$(stat -c %Y "$src/py/mpconfig.h")
    export SOURCE_DATE_EPOCH
}

build_mpy_cross() {
    mkdir -p "$work/mpy-cross"
    [ -e "$work/mpy-cross/mpy-cross" ] || echo "== building mpy-cross"
    logged "$work/mpy-cross.log" make -C "$src/mpy-cross" -j"$(nproc)" BUILD="$work/mpy-cross"
}

build_board() {
    local board=$1 base=${1%%-*} build=$out/$1 started=$SECONDS args hal made_from
    # The image includes no module of micropython-lib, which the port's makefile asks for all the same.
    args=(-C "$src/ports/stm32" BOARD="$base" BOARD_DIR="$here/boards/$base" BUILD="$build" MICROPY_MPYCROSS="$work/mpy-cross/mpy-cross"
        MPY_LIB_DIR="$work/no-micropython-lib")
    [ "$board" = "$base" ] || args+=(BOARD_VARIANT="${board#*-}")
    if [ -z "${MICROPY_DIR:-}" ]; then
        hal=("$here"/hal/Src/*.c)
        args+=(STM32LIB_CMSIS_DIR="$here/hal" STM32LIB_HAL_DIR="$here/hal" HAL_SRC_C="${hal[*]}" STARTUP_FILE= SYSTEM_FILE=)
    fi
    # Objects of another source or other settings don't mix, and make doesn't see those.
    made_from=$(echo "${args[@]}"; find "$here/boards/$base" "$here/boards/common" -name '*.mk' -o -name '*.ld' | sort | xargs cat)
    if [ "$(cat "$build/made-from" 2>/dev/null)" != "$made_from" ]; then
        rm -rf "$build"
        mkdir -p "$build"
        echo "$made_from" > "$build/made-from"
    fi
    [ -e "$build/firmware.elf" ] || echo "== building MicroPython for $board"
    logged "$build/build.log" make -j"$(nproc)" "${args[@]}" "$build/firmware.hex"

    if [ ! -e "$out/$board.elf" ] || ! cmp -s "$build/firmware.elf" "$out/$board.elf"; then
        # One flat image; what lies between vectors and program, the filesystem, is as erased.
        arm-none-eabi-objcopy -O binary --gap-fill 0xff "$build/firmware.elf" "$out/$board.bin"
        cp "$build/firmware.hex" "$out/$board.hex"
        cp "$build/firmware.elf" "$out/$board.elf"
    fi
    echo "$board: build/firmware/$board.elf, ends at $(($(stat -c %s "$out/$board.bin") / 1024)) KB of flash, $((SECONDS - started)) s"
}

# Firmware of our own for power-fail campaigns: how it stores, and whether it waits to be told.
build_records() {
    local built=$out/records log=$out/records/build.log name store shell
    mkdir -p "$built"
    for name in bkpsram-careful bkpsram-naive flash-careful flash-naive bkpsram-shell; do
        store=${name/shell/careful} shell=()
        [ "$name" = "$store" ] || shell=(-DSHELL)
        logged "$log" arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -std=c11 -Wall -Wextra -Werror -ffunction-sections -nostartfiles --specs=nosys.specs \
            -Wl,--gc-sections -T "$here/records/records.ld" "${shell[@]}" -o "$built/records-$name.elf" \
            "$here"/records/{board,records,"${store/-/_}"}.c
        cmp -s "$built/records-$name.elf" "$out/records-$name.elf" || cp "$built/records-$name.elf" "$out/records-$name.elf"
    done
    echo "records: build/firmware/records-*.elf"
}

case ${1:-} in
-h|--help) usage; exit ;;
--packages) echo "$FIRMWARE_PACKAGES"; exit ;;
--boards) boards; exit ;;
-*) usage >&2; exit 2 ;;
esac
[ $# -gt 0 ] || mapfile -t all < <(boards)
[ $# -gt 0 ] || set -- "${all[@]}" records
for board in "$@"; do
    [ "$board" = records ] || boards | grep -x -- "$board" >/dev/null || die "no such board: $board; there are: $(boards | paste -sd ' ')"
done

check_tools
mkdir -p "$out" "$cache"
exec 9>"$out/.lock"
flock 9     # others may build at the same time
if [[ " $* " == *" records "* ]]; then
    build_records
    set -- "${@/#records/}"
fi
[ -n "${*// /}" ] || exit 0
if [ -n "${MICROPY_DIR:-}" ]; then
    checkout
    work=$out/.tools-$(printf %s "$src" | cksum | cut -d ' ' -f 1)
else
    debian_source
    work=$out/.tools-debian
fi
settle_version
mkdir -p "$work/no-micropython-lib"
touch "$work/no-micropython-lib/README.md"
build_mpy_cross
for board in "$@"; do
    [ -z "$board" ] || build_board "$board"
done
