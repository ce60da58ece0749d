// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_RNGTests : ChipTest
    {
        [SetUp]
        public void OpenClock()
        {
            CompleteChip();
            Start();
        }

        [Test]
        public void ShouldNeedSuppliesAndClocks()
        {
            Assert.That(() => new STM32F4_RNG(Machine, null, Rcc), Throws.InstanceOf<ConstructionException>());
            Assert.That(() => new STM32F4_RNG(Machine, Supplies, null), Throws.InstanceOf<ConstructionException>());
        }

        [Test]
        public void ShouldBeSilentUntilEnabled()
        {
            RunFor(0.001);
            Assert.That(Read(SR), Is.Zero);
            Assert.That(Read(DR), Is.Zero);
            Assert.That(Rng.GuestMistakes, Is.EqualTo("       1 x RNG_DR: read as 0, because RNG_SR.DRDY is 0"));
        }

        [Test]
        public void ShouldMakeANumberInFortyPeriods()
        {
            Write(CR, RNGEN);
            for(var i = 0; i < 3; i++)
            {
                RunFor(38 * Period);
                Assert.That(Read(SR), Is.Zero);
                Assert.That(Read(DR), Is.Zero, "and so is it not taken away");
                RunFor(4 * Period);
                Assert.That(Read(SR), Is.EqualTo(DRDY));
                Assert.That(Read(DR), Is.Not.Zero);
                Assert.That(Read(SR), Is.Zero);
            }
        }

        [Test]
        public void ShouldFollowItsClock()
        {
            SetPll(n: 96);
            Write(CR, RNGEN);
            RunFor(78 * Period);
            Assert.That(Read(SR), Is.Zero);
            RunFor(4 * Period);
            Assert.That(Read(SR), Is.EqualTo(DRDY));
        }

        [Test]
        public void ShouldSetAndClearEveryBit()
        {
            var numbers = Draw(200);
            Assert.That(numbers.Aggregate((x, y) => x | y), Is.EqualTo(0xFFFFFFFF));
            Assert.That(numbers.Aggregate((x, y) => x & y), Is.Zero);
            Assert.That(numbers.Distinct().Count(), Is.EqualTo(200));
            // Half of the bits, within five standard deviations.
            Assert.That(numbers.Sum(x => System.Numerics.BitOperations.PopCount(x)), Is.EqualTo(3200).Within(200));
            Assert.That(numbers.Zip(numbers.Skip(1), (x, y) => System.Numerics.BitOperations.PopCount(x ^ y)).Sum(), Is.EqualTo(3184).Within(200), "neighbours");
        }

        [Test]
        public void ShouldRepeatItselfWithTheSameSeedAlone()
        {
            var first = Draw(8);
            Assert.That(Draw(8), Is.Not.EqualTo(first), "it goes on");
            Assert.That(Build(1), Is.EqualTo(first));
            Assert.That(Build(2).Intersect(first), Is.Empty);

            uint[] Build(int seed)
            {
                BuildChip(seed: seed);
                CompleteChip();
                Start();
                return Draw(8);
            }
        }

        [Test]
        public void ShouldBeginAnewWithTheNoiseOfTheChip()
        {
            var first = Draw(8);
            Supplies.RandomContent.Fill(new byte[4]);
            var second = Draw(8);
            Supplies.RandomContent.Restart();
            Assert.That(Draw(8), Is.EqualTo(first));
            Assert.That(Draw(8), Is.EqualTo(second), "lost memories have no part in it");
        }

        [Test]
        public void ShouldInterruptWhileReady()
        {
            Write(CR, RNGEN);
            RunFor(0.0001);
            Assert.That(Rng.IRQ.IsSet, Is.False);
            Write(CR, RNGEN | IE);
            Assert.That(Rng.IRQ.IsSet, Is.True);
            Read(DR);
            Assert.That(Rng.IRQ.IsSet, Is.False);
            RunFor(0.0001);
            Assert.That(Rng.IRQ.IsSet, Is.True);
            Write(CR, IE);
            Assert.That(Rng.IRQ.IsSet, Is.False);
            Assert.That(Read(SR), Is.Zero);
        }

        // PLLN and PLLQ for a clock of 1 MHz, a sixteenth of HCLK, and less.
        [TestCase(15u, 15u, 0u)]
        [TestCase(14u, 15u, CECS | CEIS)]
        public void ShouldWatchItsClock(uint n, uint q, uint expected)
        {
            SetPll(n, q);
            Write(CR, RNGEN);
            Assert.That(Read(SR), Is.EqualTo(expected));
            RunFor(0.001);
            Assert.That(Read(SR), Is.EqualTo(expected == 0 ? DRDY : expected), "no number comes while it is slow");
        }

        [Test]
        public void ShouldTellOfALostClockAndGoOnWhenItIsBack()
        {
            Write(CR, RNGEN | IE);
            RunFor(0.0001);
            Read(DR);
            ClearBits(RccBase, PllOn);
            Assert.That(Rng.IRQ.IsSet, Is.True);
            Assert.That(Read(SR), Is.EqualTo(CECS | CEIS));
            Write(SR, uint.MaxValue);
            Assert.That(Read(SR), Is.EqualTo(CECS | CEIS), "writing 1 does nothing");
            Write(SR, ~CEIS);
            Assert.That(Read(SR), Is.EqualTo(CECS), "the status is that of the clock");
            Assert.That(Rng.IRQ.IsSet, Is.False);
            RunFor(0.0001);
            SetBits(RccBase, PllOn);
            Assert.That(Read(SR), Is.Zero);
            RunFor(0.0001);
            Assert.That(Read(SR), Is.EqualTo(DRDY));
        }

        [Test]
        public void ShouldKeepTheErrorUntilItIsCleared()
        {
            Write(CR, RNGEN);
            RunFor(0.0001);
            ClearBits(RccBase, PllOn);
            Assert.That(Read(SR), Is.EqualTo(CECS | CEIS | DRDY), "a number that is ready stays good");
            SetBits(RccBase, PllOn);
            Assert.That(Read(SR), Is.EqualTo(CEIS | DRDY));
            Write(SR, 0);
            Assert.That(Read(SR), Is.EqualTo(DRDY));
        }

        [Test]
        public void ShouldNotWatchItsClockWhileOff()
        {
            ClearBits(RccBase, PllOn);
            Assert.That(Read(SR), Is.Zero);
            Write(CR, RNGEN);
            Assert.That(Read(SR), Is.EqualTo(CECS | CEIS));
            Write(CR, 0);
            Assert.That(Read(SR), Is.EqualTo(CEIS));
        }

        [Test]
        public void ShouldStandStillWithoutItsGate()
        {
            Write(CR, RNGEN);
            ClearBits(Ahb2Enable, Gate);
            Assert.That(Read(CR), Is.Zero);
            Write(CR, IE);
            RunFor(0.001);
            Assert.That(Rng.GuestMistakes.Split('\n'), Is.EqualTo(new[]
            {
                "       1 x RNG_CR: read as 0, because RCC_AHB2ENR.RNGEN is off",
                "       1 x RNG_CR: write ignored, because RCC_AHB2ENR.RNGEN is off",
            }));
            SetBits(Ahb2Enable, Gate);
            Assert.That(Read(CR), Is.EqualTo(RNGEN));
            Assert.That(Read(SR), Is.Zero);
            RunFor(42 * Period);
            Assert.That(Read(SR), Is.EqualTo(DRDY));
        }

        [Test]
        public void ShouldForgetAllInAReset()
        {
            Write(CR, RNGEN | IE);
            RunFor(0.0001);
            Supplies.PressReset();
            Assert.That(Rng.IRQ.IsSet, Is.False);
            Start();
            RunFor(0.0001);
            Assert.That(Read(CR), Is.Zero);
            Assert.That(Read(SR), Is.Zero);
        }

        private void Start()
        {
            SetBits(Ahb2Enable, Gate);
            SetBits(RccBase, PllOn);
        }

        private void SetPll(uint n, uint q = 4)
        {
            ClearBits(RccBase, PllOn);
            Write(RccBase + 4, 16 | (n << 6) | (q << 24));
            SetBits(RccBase, PllOn);
        }

        private uint[] Draw(int count)
        {
            Write(CR, RNGEN);
            return Enumerable.Range(0, count).Select(_ =>
            {
                RunFor(42 * Period);
                return Read(DR);
            }).ToArray();
        }

        private const ulong CR = RngBase;
        private const ulong SR = RngBase + 4;
        private const ulong DR = RngBase + 8;
        private const ulong Ahb2Enable = RccBase + 0x34;
        private const uint Gate = 1 << 6;
        private const uint PllOn = 1 << 24;
        private const uint RNGEN = 1 << 2;
        private const uint IE = 1 << 3;
        private const uint DRDY = 1 << 0;
        private const uint CECS = 1 << 1;
        private const uint CEIS = 1 << 5;
        // The PLL's factors after reset make 48 MHz of HSI.
        private const double Period = 1 / 48e6;
    }
}
