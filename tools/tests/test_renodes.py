# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Renodes are found, named and judged: scripts that say what Renodes say."""

import os
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import hosts  # noqa: E402
import renodes  # noqa: E402

RELEASE = "Renode v1.16.1.12345\n  build: 20ad06d9-202602031205\n  build type: Release\n  runtime: .NET 8.0.23\n"


class RenodeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)
        clean = {x: y for x, y in os.environ.items() if x not in ("RENODE_DIR", "RENODE_DIRS")}
        environment = mock.patch.dict(os.environ, clean, clear=True)
        environment.start()
        self.addCleanup(environment.stop)

    def renode(self, path, says=RELEASE, status=0, launcher="renode"):
        """The root of a Renode that says so when it is asked for its version."""
        root = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(os.path.join(root, launcher)), exist_ok=True)
        with open(os.path.join(root, launcher), "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\n[ "$1" = --version ] || exit 9\ncat <<"END"\n{says}\nEND\nexit {status}\n')
        os.chmod(file.name, 0o755)
        return root

    def find(self, *roots, variable="RENODE_DIRS"):
        os.environ[variable] = ":".join(roots)
        return renodes.every()


class FindingTests(RenodeTest):
    def test_should_find_several_by_either_variable(self):
        roots = [self.renode("a"), self.renode("b", launcher="bin/renode")]
        for variable in ("RENODE_DIRS", "RENODE_DIR"):
            found = self.find(*roots, variable=variable)
            self.assertEqual([x.root for x in found], roots)
            self.assertEqual([x.command for x in found], [f"{roots[0]}/renode", f"{roots[1]}/bin/renode"])
            del os.environ[variable]

    def test_commands_that_take_one_should_take_that_of_renode_dir_or_the_first(self):
        a, b, c = self.renode("a"), self.renode("b"), self.renode("c")
        self.find(a, b)
        self.assertEqual(renodes.first().root, a)
        os.environ["RENODE_DIR"] = f"{c}:{a}"
        self.assertEqual(renodes.first().root, c)
        self.assertEqual(hosts.renode_command(), f"{c}/renode")
        self.assertEqual([x.root for x in renodes.every()], [a, b])

    def test_should_find_the_one_on_the_path_through_a_link(self):
        root = self.renode("renode_1.16.1")
        os.makedirs(os.path.join(self.folder, "bin"))
        for target, expected in ((os.path.join(root, "renode"), root), ("/bin/true", os.path.join(self.folder, "bin"))):
            link = os.path.join(self.folder, "bin", "renode")
            os.symlink(target, link)
            os.environ["PATH"] = os.path.join(self.folder, "bin")
            self.assertEqual([(x.root, x.command) for x in renodes.every()], [(expected, link)])
            os.unlink(link)
        self.assertEqual((renodes.every(), renodes.first()), ([], None))

    def test_should_leave_out_what_is_empty_or_there_already(self):
        a, b = self.renode("a"), self.renode("b")
        os.symlink(a, os.path.join(self.folder, "again"))
        self.assertEqual([x.root for x in self.find("", a, " ", b, a + "/", os.path.join(self.folder, "again"), "")], [a, b])

    def test_should_say_which_folder_is_wrong(self):
        os.makedirs(os.path.join(self.folder, "empty", "renode"))  # a folder of that name is no launcher
        for wrong, text in (("empty", "RENODE_DIRS: .*/empty holds no executable 'renode': name the root of a built tree or of an unpacked package"),
                            ("gone", "RENODE_DIRS: there is no folder '.*/gone'")):
            with self.assertRaisesRegex(hosts.HostError, text):
                self.find(self.renode("a"), os.path.join(self.folder, wrong))

    def test_should_find_the_assemblies_or_tell_that_there_are_none(self):
        renode, = self.find(self.renode("a"))
        self.assertIsNone(renode.binaries)
        for folder in ("", "bin", "output/bin/Release"):
            os.makedirs(os.path.join(renode.root, folder), exist_ok=True)
            with open(os.path.join(renode.root, folder, "Infrastructure.dll"), "w", encoding="ascii"):
                self.assertEqual(renode.binaries, os.path.normpath(os.path.join(renode.root, folder)))
        self.assertEqual(renode.properties, [f"-p:RenodeDir={renode.root}", f"-p:RenodeBinaries={renode.root}/output/bin/Release", "-p:HostFolder=renode-a"])


class NamingTests(RenodeTest):
    def names(self, *roots):
        return [(x.name, x.label) for x in self.find(*roots)]

    def test_should_tell_version_and_commit(self):
        self.assertEqual(self.names(self.renode("renode_1.16.1")), [("renode_1.16.1", "renode 1.16.1 (20ad06d9)")])

    def test_should_find_the_commit_in_whatever_form_it_comes(self):
        for build, commit in (("1.16.1+06854d4d5e6f", "06854d4d"), ("1.16.1+20261128", None), ("20ad06d9-202602031205", "20ad06d9"), ("v1.16.1-local", None)):
            renode, = self.find(self.renode("a", f"Renode v1.16.1\n  build: {build}\n  runtime: .NET 8.0.23\n"))
            self.assertEqual(renode.commit, commit)

    def test_should_ask_the_source_tree_for_the_commit(self):
        root = self.renode("source", "Renode v1.16.1\n")
        git = ["git", "-C", root, "-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run([*git, "init", "-q"], check=True)
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "a"], check=True)
        commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout
        self.assertEqual(self.names(root), [("renode-source", f"renode 1.16.1 ({commit[:8]})")])

    def test_should_tell_apart_those_of_the_same_version(self):
        same = "Renode v1.16.1\n"
        roots = [self.renode("renode-old", same), self.renode("new", same), self.renode("renode-1.17", "Renode v1.17.0\n")]
        self.assertEqual(self.names(*roots), [("renode-old", "renode 1.16.1 (renode-old)"), ("renode-new", "renode 1.16.1 (new)"), ("renode-1.17", "renode 1.17.0")])

    def test_should_tell_apart_those_of_the_same_version_and_folder(self):
        roots = [self.renode("a/renode"), self.renode("b/renode")]
        (name_a, label_a), (name_b, label_b) = self.names(*roots)
        self.assertRegex(name_a, "^renode-[0-9a-f]{8}$")
        self.assertNotEqual(name_a, name_b)
        self.assertEqual([label_a, label_b], [f"renode 1.16.1 (20ad06d9, {x})" for x in roots])
        self.assertEqual(self.names(*reversed(roots)), [(name_b, label_b), (name_a, label_a)])

    def test_should_make_a_name_that_a_file_can_have(self):
        self.assertEqual(self.names(self.renode("my renode & more"))[0][0], "renode-my-renode---more")


