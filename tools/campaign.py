# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Cuts the power at each write of a MicroPython program, or of any firmware, to backup SRAM, and asks what is left.

A program defines run(), which is cut, and check(done), which is called after the power is back and returns 'old', 'new',
'consistent', 'lost' or 'corrupt'. Firmware is cut between two lines that it prints, and what it prints after the cut is the answer.
docs/campaigns.md tells more. 'merge' makes one report of those of shards.
Exit status: 0 all consistent, 1 some not, 2 could not run, 130 interrupted (the report is partial; --resume goes on)."""

import contextlib
import json
import os
import queue
import shlex
import signal
import sys
import textwrap
import threading
import time
import urllib.parse

import boards
import hosts

# Host seconds between two looks at the progress.
SLICE_S = 0.5
LINE_EVERY_S = 10
MOST_JOBS = 64
BAR_WIDTH = 30
HELP_WIDTH = 118
HELP_INDENT = 24
KILL_TIMEOUT_S = 15

USAGE = """\
usage: ./build.sh campaign PROGRAM.py [options]
       ./build.sh campaign --firmware IMAGE [--from REGEX] --until REGEX --good REGEX [--bad REGEX] [options]
       ./build.sh campaign merge DIR... [--report DIR] [--overwrite | --resume] [--host HOST]
"""
# Written from the table that the campaign itself reads its options by; a unit test sees that it is up to date.
GRAMMAR = os.path.join(hosts.ROOT, "campaign", "options.json")
MERGE_OPTIONS = ("--report", "--overwrite", "--resume", "--host", "--help")


class Grammar:
    """The options: which there are, which take a value, and whose they are."""

    def __init__(self, options):
        self.options = {option["name"]: option for option in options}

    @classmethod
    def load(cls, path=GRAMMAR):
        with open(path, encoding="utf-8") as file:
            return cls(json.load(file))

    def split(self, words):
        """What is no option, the options of this tool by name, and those of the campaign in order, as pairs; a flag's value is None."""
        others, tool, campaign = [], {}, []
        words = list(words)
        while words:
            word = words.pop(0)
            if word == "-h":
                word = "--help"
            if not word.startswith("-"):
                others.append(word)
                continue
            name, equals, value = word.partition("=")
            if equals and name.endswith("%"):
                # As the campaign writes it in a command that replays a cut.
                name, value = name[:-1], urllib.parse.unquote(value)
            option = self.options.get(name)
            if not option or option["hidden"]:
                raise hosts.HostError(f"there is no option '{name}': say one of {', '.join(x for x, o in self.options.items() if not o['hidden'])}")
            if option["value"] is None:
                if equals:
                    raise hosts.HostError(f"{name} takes no value")
                value = None
            elif not equals:
                if not words:
                    raise hosts.HostError(f"{name}: a value is missing")
                value = words.pop(0)
            if option["value"] is not None and not value:
                raise hosts.HostError(f"{name}: a value is missing")
            if option["tool"]:
                tool[name] = value
            else:
                campaign.append((name, value))
        return others, tool, campaign

    def help(self):
        lines = []
        for name, option in self.options.items():
            if not option["hidden"]:
                lines += self._entry(f"{name} {option['value']}" if option["value"] else name, option["help"])
                for choice, text in option["choices"].items():
                    lines += self._entry("  " + choice, text)
        return f"{USAGE}\n{__doc__}\n\noptions:\n" + "\n".join(lines)

    @staticmethod
    def _entry(name, text):
        name = "  " + name
        lines = textwrap.wrap(text, HELP_WIDTH - HELP_INDENT, break_on_hyphens=False)
        if len(name) >= HELP_INDENT:
            return [name] + [" " * HELP_INDENT + x for x in lines]
        return [f"{name:<{HELP_INDENT}}{lines[0]}"] + [" " * HELP_INDENT + x for x in lines[1:]]


def report_folder(grammar, program, board, host, options):
    """The folder of the report, and the options without it: one under build/ has a name by the options, and is written anew each time."""
    given = [value for name, value in options if name == "--report"]
    rest = [x for x in options if x[0] != "--report"]
    if given:
        return os.path.abspath(given[-1]), rest
    name = os.path.splitext(os.path.basename(program))[0]
    if board != boards.load()[1]:
        name += "-" + board
    for option in (x for x in grammar.options.values() if x["namesReport"]):
        for value in (value for other, value in rest if other == option["name"]):
            name += "-" + (value if option["choices"] else option["name"][2:] + value).replace("/", "of").replace(",", "_")
    if not any(option in ("--resume", "--overwrite") for option, _ in rest):
        rest.append(("--overwrite", None))
    return os.path.join(hosts.ROOT, "build", "campaign", f"{name}-{host}"), rest


