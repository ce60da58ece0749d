// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core.CAN;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>A data or remote frame of CAN 2.0, as the mailboxes of bxCAN hold it.</summary>
    internal sealed class CanFrame
    {
        /// <param name="identifier">As in CAN_RIxR: STID 31:21, EXID 20:3, IDE 2, RTR 1.</param>
        /// <param name="length">DLC, 0 to 15.</param>
        /// <param name="low">Data bytes 0 to 3, the first one lowest.</param>
        /// <param name="high">Data bytes 4 to 7.</param>
        public CanFrame(uint identifier, int length, uint low, uint high)
        {
            Identifier = identifier & ((identifier & ExtendedFlag) != 0 ? ~1u : StandardBits);
            Length = length;
            Low = low;
            High = high;
        }

        /// <summary>What came over a hub of the host. A remote frame has as many bytes there as its DLC says.</summary>
        public static CanFrame Of(CANMessageFrame message)
        {
            var data = new byte[MostBytes];
            Array.Copy(message.Data, data, message.RemoteFrame ? 0 : Math.Min(message.Data.Length, MostBytes));
            var identifier = message.ExtendedFormat ? (message.Id << 3) | ExtendedFlag : message.Id << 21;
            return new CanFrame(identifier | (message.RemoteFrame ? RemoteFlag : 0), Math.Min(message.Data.Length, MostBytes),
                BitConverter.ToUInt32(data, 0), BitConverter.ToUInt32(data, 4));
        }

        /// <summary>What goes to a hub of the host.</summary>
        public CANMessageFrame ToMessage()
        {
            var data = IsRemote ? new byte[MostBytes] : BitConverter.GetBytes(Low).Concat(BitConverter.GetBytes(High)).ToArray();
            return new CANMessageFrame(IsExtended ? Identifier >> 3 : Identifier >> 21, data.Take(Math.Min(Length, MostBytes)).ToArray(), IsExtended, IsRemote);
        }

        public uint Identifier { get; }

        public int Length { get; }

        public uint Low { get; }

        public uint High { get; }

        public bool IsExtended => (Identifier & ExtendedFlag) != 0;

        public bool IsRemote => (Identifier & RemoteFlag) != 0;

        /// <summary>Its bits in arbitration, the first one highest: the lowest key wins the bus.</summary>
        public ulong Priority => Enumerable.Range(0, LongestArbitration).Aggregate(0UL, (sum, i) => (sum << 1) | (i < Arbitration.Length && Arbitration[i] ? 1u : 0));

        /// <summary>Bits on the wire from the start of frame to the acknowledgement slot, which is the last, with stuff bits.</summary>
        public uint BitsToAcknowledgement
        {
            get
            {
                var bits = new List<bool> { false };
                bits.AddRange(Arbitration);
                // What is left of the control field of a standard frame is r0, as IDE counts as arbitration here.
                bits.AddRange(new bool[IsExtended ? 2 : 1]);
                bits.AddRange(BitsOf((uint)Length, 4));
                for(var i = 0; !IsRemote && i < Math.Min(Length, MostBytes); i++)
                {
                    bits.AddRange(BitsOf((i < 4 ? Low >> (8 * i) : High >> (8 * (i - 4))) & 0xFF, 8));
                }
                bits.AddRange(BitsOf(Checksum(bits), 15));
                return (uint)(bits.Count + CountStuffBits(bits)) + CrcDelimiter + AcknowledgementSlot;
            }
        }

        private static IEnumerable<bool> BitsOf(uint value, int count) => Enumerable.Range(1, count).Select(x => (value >> (count - x) & 1) != 0);

        // The CRC of 15 bits of CAN 2.0.
        private static uint Checksum(IEnumerable<bool> bits)
        {
            var result = 0u;
            foreach(var bit in bits)
            {
                var feedback = bit != ((result & 0x4000) != 0);
                result = (result << 1) & 0x7FFF;
                result ^= feedback ? 0x4599u : 0;
            }
            return result;
        }

        // Five equal bits are followed by one of the other level, which may begin the next five.
        private static int CountStuffBits(IEnumerable<bool> bits)
        {
            var result = 0;
            var last = true;
            var run = 0;
            foreach(var bit in bits)
            {
                run = bit == last ? run + 1 : 1;
                last = bit;
                if(run == 5)
                {
                    result++;
                    last = !bit;
                    run = 1;
                }
            }
            return result;
        }

        private bool[] Arbitration
        {
            get
            {
                var standard = BitsOf(Identifier >> 21, 11);
                return (IsExtended ? standard.Concat(new[] { true, true }).Concat(BitsOf(Identifier >> 3 & 0x3FFFF, 18)).Append(IsRemote)
                    : standard.Append(IsRemote).Append(false)).ToArray();
            }
        }

        public const uint ExtendedFlag = 1 << 2;
        public const uint RemoteFlag = 1 << 1;

        private const uint StandardBits = 0xFFE00006;
        private const int MostBytes = 8;
        private const int LongestArbitration = 32;
        private const uint CrcDelimiter = 1;
        private const uint AcknowledgementSlot = 1;
    }
}
