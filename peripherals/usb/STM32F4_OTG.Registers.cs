// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Registers of the core (RM0090 34.16.2, 35.12.2), of power and clocks, and of host mode, where nothing is ever attached.</content>
    public sealed partial class STM32F4_OTG
    {
        private void DefineGlobalRegisters()
        {
            var control = Registers.GOTGCTL.Define(this, 0x00000800)
                .WithFlag(0, FieldMode.Read, name: "SRQSCS")
                .WithFlag(1, name: "SRQ");
            if(otg.IsNewer)
            {
                control
                    .WithFlag(2, name: "VBVALOEN")
                    .WithFlag(3, name: "VBVALOVAL")
                    .WithFlag(4, name: "AVALOEN")
                    .WithFlag(5, name: "AVALOVAL")
                    .WithFlag(6, out overridesSession, name: "BVALOEN")
                    .WithFlag(7, out sessionOverride, name: "BVALOVAL")
                    .WithFlag(12, name: "EHEN")
                    .WithFlag(20, name: "OTGVER")
                    .WithFlag(21, FieldMode.Read, valueProviderCallback: _ => IsHost, name: "CURMOD");
            }
            control
                .WithFlag(8, FieldMode.Read, name: "HNGSCS")
                .WithFlag(9, name: "HNPRQ")
                .WithFlag(10, name: "HSHNPEN")
                .WithFlag(11, name: "DHNPEN")
                .WithFlag(16, FieldMode.Read, valueProviderCallback: _ => hadPower, name: "CIDSTS")
                .WithFlag(17, FieldMode.Read, valueProviderCallback: _ => false, name: "DBCT")
                .WithFlag(18, FieldMode.Read, valueProviderCallback: _ => false, name: "ASVLD")
                .WithFlag(19, FieldMode.Read, valueProviderCallback: _ => hadSession, name: "BSVLD")
                .WithWriteCallback((_, __) => Update());
            Reserve(control, otg.IsNewer ? 0x003F1FFFu : 0x000F0F03);

            var otgInterrupts = Registers.GOTGINT.Define(this);
            foreach(var (bit, name) in OtgFlags)
            {
                otgInterrupts.WithFlag(bit, valueProviderCallback: _ => (otgStatus >> bit & 1) != 0, writeCallback: (_, value) => otgStatus &= ~(value ? 1u << bit : 0), name: name);
            }
            otgInterrupts.WithWriteCallback((_, __) => UpdateInterrupt());
            ReserveSilently(otgInterrupts, 0x000E0304);

            var bus = Registers.GAHBCFG.Define(this)
                .WithFlag(0, out interruptEnabled, name: "GINT")
                .WithFlag(7, out isEmptyLevel, name: "TXFELVL")
                .WithFlag(8, name: "PTXFELVL")
                .WithWriteCallback((_, __) => UpdateInterrupt());
            if(isHighSpeed)
            {
                bus
                    .WithValueField(1, 4, name: "HBSTLEN")
                    .WithFlag(5, writeCallback: (_, value) => ReportDma(value), name: "DMAEN");
            }
            Reserve(bus, isHighSpeed ? 0x000001BFu : 0x00000181);

            DefineConfiguration();

            Registers.GRSTCTL.Define(this)
                .WithFlag(0, out var coreReset, FieldMode.Write, name: "CSRST")
                .WithFlag(1, FieldMode.Write, name: "HSRST")
                .WithFlag(2, FieldMode.Write, name: "FCRST")
                .WithReservedBits(3, 1)
                .WithFlag(4, out var flushesReceive, FieldMode.Write, name: "RXFFLSH")
                .WithFlag(5, out var flushesTransmit, FieldMode.Write, name: "TXFFLSH")
                .WithValueField(6, 5, out var flushedFifo, name: "TXFNUM")
                .WithReservedBits(11, 19)
                .WithFlag(30, FieldMode.Read, valueProviderCallback: _ => false, name: "DMAREQ")
                .WithFlag(31, FieldMode.Read, valueProviderCallback: _ => true, name: "AHBIDL")
                .WithWriteCallback((_, __) =>
                {
                    if(flushesReceive.Value)
                    {
                        receiveFifo.Flush();
                    }
                    if(flushesTransmit.Value)
                    {
                        FlushTransmitFifos((int)flushedFifo.Value);
                    }
                    if(coreReset.Value)
                    {
                        ResetCore();
                    }
                    Update();
                });

            var status = Registers.GINTSTS.Define(this)
                .WithFlag(3, writeCallback: (_, value) => ClearFrames(value), name: "SOF")
                .WithFlag(15, writeCallback: (_, value) => ClearEndsOfFrames(value), name: "EOPF");
            foreach(var (bit, name) in FollowingFlags)
            {
                status.WithFlag(bit, FieldMode.Read, name: name);
            }
            foreach(var (bit, name) in LatchedFlags)
            {
                status.WithFlag(bit, writeCallback: (_, value) => latched &= ~(value ? 1u << bit : 0), name: name);
            }
            status.WithWriteCallback((_, __) => Update());
            ReserveSilently(status, 0xF73CFCFF);

            var masks = Registers.GINTMSK.Define(this);
            foreach(var (bit, name) in InterruptMasks)
            {
                masks.WithFlag(bit, valueProviderCallback: _ => (mask >> bit & 1) != 0, writeCallback: (_, value) => mask = (mask & ~(1u << bit)) | (value ? 1u << bit : 0), name: name);
            }
            masks.WithWriteCallback((_, __) => Update());
            Reserve(masks, 0xF77EFCFE);

            Registers.GRXSTSR.Define(this)
                .WithValueField(0, 32, FieldMode.Read, valueProviderCallback: _ => receiveFifo.Head, name: "EPNUM, BCNT, DPID, PKTSTS, FRMNUM");
            Registers.GRXSTSP.Define(this)
                .WithValueField(0, 32, FieldMode.Read, valueProviderCallback: _ => ReadStatus(), name: "EPNUM, BCNT, DPID, PKTSTS, FRMNUM");

            Registers.GRXFSIZ.Define(this, 0x00000200)
                .WithValueField(0, 16, out receiveDepth, writeCallback: (_, value) =>
                {
                    receiveFifo.Place(0, (uint)value);
                    CheckPlace(OffsetToString((long)Registers.GRXFSIZ), 0, value);
                }, name: "RXFD")
                .WithReservedBits(16, 16)
                .WithWriteCallback((_, __) => Update());
            DefineTransmitFifo(Registers.DIEPTXF0, 0, 0x00000200, "TX0FSA", "TX0FD");
            for(var i = 1; i < otg.Endpoints; i++)
            {
                DefineTransmitFifo(Registers.DIEPTXF1 + (4 * (i - 1)), i, 0x02000400, "INEPTXSA", "INEPTXFD");
            }
            // ST's library clears as many as there could be.
            for(var i = otg.Endpoints; i < MostEndpoints; i++)
            {
                (Registers.DIEPTXF1 + (4 * (i - 1))).Define(this)
                    .WithValueField(0, 32, FieldMode.Read, name: "reserved");
            }
            Registers.HNPTXSTS.Define(this)
                .WithValueField(0, 16, FieldMode.Read, valueProviderCallback: _ => 0x200, name: "NPTXFSAV")
                .WithValueField(16, 8, FieldMode.Read, valueProviderCallback: _ => 8, name: "NPTQXSAV")
                .WithValueField(24, 7, FieldMode.Read, name: "NPTXQTOP")
                .WithReservedBits(31, 1);

            DefineGeneralConfiguration();
            // TinyUSB writes what later cores have here: GDFIFOCFG.
            Registers.Reserved5C.Define(this)
                .WithValueField(0, 32, FieldMode.Read, name: "reserved");
            Registers.CID.Define(this, otg.CoreId)
                .WithValueField(0, 32, name: "PRODUCT_ID");
            Registers.GSNPSID.Define(this)
                .WithValueField(0, 32, FieldMode.Read, valueProviderCallback: _ => otg.Release, name: "GSNPSID");
            for(var i = 0; i < otg.Configuration.Length; i++)
            {
                var value = otg.Configuration[i];
                (Registers.GHWCFG1 + (4 * i)).Define(this)
                    .WithValueField(0, 32, FieldMode.Read, valueProviderCallback: _ => value, name: "GHWCFG");
            }
            if(otg.IsNewer)
            {
                Registers.GLPMCFG.Define(this)
                    .WithValueField(0, 29, name: "GLPMCFG")
                    .WithReservedBits(29, 3);
            }

            var power = Registers.PCGCCTL.Define(this)
                .WithFlag(0, out stopsPhyClock, name: "STPPCLK")
                .WithFlag(1, name: "GATEHCLK")
                .WithFlag(4, FieldMode.Read, valueProviderCallback: _ => isSuspended && stopsPhyClock.Value, name: "PHYSUSP")
                .WithWriteCallback((_, __) => Update());
            Reserve(power, 0x00000013);
        }

        private void DefineConfiguration()
        {
            var configuration = Registers.GUSBCFG.Define(this, 0x00000A00)
                .WithValueField(0, 3, name: "TOCAL")
                .WithFlag(8, name: "SRPCAP")
                .WithFlag(9, name: "HNPCAP")
                .WithValueField(10, 4, name: "TRDT")
                .WithFlag(29, out forcesHost, name: "FHMOD")
                .WithFlag(30, name: "FDMOD")
                .WithFlag(31, name: "CTXPKT")
                .WithWriteCallback((_, __) => Update());
            if(!isHighSpeed)
            {
                configuration.WithFlag(6, FieldMode.Read, valueProviderCallback: _ => true, name: "PHYSEL");
                Reserve(configuration, 0xE0003F47);
                return;
            }
            configuration
                .WithFlag(6, out usesInnerTransceiver, name: "PHYSEL")
                .WithFlag(15, name: "PHYLPCS")
                .WithFlag(17, name: "ULPIFSLS")
                .WithFlag(18, name: "ULPIAR")
                .WithFlag(19, name: "ULPICSM")
                .WithFlag(20, name: "ULPIEVBUSD")
                .WithFlag(21, name: "ULPIEVBUSI")
                .WithFlag(22, name: "TSDPS")
                .WithFlag(23, name: "PCCI")
                .WithFlag(24, name: "PTCI")
                .WithFlag(25, name: "ULPIIPD");
            Reserve(configuration, 0xE3FEBF47);
        }

        private void DefineGeneralConfiguration()
        {
            var register = Registers.GCCFG.Define(this)
                .WithFlag(16, out isPowered, name: "PWRDWN")
                .WithWriteCallback((_, __) => Update());
            if(otg.IsNewer)
            {
                register
                    .WithFlag(0, FieldMode.Read, name: "DCDET")
                    .WithFlag(1, FieldMode.Read, name: "PDET")
                    .WithFlag(2, FieldMode.Read, name: "SDET")
                    .WithFlag(3, FieldMode.Read, name: "PS2DET")
                    .WithFlag(17, name: "BCDEN")
                    .WithFlag(18, name: "DCDEN")
                    .WithFlag(19, name: "PDEN")
                    .WithFlag(20, name: "SDEN")
                    .WithFlag(21, out sensesVbus, name: "VBDEN");
                Reserve(register, 0x003F000F);
                return;
            }
            register
                .WithFlag(18, name: "VBUSASEN")
                .WithFlag(19, out sensesVbus, name: "VBUSBSEN")
                .WithFlag(20, name: "SOFOUTEN")
                .WithFlag(21, out ignoresVbus, name: "NOVBUSSENS");
            if(isHighSpeed)
            {
                register.WithFlag(17, name: "I2CPADEN");
            }
            Reserve(register, isHighSpeed ? 0x003F0000u : 0x003D0000);
        }

        private void DefineTransmitFifo(Registers register, int number, uint resetValue, string startName, string depthName)
        {
            register.Define(this, resetValue)
                .WithValueField(0, 16, out transmitStarts[number], name: startName)
                .WithValueField(16, 16, out transmitDepths[number], name: depthName)
                .WithWriteCallback((_, __) =>
                {
                    PlaceTransmitFifo(number);
                    CheckPlace(OffsetToString((long)register), transmitStarts[number].Value, transmitDepths[number].Value);
                    Update();
                });
        }

        private void DefineHostRegisters()
        {
            Registers.HPTXFSIZ.Define(this, 0x02000600)
                .WithValueField(0, 16, name: "PTXSA")
                .WithValueField(16, 16, name: "PTXFSIZ");
            Registers.HCFG.Define(this)
                .WithValueField(0, 2, out phyClock, name: "FSLSPCS")
                .WithFlag(2, name: "FSLSS")
                .WithReservedBits(3, 29);
            Registers.HFIR.Define(this, 0x0000EA60)
                .WithValueField(0, 16, name: "FRIVL")
                .WithReservedBits(16, 16);
            Registers.HFNUM.Define(this)
                .WithValueField(0, 16, FieldMode.Read, valueProviderCallback: _ => 0x3FFF, name: "FRNUM")
                .WithValueField(16, 16, FieldMode.Read, name: "FTREM");
            Registers.HPTXSTS.Define(this)
                .WithValueField(0, 16, FieldMode.Read, valueProviderCallback: _ => 0x100, name: "PTXFSAVL")
                .WithValueField(16, 8, FieldMode.Read, valueProviderCallback: _ => 8, name: "PTXQSAV")
                .WithValueField(24, 8, FieldMode.Read, name: "PTXQTOP");
            Registers.HAINT.Define(this)
                .WithValueField(0, 16, FieldMode.Read, name: "HAINT")
                .WithReservedBits(16, 16);
            Registers.HAINTMSK.Define(this)
                .WithValueField(0, 16, name: "HAINTM")
                .WithReservedBits(16, 16);
            var port = Registers.HPRT.Define(this)
                .WithFlag(0, FieldMode.Read, name: "PCSTS")
                .WithFlag(1, FieldMode.Read, name: "PCDET")
                .WithFlag(2, FieldMode.Read, name: "PENA")
                .WithFlag(3, FieldMode.Read, name: "PENCHNG")
                .WithFlag(4, FieldMode.Read, name: "POCA")
                .WithFlag(5, FieldMode.Read, name: "POCCHNG")
                .WithFlag(6, name: "PRES")
                .WithFlag(7, name: "PSUSP")
                .WithFlag(8, name: "PRST")
                .WithValueField(10, 2, FieldMode.Read, name: "PLSTS")
                .WithFlag(12, name: "PPWR")
                .WithValueField(13, 4, name: "PTCTL")
                .WithValueField(17, 2, FieldMode.Read, name: "PSPD");
            Reserve(port, 0x0007FDFF);
            for(var i = 0; i < otg.Channels; i++)
            {
                var first = Registers.HCCHAR0 + (int)(EndpointDistance * i);
                first.Define(this)
                    .WithValueField(0, 11, name: "MPSIZ")
                    .WithValueField(11, 4, name: "EPNUM")
                    .WithFlag(15, name: "EPDIR")
                    .WithReservedBits(16, 1)
                    .WithFlag(17, name: "LSDEV")
                    .WithValueField(18, 2, name: "EPTYP")
                    .WithValueField(20, 2, name: "MCNT")
                    .WithValueField(22, 7, name: "DAD")
                    .WithFlag(29, name: "ODDFRM")
                    .WithFlag(30, FieldMode.Read, name: "CHDIS")
                    .WithFlag(31, FieldMode.Read, name: "CHENA");
                (first + 0x08).Define(this)
                    .WithValueField(0, 11, FieldMode.Read, name: "HCINT")
                    .WithReservedBits(11, 21);
                (first + 0x0C).Define(this)
                    .WithValueField(0, 11, name: "HCINTMSK")
                    .WithReservedBits(11, 21);
                (first + 0x10).Define(this)
                    .WithValueField(0, 19, name: "XFRSIZ")
                    .WithValueField(19, 10, name: "PKTCNT")
                    .WithValueField(29, 2, name: "DPID")
                    .WithReservedBits(31, 1);
                if(isHighSpeed)
                {
                    (first + 0x04).Define(this).WithValueField(0, 32, name: "HCSPLT");
                    (first + 0x14).Define(this).WithValueField(0, 32, name: "DMAADDR");
                }
            }
        }

        private void ReportDma(bool isEnabled)
        {
            if(isEnabled)
            {
                mistakes.Report("OTG_HS_GAHBCFG.DMAEN", "DMA of the controller is not modelled: only what goes through the windows of the FIFOs is sent and received");
            }
        }

        // Flags are often cleared all at once, reserved ones with them.
        private static void ReserveSilently(DoubleWordRegister register, uint used)
        {
            for(var i = 0; i < 32; i++)
            {
                if((used >> i & 1) == 0)
                {
                    register.WithFlag(i, FieldMode.Read, name: "reserved");
                }
            }
        }

        // Marks all bits but these as reserved.
        private static void Reserve(DoubleWordRegister register, uint used)
        {
            for(var i = 0; i < 32; i++)
            {
                if((used >> i & 1) == 0)
                {
                    register.WithReservedBits(i, 1);
                }
            }
        }

        private uint latched;
        private uint mask;
        private uint otgStatus;

        private IFlagRegisterField interruptEnabled;
        private IFlagRegisterField isEmptyLevel;
        private IFlagRegisterField forcesHost;
        private IFlagRegisterField usesInnerTransceiver;
        private IFlagRegisterField isPowered;
        private IFlagRegisterField sensesVbus;
        private IFlagRegisterField ignoresVbus;
        private IFlagRegisterField overridesSession;
        private IFlagRegisterField sessionOverride;
        private IFlagRegisterField stopsPhyClock;
        private IValueRegisterField phyClock;
        private IValueRegisterField receiveDepth;

        private readonly IValueRegisterField[] transmitStarts = new IValueRegisterField[MostEndpoints];
        private readonly IValueRegisterField[] transmitDepths = new IValueRegisterField[MostEndpoints];

        private const int MostEndpoints = 16;

        private const uint HostMode = 1 << 0;
        private const uint ModeMismatch = 1 << 1;
        private const uint OtgInterrupt = 1 << 2;
        private const uint StartOfFrame = 1 << 3;
        private const uint ReceiveFifoNotEmpty = 1 << 4;
        private const uint AlwaysSet = (1 << 5) | (1 << 26);
        private const uint GlobalInNakEffective = 1 << 6;
        private const uint GlobalOutNakEffective = 1 << 7;
        private const uint EarlySuspend = 1 << 10;
        private const uint UsbSuspend = 1 << 11;
        private const uint UsbReset = 1 << 12;
        private const uint EnumerationDone = 1 << 13;
        private const uint IsochronousOutDropped = 1 << 14;
        private const uint EndOfPeriodicFrame = 1 << 15;
        private const uint InEndpointInterrupt = 1 << 18;
        private const uint OutEndpointInterrupt = 1 << 19;
        private const uint IncompleteIsochronousIn = 1 << 20;
        private const uint IncompleteIsochronousOut = 1 << 21;
        private const uint IdChanged = 1 << 28;
        private const uint SessionRequest = 1 << 30;
        private const uint ResumeDetected = 1u << 31;
        private const uint SessionEnd = 1 << 2;

        // They show what is.
        private static readonly (int Bit, string Name)[] FollowingFlags =
        {
            (0, "CMOD"), (2, "OTGINT"), (4, "RXFLVL"), (5, "NPTXFE"), (6, "GINAKEFF"), (7, "GONAKEFF"), (18, "IEPINT"), (19, "OEPINT"),
            (24, "HPRTINT"), (25, "HCINT"), (26, "PTXFE"),
        };

        // Set by an event, cleared by a 1.
        private static readonly (int Bit, string Name)[] LatchedFlags =
        {
            (1, "MMIS"), (10, "ESUSP"), (11, "USBSUSP"), (12, "USBRST"), (13, "ENUMDNE"), (14, "ISOODRP"), (20, "IISOIXFR"), (21, "IPXFR"),
            (28, "CIDSCHG"), (29, "DISCINT"), (30, "SRQINT"), (31, "WKUPINT"),
        };

        private static readonly (int Bit, string Name)[] OtgFlags =
        {
            (2, "SEDET"), (8, "SRSSCHG"), (9, "HNSSCHG"), (17, "HNGDET"), (18, "ADTOCHG"), (19, "DBCDNE"),
        };

        private static readonly (int Bit, string Name)[] InterruptMasks =
        {
            (1, "MMISM"), (2, "OTGINT"), (3, "SOFM"), (4, "RXFLVLM"), (5, "NPTXFEM"), (6, "GINAKEFFM"), (7, "GONAKEFFM"), (10, "ESUSPM"),
            (11, "USBSUSPM"), (12, "USBRST"), (13, "ENUMDNEM"), (14, "ISOODRPM"), (15, "EOPFM"), (17, "EPMISM"), (18, "IEPINT"), (19, "OEPINT"),
            (20, "IISOIXFRM"), (21, "IPXFRM"), (22, "FSUSPM"), (24, "PRTIM"), (25, "HCIM"), (26, "PTXFEM"), (28, "CIDSCHGM"), (29, "DISCINT"),
            (30, "SRQIM"), (31, "WUIM"),
        };

        private enum Registers
        {
            GOTGCTL = 0x000,
            GOTGINT = 0x004,
            GAHBCFG = 0x008,
            GUSBCFG = 0x00C,
            GRSTCTL = 0x010,
            GINTSTS = 0x014,
            GINTMSK = 0x018,
            GRXSTSR = 0x01C,
            GRXSTSP = 0x020,
            GRXFSIZ = 0x024,
            // HNPTXFSIZ in host mode.
            DIEPTXF0 = 0x028,
            HNPTXSTS = 0x02C,
            GCCFG = 0x038,
            CID = 0x03C,
            GSNPSID = 0x040,
            GHWCFG1 = 0x044,
            GHWCFG2 = 0x048,
            GHWCFG3 = 0x04C,
            GHWCFG4 = 0x050,
            GLPMCFG = 0x054,
            Reserved5C = 0x05C,
            HPTXFSIZ = 0x100,
            DIEPTXF1 = 0x104,
            DIEPTXF2 = 0x108,
            DIEPTXF3 = 0x10C,
            DIEPTXF4 = 0x110,
            DIEPTXF5 = 0x114,
            DIEPTXF6 = 0x118,
            DIEPTXF7 = 0x11C,
            DIEPTXF8 = 0x120,
            HCFG = 0x400,
            HFIR = 0x404,
            HFNUM = 0x408,
            HPTXSTS = 0x410,
            HAINT = 0x414,
            HAINTMSK = 0x418,
            HPRT = 0x440,
            HCCHAR0 = 0x500,
            HCSPLT0 = 0x504,
            HCINT0 = 0x508,
            HCINTMSK0 = 0x50C,
            HCTSIZ0 = 0x510,
            HCDMA0 = 0x514,
            DCFG = 0x800,
            DCTL = 0x804,
            DSTS = 0x808,
            DIEPMSK = 0x810,
            DOEPMSK = 0x814,
            DAINT = 0x818,
            DAINTMSK = 0x81C,
            DVBUSDIS = 0x828,
            DVBUSPULSE = 0x82C,
            DTHRCTL = 0x830,
            DIEPEMPMSK = 0x834,
            DEACHINT = 0x838,
            DEACHINTMSK = 0x83C,
            DIEPEACHMSK1 = 0x844,
            DOEPEACHMSK1 = 0x884,
            DIEPCTL0 = 0x900,
            DIEPINT0 = 0x908,
            DIEPTSIZ0 = 0x910,
            DIEPDMA0 = 0x914,
            DTXFSTS0 = 0x918,
            DOEPCTL0 = 0xB00,
            DOEPINT0 = 0xB08,
            DOEPTSIZ0 = 0xB10,
            DOEPDMA0 = 0xB14,
            PCGCCTL = 0xE00,
        }
    }
}
