// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Time;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_RTCTests : ChipTest
    {
        [TestCase(0x00u, 0u)]
        [TestCase(0x04u, 0x00002101u)]
        [TestCase(0x08u, 0u)]
        [TestCase(0x0Cu, 0x00000007u)]
        [TestCase(0x10u, 0x007F00FFu)]
        [TestCase(0x14u, 0x0000FFFFu)]
        [TestCase(0x18u, 0u)]
        [TestCase(0x1Cu, 0u)]
        [TestCase(0x20u, 0u)]
        [TestCase(0x30u, 0u)]
        [TestCase(0x3Cu, 0u)]
        [TestCase(0x40u, 0u)]
        [TestCase(0x44u, 0u)]
        [TestCase(0x48u, 0u)]
        public void ShouldHaveResetValue(uint offset, uint value)
        {
            Assert.That(Read(RtcBase + offset), Is.EqualTo(value));
        }

        [Test]
        public void ShouldNeedTheModelsBesideIt()
        {
            Assert.That(() => new STM32F4_RTC(Machine, null, Pwr, Rcc), Throws.InstanceOf<ConstructionException>());
            Assert.That(() => new STM32F4_RTC(Machine, Supplies, null, Rcc), Throws.InstanceOf<ConstructionException>());
            Assert.That(() => new STM32F4_RTC(Machine, Supplies, Pwr, null), Throws.InstanceOf<ConstructionException>());
        }

        [Test]
        public void ShouldTellItsStatus()
        {
            UnlockBackupDomain();
            Assert.That(Rtc.StatusLines.Select(x => (x.Key, x.Value)), Is.EqualTo(new[] { ("RTC", Rtc.CurrentTime) }));
            SetBits(RtcBase + 0x40, 1 << 3);
            Rtc.OnGPIO(1, true);
            Assert.That(Rtc.StatusLines.Select(x => x.Value), Is.EqualTo(new[] { Rtc.CurrentTime, "detected: the backup registers were erased" }));
        }

        [Test]
        public void ShouldKeepBackupRegisters()
        {
            UnlockBackupDomain();
            for(var i = 0u; i < 20; i++)
            {
                Write(RtcBase + 0x50 + (4 * i), 0xA0000000 + i);
            }
            Supplies.PowerOff();
            Supplies.PowerOn();
            Assert.That(Enumerable.Range(0, 20).Select(i => Read(RtcBase + 0x50 + (4 * (ulong)i))), Is.EqualTo(Enumerable.Range(0, 20).Select(i => 0xA0000000 + (uint)i)));
            Assert.That(Rtc.BackupRegisterValues, Has.Length.EqualTo(20).And.All.GreaterThanOrEqualTo(0xA0000000));
        }

        [Test]
        public void ShouldIgnoreWritesWhileTheDomainIsHeldInReset()
        {
            UnlockBackupDomain();
            SetBits(Bdcr, 1u << 16);
            Write(RtcBase + 0x50, 0x12345678);
            Unlock();
            Assert.That(Read(RtcBase + 0x50), Is.Zero);
            Assert.That(Rtc.GuestMistakes, Does.Contain("RTC_BKP0R: write ignored, because RCC_BDCR.BDRST is on"));
            ClearBits(Bdcr, 1u << 16);
            Write(RtcBase + 0x08, 0x20);
            Assert.That(Read(RtcBase + 0x08), Is.Zero, "the key was not taken");
            Write(RtcBase + 0x50, 0x12345678);
            Assert.That(Read(RtcBase + 0x50), Is.EqualTo(0x12345678));
        }

        [Test]
        public void ShouldNotNeedTheKeyForBackupRegistersButDbp()
        {
            Write(RtcBase + 0x50, 1);
            Assert.That(Read(RtcBase + 0x50), Is.Zero);
            Assert.That(Rtc.GuestMistakes, Does.Contain("RTC_BKP0R: write ignored, because PWR_CR.DBP is 0"));
            UnlockBackupDomain();
            Write(RtcBase + 0x50, 1);
            Assert.That(Read(RtcBase + 0x50), Is.EqualTo(1));
        }

        [Test]
        public void ShouldNeedTheKeyForItsRegisters()
        {
            UnlockBackupDomain();
            Write(RtcBase + 0x08, 0x20);
            Assert.That(Read(RtcBase + 0x08), Is.Zero);
            Unlock();
            Write(RtcBase + 0x08, 0x20);
            Assert.That(Read(RtcBase + 0x08), Is.EqualTo(0x20));
            Write(RtcBase + 0x24, 0xFF);
            Write(RtcBase + 0x08, 0);
            Assert.That(Read(RtcBase + 0x08), Is.EqualTo(0x20));
        }

        [TestCase(0x53u, 0xCAu)]
        [TestCase(0xCAu, 0xCAu)]
        [TestCase(0xCAu, 0x52u)]
        public void ShouldNotOpenToAWrongKey(uint first, uint second)
        {
            UnlockBackupDomain();
            Write(RtcBase + 0x24, first);
            Write(RtcBase + 0x24, second);
            Write(RtcBase + 0x08, 0x20);
            Assert.That(Read(RtcBase + 0x08), Is.Zero);
        }

        [Test]
        public void ShouldStayUnlockedOverASystemReset()
        {
            UnlockBackupDomain();
            Unlock();
            Supplies.PressReset();
            UnlockBackupDomain();
            Write(RtcBase + 0x08, 0x20);
            Assert.That(Read(RtcBase + 0x08), Is.EqualTo(0x20));
        }

        [Test]
        public void ShouldEnterInitializationOnlyWithAClock()
        {
            UnlockBackupDomain();
            Unlock();
            Write(RtcBase + 0x0C, 0x80);
            Assert.That(Read(RtcBase + 0x0C) & 0x40, Is.Zero);
            StartLse();
            Assert.That(Read(RtcBase + 0x0C) & 0x40, Is.EqualTo(0x40));
        }

        [Test]
        public void ShouldTakeTimeAndDateOnlyInInitialization()
        {
            StartLse();
            Unlock();
            Write(RtcBase, 0x00123456);
            Assert.That(Read(RtcBase), Is.Zero);
            SetTime(0x00123456, 0x0024D212);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00123456));
            Assert.That(Read(RtcBase + 4), Is.EqualTo(0x0024D212));
            Assert.That(Read(RtcBase + 0x0C) & 0x10, Is.EqualTo(0x10), "INITS");
        }

        [Test]
        public void ShouldCountSecondsOnLse()
        {
            SetTime(0x00115958, 0x00242101);
            RunFor(3.2);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00120001));
        }

        [Test]
        public void ShouldStandStillDuringInitialization()
        {
            SetTime(0x00000000, 0x00242101);
            Write(RtcBase + 0x0C, 0x80);
            RunFor(5);
            Assert.That(Read(RtcBase), Is.Zero);
            Assert.That(Rtc.CurrentTime, Is.EqualTo("2024-01-01 00:00:00 (being set)"));
        }

        // Time, date; seconds; time, date (RTC_TR and RTC_DR).
        [TestCase(0x235959u, 0x24E228u, 0x000000u, 0x240229u, TestName = "Leap Day")]
        [TestCase(0x235959u, 0x23E228u, 0x000000u, 0x230301u, TestName = "No Leap Day")]
        [TestCase(0x235959u, 0x24F231u, 0x000000u, 0x250101u, TestName = "New Year")]
        [TestCase(0x235959u, 0x99F231u, 0x000000u, 0x000101u, TestName = "New Century")]
        [TestCase(0x235959u, 0x24E430u, 0x000000u, 0x240501u, TestName = "Month Of 30 Days")]
        [TestCase(0x095959u, 0x24E430u, 0x100000u, 0x240430u, TestName = "Tens Of Hours")]
        public void ShouldCarry(uint time, uint date, uint timeAfter, uint dateAfter)
        {
            SetTime(time, date);
            RunFor(1.01);
            Assert.That(Read(RtcBase), Is.EqualTo(timeAfter));
            Assert.That(Read(RtcBase + 4) & 0xFF1F3F, Is.EqualTo(dateAfter));
        }

        [Test]
        public void ShouldHaveALeapDayInYear0AfterAPowerCutFromYear99()
        {
            // Thursday, 2099-12-31, and 60 days.
            SetTime(0x00120000, 0x00999231);
            UseLargeTimeSteps();
            Supplies.PowerCycle(60 * 86400.0);
            RunFor(60 * 86400.0);
            UnlockBackupDomain();
            Assert.That(Rtc.CurrentTime, Does.StartWith("2000-02-29 12:00:00"));
            Read(RtcBase + 4);
            RunFor(0.001);
            Assert.That(Read(RtcBase + 4) >> 13 & 7, Is.EqualTo(((4 - 1 + 60) % 7) + 1), "day of the week");
        }

        [TestCase(7u, 1u)]
        [TestCase(1u, 2u)]
        [TestCase(6u, 7u)]
        public void ShouldCountWeekDays(uint weekDay, uint next)
        {
            SetTime(0x235959, 0x240101 | (weekDay << 13));
            RunFor(1.01);
            Read(RtcBase);
            Assert.That(Read(RtcBase + 4) >> 13 & 7, Is.EqualTo(next));
        }

        // With FMT = 1: 12 is the hour after midnight or, with PM (bit 22), after noon.
        [TestCase(0x00115959u, 0x00520000u, TestName = "Noon")]
        [TestCase(0x00525959u, 0x00410000u, TestName = "Hour After Noon")]
        [TestCase(0x00515959u, 0x00120000u, TestName = "Midnight")]
        [TestCase(0x00125959u, 0x00010000u, TestName = "Hour After Midnight")]
        public void ShouldCountTwelveHours(uint time, uint timeAfter)
        {
            StartLse();
            Unlock();
            Write(RtcBase + 0x0C, 0x80);
            Write(RtcBase + 0x08, 0x40);
            SetTime(time, 0x00242101);
            Assert.That(Read(RtcBase), Is.EqualTo(time));
            RunFor(1.01);
            Assert.That(Read(RtcBase), Is.EqualTo(timeAfter));
        }

        [Test]
        public void ShouldShowSubSecondsCountingDown()
        {
            SetTime(0, 0x00242101);
            RunFor(0.25);
            Assert.That(Read(RtcBase + 0x28), Is.EqualTo(255 - 64).Within(1));
        }

        [Test]
        public void ShouldCountByThePrescalers()
        {
            StartLse();
            Unlock();
            Write(RtcBase + 0x0C, 0x80);
            Write(RtcBase + 0x10, 0x0000007F | (0x7F << 16));
            Write(RtcBase, 0);
            Write(RtcBase + 0x0C, 0);
            RunFor(2.01);
            Assert.That(Read(RtcBase), Is.EqualTo(4), "twice as fast");
        }

        [Test]
        public void ShouldCountOnThroughAPowerCutOnLse()
        {
            SetTime(0x00120000, 0x00242101);
            Supplies.PowerCycle(10);
            RunFor(11.05);
            Assert.That(Supplies.IsPowered, Is.True);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00120011));
        }

        [TestCase(2)]
        [TestCase(400 * 24)]
        public void ShouldCatchUpAfterALongPowerCutInOneStep(int hours)
        {
            UseLargeTimeSteps();
            SetTime(0x00000000, 0x00242101);
            Supplies.PowerCycle(hours * 3600.0);
            RunFor((hours + 1) * 3600.0);
            Assert.That(Supplies.IsPowered, Is.True);
            Assert.That(Rtc.CurrentTime, Does.StartWith(new DateTime(2024, 1, 1).AddHours(hours + 1).ToString("yyyy-MM-dd HH:mm:0")));
        }

        [Test]
        public void ShouldStandStillInAPowerCutOnLsi()
        {
            UnlockBackupDomain();
            SetBits(Csr, 1);
            SetBits(Bdcr, 2 << 8);
            SetBits(Bdcr, 1 << 15);
            Unlock();
            Write(RtcBase + 0x0C, 0x80);
            Write(RtcBase + 0x10, 249 | (127 << 16));
            Write(RtcBase, 0);
            Write(RtcBase + 0x0C, 0);
            RunFor(2.01);
            Assert.That(Rtc.CurrentTime, Does.EndWith("00:00:02"));
            Supplies.PowerCycle(10);
            RunFor(11);
            Assert.That(Rtc.CurrentTime, Does.EndWith("00:00:02 (stopped)"));
            SetBits(Csr, 1);
            RunFor(1);
            Assert.That(Rtc.CurrentTime, Does.EndWith("00:00:03"));
        }

        [Test]
        public void ShouldStandStillWithoutRtcen()
        {
            SetTime(0x00120000, 0x00242101);
            ClearBits(Bdcr, 1 << 15);
            RunFor(2);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00120000));
        }

        [Test]
        public void ShouldLockTheDateWithTheTimeUntilTheDateIsRead()
        {
            SetTime(0x00235959, 0x00242101);
            var time = Read(RtcBase);
            RunFor(1.01);
            Assert.That(time, Is.EqualTo(0x00235959));
            Assert.That(Read(RtcBase + 4) & 0x3F, Is.EqualTo(1));
            Assert.That(Read(RtcBase + 4) & 0x3F, Is.EqualTo(2));
        }

        [Test]
        public void ShouldLockTimeAndDateWithTheSubSecond()
        {
            SetTime(0x00235959, 0x00242101);
            Read(RtcBase + 0x28);
            RunFor(1.01);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00235959));
            Read(RtcBase + 4);
            Assert.That(Read(RtcBase), Is.Zero);
        }

        [Test]
        public void ShouldBypassTheShadow()
        {
            StartLse();
            Unlock();
            Write(RtcBase + 0x08, 0x20);
            SetTime(0x00235959, 0x00242101);
            Read(RtcBase + 0x28);
            RunFor(1.01);
            Assert.That(Read(RtcBase), Is.Zero);
        }

        [Test]
        public void ShouldSynchronizeTheShadowAfterTwoClocks()
        {
            SetTime(0, 0x00242101);
            RunFor(0.001);
            Assert.That(Read(RtcBase + 0x0C) & 0x20, Is.EqualTo(0x20));
            ClearBits(RtcBase + 0x0C, 0x20);
            Assert.That(Read(RtcBase + 0x0C) & 0x20, Is.Zero);
            RunFor(0.001);
            Assert.That(Read(RtcBase + 0x0C) & 0x20, Is.EqualTo(0x20));
        }

        [Test]
        public void ShouldWakeUpPeriodically()
        {
            StartLse();
            Unlock();
            // 2048 Hz, 1024 clocks: twice a second.
            Write(RtcBase + 0x14, 1023);
            Write(RtcBase + 0x08, (1 << 10) | (1 << 14));
            Assert.That(Read(RtcBase + 0x0C) & 4, Is.Zero, "WUTWF");
            RunFor(0.49);
            Assert.That(Rtc.WakeUpIRQ.IsSet, Is.False);
            RunFor(0.02);
            Assert.That(Rtc.WakeUpIRQ.IsSet, Is.True);
            Assert.That(Read(RtcBase + 0x0C) & 0x400, Is.EqualTo(0x400));
            ClearBits(RtcBase + 0x0C, 0x400);
            Assert.That(Rtc.WakeUpIRQ.IsSet, Is.False);
            RunFor(0.5);
            Assert.That(Rtc.WakeUpIRQ.IsSet, Is.True);
            Write(RtcBase + 0x08, 0);
            Assert.That(Read(RtcBase + 0x0C) & 4, Is.EqualTo(4), "WUTWF");
        }

        [Test]
        public void ShouldWakeUpAfterSeconds()
        {
            StartLse();
            Unlock();
            Write(RtcBase + 0x14, 2);
            Write(RtcBase + 0x08, 4 | (1 << 10) | (1 << 14));
            RunFor(2.9);
            Assert.That(Rtc.WakeUpIRQ.IsSet, Is.False);
            RunFor(0.2);
            Assert.That(Rtc.WakeUpIRQ.IsSet, Is.True);
        }

        [Test]
        public void ShouldNotChangeTheWakeUpReloadWhileItRuns()
        {
            StartLse();
            Unlock();
            Write(RtcBase + 0x08, 1 << 10);
            Write(RtcBase + 0x14, 5);
            Assert.That(Read(RtcBase + 0x14), Is.EqualTo(0xFFFF));
        }

        // Time on Monday, 2024-01-01; RTC_ALRMxR; seconds until it comes.
        [TestCase(0x00000000u, 0x80808005u, 5, TestName = "Second")]
        [TestCase(0x00000125u, 0x80800130u, 5, TestName = "Minute")]
        [TestCase(0x00005955u, 0x80010000u, 5, TestName = "Hour")]
        [TestCase(0x00235955u, 0x02000000u, 5, TestName = "Date")]
        [TestCase(0x00235955u, 0x42000000u, 5, TestName = "Week Day")]
        [TestCase(0x00000000u, 0x80808080u, 1, TestName = "Every Second")]
        public void ShouldAlarmByMask(uint time, uint alarm, int seconds)
        {
            SetTime(time, 0x00242101);
            Write(RtcBase + 0x1C, alarm);
            Write(RtcBase + 0x08, (1 << 8) | (1 << 12));
            RunFor(seconds - 0.1);
            Assert.That(Rtc.AlarmIRQ.IsSet, Is.False);
            RunFor(0.2);
            Assert.That(Rtc.AlarmIRQ.IsSet, Is.True);
            Assert.That(Read(RtcBase + 0x0C) & 0x100, Is.EqualTo(0x100));
            ClearBits(RtcBase + 0x0C, 0x100);
            Assert.That(Rtc.AlarmIRQ.IsSet, Is.False);
        }

        // In the 12-hour format; on the 31st, which April has not.
        [TestCase(0x00515958u, 0x00242101u, 0x40u, 0x80520000u, 0.0, TestName = "Midnight Is Not Twelve PM")]
        [TestCase(0x00115958u, 0x00242101u, 0x40u, 0x80520000u, 2.0, TestName = "Twelve PM Is Noon")]
        [TestCase(0x00515958u, 0x00242101u, 0x40u, 0x80120000u, 2.0, TestName = "Twelve AM Is Midnight")]
        [TestCase(0x00235958u, 0x0024C330u, 0u, 0x31000000u, 2.0, TestName = "Thirty-First Of March")]
        [TestCase(0x00235958u, 0x0024E430u, 0u, 0x31000000u, 0.0, TestName = "No Thirty-First Of April")]
        public void ShouldAlarmAtTheHourAndDayOfTheCalendar(uint time, uint date, uint format, uint alarm, double seconds)
        {
            StartLse();
            Unlock();
            Write(RtcBase + 0x0C, 0x80);
            Write(RtcBase + 0x08, format);
            Write(RtcBase, time);
            Write(RtcBase + 4, date);
            Write(RtcBase + 0x0C, 0);
            Write(RtcBase + 0x1C, alarm);
            Write(RtcBase + 0x08, format | (1 << 8) | (1 << 12));
            RunFor(1.9);
            Assert.That(Rtc.AlarmIRQ.IsSet, Is.False, "early");
            RunFor(0.2);
            Assert.That(Rtc.AlarmIRQ.IsSet, Is.EqualTo(seconds == 2));
        }

        [Test]
        public void ShouldShowAlarmsAsNotWritableByTheFlagsInInitialization()
        {
            StartLse();
            Unlock();
            Assert.That(Read(RtcBase + 0x0C) & 3, Is.EqualTo(3), "ALRAWF, ALRBWF");
            Write(RtcBase + 0x0C, 0x80);
            Assert.That(Read(RtcBase + 0x0C) & 3, Is.Zero);
            Write(RtcBase + 0x0C, 0);
            Assert.That(Read(RtcBase + 0x0C) & 3, Is.EqualTo(3));
        }

        [Test]
        public void ShouldAlarmWithinTheSecond()
        {
            SetTime(0, 0x00242101);
            // SS counts down from 255: 63 is three quarters of a second.
            Write(RtcBase + 0x20, 0x80808002);
            Write(RtcBase + 0x48, (15u << 24) | 63);
            Write(RtcBase + 0x08, (1 << 9) | (1 << 13));
            RunFor(2.74);
            Assert.That(Rtc.AlarmIRQ.IsSet, Is.False);
            RunFor(0.02);
            Assert.That(Rtc.AlarmIRQ.IsSet, Is.True);
            Assert.That(Read(RtcBase + 0x0C) & 0x200, Is.EqualTo(0x200));
        }

        // At 12:34:56, with the sub-seconds still to come.
        [TestCase(0x80123456u, true)]
        [TestCase(0x80113456u, false, TestName = "Not In Another Hour")]
        [TestCase(0x80123356u, false, TestName = "Not In Another Minute")]
        [TestCase(0x80123455u, false, TestName = "Not In Another Second")]
        [TestCase(0x02123456u, false, TestName = "Not On Another Day")]
        [TestCase(0x80913456u, true, TestName = "Masked Hour")]
        [TestCase(0x8012B356u, true, TestName = "Masked Minute")]
        [TestCase(0x801234D5u, true, TestName = "Masked Second")]
        public void ShouldAlarmWithinThisSecondIfItsTimeMatches(uint alarm, bool comes)
        {
            SetTime(0x00123456, 0x00242101);
            RunFor(0.25);
            Write(RtcBase + 0x1C, alarm);
            Write(RtcBase + 0x44, (15u << 24) | 127);
            Write(RtcBase + 0x08, (1 << 8) | (1 << 12));
            RunFor(0.2);
            Assert.That(Rtc.AlarmIRQ.IsSet, Is.False);
            RunFor(0.1);
            Assert.That(Rtc.AlarmIRQ.IsSet, Is.EqualTo(comes));
        }

        [TestCase(0x80BFFF05u, 5)]
        [TestCase(0xFFBFFFFFu, 1)]
        public void ShouldAlarmWhateverMaskedFieldsHold(uint alarm, int seconds)
        {
            SetTime(0, 0x00242101);
            Write(RtcBase + 0x1C, alarm);
            Write(RtcBase + 0x08, (1 << 8) | (1 << 12));
            RunFor(seconds - 0.1);
            Assert.That(Rtc.AlarmIRQ.IsSet, Is.False);
            RunFor(0.2);
            Assert.That(Rtc.AlarmIRQ.IsSet, Is.True);
        }

        [Test]
        public void ShouldNotInterruptWithoutEnable()
        {
            SetTime(0, 0x00242101);
            Write(RtcBase + 0x1C, 0x80808080);
            Write(RtcBase + 0x08, 1 << 8);
            RunFor(1.5);
            Assert.That(Read(RtcBase + 0x0C) & 0x100, Is.EqualTo(0x100));
            Assert.That(Rtc.AlarmIRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldEndStandbyByAnAlarm()
        {
            SetTime(0, 0x00242101);
            Write(RtcBase + 0x1C, 0x80808003);
            Write(RtcBase + 0x08, (1 << 8) | (1 << 12));
            SetBits(PwrControl, (1 << 1) | (1 << 2));
            Pwr.OnGPIO(1, true);
            RunFor(1);
            Assert.That(Supplies.IsInStandby, Is.True);
            RunFor(2.5);
            Assert.That(Supplies.IsInStandby, Is.False);
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrStatus) & 3, Is.EqualTo(3), "WUF, SBF");
        }

        [Test]
        public void ShouldShift()
        {
            SetTime(0x00000010, 0x00242101);
            Write(RtcBase + 0x2C, 0x80000000 | 64);
            RunFor(0.3);
            // One second more, a quarter less.
            Assert.That(Read(RtcBase + 0x28), Is.EqualTo(255 - 13).Within(1));
            Assert.That(Read(RtcBase), Is.EqualTo(0x00000011));
        }

        [Test]
        public void ShouldAddAndSubtractAnHour()
        {
            SetTime(0x00123000, 0x00242101);
            Write(RtcBase + 0x08, 1 << 16);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00133000));
            Write(RtcBase + 0x08, 1 << 17);
            Read(RtcBase + 4);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00123000));
            Assert.That(Read(RtcBase + 0x08), Is.Zero);
        }

        [TestCase(0u, 0, TestName = "Not Calibrated")]
        [TestCase(1u, 1, TestName = "One Pulse Less")]
        [TestCase(0x1FFu, 511, TestName = "All Pulses Less")]
        [TestCase(0x81FFu, -1, TestName = "One Pulse More")]
        [TestCase(0x8000u, -512, TestName = "All Pulses More")]
        public void ShouldCountCalibratedPulsesInAWindow(uint calibration, int lost)
        {
            // Four cycles of the oscillator are one of ck_apre, which SS shows: four windows of 32 s.
            Assert.That(PulsesLost(calibration, 3, 4 * 32), Is.EqualTo(lost));
        }

        [Test]
        public void ShouldInsertNoPulseWithASmallPrescaler()
        {
            StartLse();
            Unlock();
            Write(RtcBase + 0x3C, 1 << 15);
            Write(RtcBase + 0x0C, 0x80);
            Write(RtcBase + 0x10, 0x3FFF | (1 << 16));
            Write(RtcBase, 0);
            Write(RtcBase + 0x0C, 0);
            RunFor(64.5);
            Assert.That(CalendarSeconds(), Is.EqualTo(64));
            Assert.That(Read(RtcBase + 0x28), Is.EqualTo(0x2000).Within(1));
        }

        // Windows of 16 and 8 s: CALM's lowest bits don't count.
        [TestCase(1u << 13, 1u, 0)]
        [TestCase(1u << 13, 2u, 2)]
        [TestCase(1u << 14, 3u, 0)]
        [TestCase(1u << 14, 4u, 4)]
        public void ShouldIgnoreLowBitsOfCalmInAShortWindow(uint window, uint minus, int lost)
        {
            Assert.That(PulsesLost(window | minus, 0, 32), Is.EqualTo(lost));
        }

        [Test]
        public void ShouldBlockTheCalibrationUntilItIsTaken()
        {
            SetTime(0, 0x00242101);
            Write(RtcBase + 0x3C, 5);
            Assert.That(Read(RtcBase + 0x0C) >> 16 & 1, Is.EqualTo(1), "RECALPF");
            Write(RtcBase + 0x3C, 6);
            Assert.That(Read(RtcBase + 0x3C), Is.EqualTo(5));
            RunFor(0.02);
            Assert.That(Read(RtcBase + 0x0C) >> 16 & 1, Is.Zero, "RECALPF");
            Write(RtcBase + 0x3C, 6);
            Assert.That(Read(RtcBase + 0x3C), Is.EqualTo(6));
        }

        // 2 cycles of 256 Hz more, or one less, in each of the first 2 x DC of 64 minutes.
        [TestCase(0x01u, 64, 2 * 2)]
        [TestCase(0x81u, 64, -2)]
        [TestCase(0x1Fu, 32, 2 * 32)]
        [TestCase(0x1Fu, 128, 2 * 2 * 62)]
        public void ShouldCalibrateCoarsely(uint calibration, int minutes, int expected)
        {
            StartLse();
            Unlock();
            Write(RtcBase + 0x0C, 0x80);
            Write(RtcBase + 0x08, 1 << 7);
            Write(RtcBase + 0x18, calibration);
            Write(RtcBase, 0);
            Write(RtcBase + 4, 0x00242101);
            Write(RtcBase + 0x0C, 0);
            UseLargeTimeSteps();
            RunFor((minutes * 60) + 0.5);
            var counted = (CalendarSeconds() * 256) + 255 - Read(RtcBase + 0x28);
            Assert.That((int)counted - ((minutes * 60 * 256) + 128), Is.EqualTo(expected).Within(1));
        }

        [Test]
        public void ShouldAlarmOnTimeWhenCalibrated()
        {
            SetTime(0, 0x00242101);
            Write(RtcBase + 0x3C, 0x1FF);
            Write(RtcBase + 0x1C, 0x80800100);
            Write(RtcBase + 0x08, (1 << 8) | (1 << 12));
            // 60 s take 511 pulses in 2^20 longer: 29 ms.
            RunFor(60.028);
            Assert.That(Rtc.AlarmIRQ.IsSet, Is.False);
            RunFor(0.003);
            Assert.That(Rtc.AlarmIRQ.IsSet, Is.True);
        }

        [TestCase(0u, 0.0)]
        [TestCase(1u << 23, 512.0)]
        [TestCase((1u << 23) | (1u << 19), 1.0)]
        [TestCase((1u << 23) | (1u << 21), 0.0, Description = "RTC_ALARM has the pin")]
        public void ShouldTellTheCalibrationOutput(uint control, double frequency)
        {
            StartLse();
            Unlock();
            Write(RtcBase + 0x08, control);
            Assert.That(Rtc.CalibrationOutputFrequency, Is.EqualTo(frequency));
        }

        [Test]
        public void ShouldPutTheSelectedFlagOnTheAlarmOutput()
        {
            SetTime(0, 0x00242101);
            Write(RtcBase + 0x1C, 0x80808002);
            Write(RtcBase + 0x08, (1 << 8) | (1 << 21));
            Assert.That(Rtc.AlarmOutput.IsSet, Is.False);
            RunFor(2.1);
            Assert.That(Rtc.AlarmOutput.IsSet, Is.True);
            Write(RtcBase + 0x08, (1 << 8) | (1 << 21) | (1 << 20));
            Assert.That(Rtc.AlarmOutput.IsSet, Is.False, "POL");
            Write(RtcBase + 0x08, (1 << 8) | (2 << 21));
            Assert.That(Rtc.AlarmOutput.IsSet, Is.False, "alarm B");
        }

        [Test]
        public void ShouldShowAPendingShiftAndBlockAnother()
        {
            SetTime(0x00000010, 0x00242101);
            Write(RtcBase + 0x2C, 0x80000000);
            Assert.That(Read(RtcBase + 0x0C) & 8, Is.EqualTo(8), "SHPF");
            Write(RtcBase + 0x2C, 0x80000000);
            RunFor(0.01);
            Assert.That(Read(RtcBase + 0x0C) & 8, Is.Zero, "SHPF");
            Assert.That(Read(RtcBase), Is.EqualTo(0x00000011));
        }

        [Test]
        public void ShouldNotShiftWithAReferenceClock()
        {
            StartLse();
            Unlock();
            Write(RtcBase + 0x0C, 0x80);
            Write(RtcBase + 0x08, 1 << 4);
            Write(RtcBase + 0x0C, 0);
            Write(RtcBase + 0x2C, 0x80000000);
            Assert.That(Rtc.GuestMistakes, Does.Contain("RTC_SHIFTR: write ignored, because RTC_CR.REFCKON is on"));
        }

        [Test]
        public void ShouldShowASubSecondAboveThePrescalerWhenDelayed()
        {
            SetTime(0x00000010, 0x00242101);
            Write(RtcBase + 0x2C, 64);
            Assert.That(Read(RtcBase + 0x28), Is.EqualTo(255 + 64).Within(1));
            RunFor(1.2);
            Assert.That(Rtc.CurrentTime, Does.EndWith("00:00:10"));
            RunFor(0.1);
            Assert.That(Rtc.CurrentTime, Does.EndWith("00:00:11"));
        }

        [TestCase(1 << 4)]
        [TestCase(1 << 6)]
        [TestCase(1 << 7)]
        public void ShouldChangeTheseBitsOfCrOnlyInInitialization(int bit)
        {
            SetTime(0, 0x00242101);
            Write(RtcBase + 0x08, (uint)bit);
            Assert.That(Read(RtcBase + 0x08), Is.Zero);
            Write(RtcBase + 0x0C, 0x80);
            Write(RtcBase + 0x08, (uint)bit);
            Assert.That(Read(RtcBase + 0x08), Is.EqualTo(bit));
        }

        [TestCase(0x1Cu, 8)]
        [TestCase(0x44u, 8)]
        [TestCase(0x20u, 9)]
        [TestCase(0x48u, 9)]
        public void ShouldNotChangeAnAlarmThatIsOn(uint register, int enable)
        {
            SetTime(0, 0x00242101);
            Write(RtcBase + register, 0x01000012);
            Write(RtcBase + 0x08, 1u << enable);
            Assert.That(Read(RtcBase + 0x0C) >> (enable - 8) & 1, Is.Zero, "ALRxWF");
            Write(RtcBase + register, 0);
            Assert.That(Read(RtcBase + register), Is.EqualTo(0x01000012));
            Write(RtcBase + 0x0C, 0x80);
            Write(RtcBase + register, 0);
            Assert.That(Read(RtcBase + register), Is.Zero, "in initialization");
        }

        [Test]
        public void ShouldNotChangeTheWakeUpClockWhileItRuns()
        {
            StartLse();
            Unlock();
            Write(RtcBase + 0x08, 1 << 10);
            Write(RtcBase + 0x08, (1 << 10) | 4);
            Assert.That(Read(RtcBase + 0x08), Is.EqualTo(1u << 10));
        }

        // RTC_CR.WUCKSEL, RTC_WUTR, seconds until WUTF.
        [TestCase(0u, 2047u, 1.0)]
        [TestCase(1u, 4095u, 1.0)]
        [TestCase(2u, 8191u, 1.0)]
        [TestCase(3u, 16383u, 1.0)]
        [TestCase(4u, 0u, 1.0)]
        [TestCase(5u, 9u, 10.0)]
        [TestCase(6u, 0u, 65537.0)]
        [TestCase(7u, 0xFFFFu, 131072.0)]
        public void ShouldWakeUpByEveryClock(uint clock, uint reload, double seconds)
        {
            UseLargeTimeSteps();
            SetTime(0, 0x00242101);
            Write(RtcBase + 0x14, reload);
            Write(RtcBase + 0x08, clock | (1 << 10) | (1 << 14));
            RunFor(seconds - 0.001);
            Assert.That(Rtc.WakeUpIRQ.IsSet, Is.False);
            RunFor(0.002);
            Assert.That(Rtc.WakeUpIRQ.IsSet, Is.True);
            ClearBits(RtcBase + 0x0C, 0x400);
            RunFor(seconds - 0.002);
            Assert.That(Rtc.WakeUpIRQ.IsSet, Is.False);
            RunFor(0.002);
            Assert.That(Rtc.WakeUpIRQ.IsSet, Is.True, "periodic");
        }

        // A user of an F407 has found that the date does not follow.
        [Test]
        public void ShouldAddAnHourBeforeMidnightToTheHourAlone()
        {
            SetTime(0x00233000, 0x00242131);
            Write(RtcBase + 0x08, 1 << 16);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00003000));
            Assert.That(Read(RtcBase + 4), Is.EqualTo(0x00242131));
        }

        [Test]
        public void ShouldSubtractNoHourAfterMidnight()
        {
            SetTime(0x00003000, 0x00242101);
            Write(RtcBase + 0x08, 1 << 17);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00003000));
        }

        [Test]
        public void ShouldResetTheShadowWithTheSystem()
        {
            SetTime(0x00123456, 0x0024D212);
            RunFor(0.001);
            Supplies.PressReset();
            Assert.That(Read(RtcBase), Is.Zero);
            Assert.That(Read(RtcBase + 4), Is.EqualTo(0x2101));
            Assert.That(Read(RtcBase + 0x0C) & 0x20, Is.Zero, "RSF");
            RunFor(0.001);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00123456));
            Assert.That(Read(RtcBase + 4), Is.EqualTo(0x0024D212));
        }

        [TestCase(false)]
        [TestCase(true)]
        public void ShouldShowTheTimeFromBeforeStopUntilTheShadowFollows(bool waits)
        {
            SetTime(0x00123456, 0x00245212);
            RunFor(0.001);
            Pwr.OnGPIO(1, true);
            RunFor(10);
            Pwr.OnGPIO(1, false);
            UnlockBackupDomain();
            Assert.That(Read(RtcBase + 0x0C) & 0x20, Is.EqualTo(0x20), "RSF: nothing tells of it");
            if(waits)
            {
                ClearBits(RtcBase + 0x0C, 0x20);
                while((Read(RtcBase + 0x0C) & 0x20) == 0)
                {
                    RunFor(0.00001);
                }
            }
            Assert.That(Read(RtcBase), Is.EqualTo(waits ? 0x00123506 : 0x00123456));
            Read(RtcBase + 4);
            RunFor(0.0001);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00123506), "two RTC clocks later");
        }

        [Test]
        public void ShouldShowTheNewTimeAfterStopIfTheShadowIsBypassed()
        {
            SetTime(0x00123456, 0x00245212);
            Write(RtcBase + 0x08, 0x20);
            Pwr.OnGPIO(1, true);
            RunFor(10);
            Pwr.OnGPIO(1, false);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00123506));
        }

        [Test]
        public void ShouldNotTakeALookInStopForACopy()
        {
            SetTime(0x00123456, 0x00245212);
            RunFor(0.001);
            Pwr.OnGPIO(1, true);
            RunFor(5);
            Read(RtcBase + 4);
            RunFor(5);
            Pwr.OnGPIO(1, false);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00123456));
        }

        [Test]
        public void ShouldForgetTheTimeFromBeforeStopInAReset()
        {
            SetTime(0x00123456, 0x00245212);
            Pwr.OnGPIO(1, true);
            RunFor(10);
            Supplies.PressReset();
            Assert.That(Read(RtcBase), Is.Zero);
            RunFor(0.001);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00123506));
        }

        [Test]
        public void ShouldFollowTheCalendarTwoClocksAfterAChangeOfItsClock()
        {
            StartLse();
            Unlock();
            Write(RtcBase + 0x0C, 0x80);
            // A fraction a clock.
            Write(RtcBase + 0x10, 0x7FFF);
            Write(RtcBase + 0x0C, 0);
            RunFor(0.001);
            Read(RtcBase + 4);
            ClearBits(Bdcr, 1);
            var stopped = Read(RtcBase + 0x28);
            Read(RtcBase + 4);
            SetBits(Bdcr, 1);
            RunFor(0.000045);
            Assert.That(Read(RtcBase + 0x28), Is.EqualTo(stopped));
            Read(RtcBase + 4);
            RunFor(0.00003);
            Assert.That(Read(RtcBase + 0x28), Is.EqualTo(stopped - 2));
        }

        [Test]
        public void ShouldShowNoSynchronizationWhileTheShadowIsBypassed()
        {
            SetTime(0, 0x00242101);
            RunFor(0.001);
            Write(RtcBase + 0x08, 0x20);
            Assert.That(Read(RtcBase + 0x0C) & 0x20, Is.Zero);
        }

        [TestCase(false)]
        [TestCase(true)]
        public void ShouldTakeATimestampAtTheSelectedEdge(bool falling)
        {
            Rtc.OnGPIO(0, falling);
            SetTime(0x00123456, 0x00245212);
            Write(RtcBase + 0x08, (1 << 11) | (1 << 15) | (falling ? 1u << 3 : 0));
            RunFor(0.25);
            Rtc.OnGPIO(0, !falling);
            RunFor(1);
            Assert.That(Rtc.TamperTimestampIRQ.IsSet, Is.True);
            Assert.That(Read(RtcBase + 0x0C) >> 11 & 3, Is.EqualTo(1), "TSF, no TSOVF");
            Assert.That(Read(RtcBase + 0x30), Is.EqualTo(0x00123456));
            Assert.That(Read(RtcBase + 0x34), Is.EqualTo(0x5212), "no year");
            Assert.That(Read(RtcBase + 0x38), Is.EqualTo(255 - 64).Within(1));
            Rtc.OnGPIO(0, falling);
            Rtc.OnGPIO(0, !falling);
            Assert.That(Read(RtcBase + 0x0C) >> 11 & 3, Is.EqualTo(3), "TSOVF");
            Assert.That(Read(RtcBase + 0x30), Is.EqualTo(0x00123456), "the first event stays");
            ClearBits(RtcBase + 0x0C, 1 << 11);
            Assert.That(Read(RtcBase + 0x30), Is.Zero);
            Assert.That(Rtc.TamperTimestampIRQ.IsSet, Is.False);
            Assert.That(Read(RtcBase + 0x0C) >> 12 & 1, Is.EqualTo(1), "TSOVF stays until it is cleared");
            ClearBits(RtcBase + 0x0C, 1 << 12);
            Assert.That(Read(RtcBase + 0x0C) >> 12 & 1, Is.Zero);
        }

        [Test]
        public void ShouldTakeTheTimestampFromTheOtherPin()
        {
            SetTime(0x00123456, 0x00245212);
            Write(RtcBase + 0x40, 1 << 17);
            Write(RtcBase + 0x08, 1 << 11);
            Rtc.OnGPIO(0, true);
            Assert.That(Read(RtcBase + 0x0C) >> 11 & 1, Is.Zero);
            Rtc.OnGPIO(1, true);
            Assert.That(Read(RtcBase + 0x0C) >> 11 & 1, Is.EqualTo(1));
        }

        // RTC_TAFCR; pin; flags of RTC_ISR.
        [TestCase(0x01u, 0, 0x2000u, TestName = "Tamper 1")]
        [TestCase(0x10001u, 1, 0x2000u, TestName = "Tamper 1 On The Other Pin")]
        [TestCase(0x08u, 1, 0x4000u, TestName = "Tamper 2")]
        public void ShouldEraseBackupRegistersAndNotBackupSramOnTamper(uint control, int pin, uint flags)
        {
            EnableBackupSram();
            Write(BackupSramBase, 0x12345678);
            FillBackupRegisters();
            Write(RtcBase + 0x40, control | 4);
            Rtc.OnGPIO(pin, true);
            Assert.That(Read(RtcBase + 0x0C) & 0x6000, Is.EqualTo(flags));
            Assert.That(Rtc.BackupRegisterValues, Is.All.Zero);
            Assert.That(Read(BackupSramBase), Is.EqualTo(0x12345678));
            Assert.That(Rtc.TamperTimestampIRQ.IsSet, Is.True);
            ClearBits(RtcBase + 0x0C, 0x6000);
            Assert.That(Rtc.TamperTimestampIRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldTamperByAFallingEdge()
        {
            UnlockBackupDomain();
            Rtc.OnGPIO(0, true);
            FillBackupRegisters();
            Write(RtcBase + 0x40, 3);
            Assert.That(Rtc.BackupRegisterValues, Is.All.Not.Zero);
            Rtc.OnGPIO(0, false);
            Assert.That(Rtc.BackupRegisterValues, Is.All.Zero);
        }

        [Test]
        public void ShouldTamperWhenEnabledOnAnActivePin()
        {
            UnlockBackupDomain();
            FillBackupRegisters();
            Rtc.OnGPIO(0, true);
            Write(RtcBase + 0x40, 1);
            Assert.That(Read(RtcBase + 0x0C) & 0x2000, Is.EqualTo(0x2000));
            Assert.That(Rtc.BackupRegisterValues, Is.All.Zero);
        }

        [Test]
        public void ShouldKeepBackupRegistersErasedWhileThePinIsActive()
        {
            UnlockBackupDomain();
            Write(RtcBase + 0x40, 1);
            Rtc.OnGPIO(0, true);
            Write(RtcBase + 0x50, 5);
            Assert.That(Read(RtcBase + 0x50), Is.Zero);
            Rtc.OnGPIO(0, false);
            Write(RtcBase + 0x50, 5);
            Assert.That(Read(RtcBase + 0x50), Is.EqualTo(5));
        }

        // TAMPFREQ, TAMPFLT; samples at 1 Hz to 128 Hz, so many in a row.
        [TestCase(0u, 1u, 2.0)]
        [TestCase(0u, 3u, 8.0)]
        [TestCase(7u, 2u, 4.0 / 128)]
        public void ShouldTamperByALevelSeenInSamplesInARow(uint frequency, uint filter, double longest)
        {
            StartLse();
            FillBackupRegisters();
            // Low is active.
            Rtc.OnGPIO(0, true);
            Write(RtcBase + 0x40, 1 | (frequency << 8) | (filter << 11));
            Rtc.OnGPIO(0, false);
            RunFor(longest / 2);
            Rtc.OnGPIO(0, true);
            RunFor(longest);
            Assert.That(Rtc.BackupRegisterValues, Is.All.Not.Zero, "too short");
            Rtc.OnGPIO(0, false);
            RunFor(longest + 0.0001);
            Assert.That(Rtc.BackupRegisterValues, Is.All.Zero);
            Assert.That(Read(RtcBase + 0x0C) & 0x2000, Is.EqualTo(0x2000));
        }

        [Test]
        public void ShouldTamperByALevelThatIsThereWhenItIsEnabled()
        {
            StartLse();
            FillBackupRegisters();
            // Low is active, 2 samples at 1 Hz.
            Write(RtcBase + 0x40, 1 | (1 << 11));
            Assert.That(Rtc.BackupRegisterValues, Is.All.Not.Zero);
            RunFor(2.0001);
            Assert.That(Rtc.BackupRegisterValues, Is.All.Zero);
        }

        [Test]
        public void ShouldTakeATimestampOfATamper()
        {
            SetTime(0x00123456, 0x00245212);
            Write(RtcBase + 0x40, 1 | (1 << 7));
            Rtc.OnGPIO(0, true);
            Assert.That(Read(RtcBase + 0x0C) >> 11 & 1, Is.EqualTo(1), "TSF");
            Assert.That(Read(RtcBase + 0x30), Is.EqualTo(0x00123456));
        }

        [Test]
        public void ShouldDetectTamperOnVbat()
        {
            EnableBackupSram();
            Write(BackupSramBase, 0x12345678);
            FillBackupRegisters();
            Write(RtcBase + 0x40, 1);
            Supplies.PowerOff();
            RunFor(0.001);
            Rtc.OnGPIO(0, true);
            Rtc.OnGPIO(0, false);
            Supplies.PowerOn();
            Assert.That(Rtc.BackupRegisterValues, Is.All.Zero);
            Assert.That(Read(RtcBase + 0x0C) & 0x2000, Is.EqualTo(0x2000));
            EnableBackupSram();
            Assert.That(Read(BackupSramBase), Is.EqualTo(0x12345678));
        }

        [TestCase(true)]
        [TestCase(false)]
        public void ShouldEndStandbyByTamperAndTimestamp(bool tamper)
        {
            SetTime(0, 0x00242101);
            Write(RtcBase + 0x40, tamper ? 5u : 0);
            Write(RtcBase + 0x08, tamper ? 0 : (1u << 11) | (1 << 15));
            SetBits(PwrControl, (1 << 1) | (1 << 2));
            Pwr.OnGPIO(1, true);
            RunFor(0.01);
            Assert.That(Supplies.IsInStandby, Is.True);
            Pwr.OnGPIO(1, false);
            Rtc.OnGPIO(0, true);
            RunFor(0.01);
            Assert.That(Supplies.IsInStandby, Is.False);
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrStatus) & 3, Is.EqualTo(3), "WUF, SBF");
        }

        [Test]
        public void ShouldLeaveNoWakeUpFlagByAnAlarmWithoutPower()
        {
            SetTime(0, 0x00242101);
            Write(RtcBase + 0x1C, 0x80808003);
            Write(RtcBase + 0x08, (1 << 8) | (1 << 12));
            Supplies.PowerCycle(5);
            RunFor(6);
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrStatus) & 1, Is.Zero, "WUF");
            Assert.That(Read(RtcBase + 0x0C) >> 8 & 1, Is.EqualTo(1), "ALRAF");
        }

        [TestCase(0x28u, TestName = "SSR")]
        [TestCase(0x2Cu, TestName = "SHIFTR")]
        [TestCase(0x38u, TestName = "TSSSR")]
        [TestCase(0x3Cu, TestName = "CALR")]
        [TestCase(0x44u, TestName = "ALRMASSR")]
        [TestCase(0x48u, TestName = "ALRMBSSR")]
        public void ShouldHaveNoSuchRegisterInTheF2(uint offset)
        {
            BuildChip(line: ChipLine.F205_F215);
            StartLse();
            Unlock();
            RunFor(0.3);
            Write(RtcBase + offset, 0xFFFFFFFF);
            Assert.That(Read(RtcBase + offset), Is.Zero);
            RunFor(1.0);
            Assert.That(Read(RtcBase), Is.EqualTo(0x000001), "the time goes its way: RTC_TR");
            Assert.That(Read(RtcBase + 0x0C) & 0x10008, Is.Zero, "no shift and no calibration is pending: RTC_ISR");
        }

        [Test]
        public void ShouldHaveOneTamperInputInTheF2()
        {
            BuildChip(line: ChipLine.F205_F215);
            UnlockBackupDomain();
            Write(RtcBase + 0x50, 0xCAFE);
            Write(RtcBase + 0x40, 0x8);
            Rtc.OnGPIO(1, true);
            Assert.That(Read(RtcBase + 0x50), Is.EqualTo(0xCAFE), "TAMP2E is not there");
            Write(RtcBase + 0x40, 0x1);
            Rtc.OnGPIO(0, true);
            Assert.That(Read(RtcBase + 0x50), Is.Zero);
            Assert.That(Read(RtcBase + 0x0C) & 0x6000, Is.EqualTo(0x2000), "TAMP1F");
        }

        [Test]
        public void ShouldLogAnInputThatIsNotThere()
        {
            Assert.DoesNotThrow(() => Rtc.OnGPIO(2, true));
        }

        private int PulsesLost(uint calibration, uint asynchronousPrescaler, int seconds)
        {
            var fractions = 32768 / (asynchronousPrescaler + 1);
            StartLse();
            Unlock();
            Write(RtcBase + 0x3C, calibration);
            Write(RtcBase + 0x0C, 0x80);
            Write(RtcBase + 0x10, (fractions - 1) | (asynchronousPrescaler << 16));
            Write(RtcBase, 0);
            Write(RtcBase + 4, 0x00242101);
            Write(RtcBase + 0x0C, 0);
            RunFor(seconds + (1.0 / 65536));
            var fraction = fractions - 1 - Read(RtcBase + 0x28);
            return (int)((seconds * fractions) - ((CalendarSeconds() * fractions) + fraction));
        }

        private uint CalendarSeconds()
        {
            var time = DateTime.ParseExact(Rtc.CurrentTime, "yyyy-MM-dd HH:mm:ss", null);
            return (uint)(time - time.Date).TotalSeconds;
        }

        private void FillBackupRegisters()
        {
            for(var i = 0u; i < 20; i++)
            {
                Write(RtcBase + 0x50 + (4 * i), 0xA0000000 + i);
            }
        }

        private void UseLargeTimeSteps()
        {
            Emulation.MasterTimeSource.Quantum = TimeInterval.FromSeconds(3600ul);
            Machine.LocalTimeSource.Quantum = TimeInterval.FromSeconds(3600ul);
        }

        private void Unlock()
        {
            Write(RtcBase + 0x24, 0xCA);
            Write(RtcBase + 0x24, 0x53);
        }

        private void SetTime(uint time, uint date)
        {
            StartLse();
            Unlock();
            Write(RtcBase + 0x0C, 0x80);
            Write(RtcBase, time);
            Write(RtcBase + 4, date);
            Write(RtcBase + 0x0C, 0);
            Read(RtcBase + 4);
        }
    }
}
