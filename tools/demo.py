# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""The demo: MicroPython stores in backup SRAM, something happens, it boots again - what is left, and why?"""

import argparse
import os
import sys
import time

import boards
import hosts

BANNER = 'Type "help()" for more information.'
PROGRAM = os.path.join(hosts.ROOT, "firmware-fixtures/programs/backup_sram.py")
BOOT_TIMEOUT_S = 60
WORD_TIMEOUT_S = 10

POWER_CYCLE = ("power off for 10 s", "sysbus.supplies PowerCycle 10")
RESET_PIN = ("reset pin", "sysbus.supplies PressReset")
SOFTWARE_RESET = ("machine.reset()", None)

# cell, BRE, what happens, what silicon keeps, why
SCENARIOS = (
    (True, True, POWER_CYCLE, "kept", "VBAT feeds the SRAM through the backup regulator"),
    (False, True, POWER_CYCLE, "lost", "no cell: VBAT dies with VDD"),
    (True, False, POWER_CYCLE, "lost", "BRE clear: the regulator is off, VBAT does not reach the SRAM"),
    (False, False, POWER_CYCLE, "lost", "neither cell nor regulator"),
    (True, True, RESET_PIN, "kept", "VDD stays: a reset does not touch it"),
    (False, False, RESET_PIN, "kept", "VDD stays: a reset does not touch it"),
    (False, False, SOFTWARE_RESET, "kept", "VDD stays: a reset does not touch it"),
)


class Board:
    """MicroPython on a simulated board, as somebody at its REPL sees it."""

    def __init__(self, host, board, firmware):
        self._host = host
        host.keyword("ResetEmulation")
        host.command("emulation SetSeed 1")
        host.command("emulation SetGlobalAdvanceImmediately true")
        host.command(f"$bin=@{firmware}")
        host.command(f"include @{board.script}")
        host.keyword("CreateTerminalTester", board.uart, f"timeout={WORD_TIMEOUT_S}", "defaultPauseEmulation=true")

    def start(self):
        self._host.keyword("StartEmulation")
        self.wait_for_boot()

    def wait_for_boot(self):
        self._host.keyword("WaitForLineOnUart", BANNER, f"timeout={BOOT_TIMEOUT_S}")
        self._prompt()
        self._define_helpers()

    def command(self, text):
        self._host.command(text)

    def type(self, statement):
        self._host.keyword("WriteLineToUart", statement)

    def run(self, statement):
        self.type(statement)
        self._prompt()

    def ask(self, expression):
        self.type(f'print("=", {expression})')
        found = self._host.keyword("WaitForLineOnUart", "^= (.*)$", "treatAsRegex=true")
        return found["Groups"][0]

    def _define_helpers(self):
        self._host.keyword("SendKeyToUart", "5")
        self._host.keyword("WaitForLineOnUart", "paste mode")
        with open(PROGRAM, encoding="ascii") as program:
            lines = [line.rstrip() for line in program if line.strip() and not line.startswith("#")]
        # The UART delivers it at its baud rate.
        self._host.keyword("WriteToUart", "\r".join(lines) + "\r")
        self._host.keyword("SendKeyToUart", "4")
        self._prompt()

    def _prompt(self):
        self._host.keyword("WaitForPromptOnUart", "^>>> $", f"timeout={BOOT_TIMEOUT_S}", "treatAsRegex=true")


def play(host, kind, firmware, cell, bre, event):
    """Plays one scenario; returns what was seen."""
    board = Board(host, kind, firmware)
    if not cell:
        board.command("sysbus.supplies RemoveCoinCell")
    board.start()
    board.run(f"unlock({bre})")
    board.run("fill()")
    if board.ask("intact()") != "4096":
        return "not stored"
    what, command = event
    if command:
        board.command(command)
    else:
        board.type("import machine; machine.reset()")
    board.wait_for_boot()
    board.run("unlock(False)")
    intact, zeroes = int(board.ask("intact()")), int(board.ask("zeroes()"))
    if intact == 4096:
        return "kept"
    if intact <= 8:
        return "lost" if zeroes < 100 else "zeroed"
    return f"{intact} bytes kept"


def main():
    parser = argparse.ArgumentParser(prog="build.sh demo", description=__doc__)
    parser.add_argument("--host", help="standalone or renode; default: Renode if it is there")
    parser.add_argument("--firmware", help="MicroPython image; default: the one built for the board")
    arguments = parser.parse_args()
    host_name = hosts.choose(arguments.host)
    board = boards.find(None)
    firmware = board.image(arguments.firmware)
    os.makedirs(os.path.join(hosts.ROOT, "build"), exist_ok=True)

    print(f"MicroPython on the {board.title}, simulated by {'Renode' if host_name == 'renode' else 'the standalone host'}.")
    print("It fills the 4096 bytes of backup SRAM, then:")
    print()
    layout = "{:<5} {:<4} {:<19} {:<9} {:<9} {}"
    print(layout.format("cell", "BRE", "what happens", "expected", "seen", "why"))
    print(layout.format("----", "---", "------------------", "--------", "--------", "---"))
    wrong = 0
    begin = time.monotonic()
    with hosts.Host(host_name, os.path.join(hosts.ROOT, "build", f"demo-{host_name}.log")) as host:
        for cell, bre, event, expected, why in SCENARIOS:
            seen = play(host, board, firmware, cell, bre, event)
            wrong += seen != expected
            mark = "" if seen == expected else "   <-- differs"
            print(layout.format("yes" if cell else "no", "set" if bre else "-", event[0], expected, seen, why + mark), flush=True)
    print()
    agree = len(SCENARIOS) - wrong
    print(f"{agree} of {len(SCENARIOS)} scenarios as on silicon, in {time.monotonic() - begin:.0f} s.")
    return 1 if wrong else 0


if __name__ == "__main__":
    hosts.main_guard(main)
