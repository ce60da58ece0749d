// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>A peripheral that hears from the DMA controller when a stream has moved its last item.</summary>
    internal interface IDmaClient
    {
        /// <summary>That was the last item of a round: NDTR has come to 0.</summary>
        void HandleLastTransfer();
    }
}
