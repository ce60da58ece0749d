# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""A simulated board with MicroPython's REPL in your terminal.

With a terminal on standard input you type into the REPL; Ctrl-] leaves. Otherwise standard input is fed to the REPL line
by line, and the program ends after the prompt that follows the last line. With --pty the REPL is on a pseudo-terminal
that mpremote and other programs can open; Ctrl-C ends."""

import argparse
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time
import tty

import boards
import hosts
import silence

LEAVE = b"\x1d"
ASK_TIMEOUT_S = 20
# A board that has said nothing by then gets a word about why.
SILENT_S = 5
VALUE = re.compile(r"^(?:(?P<number>0x[0-9A-Fa-f]+)|(?P<truth>True|False)|GPIO: (?P<level>\w+))$", re.MULTILINE)
PROMPT = re.compile(rb"(?:^|\n)(?:(>>> )|\.\.\. +)$")
# Ctrl-U: the REPL indents by itself, and what is fed has its own indentation.
ERASE_LINE = "\x15"
EDITING = re.compile(rb"(?P<back>\x08)|\x1b\[(?P<left>\d+)D|(?P<erase>\x1b\[K)|[^\x08\x1b]+|\x1b", re.DOTALL)


class LivePty:
    """A host that runs freely in real time, with the board's UART on a pseudo-terminal."""

    def __init__(self, host_name, board, firmware, pty_path):
        self.pty_path = pty_path
        self._board = board
        self._asked = 0
        os.makedirs(os.path.join(hosts.ROOT, "build"), exist_ok=True)
        self.log_path = os.path.join(hosts.ROOT, "build", f"run-{host_name}.log")
        self._log = open(self.log_path, "wb")
        commands = "; ".join((
            f"$bin=@{firmware}",
            f"include @{board.script}",
            f'emulation CreateUartPtyTerminal "repl" "{pty_path}"',
            "connector Connect $uart repl",
            "start"))
        command = hosts.renode_command() if host_name == "renode" else hosts.standalone_command()
        self._process = subprocess.Popen(
            [command, "--disable-gui", "--console", "--plain", "-e", commands],
            stdin=subprocess.PIPE, stdout=self._log, stderr=subprocess.STDOUT, cwd=hosts.ROOT, start_new_session=True)
        deadline = time.monotonic() + hosts.START_TIMEOUT_S
        while not (os.path.exists(pty_path) and "Starting emulation" in self._output()):
            self.check()
            if time.monotonic() > deadline:
                self.close()
                raise hosts.HostError(f"{host_name} opened no terminal within {hosts.START_TIMEOUT_S} s: see {self.log_path}")
            time.sleep(0.05)

    def check(self):
        """Raises if the host is gone or has refused a command."""
        text = self._output()
        refused = re.search(r"There was an error executing command '[^\n]*?':\s*([^\n]+)", text)
        if refused:
            self.close()
            raise hosts.HostError(refused.group(1).strip())
        if self._process.poll() is not None:
            raise hosts.HostError(f"the host ended with status {self._process.returncode}: see {self.log_path}")

    def ask(self, command):
        """The value that a Monitor command prints: a number, a truth, or the level of a line."""
        self._asked += 1
        mark = f"<{self._asked}>"
        begin = len(self._output())
        self._process.stdin.write(f'{command}\necho "{mark}"\n'.encode())
        self._process.stdin.flush()
        deadline = time.monotonic() + ASK_TIMEOUT_S
        while not re.search(rf"^{mark}$", self._output()[begin:], re.MULTILINE):
            self.check()
            if time.monotonic() > deadline:
                raise hosts.HostError(f"the Monitor does not answer '{command}': see {self.log_path}")
            time.sleep(0.02)
        value = VALUE.search(self._output(), begin)
        if not value:
            raise hosts.HostError(f"the Monitor has no answer to '{command}': see {self.log_path}")
        if value.group("number"):
            return int(value.group("number"), 16)
        return value.group("level") or value.group("truth") == "True"

    def explain_silence(self):
        """Tells on standard error, as standard output is the board's, what is to be seen of a board that says nothing."""
        uart = f"{self._board.uart.rpartition('.')[2].upper()}, {self._board.pins}"
        self.tell(silence.explain(self.ask, uart))

    def tell_trouble(self):
        """The same of a board whose UART somebody else reads: only what is wrong in any case."""
        line = silence.trouble(self.ask)
        if line:
            self.tell([line])

    def tell(self, lines):
        # A terminal in raw mode wants the carriage return.
        end = "\r\n" if sys.stderr.isatty() else "\n"
        for line in lines:
            print(line, end=end, file=sys.stderr, flush=True)

    def _output(self):
        with open(self.log_path, "rb") as log:
            # Renode's lines end in carriage returns, and begin with one.
            return log.read().decode(errors="replace").replace("\r", "")

    def open(self):
        descriptor = os.open(self.pty_path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(descriptor)
        return descriptor

    def close(self):
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
        self._log.close()
        if os.path.islink(self.pty_path):
            os.unlink(self.pty_path)


def interact(live, descriptor):
    """The user's terminal, raw, against the board's."""
    print("Ctrl-] leaves.", flush=True)
    saved = termios.tcgetattr(0)
    silent_until = time.monotonic() + SILENT_S
    try:
        tty.setraw(0)
        while True:
            ready, _, _ = select.select([0, descriptor], [], [], 1)
            if not ready:
                live.check()
                if silent_until and time.monotonic() > silent_until:
                    live.explain_silence()
                    silent_until = None
            if 0 in ready:
                typed = os.read(0, 1024)
                if LEAVE in typed or not typed:
                    return 0
                os.write(descriptor, typed)
            if descriptor in ready:
                silent_until = None
                os.write(1, os.read(descriptor, 4096))
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, saved)
        print()


