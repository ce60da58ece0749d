// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core.CAN;

namespace Antmicro.Renode.Peripherals.CAN
{
    /// <summary>A node that can be on a hub.</summary>
    public interface ICAN : IPeripheral
    {
        /// <summary>A frame leaves the node.</summary>
        event Action<CANMessageFrame> FrameSent;

        /// <summary>A frame has come over the hub.</summary>
        void OnFrameReceived(CANMessageFrame message);
    }
}
