# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""The two hosts as the other tools see them: a process with a Robot keyword server on a loopback port."""

import glob
import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import xmlrpc.client

import renodes
from renodes import HostError

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
START_TIMEOUT_S = 120
ANSWER_TIMEOUT_S = 60
START_ATTEMPTS = 3
POLL_S = 0.05
NO_ANSWER = (OSError, http.client.HTTPException, xmlrpc.client.Error)


def renode_command():
    """The launcher of the Renode to use, once it has said that it is one that takes the plugin."""
    renode = renodes.first()
    if not renode:
        raise HostError(renodes.NONE_HERE)
    renode.check()
    return renode.command


def standalone_command():
    path = os.path.join(ROOT, "build/dotnet/standalone/bin/Host/release/standalone-host")
    if not os.path.exists(path):
        raise HostError("the standalone host is not built: run './build.sh'")
    return path


def choose(name):
    """The host to use: the one named, else Renode if it is there, else the standalone one."""
    if name and name not in ("standalone", "renode"):
        raise HostError(f"there is no host '{name}': say standalone or renode")
    if name == "renode" and not renodes.first():
        raise HostError(renodes.NONE_HERE)
    return name or ("renode" if renodes.first() else "standalone")


class Host:
    """A host with its keyword server. Use as a context manager: it runs from the beginning to the end."""

    def __init__(self, name, log_path):
        self.name = name
        self.log_path = log_path
        self.port = None
        self._process = None

    def __enter__(self):
        # As it takes one that is free, no other program can have it by then.
        command = [renode_command() if self.name == "renode" else standalone_command(),
                   "--disable-gui", "--plain", "--hide-log", "--robot-server-port", "0"]
        with open(self.log_path, "wb"):
            pass
        try:
            for attempt in range(START_ATTEMPTS):
                self._launch(command)
                self.port = self._wait_for_port()
                if self.port and self._answers():
                    return self
                wrong = (f"ended at its start with status {self._process.poll()}" if not self.port and self._process.poll() is not None
                         else f"did not open its Robot port within {START_TIMEOUT_S} s" if not self.port
                         else "does not answer at its Robot port")
                self._kill()
            raise HostError(f"{self.name} {wrong}, the last of {START_ATTEMPTS} times: see {self.log_path}")
        except BaseException:
            self._kill()
            raise

    def __exit__(self, *_):
        if self._process.poll() is None:
            try:
                self._proxy.stop_remote_server()
                self._process.wait(timeout=10)
            except Exception:  # the process is going away: whatever it answers, it must be gone
                pass
        self._proxy("close")()
        self._kill()

    def keyword(self, name, *args):
        """Runs a Robot keyword; returns what it returns, raises HostError with its message if it fails."""
        try:
            result = self._proxy.run_keyword(name, [str(a) for a in args])
        except NO_ANSWER as e:
            raise HostError(f"{self.name} does not answer '{name}': {e}; see {self.log_path}") from None
        if result.get("status") != "PASS":
            # What is wrong is said last; before it stands, often twice, which command it was.
            message = str(result.get("error", "")).strip()
            raise HostError(re.split(r"There was an error executing command '.*?': ", message, flags=re.DOTALL)[-1] or f"'{name}' failed")
        return result.get("return")

    def command(self, text):
        """Runs a Monitor command and returns what it prints."""
        return self.keyword("ExecuteCommand", text)

    def cpu_seconds(self):
        """Seconds on the CPU of the host's processes so far: what else runs on the machine has no part in it."""
        total = 0
        for path in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(path, encoding="ascii", errors="replace") as file:
                    # The second field is a name in brackets, with any characters in it.
                    fields = file.read().rpartition(")")[2].split()
                if int(fields[2]) == self._process.pid:
                    total += time.clock_gettime(_cpu_clock(int(path.split("/")[2])))
            except OSError:
                # It has just ended.
                pass
        return total

    def _launch(self, command):
        # Renode says in a file of its folder for temporary files which port it has taken, and that it takes calls.
        self._folder = tempfile.TemporaryDirectory(prefix="bkpsram-")
        self._log = open(self.log_path, "ab")
        self._log_begin = self._log.tell()
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT, cwd=ROOT, start_new_session=True,
            env=dict(os.environ, TMPDIR=self._folder.name))

    def _wait_for_port(self):
        """The port, once the server takes calls; None if it never does. A connection before that can kill Renode's server."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            has_ended = self._process.poll() is not None
            port = self._announced_port()
            if port or has_ended:
                return port
            time.sleep(POLL_S)
        return None

    def _announced_port(self):
        for path in glob.glob(os.path.join(self._folder.name, "renode-*", "robot_port")):
            with open(path, encoding="ascii") as file:
                if text := file.read():
                    return int(text)
        with open(self.log_path, "rb") as log:
            log.seek(self._log_begin)
            line = re.search(rb"Robot Framework remote server is listening on port (\d+)\r?\n", log.read())
        return int(line.group(1)) if line else None

    def _answers(self):
        address = f"http://127.0.0.1:{self.port}/"
        try:
            with xmlrpc.client.ServerProxy(address, transport=_ImpatientTransport()) as proxy:
                proxy.get_keyword_names()
        except NO_ANSWER:
            return False
        self._proxy = xmlrpc.client.ServerProxy(address, allow_none=True)
        return True

    def _kill(self):
        if not self._process:
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
        self._log.close()
        self._folder.cleanup()


def _cpu_clock(pid):
    # Linux's encoding of the clock of another process: clock_getcpuclockid(3), which Python has not.
    return ~pid << 3 | 2


class _ImpatientTransport(xmlrpc.client.Transport):
    """For a call that a living server answers at once."""

    def make_connection(self, host):
        connection = super().make_connection(host)
        connection.timeout = ANSWER_TIMEOUT_S
        return connection


def main_guard(main):
    """Runs main(); bad input is one line and status 2. A signal to end, or a closed pipe, stops the host as well."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        sys.exit(main())
    except HostError as e:
        print(f"error: {' '.join(str(e).split())}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # Whoever read the output has enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except KeyboardInterrupt:
        sys.exit(130)
