// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Logging;

namespace Antmicro.Renode.Peripherals.DMA
{
    /// <summary>
    /// DMA controller with eight streams (RM0090, section 10). A transfer from a peripheral moves one item at each rise of input n;
    /// the other directions move everything when the stream is enabled. Moving takes no time. No double buffer, no flow
    /// control by the peripheral; the FIFO is always empty.
    /// </summary>
    public sealed class STM32DMA : BasicDoubleWordPeripheral, IKnownSize, IGPIOReceiver, INumberedGPIOOutput
    {
        public STM32DMA(IMachine machine) : base(machine)
        {
            streams = Enumerable.Range(0, StreamCount).Select(number => new Stream(this, number)).ToArray();
            Connections = streams.ToDictionary(x => x.Number, x => (IGPIO)x.Interrupt);
            DefineRegisters();
        }

        public override void Reset()
        {
            base.Reset();
            foreach(var stream in streams)
            {
                stream.Flags = 0;
                stream.UpdateInterrupt();
            }
        }

        public void OnGPIO(int number, bool value)
        {
            if(number < 0 || number >= StreamCount)
            {
                this.Log(LogLevel.Error, "There is no stream {0}; streams are 0 to {1}", number, StreamCount - 1);
                return;
            }
            if(value)
            {
                streams[number].Request();
            }
        }

        public IReadOnlyDictionary<int, IGPIO> Connections { get; }

        public long Size => 0x400;

        private void DefineRegisters()
        {
            for(var half = 0; half < 2; half++)
            {
                var group = streams.Skip(4 * half).Take(4).ToArray();
                var status = ((Registers)((int)Registers.LowStatus + 4 * half)).Define(this);
                var clear = ((Registers)((int)Registers.LowClear + 4 * half)).Define(this);
                for(var i = 0; i < group.Length; i++)
                {
                    var stream = group[i];
                    status.WithValueField(FlagPositions[i], 6, FieldMode.Read, valueProviderCallback: _ => stream.Flags, name: $"flags of {stream.Number}");
                    clear.WithValueField(FlagPositions[i], 6, FieldMode.Write, name: $"clear flags of {stream.Number}", writeCallback: (_, value) =>
                        {
                            stream.Flags &= ~(uint)value;
                            stream.UpdateInterrupt();
                        });
                }
            }
        }

        private readonly Stream[] streams;

        private const int StreamCount = 8;

        private static readonly int[] FlagPositions = { 0, 6, 16, 22 };

        private class Stream
        {
            public Stream(STM32DMA parent, int number)
            {
                this.parent = parent;
                Number = number;
                DefineRegisters();
            }

            /// <summary>The peripheral has an item.</summary>
            public void Request()
            {
                if(!enabled.Value)
                {
                    parent.Log(LogLevel.Warning, "Stream {0} was asked for a transfer while it was disabled; nothing moves", Number);
                }
                else if(direction.Value == Direction.PeripheralToMemory)
                {
                    MoveItem();
                }
            }

            public void UpdateInterrupt()
            {
                // DMEIE, TEIE, HTIE, TCIE are one bit below their flags.
                Interrupt.Set((Flags & (uint)interruptEnable.Value << 2) != 0);
            }

            public int Number { get; }

            public uint Flags { get; set; }

            public GPIO Interrupt { get; } = new GPIO();

            private void Start()
            {
                moved = 0;
                total = left.Value;
                if(direction.Value == Direction.Reserved || size.Value > 2 || total == 0)
                {
                    parent.Log(LogLevel.Warning, "Stream {0} was enabled with DIR = {1}, PSIZE = {2}, NDTR = {3}; nothing moves", Number, (int)direction.Value, size.Value, total);
                    enabled.Value = false;
                    return;
                }
                while(enabled.Value && direction.Value != Direction.PeripheralToMemory && left.Value > 0)
                {
                    MoveItem();
                }
            }

