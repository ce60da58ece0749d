// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.SPI;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// SPI master (RM0090 chapter 28): frames of 8 and 16 bits, both bit orders, one and two data lines, CRC, mode fault and overrun,
    /// with what is at its pins, or with one device that is registered at it. The registers of I2S keep what they are told, and there is no I2S.
    /// </summary>
    /// <remarks>
    /// A frame takes its bits at PCLK by BR. What nobody waits for, by an interrupt or DMA, is found out when the guest looks.
    /// We choose: the device hears a frame when DR is written, and what it answers arrives when the frame is over; a frame that is written while
    /// TXE is 0 is lost. We choose: frames that are written while SPE or MSTR is 0 wait, TXE 0, and all are sent once both are set; nothing ever
    /// clocks a slave. We choose: a mode fault comes
    /// only once SPE is set; NSS is high without a pin. We choose: a registered device answers whatever the pins are; without one, and without a pin for
    /// MISO, zeroes come back. We choose: without SPE the interface drives none of its pins; the edges of a frame come all at once. We choose: a master that
    /// only receives sends zeroes, and starts the next frame when DR is read. We choose: the device sees bits in the order of the wire,
    /// most significant first, so that LSBFIRST turns them round; it is told that the transmission is finished when SPE is cleared. We choose: CRCNEXT is cleared
    /// when the CRC is sent; DMA never ends a transfer with the CRC.
    /// </remarks>
    public partial class STM32F4_SPI : NullRegistrationPointPeripheralContainer<ISPIPeripheral>, IPinFunctions, IBytePeripheral, IWordPeripheral, IDoubleWordPeripheral, IKnownSize, IHasFrequency
    {
        /// <summary>Creates the interface, disabled, clocked by HSI until the clock controller says otherwise.</summary>
        /// <param name="machine">The machine.</param>
        public STM32F4_SPI(IMachine machine) : base(machine)
        {
            this.machine = machine;
            frame = new LimitTimer(machine.ClockSource, NanosecondsPerSecond, this, "frame", limit: 1, direction: Direction.Ascending, workMode: WorkMode.OneShot, eventEnabled: true);
            frame.LimitReached += HandleFrameEnd;
            mistakes = new GuestMistakes(machine, this);
            registers = new DoubleWordRegisterCollection(this);
            DefineRegisters();
        }

        // DR acts when it is read, so that a narrow write must not read it first: there is no translation.
        /// <inheritdoc/>
        public byte ReadByte(long offset)
        {
            return (byte)(ReadDoubleWord(offset & ~3) >> (int)(8 * (offset & 3)));
        }

        /// <inheritdoc/>
        public void WriteByte(long offset, byte value)
        {
            // The bridge to the APB repeats a narrow value in all of the word (RM0090 2.1.12).
            WriteNarrow(offset, 0xFFu, value, value * 0x0101u);
        }

        /// <inheritdoc/>
        public ushort ReadWord(long offset)
        {
            return (ushort)(ReadDoubleWord(offset & ~3) >> (int)(8 * (offset & 2)));
        }

        /// <inheritdoc/>
        public void WriteWord(long offset, ushort value)
        {
            WriteNarrow(offset, 0xFFFFu, value, value);
        }

        /// <inheritdoc/>
        public uint ReadDoubleWord(long offset)
        {
            PassTime();
            return registers.Read(offset);
        }

        /// <inheritdoc/>
        public void WriteDoubleWord(long offset, uint value)
        {
            PassTime();
            registers.Write(offset, value);
        }

        /// <inheritdoc/>
        public override void Reset()
        {
            registers.Reset();
            waiting.Clear();
            underway.Clear();
            received = 0;
            isReceived = false;
            isRunning = false;
            isFaultSeen = false;
            isDataReadAfterOverrun = false;
            dataOut = false;
            UpdatePins();
            UpdateOutputs();
        }

        /// <summary>Mistakes of the guest program seen by this model.</summary>
        public int GuestMistakeCount => mistakes.Count;

        /// <summary>The mistakes, one line for each kind.</summary>
        public string GuestMistakes => mistakes.Summary;

        /// <inheritdoc/>
        public long Size => 0x400;

        /// <summary>Peripheral clock in Hz, above 0.</summary>
        public ulong Frequency
        {
            get => frequency;
            set => frequency = Math.Max(1, value);
        }

        /// <summary>Interrupt of all flags that CR2 enables.</summary>
        [DefaultInterrupt]
        public GPIO IRQ { get; } = new GPIO();

        /// <summary>Request to a DMA stream to read DR: high while CR2.RXDMAEN and SR.RXNE are set.</summary>
        public GPIO DMAReceive { get; } = new GPIO();

        /// <summary>Request to a DMA stream to write DR: high while CR2.TXDMAEN and SR.TXE are set.</summary>
        public GPIO DMASend { get; } = new GPIO();

        private void WriteNarrow(long offset, uint mask, uint value, uint data)
        {
            PassTime();
            var register = offset & ~3;
            if(register == (long)Registers.DR)
            {
                registers.Write(register, data);
                return;
            }
            var shift = (int)(8 * (offset & 3));
            // SR acts when it is read, too, and of it only CRCERR can be written, by a 0.
            var rest = register == (long)Registers.SR ? CrcErrorBit : registers.Read(register);
            registers.Write(register, (rest & ~(mask << shift)) | (value << shift));
        }

        private void DefineRegisters()
        {
            Registers.CR1.Define(registers)
                .WithFlag(0, out phase, name: "CPHA")
                .WithFlag(1, out polarity, name: "CPOL")
                .WithFlag(2, out master, name: "MSTR")
                .WithValueField(3, 3, out baudRate, name: "BR")
                .WithFlag(6, out enabled, name: "SPE")
                .WithFlag(7, out leastSignificantFirst, name: "LSBFIRST")
                .WithFlag(8, out internalSelect, name: "SSI")
                .WithFlag(9, out softwareSelect, name: "SSM")
                .WithFlag(10, out receiveOnly, name: "RXONLY")
                .WithFlag(11, out wideFrame, name: "DFF")
                .WithFlag(12, out crcNext, name: "CRCNEXT")
                .WithFlag(13, out crcEnabled, name: "CRCEN")
                .WithFlag(14, out outputOnly, name: "BIDIOE")
                .WithFlag(15, out oneLine, name: "BIDIMODE")
                .WithReservedBits(16, 16)
                .WithWriteCallback((old, _) => Control((old & CrcEnableBit) != 0));

            Registers.CR2.Define(registers)
                .WithFlag(0, out receiveByDma, name: "RXDMAEN")
                .WithFlag(1, out sendByDma, name: "TXDMAEN")
                .WithFlag(2, out selectOutput, name: "SSOE")
                .WithReservedBits(3, 1)
                .WithFlag(4, out tiFrames, name: "FRF")
                .WithFlag(5, out errorInterrupt, name: "ERRIE")
                .WithFlag(6, out receivedInterrupt, name: "RXNEIE")
                .WithFlag(7, out emptyInterrupt, name: "TXEIE")
                .WithReservedBits(8, 24)
                .WithWriteCallback((_, __) => HandleSelect());

            Registers.SR.Define(registers)
                .WithFlag(0, FieldMode.Read, valueProviderCallback: _ => isReceived, name: "RXNE")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => IsTransmitBufferEmpty, name: "TXE")
                .WithFlag(2, FieldMode.Read, name: "CHSIDE")
                .WithFlag(3, FieldMode.Read, name: "UDR")
                .WithFlag(4, out crcError, FieldMode.Read | FieldMode.WriteZeroToClear, name: "CRCERR")
                .WithFlag(5, out modeFault, FieldMode.Read, name: "MODF")
                .WithFlag(6, out overrun, FieldMode.Read, name: "OVR")
                .WithFlag(7, FieldMode.Read, valueProviderCallback: _ => underway.Count > 0, name: "BSY")
                .WithFlag(8, FieldMode.Read, name: "FRE")
                .WithReservedBits(9, 23)
                .WithReadCallback((_, __) => HandleStatusRead())
                .WithWriteCallback((_, __) =>
                {
                    isFaultSeen = modeFault.Value;
                    UpdateOutputs();
                });

            Registers.DR.Define(registers)
                .WithValueField(0, 16, valueProviderCallback: _ => ReadData(), writeCallback: (_, value) => WriteData((ushort)value), name: "DR")
                .WithReservedBits(16, 16);

            Registers.CRCPR.Define(registers, 7)
                .WithValueField(0, 16, out polynomial, name: "CRCPOLY")
                .WithReservedBits(16, 16);
            Registers.RXCRCR.Define(registers)
                .WithValueField(0, 16, out receivedCrc, FieldMode.Read, name: "RXCRC")
                .WithReservedBits(16, 16);
            Registers.TXCRCR.Define(registers)
                .WithValueField(0, 16, out sentCrc, FieldMode.Read, name: "TXCRC")
                .WithReservedBits(16, 16);

            Registers.I2SCFGR.Define(registers)
                .WithFlag(0, name: "CHLEN")
                .WithValueField(1, 2, name: "DATLEN")
                .WithFlag(3, name: "CKPOL")
                .WithValueField(4, 2, name: "I2SSTD")
                .WithReservedBits(6, 1)
                .WithFlag(7, name: "PCMSYNC")
                .WithValueField(8, 2, name: "I2SCFG")
                .WithFlag(10, name: "I2SE")
                .WithFlag(11, out isSound, name: "I2SMOD")
                .WithReservedBits(12, 20);
            Registers.I2SPR.Define(registers, 2)
                .WithValueField(0, 8, name: "I2SDIV")
                .WithFlag(8, name: "ODD")
                .WithFlag(9, name: "MCKOE")
                .WithReservedBits(10, 22);
        }

        private void Control(bool wasCrcEnabled)
        {
            CheckModeFault();
            if(crcEnabled.Value && !wasCrcEnabled)
            {
                receivedCrc.Value = 0;
                sentCrc.Value = 0;
            }
            if(isRunning && !enabled.Value)
            {
                RegisteredPeripheral?.FinishTransmission();
            }
            else if(!isRunning && enabled.Value && !master.Value)
            {
                this.Log(LogLevel.Warning, "SPE was set in slave mode (MSTR is 0): there is no other master, nothing will be exchanged");
            }
            isRunning = enabled.Value;
            UpdatePins();
            while(IsSending && waiting.Count > 0)
            {
                Send(waiting.Dequeue());
            }
            if(IsSending && crcEnabled.Value && crcNext.Value)
            {
                ExchangeCrc();
            }
            ReceiveFrame();
            UpdateOutputs();
        }

        private void CheckModeFault()
        {
            if(modeFault.Value)
            {
                // The write that ends the fault, after an access to SR, sets neither bit yet.
                enabled.Value = false;
                master.Value = false;
                modeFault.Value = !isFaultSeen;
            }
            else if(enabled.Value && master.Value && !tiFrames.Value && (softwareSelect.Value ? !internalSelect.Value : !selectOutput.Value && !IsDeselected))
            {
                mistakes.Report("SPI_CR1", $"mode fault, because {(softwareSelect.Value ? "SSI is 0 while SSM," : "NSS is low while SSM and SSOE are 0, and")} MSTR and SPE are set: MSTR and SPE are cleared");
                enabled.Value = false;
                master.Value = false;
                modeFault.Value = true;
            }
            isFaultSeen = false;
        }

        private void HandleSelect()
        {
            if(!modeFault.Value && isRunning)
            {
                CheckModeFault();
                isRunning = enabled.Value;
            }
            UpdatePins();
            UpdateOutputs();
        }

        private void WriteData(ushort frame)
        {
            if(isSound.Value)
            {
                mistakes.Report("SPI_DR", "write ignored, because I2SCFGR.I2SMOD is set: there is no I2S here");
                return;
            }
            if(IsReceiveOnly)
            {
                mistakes.Report("SPI_DR", "write ignored, because RXONLY, or BIDIMODE with BIDIOE 0, lets the SPI only receive");
                return;
            }
            if(IsSending)
            {
                if(underway.Count >= FramesUnderway)
                {
                    mistakes.Report("SPI_DR", "what was written is lost, because TXE is 0");
                    return;
                }
                Send(frame);
            }
            else if(waiting.Count < MostFrames)
            {
                if(!sendByDma.Value)
                {
                    mistakes.Report("SPI_DR", "waits to be sent, because SPE or MSTR is 0");
                }
                waiting.Enqueue(frame);
            }
            else
            {
                mistakes.Report("SPI_DR", "write ignored, because no more frames can wait for SPE and MSTR");
            }
            UpdateOutputs();
        }

        private void Send(ushort frame)
        {
            var answer = Exchange(frame);
            if(crcEnabled.Value)
            {
                sentCrc.Value = Crc(sentCrc.Value, frame);
            }
            if(!oneLine.Value)
            {
                Receive(answer);
            }
            else
            {
                Deliver(null);
            }
        }

        private void ReceiveFrame()
        {
            if(!IsMaster || !IsReceiveOnly || isReceived || underway.Count > 0)
            {
                return;
            }
            if(crcEnabled.Value && crcNext.Value)
            {
                ExchangeCrc();
            }
            else
            {
                Receive(Exchange(0));
            }
        }

        private void Receive(ushort frame)
        {
            if(crcEnabled.Value)
            {
                receivedCrc.Value = Crc(receivedCrc.Value, frame);
            }
            Deliver(frame);
        }

        private void ExchangeCrc()
        {
            var answer = Exchange(IsReceiveOnly ? (ushort)0 : (ushort)sentCrc.Value);
            crcNext.Value = false;
            if(!oneLine.Value || IsReceiveOnly)
            {
                crcError.Value |= answer != receivedCrc.Value;
                Deliver(answer);
            }
            else
            {
                Deliver(null);
            }
        }

        private ushort Exchange(ushort frame)
        {
            var sent = InOrderOfTheWire(frame);
            if(RegisteredPeripheral == null)
            {
                if(pins.Count == 0)
                {
                    mistakes.Report("SPI_DR", "sent with no pin selected for the SPI and no device registered at it: zeroes come back");
                }
                return InOrderOfTheWire(ExchangeAtPins(sent));
            }
            var answer = wideFrame.Value ? RegisteredPeripheral.Transmit((byte)(sent >> 8)) << 8 : 0;
            answer |= RegisteredPeripheral.Transmit((byte)sent);
            return InOrderOfTheWire((ushort)answer);
        }

        /// <summary>A frame goes out; what came in arrives when it is over, or nothing does.</summary>
        private void Deliver(ushort? answer)
        {
            underway.Enqueue(answer);
            if(underway.Count == 1)
            {
                frameEnd = Now + FrameTime;
            }
        }

        /// <summary>Frames that are over by now.</summary>
        private void PassTime()
        {
            if(underway.Count == 0)
            {
                return;
            }
            var now = Now;
            if(now < frameEnd)
            {
                return;
            }
            while(underway.Count > 0 && now >= frameEnd)
            {
                EndFrame();
            }
            UpdateOutputs();
        }

        private void HandleFrameEnd()
        {
            frame.Enabled = false;
            isScheduled = false;
            if(underway.Count > 0)
            {
                eventTime = scheduledEnd;
                EndFrame();
                UpdateOutputs();
                eventTime = null;
            }
        }

        private void EndFrame()
        {
            var answer = underway.Dequeue();
            // The next one is in the transmit buffer.
            frameEnd += FrameTime;
            if(answer == null)
            {
                return;
            }
            if(isReceived)
            {
                overrun.Value = true;
                isDataReadAfterOverrun = false;
                return;
            }
            received = answer.Value;
            isReceived = true;
        }

        private ulong ReadData()
        {
            var result = received;
            isReceived = false;
            isDataReadAfterOverrun = overrun.Value;
            ReceiveFrame();
            UpdateOutputs();
            return result;
        }

        private void HandleStatusRead()
        {
            isFaultSeen = modeFault.Value;
            if(isDataReadAfterOverrun)
            {
                overrun.Value = false;
                isDataReadAfterOverrun = false;
            }
            UpdateOutputs();
        }

        private void UpdateOutputs()
        {
            DMAReceive.Set(receiveByDma.Value && isReceived);
            DMASend.Set(sendByDma.Value && IsTransmitBufferEmpty);
            IRQ.Set((emptyInterrupt.Value && IsTransmitBufferEmpty) || (receivedInterrupt.Value && isReceived)
                || (errorInterrupt.Value && (crcError.Value || modeFault.Value || overrun.Value)));
            Schedule();
        }

        /// <summary>Only who waits for an interrupt or a request needs an event.</summary>
        private void Schedule()
        {
            var isNeeded = underway.Count > 0 && (receiveByDma.Value || sendByDma.Value || receivedInterrupt.Value || emptyInterrupt.Value || errorInterrupt.Value);
            if(isScheduled == isNeeded && (!isNeeded || scheduledEnd == frameEnd))
            {
                return;
            }
            isScheduled = isNeeded;
            if(!isNeeded)
            {
                frame.Enabled = false;
                return;
            }
            var now = Now;
            scheduledEnd = frameEnd;
            frame.Limit = frameEnd > now ? Math.Max(1, (frameEnd - now).Ticks * NanosecondsPerSecond / TimeInterval.TicksPerSecond) : 1;
            frame.ResetValue();
            frame.Enabled = true;
            VirtualClock.EndSlice(machine);
        }

        // Bit by bit, as they come over the wire (RM0090 28.3.6).
        private ulong Crc(ulong crc, ushort frame)
        {
            var bits = InOrderOfTheWire(frame);
            for(var i = FrameLength - 1; i >= 0; i--)
            {
                var feedback = ((crc >> (FrameLength - 1)) ^ (ulong)(bits >> i)) & 1;
                crc = (crc << 1) ^ (feedback * polynomial.Value);
            }
            return crc & FrameMask;
        }

        private ushort InOrderOfTheWire(ushort frame)
        {
            if(!leastSignificantFirst.Value)
            {
                return (ushort)(frame & FrameMask);
            }
            var result = 0;
            for(var i = 0; i < FrameLength; i++)
            {
                result = (result << 1) | ((frame >> i) & 1);
            }
            return (ushort)result;
        }

        private bool IsMaster => enabled.Value && master.Value && !isSound.Value;

        private bool IsReceiveOnly => oneLine.Value ? !outputOnly.Value : receiveOnly.Value;

        private bool IsSending => IsMaster && !IsReceiveOnly;

        private bool IsTransmitBufferEmpty => waiting.Count == 0 && underway.Count < FramesUnderway;

        private int FrameLength => wideFrame.Value ? 16 : 8;

        private TimeInterval Now => eventTime ?? VirtualClock.Now(machine);

        private TimeInterval FrameTime => TimeInterval.FromTicks(((ulong)FrameLength << (int)(baudRate.Value + 1)) * TimeInterval.TicksPerSecond / frequency);

        private uint FrameMask => wideFrame.Value ? 0xFFFFu : 0xFFu;

        private ushort received;
        private bool isReceived;
        private bool isRunning;
        private bool isFaultSeen;
        private bool isDataReadAfterOverrun;
        private TimeInterval frameEnd;
        private TimeInterval scheduledEnd;
        private bool isScheduled;
        // While an event is handled: Renode's clock shows the begin of a time slice then, if the core sleeps.
        private TimeInterval? eventTime;
        private ulong frequency = ResetFrequency;
        private IValueRegisterField baudRate;
        private IFlagRegisterField phase;
        private IFlagRegisterField polarity;
        private IFlagRegisterField selectOutput;
        private IFlagRegisterField master;
        private IFlagRegisterField enabled;
        private IFlagRegisterField leastSignificantFirst;
        private IFlagRegisterField internalSelect;
        private IFlagRegisterField softwareSelect;
        private IFlagRegisterField receiveOnly;
        private IFlagRegisterField wideFrame;
        private IFlagRegisterField crcNext;
        private IFlagRegisterField crcEnabled;
        private IFlagRegisterField outputOnly;
        private IFlagRegisterField oneLine;
        private IFlagRegisterField receiveByDma;
        private IFlagRegisterField sendByDma;
        private IFlagRegisterField tiFrames;
        private IFlagRegisterField errorInterrupt;
        private IFlagRegisterField receivedInterrupt;
        private IFlagRegisterField emptyInterrupt;
        private IFlagRegisterField crcError;
        private IFlagRegisterField modeFault;
        private IFlagRegisterField overrun;
        private IValueRegisterField polynomial;
        private IValueRegisterField receivedCrc;
        private IValueRegisterField sentCrc;
        private IFlagRegisterField isSound;

        private readonly GuestMistakes mistakes;
        private readonly DoubleWordRegisterCollection registers;
        // Written before they could be sent.
        private readonly Queue<ushort> waiting = new Queue<ushort>();
        // What the frames in the shift register and in the transmit buffer will bring.
        private readonly Queue<ushort?> underway = new Queue<ushort?>();
        private readonly LimitTimer frame;
        private readonly IMachine machine;

        private const int FramesUnderway = 2;
        private const ulong ResetFrequency = 16000000;
        private const ulong NanosecondsPerSecond = 1000000000;
        // That wait for SPE and MSTR.
        private const int MostFrames = 0xFFFF;
        private const uint CrcErrorBit = 1 << 4;
        private const uint CrcEnableBit = 1 << 13;

        private enum Registers
        {
            CR1 = 0x00,
            CR2 = 0x04,
            SR = 0x08,
            DR = 0x0C,
            CRCPR = 0x10,
            RXCRCR = 0x14,
            TXCRCR = 0x18,
            I2SCFGR = 0x1C,
            I2SPR = 0x20,
        }
    }
}