def _is_plain(value):
    return value is None or not any(c in value for c in "\"'\\$%\n\t")


def option_words(options):
    """Options in words; a value that the Monitor might take apart is percent-encoded, which the campaign knows by the % after the name."""
    words = []
    for name, value in options:
        words += [name] if value is None else [name, value] if _is_plain(value) else [f"{name}%={urllib.parse.quote(value, safe='')}"]
    return words


def monitor_words(words):
    """Words of options as the Monitor takes them in one string."""
    for word in words:
        if any(c in word for c in "\"'\n"):
            raise hosts.HostError(f"{word} has quotes in it, which the Monitor can't take")
    return " ".join(f"'{w}'" if " " in w or not w else w for w in words)


def monitor_path(path):
    if any(c in path for c in "\"'\n"):
        raise hosts.HostError(f"the path {path} has quotes in it, which the Monitor can't take: rename it")
    return path.replace(" ", "\\ ")


class Arguments:
    """What the command line asks for: a campaign, or that reports are merged."""

    def __init__(self, words, grammar=None):
        self.grammar = grammar or Grammar.load()
        others, tool, self.options = self.grammar.split(words)
        self.wants_help = "--help" in tool
        self.is_merge = others[:1] == ["merge"]
        if self.wants_help:
            return
        self.given_host = tool.get("--host")
        self.host = hosts.choose(self.given_host)
        if self.is_merge:
            self._read_merge(others[1:], tool)
        else:
            self._read_campaign(others, tool)

    def _read_merge(self, folders, tool):
        for name in [*tool, *(name for name, _ in self.options)]:
            if name not in MERGE_OPTIONS:
                raise hosts.HostError(f"merge takes no {name}: the reports say what they are of")
        if not folders:
            raise hosts.HostError("merge: which reports? ./build.sh campaign merge DIR...")
        for folder in folders:
            if not os.path.isdir(folder):
                raise hosts.HostError(f"there is no folder '{folder}'")
        self.folders = [os.path.abspath(x) for x in folders]
        self.folder, self.options = report_folder(self.grammar, "merged", boards.load()[1], self.host, self.options)

    def _read_campaign(self, others, tool):
        self.firmware = tool.get("--firmware")
        of_firmware = [name for name, _ in self.options if self.grammar.options[name]["firmware"]]
        self.is_of_firmware = not others and self.firmware is not None
        if self.is_of_firmware and not of_firmware:
            raise hosts.HostError("which program? ./build.sh campaign PROGRAM.py --firmware IMAGE; or, for firmware that is no MicroPython, what does it print? --from, --until, --good, --bad")
        if of_firmware and others:
            raise hosts.HostError(f"{of_firmware[0]} is for firmware, and {others[0]} is a program for MicroPython, which says itself what is cut: give --firmware IMAGE alone, or leave out {of_firmware[0]}")
        if of_firmware and not self.firmware:
            raise hosts.HostError(f"{of_firmware[0]} is for firmware: which? --firmware IMAGE")
        if len(others) != 1 and not self.is_of_firmware:
            raise hosts.HostError("which program? ./build.sh campaign PROGRAM.py [options]" if not others
                                  else f"one program at a time: {' and '.join(others[:2])} are two")
        self.program = self.firmware if self.is_of_firmware else others[0]
        if not os.path.isfile(self.program):
            raise hosts.HostError(f"there is no {'firmware' if self.is_of_firmware else 'program'} '{self.program}'")
        self.board = boards.find(tool.get("--board"))
        self.jobs = self._jobs(tool.get("--jobs", "1"))
        if self.jobs > 1 and any(name == "--only" for name, _ in self.options):
            raise hosts.HostError("--only makes one cut: leave out --jobs")
        self.folder, self.options = report_folder(self.grammar, self.program, self.board.name, self.host, self.options)

    @staticmethod
    def _jobs(text):
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_JOBS):
            raise hosts.HostError(f"--jobs {text}: give a whole number from 1 to {MOST_JOBS}")
        return int(text)

    def job_options(self, number):
        """The options of one job, as the campaign's verbs take them."""
        # From here, where the program's path is right as it was given.
        build = os.path.relpath(os.path.join(hosts.ROOT, "build.sh"))
        replay = [build if os.sep in build else f"./{build}", "campaign"] + ([] if self.is_of_firmware else [self.program])
        for name, value in (("--board", self.board.name if self.board.name != boards.load()[1] else None), ("--firmware", self.firmware), ("--host", self.given_host)):
            if value:
                replay += [name, value]
        words = option_words(self.options)
        words += ["--job", f"{number}/{self.jobs}"] if self.jobs > 1 else []
        return monitor_words(words + option_words([("--report", self.folder)]) + ["--replay-as", urllib.parse.quote(shlex.join(replay))])


