// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Peripherals.UART;

using NUnit.Framework;

namespace Standalone.Devices.Tests
{
    public class UartTests : Bench
    {
        [SetUp]
        public void MountUart()
        {
            uart = Mount(new STM32_UART(Machine, 84000000));
        }

        [Test]
        public void ShouldStartReadyToSend()
        {
            Assert.That(Read(SR), Is.EqualTo(0xC0));
            Assert.That(uart.BaudRate, Is.Zero);
            Assert.That(uart.IRQ.IsSet, Is.False);
        }

        // 84 MHz / 729 = 115226; OVER8 = 0.
        [Test]
        public void ShouldComputeBaudRate()
        {
            Write(BRR, 729);
            Assert.That(uart.BaudRate, Is.EqualTo(115226));
        }

        [Test]
        public void ShouldComputeBaudRateWithEightTimesOversampling()
        {
            OnlyOnOurModel("the fraction counts sixteenths there, the chip's counts eighths");
            Write(CR1, 1 << 15);
            Write(BRR, 10 << 4 | 4);
            Assert.That(uart.BaudRate, Is.EqualTo(1000000));
        }

        [TestCase(0u, Bits.One)]
        [TestCase(1u, Bits.Half)]
        [TestCase(2u, Bits.Two)]
        [TestCase(3u, Bits.OneAndAHalf)]
        public void ShouldReportStopBits(uint field, Bits expected)
        {
            Write(CR2, field << 12);
            Assert.That(uart.StopBits, Is.EqualTo(expected));
        }

        [TestCase(0u, Parity.None)]
        [TestCase(1u << 9, Parity.None)]
        [TestCase(1u << 10, Parity.Even)]
        [TestCase(1u << 10 | 1u << 9, Parity.Odd)]
        public void ShouldReportParity(uint control, Parity expected)
        {
            Write(CR1, control);
            Assert.That(uart.ParityBit, Is.EqualTo(expected));
        }

        [Test]
        public void ShouldSend()
        {
            var sent = new List<byte>();
            uart.CharReceived += sent.Add;
            Write(CR1, On);
            Write(SR, 0);
            Assert.That(Read(SR) & TC, Is.Zero);
            Write(DR, 0x141);
            Assert.That(sent, Is.EqualTo(new byte[] { 0x41 }));
            Assert.That(Read(SR), Is.EqualTo(0xC0));
        }

        [Test]
        public void ShouldSendNothingWhileOff()
        {
            var sent = new List<byte>();
            uart.CharReceived += sent.Add;
            Write(DR, 0x41);
            Assert.That(sent, Is.Empty);
        }

        [Test]
        public void ShouldLoseCharactersWhileReceiverIsOff()
        {
            uart.WriteChar(0x41);
            Write(CR1, On & ~RE);
            uart.WriteChar(0x41);
            Write(CR1, On);
            RunMicroseconds(1000);
            Assert.That(Read(SR) & RXNE, Is.Zero);
        }

        [Test]
        public void ShouldReceiveAtOnceWithoutBaudRate()
        {
            Write(CR1, On);
            uart.WriteChar(0x41);
            uart.WriteChar(0x42);
            Assert.That(Read(SR) & RXNE, Is.Not.Zero);
            Assert.That(Read(DR), Is.EqualTo(0x41));
            Assert.That(Read(SR) & RXNE, Is.Not.Zero);
            Assert.That(Read(DR), Is.EqualTo(0x42));
            Assert.That(Read(SR) & RXNE, Is.Zero);
            Assert.That(Read(DR), Is.Zero);
        }

        // A frame of ten bits at 115226 baud takes 86.8 us.
        [Test]
        public void ShouldReceiveAtTheBaudRate()
        {
            Write(BRR, 729);
            Write(CR1, On);
            uart.WriteChar(0x41);
            uart.WriteChar(0x42);
            RunMicroseconds(80);
            Assert.That(Read(SR) & RXNE, Is.Zero);
            RunMicroseconds(10);
            Assert.That(Read(SR) & RXNE, Is.Not.Zero);
            Assert.That(Read(DR), Is.EqualTo(0x41));
            Assert.That(Read(SR) & RXNE, Is.Zero);
            RunMicroseconds(80);
            Assert.That(Read(SR) & RXNE, Is.Zero);
            RunMicroseconds(10);
            Assert.That(Read(DR), Is.EqualTo(0x42));
            uart.WriteChar(0x43);
            RunMicroseconds(80);
            Assert.That(Read(SR) & RXNE, Is.Zero);
            RunMicroseconds(10);
            Assert.That(Read(DR), Is.EqualTo(0x43));
        }

