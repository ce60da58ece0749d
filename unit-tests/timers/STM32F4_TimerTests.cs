// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

using UnitTests.Contract;

namespace UnitTests
{
    /// <summary>A timer of 1 MHz: a count a microsecond.</summary>
    [TestFixture]
    public class STM32F4_TimerTests : ContractBench
    {
        [SetUp]
        public void AddTimer()
        {
            timer = Add(TimerKind.GeneralPurpose16, Base);
        }

        [TestCase(0u, 99u, 100)]
        [TestCase(0u, 1u, 2)]
        [TestCase(1u, 99u, 200)]
        [TestCase(9u, 9u, 100)]
        [TestCase(65535u, 1u, 131072)]
        public void ShouldOverflowAfterOneMoreThanItsLimit(uint prescaler, uint limit, int microseconds)
        {
            Start(prescaler, limit);
            RunFor(microseconds - 1);
            Assert.That(Flags & 1, Is.Zero);
            RunFor(1.5);
            Assert.That(Flags & 1, Is.EqualTo(1));
        }

        [Test]
        public void ShouldCount()
        {
            Start(0, 99);
            RunFor(30.5);
            Assert.That(Count, Is.EqualTo(30));
            RunFor(100);
            Assert.That(Count, Is.EqualTo(30));
            Write(CR1, 0);
            RunFor(50);
            Assert.That(Count, Is.EqualTo(30));
            Write(CR1, 1);
            RunFor(5);
            Assert.That(Count, Is.EqualTo(35));
        }

        [Test]
        public void ShouldStandStillWhileItsLimitIsZero()
        {
            Start(0, 0);
            RunFor(1000);
            Assert.That(Count, Is.Zero);
            Assert.That(Flags & 1, Is.Zero);
        }

        [Test]
        public void ShouldGoOnToTheEndOfItsBitsPastALimitThatWasLowered()
        {
            Start(0, 1000);
            RunFor(500.5);
            Write(ARR, 100);
            RunFor(1000);
            Assert.That(Count, Is.EqualTo(1500));
            RunFor(65536 - 1500);
            Assert.That(Count, Is.Zero);
            Assert.That(Flags & 1, Is.Zero, "that is no overflow");
        }

        [Test]
        public void ShouldCount32Bits()
        {
            timer = Add(TimerKind.GeneralPurpose32, Base + 0x400);
            Use(Base + 0x400);
            Assert.That(Read(ARR), Is.EqualTo(uint.MaxValue));
            Write(CNT, 0xFFFFFF00);
            Write(CR1, 1);
            RunFor(256.5);
            Assert.That(Count, Is.Zero);
            Assert.That(Flags & 1, Is.EqualTo(1));
        }

        [Test]
        public void ShouldInterruptAtEachOverflow()
        {
            Start(0, 99);
            Write(DIER, 1);
            var line = Watch(timer.IRQ);
            for(var i = 0; i < 3; i++)
            {
                RunFor(100.25);
                Assert.That(timer.IRQ.IsSet, $"overflow {i}");
                Write(SR, ~1u);
                Assert.That(timer.IRQ.IsSet, Is.False);
            }
            Assert.That(line.Changes.Count, Is.EqualTo(6));
        }

        [Test]
        public void ShouldLoadThePrescalerAtAnUpdate()
        {
            Start(0, 99);
            Write(PSC, 9);
            RunFor(100.5);
            Assert.That(Count, Is.Zero);
            RunFor(100);
            Assert.That(Count, Is.EqualTo(10));
        }

        [Test]
        public void ShouldLoadTheLimitAtOnceOrAtAnUpdate([Values] bool preloads)
        {
            Start(0, 99);
            Write(CR1, preloads ? 0x81u : 1);
            Write(ARR, 49);
            RunFor(50.5);
            Assert.That(Flags & 1, Is.EqualTo(preloads ? 0 : 1));
            RunFor(50);
            Write(SR, 0);
            RunFor(50);
            Assert.That(Flags & 1, Is.EqualTo(1));
        }

        [Test]
        public void ShouldCountDown()
        {
            Write(ARR, 99);
            Write(CR1, 0x10);
            Write(EGR, 1);
            Write(SR, 0);
            Assert.That(Count, Is.EqualTo(99));
            Write(CR1, 0x11);
            RunFor(99.5);
            Assert.That(Count, Is.Zero);
            Assert.That(Flags & 1, Is.Zero);
            RunFor(1);
            Assert.That(Count, Is.EqualTo(99));
            Assert.That(Flags & 1, Is.EqualTo(1));
        }

