# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Renode takes the models compiled if they are made for it, else as source; one that is too old says so in one line."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "on_host"))
from package_bench import PackageTest, hosts, path  # noqa: E402


class CompiledTests(PackageTest):
    def setUp(self):
        super().setUp()
        if not self.renode.binaries:
            self.skipTest(f"{self.renode.root} holds no Infrastructure.dll to compile for")

    def loaded_from(self, root):
        """The folder whose assemblies Renode has taken; None if it has compiled the source."""
        with self.host() as host:
            host.command(f"include {path(root)}/platforms/plugin.resc")
            host.command(f"include {path(root)}/platforms/campaign.resc")
            # Again: as the second board of an emulation does.
            host.command(f"include {path(root)}/platforms/plugin.resc")
            host.command("mach create")
            host.command(f"machine LoadPlatformDescription {path(root)}/platforms/boards/pyboard11.repl")
            told = host.command('python "print bkpsram_loaded"').strip()
        return None if told == "None" else told

    def test_should_be_taken_by_the_renode_that_they_are_made_for(self):
        root = self.unpack()
        self.assertEqual(self.loaded_from(root), root)

    def test_should_be_taken_by_another_build_of_that_version_if_all_that_they_call_is_there(self):
        root = self.unpack()
        self.replace_in_facts(root, "module", "another")
        self.assertEqual(self.loaded_from(root), root)

    def test_should_not_stand_for_source_that_somebody_has_changed(self):
        root = self.unpack()
        with open(os.path.join(root, "peripherals", "common", "HexText.cs"), "a", encoding="utf-8") as file:
            file.write("// Mine.\n")
        self.assertIsNone(self.loaded_from(root))

    def test_should_not_be_taken_by_another_version(self):
        root = self.unpack()
        self.replace_in_facts(root, "renode", "1.99.0")
        self.assertIsNone(self.loaded_from(root))

    def test_should_not_be_taken_if_something_that_they_call_is_missing(self):
        root = self.unpack()
        self.replace_in_facts(root, "module", "another")
        assembly = os.path.join(root, "assemblies", self.renode.name, "Peripherals.dll")
        with open(assembly, "rb") as file:
            image = file.read()
        self.assertEqual(image.count(b"\0EmulationManager\0"), 1)
        with open(assembly, "wb") as file:
            file.write(image.replace(b"\0EmulationManager\0", b"\0EmulationManages\0"))
        self.assertIsNone(self.loaded_from(root))

    def replace_in_facts(self, root, name, value):
        facts = os.path.join(root, "assemblies", self.renode.name, "made.txt")
        with open(facts, encoding="utf-8") as file:
            lines = [f"{name}={value}\n" if x.startswith(name + "=") else x for x in file]
        with open(facts, "w", encoding="utf-8") as file:
            file.writelines(lines)


class TooOldTests(PackageTest):
    def test_should_say_in_one_line_that_renode_is_too_old(self):
        root = self.unpack()
        script = os.path.join(root, "platforms", "load", "renode.py")
        with open(script, encoding="utf-8") as file:
            text = file.read()
        self.assertIn('"1.16.1"', text)
        with open(script, "w", encoding="utf-8") as file:
            file.write(text.replace('"1.16.1"', '"99.0.0"'))
        with self.host() as host, self.assertRaises(hosts.HostError) as caught:
            host.command(f"include {path(root)}/platforms/black_f407vet6.resc")
        self.assertRegex(str(caught.exception), r"This Renode \(Renode, version [\d.]+ \([^\n]*\)\) is too old for renode-bkpsram: "
                                                r"take 99\.0\.0 or later from renode\.io or github\.com/renode/renode/releases$")


if __name__ == "__main__":
    unittest.main()