        [Test]
        public void ShouldDeliverAllAtOnceWhenBaudRateIsTakenAway()
        {
            Write(BRR, 729);
            Write(CR1, On);
            uart.WriteChar(0x41);
            uart.WriteChar(0x42);
            Write(BRR, 0);
            Assert.That(new[] { Read(DR), Read(DR) }, Is.EqualTo(new uint[] { 0x41, 0x42 }));
        }

        [Test]
        public void ShouldFollowANewBaudRate()
        {
            Write(BRR, 7290);
            Write(CR1, On);
            uart.WriteChar(0x41);
            Write(BRR, 729);
            RunMicroseconds(90);
            Assert.That(Read(DR), Is.EqualTo(0x41));
        }

        [Test]
        public void ShouldInterruptOnReceivedCharacter()
        {
            Write(CR1, On | 1 << 5);
            Assert.That(uart.IRQ.IsSet, Is.False);
            uart.WriteChar(0x41);
            Assert.That(uart.IRQ.IsSet, Is.True);
            Read(DR);
            Assert.That(uart.IRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldClearReceivedFlagByWritingZero()
        {
            Write(CR1, On | 1 << 5);
            uart.WriteChar(0x41);
            Write(SR, ~RXNE);
            Assert.That(Read(SR) & RXNE, Is.Zero);
            Assert.That(uart.IRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldInterruptWhileTransmitterIsEmpty()
        {
            Write(CR1, On | 1 << 7);
            Assert.That(uart.IRQ.IsSet, Is.True);
            Write(CR1, On);
            Assert.That(uart.IRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldInterruptOnCompletedTransmission()
        {
            Write(CR1, On);
            Write(SR, ~TC);
            Write(CR1, On | 1 << 6);
            Assert.That(uart.IRQ.IsSet, Is.False);
            Write(DR, 0x41);
            Assert.That(uart.IRQ.IsSet, Is.True);
        }

        [Test]
        public void ShouldReportIdleLineOneFrameAfterTheLastCharacter()
        {
            Write(BRR, 729);
            Write(CR1, On | 1 << 4);
            uart.WriteChar(0x41);
            uart.WriteChar(0x42);
            RunMicroseconds(90);
            Read(DR);
            RunMicroseconds(90);
            Assert.That(Read(SR) & IDLE, Is.Zero);
            RunMicroseconds(90);
            Assert.That(Read(SR) & IDLE, Is.Not.Zero);
            Assert.That(uart.IRQ.IsSet, Is.True);
            Read(DR);
            Assert.That(Read(SR) & IDLE, Is.Zero);
            Assert.That(uart.IRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldAskForDmaOncePerCharacter()
        {
            var probe = Probe.On(uart.DMARequest);
            Write(CR1, On);
            uart.WriteChar(0x41);
            Assert.That(probe.Changes, Is.Empty);
            Write(CR3, 1 << 6);
            uart.WriteChar(0x41);
            uart.WriteChar(0x42);
            Assert.That(probe.Changes, Is.EqualTo(new[] { true, false, true, false }));
        }

        [Test]
        public void ShouldForgetAllOnReset()
        {
            OnlyOnOurModel("characters under way at the reset leave RXNE set there");
            Write(BRR, 729);
            Write(CR1, On | 0xF0);
            uart.WriteChar(0x41);
            uart.Reset();
            Assert.That(uart.IRQ.IsSet, Is.False);
            Assert.That(uart.BaudRate, Is.Zero);
            Write(BRR, 729);
            Write(CR1, On);
            RunMicroseconds(1000);
            Assert.That(Read(SR), Is.EqualTo(0xC0));
        }

        [Test]
        public void ShouldTakeAccessesOfEveryWidth()
        {
            var sent = new List<byte>();
            uart.CharReceived += sent.Add;
            Machine.SystemBus.WriteWord(Base + CR1, (ushort)On);
            Machine.SystemBus.WriteByte(Base + DR, 0x41);
            Machine.SystemBus.WriteWord(Base + DR, 0x42);
            Assert.That(sent, Is.EqualTo(new byte[] { 0x41, 0x42 }));
            Assert.That(Machine.SystemBus.ReadByte(Base + CR1 + 1), Is.EqualTo(0x20));
        }

        private STM32_UART uart;

        private const int SR = 0x00;
        private const int DR = 0x04;
        private const int BRR = 0x08;
        private const int CR1 = 0x0C;
        private const int CR2 = 0x10;
        private const int CR3 = 0x14;
        private const uint IDLE = 1 << 4;
        private const uint RXNE = 1 << 5;
        private const uint TC = 1 << 6;
        private const uint RE = 1 << 2;
        private const uint On = 1 << 13 | 1 << 3 | RE;
    }
}
