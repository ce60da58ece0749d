# For Renode alone; other hosts pass over it.
# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# The Monitor's Python (2.7) runs this when an include script of the plugin begins. It says so if this Renode is too old, and takes the
# models compiled if the package has them for this Renode, which starts in half of the time; else the source is compiled.

import re
import clr
import System
from Antmicro.Renode.Core import EmulationManager
from Antmicro.Renode.Exceptions import RecoverableException
from Antmicro.Renode.Utilities import TypeManager

BKPSRAM_OLDEST = "1.16.1"
BKPSRAM_WHERE = "take %s or later from renode.io or github.com/renode/renode/releases" % BKPSRAM_OLDEST
# Metadata tokens of a member of another assembly.
BKPSRAM_MEMBER_REFERENCE = 0x0A000000


def bkpsram_version():
    """This Renode's version, as '1.16.1', and all that it says of itself."""
    said = EmulationManager.Instance.VersionString
    found = re.search(r"version (\d+\.\d+\.\d+)", said)
    return found.group(1) if found else None, said


def bkpsram_check():
    """Says in one line what a Renode that can't take the plugin lacks."""
    version, said = bkpsram_version()
    if System.Type.GetType("Mono.Runtime"):
        raise RecoverableException("This Renode (%s) runs on Mono, whose compiler is too old for renode-bkpsram: %s, a package with 'dotnet' in its name"
                                   % (said, BKPSRAM_WHERE))
    if version and [int(x) for x in version.split(".")] < [int(x) for x in BKPSRAM_OLDEST.split(".")]:
        raise RecoverableException("This Renode (%s) is too old for renode-bkpsram: %s" % (said, BKPSRAM_WHERE))


def bkpsram_fingerprint(root):
    """SHA-256 of the sources: assemblies stand for these and no others."""
    clr.AddReference("System.Security.Cryptography")
    stream = System.IO.MemoryStream()
    for folder in ("peripherals", "campaign"):
        files = System.IO.Directory.GetFiles(System.IO.Path.Combine(root, folder), "*.cs", System.IO.SearchOption.AllDirectories)
        for path in sorted(files, key=lambda x: x.replace("\\", "/")):
            content = System.IO.File.ReadAllBytes(path)
            stream.Write(content, 0, content.Length)
    return System.BitConverter.ToString(System.Security.Cryptography.SHA256.Create().ComputeHash(stream.ToArray())).replace("-", "").lower()


def bkpsram_fits(paths):
    """Whether all that the assemblies call is there in this Renode. They are only looked at: another may fit better."""
    clr.AddReference("System.Runtime.Loader")
    from System.Runtime.Loader import AssemblyLoadContext
    context = AssemblyLoadContext("renode-bkpsram", True)
    try:
        for path in paths:
            assembly = context.LoadFromAssemblyPath(path)
            # A type whose interface has changed does not load.
            assembly.GetTypes()
            module = assembly.ManifestModule
            token = BKPSRAM_MEMBER_REFERENCE
            while True:
                token += 1
                try:
                    module.ResolveMember(token)
                except System.ArgumentOutOfRangeException:
                    # That was the last.
                    break
                except (System.ArgumentException, System.BadImageFormatException):
                    # It depends on a type parameter, which is known only where it is called.
                    continue
        return True
    except (System.TypeLoadException, System.MissingMemberException, System.IO.IOException, System.BadImageFormatException,
            System.Reflection.ReflectionTypeLoadException):
        return False
    finally:
        context.Unload()


def bkpsram_candidates(root):
    """Assemblies for this version of Renode: whether they were made with this very one, which come first, and their folder."""
    folder = System.IO.Path.Combine(root, "assemblies")
    if not System.IO.Directory.Exists(folder):
        return []
    version, _ = bkpsram_version()
    here = str(clr.GetClrType(EmulationManager).Assembly.ManifestModule.ModuleVersionId)
    fitting = []
    for path in sorted(System.IO.Directory.GetDirectories(folder)):
        facts = dict(x.split("=", 1) for x in System.IO.File.ReadAllLines(System.IO.Path.Combine(path, "made.txt")))
        if facts["renode"] == version and facts["sources"] == bkpsram_fingerprint(root):
            fitting.append((facts["module"] != here, path))
    return [(not is_other, path) for is_other, path in sorted(fitting)]


def bkpsram_load():
    """Takes assemblies if some fit; what was loaded once stays, as the Monitor can't take a class twice."""
    if TypeManager.Instance.TryGetTypeByName("Antmicro.Renode.Peripherals.Chip.PluginVersion"):
        return
    # The only place that tells where this file is.
    root = System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(bkpsram_load.__code__.co_filename), "..", ".."))
    for is_made_with_this, folder in bkpsram_candidates(root):
        paths = [System.IO.Path.Combine(folder, x) for x in ("Peripherals.dll", "Campaigns.dll")]
        if is_made_with_this or bkpsram_fits(paths):
            for path in paths:
                System.Reflection.Assembly.LoadFrom(path)
                TypeManager.Instance.ScanFile(path)
            global bkpsram_loaded
            bkpsram_loaded = root
            return


try:
    bkpsram_loaded
except NameError:
    bkpsram_loaded = None
bkpsram_check()
bkpsram_load()
if bkpsram_loaded:
    for bkpsram_name in ("models", "campaigns", "usbip"):
        self.Parse("$bkpsram_%s=@%s" % (bkpsram_name, System.IO.Path.Combine(bkpsram_loaded, "platforms", "load", "compiled.resc").replace(" ", "\\ ")))
