// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.Memory;

using Moq;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_SuppliesTests : ChipTest
    {
        // Wiring, VDD on, cell there; what the VBAT pin sees.
        [TestCase(BatteryWiring.CoinCellThroughDiodes, true, true, 3.06)]
        [TestCase(BatteryWiring.CoinCellThroughDiodes, true, false, 3.06)]
        [TestCase(BatteryWiring.CoinCellThroughDiodes, false, true, 2.76)]
        [TestCase(BatteryWiring.CoinCellThroughDiodes, false, false, 0)]
        [TestCase(BatteryWiring.OpenOrCell, true, true, 3.0)]
        [TestCase(BatteryWiring.OpenOrCell, true, false, 2.7)]
        [TestCase(BatteryWiring.OpenOrCell, false, true, 3.0)]
        [TestCase(BatteryWiring.OpenOrCell, false, false, 0)]
        [TestCase(BatteryWiring.TiedToVdd, true, true, 3.3)]
        [TestCase(BatteryWiring.TiedToVdd, false, true, 0)]
        public void ShouldFeedVbatByWiring(BatteryWiring wiring, bool powered, bool cell, double vbat)
        {
            BuildChip(wiring, cell);
            if(!powered)
            {
                Supplies.PowerOff();
            }
            Assert.That(Supplies.Vbat, Is.EqualTo(vbat).Within(0.001));
        }

        [Test]
        public void ShouldTellTheVersionOfThePlugin()
        {
            Assert.That(Supplies.Version, Is.EqualTo(PluginVersion.Text));
        }

        [Test]
        public void ShouldSwitchOffAndOnAtTheThresholds()
        {
            Supplies.Vdd = 1.69;
            Assert.That(Supplies.IsPowered, Is.True);
            Supplies.Vdd = 1.67;
            Assert.That(Supplies.IsPowered, Is.False);
            Supplies.Vdd = 1.71;
            Assert.That(Supplies.IsPowered, Is.False);
            Supplies.Vdd = 1.73;
            Assert.That(Supplies.IsPowered, Is.True);
        }

        [Test]
        public void ShouldReturnToTheLastOperatingVoltage()
        {
            Supplies.Vdd = 2.5;
            Supplies.PowerOff();
            Assert.That(Supplies.Vdd, Is.Zero);
            Supplies.PowerOn();
            Assert.That(Supplies.Vdd, Is.EqualTo(2.5));
        }

        [TestCase(-0.1)]
        [TestCase(3.7)]
        [TestCase(double.NaN)]
        public void ShouldRefuseImpossibleVoltages(double volts)
        {
            foreach(var attempt in new TestDelegate[] { () => Supplies.Vdd = volts, () => Supplies.CoinCellVoltage = volts })
            {
                var exception = Assert.Throws<RecoverableException>(attempt);
                Assert.That(exception.Message, Does.Contain("give 0 to 3.6").And.Not.Contain("\n"));
            }
            Assert.That(Supplies.Vdd, Is.EqualTo(3.3));
            Assert.That(Supplies.CoinCellVoltage, Is.EqualTo(3.0));
        }

        [TestCase(-1.0)]
        [TestCase(1e12)]
        [TestCase(double.NaN)]
        public void ShouldRefuseImpossiblePowerCuts(double seconds)
        {
            Assert.Throws<RecoverableException>(() => Supplies.PowerCycle(seconds));
            Assert.That(Supplies.IsPowered, Is.True);
        }

        [Test]
        public void ShouldRefuseACellWhereThereIsNoHolder()
        {
            BuildChip(BatteryWiring.TiedToVdd);
            Assert.That(Supplies.CoinCellPresent, Is.False);
            Assert.Throws<RecoverableException>(() => Supplies.InsertCoinCell());
            Assert.Throws<RecoverableException>(() => Supplies.RemoveCoinCell());
        }

        [Test]
        public void ShouldComeBackAfterThePowerCycle()
        {
            Supplies.PowerCycle(2);
            RunFor(1.9);
            Assert.That(Supplies.IsPowered, Is.False);
            RunFor(0.2);
            Assert.That(Supplies.IsPowered, Is.True);
        }

        [Test]
        public void ShouldForgetAPowerCycleThatThePersonEnded()
        {
            Supplies.PowerCycle(1);
            Supplies.PowerOn();
            Supplies.PowerCycle(5);
            RunFor(2);
            Assert.That(Supplies.IsPowered, Is.False);
            RunFor(3.5);
            Assert.That(Supplies.IsPowered, Is.True);
        }

        [Test]
        public void ShouldDoThreePowerCyclesInARow()
        {
            EnableBackupSram();
            Write(BackupSramBase, 0x600DCAFE);
            for(var i = 0; i < 3; i++)
            {
                Supplies.PowerCycle(0.5);
                RunFor(1);
            }
            Assert.That(Supplies.IsPowered, Is.True);
            Assert.That(BackupSram.Peek(0), Is.EqualTo(0x600DCAFE));
        }

        [Test]
        public void ShouldTellEveryModelOncePerReset()
        {
            var member = new Mock<IResetMember>();
            Supplies.Resets.Attach(member.Object);
            Supplies.PressReset();
            member.Verify(x => x.ResetState(ResetClass.SystemReset, ResetCause.Pin), Times.Once);
            Machine.Reset();
            member.Verify(x => x.ResetState(ResetClass.SystemReset, ResetCause.Pin), Times.Exactly(2));
            Supplies.PowerOff();
            member.Verify(x => x.ResetState(ResetClass.PowerOnReset, PowerFlags), Times.Once);
            Supplies.PowerOff();
            Supplies.PressReset();
            Machine.Reset();
            Supplies.PowerOn();
            Supplies.PowerOn();
            Supplies.RemoveCoinCell();
            Supplies.PowerOff();
            member.Verify(x => x.ResetState(ResetClass.PowerOnResetWithoutBattery, PowerFlags), Times.Once);
            // Once for each reset of Renode's machine, with power or without.
            member.Verify(x => x.ResetOutputs(), Times.Exactly(6));
            member.VerifyNoOtherCalls();
        }

        [Test]
        public void ShouldTellOfASoftwareResetWithItsPinFlag()
        {
            var member = new Mock<IResetMember>();
            Supplies.Resets.Attach(member.Object);
            Supplies.OnGPIO(0, true);
            RunFor(0.001);
            member.Verify(x => x.ResetState(ResetClass.SystemReset, ResetCause.Software | ResetCause.Pin), Times.Once);
            member.Verify(x => x.ResetOutputs(), Times.Once);
            member.VerifyNoOtherCalls();
        }

        [Test]
        public void ShouldResetAtTheFallingEdgeOfNrst()
        {
            var member = new Mock<IResetMember>();
            Supplies.Resets.Attach(member.Object);
            Supplies.OnGPIO(1, true);
            RunFor(0.001);
            member.VerifyNoOtherCalls();
            Supplies.OnGPIO(1, false);
            RunFor(0.001);
            member.Verify(x => x.ResetState(ResetClass.SystemReset, ResetCause.Pin), Times.Once);
        }

        [Test]
        public void ShouldLoseTheDomainWhenTheCellIsTakenOutWhilePowerIsOff()
        {
            EnableBackupSram();
            BackupSram.Fill(0x42);
            Supplies.PowerOff();
            Assert.That(BackupSram.Peek(0), Is.EqualTo(0x42424242));
            Supplies.RemoveCoinCell();
            Assert.That(BackupSram.Peek(0), Is.Not.EqualTo(0x42424242));
            Supplies.InsertCoinCell();
            Supplies.PowerOn();
            Assert.That(BackupSram.Peek(0), Is.Not.EqualTo(0x42424242));
            Assert.That(Pwr.BackupRegulatorEnabled, Is.False);
        }

        [Test]
        public void ShouldSurviveAChangeOfTheCellWhilePowerIsOn()
        {
            EnableBackupSram();
            BackupSram.Fill(0x42);
            Supplies.RemoveCoinCell();
            Supplies.InsertCoinCell();
            Supplies.PowerOff();
            Supplies.PowerOn();
            Assert.That(BackupSram.Peek(0), Is.EqualTo(0x42424242));
        }

        // Diodes take 0.24 V; the domain needs 1.65 V.
        [TestCase(BatteryWiring.CoinCellThroughDiodes, 1.90, true)]
        [TestCase(BatteryWiring.CoinCellThroughDiodes, 1.88, false)]
        [TestCase(BatteryWiring.OpenOrCell, 1.66, true)]
        [TestCase(BatteryWiring.OpenOrCell, 1.64, false)]
        public void ShouldNeedEnoughVoltageOnVbat(BatteryWiring wiring, double cell, bool kept)
        {
            BuildChip(wiring);
            EnableBackupSram();
            BackupSram.Fill(0x42);
            Supplies.CoinCellVoltage = cell;
            Assert.That(Supplies.HasBattery, Is.EqualTo(kept));
            Supplies.PowerOff();
            Assert.That(BackupSram.Peek(0) == 0x42424242, Is.EqualTo(kept));
        }

        [Test]
        public void ShouldLoseTheDomainWhenTheCellRunsDownWhilePowerIsOff()
        {
            EnableBackupSram();
            BackupSram.Fill(0x42);
            Supplies.PowerOff();
            Supplies.CoinCellVoltage = 1.5;
            Assert.That(BackupSram.Peek(0), Is.Not.EqualTo(0x42424242));
        }

        [Test]
        public void ShouldScrambleVolatileMemoriesNeverToZero()
        {
            foreach(var memory in new[] { Sram, Ccm })
            {
                memory.WriteBytes(0, new byte[memory.Size], (int)memory.Size);
            }
            Supplies.PowerOff();
            Supplies.PowerOn();
            AssertIsNoise(Sram);
            AssertIsNoise(Ccm);
        }

        [Test]
        public void ShouldStartWithNoiseInVolatileMemories()
        {
            AssertIsNoise(Sram);
        }

        [Test]
        public void ShouldScrambleTheSameWayWithTheSameSeed()
        {
            Supplies.PowerCycle(0.1);
            RunFor(0.2);
            var first = Sram.ReadBytes(0, 256);
            BuildChip();
            Supplies.PowerCycle(0.1);
            RunFor(0.2);
            Assert.That(Sram.ReadBytes(0, 256), Is.EqualTo(first));
            BuildChip(seed: 2);
            Supplies.PowerCycle(0.1);
            RunFor(0.2);
            Assert.That(Sram.ReadBytes(0, 256), Is.Not.EqualTo(first));
        }

        [Test]
        public void ShouldDescribeWhatWouldSurvive()
        {
            Assert.That(Supplies.Status, Does.Contain("backup SRAM would be lost: the backup regulator is off (BRE = 0)"));
            EnableBackupSram();
            Assert.That(Supplies.Status, Does.Contain("backup SRAM would be kept").And.Contain("BRE = 1, BRR = 1").And.Contain("DBP = 1"));
            Supplies.RemoveCoinCell();
            Assert.That(Supplies.Status, Does.Contain("backup SRAM would be lost: no supply on VBAT"));
            Supplies.PowerOff();
            Assert.That(Supplies.Status, Does.Contain("0.00 V, off").And.Contain("PowerOnResetWithoutBattery"));
        }

        [Test]
        public void ShouldTellTheSuppliesAsATable()
        {
            Assert.That(Supplies.Status.Split('\n').Take(4), Is.EqualTo(new[]
            {
                "VDD               3.30 V, on",
                "Brown-out reset   off (BOR_LEV = 3)",
                "VBAT              3.06 V, 2.76 V without VDD (holds the backup domain)",
                "Coin cell         3.00 V",
            }));
            Supplies.RampVdd(0, 1);
            Assert.That(Supplies.Status, Does.StartWith("VDD               3.30 V, on, on its way to 0.00 V\n"));
            BuildChip(wiring: BatteryWiring.TiedToVdd);
            Assert.That(Supplies.Status, Does.Contain("(does not hold the backup domain)\nCoin cell         none possible: VBAT is tied to VDD\nLast reset        "));
            BuildChip(cellPresent: false);
            Assert.That(Supplies.Status, Does.Contain("\nCoin cell         none\n"));
        }

        [TestCase(0.0, true)]
        [TestCase(3.6, true)]
        [TestCase(-0.01, false)]
        [TestCase(3.61, false)]
        public void ShouldTakeVoltagesFromZeroToTheHighest(double volts, bool taken)
        {
            foreach(var set in new TestDelegate[] { () => Supplies.Vdd = volts, () => Supplies.CoinCellVoltage = volts, () => Supplies.RampVdd(volts, 0), () => Supplies.RampVddAtOnce(volts, 0) })
            {
                if(taken)
                {
                    Assert.DoesNotThrow(set);
                }
                else
                {
                    Assert.Throws<RecoverableException>(set);
                }
            }
        }

        [Test]
        public void ShouldHoldTheDomainAtTheLowestVoltageOnVbat()
        {
            BuildChip(wiring: BatteryWiring.OpenOrCell);
            Supplies.CoinCellVoltage = 1.65;
            Assert.That(Supplies.HasBattery, Is.True);
            Supplies.CoinCellVoltage = 1.64;
            Assert.That(Supplies.HasBattery, Is.False);
        }

        [Test]
        public void ShouldSwitchOnAtOnceAfterAPowerCycleOfNoTime()
        {
            Supplies.PowerCycle(0);
            RunFor(0.001);
            Assert.That(Supplies.IsPowered, Is.True);
        }

        [Test]
        public void ShouldCutAtOnceOnlyWhatIsOn()
        {
            Supplies.CutPowerAtOnce();
            RunFor(0.001);
            Assert.That(Supplies.Status, Does.StartWith("VDD               0.00 V, off"));
            Supplies.CutPowerAtOnce();
            Supplies.PowerOn();
            RunFor(0.001);
            Assert.That(Supplies.IsPowered, Is.True, "a cut while the power was off comes to nothing");
        }

        // Level, falling and rising threshold of the datasheet.
        [TestCase(1, 2.19, 2.29)]
        [TestCase(2, 2.50, 2.59)]
        [TestCase(3, 2.83, 2.92)]
        public void ShouldHoldTheChipInResetBelowTheBrownOutLevel(int level, double falling, double rising)
        {
            SetBrownOutLevel(level);
            Write(Csr, 1 << 24);
            Supplies.Vdd = falling + 0.005;
            Assert.That(Supplies.IsPowered, Is.True);
            Assert.That(Rcc.ResetFlags, Is.EqualTo(ResetCause.None));
            Supplies.Vdd = falling - 0.005;
            Assert.That(Supplies.IsPowered, Is.False);
            Assert.That(Supplies.IsInBrownOut, Is.True);
            Assert.That(Rcc.ResetFlags, Is.EqualTo(ResetCause.BrownOut | ResetCause.Pin));
            Supplies.Vdd = rising - 0.005;
            Assert.That(Supplies.IsInBrownOut, Is.True, "hysteresis");
            Supplies.Vdd = rising + 0.005;
            Assert.That(Supplies.IsPowered, Is.True);
            Assert.That(Rcc.ResetFlags, Is.EqualTo(ResetCause.BrownOut | ResetCause.Pin));
        }

        [Test]
        public void ShouldHaveNoBrownOutUnlessTheOptionBytesSaySo()
        {
            Supplies.Vdd = 1.7;
            Assert.That(Supplies.IsPowered, Is.True);
        }

        [Test]
        public void ShouldPassBrownOutOnTheWayUpFromNoPower()
        {
            SetBrownOutLevel(3);
            Supplies.PowerOff();
            Supplies.Vdd = 2.9;
            Assert.That(Supplies.IsInBrownOut, Is.True);
            Supplies.PressReset();
            Assert.That(Supplies.IsInBrownOut, Is.True, "the button can't start what is held in reset");
            Supplies.Vdd = 2.93;
            Assert.That(Supplies.IsPowered, Is.True);
            Assert.That(Rcc.ResetFlags, Is.EqualTo(PowerFlags));
        }

        [Test]
        public void ShouldBringVddBackAboveTheBrownOutLevel()
        {
            SetBrownOutLevel(2);
            Supplies.Vdd = 3.0;
            Supplies.Vdd = 2.4;
            Supplies.PowerOn();
            Assert.That(Supplies.Vdd, Is.EqualTo(3.0));
            Assert.That(Supplies.IsPowered, Is.True);
        }

        [Test]
        public void ShouldApplyANewBrownOutLevelAtTheReset()
        {
            Supplies.Vdd = 2.6;
            SetBrownOutLevel(3);
            Assert.That(Supplies.IsPowered, Is.True);
            Supplies.PressReset();
            RunFor(0.001);
            Assert.That(Supplies.IsInBrownOut, Is.True);
        }

        [Test]
        public void ShouldKeepTheBackupDomainOnVddInABrownOutWithoutACell()
        {
            EnableBackupSram();
            BackupSram.Fill(0x42);
            Supplies.RemoveCoinCell();
            SetBrownOutLevel(1);
            Supplies.Vdd = 1.75;
            Supplies.Vdd = 3.3;
            Assert.That(BackupSram.Peek(0), Is.EqualTo(0x42424242));
            Assert.That(Pwr.BackupRegulatorEnabled, Is.True);
        }

        [Test]
        public void ShouldMoveVddAlongAStraightLine()
        {
            Supplies.RampVdd(2.3, 2);
            Assert.That(Supplies.Vdd, Is.EqualTo(3.3));
            RunFor(0.5);
            Assert.That(Supplies.Vdd, Is.EqualTo(3.05).Within(0.0001));
            Assert.That(Supplies.Vbat, Is.EqualTo(2.81).Within(0.0001));
            RunFor(1.25);
            Assert.That(Supplies.Vdd, Is.EqualTo(2.425).Within(0.0001));
            RunFor(1);
            Assert.That(Supplies.Vdd, Is.EqualTo(2.3));
        }

        [Test]
        public void ShouldDetectBrownOutAndPowerDownInOrderOnAFallingRamp()
        {
            SetBrownOutLevel(2);
            // PVD at 2.84 V falling.
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, (1 << 4) | (5 << 5));
            Supplies.RampVdd(0, 3.3);
            // One volt a second: the levels are crossed after 0.46, 0.80 and 1.62 s.
            RunFor(0.459);
            Assert.That(Pwr.IRQ.IsSet, Is.False);
            RunFor(0.002);
            Assert.That(Pwr.IRQ.IsSet, Is.True);
            RunFor(0.338);
            Assert.That(Supplies.IsPowered, Is.True);
            RunFor(0.002);
            Assert.That(Supplies.IsInBrownOut, Is.True);
            Assert.That(Rcc.ResetFlags, Is.EqualTo(ResetCause.BrownOut | ResetCause.Pin));
            Assert.That(Pwr.IRQ.IsSet, Is.False, "the reset has cleared PVDE");
            RunFor(0.818);
            Assert.That(Supplies.IsInBrownOut, Is.True);
            RunFor(0.002);
            Assert.That(Supplies.IsInBrownOut, Is.False);
            Assert.That(Supplies.IsPowered, Is.False);
            Assert.That(Rcc.ResetFlags, Is.EqualTo(PowerFlags));
        }

        [Test]
        public void ShouldTellOfEveryLevelInOrderOnARamp()
        {
            SetBrownOutLevel(3);
            var seen = new List<double>();
            Supplies.VddChanged += seen.Add;
            Supplies.RampVdd(0, 0.0001);
            RunFor(0.01);
            Assert.That(seen, Is.Ordered.Descending);
            Assert.That(seen.Count, Is.GreaterThan(20));
            Assert.That(seen.Last(), Is.Zero);
            seen.Clear();
            Supplies.RampVdd(3.3, 0.0001);
            RunFor(0.01);
            Assert.That(seen, Is.Ordered.Ascending);
            Assert.That(Supplies.IsPowered, Is.True);
        }

        [Test]
        public void ShouldPowerOnWithHysteresisOnARisingRamp()
        {
            SetBrownOutLevel(1);
            Supplies.PowerOff();
            Supplies.RampVdd(3.3, 3.3);
            RunFor(1.719);
            Assert.That(Supplies.IsInBrownOut || Supplies.IsPowered, Is.False);
            RunFor(0.002);
            Assert.That(Supplies.IsInBrownOut, Is.True);
            RunFor(0.568);
            Assert.That(Supplies.IsPowered, Is.False);
            RunFor(0.002);
            Assert.That(Supplies.IsPowered, Is.True);
            Assert.That(Rcc.ResetFlags, Is.EqualTo(PowerFlags));
        }

        [TestCase(BatteryWiring.TiedToVdd, 1.65)]
        [TestCase(BatteryWiring.CoinCellThroughDiodes, 1.68)]
        public void ShouldLoseTheDomainWhenTheRampHasTakenVbatToo(BatteryWiring wiring, double level)
        {
            BuildChip(wiring, cellPresent: false);
            EnableBackupSram();
            BackupSram.Fill(0x42);
            Supplies.RampVdd(0, 3.3);
            RunFor(3.3 - level - 0.001);
            Assert.That(BackupSram.Peek(0), Is.EqualTo(0x42424242));
            RunFor(0.002);
            Assert.That(BackupSram.Peek(0), Is.Not.EqualTo(0x42424242));
        }

        [Test]
        public void ShouldDetectADipThatNeitherBrownOutNorPowerDownSees()
        {
            SetBrownOutLevel(1);
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, (1 << 4) | (5 << 5));
            for(var i = 0; i < 3; i++)
            {
                Supplies.RampVdd(2.4, 0.1);
                RunFor(0.11);
                Assert.That(Pwr.IRQ.IsSet, Is.True);
                Supplies.RampVdd(3.3, 0.1);
                RunFor(0.11);
                Assert.That(Pwr.IRQ.IsSet, Is.False);
            }
            Assert.That(Supplies.Status, Does.Contain("power-on"), "no reset since");
        }

        [Test]
        public void ShouldEndTheRampWhenVddIsSetOtherwise()
        {
            Supplies.RampVdd(0, 3.3);
            RunFor(0.3);
            Supplies.Vdd = 2.9;
            RunFor(5);
            Assert.That(Supplies.Vdd, Is.EqualTo(2.9));
            Supplies.RampVdd(0, 1);
            Supplies.RampVdd(3.2, 1);
            RunFor(2);
            Assert.That(Supplies.Vdd, Is.EqualTo(3.2));
            Supplies.RampVdd(0, 1);
            Supplies.PowerCycle(0.1);
            RunFor(2);
            Assert.That(Supplies.Vdd, Is.EqualTo(3.2), "back to what it was before the ramp");
        }

        [TestCase(-0.1, 1, "volts = -0.1 is out of range: give 0 to 3.6")]
        [TestCase(3.7, 1, "volts = 3.7 is out of range: give 0 to 3.6")]
        [TestCase(double.NaN, 1, "volts = NaN")]
        [TestCase(1, -1, "virtualSeconds = -1 is out of range: give 0 to 86400")]
        [TestCase(1, 86401, "virtualSeconds = 86401")]
        [TestCase(1, double.NaN, "virtualSeconds = NaN")]
        public void ShouldRefuseAnImpossibleRamp(double volts, double seconds, string message)
        {
            var exception = Assert.Throws<RecoverableException>(() => Supplies.RampVdd(volts, seconds));
            Assert.That(exception.Message, Does.Contain(message).And.Not.Contain("\n"));
            RunFor(0.1);
            Assert.That(Supplies.Vdd, Is.EqualTo(3.3));
        }

        [Test]
        public void ShouldStepWithARampOfNoTime()
        {
            Supplies.RampVdd(1.0, 0);
            Assert.That(Supplies.IsPowered, Is.False);
        }

        [Test]
        public void ShouldNotTakeAGlitchOfTheMachinesResetForAPin()
        {
            EnableBackupSram();
            Write(RtcBase + 0x50, 0x12345678);
            Write(RtcBase + 0x40, 1);
            SetBits(PwrStatus, Ewup);
            // Renode's buttons are pressed and released when the machine is reset.
            Machine.SystemBus.Register(new Glitch(() =>
            {
                Pwr.OnGPIO(0, true);
                Pwr.OnGPIO(0, false);
                Rtc.OnGPIO(0, true);
                Rtc.OnGPIO(0, false);
            }), NullRegistrationPoint.Instance);
            Supplies.Resets.EnterStandby();
            RunFor(0.001);
            Assert.That(Supplies.IsInStandby, Is.True);
            Assert.That(Rtc.BackupRegisterValues[0], Is.EqualTo(0x12345678));
            Pwr.OnGPIO(0, true);
            RunFor(0.001);
            Assert.That(Supplies.IsInStandby, Is.False);
            Rtc.OnGPIO(0, true);
            Assert.That(Rtc.BackupRegisterValues[0], Is.Zero);
        }

        [Test]
        public void ShouldSayWhatHoldsTheChip()
        {
            SetBrownOutLevel(3);
            Supplies.RampVdd(2.5, 0.1);
            Assert.That(Supplies.Status, Does.Contain("on its way to 2.50 V").And.Contain("level 3: below 2.83 V, until 2.92 V"));
            RunFor(0.2);
            Assert.That(Supplies.Status, Does.Contain("held in reset by brown-out").And.Contain("BrownOutReset (BrownOut, Pin)"));
        }

        [TestCase(3.6, 0.0, true)]
        [TestCase(1.8, 3.6, true)]
        [TestCase(3.3, -0.01, false)]
        [TestCase(3.3, 3.61, false)]
        [TestCase(3.61, 3.0, false)]
        public void ShouldTakeVoltagesUpToTheHighest(double vdd, double cell, bool taken)
        {
            TestDelegate creation = () => new STM32F4_Supplies(Machine, BatteryWiring.CoinCellThroughDiodes, vdd, cell);
            if(taken)
            {
                Assert.DoesNotThrow(creation);
            }
            else
            {
                Assert.Throws<ConstructionException>(creation);
            }
        }

        [Test]
        public void ShouldRefuseALineThatIsNone()
        {
            Assert.Throws<ConstructionException>(() => new STM32F4_Supplies(Machine, BatteryWiring.CoinCellThroughDiodes, line: (ChipLine)99));
        }

        [TestCase(1.7)]
        [TestCase(4.0)]
        public void ShouldRefuseAnImpossibleVddAtTheStart(double vdd)
        {
            Assert.Throws<ConstructionException>(() => new STM32F4_Supplies(Machine, vdd: vdd));
        }

        private void SetBrownOutLevel(int level)
        {
            Supplies.Resets.OptionBytes = Mock.Of<IOptionBytes>(x => x.BrownOutLevel == level);
        }

        private static void AssertIsNoise(MappedMemory memory)
        {
            var words = Enumerable.Range(0, (int)memory.Size / 4).Select(i => memory.ReadDoubleWord(4 * i)).ToArray();
            Assert.That(words.Distinct().Count(), Is.GreaterThan(words.Length * 99 / 100));
        }

        private const ResetCause PowerFlags = ResetCause.PowerOn | ResetCause.BrownOut | ResetCause.Pin;

        private class Glitch : IPeripheral
        {
            public Glitch(Action action)
            {
                this.action = action;
            }

            public void Reset() => action();

            private readonly Action action;
        }
    }
}
