// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// A model that takes part in the resets of the chip. <see cref="ResetController"/> tells it of each one, in two phases, and nobody
    /// else does: Renode's own <see cref="IPeripheral.Reset"/> does nothing in a member.
    /// </summary>
    public interface IResetMember
    {
        /// <summary>
        /// First phase, once for each reset: does to the model's own state what the class does on silicon. Touches no line and no other
        /// model, so that the members' order doesn't matter.
        /// </summary>
        /// <param name="resetClass">What kind of reset it is.</param>
        /// <param name="cause">The flags of RCC_CSR that it leaves.</param>
        void ResetState(ResetClass resetClass, ResetCause cause);

        /// <summary>
        /// Second phase, when all state is settled: lines, clocks and mappings follow it. Comes after each reset of Renode's machine as
        /// well (at power-on there is one more), since a core or a port forgets then what it was told.
        /// </summary>
        void ResetOutputs();
    }
}
