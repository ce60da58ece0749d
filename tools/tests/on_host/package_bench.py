# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""What tests of the package on a host share: HOST names the host, RENODE_DIR which Renode."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
import hosts  # noqa: E402
import package  # noqa: E402
import renodes  # noqa: E402
import write_lists  # noqa: E402

HOST = os.environ.get("HOST", "standalone")
FIRMWARE = os.path.join(hosts.ROOT, "build", "firmware", "black_f407vet6.elf")
SYSTEM_PYTHON = "/usr/bin/python3"
TIMEOUT_S = 900


class PackageTest(unittest.TestCase):
    """The package for the host, in a folder whose name has a space in it."""

    @classmethod
    def setUpClass(cls):
        made = tempfile.TemporaryDirectory(prefix="the package ")
        cls.addClassCleanup(made.cleanup)
        cls.archive = os.path.join(made.name, f"{package.NAME}-{write_lists.version()}.tar.gz")
        cls.renode = renodes.first() if HOST == "renode" else None
        package.make(cls.archive, package.compiled([cls.renode], tell=lambda _: None) if cls.renode else {})

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="a folder ")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def unpack(self):
        subprocess.run(["tar", "xzf", self.archive, "-C", self.folder], check=True)
        return os.path.join(self.folder, os.path.basename(self.archive)[:-len(".tar.gz")])

    def host(self):
        return hosts.Host(HOST, os.path.join(self.folder, "host.log"))

    def run_robot(self, suite, *options):
        """Runs a suite as build.sh does; a failure tells its output."""
        self.check(subprocess.run([SYSTEM_PYTHON, "-B", os.path.join(hosts.ROOT, "tools", "run_robot.py"), suite, "--host", HOST, "--output", os.path.join(self.folder, "out"), *options],
                                  capture_output=True, text=True, timeout=TIMEOUT_S, check=False))

    def check(self, seen):
        self.assertEqual(seen.returncode, 0, seen.stdout + seen.stderr)
        return seen.stdout


def path(text):
    """As the Monitor takes it."""
    return "@" + text.replace(" ", "\\ ")


def blocks(kind):
    with open(os.path.join(hosts.ROOT, "docs", "ci.md"), encoding="utf-8") as file:
        return re.findall(rf"^```{kind}\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)


def commands():
    """Shell commands of the files, each once."""
    return list(dict.fromkeys(x.strip() for block in blocks("yaml") for x in re.findall(r"^ +- (?:run: )?((?:mkdir|tar|make|curl|pip|python3|PATH=|renode/).*)$", block, re.MULTILINE)))


class CiTest(PackageTest):
    """The suite of docs/ci.md, with the package unpacked as the files there do it."""

    def setUp(self):
        super().setUp()
        os.makedirs(os.path.join(self.folder, "tests"))
        shutil.copy(self.archive, self.folder)
        unpack = [x for x in commands() if "renode-bkpsram" in x]
        self.assertEqual(len(unpack), 1, unpack)
        subprocess.run(["bash", "-ec", unpack[0]], cwd=self.folder, check=True)
        suite, = blocks("robot")
        self.suite = os.path.join(self.folder, "tests", "power.robot")
        with open(self.suite, "w", encoding="utf-8") as file:
            file.write(suite)
        shutil.copy(FIRMWARE, os.path.join(self.folder, "tests", "firmware.elf"))
