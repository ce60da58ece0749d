# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# A record in backup SRAM with a checksum behind it. A power-fail campaign shows what that is worth: a torn record is
# noticed, but the one before it is gone.
import struct
from binascii import crc32

import bkpsram

RECORD = "<4sIIf16s"
SIZE = struct.calcsize(RECORD)
MAGIC = b"PUMP"
STEPS = 8


def record(n):
    name = b"pump %d, %s" % (n, b"on" if n & 1 else b"off")
    return n * 0x01010101, 1000000 - 333 * n, 20.5 + n, name


def save(n):
    ram = bkpsram.BackupRAM()
    data = struct.pack(RECORD, MAGIC, *record(n))
    ram[0:SIZE] = data
    ram.words[SIZE // 4] = crc32(data)


def load():
    ram = bkpsram.BackupRAM()
    data = bytes(ram[0:SIZE])
    if data[:4] != MAGIC or crc32(data) != ram.words[SIZE // 4]:
        return None
    magic, starts, left, degrees, name = struct.unpack(RECORD, data)
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
