# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# The smallest power-fail campaign: a number and its complement, two words, six writes. Between the two the pair is torn.
import bkpsram


def put(number):
    words = bkpsram.BackupRAM().words
    words[0] = number
    words[1] = ~number & 0xFFFFFFFF


def setup():
    put(0)


def run():
    for number in 1, 2, 3:
        put(number)
        yield


def check(done):
    words = bkpsram.BackupRAM().words
    number = words[0]
    if number ^ words[1] != 0xFFFFFFFF:
        return "corrupt"
    return "old" if number == done else "new" if number == done + 1 else "corrupt"
