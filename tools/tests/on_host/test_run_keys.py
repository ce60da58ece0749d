# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""./build.sh run as a person at a terminal sees it: the REPL, and what Ctrl-] and a letter do to the board. HOST names the host."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
import hosts  # noqa: E402

HOST = os.environ.get("HOST", "standalone")
RUN = os.path.join(hosts.ROOT, "tools", "run.py")
FIRMWARE = os.path.join(hosts.ROOT, "build", "firmware")
BOARD = "black_f407vet6"
TIMEOUT_S = 180
PROMPT = r"(?:^|\n)>>> $"
# PWREN, DBP, BKPSRAMEN, BRE
UNLOCK = ("from machine import mem32; mem32[0x40023840] |= 1 << 28; mem32[0x40007000] |= 1 << 8; mem32[0x40023830] |= 1 << 18; "
          "mem32[0x40007004] |= 1 << 9")
# At 0x08: wfi; b 0x08
ASLEEP = struct.pack("<3I", 0x20001000, 0x08000009, 0xE7FDBF30).ljust(1024, b"\xff")


class Run:
    """run.py in a terminal of its own; standard output may go elsewhere."""

    def __init__(self, add_cleanup, *arguments, firmware=None, stdout=None):
        self._master, self.terminal = os.openpty()
        add_cleanup(os.close, self._master)
        add_cleanup(os.close, self.terminal)
        self.mode = termios.tcgetattr(self.terminal)
        self.text = ""
        self._process = subprocess.Popen(
            [sys.executable, "-B", RUN, firmware or os.path.join(FIRMWARE, f"{BOARD}.elf"), "--host", HOST, *arguments],
            stdin=self.terminal, stdout=stdout or self.terminal, stderr=self.terminal, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(self.terminal, termios.TIOCSCTTY, 0))
        add_cleanup(self._end)

    def press(self, keys):
        os.write(self._master, keys.encode())

    def key(self, letter):
        self.press(f"\x1d{letter}")

    def expect(self, pattern):
        """Waits for it in what the terminal shows, and takes what is before it and itself."""
        deadline = time.monotonic() + TIMEOUT_S
        while not (match := re.search(pattern, self.text, re.MULTILINE)):
            if not select.select([self._master], [], [], max(0, deadline - time.monotonic()))[0]:
                raise AssertionError(f"'{pattern}' did not come, but: {self.text!r}")
            self.text += os.read(self._master, 4096).decode(errors="replace").replace("\r", "")
        self.text = self.text[match.end():]
        return match

    def repl(self, statement):
        """Types a statement, and returns what it prints."""
        self.press(statement + "\r")
        # A long line scrolls and comes back: only its end is sure.
        return self.expect(r"\n((?:(?!>>> ).*\n)*)>>> $").group(1).strip()

    def status(self):
        return self._process.wait(TIMEOUT_S)

    def _end(self):
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        self._process.wait(TIMEOUT_S)


