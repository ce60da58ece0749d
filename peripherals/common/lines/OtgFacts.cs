// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>In what the USB controllers of the lines differ: release, endpoints, FIFO memory, and the registers that tell of them.</summary>
    internal sealed class OtgFacts
    {
        /// <summary>OTG_FS of the F2, F405/407/415/417, F42x and F43x (RM0090 chapter 34).</summary>
        public static OtgFacts FullSpeed { get; } = new OtgFacts
        {
            CoreId = 0x00001200,
            Release = 0x4F54281A,
            Configuration = new uint[] { 0x00000000, 0x229DCD20, 0x020001E8, 0x0FF08030 },
            Endpoints = 4,
            Channels = 8,
            FifoWords = 320,
        };

        /// <summary>OTG_HS of the same lines (RM0090 chapter 35).</summary>
        public static OtgFacts HighSpeed { get; } = new OtgFacts
        {
            CoreId = 0x00001100,
            Release = 0x4F54281A,
            Configuration = new uint[] { 0x00000000, 0x229ED590, 0x03F403E8, 0x17F00030 },
            Endpoints = 6,
            Channels = 12,
            FifoWords = 1024,
        };

        /// <summary>OTG_FS of the F446 and F469 (RM0390 chapter 31, RM0386).</summary>
        public static OtgFacts NewerFullSpeed { get; } = new OtgFacts
        {
            CoreId = 0x00002000,
            Release = 0x4F54320A,
            Configuration = new uint[] { 0x00000000, 0x229ED520, 0x0200D1E8, 0x17F08030 },
            Endpoints = 6,
            Channels = 12,
            FifoWords = 320,
            IsNewer = true,
        };

        /// <summary>OTG_HS of the F446 and F469.</summary>
        public static OtgFacts NewerHighSpeed { get; } = new OtgFacts
        {
            CoreId = 0x00002100,
            Release = 0x4F54320A,
            Configuration = new uint[] { 0x00000000, 0x229FE190, 0x03EED2E8, 0x23F00030 },
            Endpoints = 9,
            Channels = 16,
            FifoWords = 1024,
            IsNewer = true,
        };

        /// <summary>OTG_FS_CID, which the firmware may overwrite.</summary>
        public uint CoreId { get; init; }

        /// <summary>GSNPSID: release of the core, as its maker numbers it. Not in the manual; drivers read it.</summary>
        public uint Release { get; init; }

        /// <summary>GHWCFG1 to GHWCFG4: how the core was configured. Not in the manual either.</summary>
        public uint[] Configuration { get; init; }

        /// <summary>Endpoints of each direction, endpoint 0 included.</summary>
        public int Endpoints { get; init; }

        /// <summary>Channels in host mode.</summary>
        public int Channels { get; init; }

        /// <summary>Words of 32 bits that the FIFOs share.</summary>
        public int FifoWords { get; init; }

        /// <summary>
        /// Is VBUS sensed by GCCFG.VBDEN, or overridden by GOTGCTL.BVALOVAL? Else VBUSBSEN and NOVBUSSENS in GCCFG say so. It has GLPMCFG, too,
        /// and comes out of reset disconnected (DCTL.SDIS = 1).
        /// </summary>
        public bool IsNewer { get; init; }
    }
}
