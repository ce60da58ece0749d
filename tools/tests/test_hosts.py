# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Hosts are started, asked and stopped: against a small server that fails as real ones have."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import hosts  # noqa: E402

# A host. Its Nth start fails as the Nth word of FAULTS says; each start appends what it saw to the file STARTS.
FAKE_HOST = r'''#!%s
import os, select, socket, sys, time
from xmlrpc.server import SimpleXMLRPCServer

if "--version" in sys.argv:
    print("Renode v1.16.1")
    sys.exit()

def note(text):
    with open(os.environ["STARTS"], "a") as file:
        file.write(text + "\n")

with open(os.environ["STARTS"], "a+") as file:
    file.seek(0)
    start = sum(line.startswith("start") for line in file)
faults = os.environ["FAULTS"].split()
fault = faults[start] if start < len(faults) else "none"
note("start %%s %%s" %% (fault, sys.argv[sys.argv.index("--robot-server-port") + 1]))
print("started", flush=True)
if fault == "ends":
    sys.exit(3)

listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]
if fault == "slow":
    # As Renode's, it dies if somebody connects between its listen and its accept.
    with open(os.environ["STARTS"] + ".port", "w") as file:
        file.write(str(port))
    if select.select([listener], [], [], 0.5)[0]:
        note("somebody connected too early")
        sys.exit(0)

if os.environ.get("ANNOUNCE") == "line":
    print("Robot Framework remote server is listening on port", port, flush=True)
else:
    folder = os.path.join(os.environ["TMPDIR"], "renode-%%d" %% os.getpid())
    os.mkdir(folder)
    with open(os.path.join(folder, "robot_port"), "w") as file:
        file.write(str(port))

if fault == "deaf":
    time.sleep(600)
if fault == "dies":
    listener.accept()
    sys.exit(0)

def run_keyword(name, arguments):
    if name == "Fail":
        return {"status": "FAIL", "error": "KeywordException: There was an error executing command 'x y': There was an error executing command 'x y': no such device"}
    if name == "Die":
        os._exit(1)
    if name == "Burn":
        end = time.process_time() + float(arguments[0])
        while time.process_time() < end:
            pass
    return {"status": "PASS", "return": [name] + arguments}

listener.close()
server = SimpleXMLRPCServer(("127.0.0.1", port), logRequests=False, allow_none=True)
server.register_function(run_keyword)
server.register_function(lambda: ["ExecuteCommand"], "get_keyword_names")
stopped = []
server.register_function(lambda: stopped.append(note("stopped")) or True, "stop_remote_server")
while not stopped:
    server.handle_request()
''' % sys.executable


class HostTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.starts_path = os.path.join(self.folder, "starts")
        self.log_path = os.path.join(self.folder, "host.log")
        with open(os.path.join(self.folder, "renode"), "w", encoding="ascii") as file:
            file.write(FAKE_HOST)
        os.chmod(file.name, 0o755)
        environment = mock.patch.dict(os.environ, RENODE_DIR=self.folder, STARTS=self.starts_path, FAULTS="")
        environment.start()
        self.addCleanup(environment.stop)

    def host(self, *faults):
        os.environ["FAULTS"] = " ".join(faults)
        return hosts.Host("renode", self.log_path)

    def starts(self):
        with open(self.starts_path, encoding="ascii") as file:
            return file.read().splitlines()

    def test_should_answer_and_be_stopped_at_the_end(self):
        with self.host() as host:
            self.assertEqual(host.command("version"), ["ExecuteCommand", "version"])
            self.assertEqual(host.keyword("Wait", 1, "x=2"), ["Wait", "1", "x=2"])
        self.assertEqual(self.starts(), ["start none 0", "stopped"])

    def test_should_learn_the_port_from_the_output_too(self):
        os.environ["ANNOUNCE"] = "line"
        self.addCleanup(os.environ.pop, "ANNOUNCE")
        with self.host() as host:
            self.assertEqual(host.command("version"), ["ExecuteCommand", "version"])

    def test_should_not_connect_before_the_server_takes_calls(self):
        with self.host("slow") as host:
            host.command("version")
        self.assertEqual(self.starts(), ["start slow 0", "stopped"])

    def test_the_server_dies_of_a_connection_that_comes_too_early(self):
        # Shows that the test above can fail.
        process = subprocess.Popen([os.path.join(self.folder, "renode"), "--robot-server-port", "0"], env=dict(os.environ, FAULTS="slow"), stdout=subprocess.DEVNULL)
        port_path = self.starts_path + ".port"
        while not (os.path.exists(port_path) and os.path.getsize(port_path)):
            self.assertIsNone(process.poll())
        with open(port_path, encoding="ascii") as file:
            # It may be gone before the connection is whole.
            with contextlib.suppress(ConnectionResetError):
                socket.create_connection(("127.0.0.1", int(file.read())), timeout=5).close()
        self.assertEqual(process.wait(10), 0)
        self.assertIn("somebody connected too early", self.starts())

    def test_should_start_again_if_the_server_is_dead(self):
        with self.host("dies", "ends") as host:
            self.assertEqual(host.command("version"), ["ExecuteCommand", "version"])
        self.assertEqual(self.starts(), ["start dies 0", "start ends 0", "start none 0", "stopped"])

    def test_should_give_up_after_a_few_starts(self):
        with self.assertRaisesRegex(hosts.HostError, f"renode ended at its start with status 3, the last of 3 times: see {self.log_path}"):
            self.host("ends", "dies", "ends").__enter__()
        self.assertEqual(len(self.starts()), hosts.START_ATTEMPTS)
        with open(self.log_path, encoding="ascii") as log:
            self.assertEqual(log.read(), "started\n" * hosts.START_ATTEMPTS)

    def test_should_start_again_if_the_server_does_not_answer(self):
        with mock.patch.object(hosts, "ANSWER_TIMEOUT_S", 0.3), self.host("deaf") as host:
            self.assertEqual(host.command("version"), ["ExecuteCommand", "version"])
        self.assertEqual(self.starts(), ["start deaf 0", "start none 0", "stopped"])

    def test_should_say_so_if_there_is_never_a_port(self):
        with mock.patch.object(hosts, "START_TIMEOUT_S", 0.1), self.assertRaisesRegex(hosts.HostError, "did not open its Robot port within 0.1 s"):
            self.host("slow", "slow", "slow").__enter__()

    def test_should_tell_what_is_wrong_with_a_keyword_in_few_words(self):
        with self.host() as host, self.assertRaisesRegex(hosts.HostError, "^no such device$"):
            host.keyword("Fail")

    def test_should_tell_that_a_host_is_gone(self):
        with self.host() as host, self.assertRaisesRegex(hosts.HostError, "renode does not answer 'Die': .*; see "):
            host.keyword("Die")

    def test_should_leave_no_process_and_no_folder(self):
        with self.host() as host:
            folder, process = host._folder.name, host._process
            self.assertTrue(os.path.isdir(folder))
        self.assertIsNotNone(process.poll())
        self.assertFalse(os.path.exists(folder))

    def test_should_tell_the_time_on_the_cpu_and_not_that_on_the_wall(self):
        with self.host() as host:
            before = host.cpu_seconds()
            host.keyword("Burn", 0.2)
            burnt = host.cpu_seconds() - before
            self.assertGreaterEqual(burnt, 0.2)
            self.assertLess(burnt, 0.4)


class ChoiceTests(unittest.TestCase):
    def test_should_take_renode_if_it_is_there(self):
        with mock.patch("renodes.first", return_value="a Renode"):
            self.assertEqual([hosts.choose(x) for x in (None, "renode", "standalone")], ["renode", "renode", "standalone"])
        with mock.patch("renodes.first", return_value=None):
            self.assertEqual([hosts.choose(x) for x in (None, "standalone")], ["standalone", "standalone"])
            with self.assertRaisesRegex(hosts.HostError, "there is no Renode on this machine"):
                hosts.choose("renode")
        with self.assertRaisesRegex(hosts.HostError, "there is no host 'qemu': say standalone or renode"):
            hosts.choose("qemu")


class GuardTests(unittest.TestCase):
    def run_main(self, body):
        code = f"import sys; sys.path.insert(0, {os.path.join(hosts.ROOT, 'tools')!r}); import hosts, os, signal\ndef main():\n    {body}\nhosts.main_guard(main)"
        return subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, timeout=60)

    def test_should_tell_an_error_in_one_line(self):
        result = self.run_main(r"raise hosts.HostError('this\n  and that')")
        self.assertEqual((result.returncode, result.stderr), (2, "error: this and that\n"))

    def test_should_end_as_main_says_or_as_interrupted(self):
        self.assertEqual(self.run_main("return 1").returncode, 1)
        self.assertEqual(self.run_main("os.kill(os.getpid(), signal.SIGTERM)").returncode, 130)
        self.assertEqual(self.run_main("raise BrokenPipeError").returncode, 141)


if __name__ == "__main__":
    unittest.main()
