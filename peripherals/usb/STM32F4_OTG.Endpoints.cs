// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Registers of device mode and of its endpoints (RM0090 34.16.4).</content>
    public sealed partial class STM32F4_OTG
    {
        private void DefineDeviceRegisters()
        {
            Registers.DCFG.Define(this, 0x02200000)
                .WithValueField(0, 2, out deviceSpeed, name: "DSPD")
                .WithFlag(2, name: "NZLSOHSK")
                .WithReservedBits(3, 1)
                .WithValueField(4, 7, out deviceAddress, name: "DAD")
                .WithValueField(11, 2, out frameInterval, name: "PFIVL")
                .WithReservedBits(13, 8)
                .WithValueField(21, 5, name: "EPMISCNT")
                .WithReservedBits(26, 6)
                .WithWriteCallback((_, __) => Update());

            Registers.DCTL.Define(this, otg.IsNewer ? 0x00000002u : 0)
                .WithFlag(0, out remoteWakeUp, name: "RWUSIG")
                .WithFlag(1, out isDisconnected, name: "SDIS")
                .WithFlag(2, FieldMode.Read, valueProviderCallback: _ => globalInNak, name: "GINSTS")
                .WithFlag(3, FieldMode.Read, valueProviderCallback: _ => globalOutNak, name: "GONSTS")
                .WithValueField(4, 3, name: "TCTL")
                .WithFlag(7, FieldMode.Write, writeCallback: (_, value) => globalInNak |= value, name: "SGINAK")
                .WithFlag(8, FieldMode.Write, writeCallback: (_, value) => globalInNak &= !value, name: "CGINAK")
                .WithFlag(9, FieldMode.Write, writeCallback: (_, value) => SetGlobalOutNak(value), name: "SGONAK")
                .WithFlag(10, FieldMode.Write, writeCallback: (_, value) => ClearGlobalOutNak(value), name: "CGONAK")
                .WithFlag(11, name: "POPRGDNE")
                .WithReservedBits(12, 20)
                .WithWriteCallback((_, __) =>
                {
                    SignalRemoteWakeUp();
                    Update();
                });

            Registers.DSTS.Define(this)
                .WithFlag(0, FieldMode.Read, valueProviderCallback: _ => isSuspended, name: "SUSPSTS")
                .WithValueField(1, 2, FieldMode.Read, valueProviderCallback: _ => isEnumerated ? FullSpeed : 0, name: "ENUMSPD")
                .WithFlag(3, FieldMode.Read, name: "EERR")
                .WithFlag(4, FieldMode.Read, valueProviderCallback: _ => true, name: "reserved")
                .WithReservedBits(5, 3)
                .WithValueField(8, 14, FieldMode.Read, valueProviderCallback: _ => (ulong)FrameNumber, name: "FNSOF")
                .WithReservedBits(22, 10);

            var inMasks = Registers.DIEPMSK.Define(this)
                .WithFlag(0, name: "XFRCM")
                .WithFlag(1, name: "EPDM")
                .WithFlag(3, name: "TOM")
                .WithFlag(4, name: "ITTXFEMSK")
                .WithFlag(5, name: "INEPNMM")
                .WithFlag(6, name: "INEPNEM")
                .WithWriteCallback((_, value) =>
                {
                    inMask = value & InMasks;
                    UpdateInterrupt();
                });
            Reserve(inMasks, InMasks);
            var outMasks = Registers.DOEPMSK.Define(this)
                .WithFlag(0, name: "XFRCM")
                .WithFlag(1, name: "EPDM")
                .WithFlag(3, name: "STUPM")
                .WithFlag(4, name: "OTEPDM")
                .WithFlag(6, name: "B2BSTUPM")
                .WithWriteCallback((_, value) =>
                {
                    outMask = value & OutMasks;
                    UpdateInterrupt();
                });
            Reserve(outMasks, OutMasks);

            Registers.DAINT.Define(this)
                .WithValueField(0, 16, FieldMode.Read, valueProviderCallback: _ => EndpointInterrupts & 0xFFFF, name: "IEPINT")
                .WithValueField(16, 16, FieldMode.Read, valueProviderCallback: _ => EndpointInterrupts >> 16, name: "OEPINT");
            Registers.DAINTMSK.Define(this)
                .WithValueField(0, 16, name: "IEPM")
                .WithValueField(16, 16, name: "OEPM")
                .WithWriteCallback((_, value) =>
                {
                    endpointMask = value;
                    UpdateInterrupt();
                });
            Registers.DVBUSDIS.Define(this, 0x000017D7)
                .WithValueField(0, 16, name: "VBUSDT")
                .WithReservedBits(16, 16);
            Registers.DVBUSPULSE.Define(this, 0x000005B8)
                .WithValueField(0, 12, name: "DVBUSP")
                .WithReservedBits(12, 20);
            Registers.DIEPEMPMSK.Define(this)
                .WithValueField(0, 16, out emptyMask, name: "INEPTXFEM")
                .WithReservedBits(16, 16)
                .WithWriteCallback((_, __) => UpdateInterrupt());
            if(isHighSpeed)
            {
                Registers.DTHRCTL.Define(this).WithValueField(0, 28, name: "DTHRCTL").WithReservedBits(28, 4);
                Registers.DEACHINT.Define(this).WithValueField(0, 32, FieldMode.Read, name: "IEP1INT, OEP1INT");
                Registers.DEACHINTMSK.Define(this).WithValueField(0, 32, name: "IEP1INTM, OEP1INTM");
                Registers.DIEPEACHMSK1.Define(this).WithValueField(0, 32, name: "DIEPEACHMSK1");
                Registers.DOEPEACHMSK1.Define(this).WithValueField(0, 32, name: "DOEPEACHMSK1");
            }
            for(var i = 0; i < otg.Endpoints; i++)
            {
                DefineInEndpoint(inEndpoints[i], (int)EndpointDistance * i);
                DefineOutEndpoint(outEndpoints[i], (int)EndpointDistance * i);
            }
        }

        private void DefineInEndpoint(OtgInEndpoint endpoint, int distance)
        {
            var control = (Registers.DIEPCTL0 + distance).Define(this)
                .WithValueField(0, endpoint.Number == 0 ? 2 : 11, out endpoint.SizeField, name: "MPSIZ")
                .WithValueField(22, 4, out endpoint.FifoField, name: "TXFNUM");
            DefineControl(control, endpoint);
            Reserve(control, endpoint.Number == 0 ? 0xDFEE8003u : 0xFFEF87FF);

            var interrupts = (Registers.DIEPINT0 + distance).Define(this)
                .WithFlag(7, FieldMode.Read, valueProviderCallback: _ => IsFifoEmptyEnough(endpoint), name: "TXFE");
            DefineFlags(interrupts, endpoint, InFlags);
            ReserveSilently(interrupts, 0x000000FB);

            DefineSize(Registers.DIEPTSIZ0 + distance, endpoint, packetCountWidth: 2);
            (Registers.DTXFSTS0 + distance).Define(this)
                .WithValueField(0, 16, FieldMode.Read, valueProviderCallback: _ => (ulong)FifoOf(endpoint).Free, name: "INEPTFSAV")
                .WithReservedBits(16, 16);
            if(isHighSpeed)
            {
                (Registers.DIEPDMA0 + distance).Define(this).WithValueField(0, 32, name: "DMAADDR");
            }
        }

        private void DefineOutEndpoint(OtgOutEndpoint endpoint, int distance)
        {
            var control = (Registers.DOEPCTL0 + distance).Define(this)
                .WithFlag(20, name: "SNPM");
            if(endpoint.Number == 0)
            {
                endpoint.SizeField = inEndpoints[0].SizeField;
                control.WithValueField(0, 2, FieldMode.Read, valueProviderCallback: _ => endpoint.SizeField.Value, name: "MPSIZ");
            }
            else
            {
                control.WithValueField(0, 11, out endpoint.SizeField, name: "MPSIZ");
            }
            DefineControl(control, endpoint);
            Reserve(control, endpoint.Number == 0 ? 0xDC3E8003u : 0xFC3F87FF);

            var interrupts = (Registers.DOEPINT0 + distance).Define(this)
                .WithFlag(7, FieldMode.Read, valueProviderCallback: _ => true, name: "reserved");
            DefineFlags(interrupts, endpoint, OutFlags);
            ReserveSilently(interrupts, 0x000000DB);

            DefineSize(Registers.DOEPTSIZ0 + distance, endpoint, packetCountWidth: 1);
            if(isHighSpeed)
            {
                (Registers.DOEPDMA0 + distance).Define(this).WithValueField(0, 32, name: "DMAADDR");
            }
        }

        // Of endpoint 0 less can be chosen.
        private void DefineControl(DoubleWordRegister control, OtgEndpoint endpoint)
        {
            control
                .WithFlag(15, FieldMode.Read, valueProviderCallback: _ => endpoint.IsActive, name: "USBAEP")
                .WithFlag(17, FieldMode.Read, valueProviderCallback: _ => endpoint.IsNaked, name: "NAKSTS")
                .WithFlag(21, FieldMode.Read, valueProviderCallback: _ => endpoint.IsStalled, name: "STALL")
                .WithFlag(26, FieldMode.Write, name: "CNAK")
                .WithFlag(27, FieldMode.Write, name: "SNAK")
                .WithFlag(30, FieldMode.Read, valueProviderCallback: _ => false, name: "EPDIS")
                .WithFlag(31, FieldMode.Read, valueProviderCallback: _ => endpoint.IsEnabled, name: "EPENA")
                .WithWriteCallback((_, value) => HandleControl(endpoint, value));
            if(endpoint.Number == 0)
            {
                // ST's library sets SD0PID of any endpoint that it activates.
                control
                    .WithValueField(18, 2, FieldMode.Read, name: "EPTYP")
                    .WithFlag(28, FieldMode.Read, name: "reserved");
                return;
            }
            control
                .WithFlag(16, FieldMode.Read, valueProviderCallback: _ => endpoint.IsOdd, name: "EONUM, DPID")
                .WithValueField(18, 2, out endpoint.TypeField, name: "EPTYP")
                .WithFlag(28, FieldMode.Write, name: "SD0PID, SEVNFRM")
                .WithFlag(29, FieldMode.Write, name: "SD1PID, SODDFRM");
        }

        private void HandleControl(OtgEndpoint endpoint, uint value)
        {
            endpoint.IsActive = endpoint.Number == 0 || (value & Active) != 0;
            // A SETUP packet alone takes it from endpoint 0.
            endpoint.IsStalled = (value & Stall) != 0 || (endpoint.Number == 0 && endpoint.IsStalled);
            if((value & SetNak) != 0)
            {
                endpoint.IsNaked = true;
                endpoint.Flags |= endpoint is OtgInEndpoint ? OtgInEndpoint.NakEffective : 0;
            }
            if((value & ClearNak) != 0)
            {
                endpoint.IsNaked = false;
                endpoint.Flags &= endpoint is OtgInEndpoint ? ~OtgInEndpoint.NakEffective : uint.MaxValue;
            }
            if(endpoint.Number != 0 && (value & (SetEven | SetOdd)) != 0)
            {
                endpoint.IsOdd = (value & SetOdd) != 0;
            }
            if((value & Disable) != 0 && (endpoint.Number != 0 || endpoint is OtgInEndpoint))
            {
                endpoint.Flags |= endpoint.IsEnabled ? OtgEndpoint.Disabled : 0;
                endpoint.IsEnabled = false;
            }
            else if((value & Enable) != 0)
            {
                endpoint.IsEnabled = true;
                (endpoint as OtgInEndpoint)?.FormPackets();
            }
            Update();
        }

        private void DefineFlags(DoubleWordRegister register, OtgEndpoint endpoint, (int Bit, string Name)[] flags)
        {
            foreach(var (bit, name) in flags)
            {
                register.WithFlag(bit, valueProviderCallback: _ => (endpoint.Flags >> bit & 1) != 0, writeCallback: (_, value) => endpoint.Flags &= ~(value ? 1u << bit : 0), name: name);
            }
            register.WithWriteCallback((_, __) => UpdateInterrupt());
        }

        private void DefineSize(Registers register, OtgEndpoint endpoint, int packetCountWidth)
        {
            var sizeWidth = endpoint.Number == 0 ? 7 : 19;
            var countWidth = endpoint.Number == 0 ? packetCountWidth : 10;
            var size = register.Define(this)
                .WithValueField(0, sizeWidth, valueProviderCallback: _ => endpoint.TransferSize, writeCallback: (_, value) => endpoint.TransferSize = (uint)value, name: "XFRSIZ")
                .WithValueField(19, countWidth, valueProviderCallback: _ => endpoint.PacketCount, writeCallback: (_, value) => endpoint.PacketCount = (uint)value, name: "PKTCNT");
            var used = ((1u << sizeWidth) - 1) | (((1u << countWidth) - 1) << 19);
            if(endpoint is OtgOutEndpoint output)
            {
                size.WithValueField(29, 2, valueProviderCallback: _ => output.SetupCount, writeCallback: (_, value) => output.SetupCount = (uint)value, name: "STUPCNT, RXDPID");
                used |= 3u << 29;
            }
            else if(endpoint.Number != 0)
            {
                size.WithValueField(29, 2, name: "MCNT");
                used |= 3u << 29;
            }
            size.WithWriteCallback((_, __) => Update());
            Reserve(size, used);
        }

        private void SetGlobalOutNak(bool value)
        {
            // The firmware knows where it began by an entry in the FIFO.
            if(value && !globalOutNak)
            {
                globalOutNak = true;
                receiveFifo.Push((uint)OtgPacketStatus.GlobalOutNak << 17, NoData);
            }
        }

        private void ClearGlobalOutNak(bool value)
        {
            if(value)
            {
                globalOutNak = globalOutNakEffective = false;
            }
        }

        // DAINT: endpoints with a flag that DIEPMSK, DIEPEMPMSK or DOEPMSK lets through.
        private uint EndpointInterrupts
        {
            get
            {
                var result = 0u;
                for(var i = 0; i < inEndpoints.Length; i++)
                {
                    var input = inEndpoints[i];
                    if((input.Flags & inMask) != 0 || ((emptyMask.Value >> i & 1) != 0 && IsFifoEmptyEnough(input)))
                    {
                        result |= 1u << i;
                    }
                    if((outEndpoints[i].Flags & outMask) != 0)
                    {
                        result |= 0x10000u << i;
                    }
                }
                return result;
            }
        }

        private uint WantedEndpoints => EndpointInterrupts & endpointMask;

        private bool globalInNak;
        private bool globalOutNak;
        private bool globalOutNakEffective;
        private uint inMask;
        private uint outMask;
        private uint endpointMask;

        private IValueRegisterField deviceSpeed;
        private IValueRegisterField deviceAddress;
        private IValueRegisterField frameInterval;
        private IFlagRegisterField remoteWakeUp;
        private IFlagRegisterField isDisconnected;
        private IValueRegisterField emptyMask;

        private const uint Active = 1 << 15;
        private const uint Stall = 1 << 21;
        private const uint ClearNak = 1 << 26;
        private const uint SetNak = 1 << 27;
        private const uint SetEven = 1 << 28;
        private const uint SetOdd = 1 << 29;
        private const uint Disable = 1 << 30;
        private const uint Enable = 1u << 31;
        private const ulong FullSpeed = 3;
        private const uint InMasks = 0x7B;
        private const uint OutMasks = 0x5B;

        private static readonly byte[] NoData = new byte[0];

        private static readonly (int Bit, string Name)[] InFlags =
        {
            (0, "XFRC"), (1, "EPDISD"), (3, "TOC"), (4, "ITTXFE"), (5, "INEPNM"), (6, "INEPNE"),
        };

        private static readonly (int Bit, string Name)[] OutFlags =
        {
            (0, "XFRC"), (1, "EPDISD"), (3, "STUP"), (4, "OTEPDIS"), (6, "B2BSTUP"),
        };
    }
}