        [Test]
        public void ShouldCountBothWays()
        {
            Write(ARR, 10);
            Write(EGR, 1);
            Write(SR, 0);
            Write(CR1, 0x61);
            var counts = new List<uint>();
            var directions = new List<bool>();
            for(var i = 0; i < 22; i++)
            {
                RunFor(i == 0 ? 0.5 : 1);
                counts.Add(Count);
                directions.Add((Read(CR1) & 0x10) != 0);
            }
            Assert.That(counts, Is.EqualTo(new uint[] { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 1 }));
            Assert.That(directions, Is.EqualTo(Enumerable.Range(0, 22).Select(x => x >= 10 && x < 20)));
            Assert.That(Flags & 1, Is.EqualTo(1));
        }

        [Test]
        public void ShouldStopAfterOnePulse()
        {
            Start(0, 99);
            Write(CR1, 9);
            RunFor(1000);
            Assert.That(Read(CR1) & 1, Is.Zero);
            Assert.That(Count, Is.Zero);
            Assert.That(Flags & 1, Is.EqualTo(1));
        }

        [Test]
        public void ShouldUpdateAfterRepetitions()
        {
            timer = Add(TimerKind.Advanced, Base + 0x400);
            Use(Base + 0x400);
            Write(RCR, 2);
            Start(0, 99);
            RunFor(299);
            Assert.That(Flags & 1, Is.Zero);
            RunFor(2);
            Assert.That(Flags & 1, Is.EqualTo(1));
            Write(SR, 0);
            RunFor(297);
            Assert.That(Flags & 1, Is.Zero);
            RunFor(4);
            Assert.That(Flags & 1, Is.EqualTo(1));
        }

        [Test]
        public void ShouldNotUpdateWhileUdisIsSet()
        {
            Start(0, 99);
            Write(CR1, 3);
            Write(PSC, 5);
            RunFor(250.5);
            Assert.That(Flags & 1, Is.Zero);
            Assert.That(Count, Is.EqualTo(50), "the old prescaler");
            Write(EGR, 1);
            Assert.That(Count, Is.Zero);
            Assert.That(Flags & 1, Is.Zero);
        }

        [Test]
        public void ShouldFlagAnUpdateBySoftwareUnlessUrsIsSet([Values] bool overflowsOnly)
        {
            Write(CR1, overflowsOnly ? 4u : 0);
            Write(EGR, 1);
            Assert.That(Flags & 1, Is.EqualTo(overflowsOnly ? 0 : 1));
        }

        [Test]
        public void ShouldFlagChannelsThatCompareWithZeroWhenItStartsOver()
        {
            Write(EGR, 1);
            Assert.That(Flags, Is.EqualTo(0x1F));
        }

        [Test]
        public void ShouldFlagAMatch()
        {
            Write(CCR2, 40);
            Start(0, 99);
            RunFor(39.5);
            Assert.That(Flags & 4, Is.Zero);
            RunFor(1);
            Assert.That(Flags & 4, Is.EqualTo(4));
            Write(SR, 0);
            Write(DIER, 4);
            RunFor(98);
            Assert.That(timer.IRQ.IsSet, Is.False);
            RunFor(2);
            Assert.That(timer.IRQ.IsSet);
        }

        [Test]
        public void ShouldFlagAtTheOverflowWhatIsNeverReached()
        {
            Write(CCR2, 200);
            Start(0, 99);
            RunFor(99.5);
            Assert.That(Flags & 4, Is.Zero);
            RunFor(1);
            Assert.That(Flags & 4, Is.EqualTo(4));
        }

        [TestCase(1u, new[] { 15 })]
        [TestCase(2u, new[] { 5, 25 })]
        [TestCase(3u, new[] { 5, 15, 25 })]
        public void ShouldFlagMatchesByAlignment(uint alignment, int[] matches)
        {
            Write(CCR2, 5);
            Write(ARR, 10);
            Write(EGR, 1);
            Write(SR, 0);
            Write(CR1, 1 | (alignment << 5));
            var seen = new List<int>();
            RunFor(0.5);
            for(var i = 1; i < 30; i++)
            {
                RunFor(1);
                if((Flags & 4) != 0)
                {
                    seen.Add(i);
                    Write(SR, 0);
                }
            }
            Assert.That(seen, Is.EqualTo(matches));
        }

