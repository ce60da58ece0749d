// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace UnitTests
{
    /// <summary>Offsets and bits of OTG_FS in device mode (RM0090 34.16).</summary>
    internal static class OtgRegisters
    {
        public const ulong GOTGCTL = 0x000;
        public const ulong GOTGINT = 0x004;
        public const ulong GAHBCFG = 0x008;
        public const ulong GUSBCFG = 0x00C;
        public const ulong GRSTCTL = 0x010;
        public const ulong GINTSTS = 0x014;
        public const ulong GINTMSK = 0x018;
        public const ulong GRXSTSR = 0x01C;
        public const ulong GRXSTSP = 0x020;
        public const ulong GRXFSIZ = 0x024;
        public const ulong DIEPTXF0 = 0x028;
        public const ulong HNPTXSTS = 0x02C;
        public const ulong GCCFG = 0x038;
        public const ulong CID = 0x03C;
        public const ulong GSNPSID = 0x040;
        public const ulong GHWCFG2 = 0x048;
        public const ulong GHWCFG3 = 0x04C;
        public const ulong GDFIFOCFG = 0x05C;
        public const ulong DIEPTXF1 = 0x104;
        public const ulong HFIR = 0x404;
        public const ulong HPRT = 0x440;
        public const ulong DCFG = 0x800;
        public const ulong DCTL = 0x804;
        public const ulong DSTS = 0x808;
        public const ulong DIEPMSK = 0x810;
        public const ulong DOEPMSK = 0x814;
        public const ulong DAINT = 0x818;
        public const ulong DAINTMSK = 0x81C;
        public const ulong DIEPEMPMSK = 0x834;
        public const ulong DIEPCTL = 0x900;
        public const ulong DIEPINT = 0x908;
        public const ulong DIEPTSIZ = 0x910;
        public const ulong DTXFSTS = 0x918;
        public const ulong DOEPCTL = 0xB00;
        public const ulong DOEPINT = 0xB08;
        public const ulong DOEPTSIZ = 0xB10;
        public const ulong PCGCCTL = 0xE00;
        public const ulong Fifo = 0x1000;
        public const ulong Memory = 0x20000;

        // GINTSTS and GINTMSK.
        public const uint CMOD = 1 << 0;
        public const uint MMIS = 1 << 1;
        public const uint OTGINT = 1 << 2;
        public const uint SOF = 1 << 3;
        public const uint RXFLVL = 1 << 4;
        public const uint GINAKEFF = 1 << 6;
        public const uint GONAKEFF = 1 << 7;
        public const uint ESUSP = 1 << 10;
        public const uint USBSUSP = 1 << 11;
        public const uint USBRST = 1 << 12;
        public const uint ENUMDNE = 1 << 13;
        public const uint ISOODRP = 1 << 14;
        public const uint EOPF = 1 << 15;
        public const uint IEPINT = 1 << 18;
        public const uint OEPINT = 1 << 19;
        public const uint IISOIXFR = 1 << 20;
        public const uint IPXFR = 1 << 21;
        public const uint CIDSCHG = 1 << 28;
        public const uint SRQINT = 1 << 30;
        public const uint WKUPINT = 1u << 31;

        public const uint FHMOD = 1 << 29;
        public const uint FDMOD = 1 << 30;
        public const uint PWRDWN = 1 << 16;
        public const uint VBUSBSEN = 1 << 19;
        public const uint NOVBUSSENS = 1 << 21;
        public const uint CIDSTS = 1 << 16;
        public const uint BSVLD = 1 << 19;
        public const uint CSRST = 1 << 0;
        public const uint RXFFLSH = 1 << 4;
        public const uint TXFFLSH = 1 << 5;
        public const uint AHBIDL = 1u << 31;
        public const uint TXFELVL = 1 << 7;
        public const uint RWUSIG = 1 << 0;
        public const uint SDIS = 1 << 1;
        public const uint GINSTS = 1 << 2;
        public const uint GONSTS = 1 << 3;
        public const uint SGINAK = 1 << 7;
        public const uint CGINAK = 1 << 8;
        public const uint SGONAK = 1 << 9;
        public const uint CGONAK = 1 << 10;
        public const uint SUSPSTS = 1 << 0;
        public const uint STPPCLK = 1 << 0;
        public const uint PHYSUSP = 1 << 4;

        // DIEPCTL and DOEPCTL.
        public const uint USBAEP = 1 << 15;
        public const uint DPID = 1 << 16;
        public const uint NAKSTS = 1 << 17;
        public const uint Isochronous = 1 << 18;
        public const uint Bulk = 2 << 18;
        public const uint STALL = 1 << 21;
        public const uint CNAK = 1 << 26;
        public const uint SNAK = 1 << 27;
        public const uint SD0PID = 1 << 28;
        public const uint SODDFRM = 1 << 29;
        public const uint EPDIS = 1 << 30;
        public const uint EPENA = 1u << 31;

        // DIEPINT and DOEPINT.
        public const uint XFRC = 1 << 0;
        public const uint EPDISD = 1 << 1;
        public const uint STUP = 1 << 3;
        public const uint ITTXFE = 1 << 4;
        public const uint OTEPDIS = 1 << 4;
        public const uint INEPNE = 1 << 6;
        public const uint B2BSTUP = 1 << 6;
        public const uint TXFE = 1 << 7;

        // PKTSTS.
        public const uint GlobalOutNak = 1;
        public const uint OutData = 2;
        public const uint OutCompleted = 3;
        public const uint SetupCompleted = 4;
        public const uint SetupData = 6;
    }
}
