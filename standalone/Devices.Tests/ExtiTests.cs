// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Peripherals.Miscellaneous;

using NUnit.Framework;

namespace Standalone.Devices.Tests
{
    public class ExtiTests : Bench
    {
        [SetUp]
        public void MountExti()
        {
            exti = Mount(new STM32F4_EXTI(Machine, 24));
        }

        [Test]
        public void ShouldSelectEdges([Values] bool rising, [Values] bool falling)
        {
            Write(IMR, 4);
            Write(RTSR, rising ? 4u : 0);
            Write(FTSR, falling ? 4u : 0);
            exti.OnGPIO(2, true);
            Assert.That(Read(PR), Is.EqualTo(rising ? 4 : 0));
            Assert.That(exti.Connections[2].IsSet, Is.EqualTo(rising));
            Write(PR, 4);
            exti.OnGPIO(2, false);
            Assert.That(Read(PR), Is.EqualTo(falling ? 4 : 0));
            Assert.That(exti.Connections[2].IsSet, Is.EqualTo(falling));
        }

        [Test]
        public void ShouldIgnoreMaskedLines()
        {
            Write(RTSR, 4);
            exti.OnGPIO(2, true);
            Assert.That(Read(PR), Is.Zero);
            Assert.That(exti.Connections[2].IsSet, Is.False);
        }

        [Test]
        public void ShouldHoldTheInterruptUntilCleared()
        {
            Write(IMR, 0xC);
            Write(RTSR, 0xC);
            exti.OnGPIO(2, true);
            exti.OnGPIO(3, true);
            exti.OnGPIO(2, false);
            Write(PR, 4);
            Assert.That(Read(PR), Is.EqualTo(8));
            Assert.That(exti.Connections[2].IsSet, Is.False);
            Assert.That(exti.Connections[3].IsSet, Is.True);
        }

        [Test]
        public void ShouldInterruptBySoftware()
        {
            Write(IMR, 4);
            Write(SWIER, 0xC);
            Assert.That(exti.Connections[2].IsSet, Is.True);
            Assert.That(exti.Connections[3].IsSet, Is.False);
            Write(PR, 4);
            Assert.That(exti.Connections[2].IsSet, Is.False);
        }

        [Test]
        public void ShouldShowSoftwareInterruptsAsPending()
        {
            OnlyOnOurModel("PR stays 0 there");
            Write(IMR, 4);
            Write(SWIER, 0xC);
            Assert.That(Read(PR), Is.EqualTo(4));
            Assert.That(Read(SWIER), Is.EqualTo(4));
            Write(PR, 4);
            Assert.That(Read(SWIER), Is.Zero);
        }

        [Test]
        public void ShouldPassDirectLinesThrough()
        {
            exti.OnGPIO(23, true);
            Assert.That(exti.Connections[23].IsSet, Is.True);
            exti.OnGPIO(23, false);
            Assert.That(exti.Connections[23].IsSet, Is.False);
        }

        [Test]
        public void ShouldNotMindALineThatIsNotThere()
        {
            Assert.That(() => exti.OnGPIO(24, true), Throws.Nothing);
        }

        [Test]
        public void ShouldForgetAllOnReset()
        {
            Write(IMR, 4);
            Write(RTSR, 4);
            exti.OnGPIO(2, true);
            exti.Reset();
            Assert.That(exti.Connections[2].IsSet, Is.False);
            Assert.That(Read(PR), Is.Zero);
            Assert.That(Read(IMR), Is.Zero);
        }

        [Test]
        public void ShouldPickTheSelectedPort()
        {
            var syscfg = Mount(new STM32_SYSCFG(), 0x1000);
            var a = ((ILocalGPIOReceiver)syscfg).GetLocalReceiver(0);
            var e = ((ILocalGPIOReceiver)syscfg).GetLocalReceiver(4);
            a.OnGPIO(6, true);
            Assert.That(syscfg.Connections[6].IsSet, Is.True);
            e.OnGPIO(7, true);
            Assert.That(syscfg.Connections[7].IsSet, Is.False);
            Write(0x1000 + EXTICR2, 0x4400);
            Assert.That(Read(0x1000 + EXTICR2), Is.EqualTo(0x4400));
            Assert.That(syscfg.Connections[6].IsSet, Is.False);
            Assert.That(syscfg.Connections[7].IsSet, Is.True);
            e.OnGPIO(7, false);
            a.OnGPIO(7, true);
            Assert.That(syscfg.Connections[7].IsSet, Is.False);
        }

        [TestCase(0)]
        [TestCase(5)]
        [TestCase(10)]
        [TestCase(15)]
        public void ShouldHaveASelectionForEachLine(int line)
        {
            var syscfg = Mount(new STM32_SYSCFG(), 0x1000);
            ((ILocalGPIOReceiver)syscfg).GetLocalReceiver(8).OnGPIO(line, true);
            Write(0x1000 + 8 + line / 4 * 4, 8u << (line % 4 * 4));
            for(var i = 0; i < 16; i++)
            {
                Assert.That(syscfg.Connections[i].IsSet, Is.EqualTo(i == line), $"line {i}");
            }
        }

        [Test]
        public void ShouldCombineInputs()
        {
            var combined = new CombinedInput(3);
            combined.OnGPIO(0, true);
            combined.OnGPIO(2, true);
            combined.OnGPIO(0, false);
            Assert.That(combined.OutputLine.IsSet, Is.True);
            combined.OnGPIO(2, false);
            Assert.That(combined.OutputLine.IsSet, Is.False);
            Assert.That(() => combined.OnGPIO(3, true), Throws.Nothing);
            Assert.That(combined.OutputLine.IsSet, Is.False);
            combined.OnGPIO(1, true);
            combined.Reset();
            Assert.That(combined.OutputLine.IsSet, Is.False);
        }

        private STM32F4_EXTI exti;

        private const int IMR = 0x00;
        private const int RTSR = 0x08;
        private const int FTSR = 0x0C;
        private const int SWIER = 0x10;
        private const int PR = 0x14;
        private const int EXTICR2 = 0x0C;
    }
}