class Progress:
    """A bar on a terminal, a line now and then elsewhere: the sum of all jobs."""

    def __init__(self, jobs=1):
        self._begin = time.monotonic()
        self._jobs = jobs
        self._states = {}
        self._first = None
        self._last_line = self._begin
        self._shown = False

    def update(self, job, state):
        """The state of a job: first cuts made and planned, all cuts, failures."""
        self._states[job] = state
        if len(self._states) == self._jobs:
            self._show(*self.total())

    def total(self):
        return [sum(x) for x in zip(*self._states.values())] or [0, 0, 0, 0]

    def is_partial(self):
        done, planned, _, _ = self.total()
        return len(self._states) < self._jobs or done < planned

    def _show(self, done, planned, cuts, failures):
        now = time.monotonic()
        if self._first is None:
            self._first = (done, cuts)
        made, seconds = cuts - self._first[1], now - self._begin
        rate = made / seconds if seconds else 0
        parts = (done - self._first[0]) / seconds if seconds else 0
        left = f"{_minutes((planned - done) / parts)} left" if parts else "..."
        text = f"{done}/{planned}  {rate:.1f} cuts/s  {left}  {failures} failing"
        if sys.stderr.isatty():
            filled = BAR_WIDTH * done // max(1, planned)
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


@contextlib.contextmanager
def open_host(name, job):
    """A host whose log goes with it, unless an error points there: several may run side by side, so each has its own."""
    log_path = os.path.join(hosts.ROOT, "build", f"campaign-{name}-{os.getpid()}-{job}.log")
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


def merge(host, folders, options):
    """Makes one report; folders may be empty, for the jobs of the one that the options name. Returns the summary."""
    return host.command(f'emulation MergePowerFailCampaigns "{monitor_words(folders)}" "{options}"').strip()


class Job(threading.Thread):
    """A part of the campaign's cuts, on a host of its own."""

    def __init__(self, number, campaign, host=open_host):
        super().__init__(daemon=True)
        self.number = number
        self.error = None
        self.summary = None
        self.host = None
        self._campaign = campaign
        self._open_host = host

    def run(self):
        try:
            self._make_cuts()
        except hosts.HostError as e:
            self.error = e
            self._campaign.stop()
        except Exception as e:  # nobody else would hear of it
            self.error = hosts.HostError(f"{type(e).__name__}: {e}")
            self._campaign.stop()
        finally:
            self._campaign.events.put(None)

    def kill(self):
        """Ends the host, whatever it does."""
        if self.host:
            self.host.__exit__(None, None, None)

    def _make_cuts(self):
        arguments, campaign = self._campaign.arguments, self._campaign
        with self._open_host(arguments.host, self.number) as self.host:
            host = self.host
            host.keyword("ResetEmulation")
            host.command("emulation SetSeed 1")
            host.command(f"$bin=@{monitor_path(campaign.firmware)}")
            host.command(f"include @{arguments.board.script}")
            host.command(f"include @{hosts.ROOT}/platforms/campaign.resc")
            if self.number > 1:
                # The first opens the report, and tells the others which cuts are in it.
                campaign.is_open.wait()
                if campaign.is_stopped.is_set():
                    return
            program = monitor_path(os.path.abspath(arguments.program))
            state = host.command(f'emulation PreparePowerFailCampaign @{program} "{arguments.job_options(self.number)}"')
            if self.number == 1:
                campaign.is_open.set()
            while True:
                numbers = [int(x) for x in state.split()]
                campaign.events.put((self.number, numbers))
                if numbers[0] >= numbers[1] or campaign.is_stopped.is_set():
                    self.summary = host.command("emulation FinishPowerFailCampaign").strip()
                    if self.number == 1:
                        self._merge_jobs(host)
                    return
                state = host.command(f"emulation ContinuePowerFailCampaign {SLICE_S}")

    def _merge_jobs(self, host):
        others = [x for x in self._campaign.jobs if x is not self]
        for other in others:
            other.join()
        # After an error what was made stays with each job, as it does with one alone: --resume takes it over.
        if others and not any(x.error for x in others):
            self.summary = merge(host, [], monitor_words(["--report", self._campaign.arguments.folder]))


