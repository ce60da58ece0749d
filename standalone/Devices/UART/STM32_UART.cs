// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Migrant;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.UART
{
    /// <summary>
    /// USART of the STM32F1/F2/F4 kind (RM0090, section 30), asynchronous mode, 8 data bits. Sending takes no time;
    /// received characters arrive one per character time of the set baud rate.
    /// </summary>
    [AllowedTranslations(AllowedTranslation.WordToDoubleWord | AllowedTranslation.ByteToDoubleWord)]
    public class STM32_UART : BasicDoubleWordPeripheral, IUART
    {
        /// <param name="machine">The machine whose virtual time paces reception.</param>
        /// <param name="frequency">Clock of the peripheral in Hz; with BRR it gives the baud rate.</param>
        public STM32_UART(IMachine machine, uint frequency = 8000000) : base(machine)
        {
            this.frequency = frequency;
            pace = CharacterTimer("receiver", DeliverNext);
            silence = CharacterTimer("idle line", ReportIdle);
            DefineRegisters();
        }

        /// <summary>Puts a character on the RX line. It is lost, with a warning, while the receiver is off.</summary>
        public void WriteChar(byte value)
        {
            if(!ReceiverOn())
            {
                return;
            }
            silence.Enabled = false;
            if(BaudRate == 0)
            {
                Receive(value);
                return;
            }
            onLine.Enqueue(value);
            if(onLine.Count == 1)
            {
                StartOneCharacterTime(pace);
            }
        }

        public override void Reset()
        {
            base.Reset();
            pace.Reset();
            silence.Reset();
            onLine.Clear();
            received.Clear();
            UpdateInterrupt();
        }

        /// <summary>Interrupt: RXNE, TXE, TC or IDLE, each with its enable bit.</summary>
        [DefaultInterrupt]
        public GPIO IRQ { get; } = new GPIO();

        /// <summary>Blinks once for each received character while CR3.DMAR is set.</summary>
        public GPIO DMARequest { get; } = new GPIO();

        /// <summary>Baud rate in bits a second; 0 while BRR is 0.</summary>
        public uint BaudRate
        {
            get
            {
                // In sixteenths (OVER8 = 0) or eighths (OVER8 = 1) of USARTDIV, the clock division is the number itself, or twice.
                var divider = overSampling8.Value ? (mantissa.Value * 8 + (fraction.Value & 7)) : (mantissa.Value * 16 + fraction.Value);
                return divider == 0 ? 0 : (uint)(frequency / divider);
            }
        }

        public Bits StopBits => stop.Value switch
        {
            1 => Bits.Half,
            2 => Bits.Two,
            3 => Bits.OneAndAHalf,
            _ => Bits.One,
        };

        public Parity ParityBit => !parityEnabled.Value ? Parity.None : oddParity.Value ? Parity.Odd : Parity.Even;

        /// <summary>A character left through TX.</summary>
        [field: Transient]
        public event Action<byte> CharReceived;

        private LimitTimer CharacterTimer(string name, Action handler)
        {
            var timer = new LimitTimer(machine.ClockSource, TicksPerSecond, this, name, TicksPerSecond, enabled: false,
                workMode: WorkMode.OneShot, eventEnabled: true, autoUpdate: true);
            timer.LimitReached += handler;
            return timer;
        }

        private void StartOneCharacterTime(LimitTimer timer)
        {
            // Start bit, eight bits with the parity bit among them, stop bits; in halves of a bit.
            var halves = 2 * (1 + 8) + StopBits switch { Bits.Half => 1u, Bits.Two => 4u, Bits.OneAndAHalf => 3u, _ => 2u };
            var bits = 2 * (ulong)BaudRate;
            timer.Limit = (halves * TicksPerSecond + bits - 1) / bits;
            timer.Enabled = true;
        }

        private bool ReceiverOn()
        {
            if(enabled.Value && receiverEnabled.Value)
            {
                return true;
            }
            this.Log(LogLevel.Warning, "A character came while the receiver was off (CR1.UE and CR1.RE must be set); it is lost");
            return false;
        }

        private void DeliverNext()
        {
            if(!onLine.TryDequeue(out var value))
            {
                return;
            }
            if(onLine.Count > 0)
            {
                StartOneCharacterTime(pace);
            }
            if(ReceiverOn())
            {
                Receive(value);
            }
        }

        private void Receive(byte value)
        {
            received.Enqueue(value);
            notEmpty.Value = true;
            if(onLine.Count == 0 && BaudRate != 0)
            {
                StartOneCharacterTime(silence);
            }
            if(dmaReception.Value)
            {
                DMARequest.Blink();
            }
            UpdateInterrupt();
        }

        private void ReportIdle()
        {
            idle.Value = true;
            UpdateInterrupt();
        }

        private uint ReadData()
        {
            received.TryDequeue(out var value);
            notEmpty.Value = received.Count > 0;
            // Clearing needs a read of SR before; whoever reads DR in a handler has done that.
            idle.Value = false;
            UpdateInterrupt();
            return value;
        }

        private void WriteData(byte value)
        {
            if(!enabled.Value && !transmitterEnabled.Value)
            {
                this.Log(LogLevel.Warning, "0x{0:X2} was written while the transmitter was off (CR1.UE and CR1.TE); it is lost", value);
                return;
            }
            CharReceived?.Invoke(value);
            complete.Value = true;
            UpdateInterrupt();
        }

        private void BaudRateChanged(uint before)
        {
            if(BaudRate == before)
            {
                return;
            }
            if(BaudRate == 0)
            {
                pace.Enabled = false;
                while(onLine.TryDequeue(out var value))
                {
                    Receive(value);
                }
            }
            else if(onLine.Count > 0)
            {
                StartOneCharacterTime(pace);
            }
        }

        private void UpdateInterrupt()
        {
            IRQ.Set((notEmptyInterrupt.Value && notEmpty.Value)
                || emptyInterrupt.Value // TXE is always 1
                || (completeInterrupt.Value && complete.Value)
                || (idleInterrupt.Value && idle.Value));
        }

        private void DefineRegisters()
        {
            Registers.Status.Define(this, 0xC0)
                .WithTaggedFlag("PE", 0)
                .WithTaggedFlag("FE", 1)
                .WithTaggedFlag("NF", 2)
                .WithTaggedFlag("ORE", 3)
                .WithFlag(4, out idle, FieldMode.Read, name: "IDLE")
                .WithFlag(5, out notEmpty, FieldMode.Read | FieldMode.WriteZeroToClear, name: "RXNE")
                .WithFlag(6, out complete, FieldMode.Read | FieldMode.WriteZeroToClear, name: "TC")
                .WithFlag(7, FieldMode.Read, valueProviderCallback: _ => true, name: "TXE")
                .WithTaggedFlag("LBD", 8)
                .WithTaggedFlag("CTS", 9)
                .WithReservedBits(10, 22)
                .WithWriteCallback((_, __) => UpdateInterrupt());

            Registers.Data.Define(this)
                .WithValueField(0, 9, valueProviderCallback: _ => ReadData(), writeCallback: (_, value) => WriteData((byte)value), name: "DR")
                .WithReservedBits(9, 23);

            Registers.BaudRate.Define(this)
                .WithValueField(0, 4, out fraction, name: "DIV_Fraction")
                .WithValueField(4, 12, out mantissa, name: "DIV_Mantissa")
                .WithReservedBits(16, 16)
                .WithWriteCallback((_, __) => RememberBaudRate());

            Registers.Control1.Define(this)
                .WithTaggedFlag("SBK", 0)
                .WithTaggedFlag("RWU", 1)
                .WithFlag(2, out receiverEnabled, name: "RE")
                .WithFlag(3, out transmitterEnabled, name: "TE")
                .WithFlag(4, out idleInterrupt, name: "IDLEIE")
                .WithFlag(5, out notEmptyInterrupt, name: "RXNEIE")
                .WithFlag(6, out completeInterrupt, name: "TCIE")
                .WithFlag(7, out emptyInterrupt, name: "TXEIE")
                .WithTaggedFlag("PEIE", 8)
                .WithFlag(9, out oddParity, name: "PS")
                .WithFlag(10, out parityEnabled, name: "PCE")
                .WithTaggedFlag("WAKE", 11)
                .WithFlag(12, valueProviderCallback: _ => false, writeCallback: (_, value) =>
                    {
                        if(value)
                        {
                            this.Log(LogLevel.Warning, "9-bit words (CR1.M) are not modelled; characters keep 8 bits");
                        }
                    }, name: "M")
                .WithFlag(13, out enabled, name: "UE")
                .WithReservedBits(14, 1)
                .WithFlag(15, out overSampling8, name: "OVER8")
                .WithReservedBits(16, 16)
                .WithWriteCallback((_, __) =>
                    {
                        if(!enabled.Value || !receiverEnabled.Value)
                        {
                            silence.Enabled = false;
                        }
                        RememberBaudRate();
                        UpdateInterrupt();
                    });

            Registers.Control2.Define(this)
                .WithTag("ADD", 0, 4)
                .WithReservedBits(4, 1)
                .WithTaggedFlag("LBDL", 5)
                .WithTaggedFlag("LBDIE", 6)
                .WithReservedBits(7, 1)
                .WithTaggedFlag("LBCL", 8)
                .WithTaggedFlag("CPHA", 9)
                .WithTaggedFlag("CPOL", 10)
                .WithTaggedFlag("CLKEN", 11)
                .WithValueField(12, 2, out stop, name: "STOP")
                .WithTaggedFlag("LINEN", 14)
                .WithReservedBits(15, 17);

            Registers.Control3.Define(this)
                .WithTaggedFlag("EIE", 0)
                .WithTaggedFlag("IREN", 1)
                .WithTaggedFlag("IRLP", 2)
                .WithTaggedFlag("HDSEL", 3)
                .WithTaggedFlag("NACK", 4)
                .WithTaggedFlag("SCEN", 5)
                .WithFlag(6, out dmaReception, name: "DMAR")
                .WithTaggedFlag("DMAT", 7)
                .WithTaggedFlag("RTSE", 8)
                .WithTaggedFlag("CTSE", 9)
                .WithTaggedFlag("CTSIE", 10)
                .WithTaggedFlag("ONEBIT", 11)
                .WithReservedBits(12, 20);

            Registers.GuardTime.Define(this)
                .WithTag("PSC", 0, 8)
                .WithTag("GT", 8, 8)
                .WithReservedBits(16, 16);
        }

        private void RememberBaudRate()
        {
            var before = lastBaudRate;
            lastBaudRate = BaudRate;
            BaudRateChanged(before);
        }

        private IFlagRegisterField idle;
        private IFlagRegisterField notEmpty;
        private IFlagRegisterField complete;
        private IFlagRegisterField receiverEnabled;
        private IFlagRegisterField transmitterEnabled;
        private IFlagRegisterField enabled;
        private IFlagRegisterField idleInterrupt;
        private IFlagRegisterField notEmptyInterrupt;
        private IFlagRegisterField completeInterrupt;
        private IFlagRegisterField emptyInterrupt;
        private IFlagRegisterField oddParity;
        private IFlagRegisterField parityEnabled;
        private IFlagRegisterField overSampling8;
        private IFlagRegisterField dmaReception;
        private IValueRegisterField mantissa;
        private IValueRegisterField fraction;
        private IValueRegisterField stop;
        private uint lastBaudRate;

        private readonly uint frequency;
        private readonly LimitTimer pace;
        private readonly LimitTimer silence;
        private readonly Queue<byte> onLine = new Queue<byte>();
        private readonly Queue<byte> received = new Queue<byte>();

        private const ulong TicksPerSecond = 1000000000;

        private enum Registers
        {
            Status = 0x00,
            Data = 0x04,
            BaudRate = 0x08,
            Control1 = 0x0C,
            Control2 = 0x10,
            Control3 = 0x14,
            GuardTime = 0x18,
        }
    }
}
