// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Peripherals.Miscellaneous;

using NUnit.Framework;

namespace UnitTests.Contract
{
    public class BusContract : ContractBench
    {
        [Test]
        public void ShouldPassOffsets()
        {
            var device = Register(new WordOnly());
            Bus.WriteDoubleWord(Base + 0x24, 0x12345678);
            Bus.ReadDoubleWord(Base + 0x28);
            Assert.That(device.Accesses, Is.EqualTo(new[] { "write 24 12345678", "read 28" }));
        }

        [Test]
        public void ShouldTranslateNarrowReads()
        {
            var device = Register(new Translated());
            device.Value = 0x12345678;
            Assert.That(Enumerable.Range(0, 4).Select(i => (uint)Bus.ReadByte(Base + (ulong)i)), Is.EqualTo(new[] { 0x78u, 0x56u, 0x34u, 0x12u }));
            Assert.That(Bus.ReadWord(Base), Is.EqualTo(0x5678));
            Assert.That(Bus.ReadWord(Base + 2), Is.EqualTo(0x1234));
            Assert.That(device.Accesses, Has.All.EqualTo("read 0"));
        }

        [Test]
        public void ShouldTranslateNarrowWritesToReadModifyWrite()
        {
            var device = Register(new Translated());
            device.Value = 0x12345678;
            Bus.WriteByte(Base + 1, 0xAB);
            Bus.WriteWord(Base + 2, 0xCDEF);
            Assert.That(device.Accesses, Is.EqualTo(new[] { "read 0", "write 0 1234AB78", "read 0", "write 0 CDEFAB78" }));
        }

        [Test]
        public void ShouldDropNarrowAccessesWithoutTranslation()
        {
            var device = Register(new WordOnly());
            device.Value = 0x12345678;
            Assert.That(Bus.ReadByte(Base), Is.Zero);
            Assert.That(Bus.ReadWord(Base), Is.Zero);
            Bus.WriteByte(Base, 1);
            Bus.WriteWord(Base, 1);
            Assert.That(device.Accesses, Is.Empty);
        }

        [Test]
        public void ShouldReadNothingWhereNothingIs()
        {
            Assert.That(Bus.ReadByte(0x50000000), Is.Zero);
            Assert.That(Bus.ReadWord(0x50000000), Is.Zero);
            Assert.That(Bus.ReadDoubleWord(0x50000000), Is.Zero);
            Assert.That(() => Bus.WriteDoubleWord(0x50000000, 1), Throws.Nothing);
            Assert.That(Bus.WhatPeripheralIsAt(0x50000000), Is.Null);
        }

        [Test]
        public void ShouldKnowWhatIsWhere()
        {
            var device = Register(new WordOnly());
            Assert.That(Bus.WhatPeripheralIsAt(Base), Is.SameAs(device));
            Assert.That(Bus.WhatPeripheralIsAt(Base + 0xFF), Is.SameAs(device));
            Assert.That(Bus.WhatPeripheralIsAt(Base + 0x100), Is.Null);
            Assert.That(Bus.WhatIsAt(Base + 4).RegistrationPoint.Range.StartAddress, Is.EqualTo(Base));
            Assert.That(Machine.IsRegistered(device), Is.True);
        }

        [Test]
        public void ShouldAnswerTags()
        {
            Bus.Tag(new Range(0x50000000, 4), "tag", 0x12345678);
            Assert.That(Bus.ReadDoubleWord(0x50000000), Is.EqualTo(0x12345678));
            Bus.WriteDoubleWord(0x50000000, 0);
            Assert.That(Bus.ReadDoubleWord(0x50000000), Is.EqualTo(0x12345678));
        }

        [Test]
        public void ShouldRefuseOverlaps()
        {
            Register(new WordOnly());
            Assert.That(() => Bus.Register(new WordOnly(), new BusRangeRegistration(new Range(Base + 0x80, 0x100))), Throws.InstanceOf<RegistrationException>());
        }