class JudgingTests(RenodeTest):
    def refusal(self, says, status=0):
        root = self.renode("it", says, status)
        self.find(root)
        with self.assertRaises(hosts.HostError) as caught:
            hosts.renode_command()
        return str(caught.exception).replace(root, "ROOT")

    def test_should_take_the_oldest_and_what_is_newer(self):
        for version in ("1.16.1", "1.16.2.77", "1.17.0", "2.0.0"):
            renode, = self.find(self.renode("it", f"Renode v{version}\n"))
            renode.check()

    def test_should_take_one_that_tells_no_version(self):
        renode, = self.find(self.renode("it", "Renode, somebody's own\n"))
        renode.check()
        self.assertEqual(renode.label, "renode of unknown version")

    def test_should_say_that_it_is_too_old_and_where_a_newer_one_is(self):
        for version in ("1.16.0", "1.15.3", "1.9.2"):
            self.assertEqual(self.refusal(RELEASE.replace("1.16.1", version)),
                             f"Renode {version} in ROOT is too old for this plugin: take 1.16.1 or later from renode.io or github.com/renode/renode/releases")

    def test_should_say_that_mono_is_too_old(self):
        self.assertEqual(self.refusal(RELEASE.replace(".NET 8.0.23", "Mono 6.12.0")),
                         "Renode 1.16.1 in ROOT runs on Mono 6.12.0, whose compiler is too old for this plugin: "
                         "take 1.16.1 or later from renode.io or github.com/renode/renode/releases, a package with 'dotnet' in its name")

    def test_should_say_that_the_runtime_is_missing(self):
        for says, found in (("/x/renode: line 71: dotnet: command not found", "/x/renode: line 71: dotnet: command not found"),
                            ("You must install or update .NET to run this application.\n\nFramework: 'Microsoft.NETCore.App', version '8.0.0' (x64)\nmore\n",
                             "Framework: 'Microsoft.NETCore.App', version '8.0.0' (x64)")):
            self.assertEqual(self.refusal(says, status=127),
                             f"ROOT/renode does not run ('{found}'): install the .NET runtime 8 that it needs, or "
                             "take 1.16.1 or later from renode.io or github.com/renode/renode/releases, the portable package with 'dotnet' in its name")

    def test_should_say_how_it_fails_otherwise(self):
        self.assertIn("ROOT/renode does not run ('status 3'): take 1.16.1", self.refusal("", status=3))
        self.assertIn("ROOT/renode does not run ('cannot execute: mono'): take 1.16.1", self.refusal("cannot execute: mono\n", status=1))
        root = self.renode("it")
        with open(os.path.join(root, "renode"), "w", encoding="ascii") as file:
            file.write("#!/no/such/interpreter\n")
        with self.assertRaisesRegex(hosts.HostError, r"it/renode does not run \(No such file or directory\): take 1.16.1"):
            hosts.renode_command()

    def test_should_be_refused_before_it_is_started(self):
        self.find(self.renode("it", "Renode v1.15.0\n"))
        log_path = os.path.join(self.folder, "log")
        with self.assertRaisesRegex(hosts.HostError, "is too old for this plugin"):
            hosts.Host("renode", log_path).__enter__()
        self.assertFalse(os.path.exists(log_path))


