// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Reset and clock controller (RM0090 chapters 6 and 7): clock tree, gates and resets of the peripherals, reset flags,
    /// and the control register of the backup domain.
    /// </summary>
    /// <remarks>
    /// A peripheral registered here under its name in RCC_xxxENR has no clock while its bit there is off, or its bit in
    /// RCC_xxxLPENR while the core sleeps, or in Stop: it reads 0 and ignores writes, its timer stands still. Its bit in
    /// RCC_xxxRSTR resets it, and if it has a settable frequency, it follows the clock tree.
    /// GPIO input 0 comes from <see cref="CoreSignals.InSleep"/>.
    /// We choose: oscillators and PLLs are ready at once; a PLL whose PLLN is out of range never locks, but one with PLLM 0 or 1
    /// does, against the manual: on silicon MicroPython runs at 8 MHz that way, with PLLM 1; HSICAL reads 0;
    /// HSITRIM, the spread spectrum and the memories' gates in Sleep are stored; a wake-up from Standby adds no reset flag; the
    /// clock security system makes one NMI for each failure.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public partial class STM32F4_RCC : RegisterBlock, IGPIOReceiver, IResetMember, IRetainsState,
        IRegisterablePeripheral<IPeripheral, ClockGateRegistrationPoint>
    {
        /// <summary>Creates the clock controller.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip.</param>
        /// <param name="pwr">Power controller of the chip.</param>
        /// <param name="nvic">Interrupt controller, whose SysTick follows HCLK and which takes the NMI of the clock security system; may be left out.</param>
        /// <param name="hseFrequency">Crystal or clock at OSC_IN in Hz, up to 50 MHz; 0 if there is none.</param>
        /// <param name="lseFrequency">Crystal at OSC32_IN in Hz, up to 1 MHz; 0 if there is none.</param>
        public STM32F4_RCC(IMachine machine, STM32F4_Supplies supplies, STM32F4_PWR pwr, IHasFrequency nvic = null,
            ulong hseFrequency = 8000000, ulong lseFrequency = 32768)
            : base(machine, "RCC", typeof(Registers), ChipFacts.Of(supplies), x => x.Clocks)
        {
            if(supplies == null || pwr == null)
            {
                throw new ConstructionException("'supplies' or 'pwr' is missing: name the chip's STM32F4_Supplies and STM32F4_PWR");
            }
            if(hseFrequency > 50000000 || lseFrequency > 1000000)
            {
                throw new ConstructionException("hseFrequency has to be at most 50000000, lseFrequency at most 1000000 (Hz)");
            }
            this.supplies = supplies;
            this.pwr = pwr;
            this.nvic = nvic;
            gates = new ClockGates(sysbus, machine.ClockSource);
            backup = new BackupDomainControl(mistakes, () => pwr.BackupDomainWritable);
            backup.ResetRequested += supplies.Resets.ResetBackupDomain;
            backup.Changed += UpdateClocks;
            tree = new ClockTree(facts, backup, hseFrequency, lseFrequency, pllI2SHasM: (BitsOf(Registers.PLLI2SCFGR) & 1) != 0);
            IRQ = new GPIO();
            DefineClockRegisters();
            DefineBackupAndStatusRegisters();
            DefineGateRegisters();
            supplies.Resets.Attach(this);
            pwr.StopEntered += HandleStopEntered;
            pwr.StopLeft += HandleStopLeft;
            ResetRegisters();
            UpdateOutputs();
        }

        /// <summary>Registers a peripheral under its name in RCC_xxxENR.</summary>
        public void Register(IPeripheral peripheral, ClockGateRegistrationPoint registrationPoint)
        {
            var gate = (int)registrationPoint.Gate;
            if(!gates.Exists(gate))
            {
                throw new RegistrationException($"{facts.Name} has no clock gate {registrationPoint.Gate}");
            }
            if(gates.PeripheralsOf(gate).Contains(peripheral))
            {
                throw new RegistrationException($"This peripheral is registered as {registrationPoint.Gate} already");
            }
            gates.Add(gate, peripheral);
            PropagateFrequency(registrationPoint.Gate, peripheral);
        }

        /// <summary>Forgets a registered peripheral and leaves it switched on.</summary>
        public void Unregister(IPeripheral peripheral)
        {
            if(!gates.Remove(peripheral))
            {
                throw new RegistrationException("This peripheral was not registered with the clock controller");
            }
        }

        /// <inheritdoc/>
        public override void WriteDoubleWord(long offset, uint value)
        {
            var refusal = RefusalOf((Registers)offset);
            if(refusal != null && value != ReadDoubleWord(offset))
            {
                mistakes.Report(OffsetToString(offset), "write ignored, because " + refusal);
                return;
            }
            base.WriteDoubleWord(offset, value);
        }

        /// <inheritdoc/>
        public void OnGPIO(int number, bool value)
        {
            // Stop is announced by the power controller.
            if(number == 0)
            {
                gates.Activity = value ? CoreActivity.Sleeping : CoreActivity.Running;
                CoreActivityChanged?.Invoke();
            }
        }

        /// <summary>Nothing: resets come through <see cref="IResetMember"/>.</summary>
        public override void Reset()
        {
        }

        /// <inheritdoc/>
        void IResetMember.ResetState(ResetClass resetClass, ResetCause cause)
        {
            switch(resetClass)
            {
            case ResetClass.StandbyEntry:
                // LSI goes on through Standby (RM0090 5.3.5): it may be what the RTC or the watchdog counts.
                var lsiRunsOn = tree.LsiOn.Value;
                ResetRegisters();
                tree.LsiOn.Value = lsiRunsOn;
                readySources = tree.Ready;
                return;
            case ResetClass.SystemReset:
            case ResetClass.StandbyWakeUp:
                resetFlags |= cause;
                break;
            case ResetClass.BrownOutReset:
            case ResetClass.PowerOnReset:
                resetFlags = cause;
                break;
            case ResetClass.PowerOnResetWithoutBattery:
                resetFlags = cause;
                backup.Reset();
                break;
            case ResetClass.BackupDomainReset:
                backup.Reset();
                return;
            }
            ResetRegisters();
        }

        /// <inheritdoc/>
        void IRetainsState.WriteRetainedState(BinaryWriter writer)
        {
            writer.Write(RegistersCollection.Read((long)Registers.BDCR));
            // Not retained, but what the next boot is to find of them.
            writer.Write((uint)resetFlags);
        }

        /// <inheritdoc/>
        void IResetMember.ResetOutputs()
        {
            UpdateOutputs();
        }

        /// <summary>Clock of the core before the AHB prescaler, in Hz.</summary>
        public ulong SystemClockFrequency => tree.SystemFrequency;

        /// <summary>HCLK: core, memories, AHB peripherals and SysTick, in Hz.</summary>
        public ulong AhbFrequency => tree.AhbFrequency;

        /// <summary>PCLK1, in Hz.</summary>
        public ulong Apb1Frequency => tree.Apb1Frequency;

        /// <summary>PCLK2, in Hz.</summary>
        public ulong Apb2Frequency => tree.Apb2Frequency;

        /// <summary>Clock of the timers on APB1, in Hz.</summary>
        public ulong Apb1TimerFrequency => tree.Apb1TimerFrequency;

        /// <summary>Clock of the timers on APB2, in Hz.</summary>
        public ulong Apb2TimerFrequency => tree.Apb2TimerFrequency;

        /// <summary>The PLL's output for USB, SDIO and RNG, which should be 48 MHz; 0 while the PLL is off.</summary>
        public ulong Pll48Frequency => tree.Pll48Frequency;

        /// <summary>Clock of the RTC in Hz by RCC_BDCR; 0 while it stands still.</summary>
        public ulong RtcClockFrequency => tree.RtcFrequency;

        /// <summary>RCC_BDCR.BDRST: is the backup domain held in reset?</summary>
        [HideInMonitor]
        public bool HoldsBackupDomainInReset => backup.InReset;

        /// <summary>Output MCO1 (PA8) in Hz; 0 while its source is off (RM0090 7.2.10).</summary>
        public ulong Mco1Frequency => tree.Mco1Frequency;

        /// <summary>Output MCO2 (PC9) in Hz; 0 while its source is off.</summary>
        public ulong Mco2Frequency => tree.Mco2Frequency;

        /// <summary>Output R of the PLL for I2S, in Hz; 0 while it is off.</summary>
        public ulong PllI2SFrequency => tree.PllI2SFrequency;

        /// <summary>
        /// Does the crystal at OSC_IN fail to oscillate? With RCC_CR.CSSON the chip then falls back to HSI, and an NMI tells the
        /// firmware (RM0090 7.2.7).
        /// </summary>
        public bool HseFails
        {
            get => tree.HseFails;
            set
            {
                var wasReady = tree.IsReady(ClockSources.Hse);
                tree.HseFails = value;
                if(value && wasReady && clockSecurity.Value)
                {
                    HandleHseFailure();
                }
                UpdateClocks();
            }
        }

        /// <summary>LSI runs whatever RCC_CSR.LSION says, because the independent watchdog does (RM0090 7.2.5).</summary>
        [HideInMonitor]
        public bool LsiForced
        {
            get => tree.LsiForced;
            set
            {
                tree.LsiForced = value;
                UpdateClocks();
            }
        }

        /// <summary>Flags of RCC_CSR that tell the causes of the resets since they were last cleared.</summary>
        public ResetCause ResetFlags => resetFlags;

        /// <summary>Clock interrupt (RCC_CIR), position 5 of the NVIC.</summary>
        public GPIO IRQ { get; }

        /// <summary>Does the core run, sleep or stand in Stop?</summary>
        internal CoreActivity CoreActivity => gates.Activity;

        /// <summary><see cref="CoreActivity"/> has changed, a frequency perhaps not.</summary>
        internal event Action CoreActivityChanged;

        /// <summary>Any of the frequencies may have changed.</summary>
        public event Action ClocksChanged;

        private void DefineClockRegisters()
        {
            Define(Registers.CR)
                .WithFlag(0, out tree.HsiOn, name: "HSION")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => tree.IsReady(ClockSources.Hsi), name: "HSIRDY")
                .WithReservedBits(2, 1)
                .WithValueField(3, 5, name: "HSITRIM")
                .WithValueField(8, 8, FieldMode.Read, name: "HSICAL")
                .WithFlag(16, out tree.HseOn, name: "HSEON")
                .WithFlag(17, FieldMode.Read, valueProviderCallback: _ => tree.IsReady(ClockSources.Hse), name: "HSERDY")
                .WithFlag(18, out hseBypass, changeCallback: (old, _) =>
                {
                    if(tree.HseOn.Value)
                    {
                        hseBypass.Value = old;
                    }
                }, name: "HSEBYP")
                .WithFlag(19, out clockSecurity, name: "CSSON")
                .WithReservedBits(20, 4)
                .WithFlag(24, out tree.PllOn, name: "PLLON")
                .WithFlag(25, FieldMode.Read, valueProviderCallback: _ => tree.IsReady(ClockSources.Pll), name: "PLLRDY")
                .WithFlag(26, out tree.PllI2SOn, name: "PLLI2SON")
                .WithFlag(27, FieldMode.Read, valueProviderCallback: _ => tree.IsReady(ClockSources.PllI2S), name: "PLLI2SRDY")
                .WithFlag(28, out tree.PllSaiOn, name: "PLLSAION")
                .WithFlag(29, FieldMode.Read, valueProviderCallback: _ => tree.IsReady(ClockSources.PllSai), name: "PLLSAIRDY")
                .WithReservedBits(30, 2)
                .WithWriteCallback((_, __) =>
                {
                    tree.KeepSourceOfSystemClock();
                    UpdateClocks();
                });

            Define(Registers.PLLCFGR)
                .WithValueField(0, 6, out tree.PllM, name: "PLLM")
                .WithValueField(6, 9, out tree.PllN, name: "PLLN")
                .WithReservedBits(15, 1)
                .WithValueField(16, 2, out tree.PllP, name: "PLLP")
                .WithReservedBits(18, 4)
                .WithFlag(22, out tree.PllFromHse, name: "PLLSRC")
                .WithReservedBits(23, 1)
                .WithValueField(24, 4, out tree.PllQ, name: "PLLQ")
                .WithValueField(28, 3, out tree.PllR, name: "PLLR")
                .WithReservedBits(31, 1);

            Define(Registers.CFGR)
                .WithEnumField(0, 2, out tree.Switch, name: "SW")
                .WithEnumField<DoubleWordRegister, SystemClock>(2, 2, FieldMode.Read, valueProviderCallback: _ => tree.Current, name: "SWS")
                .WithValueField(4, 4, out tree.AhbPrescaler, name: "HPRE")
                .WithReservedBits(8, 2)
                .WithValueField(10, 3, out tree.Apb1Prescaler, name: "PPRE1")
                .WithValueField(13, 3, out tree.Apb2Prescaler, name: "PPRE2")
                .WithValueField(16, 5, out tree.RtcPrescaler, name: "RTCPRE")
                .WithValueField(21, 2, out tree.Output1, name: "MCO1")
                .WithFlag(23, name: "I2SSRC")
                .WithValueField(24, 3, out tree.Output1Prescaler, name: "MCO1PRE")
                .WithValueField(27, 3, out tree.Output2Prescaler, name: "MCO2PRE")
                .WithValueField(30, 2, out tree.Output2, name: "MCO2")
                .WithWriteCallback((_, __) => UpdateClocks());

            var clockInterrupt = Define(Registers.CIR)
                .WithFlag(7, out clockSecurityFlag, FieldMode.Read, name: "CSSF")
                .WithReservedBits(15, 1)
                .WithFlag(23, FieldMode.Write, writeCallback: (_, value) => clockSecurityFlag.Value &= !value, name: "CSSC")
                .WithReservedBits(24, 8)
                .WithWriteCallback((_, __) => UpdateInterrupt());
            interruptFlags = new IFlagRegisterField[InterruptSources.Length];
            interruptEnables = new IFlagRegisterField[InterruptSources.Length];
            for(var i = 0; i < InterruptSources.Length; i++)
            {
                var j = i;
                var name = InterruptSources[i].ToString().ToUpperInvariant();
                clockInterrupt
                    .WithFlag(i, out interruptFlags[i], FieldMode.Read, name: name + "RDYF")
                    .WithFlag(8 + i, out interruptEnables[i], name: name + "RDYIE")
                    .WithFlag(16 + i, FieldMode.Write, writeCallback: (_, value) => interruptFlags[j].Value &= !value, name: name + "RDYC");
            }

            Registers.SSCGR.Define(this)
                .WithValueField(0, 13, name: "MODPER")
                .WithValueField(13, 15, name: "INCSTEP")
                .WithReservedBits(28, 2)
                .WithFlag(30, name: "SPREADSEL")
                .WithFlag(31, name: "SSCGEN");

            DefineFactors(Registers.PLLI2SCFGR, "PLLI2S", out tree.PllI2SM, out tree.PllI2SN, out tree.PllI2SR);
            DefineFactors(Registers.PLLSAICFGR, "PLLSAI", out _, out tree.PllSaiN, out _);

            // Their fields are facts of the line: all but one only choose clocks of what is not modelled.
            Define(Registers.DCKCFGR)
                .WithValueField(0, 24, name: "DCKCFGR")
                .WithFlag(24, out tree.FasterTimers, name: "TIMPRE")
                .WithValueField(25, 7, name: "DCKCFGR")
                .WithWriteCallback((_, __) => UpdateClocks());
            Define(Registers.DCKCFGR2)
                .WithValueField(0, 32, name: "DCKCFGR2");
            Define(Registers.CKGATENR)
                .WithValueField(0, 32, name: "CKGATENR");
        }

        private void DefineFactors(Registers register, string pll, out IValueRegisterField m, out IValueRegisterField n, out IValueRegisterField r)
        {
            Define(register)
                .WithValueField(0, 6, out m, name: pll + "M")
                .WithValueField(6, 9, out n, name: pll + "N")
                .WithReservedBits(15, 1)
                .WithValueField(16, 2, name: pll + "P")
                .WithReservedBits(18, 6)
                .WithValueField(24, 4, name: pll + "Q")
                .WithValueField(28, 3, out r, name: pll + "R")
                .WithReservedBits(31, 1)
                .WithWriteCallback((_, __) => UpdateClocks());
        }

        private void DefineBackupAndStatusRegisters()
        {
            backup.Define(Define(Registers.BDCR), () => tree.IsReady(ClockSources.Lse));

            var controlStatus = Registers.CSR.Define(this)
                .WithFlag(0, out tree.LsiOn, name: "LSION")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => tree.IsReady(ClockSources.Lsi), name: "LSIRDY")
                .WithReservedBits(2, 22)
                .WithFlag(24, FieldMode.Write, writeCallback: (_, value) => resetFlags = value ? ResetCause.None : resetFlags, name: "RMVF")
                .WithWriteCallback((_, __) => UpdateClocks());
            for(var i = 0; i < ResetFlagNames.Length; i++)
            {
                var flag = (ResetCause)(1u << (25 + i));
                controlStatus.WithFlag(25 + i, FieldMode.Read, valueProviderCallback: _ => resetFlags.HasFlag(flag), name: ResetFlagNames[i]);
            }
        }

        // What is in the VDD domain: all but the reset flags and RCC_BDCR.
        private void ResetRegisters()
        {
            gates.Reset();
            RegistersCollection.Reset();
            tree.Reset();
            readySources = tree.Ready;
        }

        private void UpdateOutputs()
        {
            UpdateGates();
            UpdateClocks();
        }

        private string RefusalOf(Registers register)
        {
            switch(register)
            {
            case Registers.PLLCFGR:
                return tree.PllOn.Value || tree.PllI2SOn.Value ? "a PLL runs" : null;
            case Registers.PLLI2SCFGR:
                return tree.PllI2SOn.Value ? "PLLI2S runs" : null;
            case Registers.PLLSAICFGR:
                return tree.PllSaiOn.Value ? "PLLSAI runs" : null;
            case Registers.SSCGR:
                return tree.PllOn.Value ? "the main PLL runs" : null;
            default:
                return null;
            }
        }

        private void HandleHseFailure()
        {
            tree.LeaveHse();
            clockSecurityFlag.Value = true;
            (nvic as NVIC)?.SetPendingIRQ(NonMaskableInterrupt);
        }

        private void HandleStopEntered()
        {
            tree.EnterStop();
            gates.Activity = CoreActivity.Stopped;
            UpdateClocks();
        }

        private void HandleStopLeft()
        {
            tree.LeaveStop();
            gates.Activity = CoreActivity.Running;
            UpdateClocks();
        }

        private void UpdateClocks()
        {
            var ready = tree.Ready;
            var newlyReady = ready & ~readySources;
            readySources = ready;
            for(var i = 0; i < interruptFlags.Length; i++)
            {
                if(newlyReady.HasFlag(InterruptSources[i]) && interruptEnables[i].Value)
                {
                    interruptFlags[i].Value = true;
                }
            }
            UpdateInterrupt();
            pwr.MainPllReady = tree.IsReady(ClockSources.Pll);
            tree.FollowSwitch();
            PropagateFrequencies();
        }

        private void UpdateInterrupt()
        {
            IRQ.Set(interruptFlags.Zip(interruptEnables, (flag, enable) => flag.Value && enable.Value).Any(x => x));
        }

        private void PropagateFrequencies()
        {
            if(nvic != null && nvic.Frequency != AhbFrequency)
            {
                nvic.Frequency = AhbFrequency;
            }
            foreach(var (gate, peripheral) in gates.Peripherals)
            {
                PropagateFrequency((RegistrationPeripheralAlias)gate, peripheral);
            }
            ClocksChanged?.Invoke();
        }

        private void PropagateFrequency(RegistrationPeripheralAlias alias, IPeripheral peripheral)
        {
            var frequency = FrequencyOf(alias);
            if(frequency == 0)
            {
                return;
            }
            if(peripheral is IHasFrequency withFrequency)
            {
                withFrequency.Frequency = withFrequency.Frequency == frequency ? withFrequency.Frequency : frequency;
            }
            foreach(var counter in gates.CountersOf(peripheral).Where(x => x.Frequency != frequency))
            {
                counter.Frequency = frequency;
            }
        }

        private ResetCause resetFlags = ResetCause.PowerOn | ResetCause.BrownOut | ResetCause.Pin;
        private ClockSources readySources;

        private IFlagRegisterField hseBypass;
        private IFlagRegisterField clockSecurity;
        private IFlagRegisterField clockSecurityFlag;
        private IFlagRegisterField[] interruptFlags;
        private IFlagRegisterField[] interruptEnables;

        private readonly STM32F4_Supplies supplies;
        private readonly STM32F4_PWR pwr;
        private readonly IHasFrequency nvic;
        private readonly BackupDomainControl backup;
        private readonly ClockTree tree;
        private readonly ClockGates gates;


        private const int NonMaskableInterrupt = 2;

        // In the order of their bits in RCC_CIR.
        private static readonly ClockSources[] InterruptSources =
        {
            ClockSources.Lsi, ClockSources.Lse, ClockSources.Hsi, ClockSources.Hse, ClockSources.Pll, ClockSources.PllI2S, ClockSources.PllSai,
        };

        private static readonly string[] ResetFlagNames = { "BORRSTF", "PINRSTF", "PORRSTF", "SFTRSTF", "IWDGRSTF", "WWDGRSTF", "LPWRRSTF" };

        private enum Registers
        {
            CR = 0x00,
            PLLCFGR = 0x04,
            CFGR = 0x08,
            CIR = 0x0C,
            AHB1RSTR = 0x10,
            AHB2RSTR = 0x14,
            AHB3RSTR = 0x18,
            APB1RSTR = 0x20,
            APB2RSTR = 0x24,
            AHB1ENR = 0x30,
            AHB2ENR = 0x34,
            AHB3ENR = 0x38,
            APB1ENR = 0x40,
            APB2ENR = 0x44,
            AHB1LPENR = 0x50,
            AHB2LPENR = 0x54,
            AHB3LPENR = 0x58,
            APB1LPENR = 0x60,
            APB2LPENR = 0x64,
            BDCR = 0x70,
            CSR = 0x74,
            SSCGR = 0x80,
            PLLI2SCFGR = 0x84,
            PLLSAICFGR = 0x88,
            DCKCFGR = 0x8C,
            CKGATENR = 0x90,
            DCKCFGR2 = 0x94,
        }
    }
}
