# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# Fills the heap to the last block, frees a random part, fills again; True if it really was full each time.
import gc
import random


def churn(rounds):
    full = 0
    for r in range(rounds):
        kept = []
        size = 4096
        while size >= 16:
            try:
                kept.append(bytearray(random.getrandbits(8) for _ in range(8)) + bytearray(size - 8))
            except MemoryError:
                size //= 2
        for i in range(0, len(kept), 2):
            kept[i] = None
        gc.collect()
        try:
            while True:
                kept.append(str(r) * 100 + str(len(kept)))
        except MemoryError:
            full += 1
        kept = None
        gc.collect()
    return full == rounds