class Campaign:
    """The jobs of a campaign, and what they say."""

    def __init__(self, arguments, firmware, host=open_host):
        self.arguments = arguments
        self.firmware = firmware
        self.events = queue.Queue()
        self.is_open = threading.Event()
        self.is_stopped = threading.Event()
        self.jobs = [Job(x + 1, self, host) for x in range(arguments.jobs)]
        self.progress = Progress(arguments.jobs)

    def stop(self):
        """Lets each job complete the cut that it makes."""
        self.is_stopped.set()
        self.is_open.set()

    def run(self):
        """Makes the cuts; returns the summary."""
        # The first waits for the end of all others.
        for job in reversed(self.jobs):
            job.start()
        left = len(self.jobs)
        try:
            while left:
                event = self.events.get()
                if event is None:
                    left -= 1
                else:
                    self.progress.update(*event)
        except BaseException:
            # Somebody has asked twice.
            self.stop()
            for job in self.jobs:
                job.kill()
            for job in self.jobs:
                job.join(KILL_TIMEOUT_S)
            raise
        finally:
            self.progress.end()
        errors = [x for x in self.jobs if x.error]
        if errors:
            said = str(errors[0].error)
            same = len(self.jobs) == 1 or all(str(x.error) == said for x in self.jobs)
            raise hosts.HostError(said if same else f"job {errors[0].number} of {len(self.jobs)}: {said}; --resume goes on with what was made till then")
        return self.jobs[0].summary


def run_campaign(arguments):
    campaign = Campaign(arguments, arguments.board.image(arguments.firmware))

    def interrupt(*_):
        if campaign.is_stopped.is_set():
            raise KeyboardInterrupt
        # The hosts are in the middle of a cut.
        campaign.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    how = f", {arguments.jobs} jobs" if arguments.jobs > 1 else ""
    print(f"{arguments.program} on {arguments.board.name}, {arguments.host} host{how}: booting, and running it once without a cut", file=sys.stderr, flush=True)
    print(campaign.run())
    print(f"Report: {os.path.relpath(os.path.join(arguments.folder, 'campaign.html'))}")
    if campaign.is_stopped.is_set() and campaign.progress.is_partial():
        print("Interrupted: the report is partial, the same command with --resume goes on.", file=sys.stderr)
        return 130
    return 1 if campaign.progress.total()[3] else 0


def run_merge(arguments):
    words = option_words(arguments.options)
    with open_host(arguments.host, "merge") as host:
        host.keyword("ResetEmulation")
        host.command(f"include @{hosts.ROOT}/platforms/plugin.resc")
        host.command(f"include @{hosts.ROOT}/platforms/campaign.resc")
        summary = merge(host, arguments.folders, monitor_words(words + ["--report", arguments.folder]))
    print(summary)
    print(f"Report: {os.path.relpath(os.path.join(arguments.folder, 'campaign.html'))}")
    with open(os.path.join(arguments.folder, "campaign.json"), encoding="utf-8") as file:
        report = json.load(file)
    if report["failed"]:
        return 1
    if not report["complete"]:
        raise hosts.HostError("the merged report is partial: cuts are missing, of shards that were not named or not finished")
    return 0


def main():
    words = sys.argv[1:]
    # For build.sh: so that what is wrong is said before anything is installed or built.
    is_check = words[:1] == ["--check-arguments"]
    arguments = Arguments(words[1:] if is_check else words)
    if is_check:
        return 0
    if arguments.wants_help:
        print(arguments.grammar.help())
        return 0
    os.makedirs(os.path.join(hosts.ROOT, "build"), exist_ok=True)
    return run_merge(arguments) if arguments.is_merge else run_campaign(arguments)


if __name__ == "__main__":
    hosts.main_guard(main)
