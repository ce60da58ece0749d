// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.I2C
{
    /// <summary>
    /// I2C master of the STM32F1/F4 kind (RM0090, section 27), 7-bit addresses. Each step on the bus is over at once. An address
    /// that no attached device has is not acknowledged.
    /// </summary>
    public class STM32F1_I2C : SimpleContainer<II2CPeripheral>, IDoubleWordPeripheral, IWordPeripheral, IKnownSize
    {
        public STM32F1_I2C(IMachine machine) : base(machine)
        {
            registers = new DoubleWordRegisterCollection(this);
            DefineRegisters();
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
            EndTransfer();
            registers.Reset();
            Update();
        }

        public GPIO EventInterrupt { get; } = new GPIO();

        public GPIO ErrorInterrupt { get; } = new GPIO();

        public GPIO RxDMARequest { get; } = new GPIO();

        public GPIO TxDMARequest { get; } = new GPIO();

        public long Size => 0x400;

        private void Control()
        {
            if(!enabled.Value)
            {
                EndTransfer();
                started.Value = addressed.Value = empty.Value = finished.Value = notEmpty.Value = false;
                start.Value = stop.Value = false;
            }
            if(stop.Value)
            {
                stop.Value = false;
                if(state == State.Write)
                {
                    EndTransfer();
                }
                // What was received may still be read after a stop.
                state = State.Idle;
                empty.Value = finished.Value = false;
            }
            if(start.Value)
            {
                start.Value = false;
                EndTransfer();
                empty.Value = finished.Value = notEmpty.Value = false;
                started.Value = true;
                state = State.Address;
            }
            Update();
        }

        private void WriteData(byte value)
        {
            started.Value = false;
            switch(state)
            {
            case State.Address when !ChildCollection.TryGetValue(value >> 1, out device):
                this.Log(LogLevel.Warning, "There is no device with address 0x{0:X2}", value >> 1);
                notAcknowledged.Value = true;
                state = State.Unanswered;
                break;
            case State.Address:
                state = (value & 1) != 0 ? State.Read : State.Write;
                addressed.Value = true;
                break;
            case State.Write:
                device.Write(new[] { value });
                break;
            default:
                this.Log(LogLevel.Warning, "0x{0:X2} was written to DR outside of a transfer; it is lost", value);
                break;
            }
            Update();
        }

        private byte ReadData()
        {
            if(device == null || !notEmpty.Value && state != State.Idle)
            {
                return 0;
            }
            var data = device.Read(1);
            notEmpty.Value &= state == State.Read;
            Update();
            return data.Length > 0 ? data[0] : (byte)0;
        }

        // A read of SR1, then of SR2, lets the data flow.
        private void AcknowledgeAddress()
        {
            if(!addressed.Value)
            {
                return;
            }
            addressed.Value = false;
            empty.Value = state == State.Write;
            notEmpty.Value = state == State.Read;
            finished.Value = true;
            Update();
        }

        private void EndTransfer()
        {
            device?.FinishTransmission();
            device = null;
            state = State.Idle;
        }

        private void Update()
        {
            EventInterrupt.Set(eventInterrupt.Value && (started.Value || addressed.Value || finished.Value
                || (bufferInterrupt.Value && (empty.Value || notEmpty.Value))));
            ErrorInterrupt.Set(errorInterrupt.Value && notAcknowledged.Value);
            TxDMARequest.Set(byDma.Value && empty.Value);
            RxDMARequest.Set(byDma.Value && notEmpty.Value);
        }

        private void DefineRegisters()
        {
            Registers.Control1.Define(registers)
                .WithFlag(0, out enabled, name: "PE")
                .WithValueField(1, 7, name: "SMBUS to NOSTRETCH")
                .WithFlag(8, out start, name: "START")
                .WithFlag(9, out stop, name: "STOP")
                .WithValueField(10, 4, name: "ACK to ALERT")
                .WithReservedBits(14, 1)
                .WithFlag(15, out var softReset, name: "SWRST")
                .WithReservedBits(16, 16)
                .WithWriteCallback((_, __) =>
                    {
                        if(softReset.Value)
                        {
                            Reset();
                            softReset.Value = true;
                        }
                        Control();
                    });

            Registers.Control2.Define(registers)
                .WithValueField(0, 6, name: "FREQ")
                .WithReservedBits(6, 2)
                .WithFlag(8, out errorInterrupt, name: "ITERREN")
                .WithFlag(9, out eventInterrupt, name: "ITEVTEN")
                .WithFlag(10, out bufferInterrupt, name: "ITBUFEN")
                .WithFlag(11, out byDma, name: "DMAEN")
                .WithFlag(12, name: "LAST")
                .WithReservedBits(13, 19)
                .WithWriteCallback((_, __) => Update());

            Registers.OwnAddress1.Define(registers)
                .WithValueField(0, 16, name: "OAR1")
                .WithReservedBits(16, 16);
            Registers.OwnAddress2.Define(registers)
                .WithValueField(0, 8, name: "OAR2")
                .WithReservedBits(8, 24);

            Registers.Data.Define(registers)
                .WithValueField(0, 8, valueProviderCallback: _ => ReadData(), writeCallback: (_, value) => WriteData((byte)value), name: "DR")
                .WithReservedBits(8, 24);

            Registers.Status1.Define(registers)
                .WithFlag(0, out started, FieldMode.Read, name: "SB")
                .WithFlag(1, out addressed, FieldMode.Read, name: "ADDR")
                .WithFlag(2, out finished, FieldMode.Read, name: "BTF")
                .WithTaggedFlag("ADD10", 3)
                .WithTaggedFlag("STOPF", 4)
                .WithReservedBits(5, 1)
                .WithFlag(6, out notEmpty, FieldMode.Read, name: "RXNE")
                .WithFlag(7, out empty, FieldMode.Read, name: "TXE")
                .WithTaggedFlag("BERR", 8)
                .WithTaggedFlag("ARLO", 9)
                .WithFlag(10, out notAcknowledged, FieldMode.Read | FieldMode.WriteZeroToClear, name: "AF")
                .WithTag("OVR to SMBALERT", 11, 5)
                .WithReservedBits(16, 16)
                .WithWriteCallback((_, __) => Update());

            Registers.Status2.Define(registers)
                .WithFlag(0, FieldMode.Read, valueProviderCallback: _ => state != State.Idle, name: "MSL")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => state != State.Idle, name: "BUSY")
                .WithFlag(2, FieldMode.Read, valueProviderCallback: _ => state == State.Write, name: "TRA")
                .WithReservedBits(3, 1)
                .WithTag("GENCALL to PEC", 4, 12)
                .WithReservedBits(16, 16)
                .WithReadCallback((_, __) => AcknowledgeAddress());

            Registers.ClockControl.Define(registers)
                .WithValueField(0, 16, name: "CCR")
                .WithReservedBits(16, 16);
            Registers.RiseTime.Define(registers, 2)
                .WithValueField(0, 6, name: "TRISE")
                .WithReservedBits(6, 26);
        }

        private State state;
        private II2CPeripheral device;
        private IFlagRegisterField enabled;
        private IFlagRegisterField start;
        private IFlagRegisterField stop;
        private IFlagRegisterField errorInterrupt;
        private IFlagRegisterField eventInterrupt;
        private IFlagRegisterField bufferInterrupt;
        private IFlagRegisterField byDma;
        private IFlagRegisterField started;
        private IFlagRegisterField addressed;
        private IFlagRegisterField finished;
        private IFlagRegisterField notEmpty;
        private IFlagRegisterField empty;
        private IFlagRegisterField notAcknowledged;

        private readonly DoubleWordRegisterCollection registers;

        private enum State
        {
            Idle,
            Address,
            Unanswered,
            Write,
            Read,
        }

        private enum Registers
        {
            Control1 = 0x00,
            Control2 = 0x04,
            OwnAddress1 = 0x08,
            OwnAddress2 = 0x0C,
            Data = 0x10,
            Status1 = 0x14,
            Status2 = 0x18,
            ClockControl = 0x1C,
            RiseTime = 0x20,
        }
    }
}
