# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""A person at a live board: what they type, what the board says, and what the keys after Ctrl-] do."""

import os
import queue
import select
import signal
import sys
import termios
import threading
import time
import tty

import hosts
import keys

# A board that has said nothing by then gets a word about why.
SILENT_S = 5
# How often a background job looks whether it has the terminal meanwhile.
LOOK_S = 1
# Seconds that an act may take to end when the next one is asked for, before it counts as busy.
LAST_WORD_S = 0.2
# Set apart from what the board says.
MARK = "-- "
TERMINAL_INPUT = 0
LAST_LINE_BYTES = 512


class Hands:
    """Acts on the board one after the other, in a thread of its own: the REPL goes on meanwhile."""

    def __init__(self):
        self._acts = queue.Queue()
        self._said = queue.Queue()
        # Readable when there is something to take.
        self.ready, self._ready = os.pipe()
        self.busy_with = None
        threading.Thread(target=self._work, daemon=True).start()

    def do(self, name, act, is_void=False):
        """Has an act done: a function that yields lines."""
        # What has just said its last word is about to end.
        with self._acts.all_tasks_done:
            is_idle = self._acts.all_tasks_done.wait_for(lambda: not self._acts.unfinished_tasks, LAST_WORD_S)
        if not is_idle:
            self._say([f"the Monitor is still busy with '{self.busy_with}'"])
        self._acts.put((name, act, is_void))

    def take(self):
        """What was said since: lines, and whether the REPL's line is void."""
        os.read(self.ready, 4096)
        while True:
            try:
                yield self._said.get_nowait()
            except queue.Empty:
                return

    def _work(self):
        while True:
            self.busy_with, act, is_void = self._acts.get()
            try:
                for lines in act():
                    self._say(lines, is_void)
            except hosts.HostError as e:
                self._say([f"error: {e}"])
            self.busy_with = None
            self._acts.task_done()

    def _say(self, lines, is_void=False):
        self._said.put((lines, is_void))
        os.write(self._ready, b".")


