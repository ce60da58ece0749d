// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Peripherals.Chip;

namespace Antmicro.Renode.Peripherals.USB
{
    /// <summary>What knows a class of devices.</summary>
    internal interface IUsbDriver
    {
        /// <summary>A device is configured: takes the interfaces that it knows out of those that are free, and starts.</summary>
        /// <returns>Whether it has found any.</returns>
        bool TryAttach(UsbHost host, UsbConfiguration configuration, IList<UsbInterface> free);

        /// <summary>The device is gone, if there was one: all that was under way has ended.</summary>
        void Detach();
    }

    /// <summary>A driver that has something to say in the table of <see cref="Board.UsbConnector.Status"/>.</summary>
    internal interface IUsbFunction : IUsbDriver, IStatusProvider
    {
    }
}
