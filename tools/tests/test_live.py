# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""A console that may be on UART or on USB, with pseudo-terminals for the board."""

import os
import select
import sys
import tty
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import live  # noqa: E402


class ConsoleTests(unittest.TestCase):
    def setUp(self):
        self.board = {}
        ours = {}
        for name in ("uart", "usb"):
            self.board[name], ours[name] = os.openpty()
            tty.setraw(ours[name])
            self.addCleanup(os.close, self.board[name])
        self.is_usb_open = False
        self.ours = ours
        self.console = live.Console(ours, lambda: self.is_usb_open)
        self.addCleanup(self.console.close)

    def heard(self, name):
        return os.read(self.board[name], 100) if select.select([self.board[name]], [], [], 0)[0] else b""

    def test_should_be_where_the_firmware_speaks_first(self):
        for name in ("usb", "uart"):
            os.write(self.board[name], name.encode())
            select.select([self.console], [], [], 5)
            if name == "usb":
                self.assertEqual(self.console.read(), b"usb")
        self.assertFalse(select.select([self.console], [], [], 0)[0])
        self.assertEqual((self.console.name, self.console.read()), ("usb", b""))
        self.console.write(b"x")
        self.assertEqual((self.heard("usb"), self.heard("uart")), (b"x", b""))

    def test_should_be_on_uart_until_somebody_speaks(self):
        self.console.write(b"x")
        self.assertEqual((self.heard("usb"), self.heard("uart")), (b"", b"x"))

    def test_should_ask_for_a_prompt_once_the_port_is_open(self):
        self.console.nudge()
        self.assertEqual(self.heard("usb"), b"")
        self.is_usb_open = True
        self.console.nudge()
        self.console.nudge()
        self.assertEqual((self.heard("usb"), self.heard("uart")), (b"\r", b""))

    def test_should_find_the_first_without_reading(self):
        os.write(self.board["usb"], b">>> ")
        self.assertEqual(self.console.await_first(5), "usb")
        self.assertEqual(self.console.read(), b">>> ")

    def test_should_give_up(self):
        self.assertIsNone(self.console.await_first(0.01))

    def test_should_wait_for_the_first_word_of_the_only_one(self):
        self.is_usb_open = True
        console = live.Console({"usb": os.dup(self.ours["usb"])}, lambda: self.is_usb_open)
        self.addCleanup(console.close)
        self.assertIsNone(console.await_first(0.01))
        self.assertEqual((console.name, self.heard("usb")), ("usb", b"\r"))
        os.write(self.board["usb"], b">>> ")
        self.assertEqual(console.await_first(5), "usb")


if __name__ == "__main__":
    unittest.main()
