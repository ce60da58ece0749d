# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""The boards of platforms/boards.json, and the firmware that runs on each."""

import json
import os
import subprocess
import sys

import hosts

PATH = os.path.join(hosts.ROOT, "platforms", "boards.json")
FIRMWARE_DIR = os.path.join(hosts.ROOT, "build", "firmware")


class Board:
    """A board: what boards.json says of it."""

    def __init__(self, name, facts):
        self.name = name
        self.title = facts["title"]
        self.chip = facts["chip"]
        # The peripheral's path in the Monitor.
        self.uart = "sysbus." + facts["uart"]
        # Where the UART comes out.
        self.pins = facts["pins"]
        # Whether `./build.sh firmware` builds MicroPython for it.
        self.is_built = {"built": True, "own": False}[facts["firmware"]]
        # Whether it has a USB connector that leads to the chip, and whether that is a supply, too.
        self.has_usb, self.is_fed_by_usb = {"none": (False, False), "data": (True, False), "supply": (True, True)}[facts["usb"]]
        # Button and LEDs that MicroPython knows.
        self.controls = facts.get("controls", "")

    @property
    def script(self):
        """The include script."""
        return os.path.join(hosts.ROOT, "platforms", self.name + ".resc")

    def image(self, given=None, variant=None):
        """Absolute path of the image to run: the one given, else MicroPython (or its variant, BOARD-VARIANT), which is built first."""
        if given:
            if not os.path.isfile(given):
                raise hosts.HostError(f"firmware '{given}' does not exist")
            return os.path.abspath(given)
        if not self.is_built:
            raise hosts.HostError(f"'./build.sh firmware' builds nothing for {self.name}: name an image of your own")
        # Its steps are no part of what a tool prints.
        name = variant or self.name
        status = subprocess.run([os.path.join(hosts.ROOT, "build.sh"), "firmware", name], stdout=sys.stderr, stdin=subprocess.DEVNULL).returncode
        if status:
            raise hosts.HostError(f"could not build MicroPython for {self.name}: see the lines above")
        return os.path.join(FIRMWARE_DIR, name + ".elf")


def load(path=PATH):
    """The boards by name, in the order of the file, and the name of the default one."""
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        boards = {name: Board(name, facts) for name, facts in content["boards"].items()}
        return boards, boards[content["default_board"]].name
    except (KeyError, ValueError) as e:
        raise hosts.HostError(f"{os.path.relpath(path)} is wrong: {type(e).__name__} {e}") from None


def find(name):
    """The board of that name; None stands for the default one."""
    boards, default = load()
    board = boards.get(name or default)
    if not board:
        raise hosts.HostError(f"there is no board '{name}': say one of {', '.join(boards)}")
    return board


def add_option(parser, default=None):
    """Adds --board to a tool's options."""
    boards, usual = load()
    default = default or usual
    parser.add_argument("--board", metavar="NAME", default=default, help=f"one of {', '.join(boards)}; default: {default}")
