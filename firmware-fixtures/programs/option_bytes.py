# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# Option bytes by register: brown-out level, watchdog, resets instead of low-power modes, read protection.
from machine import mem32

OPTKEYR = 0x40023C08
OPTCR = 0x40023C14
OPTION_BYTES = 0x1FFFC000


def program(user=None, rdp=None):
    if mem32[OPTCR] & 1:
        mem32[OPTKEYR] = 0x08192A3B
        mem32[OPTKEYR] = 0x4C5D6E7F
    value = mem32[OPTCR] & 0x0FFFFFFC
    if user is not None:
        value = value & ~0xFC | user
    if rdp is not None:
        value = value & ~0xFF00 | rdp << 8
    mem32[OPTCR] = value
    mem32[OPTCR] = value | 2


def brown_out_level(level):
    program(mem32[OPTCR] & 0xF0 | 3 - level << 2)
