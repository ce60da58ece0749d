# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""The list of boards."""

import argparse
import json
import os
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import boards  # noqa: E402
import hosts  # noqa: E402

FACTS = {"title": "A board", "chip": "STM32F407VG, 1 MB", "uart": "usart3", "pins": "PB10/PB11", "usb": "data", "firmware": "own"}


def written(content):
    file = tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8")
    file.write(content if isinstance(content, str) else json.dumps(content))
    file.flush()
    return file


class BoardsTests(unittest.TestCase):
    def test_should_find_a_board_by_its_name_and_the_default_one(self):
        self.assertEqual(boards.find("stm32f4discovery").uart, "sysbus.usart2")
        self.assertEqual(boards.find(None).name, boards.load()[1])

    def test_should_name_all_boards_if_there_is_no_such(self):
        with self.assertRaisesRegex(hosts.HostError, "there is no board 'bluepill': say one of black_f407vet6, .*, stm32f469disc"):
            boards.find("bluepill")

    def test_should_have_the_scripts_and_platforms_of_all_boards(self):
        for board in boards.load()[0].values():
            self.assertTrue(os.path.isfile(board.script), board.script)

    def test_should_say_what_is_wrong_with_the_list(self):
        for content, wrong in (({"boards": {}, "default_board": "x"}, "KeyError 'x'"),
                               ({"boards": {"x": dict(FACTS, firmware="maybe")}, "default_board": "x"}, "KeyError 'maybe'"),
                               ({"boards": {"x": {}}, "default_board": "x"}, "KeyError 'title'"),
                               ("{", "JSONDecodeError")):
            with self.subTest(wrong), written(content) as file, self.assertRaisesRegex(hosts.HostError, f"json is wrong: {wrong}"):
                boards.load(file.name)

    def test_should_offer_all_boards_as_an_option(self):
        parser = argparse.ArgumentParser()
        boards.add_option(parser)
        self.assertEqual(parser.parse_args([]).board, boards.load()[1])
        self.assertEqual(parser.parse_args(["--board", "pyboard11"]).board, "pyboard11")
        self.assertIn("nucleo_f446re", parser.format_help())


class ImageTests(unittest.TestCase):
    def setUp(self):
        self.board = boards.Board("x", dict(FACTS, firmware="built"))

    def test_should_take_the_image_that_is_given(self):
        with tempfile.NamedTemporaryFile() as image:
            self.assertEqual(self.board.image(os.path.relpath(image.name)), image.name)

    def test_should_refuse_an_image_that_is_not_there(self):
        with self.assertRaisesRegex(hosts.HostError, "firmware '/no/such.elf' does not exist"):
            self.board.image("/no/such.elf")

    def test_should_ask_for_an_image_where_none_is_built(self):
        with self.assertRaisesRegex(hosts.HostError, "builds nothing for x: name an image"):
            boards.Board("x", FACTS).image()

    def test_should_build_micropython_and_name_the_image(self):
        with mock.patch("subprocess.run", return_value=mock.Mock(returncode=0)) as run:
            self.assertEqual(self.board.image(), os.path.join(boards.FIRMWARE_DIR, "x.elf"))
        self.assertEqual(run.call_args.args[0][1:], ["firmware", "x"])

    def test_should_not_go_on_without_an_image(self):
        with mock.patch("subprocess.run", return_value=mock.Mock(returncode=2)), self.assertRaisesRegex(hosts.HostError, "could not build MicroPython for x"):
            self.board.image()


if __name__ == "__main__":
    unittest.main()
