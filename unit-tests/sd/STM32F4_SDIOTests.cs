// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_SDIOTests : ChipTest
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

    }
}
