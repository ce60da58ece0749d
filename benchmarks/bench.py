# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""What the models cost: each figure beside that of the same platform without them, in turn on the same host."""

import argparse
import json
import os
import platform as machine
import re
import shutil
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools"))
import boards  # noqa: E402
import hosts  # noqa: E402

WORK = os.path.join(hosts.ROOT, "build", "bench")
PROMPT = "^>>> $"

# Fifteen word accesses and a branch, for ever, after PWREN, DBP and BKPSRAMEN were set.
ACCESSES_OF_LOOP, INSTRUCTIONS_OF_LOOP = 15, 16
UNLOCK = [0x20001000, 0x00000009, 0xF04F480E, 0x60015180, 0xF44F4A0D, 0x60114182, 0x11A0F44F]
STORES = [0x1C10F840, 0x60194B0A, 0x60996059, 0x611960D9, 0x61996159, 0x621961D9, 0x62996259, 0x631962D9, 0x63996359, 0x0000E7EF]
LOADS = [0x1C10F840, 0x68194B0A, 0x68996859, 0x691968D9, 0x69996959, 0x6A1969D9, 0x6A996A59, 0x6B196AD9, 0x6B996B59, 0x0000E7EF]
ADDRESSES = [0x40023840, 0x40007000, 0x40024000]
WRITE_WORDS = UNLOCK + STORES + ADDRESSES
READ_WORDS = UNLOCK + LOADS + ADDRESSES
# The same without DBP: each access goes to the model.
READ_PROTECTED_WORDS = [0x60114180 if word == 0x60114182 else word for word in READ_WORDS]

COMPUTE = ("def f():", " n = 0", " for i in range(1 << 28):", "  n = (n * 31 + i) & 0xFFFF", " return n", "")

GOALS = {"renode": {"write": 0.95, "read": 0.98}}


def make_platforms():
    """Copies of the platforms: as they are, with plain memory for backup SRAM (twice, for the noise), and without clock gates."""
    shutil.rmtree(WORK, ignore_errors=True)
    for variant, change in (("models", lambda text: text), ("plain", with_plain_memory), ("again", with_plain_memory), ("ungated", without_gates)):
        folder = os.path.join(WORK, variant)
        shutil.copytree(os.path.join(hosts.ROOT, "platforms"), os.path.join(folder, "platforms"))
        os.symlink(os.path.join(hosts.ROOT, "peripherals"), os.path.join(folder, "peripherals"))
        for path in (os.path.join(folder, "platforms", "cpus", name) for name in os.listdir(os.path.join(folder, "platforms", "cpus"))):
            with open(path, encoding="utf-8") as repl:
                text = repl.read()
            with open(path, "w", encoding="utf-8") as repl:
                repl.write(change(text))


def with_plain_memory(text):
    text = re.sub(r"(?ms)^bkpsram: .*?(?=^\S|\Z)", "bkpsram: Memory.MappedMemory @ sysbus 0x40024000\n    size: 0x1000\n", text)
    return text.replace("    backupSram: bkpsram\n", "")


def without_gates(text):
    # The power controller and backup SRAM handle their gates themselves, and stay shut without.
    return re.sub(r";\n +rcc RegistrationPeripheralAlias\.(?!PWR\b|BKPSRAM\b|WWDG\b)\w+", "", text)


class Bench:
    def __init__(self, host, board, firmware, seconds, rounds):
        self._host = host
        self._board = board
        self._firmware = firmware
        self._seconds = seconds
        self._rounds = rounds

    def access_rates(self, words, variants, seconds):
        """Million accesses a second of host time, the median of the rounds, by variant."""
        rates = {variant: [] for variant in variants}
        for _ in range(self._rounds):
            for variant in variants:
                self._load_line(variant)
                for i, word in enumerate(words):
                    self._host.command(f"sysbus WriteDoubleWord {0x08000000 + 4 * i:#x} {word:#x}")
                self._host.command("sysbus.cpu VectorTableOffset 0x08000000")
                instructions, wall = self._run(seconds)
                rates[variant].append(instructions * ACCESSES_OF_LOOP / INSTRUCTIONS_OF_LOOP / wall / 1e6)
        return {variant: statistics.median(values) for variant, values in rates.items()}

    def boots_and_computes(self, variants):
        """Seconds to the prompt, and million instructions a second of a computing program, by variant."""
        prompts = {variant: [] for variant in variants}
        rates = {variant: [] for variant in variants}
        for _ in range(self._rounds):
            for variant in variants:
                self._load_board(variant)
                begin = time.monotonic()
                self._host.keyword("StartEmulation")
                self._prompt()
                prompts[variant].append(time.monotonic() - begin)
                self._host.keyword("SendKeyToUart", "5")
                self._host.keyword("WaitForLineOnUart", "paste mode")
                self._host.keyword("WriteToUart", "\r".join(COMPUTE) + "\r")
                self._host.keyword("SendKeyToUart", "4")
                self._prompt()
                self._host.keyword("WriteLineToUart", "f()")
                self._host.command("pause")
                instructions, wall = self._run(self._seconds)
                rates[variant].append(instructions / wall / 1e6)
        return ({variant: statistics.median(values) for variant, values in prompts.items()},
                {variant: statistics.median(values) for variant, values in rates.items()})

    def _run(self, seconds):
        # Translation comes first: it belongs to neither.
        self._host.command('emulation RunFor "0.02"')
        before = self._instructions()
        begin = time.monotonic()
        self._host.command(f'emulation RunFor "{seconds}"')
        wall = time.monotonic() - begin
        return self._instructions() - before, wall

    def _instructions(self):
        return int(self._host.command("sysbus.cpu ExecutedInstructions").strip(), 0)

    def _load_line(self, variant):
        self._host.keyword("ResetEmulation")
        # Otherwise Renode waits for the wall clock.
        self._host.command("emulation SetGlobalAdvanceImmediately true")
        self._host.command(f"include @{WORK}/{variant}/platforms/plugin.resc")
        self._host.command("using sysbus")
        self._host.command('mach create "bench"')
        self._host.command(f"machine LoadPlatformDescription @{WORK}/{variant}/platforms/cpus/stm32f407_417.repl")

    def _load_board(self, variant):
        self._host.keyword("ResetEmulation")
        self._host.command("emulation SetSeed 1")
        self._host.command("emulation SetGlobalAdvanceImmediately true")
        self._host.command(f"$bin=@{self._firmware}")
        self._host.command(f"include @{WORK}/{variant}/platforms/{self._board.name}.resc")
        self._host.keyword("CreateTerminalTester", self._board.uart, "timeout=60", "defaultPauseEmulation=true")

    def _prompt(self):
        self._host.keyword("WaitForPromptOnUart", PROMPT, "timeout=60", "treatAsRegex=true")


