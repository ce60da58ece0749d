# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""What is in the package, and that the same sources make the same one. That it works: on_host/, on_renode/."""

import os
import subprocess
import sys
import tarfile
import tempfile
import unittest
import uuid
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import hosts  # noqa: E402
import package  # noqa: E402
import renodes  # noqa: E402
import write_lists  # noqa: E402

MODULE = uuid.UUID("01234567-89ab-cdef-0123-456789abcdef")


def assembly(streams):
    """The part of an assembly that tells its streams: names and contents."""
    version = b"v4.0.30319\0\0"
    headers, data = b"", b""
    begin = 16 + len(version) + 4 + sum(8 + (len(x) + 4) // 4 * 4 for x, _ in streams)
    for name, content in streams:
        headers += (begin + len(data)).to_bytes(4, "little") + len(content).to_bytes(4, "little") + name + bytes((len(name) + 4) // 4 * 4 - len(name))
        data += content
    return b"MZ and more" + b"BSJB\1\0\1\0\0\0\0\0" + len(version).to_bytes(4, "little") + version + b"\0\0" + len(streams).to_bytes(2, "little") + headers + data


class PackageTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(self.folder, "p.tar.gz")

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def test_should_hold_what_users_need_and_nothing_that_only_we_do(self):
        package.make(self.path, {"assemblies/renode-a/Peripherals.dll": b"MZ"})
        with tarfile.open(self.path) as archive:
            names = archive.getnames()
        root = f"renode-bkpsram-{write_lists.version()}/"
        self.assertTrue(all(x.startswith(root) for x in names))
        names = [x[len(root):] for x in names]
        for name in ("README.md", "LICENSE", "CHANGELOG.md", "VERSION", "docs/ci.md", "platforms/black_f407vet6.resc", "platforms/boards.json", "platforms/load/renode.py",
                     "platforms/cpus/stm32f4.repl", "peripherals/power/STM32F4_PWR.cs", "campaign/engine/PowerFailCampaign.cs", "robot-tests/keywords.resource",
                     "micropython/bkpsram/bkpsram.py", "firmware-fixtures/programs/store.py", "assemblies/renode-a/Peripherals.dll"):
            self.assertIn(name, names)
        for part in (".csproj", "/bin/", "/obj/", "__pycache__", "/tests/", ".robot", "unit-tests", "standalone", "tools/", "build.sh", "fake_board"):
            self.assertEqual([x for x in names if part in x], [], part)

    def test_should_hold_every_file_that_its_scripts_load(self):
        content = package.content()
        apart = write_lists.RENODE_ONLY + "/"
        for script, folder in (("models", "peripherals/"), ("campaigns", "campaign/"), ("usbip", apart)):
            with open(os.path.join(hosts.ROOT, "platforms", "load", script + ".resc"), encoding="utf-8") as file:
                included = [x[len("$ORIGIN/../../"):] for x in file.read().split() if x.startswith("$ORIGIN")]
            self.assertEqual(included, [x for x in content if x.startswith(folder) and x.endswith(".cs") and (folder == apart or not x.startswith(apart))])

    def test_should_be_the_same_each_time(self):
        contents = []
        for _ in range(2):
            package.make(self.path, {"b": b"2", "a": b"1"})
            with open(self.path, "rb") as file:
                contents.append(file.read())
        self.assertEqual(contents[0], contents[1])
        with tarfile.open(self.path) as archive:
            entries = archive.getmembers()
        self.assertEqual([x.name for x in entries], sorted(x.name for x in entries))
        self.assertEqual({(x.mtime, x.uid, x.gid, x.uname, x.mode) for x in entries}, {(package.MADE_AT, 0, 0, "", 0o644)})

    def test_should_have_the_time_that_is_asked_for(self):
        with mock.patch.dict(os.environ, SOURCE_DATE_EPOCH="1234567890"):
            package.write(self.path, "1.2.3", {"a": b""})
        with tarfile.open(self.path) as archive:
            self.assertEqual([(x.name, x.mtime) for x in archive.getmembers()], [("renode-bkpsram-1.2.3/a", 1234567890)])

    def test_should_leave_out_what_building_and_testing_leave_behind(self):
        for name in ("peripherals/a/A.cs", "peripherals/obj/G.cs", "peripherals/bin/x.dll", "peripherals/P.csproj", "docs/.swp", "docs/a.md", "README.md",
                     "micropython/bkpsram/__pycache__/b.pyc", "micropython/bkpsram/tests/test_b.py", "micropython/bkpsram/bkpsram.py", "tools/t.py"):
            self.write(name, b"")
        self.assertEqual(package.content(self.folder), ["README.md", "docs/a.md", "micropython/bkpsram/bkpsram.py", "peripherals/a/A.cs"])

    def test_fingerprint_should_follow_every_source(self):
        self.write("peripherals/a.cs", b"a")
        self.write("campaign/b/b.cs", b"b")
        before = package.fingerprint(self.folder)
        self.write("campaign/notes.txt", b"c")
        self.assertEqual(package.fingerprint(self.folder), before)
        self.write("campaign/b/b.cs", b"B")
        self.assertNotEqual(package.fingerprint(self.folder), before)

    def test_should_find_the_module_version(self):
        path = self.write("a.dll", assembly([(b"#~", b"tables" * 9), (b"#Strings", b"\0name\0"), (b"#US", b"\0"), (b"#GUID", MODULE.bytes_le), (b"#Blob", b"\0")]))
        self.assertEqual(package.module_version_id(path), str(MODULE))

    def test_should_say_that_there_is_no_module_version(self):
        for data, text in ((b"text", "is no .NET assembly"), (assembly([(b"#~", b"")]), "tells no module version")):
            with self.assertRaisesRegex(hosts.HostError, text):
                package.module_version_id(self.write("a.dll", data))

    def test_should_compile_for_no_renode_that_it_can_not_build_against(self):
        renode = renodes.Renode("/r", "/r/renode")
        renode._version_lines = "Renode v1.16.1\n"
        told = []
        self.assertEqual(package.compiled([renode], told.append), {})
        self.assertEqual(told, ["   not compiled for renode 1.16.1: /r holds no Infrastructure.dll"])


class ProgramTests(unittest.TestCase):
    def test_should_write_where_it_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "new", "p.tar.gz")
            seen = subprocess.run([sys.executable, "-B", os.path.join(hosts.ROOT, "tools", "package.py"), "--source-alone", "--output", path],
                                  capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual((seen.returncode, seen.stderr), (0, ""))
            self.assertRegex(seen.stdout, rf"p\.tar\.gz: renode-bkpsram {write_lists.version()}, \d+ KB\n$")
            self.assertTrue(tarfile.is_tarfile(path))

    def test_should_refuse_lists_that_are_not_up_to_date(self):
        with mock.patch.object(write_lists, "outdated", return_value=["README.md"]), mock.patch.object(sys, "argv", ["package"]), \
                self.assertRaisesRegex(hosts.HostError, "README.md is not up to date: run './build.sh lists'"):
            package.main()


if __name__ == "__main__":
    unittest.main()