        // Levels of OC1 in each of 12 microseconds: limit 9, CCR1 = 3, from a count of 0.
        [TestCase(0u, "000000000000")]
        [TestCase(1u, "000111111111")]
        [TestCase(2u, "000000000000")]
        [TestCase(3u, "000111111111")]
        [TestCase(4u, "000000000000")]
        [TestCase(5u, "111111111111")]
        [TestCase(6u, "111000000011")]
        [TestCase(7u, "000111111100")]
        public void ShouldMakeOutputs(uint mode, string levels)
        {
            Write(CCMR1, mode << 4);
            Write(CCR1, 3);
            Write(CCER, 1);
            Start(0, 9);
            Assert.That(Levels(12), Is.EqualTo(levels));
            Write(CCER, 3);
            Assert.That(timer.Connections[0].IsSet, Is.EqualTo(levels.Last() == '0'), "inverted");
            Write(CCER, 0);
            Assert.That(timer.Connections[0].IsSet, Is.False, "off");
        }

        [Test]
        public void ShouldMakePwmCountingDown()
        {
            Write(CCMR1, 6 << 4);
            Write(CCR1, 3);
            Write(CCER, 1);
            Write(CR1, 0x10);
            Start(0, 9, 0x11);
            // 9 8 7 6 5 4 3 2 1 0 9 8
            Assert.That(Levels(12), Is.EqualTo("000000111100"));
        }

        [Test]
        public void ShouldMakePwmBothWays()
        {
            Write(CCMR1, 6 << 4);
            Write(CCR1, 2);
            Write(CCER, 1);
            Start(0, 5, 0x61);
            // 0 1 2 3 4 5 4 3 2 1 0 1
            Assert.That(Levels(12), Is.EqualTo("110000001111"));
        }

        [Test]
        public void ShouldLoadCompareValuesAtAnUpdateIfTheyArePreloaded([Values] bool preloads)
        {
            Write(CCMR1, (6u << 4) | (preloads ? 8u : 0));
            Write(CCR1, 5);
            Write(CCER, 1);
            Watch(timer.Connections[0]);
            Start(0, 9);
            RunFor(0.5);
            Write(CCR1, 2);
            RunFor(3);
            Assert.That(timer.Connections[0].IsSet, Is.EqualTo(preloads));
            RunFor(10);
            Assert.That(timer.Connections[0].IsSet, Is.False);
        }

        [Test]
        public void ShouldDriveOutputsOfAnAdvancedTimerOnlyWithMoe()
        {
            timer = Add(TimerKind.Advanced, Base + 0x400);
            Use(Base + 0x400);
            Write(CCMR1, 5 << 4);
            Write(CCER, 5);
            Assert.That((timer.Connections[0].IsSet, timer.Connections[4].IsSet), Is.EqualTo((false, false)));
            Write(BDTR, 1 << 15);
            Assert.That((timer.Connections[0].IsSet, timer.Connections[4].IsSet), Is.EqualTo((true, false)));
            Write(CCMR1, 4 << 4);
            Assert.That((timer.Connections[0].IsSet, timer.Connections[4].IsSet), Is.EqualTo((false, true)));
            Write(CR2, 1 << 8);
            Write(BDTR, 1 << 10);
            Assert.That((timer.Connections[0].IsSet, timer.Connections[4].IsSet), Is.EqualTo((true, false)), "idle states");
        }

        [Test]
        public void ShouldBreak()
        {
            timer = Add(TimerKind.Advanced, Base + 0x400);
            Use(Base + 0x400);
            Write(DIER, 0x80);
            Write(BDTR, 0xB000);  // MOE, BKP, BKE
            timer.OnGPIO(5, true);
            Assert.That(Flags & 0x80, Is.EqualTo(0x80));
            Assert.That(Read(BDTR), Is.EqualTo(0x3000));
            Assert.That(timer.BreakInterrupt.IsSet);
            timer.OnGPIO(5, false);
            Write(BDTR, 0x7000);  // AOE
            Write(EGR, 1);
            Assert.That(Read(BDTR) & 0x8000, Is.EqualTo(0x8000), "set at the next update");
        }

