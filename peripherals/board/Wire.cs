// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

namespace Antmicro.Renode.Peripherals.Board
{
    /// <summary>A wire between two pins, for platform descriptions: <c>wire: Board.Wire @ none</c>. In the Monitor, ports have <c>Wire</c>.</summary>
    public class Wire : IPeripheral
    {
        /// <summary>Joins the pins.</summary>
        /// <param name="from">Port of one pin.</param>
        /// <param name="fromPin">The pin, 0 to 15.</param>
        /// <param name="to">Port of the other pin.</param>
        /// <param name="toPin">The other pin, 0 to 15.</param>
        public Wire(STM32F4_GPIOPort from, int fromPin, STM32F4_GPIOPort to, int toPin)
        {
            try
            {
                from.Wire(fromPin, to, toPin);
            }
            catch(RecoverableException e)
            {
                throw new ConstructionException(e.Message);
            }
        }

        /// <summary>Nothing: a wire outlives resets.</summary>
        public void Reset()
        {
        }
    }
}
