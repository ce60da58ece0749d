# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""What is typed into `./build.sh run`, and what Monitors answer. How the keys act on a board is in on_host/test_run_keys.py."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import keys  # noqa: E402
import live  # noqa: E402

STATUS = """\
VDD               3.30 V, on
VBAT              3.06 V, 2.76 V without VDD (holds the backup domain)
After a power cut backup SRAM would be kept"""


class KeyReaderTests(unittest.TestCase):
    def read(self, *pieces):
        reader = keys.KeyReader()
        return [x for piece in pieces for x in reader.read(piece)]

    def lines(self, typed):
        return [value for kind, value in self.read(typed) if kind == "line"]

    def test_should_give_the_board_all_that_does_not_follow_the_key(self):
        self.assertEqual(self.read(b"print(1)\r\x03\x04\xff"), [("board", b"print(1)\r\x03\x04\xff")])

    def test_should_keep_the_order_of_keys_and_text(self):
        self.assertEqual(self.read(b"a\x1dpb\x1d?"), [("board", b"a"), ("key", "p"), ("board", b"b"), ("key", "?")])

    def test_should_know_a_key_that_comes_in_two_pieces(self):
        self.assertEqual(self.read(b"a\x1d", b"q"), [("board", b"a"), ("key", "q")])

    def test_should_send_the_key_itself_when_it_is_pressed_twice(self):
        self.assertEqual(self.read(b"\x1d\x1dp"), [("board", b"\x1dp")])

    def test_should_read_a_line_and_then_go_on_with_the_board(self):
        for end in (b"\r", b"\n"):
            self.assertEqual(self.read(b"\x1dmab" + end + b"x"), [("key", "m"), ("echo", "a"), ("echo", "b"), ("line", "ab"), ("board", b"x")])

    def test_should_edit_the_line(self):
        self.assertEqual(self.lines(b"\x1dmabc\x7f\x08d\r"), ["ad"])
        self.assertEqual(self.lines(b"\x1dmabc\x15d\r"), ["d"])
        self.assertEqual([value for kind, value in self.read(b"\x1dmab\x15") if kind == "echo"], ["a", "b", "\b \b\b \b"])

    def test_should_leave_the_line(self):
        self.assertEqual(self.lines(b"\x1dmabc\x03"), [""])
        self.assertEqual(self.lines(b"\x1dmabc\x1d"), [""])

    def test_should_bring_older_lines_back(self):
        up, down = b"\x1b[A", b"\x1bOB"
        self.assertEqual(self.lines(b"\x1dmone\r\x1dmtwo\r\x1dm" + up + up + b"\r\x1dmnew" + up + down + b"er\r"), ["one", "two", "one", "newer"])

    def test_should_swallow_other_sequences_and_what_the_monitor_can_not_take(self):
        self.assertEqual(self.lines(b"\x1dma\x1b[1;5Cb\x1b[3~c\xc3\xa9\td\r"), ["abcd"])


