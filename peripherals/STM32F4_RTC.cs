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

namespace Antmicro.Renode.Peripherals.BackupDomain
{
    /// <summary>
    /// Real-time clock and the 20 backup registers (RM0090 chapter 26). It counts in virtual time, as RCC_BDCR clocks it: on
    /// LSE also while VDD is off, on LSI or HSE only while it is on.
    /// </summary>
    /// <remarks>
    /// Not modelled yet: timestamp, tamper detection, outputs, coarse and smooth calibration (their registers store).
    /// We choose: initialization mode, the wake-up timer and the alarms can be configured at once after being asked for;
    /// the shadow registers follow two RTC clocks after RSF was cleared; impossible dates count on from the nearest possible one.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_RTC : BasicDoubleWordPeripheral, IKnownSize, IResetClassMember, IStatusProvider
    {
        /// <summary>Creates the clock, standing at 2000-01-01 00:00:00.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip.</param>
        /// <param name="pwr">Power controller of the chip.</param>
        /// <param name="rcc">Clock controller of the chip.</param>
        public STM32F4_RTC(IMachine machine, STM32F4_Supplies supplies, STM32F4_PWR pwr, STM32F4_RCC rcc) : base(machine)
        {
            if(supplies == null || pwr == null || rcc == null)
            {
                throw new ConstructionException("'supplies', 'pwr' or 'rcc' is missing: name the chip's models");
            }
            this.pwr = pwr;
            this.rcc = rcc;
            mistakes = new GuestMistakes(machine, this);
            AlarmIRQ = new GPIO();
            WakeUpIRQ = new GPIO();
            TamperTimestampIRQ = new GPIO();
            alarms = new[] { new Alarm(), new Alarm() };
            calendar = new RtcCalendar();
            eventTimer = new LimitTimer(machine.ClockSource, NominalFrequency, this, "next event", limit: uint.MaxValue,
                direction: Direction.Ascending, workMode: WorkMode.OneShot, eventEnabled: true);
            eventTimer.LimitReached += Update;
            DefineRegisters();
            supplies.Attach(this);
            rcc.RtcClockChanged += HandleClockChanged;
        }

        /// <inheritdoc/>
        public override uint ReadDoubleWord(long offset)
        {
            CatchUp();
            return base.ReadDoubleWord(offset);
        }

        /// <inheritdoc/>
        public override void WriteDoubleWord(long offset, uint value)
        {
            if(!pwr.BackupDomainWritable)
            {
                mistakes.Report(OffsetToString(offset), "write ignored, because PWR_CR.DBP is 0");
                return;
            }
            if(IsProtectedByKey(offset) && !IsUnlocked)
            {
                mistakes.Report(OffsetToString(offset), "write ignored, because the key 0xCA, 0x53 was not written to RTC_WPR");
                return;
            }
            if(NeedsInitialization.Contains((Registers)offset) && !IsInitializing)
            {
                mistakes.Report(OffsetToString(offset), "write ignored, because RTC_ISR.INITF is 0");
                return;
            }
            CatchUp();
            base.WriteDoubleWord(offset, value);
            Update();
        }

        /// <inheritdoc/>
        public override string OffsetToString(long offset)
        {
            return offset >= (long)Registers.Backup0 && offset < (long)Registers.Backup0 + (4 * BackupRegisters) ? $"RTC_BKP{(offset - (long)Registers.Backup0) / 4}R"
                : Enum.IsDefined((Registers)offset) ? $"RTC {(Registers)offset}" : $"RTC+0x{offset:X}";
        }

        /// <summary>A system reset: clears the shadow registers and leaves initialization mode; all else belongs to the backup domain.</summary>
        public override void Reset()
        {
            CatchUp();
            initializing.Value = false;
            DesynchronizeShadow();
            Update();
        }

        /// <inheritdoc/>
        public void ApplyReset(ResetClass resetClass, ResetCause cause)
        {
            switch(resetClass)
            {
            case ResetClass.SystemReset:
            case ResetClass.BrownOutReset:
            case ResetClass.StandbyWakeUp:
            case ResetClass.PowerOnReset:
                break;
            case ResetClass.PowerOnResetWithoutBattery:
            case ResetClass.BackupDomainReset:
                RegistersCollection.Reset();
                calendar = new RtcCalendar();
                cyclesIntoSecond = 0;
                wakeUpDue = null;
                keyProgress = 0;
                break;
            }
            Reset();
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

        /// <summary>Content of the backup registers BKP0R to BKP19R.</summary>
        public uint[] BackupRegisterValues => backupRegisters.Select(x => (uint)x.Value).ToArray();

        /// <summary>Mistakes of the guest program seen by this model.</summary>
        public int GuestMistakeCount => mistakes.Count;

        /// <summary>The mistakes, one line for each kind.</summary>
        public string GuestMistakes => mistakes.Summary;

        /// <inheritdoc/>
        public IEnumerable<KeyValuePair<string, string>> StatusLines
        {
            get
            {
                yield return KeyValuePair.Create("RTC", CurrentTime);
            }
        }

        /// <inheritdoc/>
        public long Size => 0x400;

        /// <summary>Alarm A or B, to EXTI line 17.</summary>
        public GPIO AlarmIRQ { get; }

        /// <summary>Wake-up timer, to EXTI line 22.</summary>
        public GPIO WakeUpIRQ { get; }

        /// <summary>Tamper and timestamp, to EXTI line 21.</summary>
        public GPIO TamperTimestampIRQ { get; }

        private static bool IsProtectedByKey(long offset)
        {
            switch((Registers)offset)
            {
            case Registers.WriteProtection:
            case Registers.InitializationStatus:
            case Registers.TamperAlternateFunction:
                return false;
            default:
                return offset < (long)Registers.Backup0;
            }
        }

        private void DefineRegisters()
        {
            Registers.Time.Define(this)
                .WithValueField(0, 32, valueProviderCallback: _ => ReadTime(), writeCallback: (_, value) => calendar.SetTime((uint)value, twelveHours.Value), name: "PM, HT, HU, MNT, MNU, ST, SU");

            Registers.Date.Define(this)
                .WithValueField(0, 32, valueProviderCallback: _ => ReadDate(), writeCallback: (_, value) => calendar.SetDate((uint)value), name: "YT, YU, WDU, MT, MU, DT, DU");

            Registers.Control.Define(this)
                .WithValueField(0, 3, out wakeUpClock, name: "WUCKSEL")
                .WithFlag(3, name: "TSEDGE")
                .WithFlag(4, name: "REFCKON")
                .WithFlag(5, out bypassShadow, name: "BYPSHAD")
                .WithFlag(6, out twelveHours, name: "FMT")
                .WithFlag(7, name: "DCE")
                .WithFlag(8, out alarms[0].Enabled, name: "ALRAE")
                .WithFlag(9, out alarms[1].Enabled, name: "ALRBE")
                .WithFlag(10, out wakeUpEnabled, changeCallback: (_, value) => wakeUpDue = value ? WakeUpPeriod : (ulong?)null, name: "WUTE")
                .WithFlag(11, name: "TSE")
                .WithFlag(12, out alarms[0].InterruptEnabled, name: "ALRAIE")
                .WithFlag(13, out alarms[1].InterruptEnabled, name: "ALRBIE")
                .WithFlag(14, out wakeUpInterruptEnabled, name: "WUTIE")
                .WithFlag(15, name: "TSIE")
                .WithFlag(16, FieldMode.Write, writeCallback: (_, value) => calendar.AddHours(value ? 1 : 0), name: "ADD1H")
                .WithFlag(17, FieldMode.Write, writeCallback: (_, value) => calendar.AddHours(value ? -1 : 0), name: "SUB1H")
                .WithFlag(18, name: "BKP")
                .WithFlag(19, name: "COSEL")
                .WithFlag(20, name: "POL")
                .WithValueField(21, 2, name: "OSEL")
                .WithFlag(23, name: "COE")
                .WithReservedBits(24, 8);

            Registers.InitializationStatus.Define(this)
                .WithFlag(0, FieldMode.Read, valueProviderCallback: _ => !alarms[0].Enabled.Value, name: "ALRAWF")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => !alarms[1].Enabled.Value, name: "ALRBWF")
                .WithFlag(2, FieldMode.Read, valueProviderCallback: _ => !wakeUpEnabled.Value, name: "WUTWF")
                .WithFlag(3, FieldMode.Read, valueProviderCallback: _ => false, name: "SHPF")
                .WithFlag(4, FieldMode.Read, valueProviderCallback: _ => calendar.Year != 0, name: "INITS")
                .WithFlag(5, valueProviderCallback: _ => IsShadowSynchronized, writeCallback: (_, value) => WriteSynchronizedFlag(value), name: "RSF")
                .WithFlag(6, FieldMode.Read, valueProviderCallback: _ => IsInitializing, name: "INITF")
                .WithFlag(7, out initializing, changeCallback: (old, value) => WriteInitialize(old, value), name: "INIT")
                .WithFlag(8, out alarms[0].Flag, FieldMode.Read | FieldMode.WriteZeroToClear, name: "ALRAF")
                .WithFlag(9, out alarms[1].Flag, FieldMode.Read | FieldMode.WriteZeroToClear, name: "ALRBF")
                .WithFlag(10, out wakeUpFlag, FieldMode.Read | FieldMode.WriteZeroToClear, name: "WUTF")
                .WithFlag(11, FieldMode.Read | FieldMode.WriteZeroToClear, name: "TSF")
                .WithFlag(12, FieldMode.Read | FieldMode.WriteZeroToClear, name: "TSOVF")
                .WithFlag(13, FieldMode.Read | FieldMode.WriteZeroToClear, name: "TAMP1F")
                .WithFlag(14, FieldMode.Read | FieldMode.WriteZeroToClear, name: "TAMP2F")
                // ST's HAL writes ones to all reserved bits here.
                .WithReservedBits(15, 1, silent: true)
                .WithFlag(16, FieldMode.Read, valueProviderCallback: _ => false, name: "RECALPF")
                .WithReservedBits(17, 15, silent: true);

            Registers.Prescaler.Define(this, 0x007F00FF)
                .WithValueField(0, 15, out synchronousPrescaler, name: "PREDIV_S")
                .WithReservedBits(15, 1)
                .WithValueField(16, 7, out asynchronousPrescaler, name: "PREDIV_A")
                .WithReservedBits(23, 9);

            Registers.WakeUpTimer.Define(this, 0x0000FFFF)
                .WithValueField(0, 16, out wakeUpReload, changeCallback: (old, _) =>
                {
                    if(wakeUpEnabled.Value)
                    {
                        mistakes.Report("RTC_WUTR", "write ignored, because RTC_CR.WUTE is on");
                        wakeUpReload.Value = old;
                    }
                }, name: "WUT")
                .WithReservedBits(16, 16);

            Registers.Calibration.Define(this)
                .WithValueField(0, 5, name: "DC")
                .WithReservedBits(5, 2)
                .WithFlag(7, name: "DCS")
                .WithReservedBits(8, 24);

            DefineAlarm(alarms[0], Registers.AlarmA, Registers.AlarmASubSecond);
            DefineAlarm(alarms[1], Registers.AlarmB, Registers.AlarmBSubSecond);

            Registers.WriteProtection.Define(this)
                .WithValueField(0, 8, FieldMode.Write, writeCallback: (_, value) => WriteKey((uint)value), name: "KEY")
                .WithReservedBits(8, 24);

            Registers.SubSecond.Define(this)
                .WithValueField(0, 16, FieldMode.Read, valueProviderCallback: _ => ReadSubSecond(), name: "SS")
                .WithReservedBits(16, 16);

            Registers.ShiftControl.Define(this)
                .WithValueField(0, 15, FieldMode.Write, name: "SUBFS")
                .WithReservedBits(15, 16)
                .WithFlag(31, FieldMode.Write, writeCallback: (_, value) => calendar.AddSeconds(value ? 1u : 0u), name: "ADD1S")
                .WithWriteCallback((_, value) => cyclesIntoSecond -= (long)(value & 0x7FFF) * CyclesPerFraction);

            Registers.TimestampTime.Define(this).WithValueField(0, 32, FieldMode.Read, name: "TSTR");
            Registers.TimestampDate.Define(this).WithValueField(0, 32, FieldMode.Read, name: "TSDR");
            Registers.TimestampSubSecond.Define(this).WithValueField(0, 32, FieldMode.Read, name: "TSSSR");

            Registers.SmoothCalibration.Define(this)
                .WithValueField(0, 9, name: "CALM")
                .WithReservedBits(9, 4)
                .WithFlag(13, name: "CALW16")
                .WithFlag(14, name: "CALW8")
                .WithFlag(15, name: "CALP")
                .WithReservedBits(16, 16);

            Registers.TamperAlternateFunction.Define(this)
                .WithFlag(0, name: "TAMP1E")
                .WithFlag(1, name: "TAMP1TRG")
                .WithFlag(2, name: "TAMPIE")
                .WithFlag(3, name: "TAMP2E")
                .WithFlag(4, name: "TAMP2TRG")
                .WithReservedBits(5, 2)
                .WithFlag(7, name: "TAMPTS")
                .WithValueField(8, 3, name: "TAMPFREQ")
                .WithValueField(11, 2, name: "TAMPFLT")
                .WithValueField(13, 2, name: "TAMPPRCH")
                .WithFlag(15, name: "TAMPPUDIS")
                .WithFlag(16, name: "TAMP1INSEL")
                .WithFlag(17, name: "TSINSEL")
                .WithFlag(18, name: "ALARMOUTTYPE")
                .WithReservedBits(19, 13);

            backupRegisters = new IValueRegisterField[BackupRegisters];
            Registers.Backup0.DefineMany(this, BackupRegisters, (register, i) => register.WithValueField(0, 32, out backupRegisters[i], name: $"BKP{i}R"));
        }

        private void DefineAlarm(Alarm alarm, Registers register, Registers subSecond)
        {
            register.Define(this)
                .WithValueField(0, 32, out alarm.Setting, name: "MSK4, WDSEL, DT, DU, MSK3, PM, HT, HU, MSK2, MNT, MNU, MSK1, ST, SU");
            subSecond.Define(this)
                .WithValueField(0, 15, out alarm.SubSecond, name: "SS")
                .WithReservedBits(15, 9)
                .WithValueField(24, 4, out alarm.SubSecondBits, name: "MASKSS")
                .WithReservedBits(28, 4);
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
                // The prescalers start anew with the new time.
                cyclesIntoSecond = 0;
                DesynchronizeShadow();
            }
        }

