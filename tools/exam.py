# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""MicroPython's own tests, run by its own run-tests.py on simulated boards: what they expect was recorded on real ones.

TEST is a file of MicroPython's tests folder (ports/stm32/pin.py), a folder of it (basics) or a pattern ('float/math*.py'); default: all
folders that a board can run. A line a test: pass, FAIL, skip (the test found that the board lacks what it tests), known (it fails on a real
board, too) and open (it passes on a real board, and does not here yet); docs/exam.md says why. A test that hangs fails after --timeout
seconds, and the next one gets a fresh board. A test that fails is tried once more, on a fresh board. What a failed test has printed, and
should have, is in build/exam/HOST. Exit status 0 if nothing failed."""

import argparse
import collections
import fnmatch
import glob
import json
import os
import queue
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tty

import boards
import hosts
import live
import renodes

DATA = os.path.join(hosts.ROOT, "tools", "exam.json")
BOARD = "pyboard11"
PAGE = os.path.join(hosts.ROOT, "docs", "exam.md")
# What run-tests.py says of a test.
VERDICT = re.compile(r"^(pass|FAIL|skip) +(\S+\.py)")
# What a board's silence leads to: it may be stuck, or still busy with what the test has begun.
STUCK = (b"timeout waiting", b"could not enter raw repl", b"could not exec command", b"unexpected read", b"could not detect")
# run-tests.py takes a board for dead after ten silent seconds; a simulated one is slower where a test polls for long, and when the machine is
# busy. How long a test may take is said here.
PATIENT = """
import os, runpy, sys
sys.path.insert(0, os.path.abspath(os.path.join("..", "tools")))
import pyboard
patience = float(sys.argv[1])
read_until = pyboard.Pyboard.read_until
def read_patiently(self, count, ending, timeout=10, data_consumer=None):
    return read_until(self, count, ending, timeout=timeout and max(timeout, patience), data_consumer=data_consumer)
pyboard.Pyboard.read_until = read_patiently
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
# The first test of a run waits for the questions about the board, too.
QUESTIONS_S = 60
UNITTEST = "requires unittest"
# Renode takes half a minute to a prompt over USB, and more on a busy machine.
START_S = 180
# Tests that go to one board at once: few enough that no board is idle at the end.
BATCH = 24
# Of what a failed test has printed.
LINE_LENGTH = 80
# In one literal of a script that the board compiles.
COPY_BYTES = 512

TOTAL = "total"
VERDICTS = {"pass": "passed", "FAIL": "failed", "known": "known", "open": "open", "skip": "skipped"}

Result = collections.namedtuple("Result", "test verdict seconds note")


class Data:
    """tools/exam.json: folders, what boards need for the exam, and tests that fail on silicon, too."""

    def __init__(self, path=DATA):
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        self.folders = content["folders"]
        # Tests that fail, and why: those that a real board fails, too, and those that it passes.
        self.known = {"known": content["exceptions"], "open": content["open"]}
        self._boards = content["boards"]
        self._files = content["files"]

    def image(self, board):
        """The image that leaves to the tests what the real board leaves them."""
        return self._boards.get(board.name, {}).get("image", board.name)

    def console(self, board):
        """Where that image has its REPL: "uart" or "usb"."""
        return self._boards.get(board.name, {}).get("console", "uart")

    def move(self, board):
        """The UART in the Monitor that no test wants, and the line of boot.py that moves the REPL of an image with its REPL on UART there; or None."""
        facts = self._boards.get(board.name, {})
        return (facts["spare_uart"], facts["move"]) if "move" in facts else None

    def files(self, test, folder):
        """Files that a test of MicroPython's tests folder wants on the board: paths there, and here."""
        result = {}
        base = os.path.join(folder, os.path.dirname(test))
        for place in self._files.get(os.path.dirname(test), []):
            for path, _, names in os.walk(os.path.join(base, place)):
                result.update({os.path.relpath(os.path.join(path, x), base): os.path.join(path, x) for x in sorted(names) if not x.endswith((".exp", ".pyc"))})
        return result

    def wires(self, board):
        """Commands that join the pins that tests want joined."""
        return [f"sysbus.{port} Wire {pin} sysbus.{other} {other_pin}" for port, pin, other, other_pin in self._boards.get(board.name, {}).get("wires", [])]


