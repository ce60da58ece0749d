// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_SYSCFGTests : ChipTest
    {
        [SetUp]
        public void OpenClock()
        {
            CompleteChip();
            SetBits(Apb2Enable, 1 << 14);
        }

        [Test]
        public void ShouldNeedSupplies()
        {
            Assert.That(() => new STM32F4_SYSCFG(Machine, null), Throws.InstanceOf<ConstructionException>());
        }

        [Test]
        public void ShouldPickTheSelectedPort()
        {
            PortA.OnGPIO(6, true);
            Assert.That(Syscfg.Connections[6].IsSet, Is.True);
            PortE.OnGPIO(7, true);
            Assert.That(Syscfg.Connections[7].IsSet, Is.False);
            Write(EXTICR2, 0x4400);
            Assert.That(Read(EXTICR2), Is.EqualTo(0x4400));
            Assert.That(Syscfg.Connections[6].IsSet, Is.False, "the line follows the selection at once");
            Assert.That(Syscfg.Connections[7].IsSet, Is.True);
            PortE.OnGPIO(7, false);
            PortA.OnGPIO(7, true);
            Assert.That(Syscfg.Connections[7].IsSet, Is.False);
        }

        [TestCase(0)]
        [TestCase(5)]
        [TestCase(10)]
        [TestCase(15)]
        public void ShouldHaveASelectionForEachLine(int line)
        {
            Syscfg.GetLocalReceiver(8).OnGPIO(line, true);
            for(var i = 0; i < 4; i++)
            {
                // Nothing is at port H.
                Write(SyscfgBase + 8 + (4 * (ulong)i), i == line / 4 ? 0x7777u ^ (0xFu << (line % 4 * 4)) : 0x7777);
            }
            for(var i = 0; i < 16; i++)
            {
                Assert.That(Syscfg.Connections[i].IsSet, Is.EqualTo(i == line), $"line {i}");
            }
        }

        [Test]
        public void ShouldInterruptByTheSelectionItself()
        {
            Write(ExtiBase, 1 << 7);
            Write(ExtiBase + 8, 1 << 7);
            PortE.OnGPIO(7, true);
            Assert.That(Read(ExtiBase + 0x14), Is.Zero);
            Write(EXTICR2, 0x4000);
            Assert.That(Read(ExtiBase + 0x14), Is.EqualTo(1 << 7));
        }

        [Test]
        public void ShouldBeLowForAPortThatIsNotThere()
        {
            PortA.OnGPIO(4, true);
            Write(EXTICR2, 0xF);
            Assert.That(Syscfg.Connections[4].IsSet, Is.False);
            Assert.That(() => Syscfg.GetLocalReceiver(11), Throws.InstanceOf<ConstructionException>());
            Assert.That(() => PortA.OnGPIO(16, true), Throws.Nothing);
        }

        [Test]
        public void ShouldRouteWithoutClockAndKeepItsRegisters()
        {
            Write(EXTICR2, 0x4000);
            ClearBits(Apb2Enable, 1 << 14);
            PortE.OnGPIO(7, true);
            Assert.That(Syscfg.Connections[7].IsSet, Is.True);
            Write(EXTICR2, 0);
            Assert.That(Read(EXTICR2), Is.Zero);
            Assert.That(Syscfg.GuestMistakes, Does.Contain("SYSCFG_EXTICR2: write ignored").And.Contain("read as 0"));
            SetBits(Apb2Enable, 1 << 14);
            Assert.That(Read(EXTICR2), Is.EqualTo(0x4000));
        }

        [Test]
        public void ShouldFollowPortAAfterAReset()
        {
            Write(EXTICR2, 0x4000);
            PortE.OnGPIO(7, true);
            PortA.OnGPIO(6, true);
            Supplies.PressReset();
            Assert.That(Syscfg.Connections[7].IsSet, Is.False);
            Assert.That(Syscfg.Connections[6].IsSet, Is.True, "the pin is what it was");
        }

        [Test]
        public void ShouldHaveItsCompensationCellReady()
        {
            Assert.That(Read(CMPCR), Is.Zero);
            Write(CMPCR, 1);
            Assert.That(Read(CMPCR), Is.EqualTo(0x101));
            Write(CMPCR, 0);
            Assert.That(Read(CMPCR), Is.Zero);
        }

        private IGPIOReceiver PortA => Syscfg.GetLocalReceiver(0);

        private IGPIOReceiver PortE => Syscfg.GetLocalReceiver(4);

        private const ulong Apb2Enable = RccBase + 0x44;
        private const ulong EXTICR2 = SyscfgBase + 0x0C;
        private const ulong CMPCR = SyscfgBase + 0x20;
    }
}
