// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Time;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Power controller (RM0090 chapter 5): write protection of the backup domain (DBP), backup regulator (BRE, BRR), flags
    /// of Standby and wake-up, supply supervision (PVD), voltage scaling.
    /// </summary>
    /// <remarks>
    /// We choose: while RCC_APB1ENR.PWREN is off, registers read 0 and ignore writes; DBP acts at once; BRR comes when either
    /// of two delays, in time or in reads of PWR_CSR, is over; VOSRDY of F405/407 is up after VOS was written or while the
    /// main PLL runs, that of the other lines while the main PLL runs; over-drive is ready at once and off after Stop; the
    /// choice of regulator and flash mode in Stop is stored. With WUF set, Standby is entered and left at once.
    /// The default interrupt output is the PVD (EXTI line 16). GPIO input 0 is the WKUP pin (PA0), input 1 comes from the
    /// core's InDeepSleep, input 2 is the second WKUP pin of the F446 (PC13).
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_PWR : GatedRegisterBlock, IGPIOReceiver, IResetMember, IRetainsState, IStatusProvider
    {
        /// <summary>Creates the power controller.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip.</param>
        /// <param name="backupRegulatorDelay">Microseconds of virtual time from BRE to BRR, 0 to 1000000.</param>
        /// <param name="backupRegulatorReads">Reads of PWR_CSR from BRE to BRR, 0 to 1000000; the shorter of the two delays counts.</param>
        public STM32F4_PWR(IMachine machine, STM32F4_Supplies supplies, uint backupRegulatorDelay = 2, uint backupRegulatorReads = 30)
            : base(machine, "PWR", typeof(Registers), "RCC_APB1ENR.PWREN is off", ChipFacts.Of(supplies), x => x.Power)
        {
            if(supplies == null)
            {
                throw new ConstructionException("'supplies' is missing: name the chip's STM32F4_Supplies");
            }
            if(backupRegulatorDelay > LongestDelay || backupRegulatorReads > LongestDelay)
            {
                throw new ConstructionException($"backupRegulatorDelay and backupRegulatorReads have to be at most {LongestDelay}");
            }
            this.supplies = supplies;
            this.backupRegulatorDelay = TimeInterval.FromMicroseconds(backupRegulatorDelay);
            this.backupRegulatorReads = backupRegulatorReads;
            status = new StatusFlags();
            wakeUp = new WakeUpLogic();
            regulator = new BackupRegulator();
            IRQ = new GPIO();
            DefineRegisters();
            supplies.Resets.Attach(this);
            supplies.WatchLevels(facts.Levels.VoltageDetector.SelectMany(x => new[] { x.Falling, x.Rising }));
            supplies.VddChanged += _ => UpdateVoltageDetector();
            supplies.AddVbatLoad(volts => BackupRegulatorEnabled ? STM32F4_Supplies.CurrentAt(volts, 0.69, 0.71, 0.76) : 0, onlyWithoutVdd: true);
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
            case ResetClass.SystemReset:
            case ResetClass.BrownOutReset:
                // SBF is cleared by power-on and power-down alone (RM0090 5.4.2).
                wakeUp.Reset();
                break;
            case ResetClass.StandbyEntry:
            case ResetClass.StandbyWakeUp:
                // PWR_CSR is kept, WUF and SBF tell what happened; PWR_CR is not (RM0090 5.4.1).
                break;
            case ResetClass.PeripheralReset:
                // RCC_APB1RSTR.PWRRST.
                break;
            case ResetClass.PowerOnReset:
                status = new StatusFlags();
                wakeUp.Reset();
                break;
            case ResetClass.PowerOnResetWithoutBattery:
                status = new StatusFlags();
                wakeUp.Reset();
                regulator = new BackupRegulator();
                break;
            case ResetClass.BackupDomainReset:
                regulator = new BackupRegulator();
                return;
            }
            RegistersCollection.Reset();
            voltageScalingWritten = false;
            underVoltage = false;
            isInStop = false;
        }

        /// <inheritdoc/>
        void IRetainsState.WriteRetainedState(BinaryWriter writer)
        {
            writer.Write(BackupRegulatorEnabled);
            writer.Write(BackupRegulatorReady);
        }

        /// <inheritdoc/>
        void IResetMember.ResetOutputs()
        {
            UpdateVoltageDetector();
            BackupDomainAccessChanged?.Invoke();
        }

        /// <inheritdoc/>
        public void OnGPIO(int number, bool value)
        {
            switch((Input)number)
            {
            case Input.WakeUpPin:
                SetWakeUpPin(WakeUpSources.Pin, value);
                break;
            case Input.SecondWakeUpPin:
                SetWakeUpPin(WakeUpSources.SecondPin, value);
                break;
            case Input.DeepSleep:
                HandleDeepSleep(value);
                break;
            }
        }

        /// <summary>What the RTC puts on the inputs of the wake-up logic.</summary>
        internal void SetWakeUpSources(WakeUpSources which, WakeUpSources high)
        {
            HandleWakeUp(wakeUp.SetSources(which, high));
        }

        /// <summary>PWR_CR.DBP: may the guest write to the backup domain?</summary>
        public bool BackupDomainWritable => disableBackupProtection.Value;

        /// <summary>PWR_CSR.BRE.</summary>
        public bool BackupRegulatorEnabled => regulator.Enabled;

        /// <summary>PWR_CSR.BRR: is backup SRAM safe if VDD goes while VBAT is present?</summary>
        public bool BackupRegulatorReady
        {
            get
            {
                if(regulator.Enabled && !regulator.Ready)
                {
                    regulator.Ready = regulator.Reads >= backupRegulatorReads
                        || VirtualClock.Now(machine) - regulator.EnabledAt >= backupRegulatorDelay;
                }
                return regulator.Ready;
            }
        }

        /// <summary>Does the main PLL run? Set by the clock controller.</summary>
        [HideInMonitor]
        public bool MainPllReady { get; set; }

        /// <inheritdoc/>
        [HideInMonitor]
        public IEnumerable<KeyValuePair<string, string>> StatusLines
        {
            get
            {
                yield return KeyValuePair.Create("Backup regulator", !BackupRegulatorEnabled ? "off (BRE = 0)"
                    : BackupRegulatorReady ? "on and ready (BRE = 1, BRR = 1)" : "on, not ready yet (BRE = 1, BRR = 0)");
                yield return KeyValuePair.Create("Backup domain", BackupDomainWritable ? "writable (DBP = 1)" : "write-protected (DBP = 0)");
            }
        }

        /// <summary>Output of the voltage detector (PVD), to EXTI line 16. High while VDD is below the level in PLS.</summary>
        public GPIO IRQ { get; }

        /// <summary>DBP may have changed.</summary>
        public event Action BackupDomainAccessChanged;

        /// <summary>The core sleeps in Stop: all clocks but LSI and LSE stand still.</summary>
        public event Action StopEntered;

        /// <summary>The core woke from Stop: the chip runs from HSI now.</summary>
        public event Action StopLeft;

        private void DefineRegisters()
        {
            Define(Registers.CR)
                .WithFlag(0, name: "LPDS")
                .WithFlag(1, out powerDownInDeepSleep, name: "PDDS")
                .WithFlag(2, FieldMode.Write, writeCallback: (_, value) => wakeUp.Flag &= !value, name: "CWUF")
                .WithFlag(3, FieldMode.Write, writeCallback: (_, value) => status.WasInStandby &= !value, name: "CSBF")
                .WithFlag(4, out voltageDetectorEnabled, name: "PVDE")
                .WithValueField(5, 3, out voltageDetectorLevel, name: "PLS")
                .WithFlag(8, out disableBackupProtection, changeCallback: (_, __) => BackupDomainAccessChanged?.Invoke(), name: "DBP")
                .WithFlag(9, name: "FPDS")
                .WithFlag(10, name: "LPUDS")
                .WithFlag(11, name: "MRUDS")
                .WithReservedBits(12, 1)
                .WithFlag(13, name: "ADCDC1")
                .WithValueField(14, 2, out voltageScaling, changeCallback: (old, _) =>
                {
                    if(facts.VoltageScalingNeedsPllOff && MainPllReady)
                    {
                        mistakes.Report("PWR_CR.VOS", "write ignored, because the main PLL runs");
                        voltageScaling.Value = old;
                    }
                }, name: "VOS")
                .WithFlag(16, out overDrive, name: "ODEN")
                .WithFlag(17, out overDriveSwitch, name: "ODSWEN")
                .WithValueField(18, 2, out underDrive, name: "UDEN")
                .WithFlag(20, name: "FMSSR")
                .WithFlag(21, name: "FISSR")
                .WithReservedBits(22, 10)
                .WithWriteCallback((_, __) =>
                {
                    voltageScalingWritten = true;
                    UpdateVoltageDetector();
                });
            Define(Registers.CSR)
                .WithFlag(0, FieldMode.Read, valueProviderCallback: _ => wakeUp.Flag, name: "WUF")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => status.WasInStandby, name: "SBF")
                .WithFlag(2, FieldMode.Read, valueProviderCallback: _ => IRQ.IsSet, name: "PVDO")
                .WithFlag(3, FieldMode.Read, valueProviderCallback: _ => ReadBackupRegulatorReady(), name: "BRR")
                .WithReservedBits(4, 3)
                .WithFlag(7, valueProviderCallback: _ => wakeUp.IsEnabled(WakeUpSources.SecondPin), writeCallback: (_, value) => HandleWakeUp(wakeUp.EnablePin(WakeUpSources.SecondPin, value)), name: "EWUP2")
                .WithFlag(8, valueProviderCallback: _ => wakeUp.IsEnabled(WakeUpSources.Pin), writeCallback: (_, value) => HandleWakeUp(wakeUp.EnablePin(WakeUpSources.Pin, value)), name: "EWUP")
                .WithFlag(9, valueProviderCallback: _ => regulator.Enabled, writeCallback: (_, value) => WriteBackupRegulatorEnable(value), name: "BRE")
                .WithReservedBits(10, 4)
                .WithFlag(14, FieldMode.Read,
                    valueProviderCallback: _ => MainPllReady || (facts.VoltageScalingReadyWhenWritten && voltageScalingWritten), name: "VOSRDY")
                .WithReservedBits(15, 1)
                .WithFlag(16, FieldMode.Read, valueProviderCallback: _ => overDrive.Value, name: "ODRDY")
                .WithFlag(17, FieldMode.Read, valueProviderCallback: _ => overDrive.Value && overDriveSwitch.Value, name: "ODSWRDY")
                .WithValueField(18, 2, FieldMode.Read | FieldMode.Write, valueProviderCallback: _ => status.UnderDriveReady,
                    writeCallback: (_, value) => status.UnderDriveReady &= ~value, name: "UDRDY")
                .WithReservedBits(20, 12);
        }

        private void SetWakeUpPin(WakeUpSources pin, bool value)
        {
            HandleWakeUp(wakeUp.SetPin(pin, value) && !supplies.Resets.IsResetting);
        }

        private void HandleWakeUp(bool isEvent)
        {
            // Without VDD the RTC runs on; the flag is in the VDD domain.
            if(isEvent && supplies.IsPowered)
            {
                wakeUp.Flag = true;
                supplies.Resets.LeaveStandby();
            }
        }

        private bool ReadBackupRegulatorReady()
        {
            var ready = BackupRegulatorReady;
            regulator.Reads++;
            return ready;
        }

        private void WriteBackupRegulatorEnable(bool value)
        {
            if(value == regulator.Enabled)
            {
                return;
            }
            if(!BackupDomainWritable)
            {
                mistakes.Report("PWR_CSR.BRE", $"{(value ? "set" : "clear")} ignored, because PWR_CR.DBP is 0");
                return;
            }
            regulator = new BackupRegulator { Enabled = value, EnabledAt = VirtualClock.Now(machine) };
        }

        private void UpdateVoltageDetector()
        {
            var level = facts.Levels.VoltageDetector[(int)voltageDetectorLevel.Value];
            var threshold = underVoltage ? level.Rising : level.Falling;
            underVoltage = voltageDetectorEnabled.Value && supplies.Vdd < threshold;
            IRQ.Set(underVoltage);
        }

        private void HandleDeepSleep(bool entered)
        {
            if(!entered)
            {
                if(isInStop)
                {
                    isInStop = false;
                    overDrive.Value = false;
                    overDriveSwitch.Value = false;
                    status.UnderDriveReady = underDrive.Value == UnderDriveEnabled ? UnderDriveEnabled : 0;
                    StopLeft?.Invoke();
                }
                return;
            }
            if(!powerDownInDeepSleep.Value)
            {
                if(supplies.Resets.ResetsInsteadOf(LowPowerMode.Stop))
                {
                    return;
                }
                isInStop = true;
                StopEntered?.Invoke();
                return;
            }
            if(supplies.Resets.ResetsInsteadOf(LowPowerMode.Standby))
            {
                return;
            }
            status.WasInStandby = true;
            if(wakeUp.Flag)
            {
                mistakes.Report("PWR_CSR.WUF", "Standby ends at once, because the wake-up flag was not cleared");
            }
            else if(wakeUp.IsHigh)
            {
                mistakes.Report(wakeUp.HighSourceNames, "high when Standby is entered with PWR_CSR.WUF clear: no wake-up is seen while it stays so, only a reset ends that. "
                    + "Disable the sources, clear their flags and WUF, then enable them");
            }
            supplies.Resets.EnterStandby(leaveAtOnce: wakeUp.Flag);
        }

        private StatusFlags status;
        private BackupRegulator regulator;
        private IFlagRegisterField disableBackupProtection;
        private IFlagRegisterField powerDownInDeepSleep;
        private IFlagRegisterField voltageDetectorEnabled;
        private IValueRegisterField voltageDetectorLevel;
        private IFlagRegisterField overDrive;
        private IFlagRegisterField overDriveSwitch;
        private IValueRegisterField underDrive;
        private IValueRegisterField voltageScaling;
        private bool voltageScalingWritten;
        private bool underVoltage;
        private bool isInStop;

        private readonly STM32F4_Supplies supplies;
        private readonly WakeUpLogic wakeUp;
        private readonly TimeInterval backupRegulatorDelay;
        private readonly uint backupRegulatorReads;

        private const uint LongestDelay = 1000000;
        private const ulong UnderDriveEnabled = 3;

        /// <summary>Flags of PWR_CSR: in the VDD domain, but untouched by a wake-up from Standby.</summary>
        private class StatusFlags
        {
            public bool WasInStandby;
            public ulong UnderDriveReady;
        }

        /// <summary>Retained on VBAT.</summary>
        private class BackupRegulator
        {
            public bool Enabled;
            public bool Ready;
            public TimeInterval EnabledAt;
            public uint Reads;
        }

        private enum Registers
        {
            CR = 0x0,
            CSR = 0x4,
        }

        private enum Input
        {
            WakeUpPin,
            DeepSleep,
            SecondWakeUpPin,
        }
    }
}
