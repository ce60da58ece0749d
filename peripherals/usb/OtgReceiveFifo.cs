// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>PKTSTS of OTG_FS_GRXSTSP in device mode.</summary>
    internal enum OtgPacketStatus
    {
        GlobalOutNak = 1,
        OutData = 2,
        OutCompleted = 3,
        SetupCompleted = 4,
        SetupData = 6,
    }

    /// <summary>The receive FIFO: for each entry a word of status, and then its data (RM0090 34.11.1).</summary>
    internal sealed class OtgReceiveFifo
    {
        public OtgReceiveFifo(uint[] memory)
        {
            words = new OtgFifo(memory);
        }

        public void Place(uint start, uint depth)
        {
            words.Place(start, depth);
            Flush();
        }

        public void Flush()
        {
            words.Flush();
            entries.Clear();
            UnreadWords = 0;
        }

        /// <summary>Words that an entry takes.</summary>
        public static int WordsOf(int bytes) => 1 + ((bytes + 3) / 4);

        /// <summary>Adds an entry, if there is room for all of it.</summary>
        public bool Push(uint status, byte[] data)
        {
            if(words.Free < WordsOf(data.Length))
            {
                return false;
            }
            words.Push(status);
            for(var i = 0; i < data.Length; i += 4)
            {
                var word = 0u;
                for(var j = 0; j < 4 && i + j < data.Length; j++)
                {
                    word |= (uint)data[i + j] << (8 * j);
                }
                words.Push(word);
            }
            entries.Enqueue(status);
            return true;
        }

        /// <summary>Takes the status of the oldest entry; its data come by <see cref="ReadWord"/> then.</summary>
        public uint PopStatus()
        {
            DropUnread();
            words.Pop();
            var status = entries.Dequeue();
            UnreadWords = WordsOf(BytesOf(status)) - 1;
            return status;
        }

        /// <summary>A word of data of the entry that was taken; there has to be one.</summary>
        public uint ReadWord()
        {
            UnreadWords--;
            return words.Pop();
        }

        /// <summary>BCNT of a status.</summary>
        public static int BytesOf(uint status) => (int)(status >> 4 & 0x7FF);

        /// <summary>The oldest entry; 0 if there is none.</summary>
        public uint Head => entries.Count > 0 ? entries.Peek() : 0;

        public bool IsEmpty => entries.Count == 0;

        /// <summary>Words of data that are left of the entry that was taken.</summary>
        public int UnreadWords { get; private set; }

        public int Free => words.Free;

        public int Depth => words.Depth;

        private void DropUnread()
        {
            while(UnreadWords > 0)
            {
                ReadWord();
            }
        }

        private readonly OtgFifo words;
        private readonly Queue<uint> entries = new Queue<uint>();
    }
}
