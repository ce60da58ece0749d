// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;

using NUnit.Framework;

using STM32F4_EXTI = Antmicro.Renode.Peripherals.Chip.STM32F4_EXTI;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_EXTITests : ChipTest
    {
        [SetUp]
        public void Complete()
        {
            CompleteChip();
        }

        [Test]
        public void ShouldSelectEdges([Values] bool rising, [Values] bool falling)
        {
            Write(InterruptMask, 4);
            Write(Rising, rising ? 4u : 0);
            Write(Falling, falling ? 4u : 0);
            Exti.OnGPIO(2, true);
            Assert.That(Read(Pending), Is.EqualTo(rising ? 4 : 0));
            Assert.That(Exti.Connections[2].IsSet, Is.EqualTo(rising));
            Write(Pending, 4);
            Exti.OnGPIO(2, false);
            Assert.That(Read(Pending), Is.EqualTo(falling ? 4 : 0));
            Assert.That(Exti.Connections[2].IsSet, Is.EqualTo(falling));
        }

        [Test]
        public void ShouldTakeALevelThatStaysForNoEdge()
        {
            Exti.OnGPIO(2, true);
            Write(InterruptMask, 4);
            Write(Rising, 4);
            Exti.OnGPIO(2, true);
            Assert.That(Read(Pending), Is.Zero);
        }

        [Test]
        public void ShouldIgnoreMaskedLines()
        {
            Write(Rising, 4);
            Exti.OnGPIO(2, true);
            Write(InterruptMask, 4);
            Assert.That(Read(Pending), Is.Zero);
            Assert.That(Exti.Connections[2].IsSet, Is.False);
        }

        [Test]
        public void ShouldHoldTheInterruptUntilCleared()
        {
            Write(InterruptMask, 0xC);
            Write(Rising, 0xC);
            Exti.OnGPIO(2, true);
            Exti.OnGPIO(3, true);
            Exti.OnGPIO(2, false);
            Write(Pending, 4);
            Assert.That(Read(Pending), Is.EqualTo(8));
            Assert.That(Exti.Connections[2].IsSet, Is.False);
            Assert.That(Exti.Connections[3].IsSet, Is.True);
        }

        [Test]
        public void ShouldAskForTheInterruptWhileItIsPendingAndUnmasked()
        {
            Write(InterruptMask, 4);
            Write(Rising, 4);
            Exti.OnGPIO(2, true);
            Write(InterruptMask, 0);
            Assert.That(Exti.Connections[2].IsSet, Is.False);
            Assert.That(Read(Pending), Is.EqualTo(4));
            Write(InterruptMask, 4);
            Assert.That(Exti.Connections[2].IsSet, Is.True);
        }

        [Test]
        public void ShouldInterruptBySoftwareUntilPendingIsCleared()
        {
            Write(InterruptMask, 4);
            Write(SoftwareTrigger, 4);
            Assert.That(Read(Pending), Is.EqualTo(4));
            Assert.That(Read(SoftwareTrigger), Is.EqualTo(4));
            Assert.That(Exti.Connections[2].IsSet, Is.True);
            Write(Pending, 4);
            Assert.That(Read(SoftwareTrigger), Is.Zero);
            Assert.That(Exti.Connections[2].IsSet, Is.False);
            Write(SoftwareTrigger, 4);
            Assert.That(Exti.Connections[2].IsSet, Is.True, "again");
        }

        // MicroPython's tests/ports/stm32/extint.py asks for an interrupt while the line is masked, then again: a Pyboard interrupts once.
        [Test]
        public void ShouldInterruptAgainBySoftwareOnceTheBitWasWrittenZero()
        {
            Write(SoftwareTrigger, 4);
            Write(InterruptMask, 4);
            Write(SoftwareTrigger, 4);
            Assert.That(Read(Pending), Is.Zero, "it is set already");
            Write(SoftwareTrigger, 0);
            Assert.That(Read(SoftwareTrigger), Is.Zero);
            Write(SoftwareTrigger, 4);
            Assert.That(Read(Pending), Is.EqualTo(4));
            Write(SoftwareTrigger, 0);
            Assert.That(Read(Pending), Is.EqualTo(4), "PR stays");
        }

        [Test]
        public void ShouldNotInterruptBySoftwareOnAMaskedLine()
        {
            Write(SoftwareTrigger, 4);
            Assert.That(Read(Pending), Is.Zero);
            Assert.That(Exti.Connections[2].IsSet, Is.False);
        }

        [TestCase(false)]
        [TestCase(true)]
        public void ShouldMakeAPulseForAnEvent(bool bySoftware)
        {
            var events = CountEvents();
            Write(EventMask, 4);
            Write(Rising, 4);
            if(bySoftware)
            {
                Write(SoftwareTrigger, 4);
            }
            else
            {
                Exti.OnGPIO(2, true);
            }
            Assert.That(events, Is.EqualTo(new[] { true, false }));
            Assert.That(Read(Pending), Is.Zero, "an event is no interrupt");
            Assert.That(Exti.Connections[2].IsSet, Is.False);
        }

        [Test]
        public void ShouldMakeInterruptAndEventOfOneEdge()
        {
            var events = CountEvents();
            Write(InterruptMask, 4);
            Write(EventMask, 4);
            Write(Falling, 4);
            Exti.OnGPIO(2, true);
            Assert.That(events, Is.Empty);
            Exti.OnGPIO(2, false);
            Assert.That(events, Is.EqualTo(new[] { true, false }));
            Assert.That(Exti.Connections[2].IsSet, Is.True);
        }

        [Test]
        public void ShouldHaveTwentyThreeLines()
        {
            foreach(var register in new[] { InterruptMask, EventMask, Rising, Falling })
            {
                Write(register, 0xFFFFFFFF);
                Assert.That(Read(register), Is.EqualTo(0x7FFFFF));
            }
            Exti.OnGPIO(22, true);
            Assert.That(Read(Pending), Is.EqualTo(1 << 22));
            Assert.That(() => Exti.OnGPIO(23, true), Throws.Nothing);
            Assert.That(() => Exti.OnGPIO(-1, true), Throws.Nothing);
        }

        [TestCase(0)]
        [TestCase(32)]
        public void ShouldRefuseANumberOfLinesThatIsNotPossible(int lines)
        {
            Assert.That(() => new STM32F4_EXTI(Machine, lines), Throws.InstanceOf<ConstructionException>());
        }

        [Test]
        public void ShouldForgetAllButTheLevelsInAReset()
        {
            Write(InterruptMask, 4);
            Write(Rising, 4);
            Exti.OnGPIO(2, true);
            Supplies.PressReset();
            Assert.That(Exti.Connections[2].IsSet, Is.False);
            Assert.That(Read(Pending), Is.Zero);
            Assert.That(Read(InterruptMask), Is.Zero);
            Write(InterruptMask, 4);
            Write(Rising, 4);
            Exti.OnGPIO(2, true);
            Assert.That(Read(Pending), Is.Zero, "the line was high all the time");
        }

        private List<bool> CountEvents()
        {
            var result = new EventCounter();
            Exti.EventOutput.Connect(result, 0);
            result.Changes.Clear();
            return result.Changes;
        }

        private const ulong InterruptMask = ExtiBase;
        private const ulong EventMask = ExtiBase + 4;
        private const ulong Rising = ExtiBase + 8;
        private const ulong Falling = ExtiBase + 0xC;
        private const ulong SoftwareTrigger = ExtiBase + 0x10;
        private const ulong Pending = ExtiBase + 0x14;

        private class EventCounter : IGPIOReceiver
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
