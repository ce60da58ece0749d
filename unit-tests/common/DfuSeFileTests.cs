// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.IO;
using System.Linq;
using System.Text;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class DfuSeFileTests : ChipTest
    {
        [SetUp]
        public void SetUp()
        {
            CompleteChip();
            path = Path.GetTempFileName();
        }

        [TearDown]
        public void TearDown()
        {
            File.Delete(path);
        }

        [Test]
        public void ShouldLoadEachPartToItsAddress()
        {
            Load(Make(0, (0x08000000, Words(0x20001000, 0x08000009)), (0x08020004, Words(0xCAFEBABE))));
            Assert.That((Read(0x08000000), Read(0x08020004)), Is.EqualTo((0x20001000, 0xCAFEBABE)));
        }

        [Test]
        public void ShouldRefuseAFileThatIsCutShort([Values(100, 300, 316)] int length) => AssertRefused(Make(0, Part).Take(length).ToArray(), "cut short");

        [Test]
        public void ShouldRefuseAFileWithAWrongCrc()
        {
            var file = Make(0, Part);
            file[300] ^= 1;
            AssertRefused(file, "its CRC should be");
        }

        [Test]
        public void ShouldRefuseAnElementThatIsLongerThanTheFile()
        {
            var file = Make(0, Part);
            BitConverter.GetBytes(0x80000000).CopyTo(file, 11 + 274 + 4);
            AssertRefused(Sign(file), "the element for 0x08000000 at byte 293 is longer than the file");
        }

        [Test]
        public void ShouldRefuseAFileForAnotherDevice()
        {
            var file = Make(0, Part);
            file[file.Length - 16 + 4] = 0x84;
            AssertRefused(Sign(file), "it is for USB device 0484:DF11");
        }

        [Test]
        public void ShouldRefuseWhatIsNotForInternalFlash() => AssertRefused(Make(1, Part), "nothing for internal flash");

        [Test]
        public void ShouldRefuseWhatTheFlashIsTooSmallFor()
        {
            var message = AssertRefused(Make(0, (0x080FFFFC, Words(1, 2))), "where this chip has no flash");
            Assert.That(Read(0x080FFFFC), Is.Zero, message);
        }

        /// <summary>A file with one target.</summary>
        public static byte[] Make(byte setting, params (uint Address, byte[] Content)[] parts)
        {
            var stream = new MemoryStream();
            var writer = new BinaryWriter(stream);
            var elements = parts.Sum(x => 8 + x.Content.Length);
            writer.Write(Encoding.ASCII.GetBytes("DfuSe"));
            writer.Write((byte)1);
            writer.Write(11 + 274 + elements);
            writer.Write((byte)1);
            writer.Write(Encoding.ASCII.GetBytes("Target"));
            writer.Write(setting);
            writer.Write(1);
            writer.Write(Encoding.ASCII.GetBytes("ST...".PadRight(255, '\0')));
            writer.Write(elements);
            writer.Write(parts.Length);
            foreach(var (address, content) in parts)
            {
                writer.Write(address);
                writer.Write(content.Length);
                writer.Write(content);
            }
            foreach(var half in new ushort[] { 0, 0xDF11, 0x0483, 0x011A })
            {
                writer.Write(half);
            }
            writer.Write(Encoding.ASCII.GetBytes("UFD"));
            writer.Write((byte)16);
            writer.Write(0);
            return Sign(stream.ToArray());
        }

        private static byte[] Sign(byte[] file)
        {
            var crc = uint.MaxValue;
            foreach(var value in file.Take(file.Length - 4))
            {
                crc = Enumerable.Range(0, 8).Aggregate(crc ^ value, (x, _) => (x & 1) != 0 ? (x >> 1) ^ 0xEDB88320 : x >> 1);
            }
            BitConverter.GetBytes(crc).CopyTo(file, file.Length - 4);
            return file;
        }

        private static byte[] Words(params uint[] words) => words.SelectMany(BitConverter.GetBytes).ToArray();

        private string AssertRefused(byte[] file, string reason)
        {
            var message = Assert.Throws<RecoverableException>(() => Load(file)).Message;
            Assert.That(message, Does.StartWith($"Firmware '{path}' ").And.Contain(reason));
            return message;
        }

        private void Load(byte[] file)
        {
            File.WriteAllBytes(path, file);
            Machine.SystemBus.LoadFirmware(path);
        }

        private string path;

        private static readonly (uint, byte[]) Part = (0x08000000, Words(0x20001000, 0x08000009));
    }
}
