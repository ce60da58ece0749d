# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Suites run under Renode's own renode-test: that of docs/ci.md, and those of this project."""

import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "on_host"))
from package_bench import SYSTEM_PYTHON, TIMEOUT_S, CiTest, hosts  # noqa: E402

NEEDS = "import robot, psutil, yaml"


class RenodeTestTests(CiTest):
    def test_should_pass_under_renode_test(self):
        self.run_renode_test("tests/power.robot")

    def test_suites_of_this_project_should_pass_under_renode_test(self):
        self.run_renode_test("-f", "Should Tell Its Version", os.path.join(hosts.ROOT, "robot-tests", "boot.robot"))

    def run_renode_test(self, *arguments):
        program = os.path.join(self.renode.root, "renode-test")
        if not os.access(program, os.X_OK):
            self.skipTest(f"{self.renode.root} holds no renode-test")
        if subprocess.run([SYSTEM_PYTHON, "-c", NEEDS], capture_output=True, check=False).returncode != 0:
            self.skipTest("renode-test needs Robot Framework, psutil and PyYAML: install python3-psutil and python3-yaml")
        # It runs whatever python3 comes first.
        folder = os.path.join(self.folder, "bin")
        os.makedirs(folder)
        os.symlink(SYSTEM_PYTHON, os.path.join(folder, "python3"))
        told = self.check(subprocess.run([program, "-r", "results", *arguments], cwd=self.folder, env=dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}"),
                                         capture_output=True, text=True, timeout=TIMEOUT_S, check=False))
        self.assertIn("Tests finished successfully", told)
        self.assertTrue(os.path.exists(os.path.join(self.folder, "results", "log.html")))


if __name__ == "__main__":
    unittest.main()
