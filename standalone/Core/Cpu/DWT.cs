// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    /// <summary>Data watchpoint and trace unit of an ARMv7-M processor: the cycle counter alone (ARMv7-M ARM, C1.8).</summary>
    public sealed class DWT : BasicDoubleWordPeripheral, IKnownSize
    {
        /// <param name="frequency">Hertz of the processor clock.</param>
        public DWT(IMachine machine, uint frequency) : base(machine)
        {
            cycleCounter = new LimitTimer(machine.ClockSource, frequency, this, "cycles", 1UL << 32, Direction.Ascending);
            DefineRegisters();
        }

        public override void Reset()
        {
            base.Reset();
            cycleCounter.Reset();
        }

        public long Size => 0x1000;

        private void DefineRegisters()
        {
            Registers.Control.Define(this)
                .WithFlag(0, valueProviderCallback: _ => cycleCounter.Enabled, writeCallback: (_, value) => cycleCounter.Enabled = value, name: "CYCCNTENA")
                .WithTag("POSTPRESET, POSTCNT, CYCTAP, SYNCTAP", 1, 11)
                .WithTaggedFlag("PCSAMPLENA", 12)
                .WithReservedBits(13, 3)
                .WithTag("event enables", 16, 7)
                .WithReservedBits(23, 5)
                // no comparators
                .WithValueField(28, 4, FieldMode.Read, valueProviderCallback: _ => 0, name: "NUMCOMP");
            Registers.CycleCount.Define(this)
                .WithValueField(0, 32, valueProviderCallback: _ => cycleCounter.Value, writeCallback: (_, value) => cycleCounter.Value = value, name: "CYCCNT");
        }

        private readonly LimitTimer cycleCounter;

        private enum Registers
        {
            Control = 0x0,
            CycleCount = 0x4,
        }
    }
}
