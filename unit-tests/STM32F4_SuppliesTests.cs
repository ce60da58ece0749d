// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.BackupDomain;
using Antmicro.Renode.Peripherals.Memory;

using Moq;

using NUnit.Framework;

namespace BackupDomain.UnitTests
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
        [TestCase(BatteryWiring.OpenOrCell, true, false, 0)]
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
            var member = new Mock<IResetClassMember>();
            Supplies.Attach(member.Object);
            Supplies.PressReset();
            member.Verify(x => x.ApplyReset(ResetClass.SystemReset, ResetCause.Pin), Times.Once);
            Machine.Reset();
            member.Verify(x => x.ApplyReset(ResetClass.SystemReset, ResetCause.Pin), Times.Exactly(2));
            Supplies.PowerOff();
            member.Verify(x => x.ApplyReset(ResetClass.PowerOnReset, PowerFlags), Times.Once);
            Supplies.PowerOff();
            Supplies.PressReset();
            Machine.Reset();
            Supplies.PowerOn();
            Supplies.PowerOn();
            Supplies.RemoveCoinCell();
            Supplies.PowerOff();
            member.Verify(x => x.ApplyReset(ResetClass.PowerOnResetWithoutBattery, PowerFlags), Times.Once);
            member.VerifyNoOtherCalls();
        }

        [Test]
        public void ShouldTellOfASoftwareResetWithItsPinFlag()
        {
            var member = new Mock<IResetClassMember>();
            Supplies.Attach(member.Object);
            Supplies.OnGPIO(0, true);
            RunFor(0.001);
            member.Verify(x => x.ApplyReset(ResetClass.SystemReset, ResetCause.Software | ResetCause.Pin), Times.Once);
            member.VerifyNoOtherCalls();
        }

        [Test]
        public void ShouldResetAtTheFallingEdgeOfNrst()
        {
            var member = new Mock<IResetClassMember>();
            Supplies.Attach(member.Object);
            Supplies.OnGPIO(1, true);
            RunFor(0.001);
            member.VerifyNoOtherCalls();
            Supplies.OnGPIO(1, false);
            RunFor(0.001);
            member.Verify(x => x.ApplyReset(ResetClass.SystemReset, ResetCause.Pin), Times.Once);
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

        [TestCase(1.7)]
        [TestCase(4.0)]
        public void ShouldRefuseAnImpossibleVddAtTheStart(double vdd)
        {
            Assert.Throws<ConstructionException>(() => new STM32F4_Supplies(Machine, vdd: vdd));
        }

        private static void AssertIsNoise(MappedMemory memory)
        {
            var words = Enumerable.Range(0, (int)memory.Size / 4).Select(i => memory.ReadDoubleWord(4 * i)).ToArray();
            Assert.That(words.Distinct().Count(), Is.GreaterThan(words.Length * 99 / 100));
        }

        private const ResetCause PowerFlags = ResetCause.PowerOn | ResetCause.BrownOut | ResetCause.Pin;
    }
}