        private void DesynchronizeShadow()
        {
            shadowClearedAt = VirtualClock.Now(machine);
            lockedTime = null;
            lockedDate = null;
        }

        private ulong ReadTime()
        {
            if(bypassShadow.Value)
            {
                return calendar.GetTime(twelveHours.Value);
            }
            var result = lockedTime ?? calendar.GetTime(twelveHours.Value);
            lockedDate = lockedDate ?? calendar.GetDate();
            return result;
        }

        private ulong ReadDate()
        {
            var result = bypassShadow.Value ? calendar.GetDate() : lockedDate ?? calendar.GetDate();
            lockedTime = null;
            lockedDate = null;
            return result;
        }

        private ulong ReadSubSecond()
        {
            if(!bypassShadow.Value && lockedTime == null)
            {
                lockedTime = calendar.GetTime(twelveHours.Value);
                lockedDate = calendar.GetDate();
            }
            return (ulong)((long)synchronousPrescaler.Value - Fraction) & 0xFFFF;
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

            var due = new[] { wakeUpDue, alarms[0].Due, alarms[1].Due }.Min();
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
            if(wakeUpDue != null)
            {
                if(cycles >= wakeUpDue)
                {
                    wakeUpFlag.Value = true;
                    wakeUpDue = WakeUpPeriod - ((cycles - wakeUpDue.Value) % WakeUpPeriod);
                }
                else
                {
                    wakeUpDue -= cycles;
                }
            }
            if(initializing.Value)
            {
                return;
            }
            foreach(var alarm in alarms.Where(x => x.Due != null))
            {
                alarm.Flag.Value |= cycles >= alarm.Due;
                alarm.Due = cycles >= alarm.Due ? null : alarm.Due - cycles;
            }
            cyclesIntoSecond += (long)cycles;
            if(cyclesIntoSecond >= CyclesPerSecond)
            {
                calendar.AddSeconds((ulong)(cyclesIntoSecond / CyclesPerSecond));
                cyclesIntoSecond %= CyclesPerSecond;
            }
        }

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

