# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""platforms/load/renode.py judges Renodes that are not here: what it asks of them is played."""

import os
import sys
import types
import unittest
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import hosts  # noqa: E402

SCRIPT = os.path.join(hosts.ROOT, "platforms", "load", "renode.py")


class RecoverableException(Exception):
    """Renode's own."""


class ScriptTests(unittest.TestCase):
    def run_script(self, said, mono=False):
        """What it tells the Monitor. The models are loaded already, so that this is all that it has to do."""
        modules = {x: types.ModuleType(x) for x in ("clr", "System", "Antmicro", "Antmicro.Renode", "Antmicro.Renode.Core", "Antmicro.Renode.Exceptions", "Antmicro.Renode.Utilities")}
        modules["System"].Type = types.SimpleNamespace(GetType=lambda name: "a type" if mono and name == "Mono.Runtime" else None)
        modules["Antmicro.Renode.Core"].EmulationManager = types.SimpleNamespace(Instance=types.SimpleNamespace(VersionString=said))
        modules["Antmicro.Renode.Exceptions"].RecoverableException = RecoverableException
        modules["Antmicro.Renode.Utilities"].TypeManager = types.SimpleNamespace(Instance=types.SimpleNamespace(TryGetTypeByName=lambda _: "a type"))
        monitor = mock.Mock()
        with open(SCRIPT, encoding="ascii") as file, mock.patch.dict(sys.modules, modules):
            exec(compile(file.read(), SCRIPT, "exec"), {"self": monitor})
        return monitor.mock_calls

    def test_should_take_the_oldest_and_what_is_newer(self):
        for said in ("Renode, version 1.16.1 (20ad06d9-202602031205)", "Renode, version 1.16.10 (x)", "Renode, version 1.17.0 (x)", "Renode, version 2.0.0 (x)", ""):
            self.assertEqual(self.run_script(said), [])

    def test_should_refuse_what_is_older(self):
        for version in ("1.16.0", "1.15.3", "1.9.9", "0.16.1"):
            with self.assertRaises(RecoverableException) as caught:
                self.run_script(f"Renode, version {version} (x)")
            self.assertEqual(str(caught.exception), f"This Renode (Renode, version {version} (x)) is too old for renode-bkpsram: "
                                                    "take 1.16.1 or later from renode.io or github.com/renode/renode/releases")

    def test_should_refuse_mono(self):
        with self.assertRaisesRegex(RecoverableException, r"^This Renode \(.*\) runs on Mono, whose compiler is too old for renode-bkpsram: "
                                                          r"take 1.16.1 or later from [^\n]*, a package with 'dotnet' in its name$"):
            self.run_script("Renode, version 1.16.1 (x)", mono=True)

    def test_should_name_the_same_release_as_the_tools(self):
        with open(SCRIPT, encoding="ascii") as file:
            self.assertIn(f'BKPSRAM_OLDEST = "{hosts.renodes.OLDEST_TEXT}"', file.read())

    def test_should_be_passed_over_by_other_hosts(self):
        with open(SCRIPT, encoding="ascii") as file:
            self.assertTrue(file.readline().startswith("# For Renode alone;"))


if __name__ == "__main__":
    unittest.main()
