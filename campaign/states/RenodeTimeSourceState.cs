// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Reflection;
using System.Threading;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>A time source of a machine of Renode. Its thread ends some time after the machine was paused, and changes fields until then.</summary>
    internal sealed class RenodeTimeSourceState : NativeState
    {
        /// <summary>Is it for objects of that type?</summary>
        public static bool IsFor(Type type) => type.FullName == "Antmicro.Renode.Time.SlaveTimeSource";

        /// <summary>State of a <c>SlaveTimeSource</c>.</summary>
        public RenodeTimeSourceState(object item)
        {
            source = item;
            thread = item.GetType().GetField("dispatcherThread", BindingFlags.Instance | BindingFlags.NonPublic);
        }

        /// <inheritdoc/>
        public override void Settle()
        {
            ((Thread)thread.GetValue(source))?.Join();
        }

        /// <inheritdoc/>
        public override object TakeState(object previous) => null;

        /// <inheritdoc/>
        public override void RestoreState(object state)
        {
        }

        private readonly object source;
        private readonly FieldInfo thread;
    }
}
