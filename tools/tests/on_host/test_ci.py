# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""What docs/ci.md shows works as it stands there."""

import os
import re
import unittest

from package_bench import CiTest, blocks, hosts, write_lists

try:
    import yaml
except ImportError:
    yaml = None


class FileTests(unittest.TestCase):
    @unittest.skipIf(yaml is None, "PyYAML (python3-yaml) is not here to parse the files of docs/ci.md")
    def test_should_be_workflows_with_steps(self):
        action, by_hand, gitlab = (yaml.safe_load(x) for x in blocks("yaml"))
        for workflow in (action, by_hand):
            # YAML 1.1 reads 'on' as a truth.
            self.assertEqual(workflow[True], ["push", "pull_request"])
            steps = workflow["jobs"]["power"]["steps"]
            self.assertTrue(all({"uses", "run"} & set(x) for x in steps), steps)
        self.assertEqual(action["jobs"]["power"]["steps"][-1]["with"], {"renode-revision": "v1.16.1", "tests-to-run": "tests/power.robot"})
        self.assertTrue(all(isinstance(x, str) for x in gitlab["power"]["script"]))
        self.assertEqual(gitlab["power"]["artifacts"]["paths"], ["results"])

    def test_should_name_the_package_of_this_version(self):
        for page in ("README.md", "docs/ci.md"):
            with open(os.path.join(hosts.ROOT, page), encoding="utf-8") as file:
                self.assertEqual(set(re.findall(r"renode-bkpsram-(\d+\.\d+\.\d+)", file.read())), {write_lists.version()}, page)


class SuiteTests(CiTest):
    def test_should_pass_as_it_stands_there(self):
        self.run_robot(self.suite)

    def test_should_fail_if_the_firmware_does_not_start(self):
        # A vector table without a stack and without code.
        with open(os.path.join(self.folder, "tests", "firmware.bin"), "wb") as file:
            file.write(bytes(1024))
        with open(self.suite, encoding="utf-8") as file:
            text = file.read()
        with open(self.suite, "w", encoding="utf-8") as file:
            file.write(text.replace("firmware.elf", "firmware.bin"))
        with self.assertRaisesRegex(AssertionError, "1 test, 0 passed, 1 failed"):
            self.run_robot(self.suite)


if __name__ == "__main__":
    unittest.main()
