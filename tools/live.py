# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""A board that runs in real time, with its UART on a pseudo-terminal and its host's Monitor at hand."""

import codecs
import os
import re
import select
import signal
import subprocess
import threading
import time
import tty

import hosts
import silence

ANSWER_TIMEOUT_S = 20
END_TIMEOUT_S = 10
# The standalone host says in its status that a command before has failed.
ENDS_BY_QUIT = (0, 1)
VALUE = re.compile(r"^(?:(?P<number>0x[0-9A-Fa-f]+)|(?P<truth>True|False))$", re.MULTILINE)
# How a command's failure begins: of 1.16.1 without a colon, of the standalone host in the same line as its reason.
FAILED_COMMAND = re.compile(r"There was an error executing command '.*?'(?:: ?\n?|\n)", re.DOTALL)
FAILURE = re.compile(rf"^(?:{FAILED_COMMAND.pattern}|(?=No such command or device: |Could not tokenize here:))(?P<why>.*)\Z", re.MULTILINE | re.DOTALL)
# The same of a script, of which the first line will do.
STARTED = re.compile(rf"^Starting emulation|(?:{FAILED_COMMAND.pattern}\s*)+(?P<why>[^\n]+)\n|^(?P<refusal>No such command or device: [^\n]*)\n", re.MULTILINE | re.DOTALL)
# Renode lists before the failure what could have been called.
SIGNATURES = re.compile(r"\n*The following methods are available:\n(?P<methods>.*?)\n*Usage:\n.*\Z", re.DOTALL)
# Where a console is, in the Monitor.
CONSOLES = {"uart": "$uart", "usb": "sysbus.usbSerial"}
NUDGE_S = 0.3
# What Monitor and its line editor take alike on all hosts.
PLAIN_TEXT = re.compile(r"[ -~]*")


class Refused(hosts.HostError):
    """A command of the Monitor that failed; the board goes on."""


def parse_reply(text):
    """What a Monitor has printed: the lines of it, and the failure in one line or None."""
    failure = FAILURE.search(text)
    why = None
    if failure:
        text = text[:failure.start()]
        # A script's failure tells that of its command.
        why = FAILED_COMMAND.split(failure.group("why"))[-1]
        why = " ".join(re.sub(r"\n *\^\s*\Z", "", why).split())
        signatures = SIGNATURES.search(text)
        if signatures:
            text = text[:signatures.start()]
            why += ": " + " or ".join(re.findall(r"^ - (.*\S)", signatures.group("methods"), re.MULTILINE))
    return [x.rstrip() for x in text.strip("\n").split("\n")] if text.strip() else [], why


def check_line(line):
    """Raises Refused if the Monitor can't take the line whole."""
    if not PLAIN_TEXT.fullmatch(line):
        raise Refused("the Monitor takes plain ASCII characters here: for others, put the command into a file and include that")
    if line.count('"""') % 2:
        raise Refused('a text block ("""...""") does not fit into a line: put it into a file and include that')