        // CCER, edges of which direction capture.
        [TestCase(0x1u, new uint[] { 10, 30 })]
        [TestCase(0x3u, new uint[] { 20, 40 })]
        [TestCase(0xBu, new uint[] { 10, 20, 30, 40 })]
        [TestCase(0x0u, new uint[0])]
        public void ShouldCaptureEdges(uint enables, uint[] captures)
        {
            Write(CCMR1, 1);
            Write(CCER, enables);
            Start(0, 999);
            var seen = new List<uint>();
            for(var i = 0; i < 4; i++)
            {
                RunFor(i == 0 ? 10.5 : 10);
                timer.OnGPIO(0, i % 2 == 0);
                if((Flags & 2) != 0)
                {
                    seen.Add(Read(CCR1));
                    Assert.That(Flags & 2, Is.Zero, "reading CCR1 clears CC1IF");
                }
            }
            Assert.That(seen, Is.EqualTo(captures));
        }

        [Test]
        public void ShouldCaptureTheOtherInputOfThePair()
        {
            Write(CCMR1, 2);
            Write(CCER, 1);
            Start(0, 999);
            RunFor(10.5);
            timer.OnGPIO(0, true);
            Assert.That(Flags & 2, Is.Zero);
            timer.OnGPIO(1, true);
            Assert.That(Read(CCR1), Is.EqualTo(10));
        }

        [TestCase(0u, 1)]
        [TestCase(1u, 2)]
        [TestCase(2u, 4)]
        [TestCase(3u, 8)]
        public void ShouldCaptureEachSoManyEdges(uint prescaler, int edges)
        {
            Write(CCMR1, 1 | (prescaler << 2));
            Write(CCER, 1);
            for(var i = 1; i <= edges; i++)
            {
                Assert.That(Flags & 2, Is.Zero);
                timer.OnGPIO(0, true);
                timer.OnGPIO(0, false);
            }
            Assert.That(Flags & 2, Is.EqualTo(2));
        }

        [Test]
        public void ShouldTellOfCapturesThatWereNotRead()
        {
            Write(CCMR1, 1);
            Write(CCER, 1);
            Pulse(0);
            Assert.That(Flags, Is.EqualTo(0x2));
            Pulse(0);
            Assert.That(Flags, Is.EqualTo(0x202));
            Write(SR, ~0x200u);
            Assert.That(Flags, Is.EqualTo(0x2));
        }

        [Test]
        public void ShouldFilterShortPulses()
        {
            Write(CCMR1, 0x31);  // IC1F: eight samples at the timer's clock
            Write(CCER, 1);
            Start(0, 999);
            RunFor(10.5);
            timer.OnGPIO(0, true);
            RunFor(5);
            timer.OnGPIO(0, false);
            RunFor(20);
            Assert.That(Flags & 2, Is.Zero);
            timer.OnGPIO(0, true);
            RunFor(20);
            Assert.That(Flags & 2, Is.EqualTo(2));
            Assert.That(Read(CCR1), Is.EqualTo(43));
        }

        [Test]
        public void ShouldJoinThreeInputs()
        {
            Write(CCMR1, 1);
            Write(CCER, 1);
            Write(CR2, 0x80);
            timer.OnGPIO(2, true);
            Assert.That(Flags & 2, Is.EqualTo(2));
            Write(SR, 0);
            timer.OnGPIO(1, true);
            timer.OnGPIO(0, true);
            Assert.That(Flags & 2, Is.EqualTo(2), "three ones make a one");
        }

        [Test]
        public void ShouldBeStartedOverByATrigger()
        {
            Write(SMCR, 0x54);  // TI1FP1, reset
            Start(0, 999);
            RunFor(50.5);
            timer.OnGPIO(0, true);
            Assert.That(Count, Is.Zero);
            Assert.That(Flags & 0x41, Is.EqualTo(0x41));
            RunFor(10);
            timer.OnGPIO(0, false);
            Assert.That(Count, Is.EqualTo(10));
        }

        [Test]
        public void ShouldCountWhileItsGateIsOpen()
        {
            Write(SMCR, 0x55);
            Start(0, 999);
            RunFor(50.5);
            Assert.That(Count, Is.Zero);
            timer.OnGPIO(0, true);
            RunFor(20);
            timer.OnGPIO(0, false);
            RunFor(20);
            Assert.That(Count, Is.EqualTo(20));
            Assert.That(Flags & 0x40, Is.EqualTo(0x40));
        }