class ProgramTests(RenodeTest):
    def run_program(self, *arguments):
        seen = subprocess.run([sys.executable, "-B", os.path.join(hosts.ROOT, "tools", "renodes.py"), *arguments], capture_output=True, text=True, timeout=60)
        return seen.returncode, seen.stdout, seen.stderr

    def test_should_print_a_line_for_each(self):
        roots = [self.renode("a"), self.renode("b", "Renode v1.17.0\n")]
        with open(os.path.join(roots[1], "Infrastructure.dll"), "w", encoding="ascii"):
            os.environ["RENODE_DIRS"] = ":".join(roots)
        self.assertEqual(self.run_program(), (0, f"renode-a\t{roots[0]}\t-\trenode 1.16.1 (20ad06d9)\nrenode-b\t{roots[1]}\t{roots[1]}\trenode 1.17.0\n", ""))

    def test_should_refuse_in_one_line(self):
        with mock.patch.dict(os.environ, PATH=self.folder):
            self.assertEqual(self.run_program("--properties"), (2, "", f"error: {renodes.NONE_HERE}\n"))
        os.environ["RENODE_DIR"] = self.renode("old", "Renode v1.14.0\n")
        for arguments in ((), ("--properties",)):
            status, output, error = self.run_program(*arguments)
            self.assertEqual((status, output), (2, ""))
            self.assertRegex(error, r"^error: Renode 1\.14\.0 in .* is too old for this plugin: [^\n]*\n$")

    def test_tests_should_end_with_that_line_before_anything_is_built(self):
        os.environ["RENODE_DIRS"] = self.renode("old", "Renode v1.14.0\n")
        for arguments in (("test", "all"), ("test",)):
            seen = subprocess.run([os.path.join(hosts.ROOT, "build.sh"), *arguments], capture_output=True, text=True, timeout=60)
            self.assertEqual((seen.returncode, seen.stdout), (2, ""))
            self.assertRegex(seen.stderr, r"^error: Renode 1\.14\.0 in .* is too old for this plugin: [^\n]*\n$")

    def test_should_not_build_against_a_single_file(self):
        os.environ["RENODE_DIR"] = self.renode("single")
        status, _, error = self.run_program("--properties")
        self.assertEqual(status, 2)
        self.assertRegex(error, "^error: .*/single holds no Infrastructure.dll to build against: [^\n]*\n$")


if __name__ == "__main__":
    unittest.main()
