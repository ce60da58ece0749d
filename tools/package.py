# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Makes the package that users unpack: models and campaigns as source, and compiled for each Renode that is there, platforms, Robot
keywords, the MicroPython module, documentation. The same sources make the same package, byte by byte.

RENODE_DIRS (or RENODE_DIR) names the Renodes to compile for; without any the package has the source alone, which every Renode takes."""

import argparse
import gzip
import hashlib
import io
import os
import re
import shutil
import subprocess
import tarfile
import uuid

import hosts
import renodes
import write_lists

NAME = "renode-bkpsram"
# Folders and files from the root, and what is left out of them.
CONTENT = (
    "CHANGELOG.md", "LICENSE", "README.md", "VERSION",
    "campaign", "docs", "firmware-fixtures/programs", "micropython/bkpsram", "peripherals", "platforms", "robot-tests/keywords.resource",
)
LEFT_OUT = re.compile(r"(^|/)(bin|obj|__pycache__)/|\.(csproj|pyc)$|^micropython/bkpsram/tests/|(^|/)\.")
ASSEMBLIES = ("Peripherals.dll", "Campaigns.dll")
# Of all files, unless SOURCE_DATE_EPOCH says otherwise: the first second of 2026.
MADE_AT = 1767225600


def content(root=hosts.ROOT):
    """Paths from the root of the files in the package, in order."""
    found = set()
    for start in CONTENT:
        path = os.path.join(root, start)
        if os.path.isfile(path):
            found.add(start)
        for folder, _, names in os.walk(path):
            found.update(os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/") for name in names)
    return sorted(x for x in found if not LEFT_OUT.search(x))


def fingerprint(root=hosts.ROOT):
    """SHA-256 of the sources that assemblies are made from, as platforms/load/renode.py computes it."""
    digest = hashlib.sha256()
    for folder in ("peripherals", "campaign"):
        for path in write_lists.sources(root, folder):
            with open(os.path.join(root, path), "rb") as file:
                digest.update(file.read())
    return digest.hexdigest()


def module_version_id(path):
    """What tells one build of a .NET assembly from any other: the first GUID of its metadata (ECMA-335, II.24.2)."""
    with open(path, "rb") as file:
        image = file.read()
    root = image.find(b"BSJB")
    if root < 0:
        raise hosts.HostError(f"{path} is no .NET assembly")
    position = root + 16 + int.from_bytes(image[root + 12:root + 16], "little")
    streams = int.from_bytes(image[position + 2:position + 4], "little")
    position += 4
    for _ in range(streams):
        offset = int.from_bytes(image[position:position + 4], "little")
        name = image[position + 8:image.index(b"\0", position + 8)]
        if name == b"#GUID":
            return str(uuid.UUID(bytes_le=image[root + offset:root + offset + 16]))
        # The name is filled up to four bytes.
        position += 8 + (len(name) + 4) // 4 * 4
    raise hosts.HostError(f"{path} tells no module version")


def compile_for(renode):
    """Assemblies for a Renode: names and contents."""
    folder = os.path.join(hosts.ROOT, "build", "dotnet", "package", renode.name)
    command = ["dotnet", "build", os.path.join(hosts.ROOT, "campaign"), "-c", "Release", "--nologo", "-v", "quiet",
               f"-p:RenodeDir={renode.root}", f"-p:RenodeBinaries={renode.binaries}", f"-p:HostFolder=package/{renode.name}",
               "-p:DebugType=none", "-p:Deterministic=true", f"-p:PathMap={hosts.ROOT}=/{NAME}"]
    seen = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if seen.returncode != 0:
        errors = [x.strip() for x in seen.stdout.splitlines() if ": error " in x] or seen.stdout.splitlines()[-1:]
        raise hosts.HostError(f"it does not compile for {renode.label}: {errors[0] if errors else f'dotnet ended with status {seen.returncode}'}")
    files = {}
    for name in ASSEMBLIES:
        with open(os.path.join(folder, "bin", "Campaigns", "release", name), "rb") as file:
            files[name] = file.read()
    facts = {"renode": renode.version, "module": module_version_id(os.path.join(renode.binaries, "Infrastructure.dll")), "sources": fingerprint()}
    files["made.txt"] = "".join(f"{x}={y}\n" for x, y in facts.items()).encode()
    return files


def compiled(found, tell=print):
    """What the package has compiled: paths within it, and contents."""
    files = {}
    for renode in found:
        renode.check()
        if not renode.binaries or not renode.version:
            tell(f"   not compiled for {renode.label}: " + ("it tells no version" if renode.binaries else f"{renode.root} holds no Infrastructure.dll"))
            continue
        tell(f"   compiled for {renode.label}")
        files.update({f"assemblies/{renode.name}/{name}": data for name, data in compile_for(renode).items()})
    return files


def write(path, version, files):
    """The archive: in order, with one owner and one time."""
    made_at = int(os.environ.get("SOURCE_DATE_EPOCH") or MADE_AT)
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            entry = tarfile.TarInfo(f"{NAME}-{version}/{name}")
            entry.size, entry.mtime, entry.mode = len(files[name]), made_at, 0o644
            archive.addfile(entry, io.BytesIO(files[name]))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file, gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
        packed.write(data.getvalue())


def make(path, extra):
    """Writes the package: all that is in the repository for users, and what is made besides."""
    files = dict(extra)
    for name in content():
        with open(os.path.join(hosts.ROOT, name), "rb") as file:
            files[name] = file.read()
    write(path, write_lists.version(), files)


def main():
    version = write_lists.version()
    parser = argparse.ArgumentParser(prog="build.sh package", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", metavar="FILE", default=os.path.join(hosts.ROOT, "build", f"{NAME}-{version}.tar.gz"),
                        help="default build/NAME-VERSION.tar.gz")
    parser.add_argument("--source-alone", action="store_true", help="compile for no Renode")
    arguments = parser.parse_args()
    stale = write_lists.outdated()
    if stale:
        raise hosts.HostError(f"{stale[0]} is not up to date: run './build.sh lists'")
    found = [] if arguments.source_alone else renodes.every()
    if found and not shutil.which("dotnet"):
        raise hosts.HostError("the .NET SDK is missing: install it, or say --source-alone")
    path = os.path.abspath(arguments.output)
    make(path, compiled(found))
    print(f"{os.path.relpath(path)}: {NAME} {version}, {os.path.getsize(path) // 1024} KB")
    return 0


if __name__ == "__main__":
    hosts.main_guard(main)
