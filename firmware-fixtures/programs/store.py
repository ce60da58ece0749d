# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# A power-fail campaign of bkpsram.Store: whatever the power does, the last commit is there, all of it.
import bkpsram

STATES = (
    {"count": 0},
    {"count": 1, "name": "pump", "on": True},
    {"count": 2, "name": "pump 2", "on": False, "litres": 1.5},
    {"count": 300, "litres": 1e10, "limits": (-40, 125, None)},
    {},
    {"count": 70000, "raw": bytes(range(48))},
    {"count": -1, "raw": bytearray(b"end"), "nested": (1, ("two", (3.0, b"4")))},
    {"count": 1 << 70, "text": "a text that is longer than the others " * 3},
    {"count": 8, "name": "pump"},
)


def fill(store, content):
    for key in list(store.keys()):
        del store[key]
    store.update(content)


def setup():
    store = bkpsram.Store()
    store.wipe()
    store.update(STATES[0])
    store.commit()


def run():
    store = bkpsram.Store()
    for content in STATES[1:]:
        fill(store, content)
        store.commit()
        yield


def check(done):
    store = bkpsram.Store()
    if store.state == bkpsram.NEW:
        return "lost"
    if store.state == bkpsram.DAMAGED or store.maybe_old:
        return "corrupt"
    found = dict(store.items())
    # Life goes on: what is there is written once more, to the other bank.
    store.commit(force=True)
    if found == STATES[done]:
        return "old"
    return "new" if found in STATES[done + 1 : done + 2] else "corrupt"
