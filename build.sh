#!/usr/bin/env bash
# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# Every task of the project; `./build.sh help` lists them. Each sets up what it needs and is quick the second time.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$root/build/cache
robot_dir=$cache/robot
python=/usr/bin/python3

usage() {
    cat <<'EOF'
usage: ./build.sh [COMMAND] [OPTIONS]

  (none)                build the plugin, the standalone host and the tests
  firmware [BOARD...]   build MicroPython for the boards (default: all)
  demo [--host HOST]    boot MicroPython, store, cut the power, boot again: what was kept, and why
  test [HOST]           unit tests, Robot suites and the exam on standalone, renode (each that is there) or all (default: what is there)
  robot [SUITE...] [--host HOST] [--test NAME]
                        some Robot suites, or your own (default: all of robot-tests)
  run [FIRMWARE] [--board NAME] [--pty PATH] [--host HOST]
                        a board with MicroPython's REPL in your terminal; Ctrl-] p pulls the plug, Ctrl-] ? lists all keys
  exam [TEST...] [--board NAME] [--firmware IMAGE] [--host HOST]
                        MicroPython's own tests on a simulated board (default: all that a board can run). See docs/exam.md
  campaign PROGRAM.py [options] | --firmware IMAGE --from REGEX --until REGEX --good REGEX [options] | merge DIR...
                        cut the power at each write of a program, or of any firmware, to backup SRAM: what is left?
  bench [HOST]          what the models cost, in speed; writes build/bench.json
  fuzz [ACCESSES] [--seed S] [HOST]
                        random accesses to every register (default: a million, from seed 1)
  lists                 write anew what is made from lists: include scripts, tables of boards, the version in the source
  package               what users unpack: build/renode-bkpsram-VERSION.tar.gz, compiled for each Renode that is there, and as source
  mutate [BLOCK] [--again] [--jobs N]
                        change the models of a block of peripherals/ (default: all) in each small way: which changes does no unit
                        test notice? --again leaves out those that were noticed last time. See docs/testing.md
  fidelity              measure the models and write docs/fidelity.md anew
  clean                 remove everything that was built or downloaded
  help                  this text; `./build.sh COMMAND --help` tells more of one

HOST is standalone (built here, needs no Renode) or renode, 1.16.1 or later: the one whose root RENODE_DIR names, else the first of
RENODE_DIRS, else `renode` on PATH. RENODE_DIRS names several roots, with colons between them: `test` and `package` take each.
MICROPY_DIR names a MicroPython checkout to build the firmware from; without it Debian's source package is used.
EOF
}

die() {
    echo "error: $*" >&2
    exit 2
}

# Whoever pressed Ctrl-C need not be told what that did to a build.
trap 'echo "interrupted" >&2; exit 130' INT TERM

step() {
    echo "== $*"
}