        [Test]
        public void ShouldRegisterOneDeviceInTwoPlaces()
        {
            var device = Register(new WordOnly());
            Bus.Register(device, new BusRangeRegistration(new Range(Base + 0x1000, 0x100)));
            Bus.WriteDoubleWord(Base + 0x1004, 1);
            Assert.That(device.Accesses, Is.EqualTo(new[] { "write 4 1" }));
        }

        [Test]
        public void ShouldUseTheMethodsOfARegion()
        {
            var device = new WithRegion();
            Bus.Register(device, new BusRangeRegistration(new Range(Base, 0x100)));
            Bus.Register(device, new BusMultiRegistration(Base + 0x1000, 0x100, "other"));
            Assert.That(Bus.ReadDoubleWord(Base + 4), Is.EqualTo(0x104));
            Assert.That(Bus.ReadDoubleWord(Base + 0x1004), Is.EqualTo(0x204));
            Bus.WriteDoubleWord(Base + 0x1008, 5);
            Assert.That(device.Written, Is.EqualTo((8, 5u)));
        }

        [Test]
        public void ShouldSwitchDevicesOff()
        {
            var device = Register(new Translated());
            device.Value = 5;
            Assert.That(Bus.IsPeripheralEnabled(device), Is.True);
            Bus.SetPeripheralEnabled(device, false);
            Assert.That(Bus.IsPeripheralEnabled(device), Is.False);
            Assert.That(Bus.ReadDoubleWord(Base), Is.Zero);
            Assert.That(Bus.ReadByte(Base), Is.Zero);
            Bus.WriteDoubleWord(Base, 7);
            Assert.That(device.Accesses, Is.Empty);
            Bus.SetPeripheralEnabled(device, true);
            Assert.That(Bus.ReadDoubleWord(Base), Is.EqualTo(5));
        }

        [Test]
        public void ShouldReadAndWriteMemory()
        {
            var memory = Memory(0x20000000, 0x1000);
            Bus.WriteDoubleWord(0x20000010, 0x12345678);
            Assert.That(Bus.ReadByte(0x20000011), Is.EqualTo(0x56));
            Assert.That(Bus.ReadWord(0x20000011), Is.EqualTo(0x3456));
            Assert.That(memory.ReadDoubleWord(0x10), Is.EqualTo(0x12345678));
            memory.WriteByte(0x13, 0xAB);
            Assert.That(Bus.ReadDoubleWord(0x20000010), Is.EqualTo(0xAB345678));
            Assert.That(memory.ReadBytes(0x10, 4), Is.EqualTo(new byte[] { 0x78, 0x56, 0x34, 0xAB }));
            memory.WriteBytes(0x20, new byte[] { 0, 1, 2, 3, 4 }, 1, 3);
            Assert.That(Bus.ReadDoubleWord(0x20000020), Is.EqualTo(0x00030201));
            Assert.That(memory.Size, Is.EqualTo(0x1000));
            Assert.That(Bus.IsMemory(0x20000010), Is.True);
        }

        [Test]
        public void ShouldKeepMemoryOverAReset()
        {
            Memory(0x20000000, 0x1000);
            Bus.WriteDoubleWord(0x20000010, 0x12345678);
            Machine.Reset();
            Assert.That(Bus.ReadDoubleWord(0x20000010), Is.EqualTo(0x12345678));
        }

        [Test]
        public void ShouldReadAndWriteBlocksAcrossNeighbours()
        {
            Memory(0x20000000, 0x1000);
            Memory(0x20001000, 0x1000);
            Bus.WriteBytes(new byte[] { 1, 2, 3, 4 }, 0x20000FFE);
            Assert.That(Bus.ReadBytes(0x20000FFE, 4), Is.EqualTo(new byte[] { 1, 2, 3, 4 }));
            Assert.That(Bus.ReadByte(0x20001000), Is.EqualTo(3));
        }

        [Test]
        public void ShouldMirrorMemory()
        {
            var memory = Memory(0x08000000, 0x1000);
            Bus.Register(memory, new BusPointRegistration(0));
            Bus.WriteDoubleWord(0x10, 0x12345678);
            Assert.That(Bus.ReadDoubleWord(0x08000010), Is.EqualTo(0x12345678));
        }

