// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// A peripheral's clock was just switched on by firmware: for two cycles of AHB, or one more than the prescaler of its APB has, an access may be lost
    /// (errata of F405/407, "delay after an RCC peripheral clock enabling").
    /// </summary>
    /// <remarks>
    /// Cycles of silicon are counted in instructions, by their addresses: so near that no more can lie between, whatever their sizes are.
    /// What comes after a read of the RCC is late enough, as ST says and its libraries do.
    /// </remarks>
    internal sealed class ClockDelay
    {
        /// <param name="programCounter">Address of the instruction that has set the bit.</param>
        /// <param name="cycles">Cycles of HCLK that have to pass.</param>
        /// <param name="losesAccess">Is an access that comes too early lost?</param>
        /// <param name="isOver">Has the firmware waited meanwhile?</param>
        public ClockDelay(ulong programCounter, ulong cycles, bool losesAccess, Func<bool> isOver)
        {
            this.programCounter = programCounter;
            this.isOver = isOver;
            Cycles = cycles;
            LosesAccess = losesAccess;
        }

        /// <summary>Is an access by the instruction at this address too early?</summary>
        public bool IsTooEarly(ulong address) => address > programCounter && address - programCounter <= ShortestInstruction * Cycles && !isOver();

        public ulong Cycles { get; }

        public bool LosesAccess { get; }

        private readonly ulong programCounter;
        private readonly Func<bool> isOver;

        private const ulong ShortestInstruction = 2;
    }
}
