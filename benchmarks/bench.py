# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""What the models cost: each figure beside that of the same platform without them, in turn on the same host.

Figures are by the host's time on the CPU, so that other programs on the machine have little part in them. Each round measures the
platform with the models, the one without, and the one without once more; rounds go on until the last two agree."""

import argparse
import json
import math
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

# A Pyboard whose REPL is on USB: what goes over the cable and how long it takes by the board's own clock.
USB_BOARD, USB_IMAGE = "pyboard11", "pyboard11-USB"
KILOBYTES = 100
# Longer than it takes, at whatever speed the bus has.
TRANSFER_S = 0.5
TRANSFERS = ("import sys, pyb", "pyb.USB_VCP().init(flow=pyb.USB_VCP.RTS)", "def down(n):", " t = pyb.millis()", " for i in range(n):", "  sys.stdin.buffer.read(1000)", " print('took', pyb.elapsed_millis(t))",
             "def up(n):", " t = pyb.millis()", " for i in range(n):", "  sys.stdout.buffer.write(b'" + "x" * 98 + "\\r\\n' * 10)", " print('took', pyb.elapsed_millis(t))", "")

COMPUTE = ("def f():", " n = 0", " for i in range(1 << 28):", "  n = (n * 31 + i) & 0xFFFF", " return n", "")

# The reference against itself has to be within this before a ratio counts.
AGREEMENT = (0.97, 1.03)
FEWEST_ROUNDS, MOST_ROUNDS = 6, 30
CONFIDENCE = 0.95

GOALS = {"renode": {"write": 0.95, "read": 0.98, "usb": 0.95}, "standalone": {"usb": 0.95}}


def make_platforms():
    """Copies of the platforms: as they are, with plain memory for backup SRAM, without clock gates and without bus faults, these three twice."""
    shutil.rmtree(WORK, ignore_errors=True)
    for variant, change in (("models", lambda text: text), ("plain", with_plain_memory), ("plain again", with_plain_memory),
                            ("ungated", without_gates), ("ungated again", without_gates),
                            ("faultless", without_faults), ("faultless again", without_faults)):
        folder = Bench.folder(variant)
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


def without_faults(text):
    return re.sub(r"(?ms)^busMatrix:.*?(?=^\S|\Z)", "", text)


def interval(ratios):
    """Where the median of ratios lies, with 95 % confidence: from and to, whatever their distribution."""
    ordered, cut, tail = sorted(ratios), 0, 0
    while (tail := tail + math.comb(len(ordered), cut) / 2 ** len(ordered)) <= (1 - CONFIDENCE) / 2:
        cut += 1
    outermost = max(cut - 1, 0)
    return ordered[outermost], ordered[-1 - outermost]


class Figure:
    """One figure of three variants, round by round: with the models, without, and without again."""

    def __init__(self, rounds, is_rate=True):
        self._rounds = rounds
        self._is_rate = is_rate

    @property
    def value(self):
        return statistics.median(x[0] for x in self._rounds)

    @property
    def reference(self):
        return statistics.median(x[1] for x in self._rounds)

    @property
    def ratios(self):
        """1: the models cost nothing; less: they do."""
        return self._ratios(0, 1)

    @property
    def agreement(self):
        """The interval of the reference against itself."""
        return interval(self._ratios(2, 1))

    @property
    def agrees(self):
        low, high = self.agreement
        return len(self._rounds) >= FEWEST_ROUNDS and AGREEMENT[0] <= low and high <= AGREEMENT[1]

    def _ratios(self, i, j):
        return [x[i] / x[j] if self._is_rate else x[j] / x[i] for x in self._rounds]


def compare(measure, variants, most_rounds, are_rates=(True,)):
    """Figures of the variants. measure(variant) gives one number a figure; rounds go on until all agree, or there are too many."""
    # The first runs of a host are slow, as its own code isn't compiled to the end: they don't count.
    for variant in variants:
        measure(variant)
    rounds = []
    while True:
        # Whoever comes first or last has no advantage by it.
        order = list(range(len(variants)))
        shift = len(rounds) % len(order)
        seen = {i: measure(variants[i]) for i in order[shift:] + order[:shift]}
        rounds.append([seen[i] for i in order])
        figures = [Figure([[x[n] for x in line] for line in rounds], is_rate) for n, is_rate in enumerate(are_rates)]
        if len(rounds) >= most_rounds or all(x.agrees for x in figures):
            return figures, len(rounds)


class Bench:
    def __init__(self, host, board, firmware, seconds):
        self._host = host
        self._board = board
        self._firmware = firmware
        self._seconds = seconds

    def access_rate(self, variant, words, seconds):
        """Million accesses a second of CPU time."""
        self._load_line(variant)
        for i, word in enumerate(words):
            self._host.command(f"sysbus WriteDoubleWord {0x08000000 + 4 * i:#x} {word:#x}")
        self._host.command("sysbus.cpu VectorTableOffset 0x08000000")
        return self._rate(seconds) * ACCESSES_OF_LOOP / INSTRUCTIONS_OF_LOOP

    def boot_and_compute(self, variant):
        """CPU seconds to the prompt, and million instructions a CPU second of a computing program."""
        self._load_board(variant)
        begin = self._host.cpu_seconds()
        self._host.keyword("StartEmulation")
        self._prompt()
        boot = self._host.cpu_seconds() - begin
        self._paste(COMPUTE)
        self._host.keyword("WriteLineToUart", "f()")
        self._host.command("pause")
        return boot, self._rate(self._seconds)

    def compute_with_usb(self, variant):
        """Virtual seconds a CPU second of a computing program: with an idle connection, or once the cable is out."""
        self._load_usb()
        self._paste(COMPUTE)
        self._host.keyword("WriteLineToUart", "f()")
        self._host.command("pause")
        if variant != "connected":
            self._host.command("usb OtherSupply true")
            self._host.command("usb Unplug")
        # The end of the connection, and translation, belong to neither.
        self._host.command('emulation RunFor "0.05"')
        begin = self._host.cpu_seconds()
        self._host.command(f'emulation RunFor "{self._seconds}"')
        return [self._seconds / (self._host.cpu_seconds() - begin)]

    def transfer(self, direction):
        """Seconds of 100 KB to the board ("down") or from it ("up"): by its clock, on the wall, on the CPU."""
        self._load_usb()
        self._paste(TRANSFERS)
        self._host.keyword("WriteLineToUart", f"{direction}({KILOBYTES})")
        self._host.command("pause")
        if direction == "down":
            self._host.keyword("WriteToUart", "y" * (1000 * KILOBYTES))
        # To wait for a line costs more than what is measured.
        wall, cpu = time.monotonic(), self._host.cpu_seconds()
        self._host.command(f'emulation RunFor "{TRANSFER_S}"')
        wall, cpu = time.monotonic() - wall, self._host.cpu_seconds() - cpu
        line = self._host.keyword("WaitForLineOnUart", r"took (\d+)", "timeout=1", "treatAsRegex=true")
        return int(line["Groups"][0]) / 1000, wall, cpu

    def _paste(self, program):
        self._host.keyword("SendKeyToUart", "5")
        self._host.keyword("WaitForLineOnUart", "paste mode")
        self._host.keyword("WriteToUart", "\r".join(program) + "\r")
        self._host.keyword("SendKeyToUart", "4")
        self._prompt()

    def _rate(self, seconds):
        # Translation comes first: it belongs to neither.
        self._host.command('emulation RunFor "0.02"')
        before, begin = self._instructions(), self._host.cpu_seconds()
        self._host.command(f'emulation RunFor "{seconds}"')
        cpu = self._host.cpu_seconds() - begin
        return (self._instructions() - before) / cpu / 1e6

    @staticmethod
    def folder(variant):
        return os.path.join(WORK, variant.replace(" ", "-"))

    def _instructions(self):
        return int(self._host.command("sysbus.cpu ExecutedInstructions").strip(), 0)

    def _load_line(self, variant):
        self._host.keyword("ResetEmulation")
        # Otherwise Renode waits for the wall clock.
        self._host.command("emulation SetGlobalAdvanceImmediately true")
        self._host.command(f"include @{self.folder(variant)}/platforms/plugin.resc")
        self._host.command("using sysbus")
        self._host.command('mach create "bench"')
        self._host.command(f"machine LoadPlatformDescription @{self.folder(variant)}/platforms/cpus/stm32f407_417.repl")

    def _load_usb(self):
        self._load_board("models", USB_BOARD, usb_image(), "sysbus.usbSerial")
        self._host.command("usb Plug")
        self._host.keyword("StartEmulation")
        self._prompt()

    def _load_board(self, variant, board=None, firmware=None, console=None):
        self._host.keyword("ResetEmulation")
        self._host.command("emulation SetSeed 1")
        self._host.command("emulation SetGlobalAdvanceImmediately true")
        self._host.command(f"$bin=@{firmware or self._firmware}")
        self._host.command(f"include @{self.folder(variant)}/platforms/{board or self._board.name}.resc")
        self._host.keyword("CreateTerminalTester", console or self._board.uart, "timeout=60", "defaultPauseEmulation=true")

    def _prompt(self):
        self._host.keyword("WaitForPromptOnUart", PROMPT, "timeout=60", "treatAsRegex=true")


def measure(bench, host, seconds, most_rounds):
    """One row a measurement: name, value, reference, ratio; a ratio of 1 costs nothing."""
    rows = []

    def row(name, unit, figure, rounds, goal=None):
        ratio, (low, high), (least, most) = statistics.median(figure.ratios), interval(figure.ratios), figure.agreement
        rows.append({"name": name, "unit": unit, "value": round(figure.value, 3), "reference": round(figure.reference, 3), "ratio": round(ratio, 3),
                     "interval": [round(low, 3), round(high, 3)], "agreement": [round(least, 3), round(most, 3)], "agrees": figure.agrees, "rounds": rounds, "goal": goal})
        print(f"{name:<58} {figure.value:>8.2f} {figure.reference:>8.2f} {unit:<9} {ratio:>6.3f}  {low:.3f} to {high:.3f}   {least:.3f} to {most:.3f} {rounds:>6}"
              + (f"   goal {goal}" if goal else ""), flush=True)
        if not figure.agrees:
            print(f"    The reference against itself is not within {AGREEMENT[0]} to {AGREEMENT[1]} after {rounds} rounds: take this ratio with care, "
                  "or try again with more --seconds, more --rounds or less other work on the machine.", flush=True)

    print(f"{'':<58} {'models':>8} {'without':>8} {'':<9} {'ratio':>6}  {'95 % interval':<16} {'noise':<14} rounds")
    goals = GOALS.get(host, {})
    plain, ungated = ("models", "plain", "plain again"), ("models", "ungated", "ungated again")
    for name, words, length, goal in (("word writes of backup SRAM, plain memory beside it", WRITE_WORDS, seconds, goals.get("write")),
                                      ("word reads of backup SRAM, plain memory beside it", READ_WORDS, seconds, goals.get("read")),
                                      ("word reads while it is write-protected (I/O)", READ_PROTECTED_WORDS, seconds / 20, None)):
        (figure,), rounds = compare(lambda x: [bench.access_rate(x, words, length if x == "models" else seconds)], plain, most_rounds)
        row(name, "M/s", figure, rounds, goal)
    (boot, compute), rounds = compare(bench.boot_and_compute, ungated, most_rounds, are_rates=(False, True))
    row("MicroPython computing, no clock gates beside it", "M instr/s", compute, rounds)
    row("start to MicroPython's prompt, no clock gates beside it", "s", boot, rounds)
    (boot, compute), rounds = compare(bench.boot_and_compute, ("models", "faultless", "faultless again"), most_rounds, are_rates=(False, True))
    row("MicroPython computing, no bus faults beside it", "M instr/s", compute, rounds)
    if not os.path.exists(usb_image()):
        print(f"USB: left out, as there is no {os.path.relpath(usb_image())}: './build.sh firmware' makes it")
        return rows
    (computed,), rounds = compare(bench.compute_with_usb, ("connected", "unplugged", "unplugged again"), most_rounds)
    row("MicroPython computing, idle USB connection, none beside it", "s/s", computed, rounds, goals.get("usb"))
    for direction, name in (("down", "100 KB to the board over USB"), ("up", "100 KB from the board over USB")):
        # The first one warms up.
        virtual, wall, cpu = (statistics.median(x) for x in zip(*[bench.transfer(direction) for _ in range(4)][1:]))
        rows.append({"name": name, "unit": "s", "virtual": virtual, "wall": round(wall, 2), "cpu": round(cpu, 2)})
        print(f"{name:<58} {virtual:.2f} s of the board's time ({KILOBYTES / virtual:.0f} KB/s), {wall:.2f} s on the wall, {cpu:.2f} s on the CPU", flush=True)
    return rows


def usb_image():
    return os.path.join(hosts.ROOT, "build", "firmware", USB_IMAGE + ".elf")


def main():
    parser = argparse.ArgumentParser(prog="build.sh bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host", nargs="?", help="standalone or renode; default: Renode if it is there")
    parser.add_argument("--seconds", type=float, default=2, help="virtual seconds of each run (default 2)")
    parser.add_argument("--rounds", type=int, default=MOST_ROUNDS, help=f"rounds at most (default {MOST_ROUNDS}); at least {FEWEST_ROUNDS} are made")
    parser.add_argument("--firmware", help="MicroPython image; default: the one built for the board")
    parser.add_argument("--output", default=os.path.join(hosts.ROOT, "build", "bench.json"), help="default build/bench.json")
    arguments = parser.parse_args()
    if not 0.1 <= arguments.seconds <= 100 or not FEWEST_ROUNDS <= arguments.rounds <= 1000:
        raise hosts.HostError(f"--seconds has to be 0.1 to 100, --rounds {FEWEST_ROUNDS} to 1000")
    host_name = hosts.choose(arguments.host)
    board = boards.find(None)
    firmware = board.image(arguments.firmware)
    make_platforms()
    with hosts.Host(host_name, os.path.join(WORK, "host.log")) as host:
        rows = measure(Bench(host, board, firmware, arguments.seconds), host_name, arguments.seconds, arguments.rounds)
    try:
        with open(arguments.output, "w", encoding="utf-8") as output:
            json.dump({"schema": 2, "host": host_name, "cpu": machine.processor() or machine.machine(), "rows": rows}, output, indent=2)
            output.write("\n")
    except OSError as e:
        raise hosts.HostError(f"could not write '{arguments.output}': {e.strerror}") from None
    print(f"written to {os.path.relpath(arguments.output, os.getcwd())}")
    return 0


if __name__ == "__main__":
    hosts.main_guard(main)
