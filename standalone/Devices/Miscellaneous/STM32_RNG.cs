// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    /// <summary>Random number generator (RM0090, section 24); the numbers come from the emulation's seeded generator.</summary>
    public class STM32_RNG : IDoubleWordPeripheral, IKnownSize
    {
        /// <param name="series">Only F4 here.</param>
        /// <exception cref="ConstructionException">Another series.</exception>
        public STM32_RNG(STM32Series series)
        {
            if(series != STM32Series.F4)
            {
                throw new ConstructionException($"STM32_RNG: the standalone host has only series F4, not {series}; Renode has more");
            }
            registers = new DoubleWordRegisterCollection(this);
            DefineRegisters();
        }

        public uint ReadDoubleWord(long offset)
        {
            return registers.Read(offset);
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            registers.Write(offset, value);
        }

        public void Reset()
        {
            registers.Reset();
            UpdateInterrupt();
        }

        public GPIO IRQ { get; } = new GPIO();

        public long Size => 0x400;

        private void UpdateInterrupt()
        {
            IRQ.Set(enabled.Value && interruptEnabled.Value);
        }

        private void DefineRegisters()
        {
            Registers.Control.Define(registers)
                .WithReservedBits(0, 2)
                .WithFlag(2, out enabled, name: "RNGEN")
                .WithFlag(3, out interruptEnabled, name: "IE")
                .WithReservedBits(4, 28)
                .WithWriteCallback((_, __) => UpdateInterrupt());

            Registers.Status.Define(registers)
                .WithFlag(0, FieldMode.Read, valueProviderCallback: _ => enabled.Value, name: "DRDY")
                .WithTaggedFlag("CECS", 1)
                .WithTaggedFlag("SECS", 2)
                .WithReservedBits(3, 2)
                .WithTaggedFlag("CEIS", 5)
                .WithTaggedFlag("SEIS", 6)
                .WithReservedBits(7, 25);

            Registers.Data.Define(registers)
                .WithValueField(0, 32, FieldMode.Read, valueProviderCallback: _ => enabled.Value ? Next() : 0, name: "RNDATA");
        }

        private static uint Next()
        {
            var generator = EmulationManager.Instance.CurrentEmulation.RandomGenerator;
            return (uint)generator.Next(1 << 16) << 16 | (uint)generator.Next(1 << 16);
        }

        private IFlagRegisterField enabled;
        private IFlagRegisterField interruptEnabled;

        private readonly DoubleWordRegisterCollection registers;

        private enum Registers
        {
            Control = 0x00,
            Status = 0x04,
            Data = 0x08,
        }
    }
}
