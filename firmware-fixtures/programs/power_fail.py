# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# The last words of a program whose supply goes: the voltage detector interrupts, and the handler notes it in backup SRAM,
# while the main program counts on until it is reset.
import pyb

EVENT, COUNT = BASE, BASE + 4


def warned(line):
    mem32[EVENT] = (mem32[PWR_CSR] & 0xFFF) << 8 | line


def watch(level):
    mem32[EVENT] = mem32[COUNT] = 0
    pyb.ExtInt(16, pyb.ExtInt.IRQ_RISING, pyb.Pin.PULL_NONE, warned)
    mem32[PWR_CR] = mem32[PWR_CR] & ~(7 << 5) | level << 5 | 1 << 4


def work():
    while True:
        mem32[COUNT] += 1
