// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.SPI;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    /// <summary>Serial interfaces at their pins, and wires between these.</summary>
    [TestFixture]
    public class SerialPinTests : ChipTest
    {
        [SetUp]
        public void OpenClocks()
        {
            CompleteChip();
            Attach(new STM32F4_USART(Machine), "usart2", Usart2Base, Alias.USART2);
            SetBits(RccBase + 0x30, 3);
            SetBits(RccBase + 0x40, 1 << 17);
            SetBits(RccBase + 0x44, (1 << 4) | (1 << 12));
            foreach(var usart in new[] { UsartBase, Usart2Base })
            {
                Write(usart + BRR, 139);
                Write(usart + CR1, UE | TE | RE);
            }
            // The idle frames that come first.
            RunFor(0.0001);
        }

        [Test]
        public void ShouldHoldTxHighBetweenCharacters()
        {
            Assert.That(LevelOfPA(9), Is.Zero, "no pin is selected");
            Select(9, 7);
            Assert.That(LevelOfPA(9), Is.EqualTo(1));
            Write(UsartBase + CR1, UE | RE);
            Assert.That(LevelOfPA(9), Is.Zero, "nobody drives it");
            Write(UsartBase + CR1, UE | TE);
            Assert.That(LevelOfPA(9), Is.EqualTo(1));
            SetBits(RccBase + 0x24, 1 << 4);
            Assert.That(LevelOfPA(9), Is.Zero, "reset");
        }

        [Test]
        public void ShouldReachATerminalOnlyThroughPins()
        {
            var sent = new List<byte>();
            Usart.CharReceived += sent.Add;
            Write(UsartBase + DR, 0x55);
            Usart.WriteChar(0x41);
            RunFor(0.001);
            Assert.That(sent, Is.Empty);
            Assert.That(Read(UsartBase + SR) & RXNE, Is.Zero);
            Assert.That(Usart.GuestMistakes, Does.Contain("no pin has TX as its alternate function").And.Contain("no pin has RX as its alternate function"));
            Select(9, 7);
            Write(UsartBase + DR, 0x56);
            Usart.WriteChar(0x42);
            RunFor(0.001);
            Assert.That(sent, Is.EqualTo(new byte[] { 0x56 }));
            Assert.That(Read(UsartBase + SR) & RXNE, Is.Zero);
            Select(10, 7);
            Usart.WriteChar(0x43);
            RunFor(0.001);
            Assert.That(Read(UsartBase + DR), Is.EqualTo(0x43));
            Select(10, 1);
            Usart.WriteChar(0x44);
            RunFor(0.001);
            Assert.That(Read(UsartBase + SR) & RXNE, Is.Zero);
        }

        [Test]
        public void ShouldReceiveWhatItSendsOverAWire()
        {
            Select(9, 7);
            Select(10, 7);
            GpioA.Wire(9, GpioA, 10);
            Write(UsartBase + DR, 0x55);
            Assert.That(Read(UsartBase + SR) & RXNE, Is.Zero, "it is on its way");
            // Ten bits at 115108 a second.
            RunFor(0.00008);
            Assert.That(Read(UsartBase + SR) & RXNE, Is.Zero);
            RunFor(0.00001);
            Assert.That(Read(UsartBase + SR) & RXNE, Is.Not.Zero);
            Assert.That(Read(UsartBase + DR), Is.EqualTo(0x55));
        }

        [TestCase(9, 2, 3, Description = "RX is not selected")]
        [TestCase(9, 10, 3, Description = "no wire")]
        [TestCase(8, 3, 3, Description = "TX is not selected")]
        public void ShouldReceiveNothingWithoutPinOrWire(int sender, int receiver, int wired)
        {
            Select(sender, 7);
            Select(receiver, 7);
            GpioA.Wire(9, GpioA, wired);
            Write(UsartBase + DR, 0x55);
            RunFor(0.001);
            Assert.That((Read(UsartBase + SR) | Read(Usart2Base + SR)) & RXNE, Is.Zero);
        }

        [Test]
        public void ShouldReachAnotherOneAndNoLongerOnceItSelectsSomethingElse()
        {
            Select(9, 7);
            Select(3, 7);
            GpioA.Wire(9, GpioA, 3);
            Write(UsartBase + DR, 0x55);
            RunFor(0.0001);
            Assert.That(Read(Usart2Base + DR), Is.EqualTo(0x55));
            Select(3, 1);
            Write(UsartBase + DR, 0x56);
            RunFor(0.0001);
            Assert.That(Read(Usart2Base + SR) & RXNE, Is.Zero);
        }

        // Divider, CR1 of the receiver, whether it understands.
        [TestCase(144u, UE | RE, true)]
        [TestCase(134u, UE | RE, true)]
        [TestCase(146u, UE | RE, false)]
        [TestCase(132u, UE | RE, false)]
        [TestCase(139u, UE | RE | M, false)]
        public void ShouldTakeOnlyCharactersOfItsFormat(uint divider, uint control, bool isTaken)
        {
            Select(9, 7);
            Select(3, 7);
            GpioA.Wire(9, GpioA, 3);
            Write(Usart2Base + BRR, divider);
            Write(Usart2Base + CR1, control);
            Write(UsartBase + DR, 0x55);
            RunFor(0.001);
            Assert.That(Read(Usart2Base + SR) & RXNE, Is.EqualTo(isTaken ? RXNE : 0));
        }

        [Test]
        public void ShouldClearIdleWhenItIsSwitchedOff()
        {
            Select(10, 7);
            Usart.WriteChar(0x41);
            RunFor(0.001);
            Assert.That(Read(UsartBase + SR) & IDLE, Is.Not.Zero);
            Write(UsartBase + CR1, TE | RE);
            Write(UsartBase + CR1, UE | TE | RE);
            Assert.That(Read(UsartBase + SR) & (IDLE | RXNE), Is.EqualTo(RXNE));
        }

        [TestCase(1u, 0xFFu)]
        [TestCase(2u, 0x00u)]
        public void ShouldReadTheLevelOfMisoWithoutADevice(uint pull, uint expected)
        {
            Write(GpioABase + PUPDR, 0x64000000 | (pull << 12));
            Write(SpiBase, SpiMaster);
            Assert.That(Exchange(0x12), Is.Zero, "no pin is selected");
            Select(6, 5);
            Assert.That(Exchange(0x12), Is.EqualTo(expected));
            Write(SpiBase, SpiMaster & ~SpiEnable);
            Write(SpiBase, SpiMaster | SpiWide);
            Assert.That(Exchange(0x1234), Is.EqualTo(expected * 0x101));
        }

        [TestCase(0u)]
        [TestCase(1u << 7, Description = "least significant bit first")]
        public void ShouldReadWhatItSendsOverAWireFromMosi(uint order)
        {
            Select(6, 5);
            Select(7, 5);
            GpioA.Wire(7, GpioA, 6);
            Write(SpiBase, SpiMaster | order);
            Assert.That(Exchange(0x12), Is.EqualTo(0x12));
            GpioA.Unwire(7);
            Assert.That(Exchange(0x12), Is.Zero);
        }

        [Test]
        public void ShouldAskTheDeviceWhereThereIsOne()
        {
            Spi.Register(new Device(), NullRegistrationPoint.Instance);
            Write(GpioABase + PUPDR, 0x64001000);
            Select(6, 5);
            Write(SpiBase, SpiMaster);
            Assert.That(Exchange(0x12), Is.EqualTo(0x34));
        }

        private void Select(int pin, uint function)
        {
            SetField(GpioABase + (pin < 8 ? AFRL : AFRH), 4 * (pin % 8), 4, function);
            SetField(GpioABase + MODER, 2 * pin, 2, 2);
        }

        private void SetField(ulong address, int position, int width, uint value)
        {
            var mask = (1u << width) - 1;
            Write(address, (Read(address) & ~(mask << position)) | (value << position));
        }

        private uint LevelOfPA(int pin) => Read(GpioABase + IDR) >> pin & 1;

        private uint Exchange(uint frame)
        {
            Write(SpiBase + 0x0C, frame);
            // 16 bits at 8 MHz.
            RunFor(0.0000021);
            return Read(SpiBase + 0x0C);
        }

        private const ulong Usart2Base = 0x40004400;
        private const ulong SR = 0x00;
        private const ulong DR = 0x04;
        private const ulong BRR = 0x08;
        private const ulong CR1 = 0x0C;
        private const ulong MODER = 0x00;
        private const ulong PUPDR = 0x0C;
        private const ulong IDR = 0x10;
        private const ulong AFRL = 0x20;
        private const ulong AFRH = 0x24;
        private const uint IDLE = 1 << 4;
        private const uint RXNE = 1 << 5;
        private const uint RE = 1 << 2;
        private const uint TE = 1 << 3;
        private const uint M = 1 << 12;
        private const uint UE = 1 << 13;
        private const uint SpiEnable = 1 << 6;
        private const uint SpiWide = 1 << 11;
        // SSM, SSI, SPE, MSTR.
        private const uint SpiMaster = 0x344;

        private class Device : ISPIPeripheral
        {
            public byte Transmit(byte data) => 0x34;

            public void FinishTransmission()
            {
            }

            public void Reset()
            {
            }
        }
    }
}
