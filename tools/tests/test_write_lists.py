# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""What is made from lists is as it would be made now, and faults of the lists are found."""

import os
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import hosts  # noqa: E402
import write_lists  # noqa: E402


class RepositoryTests(unittest.TestCase):
    def test_should_be_up_to_date(self):
        self.assertEqual(write_lists.outdated(), [], "run './build.sh lists'")


class ListsTests(unittest.TestCase):
    """On a copy of what the lists are about."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        for name in ("platforms", "firmware-fixtures/boards"):
            shutil.copytree(os.path.join(hosts.ROOT, name), self.path(name))
        for name in ("README.md", "firmware-fixtures/README.md"):
            shutil.copy(os.path.join(hosts.ROOT, name), self.path(name))
        for name in ("peripherals/b/B.cs", "peripherals/a/A.cs", "peripherals/a/obj/Generated.cs", "peripherals/a/notes.txt", "peripherals/usb/usbip/U.cs", "campaign/C.cs"):
            self.write(name, "")
        self.write("VERSION", "1.20.3\n")

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def replace(self, name, old, new):
        text = self.read(name)
        self.assertIn(old, text)
        self.write(name, text.replace(old, new))

    def assert_refused(self, message):
        with self.assertRaisesRegex(hosts.HostError, message):
            write_lists.make(self.root)

    def test_should_include_the_sources_and_no_others_in_one_line(self):
        self.assertIn("\ninclude $ORIGIN/../../peripherals/a/A.cs $ORIGIN/../../peripherals/b/B.cs $ORIGIN/../../peripherals/common/PluginVersion.cs\n",
                      write_lists.make(self.root)["platforms/load/models.resc"])
        self.assertIn("\ninclude $ORIGIN/../../campaign/C.cs\n", write_lists.make(self.root)["platforms/load/campaigns.resc"])
        self.assertIn("\ninclude $ORIGIN/../../peripherals/usb/usbip/U.cs\n", write_lists.make(self.root)["platforms/load/usbip.resc"])

    def test_should_see_what_is_out_of_date(self):
        made = ["peripherals/common/PluginVersion.cs", "platforms/load/campaigns.resc", "platforms/load/models.resc", "platforms/load/usbip.resc"]
        self.assertEqual(sorted(write_lists.outdated(self.root)), made)
        self.replace("platforms/boards.json", "Pyboard 1.1", "Pyboard 1.2")
        self.assertEqual(sorted(write_lists.outdated(self.root)), ["README.md", *made, "platforms/pyboard11.resc"])

    def test_should_tell_the_version_in_the_source(self):
        self.assertIn('const string Text = "1.20.3";', write_lists.make(self.root)["peripherals/common/PluginVersion.cs"])

    def test_should_refuse_a_version_that_is_none(self):
        for text in ("1.20\n", "v1.20.3\n", "1.2.3", "1.2.3\n1.2.4\n", ""):
            self.write("VERSION", text)
            self.assert_refused("(?s)VERSION holds '.*': write three numbers with points between them, as 0.1.0")

    def test_should_write_a_board_without_an_image_of_ours(self):
        script = write_lists.make(self.root)["platforms/nucleo_f446re.resc"]
        self.assertIn("$uart=sysbus.usart2\n", script)
        self.assertNotIn("$bin?=", script)
        self.assertIn("$bin?=$ORIGIN/../build/firmware/pyboard11.elf\n", write_lists.make(self.root)["platforms/pyboard11.resc"])

    def test_should_take_wiring_and_clocks_from_the_platform(self):
        self.replace("platforms/boards/pyboard11.repl", "hseFrequency: 12000000", "hseFrequency: 12500000\n    lseFrequency: 0")
        self.replace("platforms/boards/pyboard11.repl", "OpenOrCell", "TiedToVdd")
        files = write_lists.make(self.root)
        self.assertRegex(files["firmware-fixtures/README.md"], r"\| `pyboard11` .* LSI, no crystal fitted \| 12.5 MHz \|")
        self.assertRegex(files["README.md"], r"`pyboard11` .* tied to VDD: no battery")

    def test_should_refuse_a_platform_that_is_no_board(self):
        self.write("platforms/boards/mine.repl", "")
        self.assert_refused("platforms/boards/mine.repl .*: the board is not in the list")

    def test_should_refuse_a_board_without_a_platform(self):
        os.unlink(self.path("platforms/boards/nucleo_f446re.repl"))
        self.assert_refused("platforms/boards/nucleo_f446re.repl .*: the file is not there")

    def test_should_refuse_firmware_that_the_list_does_not_tell_of(self):
        shutil.copytree(self.path("firmware-fixtures/boards/pyboard11"), self.path("firmware-fixtures/boards/nucleo_f446re"))
        self.assert_refused("boards/nucleo_f446re/mpconfigboard.mk .*: the board is not in the list")

    def test_should_refuse_a_script_that_belongs_to_no_board(self):
        self.write("platforms/old.resc", "")
        self.assert_refused("platforms/old.resc belongs to no board")

    def test_should_refuse_a_page_without_a_place_for_its_table(self):
        self.replace("README.md", "<!-- end of boards -->", "")
        self.assert_refused("README.md has 0 places")


if __name__ == "__main__":
    unittest.main()
