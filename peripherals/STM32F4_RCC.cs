// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.BackupDomain
{
    /// <summary>
    /// Reset and clock controller (RM0090 chapters 6 and 7): clock tree, gates and resets of the peripherals, reset flags,
    /// and the control register of the backup domain.
    /// </summary>
    /// <remarks>
    /// A peripheral registered here under its name in RCC_xxxENR reads 0 and ignores writes while its clock is off, is reset
    /// by its bit in RCC_xxxRSTR, and, if it has a settable frequency, follows the clock tree.
    /// We choose: oscillators and PLLs are ready at once; a PLL whose factors are out of range never locks; HSICAL reads 0;
    /// a wake-up from Standby adds no reset flag. Gates of xxxLPENR are stored only: a sleeping core accesses nothing.
    /// SysTick follows HCLK; Renode's has no choice of HCLK/8.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_RCC : BasicDoubleWordPeripheral, IKnownSize, IResetClassMember,
        IRegisterablePeripheral<IPeripheral, EnumRegistrationPoint<STM32F4_RCC.RegistrationPeripheralAlias>>
    {
        /// <summary>Creates the clock controller.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip.</param>
        /// <param name="pwr">Power controller; it also says which chip line this is.</param>
        /// <param name="nvic">Interrupt controller, whose SysTick follows HCLK; may be left out.</param>
        /// <param name="hseFrequency">Crystal or clock at OSC_IN in Hz, up to 50 MHz; 0 if there is none.</param>
        /// <param name="lseFrequency">Crystal at OSC32_IN in Hz, up to 1 MHz; 0 if there is none.</param>
        public STM32F4_RCC(IMachine machine, STM32F4_Supplies supplies, STM32F4_PWR pwr, IHasFrequency nvic = null,
            ulong hseFrequency = 8000000, ulong lseFrequency = 32768) : base(machine)
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
            hasSaiPll = pwr.Series == PowerController.F42x_F43x;
            mistakes = new GuestMistakes(machine, this);
            registeredPeripherals = new Dictionary<RegistrationPeripheralAlias, List<IPeripheral>>();
            enableFlags = new Dictionary<RegistrationPeripheralAlias, IFlagRegisterField>();
            backup = new BackupDomainControl();
            IRQ = new GPIO();
            DefineClockRegisters();
            DefineBackupAndStatusRegisters();
            DefineGateRegisters();
            supplies.Attach(this);
            supplies.CoresReset += PropagateFrequencies;
            pwr.StopLeft += HandleStopLeft;
            Reset();
        }

        /// <summary>Registers a peripheral under its name in RCC_xxxENR.</summary>
        public void Register(IPeripheral peripheral, EnumRegistrationPoint<RegistrationPeripheralAlias> registrationPoint)
        {
            if(!enableFlags.ContainsKey(registrationPoint.Name))
            {
                throw new RegistrationException($"This chip line has no clock gate {registrationPoint.Name}");
            }
            if(!registeredPeripherals.TryGetValue(registrationPoint.Name, out var peripherals))
            {
                peripherals = new List<IPeripheral>();
                registeredPeripherals.Add(registrationPoint.Name, peripherals);
            }
            if(peripherals.Contains(peripheral))
            {
                throw new RegistrationException($"This peripheral is registered as {registrationPoint.Name} already");
            }
            peripherals.Add(peripheral);
            SetGate(peripheral, enableFlags[registrationPoint.Name].Value);
            PropagateFrequency(registrationPoint.Name, peripheral);
        }

        /// <summary>Forgets a registered peripheral and leaves it switched on.</summary>
        public void Unregister(IPeripheral peripheral)
        {
            if(registeredPeripherals.Values.Count(x => x.Remove(peripheral)) == 0)
            {
                throw new RegistrationException("This peripheral was not registered with the clock controller");
            }
            SetGate(peripheral, true);
        }

        /// <inheritdoc/>
        public override void WriteDoubleWord(long offset, uint value)
        {
            if(offset == (long)Registers.PllConfiguration && (pllOn.Value || pllI2SOn.Value) && value != ReadDoubleWord(offset))
            {
                mistakes.Report("RCC_PLLCFGR", "write ignored, because a PLL runs");
                return;
            }
            base.WriteDoubleWord(offset, value);
        }

        /// <summary>Resets what is in the VDD domain: all but the reset flags and RCC_BDCR.</summary>
        public override void Reset()
        {
            // LSI goes on through Standby (RM0090 5.3.5): it may be what the RTC or the watchdog counts.
            var lsiRunsOn = supplies.IsInStandby && lsiOn.Value;
            base.Reset();
            lsiOn.Value = lsiRunsOn;
            systemClock = SystemClock.Hsi;
            readySources = CurrentlyReady();
            pwr.MainPllReady = false;
            foreach(var alias in registeredPeripherals.Keys)
            {
                SetGates(alias, enableFlags[alias].Value);
            }
            UpdateInterrupt();
            PropagateFrequencies();
        }

        /// <inheritdoc/>
        public void ApplyReset(ResetClass resetClass, ResetCause cause)
        {
            switch(resetClass)
            {
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
                UpdateClocks();
                return;
            }
            Reset();
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

        /// <summary>Flags of RCC_CSR that tell the causes of the resets since they were last cleared.</summary>
        public ResetCause ResetFlags => resetFlags;

        /// <summary>Mistakes of the guest program seen by this model.</summary>
        public int GuestMistakeCount => mistakes.Count;

        /// <summary>The mistakes, one line for each kind.</summary>
        public string GuestMistakes => mistakes.Summary;

        /// <inheritdoc/>
        public long Size => 0x400;

        /// <summary>Clock interrupt (RCC_CIR), position 5 of the NVIC.</summary>
        public GPIO IRQ { get; }

        /// <summary><see cref="RtcClockFrequency"/> may have changed.</summary>
        public event Action RtcClockChanged;

        private static ulong AhbDivider(ulong prescaler) => prescaler < 8 ? 1 : prescaler < 12 ? 1ul << (int)(prescaler - 7) : 1ul << (int)(prescaler - 6);

        private static ulong ApbDivider(ulong prescaler) => prescaler < 4 ? 1 : 1ul << (int)(prescaler - 3);

        private static ClockSources SourceOf(SystemClock clock)
        {
            switch(clock)
            {
            case SystemClock.Hsi:
                return ClockSources.Hsi;
            case SystemClock.Hse:
                return ClockSources.Hse;
            case SystemClock.Pll:
                return ClockSources.Pll;
            default:
                return ClockSources.NotAllowed;
            }
        }

        private static int BusOf(RegistrationPeripheralAlias alias) => (int)alias / 32;

        private static int BitOf(RegistrationPeripheralAlias alias) => (int)alias % 32;

        private void DefineClockRegisters()
        {
            var control = Registers.Control.Define(this, 0x83)
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
                .WithFlag(19, name: "CSSON")
                .WithReservedBits(20, 4)
                .WithFlag(24, out pllOn, name: "PLLON")
                .WithFlag(25, FieldMode.Read, valueProviderCallback: _ => IsReady(ClockSources.Pll), name: "PLLRDY")
                .WithFlag(26, out pllI2SOn, name: "PLLI2SON")
                .WithFlag(27, FieldMode.Read, valueProviderCallback: _ => IsReady(ClockSources.PllI2S), name: "PLLI2SRDY")
                .WithReservedBits(30, 2)
                .WithWriteCallback((_, __) =>
                {
                    KeepSourceOfSystemClock();
                    UpdateClocks();
                });

            Registers.PllConfiguration.Define(this, 0x24003010)
                .WithValueField(0, 6, out pllM, name: "PLLM")
                .WithValueField(6, 9, out pllN, name: "PLLN")
                .WithReservedBits(15, 1)
                .WithValueField(16, 2, out pllP, name: "PLLP")
                .WithReservedBits(18, 4)
                .WithFlag(22, out pllFromHse, name: "PLLSRC")
                .WithReservedBits(23, 1)
                .WithValueField(24, 4, out pllQ, name: "PLLQ")
                // PLLR in other lines of the family; ST's HAL writes it here too.
                .WithReservedBits(28, 4, silent: true);

            Registers.Configuration.Define(this)
                .WithEnumField(0, 2, out systemClockSwitch, name: "SW")
                .WithEnumField<DoubleWordRegister, SystemClock>(2, 2, FieldMode.Read, valueProviderCallback: _ => systemClock, name: "SWS")
                .WithValueField(4, 4, out ahbPrescaler, name: "HPRE")
                .WithReservedBits(8, 2)
                .WithValueField(10, 3, out apb1Prescaler, name: "PPRE1")
                .WithValueField(13, 3, out apb2Prescaler, name: "PPRE2")
                .WithValueField(16, 5, out rtcPrescaler, name: "RTCPRE")
                .WithValueField(21, 2, name: "MCO1")
                .WithFlag(23, name: "I2SSRC")
                .WithValueField(24, 3, name: "MCO1PRE")
                .WithValueField(27, 3, name: "MCO2PRE")
                .WithValueField(30, 2, name: "MCO2")
                .WithWriteCallback((_, __) => UpdateClocks());

            var sources = InterruptSources.Length - (hasSaiPll ? 0 : 1);
            var clockInterrupt = Registers.ClockInterrupt.Define(this)
                .WithFlags(0, sources, out interruptFlags, FieldMode.Read, name: "xxxRDYF")
                .WithFlag(7, FieldMode.Read, name: "CSSF")
                .WithFlags(8, sources, out interruptEnables, name: "xxxRDYIE")
                .WithReservedBits(15, 1)
                .WithFlags(16, sources, FieldMode.Write, writeCallback: (i, _, value) => interruptFlags[i].Value &= !value, name: "xxxRDYC")
                .WithFlag(23, FieldMode.Write, name: "CSSC")
                .WithReservedBits(24, 8)
                .WithWriteCallback((_, __) => UpdateInterrupt());

            Registers.SpreadSpectrum.Define(this)
                .WithValueField(0, 13, name: "MODPER")
                .WithValueField(13, 15, name: "INCSTEP")
                .WithReservedBits(28, 2)
                .WithFlag(30, name: "SPREADSEL")
                .WithFlag(31, name: "SSCGEN");

            var pllI2S = Registers.PllI2SConfiguration.Define(this, hasSaiPll ? 0x24003000u : 0x20003000u)
                .WithReservedBits(0, 6)
                .WithValueField(6, 9, out pllI2SN, name: "PLLI2SN")
                .WithReservedBits(15, 9)
                .WithValueField(28, 3, name: "PLLI2SR")
                .WithReservedBits(31, 1)
                .WithWriteCallback((_, __) => UpdateClocks());

            if(hasSaiPll)
            {
                control
                    .WithFlag(28, out pllSaiOn, name: "PLLSAION")
                    .WithFlag(29, FieldMode.Read, valueProviderCallback: _ => IsReady(ClockSources.PllSai), name: "PLLSAIRDY");
                pllI2S
                    .WithValueField(24, 4, name: "PLLI2SQ");
                Registers.PllSaiConfiguration.Define(this, 0x24003000)
                    .WithReservedBits(0, 6)
                    .WithValueField(6, 9, out pllSaiN, name: "PLLSAIN")
                    .WithReservedBits(15, 9)
                    .WithValueField(24, 4, name: "PLLSAIQ")
                    .WithValueField(28, 3, name: "PLLSAIR")
                    .WithReservedBits(31, 1)
                    .WithWriteCallback((_, __) => UpdateClocks());
                Registers.DedicatedClocks.Define(this)
                    .WithValueField(0, 5, name: "PLLI2SDIVQ")
                    .WithReservedBits(5, 3)
                    .WithValueField(8, 5, name: "PLLSAIDIVQ")
                    .WithReservedBits(13, 3)
                    .WithValueField(16, 2, name: "PLLSAIDIVR")
                    .WithReservedBits(18, 2)
                    .WithValueField(20, 2, name: "SAI1ASRC")
                    .WithValueField(22, 2, name: "SAI1BSRC")
                    .WithFlag(24, out fasterTimers, name: "TIMPRE")
                    .WithReservedBits(25, 7)
                    .WithWriteCallback((_, __) => UpdateClocks());
            }
            else
            {
                control.WithReservedBits(28, 2);
                pllI2S.WithReservedBits(24, 4);
                clockInterrupt
                    .WithReservedBits(6, 1)
                    .WithReservedBits(14, 1)
                    .WithReservedBits(22, 1);
            }
        }

        private void DefineBackupAndStatusRegisters()
        {
            Registers.BackupDomainControl.Define(this)
                .WithFlag(0, valueProviderCallback: _ => backup.LseOn,
                    writeCallback: (_, value) => WriteBackup("LSEON", value != backup.LseOn, () => backup.LseOn = value), name: "LSEON")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => IsReady(ClockSources.Lse), name: "LSERDY")
                .WithFlag(2, valueProviderCallback: _ => backup.LseBypass,
                    // Only with LSE off.
                    writeCallback: (_, value) => WriteBackup("LSEBYP", value != backup.LseBypass, () => backup.LseBypass = backup.LseOn ? backup.LseBypass : value), name: "LSEBYP")
                .WithReservedBits(3, 5)
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

            Registers.ControlStatus.Define(this)
                .WithFlag(0, out lsiOn, name: "LSION")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => IsReady(ClockSources.Lsi), name: "LSIRDY")
                .WithReservedBits(2, 22)
                .WithFlag(24, FieldMode.Write, writeCallback: (_, value) => resetFlags = value ? ResetCause.None : resetFlags, name: "RMVF")
                .WithFlags(25, 7, FieldMode.Read, valueProviderCallback: (i, _) => resetFlags.HasFlag((ResetCause)(1u << (25 + i))), name: "BOR, PIN, POR, SFT, IWDG, WWDG, LPWRRSTF")
                .WithWriteCallback((_, __) => UpdateClocks());
        }

        private void DefineGateRegisters()
        {
            foreach(var bus in Buses)
            {
                var aliases = Enum.GetValues<RegistrationPeripheralAlias>().Where(x => BusOf(x) == bus.Index && Exists(x)).ToDictionary(BitOf);
                var enable = bus.Enable.Define(this, bus.EnableReset);
                var reset = bus.Reset.Define(this);
                var lowPower = bus.LowPower.Define(this, hasSaiPll ? bus.LowPowerResetF42x : bus.LowPowerReset);
                for(var bit = 0; bit < 32; bit++)
                {
                    var hasGate = aliases.TryGetValue(bit, out var alias);
                    if(hasGate)
                    {
                        enable.WithFlag(bit, out var enableFlag, changeCallback: (_, value) => SetGates(alias, value), name: $"{alias}EN");
                        enableFlags.Add(alias, enableFlag);
                    }
                    else
                    {
                        enable.WithReservedBits(bit, 1);
                    }
                    if(hasGate && !WithoutReset.Contains(alias))
                    {
                        reset.WithFlag(bit, changeCallback: (_, __) => ResetPeripherals(alias), name: $"{alias}RST");
                    }
                    else
                    {
                        reset.WithReservedBits(bit, 1);
                    }
                    // Every gate that exists in low-power mode is on after reset.
                    if(((hasSaiPll ? bus.LowPowerResetF42x : bus.LowPowerReset) & (1u << bit)) != 0)
                    {
                        lowPower.WithFlag(bit, name: hasGate ? $"{alias}LPEN" : "memory LPEN");
                    }
                    else
                    {
                        lowPower.WithReservedBits(bit, 1);
                    }
                }
            }
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
                supplies.ResetBackupDomain();
            }
            backup.InReset = active;
        }

        private void HandleStopLeft()
        {
            // The chip wakes up on HSI, with HSE and the PLLs off (RM0090 5.3.5).
            hsiOn.Value = true;
            hseOn.Value = false;
            pllOn.Value = false;
            pllI2SOn.Value = false;
            systemClockSwitch.Value = SystemClock.Hsi;
            systemClock = SystemClock.Hsi;
            UpdateClocks();
        }

        private void KeepSourceOfSystemClock()
        {
            if(systemClock == SystemClock.Pll)
            {
                pllOn.Value = true;
            }
            var pllFeeds = systemClock == SystemClock.Pll;
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
            foreach(var registered in registeredPeripherals)
            {
                foreach(var peripheral in registered.Value)
                {
                    PropagateFrequency(registered.Key, peripheral);
                }
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

        private void SetGates(RegistrationPeripheralAlias alias, bool enabled)
        {
            if(registeredPeripherals.TryGetValue(alias, out var peripherals))
            {
                foreach(var peripheral in peripherals)
                {
                    SetGate(peripheral, enabled);
                }
            }
        }

        private void SetGate(IPeripheral peripheral, bool enabled)
        {
            if(peripheral is IClockGated gated)
            {
                gated.ClockEnabled = enabled;
            }
            else
            {
                sysbus.SetPeripheralEnabled(peripheral, enabled);
            }
        }

        private void ResetPeripherals(RegistrationPeripheralAlias alias)
        {
            // At both edges: what the guest wrote while the reset was held is lost too.
            if(registeredPeripherals.TryGetValue(alias, out var peripherals))
            {
                foreach(var peripheral in peripherals)
                {
                    peripheral.Reset();
                    PropagateFrequency(alias, peripheral);
                }
            }
        }

        private bool Exists(RegistrationPeripheralAlias alias) => hasSaiPll || !OnlyInF42x.Contains(alias);

        private bool IsReady(ClockSources source) => CurrentlyReady().HasFlag(source);

        private ClockSources CurrentlyReady()
        {
            var ready = hsiOn.Value ? ClockSources.Hsi : 0;
            ready |= hseOn.Value && hseFrequency != 0 ? ClockSources.Hse : 0;
            ready |= lsiOn.Value ? ClockSources.Lsi : 0;
            ready |= backup.LseOn && lseFrequency != 0 ? ClockSources.Lse : 0;
            if(ready.HasFlag(pllFromHse.Value ? ClockSources.Hse : ClockSources.Hsi) && pllM.Value >= 2)
            {
                ready |= pllOn.Value && IsValidFactor(pllN.Value) ? ClockSources.Pll : 0;
                ready |= pllI2SOn.Value && IsValidFactor(pllI2SN.Value) ? ClockSources.PllI2S : 0;
                ready |= hasSaiPll && pllSaiOn.Value && IsValidFactor(pllSaiN.Value) ? ClockSources.PllSai : 0;
            }
            return ready;
        }

        private bool IsValidFactor(ulong n) => n >= 2 && n <= 432;

        private ulong VcoFrequency(ulong factor) => (pllFromHse.Value ? hseFrequency : HsiFrequency) * factor / pllM.Value;

        private ulong FrequencyOf(SystemClock clock)
        {
            switch(clock)
            {
            case SystemClock.Hse:
                return hseFrequency;
            case SystemClock.Pll:
                return VcoFrequency(pllN.Value) / (2 * (pllP.Value + 1));
            default:
                return HsiFrequency;
            }
        }

        private ulong FrequencyOf(RegistrationPeripheralAlias alias)
        {
            switch(alias)
            {
            case RegistrationPeripheralAlias.OTGFS:
            case RegistrationPeripheralAlias.RNG:
            case RegistrationPeripheralAlias.SDIO:
                return Pll48Frequency;
            }
            var isTimer = alias.ToString().StartsWith("TIM", StringComparison.Ordinal);
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
            var factor = fasterTimers != null && fasterTimers.Value ? 4ul : 2ul;
            return apbDivider <= factor ? AhbFrequency : AhbFrequency / apbDivider * factor;
        }

        private BackupDomainControl backup;
        private ResetCause resetFlags = ResetCause.PowerOn | ResetCause.BrownOut | ResetCause.Pin;
        private SystemClock systemClock;
        private ClockSources readySources;

        private IFlagRegisterField hsiOn;
        private IFlagRegisterField hseOn;
        private IFlagRegisterField hseBypass;
        private IFlagRegisterField pllOn;
        private IFlagRegisterField pllI2SOn;
        private IFlagRegisterField pllSaiOn;
        private IFlagRegisterField pllFromHse;
        private IFlagRegisterField lsiOn;
        private IFlagRegisterField fasterTimers;
        private IFlagRegisterField[] interruptFlags;
        private IFlagRegisterField[] interruptEnables;
        private IValueRegisterField pllM;
        private IValueRegisterField pllN;
        private IValueRegisterField pllP;
        private IValueRegisterField pllQ;
        private IValueRegisterField pllI2SN;
        private IValueRegisterField pllSaiN;
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
        private readonly bool hasSaiPll;
        private readonly GuestMistakes mistakes;
        private readonly Dictionary<RegistrationPeripheralAlias, List<IPeripheral>> registeredPeripherals;
        private readonly Dictionary<RegistrationPeripheralAlias, IFlagRegisterField> enableFlags;

        private const ulong HsiFrequency = 16000000;
        private const ulong LsiFrequency = 32000;
        private const int Ahb1 = 0;
        private const int Ahb2 = 1;
        private const int Ahb3 = 2;
        private const int Apb1 = 3;
        private const int Apb2 = 4;

        // In the order of their bits in RCC_CIR.
        private static readonly ClockSources[] InterruptSources =
        {
            ClockSources.Lsi, ClockSources.Lse, ClockSources.Hsi, ClockSources.Hse, ClockSources.Pll, ClockSources.PllI2S, ClockSources.PllSai,
        };

        private static readonly GateRegisters[] Buses =
        {
            new GateRegisters(Ahb1, Registers.Ahb1Reset, Registers.Ahb1Enable, 0x00100000, Registers.Ahb1LowPower, 0x7E6791FF, 0x7EEF97FF),
            new GateRegisters(Ahb2, Registers.Ahb2Reset, Registers.Ahb2Enable, 0, Registers.Ahb2LowPower, 0x000000F1, 0x000000F1),
            new GateRegisters(Ahb3, Registers.Ahb3Reset, Registers.Ahb3Enable, 0, Registers.Ahb3LowPower, 0x00000001, 0x00000001),
            new GateRegisters(Apb1, Registers.Apb1Reset, Registers.Apb1Enable, 0, Registers.Apb1LowPower, 0x36FEC9FF, 0xF6FEC9FF),
            new GateRegisters(Apb2, Registers.Apb2Reset, Registers.Apb2Enable, 0, Registers.Apb2LowPower, 0x00075F33, 0x04777F33),
        };

        private static readonly RegistrationPeripheralAlias[] WithoutReset =
        {
            RegistrationPeripheralAlias.BKPSRAM, RegistrationPeripheralAlias.CCMDATARAM, RegistrationPeripheralAlias.ETHMACTX,
            RegistrationPeripheralAlias.ETHMACRX, RegistrationPeripheralAlias.ETHMACPTP, RegistrationPeripheralAlias.OTGHSULPI,
            // One bit resets all three converters.
            RegistrationPeripheralAlias.ADC2, RegistrationPeripheralAlias.ADC3,
        };

        private static readonly RegistrationPeripheralAlias[] OnlyInF42x =
        {
            RegistrationPeripheralAlias.GPIOJ, RegistrationPeripheralAlias.GPIOK, RegistrationPeripheralAlias.DMA2D,
            RegistrationPeripheralAlias.UART7, RegistrationPeripheralAlias.UART8, RegistrationPeripheralAlias.SPI4,
            RegistrationPeripheralAlias.SPI5, RegistrationPeripheralAlias.SPI6, RegistrationPeripheralAlias.SAI1,
            RegistrationPeripheralAlias.LTDC,
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
            FSMC = (32 * Ahb3) + 0,
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
            USART2 = (32 * Apb1) + 17,
            USART3 = (32 * Apb1) + 18,
            UART4 = (32 * Apb1) + 19,
            UART5 = (32 * Apb1) + 20,
            I2C1 = (32 * Apb1) + 21,
            I2C2 = (32 * Apb1) + 22,
            I2C3 = (32 * Apb1) + 23,
            CAN1 = (32 * Apb1) + 25,
            CAN2 = (32 * Apb1) + 26,
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
            LTDC = (32 * Apb2) + 26,
        }

        /// <summary>RCC_BDCR: supplied by VBAT while VDD is off.</summary>
        private class BackupDomainControl
        {
            public bool LseOn;
            public bool LseBypass;
            public RtcClockSource RtcSource;
            public bool RtcEnabled;
            public bool InReset;
        }

        private class GateRegisters
        {
            public GateRegisters(int index, Registers reset, Registers enable, uint enableReset, Registers lowPower, uint lowPowerReset, uint lowPowerResetF42x)
            {
                Index = index;
                Reset = reset;
                Enable = enable;
                EnableReset = enableReset;
                LowPower = lowPower;
                LowPowerReset = lowPowerReset;
                LowPowerResetF42x = lowPowerResetF42x;
            }

            public int Index { get; }

            public Registers Reset { get; }

            public Registers Enable { get; }

            public uint EnableReset { get; }

            public Registers LowPower { get; }

            public uint LowPowerReset { get; }

            public uint LowPowerResetF42x { get; }
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
            NotAllowed,
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
            Control = 0x00,
            PllConfiguration = 0x04,
            Configuration = 0x08,
            ClockInterrupt = 0x0C,
            Ahb1Reset = 0x10,
            Ahb2Reset = 0x14,
            Ahb3Reset = 0x18,
            Apb1Reset = 0x20,
            Apb2Reset = 0x24,
            Ahb1Enable = 0x30,
            Ahb2Enable = 0x34,
            Ahb3Enable = 0x38,
            Apb1Enable = 0x40,
            Apb2Enable = 0x44,
            Ahb1LowPower = 0x50,
            Ahb2LowPower = 0x54,
            Ahb3LowPower = 0x58,
            Apb1LowPower = 0x60,
            Apb2LowPower = 0x64,
            BackupDomainControl = 0x70,
            ControlStatus = 0x74,
            SpreadSpectrum = 0x80,
            PllI2SConfiguration = 0x84,
            PllSaiConfiguration = 0x88,
            DedicatedClocks = 0x8C,
        }
    }
}
