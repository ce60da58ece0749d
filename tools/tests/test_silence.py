# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""What is said of a board that says nothing."""

import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import run  # noqa: E402
import silence  # noqa: E402

# A core that runs somewhere in flash.
HEALTHY = {
    "sysbus.coreSignals IsLockedUp": False,
    "sysbus ReadDoubleWord 0xe000ed04": 0,
    "sysbus.supplies IsInStandby": False,
    "sysbus.cpu PC": 0x08000100,
    "sysbus ReadDoubleWord 0x40023870": 0,
    "sysbus ReadDoubleWord 0x40023834": 0,
    "sysbus ReadDoubleWord 0xe000ed28": 0x8200,
    "sysbus ReadDoubleWord 0xe000ed2c": 0x40000000,
    "sysbus ReadDoubleWord 0xe000ed38": 0x60000000,
}


class ExplanationTests(unittest.TestCase):
    def explain(self, counts=(10, 20), words=(0, 0), **changes):
        facts, counts = dict(HEALTHY, **changes), list(counts)
        facts.update(zip((f"sysbus ReadWord {facts['sysbus.cpu PC'] + x:#x}" for x in (-2, 0)), words))
        return silence.explain(lambda x: counts.pop(0) if x == "sysbus.cpu ExecutedInstructions" else facts[x], "USART1, PA9/PA10", pause=lambda _: None)

    def test_should_say_that_the_core_runs(self):
        self.assertEqual(self.explain(), ["The core is running, at PC 0x08000100."])

    def test_should_say_that_the_core_sleeps_and_how(self):
        for words, name in (((0xBF30, 0), "WFI"), ((0, 0xBF20), "WFE")):
            self.assertRegex(self.explain((7, 7), words)[0], f"asleep by {name}, at PC 0x08000100, and nothing wakes it")
        self.assertRegex(self.explain((7, 9), (0xBF30, 0))[0], "running, .* sleeps by WFI in between")

    def test_should_not_take_a_core_that_stands_still_for_asleep(self):
        self.assertRegex(self.explain((7, 7))[0], "stands still")

    def test_should_know_an_endless_loop_whether_it_is_counted_or_not(self):
        for counts in ((7, 7), (7, 70)):
            self.assertRegex(self.explain(counts, (0, 0xE7FE))[0], "in an endless loop of one instruction, at PC 0x08000100")

    def test_should_not_read_code_where_there_is_none(self):
        self.assertRegex(self.explain((7, 7), (0xBF30, 0xBF30), **{"sysbus.cpu PC": 0x40000000})[0], "stands still")

    def test_should_say_that_the_core_is_locked_up(self):
        self.assertRegex(self.explain(**{"sysbus.coreSignals IsLockedUp": True})[0], "locked up: .* CFSR 0x00008200, HFSR 0x40000000, BFAR 0x60000000")

    def test_should_name_the_fault_handler(self):
        for number, name in ((3, "HardFault"), (6, "UsageFault")):
            self.assertRegex(self.explain(**{"sysbus ReadDoubleWord 0xe000ed04": number})[0], f"in its {name} handler, at PC 0x08000100")
        self.assertRegex(self.explain(**{"sysbus ReadDoubleWord 0xe000ed04": 15})[0], "running")

    def test_should_say_that_the_chip_is_in_standby(self):
        self.assertRegex(self.explain(**{"sysbus.supplies IsInStandby": True})[0], "in Standby")

    def test_should_say_that_lse_does_not_come(self):
        self.assertRegex(self.explain(**{"sysbus ReadDoubleWord 0x40023870": 1})[1], "switched on LSE")
        self.assertEqual(len(self.explain(**{"sysbus ReadDoubleWord 0x40023870": 3})), 1)

    def test_should_say_that_the_repl_may_be_on_usb(self):
        self.assertRegex(self.explain(**{"sysbus ReadDoubleWord 0x40023834": 0x80})[1], r"switched on USB .* REPL on USART1, PA9/PA10\. 'usb Status'")


class ReplTests(unittest.TestCase):
    def test_should_know_a_prompt_from_what_looks_like_one(self):
        self.assertTrue(run.PROMPT.search(b"1\n>>> ").group(1))
        self.assertIsNone(run.PROMPT.search(b"1\n...     ").group(1))
        self.assertIsNone(run.PROMPT.search(b"x >>> "))

    def test_should_show_lines_as_they_look_after_editing(self):
        shown = []
        transcript = run.Transcript()
        transcript._show = lambda data: shown.append(data)
        transcript.write(b">>> pr\x08rint\r\nhalf")
        transcript.flush()
        self.assertEqual(shown, [b">>> pr\x08rint\n", b"half"])
        edits = [x.lastgroup for x in re.finditer(run.EDITING, b"a\x08\x1b[3D\x1b[K")]
        self.assertEqual(edits, [None, "back", "left", "erase"])


if __name__ == "__main__":
    unittest.main()