        [Test]
        public void ShouldBeStartedByATrigger()
        {
            Write(SMCR, 0x56);
            Start(0, 999, 0);
            RunFor(50.5);
            timer.OnGPIO(0, true);
            RunFor(20);
            Assert.That(Count, Is.EqualTo(20));
            Assert.That(Read(CR1) & 1, Is.EqualTo(1));
        }

        [TestCase(0x57u, 0)]
        [TestCase(0x77u, 4)]
        [TestCase(0x4000u, 4)]
        public void ShouldCountEdges(uint slave, int input)
        {
            Write(SMCR, slave);
            Start(1, 9);
            for(var i = 0; i < 21; i++)
            {
                RunFor(10);
                Pulse(input);
            }
            Assert.That(Count, Is.Zero, "ten counts of two edges");
            Assert.That(Flags & 1, Is.EqualTo(1));
            Pulse(input);
            Assert.That(Count, Is.EqualTo(1));
        }

        [Test]
        public void ShouldDivideTheExternalTrigger()
        {
            Write(SMCR, 0x4000 | (2 << 12));
            Start(0, 999);
            for(var i = 0; i < 9; i++)
            {
                Pulse(4);
            }
            Assert.That(Count, Is.EqualTo(2));
        }

        [TestCase(1u, 2u)]
        [TestCase(2u, 2u)]
        [TestCase(3u, 4u)]
        public void ShouldReadAnEncoder(uint mode, uint countsPerTurn)
        {
            Write(SMCR, mode);
            Start(0, 999);
            void Turn(bool forward)
            {
                timer.OnGPIO(forward ? 0 : 1, true);
                timer.OnGPIO(forward ? 1 : 0, true);
                timer.OnGPIO(forward ? 0 : 1, false);
                timer.OnGPIO(forward ? 1 : 0, false);
            }

            Turn(true);
            Turn(true);
            Assert.That(Count, Is.EqualTo(2 * countsPerTurn));
            Assert.That(Read(CR1) & 0x10, Is.Zero);
            Turn(false);
            Assert.That(Count, Is.EqualTo(countsPerTurn));
            Assert.That(Read(CR1) & 0x10, Is.EqualTo(0x10));
            Turn(false);
            Turn(false);
            Assert.That(Count, Is.EqualTo(1000 - countsPerTurn), "wraps");
        }

        [Test]
        public void ShouldClockAnotherTimer()
        {
            var other = Add(TimerKind.GeneralPurpose16, Base + 0x400);
            timer.TriggerOutput.Connect(other, 9);
            Use(Base + 0x400);
            Write(SMCR, 0x17);  // ITR1, external clock
            Write(CR1, 1);
            Use(Base);
            Write(CR2, 0x20);   // TRGO at update
            Start(0, 99);
            Write(SR, 0);
            Use(Base + 0x400);
            Write(CNT, 0);
            RunFor(1000.5);
            Assert.That(Count, Is.EqualTo(10));
        }

        [Test]
        public void ShouldGateAnotherTimerByAPulse()
        {
            var other = Add(TimerKind.GeneralPurpose16, Base + 0x400);
            timer.TriggerOutput.Connect(other, 8);
            Use(Base + 0x400);
            Write(SMCR, 0x05);  // ITR0, gated
            Write(CR1, 1);
            Use(Base);
            Write(CR2, 0x40);   // TRGO is OC1REF
            Write(CCMR1, 0x60);
            Write(CCR1, 30);
            Start(0, 99);
            RunFor(200.5);
            Use(Base + 0x400);
            Assert.That(Count, Is.InRange(60, 61));
        }

        [Test]
        public void ShouldRequestDma()
        {
            var update = Watch(timer.UpdateDMA);
            var compare = Watch(timer.Channel2DMA);
            Write(CCR2, 50);
            Start(0, 99);
            RunFor(250.5);
            Assert.That(update.Changes.Count + compare.Changes.Count, Is.Zero);
            Write(DIER, (1 << 8) | (1 << 10));
            RunFor(100);
            Assert.That(update.Changes, Is.EqualTo(new[] { (0, true) }));
            RunFor(100);
            Assert.That(update.Changes, Is.EqualTo(new[] { (0, true), (0, false), (0, true) }), "each event is a rise");
            Write(DIER, 1 << 10);
            Assert.That(update.Changes.Last(), Is.EqualTo((0, false)), "what is disabled asks no longer");
            Assert.That(compare.Changes, Is.EqualTo(new[] { (0, true), (0, false), (0, true) }));
            timer.Reset();
            Assert.That(compare.Changes.Last(), Is.EqualTo((0, false)));
        }

