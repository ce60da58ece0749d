# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""The arithmetic of benchmarks, and the platforms that they compare."""

import os
import random
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "benchmarks"))
import bench  # noqa: E402


class IntervalTests(unittest.TestCase):
    def test_should_drop_as_many_as_the_binomial_distribution_allows(self):
        # From tables of the sign test at 95 %: the interval goes from this value to the one as far from the end, counted from 1.
        for count, first in ((6, 1), (8, 1), (9, 2), (12, 3), (20, 6), (30, 10)):
            self.assertEqual(bench.interval(random.Random(1).sample(range(1, count + 1), count)), (first, count + 1 - first), count)

    def test_should_be_all_of_a_few_values(self):
        self.assertEqual(bench.interval([3, 1, 2]), (1, 3))


class CompareTests(unittest.TestCase):
    def compare(self, noise, most=30, factor=0.5):
        noises = iter(noise)
        self.order = []

        def measure(variant):
            self.order.append(variant)
            return [100 * next(noises) * (factor if variant == "models" else 1)]
        (figure,), rounds = bench.compare(measure, ("models", "plain", "again"), most)
        return figure, rounds

    def test_should_stop_as_soon_as_the_reference_agrees_with_itself(self):
        figure, rounds = self.compare([1] * 1000)
        self.assertTrue(figure.agrees)
        self.assertEqual((rounds, figure.agreement, figure.value, figure.reference), (bench.FEWEST_ROUNDS, (1, 1), 50, 100))
        self.assertEqual(set(figure.ratios), {0.5})

    def test_should_go_on_while_it_does_not(self):
        generator = random.Random(1)
        figure, rounds = self.compare((generator.uniform(0.96, 1.04) for _ in range(10000)), most=1000)
        self.assertTrue(figure.agrees)
        self.assertGreater(rounds, bench.FEWEST_ROUNDS)

    def test_should_say_that_it_never_does(self):
        (figure,), rounds = bench.compare(lambda variant: [1.05 if variant == "again" else 1], ("models", "plain", "again"), 20)
        self.assertEqual((rounds, figure.agreement), (20, (1.05, 1.05)))
        self.assertFalse(figure.agrees)

    def test_should_let_each_variant_come_first(self):
        self.compare([1] * 1000)
        self.assertEqual(self.order[3:12], ["models", "plain", "again", "plain", "again", "models", "again", "models", "plain"])

    def test_should_not_count_the_first_run_of_each(self):
        figure, rounds = self.compare([7, 8, 9] + [1] * 1000)
        self.assertEqual((rounds, figure.agreement, len(self.order)), (bench.FEWEST_ROUNDS, (1, 1), 3 * (bench.FEWEST_ROUNDS + 1)))

    def test_should_turn_the_ratio_of_times(self):
        (figure,), _ = bench.compare(lambda variant: [2 if variant == "models" else 1], ("models", "plain", "again"), 6, are_rates=(False,))
        self.assertEqual(set(figure.ratios), {0.5})


class PlatformTests(unittest.TestCase):
    def read(self, name):
        with open(os.path.join(ROOT, "platforms", "cpus", name), encoding="utf-8") as file:
            return file.read()

    def test_should_put_plain_memory_in_the_place_of_backup_sram(self):
        text = bench.with_plain_memory(self.read("stm32f4_backup_domain.repl"))
        self.assertIn("bkpsram: Memory.MappedMemory @ sysbus 0x40024000\n    size: 0x1000\n", text)
        self.assertNotIn("Chip.STM32F4_BackupSRAM", text)

    def test_should_take_the_bus_matrix_off(self):
        for name in ("stm32f4.repl", "stm32f405_415.repl"):
            before, after = self.read(name), bench.without_faults(self.read(name))
            self.assertIn("busMatrix", before)
            self.assertNotIn("\nbusMatrix:", after)
            self.assertNotIn("DataOnlyMemories", after)

    def test_should_take_the_gates_off_all_but_what_stays_shut_without(self):
        before, after = self.read("stm32f4.repl"), bench.without_gates(self.read("stm32f4.repl"))
        self.assertIn("rcc RegistrationPeripheralAlias.USART1", before)
        self.assertNotIn("rcc RegistrationPeripheralAlias.USART1", after)
        self.assertIn("rcc RegistrationPeripheralAlias.WWDG", after)


if __name__ == "__main__":
    unittest.main()
