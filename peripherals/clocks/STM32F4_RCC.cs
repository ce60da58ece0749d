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
using Antmicro.Renode.Logging;
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
    /// We choose: HSE is ready after 500 us (2 ms is typical of silicon, but the simulated core starts at 100 MIPS, and libraries count how often they
    /// ask), and at the latest at the 1000th read of RCC_CR; PLLs after 100 us, LSI after 15 us, HSI after 2 us; LSE at once, as firmware would wait
    /// for it at each first boot, up to 2 s on silicon: lseStartUpTime of the .repl gives it its time. After a reset, a wake-up and by the clock
    /// security system HSI is ready at once, and with LSEBYP or HSEBYP there is nothing to wait for. A PLL whose PLLN is out of range never locks, but one with PLLM 0 or 1
    /// does, against the manual: on silicon MicroPython runs at 8 MHz that way, with PLLM 1; HSICAL reads 0;
    /// HSITRIM, the spread spectrum and the memories' gates in Sleep are stored; a wake-up from Standby adds no reset flag; the
    /// clock security system makes one NMI for each failure; a chip without clock stands still, but for what LSI and LSE drive.
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
        /// <param name="hseStartUpTime">Microseconds from HSEON to HSERDY, up to 10 s; 0 is at once, here and with those that follow.</param>
        /// <param name="lseStartUpTime">Microseconds from LSEON to LSERDY, up to 10 s.</param>
        /// <param name="hsiStartUpTime">Microseconds from HSION to HSIRDY, up to 10 s.</param>
        /// <param name="lsiStartUpTime">Microseconds from LSION to LSIRDY, up to 10 s.</param>
        /// <param name="pllStartUpTime">Microseconds from PLLON, PLLI2SON or PLLSAION to its ready flag, up to 10 s.</param>
        /// <param name="lsiFrequency">LSI in Hz, 17000 to 47000; 0 lets the seed choose, as it differs from chip to chip.</param>
        /// <param name="losesEarlyAccesses">See <see cref="LosesEarlyAccesses"/>.</param>
        public STM32F4_RCC(IMachine machine, STM32F4_Supplies supplies, STM32F4_PWR pwr, IHasFrequency nvic = null,
            ulong hseFrequency = 8000000, ulong lseFrequency = 32768, uint hseStartUpTime = 500, uint lseStartUpTime = 0, uint hsiStartUpTime = 2,
            uint lsiStartUpTime = 15, uint pllStartUpTime = 100, ulong lsiFrequency = 32000, bool losesEarlyAccesses = false)
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
            var times = new[] { hseStartUpTime, lseStartUpTime, hsiStartUpTime, lsiStartUpTime, pllStartUpTime, pllStartUpTime, pllStartUpTime };
            if(times.Any(x => x > MaximumStartUpTime))
            {
                throw new ConstructionException($"hseStartUpTime, lseStartUpTime, hsiStartUpTime, lsiStartUpTime and pllStartUpTime have to be at most {MaximumStartUpTime} (us)");
            }
            if(lsiFrequency != 0 && (lsiFrequency < LowestLsi || lsiFrequency > HighestLsi))
            {
                throw new ConstructionException($"lsiFrequency has to be from {LowestLsi} to {HighestLsi} (Hz), or 0: by the seed");
            }
            this.supplies = supplies;
            this.pwr = pwr;
            this.nvic = nvic;
            gates = new ClockGates(sysbus, machine.ClockSource);
            backup = new BackupDomainControl(mistakes, () => pwr.BackupDomainWritable);
            backup.ResetRequested += supplies.Resets.ResetBackupDomain;
            backup.Changed += UpdateClocks;
            startUp = new ClockStartUp(machine, this);
            for(var i = 0; i < times.Length; i++)
            {
                startUp.Take(SourcesThatStart[i], times[i]);
            }
            startUp.GotReady += HandleReady;
            NominalLsiFrequency = lsiFrequency != 0 ? lsiFrequency : LowestLsi + (new ChipNoise(machine, "LSI").Next() % (HighestLsi - LowestLsi + 1));
            tree = new ClockTree(facts, backup, startUp, hseFrequency, lseFrequency, NominalLsiFrequency, pllI2SHasM: (BitsOf(Registers.PLLI2SCFGR) & 1) != 0);
            LosesEarlyAccesses = losesEarlyAccesses;
            IRQ = new GPIO();
            DefineClockRegisters();
            DefineBackupAndStatusRegisters();
            DefineGateRegisters();
            supplies.Resets.Attach(this);
            supplies.AddVbatLoad(volts => backup.RtcEnabled ? STM32F4_Supplies.CurrentAt(volts, 0.50, 0.61, 0.82) : 0, onlyWithoutVdd: true);
            pwr.StopEntered += HandleStopEntered;
            pwr.StopLeft += HandleStopLeft;
            ResetRegisters();
            tree.FollowSwitches();
            readySources = tree.Ready;
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
        public override uint ReadDoubleWord(long offset)
        {
            reads++;
            return base.ReadDoubleWord(offset);
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
            Reset(resetClass, cause);
            tree.FollowSwitches();
            readySources = tree.Ready;
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

        /// <summary>LSI in Hz; 0 while it is not ready.</summary>
        public ulong LsiFrequency => tree.LsiFrequency;

        /// <summary>LSE in Hz; 0 while it is not ready.</summary>
        public ulong LseFrequency => tree.LseFrequency;

        /// <summary>HSE divided by RTCPRE, in Hz; 0 while HSE is not ready.</summary>
        internal ulong HseRtcFrequency => tree.HseRtcFrequency;

        /// <summary>LSI in Hz, whether it is on or not.</summary>
        internal ulong NominalLsiFrequency { get; }

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
        /// firmware (RM0090 7.2.7). Without it a chip that runs from HSE stands still until it oscillates again, or a reset.
        /// </summary>
        public bool HseFails
        {
            get => tree.HseFails;
            set
            {
                using(machine.ObtainPausedState(true))
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
        }

        /// <summary>Does the chip stand still, because what SYSCLK comes from has stopped?</summary>
        public bool StandsStill => gates.StandsStill;

        /// <summary>
        /// Are accesses lost that come too early after a peripheral's clock was switched on: 2 cycles of AHB, or one more than the prescaler of its APB has
        /// (errata of F405/407)? There is a Warning in any case.
        /// </summary>
        public bool LosesEarlyAccesses { get; set; }

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
        internal CoreActivity CoreActivity => gates.StandsStill ? CoreActivity.Stopped : gates.Activity;

        /// <summary><see cref="CoreActivity"/> has changed, a frequency perhaps not.</summary>
        internal event Action CoreActivityChanged;

        /// <summary>Any of the frequencies may have changed.</summary>
        public event Action ClocksChanged;

        private void Reset(ResetClass resetClass, ResetCause cause)
        {
            switch(resetClass)
            {
            case ResetClass.StandbyEntry:
                // LSI goes on through Standby (RM0090 5.3.5): it may be what the RTC or the watchdog counts.
                var lsiRunsOn = tree.LsiOn.Value;
                ResetRegisters();
                tree.LsiOn.Value = lsiRunsOn;
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

        // What is in the VDD domain: all but the reset flags and RCC_BDCR.
        private void ResetRegisters()
        {
            gates.Reset();
            RegistersCollection.Reset();
            tree.Reset();
        }

        private void UpdateOutputs()
        {
            UpdateGates();
            UpdateClocks();
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

        private void HandleReady()
        {
            if(gates.StandsStill)
            {
                // The core may go on: not within an event.
                supplies.Resets.InSyncedState(UpdateClocks);
                return;
            }
            UpdateClocks();
        }

        private void UpdateStandstill()
        {
            var standsStill = tree.StandsStill;
            if(gates.StandsStill == standsStill)
            {
                return;
            }
            gates.StandsStill = standsStill;
            if(standsStill)
            {
                this.Log(LogLevel.Warning, "The chip stands still: SYSCLK comes from HSE, which has stopped while RCC_CR.CSSON is 0. It goes on when HSE does, or by a reset from HSI");
                supplies.Resets.HoldCores();
            }
            else
            {
                supplies.Resets.ReleaseCores();
            }
            CoreActivityChanged?.Invoke();
        }

        private void UpdateClocks()
        {
            tree.FollowSwitches();
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
            UpdateStandstill();
            PropagateFrequencies();
        }

        private void UpdateInterrupt()
        {
            IRQ.Set(!supplies.Resets.IsOff && interruptFlags.Zip(interruptEnables, (flag, enable) => flag.Value && enable.Value).Any(x => x));
        }

        private void PropagateFrequencies()
        {
            // SysTick can't stand still: as good as.
            var sysTickFrequency = StandsStill ? LowestSysTickFrequency : AhbFrequency;
            if(nvic != null && nvic.Frequency != sysTickFrequency)
            {
                nvic.Frequency = sysTickFrequency;
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
        private uint reads;

        private readonly STM32F4_Supplies supplies;
        private readonly STM32F4_PWR pwr;
        private readonly IHasFrequency nvic;
        private readonly BackupDomainControl backup;
        private readonly ClockStartUp startUp;
        private readonly ClockTree tree;
        private readonly ClockGates gates;

        private const int NonMaskableInterrupt = 2;
        private const uint MaximumStartUpTime = 10000000;
        // CLKSOURCE divides it by up to 8.
        private const ulong LowestSysTickFrequency = 8;
        private const ulong LowestLsi = 17000;
        private const ulong HighestLsi = 47000;

        // In the order of the constructor's times.
        private static readonly ClockSources[] SourcesThatStart =
        {
            ClockSources.Hse, ClockSources.Lse, ClockSources.Hsi, ClockSources.Lsi, ClockSources.Pll, ClockSources.PllI2S, ClockSources.PllSai,
        };
    }
}
