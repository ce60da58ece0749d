// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core.Structure;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>A place at the clock controller: the gate that a peripheral's clock comes through (RM0090 7.3.10 to 7.3.14).</summary>
    public class ClockGateRegistrationPoint : ITheOnlyPossibleRegistrationPoint
    {
        /// <param name="gate">Name of the gate, as in RCC_xxxENR.</param>
        public ClockGateRegistrationPoint(STM32F4_RCC.RegistrationPeripheralAlias gate)
        {
            Gate = gate;
        }

        /// <inheritdoc/>
        public override string ToString() => PrettyString;

        /// <summary>The gate.</summary>
        public STM32F4_RCC.RegistrationPeripheralAlias Gate { get; }

        /// <inheritdoc/>
        public string PrettyString => Gate.ToString();
    }
}
