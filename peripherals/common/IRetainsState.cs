// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.IO;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// A model that keeps something while VDD is off, in flash or on VBAT. Where all models of a chip write the same, firmware boots the
    /// same, but for the content of backup SRAM, for <see cref="ISectoredMemory.ToldSectors"/>, and for what <see cref="IKeepsTime"/> tells.
    /// </summary>
    public interface IRetainsState
    {
        /// <summary>Writes what is kept now, always in the same order; changes nothing.</summary>
        /// <param name="writer">Where to.</param>
        void WriteRetainedState(BinaryWriter writer);
    }
}