# Installs Debian packages that are not there; names them where it may not.
need_packages() {
    local package missing=()
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        return
    fi
    step "installing ${missing[*]}"
    local sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "these packages are missing: ${missing[*]}; install them as root, then try again"
        sudo=(sudo)
    fi
    local log=$root/build/apt.log
    mkdir -p "$root/build"
    if ! { "${sudo[@]}" apt-get -q update && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        die "could not install ${missing[*]}: the whole output is in $log"
    fi
}

need_dotnet() {
    command -v dotnet >/dev/null || die "the .NET SDK is missing: install .NET SDK 8 or later, so that 'dotnet' is on PATH"
}

need_robot() {
    need_packages python3
    if "$python" -c 'import robot' 2>/dev/null; then
        return
    fi
    export PYTHONPATH=$robot_dir/usr/lib/python3/dist-packages${PYTHONPATH:+:$PYTHONPATH}
    if "$python" -c 'import robot' 2>/dev/null; then
        return
    fi
    step "installing Robot Framework into build/"
    local packages=(python3-robot libjs-jquery libjs-jquery-tablesorter libjs-jquery-tmpl) package
    mkdir -p "$robot_dir/download"
    "$root/tools/private-apt.sh" sid apt-get update >"$robot_dir/apt.log" 2>&1 &&
        (cd "$robot_dir/download" && "$root/tools/private-apt.sh" sid apt-get download "${packages[@]}") >>"$robot_dir/apt.log" 2>&1 ||
        die "could not download ${packages[*]}: see $robot_dir/apt.log"
    for package in "$robot_dir"/download/*.deb; do
        dpkg-deb -x "$package" "$robot_dir"
    done
    "$python" -c 'import robot' || die "python3-robot does not run on this Python: see the line above"
}

# What MicroPython's run-tests.py needs: pyserial.
need_serial() {
    need_packages python3
    if "$python" -c 'import serial' 2>/dev/null; then
        return
    fi
    local folder=$cache/serial
    export PYTHONPATH=$folder/usr/lib/python3/dist-packages${PYTHONPATH:+:$PYTHONPATH}
    if "$python" -c 'import serial' 2>/dev/null; then
        return
    fi
    step "installing pyserial into build/" >&2
    mkdir -p "$folder"
    (cd "$folder" && "$root/tools/private-apt.sh" sid apt-get update && "$root/tools/private-apt.sh" sid apt-get download python3-serial) >"$folder/apt.log" 2>&1 ||
        die "could not download python3-serial: see $folder/apt.log"
    dpkg-deb -x "$folder"/python3-serial_*.deb "$folder"
    "$python" -c 'import serial' || die "python3-serial does not run on this Python: see the line above"
}

# What Renode's own renode-test needs besides. Without it, its tests say that they are skipped.
need_renode_test() {
    if "$python" -c 'import psutil, yaml' 2>/dev/null; then
        return
    fi
    local packages=(python3-psutil python3-yaml libyaml-0-2) folder=$robot_dir/renode-test package
    mkdir -p "$folder"
    (cd "$folder" && apt-get download "${packages[@]}") >"$folder/apt.log" 2>&1 || return 0
    for package in "$folder"/*.deb; do
        dpkg-deb -x "$package" "$robot_dir"
    done
    export PYTHONPATH=$robot_dir/usr/lib/python3/dist-packages${PYTHONPATH:+:$PYTHONPATH}
}

# Options for dotnet that make it build against the Renode that commands use which take one.
renode_properties() {
    need_packages python3
    "$python" "$root/tools/renodes.py" --properties
}

build_standalone() {
    need_dotnet
    need_packages libunicorn2
    step "building the plugin, the standalone host and the tests"
    local log=$root/build/build.log
    mkdir -p "$root/build"
    if ! dotnet build "$root/renode-bkpsram.sln" -c Release --nologo -v quiet >"$log" 2>&1 </dev/null; then
        grep -E ': (error|warning) ' "$log" | sort -u | head -n 20 >&2 || tail -n 20 "$log" >&2
        die "the build failed: the whole output is in $log"
    fi
}

build_firmware() {
    # shellcheck disable=SC2046
    need_packages $("$root/firmware-fixtures/build-firmware.sh" --packages)
    "$root/firmware-fixtures/build-firmware.sh" "$@"
}

command_firmware() {
    case " $* " in *" --help "*|*" -h "*) exec "$root/firmware-fixtures/build-firmware.sh" --help;; esac
    build_firmware "$@"
}

# A tool's own help, where there is a Python to print it.
tool_help() {
    [ -x "$python" ] || { usage; exit 0; }
    exec "$python" "$root/tools/$1.py" --help
}

command_demo() {
    case " $* " in *" --help "*|*" -h "*) tool_help demo;; esac
    need_packages python3
    build_standalone
    "$python" "$root/tools/demo.py" "$@"
}

command_run() {
    case " $* " in *" --help "*|*" -h "*) tool_help run;; esac
    need_packages python3
    # Standard output belongs to the REPL.
    build_standalone >&2
    exec "$python" "$root/tools/run.py" "$@"
}

passed=0
failed=0

count() {
    passed=$((passed + $1))
    failed=$((failed + $2))
}

# Runs a test project and adds up what it reports: the host's name for files and for people, the project, options for dotnet.
run_unit_tests() {
    local name=$1 label=$2 project=$3 log status=0
    shift 3
    log=$root/build/unit-tests-$name-$(basename "$project").log
    step "unit tests: $(basename "$project") on $label"
    dotnet test "$root/$project" -c Release --nologo "$@" >"$log" 2>&1 </dev/null || status=$?
    local line
    line=$(grep -E '^(Passed|Failed)! ' "$log" | tail -n 1) || true
    if [ -z "$line" ]; then
        tail -n 20 "$log"
        count 0 1
        return
    fi
    count "$(sed -E 's/.*Passed: *([0-9]+).*/\1/' <<<"$line")" "$(sed -E 's/.*Failed: *([0-9]+).*/\1/' <<<"$line")"
    if [ "$status" -ne 0 ]; then
        grep -E -A 12 '^ *Failed ' "$log" | head -n 80 || true
        if [[ $line == Passed!* ]]; then
            # The test host died: what it had counted till then is no verdict.
            tail -n 20 "$log"
            count 0 1
        fi
    fi
    echo "   $line"
}

# Tests in Python: their name for files and for people, and the folder that holds them.
run_python_tests() {
    local name=$1 label=$2 folder=$3 log=$root/build/unit-tests-$1.log ran skipped bad=0
    step "unit tests: $label"
    "$python" -B -m unittest discover -v -s "$root/$folder" >"$log" 2>&1 || bad=1
    ran=$(sed -nE 's/^Ran ([0-9]+) tests? .*/\1/p' "$log" | tail -n 1)
    if [ "$bad" -ne 0 ]; then
        # One line each; a test that fails in several ways counts once, and tests that did not even load count as one.
        bad=$(grep -E '^(FAIL|ERROR): ' "$log" | sort -u | wc -l)
        [ "$bad" -gt 0 ] || bad=1
        tail -n 60 "$log"
    fi
    [ "${ran:-0}" -ge "$bad" ] || ran=$bad
    [ "$ran" -gt 0 ] || { ran=1 bad=1; }
    skipped=$(grep -cE '\.\.\. skipped ' "$log") || true
    sed -nE "s/^.*\.\.\. skipped ['\"](.*)['\"]$/   skipped: \1/p" "$log" | sort -u
    count $((ran - bad - skipped)) "$bad"
    echo "   $((ran - bad - skipped)) passed, $bad failed"
}

# The host's name for files and for people, and which of both it is.
run_robot() {
    local name=$1 label=$2 host=$3 log=$root/build/robot-$1.log
    step "Robot suites on $label"
    "$python" "$root/tools/run_robot.py" --host "$host" --output "$root/build/robot/$name" 2>&1 | tee "$log" | grep -v '^robot-result' || true
    local result
    if result=$(grep -E '^robot-result' "$log"); then
        read -r _ ok bad _ <<<"$result"
        count "$ok" "$bad"
    else
        count 0 1
    fi
}

# The host's name for files and for people, and which of both it is.
run_exam() {
    local name=$1 label=$2 host=$3 log=$root/build/exam-$1.log
    step "the exam on $label"
    "$python" "$root/tools/exam.py" --host "$host" 2>&1 | tee "$log" | grep -E '^FAIL |^error: |^total: ' || true
    local result
    if result=$(sed -nE 's/^total: ([0-9]+) passed, ([0-9]+) failed, .*/\1 \2/p' "$log") && [ -n "$result" ]; then
        # shellcheck disable=SC2086
        count $result
    else
        count 0 1
    fi
}

test_standalone() {
    local project
    run_unit_tests standalone standalone unit-tests --no-build
    for project in "$root"/standalone/*.Tests; do
        run_unit_tests standalone standalone "standalone/$(basename "$project")" --no-build
    done
    HOST=standalone run_python_tests standalone-package "package, CI files and run on standalone" tools/tests/on_host
    run_robot standalone standalone standalone
    run_exam standalone standalone standalone
}

# One Renode, as tools/renodes.py tells of it.
test_renode() {
    local name=$1 directory=$2 binaries=$3 label=$4
    if [ "$binaries" = - ]; then
        step "unit tests on $label: skipped, as $directory holds no Infrastructure.dll to build them against (a package in a single file)"
    else
        run_unit_tests "$name" "$label" unit-tests "-p:RenodeDir=$directory" "-p:RenodeBinaries=$binaries" "-p:HostFolder=$name"
    fi
    need_renode_test
    HOST=renode RENODE_DIR=$directory run_python_tests "$name-package" "package, CI files and run on $label" tools/tests/on_host
    RENODE_DIR=$directory HOST=renode run_python_tests "$name-own" "package and renode-test of $label" tools/tests/on_renode
    RENODE_DIR=$directory run_robot "$name" "$label" renode
    RENODE_DIR=$directory run_exam "$name" "$label" renode
}

command_test() {
    local wanted=${1:-} renodes
    case "$wanted" in
    -h|--help)
        usage
        exit 0
        ;;
    ''|all|standalone|renode) ;;
    *) die "there is no host '$wanted': say standalone, renode or all" ;;
    esac
    need_robot
    need_serial
    # A separate assignment, so that its failure ends the script.
    [ "$wanted" = standalone ] || renodes=$("$python" "$root/tools/renodes.py")
    [[ -n ${renodes:-} || ! $wanted =~ ^(all|renode)$ ]] || die "there is no Renode on this machine: set RENODE_DIR to its root or put 'renode' on PATH"
    build_standalone
    build_firmware
    run_python_tests bkpsram.py bkpsram.py micropython/bkpsram/tests
    run_python_tests tools tools tools/tests
    [ "$wanted" = renode ] || test_standalone
    local fields
    while IFS=$'\t' read -r -a fields; do
        [ ${#fields[@]} -eq 0 ] || test_renode "${fields[@]}" </dev/null
    done <<<"${renodes:-}"
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# Robot suites by name, for those who write their own.
command_robot() {
    case " $* " in *" --help "*|*" -h "*) tool_help run_robot;; esac
    need_robot
    build_standalone
    case " $* " in *" --firmware"*) ;; *) build_firmware ;; esac
    exec "$python" "$root/tools/run_robot.py" "$@"
}

command_exam() {
    case " $* " in *" --help "*|*" -h "*) tool_help exam;; esac
    # Before anything is installed or built for it.
    [ ! -x "$python" ] || "$python" "$root/tools/exam.py" --check-arguments "$@" || exit $?
    need_serial
    build_standalone >&2
    exec "$python" "$root/tools/exam.py" "$@"
}

command_campaign() {
    case " $* " in *" --help "*|*" -h "*) tool_help campaign;; esac
    # Before anything is installed or built for it.
    [ ! -x "$python" ] || "$python" "$root/tools/campaign.py" --check-arguments "$@" || exit $?
    need_packages python3
    build_standalone >&2
    exec "$python" "$root/tools/campaign.py" "$@"
}

command_bench() {
    if [[ " $* " == *" --help "* || " $* " == *" -h "* ]]; then
        [ -x "$python" ] || { usage; exit 0; }
        exec "$python" "$root/benchmarks/bench.py" --help
    fi
    need_packages python3
    build_standalone
    "$python" "$root/benchmarks/bench.py" "$@"
}

command_fuzz() {
    local accesses=1000000 seed=1 host=standalone found properties=(--no-build)
    while [ $# -gt 0 ]; do
        case "$1" in
        --seed) seed=${2:-}; shift ;;
        --seed=*) seed=${1#*=} ;;
        standalone|renode) host=$1 ;;
        *) accesses=$1 ;;
        esac
        shift || true
    done
    [[ $accesses =~ ^[1-9][0-9]{0,9}$ ]] || die "fuzz: '$accesses' is neither a number of accesses nor a host"
    [[ $seed =~ ^[0-9]{1,9}$ ]] || die "fuzz: the seed '$seed' is no number"
    build_standalone
    if [ "$host" = renode ]; then
        # A separate assignment, so that its failure ends the script: the tests would run on the other host.
        found=$(renode_properties)
        mapfile -t properties <<<"$found"
    fi
    FUZZ_ACCESSES=$accesses FUZZ_SEED=$seed dotnet test "$root/unit-tests" -c Release --nologo "${properties[@]}" --logger "console;verbosity=normal" \
        --filter "FullyQualifiedName~FuzzTests.ShouldBearAnyAccess" | grep -E -A 40 'accesses from|^ *Failed |^Test Run|^ *Passed '
}

command_lists() {
    need_packages python3
    "$python" "$root/tools/write_lists.py" "$@"
}

command_package() {
    case " $* " in *" --help "*|*" -h "*) tool_help package;; esac
    need_packages python3
    need_dotnet
    step "making the package"
    "$python" "$root/tools/package.py" "$@"
}

command_mutate() {
    local block='' jobs again='' known log=$root/build/mutate.log
    jobs=$(nproc)
    while [ $# -gt 0 ]; do
        case "$1" in
        --again) again=--again ;;
        --jobs) jobs=${2:-}; shift ;;
        --jobs=*) jobs=${1#*=} ;;
        -*) die "mutate: there is no option '$1'" ;;
        *)
            [ -z "$block" ] || die "mutate: one block, please, not '$block' and '$1'"
            block=$1
            ;;
        esac
        shift || true
    done
    [[ $jobs =~ ^[1-9][0-9]?$ ]] || die "mutate: '$jobs' is no number of jobs"
    known=$(cd "$root/peripherals" && echo */)
    [ -z "$block" ] || [[ " $known" == *" $block/ "* ]] || die "mutate: there is no block '$block'; there are: ${known//\//}"
    build_standalone
    dotnet build "$root/tools/mutate" -c Release --nologo -v quiet >"$log" 2>&1 </dev/null || { tail -n 20 "$log" >&2; die "the build of tools/mutate failed"; }
    local built=$root/build/dotnet/standalone/bin
    # shellcheck disable=SC2086
    dotnet "$built/Mutate/release/mutate.dll" "$root" "$built/UnitTests/release" "$jobs" "${block:-all}" $again
}

