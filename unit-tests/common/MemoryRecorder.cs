// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Peripherals.Chip;

namespace UnitTests
{
    /// <summary>Writes down what a memory tells, and does something at one of its writes.</summary>
    internal sealed class MemoryRecorder : IMemoryWatcher
    {
        public void HasRead(int offset, int size) => Events.Add($"read {offset:X} {size}");

        public void HasWritten(int offset, uint value, int size)
        {
            Events.Add($"written {offset:X} {size} {value:X}");
            AtWrite?.Invoke();
        }

        public void IsStarting(MemoryOperation operation)
        {
            Events.Add($"{operation.Kind} {operation.Offset:X} {operation.Size} {(operation.Data == null ? "" : Convert.ToHexString(operation.Data))} {operation.Duration} us".Replace("  ", " "));
            Last = operation;
            AtStart?.Invoke();
            if(CallAt > 0)
            {
                operation.CallAfter(CallAt, AtCall);
            }
        }

        public void HasEnded(MemoryOperation operation)
        {
            Events.Add(operation == Last ? "ended" : "another has ended");
            AtEnd?.Invoke();
        }

        public List<string> Events { get; } = new List<string>();

        public MemoryOperation Last { get; private set; }

        public Action AtWrite { get; set; }

        public Action AtStart { get; set; }

        public ulong CallAt { get; set; }

        public Action AtCall { get; set; }

        public Action AtEnd { get; set; }
    }
}
