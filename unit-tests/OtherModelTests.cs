// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Peripherals.BackupDomain;

using NUnit.Framework;

namespace BackupDomain.UnitTests
{
    [TestFixture]
    public class SdioWithoutCardTests : ChipTest
    {
        [SetUp]
        public void CreateInterface()
        {
            sdio = new STM32F4_SDIO(Machine);
            Register(sdio, "sdio", SdioBase, 0x400);
        }

        // WAITRESP; expected flag.
        [TestCase(0u, 1u << 7)]
        [TestCase(1u, 1u << 2)]
        [TestCase(2u, 1u << 7)]
        [TestCase(3u, 1u << 2)]
        public void ShouldAnswerACommandAtOnce(uint response, uint flag)
        {
            Write(SdioBase + 0x0C, (response << 6) | (1 << 10));
            Assert.That(Read(SdioBase + 0x34), Is.EqualTo(flag));
            Write(SdioBase + 0x38, flag);
            Assert.That(Read(SdioBase + 0x34), Is.Zero);
        }

        [Test]
        public void ShouldNotAnswerADisabledCommand()
        {
            Write(SdioBase + 0x0C, 1 << 6);
            Assert.That(Read(SdioBase + 0x34), Is.Zero);
        }

        [Test]
        public void ShouldTimeOutATransfer()
        {
            Write(SdioBase + 0x2C, 1);
            Assert.That(Read(SdioBase + 0x34), Is.EqualTo(1 << 3));
        }

        [Test]
        public void ShouldInterruptByMask()
        {
            Write(SdioBase + 0x0C, (1 << 6) | (1 << 10));
            Assert.That(sdio.IRQ.IsSet, Is.False);
            Write(SdioBase + 0x3C, 1 << 2);
            Assert.That(sdio.IRQ.IsSet, Is.True);
            Write(SdioBase + 0x38, 1 << 2);
            Assert.That(sdio.IRQ.IsSet, Is.False);
        }

        private STM32F4_SDIO sdio;

        private const ulong SdioBase = 0x40012C00;
    }

    [TestFixture]
    public class IndependentWatchdogTests : ChipTest
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
