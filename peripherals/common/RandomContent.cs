// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Memory;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>What a memory holds that has lost its supply, and what the random number generator says: noise, repeatable by the emulation's seed, never zeroes.</summary>
    public class RandomContent
    {
        /// <summary>Fills the buffer.</summary>
        public void Fill(byte[] buffer)
        {
            new Random(unchecked(Seed + SeedStep * ++fills)).NextBytes(buffer);
        }

        /// <summary>Fills memories, in order.</summary>
        public void Fill(IEnumerable<IMemory> memories)
        {
            foreach(var memory in memories)
            {
                var content = new byte[memory.Size];
                Fill(content);
                memory.WriteBytes(0, content, 0, content.Length);
            }
        }

        /// <summary>The next number of the random number generator; content that is filled meanwhile has no part in it.</summary>
        public uint NextNumber()
        {
            // Neighbours must not look alike: each bit of the seed and the count goes into each bit of the number (the finalizer of SplitMix64).
            var mixed = ((ulong)(uint)Seed << 32) + (NumberStep * ++numbers);
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return (uint)(mixed ^ (mixed >> 31));
        }

        /// <summary>Lets the noise begin anew from the seed, whatever was lost and drawn before.</summary>
        public void Restart()
        {
            fills = 0;
            numbers = 0;
        }

        // Renode's own generator has one sequence for each thread; content must not depend on who cuts the power.
        private static int Seed => EmulationManager.Instance.CurrentEmulation.RandomGenerator.GetCurrentSeed();

        private int fills;
        private ulong numbers;

        private const int SeedStep = 0x2545F491;
        private const ulong NumberStep = 0x9E3779B97F4A7C15;
    }
}