        [Test]
        public void ShouldAskForAllOfABurst()
        {
            var update = Watch(timer.UpdateDMA);
            Write(DCR, (2 << 8) | 13);
            Start(0, 99);
            Write(DIER, 1 << 8);
            RunFor(150.5);
            for(var i = 1; i <= 4; i++)
            {
                Assert.That(update.Changes.Count(x => x.Item2), Is.EqualTo(Math.Min(i, 3)), "one by the event, one more by each access but the last");
                Write(DMAR, 5);
                if(i == 3)
                {
                    Write(DIER, 0);
                }
            }
        }

        [Test]
        public void ShouldSpreadABurst()
        {
            Write(DCR, (2 << 8) | 13);  // three registers from CCR1
            foreach(var value in new uint[] { 11, 22, 33, 44 })
            {
                Write(DMAR, value);
            }
            Assert.That(new[] { Read(CCR1), Read(CCR2), Read(CCR3) }, Is.EqualTo(new[] { 44, 22, 33 }));
        }

        [Test]
        public void ShouldStandStillWithoutClockAndGoOn()
        {
            Start(0, 999);
            RunFor(50.5);
            timer.ClockEnabled = false;
            RunFor(500);
            Assert.That(Count, Is.Zero, "not readable");
            Write(CNT, 7);
            timer.ClockEnabled = true;
            Assert.That(Count, Is.EqualTo(50));
            RunFor(10);
            Assert.That(Count, Is.EqualTo(60));
            Assert.That(timer.GuestMistakeCount, Is.EqualTo(2));
        }

        [Test]
        public void ShouldFollowItsClock()
        {
            Start(0, 9999);
            RunFor(50.5);
            timer.Frequency = 10000000;
            RunFor(100);
            Assert.That(Count, Is.InRange(1050, 1051));
        }

        [Test]
        public void ShouldBeNewAfterAReset()
        {
            Write(CCMR1, 0x68);
            Write(CCR1, 3);
            Write(CCER, 1);
            Write(DIER, 1);
            Start(0, 9);
            RunFor(100);
            timer.Reset();
            Assert.That(new[] { CR1, DIER, SR, CCMR1, CCER, CNT, PSC, CCR1 }.Select(Read), Is.All.Zero);
            Assert.That(Read(ARR), Is.EqualTo(0xFFFF));
            Assert.That(timer.IRQ.IsSet, Is.False);
            RunFor(100);
            Assert.That(Count, Is.Zero);
        }

        [Test]
        public void ShouldHaveTheRegistersOfItsKind()
        {
            timer = Add(TimerKind.Basic, Base + 0x400);
            Use(Base + 0x400);
            for(var offset = 0L; offset < 0x50; offset += 4)
            {
                Write(offset, offset == EGR ? 0 : uint.MaxValue & ~1u);
            }
            Assert.That(Read(CR1), Is.EqualTo(0x8E));
            Assert.That(Read(CR2), Is.EqualTo(0x70));
            Assert.That(Read(DIER), Is.EqualTo(0x100));
            Assert.That(Read(CNT), Is.EqualTo(0xFFFE));
            Assert.That(new[] { SMCR, CCMR1, CCMR2, CCER, RCR, CCR1, CCR2, CCR3, CCR4, BDTR, DCR, DMAR }.Select(Read), Is.All.Zero);
        }

        [Test]
        public void ShouldTakeNarrowAccesses()
        {
            Write(CCMR1, 1);
            Write(CCER, 1);
            Pulse(0);
            Pulse(0);
            Bus.WriteWord((ulong)(@base + CCR2), 0x1234);
            Bus.WriteByte((ulong)(@base + CCR2), 0x56);
            Assert.That(Read(CCR2), Is.EqualTo(0x1256));
            Bus.WriteWord((ulong)(@base + CCMR1), 0x6001);
            Assert.That(Flags, Is.EqualTo(0x202), "no flag was read away");
            Bus.WriteWord((ulong)(@base + SR), 0xFDFF);
            Assert.That(Bus.ReadWord((ulong)(@base + SR)), Is.EqualTo(2));
            Bus.WriteByte((ulong)(@base + EGR), 4);
            Assert.That(Flags, Is.EqualTo(6));
        }

