// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

using Antmicro.Renode.Core;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>Of the standalone host's objects, which know how to keep it themselves: those that are its <c>ICheckpointed</c>.</summary>
    internal sealed class HostNativeState : NativeState
    {
        /// <returns>null: they don't.</returns>
        public static Func<object, NativeState> FactoryFor(Type type)
        {
            var kept = type.GetInterfaces().FirstOrDefault(x => x.Name == "ICheckpointed" && x.Assembly == typeof(Emulation).Assembly);
            return kept == null ? null : item => new HostNativeState(item, kept);
        }

        /// <inheritdoc/>
        public override object TakeState(object previous) => take(previous);

        /// <inheritdoc/>
        public override void RestoreState(object state) => restore(state);

        /// <inheritdoc/>
        public override bool IsRestoredFirst { get; }

        private HostNativeState(object item, Type kept)
        {
            take = (Func<object, object>)Delegate.CreateDelegate(typeof(Func<object, object>), item, kept.GetMethod("TakeState"));
            restore = (Action<object>)Delegate.CreateDelegate(typeof(Action<object>), item, kept.GetMethod("RestoreState"));
            IsRestoredFirst = (bool)kept.GetProperty("IsRestoredFirst").GetValue(item);
        }

        private readonly Func<object, object> take;
        private readonly Action<object> restore;
    }
}