class KeyTests(unittest.TestCase):
    """One board serves them all: a boot takes a while."""

    @classmethod
    def setUpClass(cls):
        cls.terminal = Run(cls.addClassCleanup)
        cls.terminal.expect(r"Ctrl-\] q leaves")
        cls.terminal.expect(PROMPT)

    def setUp(self):
        self.terminal.repl(UNLOCK)

    def act(self, letter, said):
        self.terminal.key(letter)
        return self.terminal.expect(f"^-- {said}$")

    def content(self):
        self.terminal.repl(UNLOCK)
        return self.terminal.repl("print(hex(mem32[0x40024000]))")

    def store(self, word):
        self.terminal.repl(f"mem32[0x40024000] = {word}")

    def boot(self):
        self.terminal.expect("^MicroPython")
        self.terminal.expect(PROMPT)

    def test_should_keep_backup_sram_while_the_plug_is_out(self):
        self.store("0x12345678")
        self.act("p", "plug out: VDD 0.00 V, off; backup SRAM is kept")
        self.act("r", "reset button, in vain: VDD 0.00 V, off")
        self.act("p", "plug in")
        self.boot()
        self.assertEqual(self.content(), "0x12345678")

    def test_should_lose_backup_sram_in_a_power_cycle_without_the_cell(self):
        self.store("0x12345678")
        self.act("b", r"coin cell out: VBAT 3.06 V, 0.00 V without VDD \(does not hold the backup domain\)")
        self.act("c", "plug out and, a second later, in; backup SRAM is lost: no supply on VBAT")
        self.boot()
        self.act("b", r"coin cell in: VBAT 3.06 V, 2.76 V without VDD \(holds the backup domain\)")
        self.assertNotEqual(self.content(), "0x12345678")

    def test_should_keep_backup_sram_while_the_usb_cable_is_out(self):
        self.store("0x1234abcd")
        self.act("u", "USB cable out: VDD 0.00 V, off; backup SRAM is kept")
        self.act("u", "USB cable in")
        self.boot()
        self.assertEqual(self.content(), "0x1234abcd")

    def test_should_press_the_reset_button(self):
        self.store("0x5A5A5A5A")
        self.terminal.repl("here = 1")
        self.act("r", "reset button")
        self.boot()
        self.assertIn("NameError", self.terminal.repl("here"))
        self.assertEqual(self.content(), "0x5a5a5a5a")

    def test_should_show_the_status_and_the_line_that_was_begun(self):
        self.terminal.press("print(6 *")
        self.act("s", "VDD +3.30 V, on")
        self.terminal.expect("^-- After a power cut backup SRAM would be kept$")
        self.terminal.expect(r"^>>> print\(6 \*$")
        self.assertEqual(self.terminal.repl(" 7)"), "42")

    def test_should_run_lines_of_the_monitor_beside_the_repl(self):
        self.terminal.key("m")
        self.terminal.expect(rf"^\({BOARD}\) $")
        self.terminal.press("bkpsram Poxe\x7f\x7fke 0 0x11223344\r")
        self.terminal.expect(r"^>>> $")
        self.assertEqual(self.content(), "0x11223344")
        self.terminal.key("m")
        self.terminal.press("bkpsram Dump 0 16\r")
        self.terminal.expect("^-- 000  44 33 22 11 ")
        # The last line again.
        self.terminal.key("m")
        self.terminal.press("\x1b[A\r")
        self.terminal.expect("^-- 000  44 33 22 11 ")

    def test_should_tell_in_one_line_why_a_command_failed_and_go_on(self):
        for line, said in (("supplies Vdd 9", r"error: Vdd = 9 is out of range: give 0 to 3\.6"), ("nonsense", "error: No such command or device: nonsense"),
                           ("supplies PowerCycle abc", r"error: Parameters did not match the signature.*PowerCycle ?\(Double.*"),
                           ("$x='a", "error: Could not tokenize here: .*'a"), ('echo """a', r'error: a text block .* does not fit into a line.*')):
            self.terminal.key("m")
            self.terminal.press(line + "\r")
            shown = self.terminal.expect(r"^((?:-- .*\n)+)>>> $").group(1)
            self.assertRegex(shown, rf"^-- {said}\n$")
        self.assertEqual(self.terminal.repl("print(6 * 7)"), "42")

    def test_should_go_back_from_a_line_that_is_empty_or_left(self):
        for end in ("\r", "supplies PowerOff\x03", "supplies PowerOff\x1d"):
            self.terminal.key("m")
            self.terminal.expect(rf"^\({BOARD}\) $")
            self.terminal.press(end)
            self.terminal.expect("^>>> $")
        self.assertEqual(self.terminal.repl("print(6 * 7)"), "42")

    def test_should_list_all_keys_and_refuse_others(self):
        self.act("?", r"Ctrl-\], and then")
        listed = self.terminal.expect(r"((?:.*\n)*)-- What the models log is in ").group(1)
        self.assertEqual(re.findall(r"^--   (\S+)  ", listed, re.MULTILINE), ["p", "c", "r", "b", "u", "s", "m", "q", "?", "Ctrl-]"])
        self.act("x", r"Ctrl-\] x is no key: Ctrl-\] \? lists them")

    def test_should_send_the_key_itself_to_the_board(self):
        self.terminal.press("import sys; print(ord(sys.stdin.read(1)))\r")
        self.terminal.expect(r"\)\n")
        self.terminal.press("\x1d\x1d")
        self.terminal.expect("^29$")
        self.terminal.expect(PROMPT)


class UsbTests(unittest.TestCase):
    """An image with its REPL on USB."""

    def test_should_find_the_repl_and_pull_the_cable(self):
        terminal = Run(self.addCleanup, "--board", "pyboard11", firmware=os.path.join(FIRMWARE, "pyboard11-USB.elf"))
        terminal.expect(PROMPT)
        self.assertEqual(terminal.repl("import pyb; print(pyb.have_cdc(), pyb.repl_uart())"), "True None")
        terminal.repl("here = 1")
        terminal.key("u")
        terminal.expect("^-- USB cable out: VDD 0.00 V, off; backup SRAM is lost.*$")
        terminal.key("u")
        terminal.expect("^-- USB cable in$")
        terminal.expect(PROMPT)
        self.assertIn("NameError", terminal.repl("here"))

    def test_should_put_it_on_a_pty(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "repl")
        terminal = Run(self.addCleanup, "--board", "pyboard11", "--pty", path, firmware=os.path.join(FIRMWARE, "pyboard11-USB.elf"))
        terminal.expect("The REPL of pyboard11 on .*, by USB, is at .*; Ctrl-C ends")
        repl = os.open(path, os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, repl)
        os.write(repl, b"print(6 * 7)\r")
        text = b""
        while b"\r\n42\r\n" not in text:
            self.assertTrue(select.select([repl], [], [], TIMEOUT_S)[0], text)
            text += os.read(repl, 4096)
        terminal.press("\x03")
        self.assertEqual(terminal.status(), 130)


