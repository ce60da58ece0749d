// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals
{
    /// <summary>Families of STM32 chips, for the models that serve more than one.</summary>
    public enum STM32Series
    {
        F0,
        F1,
        F4,
        F7,
        H7,
        G0,
        L0,
        L1,
        L5,
        WBA,
    }
}
