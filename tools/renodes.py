# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Which Renodes are on this machine, which versions they are, and whether they can take the plugin.

Run as a program, it prints for build.sh what it has found: a line for each, its fields set apart by tabs."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import zlib

OLDEST = (1, 16, 1)
OLDEST_TEXT = ".".join(str(x) for x in OLDEST)
WHERE = f"take {OLDEST_TEXT} or later from renode.io or github.com/renode/renode/releases"
VERSION_TIMEOUT_S = 60
BINARIES = ("output/bin/Release", "bin", "")
NONE_HERE = "there is no Renode on this machine: set RENODE_DIR to its root or put 'renode' on PATH"
PLACES = "name the root of a built tree or of an unpacked package"


class HostError(Exception):
    """One line: what is wrong and what to do."""


class Renode:
    """A Renode: where it is and what it says of itself."""

    def __init__(self, root, command):
        self.root = root
        self.command = command
        self._version_lines = None
        # Both are made longer if another Renode has the same.
        self.name = _folder_name(root)
        self._detail = ()

    @property
    def version(self):
        """What it says, as '1.16.1', or None if it says nothing that looks like it."""
        match = re.search(r"\bv?(\d+\.\d+\.\d+)", self._says())
        return match.group(1) if match else None

    @property
    def commit(self):
        """The commit that it was built from, if it or its source tree tells."""
        build = re.search(r"^\s*build:\s*(.*)$", self._says(), re.MULTILINE)
        for word in re.findall(r"(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])", build.group(1) if build else ""):
            # Eight digits are a date.
            if re.search("[a-f]", word):
                return word[:8]
        if os.path.exists(os.path.join(self.root, ".git")):
            try:
                seen = subprocess.run(["git", "-C", self.root, "rev-parse", "--short=8", "HEAD"], capture_output=True, text=True, timeout=VERSION_TIMEOUT_S)
            except (OSError, subprocess.TimeoutExpired):
                return None
            return seen.stdout.strip() or None
        return None

    @property
    def label(self):
        """What users read: 'renode 1.16.1 (06854d4d)'."""
        details = ", ".join(x for x in (self.commit, *self._detail) if x)
        return f"renode {self.version or 'of unknown version'}" + (f" ({details})" if details else "")

    @property
    def binaries(self):
        """The folder of its assemblies; None if they are packed into its launcher."""
        for folder in BINARIES:
            path = os.path.join(self.root, folder) if folder else self.root
            if os.path.exists(os.path.join(path, "Infrastructure.dll")):
                return path
        return None

    @property
    def properties(self):
        """What makes dotnet build against it, apart from what is built for others."""
        return [f"-p:RenodeDir={self.root}", f"-p:RenodeBinaries={self.binaries}", f"-p:HostFolder={self.name}"]

    def check(self):
        """Raises HostError if the plugin can't be loaded into it."""
        if self.version and tuple(int(x) for x in self.version.split(".")) < OLDEST:
            raise HostError(f"Renode {self.version} in {self.root} is too old for this plugin: {WHERE}")
        runtime = re.search(r"^\s*runtime:\s*(Mono.*?)\s*$", self._says(), re.MULTILINE)
        if runtime:
            raise HostError(f"Renode {self.version} in {self.root} runs on {runtime.group(1)}, whose compiler is too old for this plugin: "
                              f"{WHERE}, a package with 'dotnet' in its name")

    def _says(self):
        if self._version_lines is None:
            try:
                seen = subprocess.run([self.command, "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                      text=True, errors="replace", timeout=VERSION_TIMEOUT_S)
            except (OSError, subprocess.TimeoutExpired) as e:
                raise HostError(f"{self.command} does not run ({getattr(e, 'strerror', None) or f'no answer within {VERSION_TIMEOUT_S} s'}): {WHERE}") from None
            if seen.returncode != 0:
                self._refuse(seen.stdout, seen.returncode)
            self._version_lines = seen.stdout
        return self._version_lines

    def _refuse(self, output, status):
        lines = [x.strip() for x in output.splitlines() if x.strip()]
        found = next((x for x in lines if re.search("dotnet|mono|framework", x, re.IGNORECASE)), lines[-1] if lines else f"status {status}")
        # Packages with 'portable-dotnet' in their name bring the runtime; built trees and the .deb don't.
        runtime = "install the .NET runtime 8 that it needs, or " if re.search("dotnet|framework", found, re.IGNORECASE) else ""
        raise HostError(f"{self.command} does not run ('{found}'): {runtime}{WHERE}, the portable package with 'dotnet' in its name")


def first():
    """The Renode that commands use which take one: RENODE_DIR's, else the first of RENODE_DIRS, else that on PATH, else None."""
    found = _found("RENODE_DIR", "RENODE_DIRS")
    return found[0] if found else None


def every():
    """The Renodes that tests run on: those of RENODE_DIRS, else of RENODE_DIR, else that on PATH."""
    found = _found("RENODE_DIRS", "RENODE_DIR")
    for renode in found:
        _tell_apart(renode, found)
    return found


def _found(*variables):
    for variable in variables:
        roots = [x for x in os.environ.get(variable, "").split(":") if x.strip()]
        if roots:
            found = {}
            for root in roots:
                found.setdefault(os.path.realpath(root), _in_root(root, variable))
            return list(found.values())
    command = shutil.which("renode")
    if not command:
        return []
    launcher = os.path.realpath(command)
    return [Renode(os.path.dirname(launcher if os.path.basename(launcher) == "renode" else command), command)]


def _in_root(root, variable):
    if not os.path.isdir(root):
        raise HostError(f"{variable}: there is no folder '{root}': {PLACES}")
    for name in ("renode", "bin/renode"):
        path = os.path.join(root, name)
        if os.access(path, os.X_OK) and not os.path.isdir(path):
            return Renode(os.path.abspath(root), os.path.abspath(path))
    raise HostError(f"{variable}: {root} holds no executable 'renode': {PLACES}")


def _folder_name(root):
    folder = re.sub("[^A-Za-z0-9._-]", "-", os.path.basename(os.path.realpath(root)))
    return folder if folder.startswith("renode") else f"renode-{folder}"


def _tell_apart(renode, found):
    others = [x for x in found if x is not renode]
    if any(x.name == renode.name or _folder_name(x.root) == renode.name for x in others):
        renode.name = f"{_folder_name(renode.root)}-{zlib.crc32(os.path.realpath(renode.root).encode()):08x}"
    alike = [x for x in others if (x.version, x.commit) == (renode.version, renode.commit)]
    if alike:
        folder = os.path.basename(renode.root)
        renode._detail = (renode.root if any(os.path.basename(x.root) == folder for x in alike) else folder,)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--properties", action="store_true", help="options for dotnet that build against the first, one a line")
    arguments = parser.parse_args()
    if arguments.properties:
        renode = first()
        if not renode:
            raise HostError(NONE_HERE)
        renode.check()
        if not renode.binaries:
            raise HostError(f"{renode.root} holds no Infrastructure.dll to build against: it takes a built source tree, or a package that is no single file")
        print("\n".join(renode.properties))
        return 0
    for renode in every():
        renode.check()
        print("\t".join((renode.name, renode.root, renode.binaries or "-", renode.label)))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except HostError as e:
        print(f"error: {' '.join(str(e).split())}", file=sys.stderr)
        sys.exit(2)
