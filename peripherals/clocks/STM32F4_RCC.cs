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
    /// GPIO input 0 comes from the core's NVIC.InSleep.
    /// We choose: oscillators and PLLs are ready at once; a PLL whose PLLN is out of range never locks, but one with PLLM 0 or 1
    /// does, against the manual: on silicon MicroPython runs at 8 MHz that way, with PLLM 1; HSICAL reads 0;
    /// RCC_AHB1ENR of the F2, which has no CCM, is 0 after reset; HSITRIM, the spread spectrum and the memories' gates in Sleep are stored; a wake-up from Standby adds no reset flag; the
    /// clock security system makes one NMI for each failure. SysTick follows HCLK: Renode's has no choice of HCLK/8 (CLKSOURCE
    /// of its STK_CTRL can only be read).
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_RCC : RegisterBlock, IGPIOReceiver, IResetMember, IRetainsState,
        IRegisterablePeripheral<IPeripheral, EnumRegistrationPoint<STM32F4_RCC.RegistrationPeripheralAlias>>
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
            this.hseFrequency = hseFrequency;
            this.lseFrequency = lseFrequency;
            gates = new ClockGates(sysbus);
            backup = new BackupDomainControl();
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
        public void Register(IPeripheral peripheral, EnumRegistrationPoint<RegistrationPeripheralAlias> registrationPoint)
        {
            var gate = (int)registrationPoint.Name;
            if(!gates.Exists(gate))
            {
                throw new RegistrationException($"{facts.Name} has no clock gate {registrationPoint.Name}");
            }
            if(gates.PeripheralsOf(gate).Contains(peripheral))
            {
                throw new RegistrationException($"This peripheral is registered as {registrationPoint.Name} already");
            }
            gates.Add(gate, peripheral);
            PropagateFrequency(registrationPoint.Name, peripheral);
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
                var lsiRunsOn = lsiOn.Value;
                ResetRegisters();
                lsiOn.Value = lsiRunsOn;
                readySources = CurrentlyReady();
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
                backup = new BackupDomainControl();
                break;
            case ResetClass.BackupDomainReset:
                backup = new BackupDomainControl();
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
        public ulong SystemClockFrequency => FrequencyOf(systemClock);

        /// <summary>HCLK: core, memories, AHB peripherals and SysTick, in Hz.</summary>
        public ulong AhbFrequency => SystemClockFrequency / AhbDivider(ahbPrescaler.Value);

        /// <summary>PCLK1, in Hz.</summary>
        public ulong Apb1Frequency => AhbFrequency / ApbDivider(apb1Prescaler.Value);

        /// <summary>PCLK2, in Hz.</summary>
        public ulong Apb2Frequency => AhbFrequency / ApbDivider(apb2Prescaler.Value);

        /// <summary>Clock of the timers on APB1, in Hz.</summary>
        public ulong Apb1TimerFrequency => TimerFrequency(ApbDivider(apb1Prescaler.Value));

        /// <summary>Clock of the timers on APB2, in Hz.</summary>
        public ulong Apb2TimerFrequency => TimerFrequency(ApbDivider(apb2Prescaler.Value));

        /// <summary>The PLL's output for USB, SDIO and RNG, which should be 48 MHz; 0 while the PLL is off.</summary>
        public ulong Pll48Frequency => IsReady(ClockSources.Pll) && pllQ.Value >= 2 ? VcoFrequency(pllN.Value) / pllQ.Value : 0;

        /// <summary>Clock of the RTC in Hz by RCC_BDCR; 0 while it stands still.</summary>
        public ulong RtcClockFrequency
        {
            get
            {
                if(!backup.RtcEnabled)
                {
                    return 0;
                }
                switch(backup.RtcSource)
                {
                case RtcClockSource.Lse:
                    return IsReady(ClockSources.Lse) ? lseFrequency : 0;
                case RtcClockSource.Lsi:
                    return IsReady(ClockSources.Lsi) ? LsiFrequency : 0;
                case RtcClockSource.Hse:
                    return IsReady(ClockSources.Hse) && rtcPrescaler.Value >= 2 ? hseFrequency / rtcPrescaler.Value : 0;
                default:
                    return 0;
                }
            }
        }

        /// <summary>RCC_BDCR.BDRST: is the backup domain held in reset?</summary>
        [HideInMonitor]
        public bool HoldsBackupDomainInReset => backup.InReset;

        /// <summary>Output MCO1 (PA8) in Hz; 0 while its source is off (RM0090 7.2.10).</summary>
        public ulong Mco1Frequency
        {
            get
            {
                var sources = new[] { (ClockSources.Hsi, HsiFrequency), (ClockSources.Lse, lseFrequency), (ClockSources.Hse, hseFrequency), (ClockSources.Pll, FrequencyOf(SystemClock.Pll)) };
                var (source, frequency) = sources[(int)clockOutput1.Value];
                return IsReady(source) ? frequency / OutputDivider(clockOutput1Prescaler.Value) : 0;
            }
        }

        /// <summary>Output MCO2 (PC9) in Hz; 0 while its source is off.</summary>
        public ulong Mco2Frequency
        {
            get
            {
                var sources = new[] { (SourceOf(systemClock), SystemClockFrequency), (ClockSources.PllI2S, PllI2SFrequency), (ClockSources.Hse, hseFrequency), (ClockSources.Pll, FrequencyOf(SystemClock.Pll)) };
                var (source, frequency) = sources[(int)clockOutput2.Value];
                return IsReady(source) ? frequency / OutputDivider(clockOutput2Prescaler.Value) : 0;
            }
        }

        /// <summary>Output R of the PLL for I2S, in Hz; 0 while it is off.</summary>
        public ulong PllI2SFrequency => IsReady(ClockSources.PllI2S) && pllI2SR.Value >= 2
            ? (pllFromHse.Value ? hseFrequency : HsiFrequency) * pllI2SN.Value / Math.Max(1, (pllI2SHasM ? pllI2SM : pllM).Value) / pllI2SR.Value : 0;

        /// <summary>
        /// Does the crystal at OSC_IN fail to oscillate? With RCC_CR.CSSON the chip then falls back to HSI, and an NMI tells the
        /// firmware (RM0090 7.2.7).
        /// </summary>
        public bool HseFails
        {
            get => hseFails;
            set
            {
                var wasReady = IsReady(ClockSources.Hse);
                hseFails = value;
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
            get => lsiForced;
            set
            {
                lsiForced = value;
                UpdateClocks();
            }
        }

        /// <summary>Flags of RCC_CSR that tell the causes of the resets since they were last cleared.</summary>
        public ResetCause ResetFlags => resetFlags;

        /// <summary>Clock interrupt (RCC_CIR), position 5 of the NVIC.</summary>
        public GPIO IRQ { get; }

        /// <summary><see cref="RtcClockFrequency"/> may have changed.</summary>
        public event Action RtcClockChanged;

        private static ulong AhbDivider(ulong prescaler) => prescaler < 8 ? 1 : prescaler < 12 ? 1ul << (int)(prescaler - 7) : 1ul << (int)(prescaler - 6);

        private static ulong ApbDivider(ulong prescaler) => prescaler < 4 ? 1 : 1ul << (int)(prescaler - 3);

        private static bool IsPll(SystemClock clock) => clock == SystemClock.Pll || clock == SystemClock.PllR;

        private static ulong OutputDivider(ulong prescaler) => prescaler < 4 ? 1 : prescaler - 2;

        private static int BusOf(RegistrationPeripheralAlias alias) => (int)alias / 32;

        private static int BitOf(RegistrationPeripheralAlias alias) => (int)alias % 32;

        private void DefineClockRegisters()
        {
            Define(Registers.CR)
                .WithFlag(0, out hsiOn, name: "HSION")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => IsReady(ClockSources.Hsi), name: "HSIRDY")
                .WithReservedBits(2, 1)
                .WithValueField(3, 5, name: "HSITRIM")
                .WithValueField(8, 8, FieldMode.Read, name: "HSICAL")
                .WithFlag(16, out hseOn, name: "HSEON")
                .WithFlag(17, FieldMode.Read, valueProviderCallback: _ => IsReady(ClockSources.Hse), name: "HSERDY")
                .WithFlag(18, out hseBypass, changeCallback: (old, _) =>
                {
                    if(hseOn.Value)
                    {
                        hseBypass.Value = old;
                    }
                }, name: "HSEBYP")
                .WithFlag(19, out clockSecurity, name: "CSSON")
                .WithReservedBits(20, 4)
                .WithFlag(24, out pllOn, name: "PLLON")
                .WithFlag(25, FieldMode.Read, valueProviderCallback: _ => IsReady(ClockSources.Pll), name: "PLLRDY")
                .WithFlag(26, out pllI2SOn, name: "PLLI2SON")
                .WithFlag(27, FieldMode.Read, valueProviderCallback: _ => IsReady(ClockSources.PllI2S), name: "PLLI2SRDY")
                .WithFlag(28, out pllSaiOn, name: "PLLSAION")
                .WithFlag(29, FieldMode.Read, valueProviderCallback: _ => IsReady(ClockSources.PllSai), name: "PLLSAIRDY")
                .WithReservedBits(30, 2)
                .WithWriteCallback((_, __) =>
                {
                    KeepSourceOfSystemClock();
                    UpdateClocks();
                });

            Define(Registers.PLLCFGR)
                .WithValueField(0, 6, out pllM, name: "PLLM")
                .WithValueField(6, 9, out pllN, name: "PLLN")
                .WithReservedBits(15, 1)
                .WithValueField(16, 2, out pllP, name: "PLLP")
                .WithReservedBits(18, 4)
                .WithFlag(22, out pllFromHse, name: "PLLSRC")
                .WithReservedBits(23, 1)
                .WithValueField(24, 4, out pllQ, name: "PLLQ")
                .WithValueField(28, 3, out pllR, name: "PLLR")
                .WithReservedBits(31, 1);

            Define(Registers.CFGR)
                .WithEnumField(0, 2, out systemClockSwitch, name: "SW")
                .WithEnumField<DoubleWordRegister, SystemClock>(2, 2, FieldMode.Read, valueProviderCallback: _ => systemClock, name: "SWS")
                .WithValueField(4, 4, out ahbPrescaler, name: "HPRE")
                .WithReservedBits(8, 2)
                .WithValueField(10, 3, out apb1Prescaler, name: "PPRE1")
                .WithValueField(13, 3, out apb2Prescaler, name: "PPRE2")
                .WithValueField(16, 5, out rtcPrescaler, name: "RTCPRE")
                .WithValueField(21, 2, out clockOutput1, name: "MCO1")
                .WithFlag(23, name: "I2SSRC")
                .WithValueField(24, 3, out clockOutput1Prescaler, name: "MCO1PRE")
                .WithValueField(27, 3, out clockOutput2Prescaler, name: "MCO2PRE")
                .WithValueField(30, 2, out clockOutput2, name: "MCO2")
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

            DefineFactors(Registers.PLLI2SCFGR, "PLLI2S", out pllI2SM, out pllI2SN, out pllI2SR);
            DefineFactors(Registers.PLLSAICFGR, "PLLSAI", out _, out pllSaiN, out _);
            pllI2SHasM = (BitsOf(Registers.PLLI2SCFGR) & 1) != 0;

            // Their fields are facts of the line: all but one only choose clocks of what is not modelled.
            Define(Registers.DCKCFGR)
                .WithValueField(0, 24, name: "DCKCFGR")
                .WithFlag(24, out fasterTimers, name: "TIMPRE")
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
            Define(Registers.BDCR)
                .WithFlag(0, valueProviderCallback: _ => backup.LseOn,
                    writeCallback: (_, value) => WriteBackup("LSEON", value != backup.LseOn, () => backup.LseOn = value), name: "LSEON")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => IsReady(ClockSources.Lse), name: "LSERDY")
                .WithFlag(2, valueProviderCallback: _ => backup.LseBypass,
                    // Only with LSE off.
                    writeCallback: (_, value) => WriteBackup("LSEBYP", value != backup.LseBypass, () => backup.LseBypass = backup.LseOn ? backup.LseBypass : value), name: "LSEBYP")
                .WithFlag(3, valueProviderCallback: _ => backup.LseMode,
                    writeCallback: (_, value) => WriteBackup("LSEMOD", value != backup.LseMode, () => backup.LseMode = value), name: "LSEMOD")
                .WithReservedBits(4, 4)
                .WithEnumField<DoubleWordRegister, RtcClockSource>(8, 2, valueProviderCallback: _ => backup.RtcSource,
                    // Write-once until the domain is reset.
                    writeCallback: (_, value) => WriteBackup("RTCSEL", value != backup.RtcSource, () => backup.RtcSource = backup.RtcSource == RtcClockSource.None ? value : backup.RtcSource), name: "RTCSEL")
                .WithReservedBits(10, 5)
                .WithFlag(15, valueProviderCallback: _ => backup.RtcEnabled,
                    writeCallback: (_, value) => WriteBackup("RTCEN", value != backup.RtcEnabled, () => backup.RtcEnabled = value), name: "RTCEN")
                // Last, so that a write which ends the reset doesn't set other bits.
                .WithFlag(16, valueProviderCallback: _ => backup.InReset,
                    writeCallback: (_, value) => WriteBackup("BDRST", value != backup.InReset, () => ResetBackupDomain(value), evenInReset: true), name: "BDRST")
                .WithReservedBits(17, 15);

            var controlStatus = Registers.CSR.Define(this)
                .WithFlag(0, out lsiOn, name: "LSION")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => IsReady(ClockSources.Lsi), name: "LSIRDY")
                .WithReservedBits(2, 22)
                .WithFlag(24, FieldMode.Write, writeCallback: (_, value) => resetFlags = value ? ResetCause.None : resetFlags, name: "RMVF")
                .WithWriteCallback((_, __) => UpdateClocks());
            for(var i = 0; i < ResetFlagNames.Length; i++)
            {
                var flag = (ResetCause)(1u << (25 + i));
                controlStatus.WithFlag(25 + i, FieldMode.Read, valueProviderCallback: _ => resetFlags.HasFlag(flag), name: ResetFlagNames[i]);
            }
        }

        private void DefineGateRegisters()
        {
            for(var bus = 0; bus < Buses.Length; bus++)
            {
                var enable = Define(Buses[bus].Enable);
                var reset = Define(Buses[bus].Reset);
                var lowPower = Define(Buses[bus].LowPower);
                enableRegisters[bus] = enable;
                lowPowerRegisters[bus] = lowPower;
                for(var bit = 0; bit < 32; bit++)
                {
                    var gate = (32 * bus) + bit;
                    var name = ((RegistrationPeripheralAlias)gate).ToString();
                    var hasGate = (BitsOf(Buses[bus].Enable) & (1u << bit)) != 0;
                    if(hasGate)
                    {
                        gates.Define(gate);
                        enable.WithFlag(bit, changeCallback: (_, value) => gates.Enable(gate, value), name: name + "EN");
                    }
                    else
                    {
                        enable.WithReservedBits(bit, 1);
                    }
                    if((BitsOf(Buses[bus].Reset) & (1u << bit)) != 0)
                    {
                        reset.WithFlag(bit, changeCallback: (_, __) => ResetPeripherals(gate), name: (gate == (int)RegistrationPeripheralAlias.ADC1 ? "ADC" : name) + "RST");
                    }
                    else
                    {
                        reset.WithReservedBits(bit, 1);
                    }
                    if((BitsOf(Buses[bus].LowPower) & (1u << bit)) == 0)
                    {
                        lowPower.WithReservedBits(bit, 1);
                    }
                    else if(hasGate)
                    {
                        lowPower.WithFlag(bit, changeCallback: (_, value) => gates.EnableInSleep(gate, value), name: name + "LPEN");
                    }
                    else
                    {
                        lowPower.WithFlag(bit, name: MemoryNames[bit - FirstMemory] + "LPEN");
                    }
                }
            }
        }

        // What is in the VDD domain: all but the reset flags and RCC_BDCR.
        private void ResetRegisters()
        {
            isStopped = false;
            gates.Reset();
            RegistersCollection.Reset();
            systemClock = SystemClock.Hsi;
            readySources = CurrentlyReady();
        }

        private void UpdateOutputs()
        {
            UpdateGates();
            UpdateClocks();
        }

        private void UpdateGates()
        {
            for(var gate = 0; gate < 32 * Buses.Length; gate++)
            {
                if(gates.Exists(gate))
                {
                    gates.EnableInSleep(gate, (lowPowerRegisters[gate / 32].Value >> (gate % 32) & 1) != 0 || (BitsOf(Buses[gate / 32].LowPower) >> (gate % 32) & 1) == 0);
                    gates.Enable(gate, (enableRegisters[gate / 32].Value >> (gate % 32) & 1) != 0);
                }
            }
        }

        private string RefusalOf(Registers register)
        {
            switch(register)
            {
            case Registers.PLLCFGR:
                return pllOn.Value || pllI2SOn.Value ? "a PLL runs" : null;
            case Registers.PLLI2SCFGR:
                return pllI2SOn.Value ? "PLLI2S runs" : null;
            case Registers.PLLSAICFGR:
                return pllSaiOn.Value ? "PLLSAI runs" : null;
            case Registers.SSCGR:
                return pllOn.Value ? "the main PLL runs" : null;
            default:
                return null;
            }
        }

        private void HandleHseFailure()
        {
            var systemUsesHse = systemClock == SystemClock.Hse || (IsPll(systemClock) && pllFromHse.Value);
            hseOn.Value = false;
            clockSecurityFlag.Value = true;
            if(pllFromHse.Value)
            {
                pllOn.Value = false;
            }
            if(systemUsesHse)
            {
                hsiOn.Value = true;
                systemClockSwitch.Value = SystemClock.Hsi;
                systemClock = SystemClock.Hsi;
            }
            (nvic as NVIC)?.SetPendingIRQ(NonMaskableInterrupt);
        }

        private void WriteBackup(string field, bool differs, Action write, bool evenInReset = false)
        {
            if(!differs || (backup.InReset && !evenInReset))
            {
                return;
            }
            if(!pwr.BackupDomainWritable)
            {
                mistakes.Report($"RCC_BDCR.{field}", "write ignored, because PWR_CR.DBP is 0");
                return;
            }
            write();
            UpdateClocks();
        }

        private void ResetBackupDomain(bool active)
        {
            if(active)
            {
                supplies.Resets.ResetBackupDomain();
            }
            backup.InReset = active;
        }

        private void HandleStopEntered()
        {
            // HSI and HSE stand still, and with them what the RTC may count (RM0090 5.3.5).
            isStopped = true;
            gates.Activity = CoreActivity.Stopped;
            UpdateClocks();
        }

        private void HandleStopLeft()
        {
            isStopped = false;
            // The chip wakes up on HSI, with HSE and the PLLs off (RM0090 5.3.5).
            hsiOn.Value = true;
            hseOn.Value = false;
            pllOn.Value = false;
            pllI2SOn.Value = false;
            pllSaiOn.Value = false;
            gates.Activity = CoreActivity.Running;
            systemClockSwitch.Value = SystemClock.Hsi;
            systemClock = SystemClock.Hsi;
            UpdateClocks();
        }

        private void KeepSourceOfSystemClock()
        {
            var pllFeeds = IsPll(systemClock);
            pllOn.Value |= pllFeeds;
            hsiOn.Value |= systemClock == SystemClock.Hsi || (pllFeeds && !pllFromHse.Value);
            hseOn.Value |= systemClock == SystemClock.Hse || (pllFeeds && pllFromHse.Value);
        }

        private void UpdateClocks()
        {
            var ready = CurrentlyReady();
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
            pwr.MainPllReady = IsReady(ClockSources.Pll);
            if(IsReady(SourceOf(systemClockSwitch.Value)))
            {
                systemClock = systemClockSwitch.Value;
            }
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
            RtcClockChanged?.Invoke();
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
            else if(peripheral is LimitTimer timer && timer.Frequency != frequency)
            {
                timer.Frequency = frequency;
            }
        }

        private void ResetPeripherals(int gate)
        {
            // At both edges: what the guest wrote while the reset was held is lost too.
            foreach(var peripheral in gates.PeripheralsOf(gate))
            {
                gates.Forget(peripheral);
                if(peripheral is IResetMember member)
                {
                    supplies.Resets.ResetPeripheral(member);
                }
                else
                {
                    peripheral.Reset();
                }
                PropagateFrequency((RegistrationPeripheralAlias)gate, peripheral);
            }
        }

        private ClockSources SourceOf(SystemClock clock)
        {
            switch(clock)
            {
            case SystemClock.Hsi:
                return ClockSources.Hsi;
            case SystemClock.Hse:
                return ClockSources.Hse;
            case SystemClock.Pll:
                return ClockSources.Pll;
            case SystemClock.PllR when facts.PllRIsSystemClock && pllR.Value >= 2:
                return ClockSources.Pll;
            default:
                return ClockSources.NotAllowed;
            }
        }

        private bool IsReady(ClockSources source) => CurrentlyReady().HasFlag(source);

        private ClockSources CurrentlyReady()
        {
            var ready = hsiOn.Value && !isStopped ? ClockSources.Hsi : 0;
            ready |= hseOn.Value && hseFrequency != 0 && !hseFails && !isStopped ? ClockSources.Hse : 0;
            ready |= lsiOn.Value || lsiForced ? ClockSources.Lsi : 0;
            ready |= backup.LseOn && lseFrequency != 0 ? ClockSources.Lse : 0;
            if(ready.HasFlag(pllFromHse.Value ? ClockSources.Hse : ClockSources.Hsi))
            {
                ready |= pllOn.Value && IsValidFactor(pllN.Value) ? ClockSources.Pll : 0;
                ready |= pllI2SOn.Value && IsValidFactor(pllI2SN.Value) ? ClockSources.PllI2S : 0;
                ready |= pllSaiOn.Value && IsValidFactor(pllSaiN.Value) ? ClockSources.PllSai : 0;
            }
            return ready;
        }

        private bool IsValidFactor(ulong n) => n >= 2 && n <= 432;

        private ulong VcoFrequency(ulong factor) => (pllFromHse.Value ? hseFrequency : HsiFrequency) * factor / Math.Max(1, pllM.Value);

        private ulong FrequencyOf(SystemClock clock)
        {
            switch(clock)
            {
            case SystemClock.Hse:
                return hseFrequency;
            case SystemClock.Pll:
                return VcoFrequency(pllN.Value) / (2 * (pllP.Value + 1));
            case SystemClock.PllR:
                return VcoFrequency(pllN.Value) / pllR.Value;
            default:
                return HsiFrequency;
            }
        }

        private ulong FrequencyOf(RegistrationPeripheralAlias alias)
        {
            var isTimer = Timers.Contains(alias);
            if(ClockedByPll48.Contains(alias))
            {
                return Pll48Frequency;
            }
            switch(BusOf(alias))
            {
            case Apb1:
                return isTimer ? Apb1TimerFrequency : Apb1Frequency;
            case Apb2:
                return isTimer ? Apb2TimerFrequency : Apb2Frequency;
            default:
                return AhbFrequency;
            }
        }

        private ulong TimerFrequency(ulong apbDivider)
        {
            var factor = fasterTimers.Value ? 4ul : 2ul;
            return apbDivider <= factor ? AhbFrequency : AhbFrequency / apbDivider * factor;
        }

        private BackupDomainControl backup;
        private ResetCause resetFlags = ResetCause.PowerOn | ResetCause.BrownOut | ResetCause.Pin;
        private SystemClock systemClock;
        private ClockSources readySources;

        private bool hseFails;
        private bool isStopped;
        private bool lsiForced;
        private bool pllI2SHasM;

        private IFlagRegisterField hsiOn;
        private IFlagRegisterField hseOn;
        private IFlagRegisterField hseBypass;
        private IFlagRegisterField pllOn;
        private IFlagRegisterField pllI2SOn;
        private IFlagRegisterField pllSaiOn;
        private IFlagRegisterField pllFromHse;
        private IFlagRegisterField lsiOn;
        private IFlagRegisterField fasterTimers;
        private IFlagRegisterField clockSecurity;
        private IFlagRegisterField clockSecurityFlag;
        private IFlagRegisterField[] interruptFlags;
        private IFlagRegisterField[] interruptEnables;
        private IValueRegisterField pllM;
        private IValueRegisterField pllN;
        private IValueRegisterField pllP;
        private IValueRegisterField pllQ;
        private IValueRegisterField pllR;
        private IValueRegisterField pllI2SM;
        private IValueRegisterField pllI2SN;
        private IValueRegisterField pllI2SR;
        private IValueRegisterField pllSaiN;
        private IValueRegisterField clockOutput1;
        private IValueRegisterField clockOutput1Prescaler;
        private IValueRegisterField clockOutput2;
        private IValueRegisterField clockOutput2Prescaler;
        private IValueRegisterField ahbPrescaler;
        private IValueRegisterField apb1Prescaler;
        private IValueRegisterField apb2Prescaler;
        private IValueRegisterField rtcPrescaler;
        private IEnumRegisterField<SystemClock> systemClockSwitch;

        private readonly STM32F4_Supplies supplies;
        private readonly STM32F4_PWR pwr;
        private readonly IHasFrequency nvic;
        private readonly ulong hseFrequency;
        private readonly ulong lseFrequency;
        private readonly ClockGates gates;
        private readonly DoubleWordRegister[] enableRegisters = new DoubleWordRegister[5];
        private readonly DoubleWordRegister[] lowPowerRegisters = new DoubleWordRegister[5];

        private const ulong HsiFrequency = 16000000;
        private const ulong LsiFrequency = 32000;
        private const int Ahb1 = 0;
        private const int Ahb2 = 1;
        private const int Ahb3 = 2;
        private const int Apb1 = 3;
        private const int Apb2 = 4;
        private const int FirstMemory = 15;
        private const int NonMaskableInterrupt = 2;

        // In the order of their bits in RCC_CIR.
        private static readonly ClockSources[] InterruptSources =
        {
            ClockSources.Lsi, ClockSources.Lse, ClockSources.Hsi, ClockSources.Hse, ClockSources.Pll, ClockSources.PllI2S, ClockSources.PllSai,
        };

        private static readonly string[] ResetFlagNames = { "BORRSTF", "PINRSTF", "PORRSTF", "SFTRSTF", "IWDGRSTF", "WWDGRSTF", "LPWRRSTF" };

        // Gates whose peripherals don't count with the clock of their bus (RM0090 6.2, 7.2).
        private static readonly HashSet<RegistrationPeripheralAlias> ClockedByPll48 = new HashSet<RegistrationPeripheralAlias>
        {
            RegistrationPeripheralAlias.OTGFS, RegistrationPeripheralAlias.RNG, RegistrationPeripheralAlias.SDIO,
        };

        private static readonly HashSet<RegistrationPeripheralAlias> Timers = new HashSet<RegistrationPeripheralAlias>
        {
            RegistrationPeripheralAlias.TIM1, RegistrationPeripheralAlias.TIM2, RegistrationPeripheralAlias.TIM3, RegistrationPeripheralAlias.TIM4,
            RegistrationPeripheralAlias.TIM5, RegistrationPeripheralAlias.TIM6, RegistrationPeripheralAlias.TIM7, RegistrationPeripheralAlias.TIM8,
            RegistrationPeripheralAlias.TIM9, RegistrationPeripheralAlias.TIM10, RegistrationPeripheralAlias.TIM11, RegistrationPeripheralAlias.TIM12,
            RegistrationPeripheralAlias.TIM13, RegistrationPeripheralAlias.TIM14,
        };

        // Bits 15 to 19 of RCC_AHB1LPENR have no gate in RCC_AHB1ENR, but for backup SRAM.
        private static readonly string[] MemoryNames = { "FLITF", "SRAM1", "SRAM2", "BKPSRAM", "SRAM3" };

        private static readonly (Registers Reset, Registers Enable, Registers LowPower)[] Buses =
        {
            (Registers.AHB1RSTR, Registers.AHB1ENR, Registers.AHB1LPENR),
            (Registers.AHB2RSTR, Registers.AHB2ENR, Registers.AHB2LPENR),
            (Registers.AHB3RSTR, Registers.AHB3ENR, Registers.AHB3LPENR),
            (Registers.APB1RSTR, Registers.APB1ENR, Registers.APB1LPENR),
            (Registers.APB2RSTR, Registers.APB2ENR, Registers.APB2LPENR),
        };

        /// <summary>Names of the gates: each value is 32 times its bus plus its bit in RCC_xxxENR (RM0090 7.3.10 to 7.3.14).</summary>
        public enum RegistrationPeripheralAlias
        {
            GPIOA = (32 * Ahb1) + 0,
            GPIOB = (32 * Ahb1) + 1,
            GPIOC = (32 * Ahb1) + 2,
            GPIOD = (32 * Ahb1) + 3,
            GPIOE = (32 * Ahb1) + 4,
            GPIOF = (32 * Ahb1) + 5,
            GPIOG = (32 * Ahb1) + 6,
            GPIOH = (32 * Ahb1) + 7,
            GPIOI = (32 * Ahb1) + 8,
            GPIOJ = (32 * Ahb1) + 9,
            GPIOK = (32 * Ahb1) + 10,
            CRC = (32 * Ahb1) + 12,
            BKPSRAM = (32 * Ahb1) + 18,
            CCMDATARAM = (32 * Ahb1) + 20,
            DMA1 = (32 * Ahb1) + 21,
            DMA2 = (32 * Ahb1) + 22,
            DMA2D = (32 * Ahb1) + 23,
            ETHMAC = (32 * Ahb1) + 25,
            ETHMACTX = (32 * Ahb1) + 26,
            ETHMACRX = (32 * Ahb1) + 27,
            ETHMACPTP = (32 * Ahb1) + 28,
            OTGHS = (32 * Ahb1) + 29,
            OTGHSULPI = (32 * Ahb1) + 30,
            DCMI = (32 * Ahb2) + 0,
            CRYP = (32 * Ahb2) + 4,
            HASH = (32 * Ahb2) + 5,
            RNG = (32 * Ahb2) + 6,
            OTGFS = (32 * Ahb2) + 7,
            /// <summary>FSMC, or FMC from F42x on.</summary>
            FSMC = (32 * Ahb3) + 0,
            QUADSPI = (32 * Ahb3) + 1,
            TIM2 = (32 * Apb1) + 0,
            TIM3 = (32 * Apb1) + 1,
            TIM4 = (32 * Apb1) + 2,
            TIM5 = (32 * Apb1) + 3,
            TIM6 = (32 * Apb1) + 4,
            TIM7 = (32 * Apb1) + 5,
            TIM12 = (32 * Apb1) + 6,
            TIM13 = (32 * Apb1) + 7,
            TIM14 = (32 * Apb1) + 8,
            WWDG = (32 * Apb1) + 11,
            SPI2 = (32 * Apb1) + 14,
            SPI3 = (32 * Apb1) + 15,
            SPDIFRX = (32 * Apb1) + 16,
            USART2 = (32 * Apb1) + 17,
            USART3 = (32 * Apb1) + 18,
            UART4 = (32 * Apb1) + 19,
            UART5 = (32 * Apb1) + 20,
            I2C1 = (32 * Apb1) + 21,
            I2C2 = (32 * Apb1) + 22,
            I2C3 = (32 * Apb1) + 23,
            FMPI2C1 = (32 * Apb1) + 24,
            CAN1 = (32 * Apb1) + 25,
            CAN2 = (32 * Apb1) + 26,
            CEC = (32 * Apb1) + 27,
            PWR = (32 * Apb1) + 28,
            DAC = (32 * Apb1) + 29,
            UART7 = (32 * Apb1) + 30,
            UART8 = (32 * Apb1) + 31,
            TIM1 = (32 * Apb2) + 0,
            TIM8 = (32 * Apb2) + 1,
            USART1 = (32 * Apb2) + 4,
            USART6 = (32 * Apb2) + 5,
            ADC1 = (32 * Apb2) + 8,
            ADC2 = (32 * Apb2) + 9,
            ADC3 = (32 * Apb2) + 10,
            SDIO = (32 * Apb2) + 11,
            SPI1 = (32 * Apb2) + 12,
            SPI4 = (32 * Apb2) + 13,
            SYSCFG = (32 * Apb2) + 14,
            TIM9 = (32 * Apb2) + 16,
            TIM10 = (32 * Apb2) + 17,
            TIM11 = (32 * Apb2) + 18,
            SPI5 = (32 * Apb2) + 20,
            SPI6 = (32 * Apb2) + 21,
            SAI1 = (32 * Apb2) + 22,
            SAI2 = (32 * Apb2) + 23,
            LTDC = (32 * Apb2) + 26,
            DSI = (32 * Apb2) + 27,
        }

        /// <summary>RCC_BDCR: supplied by VBAT while VDD is off.</summary>
        private class BackupDomainControl
        {
            public bool LseOn;
            public bool LseBypass;
            public bool LseMode;
            public RtcClockSource RtcSource;
            public bool RtcEnabled;
            public bool InReset;
        }

        [Flags]
        private enum ClockSources
        {
            Lsi = 1,
            Lse = 2,
            Hsi = 4,
            Hse = 8,
            Pll = 16,
            PllI2S = 32,
            PllSai = 64,
            NotAllowed = 128,
        }

        private enum SystemClock
        {
            Hsi,
            Hse,
            Pll,
            /// <summary>Output R of the main PLL, in the F446; not allowed in the other lines.</summary>
            PllR,
        }

        private enum RtcClockSource
        {
            None,
            Lse,
            Lsi,
            Hse,
        }

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
