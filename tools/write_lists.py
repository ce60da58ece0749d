# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Writes what is made from lists: platforms/*.resc, the tables of boards in the documentation, and the version in the source.

platforms/boards.json says what a board is; the models are the .cs files under peripherals/ and campaign/; VERSION is the version."""

import argparse
import glob
import os
import re

import boards
import hosts

# What uses a part of Renode that the standalone host has not: compiled only when its script is loaded.
RENODE_ONLY = "peripherals/usb/usbip"

# How a board feeds VBAT, by what its platform file says.
WIRINGS = {
    "CoinCellThroughDiodes": "coin cell and 3V3, through a double diode",
    "OpenOrCell": "a pin: open, or your cell",
    "TiedToVdd": "tied to VDD: no battery",
}

PLUGIN = """\
:name: The chip: STM32F4
:description: Loads the plugin's models, so that a .repl can name Chip.STM32F4_PWR and its kin.

$bkpsram_models=$ORIGIN/load/models.resc
# On Renode: is it new enough, and are the models there in compiled form? Then it says so in place of the source.
include $ORIGIN/load/renode.py
include $bkpsram_models
"""

CAMPAIGN = """\
:name: Power-fail campaigns
:description: Loads the verbs of power-fail campaigns, after a board: emulation RunPowerFailCampaign @program.py "options"

$bkpsram_campaigns=$ORIGIN/load/campaigns.resc
include $ORIGIN/load/renode.py
include $bkpsram_campaigns
"""

USBIP = """\
:name: USB/IP
:description: Offers the board's USB device to a real Linux, after a board: on $usbip_port of this machine, as 1-0.

$usbip_port?=3240
$bkpsram_usbip=$ORIGIN/load/usbip.resc
emulation CreateUSBIPServer $usbip_port "usbip"
include $ORIGIN/load/renode.py
include $bkpsram_usbip
machine LoadPlatformDescriptionFromString "usbip: Board.UsbIpDevice @ sysbus { connector: usb }"
sysbus.usbip Serve "usbip"
"""

SOURCE = """\
:name: {title}
:description: Compiles them.

{include}
"""

COMPILED = """\
:name: The plugin, compiled
:description: Takes the place of its source where renode.py has loaded it in compiled form: nothing is left to do.
"""

BOARD = """\
:name: {title}
:description: Runs the firmware in $bin (ELF, Intel HEX, DfuSe or raw binary) on the board; the REPL is on $uart.

include $ORIGIN/plugin.resc

$name?="{name}"
{bin}$uart={uart}

using sysbus
mach create $name
machine LoadPlatformDescription $ORIGIN/boards/{name}.repl
sysbus LoadFirmware $bin
# Renode runs this at a reset. Flash and RAM keep what they hold: nothing has to be loaded again.
macro reset
\"\"\"
\"\"\"
showAnalyzer $uart
"""

VERSION_SOURCE = """\
// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{{
    /// <summary>The version of the plugin. Made from the file VERSION by <c>./build.sh lists</c>.</summary>
    public static class PluginVersion
    {{
        /// <summary>Numbers with points between them, as in the name of the package.</summary>
        public const string Text = "{version}";
    }}
}}
"""
VERSION_PATH = "peripherals/common/PluginVersion.cs"


def version(root=hosts.ROOT):
    """The version of the plugin: the one line of the file VERSION."""
    with open(os.path.join(root, "VERSION"), encoding="utf-8") as file:
        text = file.read()
    if not re.fullmatch(r"\d+\.\d+\.\d+\n", text):
        raise hosts.HostError(f"VERSION holds '{text.strip()}': write three numbers with points between them, as 0.1.0")
    return text.strip()


def sources(root, folder):
    """The C# files under a folder, as paths from the root."""
    found = glob.glob(os.path.join(glob.escape(os.path.join(root, folder)), "**", "*.cs"), recursive=True)
    paths = (os.path.relpath(path, root).replace(os.sep, "/") for path in found)
    return sorted(path for path in paths if not {"bin", "obj"} & set(path.split("/")))


def include(paths):
    """One command, as they are compiled together; the Monitor has no way to go on in the next line."""
    return "include " + " ".join(f"$ORIGIN/../../{path}" for path in paths)


def board_script(board):
    image = f"$bin?=$ORIGIN/../build/firmware/{board.name}.elf\n" if board.is_built else ""
    return BOARD.format(title=board.title, name=board.name, bin=image, uart=board.uart)


def table(header, rows):
    lines = ["| " + " | ".join(cells) + " |" for cells in (header, *rows)]
    lines.insert(1, "|" + "---|" * len(header))
    return "\n".join(lines) + "\n"


