// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Migrant;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Peripherals.UART;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// USART in asynchronous mode (RM0090 chapter 30): words of 8 or 9 bits, with or without parity, at the baud rate that clock
    /// and BRR make. It neither hears nor answers while its clock is off.
    /// </summary>
    /// <remarks>
    /// A character arrives one frame after the one before: start bit, word, stop bits. One frame of silence later IDLE is set, and
    /// not again before the next character.
    /// A character leaves through a shift register, a frame after its turn has come, and one more waits in DR: TXE and TC tell. One that is on its
    /// way when power or reset end it is lost. TE sends an idle frame first. We choose: while BRR is 0, a character leaves at once; SBK is over at once; what the
    /// other side sends waits for a program that is slow, so that there is no overrun; it has the parity and the format that are
    /// set, so that there are no errors; while BRR is 0, it arrives at once; IDLE is cleared with UE, too (MicroPython's recorded tests tell). We choose: the other side knows bytes alone, so that a
    /// ninth data bit is not sent and reads 0; nCTS is always low; mute mode, LIN, IrDA, smartcard and synchronous mode and
    /// half duplex are stored. Where the board has pins, one has to select TX, and one RX, for a terminal to be reached; one that selects TX is high while UE and TE are 1; what is sent reaches the RX of any USART whose pin is wired to it,
    /// character by character, and is lost if word length or baud rate differ by more than 4 %.
    /// </remarks>
    public partial class STM32F4_USART : GatedRegisterBlock, IUART, IBytePeripheral, IWordPeripheral, IHasFrequency, IPinFunctions
    {
        /// <summary>Creates the USART, clocked by HSI until the clock controller says otherwise.</summary>
        /// <param name="machine">The machine.</param>
        public STM32F4_USART(IMachine machine) : base(machine, "USART", typeof(Registers), "its clock is off in RCC")
        {
            frame = new LimitTimer(machine.ClockSource, frequency, this, "frame", limit: 1, workMode: WorkMode.OneShot, eventEnabled: true);
            frame.LimitReached += HandleFrameEnd;
            shift = new LimitTimer(machine.ClockSource, frequency, this, "shift", limit: 1, workMode: WorkMode.OneShot, eventEnabled: true);
            shift.LimitReached += HandleShifted;
            busyWait = new BusyWait(machine);
            DefineRegisters();
        }

        /// <inheritdoc/>
        public ushort ReadWord(long offset) => (ushort)(ReadDoubleWord(offset & ~3) >> ShiftOf(offset));

        /// <inheritdoc/>
        public void WriteWord(long offset, ushort value) => WritePart(offset, value, ushort.MaxValue);

        /// <inheritdoc/>
        public byte ReadByte(long offset) => (byte)(ReadDoubleWord(offset & ~3) >> ShiftOf(offset));

        /// <inheritdoc/>
        public void WriteByte(long offset, byte value) => WritePart(offset, value, byte.MaxValue);

        /// <inheritdoc/>
        public override void Reset()
        {
            base.Reset();
            frame.Enabled = false;
            ResetTransmitter();
            clocksPerBit = 0;
            idleExpected = false;
            idleSeen = false;
            lock(line)
            {
                line.Clear();
                waiting.Clear();
                received = 0;
            }
            UpdateInterrupt();
            TellPins();
        }

        /// <summary>Puts a character on the RX line. It is lost, with a warning, without clock, while UE or RE is 0, and while no pin selects RX.</summary>
        public void WriteChar(byte value)
        {
            if(!isReceivePinSelected && HasPins())
            {
                Report("USART_DR", "a character from outside is lost, because no pin has RX as its alternate function");
                return;
            }
            if(!CanReceive())
            {
                return;
            }
            if(ClocksPerBit == 0)
            {
                Receive(value);
                return;
            }
            bool isFirst;
            lock(line)
            {
                line.Enqueue(value);
                isFirst = line.Count == 1;
            }
            if(isFirst)
            {
                StartFrame();
            }
        }

        /// <summary>Bits a second by the clock and BRR; 0 while BRR is 0.</summary>
        public uint BaudRate => ClocksPerBit == 0 ? 0 : (uint)(frequency / ClocksPerBit);

        /// <summary>USART_CR2.STOP.</summary>
        public Bits StopBits
        {
            get
            {
                switch(stop.Value)
                {
                case 1:
                    return Bits.Half;
                case 2:
                    return Bits.Two;
                case 3:
                    return Bits.OneAndAHalf;
                default:
                    return Bits.One;
                }
            }
        }

        /// <summary>USART_CR1.PCE and PS.</summary>
        public Parity ParityBit => !parityEnabled.Value ? Parity.None : oddParity.Value ? Parity.Odd : Parity.Even;

        /// <summary>Peripheral clock in Hz, above 0.</summary>
        public ulong Frequency
        {
            get => frequency;
            set
            {
                if(frequency != value)
                {
                    frequency = Math.Max(1, value);
                    frame.Frequency = frequency;
                    shift.Frequency = frequency;
                }
            }
        }

        /// <summary>Interrupt: RXNE, TXE, TC or IDLE, each with its enable bit.</summary>
        [DefaultInterrupt]
        public GPIO IRQ { get; } = new GPIO();

        /// <summary>Request to a DMA stream to read DR: high while USART_CR3.DMAR and SR.RXNE are set.</summary>
        public GPIO DMAReceive { get; } = new GPIO();

        /// <summary>Request to a DMA stream to write DR: high while USART_CR3.DMAT, UE, TE and SR.TXE are set.</summary>
        public GPIO DMASend { get; } = new GPIO();

        /// <summary>A character has left through TX.</summary>
        [field: Transient]
        public event Action<byte> CharReceived;

        /// <summary>The program has written a character to DR: it leaves by TX up to two frames later, unless power or a reset ends it.</summary>
        [field: Transient]
        public event Action<byte> CharWritten;

        private protected override void HandleClockChanged()
        {
            shift.Enabled = isShifting && ClockEnabled;
            UpdateInterrupt();
        }

        private void DefineRegisters()
        {
            Registers.SR.Define(this, 0xC0)
                .WithFlag(0, FieldMode.Read, name: "PE")
                .WithFlag(1, FieldMode.Read, name: "FE")
                .WithFlag(2, FieldMode.Read, name: "NF")
                .WithFlag(3, FieldMode.Read, name: "ORE")
                // A read shows it to the program, which clears it by reading DR then.
                .WithFlag(4, out idle, FieldMode.Read, readCallback: (_, value) => idleSeen = value, name: "IDLE")
                .WithFlag(5, out notEmpty, FieldMode.Read | FieldMode.WriteZeroToClear, writeCallback: (_, value) =>
                    {
                        if(!value)
                        {
                            TakeReceived();
                        }
                    }, name: "RXNE")
                .WithFlag(6, out complete, FieldMode.Read | FieldMode.WriteZeroToClear, readCallback: (_, value) => completeSeen = value, name: "TC")
                .WithFlag(7, FieldMode.Read, valueProviderCallback: _ => IsDataRegisterEmpty, name: "TXE")
                .WithFlag(8, FieldMode.Read | FieldMode.WriteZeroToClear, name: "LBD")
                .WithFlag(9, FieldMode.Read | FieldMode.WriteZeroToClear, name: "CTS")
                .WithReservedBits(10, 22)
                .WithReadCallback((_, value) =>
                    {
                        if(isShifting)
                        {
                            busyWait.HandleRead(value);
                        }
                    })
                .WithWriteCallback((_, __) => UpdateInterrupt());

            Registers.DR.Define(this)
                .WithValueField(0, 9, valueProviderCallback: _ => ReadData(), writeCallback: (_, value) => Transmit(value), name: "DR")
                .WithReservedBits(9, 23);

            Registers.BRR.Define(this)
                .WithValueField(0, 4, out fraction, name: "DIV_Fraction")
                .WithValueField(4, 12, out mantissa, name: "DIV_Mantissa")
                .WithReservedBits(16, 16)
                .WithWriteCallback((_, __) => UpdateBitTime());

            Registers.CR1.Define(this)
                .WithFlag(0, FieldMode.Write, name: "SBK")
                .WithFlag(1, name: "RWU")
                .WithFlag(2, out receiverEnabled, name: "RE")
                .WithFlag(3, out transmitterEnabled, name: "TE")
                .WithFlag(4, out idleInterrupt, name: "IDLEIE")
                .WithFlag(5, out notEmptyInterrupt, name: "RXNEIE")
                .WithFlag(6, out completeInterrupt, name: "TCIE")
                .WithFlag(7, out emptyInterrupt, name: "TXEIE")
                .WithFlag(8, name: "PEIE")
                .WithFlag(9, out oddParity, name: "PS")
                .WithFlag(10, out parityEnabled, name: "PCE")
                .WithFlag(11, name: "WAKE")
                .WithFlag(12, out nineBits, name: "M")
                .WithFlag(13, out enabled, name: "UE")
                .WithReservedBits(14, 1)
                .WithFlag(15, out oversamplingBy8, name: "OVER8")
                .WithReservedBits(16, 16)
                .WithWriteCallback((_, __) =>
                    {
                        idleExpected &= enabled.Value && receiverEnabled.Value;
                        idle.Value &= enabled.Value;
                        UpdateBitTime();
                        UpdateTransmitter();
                        UpdateInterrupt();
                        TellPins();
                    });

            Registers.CR2.Define(this)
                .WithValueField(0, 4, name: "ADD")
                .WithReservedBits(4, 1)
                .WithFlag(5, name: "LBDL")
                .WithFlag(6, name: "LBDIE")
                .WithReservedBits(7, 1)
                .WithFlag(8, name: "LBCL")
                .WithFlag(9, name: "CPHA")
                .WithFlag(10, name: "CPOL")
                .WithFlag(11, name: "CLKEN")
                .WithValueField(12, 2, out stop, name: "STOP")
                .WithFlag(14, name: "LINEN")
                .WithReservedBits(15, 17);

            Registers.CR3.Define(this)
                .WithFlag(0, name: "EIE")
                .WithFlag(1, name: "IREN")
                .WithFlag(2, name: "IRLP")
                .WithFlag(3, name: "HDSEL")
                .WithFlag(4, name: "NACK")
                .WithFlag(5, name: "SCEN")
                .WithFlag(6, out dmaReception, name: "DMAR")
                .WithFlag(7, out dmaTransmission, name: "DMAT")
                .WithFlag(8, name: "RTSE")
                .WithFlag(9, name: "CTSE")
                .WithFlag(10, name: "CTSIE")
                .WithFlag(11, name: "ONEBIT")
                .WithReservedBits(12, 20)
                .WithWriteCallback((_, __) => UpdateInterrupt());

            Registers.GTPR.Define(this)
                .WithValueField(0, 8, name: "PSC")
                .WithValueField(8, 8, name: "GT")
                .WithReservedBits(16, 16);
        }

        private void WritePart(long offset, uint value, uint mask)
        {
            // The rest of DR must not be read for this, that would take a character; to the flags of SR a 1 does nothing.
            var register = offset & ~3;
            var rest = register == (long)Registers.DR ? 0 : register == (long)Registers.SR ? uint.MaxValue : ReadDoubleWord(register);
            WriteDoubleWord(register, (value << ShiftOf(offset)) | (rest & ~(mask << ShiftOf(offset))));
        }

        private bool CanReceive()
        {
            if(ClockEnabled && enabled.Value && receiverEnabled.Value)
            {
                return true;
            }
            Report("USART_DR", "a character from outside is lost, because " + (ClockEnabled ? "UE or RE in USART_CR1 is 0" : "its clock is off in RCC"));
            return false;
        }

        private void HandleFrameEnd()
        {
            byte value = 0;
            bool hasCharacter;
            lock(line)
            {
                hasCharacter = line.Count > 0;
                if(hasCharacter)
                {
                    value = line.Dequeue();
                }
            }
            if(hasCharacter)
            {
                // The next one, or silence.
                StartFrame();
                if(CanReceive())
                {
                    Receive(value);
                }
            }
            else if(idleExpected && ClockEnabled)
            {
                idleExpected = false;
                idle.Value = true;
                UpdateInterrupt();
            }
        }

        private void Receive(byte value)
        {
            var data = value & ((1u << DataBits) - 1);
            if(parityEnabled.Value)
            {
                // The program sees the parity bit above the data (30.3.7).
                data |= (IsOdd(data) != oddParity.Value ? 1u : 0) << DataBits;
            }
            lock(line)
            {
                if(notEmpty.Value)
                {
                    waiting.Enqueue(data);
                }
                else
                {
                    received = data;
                    notEmpty.Value = true;
                }
            }
            idleExpected = true;
            UpdateInterrupt();
        }

        private uint ReadData()
        {
            var result = received;
            TakeReceived();
            idle.Value &= !idleSeen;
            idleSeen = false;
            UpdateInterrupt();
            return result;
        }

        private void TakeReceived()
        {
            lock(line)
            {
                notEmpty.Value = waiting.Count > 0;
                if(notEmpty.Value)
                {
                    received = waiting.Dequeue();
                }
            }
        }

        private void UpdateBitTime()
        {
            if(ClocksPerBit == clocksPerBit)
            {
                return;
            }
            clocksPerBit = ClocksPerBit;
            if(clocksPerBit != 0)
            {
                if(frame.Enabled)
                {
                    StartFrame();
                }
                return;
            }
            frame.Enabled = false;
            byte[] rest;
            lock(line)
            {
                rest = line.ToArray();
                line.Clear();
            }
            foreach(var value in rest)
            {
                Receive(value);
            }
        }

        private void StartFrame()
        {
            if(ClocksPerBit == 0)
            {
                return;
            }
            VirtualClock.Synchronize(machine);
            frame.Limit = ClocksOfFrame;
            frame.ResetValue();
            frame.Enabled = true;
        }

        private void UpdateInterrupt()
        {
            IRQ.Set((notEmpty.Value && notEmptyInterrupt.Value) || (IsDataRegisterEmpty && emptyInterrupt.Value) || (complete.Value && completeInterrupt.Value) || (idle.Value && idleInterrupt.Value));
            DMAReceive.Set(dmaReception.Value && notEmpty.Value);
            DMASend.Set(dmaTransmission.Value && enabled.Value && transmitterEnabled.Value && ClockEnabled && IsDataRegisterEmpty);
        }

        private void Report(string register, string rule)
        {
            // Characters come from any thread of the host.
            lock(mistakes)
            {
                mistakes.Report(register, rule);
            }
        }

        private static int ShiftOf(long offset) => (int)(offset & 3) * 8;

        private static bool IsOdd(uint value)
        {
            value ^= value >> 4;
            value ^= value >> 2;
            return ((value ^ (value >> 1)) & 1) != 0;
        }

        // With OVER8 the fraction has three bits, and counts eighths.
        private ulong ClocksPerBit => oversamplingBy8.Value ? (mantissa.Value * 8) + (fraction.Value & 7) : (mantissa.Value * 16) + fraction.Value;

        private int DataBits => (nineBits.Value ? 9 : 8) - (parityEnabled.Value ? 1 : 0);

        private ulong ClocksOfFrame => ((HalvesOfFrame * ClocksPerBit) + 1) / 2;

        // In halves of a bit: start bit, word, stop bits.
        private ulong HalvesOfFrame => 2 + (nineBits.Value ? 18ul : 16ul) + HalvesOfStop[stop.Value];

        private ulong frequency = 16000000;
        private ulong clocksPerBit;
        private uint received;
        private bool idleExpected;
        private bool idleSeen;

        private IFlagRegisterField idle;
        private IFlagRegisterField notEmpty;
        private IFlagRegisterField complete;
        private IValueRegisterField fraction;
        private IValueRegisterField mantissa;
        private IFlagRegisterField receiverEnabled;
        private IFlagRegisterField transmitterEnabled;
        private IFlagRegisterField idleInterrupt;
        private IFlagRegisterField notEmptyInterrupt;
        private IFlagRegisterField completeInterrupt;
        private IFlagRegisterField emptyInterrupt;
        private IFlagRegisterField oddParity;
        private IFlagRegisterField parityEnabled;
        private IFlagRegisterField nineBits;
        private IFlagRegisterField enabled;
        private IFlagRegisterField oversamplingBy8;
        private IValueRegisterField stop;
        private IFlagRegisterField dmaReception;
        private IFlagRegisterField dmaTransmission;

        private readonly LimitTimer frame;
        private readonly LimitTimer shift;
        private readonly BusyWait busyWait;
        // On their way, and behind the one that is in DR. Timers must not be touched while they are locked.
        private readonly Queue<byte> line = new Queue<byte>();
        private readonly Queue<uint> waiting = new Queue<uint>();

        // By USART_CR2.STOP.
        private static readonly ulong[] HalvesOfStop = { 2, 1, 4, 3 };

        private enum Registers
        {
            SR = 0x00,
            DR = 0x04,
            BRR = 0x08,
            CR1 = 0x0C,
            CR2 = 0x10,
            CR3 = 0x14,
            GTPR = 0x18,
        }
    }
}
