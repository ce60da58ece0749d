// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.CPU;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>
    /// Images with their parts in the order of MicroPython's: the text, at 0x0802_0000, before the vector table. The text begins with
    /// what looks like a vector table, and entry points and section headers speak of the text alone.
    /// </summary>
    [TestFixture(Image.Elf)]
    [TestFixture(Image.IntelHex)]
    [TestFixture(Image.DfuSe)]
    [TestFixture(Image.Binary)]
    public class FirmwareLoadingTests : ChipTest
    {
        public FirmwareLoadingTests(Image image)
        {
            this.image = image;
        }

        [SetUp]
        public void AddCore()
        {
            CompleteChip();
            cpu = AddCpu();
        }

        [Test]
        public void ShouldStartFromTheBeginningOfFlash()
        {
            Load();
            RunFor(0.001);
            Assert.That(Started(), Is.EqualTo((Stack, true)));
        }

        [Test]
        public void ShouldStartFromTheBeginningOfFlashAfterAReset()
        {
            Load();
            RunFor(0.001);
            for(var i = 0; i < 2; i++)
            {
                Write(Report, 0);
                Machine.Reset();
                RunFor(0.001);
                Assert.That(Started(), Is.EqualTo((Stack, true)), $"reset {i + 1}");
            }
        }

        [Test]
        public void ShouldStartFromTheBeginningOfFlashAfterPowerOn()
        {
            Load();
            RunFor(0.001);
            Supplies.PowerOff();
            RunFor(0.001);
            Write(Report, 0);
            Supplies.PowerOn();
            RunFor(0.01);
            Assert.That(Started(), Is.EqualTo((Stack, true)));
        }

        [Test]
        public void ShouldLeaveTheChoiceToThePlatform()
        {
            Machine.SystemBus.Register(new CoreSignals(Machine, cpu, Nvic, Text), NullRegistrationPoint.Instance);
            Load();
            RunFor(0.001);
            Assert.That(Started(), Is.EqualTo((DecoyStack, false)));
        }

        public enum Image
        {
            Elf,
            IntelHex,
            DfuSe,
            Binary,
        }

        private void Load()
        {
            var path = Path.GetTempFileName();
            try
            {
                File.WriteAllBytes(path, image == Image.Elf ? Elf() : image == Image.IntelHex ? IntelHex() : image == Image.DfuSe ? DfuSe() : Binary());
                Machine.SystemBus.LoadFirmware(path);
            }
            finally
            {
                File.Delete(path);
            }
        }

        /// <summary>The stack pointer that the program began with, and whether it is the right program.</summary>
        private (uint Stack, bool IsRight) Started() => (Read(Report), (uint)cpu.PC < Text);

        /// <summary>A vector table and a program that reports its stack pointer and then loops.</summary>
        private static byte[] Part(uint address, uint stack)
        {
            var code = new ushort[]
            {
                0x4668, // mov r0, sp
                0x4901, // ldr r1, [pc, #4]
                0x6008, // str r0, [r1, #0]
                0xE7FE, // b.n .
            };
            return BitConverter.GetBytes(stack).Concat(BitConverter.GetBytes(address + 9)).Concat(code.SelectMany(BitConverter.GetBytes)).Concat(BitConverter.GetBytes(Report)).ToArray();
        }

        private static byte[] Binary()
        {
            var result = new byte[Text - FlashBase + 20];
            Part((uint)FlashBase, Stack).CopyTo(result, 0);
            Part(Text, DecoyStack).CopyTo(result, (int)(Text - FlashBase));
            return result;
        }

        private static byte[] IntelHex()
        {
            var lines = new List<string>();
            AddRecord(4, 0, 0x08, 0x02);
            AddRecord(0, 0, Part(Text, DecoyStack));
            AddRecord(4, 0, 0x08, 0x00);
            AddRecord(0, 0, Part((uint)FlashBase, Stack));
            AddRecord(5, 0, BitConverter.GetBytes(Text + 9).Reverse().ToArray());
            AddRecord(1, 0);
            return Encoding.ASCII.GetBytes(string.Join("\n", lines) + "\n");

            void AddRecord(byte type, ushort address, params byte[] data)
            {
                var bytes = new[] { (byte)data.Length, (byte)(address >> 8), (byte)address, type }.Concat(data).ToArray();
                lines.Add(":" + Convert.ToHexString(bytes) + ((byte)-bytes.Sum(x => x)).ToString("X2"));
            }
        }

        private static byte[] DfuSe() => DfuSeFileTests.Make(0, (Text, Part(Text, DecoyStack)), ((uint)FlashBase, Part((uint)FlashBase, Stack)));

        private static byte[] Elf()
        {
            const int textAt = 0x100;
            const int vectorsAt = 0x140;
            const int symbolsAt = 0x180;
            const int stringsAt = 0x1C0;
            const int sectionsAt = 0x200;
            var names = "\0.text\0.symtab\0.strtab\0start\0";
            var result = new byte[sectionsAt + 5 * 40];
            using var writer = new BinaryWriter(new MemoryStream(result));
            writer.Write(new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 });
            // an executable for Arm
            writer.Write((ushort)2);
            writer.Write((ushort)40);
            Words(1, Text + 9, 52, sectionsAt, 0x05000000);
            foreach(ushort half in new[] { 52, 32, 2, 40, 4, 3 })
            {
                writer.Write(half);
            }
            Words(1, textAt, Text, Text, 20, 20, 5, 4);
            Words(1, vectorsAt, (uint)FlashBase, (uint)FlashBase, 20, 20, 5, 4);
            At(textAt, Part(Text, DecoyStack));
            At(vectorsAt, Part((uint)FlashBase, Stack));
            // the symbol that is none, then a global function in .text
            At(symbolsAt + 16, Array.Empty<byte>());
            Words((uint)names.IndexOf("start"), Text + 9, 8, 0x00010012);
            At(stringsAt, Encoding.ASCII.GetBytes(names));
            // .text is the only section that takes memory
            At(sectionsAt + 40, Array.Empty<byte>());
            Section(".text", 1, 6, Text, textAt, 20, 0, 0, 0);
            Section(".symtab", 2, 0, 0, symbolsAt, 32, 3, 1, 16);
            Section(".strtab", 3, 0, 0, stringsAt, (uint)names.Length, 0, 0, 0);
            return result;

            void Section(string name, uint type, uint flags, uint address, uint offset, uint size, uint link, uint info, uint entrySize)
            {
                Words((uint)names.IndexOf(name), type, flags, address, offset, size, link, info, 4, entrySize);
            }

            void At(int offset, byte[] content)
            {
                writer.BaseStream.Position = offset;
                writer.Write(content);
            }

            void Words(params uint[] words)
            {
                foreach(var word in words)
                {
                    writer.Write(word);
                }
            }
        }

        private CortexM cpu;

        private readonly Image image;

        private const uint Text = 0x08020000;
        private const uint Stack = 0x20001000;
        private const uint DecoyStack = 0x20000800;
        private const uint Report = 0x20002000;
    }
}
