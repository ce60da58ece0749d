# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""What Ctrl-] and a letter do to a board while its REPL goes on: hands on its plug, cell and reset button."""

import re

import live

ESCAPE = 0x1D
INTERRUPT = 0x03
LINE_ENDS = (0x0D, 0x0A)
BACKSPACES = (0x08, 0x7F)
ERASE_LINE = 0x15
ESC = 0x1B
BELL = "\a"
ON_START = "Ctrl-] q leaves, Ctrl-] p pulls the plug or puts it back; Ctrl-] ? lists all keys."
LEAVE, HELP, MONITOR = "q", "?", "m"


# Acts yield lines, those that start the board before it has something to say.

def toggle_plug(monitor):
    """Main power off, or on again."""
    if not monitor.ask("supplies IsPowered"):
        yield ["plug in"]
        monitor.run("supplies PowerOn", live.ANSWER_TIMEOUT_S)
        return
    before = _status(monitor)
    monitor.run("supplies PowerOff", live.ANSWER_TIMEOUT_S)
    yield [f"plug out: VDD {_status(monitor)['VDD']}; {_fate(before)}"]


def cycle_power(monitor):
    """Main power off for a second of virtual time."""
    yield ["plug out and, a second later, in" + (f"; {_fate(_status(monitor))}" if monitor.ask("supplies IsPowered") else ": it was out already")]
    monitor.run("supplies PowerCycle 1", live.ANSWER_TIMEOUT_S)


def press_reset(monitor):
    """The reset button."""
    yield ["reset button" if monitor.ask("supplies IsPowered") else f"reset button, in vain: VDD {_status(monitor)['VDD']}"]
    monitor.run("supplies PressReset", live.ANSWER_TIMEOUT_S)


def toggle_cell(monitor):
    """The coin cell out of its holder, or back."""
    is_present = monitor.ask("supplies CoinCellPresent")
    monitor.run(f"supplies {'RemoveCoinCell' if is_present else 'InsertCoinCell'}", live.ANSWER_TIMEOUT_S)
    yield [f"coin cell {'out' if is_present else 'in'}: VBAT {_status(monitor)['VBAT']}"]


def toggle_usb(monitor):
    """The USB cable out, and VDD with it if nothing else feeds the board, or back in."""
    if not monitor.ask("usb IsPlugged"):
        yield ["USB cable in"]
        monitor.run("usb Plug", live.ANSWER_TIMEOUT_S)
        return
    before = _status(monitor)
    monitor.run("usb Unplug", live.ANSWER_TIMEOUT_S)
    yield [f"USB cable out: VDD {_status(monitor)['VDD']}" + ("" if monitor.ask("supplies IsPowered") else f"; {_fate(before)}")]


def show_status(monitor):
    """All supplies, and whether backup SRAM would be kept."""
    yield monitor.run("supplies Status", live.ANSWER_TIMEOUT_S).split("\n")


def run_line(monitor, line):
    """A line that the user has typed; it may take as long as it takes."""
    lines, why = monitor.try_line(line)
    yield lines + ([f"error: {why}"] if why else [])


# Key: what it does, what help says of it, and whether what stands in the REPL's line is void afterwards.
ACTS = {
    "p": (toggle_plug, "plug out, plug in: main power", True),
    "c": (cycle_power, "power cycle: plug out and, a second later, in", True),
    "r": (press_reset, "reset button", True),
    "b": (toggle_cell, "battery: coin cell out, coin cell in", False),
    "u": (toggle_usb, "USB cable out, USB cable in", True),
    "s": (show_status, "status of the supplies: would backup SRAM be kept?", False),
}


def help_lines(log_path):
    """What `Ctrl-] ?` shows."""
    return [
        "Ctrl-], and then",
        *(f"  {key}  {text}" for key, (_, text, _) in ACTS.items()),
        f"  {MONITOR}  a line of Monitor commands (docs/monitor.md), as 'bkpsram Dump 0 64'; an empty one goes back",
        f"  {LEAVE}  leave",
        f"  {HELP}  this list",
        "  Ctrl-]  is sent to the board",
        f"What the models log is in {log_path}",
    ]


class KeyReader:
    """Sorts what is typed: what the board gets, which keys were pressed, and lines for the Monitor."""

    def __init__(self):
        self._editor = None
        self._is_escaped = False
        self._history = []

    @property
    def is_editing(self):
        """Is a line for the Monitor being typed?"""
        return self._editor is not None

    def read(self, data):
        """Yields (kind, value): 'board' and bytes; 'key' and the letter after Ctrl-]; 'line' and a whole line, empty if it was left;
        'echo' and what the line's editing shows."""
        plain = bytearray()
        for byte in data:
            if self._editor:
                yield from self._edit(byte)
            elif self._is_escaped:
                self._is_escaped = False
                if byte == ESCAPE:
                    plain.append(byte)
                elif chr(byte) == MONITOR:
                    self._editor = LineEditor(self._history)
                    yield "key", MONITOR
                else:
                    yield "key", chr(byte)
            elif byte == ESCAPE:
                self._is_escaped = True
                if plain:
                    yield "board", bytes(plain)
                    plain.clear()
            else:
                plain.append(byte)
        if plain:
            yield "board", bytes(plain)

    def _edit(self, byte):
        echo = self._editor.type(byte)
        if echo:
            yield "echo", echo
        if self._editor.is_done:
            line, self._editor = self._editor.line.strip(), None
            if line and self._history[-1:] != [line]:
                self._history.append(line)
            yield "line", line


class LineEditor:
    """A line that is typed in a terminal in raw mode: backspace, Ctrl-U, older lines by arrow up; Ctrl-C or Ctrl-] leaves it."""

    def __init__(self, history):
        self.line = ""
        self.is_done = False
        # The last entry is the line that is being typed.
        self._lines = [*history, ""]
        self._index = len(history)
        self._sequence = b""

    def type(self, byte):
        """Takes a byte; returns what to show for it."""
        if self._sequence:
            return self._continue_sequence(byte)
        if byte in LINE_ENDS:
            self.is_done = True
        elif byte in (ESCAPE, INTERRUPT):
            self.line, self.is_done = "", True
        elif byte in BACKSPACES:
            return self._replace(self.line[:-1]) if self.line else BELL
        elif byte == ERASE_LINE:
            return self._replace("")
        elif byte == ESC:
            self._sequence = b"\x1b"
        elif live.PLAIN_TEXT.fullmatch(chr(byte)):
            return self._replace(self.line + chr(byte))
        else:
            return BELL
        return ""

    def _continue_sequence(self, byte):
        self._sequence += bytes((byte,))
        if re.fullmatch(rb"\x1b(?:[\[O]|\[[ -?]+)", self._sequence):
            return ""
        step = {b"A": -1, b"B": 1}.get(self._sequence[-1:], 0)
        self._sequence = b""
        if not 0 <= self._index + step < len(self._lines) or not step:
            return BELL
        self._lines[self._index] = self.line
        self._index += step
        return self._replace(self._lines[self._index])

    def _replace(self, line):
        kept = len(line) if self.line.startswith(line) else len(self.line) if line.startswith(self.line) else 0
        echo = "\b \b" * (len(self.line) - kept) + line[kept:]
        self.line = line
        return echo


def _status(monitor):
    """The lines of `supplies Status` by their names."""
    return {line[:18].rstrip(): line[18:] for line in monitor.run("supplies Status", live.ANSWER_TIMEOUT_S).split("\n")}


def _fate(status):
    return status["After a power cut"].replace(" would be ", " is ")
