# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""The runner of Robot suites, with Robot Framework and a host that only say what they were asked."""

import os
import sys
import tempfile
import types
import unittest
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import hosts  # noqa: E402
import run_robot  # noqa: E402


class RunRobotTests(unittest.TestCase):
    def run_main(self, *arguments, passed=3, failed=0, status=0):
        totals = types.SimpleNamespace(passed=passed, failed=failed, skipped=1)
        result = types.SimpleNamespace(statistics=types.SimpleNamespace(total=totals))
        robot = types.ModuleType("robot")
        robot.run = mock.Mock(return_value=status)
        robot.api = types.ModuleType("robot.api")
        robot.api.ExecutionResult = lambda _: result
        with tempfile.TemporaryDirectory() as folder, mock.patch.dict(sys.modules, {"robot": robot, "robot.api": robot.api}), mock.patch("hosts.Host") as host, \
                mock.patch("hosts.choose", lambda x: x), mock.patch.object(sys, "argv", ["robot", "--host", "standalone", "--output", folder, *arguments]), \
                mock.patch("builtins.print") as printed:
            host.return_value.__enter__.return_value.port = 1234
            status = run_robot.main()
        return status, robot.run.call_args, printed.call_args.args[0]

    def test_should_run_all_suites_with_the_port_of_the_host(self):
        status, call, printed = self.run_main()
        self.assertEqual(status, 0)
        self.assertEqual(printed, "robot-result 3 0 1")
        self.assertEqual(call.args, (os.path.join(hosts.ROOT, "robot-tests"),))
        self.assertEqual(call.kwargs["variable"], ["HOST:standalone", "DEFAULT_CONSOLE:uart", "PORT_NUMBER:1234"])

    def test_should_fail_if_a_test_does_or_none_has_run(self):
        self.assertEqual(self.run_main(failed=1)[0], 1)
        self.assertEqual(self.run_main(passed=0)[0], 1)

    def test_should_hand_on_what_is_asked_for(self):
        suite = os.path.join(hosts.ROOT, "robot-tests", "boot.robot")
        _, call, _ = self.run_main(suite, "--test", "A*", "--firmware", "/images")
        self.assertEqual((call.args, call.kwargs["test"]), ((suite,), ["A*"]))
        self.assertIn("FIRMWARE_DIR:/images", call.kwargs["variable"])

    def test_should_say_in_one_line_that_no_test_has_that_name(self):
        with self.assertRaisesRegex(hosts.HostError, "Robot ran no test: what it says is above"):
            self.run_main("--test", "Nothing*", status=252)

    def test_should_refuse_a_suite_that_is_not_there(self):
        with self.assertRaisesRegex(hosts.HostError, "there is no suite 'no.robot'"):
            self.run_main("no.robot")


if __name__ == "__main__":
    unittest.main()
