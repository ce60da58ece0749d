// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>What a part of a memory is at a time.</summary>
    public enum MemoryState
    {
        /// <summary>As before the run.</summary>
        Unchanged,
        /// <summary>Written at this time.</summary>
        Writing,
        /// <summary>Other than before the run.</summary>
        Written,
        /// <summary>Other than anybody has written: its supply was gone.</summary>
        Lost,
        /// <summary>Of a flash: all bytes are 0xFF.</summary>
        Erased,
        /// <summary>Being erased.</summary>
        Erasing,
        /// <summary>Being programmed.</summary>
        Programming,
        /// <summary>Some bytes are not 0xFF.</summary>
        Programmed,
        /// <summary>What was done to it last was interrupted.</summary>
        Torn,
        /// <summary>Torn, and some of it reads differently each time.</summary>
        Unstable,
    }

    /// <summary>A target in the course of the run without a cut.</summary>
    public sealed class MemoryPicture
    {
        /// <summary>Name of the memory.</summary>
        public string Target = "";
        /// <summary>Bytes of all of it.</summary>
        public int Size;
        /// <summary>Is it erased in sectors?</summary>
        public bool HasSectors;
        /// <summary>The parts of it that the run writes, by offset.</summary>
        public IReadOnlyList<MemoryRow> Rows = new MemoryRow[0];
    }

    /// <summary>A sector, or a range of a memory without any; neighbours in one, if there are too many.</summary>
    public sealed class MemoryRow
    {
        /// <summary>Number of the first sector; null: the memory has none.</summary>
        public int? Sector;
        /// <summary>How many sectors or ranges it is, of those that the run writes.</summary>
        public int Count = 1;
        /// <summary>Offset in bytes from the start of the memory.</summary>
        public int Offset;
        /// <summary>Bytes.</summary>
        public int Size;
        /// <summary>What it is, from the start of the run to its end, without gaps.</summary>
        public IReadOnlyList<MemorySpan> Spans = new MemorySpan[0];
    }

    /// <summary>A time in which a row is one thing.</summary>
    public struct MemorySpan
    {
        /// <summary>Its begin, in virtual microseconds since the start of the run.</summary>
        public double From;
        /// <summary>Its end.</summary>
        public double To;
        /// <summary>What the row is.</summary>
        public MemoryState State;
        /// <summary>At the end of it: bytes of a flash that are not 0xFF; of another memory those that are other than before the run.</summary>
        public int Bytes;
    }

    /// <summary>What a cut has left of a row.</summary>
    public sealed class MemoryLeft
    {
        /// <summary>Name of the memory.</summary>
        public string Target = "";
        /// <summary>As <see cref="MemoryRow.Offset"/>.</summary>
        public int Offset;
        /// <summary>As <see cref="MemoryRow.Size"/>.</summary>
        public int Size;
        /// <summary>What it is.</summary>
        public MemoryState State;
        /// <summary>As <see cref="MemorySpan.Bytes"/>.</summary>
        public int Bytes;
        /// <summary>Bytes that are other than before the step that was cut; of a second cut, than when power was back from the first.</summary>
        public int Changed;
        /// <summary>Bytes that read differently each time.</summary>
        public int Unstable;
    }
}