class Platform:
    """What a board's platform file says of its wiring."""

    def __init__(self, root, name):
        with open(os.path.join(root, "platforms", "boards", name + ".repl"), encoding="utf-8") as file:
            text = file.read()
        self.vbat = WIRINGS[re.search(r"wiring: BatteryWiring\.(\w+)", text).group(1)]
        self.crystal = f"{int(re.search(r'hseFrequency: ([0-9]+)', text).group(1)) / 1e6:g} MHz"
        self.has_lse = not re.search(r"lseFrequency: 0\b", text)


def boards_table(root, all_boards):
    """For users: which boards there are."""
    return table(["board", "name", "chip, flash", "REPL on", "VBAT", "MicroPython"],
                 [[x.title, f"`{x.name}`", x.chip, f"{_uart_name(x)}, {x.pins}", Platform(root, x.name).vbat,
                   "built here" if x.is_built else "your image"] for x in all_boards])


def firmware_table(root, all_boards):
    """For those who build MicroPython."""
    platforms = {x.name: Platform(root, x.name) for x in all_boards}
    return table(["board", "chip", "REPL, 115200 baud", "RTC clock", "crystal", "switch, LEDs"],
                 [[f"`{x.name}`", x.chip, f"{_uart_name(x)}, {x.pins}", "LSE" if platforms[x.name].has_lse else "LSI, no crystal fitted",
                   platforms[x.name].crystal, x.controls] for x in all_boards if x.is_built])


def _uart_name(board):
    return board.uart.rpartition(".")[2].upper()


def with_table(path, text, made):
    """The text of a page with the table between its marks made anew."""
    marked = r"(<!-- boards: [^\n]* -->\n)(?:\|[^\n]*\n|\n)*(<!-- end of boards -->\n)"
    result, count = re.subn(marked, lambda x: f"{x.group(1)}\n{made}\n{x.group(2)}", text)
    if count != 1:
        raise hosts.HostError(f"{path} has {count} places for the table of boards: there should be one, between its marks")
    return result


def make(root=hosts.ROOT):
    """The files that are made from lists: path from the root, and content."""
    by_name, _ = boards.load(os.path.join(root, "platforms", "boards.json"))
    all_boards = list(by_name.values())
    for folder, ending in (("platforms/boards", ".repl"), ("firmware-fixtures/boards", "/mpconfigboard.mk")):
        found = {re.sub(f"{ending}$", "", path[len(folder) + 1:]) for path in _find(root, folder, "*" + ending)}
        expected = {x.name for x in all_boards if x.is_built or ending == ".repl"}
        for name in sorted(found ^ expected):
            raise hosts.HostError(f"{folder}/{name}{ending} and platforms/boards.json don't go together: "
                                  + ("the board is not in the list" if name in found else "the file is not there"))
    files = {
        VERSION_PATH: VERSION_SOURCE.format(version=version(root)),
        # It may be about to be written for the first time.
        "platforms/load/models.resc": SOURCE.format(title="Models", include=include(sorted({*sources(root, "peripherals"), VERSION_PATH} - {*sources(root, RENODE_ONLY)}))),
        "platforms/load/campaigns.resc": SOURCE.format(title="Campaigns", include=include(sources(root, "campaign"))),
        "platforms/load/usbip.resc": SOURCE.format(title="USB/IP", include=include(sources(root, RENODE_ONLY))),
        "platforms/load/compiled.resc": COMPILED,
        "platforms/plugin.resc": PLUGIN,
        "platforms/campaign.resc": CAMPAIGN,
        "platforms/usbip.resc": USBIP,
    }
    for board in all_boards:
        files[f"platforms/{board.name}.resc"] = board_script(board)
    for path in _find(root, "platforms", "*.resc"):
        if path not in files:
            raise hosts.HostError(f"{path} belongs to no board of platforms/boards.json: delete it, or add the board")
    for path, made in (("README.md", boards_table), ("firmware-fixtures/README.md", firmware_table)):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            files[path] = with_table(path, file.read(), made(root, all_boards))
    return files


def _find(root, folder, pattern):
    return [os.path.relpath(x, root).replace(os.sep, "/") for x in glob.glob(os.path.join(glob.escape(root), folder, pattern))]


def outdated(root=hosts.ROOT):
    """Paths from the root of the files that are not as they would be written."""
    return [path for path, content in make(root).items() if _read(os.path.join(root, path)) != content]


def _read(path):
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return file.read()


def main():
    parser = argparse.ArgumentParser(prog="build.sh lists", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    files = make()
    for path in outdated():
        with open(os.path.join(hosts.ROOT, path), "w", encoding="utf-8") as file:
            file.write(files[path])
        print(f"written: {path}")
    return 0


if __name__ == "__main__":
    hosts.main_guard(main)
