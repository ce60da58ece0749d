// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>A receive FIFO of three frames (RM0090 32.7.3).</summary>
    internal sealed class CanFifo
    {
        /// <summary>Empties it.</summary>
        public void Reset()
        {
            Count = 0;
            head = 0;
            IsFull = HasOverrun = false;
            for(var i = 0; i < slots.Length; i++)
            {
                slots[i] = default;
            }
        }

        /// <summary>A frame comes in. One too many takes the last one's place, or is lost if the FIFO is locked.</summary>
        public void Store(CanFrame frame, uint filter, uint time, bool isLocked)
        {
            if(Count == slots.Length)
            {
                HasOverrun = true;
                if(isLocked)
                {
                    return;
                }
            }
            else
            {
                Count++;
            }
            slots[(head + Count - 1) % slots.Length] = new Slot
            {
                Identifier = frame.Identifier,
                Status = (time << 16) | (filter << 8) | (uint)frame.Length,
                Low = frame.Low,
                High = frame.High,
            };
            IsFull |= Count == slots.Length;
        }

        /// <summary>The program is done with the first frame.</summary>
        public void Release()
        {
            if(Count > 0)
            {
                Count--;
                head = (head + 1) % slots.Length;
            }
        }

        /// <summary>FMP: frames in it.</summary>
        public int Count { get; private set; }

        /// <summary>FULL, which is cleared by software alone.</summary>
        public bool IsFull { get; set; }

        /// <summary>FOVR.</summary>
        public bool HasOverrun { get; set; }

        /// <summary>What the mailbox of the FIFO shows; if it is empty, what was there before.</summary>
        public Slot Head => slots[head];

        private int head;

        private readonly Slot[] slots = new Slot[3];

        /// <summary>The four registers of a mailbox.</summary>
        public struct Slot
        {
            public uint Identifier;
            public uint Status;
            public uint Low;
            public uint High;
        }
    }
}