        // What nobody watches is counted later: with the same result.
        [TestCase(0u, 99u, 1u)]
        [TestCase(3u, 7u, 1u)]
        [TestCase(0u, 9u, 0x61u)]
        [TestCase(2u, 50u, 0x11u)]
        public void ShouldCountTheSameWatchedOrNot(uint prescaler, uint limit, uint control)
        {
            timer = Add(TimerKind.Advanced, Base + 0x400);
            var other = Add(TimerKind.Advanced, Base + 0x800);
            foreach(var place in new[] { Base + 0x400, Base + 0x800 })
            {
                Use(place);
                Write(RCR, 6);
                Write(CCMR1, 0x3030);
                Write(CCR1, 4);
                Write(CCR2, limit);
                Write(CCER, 0x11);
                Write(BDTR, 0x8000);
                Start(prescaler, limit, control);
            }
            Watch(other.Connections[0]);
            Watch(other.Connections[1]);
            Write(DIER, 0x7);
            foreach(var time in new[] { 12345.5, 777, 100000, 3 })
            {
                RunFor(time);
                Assert.That(State(Base + 0x400), Is.EqualTo(State(Base + 0x800)));
                Assert.That(timer.Connections[0].IsSet, Is.EqualTo(other.Connections[0].IsSet));
                Assert.That(timer.Connections[1].IsSet, Is.EqualTo(other.Connections[1].IsSet));
            }
        }

        private uint[] State(ulong place)
        {
            Use(place);
            var result = new[] { CR1, SR, CNT }.Select(Read).ToArray();
            Write(SR, 0);
            return result;
        }

        private STM32F4_Timer Add(TimerKind kind, ulong place)
        {
            var result = new STM32F4_Timer(Machine, kind) { Frequency = 1000000 };
            Bus.Register(result, new BusRangeRegistration(place, 0x400));
            Use(place);
            return result;
        }

        private void Use(ulong place)
        {
            @base = (long)place;
        }

        private void Start(uint prescaler, uint limit, uint control = 1)
        {
            Write(PSC, prescaler);
            Write(ARR, limit);
            Write(CR1, control & ~1u);
            Write(EGR, 1);
            Write(SR, 0);
            Write(CR1, control);
        }

        private string Levels(int count)
        {
            var result = "";
            // Pins that nobody hears are not driven.
            Watch(timer.Connections[0]);
            Read(CNT);
            for(var i = 0; i < count; i++)
            {
                RunFor(i == 0 ? 0.5 : 1);
                result += timer.Connections[0].IsSet ? "1" : "0";
            }
            return result;
        }

        private void Pulse(int input)
        {
            timer.OnGPIO(input, true);
            timer.OnGPIO(input, false);
        }

        private static Probe Watch(IGPIO line)
        {
            var result = new Probe();
            line.Connect(result, 0);
            result.Changes.Clear();
            return result;
        }

        private uint Read(long register) => Bus.ReadDoubleWord((ulong)(@base + register));

        private void Write(long register, uint value) => Bus.WriteDoubleWord((ulong)(@base + register), value);

        private uint Flags => Read(SR);

        private uint Count => Read(CNT);

        private STM32F4_Timer timer;
        private long @base;

        private const ulong Base = 0x40000000;
        private const long CR1 = 0x00;
        private const long CR2 = 0x04;
        private const long SMCR = 0x08;
        private const long DIER = 0x0C;
        private const long SR = 0x10;
        private const long EGR = 0x14;
        private const long CCMR1 = 0x18;
        private const long CCMR2 = 0x1C;
        private const long CCER = 0x20;
        private const long CNT = 0x24;
        private const long PSC = 0x28;
        private const long ARR = 0x2C;
        private const long RCR = 0x30;
        private const long CCR1 = 0x34;
        private const long CCR2 = 0x38;
        private const long CCR3 = 0x3C;
        private const long CCR4 = 0x40;
        private const long BDTR = 0x44;
        private const long DCR = 0x48;
        private const long DMAR = 0x4C;
    }
}