def has_source():
    return bool(os.environ.get("MICROPY_DIR") or _unpacked())


def _unpacked():
    return [x for x in glob.glob(os.path.join(glob.escape(hosts.ROOT), "build/cache/micropython/micropython_*")) if os.path.isdir(x) and not x.endswith(".tmp")]


def find_tests():
    """MicroPython's tests folder: that of MICROPY_DIR, else of the source package that the firmware is built from."""
    if not has_source():
        raise hosts.HostError("MicroPython's source is not there: run './build.sh firmware', which downloads it")
    folder = os.path.join(os.path.abspath(os.environ.get("MICROPY_DIR") or max(_unpacked())), "tests")
    if not os.path.isfile(os.path.join(folder, "run-tests.py")):
        raise hosts.HostError(f"there is no run-tests.py in {folder}")
    return folder


def select_tests(names, folder, default):
    """Paths of tests from the tests folder, each once, in the order of the names."""
    result = {}
    for name in names or default:
        name = os.path.normpath(name.replace("\\", "/"))
        pattern = f"{name}/*.py" if os.path.isdir(os.path.join(folder, name)) else name
        found = sorted(os.path.relpath(x, folder) for x in glob.glob(os.path.join(folder, pattern)) if x.endswith(".py") and os.path.isfile(x))
        if not found or name.startswith(("..", "/")):
            raise hosts.HostError(f"there is no test '{name}': give a file, a folder or a pattern of {os.path.relpath(folder)}, e.g. ports/stm32/pin.py or basics")
        result.update(dict.fromkeys(found))
    return list(result)


