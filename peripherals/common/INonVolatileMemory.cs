// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;

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

    /// <summary>Such a memory whose bits a program clears and only an erase of a whole sector sets, both of which can be left half done.</summary>
    public interface ISectoredMemory : INonVolatileMemory
    {
        /// <summary>The sector that a byte is in: the least that can be erased.</summary>
        /// <param name="offset">Offset in bytes from the start of the memory; it is in the memory.</param>
        MemorySector SectorAt(int offset);

        /// <summary>What was interrupted, by the loss of power or a reset, oldest first; an erase of its cells makes them as good as new, and it is forgotten.</summary>
        IReadOnlyList<TornOperation> Torn { get; }

        /// <summary>Offsets of the bytes that don't read the same each time, ascending.</summary>
        IEnumerable<int> UnstableBytes { get; }

        /// <summary>
        /// Sectors of which <see cref="IMemoryWatcher.HasRead"/> tells each read of data; slower for the core then, where it is mapped memory for it. A memory that
        /// the core has to ask for each byte tells of all.
        /// </summary>
        IReadOnlyCollection<MemorySector> ToldSectors { get; set; }

        /// <summary>All that a sector keeps.</summary>
        /// <param name="sector">One of this memory.</param>
        SectorState TakeSector(MemorySector sector);

        /// <summary>Lets a sector keep that, whatever protects it; nothing may be under way.</summary>
        /// <param name="state">Of this memory, at this or another time.</param>
        void RestoreSector(SectorState state);
    }

    /// <summary>All that a sector keeps while VDD is off. Not to be changed.</summary>
    public sealed class SectorState
    {
        /// <summary>Describes it.</summary>
        /// <param name="sector">The sector.</param>
        /// <param name="content">Its bytes.</param>
        /// <param name="unstableBits">The bits of each byte that don't read the same each time; null: there are none.</param>
        /// <param name="others">What else makes one state another than the next; null: nothing.</param>
        /// <param name="kept">What the memory itself needs to go back to it.</param>
        public SectorState(MemorySector sector, byte[] content, byte[] unstableBits = null, byte[] others = null, object kept = null)
        {
            Sector = sector;
            Content = content;
            this.unstableBits = unstableBits;
            this.others = others ?? Array.Empty<byte>();
            Kept = kept;
        }

        /// <summary>Does one of these bytes not read the same each time?</summary>
        /// <param name="start">The first, from the start of the sector.</param>
        /// <param name="count">How many.</param>
        public bool IsUnstable(int start, int count) => unstableBits != null && unstableBits.AsSpan(start, count).IndexOfAnyExcept((byte)0) >= 0;

        /// <summary>Writes all of it, always in the same order.</summary>
        /// <param name="writer">Where to.</param>
        public void Write(BinaryWriter writer)
        {
            writer.Write(Content);
            writer.Write(unstableBits ?? Array.Empty<byte>());
            writer.Write(others);
        }

        /// <summary>The sector.</summary>
        public MemorySector Sector { get; }

        /// <summary>Its bytes.</summary>
        public byte[] Content { get; }

        /// <summary>What the memory itself needs to go back to it.</summary>
        public object Kept { get; }

        private readonly byte[] unstableBits;
        private readonly byte[] others;
    }

    /// <summary>A sector of a flash.</summary>
    public struct MemorySector
    {
        /// <summary>Its number, as the manual has it.</summary>
        public int Number;
        /// <summary>Offset in bytes from the start of the memory.</summary>
        public int Offset;
        /// <summary>Bytes.</summary>
        public int Size;
    }

    /// <summary>What is left of a program or an erase that was interrupted, in one stretch of cells.</summary>
    public sealed class TornOperation
    {
        /// <summary>Describes it.</summary>
        /// <param name="offset">Offset in bytes from the start of the memory.</param>
        /// <param name="size">Bytes of the stretch.</param>
        /// <param name="share">How far it got, 0 to 1.</param>
        /// <param name="kept">Bytes that were to change and are as before.</param>
        /// <param name="done">Bytes that are as they were to be.</param>
        /// <param name="between">Bytes that are neither.</param>
        public TornOperation(int offset, int size, double share, int kept, int done, int between)
        {
            Offset = offset;
            Size = size;
            Share = share;
            Kept = kept;
            Done = done;
            Between = between;
        }

        /// <summary>Offset in bytes from the start of the memory.</summary>
        public int Offset { get; }

        /// <summary>Bytes of the stretch.</summary>
        public int Size { get; }

        /// <summary>How far it got, 0 to 1.</summary>
        public double Share { get; }

        /// <summary>Bytes that were to change and are as before.</summary>
        public int Kept { get; }

        /// <summary>Bytes that were to change and are as they were to be.</summary>
        public int Done { get; }

        /// <summary>Bytes that are neither.</summary>
        public int Between { get; }
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
        /// <summary>The core is about to be given a value. Mapped memory does not tell, but for <see cref="ISectoredMemory.ToldSectors"/>.</summary>
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
