// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>STM32F407/417 (RM0090): the registers of the F405, whose reserved gates of Ethernet and camera are used here.</summary>
    internal static class F407_F417
    {
        public static readonly ChipFacts Facts = new ChipFacts
        {
            Name = nameof(ChipLine.F407_F417),
            DeviceId = 0x413,
            // Revision Y.
            RevisionId = 0x100F,
            Power = F405_F415.Power,
            Clocks = F405_F415.Clocks,
            Rtc = F405_F415.Rtc,
            Flash = F405_F415.Flash,
            VoltageScalingReadyWhenWritten = true,
        };
    }
}
