// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Lines of the STM32F2 and F4 that have backup SRAM. Said once, to <see cref="STM32F4_Supplies"/>; what it means is in
    /// <see cref="ChipFacts"/>.
    /// </summary>
    public enum ChipLine
    {
        /// <summary>STM32F205/215 (RM0033): one register map with the next one; no Ethernet, no camera interface.</summary>
        F205_F215,
        /// <summary>STM32F207/217 (RM0033).</summary>
        F207_F217,
        /// <summary>STM32F405/415 (RM0090): one register map with the next one; no Ethernet, no camera interface.</summary>
        F405_F415,
        /// <summary>STM32F407/417 (RM0090).</summary>
        F407_F417,
        /// <summary>STM32F427/429/437/439 (RM0090).</summary>
        F42x_F43x,
        /// <summary>STM32F446 (RM0390).</summary>
        F446,
        /// <summary>STM32F469/479 (RM0386).</summary>
        F469_F479,
    }
}
