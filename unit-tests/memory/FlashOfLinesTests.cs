// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>What the flash of F42x, F446 and F469 has besides that of the F407.</summary>
    [TestFixture]
    public class FlashOfLinesTests : ChipTest
    {
        // FLASH_CR with STRT; first and last erased address.
        [TestCase((16u << 3) | 2u, 0x100000, 0x103FFF, TestName = "First Sector Of Second Bank")]
        [TestCase((20u << 3) | 2u, 0x110000, 0x11FFFF, TestName = "Fifth Sector Of Second Bank")]
        [TestCase((27u << 3) | 2u, 0x1E0000, 0x1FFFFF, TestName = "Last Sector Of Second Bank")]
        [TestCase(4u, 0x000000, 0x0FFFFF, TestName = "First Bank")]
        [TestCase(1u << 15, 0x100000, 0x1FFFFF, TestName = "Second Bank")]
        [TestCase((1u << 15) | 4u, 0x000000, 0x1FFFFF, TestName = "Both Banks")]
        public void ShouldEraseInTwoBanks(uint control, int first, int last)
        {
            Build(ChipLine.F42x_F43x, 0x200000);
            Write(FlashControllerBase + 0x10, control | (1 << 16));
            var erased = Enumerable.Range(0, 0x200000 / Step).Where(x => Flash.ReadByte(x * Step) == 0xFF).Select(x => x * Step).ToArray();
            Assert.That(erased.First(), Is.EqualTo(first));
            Assert.That(erased.Last(), Is.EqualTo(last + 1 - Step));
            Assert.That(erased, Has.Length.EqualTo((last + 1 - first) / Step));
        }

        [TestCase(12u)]
        [TestCase(15u)]
        [TestCase(28u)]
        public void ShouldNotEraseASectorThatIsNotThere(uint number)
        {
            Build(ChipLine.F42x_F43x, 0x200000);
            Write(FlashControllerBase + 0x10, (number << 3) | 2 | (1 << 16));
            Assert.That(Read(FlashControllerBase + 0x0C), Is.EqualTo(0x80), "PGSERR");
        }

        [Test]
        public void ShouldProtectSectorsOfTheSecondBank()
        {
            Build(ChipLine.F42x_F43x, 0x200000);
            Assert.That(Read(FlashControllerBase + 0x18), Is.EqualTo(0x0FFF0000));
            Write(FlashControllerBase + 0x08, 0x08192A3B);
            Write(FlashControllerBase + 0x08, 0x4C5D6E7F);
            Write(FlashControllerBase + 0x18, 0x0FFE0000);
            SetBits(FlashControllerBase + 0x14, 2);
            Write(FlashControllerBase + 0x10, (16 << 3) | 2 | (1 << 16));
            Assert.That(Read(FlashControllerBase + 0x0C), Is.EqualTo(0x10), "WRPERR");
            Supplies.PowerOff();
            Supplies.PowerOn();
            Assert.That(Read(FlashControllerBase + 0x18), Is.EqualTo(0x0FFE0000), "option bytes are flash");
        }

        [TestCase(ChipLine.F207_F217, 0x7u)]
        [TestCase(ChipLine.F407_F417, 0x7u)]
        [TestCase(ChipLine.F42x_F43x, 0xFu)]
        [TestCase(ChipLine.F446, 0xFu)]
        [TestCase(ChipLine.F469_F479, 0xFu)]
        public void ShouldTakeTheWaitStatesOfItsLine(ChipLine line, uint latency)
        {
            Build(line, 0x80000);
            Write(FlashControllerBase, 0xF);
            Assert.That(Read(FlashControllerBase), Is.EqualTo(latency));
        }

        [Test]
        public void ShouldHaveEightSectorsInTheF446()
        {
            Build(ChipLine.F446, 0x80000);
            Assert.That(Read(FlashControllerBase + 0x14), Is.EqualTo(0x00FFAAED));
        }

        private void Build(ChipLine line, int size)
        {
            BuildChip(line: line);
            CompleteChip(size);
            Flash.WriteBytes(0, new byte[size], 0, size);
            Write(FlashControllerBase + 4, 0x45670123);
            Write(FlashControllerBase + 4, 0xCDEF89AB);
        }

        private const int Step = 0x2000;
    }
}
