// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Peripherals.BackupDomain;

using NUnit.Framework;

namespace BackupDomain.UnitTests
{
    [TestFixture]
    public class STM32F4_IndependentWatchdogTests : ChipTest
    {
        [SetUp]
        public void CreateWatchdog()
        {
            watchdog = new STM32F4_IndependentWatchdog(Machine, Supplies);
            Register(watchdog, "iwdg", WatchdogBase, 0x400);
            Write(Csr, 1 << 24);
        }

        [Test]
        public void ShouldHaveResetValues()
        {
            Assert.That(Read(WatchdogBase + 4), Is.Zero);
            Assert.That(Read(WatchdogBase + 8), Is.EqualTo(0xFFF));
            Assert.That(Read(WatchdogBase + 12), Is.Zero);
        }

        [Test]
        public void ShouldResetWithItsFlag()
        {
            // 32 kHz / 4, 4096 clocks: 512 ms.
            Write(WatchdogBase, 0xCCCC);
            RunFor(0.5);
            Assert.That(Read(Csr), Is.Zero);
            RunFor(0.02);
            Assert.That(Read(Csr), Is.EqualTo(0x24000000));
        }

        [Test]
        public void ShouldNotRunUntilStarted()
        {
            RunFor(2);
            Assert.That(Read(Csr), Is.Zero);
        }

        [Test]
        public void ShouldBeKeptCalmByReloads()
        {
            Write(WatchdogBase, 0xCCCC);
            for(var i = 0; i < 4; i++)
            {
                RunFor(0.4);
                Write(WatchdogBase, 0xAAAA);
            }
            Assert.That(Read(Csr), Is.Zero);
            RunFor(0.6);
            Assert.That(Read(Csr), Is.EqualTo(0x24000000));
        }

        [Test]
        public void ShouldTakePrescalerAndReloadOnlyAfterTheKey()
        {
            Write(WatchdogBase + 4, 3);
            Write(WatchdogBase + 8, 99);
            Assert.That(Read(WatchdogBase + 4), Is.Zero);
            Assert.That(Read(WatchdogBase + 8), Is.EqualTo(0xFFF));
            Assert.That(watchdog.GuestMistakeCount, Is.EqualTo(2));
            Write(WatchdogBase, 0x5555);
            Write(WatchdogBase + 4, 3);
            Write(WatchdogBase + 8, 99);
            Write(WatchdogBase, 0xAAAA);
            Write(WatchdogBase, 0xCCCC);
            // 32 kHz / 32, 100 clocks.
            RunFor(0.095);
            Assert.That(Read(Csr), Is.Zero);
            RunFor(0.01);
            Assert.That(Read(Csr), Is.EqualTo(0x24000000));
        }

        [Test]
        public void ShouldStopWithTheReset()
        {
            Write(WatchdogBase, 0xCCCC);
            Supplies.PressReset();
            Write(Csr, 1 << 24);
            RunFor(2);
            Assert.That(Read(Csr), Is.Zero);
        }

        private STM32F4_IndependentWatchdog watchdog;

        private const ulong WatchdogBase = 0x40003000;
    }
}
