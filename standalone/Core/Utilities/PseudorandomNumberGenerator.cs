// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Core
{
    /// <summary>
    /// The emulation's source of randomness. The same seed gives the same numbers, on any machine: the generator is
    /// SplitMix64, not the runtime's.
    /// </summary>
    public sealed class PseudorandomNumberGenerator
    {
        public PseudorandomNumberGenerator()
        {
            ResetSeed(DefaultSeed);
        }

        public void ResetSeed(int newSeed)
        {
            seed = newSeed;
            state = (uint)newSeed;
        }

        public int GetCurrentSeed() => seed;

        /// <summary>A number of at least 0 and less than 1.</summary>
        public double NextDouble() => (NextUlong() >> 11) * (1.0 / (1UL << 53));

        public int Next() => Next(int.MaxValue);

        /// <summary>A number of at least 0 and less than <paramref name="maxValue"/>.</summary>
        public int Next(int maxValue) => Next(0, maxValue);

        public int Next(int minValue, int maxValue)
        {
            if(minValue > maxValue)
            {
                throw new ArgumentOutOfRangeException(nameof(maxValue));
            }
            return (int)(minValue + (long)(NextDouble() * ((long)maxValue - minValue)));
        }

        public void NextBytes(byte[] buffer)
        {
            for(var i = 0; i < buffer.Length; i += 8)
            {
                var bits = NextUlong();
                for(var j = i; j < Math.Min(i + 8, buffer.Length); j++)
                {
                    buffer[j] = (byte)bits;
                    bits >>= 8;
                }
            }
        }

        public ulong NextUlong()
        {
            state += 0x9E3779B97F4A7C15;
            var z = state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }

        private int seed;
        private ulong state;

        private const int DefaultSeed = 1;
    }
}
