# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Cuts the power at each write of a MicroPython program to backup SRAM, and asks its check() what is left.

The program defines run(), which is cut, and check(done), which is called after the power is back and returns 'old', 'new',
'consistent', 'lost' or 'corrupt'; docs/campaigns.md tells more. Reports go to build/campaign/ unless --report says otherwise.
Exit status: 0 all consistent, 1 some not, 2 could not run, 130 interrupted (the report is partial; --resume goes on)."""

import argparse
import contextlib
import os
import shlex
import signal
import sys
import time
import urllib.parse

import boards
import hosts

# Host seconds between two looks at the progress.
SLICE_S = 0.5
LINE_EVERY_S = 10
# Renode keeps some megabytes of each snapshot that it loads: after so many cuts the campaign goes on in a new one.
RENODE_CUTS = 400
BAR_WIDTH = 30

_, DEFAULT_BOARD = boards.load()
OWN_OPTIONS = ("--board", "--firmware", "--host", "--help", "-h")
FLAGS = ("--help", "--resume", "--overwrite", "--reboot")
ENGINE_OPTIONS = """options of the campaign:
  --cut-at UNIT        writes (default): right after the Nth write; instructions: after the Nth; time: after N microseconds
  --every N            cut only every N units
  --sample K --seed S  K cuts drawn at random (default: all there are; seed 1)
  --shard I/N          only the Ith of N parts, for the jobs of a CI matrix
  --supply KIND        cell (default), no-cell, slow-ramp: VDD falls in a line while the program runs on,
                       vbat-bounce: in half of the cuts the cell loses contact for a moment
  --depth D            2: the power fails again at each write of check(), 3: and again
  --only N[,M]         this cut alone, told in detail
  --off S              virtual seconds without power, after the time that the rest of run() would have taken (default 0.01)
  --ramp S             virtual seconds from full VDD to 0 on a slow ramp, at most: each has its own (default 0.001)
  --run-timeout S      run() may take so many virtual seconds (default 60)
  --check-timeout S    check() that takes longer is a hang (default 60)
  --report DIR         folder of campaign.json, campaign.html, campaign.xml (JUnit) and cuts.tsv
  --resume             go on with the report that is there
  --overwrite          throw away the report that is there
  --reboot             boot MicroPython anew after each cut, instead of going back to the state after a boot: slower, same verdicts