# The page is written by the test that compares it.
command_fidelity() {
    build_standalone
    UPDATE_FIDELITY=1 dotnet test "$root/unit-tests" -c Release --nologo --no-build --filter "FullyQualifiedName~Fidelity" |
        grep -E -A 12 '^ *Failed |^(Passed|Failed)! '
}

command_clean() {
    rm -rf "${root:?}/build"
    find "$root/tools" "$root/benchmarks" -name __pycache__ -prune -exec rm -rf {} +
}

name=${1:-build}
[ $# -eq 0 ] || shift
case "$name ${1:-}" in
"build --help"|"build -h"|"clean --help"|"clean -h"|"fidelity --help"|"fidelity -h"|"fuzz --help"|"fuzz -h"|"mutate --help"|"mutate -h")
    usage
    exit 0
    ;;
esac
case "$name" in
build) build_standalone ;;
firmware) command_firmware "$@" ;;
demo) command_demo "$@" ;;
test) command_test "$@" ;;
run) command_run "$@" ;;
campaign) command_campaign "$@" ;;
robot) command_robot "$@" ;;
exam) command_exam "$@" ;;
bench) command_bench "$@" ;;
fuzz) command_fuzz "$@" ;;
lists) command_lists "$@" ;;
package) command_package "$@" ;;
mutate) command_mutate "$@" ;;
fidelity) command_fidelity ;;
clean) command_clean ;;
help|-h|--help) usage ;;
*)
    usage >&2
    die "there is no command '$name'"
    ;;
esac
