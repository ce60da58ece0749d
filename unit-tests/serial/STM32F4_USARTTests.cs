// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.UART;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_USARTTests : ChipTest
    {
        [SetUp]
        public void OpenClock()
        {
            CompleteChip();
            SetBits(RccBase + 0x44, 1 << 4);
            SelectUsartPins();
            sent.Clear();
            Usart.CharReceived += sent.Add;
        }

        [Test]
        public void ShouldStartReadyToSend()
        {
            Assert.That(Read(SR), Is.EqualTo(0xC0));
            Assert.That(Usart.BaudRate, Is.Zero);
            Assert.That(Usart.IRQ.IsSet, Is.False);
        }

        // CR1.OVER8, BRR, clock of 16 MHz divided, baud rate.
        [TestCase(0u, 139u, 1u, 115107u)]
        [TestCase(0u, 139u, 4u, 28776u)]
        [TestCase(1u << 15, 0x113u, 1u, 115107u)]
        [TestCase(1u << 15, 0x11Bu, 1u, 115107u, Description = "the fraction has three bits")]
        [TestCase(0u, 0u, 1u, 0u)]
        public void ShouldFollowItsClock(uint oversampling, uint divider, uint prescaler, uint baudRate)
        {
            Write(CR1, oversampling);
            Write(BRR, divider);
            Write(RccBase + 8, (prescaler == 1 ? 0u : 5u) << 13);
            Assert.That(Usart.BaudRate, Is.EqualTo(baudRate));
            Assert.That(Read(BRR), Is.EqualTo(divider));
            Assert.That(Read(CR1), Is.EqualTo(oversampling));
        }

        [TestCase(0u, Bits.One)]
        [TestCase(1u, Bits.Half)]
        [TestCase(2u, Bits.Two)]
        [TestCase(3u, Bits.OneAndAHalf)]
        public void ShouldTellStopBits(uint field, Bits expected)
        {
            Write(CR2, field << 12);
            Assert.That(Usart.StopBits, Is.EqualTo(expected));
        }

        [TestCase(0u, Parity.None)]
        [TestCase(PS, Parity.None)]
        [TestCase(PCE, Parity.Even)]
        [TestCase(PCE | PS, Parity.Odd)]
        public void ShouldTellParity(uint control, Parity expected)
        {
            Write(CR1, control);
            Assert.That(Usart.ParityBit, Is.EqualTo(expected));
        }

        [Test]
        public void ShouldSend()
        {
            Write(CR1, On);
            Write(SR, ~TC);
            Assert.That(Read(SR), Is.EqualTo(TXE));
            Write(DR, 0x41);
            Assert.That(sent, Is.EqualTo(new byte[] { 0x41 }));
            Assert.That(Read(SR), Is.EqualTo(TXE | TC));
        }

        // CR1, what is written, what leaves: the parity bit takes the place of the highest bit, a ninth data bit is not sent.
        [TestCase(0u, 0x1C1u, 0xC1)]
        [TestCase(M, 0x1C1u, 0xC1)]
        [TestCase(PCE, 0xC1u, 0x41)]
        [TestCase(PCE | M, 0xC1u, 0xC1)]
        public void ShouldSendDataBitsOfTheWord(uint control, uint value, int expected)
        {
            Write(CR1, On | control);
            Write(DR, value);
            Assert.That(sent, Is.EqualTo(new[] { (byte)expected }));
        }

        [TestCase(On & ~UE)]
        [TestCase(On & ~TE)]
        public void ShouldSendNothingWhileOff(uint control)
        {
            Write(CR1, control);
            Write(SR, ~TC);
            Write(DR, 0x41);
            Write(DR, 0x42);
            Assert.That(sent, Is.Empty);
            Assert.That(Read(SR) & TC, Is.Zero);
            Assert.That(Usart.GuestMistakes, Is.EqualTo("       2 x USART_DR: what was written is lost, because UE or TE in USART_CR1 is 0"));
        }

        [Test]
        public void ShouldSendABreakAtOnce()
        {
            Write(CR1, On | 1);
            Assert.That(Read(CR1), Is.EqualTo(On));
        }

        [TestCase(On & ~UE)]
        [TestCase(On & ~RE)]
        public void ShouldLoseCharactersWhileReceiverIsOff(uint control)
        {
            Write(CR1, control);
            Usart.WriteChar(0x41);
            Write(CR1, On);
            RunFor(0.001);
            Assert.That(Read(SR) & RXNE, Is.Zero);
            Assert.That(Usart.GuestMistakes, Is.EqualTo("       1 x USART_DR: a character from outside is lost, because UE or RE in USART_CR1 is 0"));
        }

        [Test]
        public void ShouldLoseACharacterWhoseEndFindsTheReceiverOff()
        {
            Write(BRR, Baud9600);
            Write(CR1, On);
            Usart.WriteChar(0x41);
            Usart.WriteChar(0x42);
            Write(CR1, On & ~RE);
            RunFor(1.5 * Frame9600);
            Write(CR1, On);
            RunFor(1 * Frame9600);
            Assert.That(Read(DR), Is.EqualTo(0x42));
        }

        [Test]
        public void ShouldReceiveAtOnceWithoutBaudRate()
        {
            Write(CR1, On);
            Usart.WriteChar(0x41);
            Usart.WriteChar(0x42);
            Assert.That(Read(SR) & RXNE, Is.Not.Zero);
            Assert.That(Read(DR), Is.EqualTo(0x41));
            Assert.That(Read(SR) & RXNE, Is.Not.Zero);
            Assert.That(Read(DR), Is.EqualTo(0x42));
            Assert.That(Read(SR) & RXNE, Is.Zero);
            Assert.That(Read(DR), Is.EqualTo(0x42), "DR holds it until the next one comes");
        }

        [Test]
        public void ShouldKeepAllCharactersOfASlowProgram()
        {
            Write(BRR, Baud9600);
            Write(CR1, On);
            foreach(var value in Enumerable.Range(1, 20))
            {
                Usart.WriteChar((byte)value);
            }
            RunFor(25 * Frame9600);
            Assert.That(Read(SR) & (RXNE | ORE), Is.EqualTo(RXNE));
            Assert.That(Enumerable.Range(1, 20).Select(_ => Read(DR)), Is.EqualTo(Enumerable.Range(1, 20)));
            Assert.That(Read(SR) & RXNE, Is.Zero);
        }

        [TestCase(1u, 1.0)]
        [TestCase(4u, 4.0)]
        public void ShouldReceiveAtThePaceOfItsClock(uint prescaler, double frames)
        {
            Write(RccBase + 8, (prescaler == 1 ? 0u : 5u) << 13);
            Write(BRR, Baud9600);
            Write(CR1, On);
            Usart.WriteChar(0x55);
            Usart.WriteChar(0x56);
            ExpectCharacterAfter(frames * Frame9600, 0x55);
            ExpectCharacterAfter(frames * Frame9600, 0x56);
            Usart.WriteChar(0x57);
            ExpectCharacterAfter(frames * Frame9600, 0x57);
        }

        // CR1, CR2.STOP, bits of a frame.
        [TestCase(0u, 0u, 10.0)]
        [TestCase(0u, 1u, 9.5)]
        [TestCase(0u, 2u, 11.0)]
        [TestCase(0u, 3u, 10.5)]
        [TestCase(M, 0u, 11.0)]
        [TestCase(PCE, 0u, 10.0)]
        [TestCase(PCE | M, 2u, 12.0)]
        public void ShouldCountAllBitsOfAFrame(uint control, uint stop, double bits)
        {
            Write(BRR, Baud9600);
            Write(CR2, stop << 12);
            Write(CR1, On | control);
            Usart.WriteChar(0);
            RunFor((bits - 0.2) * BitOf9600);
            Assert.That(Read(SR) & RXNE, Is.Zero);
            RunFor(0.4 * BitOf9600);
            Assert.That(Read(SR) & RXNE, Is.Not.Zero);
        }

        [Test]
        public void ShouldFollowANewClockWithinACharacter()
        {
            Write(BRR, Baud9600);
            Write(CR1, On);
            Usart.WriteChar(0x41);
            RunFor(0.5 * Frame9600);
            Write(RccBase + 8, 5u << 13);
            RunFor(1.9 * Frame9600);
            Assert.That(Read(SR) & RXNE, Is.Zero);
            RunFor(0.2 * Frame9600);
            Assert.That(Read(SR) & RXNE, Is.Not.Zero);
        }

        [Test]
        public void ShouldBeginACharacterAnewAtANewBaudRate()
        {
            Write(BRR, 10 * Baud9600);
            Write(CR1, On);
            Usart.WriteChar(0x41);
            RunFor(Frame9600);
            Write(BRR, Baud9600);
            ExpectCharacterAfter(Frame9600, 0x41);
        }

        [Test]
        public void ShouldReceiveAllAtOnceWhenTheBaudRateIsTakenAway()
        {
            Write(BRR, Baud9600);
            Write(CR1, On);
            Usart.WriteChar(0x41);
            Usart.WriteChar(0x42);
            Write(BRR, 0);
            Assert.That(new[] { Read(DR), Read(DR) }, Is.EqualTo(new uint[] { 0x41, 0x42 }));
            RunFor(5 * Frame9600);
            Assert.That(Read(SR), Is.EqualTo(0xC0));
        }

        // CR1, what comes, what the program reads: the parity bit is above the data bits.
        [TestCase(0u, 0xC1, 0xC1u)]
        [TestCase(M, 0xC1, 0xC1u)]
        [TestCase(PCE, 0x41, 0x41u)]
        [TestCase(PCE, 0x43, 0xC3u)]
        [TestCase(PCE | PS, 0x41, 0xC1u)]
        [TestCase(PCE | PS, 0xC3, 0x43u)]
        [TestCase(PCE | M, 0xC1, 0x1C1u)]
        [TestCase(PCE | M, 0xF0, 0x0F0u)]
        [TestCase(PCE | M | PS, 0xF0, 0x1F0u)]
        [TestCase(PCE | M | PS, 0x70, 0x070u)]
        public void ShouldShowTheParityBit(uint control, int value, uint expected)
        {
            Write(CR1, On | control);
            Usart.WriteChar((byte)value);
            Assert.That(Read(DR), Is.EqualTo(expected));
            Assert.That(Read(SR) & PE, Is.Zero);
        }

        [Test]
        public void ShouldInterruptOnAReceivedCharacter()
        {
            Write(CR1, On | RXNE);
            Assert.That(Usart.IRQ.IsSet, Is.False);
            Usart.WriteChar(0x41);
            Assert.That(Usart.IRQ.IsSet, Is.True);
            Read(DR);
            Assert.That(Usart.IRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldClearReceivedFlagByWritingZero()
        {
            Write(CR1, On | RXNE);
            Usart.WriteChar(0x41);
            Usart.WriteChar(0x42);
            Write(SR, ~RXNE);
            Assert.That(Read(SR) & RXNE, Is.Not.Zero, "the next one is there");
            Write(SR, uint.MaxValue);
            Assert.That(Read(SR) & RXNE, Is.Not.Zero);
            Write(SR, ~RXNE);
            Assert.That(Read(SR) & RXNE, Is.Zero);
            Assert.That(Usart.IRQ.IsSet, Is.False);
            Assert.That(Read(DR), Is.EqualTo(0x42));
            Usart.WriteChar(0x43);
            Assert.That(Read(DR), Is.EqualTo(0x43));
        }

        [Test]
        public void ShouldInterruptWhileTheTransmitterIsEmpty()
        {
            Write(CR1, On | TXE);
            Assert.That(Usart.IRQ.IsSet, Is.True);
            Write(DR, 0x41);
            Assert.That(Usart.IRQ.IsSet, Is.True);
            Write(CR1, On);
            Assert.That(Usart.IRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldInterruptOnACompletedTransmission()
        {
            Write(CR1, On);
            Write(SR, ~TC);
            Write(CR1, On | TC);
            Assert.That(Usart.IRQ.IsSet, Is.False);
            Write(DR, 0x41);
            Assert.That(Usart.IRQ.IsSet, Is.True);
            Write(SR, ~TC);
            Assert.That(Usart.IRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldReportAnIdleLineOnceAfterTheLastCharacter()
        {
            Write(BRR, Baud9600);
            Write(CR1, On | IDLE);
            RunFor(5 * Frame9600);
            Assert.That(Read(SR) & IDLE, Is.Zero, "before any character");
            Usart.WriteChar(0x41);
            Usart.WriteChar(0x42);
            RunFor(2.9 * Frame9600);
            Assert.That(Read(SR) & IDLE, Is.Zero);
            Assert.That(Usart.IRQ.IsSet, Is.False);
            RunFor(0.2 * Frame9600);
            Assert.That(Usart.IRQ.IsSet, Is.True);
            ClearIdle();
            Assert.That(Read(SR) & IDLE, Is.Zero);
            Assert.That(Usart.IRQ.IsSet, Is.False);
            RunFor(5 * Frame9600);
            Assert.That(Read(SR) & IDLE, Is.Zero, "without another character");
            Usart.WriteChar(0x43);
            RunFor(2.1 * Frame9600);
            Assert.That(Read(SR) & IDLE, Is.Not.Zero);
        }

        [Test]
        public void ShouldNotReportAnIdleLineWhileACharacterIsOnIt()
        {
            Write(BRR, Baud9600);
            Write(CR1, On);
            Usart.WriteChar(0x41);
            RunFor(1.5 * Frame9600);
            Usart.WriteChar(0x42);
            RunFor(0.9 * Frame9600);
            Assert.That(Read(SR) & (IDLE | RXNE), Is.EqualTo(RXNE));
            Read(DR);
            Assert.That(Read(SR) & RXNE, Is.Zero);
            RunFor(0.2 * Frame9600);
            Assert.That(Read(DR), Is.EqualTo(0x42));
        }

        [TestCase(On & ~UE)]
        [TestCase(On & ~RE)]
        public void ShouldNotReportAnIdleLineToAReceiverThatWasOff(uint control)
        {
            Write(BRR, Baud9600);
            Write(CR1, On);
            Usart.WriteChar(0x41);
            RunFor(1.5 * Frame9600);
            Write(CR1, control);
            Write(CR1, On);
            RunFor(2 * Frame9600);
            Assert.That(Read(SR) & (IDLE | RXNE), Is.EqualTo(RXNE));
        }

        [Test]
        public void ShouldClearIdleOnlyByReadingStatusThenData()
        {
            Write(BRR, Baud9600);
            Write(CR1, On);
            Usart.WriteChar(0x41);
            RunFor(2.5 * Frame9600);
            Write(SR, 0);
            Read(DR);
            Assert.That(Read(SR) & IDLE, Is.Not.Zero, "data without status");
            Write(DR, 0x41);
            Assert.That(Read(SR) & IDLE, Is.Not.Zero, "data was written");
            Read(DR);
            Assert.That(Read(SR) & IDLE, Is.Zero);
        }

        [Test]
        public void ShouldAskForDmaWhileACharacterIsThere()
        {
            Write(CR1, On);
            Usart.WriteChar(0x41);
            Assert.That(Usart.DMAReceive.IsSet, Is.False);
            Write(CR3, 1 << 6);
            Assert.That(Usart.DMAReceive.IsSet, Is.True);
            Usart.WriteChar(0x42);
            Read(DR);
            Assert.That(Usart.DMAReceive.IsSet, Is.True);
            Read(DR);
            Assert.That(Usart.DMAReceive.IsSet, Is.False);
        }

        [Test]
        public void ShouldAskForTheNextCharacterWhenDrIsEmpty()
        {
            Write(BRR, 1600);  // 10000 baud: a millisecond each
            Write(CR3, 1 << 7);
            Write(CR1, On);
            RunFor(0.0015);
            var asked = new List<uint>();
            DmaStream.Feed(Usart.DMASend, x =>
            {
                asked.Add(x);
                Write(DR, x);
            }, 5);
            Assert.That(asked, Has.Count.EqualTo(2), "one is shifted, one waits");
            RunFor(0.00099);
            Assert.That(asked, Has.Count.EqualTo(2));
            RunFor(0.00002);
            Assert.That(asked, Has.Count.EqualTo(3));
            Assert.That(sent, Is.EqualTo(new byte[] { 0 }));
            RunFor(0.002);
            Assert.That(asked, Has.Count.EqualTo(5));
            Assert.That(Usart.DMASend.IsSet, Is.False);
            RunFor(0.002);
            Assert.That(sent, Is.EqualTo(new byte[] { 0, 1, 2, 3, 4 }));
            Assert.That(Usart.DMASend.IsSet, Is.True);
            Write(CR3, 0);
            Assert.That(Usart.DMASend.IsSet, Is.False);
        }

        [Test]
        public void ShouldSendAFrameAtATime()
        {
            StartTransmitter();
            Read(SR);
            Write(DR, 0x41);
            Assert.That(Read(SR), Is.EqualTo(TXE), "it is in the shift register at once");
            Write(DR, 0x42);
            Assert.That(Read(SR), Is.Zero);
            RunFor(0.00099);
            Assert.That(sent, Is.Empty);
            RunFor(0.00002);
            Assert.That(sent, Is.EqualTo(new byte[] { 0x41 }));
            Assert.That(Read(SR), Is.EqualTo(TXE));
            RunFor(0.00098);
            Assert.That(Read(SR), Is.EqualTo(TXE));
            RunFor(0.00002);
            Assert.That(sent, Is.EqualTo(new byte[] { 0x41, 0x42 }));
            Assert.That(Read(SR), Is.EqualTo(TXE | TC));
        }

        [Test]
        public void ShouldTellWhatIsWrittenBeforeItLeaves()
        {
            var written = new List<byte>();
            Usart.CharWritten += written.Add;
            StartTransmitter();
            Write(DR, 1);
            Write(DR, 2);
            Assert.That(written, Is.EqualTo(new byte[] { 1, 2 }));
            Assert.That(sent, Is.Empty);
            Write(CR1, On & ~TE);
            Write(DR, 3);
            Assert.That(written, Has.Count.EqualTo(2));
        }

        [Test]
        public void ShouldLoseACharacterThatIsOverwritten()
        {
            StartTransmitter();
            Write(DR, 1);
            Write(DR, 2);
            Write(DR, 3);
            RunFor(0.003);
            Assert.That(sent, Is.EqualTo(new byte[] { 1, 3 }));
            Assert.That(Usart.GuestMistakes, Is.EqualTo("       1 x USART_DR: a character that has not left is overwritten, because SR.TXE is 0"));
        }

        [Test]
        public void ShouldSendAnIdleFrameFirst()
        {
            Write(BRR, 1600);
            Write(CR1, On);
            Write(DR, 1);
            Assert.That(Read(SR) & TXE, Is.Zero);
            RunFor(0.00199);
            Assert.That(sent, Is.Empty);
            RunFor(0.00002);
            Assert.That(sent, Is.EqualTo(new byte[] { 1 }));
        }

        [Test]
        public void ShouldClearTcByAReadOfSrAndAWriteToDr()
        {
            StartTransmitter();
            Write(DR, 1);
            Assert.That(Read(SR) & TC, Is.EqualTo(TC), "SR was not read before");
            RunFor(0.002);
            Read(SR);
            Write(DR, 2);
            Assert.That(Read(SR) & TC, Is.Zero);
            RunFor(0.002);
            Assert.That(Read(SR) & TC, Is.EqualTo(TC));
        }

        [TestCase(UE)]
        [TestCase(TE)]
        public void ShouldEndWithTheFrameWhenItIsSwitchedOff(uint switched)
        {
            StartTransmitter();
            Write(DR, 1);
            Write(DR, 2);
            RunFor(0.0005);
            Write(CR1, On & ~switched);
            RunFor(0.003);
            Assert.That(sent, Is.EqualTo(new byte[] { 1 }));
        }

        [Test]
        public void ShouldStandStillWithoutClock()
        {
            StartTransmitter();
            Write(DR, 1);
            RunFor(0.0005);
            ClearBits(RccBase + 0x44, 1 << 4);
            RunFor(0.01);
            Assert.That(sent, Is.Empty);
            SetBits(RccBase + 0x44, 1 << 4);
            RunFor(0.0004);
            Assert.That(sent, Is.Empty);
            RunFor(0.0002);
            Assert.That(sent, Is.EqualTo(new byte[] { 1 }));
        }

        [Test]
        public void ShouldLoseWhatIsOnItsWayAtAReset()
        {
            StartTransmitter();
            Write(DR, 1);
            Write(DR, 2);
            Supplies.PressReset();
            RunFor(0.003);
            Assert.That(sent, Is.Empty);
        }

        [Test]
        public void ShouldInterruptWhileDrIsEmpty()
        {
            StartTransmitter();
            Write(CR1, On | (1 << 7));
            Assert.That(Usart.IRQ.IsSet, Is.True);
            Write(DR, 1);
            Assert.That(Usart.IRQ.IsSet, Is.True);
            Write(DR, 2);
            Assert.That(Usart.IRQ.IsSet, Is.False);
            RunFor(0.00101);
            Assert.That(Usart.IRQ.IsSet, Is.True);
        }

        [Test]
        public void ShouldBeDeafWithoutClock()
        {
            Write(BRR, 139);
            Write(CR1, On);
            ClearBits(RccBase + 0x44, 1 << 4);
            Assert.That(Read(BRR), Is.Zero);
            Write(BRR, 5);
            Usart.WriteChar(0x55);
            RunFor(0.001);
            Assert.That(Usart.GuestMistakes.Split('\n'), Is.EqualTo(new[]
            {
                "       1 x USART_BRR: read as 0, because its clock is off in RCC",
                "       1 x USART_BRR: write ignored, because its clock is off in RCC",
                "       1 x USART_DR: a character from outside is lost, because its clock is off in RCC",
            }));
            SetBits(RccBase + 0x44, 1 << 4);
            Assert.That(Read(BRR), Is.EqualTo(139));
            Assert.That(Read(SR), Is.EqualTo(0xC0));
        }

        [TestCase(0.5, Description = "a character is on the line")]
        [TestCase(1.5, Description = "it has come, IDLE has not")]
        public void ShouldSeeNothingOnTheLineWithoutClock(double frames)
        {
            Write(BRR, Baud9600);
            Write(CR1, On);
            Usart.WriteChar(0x55);
            RunFor(frames * Frame9600);
            var before = Read(SR);
            ClearBits(RccBase + 0x44, 1 << 4);
            RunFor(5 * Frame9600);
            SetBits(RccBase + 0x44, 1 << 4);
            Assert.That(Read(SR), Is.EqualTo(before));
        }

        [Test]
        public void ShouldForgetAllInAReset()
        {
            Write(BRR, Baud9600);
            Write(CR1, On | 0xF0);
            Usart.WriteChar(0x41);
            Usart.WriteChar(0x42);
            RunFor(1.5 * Frame9600);
            Supplies.PressReset();
            Assert.That(Usart.IRQ.IsSet, Is.False);
            Assert.That(Usart.BaudRate, Is.Zero);
            SetBits(RccBase + 0x44, 1 << 4);
            Assert.That(Read(BRR), Is.Zero);
            Assert.That(Read(DR), Is.Zero);
            Write(BRR, Baud9600);
            Write(CR1, On);
            RunFor(5 * Frame9600);
            Assert.That(Read(SR), Is.EqualTo(0xC0));
        }

        [Test]
        public void ShouldTakeAccessesOfEveryWidth()
        {
            var bus = Machine.SystemBus;
            bus.WriteWord(CR1, (ushort)On);
            bus.WriteByte(CR1 + 1, 0x30);
            Assert.That(Read(CR1), Is.EqualTo((On & 0xFF) | 0x3000));
            Assert.That(bus.ReadByte(CR1 + 1), Is.EqualTo(0x30));
            Assert.That(bus.ReadWord(CR1), Is.EqualTo((On & 0xFF) | 0x3000));
            Assert.That(bus.ReadWord(CR1 + 2), Is.Zero);
            Write(CR1, On);
            Usart.WriteChar(0x51);
            bus.WriteByte(DR, 0x41);
            bus.WriteWord(DR, 0x42);
            Assert.That(sent, Is.EqualTo(new byte[] { 0x41, 0x42 }));
            Assert.That(bus.ReadByte(SR) & RXNE, Is.Not.Zero, "what has come was not taken by that");
            bus.WriteByte(SR, unchecked((byte)~TC));
            Assert.That(bus.ReadWord(SR), Is.EqualTo(TXE | RXNE));
            Assert.That(bus.ReadWord(DR), Is.EqualTo(0x51));
        }

        // 10000 baud: a character takes a millisecond. The idle frame is over.
        private void StartTransmitter()
        {
            Write(BRR, 1600);
            Write(CR1, On);
            RunFor(0.0015);
        }

        private void ExpectCharacterAfter(double seconds, uint value)
        {
            RunFor(seconds * 0.95);
            Assert.That(Read(SR) & RXNE, Is.Zero, "RXNE");
            RunFor(seconds * 0.05 + 0.000002);
            Assert.That(Read(SR) & RXNE, Is.Not.Zero, "RXNE");
            Assert.That(Read(DR), Is.EqualTo(value));
            Assert.That(Read(SR) & RXNE, Is.Zero, "RXNE");
        }

        private void ClearIdle()
        {
            Read(SR);
            Read(DR);
            Read(DR);
        }

        private readonly List<byte> sent = new List<byte>();

        private const ulong SR = UsartBase;
        private const ulong DR = UsartBase + 0x04;
        private const ulong BRR = UsartBase + 0x08;
        private const ulong CR1 = UsartBase + 0x0C;
        private const ulong CR2 = UsartBase + 0x10;
        private const ulong CR3 = UsartBase + 0x14;
        private const uint PE = 1 << 0;
        private const uint ORE = 1 << 3;
        // The flags of SR have their enable bits of CR1 at the same places.
        private const uint IDLE = 1 << 4;
        private const uint RXNE = 1 << 5;
        private const uint TC = 1 << 6;
        private const uint TXE = 1 << 7;
        private const uint RE = 1 << 2;
        private const uint TE = 1 << 3;
        private const uint PS = 1 << 9;
        private const uint PCE = 1 << 10;
        private const uint M = 1 << 12;
        private const uint UE = 1 << 13;
        private const uint On = UE | TE | RE;
        // HSI, 16 MHz.
        private const uint Baud9600 = 1667;
        private const double BitOf9600 = Baud9600 / 16e6;
        private const double Frame9600 = 10 * BitOf9600;

        private class Line : IGPIOReceiver
        {
            public void OnGPIO(int number, bool value)
            {
                Changes.Add(value);
            }

            public void Reset()
            {
            }

            public List<bool> Changes { get; } = new List<bool>();
        }
    }
}
