// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.UserInterface
{
    /// <summary>Monitor's verbs of the emulation's time.</summary>
    public static class MonitorTimeExtensions
    {
        /// <summary>Sets how long machines run before they wait for each other.</summary>
        public static void SetGlobalQuantum(this Emulation emulation, TimeInterval quantum) => emulation.QuantumTicks = Math.Max(1, quantum.Ticks);

        /// <summary>True: time that runs by itself does not wait for the host's clock.</summary>
        public static void SetGlobalAdvanceImmediately(this Emulation emulation, bool val) => emulation.AdvanceImmediately = val;

        public static void SetGlobalSerialExecution(this Emulation emulation, bool val)
        {
            // execution is always serial
        }
    }
}