        private bool IsShadowSynchronized => frequency != 0 && !initializing.Value
            && (VirtualClock.Now(machine) - shadowClearedAt).Ticks >= 2 * TimeInterval.TicksPerSecond / frequency;

        private long CyclesPerFraction => (long)asynchronousPrescaler.Value + 1;

        private long CyclesPerSecond => CyclesPerFraction * ((long)synchronousPrescaler.Value + 1);

        private long Fraction => (long)Math.Floor((double)cyclesIntoSecond / CyclesPerFraction);

        private ulong WakeUpPeriod
        {
            get
            {
                var reload = wakeUpReload.Value + 1;
                switch(wakeUpClock.Value)
                {
                case 0:
                case 1:
                case 2:
                case 3:
                    return reload * (16ul >> (int)wakeUpClock.Value);
                case 4:
                case 5:
                    return reload * (ulong)CyclesPerSecond;
                default:
                    return (reload + 0x10000) * (ulong)CyclesPerSecond;
                }
            }
        }

        private RtcCalendar calendar;
        private long cyclesIntoSecond;
        private ulong partialCycle;
        private ulong frequency;
        private ulong? wakeUpDue;
        private int keyProgress;
        private TimeInterval lastCatchUp;
        private TimeInterval shadowClearedAt;
        private uint? lockedTime;
        private uint? lockedDate;

