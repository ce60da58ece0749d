// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>The 28 filter banks that CAN1 and CAN2 share (RM0090 32.7.4).</summary>
    internal sealed class CanFilters
    {
        /// <summary>Reset values: all off, the first 14 are CAN1's.</summary>
        public void Reset()
        {
            Mode = Scale = Assignment = Active = 0;
            for(var i = 0; i < Banks; i++)
            {
                First[i] = Second[i] = 0;
            }
        }

        /// <summary>Finds the filter that lets a frame through: of 32 bits before 16, a list before a mask, then the lowest number.</summary>
        /// <param name="identifier">As in CAN_RIxR.</param>
        /// <param name="from">First bank that is asked.</param>
        /// <param name="to">The bank after the last.</param>
        /// <param name="fifo">FIFO of the filter.</param>
        /// <param name="index">Filter match index: its number among those of its FIFO, whether they are active or not.</param>
        public bool TryMatch(uint identifier, int from, int to, out int fifo, out uint index)
        {
            fifo = 0;
            index = 0;
            var best = int.MaxValue;
            var numbers = new uint[2];
            for(var bank = from; bank < to && bank < Banks; bank++)
            {
                var bit = 1u << bank;
                var isWide = (Scale & bit) != 0;
                var isList = (Mode & bit) != 0;
                var itsFifo = (Assignment & bit) != 0 ? 1 : 0;
                var rank = (isWide ? 0 : 2) + (isList ? 0 : 1);
                var count = (isWide ? 1u : 2u) * (isList ? 2u : 1u);
                if((Active & bit) != 0 && rank < best)
                {
                    for(var i = 0u; i < count; i++)
                    {
                        if(Matches(bank, i, isWide, isList, identifier))
                        {
                            best = rank;
                            fifo = itsFifo;
                            index = numbers[itsFifo] + i;
                            break;
                        }
                    }
                }
                numbers[itsFifo] += count;
            }
            return best != int.MaxValue;
        }

        public uint Mode { get; set; }

        public uint Scale { get; set; }

        public uint Assignment { get; set; }

        public uint Active { get; set; }

        public uint[] First { get; } = new uint[Banks];

        public uint[] Second { get; } = new uint[Banks];

        private bool Matches(int bank, uint filter, bool isWide, bool isList, uint identifier)
        {
            if(isWide)
            {
                return isList ? identifier == (filter == 0 ? First[bank] : Second[bank]) : ((identifier ^ First[bank]) & Second[bank]) == 0;
            }
            // STID 15:5, RTR 4, IDE 3, EXID[17:15] 2:0.
            var half = (identifier >> 16 & 0xFFE0) | (identifier << 3 & 0x10) | (identifier << 1 & 8) | (identifier >> 18 & 7);
            if(isList)
            {
                return half == ((filter < 2 ? First[bank] : Second[bank]) >> (int)(16 * (filter & 1)) & 0xFFFF);
            }
            var word = filter == 0 ? First[bank] : Second[bank];
            return ((half ^ word) & (word >> 16) & 0xFFFF) == 0;
        }

        public const int Banks = 28;
    }
}
