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
    public partial class STM32F4_RTC : RegisterBlock, IGPIOReceiver, IResetMember, IRetainsState, IHasNonVolatileMemories, IKeepsTime, IStatusProvider, IHeldByDebugger
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
            debuggers = new DebuggerGuard(machine, this, "backup registers");
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
            backupMemory = new RtcBackupMemory(backupRegisters);
            supplies.Resets.Attach(this);
            supplies.Resets.PinsSettled += () =>
            {
                UpdateTampers();
                Update();
            };
            rcc.ClocksChanged += HandleClockChanged;
            pwr.StopEntered += HoldShadow;
            pwr.StopLeft += () => shadow.Release(VirtualClock.Now(machine));
        }

        /// <inheritdoc/>
        public override uint ReadDoubleWord(long offset)
        {
            CatchUp();
            if(offset != (long)Registers.SSR || BitsOf(Registers.SSR) != 0)
            {
                SampleShadow((Registers)offset);
            }
            if(IsBackupRegister(offset))
            {
                if(debuggers.Refuses(supplies.Resets.OptionBytes.ReadProtectionLevel, "read"))
                {
                    return 0;
                }
                backupMemory.Watcher?.HasRead((int)(offset - (long)Registers.BKP0R), sizeof(uint));
            }
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
            if(supplies.Resets.IsCutOff)
            {
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
            if(IsBackupRegister(offset))
            {
                backupMemory.Watcher?.HasWritten((int)(offset - (long)Registers.BKP0R), value, sizeof(uint));
            }
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
                timestamp = new RtcInstant();
                cyclesIntoSecond = 0;
                wakeUpDue = null;
                keyProgress = 0;
                shiftPendingUntil = 0;
                calibrationPendingUntil = 0;
                break;
            }
            // Shadow registers and initialization mode are in the VDD domain.
            initializing.Value = false;
            shadow.Reset(VirtualClock.Now(machine));
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

        /// <summary>Content of the backup registers BKP0R to BKP19R, whatever protects them.</summary>
        public uint[] BackupRegisterValues => backupRegisters.Select(x => (uint)x.Value).ToArray();

        /// <inheritdoc/>
        [HideInMonitor]
        public IEnumerable<INonVolatileMemory> NonVolatileMemories => new[] { backupMemory };

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

        private void SampleShadow(Registers register)
        {
            if(register == Registers.SSR || register == Registers.TR || register == Registers.DR)
            {
                shadow.Sample(Now, register == Registers.DR, register == Registers.TR, bypassShadow.Value, VirtualClock.Now(machine), frequency);
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
            timestamp = Now;
            // RTC_TSDR has no year.
            timestamp.Date &= 0xFFFF;
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

        private void HoldShadow()
        {
            CatchUp();
            shadow.Hold(Now);
        }

        private void HandleClockChanged()
        {
            var newFrequency = isHeldByDebugger ? 0 : rcc.RtcClockFrequency;
            if(newFrequency != frequency)
            {
                // What has passed was counted with the old clock.
                CatchUp();
                // Not stale by a debugger's halt.
                if(frequency != 0 && !isHeldByDebugger)
                {
                    shadow.Hold(Now);
                }
                shadow.Release(VirtualClock.Now(machine));
                frequency = newFrequency;
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
            var interrupts = Interrupts;
            pwr.SetWakeUpSources(WakeUpSources.Rtc, interrupts);
            AlarmIRQ.Set((interrupts & WakeUpSources.Alarms) != 0);
            WakeUpIRQ.Set((interrupts & WakeUpSources.WUTF) != 0);
            TamperTimestampIRQ.Set((interrupts & WakeUpSources.TampersAndTimestamp) != 0);
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

        // Flags that are set, and whose interrupt is enabled.
        private WakeUpSources Interrupts => (alarms[0].IsSignalled ? WakeUpSources.ALRAF : 0)
            | (alarms[1].IsSignalled ? WakeUpSources.ALRBF : 0)
            | (wakeUpFlag.Value && wakeUpInterruptEnabled.Value ? WakeUpSources.WUTF : 0)
            | (timestampFlag.Value && timestampInterruptEnabled.Value ? WakeUpSources.TSF : 0)
            | (tampers[0].Flag.Value && tamperInterruptEnabled.Value ? WakeUpSources.TAMP1F : 0)
            | (tampers[1].Flag.Value && tamperInterruptEnabled.Value ? WakeUpSources.TAMP2F : 0);

        private RtcInstant Now => new RtcInstant
        {
            SubSecond = (uint)((long)synchronousPrescaler.Value - Fraction) & 0xFFFF,
            Time = calendar.GetTime(twelveHours.Value),
            Date = calendar.GetDate(),
        };

        private bool IsUnlocked => keyProgress == KeyComplete;

        private bool IsInitializing => initializing.Value && frequency != 0;

        private bool IsShadowSynchronized => !initializing.Value && !bypassShadow.Value && !IsShiftPending && shadow.HasFollowed(VirtualClock.Now(machine), frequency);

        private long CyclesPerFraction => (long)asynchronousPrescaler.Value + 1;

        private long CyclesPerSecond => CyclesPerFraction * ((long)synchronousPrescaler.Value + 1);

        private long Fraction => (long)Math.Floor((double)cyclesIntoSecond / CyclesPerFraction);

        private ulong WakeUpPeriod => wakeUpReload.Value + 1 + (wakeUpClock.Value >= FirstWakeUpClockOfLongRange ? 0x10000u : 0);

        private ulong WakeUpDivider => 16ul >> (int)wakeUpClock.Value;

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
        private bool isHeldByDebugger;
        private ulong clockCycles;
        private ulong? wakeUpDue;
        private ulong wakeUpCycles;
        private ulong shiftPendingUntil;
        private ulong calibrationPendingUntil;
        private RtcCalibration calibration;
        private RtcInstant timestamp;
        private int keyProgress;
        private TimeInterval lastCatchUp;

        private readonly STM32F4_Supplies supplies;
        private readonly STM32F4_PWR pwr;
        private readonly STM32F4_RCC rcc;
        private readonly RtcShadow shadow = new RtcShadow();
        private readonly DebuggerGuard debuggers;
        private readonly RtcBackupMemory backupMemory;
        private readonly LimitTimer eventTimer;
        private readonly Alarm[] alarms;
        private readonly RtcTamperInput[] tampers;
        private readonly bool[] pins = new bool[2];

        private const ulong NominalFrequency = 32768;
        // RTC_CR.WUCKSEL: 10x counts seconds, 11x counts 2^16 more of them.
        private const ulong FirstWakeUpClockOfSeconds = 4;
        private const ulong FirstWakeUpClockOfLongRange = 6;

        private class Alarm
        {
            public IFlagRegisterField Enabled;
            public IFlagRegisterField InterruptEnabled;
            public IFlagRegisterField Flag;
            public DoubleWordRegister Setting;
            public IValueRegisterField SubSecond;
            public IValueRegisterField SubSecondBits;
            public ulong? Due;

            public bool IsSignalled => Flag.Value && InterruptEnabled.Value;
        }
    }
}