        private IFlagRegisterField bypassShadow;
        private IFlagRegisterField twelveHours;
        private IFlagRegisterField wakeUpEnabled;
        private IFlagRegisterField wakeUpInterruptEnabled;
        private IFlagRegisterField wakeUpFlag;
        private IFlagRegisterField initializing;
        private IValueRegisterField wakeUpClock;
        private IValueRegisterField wakeUpReload;
        private IValueRegisterField synchronousPrescaler;
        private IValueRegisterField asynchronousPrescaler;
        private IValueRegisterField[] backupRegisters;

        private readonly STM32F4_PWR pwr;
        private readonly STM32F4_RCC rcc;
        private readonly GuestMistakes mistakes;
        private readonly LimitTimer eventTimer;
        private readonly Alarm[] alarms;

        private const ulong NominalFrequency = 32768;
        private const int BackupRegisters = 20;
        private const uint FirstKey = 0xCA;
        private const uint SecondKey = 0x53;
        private const int KeyComplete = 2;

        private static readonly Registers[] NeedsInitialization = { Registers.Time, Registers.Date, Registers.Prescaler, Registers.Calibration };

        private class Alarm
        {
            public IFlagRegisterField Enabled;
            public IFlagRegisterField InterruptEnabled;
            public IFlagRegisterField Flag;
            public IValueRegisterField Setting;
            public IValueRegisterField SubSecond;
            public IValueRegisterField SubSecondBits;
            public ulong? Due;
        }

        private enum Registers
        {
            Time = 0x00,
            Date = 0x04,
            Control = 0x08,
            InitializationStatus = 0x0C,
            Prescaler = 0x10,
            WakeUpTimer = 0x14,
            Calibration = 0x18,
            AlarmA = 0x1C,
            AlarmB = 0x20,
            WriteProtection = 0x24,
            SubSecond = 0x28,
            ShiftControl = 0x2C,
            TimestampTime = 0x30,
            TimestampDate = 0x34,
            TimestampSubSecond = 0x38,
            SmoothCalibration = 0x3C,
            TamperAlternateFunction = 0x40,
            AlarmASubSecond = 0x44,
            AlarmBSubSecond = 0x48,
            Backup0 = 0x50,
        }
    }
}