        [Test]
        public void ShouldReachBitsOfMemory()
        {
            Memory(0x20000000, 0x1000);
            BitBand(0x22000000, 0x20000000);
            Bus.WriteDoubleWord(0x22000000 + 0x10 * 32 + 13 * 4, 0xFFFFFFFF);
            Assert.That(Bus.ReadDoubleWord(0x20000010), Is.EqualTo(1 << 13));
            Assert.That(Bus.ReadDoubleWord(0x22000000 + 0x10 * 32 + 13 * 4), Is.EqualTo(1));
            Assert.That(Bus.ReadDoubleWord(0x22000000 + 0x10 * 32 + 14 * 4), Is.Zero);
            Bus.WriteDoubleWord(0x22000000 + 0x10 * 32 + 13 * 4, 0xFFFFFFFE);
            Assert.That(Bus.ReadDoubleWord(0x20000010), Is.Zero);
            Bus.WriteByte(0x22000000 + 0x10 * 32 + 9 * 4, 1);
            Assert.That(Bus.ReadDoubleWord(0x20000010), Is.EqualTo(1 << 9));
        }

        [Test]
        public void ShouldReachBitsOfDevicesByReadModifyWrite()
        {
            var device = Register(new WordOnly());
            device.Value = 0x100;
            BitBand(0x42000000, Base);
            Bus.WriteDoubleWord(0x42000000 + 0x24 * 32 + 9 * 4, 1);
            Assert.That(device.Accesses, Is.EqualTo(new[] { "read 24", "write 24 300" }));
            Assert.That(Bus.ReadDoubleWord(0x42000000 + 0x24 * 32 + 8 * 4), Is.EqualTo(1));
        }

        [Test]
        public void ShouldSeeTheGateOfADeviceThroughItsBits()
        {
            var device = Register(new WordOnly());
            device.Value = 0x100;
            BitBand(0x42000000, Base);
            Bus.SetPeripheralEnabled(device, false);
            Assert.That(Bus.ReadDoubleWord(0x42000000 + 8 * 4), Is.Zero);
            Bus.WriteDoubleWord(0x42000000 + 9 * 4, 1);
            Assert.That(device.Value, Is.EqualTo(0x100));
        }

        private T Register<T>(T device) where T : IBusPeripheral
        {
            Bus.Register(device, new BusRangeRegistration(new Range(Base, 0x100)));
            // Renode's log names a device that is off.
            Machine.SetLocalName(device, "device");
            return device;
        }

        private MappedMemory Memory(ulong address, uint size)
        {
            var memory = new MappedMemory(Machine, size);
            Bus.Register(memory, new BusPointRegistration(address));
            return memory;
        }

        private void BitBand(ulong address, ulong target)
        {
            Bus.Register(new BitBanding(Machine, target), new BusRangeRegistration(new Range(address, 0x1000000)));
        }

        private const ulong Base = 0x40000000;

        private class WordOnly : IDoubleWordPeripheral
        {
            public uint ReadDoubleWord(long offset)
            {
                Accesses.Add($"read {offset:X}");
                return Value;
            }

            public void WriteDoubleWord(long offset, uint value)
            {
                Accesses.Add($"write {offset:X} {value:X}");
                Value = value;
            }

            public void Reset()
            {
            }

            public uint Value { get; set; }

            public List<string> Accesses { get; } = new List<string>();
        }

        [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
        private class Translated : WordOnly
        {
        }

        private class WithRegion : IDoubleWordPeripheral
        {
            public uint ReadDoubleWord(long offset)
            {
                return 0x100 + (uint)offset;
            }

            public void WriteDoubleWord(long offset, uint value)
            {
            }

            [ConnectionRegion("other")]
            public uint ReadOther(long offset)
            {
                return 0x200 + (uint)offset;
            }

            [ConnectionRegion("other")]
            public void WriteOther(long offset, uint value)
            {
                Written = ((int)offset, value);
            }

            public void Reset()
            {
            }

            public (int, uint) Written { get; private set; }
        }
    }
}
