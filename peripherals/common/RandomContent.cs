// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Memory;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>What a memory holds that has lost its supply: noise, repeatable by the emulation's seed, never zeroes.</summary>
    public class RandomContent
    {
        /// <summary>Fills the buffer.</summary>
        public void Fill(byte[] buffer)
        {
            // Renode's own generator has one sequence for each thread; content must not depend on who cuts the power.
            var seed = EmulationManager.Instance.CurrentEmulation.RandomGenerator.GetCurrentSeed();
            new Random(unchecked(seed + SeedStep * ++fills)).NextBytes(buffer);
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

        /// <summary>Lets the noise begin anew from the seed, whatever was lost before.</summary>
        public void Restart()
        {
            fills = 0;
        }

        private int fills;

        private const int SeedStep = 0x2545F491;
    }
}
