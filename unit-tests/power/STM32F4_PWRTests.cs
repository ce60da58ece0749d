// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_PWRTests : ChipTest
    {
        [TestCase(ChipLine.F207_F217, 0u)]
        [TestCase(ChipLine.F407_F417, 0x00004000u)]
        [TestCase(ChipLine.F42x_F43x, 0x0000C000u)]
        public void ShouldHaveResetValues(ChipLine line, uint control)
        {
            BuildChip(line: line);
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrControl), Is.EqualTo(control));
            Assert.That(Read(PwrStatus), Is.Zero);
        }

        [Test]
        public void ShouldReadZeroAndIgnoreWritesWithoutClock()
        {
            Write(PwrControl, Dbp);
            Assert.That(Read(PwrControl), Is.Zero);
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrControl), Is.EqualTo(0x4000));
        }

        [Test]
        public void ShouldKeepRegistersWhileTheClockIsOff()
        {
            UnlockBackupDomain();
            ClearBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrControl), Is.Zero);
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrControl) & Dbp, Is.EqualTo(Dbp));
        }

        [Test]
        public void ShouldCountAccessesWithoutClockAsMistakes()
        {
            Write(PwrControl, Dbp);
            Write(PwrControl, Dbp);
            Read(PwrStatus);
            Assert.That(Pwr.GuestMistakeCount, Is.EqualTo(3));
            Assert.That(Pwr.GuestMistakes, Does.Contain("2 x PWR_CR: write ignored, because RCC_APB1ENR.PWREN is off"));
        }

        [Test]
        public void ShouldIgnoreBreWhileDbpIsClear()
        {
            SetBits(Apb1Enable, PwrEnable);
            Write(PwrStatus, Bre);
            Assert.That(Read(PwrStatus) & Bre, Is.Zero);
            Assert.That(Pwr.GuestMistakes, Does.Contain("PWR_CSR.BRE: set ignored, because PWR_CR.DBP is 0"));
        }

        [Test]
        public void ShouldSetBreWithDbp()
        {
            UnlockBackupDomain();
            Write(PwrStatus, Bre);
            Assert.That(Read(PwrStatus) & Bre, Is.EqualTo(Bre));
            Assert.That(Pwr.GuestMistakeCount, Is.Zero);
        }

        [Test]
        public void ShouldKeepBreWhenItIsClearedAfterDbp()
        {
            EnableBackupSram();
            ClearBits(PwrControl, Dbp);
            ClearBits(PwrStatus, Bre);
            Assert.That(Read(PwrStatus) & (Bre | Brr), Is.EqualTo(Bre | Brr));
        }

        [Test]
        public void ShouldKeepBreWhenItIsClearedAfterPwren()
        {
            EnableBackupSram();
            ClearBits(Apb1Enable, PwrEnable);
            Write(PwrStatus, 0);
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrStatus) & (Bre | Brr), Is.EqualTo(Bre | Brr));
        }

        [Test]
        public void ShouldNotCallRewritingTheSameBreAMistake()
        {
            SetBits(Apb1Enable, PwrEnable);
            Write(PwrStatus, Ewup);
            Assert.That(Pwr.GuestMistakeCount, Is.Zero);
        }

        [Test]
        public void ShouldRaiseBrrWithin60ReadsButNotAtOnce()
        {
            UnlockBackupDomain();
            Write(PwrStatus, Bre);
            Assert.That(Read(PwrStatus) & Brr, Is.Zero);
            var reads = 1;
            while(reads < 60 && (Read(PwrStatus) & Brr) == 0)
            {
                reads++;
            }
            Assert.That(reads, Is.LessThan(60));
        }

        [Test]
        public void ShouldRaiseBrrAfterTheDelayWithoutReads()
        {
            UnlockBackupDomain();
            Write(PwrStatus, Bre);
            Assert.That(Pwr.BackupRegulatorReady, Is.False);
            RunFor(0.001);
            Assert.That(Pwr.BackupRegulatorReady, Is.True);
        }

        [Test]
        public void ShouldTakeALongDelay()
        {
            BuildChip(regulatorDelay: 500000, regulatorReads: 1000000);
            UnlockBackupDomain();
            Write(PwrStatus, Bre);
            RunFor(0.4);
            Assert.That(Read(PwrStatus) & Brr, Is.Zero);
            RunFor(0.2);
            Assert.That(Read(PwrStatus) & Brr, Is.EqualTo(Brr));
        }

        [Test]
        public void ShouldRaiseBrrAtOnceWithoutDelay()
        {
            BuildChip(regulatorDelay: 0);
            UnlockBackupDomain();
            Write(PwrStatus, Bre);
            Assert.That(Read(PwrStatus) & Brr, Is.EqualTo(Brr));
        }

        [Test]
        public void ShouldDropBrrWithBre()
        {
            EnableBackupSram();
            ClearBits(PwrStatus, Bre);
            Assert.That(Read(PwrStatus) & (Bre | Brr), Is.Zero);
        }

        [Test]
        public void ShouldSetBreAndDbpThroughTheBitBandAlias()
        {
            SetBits(Apb1Enable, PwrEnable);
            Write(0x420E0020, 1);
            Write(0x420E00A4, 1);
            Assert.That(Read(PwrControl) & Dbp, Is.EqualTo(Dbp));
            Assert.That(Read(PwrStatus) & Bre, Is.EqualTo(Bre));
        }

        [Test]
        public void ShouldSetWakeUpFlagOnlyWithEwup()
        {
            SetBits(Apb1Enable, PwrEnable);
            PressWakeUp();
            Assert.That(Read(PwrStatus) & 1, Is.Zero);
            Write(PwrStatus, Ewup);
            PressWakeUp();
            Assert.That(Read(PwrStatus) & 1, Is.EqualTo(1));
        }

        [Test]
        public void ShouldNotSetWakeUpFlagAgainWhileThePinStaysHigh()
        {
            SetBits(Apb1Enable, PwrEnable);
            Write(PwrStatus, Ewup);
            Pwr.OnGPIO(0, true);
            SetBits(PwrControl, 1 << 2);
            Pwr.OnGPIO(0, true);
            Assert.That(Read(PwrStatus) & 1, Is.Zero);
        }

        [Test]
        public void ShouldClearWakeUpFlagByCwufWhichReadsZero()
        {
            SetBits(Apb1Enable, PwrEnable);
            Write(PwrStatus, Ewup);
            PressWakeUp();
            SetBits(PwrControl, 1 << 2);
            Assert.That(Read(PwrStatus) & 1, Is.Zero);
            Assert.That(Read(PwrControl) & 0xC, Is.Zero);
        }

        [Test]
        public void ShouldKeepStandbyFlagThroughAliasWritesAndClearItByCsbf()
        {
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, 1 << 1);
            Pwr.OnGPIO(1, true);
            RunFor(0.001);
            Supplies.PressReset();
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrStatus) & 2, Is.EqualTo(2));
            // The alias reads and writes back the whole register: CSBF must not be seen as set.
            Write(0x420E0020, 1);
            Assert.That(Read(PwrStatus) & 2, Is.EqualTo(2));
            SetBits(PwrControl, 1 << 3);
            Assert.That(Read(PwrStatus) & 2, Is.Zero);
        }

        [Test]
        public void ShouldLeaveStandbyAtOnceWithWakeUpFlagSet()
        {
            SetBits(Apb1Enable, PwrEnable);
            Write(PwrStatus, Ewup);
            PressWakeUp();
            Sram.WriteDoubleWord(0, 0xCAFED00D);
            EnterStandby();
            Assert.That(Supplies.IsInStandby, Is.False);
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrStatus), Is.EqualTo(Wuf | Sbf | Ewup));
            Assert.That(Read(PwrControl), Is.EqualTo(0x4000), "PWR_CR is reset");
            Assert.That(Sram.ReadDoubleWord(0), Is.Not.EqualTo(0xCAFED00D), "the 1.2 V domain was off");
            Assert.That(Pwr.GuestMistakes, Does.Contain("1 x PWR_CSR.WUF: Standby ends at once, because the wake-up flag was not cleared"));
        }

        [Test]
        public void ShouldLockUpInStandbyWhileThePinStaysHigh()
        {
            SetAlarm(3);
            Pwr.OnGPIO(0, true);
            SetBits(PwrStatus, Ewup);
            EnterStandby(Cwuf);
            Assert.That(Supplies.IsInStandby, Is.True);
            RunFor(10);
            Assert.That(Supplies.IsInStandby, Is.True, "the alarm is not seen behind the pin");
            Assert.That(Pwr.GuestMistakes, Does.Contain("1 x PA0 (PWR_CSR.EWUP): high when Standby is entered with PWR_CSR.WUF clear"));
            Supplies.PressReset();
            Assert.That(Supplies.IsInStandby, Is.False);
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrStatus) & (Wuf | Sbf), Is.EqualTo(Sbf), "woken by the reset alone");
        }

        [Test]
        public void ShouldEndALockUpByTheIndependentWatchdog()
        {
            SetBits(Apb1Enable, PwrEnable);
            Write(PwrStatus, Ewup);
            Pwr.OnGPIO(0, true);
            EnterStandby(Cwuf);
            Assert.That(Supplies.IsInStandby, Is.True);
            Supplies.Resets.RequestReset(ResetCause.IndependentWatchdog);
            RunFor(0.001);
            Assert.That(Supplies.IsInStandby, Is.False);
        }

        [Test]
        public void ShouldEndALockUpWhenThePinWasLowAndRisesAgain()
        {
            SetBits(Apb1Enable, PwrEnable);
            Write(PwrStatus, Ewup);
            Pwr.OnGPIO(0, true);
            EnterStandby(Cwuf);
            Pwr.OnGPIO(0, false);
            RunFor(0.001);
            Assert.That(Supplies.IsInStandby, Is.True, "a falling edge is none");
            PressWakeUp();
            RunFor(0.001);
            Assert.That(Supplies.IsInStandby, Is.False);
        }

        [Test]
        public void ShouldLockUpInStandbyWhileAnRtcFlagIsLeftSet()
        {
            SetAlarm(1);
            RunFor(1.5);
            Assert.That(Read(PwrStatus) & Wuf, Is.EqualTo(Wuf));
            SetBits(PwrStatus, Ewup);
            EnterStandby(Cwuf);
            PressWakeUp();
            RunFor(0.001);
            Assert.That(Supplies.IsInStandby, Is.True, "the pin is not seen behind the flag");
            Assert.That(Pwr.GuestMistakes, Does.Contain("RTC_ISR.ALRAF: high when Standby is entered"));
        }

        [Test]
        public void ShouldNameAllSourcesThatStayHigh()
        {
            BuildChip(line: ChipLine.F446);
            SetAlarm(1);
            RunFor(1.5);
            SetBits(PwrStatus, Ewup | (1 << 7));
            Pwr.OnGPIO(0, true);
            Pwr.OnGPIO(2, true);
            EnterStandby(Cwuf);
            Assert.That(Pwr.GuestMistakes, Does.Contain("PA0 (PWR_CSR.EWUP) and PC13 (PWR_CSR.EWUP2) and RTC_ISR.ALRAF: high"));
        }

        [TestCase(false)]
        [TestCase(true)]
        public void ShouldWakeByEverySourceAfterTheSequenceOfTheErrata(bool pinIsHigh)
        {
            SetAlarm(1);
            SetBits(PwrStatus, Ewup);
            Pwr.OnGPIO(0, true);
            RunFor(1.5);
            Pwr.OnGPIO(0, pinIsHigh);
            // Disable the sources, clear their flags and WUF, enable them again.
            ClearBits(PwrStatus, Ewup);
            ClearBits(RtcBase + 0x08, (1 << 8) | (1 << 12));
            Write(RtcBase + 0x0C, 0);
            SetBits(PwrControl, Cwuf);
            Assert.That(Read(PwrStatus) & Wuf, Is.Zero);
            Write(RtcBase + 0x1C, 0x80808004);
            SetBits(RtcBase + 0x08, (1 << 8) | (1 << 12));
            SetBits(PwrStatus, Ewup);
            EnterStandby();
            Assert.That(Supplies.IsInStandby, Is.Not.EqualTo(pinIsHigh), "a pin that is still high ends Standby at once");
            RunFor(3);
            Assert.That(Supplies.IsInStandby, Is.False);
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrStatus) & (Wuf | Sbf), Is.EqualTo(Wuf | Sbf));
        }

        [Test]
        public void ShouldNotSeeASecondSourceWhileOneIsHigh()
        {
            SetAlarm(1);
            SetBits(PwrStatus, Ewup);
            Pwr.OnGPIO(0, true);
            SetBits(PwrControl, Cwuf);
            RunFor(1.5);
            Assert.That(Read(RtcBase + 0x0C) & 0x100, Is.EqualTo(0x100), "ALRAF");
            Assert.That(Read(PwrStatus) & Wuf, Is.Zero);
            Pwr.OnGPIO(0, false);
            PressWakeUp();
            Assert.That(Read(PwrStatus) & Wuf, Is.Zero, "now the alarm hides the pin");
            ClearBits(RtcBase + 0x0C, 0x100);
            PressWakeUp();
            Assert.That(Read(PwrStatus) & Wuf, Is.EqualTo(Wuf));
        }

        [Test]
        public void ShouldCountAFlagAsAnEventWhenItsInterruptIsEnabled()
        {
            SetAlarm(1, interrupt: false);
            RunFor(1.5);
            Assert.That(Read(PwrStatus) & Wuf, Is.Zero);
            SetBits(RtcBase + 0x08, 1 << 12);
            Assert.That(Read(PwrStatus) & Wuf, Is.EqualTo(Wuf));
        }

        [Test]
        public void ShouldNotTakeAnAlarmFromBeforeThePowerCutForAnEdge()
        {
            SetAlarm(1);
            Supplies.PowerCycle(5);
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrStatus, Ewup);
            PressWakeUp();
            Assert.That(Read(PwrStatus) & Wuf, Is.Zero, "the flag that is set hides the pin");
        }

        [Test]
        public void ShouldTakeNoEdgeOfAResetForAnEvent()
        {
            SetBits(Apb1Enable, PwrEnable);
            Write(PwrStatus, Ewup);
            Pwr.OnGPIO(0, true);
            EnterStandby(Cwuf);
            // Ports and buttons may be reset before the supplies, and after them.
            Machine.MachineReset += _ => Pwr.OnGPIO(0, true);
            Pwr.OnGPIO(0, false);
            Supplies.PressReset();
            RunFor(0.001);
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrStatus) & (Wuf | Sbf), Is.EqualTo(Sbf));
        }

        [Test]
        public void ShouldIgnoreWritesToStatusBitsOfCsr()
        {
            UnlockBackupDomain();
            Write(PwrStatus, 0xF);
            Assert.That(Read(PwrStatus) & 0xF, Is.Zero);
        }

        [Test]
        public void ShouldReadReservedBitsAsZero()
        {
            UnlockBackupDomain();
            Write(PwrControl, 0xFFFFFFFF);
            Write(PwrStatus, 0xFFFFFFFF);
            Assert.That(Read(PwrControl) & 0xFFFFBC0C, Is.Zero);
            Assert.That(Read(PwrStatus) & 0xFFFFBCF0, Is.Zero);
        }

        [Test]
        public void ShouldAcceptBytesAndHalfWords()
        {
            SetBits(Apb1Enable, PwrEnable);
            Machine.SystemBus.WriteByte(PwrControl + 1, 0x41);
            Assert.That(Read(PwrControl), Is.EqualTo(0x4100));
            Assert.That(Machine.SystemBus.ReadWord(PwrControl), Is.EqualTo(0x4100));
        }

        [Test]
        public void ShouldReportVoltageScalingReadyAfterVosWasWritten()
        {
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrStatus) & (1 << 14), Is.Zero);
            Write(PwrControl, 0x4000);
            Assert.That(Read(PwrStatus) & (1 << 14), Is.Not.Zero);
        }

        [Test]
        public void ShouldReportVoltageScalingOfF42xReadyWithThePll()
        {
            BuildChip(line: ChipLine.F42x_F43x);
            SetBits(Apb1Enable, PwrEnable);
            Write(PwrControl, 0xC000);
            Assert.That(Read(PwrStatus) & (1 << 14), Is.Zero);
            SetBits(RccBase, 1 << 24);
            Assert.That(Read(PwrStatus) & (1 << 14), Is.Not.Zero);
        }

        [Test]
        public void ShouldReportOverDriveReadyOnF42x()
        {
            BuildChip(line: ChipLine.F42x_F43x);
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, 1 << 16);
            Assert.That(Read(PwrStatus) & (3 << 16), Is.EqualTo(1 << 16));
            SetBits(PwrControl, 1 << 17);
            Assert.That(Read(PwrStatus) & (3 << 16), Is.EqualTo(3 << 16));
        }

        [Test]
        public void ShouldHaveNoOverDriveOnF407()
        {
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, 3 << 16);
            Assert.That(Read(PwrControl) & (3 << 16), Is.Zero);
            Assert.That(Read(PwrStatus) & (3 << 16), Is.Zero);
        }

        [TestCase(0u, 2.04, 2.14)]
        [TestCase(1u, 2.19, 2.30)]
        [TestCase(2u, 2.35, 2.45)]
        [TestCase(3u, 2.51, 2.60)]
        [TestCase(4u, 2.66, 2.76)]
        [TestCase(5u, 2.84, 2.93)]
        [TestCase(6u, 2.93, 3.03)]
        [TestCase(7u, 3.03, 3.14)]
        public void ShouldDetectLowVoltageWithHysteresis(uint level, double falling, double rising)
        {
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, (1 << 4) | (level << 5));
            Supplies.Vdd = falling + 0.01;
            Assert.That(Pwr.IRQ.IsSet, Is.False);
            Supplies.Vdd = falling - 0.01;
            Assert.That(Pwr.IRQ.IsSet, Is.True);
            Assert.That(Read(PwrStatus) & (1 << 2), Is.EqualTo(1 << 2));
            Supplies.Vdd = rising - 0.01;
            Assert.That(Pwr.IRQ.IsSet, Is.True);
            Supplies.Vdd = rising + 0.01;
            Assert.That(Pwr.IRQ.IsSet, Is.False);
            Assert.That(Read(PwrStatus) & (1 << 2), Is.Zero);
        }

        [Test]
        public void ShouldNotDetectLowVoltageWhileTheDetectorIsOff()
        {
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, 7 << 5);
            Supplies.Vdd = 2.0;
            Assert.That(Pwr.IRQ.IsSet, Is.False);
            SetBits(PwrControl, 1 << 4);
            Assert.That(Pwr.IRQ.IsSet, Is.True);
        }

        [Test]
        public void ShouldTakeVosOnlyWhileThePllIsOff()
        {
            BuildChip(line: ChipLine.F42x_F43x);
            SetBits(Apb1Enable, PwrEnable);
            Write(PwrControl, 0x8000);
            Assert.That(Read(PwrControl), Is.EqualTo(0x8000));
            SetBits(RccBase, 1 << 24);
            Write(PwrControl, 0xC000);
            Assert.That(Read(PwrControl), Is.EqualTo(0x8000));
            Assert.That(Pwr.GuestMistakes, Does.Contain("PWR_CR.VOS: write ignored, because the main PLL runs"));
        }

        [TestCase(3u)]
        [TestCase(0u)]
        public void ShouldReportUnderDriveAfterStop(uint underDrive)
        {
            BuildChip(line: ChipLine.F42x_F43x);
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, (underDrive << 18) | (3 << 16));
            Pwr.OnGPIO(1, true);
            Pwr.OnGPIO(1, false);
            Assert.That(Read(PwrStatus) >> 18 & 3, Is.EqualTo(underDrive), "UDRDY");
            Assert.That(Read(PwrStatus) >> 16 & 3, Is.Zero, "over-drive is off after Stop");
            Write(PwrStatus, 3 << 18);
            Assert.That(Read(PwrStatus) >> 18 & 3, Is.Zero, "UDRDY");
        }

        [Test]
        public void ShouldWakeByTheSecondPinOfF446()
        {
            BuildChip(line: ChipLine.F446);
            SetBits(Apb1Enable, PwrEnable);
            Pwr.OnGPIO(2, true);
            Pwr.OnGPIO(2, false);
            Assert.That(Read(PwrStatus) & 1, Is.Zero, "not enabled");
            Write(PwrStatus, 1 << 7);
            Pwr.OnGPIO(2, true);
            Assert.That(Read(PwrStatus) & 1, Is.EqualTo(1), "WUF");
        }

        // Early headers of ST had WUPP there, a polarity which the chip has not.
        [Test]
        public void ShouldWakeByTheRisingEdgeAloneOnF469()
        {
            BuildChip(line: ChipLine.F469_F479);
            SetBits(Apb1Enable, PwrEnable);
            Pwr.OnGPIO(0, true);
            Pwr.OnGPIO(0, false);
            Write(PwrStatus, (1 << 7) | Ewup);
            Assert.That(Read(PwrStatus), Is.EqualTo(Ewup));
            Pwr.OnGPIO(0, true);
            Assert.That(Read(PwrStatus) & 1, Is.EqualTo(1), "WUF");
        }

        [Test]
        public void ShouldCountAnActivePinAsAnEventWhenItIsEnabled()
        {
            SetBits(Apb1Enable, PwrEnable);
            Pwr.OnGPIO(0, true);
            Assert.That(Read(PwrStatus) & 1, Is.Zero, "WUF");
            Write(PwrStatus, Ewup);
            Assert.That(Read(PwrStatus) & 1, Is.EqualTo(1), "WUF");
        }

        [Test]
        public void ShouldResetControlButNotTheBackupRegulatorByPwrrst()
        {
            EnableBackupSram();
            SetBits(RccBase + 0x20, PwrEnable);
            ClearBits(RccBase + 0x20, PwrEnable);
            Assert.That(Read(PwrControl), Is.EqualTo(0x4000));
            Assert.That(Read(PwrStatus) & (Bre | Brr), Is.EqualTo(Bre | Brr));
        }

        [TestCase(1000001u, 0u)]
        [TestCase(0u, 1000001u)]
        public void ShouldRefuseADelayThatIsTooLong(uint delay, uint reads)
        {
            Assert.That(() => new STM32F4_PWR(Machine, Supplies, delay, reads), Throws.InstanceOf<ConstructionException>());
            Assert.That(() => new STM32F4_PWR(Machine, null), Throws.InstanceOf<ConstructionException>());
        }

        [Test]
        public void ShouldTellItsStatus()
        {
            BuildChip(regulatorDelay: 1000000, regulatorReads: 2);
            Assert.That(Status(), Is.EqualTo(("off (BRE = 0)", "write-protected (DBP = 0)")));
            UnlockBackupDomain();
            Write(PwrStatus, Bre);
            Assert.That(Status(), Is.EqualTo(("on, not ready yet (BRE = 1, BRR = 0)", "writable (DBP = 1)")));
            Assert.That(new[] { Read(PwrStatus) & Brr, Read(PwrStatus) & Brr, Read(PwrStatus) & Brr }, Is.EqualTo(new[] { 0u, 0u, Brr }), "BRR after two reads");
            Assert.That(Status(), Is.EqualTo(("on and ready (BRE = 1, BRR = 1)", "writable (DBP = 1)")));
        }

        [Test]
        public void ShouldNameItsRegisters()
        {
            Assert.That(new[] { 0, 4, 8 }.Select(x => Pwr.OffsetToString(x)), Is.EqualTo(new[] { "PWR_CR", "PWR_CSR", "PWR+0x8" }));
            Assert.That(Pwr.Size, Is.EqualTo(0x400));
        }

        [Test]
        public void ShouldTellOnceThatStopBeginsAndEnds()
        {
            var told = new List<string>();
            Pwr.StopEntered += () => told.Add("entered");
            Pwr.StopLeft += () => told.Add("left");
            Pwr.OnGPIO(1, false);
            Assert.That(told, Is.Empty);
            Pwr.OnGPIO(1, true);
            Pwr.OnGPIO(1, false);
            Pwr.OnGPIO(1, false);
            Assert.That(told, Is.EqualTo(new[] { "entered", "left" }));
            Assert.That(Supplies.IsInStandby, Is.False);
            Supplies.Resets.OptionBytes = new ResettingOptions();
            Pwr.OnGPIO(1, true);
            Assert.That(told, Has.Count.EqualTo(2), "a reset comes instead of Stop");
        }

        [Test]
        public void ShouldResetInsteadOfStandbyIfTheOptionBytesSaySo()
        {
            Supplies.Resets.OptionBytes = new ResettingOptions();
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, 1 << 1);
            Pwr.OnGPIO(1, true);
            RunFor(0.001);
            Assert.That(Supplies.IsInStandby, Is.False);
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrStatus) & 2, Is.Zero, "SBF");
        }

        [Test]
        public void ShouldCountTheDelayOfTheRegulatorFromBre()
        {
            BuildChip(regulatorDelay: 500000, regulatorReads: 1000000);
            RunFor(2);
            UnlockBackupDomain();
            Write(PwrStatus, Bre);
            Assert.That(Pwr.BackupRegulatorReady, Is.False);
            RunFor(0.6);
            Assert.That(Pwr.BackupRegulatorReady, Is.True);
        }

        [Test]
        public void ShouldNotCountAnActivePinThatIsNotEnabled()
        {
            SetBits(Apb1Enable, PwrEnable);
            Pwr.OnGPIO(0, true);
            Write(PwrStatus, 0);
            Assert.That(Read(PwrStatus) & 1, Is.Zero, "WUF");
        }

        [Test]
        public void ShouldNotDetectLowVoltageAtTheThresholdItself()
        {
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, (1 << 4) | (7 << 5));
            Supplies.Vdd = 3.03;
            Assert.That(Pwr.IRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldSwitchToOverDriveAnewAfterStop()
        {
            BuildChip(line: ChipLine.F42x_F43x);
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, 3 << 16);
            Pwr.OnGPIO(1, true);
            Pwr.OnGPIO(1, false);
            SetBits(PwrControl, 1 << 16);
            Assert.That(Read(PwrStatus) >> 16 & 3, Is.EqualTo(1), "ODRDY without ODSWRDY");
        }

        [Test]
        public void ShouldTellThatDbpChanged()
        {
            var told = 0;
            Pwr.BackupDomainAccessChanged += () => told++;
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, Dbp);
            Assert.That(told, Is.EqualTo(1));
            SetBits(PwrControl, Dbp);
            Assert.That(told, Is.EqualTo(1), "it was 1 before");
            ClearBits(PwrControl, Dbp);
            Assert.That(told, Is.EqualTo(2));
        }

        [Test]
        public void ShouldKeepOverDriveWithoutStop()
        {
            BuildChip(line: ChipLine.F42x_F43x);
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, 3 << 16);
            Pwr.OnGPIO(1, false);
            Assert.That(Read(PwrStatus) >> 16 & 3, Is.EqualTo(3), "ODRDY, ODSWRDY");
        }

        [Test]
        public void ShouldNotSetWakeUpFlagOfTheSecondPinAgainWhileItStaysHigh()
        {
            BuildChip(line: ChipLine.F446);
            SetBits(Apb1Enable, PwrEnable);
            Pwr.OnGPIO(2, true);
            Write(PwrStatus, 1 << 7);
            Assert.That(Read(PwrStatus) & 1, Is.EqualTo(1), "an active pin counts when it is enabled");
            SetBits(PwrControl, 1 << 2);
            Pwr.OnGPIO(2, true);
            SetBits(PwrStatus, 1 << 7);
            Assert.That(Read(PwrStatus), Is.EqualTo(1 << 7));
        }

        [Test]
        public void ShouldForgetThatVosWasWrittenAtAReset()
        {
            SetBits(Apb1Enable, PwrEnable);
            Write(PwrControl, 0x4000);
            Supplies.PressReset();
            SetBits(Apb1Enable, PwrEnable);
            Assert.That(Read(PwrStatus) & (1 << 14), Is.Zero, "VOSRDY");
        }

        [Test]
        public void ShouldEndTheDetectionOfLowVoltageAtAReset()
        {
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, (1 << 4) | (7 << 5));
            Supplies.Vdd = 2.9;
            Assert.That(Pwr.IRQ.IsSet, Is.True);
            Supplies.PressReset();
            Assert.That(Pwr.IRQ.IsSet, Is.False);
        }

        private (string Regulator, string Domain) Status()
        {
            var lines = Pwr.StatusLines.ToDictionary(x => x.Key, x => x.Value);
            return (lines["Backup regulator"], lines["Backup domain"]);
        }

        private void PressWakeUp()
        {
            Pwr.OnGPIO(0, true);
            Pwr.OnGPIO(0, false);
        }

        // With PDDS, and perhaps more.
        private void EnterStandby(uint control = 0)
        {
            SetBits(PwrControl, control | (1 << 1));
            Pwr.OnGPIO(1, true);
            RunFor(0.001);
            Pwr.OnGPIO(1, false);
        }

        // Alarm A at a second of each minute, with the clock at 0.
        private void SetAlarm(uint second, bool interrupt = true)
        {
            StartLse();
            Write(RtcBase + 0x24, 0xCA);
            Write(RtcBase + 0x24, 0x53);
            Write(RtcBase + 0x0C, 0x80);
            Write(RtcBase, 0);
            Write(RtcBase + 0x0C, 0);
            Write(RtcBase + 0x1C, 0x80808000 | second);
            Write(RtcBase + 0x08, (1u << 8) | (interrupt ? 1u << 12 : 0));
        }

        private const uint Wuf = 1 << 0;
        private const uint Sbf = 1 << 1;
        private const uint Cwuf = 1 << 2;

        private class ResettingOptions : IOptionBytes
        {
            public int ReadProtectionLevel => 0;

            public int BrownOutLevel => 0;

            public bool HardwareWatchdog => false;

            public bool ResetsOnStop => true;

            public bool ResetsOnStandby => true;
        }
    }
}