class Session:
    """Standard input against the board's console; without one (--pty) it is there for the keys alone."""

    def __init__(self, board, console=None):
        self._board = board
        self._console = console
        self._keys = keys.KeyReader()
        self._hands = Hands()
        self._has_input = os.isatty(TERMINAL_INPUT)
        self._shows_board = os.isatty(sys.stdout.fileno())
        self._saved_mode = None
        self._silent_until = time.monotonic() + SILENT_S
        self._has_heard = False
        # What the board has said since its last line end, and whether the cursor stands behind it.
        self._last_line = b""
        self._is_at_last_line = False
        # What waits for the end of a line for the Monitor.
        self._waiting = []

    def run(self):
        """Until the user leaves, or the host does; the exit status."""
        # The shell that had the terminal meanwhile has set it as it likes.
        signal.signal(signal.SIGCONT, lambda *_: self._claim_terminal(again=True))
        try:
            self._claim_terminal()
            if self._has_input:
                _write(f"{keys.ON_START}\n")
            while not self._turn():
                pass
            return 0
        finally:
            self._give_terminal_back()

    def _turn(self):
        self._claim_terminal()
        sources = [self._hands.ready, self._board.monitor.end]
        if self._saved_mode:
            sources.append(TERMINAL_INPUT)
        if self._console:
            sources.append(self._console)
        ready, _, _ = select.select(sources, [], [], LOOK_S)
        if self._console in ready and not self._hear():
            ready.append(self._board.monitor.end)
        if self._console and not ready:
            self._console.nudge()
        if self._silent_until and time.monotonic() > self._silent_until:
            self._silent_until = None
            self._hands.do("a look at the core", self._look)
        if self._hands.ready in ready:
            for lines, is_void in self._hands.take():
                self._show(lines, is_void)
        if TERMINAL_INPUT in ready and self._read_terminal():
            return True
        if self._board.monitor.end in ready:
            return self._board.has_quit()
        return False

    def _look(self):
        if not self._console:
            yield self._board.explain_trouble()
            return
        lines = self._board.explain_silence()
        yield [] if self._has_heard else lines

    def _claim_terminal(self, again=False):
        """Takes keys one by one. A job in the background leaves the terminal alone until it comes to the foreground."""
        if not self._has_input or (self._saved_mode and not again) or not _is_in_foreground():
            return
        self._saved_mode = self._saved_mode or termios.tcgetattr(TERMINAL_INPUT)
        # With a REPL in it, the terminal's Ctrl-C is the board's.
        (tty.setraw if self._console else tty.setcbreak)(TERMINAL_INPUT, termios.TCSADRAIN)

    def _give_terminal_back(self):
        if self._saved_mode and _is_in_foreground():
            termios.tcsetattr(TERMINAL_INPUT, termios.TCSADRAIN, self._saved_mode)
            if self._is_at_last_line or self._keys.is_editing:
                print(file=sys.stderr)

    def _hear(self):
        """Shows what the board says; False if its terminal is gone."""
        try:
            data = self._console.read()
        except OSError:
            return False
        self._silent_until, self._has_heard = None, True
        if self._keys.is_editing:
            self._waiting.append(data)
        else:
            self._show_board(data)
        return bool(data)

    def _show_board(self, data):
        self._restore_line()
        os.write(sys.stdout.fileno(), data)
        if self._shows_board:
            self._last_line = (self._last_line + data).rpartition(b"\n")[2][-LAST_LINE_BYTES:]
            self._is_at_last_line = bool(self._last_line)

    def _read_terminal(self):
        """True if the user leaves."""
        typed = os.read(TERMINAL_INPUT, 1024)
        if not typed:
            # The terminal was closed.
            return True
        for kind, value in self._keys.read(typed):
            if kind == "key" and value == keys.LEAVE:
                return True
            {"board": self._send, "key": self._press, "line": self._enter_line, "echo": _write}[kind](value)
        return False

    def _send(self, data):
        if self._console:
            self._console.write(data)

    def _press(self, key):
        if key == keys.MONITOR:
            self._open_line()
        elif key == keys.HELP:
            self._show(keys.help_lines(os.path.relpath(self._board.log_path)))
        elif key in keys.ACTS:
            act, name, is_void = keys.ACTS[key]
            # A board without power says nothing, for a good reason.
            self._silent_until = None
            self._hands.do(name, lambda: act(self._board.monitor), is_void)
        else:
            self._show([f"Ctrl-] {key if key.isprintable() else repr(key)} is no key: Ctrl-] ? lists them"])

    def _open_line(self):
        self._start_line()
        _write(f"({self._board.name}) ")

    def _enter_line(self, line):
        _write("\n")
        if line:
            self._hands.do(line, lambda: keys.run_line(self._board.monitor, line))
        else:
            self._restore_line()
        waiting, self._waiting = self._waiting, []
        for item in waiting:
            if isinstance(item, bytes):
                self._show_board(item)
            else:
                self._show(*item)

    def _show(self, lines, is_void=False):
        """Lines that are not the board's, on standard error: standard output is the board's alone."""
        if self._keys.is_editing:
            self._waiting.append((lines, is_void))
            return
        if lines:
            self._start_line()
            _write("".join(f"{MARK}{line}\n" for line in lines))
        if is_void:
            self._last_line = b""
        self._restore_line()

    def _start_line(self):
        if self._is_at_last_line:
            _write("\n")
            self._is_at_last_line = False

    def _restore_line(self):
        if self._last_line and not self._is_at_last_line:
            _write(self._last_line.decode(errors="replace"))
            self._is_at_last_line = True


def _is_in_foreground():
    try:
        return os.tcgetpgrp(TERMINAL_INPUT) == os.getpgrp()
    except OSError:
        # It is not the terminal that controls this session: nobody else has it.
        return True


def _write(text):
    if sys.stderr.isatty():
        # In raw mode it wants the carriage return.
        text = text.replace("\n", "\r\n")
    sys.stderr.write(text)
    sys.stderr.flush()
