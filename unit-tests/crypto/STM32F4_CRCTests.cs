// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_CRCTests : ChipTest
    {
        [SetUp]
        public void OpenClock()
        {
            CompleteChip();
            SetBits(Ahb1Enable, 1 << 12);
        }

        [Test]
        public void ShouldStartWithAllOnes()
        {
            Assert.That(Read(DR), Is.EqualTo(0xFFFFFFFF));
        }

        // Against a computation bit by bit.
        [TestCase(0x00000000u)]
        [TestCase(0x12345678u)]
        [TestCase(0xFFFFFFFFu)]
        [TestCase(0x31323334u, 0x35363738u)]
        public void ShouldComputeCrc(params uint[] words)
        {
            var bits = words.SelectMany(word => Enumerable.Range(0, 32).Select(i => (word >> (31 - i) & 1) != 0));
            var expected = 0xFFFFFFFFu;
            foreach(var bit in bits)
            {
                var feedback = ((expected >> 31) != 0) ^ bit;
                expected = (expected << 1) ^ (feedback ? 0x04C11DB7u : 0);
            }
            foreach(var word in words)
            {
                Write(DR, word);
            }
            Assert.That(Read(DR), Is.EqualTo(expected));
        }

        // The check value of CRC-32/MPEG-2 is that of nine digits; of the first eight it is this one.
        [Test]
        public void ShouldMatchTheCheckValue()
        {
            Write(DR, 0x31323334);
            Write(DR, 0x35363738);
            Assert.That(NextByte(Read(DR), 0x39), Is.EqualTo(0x0376E6E7));
        }

        [TestCase(1, 0xA5u, 0xA5A5A5A5u)]
        [TestCase(2, 0xA55Au, 0xA55AA55Au)]
        public void ShouldTakeANarrowValueForTheWordOfTheBus(int width, uint value, uint word)
        {
            Write(DR, word);
            var expected = Read(DR);
            Write(CR, 1);
            if(width == 1)
            {
                Machine.SystemBus.WriteByte(DR, (byte)value);
            }
            else
            {
                Machine.SystemBus.WriteWord(DR, (ushort)value);
            }
            Assert.That(Read(DR), Is.EqualTo(expected));
            Assert.That(Crc.GuestMistakes, Does.Contain("CRC_DR"));
            Assert.That(Machine.SystemBus.ReadByte(DR + 1), Is.EqualTo(expected >> 8 & 0xFF));
            Assert.That(Machine.SystemBus.ReadWord(DR + 2), Is.EqualTo(expected >> 16));
        }

        [Test]
        public void ShouldStartAgain()
        {
            Write(DR, 0x12345678);
            Write(CR, 1);
            Assert.That(Read(DR), Is.EqualTo(0xFFFFFFFF));
            Assert.That(Read(CR), Is.Zero);
            Write(DR, 0x12345678);
            Supplies.PressReset();
            SetBits(Ahb1Enable, 1 << 12);
            Assert.That(Read(DR), Is.EqualTo(0xFFFFFFFF));
        }

        [Test]
        public void ShouldKeepIndependentData()
        {
            Write(IDR, 0x1A5);
            Write(CR, 1);
            Assert.That(Read(IDR), Is.EqualTo(0xA5));
            Machine.SystemBus.WriteByte(IDR, 0x5A);
            Assert.That(Machine.SystemBus.ReadByte(IDR), Is.EqualTo(0x5A));
            Assert.That(Crc.GuestMistakeCount, Is.Zero);
        }

        [Test]
        public void ShouldDoNothingWithoutClock()
        {
            ClearBits(Ahb1Enable, 1 << 12);
            Write(DR, 1);
            Assert.That(Read(DR), Is.Zero);
            SetBits(Ahb1Enable, 1 << 12);
            Assert.That(Read(DR), Is.EqualTo(0xFFFFFFFF));
            Assert.That(Crc.GuestMistakeCount, Is.EqualTo(2));
        }

        private static uint NextByte(uint crc, byte value)
        {
            crc ^= (uint)value << 24;
            for(var i = 0; i < 8; i++)
            {
                crc = (crc << 1) ^ ((crc >> 31) * 0x04C11DB7u);
            }
            return crc;
        }

        private const ulong DR = CrcBase;
        private const ulong IDR = CrcBase + 4;
        private const ulong CR = CrcBase + 8;
    }
}
