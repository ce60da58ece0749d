# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""A simulated board with MicroPython's REPL in your terminal.

With a terminal on standard input you type into the REPL. Ctrl-] and a letter are hands on the board meanwhile:

{keys}

What they do is told on standard error; standard output is the board's alone. Otherwise standard input is fed to the REPL
line by line, whatever is in it, and the program ends after the prompt that follows the last line. With --pty the REPL is
on a pseudo-terminal that mpremote and other programs can open; the keys are the same, and Ctrl-C ends, too.

The board is fed by its USB cable, as on a desk. The REPL is looked for on UART and on USB, and is where the firmware speaks first;
--uart and --usb choose."""

import argparse
import os
import re
import select
import sys
import tempfile
import time

import boards
import hosts
import keys
import live
import session

PROMPT = re.compile(rb"(?:^|\n)(?:(>>> )|\.\.\. +)$")
# How long the REPL is looked for on UART and USB, before --pty takes the UART: a busy machine needs half a minute until a prompt on USB.
FIRST_WORD_S = 60
# Ctrl-U: the REPL indents by itself, and what is fed has its own indentation.
ERASE_LINE = "\x15"
EDITING = re.compile(rb"(?P<back>\x08)|\x1b\[(?P<left>\d+)D|(?P<erase>\x1b\[K)|[^\x08\x1b]+|\x1b", re.DOTALL)


# Where the log is, a running session knows.
HELP = "\n".join(f"    {x}" for x in keys.help_lines("build/run-HOST.log"))


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


def feed(board, console, lines, silence_s):
    """Types each line when the REPL asks for one; ends at the prompt after the last."""
    pending = list(lines)
    transcript = Transcript()
    output = b""
    last = time.monotonic()
    silent_until = last + session.SILENT_S
    while True:
        ready, _, _ = select.select([console], [], [], 0.5)
        if ready:
            data = console.read()
            transcript.write(data)
            output = (output + data.replace(b"\r", b""))[-4096:]
            last = time.monotonic()
            silent_until = None
        else:
            transcript.flush()
            board.check()
            console.nudge()
            if silent_until and time.monotonic() > silent_until:
                _tell(board.explain_silence())
                silent_until = None
            if time.monotonic() - last > silence_s:
                print(flush=True)
                _tell(board.explain_silence())
                raise hosts.HostError(f"the board has said nothing for {silence_s:g} s and shows no prompt")
        prompt = PROMPT.search(output)
        if not prompt:
            continue
        if pending:
            console.write((ERASE_LINE + pending.pop(0) + "\r").encode())
        elif prompt.group(1):
            transcript.flush()
            print(flush=True)
            return 0
        else:
            console.write((ERASE_LINE + "\r").encode())
        output = b""


def _tell(lines):
    for line in lines:
        print(line, file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(prog="build.sh run", description=__doc__.format(keys=HELP), formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("firmware", nargs="?", help="ELF, Intel HEX, DfuSe or raw image; default: the MicroPython built for the board")
    boards.add_option(parser)
    parser.add_argument("--pty", metavar="PATH", help="put the REPL on a pseudo-terminal linked at PATH")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--uart", action="store_true", help="the REPL is on the board's UART, and no USB cable is in")
    where.add_argument("--usb", action="store_true", help="the REPL is on USB")
    parser.add_argument("--host", help="standalone or renode; default: Renode if it is there")
    parser.add_argument("--silence", type=float, default=60, metavar="SECONDS", help="with piped input: give up after this long without output (default 60)")
    arguments = parser.parse_args()

    host_name = hosts.choose(arguments.host)
    board = boards.find(arguments.board)
    if arguments.pty and os.path.lexists(arguments.pty):
        raise hosts.HostError(f"'{arguments.pty}' exists already: choose another path for --pty")
    firmware = board.image(arguments.firmware)

    consoles = ("uart",) if arguments.uart else ("usb",) if arguments.usb else ("uart", "usb")
    if not board.has_usb:
        if arguments.usb:
            raise hosts.HostError(f"{board.name} has no USB connector of its own: leave out --usb")
        consoles = ("uart",)
    has_keys = os.isatty(session.TERMINAL_INPUT)
    with tempfile.TemporaryDirectory(prefix="bkpsram-") as folder:
        running = live.LiveBoard(host_name, board, firmware, os.path.abspath(arguments.pty or os.path.join(folder, "repl")), consoles=consoles)
        try:
            if arguments.pty:
                console = running.open()
                name = console.await_first(FIRST_WORD_S)
                console.close()
                if not name:
                    _tell([f"The firmware has said nothing for {FIRST_WORD_S} s."])
                    name = consoles[0]
                running.put(name)
                print(f"The REPL of {board.name} on {host_name}, by {name.upper()}, is at {arguments.pty}; Ctrl-C ends.", flush=True)
            elif has_keys:
                _tell([f"{board.name} on {host_name}, firmware {firmware}"])
            if arguments.pty:
                return session.Session(running).run()
            if has_keys:
                return session.Session(running, running.open()).run()
            return feed(running, running.open(), sys.stdin.read().splitlines(), arguments.silence)
        finally:
            running.close()


if __name__ == "__main__":
    hosts.main_guard(main)
