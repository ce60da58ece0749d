# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""bkpsram.py in CPython on a fake board: `python3 -m unittest discover micropython/bkpsram/tests`."""

import math
import os
import random
import struct
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import fake_board

bkpsram = fake_board.install()

from bkpsram import DAMAGED, GOOD, NEW, BackupRAM, Store, StoreFull
from fake_board import BASE, BKPSRAMEN, BRE, DBP, PWR_CR, PWR_CSR, PWREN, RCC_AHB1ENR, RCC_APB1ENR, FakeBoard, PowerCut

# A small store makes short campaigns; the layout is the same.
OFFSET, SIZE = 16, 160
CONTENTS = (
    {"count": 1},
    {"count": 2, "name": "pump", "on": True},
    {"count": 300, "name": "a longer name", "pair": (1, (2.5, None))},
    {},
    {"raw": bytes(range(40)), "big": -(1 << 70)},
    {"count": 1},
)


class BoardTest(unittest.TestCase):
    def setUp(self):
        self.board = fake_board.use(FakeBoard())

    def word(self, offset, value=None):
        if value is None:
            return struct.unpack_from("<I", self.board.memory, offset)[0]
        struct.pack_into("<I", self.board.memory, offset, value)

    def boot(self, offset=OFFSET, size=SIZE):
        self.board.power_up()
        return Store(offset, size)

    def commit(self, content, offset=OFFSET, size=SIZE):
        store = self.boot(offset, size)
        replace(store, content)
        store.commit()
        return store


def replace(store, content):
    for key in list(store):
        del store[key]
    store.update(content)


def content_of(store):
    return dict(store.items())


class UnlockTests(BoardTest):
    def test_sets_every_bit_without_a_mistake(self):
        self.assertEqual(bkpsram.unlock(), (BASE, 4096))
        registers = self.board.registers
        self.assertTrue(registers[RCC_APB1ENR] & PWREN)
        self.assertTrue(registers[PWR_CR] & DBP)
        self.assertTrue(registers[RCC_AHB1ENR] & BKPSRAMEN)
        self.assertTrue(registers[PWR_CSR] & BRE)
        self.assertEqual(self.board.mistakes, [])
        self.assertEqual(self.board.writes, 0)

    def test_leaves_other_bits_alone(self):
        self.board.registers[RCC_AHB1ENR] = 0x0010001F
        bkpsram.unlock()
        self.assertEqual(self.board.registers[RCC_AHB1ENR], 0x0014001F)

    def test_refuses_a_chip_without_backup_sram(self):
        self.board.has_backup_sram = False
        with self.assertRaisesRegex(OSError, "^this chip has no backup SRAM: RCC_AHB1ENR.BKPSRAMEN does not stay set$"):
            bkpsram.unlock()

    def test_tells_when_write_protection_stays(self):
        self.board.stuck_dbp = True
        with self.assertRaisesRegex(OSError, "^PWR_CR.DBP does not stay set$"):
            bkpsram.unlock()

    def test_does_not_wait_for_ever_for_the_regulator(self):
        self.board.regulator_works = False
        with self.assertRaisesRegex(OSError, "not ready after 1000 ms"):
            bkpsram.unlock()


class OtherFamilyTests(BoardTest):
    def setUp(self):
        super().setUp()
        bkpsram.stm.PWR = 0x58024800
        # On those families the firmware opens it at boot.
        self.board.registers.update({RCC_APB1ENR: PWREN, PWR_CR: DBP, RCC_AHB1ENR: BKPSRAMEN})

    def tearDown(self):
        bkpsram.stm.PWR = PWR_CR
        if hasattr(bkpsram.machine, "mem_backup"):
            del bkpsram.machine.mem_backup

    def test_uses_mem_backup(self):
        bkpsram.machine.mem_backup = lambda: fake_board.View(BASE, 2048)
        self.assertEqual(bkpsram.unlock(), (BASE, 2048))
        store = Store()
        self.assertEqual(store.capacity, 1008)
        store["a"] = 1
        store.commit()
        self.assertEqual(Store()["a"], 1)

    def test_refuses_registers_in_its_place(self):
        region = fake_board.View(BASE, 20)
        region.itemsize = 4
        bkpsram.machine.mem_backup = lambda: region
        with self.assertRaisesRegex(OSError, "offers registers"):
            bkpsram.unlock()

    def test_refuses_firmware_without_it(self):
        with self.assertRaisesRegex(OSError, "no machine.mem_backup"):
            bkpsram.unlock()

    def test_takes_firmware_without_constants_for_unknown(self):
        stm, bkpsram.stm = bkpsram.stm, None
        try:
            with self.assertRaisesRegex(OSError, "no machine.mem_backup"):
                bkpsram.unlock()
        finally:
            bkpsram.stm = stm


