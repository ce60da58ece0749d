# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""The two hosts as the other tools see them: a process with a Robot keyword server on a loopback port."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import xmlrpc.client

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
START_TIMEOUT_S = 120


class HostError(Exception):
    """One line: what is wrong and what to do."""


def renode_command():
    """Renode's launcher: RENODE_DIR's, else the one on PATH, else None."""
    directory = os.environ.get("RENODE_DIR")
    if directory:
        for name in ("renode", "bin/renode"):
            path = os.path.join(directory, name)
            if os.access(path, os.X_OK) and not os.path.isdir(path):
                return path
        raise HostError(f"RENODE_DIR={directory} holds no executable 'renode': name the root of a built tree or of an unpacked package")
    return shutil.which("renode")


def standalone_command():
    path = os.path.join(ROOT, "build/dotnet/standalone/bin/Host/release/standalone-host")
    if not os.path.exists(path):
        raise HostError("the standalone host is not built: run './build.sh'")
    return path


def available():
    """Names of the hosts on this machine."""
    return ["standalone"] + (["renode"] if renode_command() else [])


def choose(name):
    """The host to use: the one named, else Renode if it is there, else the standalone one."""
    if name and name not in ("standalone", "renode"):
        raise HostError(f"there is no host '{name}': say standalone or renode")
    if name == "renode" and not renode_command():
        raise HostError("there is no Renode on this machine: set RENODE_DIR to its root or put 'renode' on PATH")
    return name or ("renode" if renode_command() else "standalone")


class Host:
    """A running host. Use as a context manager; it is stopped at the end."""

    def __init__(self, name, log_path):
        self.name = name
        self.port = _free_port()
        command = renode_command() if name == "renode" else standalone_command()
        self._log = open(log_path, "wb")
        self.log_path = log_path
        self._process = subprocess.Popen(
            [command, "--disable-gui", "--plain", "--hide-log", "--robot-server-port", str(self.port)],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT, cwd=ROOT, start_new_session=True)
        self._proxy = xmlrpc.client.ServerProxy(f"http://127.0.0.1:{self.port}/", allow_none=True)

    def __enter__(self):
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            if self._process.poll() is not None:
                raise HostError(f"{self.name} ended at its start with status {self._process.returncode}: see {self.log_path}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                if time.monotonic() > deadline:
                    self._stop()
                    raise HostError(f"{self.name} did not open its Robot port within {START_TIMEOUT_S} s: see {self.log_path}") from None
                time.sleep(0.05)

    def __exit__(self, *_):
        self._stop()

    def keyword(self, name, *args):
        """Runs a Robot keyword; returns what it returns, raises HostError with its message if it fails."""
        try:
            result = self._proxy.run_keyword(name, [str(a) for a in args])
        except (OSError, xmlrpc.client.Error) as e:
            raise HostError(f"{self.name} does not answer '{name}': {e}; see {self.log_path}") from None
        if result.get("status") != "PASS":
            # What is wrong is said last; before it stands, often twice, which command it was.
            message = str(result.get("error", "")).strip()
            raise HostError(re.split(r"There was an error executing command '.*?': ", message, flags=re.DOTALL)[-1] or f"'{name}' failed")
        return result.get("return")

    def command(self, text):
        """Runs a Monitor command and returns what it prints."""
        return self.keyword("ExecuteCommand", text)

    def _stop(self):
        if self._process.poll() is None:
            try:
                self._proxy.stop_remote_server()
                self._process.wait(timeout=10)
            except Exception:  # the process is going away: whatever it answers, it must be gone
                pass
        try:
            os.killpg(self._process.pid, 9)
        except ProcessLookupError:
            pass
        self._process.wait()
        self._log.close()


def _free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


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
