// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Time
{
    /// <summary>Virtual time of a machine or of the whole emulation.</summary>
    public abstract class TimeSourceBase : ITimeDomain
    {
        /// <summary>Calls back when the instruction being executed is done; if none is, before the next one.</summary>
        public abstract void ExecuteInNearestSyncedState(Action<TimeStamp> what);

        public override string ToString() => GetType().Name;

        public abstract TimeInterval ElapsedVirtualTime { get; }

        /// <summary>How long machines run before they wait for each other; the same for all.</summary>
        public abstract TimeInterval Quantum { get; set; }

        public ITimeDomain Domain => this;
    }
}