class BackupRAMTests(BoardTest):
    def test_is_bytes_and_words(self):
        ram = BackupRAM(8, 16)
        self.assertEqual((len(ram), len(ram.words), ram.address), (16, 4, BASE + 8))
        ram.words[1] = 0xF1020304
        self.assertEqual(bytes(ram[4:8]), b"\x04\x03\x02\xf1")
        ram[4] = 0xFF
        ram[5:7] = b"ab"
        self.assertEqual(ram.words[1], 0xF16261FF)
        self.assertEqual(self.word(12), 0xF16261FF)
        self.assertEqual(list(ram.words)[1], 0xF16261FF)

    def test_is_the_rest_without_a_size(self):
        self.assertEqual(len(BackupRAM()), 4096)
        self.assertEqual(len(BackupRAM(4000)), 96)

    def test_refuses_what_is_outside(self):
        for offset, size in ((4096, None), (0, 4100), (-4, 8), (8, 0), (4092, 8), (0, -4)):
            with self.assertRaisesRegex(ValueError, "backup SRAM has 4096 bytes"):
                BackupRAM(offset, size)

    def test_refuses_what_is_not_aligned(self):
        for offset, size in ((2, 8), (4, 6)):
            with self.assertRaisesRegex(ValueError, "must be multiples of 4"):
                BackupRAM(offset, size)

    def test_checks_bounds(self):
        ram = BackupRAM(0, 16)
        for index in (4, -1):
            with self.assertRaisesRegex(IndexError, "there are 4"):
                ram.words[index]
            with self.assertRaisesRegex(IndexError, "there are 4"):
                ram.words[index] = 0
        with self.assertRaises(IndexError):
            ram[16]
        with self.assertRaisesRegex(ValueError, "3 bytes don't fit a slice of 4"):
            ram[0:4] = b"abc"
        with self.assertRaisesRegex(ValueError, "4 bytes don't fit a slice of 2"):
            ram[14:18] = b"abcd"
        self.assertEqual(self.board.writes, 0)


class DictionaryTests(BoardTest):
    def test_behaves_as_a_dictionary(self):
        store = self.boot()
        store["a"] = 1
        self.assertEqual(store.setdefault("a", 5), 1)
        self.assertEqual(store.setdefault("b", (1, 2)), (1, 2))
        store.update({"c": None}, d=1.5)
        self.assertEqual((len(store), "a" in store, "z" in store), (4, True, False))
        self.assertEqual(sorted(store), ["a", "b", "c", "d"])
        self.assertEqual(sorted(store.keys()), ["a", "b", "c", "d"])
        self.assertIn((1, 2), list(store.values()))
        self.assertEqual((store.get("z"), store.get("z", 3), store.get("d")), (None, 3, 1.5))
        del store["a"]
        self.assertEqual((store.pop("c"), store.pop("c", 7)), (None, 7))
        with self.assertRaises(KeyError):
            store["a"]
        self.assertEqual(self.board.writes, 0)
        store.commit()
        self.assertEqual(content_of(self.boot()), {"b": (1, 2), "d": 1.5})
        self.assertEqual(repr(self.boot()), "<Store good {'b': (1, 2), 'd': 1.5}>")

    def test_takes_another_store(self):
        self.commit({"a": 1})
        other = Store(1024, 160)
        other.update(self.boot())
        self.assertEqual(content_of(other), {"a": 1})

    def test_refuses_keys_that_are_no_str(self):
        store = self.boot()
        for key in (1, None, b"a", ("a",)):
            with self.assertRaisesRegex(TypeError, "keys are str"):
                store[key] = 1

    def test_names_key_and_type_that_it_refuses(self):
        store = self.commit({"a": 1})
        for value, message in (
            ([], r"can't store 'x': list \(use a tuple\)$"),
            ((1, (2, [3])), r"can't store 'x': list \(use a tuple\)$"),
            ({}, "can't store 'x': dict$"),
            (1j, "can't store 'x': complex$"),
            (object(), "can't store 'x': object$"),
        ):
            with self.assertRaisesRegex(TypeError, message):
                store["x"] = value
            with self.assertRaisesRegex(TypeError, message):
                store.update({"b": 1, "x": value})
        self.assertEqual(content_of(store), {"a": 1})

    def test_refuses_tuples_nested_too_deep(self):
        nested = ()
        for _ in range(16):
            nested = (nested,)
        store = self.boot()
        with self.assertRaisesRegex(ValueError, "deeper than 16"):
            store["x"] = nested
        store["x"] = nested[0]
        store.commit()
        self.assertEqual(self.boot()["x"], nested[0])

    def test_commits_at_the_end_of_a_with_block(self):
        with self.boot() as store:
            store["a"] = 1
        self.assertEqual(content_of(self.boot()), {"a": 1})

    def test_rolls_back_when_a_with_block_raises(self):
        self.commit({"a": 1})
        store = self.boot()
        with self.assertRaises(ZeroDivisionError):
            with store:
                store["a"] = 2
                1 / 0
        self.assertEqual(content_of(store), {"a": 1})
        self.assertEqual(content_of(self.boot()), {"a": 1})


