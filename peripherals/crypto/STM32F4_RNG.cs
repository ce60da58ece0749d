// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Random number generator (RM0090 chapter 24): a number of 32 bits each 40 periods of the 48 MHz clock, none while that is slower
    /// than HCLK / 16. Two runs with the same seed see the same numbers.
    /// </summary>
    /// <remarks>
    /// We choose: a number takes all of the 40 periods; RNG_DR reads 0 before, and while RNGEN is 0; RNGEN = 0 drops a number that is
    /// ready; the clock is watched while RNGEN is 1; the seed never fails.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_RNG : GatedRegisterBlock
    {
        /// <summary>Creates the generator.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip, whose noise it is.</param>
        /// <param name="rcc">Clock controller of the chip.</param>
        public STM32F4_RNG(IMachine machine, STM32F4_Supplies supplies, STM32F4_RCC rcc) : base(machine, "RNG", typeof(Registers), "RCC_AHB2ENR.RNGEN is off")
        {
            if(supplies == null || rcc == null)
            {
                throw new ConstructionException("'supplies' or 'rcc' is missing: name the chip's STM32F4_Supplies and STM32F4_RCC");
            }
            this.supplies = supplies;
            this.rcc = rcc;
            timer = new LimitTimer(machine.ClockSource, NominalFrequency, this, "number", limit: PeriodsOfNumber, workMode: WorkMode.OneShot, eventEnabled: true);
            timer.LimitReached += HandleNumber;
            DefineRegisters();
            rcc.ClocksChanged += Update;
        }

        /// <inheritdoc/>
        public override void Reset()
        {
            base.Reset();
            number = 0;
            Update();
        }

        /// <summary>Interrupt: DRDY, CEIS or SEIS, with IE; position 80 of the NVIC.</summary>
        [DefaultInterrupt]
        public GPIO IRQ { get; } = new GPIO();

        private protected override void HandleClockChanged() => Update();

        private void DefineRegisters()
        {
            Registers.CR.Define(this)
                .WithReservedBits(0, 2)
                .WithFlag(2, out enabled, name: "RNGEN")
                .WithFlag(3, out interruptEnabled, name: "IE")
                .WithReservedBits(4, 28)
                .WithWriteCallback((_, __) => Update());

            Registers.SR.Define(this)
                .WithFlag(0, out ready, FieldMode.Read, name: "DRDY")
                .WithFlag(1, out clockIsSlow, FieldMode.Read, name: "CECS")
                .WithFlag(2, FieldMode.Read, name: "SECS")
                .WithReservedBits(3, 2)
                .WithFlag(5, out clockWasSlow, FieldMode.Read | FieldMode.WriteZeroToClear, name: "CEIS")
                .WithFlag(6, FieldMode.Read | FieldMode.WriteZeroToClear, name: "SEIS")
                .WithReservedBits(7, 25)
                .WithWriteCallback((_, __) => Update());

            Registers.DR.Define(this)
                .WithValueField(0, 32, FieldMode.Read, valueProviderCallback: _ => TakeNumber(), name: "RNDATA");
        }

        private uint TakeNumber()
        {
            if(!ready.Value)
            {
                mistakes.Report("RNG_DR", "read as 0, because RNG_SR.DRDY is 0");
                return 0;
            }
            ready.Value = false;
            Update();
            return number;
        }

        private void HandleNumber()
        {
            number = supplies.RandomContent.NextNumber();
            ready.Value = true;
            Update();
        }

        private void Update()
        {
            var runs = enabled.Value && ClockEnabled;
            var frequency = rcc.Pll48Frequency;
            ready.Value &= enabled.Value;
            var isSlow = enabled.Value && frequency * SlowestDivider < rcc.AhbFrequency;
            clockWasSlow.Value |= isSlow && !clockIsSlow.Value;
            clockIsSlow.Value = isSlow;
            // Without change it is left alone: it counts.
            var counts = runs && !isSlow && !ready.Value;
            if(counts && timer.Frequency != frequency)
            {
                timer.Frequency = frequency;
            }
            if(timer.Enabled != counts)
            {
                VirtualClock.Synchronize(machine);
                timer.ResetValue();
                timer.Enabled = counts;
            }
            IRQ.Set(interruptEnabled.Value && (ready.Value || clockWasSlow.Value));
        }

        private uint number;

        private IFlagRegisterField enabled;
        private IFlagRegisterField interruptEnabled;
        private IFlagRegisterField ready;
        private IFlagRegisterField clockIsSlow;
        private IFlagRegisterField clockWasSlow;

        private readonly STM32F4_Supplies supplies;
        private readonly STM32F4_RCC rcc;
        private readonly LimitTimer timer;

        private const ulong NominalFrequency = 48000000;
        private const ulong PeriodsOfNumber = 40;
        private const ulong SlowestDivider = 16;

        private enum Registers
        {
            CR = 0x00,
            SR = 0x04,
            DR = 0x08,
        }
    }
}
