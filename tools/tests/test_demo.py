# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""The demo's verdicts, against a host that answers as told."""

import os
import sys
import unittest
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import boards  # noqa: E402
import demo  # noqa: E402

POWER, RESET = demo.POWER_CYCLE, demo.SOFTWARE_RESET


class FakeHost:
    """Answers what the program would print; keeps what it was told."""

    def __init__(self, stored="4096", intact="4096", zeroes="0"):
        self.told = []
        self._answers = {"intact()": [stored, intact], "zeroes()": [zeroes]}
        self._asked = None

    def command(self, text):
        self.told.append(text)

    def keyword(self, name, *args):
        self.told.append(args[0] if args else name)
        if name == "WriteLineToUart" and args[0].startswith('print("=", '):
            self._asked = args[0][len('print("=", '):-1]
        if name == "WaitForLineOnUart" and args[0] == "^= (.*)$":
            return {"Groups": [self._answers[self._asked].pop(0)]}
        return None


class PlayTests(unittest.TestCase):
    def play(self, host, cell=True, bre=True, event=POWER):
        return demo.play(host, boards.find(None), "/image.elf", cell, bre, event)

    def test_should_tell_what_is_left(self):
        for answers, verdict in ((("4096", "4096", "0"), "kept"), (("4096", "3", "20"), "lost"), (("4096", "0", "4096"), "zeroed"),
                                 (("4096", "2048", "9"), "2048 bytes kept"), (("17", "17", "9"), "not stored")):
            self.assertEqual(self.play(FakeHost(*answers)), verdict)

    def test_should_do_what_the_scenario_says(self):
        host = FakeHost()
        self.play(host, cell=False, bre=False)
        for command in (f"include @{boards.find(None).script}", "$bin=@/image.elf", "sysbus.supplies RemoveCoinCell", "unlock(False)", POWER[1]):
            self.assertIn(command, host.told)
        host = FakeHost()
        self.play(host, event=RESET)
        self.assertNotIn("sysbus.supplies RemoveCoinCell", host.told)
        self.assertIn("unlock(True)", host.told)
        self.assertIn("import machine; machine.reset()", host.told)

    def test_should_fail_if_any_scenario_differs(self):
        for seen, status in ((lambda *x: demo.SCENARIOS[next(self.count)][3], 0), (lambda *_: "kept", 1)):
            self.count = iter(range(len(demo.SCENARIOS)))
            with mock.patch.object(demo, "play", seen), mock.patch("hosts.Host"), mock.patch("hosts.choose", return_value="standalone"), \
                    mock.patch.object(boards.Board, "image", return_value="/image.elf"), mock.patch.object(sys, "argv", ["demo"]), mock.patch("builtins.print"):
                self.assertEqual(demo.main(), status)


if __name__ == "__main__":
    unittest.main()
