// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// In what one chip differs from the next of its kind: numbers that the seed of the emulation, the name of the machine and what they are for
    /// tell. Who draws them changes nothing for others.
    /// </summary>
    internal class ChipNoise
    {
        public ChipNoise(IMachine machine, string purpose)
        {
            var emulation = EmulationManager.Instance.CurrentEmulation;
            emulation.TryGetMachineName(machine, out var name);
            state = (uint)emulation.RandomGenerator.GetCurrentSeed();
            foreach(var character in $"{name}/{purpose}")
            {
                state = (state ^ character) * 0x100000001B3;
            }
        }

        /// <summary>The next number.</summary>
        public uint Next()
        {
            state += Step;
            return Mix(state);
        }

        /// <summary>One of as many numbers as there are; the next ones stay as they are.</summary>
        public uint At(ulong index) => Mix(state + ((index + 1) * Step));

        private static uint Mix(ulong value)
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return (uint)((value ^ (value >> 31)) >> 32);
        }

        private ulong state;

        private const ulong Step = 0x9E3779B97F4A7C15;
    }
}
