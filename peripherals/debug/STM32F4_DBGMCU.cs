// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;
using Antmicro.Renode.UserInterface;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Debug component of the MCU (RM0090 38.16): what chip it is, and what stands still while a debugger halts the core: timers, CAN, RTC and both
    /// watchdogs, each by its bit. Only a power reset clears what was written.
    /// </summary>
    /// <remarks>
    /// A core counts as halted while <c>cpu IsHalted</c> is true, unless it has no power, no clock, or is in Standby. GDB's halt stops the virtual time
    /// of the whole machine, and with it all that counts, whatever the bits say.
    /// We choose: the halt is seen within a millisecond of virtual time; a wake-up from Standby clears nothing here; REV_ID is that of a
    /// common revision of each line; DBG_STOP and DBG_STANDBY keep no clock, the bits of trace pins and I2C are stored.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_DBGMCU : RegisterBlock, IResetMember
    {
        /// <summary>Creates the component.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip.</param>
        /// <param name="rcc">Clock controller of the chip, which knows timers and window watchdog.</param>
        /// <param name="rtc">RTC of the chip; may be left out.</param>
        /// <param name="iwdg">Independent watchdog of the chip; may be left out.</param>
        public STM32F4_DBGMCU(IMachine machine, STM32F4_Supplies supplies, STM32F4_RCC rcc, STM32F4_RTC rtc = null, STM32F4_IndependentWatchdog iwdg = null)
            : base(machine, "DBGMCU", typeof(Registers), ChipFacts.Of(supplies), x => x.Debug)
        {
            if(supplies == null || rcc == null)
            {
                throw new ConstructionException("'supplies' or 'rcc' is missing: name the chip's STM32F4_Supplies and STM32F4_RCC");
            }
            this.supplies = supplies;
            this.rcc = rcc;
            this.rtc = rtc;
            this.iwdg = iwdg;
            lookout = new LimitTimer(machine.ClockSource, LooksPerSecond, this, "lookout", limit: 1, eventEnabled: true);
            lookout.LimitReached += LookAtCores;
            DefineRegisters();
            supplies.Resets.Attach(this);
        }

        /// <summary>Nothing: resets come through <see cref="IResetMember"/>.</summary>
        public override void Reset()
        {
        }

        /// <inheritdoc/>
        void IResetMember.ResetState(ResetClass resetClass, ResetCause cause)
        {
            if(resetClass == ResetClass.PowerOnReset || resetClass == ResetClass.PowerOnResetWithoutBattery || resetClass == ResetClass.BrownOutReset)
            {
                RegistersCollection.Reset();
            }
        }

        /// <inheritdoc/>
        void IResetMember.ResetOutputs()
        {
            // A reset starts the core.
            isCoreHalted = false;
            Apply();
        }

        /// <summary>DBG_SLEEP: does the core's clock go on in Sleep?</summary>
        [HideInMonitor]
        public bool KeepsClockInSleep => sleepKept.Value;

        private void DefineRegisters()
        {
            Registers.IDCODE.Define(this)
                .WithValueField(0, 12, FieldMode.Read, valueProviderCallback: _ => facts.DeviceId, name: "DEV_ID")
                .WithReservedBits(12, 4)
                .WithValueField(16, 16, FieldMode.Read, valueProviderCallback: _ => facts.RevisionId, name: "REV_ID");

            Define(Registers.CR)
                .WithFlag(0, out sleepKept, name: "DBG_SLEEP")
                .WithFlag(1, name: "DBG_STOP")
                .WithFlag(2, name: "DBG_STANDBY")
                .WithReservedBits(3, 2)
                .WithFlag(5, name: "TRACE_IOEN")
                .WithValueField(6, 2, name: "TRACE_MODE")
                .WithReservedBits(8, 24);

            DefineFreezes(Registers.APB1_FZ, Freezes1);
            DefineFreezes(Registers.APB2_FZ, Freezes2);
        }

        private void DefineFreezes(Registers register, (int Bit, string Name, Func<STM32F4_DBGMCU, IEnumerable<IPeripheral>> Held)[] freezes)
        {
            var definition = Define(register);
            foreach(var freeze in freezes)
            {
                definition.WithFlag(freeze.Bit, out var flag, name: freeze.Name);
                if(freeze.Held != null)
                {
                    holds.Add((flag, freeze.Held));
                }
            }
            definition.WithWriteCallback((_, __) => LookAtCores());
        }

        private void LookAtCores()
        {
            isCoreHalted = machine.SystemBus.GetCPUs().Any(supplies.Resets.IsHaltedFromOutside);
            Apply();
        }

        private void Apply()
        {
            foreach(var (flag, held) in holds)
            {
                var isHeld = isCoreHalted && flag.Value;
                foreach(var peripheral in held(this).OfType<IHeldByDebugger>().Where(x => x.IsHeldByDebugger != isHeld))
                {
                    peripheral.IsHeldByDebugger = isHeld;
                }
            }
            var isNeeded = holds.Any(x => x.Flag.Value);
            if(lookout.Enabled != isNeeded)
            {
                lookout.Enabled = isNeeded;
            }
        }

        private static Func<STM32F4_DBGMCU, IEnumerable<IPeripheral>> At(Alias gate) => x => x.rcc.PeripheralsAt(gate);

        private bool isCoreHalted;

        private IFlagRegisterField sleepKept;

        private readonly STM32F4_Supplies supplies;
        private readonly STM32F4_RCC rcc;
        private readonly STM32F4_RTC rtc;
        private readonly STM32F4_IndependentWatchdog iwdg;
        private readonly LimitTimer lookout;
        private readonly List<(IFlagRegisterField Flag, Func<STM32F4_DBGMCU, IEnumerable<IPeripheral>> Held)> holds
            = new List<(IFlagRegisterField, Func<STM32F4_DBGMCU, IEnumerable<IPeripheral>>)>();

        private const ulong LooksPerSecond = 1000;

        private static readonly (int Bit, string Name, Func<STM32F4_DBGMCU, IEnumerable<IPeripheral>> Held)[] Freezes1 =
        {
            (0, "DBG_TIM2_STOP", At(Alias.TIM2)),
            (1, "DBG_TIM3_STOP", At(Alias.TIM3)),
            (2, "DBG_TIM4_STOP", At(Alias.TIM4)),
            (3, "DBG_TIM5_STOP", At(Alias.TIM5)),
            (4, "DBG_TIM6_STOP", At(Alias.TIM6)),
            (5, "DBG_TIM7_STOP", At(Alias.TIM7)),
            (6, "DBG_TIM12_STOP", At(Alias.TIM12)),
            (7, "DBG_TIM13_STOP", At(Alias.TIM13)),
            (8, "DBG_TIM14_STOP", At(Alias.TIM14)),
            (10, "DBG_RTC_STOP", x => new[] { x.rtc }),
            (11, "DBG_WWDG_STOP", At(Alias.WWDG)),
            (12, "DBG_IWDG_STOP", x => new[] { x.iwdg }),
            (21, "DBG_I2C1_SMBUS_TIMEOUT", null),
            (22, "DBG_I2C2_SMBUS_TIMEOUT", null),
            (23, "DBG_I2C3_SMBUS_TIMEOUT", null),
            (25, "DBG_CAN1_STOP", At(Alias.CAN1)),
            (26, "DBG_CAN2_STOP", At(Alias.CAN2)),
        };

        private static readonly (int Bit, string Name, Func<STM32F4_DBGMCU, IEnumerable<IPeripheral>> Held)[] Freezes2 =
        {
            (0, "DBG_TIM1_STOP", At(Alias.TIM1)),
            (1, "DBG_TIM8_STOP", At(Alias.TIM8)),
            (16, "DBG_TIM9_STOP", At(Alias.TIM9)),
            (17, "DBG_TIM10_STOP", At(Alias.TIM10)),
            (18, "DBG_TIM11_STOP", At(Alias.TIM11)),
        };

        private enum Registers
        {
            IDCODE = 0x0,
            CR = 0x4,
            APB1_FZ = 0x8,
            APB2_FZ = 0xC,
        }
    }
}
