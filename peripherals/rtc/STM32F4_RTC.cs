// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;
using Antmicro.Renode.UserInterface;
using Antmicro.Renode.Utilities;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Real-time clock and the 20 backup registers (RM0090 chapter 26). It counts in virtual time, as RCC_BDCR clocks it: on
    /// LSE also while VDD is off, on LSI or HSE only while it is on.
    /// </summary>
    /// <remarks>
    /// GPIO input 0 is the pin RTC_AF1 (PC13), input 1 is RTC_AF2 (PI8): tamper and timestamp. <see cref="AlarmOutput"/> is what
    /// RTC_CR.OSEL puts on RTC_AF1; wire boards' parts straight to these, since GPIO ports drop their levels in a reset.
    /// We choose: initialization mode, the wake-up timer and the alarms can be configured at once after being asked for;
    /// the shadow registers follow two RTC clocks after RSF was cleared; impossible dates count on from the nearest possible
    /// one; a shift and a new calibration act at once, SHPF shows for one and RECALPF for three cycles of ck_apre; ADD1H and SUB1H
    /// act at once, and on the hour alone (so seen on an F407); timestamps come without the delay of two cycles; tamper works on
    /// VBAT. There is no reference clock: REFCKON only blocks shifts.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_RTC : RegisterBlock, IGPIOReceiver, IResetMember, IRetainsState, IKeepsTime, IStatusProvider
    {
        /// <summary>Creates the clock, standing at 2000-01-01 00:00:00.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip.</param>
        /// <param name="pwr">Power controller of the chip.</param>
        /// <param name="rcc">Clock controller of the chip.</param>
        public STM32F4_RTC(IMachine machine, STM32F4_Supplies supplies, STM32F4_PWR pwr, STM32F4_RCC rcc)
            : base(machine, "RTC", typeof(Registers), ChipFacts.Of(supplies), x => x.Rtc)
        {
            if(supplies == null || pwr == null || rcc == null)
            {
                throw new ConstructionException("'supplies', 'pwr' or 'rcc' is missing: name the chip's models");
            }
            this.supplies = supplies;
            this.pwr = pwr;
            this.rcc = rcc;
            AlarmIRQ = new GPIO();
            WakeUpIRQ = new GPIO();
            TamperTimestampIRQ = new GPIO();
            AlarmOutput = new GPIO();
            alarms = new[] { new Alarm(), new Alarm() };
            calendar = new RtcCalendar();
            calibration = new RtcCalibration();
            tampers = new[] { new RtcTamperInput(), new RtcTamperInput() };
            eventTimer = new LimitTimer(machine.ClockSource, NominalFrequency, this, "next event", limit: uint.MaxValue,
                direction: Direction.Ascending, workMode: WorkMode.OneShot, eventEnabled: true);
            eventTimer.LimitReached += Update;
            DefineRegisters();
            supplies.Resets.Attach(this);
            supplies.Resets.PinsSettled += () =>
            {
                UpdateTampers();
                Update();
            };
            rcc.RtcClockChanged += HandleClockChanged;
        }

        /// <inheritdoc/>
        public override uint ReadDoubleWord(long offset)
        {
            CatchUp();
            if(offset != (long)Registers.SSR || BitsOf(Registers.SSR) != 0)
            {
                SampleShadow((Registers)offset);
            }
            return IsBackupRegister(offset) && IsRefused() ? 0 : base.ReadDoubleWord(offset);
        }

        /// <inheritdoc/>
        public override void WriteDoubleWord(long offset, uint value)
        {
            if(!pwr.BackupDomainWritable)
            {
                mistakes.Report(OffsetToString(offset), "write ignored, because PWR_CR.DBP is 0");
                return;
            }
            CatchUp();
            var refusal = RefusalOf(offset);
            if(refusal != null)
            {
                mistakes.Report(OffsetToString(offset), "write ignored, because " + refusal);
                return;
            }
            base.WriteDoubleWord(offset, value);
            Update();
        }

        /// <inheritdoc/>
        public override string OffsetToString(long offset)
        {
            return IsBackupRegister(offset) ? $"RTC_BKP{(offset - (long)Registers.BKP0R) / 4}R" : base.OffsetToString(offset);
        }

        /// <summary>Nothing: resets come through <see cref="IResetMember"/>.</summary>
        public override void Reset()
        {
        }

        /// <inheritdoc/>
        public void OnGPIO(int number, bool value)
        {
            if(number < 0 || number >= pins.Length)
            {
                this.Log(LogLevel.Warning, "There is no input {0}: 0 is RTC_AF1, 1 is RTC_AF2", number);
                return;
            }
            if(pins[number] == value)
            {
                return;
            }
            CatchUp();
            pins[number] = value;
            if(supplies.Resets.IsResetting)
            {
                return;
            }
            // TSEDGE 0: rising edge.
            if(timestampEnabled.Value && number == (timestampOnPin2.Value ? 1 : 0) && value != timestampOnFallingEdge.Value)
            {
                TakeTimestamp();
            }
            UpdateTampers();
            Update();
        }

        /// <inheritdoc/>
        void IResetMember.ResetState(ResetClass resetClass, ResetCause cause)
        {
            CatchUp();
            switch(resetClass)
            {
            case ResetClass.SystemReset:
            case ResetClass.BrownOutReset:
            case ResetClass.StandbyEntry:
            case ResetClass.StandbyWakeUp:
            case ResetClass.PowerOnReset:
                break;
            case ResetClass.PowerOnResetWithoutBattery:
            case ResetClass.BackupDomainReset:
                RegistersCollection.Reset();
                calendar = new RtcCalendar();
                calibration = new RtcCalibration();
                tampers[0].Reset();
                tampers[1].Reset();
                timestamp = new Timestamp();
                cyclesIntoSecond = 0;
                wakeUpDue = null;
                keyProgress = 0;
                shiftPendingUntil = 0;
                calibrationPendingUntil = 0;
                break;
            }
            // Shadow registers and initialization mode are in the VDD domain.
            initializing.Value = false;
            DesynchronizeShadow();
            isShadowReset = true;
        }

        /// <inheritdoc/>
        void IResetMember.ResetOutputs()
        {
            CatchUp();
            Update();
        }

        /// <inheritdoc/>
        void IRetainsState.WriteRetainedState(BinaryWriter writer)
        {
            foreach(var register in RetainedRegisters)
            {
                writer.Write(RegistersCollection.Read((long)register));
            }
            writer.Write(RegistersCollection.Read((long)Registers.ISR) & RetainedStatusFlags);
            foreach(var value in BackupRegisterValues)
            {
                writer.Write(value);
            }
        }

        /// <summary>Date and time as the calendar shows them, and whether it runs.</summary>
        public string CurrentTime
        {
            get
            {
                CatchUp();
                return $"{calendar}{(frequency == 0 ? " (stopped)" : IsInitializing ? " (being set)" : "")}";
            }
        }

        /// <inheritdoc/>
        DateTime IKeepsTime.TimeOfDay
        {
            get
            {
                CatchUp();
                return calendar.AsDateTime();
            }
        }

        /// <inheritdoc/>
        bool IKeepsTime.IsCounting => frequency != 0 && !IsInitializing;

        /// <summary>Frequency of the output RTC_CALIB in Hz (RTC_CR.COE, COSEL), 0 while it is off (RM0090 26.3.14).</summary>
        public double CalibrationOutputFrequency
        {
            get
            {
                // RTC_ALARM has the pin first.
                if(!calibrationOutputEnabled.Value || alarmOutputSelection.Value != 0 || frequency == 0)
                {
                    return 0;
                }
                return calibrationOutputOneHertz.Value ? (double)frequency / (256 * CyclesPerFraction) : (double)frequency / 64;
            }
        }

        /// <summary>Is flash read protection at level 1 or 2? Then only the core itself can read the backup registers.</summary>
        [HideInMonitor]
        public bool IsReadProtected { get; set; }

        /// <summary>Content of the backup registers BKP0R to BKP19R, whatever protects them.</summary>
        public uint[] BackupRegisterValues => backupRegisters.Select(x => (uint)x.Value).ToArray();

        /// <inheritdoc/>
        [HideInMonitor]
        public IEnumerable<KeyValuePair<string, string>> StatusLines
        {
            get
            {
                yield return KeyValuePair.Create("RTC", CurrentTime);
                if(tampers.Any(x => x.Flag.Value))
                {
                    yield return KeyValuePair.Create("Tamper", "detected: the backup registers were erased");
                }
            }
        }

        /// <summary>Alarm A or B, to EXTI line 17.</summary>
        public GPIO AlarmIRQ { get; }

        /// <summary>Wake-up timer, to EXTI line 22.</summary>
        public GPIO WakeUpIRQ { get; }

        /// <summary>Tamper and timestamp, to EXTI line 21.</summary>
        public GPIO TamperTimestampIRQ { get; }

        /// <summary>RTC_ALARM on pin RTC_AF1: the flag that RTC_CR.OSEL selects, inverted by POL. Low while OSEL is 0.</summary>
        public GPIO AlarmOutput { get; }

        private string RefusalOf(long offset)
        {
            if(rcc.HoldsBackupDomainInReset)
            {
                return "RCC_BDCR.BDRST is on";
            }
            if(IsProtectedByKey(offset) && !IsUnlocked)
            {
                return "the key 0xCA, 0x53 was not written to RTC_WPR";
            }
            switch((Registers)offset)
            {
            case Registers.TR:
            case Registers.DR:
            case Registers.PRER:
            case Registers.CALIBR:
                return IsInitializing ? null : "RTC_ISR.INITF is 0";
            case Registers.ALRMAR:
            case Registers.ALRMASSR:
                return alarms[0].Enabled.Value && !IsInitializing ? "RTC_CR.ALRAE is on" : null;
            case Registers.ALRMBR:
            case Registers.ALRMBSSR:
                return alarms[1].Enabled.Value && !IsInitializing ? "RTC_CR.ALRBE is on" : null;
            case Registers.WUTR:
                return wakeUpEnabled.Value ? "RTC_CR.WUTE is on" : null;
            case Registers.SHIFTR:
                return IsShiftPending ? "a shift is pending (RTC_ISR.SHPF)" : referenceClock.Value ? "RTC_CR.REFCKON is on" : null;
            case Registers.CALR:
                return IsCalibrationPending ? "a calibration is pending (RTC_ISR.RECALPF)" : null;
            }
            // The manual likens an enabled tamper pin to a level detection that goes on (26.3.13).
            return offset >= (long)Registers.BKP0R && tampers.Any(x => x.IsHeld) ? "a tamper pin is still active" : null;
        }

        private static bool IsBackupRegister(long offset)
        {
            return offset >= (long)Registers.BKP0R && offset < (long)Registers.BKP0R + (4 * BackupRegisters);
        }

        private static bool IsProtectedByKey(long offset)
        {
            switch((Registers)offset)
            {
            case Registers.WPR:
            case Registers.ISR:
            case Registers.TAFCR:
                return false;
            default:
                return offset < (long)Registers.BKP0R;
            }
        }

        private void DefineRegisters()
        {
            DefineTime(Registers.TR.Define(this), () => sampledTime)
                .WithWriteCallback((_, value) =>
                {
                    isShadowReset = false;
                    calendar.SetTime(value, twelveHours.Value);
                });

            DefineDate(Registers.DR.Define(this), () => sampledDate)
                .WithValueField(16, 4, valueProviderCallback: _ => BitHelper.GetValue(sampledDate, 16, 4), name: "YU")
                .WithValueField(20, 4, valueProviderCallback: _ => BitHelper.GetValue(sampledDate, 20, 4), name: "YT")
                .WithReservedBits(24, 8)
                .WithWriteCallback((_, value) =>
                {
                    isShadowReset = false;
                    calendar.SetDate(value);
                });

            Define(Registers.CR)
                .WithValueField(0, 3, out wakeUpClock, changeCallback: (old, _) =>
                {
                    if(wakeUpDue != null)
                    {
                        Refuse("RTC_CR.WUCKSEL", "RTC_CR.WUTE is on");
                        wakeUpClock.Value = old;
                    }
                }, name: "WUCKSEL")
                .WithFlag(3, out timestampOnFallingEdge, name: "TSEDGE")
                .WithFlag(4, out referenceClock, changeCallback: (old, _) => RequireInitialization(referenceClock, old, "REFCKON"), name: "REFCKON")
                .WithFlag(5, out bypassShadow, name: "BYPSHAD")
                .WithFlag(6, out twelveHours, changeCallback: (old, _) => RequireInitialization(twelveHours, old, "FMT"), name: "FMT")
                .WithFlag(7, out coarseCalibration, changeCallback: (old, _) => RequireInitialization(coarseCalibration, old, "DCE"), name: "DCE")
                .WithFlag(8, out alarms[0].Enabled, name: "ALRAE")
                .WithFlag(9, out alarms[1].Enabled, name: "ALRBE")
                .WithFlag(10, out wakeUpEnabled, changeCallback: (_, value) => StartWakeUpTimer(value), name: "WUTE")
                .WithFlag(11, out timestampEnabled, name: "TSE")
                .WithFlag(12, out alarms[0].InterruptEnabled, name: "ALRAIE")
                .WithFlag(13, out alarms[1].InterruptEnabled, name: "ALRBIE")
                .WithFlag(14, out wakeUpInterruptEnabled, name: "WUTIE")
                .WithFlag(15, out timestampInterruptEnabled, name: "TSIE")
                .WithFlag(16, FieldMode.Write, writeCallback: (_, value) => AddHours(value ? 1 : 0), name: "ADD1H")
                .WithFlag(17, FieldMode.Write, writeCallback: (_, value) => AddHours(value ? -1 : 0), name: "SUB1H")
                .WithFlag(18, name: "BKP")
                .WithFlag(19, out calibrationOutputOneHertz, name: "COSEL")
                .WithFlag(20, out invertAlarmOutput, name: "POL")
                .WithValueField(21, 2, out alarmOutputSelection, name: "OSEL")
                .WithFlag(23, out calibrationOutputEnabled, name: "COE")
                .WithReservedBits(24, 8);

            Define(Registers.ISR)
                .WithFlag(0, FieldMode.Read, valueProviderCallback: _ => !alarms[0].Enabled.Value && !IsInitializing, name: "ALRAWF")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => !alarms[1].Enabled.Value && !IsInitializing, name: "ALRBWF")
                .WithFlag(2, FieldMode.Read, valueProviderCallback: _ => !wakeUpEnabled.Value, name: "WUTWF")
                .WithFlag(3, FieldMode.Read, valueProviderCallback: _ => IsShiftPending, name: "SHPF")
                .WithFlag(4, FieldMode.Read, valueProviderCallback: _ => calendar.Year != 0, name: "INITS")
                .WithFlag(5, valueProviderCallback: _ => IsShadowSynchronized, writeCallback: (_, value) => WriteSynchronizedFlag(value), name: "RSF")
                .WithFlag(6, FieldMode.Read, valueProviderCallback: _ => IsInitializing, name: "INITF")
                .WithFlag(7, out initializing, changeCallback: (old, value) => WriteInitialize(old, value), name: "INIT")
                .WithFlag(8, out alarms[0].Flag, FieldMode.Read | FieldMode.WriteZeroToClear, name: "ALRAF")
                .WithFlag(9, out alarms[1].Flag, FieldMode.Read | FieldMode.WriteZeroToClear, name: "ALRBF")
                .WithFlag(10, out wakeUpFlag, FieldMode.Read | FieldMode.WriteZeroToClear, name: "WUTF")
                .WithFlag(11, out timestampFlag, FieldMode.Read | FieldMode.WriteZeroToClear, changeCallback: (_, __) => timestamp = new Timestamp(), name: "TSF")
                .WithFlag(12, out timestampOverflow, FieldMode.Read | FieldMode.WriteZeroToClear, name: "TSOVF")
                .WithFlag(13, out tampers[0].Flag, FieldMode.Read | FieldMode.WriteZeroToClear, name: "TAMP1F")
                .WithFlag(14, out tampers[1].Flag, FieldMode.Read | FieldMode.WriteZeroToClear, name: "TAMP2F")
                // ST's HAL writes ones to all reserved bits here.
                .WithReservedBits(15, 1, silent: true)
                .WithFlag(16, FieldMode.Read, valueProviderCallback: _ => IsCalibrationPending, name: "RECALPF")
                .WithReservedBits(17, 15, silent: true);

            Define(Registers.PRER)
                .WithValueField(0, 15, out synchronousPrescaler, name: "PREDIV_S")
                .WithReservedBits(15, 1)
                .WithValueField(16, 7, out asynchronousPrescaler, name: "PREDIV_A")
                .WithReservedBits(23, 9);

            Registers.WUTR.Define(this, 0x0000FFFF)
                .WithValueField(0, 16, out wakeUpReload, name: "WUT")
                .WithReservedBits(16, 16);

            Registers.CALIBR.Define(this)
                .WithValueField(0, 5, out coarseCalibrationMinutes, name: "DC")
                .WithReservedBits(5, 2)
                .WithFlag(7, out coarseCalibrationNegative, name: "DCS")
                .WithReservedBits(8, 24);

            DefineAlarm(alarms[0], Registers.ALRMAR, Registers.ALRMASSR);
            DefineAlarm(alarms[1], Registers.ALRMBR, Registers.ALRMBSSR);

            Registers.WPR.Define(this)
                .WithValueField(0, 8, FieldMode.Write, writeCallback: (_, value) => WriteKey((uint)value), name: "KEY")
                .WithReservedBits(8, 24);

            Define(Registers.SSR)
                .WithValueField(0, 16, FieldMode.Read, valueProviderCallback: _ => sampledSubSecond, name: "SS")
                .WithReservedBits(16, 16);

            Define(Registers.SHIFTR)
                .WithValueField(0, 15, FieldMode.Write, name: "SUBFS")
                .WithReservedBits(15, 16)
                .WithFlag(31, FieldMode.Write, name: "ADD1S")
                .WithWriteCallback((_, value) => Shift((long)(value & 0x7FFF), value >> 31));

            DefineTime(Registers.TSTR.Define(this), () => timestamp.Time, FieldMode.Read);
            DefineDate(Registers.TSDR.Define(this), () => timestamp.Date, FieldMode.Read)
                .WithReservedBits(16, 16);
            Define(Registers.TSSSR)
                .WithValueField(0, 16, FieldMode.Read, valueProviderCallback: _ => timestamp.SubSecond, name: "SS")
                .WithReservedBits(16, 16);

            Define(Registers.CALR)
                .WithValueField(0, 9, out calibrationMinus, name: "CALM")
                .WithReservedBits(9, 4)
                .WithFlag(13, out calibrationWindow16, name: "CALW16")
                .WithFlag(14, out calibrationWindow8, name: "CALW8")
                .WithFlag(15, out calibrationPlus, name: "CALP")
                .WithReservedBits(16, 16)
                .WithWriteCallback((_, __) =>
                {
                    if(frequency != 0)
                    {
                        calibrationPendingUntil = clockCycles + (3 * (ulong)CyclesPerFraction);
                    }
                });

            Define(Registers.TAFCR)
                .WithFlag(0, out tampers[0].Enabled, name: "TAMP1E")
                .WithFlag(1, out tampers[0].Trigger, name: "TAMP1TRG")
                .WithFlag(2, out tamperInterruptEnabled, name: "TAMPIE")
                .WithFlag(3, out tampers[1].Enabled, name: "TAMP2E")
                .WithFlag(4, out tampers[1].Trigger, name: "TAMP2TRG")
                .WithReservedBits(5, 2)
                .WithFlag(7, out timestampOnTamper, name: "TAMPTS")
                .WithValueField(8, 3, out tamperSampling, name: "TAMPFREQ")
                .WithValueField(11, 2, out tamperFilter, name: "TAMPFLT")
                // How long the pull-ups load the pins before each sample: here a pin is as the board drives it.
                .WithValueField(13, 2, name: "TAMPPRCH")
                .WithFlag(15, name: "TAMPPUDIS")
                .WithFlag(16, out tamper1OnPin2, name: "TAMP1INSEL")
                .WithFlag(17, out timestampOnPin2, name: "TSINSEL")
                .WithFlag(18, name: "ALARMOUTTYPE")
                .WithReservedBits(19, 13)
                .WithWriteCallback((_, __) => UpdateTampers());

            backupRegisters = new IValueRegisterField[BackupRegisters];
            Registers.BKP0R.DefineMany(this, BackupRegisters, (register, i) => register.WithValueField(0, 32, out backupRegisters[i], name: "BKP"));
        }

        private DoubleWordRegister DefineTime(DoubleWordRegister register, Func<uint> time, FieldMode mode = FieldMode.Read | FieldMode.Write)
        {
            return register
                .WithValueField(0, 4, mode, valueProviderCallback: _ => BitHelper.GetValue(time(), 0, 4), name: "SU")
                .WithValueField(4, 3, mode, valueProviderCallback: _ => BitHelper.GetValue(time(), 4, 3), name: "ST")
                .WithReservedBits(7, 1)
                .WithValueField(8, 4, mode, valueProviderCallback: _ => BitHelper.GetValue(time(), 8, 4), name: "MNU")
                .WithValueField(12, 3, mode, valueProviderCallback: _ => BitHelper.GetValue(time(), 12, 3), name: "MNT")
                .WithReservedBits(15, 1)
                .WithValueField(16, 4, mode, valueProviderCallback: _ => BitHelper.GetValue(time(), 16, 4), name: "HU")
                .WithValueField(20, 2, mode, valueProviderCallback: _ => BitHelper.GetValue(time(), 20, 2), name: "HT")
                .WithFlag(22, mode, valueProviderCallback: _ => BitHelper.IsBitSet(time(), 22), name: "PM")
                .WithReservedBits(23, 9);
        }

        private DoubleWordRegister DefineDate(DoubleWordRegister register, Func<uint> date, FieldMode mode = FieldMode.Read | FieldMode.Write)
        {
            return register
                .WithValueField(0, 4, mode, valueProviderCallback: _ => BitHelper.GetValue(date(), 0, 4), name: "DU")
                .WithValueField(4, 2, mode, valueProviderCallback: _ => BitHelper.GetValue(date(), 4, 2), name: "DT")
                .WithReservedBits(6, 2)
                .WithValueField(8, 4, mode, valueProviderCallback: _ => BitHelper.GetValue(date(), 8, 4), name: "MU")
                .WithFlag(12, mode, valueProviderCallback: _ => BitHelper.IsBitSet(date(), 12), name: "MT")
                .WithValueField(13, 3, mode, valueProviderCallback: _ => BitHelper.GetValue(date(), 13, 3), name: "WDU");
        }

        private void DefineAlarm(Alarm alarm, Registers register, Registers subSecond)
        {
            alarm.Setting = register.Define(this)
                .WithValueField(0, 4, name: "SU")
                .WithValueField(4, 3, name: "ST")
                .WithFlag(7, name: "MSK1")
                .WithValueField(8, 4, name: "MNU")
                .WithValueField(12, 3, name: "MNT")
                .WithFlag(15, name: "MSK2")
                .WithValueField(16, 4, name: "HU")
                .WithValueField(20, 2, name: "HT")
                .WithFlag(22, name: "PM")
                .WithFlag(23, name: "MSK3")
                .WithValueField(24, 4, name: "DU")
                .WithValueField(28, 2, name: "DT")
                .WithFlag(30, name: "WDSEL")
                .WithFlag(31, name: "MSK4");
            Define(subSecond)
                .WithValueField(0, 15, out alarm.SubSecond, name: "SS")
                .WithReservedBits(15, 9)
                .WithValueField(24, 4, out alarm.SubSecondBits, name: "MASKSS")
                .WithReservedBits(28, 4);
        }

        private void RequireInitialization(IFlagRegisterField flag, bool old, string name)
        {
            if(!IsInitializing)
            {
                Refuse("RTC_CR." + name, "RTC_ISR.INITF is 0");
                flag.Value = old;
            }
        }

        private void Refuse(string subject, string reason)
        {
            mistakes.Report(subject, "write ignored, because " + reason);
        }

        private bool IsRefused()
        {
            // GDB names the core as the one that reads, but doesn't run on its thread.
            if(!IsReadProtected || (sysbus.TryGetCurrentCPU(out var cpu) && cpu.OnPossessedThread))
            {
                return false;
            }
            if(!refusalReported)
            {
                refusalReported = true;
                this.Log(LogLevel.Warning, "Debugger's read of backup registers refused: flash read protection is on (further ones are not logged)");
            }
            return true;
        }

        private void WriteKey(uint value)
        {
            keyProgress = value == FirstKey ? 1 : value == SecondKey && keyProgress == 1 ? KeyComplete : 0;
        }

        private void WriteSynchronizedFlag(bool value)
        {
            if(!value && IsUnlocked)
            {
                DesynchronizeShadow();
            }
        }

        private void WriteInitialize(bool old, bool value)
        {
            if(!IsUnlocked)
            {
                mistakes.Report("RTC_ISR.INIT", "write ignored, because the key 0xCA, 0x53 was not written to RTC_WPR");
                initializing.Value = old;
                return;
            }
            if(!value)
            {
                // The prescalers start anew with the new time, and with them the coarse calibration.
                cyclesIntoSecond = 0;
                calibration.RestartCoarse();
                DesynchronizeShadow();
            }
        }

        private void DesynchronizeShadow()
        {
            shadowClearedAt = VirtualClock.Now(machine);
            lockedTime = null;
            lockedDate = null;
        }

        // Reading RTC_SSR or RTC_TR locks the later ones of SSR, TR, DR until RTC_DR is read (26.3.6).
        private void SampleShadow(Registers register)
        {
            if(register != Registers.SSR && register != Registers.TR && register != Registers.DR)
            {
                return;
            }
            var isReset = isShadowReset && !bypassShadow.Value && !HasShadowFollowed;
            isShadowReset = isReset;
            var time = isReset ? 0 : calendar.GetTime(twelveHours.Value);
            var date = isReset ? DateAtReset : calendar.GetDate();
            sampledSubSecond = isReset ? 0 : (ulong)((long)synchronousPrescaler.Value - Fraction) & 0xFFFF;
            sampledTime = time;
            sampledDate = date;
            if(bypassShadow.Value)
            {
                return;
            }
            switch(register)
            {
            case Registers.SSR:
                lockedTime = lockedTime ?? time;
                lockedDate = lockedDate ?? date;
                break;
            case Registers.TR:
                sampledTime = lockedTime ?? time;
                lockedDate = lockedDate ?? date;
                break;
            case Registers.DR:
                sampledDate = lockedDate ?? date;
                lockedTime = null;
                lockedDate = null;
                break;
            }
        }

        private void AddHours(int hours)
        {
            // SUB1H does nothing within the first hour of a day, and both only outside of initialization (26.6.3).
            if(hours != 0 && !IsInitializing && (hours > 0 || calendar.Hour != 0))
            {
                calendar.AddHours(hours);
            }
        }

        private void Shift(long fractions, uint seconds)
        {
            calendar.AddSeconds(seconds);
            cyclesIntoSecond -= fractions * CyclesPerFraction;
            shiftPendingUntil = clockCycles + (ulong)CyclesPerFraction;
        }

        private void TakeTimestamp()
        {
            if(timestampFlag.Value)
            {
                timestampOverflow.Value = true;
                return;
            }
            timestampFlag.Value = true;
            timestamp = new Timestamp
            {
                Time = calendar.GetTime(twelveHours.Value),
                Date = calendar.GetDate() & 0xFFFF,
                SubSecond = (uint)((long)synchronousPrescaler.Value - Fraction) & 0xFFFF,
            };
        }

        private void UpdateTampers()
        {
            // 2, 4 or 8 samples in a row; 0 stands for edges.
            var samples = tamperFilter.Value == 0 ? 0 : 1 << (int)tamperFilter.Value;
            var period = 32768u >> (int)tamperSampling.Value;
            for(var i = 0; i < tampers.Length; i++)
            {
                var pin = pins[i == 1 || tamper1OnPin2.Value ? 1 : 0];
                if(tampers[i].Update(pin, samples, period, clockCycles))
                {
                    DetectTamper(tampers[i]);
                }
            }
        }

        private void DetectTamper(RtcTamperInput tamper)
        {
            tamper.Flag.Value = true;
            foreach(var register in backupRegisters)
            {
                register.Value = 0;
            }
            if(timestampOnTamper.Value)
            {
                TakeTimestamp();
            }
            this.Log(LogLevel.Info, "Tamper event: the backup registers are erased");
        }

        private void HandleClockChanged()
        {
            if(rcc.RtcClockFrequency != frequency)
            {
                // What has passed was counted with the old clock.
                CatchUp();
                frequency = rcc.RtcClockFrequency;
                partialCycle = 0;
                Update();
            }
        }

        /// <summary>Brings flags, interrupts and the next event in line with the current time and settings.</summary>
        private void Update()
        {
            CatchUp();
            foreach(var alarm in alarms)
            {
                alarm.Due = alarm.Enabled.Value && !IsInitializing ? CyclesToAlarm(alarm) : null;
            }
            SetOutput(AlarmIRQ, alarms.Any(x => x.Flag.Value && x.InterruptEnabled.Value));
            SetOutput(WakeUpIRQ, wakeUpFlag.Value && wakeUpInterruptEnabled.Value);
            SetOutput(TamperTimestampIRQ, (timestampFlag.Value && timestampInterruptEnabled.Value)
                || (tamperInterruptEnabled.Value && tampers.Any(x => x.Flag.Value)));
            AlarmOutput.Set(alarmOutputSelection.Value != 0 && SelectedAlarmFlag != invertAlarmOutput.Value);

            var due = new[] { CyclesToWakeUp(), CyclesToFire(alarms[0]), CyclesToFire(alarms[1]), tampers[0].CyclesLeft(clockCycles), tampers[1].CyclesLeft(clockCycles) }.Min();
            eventTimer.Enabled = false;
            if(due != null && frequency != 0)
            {
                eventTimer.Frequency = frequency;
                eventTimer.Limit = Math.Max(1, due.Value);
                eventTimer.ResetValue();
                eventTimer.Enabled = true;
            }
        }

        private void SetOutput(GPIO output, bool value)
        {
            if(value && !output.IsSet)
            {
                pwr.SignalWakeUp();
            }
            output.Set(value);
        }

        private void CatchUp()
        {
            var now = VirtualClock.Now(machine);
            var elapsed = now - lastCatchUp;
            lastCatchUp = now;
            if(frequency == 0)
            {
                return;
            }
            // 64 bits would overflow after a power cut of a few hours.
            var units = ((UInt128)elapsed.Ticks * frequency) + partialCycle;
            partialCycle = (ulong)(units % TimeInterval.TicksPerSecond);
            Count((ulong)(units / TimeInterval.TicksPerSecond));
        }

        private void Count(ulong cycles)
        {
            clockCycles += cycles;
            if(wakeUpDue != null && wakeUpClock.Value < FirstWakeUpClockOfSeconds)
            {
                var divided = wakeUpCycles + cycles;
                wakeUpCycles = divided % WakeUpDivider;
                CountWakeUp(divided / WakeUpDivider);
            }
            if(!initializing.Value)
            {
                CountCalibrated(calibration.Calibrate(cycles, CalibrationSetting));
            }
            if(tampers.Any(x => x.CyclesLeft(clockCycles) == 0))
            {
                UpdateTampers();
            }
        }

        private void CountCalibrated(long cycles)
        {
            foreach(var alarm in alarms.Where(x => x.Due != null))
            {
                var left = (long)alarm.Due.Value - cycles;
                alarm.Flag.Value |= left <= 0;
                alarm.Due = left <= 0 ? (ulong?)null : (ulong)left;
            }
            cyclesIntoSecond += cycles;
            if(cyclesIntoSecond >= CyclesPerSecond)
            {
                var seconds = (ulong)(cyclesIntoSecond / CyclesPerSecond);
                calendar.AddSeconds(seconds);
                cyclesIntoSecond %= CyclesPerSecond;
                if(wakeUpDue != null && wakeUpClock.Value >= FirstWakeUpClockOfSeconds)
                {
                    CountWakeUp(seconds);
                }
            }
        }

        private void StartWakeUpTimer(bool start)
        {
            wakeUpCycles = 0;
            wakeUpDue = start ? WakeUpPeriod : (ulong?)null;
        }

        private void CountWakeUp(ulong clocks)
        {
            if(clocks < wakeUpDue)
            {
                wakeUpDue -= clocks;
                return;
            }
            wakeUpFlag.Value = true;
            wakeUpDue = WakeUpPeriod - ((clocks - wakeUpDue.Value) % WakeUpPeriod);
        }

        private ulong? CyclesToWakeUp()
        {
            if(wakeUpDue == null)
            {
                return null;
            }
            if(wakeUpClock.Value < FirstWakeUpClockOfSeconds)
            {
                return (wakeUpDue.Value * WakeUpDivider) - wakeUpCycles;
            }
            return IsInitializing ? (ulong?)null
                : calibration.CyclesAtMost((ulong)(((long)wakeUpDue.Value * CyclesPerSecond) - cyclesIntoSecond), CalibrationSetting);
        }

        // Calibrated clocks to those of the oscillator; an estimate that is too low only leads to one more look.
        private ulong? CyclesToFire(Alarm alarm) => alarm.Due == null ? (ulong?)null : calibration.CyclesAtMost(alarm.Due.Value, CalibrationSetting);

        private ulong? CyclesToAlarm(Alarm alarm)
        {
            // Without sub-seconds an alarm comes with the change of the second, else it may still come within this one.
            var wholeSeconds = alarm.SubSecondBits.Value == 0;
            long? fraction = 0;
            var seconds = 0ul;
            if(!wholeSeconds && calendar.Matches(alarm.Setting.Value, twelveHours.Value))
            {
                fraction = FirstMatchingFraction(alarm, Fraction + 1);
                if(fraction != null)
                {
                    return CyclesTo(seconds, fraction.Value);
                }
            }
            if(!calendar.TryGetSecondsToMatch(alarm.Setting.Value, out seconds, twelveHours.Value))
            {
                return null;
            }
            fraction = wholeSeconds ? 0 : FirstMatchingFraction(alarm, 0);
            return fraction == null ? null : CyclesTo(seconds, fraction.Value);
        }

        private ulong? CyclesTo(ulong seconds, long fraction)
        {
            return (ulong)Math.Max(1, ((long)seconds * CyclesPerSecond) + (fraction * CyclesPerFraction) - cyclesIntoSecond);
        }

        private long? FirstMatchingFraction(Alarm alarm, long first)
        {
            var mask = (1ul << (int)alarm.SubSecondBits.Value) - 1;
            var last = (long)synchronousPrescaler.Value;
            for(var fraction = first; fraction <= last; fraction++)
            {
                if((((ulong)(last - fraction) ^ alarm.SubSecond.Value) & mask & 0x7FFF) == 0)
                {
                    return fraction;
                }
            }
            return null;
        }

        private bool IsUnlocked => keyProgress == KeyComplete;

        private bool IsInitializing => initializing.Value && frequency != 0;

        private bool IsShadowSynchronized => !initializing.Value && !bypassShadow.Value && !IsShiftPending && HasShadowFollowed;

        private long CyclesPerFraction => (long)asynchronousPrescaler.Value + 1;

        private long CyclesPerSecond => CyclesPerFraction * ((long)synchronousPrescaler.Value + 1);

        private long Fraction => (long)Math.Floor((double)cyclesIntoSecond / CyclesPerFraction);

        private ulong WakeUpPeriod => wakeUpReload.Value + 1 + (wakeUpClock.Value >= FirstWakeUpClockOfLongRange ? 0x10000u : 0);

        private ulong WakeUpDivider => 16ul >> (int)wakeUpClock.Value;

        private bool HasShadowFollowed => frequency != 0
            && (VirtualClock.Now(machine) - shadowClearedAt).Ticks >= 2 * TimeInterval.TicksPerSecond / frequency;

        private bool IsShiftPending => clockCycles < shiftPendingUntil;

        private bool IsCalibrationPending => clockCycles < calibrationPendingUntil;

        private bool SelectedAlarmFlag => alarmOutputSelection.Value == 3 ? wakeUpFlag.Value : alarms[(int)alarmOutputSelection.Value - 1].Flag.Value;

        private RtcCalibrationSetting CalibrationSetting => new RtcCalibrationSetting
        {
            Minus = (uint)calibrationMinus.Value & (calibrationWindow8.Value ? ~3u : calibrationWindow16.Value ? ~1u : ~0u),
            // Without three cycles of ck_apre there is no room for the inserted pulse (26.6.16).
            Plus = calibrationPlus.Value && asynchronousPrescaler.Value >= 3,
            CoarseMinutes = coarseCalibration.Value ? 2 * (uint)coarseCalibrationMinutes.Value : 0,
            CoarseNegative = coarseCalibrationNegative.Value,
            CyclesPerFraction = (uint)CyclesPerFraction,
        };

        private RtcCalendar calendar;
        private long cyclesIntoSecond;
        private ulong partialCycle;
        private ulong frequency;
        private ulong clockCycles;
        private ulong? wakeUpDue;
        private ulong wakeUpCycles;
        private ulong shiftPendingUntil;
        private ulong calibrationPendingUntil;
        private RtcCalibration calibration;
        private Timestamp timestamp;
        private int keyProgress;
        private TimeInterval lastCatchUp;
        private TimeInterval shadowClearedAt;
        private uint? lockedTime;
        private uint? lockedDate;
        private uint sampledTime;
        private uint sampledDate;
        private ulong sampledSubSecond;
        private bool isShadowReset = true;
        private bool refusalReported;

        private IFlagRegisterField bypassShadow;
        private IFlagRegisterField twelveHours;
        private IFlagRegisterField wakeUpEnabled;
        private IFlagRegisterField wakeUpInterruptEnabled;
        private IFlagRegisterField wakeUpFlag;
        private IFlagRegisterField initializing;
        private IFlagRegisterField referenceClock;
        private IFlagRegisterField coarseCalibration;
        private IFlagRegisterField coarseCalibrationNegative;
        private IFlagRegisterField calibrationPlus;
        private IFlagRegisterField calibrationWindow8;
        private IFlagRegisterField calibrationWindow16;
        private IFlagRegisterField calibrationOutputEnabled;
        private IFlagRegisterField calibrationOutputOneHertz;
        private IFlagRegisterField invertAlarmOutput;
        private IFlagRegisterField timestampEnabled;
        private IFlagRegisterField timestampOnFallingEdge;
        private IFlagRegisterField timestampInterruptEnabled;
        private IFlagRegisterField timestampFlag;
        private IFlagRegisterField timestampOverflow;
        private IFlagRegisterField timestampOnTamper;
        private IFlagRegisterField timestampOnPin2;
        private IFlagRegisterField tamperInterruptEnabled;
        private IFlagRegisterField tamper1OnPin2;
        private IValueRegisterField tamperSampling;
        private IValueRegisterField tamperFilter;
        private IValueRegisterField coarseCalibrationMinutes;
        private IValueRegisterField calibrationMinus;
        private IValueRegisterField alarmOutputSelection;
        private IValueRegisterField wakeUpClock;
        private IValueRegisterField wakeUpReload;
        private IValueRegisterField synchronousPrescaler;
        private IValueRegisterField asynchronousPrescaler;
        private IValueRegisterField[] backupRegisters;

        private readonly STM32F4_Supplies supplies;
        private readonly STM32F4_PWR pwr;
        private readonly STM32F4_RCC rcc;
        private readonly LimitTimer eventTimer;
        private readonly Alarm[] alarms;
        private readonly RtcTamperInput[] tampers;
        private readonly bool[] pins = new bool[2];

        private const ulong NominalFrequency = 32768;
        private const int BackupRegisters = 20;
        private const uint FirstKey = 0xCA;
        private const uint SecondKey = 0x53;
        private const int KeyComplete = 2;
        private const uint DateAtReset = 0x2101;
        // INITS, and the flags of alarms, wake-up, timestamp and tampers.
        private const uint RetainedStatusFlags = 0x7F10;
        // RTC_CR.WUCKSEL: 10x counts seconds, 11x counts 2^16 more of them.
        private const ulong FirstWakeUpClockOfSeconds = 4;
        private const ulong FirstWakeUpClockOfLongRange = 6;

        // All but the time of day and what the VDD domain holds (RM0090 26.6).
        private static readonly Registers[] RetainedRegisters =
        {
            Registers.CR, Registers.PRER, Registers.WUTR, Registers.CALIBR, Registers.ALRMAR, Registers.ALRMBR,
            Registers.TSTR, Registers.TSDR, Registers.TSSSR, Registers.CALR,
            Registers.TAFCR, Registers.ALRMASSR, Registers.ALRMBSSR,
        };

        private struct Timestamp
        {
            public uint Time;
            public uint Date;
            public uint SubSecond;
        }

        private class Alarm
        {
            public IFlagRegisterField Enabled;
            public IFlagRegisterField InterruptEnabled;
            public IFlagRegisterField Flag;
            public DoubleWordRegister Setting;
            public IValueRegisterField SubSecond;
            public IValueRegisterField SubSecondBits;
            public ulong? Due;
        }

        private enum Registers
        {
            TR = 0x00,
            DR = 0x04,
            CR = 0x08,
            ISR = 0x0C,
            PRER = 0x10,
            WUTR = 0x14,
            CALIBR = 0x18,
            ALRMAR = 0x1C,
            ALRMBR = 0x20,
            WPR = 0x24,
            SSR = 0x28,
            SHIFTR = 0x2C,
            TSTR = 0x30,
            TSDR = 0x34,
            TSSSR = 0x38,
            CALR = 0x3C,
            TAFCR = 0x40,
            ALRMASSR = 0x44,
            ALRMBSSR = 0x48,
            BKP0R = 0x50,
        }
    }
}