class CapacityTests(BoardTest):
    def test_capacity_is_the_bank_less_16_bytes(self):
        self.assertEqual(Store().capacity, 2032)
        self.assertEqual(Store(0, 40).capacity, 4)
        self.assertEqual(Store(0, 44).capacity, 4)
        self.assertEqual(Store(0, 48).capacity, 8)

    def test_refuses_a_size_that_holds_nothing(self):
        with self.assertRaisesRegex(ValueError, "at least 40 bytes"):
            Store(0, 36)

    def test_fills_a_bank_to_its_last_byte(self):
        store = self.boot(0, None)
        store["a"] = bytes(2032 - 6)
        self.assertEqual(store.used(), 2032)
        store.commit()
        self.assertEqual(len(self.boot(0, None)["a"]), 2026)

    def test_says_how_much_is_missing_and_rolls_back(self):
        self.commit({"a": 1}, 0, None)
        before = bytes(self.board.memory)
        store = self.boot(0, None)
        store["a"] = bytes(2032 - 5)
        with self.assertRaisesRegex(StoreFull, "^store is full: 2033 bytes needed, 2032 there are$"):
            store.commit()
        self.assertEqual(content_of(store), {"a": 1})
        self.assertEqual(self.board.memory, before)

    def test_leaves_the_memory_around_it_alone(self):
        self.board.slice_order = "shuffled"
        before = bytes(self.board.memory)
        for content in CONTENTS:
            self.commit(content)
        self.boot().wipe()
        self.assertEqual(self.board.memory[:OFFSET], before[:OFFSET])
        self.assertEqual(self.board.memory[OFFSET + SIZE :], before[OFFSET + SIZE :])
        self.assertEqual(self.board.mistakes, [])


