# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Just enough of an STM32F4 and of MicroPython for bkpsram.py to run in CPython, with power that can be cut after any write."""

import random
import struct
import sys
import time
import types

BASE = 0x40024000
SIZE = 4096
PWR_CR = 0x40007000
PWR_CSR = 0x40007004
RCC_AHB1ENR = 0x40023830
RCC_APB1ENR = 0x40023840
DBP = 1 << 8
BRE = 1 << 9
BRR = 1 << 3
BKPSRAMEN = 1 << 18
PWREN = 1 << 28


class PowerCut(BaseException):
    """No program can catch it by `except Exception`."""


class FakeBoard:
    def __init__(self, seed=1):
        self.memory = bytearray(random.Random(seed).randbytes(SIZE))
        self.has_backup_sram = True
        self.regulator_works = True
        self.stuck_dbp = False
        # How a slice is written: "words" as MicroPython does, or "shuffled", the worst that any bus could make of it.
        self.slice_order = "words"
        self.shuffle = random.Random(seed)
        self.mistakes = []
        self.power_up()

    def power_up(self):
        self.registers = {PWR_CR: 0, PWR_CSR: 0, RCC_AHB1ENR: 0x00100000, RCC_APB1ENR: 0}
        self.writes = 0
        self.cut_after = None

    def cut_power_after(self, writes):
        """That many more writes to backup SRAM take place; the next one doesn't."""
        self.writes = 0
        self.cut_after = writes

    def accessible(self):
        return self.registers[RCC_AHB1ENR] & BKPSRAMEN

    def read_word(self, address):
        if BASE <= address < BASE + SIZE:
            return struct.unpack_from("<I", self.memory, address - BASE)[0] if self.accessible() else 0
        if address in (PWR_CR, PWR_CSR) and not self.registers[RCC_APB1ENR] & PWREN:
            return 0
        value = self.registers[address]
        if address == PWR_CSR and value & BRE and self.regulator_works:
            value |= BRR
        return value

    def write_word(self, address, value):
        value &= 0xFFFFFFFF
        if BASE <= address < BASE + SIZE:
            self.write(address - BASE, struct.pack("<I", value))
            return
        if address in (PWR_CR, PWR_CSR) and not self.registers[RCC_APB1ENR] & PWREN:
            self.mistakes.append("PWR written with PWREN clear")
            return
        if address == PWR_CSR and not self.registers[PWR_CR] & DBP:
            self.mistakes.append("BRE written with DBP clear")
            return
        if address == PWR_CR and self.stuck_dbp:
            value &= ~DBP
        if address == RCC_AHB1ENR and not self.has_backup_sram:
            value &= ~BKPSRAMEN
        self.registers[address] = value

    def write(self, offset, data):
        """One bus write of one, two or four bytes."""
        if self.writes == self.cut_after:
            raise PowerCut
        self.writes += 1
        if self.accessible() and self.registers[PWR_CR] & DBP:
            self.memory[offset : offset + len(data)] = data
        else:
            self.mistakes.append("backup SRAM written while locked")

    def write_slice(self, offset, data):
        data = bytes(data)
        if self.slice_order == "shuffled":
            pieces = [(at, 1) for at in range(len(data))]
            self.shuffle.shuffle(pieces)
        elif offset % 4:
            pieces = [(at, 1) for at in range(len(data))]
        else:
            pieces = [(at, 4) for at in range(0, len(data) & ~3, 4)]
            if len(data) & 2:
                pieces.append((len(data) & ~3, 2))
            if len(data) & 1:
                pieces.append((len(data) - 1, 1))
        for at, size in pieces:
            self.write(offset + at, data[at : at + size])


class _Mem32:
    def __getitem__(self, address):
        # Negative from bit 31 on, as MicroPython does it.
        value = current.read_word(address)
        return value - (1 << 32) if value >> 31 else value

    def __setitem__(self, address, value):
        current.write_word(address, value)


class View:
    """A memoryview of backup SRAM whose writes the board sees."""

    itemsize = 1

    def __init__(self, address, size):
        self.offset = address - BASE
        self.size = size

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        memory = current.memory if current.accessible() else bytes(SIZE)
        if not isinstance(index, slice):
            return memory[self.offset + range(self.size)[index]]
        start, stop, step = index.indices(self.size)
        assert step == 1
        return Part(memory[self.offset + start : self.offset + stop], BASE + self.offset + start)

    def __setitem__(self, index, value):
        if isinstance(index, slice):
            start, stop, step = index.indices(self.size)
            assert step == 1 and len(value) == stop - start
            current.write_slice(self.offset + start, value)
            # MicroPython moves what follows the slice, up to the end of the view, to where it is.
            if stop < self.size:
                current.write_slice(self.offset + stop, bytes(self[stop:]))
        else:
            range(self.size)[index]
            current.write(self.offset + index, bytes([value]))


class Part(bytearray):
    """A slice of a View: its own view, for whatever takes a buffer."""

    def __new__(cls, content, address):
        return super().__new__(cls, content)

    def __init__(self, content, address):
        super().__init__(content)
        self.view = View(address, len(content))

    def __setitem__(self, index, value):
        self.view[index] = value


current = FakeBoard()


def use(board):
    global current
    current = board
    return board


def _module(name, **content):
    module = types.ModuleType(name)
    module.__dict__.update(content)
    sys.modules[name] = module
    return module


def install():
    """Puts MicroPython's modules where `import bkpsram` finds them."""
    _module("machine", mem32=_Mem32())
    _module("uctypes", addressof=lambda view: BASE + view.offset)
    _module("micropython", const=lambda value: value)
    _module("stm", PWR=0x40007000, RCC=0x40023800, RCC_AHB1ENR=0x30, RCC_APB1ENR=0x40)
    time.sleep_ms = lambda milliseconds: None
    import bkpsram

    bkpsram._view = View
    return bkpsram