class Transcript:
    """What the board prints, to standard output, as it looks after line editing."""

    def __init__(self):
        self._line = b""

    def write(self, data):
        whole, newline, self._line = (self._line + data.replace(b"\r", b"")).rpartition(b"\n")
        self._show(whole + newline)

    def flush(self):
        self._show(self._line)
        self._line = b""

    @staticmethod
    def _show(data):
        shown = bytearray()
        for edit in EDITING.finditer(data):
            if edit.group("back"):
                del shown[-1:]
            elif edit.group("left"):
                del shown[-int(edit.group("left")):]
            elif not edit.group("erase"):
                shown += edit.group()
        sys.stdout.buffer.write(shown)
        sys.stdout.flush()


def feed(live, descriptor, lines, silence_s):
    """Types each line when the REPL asks for one; ends at the prompt after the last."""
    pending = list(lines)
    transcript = Transcript()
    output = b""
    last = time.monotonic()
    silent_until = last + SILENT_S
    while True:
        ready, _, _ = select.select([descriptor], [], [], 0.5)
        if ready:
            data = os.read(descriptor, 4096)
            transcript.write(data)
            output = (output + data.replace(b"\r", b""))[-4096:]
            last = time.monotonic()
            silent_until = None
        else:
            transcript.flush()
            live.check()
            if silent_until and time.monotonic() > silent_until:
                live.explain_silence()
                silent_until = None
            if time.monotonic() - last > silence_s:
                print(flush=True)
                live.explain_silence()
                raise hosts.HostError(f"the board has said nothing for {silence_s:g} s and shows no prompt")
        prompt = PROMPT.search(output)
        if not prompt:
            continue
        if pending:
            os.write(descriptor, (ERASE_LINE + pending.pop(0) + "\r").encode())
        elif prompt.group(1):
            transcript.flush()
            print(flush=True)
            return 0
        else:
            os.write(descriptor, (ERASE_LINE + "\r").encode())
        output = b""


def main():
    parser = argparse.ArgumentParser(prog="build.sh run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("firmware", nargs="?", help="ELF, Intel HEX or raw image; default: the MicroPython built for the board")
    boards.add_option(parser)
    parser.add_argument("--pty", metavar="PATH", help="put the REPL on a pseudo-terminal linked at PATH")
    parser.add_argument("--host", help="standalone or renode; default: Renode if it is there")
    parser.add_argument("--silence", type=float, default=60, metavar="SECONDS", help="with piped input: give up after this long without output (default 60)")
    arguments = parser.parse_args()

    host_name = hosts.choose(arguments.host)
    board = boards.find(arguments.board)
    if arguments.pty and os.path.lexists(arguments.pty):
        raise hosts.HostError(f"'{arguments.pty}' exists already: choose another path for --pty")
    firmware = board.image(arguments.firmware)

    with tempfile.TemporaryDirectory(prefix="bkpsram-") as folder:
        live = LivePty(host_name, board, firmware, os.path.abspath(arguments.pty or os.path.join(folder, "repl")))
        try:
            if arguments.pty:
                print(f"The REPL of {board.name} on {host_name} is at {arguments.pty}; Ctrl-C ends.", flush=True)
                time.sleep(SILENT_S)
                live.check()
                live.tell_trouble()
                while True:
                    live.check()
                    time.sleep(1)
            descriptor = live.open()
            if sys.stdin.isatty():
                print(f"{board.name} on {host_name}, firmware {firmware}", flush=True)
                return interact(live, descriptor)
            return feed(live, descriptor, sys.stdin.read().splitlines(), arguments.silence)
        finally:
            live.close()


if __name__ == "__main__":
    hosts.main_guard(main)
