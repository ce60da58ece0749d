// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.UART;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_USARTTests : ChipTest
    {
        [SetUp]
        public void CreateUsart()
        {
            usart = new STM32F4_USART(Machine);
            Register(usart, "usart1", UsartBase, 0x400);
            Rcc.Register(usart, new ClockGateRegistrationPoint(Alias.USART1));
            SetBits(RccBase + 0x44, 1 << 4);
        }

        // CR1.OVER8, BRR, clock of 16 MHz divided, baud rate.
        [TestCase(0u, 139u, 1u, 115107u)]
        [TestCase(0u, 139u, 4u, 28776u)]
        [TestCase(1u << 15, 0x113u, 1u, 115107u)]
        [TestCase(0u, 0u, 1u, 0u)]
        public void ShouldFollowItsClock(uint oversampling, uint divider, uint prescaler, uint baudRate)
        {
            Write(UsartBase + 0x0C, oversampling);
            Write(UsartBase + 0x08, divider);
            Write(RccBase + 8, (prescaler == 1 ? 0u : 5u) << 13);
            Assert.That(((IUART)usart).BaudRate, Is.EqualTo(baudRate));
            Assert.That(Read(UsartBase + 0x08), Is.EqualTo(divider));
            Assert.That(Read(UsartBase + 0x0C), Is.EqualTo(oversampling));
        }

        [TestCase(1u, 10.0 / 9600)]
        [TestCase(4u, 40.0 / 9600)]
        public void ShouldReceiveAtThePaceOfItsClock(uint prescaler, double seconds)
        {
            Write(RccBase + 8, (prescaler == 1 ? 0u : 5u) << 13);
            Write(UsartBase + 0x08, 16000000 / 9600);
            Write(UsartBase + 0x0C, (1 << 13) | (1 << 2));
            ((IUART)usart).WriteChar(0x55);
            RunFor(seconds * 0.95);
            Assert.That(Read(UsartBase) & 0x20, Is.Zero, "RXNE");
            RunFor(seconds * 0.1);
            Assert.That(Read(UsartBase) & 0x20, Is.EqualTo(0x20), "RXNE");
            Assert.That(Read(UsartBase + 4), Is.EqualTo(0x55));
        }

        [Test]
        public void ShouldBeDeafWithoutClock()
        {
            Write(UsartBase + 0x08, 139);
            Write(UsartBase + 0x0C, (1 << 13) | (1 << 2));
            ClearBits(RccBase + 0x44, 1 << 4);
            Assert.That(Read(UsartBase + 0x08), Is.Zero);
            Write(UsartBase + 0x08, 5);
            ((IUART)usart).WriteChar(0x55);
            RunFor(0.001);
            SetBits(RccBase + 0x44, 1 << 4);
            Assert.That(Read(UsartBase + 0x08), Is.EqualTo(139));
            Assert.That(Read(UsartBase) & 0x20, Is.Zero, "RXNE");
        }

        [Test]
        public void ShouldForgetItsBaudRateInAReset()
        {
            Write(UsartBase + 0x08, 139);
            Supplies.PressReset();
            SetBits(RccBase + 0x44, 1 << 4);
            Assert.That(Read(UsartBase + 0x08), Is.Zero);
            Assert.That(((IUART)usart).BaudRate, Is.Zero);
        }

        private STM32F4_USART usart;

        private const ulong UsartBase = 0x40011000;
    }
}