class Monitor:
    """A host's Monitor, on the standard input and output of its process."""

    def __init__(self, process, transcript_path, has_prompt):
        self._process = process
        self._has_prompt = has_prompt
        self._transcript = open(transcript_path, "wb")
        self._text = ""
        self._marks = 0
        self._has_ended = False
        self._changed = threading.Condition()
        self._turn = threading.Lock()
        # Readable once the host is gone.
        self.end, self._end = os.pipe()
        threading.Thread(target=self._read, daemon=True).start()

    def wait_for(self, pattern, timeout, what):
        """The match, and the text before it, which are taken; HostError if the host ends before, or with the time."""
        with self._changed:
            self._changed.wait_for(lambda: self._has_ended or pattern.search(self._text), timeout)
            match = pattern.search(self._text)
            if match:
                text, self._text = self._text[:match.start()], self._text[match.end():]
                return match, text
            if self._has_ended:
                raise hosts.HostError(self.epitaph())
            raise hosts.HostError(f"{what} within {timeout} s: see {self._transcript.name}")

    def run(self, line, timeout=None):
        """Runs one line and returns what it prints; raises Refused with what a command of it says if it fails."""
        lines, why = self.try_line(line, timeout)
        if why:
            raise Refused(why)
        return "\n".join(lines)

    def try_line(self, line, timeout=None):
        """Runs one line; what it prints, and why it failed or None."""
        check_line(line)
        with self._turn:
            marks = [f"<answer {self._marks + x}>" for x in (1, 2)]
            self._marks += 2
            try:
                self._process.stdin.write(f'echo "{marks[0]}"\n{line}\necho "{marks[1]}"\n'.encode())
                self._process.stdin.flush()
            except BrokenPipeError:
                self._process.wait()
                raise hosts.HostError(self.epitaph()) from None
            for mark in marks:
                _, text = self.wait_for(re.compile(f"{mark}\n"), timeout, f"the Monitor does not answer '{line}'")
        if self._has_prompt:
            # The first line echoes the command, the last the mark's.
            text = re.sub(rf'\([^()\n]*\) echo "{marks[1]}"\n\Z', "", text.partition("\n")[2])
        return parse_reply(text)

    def ask(self, command):
        """The value that a command prints: a number or a truth."""
        value = VALUE.search(self.run(command, ANSWER_TIMEOUT_S))
        if not value:
            raise hosts.HostError(f"the Monitor has no answer to '{command}': see {self._transcript.name}")
        return int(value.group("number"), 16) if value.group("number") else value.group("truth") == "True"

    def epitaph(self):
        """Why the host is gone: what it said last."""
        status = self._process.wait()
        said = [x.strip() for x in self._text.split("\n") if x.strip()]
        return f"the host ended with status {status}" + (f": {said[-1]}" if said else "") + f"; see {self._transcript.name}"

    def close(self):
        self._transcript.close()
        os.close(self.end)

    def _read(self):
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        output = self._process.stdout.fileno()
        while data := os.read(output, 65536):
            with self._changed:
                if not self._transcript.closed:
                    self._transcript.write(data)
                    self._transcript.flush()
                # Renode's lines end in carriage returns, and begin with one.
                self._text += decoder.decode(data).replace("\r", "")
                self._changed.notify_all()
        with self._changed:
            self._has_ended = True
            self._changed.notify_all()
        os.close(self._end)


class Console:
    """
    The firmware's console, on whichever of the board's two it speaks first: UART or USB. That one it stays. To select(), it is readable
    while there is something to read on any that may be it.
    """

    def __init__(self, descriptors, is_usb_open):
        """descriptors by name ("uart", "usb"); is_usb_open tells whether the board's serial port over USB is there."""
        self._descriptors = descriptors
        self._is_usb_open = is_usb_open
        self._is_nudged = False
        self._has_spoken = False
        self.name = None
        self._poll = select.epoll()
        for descriptor in descriptors.values():
            self._poll.register(descriptor, select.EPOLLIN)
        if len(descriptors) == 1:
            self.name, = descriptors

    def fileno(self):
        return self._poll.fileno()

    def read(self, size=4096):
        """What has been said; nothing if another one has spoken meanwhile. OSError if its terminal is gone."""
        ready = {x for x, _ in self._poll.poll(0)}
        for name, descriptor in self._descriptors.items():
            if descriptor in ready:
                data = os.read(descriptor, size)
                self._settle(name)
                return data
        return b""

    def write(self, data):
        os.write(self._descriptors[self.name or min(self._descriptors)], data)

    def nudge(self):
        """To be called while nobody speaks. A prompt that came over USB before the port was open is lost: Enter brings another."""
        if "usb" in self._descriptors and not self._has_spoken and not self._is_nudged and self._is_usb_open():
            self._is_nudged = True
            os.write(self._descriptors["usb"], b"\r")

    def await_first(self, timeout):
        """The name of the one that speaks first, without reading; None if none does within that many seconds."""
        deadline = time.monotonic() + timeout
        while not self._has_spoken and time.monotonic() < deadline:
            for descriptor, _ in self._poll.poll(NUDGE_S):
                self._settle(next(x for x, y in self._descriptors.items() if y == descriptor))
            self.nudge()
        return self.name if self._has_spoken else None

    def close(self):
        self._poll.close()
        for descriptor in self._descriptors.values():
            os.close(descriptor)

    def _settle(self, name):
        self._has_spoken = True
        if not self.name:
            self.name = name
            for other, descriptor in self._descriptors.items():
                if other != name:
                    self._poll.unregister(descriptor)


