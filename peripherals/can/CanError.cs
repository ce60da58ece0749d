// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>What can go wrong with a frame: LEC of CAN_ESR (RM0090 32.9.2).</summary>
    public enum CanError
    {
        /// <summary>Nothing.</summary>
        None,
        /// <summary>Six equal bits where a stuff bit belongs.</summary>
        Stuff,
        /// <summary>A bit of fixed form has the wrong level.</summary>
        Form,
        /// <summary>No receiver has acknowledged.</summary>
        Acknowledgement,
        /// <summary>A recessive bit was sent, a dominant one seen.</summary>
        BitRecessive,
        /// <summary>A dominant bit was sent, a recessive one seen.</summary>
        BitDominant,
        /// <summary>The checksum is another one.</summary>
        Crc,
    }
}
