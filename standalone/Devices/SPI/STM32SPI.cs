// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.SPI
{
    /// <summary>
    /// SPI master (RM0090, section 28): bytes are exchanged with the attached device in no time. Without a device, zeros come back.
    /// No slave mode, no CRC, no 16-bit frames, no I2S.
    /// </summary>
    public sealed class STM32SPI : NullRegistrationPointPeripheralContainer<ISPIPeripheral>, IBytePeripheral, IWordPeripheral, IDoubleWordPeripheral, IKnownSize
    {
        /// <param name="machine">The machine.</param>
        /// <param name="series">Only F4 here.</param>
        /// <param name="bufferCapacity">Received bytes that can wait for the firmware.</param>
        /// <exception cref="ConstructionException">Another series.</exception>
        public STM32SPI(IMachine machine, STM32Series series, int bufferCapacity = 4) : base(machine)
        {
            if(series != STM32Series.F4)
            {
                throw new ConstructionException($"STM32SPI: the standalone host has only series F4, not {series}; Renode has more");
            }
            this.bufferCapacity = bufferCapacity;
            registers = new DoubleWordRegisterCollection(this);
            DefineRegisters();
        }

        // A narrow write must not read the data register first, so there is no translation.
        public byte ReadByte(long offset)
        {
            return (byte)(registers.Read(offset & ~3) >> (int)(8 * (offset & 3)));
        }

        public void WriteByte(long offset, byte value)
        {
            registers.Write(offset, value);
        }

        public ushort ReadWord(long offset)
        {
            return (ushort)(registers.Read(offset & ~3) >> (int)(8 * (offset & 2)));
        }

        public void WriteWord(long offset, ushort value)
        {
            registers.Write(offset, value);
        }

        public uint ReadDoubleWord(long offset)
        {
            return registers.Read(offset);
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            registers.Write(offset, value);
        }

        public override void Reset()
        {
            registers.Reset();
            received.Clear();
            Update();
        }

        public GPIO IRQ { get; } = new GPIO();

        /// <summary>Blinks once for each received byte while CR2.RXDMAEN is set.</summary>
        public GPIO DMAReceive { get; } = new GPIO();

        /// <summary>High while CR2.TXDMAEN is set: there is always room for the next byte.</summary>
        public GPIO DMASend { get; } = new GPIO();

        public long Size => 0x400;

        private void Exchange(byte value)
        {
            if(RegisteredPeripheral == null)
            {
                this.Log(LogLevel.Warning, "0x{0:X2} was sent with no device attached; 0 comes back", value);
            }
            var response = RegisteredPeripheral?.Transmit(value) ?? 0;
            if(received.Count == bufferCapacity)
            {
                overrun.Value = true;
            }
            else
            {
                received.Enqueue(response);
            }
            if(receiveByDma.Value)
            {
                DMAReceive.Blink();
            }
            Update();
        }

        private byte Receive()
        {
            received.TryDequeue(out var value);
            Update();
            return value;
        }

        private void Update()
        {
            DMASend.Set(sendByDma.Value);
            IRQ.Set(emptyInterrupt.Value // TXE is always 1
                || (notEmptyInterrupt.Value && received.Count > 0)
                || (errorInterrupt.Value && overrun.Value));
        }

        private void DefineRegisters()
        {
            Registers.Control1.Define(registers)
                .WithValueField(0, 16, name: "CPHA to BIDIMODE")
                .WithReservedBits(16, 16);

            Registers.Control2.Define(registers)
                .WithFlag(0, out receiveByDma, name: "RXDMAEN")
                .WithFlag(1, out sendByDma, name: "TXDMAEN")
                .WithFlag(2, name: "SSOE")
                .WithReservedBits(3, 1)
                .WithFlag(4, name: "FRF")
                .WithFlag(5, out errorInterrupt, name: "ERRIE")
                .WithFlag(6, out notEmptyInterrupt, name: "RXNEIE")
                .WithFlag(7, out emptyInterrupt, name: "TXEIE")
                .WithReservedBits(8, 24)
                .WithWriteCallback((_, __) => Update());

            Registers.Status.Define(registers)
                .WithFlag(0, FieldMode.Read, valueProviderCallback: _ => received.Count > 0, name: "RXNE")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => true, name: "TXE")
                .WithTag("CHSIDE to MODF", 2, 4)
                .WithFlag(6, out overrun, FieldMode.Read, name: "OVR")
                .WithTaggedFlag("BSY", 7)
                .WithTaggedFlag("FRE", 8)
                .WithReservedBits(9, 23)
                .WithReadCallback((_, __) =>
                    {
                        // Clearing takes a read of DR, then of SR.
                        overrun.Value &= received.Count == bufferCapacity;
                    });

            Registers.Data.Define(registers)
                .WithValueField(0, 16, valueProviderCallback: _ => Receive(), writeCallback: (_, value) => Exchange((byte)value), name: "DR")
                .WithReservedBits(16, 16);

            Registers.CrcPolynomial.Define(registers, 7)
                .WithValueField(0, 16, name: "CRCPOLY")
                .WithReservedBits(16, 16);
            Registers.ReceivedCrc.Define(registers)
                .WithTag("RXCRC", 0, 16);
            Registers.SentCrc.Define(registers)
                .WithTag("TXCRC", 0, 16);
            Registers.I2SConfiguration.Define(registers)
                .WithTag("I2SCFGR", 0, 16);
            Registers.I2SPrescaler.Define(registers, 2)
                .WithValueField(0, 10, name: "I2SPR")
                .WithReservedBits(10, 22);
        }

        private IFlagRegisterField receiveByDma;
        private IFlagRegisterField sendByDma;
        private IFlagRegisterField errorInterrupt;
        private IFlagRegisterField notEmptyInterrupt;
        private IFlagRegisterField emptyInterrupt;
        private IFlagRegisterField overrun;

        private readonly int bufferCapacity;
        private readonly DoubleWordRegisterCollection registers;
        private readonly Queue<byte> received = new Queue<byte>();

        private enum Registers
        {
            Control1 = 0x00,
            Control2 = 0x04,
            Status = 0x08,
            Data = 0x0C,
            CrcPolynomial = 0x10,
            ReceivedCrc = 0x14,
            SentCrc = 0x18,
            I2SConfiguration = 0x1C,
            I2SPrescaler = 0x20,
        }
    }
}
