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
            state += 0x9E3779B97F4A7C15;
            var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return (uint)((mixed ^ (mixed >> 31)) >> 32);
        }

        private ulong state;
    }
}