class ActTests(unittest.TestCase):
    """What is said of an act, and in which order with the act itself."""

    def happen(self, act, **answers):
        events = []

        class Monitor:
            def ask(self, command):
                return answers[command.partition(" ")[2]]

            def run(self, command, _):
                if command == "supplies Status":
                    return STATUS
                events.append(command)
                return ""

        for lines in act(Monitor()):
            events += lines
        return events

    def test_should_say_what_became_of_backup_sram_by_the_state_before(self):
        self.assertEqual(self.happen(keys.toggle_plug, IsPowered=True), ["supplies PowerOff", "plug out: VDD 3.30 V, on; backup SRAM is kept"])

    def test_should_announce_what_lets_the_board_speak(self):
        self.assertEqual(self.happen(keys.toggle_plug, IsPowered=False), ["plug in", "supplies PowerOn"])
        self.assertEqual(self.happen(keys.press_reset, IsPowered=True), ["reset button", "supplies PressReset"])
        self.assertEqual(self.happen(keys.cycle_power, IsPowered=True), ["plug out and, a second later, in; backup SRAM is kept", "supplies PowerCycle 1"])
        self.assertEqual(self.happen(keys.cycle_power, IsPowered=False), ["plug out and, a second later, in: it was out already", "supplies PowerCycle 1"])

    def test_should_turn_the_cell_over(self):
        vbat = "VBAT 3.06 V, 2.76 V without VDD (holds the backup domain)"
        self.assertEqual(self.happen(keys.toggle_cell, CoinCellPresent=True), ["supplies RemoveCoinCell", f"coin cell out: {vbat}"])
        self.assertEqual(self.happen(keys.toggle_cell, CoinCellPresent=False), ["supplies InsertCoinCell", f"coin cell in: {vbat}"])

    def test_should_pull_the_usb_cable_and_put_it_in(self):
        self.assertEqual(self.happen(keys.toggle_usb, IsPlugged=True, IsPowered=False), ["usb Unplug", "USB cable out: VDD 3.30 V, on; backup SRAM is kept"])
        self.assertEqual(self.happen(keys.toggle_usb, IsPlugged=True, IsPowered=True), ["usb Unplug", "USB cable out: VDD 3.30 V, on"])
        self.assertEqual(self.happen(keys.toggle_usb, IsPlugged=False), ["USB cable in", "usb Plug"])

    def test_should_list_every_key_once(self):
        listed = [line.split()[0] for line in keys.help_lines("log")[1:-1]]
        self.assertEqual(listed, [*keys.ACTS, keys.MONITOR, keys.LEAVE, keys.HELP, "Ctrl-]"])
        self.assertEqual(len(set(listed)), len(listed))


class ReplyTests(unittest.TestCase):
    def test_should_read_the_values_that_monitors_print(self):
        for text, group, value in (("0x8047e0c\n", "number", "0x8047e0c"), ("x\nFalse\n", "truth", "False")):
            self.assertEqual(live.VALUE.search(text).group(group), value)
        self.assertIsNone(live.VALUE.search("0x20 is\n"))

    def test_should_find_the_reason_of_a_failure_as_each_host_tells_it(self):
        for text in ("There was an error executing command 'supplies Vdd 9': Vdd = 9 is too much\n",
                     "There was an error executing command 'supplies Vdd 9': \nVdd = 9 is too much\n",
                     "There was an error executing command 'supplies Vdd 9'\nVdd = 9 is too much\n",
                     "There was an error executing command 'include @a': a:3: There was an error executing command 'supplies Vdd 9': Vdd = 9 is too much\n"):
            self.assertEqual(live.parse_reply(text), ([], "Vdd = 9 is too much"))

    def test_should_keep_what_came_before_the_failure(self):
        self.assertEqual(live.parse_reply("3.3\nNo such command or device: x\n"), (["3.3"], "No such command or device: x"))

    def test_should_make_one_line_of_several(self):
        self.assertEqual(live.parse_reply("Could not tokenize here:\n$x='a\n   ^\n"), ([], "Could not tokenize here: $x='a"))
        self.assertEqual(live.parse_reply("\nThe following methods are available:\n - Void PowerCycle (Double s = 1)\n\nUsage:\n sysbus.supplies MethodName\n\n"
                                          "There was an error executing command 'supplies PowerCycle abc': \nParameters did not match the signature\n"),
                         ([], "Parameters did not match the signature: Void PowerCycle (Double s = 1)"))

    def test_should_take_an_answer_as_it_is(self):
        self.assertEqual(live.parse_reply("a  b \n\n c\n\n"), (["a  b", "", " c"], None))
        self.assertEqual(live.parse_reply("\n"), ([], None))

    def test_should_see_at_the_start_what_the_host_refuses(self):
        for text in ("There was an error executing command 'include @a'\nno good\n", "x\nThere was an error executing command 'include @a': \n"
                     "There was an error executing command 'b': no good\n"):
            self.assertEqual(live.STARTED.search(text).group("why"), "no good")
        self.assertIsNone(live.STARTED.search("(monitor) start\nStarting emulation...\n").group("why"))

    def test_should_refuse_lines_that_would_not_arrive_whole(self):
        for line in ("echo '\u00e9'", 'python """', "a\nb"):
            self.assertRaises(live.Refused, live.check_line, line)
        live.check_line('echo """a"""')


if __name__ == "__main__":
    unittest.main()
