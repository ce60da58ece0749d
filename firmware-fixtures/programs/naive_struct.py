# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# The plain way to keep a record in backup SRAM: struct.pack_into. A power-fail campaign shows what that is worth.
import struct

import bkpsram

RECORD = "<4sIIf16s"
MAGIC = b"PUMP"
STEPS = 8


def record(n):
    name = b"pump %d, %s" % (n, b"on" if n & 1 else b"off")
    return n * 0x01010101, 1000000 - 333 * n, 20.5 + n, name


def save(n):
    struct.pack_into(RECORD, bkpsram.BackupRAM().memory, 0, MAGIC, *record(n))


def load():
    magic, starts, left, degrees, name = struct.unpack_from(RECORD, bkpsram.BackupRAM().memory, 0)
    if magic != MAGIC:
        return None
    return starts, left, degrees, name.rstrip(b"\0")


def setup():
    save(0)


def run():
    for n in range(1, STEPS + 1):
        save(n)
        yield


def check(done):
    found = load()
    if found is None:
        return "lost"
    if found == record(done):
        return "old"
    return "new" if found == record(done + 1) else "corrupt"
