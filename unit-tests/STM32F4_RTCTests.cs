// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

using Antmicro.Renode.Time;

using NUnit.Framework;

namespace BackupDomain.UnitTests
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
            Write(RtcBase + 0x08, 0x40);
            Assert.That(Read(RtcBase + 0x08), Is.Zero);
            Unlock();
            Write(RtcBase + 0x08, 0x40);
            Assert.That(Read(RtcBase + 0x08), Is.EqualTo(0x40));
            Write(RtcBase + 0x24, 0xFF);
            Write(RtcBase + 0x08, 0);
            Assert.That(Read(RtcBase + 0x08), Is.EqualTo(0x40));
        }

        [TestCase(0x53u, 0xCAu)]
        [TestCase(0xCAu, 0xCAu)]
        [TestCase(0xCAu, 0x52u)]
        public void ShouldNotOpenToAWrongKey(uint first, uint second)
        {
            UnlockBackupDomain();
            Write(RtcBase + 0x24, first);
            Write(RtcBase + 0x24, second);
            Write(RtcBase + 0x08, 0x40);
            Assert.That(Read(RtcBase + 0x08), Is.Zero);
        }

        [Test]
        public void ShouldStayUnlockedOverASystemReset()
        {
            UnlockBackupDomain();
            Unlock();
            Supplies.PressReset();
            UnlockBackupDomain();
            Write(RtcBase + 0x08, 0x40);
            Assert.That(Read(RtcBase + 0x08), Is.EqualTo(0x40));
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
        [TestCase(400 * 24, Explicit = true, Reason = "needs a host that takes a day of virtual time in one step")]
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
            SetTime(0x00233000, 0x00242101);
            Write(RtcBase + 0x08, 1 << 16);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00003000));
            Write(RtcBase + 0x08, 1 << 17);
            Read(RtcBase + 4);
            Assert.That(Read(RtcBase), Is.EqualTo(0x00233000));
            Assert.That(Read(RtcBase + 0x08), Is.Zero);
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
