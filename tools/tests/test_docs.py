# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Tables of the docs that name tests name tests that are there."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNIT_TESTS = {path.stem: path.read_text() for path in (ROOT / "unit-tests").glob("*/*Tests.cs")}


def named_tests(page):
    """Pairs of suite or class, and test, of a page of docs."""
    text = (ROOT / "docs" / page).read_text()
    robot = re.findall(r"`(\w+\.robot)`: (Should[^|\n]*?) *\|", text)
    return robot + re.findall(r"`(\w+Tests)\.(Should\w+)`", text)


def is_there(suite, test):
    if suite.endswith(".robot"):
        return test in (ROOT / "robot-tests" / suite).read_text().splitlines()
    return f" {test}(" in UNIT_TESTS.get(suite, "")


class DocsTests(unittest.TestCase):
    def test_named_tests_exist(self):
        for page in ("field-reports.md", "fidelity.md"):
            tests = named_tests(page)
            self.assertGreater(len(tests), 10, page)
            for suite, test in tests:
                with self.subTest(page=page, suite=suite, test=test):
                    self.assertTrue(is_there(suite, test), "no such test")

    def test_a_test_that_is_not_there_is_noticed(self):
        self.assertFalse(is_there("boot.robot", "Should Boot To The"))
        self.assertFalse(is_there("STM32F4_PWRTests", "Should"))


if __name__ == "__main__":
    unittest.main()
