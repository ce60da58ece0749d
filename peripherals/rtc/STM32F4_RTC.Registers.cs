// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.UserInterface;
using Antmicro.Renode.Utilities;

namespace Antmicro.Renode.Peripherals.Chip
{
    // The registers (RM0090 26.6), and the rules of writing them.
    public partial class STM32F4_RTC
    {
        /// <inheritdoc/>
        [HideInMonitor]
        public bool IsHeldByDebugger
        {
            get => isHeldByDebugger;
            set
            {
                isHeldByDebugger = value;
                HandleClockChanged();
            }
        }

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
            DefineTime(Registers.TR.Define(this), () => shadow.Sampled.Time)
                .WithWriteCallback((_, value) =>
                {
                    shadow.IsReset = false;
                    calendar.SetTime(value, twelveHours.Value);
                });

            DefineDate(Registers.DR.Define(this), () => shadow.Sampled.Date)
                .WithValueField(16, 4, valueProviderCallback: _ => BitHelper.GetValue(shadow.Sampled.Date, 16, 4), name: "YU")
                .WithValueField(20, 4, valueProviderCallback: _ => BitHelper.GetValue(shadow.Sampled.Date, 20, 4), name: "YT")
                .WithReservedBits(24, 8)
                .WithWriteCallback((_, value) =>
                {
                    shadow.IsReset = false;
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
                .WithFlag(11, out timestampFlag, FieldMode.Read | FieldMode.WriteZeroToClear, changeCallback: (_, __) => timestamp = new RtcInstant(), name: "TSF")
                .WithFlag(12, out timestampOverflow, FieldMode.Read | FieldMode.WriteZeroToClear, name: "TSOVF")
                .WithFlag(13, out tampers[0].Flag, FieldMode.Read | FieldMode.WriteZeroToClear, name: "TAMP1F")
                .WithFlag(14, out tampers[1].Flag, FieldMode.Read | FieldMode.WriteZeroToClear, name: "TAMP2F")
                // ST's HAL writes ones to all reserved bits here.
                .WithValueField(15, 1, FieldMode.Read, name: "RESERVED")
                .WithFlag(16, FieldMode.Read, valueProviderCallback: _ => IsCalibrationPending, name: "RECALPF")
                .WithValueField(17, 15, FieldMode.Read, name: "RESERVED");

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
                .WithValueField(0, 16, FieldMode.Read, valueProviderCallback: _ => shadow.Sampled.SubSecond, name: "SS")
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

        private void WriteKey(uint value)
        {
            keyProgress = value == FirstKey ? 1 : value == SecondKey && keyProgress == 1 ? KeyComplete : 0;
        }

        private void WriteSynchronizedFlag(bool value)
        {
            if(!value && IsUnlocked)
            {
                shadow.Desynchronize(VirtualClock.Now(machine));
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
                shadow.Desynchronize(VirtualClock.Now(machine));
            }
        }

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

        private const int BackupRegisters = 20;
        private const uint FirstKey = 0xCA;
        private const uint SecondKey = 0x53;
        private const int KeyComplete = 2;
        // INITS, and the flags of alarms, wake-up, timestamp and tampers.
        private const uint RetainedStatusFlags = 0x7F10;

        // All but the time of day and what the VDD domain holds (RM0090 26.6).
        private static readonly Registers[] RetainedRegisters =
        {
            Registers.CR, Registers.PRER, Registers.WUTR, Registers.CALIBR, Registers.ALRMAR, Registers.ALRMBR,
            Registers.TSTR, Registers.TSDR, Registers.TSSSR, Registers.CALR,
            Registers.TAFCR, Registers.ALRMASSR, Registers.ALRMBSSR,
        };

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