class LiveBoard:
    """A host that runs freely in real time, with the firmware's console on a pseudo-terminal."""

    def __init__(self, host_name, board, firmware, pty_path, label="run", commands=(), consoles=("uart",)):
        """label is what its logs are called by; commands of the Monitor run before the start. Of several consoles, that of the first is at pty_path
        until put() says otherwise."""
        self.name = board.name
        self._board = board
        self._ptys = {name: pty_path + ("" if name == consoles[0] else "." + name) for name in consoles}
        self._pty_path = pty_path
        build = os.path.join(hosts.ROOT, "build")
        os.makedirs(build, exist_ok=True)
        self.log_path = os.path.join(build, f"{label}-{host_name}.log")
        if os.path.exists(self.log_path):
            os.unlink(self.log_path)
        # The log goes to a file, as it would get into what the Monitor says, in the middle of lines.
        script = "; ".join((
            f"logFile {_path(self.log_path)} true",
            f"$bin={_path(firmware)}",
            f"include {_path(board.script)}",
            *(line for name, path in self._ptys.items() for line in (f'emulation CreateUartPtyTerminal "{name}_repl" "{path}"', f"connector Connect {CONSOLES[name]} {name}_repl")),
            *self._plug("usb" in consoles),
            *commands,
            "start"))
        command = hosts.renode_command() if host_name == "renode" else hosts.standalone_command()
        self._process = subprocess.Popen(
            [command, "--disable-gui", "--console", "--plain", "--hide-log", "--hide-analyzers", "-e", script],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=hosts.ROOT, start_new_session=True)
        self.monitor = Monitor(self._process, os.path.join(build, f"{label}-{host_name}-monitor.log"), has_prompt=host_name == "renode")
        try:
            start, _ = self.monitor.wait_for(STARTED, hosts.START_TIMEOUT_S, f"{host_name} opened no terminal")
            if why := start.group("why") or start.group("refusal"):
                raise hosts.HostError(why)
        except BaseException:
            self.close()
            raise

    def _plug(self, has_cable):
        if has_cable:
            yield "sysbus.usb Plug"
            if self._board.is_fed_by_usb:
                # The cable is the plug.
                yield "sysbus.usb OtherSupply false"

    def check(self):
        """Raises HostError if the host is gone."""
        if self._process.poll() is not None:
            raise hosts.HostError(self.monitor.epitaph())

    def has_quit(self):
        """Once its end is in sight: True if the host has ended as it was told to; HostError otherwise."""
        try:
            if self._process.wait(END_TIMEOUT_S) in ENDS_BY_QUIT:
                return True
        except subprocess.TimeoutExpired:
            raise hosts.HostError("the board's UART has no terminal any more: was the emulation cleared?") from None
        raise hosts.HostError(self.monitor.epitaph())

    def explain_silence(self):
        """What is to be seen of a board that says nothing, in lines."""
        uart = f"{self._board.uart.rpartition('.')[2].upper()}, {self._board.pins}"
        return silence.explain(self.monitor.ask, uart)

    def explain_trouble(self):
        """The same of a board whose UART somebody else reads: only what is wrong in any case."""
        line = silence.trouble(self.monitor.ask)
        return [line] if line else []

    def open(self):
        """The console, for this process to talk to."""
        descriptors = {}
        for name, path in self._ptys.items():
            descriptors[name] = os.open(path, os.O_RDWR | os.O_NOCTTY)
            tty.setraw(descriptors[name])
        return Console(descriptors, lambda: self.monitor.ask(f"{CONSOLES['usb']} IsOpen"))

    def put(self, name):
        """Has the path of the pseudo-terminal lead to that console."""
        path = self._ptys[name]
        if path != self._pty_path:
            device = os.readlink(path)
            os.unlink(self._pty_path)
            os.symlink(device, self._pty_path)

    def close(self):
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
        self.monitor.close()
        for path in {self._pty_path, *self._ptys.values()}:
            if os.path.islink(path):
                os.unlink(path)


def _path(path):
    """As the Monitor takes it."""
    return "@" + path.replace(" ", "\\ ")
