// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Miscellaneous;

using NUnit.Framework;

namespace Standalone.Devices.Tests
{
    public class InterruptLineTests : Bench
    {
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

        private const int EXTICR2 = 0x0C;
    }
}
