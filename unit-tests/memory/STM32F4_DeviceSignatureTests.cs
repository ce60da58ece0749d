// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>Unique ID, flash size, calibration values, one-time programmable area (RM0090 3.8, chapter 39).</summary>
    public class STM32F4_DeviceSignatureTests : ChipTest
    {
        [SetUp]
        public void Complete()
        {
            CompleteChip();
        }

        [TestCase(0x80000, 512u)]
        [TestCase(0x200000, 2048u)]
        public void ShouldTellTheSizeOfFlash(int size, uint kilobytes)
        {
            BuildChip();
            CompleteChip(size);
            Assert.That(Machine.SystemBus.ReadWord(FlashSize), Is.EqualTo(kilobytes));
        }

        [Test]
        public void ShouldNeedFlash()
        {
            Assert.That(() => new STM32F4_DeviceSignature(Machine, null), Throws.InstanceOf<ConstructionException>());
        }

        [Test]
        public void ShouldHaveTheSameUniqueIdWithTheSameSeed()
        {
            var first = Signature.UniqueIdText;
            Build(seed: 2);
            Assert.That(Signature.UniqueIdText, Is.Not.EqualTo(first), "another seed");
            Build(seed: 1);
            Assert.That(Signature.UniqueIdText, Is.EqualTo(first), "the same seed");
        }

        [Test]
        public void ShouldGiveEachMachineItsOwnUniqueId()
        {
            var other = new Machine();
            Emulation.AddMachine(other, "other");
            Assert.That(new STM32F4_DeviceSignature(other, Flash).UniqueIdText, Is.Not.EqualTo(Signature.UniqueIdText));
        }

        [Test]
        public void ShouldHaveAUniqueIdOfTheFormOfSts()
        {
            for(var seed = 1; seed < 20; seed++)
            {
                Build(seed);
                Assert.That(Machine.SystemBus.ReadByte(UniqueId + 4), Is.InRange(1, 25), "wafer");
                for(var i = 5ul; i < 12; i++)
                {
                    Assert.That((char)Machine.SystemBus.ReadByte(UniqueId + i), Is.InRange('0', 'Q'), "lot");
                }
            }
        }

        [Test]
        public void ShouldTakeAUniqueId()
        {
            var signature = new STM32F4_DeviceSignature(Machine, Flash, uniqueId: "2d0023001851363233303532");
            Assert.That(signature.ReadDoubleWord(0xA10), Is.EqualTo(0x0023002D));
            Assert.That(signature.ReadDoubleWord(0xA14), Is.EqualTo(0x32365118));
            Assert.That(signature.ReadDoubleWord(0xA18), Is.EqualTo(0x32353033));
            Assert.That(signature.UniqueIdText, Is.EqualTo("2d0023001851363233303532"));
        }

        [TestCase("")]
        [TestCase("2d00230018513632333035")]
        [TestCase("2d002300185136323330353g")]
        public void ShouldRefuseWhatIsNoUniqueId(string text)
        {
            Assert.That(() => new STM32F4_DeviceSignature(Machine, Flash, uniqueId: text), Throws.InstanceOf<ConstructionException>().With.Message.Contain("24 hex digits"));
        }

        [Test]
        public void ShouldHaveCalibrationValuesNearTypicalOnes([Range(1, 10)] int seed)
        {
            Build(seed);
            Assert.That(Machine.SystemBus.ReadWord(UniqueId + 0x1A), Is.EqualTo(1502).Within(8), "VREFINT_CAL: 1.21 V of 3.3 V");
            Assert.That(Machine.SystemBus.ReadWord(UniqueId + 0x1C), Is.EqualTo(959).Within(5), "TS_CAL1: 0.7725 V");
            Assert.That(Machine.SystemBus.ReadWord(UniqueId + 0x1E), Is.EqualTo(1207).Within(7), "TS_CAL2: 0.9725 V");
        }

        [Test]
        public void ShouldReadInAnyWidth()
        {
            var word = Read(UniqueId);
            Assert.That(Machine.SystemBus.ReadWord(UniqueId + 2), Is.EqualTo(word >> 16));
            Assert.That(Machine.SystemBus.ReadByte(UniqueId + 3), Is.EqualTo(word >> 24));
        }

        [Test]
        public void ShouldBearNoWriteToTheUniqueId()
        {
            StartProgramming();
            var before = Read(UniqueId);
            Write(UniqueId, 0);
            Machine.SystemBus.WriteByte(FlashSize, 0);
            Assert.That(Read(UniqueId), Is.EqualTo(before));
            Assert.That(Machine.SystemBus.ReadWord(FlashSize), Is.EqualTo(512));
            Assert.That(Signature.GuestMistakeCount, Is.EqualTo(2));
        }

        [Test]
        public void ShouldProgramBitsOfTheOneTimeAreaToZeroOnly()
        {
            StartProgramming();
            Assert.That(Read(OneTimeArea), Is.EqualTo(uint.MaxValue), "erased");
            Write(OneTimeArea, 0x0F0F1234);
            Write(OneTimeArea, 0xFFFF00FF);
            Machine.SystemBus.WriteByte(OneTimeArea + 3, 0xF3);
            Assert.That(Read(OneTimeArea), Is.EqualTo(0x030F0034));
            Assert.That(Read(OneTimeArea + 4), Is.EqualTo(uint.MaxValue));
            Assert.That(FlashErrors, Is.Zero);
        }

        [Test]
        public void ShouldNeedPgToProgramTheOneTimeArea()
        {
            Write(OneTimeArea, 0);
            Assert.That(Read(OneTimeArea), Is.EqualTo(uint.MaxValue));
            Assert.That(FlashErrors, Is.EqualTo(ProgrammingSequenceError));
        }

        [TestCase(0u)]
        [TestCase(15u)]
        public void ShouldLockABlockOfTheOneTimeArea(uint block)
        {
            StartProgramming();
            Machine.SystemBus.WriteByte(OneTimeArea + 0x200 + block, 0);
            Write(OneTimeArea + (32 * block), 0);
            Write(OneTimeArea + (32 * block) + 28, 0);
            Assert.That(FlashErrors, Is.EqualTo(WriteProtectionError));
            Assert.That(Read(OneTimeArea + (32 * block)), Is.EqualTo(uint.MaxValue));
            Assert.That(Read(OneTimeArea + (32 * block) + 28), Is.EqualTo(uint.MaxValue));
            var other = OneTimeArea + (32 * (block ^ 1));
            Write(other, 0);
            Assert.That(Read(other), Is.Zero, "its neighbour");
        }

        [Test]
        public void ShouldKeepTheOneTimeAreaForEver()
        {
            StartProgramming();
            Write(OneTimeArea, 0x12345678);
            Supplies.RemoveCoinCell();
            Supplies.PowerOff();
            Supplies.PowerOn();
            Machine.Reset();
            Assert.That(Read(OneTimeArea), Is.EqualTo(0x12345678));
        }

        private void Build(int seed)
        {
            BuildChip(seed: seed);
            CompleteChip();
        }

        private void StartProgramming()
        {
            Write(FlashControllerBase + 4, 0x45670123);
            Write(FlashControllerBase + 4, 0xCDEF89AB);
            Write(FlashControllerBase + 0x10, 0x201);
        }

        private uint FlashErrors => Read(FlashControllerBase + 0x0C) & 0xF0;

        private const ulong OneTimeArea = SignatureBase + 0x800;
        private const ulong UniqueId = SignatureBase + 0xA10;
        private const ulong FlashSize = SignatureBase + 0xA22;
        private const uint WriteProtectionError = 1 << 4;
        private const uint ProgrammingSequenceError = 1 << 7;
    }
}
