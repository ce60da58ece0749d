// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Peripherals.USB;
using Antmicro.Renode.Time;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// USB on-the-go controller in device mode at full speed: OTG_FS (RM0090 chapter 34), and OTG_HS with the transceiver for full speed that
    /// it has inside (chapter 35). What is at the other end of the cable talks to it as to any <see cref="IUsbDevicePort"/>.
    /// </summary>
    /// <remarks>
    /// A transaction takes no time here; who makes it brings time. Frames are counted by virtual time, and one is an event only while somebody waits for it: SOF or EOPF
    /// is unmasked and not yet set, or an isochronous endpoint is enabled. Without 48 MHz from the PLL (0.25 % more or less), without clock in RCC, and with
    /// PCGCCTL.STPPCLK, the host hears nothing; D+ stays up, if it was.
    /// We choose: D+ goes up once PWRDWN, the session, SDIS, the mode and, where the chip has ports, the alternate functions of both pins allow it and there are 48 MHz, and
    /// down when any but the clock is gone. We choose: nobody holds the ID pin, so that the chip is a B-device as soon as its transceiver is powered;
    /// as host (FHMOD) it sees nothing attached; HNP and SRP are stored. We choose: registers of the mode that it isn't in read 0, ignore writes and set MMIS;
    /// DIEPTXFx and GRXFSIZ empty their FIFO when written; a FIFO that ends beyond the memory ends with it; a window of a FIFO belongs to the endpoint of its number, whose TXFNUM says which FIFO that is; what is written
    /// before EPENA counts for the transfer that comes. We choose: an OUT packet is taken while 10 words for SETUP packets stay free beside it and its end (34.11.1);
    /// the status of the next packet drops data of the one before that were not read; an endpoint that is not active, and a packet that is too long, get no answer.
    /// We choose: flushes, core reset, EPDIS and SNAK take effect at once; a core reset leaves GCCFG, PHYSEL, PCGCCTL, DSPD and FSLSPCS; WKUPINT is set by a resume that the device asked for, too;
    /// bytes and half-words are taken for words with all parts the same. We choose: isochronous IN tokens get a packet without data in frames of the other parity, and when there is none;
    /// DMA, thresholds, ULPI and the interrupts of endpoint 1 alone, all of OTG_HS, are stored.
    /// </remarks>
    public sealed partial class STM32F4_OTG : GatedRegisterBlock, IUsbDevicePort, IBytePeripheral, IWordPeripheral, IPinFunctions
    {
        /// <summary>Creates the controller with nothing at its plug.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip, which say what line it is of.</param>
        /// <param name="rcc">Clock controller of the chip.</param>
        /// <param name="isHighSpeed">Is it OTG_HS?</param>
        public STM32F4_OTG(IMachine machine, STM32F4_Supplies supplies, STM32F4_RCC rcc, bool isHighSpeed = false)
            : base(machine, isHighSpeed ? "OTG_HS" : "OTG_FS", typeof(Registers), isHighSpeed ? "RCC_AHB1ENR.OTGHSEN is off" : "RCC_AHB2ENR.OTGFSEN is off")
        {
            if(supplies == null || rcc == null)
            {
                throw new ConstructionException("'supplies' or 'rcc' is missing: name the chip's STM32F4_Supplies and STM32F4_RCC");
            }
            this.rcc = rcc;
            this.isHighSpeed = isHighSpeed;
            var line = ChipFacts.Of(supplies);
            otg = isHighSpeed ? line.HighSpeedUsb : line.FullSpeedUsb;
            fifoMemory = new uint[otg.FifoWords];
            receiveFifo = new OtgReceiveFifo(fifoMemory);
            transmitFifos = Enumerable.Range(0, otg.Endpoints).Select(_ => new OtgFifo(fifoMemory)).ToArray();
            inEndpoints = Enumerable.Range(0, otg.Endpoints).Select(x => new OtgInEndpoint(x)).ToArray();
            outEndpoints = Enumerable.Range(0, otg.Endpoints).Select(x => new OtgOutEndpoint(x)).ToArray();
            frameTimer = new LimitTimer(machine.ClockSource, FrameTimerFrequency, this, "frame", limit: 1, direction: Direction.Ascending, workMode: WorkMode.OneShot, eventEnabled: true);
            frameTimer.LimitReached += HandleFrameEvent;
            idleTimer = new LimitTimer(machine.ClockSource, IdleTimerFrequency, this, "idle", limit: TimeToSuspend, direction: Direction.Ascending, workMode: WorkMode.OneShot, eventEnabled: true);
            idleTimer.LimitReached += HandleIdle;
            DefineGlobalRegisters();
            DefineDeviceRegisters();
            DefineHostRegisters();
            ResetState();
            rcc.ClocksChanged += UpdateUsbClock;
        }

        /// <inheritdoc/>
        public ushort ReadWord(long offset)
        {
            ReportWidth(offset);
            return (ushort)(ReadDoubleWord(offset & ~3) >> (int)(8 * (offset & 2)));
        }

        /// <inheritdoc/>
        public void WriteWord(long offset, ushort value)
        {
            ReportWidth(offset);
            WriteDoubleWord(offset & ~3, value * 0x00010001u);
        }

        /// <inheritdoc/>
        public byte ReadByte(long offset)
        {
            ReportWidth(offset);
            return (byte)(ReadDoubleWord(offset & ~3) >> (int)(8 * (offset & 3)));
        }

        /// <inheritdoc/>
        public void WriteByte(long offset, byte value)
        {
            ReportWidth(offset);
            WriteDoubleWord(offset & ~3, value * 0x01010101u);
        }

        /// <inheritdoc/>
        public override void Reset()
        {
            base.Reset();
            ResetState();
            hadPower = hadSession = false;
            Update();
        }

        /// <summary>Name of a register as in the manual, e.g. OTG_FS_DIEPCTL1.</summary>
        public override string OffsetToString(long offset)
        {
            if(offset >= FifoWindows && offset < DebugWindow)
            {
                return $"{base.OffsetToString((long)Registers.GOTGCTL).Replace(nameof(Registers.GOTGCTL), "DFIFO")}{(offset / FifoWindowSize) - 1}";
            }
            foreach(var (first, end) in EndpointRegisters)
            {
                if(offset >= (long)first && offset < (long)end)
                {
                    var index = (offset - (long)first) / EndpointDistance;
                    var name = base.OffsetToString(offset - (index * EndpointDistance));
                    return name.EndsWith("0", StringComparison.Ordinal) ? name.Substring(0, name.Length - 1) + index : name;
                }
            }
            return base.OffsetToString(offset);
        }

        /// <summary>What the host sees of the device: connected, its state and its address.</summary>
        public string Status => !isPulledUp ? "disconnected" : isBusReset ? "in reset" : isSuspended ? "suspended" : $"connected, address {deviceAddress.Value}";

        /// <summary>Interrupt: position 67 of the NVIC, 77 for OTG_HS.</summary>
        [DefaultInterrupt]
        public GPIO IRQ { get; } = new GPIO();

        /// <summary>A pulse when a suspended device is resumed or reset: line 18 of EXTI, 20 for OTG_HS.</summary>
        public GPIO WakeUp { get; } = new GPIO();

        /// <summary>Is 5 V at the plug wired to the pin that senses it, PA9 or PB13? True at the start.</summary>
        public bool VbusIsWired
        {
            get => vbusIsWired;
            set
            {
                vbusIsWired = value;
                Update();
            }
        }

        private protected override uint ReadRegister(long offset)
        {
            if(offset >= FifoWindows)
            {
                return offset >= DebugWindow ? ReadMemory(offset) : ReadFifo(offset);
            }
            if(offset == (long)Registers.GINTSTS)
            {
                // Drivers read nothing as often.
                return ReadInterruptStatus();
            }
            return IsOfThisMode(offset, "read as 0") ? base.ReadRegister(offset) : 0;
        }

        private protected override void WriteRegister(long offset, uint value)
        {
            if(offset >= FifoWindows)
            {
                if(offset >= DebugWindow)
                {
                    WriteMemory(offset, value);
                }
                else
                {
                    WriteFifo(offset, value);
                }
                return;
            }
            if(IsOfThisMode(offset, "write ignored"))
            {
                base.WriteRegister(offset, value);
            }
        }

        private protected override void HandleClockChanged() => Update();

        private void ResetState()
        {
            latched = 0;
            mask = 0;
            otgStatus = 0;
            inMask = outMask = endpointMask = 0;
            hasSeenFrame = hasSeenEndOfFrame = isPolled = false;
            lastFrame = 0;
            currentStatus = 0;
            globalInNak = globalOutNak = globalOutNakEffective = false;
            isSetupOpen = false;
            setups = 0;
            addressOfTransfer = NoAddress;
            isHeardReset = isHeardResetEnd = true;
            isEnumerated = false;
            isSuspended = false;
            isRemoteWakeUp = false;
            foreach(var endpoint in inEndpoints)
            {
                endpoint.Reset();
            }
            foreach(var endpoint in outEndpoints)
            {
                endpoint.Reset();
            }
            PlaceFifos();
        }

        private bool IsOfThisMode(long offset, string consequence)
        {
            var isOfHost = offset == (long)Registers.HPTXFSIZ || (offset >= (long)Registers.HCFG && offset < (long)Registers.DCFG);
            var isOfDevice = offset >= (long)Registers.DCFG && offset < (long)Registers.PCGCCTL;
            if(IsHost ? !isOfDevice : !isOfHost)
            {
                return true;
            }
            mistakes.Report(OffsetToString(offset), $"{consequence}, because the core is in {(IsHost ? "host" : "device")} mode");
            latched |= ModeMismatch;
            UpdateInterrupt();
            return false;
        }

        private void ReportWidth(long offset) => mistakes.Report(OffsetToString(offset & ~3), "the controller takes accesses of 32 bits alone: all parts of the word are the same");

        // After any access or change that may concern the bus.
        private void Update()
        {
            UpdateConnection();
            HearBus();
            UpdateFrames();
            UpdateInterrupt();
            TellHost();
        }

        private void UpdateUsbClock()
        {
            if(hadUsbClock != HasUsbClock)
            {
                hadUsbClock = HasUsbClock;
                Update();
            }
        }

        private bool vbusIsWired = true;
        private bool hadUsbClock;

        private readonly bool isHighSpeed;
        private readonly STM32F4_RCC rcc;
        private readonly OtgFacts otg;
        private readonly uint[] fifoMemory;
        private readonly OtgReceiveFifo receiveFifo;
        private readonly OtgFifo[] transmitFifos;
        private readonly OtgInEndpoint[] inEndpoints;
        private readonly OtgOutEndpoint[] outEndpoints;
        private readonly LimitTimer frameTimer;
        private readonly LimitTimer idleTimer;

        private const long FifoWindows = 0x1000;
        private const long FifoWindowSize = 0x1000;
        private const long DebugWindow = 0x20000;
        private const long EndpointDistance = 0x20;

        private static readonly (Registers First, Registers End)[] EndpointRegisters =
        {
            (Registers.HCCHAR0, Registers.DCFG), (Registers.DIEPCTL0, Registers.DOEPCTL0), (Registers.DOEPCTL0, Registers.PCGCCTL),
        };
    }
}
