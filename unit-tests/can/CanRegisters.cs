// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace UnitTests
{
    /// <summary>Offsets and bits of bxCAN (RM0090 32.9).</summary>
    internal static class CanRegisters
    {
        public const ulong MCR = 0x00;
        public const ulong MSR = 0x04;
        public const ulong TSR = 0x08;
        public const ulong RF0R = 0x0C;
        public const ulong RF1R = 0x10;
        public const ulong IER = 0x14;
        public const ulong ESR = 0x18;
        public const ulong BTR = 0x1C;
        public const ulong TI0R = 0x180;
        public const ulong TDT0R = 0x184;
        public const ulong TDL0R = 0x188;
        public const ulong TDH0R = 0x18C;
        public const ulong RI0R = 0x1B0;
        public const ulong RDT0R = 0x1B4;
        public const ulong RDL0R = 0x1B8;
        public const ulong RDH0R = 0x1BC;
        public const ulong FMR = 0x200;
        public const ulong FM1R = 0x204;
        public const ulong FS1R = 0x20C;
        public const ulong FFA1R = 0x214;
        public const ulong FA1R = 0x21C;
        public const ulong F0R1 = 0x240;

        public const uint INRQ = 1 << 0;
        public const uint SLEEP = 1 << 1;
        public const uint TXFP = 1 << 2;
        public const uint RFLM = 1 << 3;
        public const uint NART = 1 << 4;
        public const uint AWUM = 1 << 5;
        public const uint ABOM = 1 << 6;
        public const uint TTCM = 1 << 7;
        public const uint DBF = 1 << 16;
        public const uint INAK = 1 << 0;
        public const uint SLAK = 1 << 1;
        public const uint ERRI = 1 << 2;
        public const uint WKUI = 1 << 3;
        public const uint SLAKI = 1 << 4;
        public const uint TXM = 1 << 8;
        public const uint SAMP = 1 << 10;
        public const uint RX = 1 << 11;
        public const uint RQCP0 = 1 << 0;
        public const uint TXOK0 = 1 << 1;
        public const uint TERR0 = 1 << 3;
        public const uint ABRQ0 = 1 << 7;
        public const uint RQCP1 = 1 << 8;
        public const uint TME0 = 1 << 26;
        public const uint FULL = 1 << 3;
        public const uint FOVR = 1 << 4;
        public const uint RFOM = 1 << 5;
        public const uint LBKM = 1u << 30;
        public const uint SILM = 1u << 31;
        public const uint TXRQ = 1 << 0;
        public const uint TGT = 1 << 8;
        /// <summary>16 quanta of one clock: 1 + 13 + 2.</summary>
        public const uint Bit16 = (12 << 16) | (1 << 20);
        public const uint FilterReset = 0x2A1C0E01;
    }
}