            private void MoveItem()
            {
                if(left.Value == 0)
                {
                    return;
                }
                var step = moved << (int)size.Value;
                var peripheral = peripheralAddress.Value + (peripheralIncrement.Value ? step : 0);
                var memory = memoryAddress.Value + (memoryIncrement.Value ? step : 0);
                moved++;
                left.Value--;
                if(direction.Value == Direction.MemoryToPeripheral)
                {
                    Copy(memory, peripheral);
                }
                else
                {
                    Copy(peripheral, memory);
                }
                if(left.Value == total / 2)
                {
                    Flags |= HalfTransfer;
                }
                if(left.Value == 0)
                {
                    Flags |= TransferComplete;
                    // Only a transfer with a peripheral on one side can go round.
                    enabled.Value = circular.Value && direction.Value == Direction.PeripheralToMemory;
                    left.Value = enabled.Value ? total : 0;
                    moved = 0;
                }
                UpdateInterrupt();
            }

            private void Copy(ulong from, ulong to)
            {
                var bus = parent.sysbus;
                switch(size.Value)
                {
                case 0:
                    bus.WriteByte(to, bus.ReadByte(from, parent), parent);
                    break;
                case 1:
                    bus.WriteWord(to, bus.ReadWord(from, parent), parent);
                    break;
                case 2:
                    bus.WriteDoubleWord(to, bus.ReadDoubleWord(from, parent), parent);
                    break;
                }
            }

            private void DefineRegisters()
            {
                At(Registers.Configuration).Define(parent)
                    .WithFlag(0, out enabled, name: "EN", changeCallback: (_, value) => started = value)
                    .WithValueField(1, 4, out interruptEnable, name: "DMEIE, TEIE, HTIE, TCIE")
                    .WithFlag(5, name: "PFCTRL")
                    .WithEnumField<DoubleWordRegister, Direction>(6, 2, out direction, name: "DIR")
                    .WithFlag(8, out circular, name: "CIRC")
                    .WithFlag(9, out peripheralIncrement, name: "PINC")
                    .WithFlag(10, out memoryIncrement, name: "MINC")
                    .WithValueField(11, 2, out size, name: "PSIZE")
                    .WithValueField(13, 15, name: "MSIZE to CHSEL")
                    .WithReservedBits(28, 4)
                    .WithWriteCallback((_, __) =>
                        {
                            if(started)
                            {
                                started = false;
                                Start();
                            }
                            UpdateInterrupt();
                        });
                At(Registers.ItemCount).Define(parent)
                    .WithValueField(0, 16, out left, name: "NDT")
                    .WithReservedBits(16, 16);
                At(Registers.PeripheralAddress).Define(parent)
                    .WithValueField(0, 32, out peripheralAddress, name: "PAR");
                At(Registers.MemoryAddress).Define(parent)
                    .WithValueField(0, 32, out memoryAddress, name: "M0AR");
                At(Registers.SecondMemoryAddress).Define(parent)
                    .WithValueField(0, 32, name: "M1AR");
                At(Registers.FifoControl).Define(parent, 0x21)
                    .WithValueField(0, 3, name: "FTH, DMDIS")
                    .WithValueField(3, 3, FieldMode.Read, name: "FS")
                    .WithReservedBits(6, 1)
                    .WithFlag(7, name: "FEIE")
                    .WithReservedBits(8, 24);
            }

            private Registers At(Registers register)
            {
                return (Registers)((int)register + Number * 0x18);
            }

            private bool started;
            private ulong moved;
            private ulong total;
            private IFlagRegisterField enabled;
            private IFlagRegisterField circular;
            private IFlagRegisterField peripheralIncrement;
            private IFlagRegisterField memoryIncrement;
            private IEnumRegisterField<Direction> direction;
            private IValueRegisterField interruptEnable;
            private IValueRegisterField size;
            private IValueRegisterField left;
            private IValueRegisterField peripheralAddress;
            private IValueRegisterField memoryAddress;

            private readonly STM32DMA parent;

            private const uint HalfTransfer = 1 << 4;
            private const uint TransferComplete = 1 << 5;

            private enum Direction
            {
                PeripheralToMemory,
                MemoryToPeripheral,
                MemoryToMemory,
                Reserved,
            }
        }

        private enum Registers
        {
            LowStatus = 0x00,
            LowClear = 0x08,
            Configuration = 0x10,
            ItemCount = 0x14,
            PeripheralAddress = 0x18,
            MemoryAddress = 0x1C,
            SecondMemoryAddress = 0x20,
            FifoControl = 0x24,
        }
    }
}
