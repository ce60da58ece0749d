# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# Backup SRAM by register, as an owner of the board would do it: unlock, fill with a pattern, compare.
from machine import mem8, mem16, mem32

BASE = 0x40024000
PWR_CR = 0x40007000
PWR_CSR = 0x40007004
RCC_AHB1ENR = 0x40023830
RCC_APB1ENR = 0x40023840
RCC_BDCR = 0x40023870
RCC_CSR = 0x40023874


def unlock(retain=True):
    mem32[RCC_APB1ENR] |= 1 << 28
    mem32[PWR_CR] |= 1 << 8
    mem32[RCC_AHB1ENR] |= 1 << 18
    if retain:
        mem32[PWR_CSR] |= 1 << 9
        for _ in range(60):
            if mem32[PWR_CSR] & 8:
                return True
    return not retain


def pattern(i):
    return (i * 0x9E3779B1 + 0x12345679) & 0xFFFFFFFF


def word(i):
    return mem32[BASE + 4 * i] & 0xFFFFFFFF


def fill():
    for i in range(1024):
        mem32[BASE + 4 * i] = pattern(i)


def intact():
    return 4 * sum(word(i) == pattern(i) for i in range(1024))


def zeroes():
    return sum(mem8[BASE + i] == 0 for i in range(4096))


def checksum():
    total = 0
    for i in range(1024):
        total = (total * 31 + word(i)) & 0xFFFFFFFF
    return total
