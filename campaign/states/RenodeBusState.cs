// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Reflection;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>Which peripheral each thread has accessed last on Renode's bus: a shortcut, that may lead to what is no longer there.</summary>
    internal sealed class RenodeBusState : NativeState
    {
        /// <summary>Is it for objects of that type?</summary>
        public static bool IsFor(Type type) => type.FullName == "Antmicro.Renode.Peripherals.Bus.SystemBus+PeripheralCollection";

        /// <summary>State of a part of the bus.</summary>
        public RenodeBusState(object item)
        {
            var method = item.GetType().GetMethod("InvalidateLastBlock", BindingFlags.Instance | BindingFlags.NonPublic);
            forget = (Action)Delegate.CreateDelegate(typeof(Action), item, method);
        }

        /// <inheritdoc/>
        public override object TakeState(object previous) => null;

        /// <inheritdoc/>
        public override void RestoreState(object state) => forget();

        private readonly Action forget;
    }
}