"""


class Interrupted:
    """Ctrl-C, remembered: the host is in the middle of a cut when it comes."""

    def __init__(self):
        self.happened = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._handle)

    def _handle(self, *_):
        if self.happened:
            raise KeyboardInterrupt
        self.happened = True


class Progress:
    """A bar on a terminal, a line now and then elsewhere."""

    def __init__(self):
        self._begin = time.monotonic()
        self._first = None
        self._last_line = self._begin
        self._shown = False

    def show(self, done, planned, cuts, failures):
        now = time.monotonic()
        if self._first is None:
            self._first = (done, cuts)
        made, seconds = cuts - self._first[1], now - self._begin
        rate = made / seconds if seconds else 0
        parts = (done - self._first[0]) / seconds if seconds else 0
        left = f"{_minutes((planned - done) / parts)} left" if parts else "..."
        text = f"{done}/{planned}  {rate:.1f} cuts/s  {left}  {failures} failing"
        if sys.stderr.isatty():
            filled = BAR_WIDTH * done // planned
            print(f"\r[{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {text}\x1b[K", end="", file=sys.stderr, flush=True)
            self._shown = True
        elif now - self._last_line >= LINE_EVERY_S:
            self._last_line = now
            print(text, file=sys.stderr, flush=True)

    def end(self):
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _minutes(seconds):
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _monitor_path(path):
    if any(c in path for c in "\"'\n"):
        raise hosts.HostError(f"the path {path} has quotes in it, which the Monitor can't take: rename it")
    return path.replace(" ", "\\ ")


def _split(words):
    """The words for this tool, and those for the campaign, which checks its options itself."""
    own, rest = [], []
    words = list(words)
    while words:
        word = words.pop(0)
        name = word.partition("=")[0]
        if name in OWN_OPTIONS or not word.startswith("-"):
            own.append(word)
            target = own
        else:
            rest.append(word)
            target = rest
        if word.startswith("--") and "=" not in word and name not in FLAGS and words:
            target.append(words.pop(0))
    return own, rest


def _report_folder(arguments, rest):
    """The folder of the report, and the options that say so: one under build/ is written anew each time."""
    if "--report" in rest or any(x.startswith("--report=") for x in rest):
        index = next(i for i, x in enumerate(rest) if x.split("=")[0] == "--report")
        value = rest[index].partition("=")[2] if "=" in rest[index] else "".join(rest[index + 1:index + 2])
        if not value:
            raise hosts.HostError("--report: a value is missing")
        rest = rest[:index] + rest[index + (1 if "=" in rest[index] else 2):]
        return os.path.abspath(value), rest
    name = os.path.splitext(os.path.basename(arguments.program))[0]
    if arguments.board != DEFAULT_BOARD:
        name += "-" + arguments.board
    for option in ("--supply", "--cut-at", "--every", "--sample", "--seed", "--depth", "--shard", "--only"):
        for i, word in enumerate(rest):
            value = word.partition("=")[2] if word.startswith(option + "=") else rest[i + 1] if word == option and i + 1 < len(rest) else None
            if value:
                name += "-" + (value if option in ("--supply", "--cut-at") else option[2:] + value).replace("/", "of").replace(",", "_")
    folder = os.path.join(hosts.ROOT, "build", "campaign", f"{name}-{arguments.host}")
    return folder, rest if "--resume" in rest else rest + ["--overwrite"] * ("--overwrite" not in rest)


def _options(arguments, given_host, folder, rest):
    # From here, where the program's path is right as it was given.
    build = os.path.relpath(os.path.join(hosts.ROOT, "build.sh"))
    replay = [build if os.sep in build else f"./{build}", "campaign", arguments.program]
    for name, value in (("--board", arguments.board if arguments.board != DEFAULT_BOARD else None), ("--firmware", arguments.firmware), ("--host", given_host)):
        if value:
            replay += [name, value]
    words = rest + ["--report", folder, "--replay-as", urllib.parse.quote(shlex.join(replay))]
    for word in words:
        if any(c in word for c in "\"'\n"):
            raise hosts.HostError(f"the option {word} has quotes in it, which the Monitor can't take")
    return " ".join(f"'{w}'" if " " in w or not w else w for w in words)



@contextlib.contextmanager
def _host(name):
    """A host whose log goes with it, unless an error points there: shards may run side by side, so each has its own."""
    log_path = os.path.join(hosts.ROOT, "build", f"campaign-{name}-{os.getpid()}.log")
    keep_log = False
    try:
        with hosts.Host(name, log_path) as host:
            yield host
    except hosts.HostError as e:
        keep_log = log_path in str(e)
        raise
    finally:
        if not keep_log and os.path.exists(log_path):
            os.unlink(log_path)


def _session(arguments, firmware, options, progress, interrupted):
    """Makes cuts until there are none left, or somebody has had enough, or the host has. Returns where that is, and the summary."""
    with _host(arguments.host) as host:
        host.keyword("ResetEmulation")
        host.command("emulation SetSeed 1")
        host.command(f"$bin=@{_monitor_path(firmware)}")
        host.command(f"include @{boards.find(arguments.board).script}")
        host.command(f"include @{hosts.ROOT}/platforms/campaign.resc")
        state = host.command(f'emulation PreparePowerFailCampaign @{_monitor_path(os.path.abspath(arguments.program))} "{options}"')
        first = [int(x) for x in state.split()]
        while True:
            done, planned, cuts, failures = (int(x) for x in state.split())
            progress.show(done, planned, cuts, failures)
            is_tired = arguments.host == "renode" and cuts - first[2] >= RENODE_CUTS and done > first[0] and "--only" not in options
            if interrupted.happened or done >= planned or is_tired:
                return done, planned, failures, host.command("emulation FinishPowerFailCampaign").strip()
            state = host.command(f"emulation ContinuePowerFailCampaign {SLICE_S}")


def main():
    interrupted = Interrupted()
    parser = argparse.ArgumentParser(prog="build.sh campaign", description=__doc__, epilog=ENGINE_OPTIONS, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter, usage="build.sh campaign PROGRAM.py [options]")
    parser.add_argument("program", help="the MicroPython program")
    boards.add_option(parser)
    parser.add_argument("--firmware", help="MicroPython image; default: the one built for the board")
    parser.add_argument("--host", help="standalone or renode; default: Renode if it is there")
    own, rest = _split(sys.argv[1:])
    arguments = parser.parse_args(own)

    if not os.path.isfile(arguments.program):
        raise hosts.HostError(f"there is no program '{arguments.program}'")
    board = boards.find(arguments.board)
    given_host = arguments.host
    arguments.host = hosts.choose(arguments.host)
    folder, rest = _report_folder(arguments, rest)
    options = _options(arguments, given_host, folder, rest)
    firmware = board.image(arguments.firmware)
    os.makedirs(os.path.join(hosts.ROOT, "build"), exist_ok=True)

    print(f"{arguments.program} on {arguments.board}, {arguments.host} host: booting, and running it once without a cut", file=sys.stderr, flush=True)
    progress = Progress()
    try:
        while True:
            done, planned, failures, summary = _session(arguments, firmware, options, progress, interrupted)
            if done >= planned or interrupted.happened:
                break
            options = " ".join(x for x in options.split(" ") if x not in ("--overwrite", "--resume")) + " --resume"
    finally:
        progress.end()
    print(summary)
    print(f"Report: {os.path.relpath(os.path.join(folder, 'campaign.html'))}")
    if interrupted.happened and done < planned:
        print("Interrupted: the report is partial, the same command with --resume goes on.", file=sys.stderr)
        return 130
    return 1 if failures else 0


if __name__ == "__main__":
    hosts.main_guard(main)
