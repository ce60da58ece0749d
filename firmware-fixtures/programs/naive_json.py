# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# Settings as JSON in backup SRAM: a length, then the text. A power-fail campaign shows what that is worth.
import json

import bkpsram

STEPS = 8


def settings(n):
    return {"count": n * 1000, "name": "pump" + "!" * n, "on": n % 2 == 1, "limits": [n - 40, n * n + 85]}


def save(n):
    ram = bkpsram.BackupRAM()
    text = json.dumps(settings(n)).encode()
    ram.words[0] = len(text)
    ram[4 : 4 + len(text)] = text


def load():
    ram = bkpsram.BackupRAM()
    length = ram.words[0]
    if not 0 < length <= len(ram) - 4:
        return None
    return json.loads(bytes(ram[4 : 4 + length]))


def setup():
    save(0)


def run():
    for n in range(1, STEPS + 1):
        save(n)
        yield


def check(done):
    try:
        found = load()
    except ValueError:
        return "corrupt"
    if found is None:
        return "lost"
    if found == settings(done):
        return "old"
    return "new" if found == settings(done + 1) else "corrupt"
