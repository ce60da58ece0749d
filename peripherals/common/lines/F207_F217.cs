// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>STM32F207/217 (RM0033): the registers of the F205, whose reserved gates of Ethernet and camera are used here.</summary>
    internal static class F207_F217
    {
        public static readonly ChipFacts Facts = new ChipFacts
        {
            Name = nameof(ChipLine.F207_F217),
            DeviceId = 0x411,
            // Revision X.
            RevisionId = 0x2003,
            Power = F205_F215.Power,
            Clocks = F205_F215.Clocks,
            Rtc = F205_F215.Rtc,
            Flash = F205_F215.Flash,
        };
    }
}