def measure(bench, host, seconds):
    """One row a measurement: name, value, reference, ratio; a ratio of 1 costs nothing."""
    rows = []

    def row(name, unit, value, reference, ratio, goal=None):
        rows.append({"name": name, "unit": unit, "value": round(value, 3), "reference": round(reference, 3), "ratio": round(ratio, 3), "goal": goal})
        print(f"{name:<52} {value:>10.2f} {reference:>10.2f} {unit:<10} {ratio:>7.3f}" + (f"   goal {goal}" if goal else ""), flush=True)

    print(f"{'':<52} {'models':>10} {'without':>10} {'':<10} {'ratio':>7}")
    goals = GOALS.get(host, {})
    for name, words in (("write", WRITE_WORDS), ("read", READ_WORDS)):
        rates = bench.access_rates(words, ("models", "plain"), seconds)
        row(f"word {name}s of backup SRAM, plain memory beside it", "M/s", rates["models"], rates["plain"], rates["models"] / rates["plain"], goals.get(name))
    rates = bench.access_rates(READ_WORDS, ("again", "plain"), seconds)
    row("word reads of plain memory against itself: the noise", "M/s", rates["again"], rates["plain"], rates["again"] / rates["plain"])
    rates = bench.access_rates(READ_PROTECTED_WORDS, ("models", "plain"), seconds / 20)
    row("word reads while it is write-protected (I/O)", "M/s", rates["models"], rates["plain"], rates["models"] / rates["plain"])
    prompts, rates = bench.boots_and_computes(("models", "ungated"))
    row("MicroPython computing, no clock gates beside it", "M instr/s", rates["models"], rates["ungated"], rates["models"] / rates["ungated"])
    row("start to MicroPython's prompt, no clock gates beside it", "s", prompts["models"], prompts["ungated"], prompts["ungated"] / prompts["models"])
    return rows


def main():
    parser = argparse.ArgumentParser(prog="build.sh bench", description=__doc__)
    parser.add_argument("host", nargs="?", help="standalone or renode; default: Renode if it is there")
    parser.add_argument("--seconds", type=float, default=2, help="virtual seconds of each run (default 2)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each figure, of which the median counts (default 3)")
    parser.add_argument("--firmware", help="MicroPython image; default: the one built for the board")
    parser.add_argument("--output", default=os.path.join(hosts.ROOT, "build", "bench.json"), help="default build/bench.json")
    arguments = parser.parse_args()
    if not 0.1 <= arguments.seconds <= 100 or not 1 <= arguments.rounds <= 100:
        raise hosts.HostError("--seconds has to be 0.1 to 100, --rounds 1 to 100")
    host_name = hosts.choose(arguments.host)
    board = boards.find(None)
    firmware = board.image(arguments.firmware)
    make_platforms()
    with hosts.Host(host_name, os.path.join(WORK, "host.log")) as host:
        rows = measure(Bench(host, board, firmware, arguments.seconds, arguments.rounds), host_name, arguments.seconds)
    try:
        with open(arguments.output, "w", encoding="utf-8") as output:
            json.dump({"schema": 1, "host": host_name, "cpu": machine.processor() or machine.machine(), "rounds": arguments.rounds, "rows": rows}, output, indent=2)
            output.write("\n")
    except OSError as e:
        raise hosts.HostError(f"could not write '{arguments.output}': {e.strerror}") from None
    print(f"written to {os.path.relpath(arguments.output, os.getcwd())}")
    return 0


if __name__ == "__main__":
    hosts.main_guard(main)