class EndTests(unittest.TestCase):
    def image(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "asleep.bin")
        with open(path, "wb") as file:
            file.write(ASLEEP)
        return path

    def test_should_leave_and_give_the_terminal_back(self):
        terminal = Run(self.addCleanup, firmware=self.image())
        terminal.expect(r"Ctrl-\] q leaves")
        terminal.key("s")
        terminal.expect("^-- VDD ")
        self.assertNotEqual(termios.tcgetattr(terminal.terminal), terminal.mode)
        terminal.key("q")
        self.assertEqual(terminal.status(), 0)
        self.assertEqual(termios.tcgetattr(terminal.terminal), terminal.mode)

    def test_should_leave_by_the_monitors_quit_even_after_a_failure(self):
        terminal = Run(self.addCleanup, firmware=self.image())
        terminal.expect(r"Ctrl-\] q leaves")
        terminal.key("m")
        terminal.press("nonsense\r")
        terminal.expect("^-- error: No such command")
        terminal.key("m")
        terminal.press("quit\r")
        self.assertEqual(terminal.status(), 0)

    def test_should_say_that_a_board_takes_no_cell(self):
        terminal = Run(self.addCleanup, "--board", "stm32f4discovery", firmware=self.image())
        terminal.expect(r"Ctrl-\] q leaves")
        terminal.key("b")
        terminal.expect("^-- error: This board has no coin cell: VBAT is tied to VDD$")
        terminal.key("q")
        self.assertEqual(terminal.status(), 0)

    def test_should_have_the_same_keys_beside_a_pty(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "repl")
        terminal = Run(self.addCleanup, "--pty", path)
        terminal.expect("The REPL of .* is at .*; Ctrl-C ends")
        terminal.expect(r"Ctrl-\] q leaves")
        repl = os.open(path, os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, repl)
        text = b""
        while not text.endswith(b">>> "):
            self.assertTrue(select.select([repl], [], [], TIMEOUT_S)[0], text)
            text += os.read(repl, 4096)
        for key, said in (("p", "plug out: VDD 0.00 V, off; backup SRAM is lost.*"), ("p", "plug in"), ("m", rf"\({BOARD}\) ")):
            terminal.key(key)
            terminal.expect(f"^-- {said}$" if key != "m" else f"^{said}")
        terminal.press("supplies Vdd\n")
        terminal.expect(r"^-- 3\.3$")
        terminal.press("\x03")
        self.assertEqual(terminal.status(), 130)
        self.assertEqual(termios.tcgetattr(terminal.terminal), terminal.mode)

    def test_should_leave_standard_output_to_the_board(self):
        with tempfile.TemporaryFile() as output:
            terminal = Run(self.addCleanup, stdout=output, firmware=self.image())
            terminal.expect(r"Ctrl-\] q leaves")
            terminal.key("c")
            terminal.expect("^-- plug out and, a second later, in")
            terminal.key("q")
            self.assertEqual(terminal.status(), 0)
            output.seek(0)
            self.assertEqual(output.read(), b"")

    def test_should_take_no_keys_from_a_pipe(self):
        seen = subprocess.run([sys.executable, "-B", RUN, os.path.join(FIRMWARE, f"{BOARD}.elf"), "--host", HOST], input="print(1)\n\x1dq\nprint(6 * 7)\n",
                              capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        self.assertEqual(seen.returncode, 0, seen.stderr)
        self.assertRegex(seen.stdout, r"(?s)\n1\n.*\n42\n")
        # A host that starts slowly may have told of its silence: neither keys nor acts.
        self.assertNotRegex(seen.stderr, "(?m)Ctrl-|^-- ")

    def test_should_tell_in_one_line_why_the_host_refused_to_start(self):
        path = self.image()
        with open(path, "wb") as file:
            file.write(b"\x7fELF" + bytes(64))
        seen = subprocess.run([sys.executable, "-B", RUN, path, "--host", HOST], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        self.assertEqual(seen.returncode, 2)
        self.assertRegex(seen.stderr, r"^error: [^\n]*(?i:elf)[^\n]*\n$")


if __name__ == "__main__":
    unittest.main()
