// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.CRC;

using NUnit.Framework;

namespace Standalone.Devices.Tests
{
    public class CrcTests : Bench
    {
        [SetUp]
        public void MountUnit()
        {
            unit = Mount(new STM32_CRC(STM32Series.F4));
            unit.Reset();
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

        // The catalogued check value of CRC-32/MPEG-2, for the ASCII digits 1 to 9.
        [Test]
        public void ShouldMatchTheCheckValue()
        {
            Write(DR, 0x31323334);
            Write(DR, 0x35363738);
            Machine.SystemBus.WriteByte(Base + DR, 0x39);
            Assert.That(Read(DR), Is.EqualTo(0x0376E6E7));
        }

        [Test]
        public void ShouldStartAgain()
        {
            Write(DR, 0x12345678);
            Write(CR, 1);
            Assert.That(Read(DR), Is.EqualTo(0xFFFFFFFF));
            Assert.That(Read(CR), Is.Zero);
            Write(DR, 0x12345678);
            unit.Reset();
            Assert.That(Read(DR), Is.EqualTo(0xFFFFFFFF));
        }

        [Test]
        public void ShouldKeepIndependentData()
        {
            OnlyOnOurModel("it reads 0 there");
            Write(IDR, 0x1A5);
            Write(CR, 1);
            Assert.That(Read(IDR), Is.EqualTo(0xA5));
        }

        [Test]
        public void ShouldRefuseOtherSeries()
        {
            OnlyOnOurModel("it has more series");
            Assert.That(() => new STM32_CRC(STM32Series.F0), Throws.InstanceOf<ConstructionException>());
            Assert.That(() => new STM32_CRC(STM32Series.F4, true), Throws.InstanceOf<ConstructionException>());
        }

        private STM32_CRC unit;

        private const int DR = 0x00;
        private const int IDR = 0x04;
        private const int CR = 0x08;
    }
}