class Bench:
    """A board with a REPL that run-tests.py can talk to, and the runs of it."""

    def __init__(self, host_name, board, firmware, is_own, folder, data, number, output, timeout):
        self._host_name = host_name
        self._board = board
        self._firmware = firmware
        # Its REPL is where boards.json says.
        self._is_own = is_own
        self._folder = folder
        self._data = data
        self._number = number
        self._output = output
        self._timeout = timeout
        self._live = None
        # Folders whose files are on the board.
        self._copied = set()

    def run(self, tests):
        """Yields a result for each test."""
        remaining = list(tests)
        while remaining:
            if not self._live:
                self._start()
            self._copy_files(remaining)
            for result in self._run_once(remaining):
                remaining.remove(result.test)
                yield result

    def close(self):
        if self._live:
            self._live.close()
            self._live = None
            self._copied = set()
            self._pty_folder.cleanup()

    def _start(self):
        self._pty_folder = tempfile.TemporaryDirectory(prefix="bkpsram-")
        self._pty, moved = (os.path.join(self._pty_folder.name, x) for x in ("repl", "moved"))
        commands = self._data.wires(self._board)
        consoles = (self._data.console(self._board),)
        move = self._is_own and self._data.move(self._board)
        if self._is_own:
            consoles = ("uart", "usb") if self._board.has_usb else ("uart",)
        if move:
            commands += [f'emulation CreateUartPtyTerminal "moved" "{moved}"', f"connector Connect {move[0]} moved"]
        self._live = live.LiveBoard(self._host_name, self._board, self._firmware, self._pty, f"exam-{self._number}", commands, consoles)
        console = self._live.open()
        name = console.await_first(START_S)
        console.close()
        if not name:
            raise hosts.HostError(f"the board says nothing within {START_S} s, neither on UART nor on USB: is it MicroPython? See {self._live.log_path}")
        self._live.put(name)
        if move and name == "uart":
            with Repl(self._live, self._pty) as repl:
                await_prompt(self._live, repl)
                repl.move(move[1])
            self._pty = moved
        with Repl(self._live, self._pty) as repl:
            await_prompt(self._live, repl)

    def _copy_files(self, tests):
        """Puts on the board what tests want there, as an owner has to."""
        for test in tests:
            folder = os.path.dirname(test)
            if folder in self._copied:
                continue
            self._copied.add(folder)
            files = self._data.files(test, self._folder)
            if not files:
                continue
            with tempfile.TemporaryDirectory(prefix="bkpsram-") as scripts:
                names = []
                for number, (path, source) in enumerate(files.items()):
                    names.append(os.path.join(scripts, f"{number}.py"))
                    with open(names[-1], "w", encoding="ascii") as script:
                        script.write(copy_script(path, source))
                status = subprocess.run([sys.executable, os.path.join(self._folder, "..", "tools", "pyboard.py"), "-d", self._pty, *names],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if status.returncode:
                raise hosts.HostError(f"could not copy the files of {folder} to the board: {status.stdout.decode(errors='replace').strip()}")

    def _run_once(self, tests):
        """Results of one run of run-tests.py: of all tests, or up to the one after which the board is of no more use."""
        command = [sys.executable, "-u", "-c", PATIENT, str(self._timeout), "run-tests.py", "-t", "port:" + self._pty, "-r", self._output, *tests]
        environment = dict(os.environ, MICROPY_CPYTHON3=sys.executable, PYTHONDONTWRITEBYTECODE="1")
        process = subprocess.Popen(command, cwd=self._folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        waiting = collections.deque(tests)
        said = []
        last = time.monotonic()
        try:
            for line in _lines(process.stdout, lambda: last + self._timeout + (QUESTIONS_S if len(waiting) == len(tests) else 0)):
                verdict = VERDICT.match(line or "")
                if line is None:
                    process.wait()
                    break
                if not verdict:
                    said.append(line)
                    continue
                now = time.monotonic()
                result = Result(waiting.popleft(), verdict.group(1), now - last, self._note(verdict))
                last = now
                is_stuck = result.verdict == "FAIL" and self._has_lost_board(result.test)
                if is_stuck:
                    self.close()
                yield result
                if is_stuck:
                    return
            if waiting:
                yield self._explain_end(waiting[0], process.poll(), said, time.monotonic() - last)
        finally:
            _end(process)

    def _explain_end(self, test, status, said, seconds):
        """The result of a test with which run-tests.py ended, or does not."""
        if status is None:
            result = Result(test, "FAIL", seconds, f"hangs: no end after {self._timeout:g} s")
        elif any(UNITTEST in x for x in said):
            return Result(test, "skip", seconds, "wants the module unittest, which no firmware brings")
        else:
            result = Result(test, "FAIL", seconds, said[-1] if said else f"run-tests.py ended with status {status}")
        self.close()
        return result

    def _note(self, verdict):
        return explain_output(self._out(verdict.group(2))) if verdict.group(1) == "FAIL" else ""

    def _out(self, test):
        return os.path.join(self._output, test.replace("/", "_") + ".out")

    def _has_lost_board(self, test):
        try:
            with open(self._out(test), "rb") as file:
                said = file.read()
        except OSError:
            return True
        return said.endswith(b"CRASH") and any(x in said.splitlines()[-2:][0] for x in STUCK)


def explain_output(path):
    """Where a failed test's output is, and how it ends: a machine of CI may be gone with the file."""
    note = f"see {os.path.relpath(path, hosts.ROOT)}"
    try:
        with open(path, "rb") as file:
            lines = file.read().decode(errors="replace").split("\n")
    except OSError:
        return note
    end = [x.strip()[-LINE_LENGTH:] for x in lines if x.strip()][-2:]
    return f"{note}, which ends with {' / '.join(end)!r}" if end else note


def copy_script(path, source):
    """Python that writes a file on the board, and its folders."""
    with open(source, "rb") as file:
        content = file.read()
    lines = ["import os"]
    parts = path.split(os.sep)
    for depth in range(1, len(parts)):
        lines += ["try:", f"    os.mkdir({'/'.join(parts[:depth])!r})", "except OSError:", "    pass"]
    lines.append(f"f = open({'/'.join(parts)!r}, 'wb')")
    lines += [f"f.write({content[x:x + COPY_BYTES]!r})" for x in range(0, len(content), COPY_BYTES)]
    return "\n".join([*lines, "f.close()", ""])


class Repl:
    """A board's REPL on a pseudo-terminal, for what comes before the tests."""

    def __init__(self, board, path):
        self._board = board
        self._path = path

    def __enter__(self):
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._descriptor)
        self._said = b""
        return self

    def __exit__(self, *_):
        os.close(self._descriptor)

    def fileno(self):
        return self._descriptor

    def write(self, text):
        os.write(self._descriptor, text.encode())

    def has_said(self, text):
        """Reads what is there to read; has the text come?"""
        if select.select([self], [], [], 0)[0]:
            self._said += os.read(self._descriptor, 4096)
        return text in self._said

    def move(self, line):
        """Writes boot.py, as an owner does, and has it run."""
        for command, answer in ((f"f = open('boot.py', 'w'); f.write({line!r}); f.close()\r", b">>> "), ("\x04", b"soft reboot")):
            self._said = b""
            self.write(command)
            await_prompt(self._board, self, text=answer, nudge="")


def await_prompt(board, repl, text=b">>> ", nudge="\r"):
    """Until the REPL shows the text."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if repl.has_said(text):
            return
        if not select.select([repl], [], [], 0.5)[0]:
            board.check()
            repl.write(nudge)
    raise hosts.HostError(f"the board shows no '{text.decode().strip()}' within {START_S} s: is it MicroPython? See {board.log_path}")


def _lines(pipe, deadline):
    """Lines of a pipe, then None at its end; stops without at the deadline, which may change with each line."""
    text = b""
    while select.select([pipe], [], [], max(0, deadline() - time.monotonic()))[0]:
        data = os.read(pipe.fileno(), 65536)
        if not data:
            yield None
            return
        *lines, text = (text + data).split(b"\n")
        yield from (x.decode(errors="replace") for x in lines)


def _end(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
    process.stdout.close()


class Exam:
    """Tests on several boards at once; results come as they are there."""

    def __init__(self, tests, benches, expected=()):
        """expected are tests whose failure surprises nobody."""
        self._expected = expected
        self._batches = queue.Queue()
        for start in range(0, len(tests), BATCH):
            self._batches.put(tests[start:start + BATCH])
        self._benches = benches
        self._results = queue.Queue()

    def results(self):
        threads = [threading.Thread(target=self._work, args=(x,), daemon=True) for x in self._benches]
        for thread in threads:
            thread.start()
        working = len(threads)
        while working:
            item = self._results.get()
            if item is None:
                working -= 1
            elif isinstance(item, Exception):
                raise item
            else:
                yield item

    def close(self):
        for bench in self._benches:
            bench.close()

    def _work(self, bench):
        try:
            while True:
                try:
                    batch = self._batches.get_nowait()
                except queue.Empty:
                    return
                failed = []
                for result in bench.run(batch):
                    if result.verdict == "FAIL" and result.test not in self._expected:
                        failed.append(result)
                    else:
                        self._results.put(result)
                for result in failed:
                    self._results.put(self._try_again(bench, result))
        except Exception as e:
            self._results.put(e)
        finally:
            self._results.put(None)


    @staticmethod
    def _try_again(bench, failed):
        """On a fresh board: tests run in real time, and the machine may be busy with something else."""
        bench.close()
        result, = bench.run([failed.test])
        return result._replace(note=f"at the second try, after: {failed.note}") if result.verdict == "pass" else result


def judge(result, known):
    """The result with what is known of the test."""
    for verdict, tests in known.items():
        if result.test in tests:
            return result._replace(verdict=verdict, note=tests[result.test]) if result.verdict == "FAIL" else \
                result._replace(note=f"although tools/exam.json lists it as {verdict}") if result.verdict == "pass" else result
    return result


def total(results, order):
    """Numbers by folder, in the order of the tests, and of all."""
    counts = collections.OrderedDict()
    for result in sorted(results, key=lambda x: order.index(x.test)):
        for folder in (os.path.dirname(result.test), TOTAL):
            counts.setdefault(folder, collections.Counter())[result.verdict] += 1
    counts.move_to_end(TOTAL)
    return counts


def totals_table(label, counts):
    rows = [f"| on {label} | {' | '.join(VERDICTS.values())} |", "|---|" + "---|" * len(VERDICTS)]
    rows += [f"| {'all' if name == TOTAL else f'`{name}`'} | {' | '.join(str(count[x] or '') for x in VERDICTS)} |" for name, count in counts.items()]
    return "\n".join(rows)


def reasons_table(tests):
    return "\n".join(["| test | why |", "|---|---|", *(f"| `{test}` | {why} |" for test, why in tests.items())]) if tests else "None."


def with_part(text, name, content):
    """A page with what is between the marks of that name made anew."""
    marks = re.compile(rf"(<!-- {name}: [^\n]* -->\n).*?(<!-- end of {name} -->\n)", re.DOTALL)
    if not marks.search(text):
        raise hosts.HostError(f"{os.path.relpath(PAGE)} has no place for {name}")
    return marks.sub(lambda x: f"{x.group(1)}\n{content}\n\n{x.group(2)}", text)


def write_docs(host_name, counts, known, path=PAGE):
    label = renodes.first().label if host_name == "renode" else "the standalone host"
    with open(path, encoding="utf-8") as page:
        text = page.read()
    text = with_part(text, host_name, totals_table(label, counts))
    for verdict, tests in known.items():
        text = with_part(text, verdict, reasons_table(tests))
    with open(path, "w", encoding="utf-8") as page:
        page.write(text)


def parse(words):
    parser = argparse.ArgumentParser(prog="build.sh exam", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    boards.add_option(parser, BOARD)
    parser.add_argument("--firmware", metavar="IMAGE", help="ELF, Intel HEX, DfuSe or raw image of MicroPython with its REPL on UART or USB; default: the MicroPython built for the board")
    parser.add_argument("--host", help="standalone or renode; default: Renode if it is there")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="boards at once (default: one a core)")
    parser.add_argument("--timeout", type=float, default=120, metavar="SECONDS", help="for each test (default 120)")
    parser.add_argument("--write-docs", action="store_true", help="write the totals into docs/exam.md; runs all folders")
    parser.add_argument("tests", nargs="*", metavar="TEST", help="file, folder or pattern of MicroPython's tests folder")
    arguments = parser.parse_args(words)
    if arguments.jobs < 1:
        raise hosts.HostError(f"--jobs {arguments.jobs}: give a number of boards, from 1 on")
    if not arguments.timeout > 0:
        raise hosts.HostError(f"--timeout {arguments.timeout:g}: give seconds, above 0")
    if arguments.write_docs and arguments.tests:
        raise hosts.HostError("--write-docs runs all folders: don't name tests")
    arguments.host = hosts.choose(arguments.host)
    arguments.board = boards.find(arguments.board)
    if arguments.firmware:
        arguments.firmware = arguments.board.image(arguments.firmware)
    return arguments


def main():
    words = sys.argv[1:]
    is_check = words[:1] == ["--check-arguments"]
    arguments = parse(words[1:] if is_check else words)
    data = Data()
    if is_check:
        # On a new machine it comes with the firmware.
        if has_source():
            select_tests(arguments.tests, find_tests(), data.folders)
        return 0
    try:
        import serial  # noqa: F401
    except ImportError:
        raise hosts.HostError("pyserial is missing: run './build.sh exam', which installs it") from None
    board, host_name = arguments.board, arguments.host
    firmware = arguments.firmware or board.image(variant=data.image(board))
    folder = find_tests()
    tests = select_tests(arguments.tests, folder, data.folders)
    output = os.path.join(hosts.ROOT, "build", "exam", host_name)
    os.makedirs(output, exist_ok=True)
    for test in tests:
        # Of runs before.
        for path in glob.glob(glob.escape(os.path.join(output, test.replace("/", "_"))) + ".*"):
            os.unlink(path)

    count = min(arguments.jobs, -(-len(tests) // BATCH))
    exam = Exam(tests, [Bench(host_name, board, firmware, bool(arguments.firmware), folder, data, x, output, arguments.timeout) for x in range(count)], {x for tests in data.known.values() for x in tests})
    results = []
    try:
        for result in exam.results():
            result = judge(result, data.known)
            results.append(result)
            print(f"{result.verdict}  {result.test}  {result.seconds:.1f} s" + (f"  {result.note}" if result.note else ""), flush=True)
    finally:
        exam.close()
    counts = total(results, tests)
    for name, count in counts.items():
        print(f"{name}: " + ", ".join(f"{count[verdict]} {text}" for verdict, text in VERDICTS.items()))
    if arguments.write_docs:
        write_docs(host_name, counts, data.known)
    return 1 if counts[TOTAL]["FAIL"] or not counts[TOTAL]["pass"] else 0


if __name__ == "__main__":
    hosts.main_guard(main)
