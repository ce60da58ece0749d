# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Unpacked somewhere, the package is enough: a board boots from it with one include, its keywords serve suites of others."""

import os
import unittest

from package_bench import FIRMWARE, PackageTest, path, write_lists

SUITE = """\
*** Settings ***
Resource       {keywords}
Suite Setup    Connect To Host
Test Setup     Reset Emulation

*** Test Cases ***
Should Lose Backup SRAM With The Cell
    Start Board    firmware={firmware}
    Load Backup Program
    Python    unlock()
    Python    fill()
    Execute Command    supplies RemoveCoinCell
    Cycle Power And Unlock
    Python Should Give    intact() < 100    True
"""


class BootTests(PackageTest):
    def load(self, host, root):
        host.command(f"$bin={path(FIRMWARE)}")
        host.command(f"include {path(root)}/platforms/black_f407vet6.resc")

    def test_should_boot_with_one_include(self):
        with self.host() as host:
            self.load(host, self.unpack())
            host.keyword("CreateTerminalTester", "sysbus.usart1", "timeout=30", "defaultPauseEmulation=true")
            host.keyword("StartEmulation")
            host.keyword("WaitForPromptOnUart", ">>> ")
            self.assertEqual(host.command("supplies Version").strip(), write_lists.version())
            host.command(f"include {path(self.unpack())}/platforms/campaign.resc")

    def test_keywords_should_serve_a_suite_outside(self):
        suite = os.path.join(self.folder, "theirs.robot")
        with open(suite, "w", encoding="utf-8") as file:
            file.write(SUITE.format(keywords=os.path.join(self.unpack(), "robot-tests", "keywords.resource"), firmware=FIRMWARE))
        self.run_robot(suite)


if __name__ == "__main__":
    unittest.main()
