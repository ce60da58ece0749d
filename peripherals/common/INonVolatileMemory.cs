// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Migrant;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// A memory whose content outlives a loss of VDD. It tells of each write while the write is made, so that the power can be cut before,
    /// within and after it; what that leaves in the content is the memory's to say, as it is silicon's.
    /// </summary>
    public interface INonVolatileMemory
    {
        /// <summary>What campaigns call it, as <c>flash</c>; no two of a machine have the same name.</summary>
        string TargetName { get; }

        /// <summary>The content, all of it, whatever protects it.</summary>
        byte[] GetContent();

        /// <summary>Replaces the content, whatever protects it; what is under way ends without effect.</summary>
        /// <param name="bytes">As many as <see cref="GetContent"/> gives.</param>
        void SetContent(byte[] bytes);

        /// <summary>
        /// Told of each access of a core that gets through to the content, as long as it is set, exact to the single access. Not part of
        /// a snapshot. May make the memory slower, not different.
        /// </summary>
        IMemoryWatcher Watcher { get; set; }
    }

    /// <summary>A model with one or several memories that keep their content.</summary>
    public interface IHasNonVolatileMemories
    {
        /// <summary>The memories.</summary>
        IEnumerable<INonVolatileMemory> NonVolatileMemories { get; }
    }

    /// <summary>Sees each access of a core to a memory that got through its gates, on the core's thread.</summary>
    public interface IMemoryWatcher
    {
        /// <summary>The core is about to be given a value. Mapped memory does not tell.</summary>
        /// <param name="offset">Offset in bytes from the start of the memory.</param>
        /// <param name="size">Bytes: 1, 2 or 4.</param>
        void HasRead(int offset, int size);

        /// <summary>A value is in the memory now. If the power is cut in here, nothing that the core writes after it gets in.</summary>
        /// <param name="offset">Offset in bytes from the start of the memory.</param>
        /// <param name="value">The value.</param>
        /// <param name="size">Bytes: 1, 2 or 4.</param>
        void HasWritten(int offset, uint value, int size);

        /// <summary>A write that takes time is about to begin. If the power is cut in here, nothing of it is done.</summary>
        /// <param name="operation">What is to be done.</param>
        void IsStarting(MemoryOperation operation);

        /// <summary>It is complete; not told if power or a reset came before. If the power is cut in here, nothing is written after it.</summary>
        /// <param name="operation">The one that was started.</param>
        void HasEnded(MemoryOperation operation);
    }

    /// <summary>What a write that takes time does.</summary>
    public enum MemoryOperationKind
    {
        /// <summary>Bits are cleared.</summary>
        Program,
        /// <summary>Bits are set: bytes are 0xFF.</summary>
        Erase,
        /// <summary>Bytes are replaced: option bytes, status registers.</summary>
        Replace,
    }

    /// <summary>A write that takes time.</summary>
    public sealed class MemoryOperation
    {
        /// <summary>Describes it.</summary>
        /// <param name="kind">What it does.</param>
        /// <param name="offset">Offset in bytes from the start of the memory.</param>
        /// <param name="size">How many bytes it changes at most.</param>
        /// <param name="data">What is written; null for an erase.</param>
        /// <param name="start">Virtual time of its begin.</param>
        /// <param name="duration">Virtual microseconds, at least 1.</param>
        public MemoryOperation(MemoryOperationKind kind, int offset, int size, byte[] data, TimeInterval start, ulong duration)
        {
            Kind = kind;
            Offset = offset;
            Size = size;
            Data = data;
            Start = start;
            Duration = duration;
        }

        /// <summary>Asks for a call when a share of the time is over. Only to be used while the start is told.</summary>
        /// <param name="microseconds">Virtual microseconds from the begin on, fewer than it takes.</param>
        /// <param name="action">What to do; if it cuts the power, the operation has got so far.</param>
        public void CallAfter(ulong microseconds, Action action)
        {
            CallAt = microseconds;
            call = action;
        }

        /// <summary>What it does.</summary>
        public MemoryOperationKind Kind { get; }

        /// <summary>Offset in bytes from the start of the memory.</summary>
        public int Offset { get; }

        /// <summary>How many bytes it changes at most.</summary>
        public int Size { get; }

        /// <summary>What is written; null for an erase.</summary>
        public byte[] Data { get; }

        /// <summary>Virtual time of its begin.</summary>
        public TimeInterval Start { get; }

        /// <summary>Virtual microseconds.</summary>
        public ulong Duration { get; }

        /// <summary>When the memory is to call, in virtual microseconds from the begin on.</summary>
        public ulong CallAt { get; private set; }

        /// <summary>What the memory is to call then; null: nothing.</summary>
        public Action Call => call;

        // Whoever asked is no part of the emulation.
        [Transient]
        private Action call;
    }
}