class CommitTests(BoardTest):
    def test_writes_nothing_when_nothing_has_changed(self):
        store = self.boot()
        self.assertTrue(store.commit())
        self.assertFalse(store.commit())
        store["a"] = 1
        self.assertTrue(store.commit())
        writes = self.board.writes
        self.assertFalse(store.commit())
        self.assertFalse(self.boot().commit())
        self.assertEqual(self.board.writes, 0)
        self.assertTrue(store.commit(force=True))
        self.assertGreater(writes, 0)

    def test_layout_is_as_documented(self):
        self.commit({"a": 1}, 0, None)
        memory = self.board.memory
        self.assertEqual(memory[:4], b"BKS1")
        self.assertEqual((self.word(4), self.word(8)), (1, 5))
        self.assertEqual(memory[12:17], b"\x01\x01a\x03\x01")
        self.assertEqual(self.word(2044), bkpsram.crc32(memory[:17]))
        self.commit({"a": -200}, 0, None)
        self.assertEqual(memory[2048:2052], b"BKS1")
        self.assertEqual((self.word(2052), self.word(2056)), (2, 6))
        self.assertEqual(memory[2060:2066], b"\x01\x01a\x04\xc7\x01")
        self.assertEqual(self.word(4092), bkpsram.crc32(memory[2048:2066]))

    def test_a_checksum_of_zero_is_not_taken_for_busy(self):
        real, bkpsram.crc32 = bkpsram.crc32, lambda data: 0
        try:
            self.commit({"a": 1}, 0, None)
            self.assertEqual(self.word(2044), 0xFFFFFFFF)
            self.assertEqual(content_of(self.boot(0, None)), {"a": 1})
        finally:
            bkpsram.crc32 = real

    def test_two_stores_in_one_place_keep_the_last_commit(self):
        first, second = self.boot(), self.boot()
        for n in range(5):
            for store in (first, second):
                store["n"] = n
                store["who"] = id(store)
                store.commit()
                self.assertEqual(content_of(self.boot()), content_of(store))

    def test_unlocks_by_itself(self):
        store = self.boot()
        self.board.power_up()
        store["a"] = 1
        store.commit()
        self.assertEqual(content_of(self.boot()), {"a": 1})
        self.assertEqual(self.board.mistakes, [])

    def test_notices_memory_that_does_not_take_writes(self):
        store = self.commit({"a": 1})
        store["a"] = 2
        write = self.board.write
        self.board.write = lambda offset, data: None
        with self.assertRaisesRegex(OSError, "does not hold what was written"):
            store.commit()
        self.board.write = write
        self.assertEqual(content_of(self.boot()), {"a": 1})

    def test_sequence_numbers_wrap(self):
        store = self.commit({"n": 0})
        # Into the other bank, as if there had been many.
        store._write(1, 0xFFFFFFFC, store._image())
        store._ram.words[store._check_index(0)] = 0
        for n in range(1, 10):
            self.commit({"n": n})
            self.assertEqual(content_of(self.boot()), {"n": n})
        self.assertEqual({self.word(OFFSET + 4), self.word(OFFSET + SIZE // 2 + 4)}, {4, 5})

    def test_the_newer_of_two_good_banks_counts(self):
        store = self.boot()
        for a, b, newer in ((5, 6, 1), (6, 5, 0), (0xFFFFFFFF, 0, 1), (0, 0xFFFFFFFF, 0), (0x7FFFFFFF, 0x80000000, 1), (0x80000000, 0, 0)):
            for bank, sequence in ((0, a), (1, b)):
                replace(store, {"bank": bank})
                store._write(bank, sequence, store._image())
            self.assertEqual(self.boot()["bank"], newer, (a, b))


class CutTests(BoardTest):
    """The power is cut after every write there is."""

    def cuts(self, act):
        """Calls act(), with the power cut after 0, 1, 2... writes, until it gets through; each time from the same content."""
        before = bytes(self.board.memory)
        cut = 0
        while True:
            self.board.memory[:] = before
            self.board.power_up()
            store = Store(OFFSET, SIZE)
            self.board.cut_power_after(cut)
            try:
                act(store)
                through = True
            except PowerCut:
                through = False
            yield cut, through
            if through:
                return
            cut += 1

    def commit_is_all_or_nothing(self, old, new, old_state=GOOD):
        def act(store):
            replace(store, new)
            store.commit(force=True)

        before = bytes(self.board.memory)
        for cut, through in self.cuts(act):
            store = self.boot()
            found = content_of(store)
            self.assertIn(found, (old, new), cut)
            self.assertEqual(found, new if through else found)
            self.assertEqual(store.state, GOOD if found == new else old_state, cut)
            if through:
                self.assertGreater(cut, 4)
            # Recovery, cut in its turn.
            if found or store.state == GOOD:
                after_cut = bytes(self.board.memory)
                for second, _ in self.cuts(lambda store: store.commit(force=True)):
                    again = self.boot()
                    self.assertEqual((content_of(again), again.state), (found, GOOD), (cut, second))
                self.board.memory[:] = after_cut
        self.board.memory[:] = before
        act(self.boot())

    def run_commits(self):
        old, state = {}, NEW
        for content in CONTENTS:
            self.commit_is_all_or_nothing(old, content, state)
            old, state = content, GOOD

    def test_commits_are_all_or_nothing(self):
        self.run_commits()

    def test_commits_are_all_or_nothing_in_any_order_of_writes(self):
        for seed in range(3):
            self.board = fake_board.use(FakeBoard(seed))
            self.board.slice_order = "shuffled"
            self.run_commits()

    def test_only_the_last_write_makes_the_commit(self):
        self.commit({"a": 1})

        def act(store):
            store["a"] = 2
            store.commit()

        seen = [content_of(self.boot())["a"] for _ in self.cuts(act)]
        self.assertEqual(seen, [1] * (len(seen) - 1) + [2])

    def test_the_first_commit_leaves_new_until_it_is_complete(self):
        for seed in range(20):
            self.board = fake_board.use(FakeBoard(seed))
            self.commit_is_all_or_nothing({}, {"a": 1}, NEW)

    def test_a_commit_over_damage_is_damaged_or_complete(self):
        for content in ({"a": 1}, {"a": 2}):
            self.commit(content)
        for bank in (0, 1):
            self.board.memory[OFFSET + SIZE // 2 * bank + 13] ^= 1

        def act(store):
            store["a"] = 3
            store.commit()

        for cut, through in self.cuts(act):
            store = self.boot()
            self.assertIn((store.state, content_of(store)), ((DAMAGED, {}), (GOOD, {"a": 3})))
        self.assertFalse(store.maybe_old)

    def test_clear_is_all_or_nothing(self):
        for content in ({"a": 1}, {"a": 2}):
            self.commit(content)
        for cut, through in self.cuts(lambda store: store.clear()):
            store = self.boot()
            self.assertIn(content_of(store), ({"a": 2}, {}))
            self.assertEqual(store.state, GOOD)
        self.assertEqual(content_of(store), {})

    def test_wipe_is_all_or_nothing_and_leaves_zeroes(self):
        for content in ({"a": 1}, {"a": 2}):
            self.commit(content)
        gone = False
        for cut, through in self.cuts(lambda store: store.wipe()):
            store = self.boot()
            self.assertIn((store.state, content_of(store)), ((GOOD, {"a": 2}), (GOOD, {}), (NEW, {})))
            # Once gone, it stays gone.
            self.assertFalse(gone and len(store), cut)
            gone = not len(store)
        self.assertEqual(store.state, NEW)
        self.assertEqual(self.board.memory[OFFSET : OFFSET + SIZE], bytes(SIZE))

    def test_wipe_of_what_is_damaged(self):
        self.commit({"a": 1})
        self.board.memory[OFFSET + 13] ^= 1
        store = self.boot()
        store.wipe()
        self.assertEqual((store.state, self.boot().state), (NEW, NEW))


class CampaignProgramTests(BoardTest):
    """firmware-fixtures/programs/store.py, as a campaign runs it, twice cut."""

    def load(self):
        path = os.path.join(HERE, "..", "..", "..", "firmware-fixtures", "programs", "store.py")
        program = {}
        with open(path, encoding="ascii") as source:
            exec(compile(source.read(), path, "exec"), program)
        return program

    def check(self, done, cut=None):
        self.board.power_up()
        self.board.cut_power_after(cut)
        return self.load()["check"](done)

    def test_store_is_consistent_at_every_cut(self):
        self.load()["setup"]()
        begin = bytes(self.board.memory)
        cut = 0
        while True:
            self.board.memory[:] = begin
            self.board.power_up()
            self.board.cut_power_after(cut)
            done = 0
            try:
                for _ in self.load()["run"]():
                    done += 1
                break
            except PowerCut:
                pass
            after_cut = bytes(self.board.memory)
            verdict = self.check(done)
            self.assertIn(verdict, ("old", "new"), cut)
            for second in range(self.board.writes):
                self.board.memory[:] = after_cut
                with self.assertRaises(PowerCut):
                    self.check(done, second)
                self.assertEqual(self.check(done), verdict, (cut, second))
            cut += 1
        self.assertEqual((done, self.check(8)), (8, "old"))
        self.assertEqual(self.board.mistakes, [])


class DamageTests(BoardTest):
    def test_random_content_is_never_taken_for_data(self):
        store = self.boot(0, 256)
        for seed in range(100_000):
            self.board.memory[:256] = random.Random(seed).randbytes(256)
            store.rollback()
            self.assertEqual((store.state, len(store)), (NEW, 0), seed)

    def test_random_content_behind_our_magic_is_damage(self):
        store = self.boot(0, 256)
        for seed in range(100_000):
            content = random.Random(seed)
            self.board.memory[:256] = content.randbytes(256)
            bank = content.randrange(2) * 128
            self.board.memory[bank : bank + 4] = b"BKS1"
            if content.randrange(2):
                self.word(bank + 8, content.randrange(113))
            store.rollback()
            self.assertEqual((store.state, len(store)), (DAMAGED, 0), seed)

    def test_constant_content_is_new(self):
        for byte in range(256):
            self.board.memory[:] = bytes([byte]) * 4096
            self.assertEqual(self.boot().state, NEW)

    def test_every_flipped_bit_is_noticed(self):
        store = self.commit({"a": 1, "b": "text"}, 0, 64)
        used = 12 + store.used()
        for bit in [*range(32, 8 * used), *range(28 * 8, 32 * 8)]:
            self.board.memory[bit // 8] ^= 1 << bit % 8
            store = self.boot(0, 64)
            self.assertEqual((store.state, len(store)), (DAMAGED, 0), bit)
            self.board.memory[bit // 8] ^= 1 << bit % 8

    def test_damage_of_the_last_commit_leaves_the_one_before(self):
        for content in ({"a": 1}, {"a": 2}):
            self.commit(content)
        self.board.memory[OFFSET + SIZE // 2 + 13] ^= 1
        store = self.boot()
        self.assertEqual((store.state, store.maybe_old, content_of(store)), (GOOD, True, {"a": 1}))
        # Content that has not changed is written all the same: it is accepted now.
        self.assertTrue(store.commit())
        self.assertEqual((self.boot().maybe_old, content_of(self.boot())), (False, {"a": 1}))
        store["a"] = 3
        store.commit()
        self.assertFalse(store.maybe_old)
        store = self.boot()
        self.assertEqual((store.state, store.maybe_old, content_of(store)), (GOOD, False, {"a": 3}))

    def test_content_that_is_malformed_behind_a_right_checksum_is_damage(self):
        store = self.boot(0, 256)
        for seed in range(20_000):
            content = random.Random(seed)
            payload = content.randbytes(content.randrange(1, 100))
            try:
                bkpsram._decode(payload)
                continue
            except ValueError:
                pass
            store._write(0, 1, bytearray(12) + payload)
            store.rollback()
            self.assertEqual((store.state, len(store)), (DAMAGED, 0), seed)

    def test_numbers_beyond_all_bounds_are_malformed(self):
        huge = b"\xff" * 30 + b"\x01"
        for payload in (b"", huge, b"\x01" + huge, b"\x01\x01a\x0a" + huge, b"\x01\x01a\x07" + huge, b"\x01\x01a" + b"\x0a\x01" * 17 + b"\x00", b"\x00\x00"):
            with self.assertRaises(ValueError):
                bkpsram._decode(payload)


class EncodingTests(BoardTest):
    def round_trip(self, value):
        store = self.boot(0, None)
        replace(store, {"key": value})
        store.commit(force=True)
        return self.boot(0, None)["key"]

    def assert_same(self, value):
        found = self.round_trip(value)
        self.assertEqual(repr(found), repr(value))
        self.assertIs(type(found), type(value))

    def test_edges(self):
        for value in (
            None, False, True, 0, 1, -1, 127, 128, -128, -129, 1 << 30, -1 << 31, (1 << 64) - 1, 10**300, -(10**300),
            0.0, -0.0, 1.5, 0.1, 1e300, 5e-324, math.inf, -math.inf, math.nan, "", "text", "\u00e9\u4e16\U0001f600", "\0" * 200,
            b"", bytes(range(256)), bytearray(), bytearray(b"abc"), (), ((),), (1, "a", (None, (True, b"", 2.5))),
        ):
            self.assert_same(value)

    def test_empty_keys_and_long_ones(self):
        store = self.boot(0, None)
        store.update({"": 1, "k" * 300: 2, "\u4e16": 3})
        store.commit()
        self.assertEqual(content_of(self.boot(0, None)), content_of(store))

    def test_sizes_are_as_documented(self):
        store = self.boot(0, None)
        for value, size in ((None, 1), (True, 1), (127, 2), (128, 3), (-128, 2), (2**28, 6), (1.5, 5), (0.1, 9), ("abc", 5), (b"abc", 5), ((1, 2), 6)):
            replace(store, {"k": value})
            self.assertEqual(store.used(), 3 + size, value)

    def test_any_value_comes_back(self):
        for seed in range(2000):
            self.assert_same(random_value(random.Random(seed), 0))


def random_value(source, depth):
    kind = source.randrange(7 if depth < 4 else 6)
    if kind == 0:
        return source.choice((None, False, True))
    if kind == 1:
        return source.getrandbits(source.randrange(1, 200)) * source.choice((1, -1))
    if kind == 2:
        return source.choice((source.uniform(-1e9, 1e9), struct.unpack("<f", source.randbytes(4))[0]))
    if kind == 3:
        return "".join(chr(source.choice((source.randrange(32, 127), source.randrange(0xA0, 0xD800)))) for _ in range(source.randrange(20)))
    if kind == 4:
        return source.randbytes(source.randrange(30))
    if kind == 5:
        return bytearray(source.randbytes(source.randrange(30)))
    return tuple(random_value(source, depth + 1) for _ in range(source.randrange(4)))


if __name__ == "__main__":
    unittest.main()
