// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Core.Extensions;
using Antmicro.Renode.Exceptions;

using NUnit.Framework;

namespace Standalone.Core.Tests
{
    [TestFixture]
    public class LoadingTests : Bench
    {
        [Test]
        public void ShouldLoadHex()
        {
            AddMemory(0x08000000, 0x20000);
            Load(":020000040800F2", ":0400000001020304F2", ":0400040005060708DE", ":020000040801F1", ":02001000AABB89", ":0400000508000101ED", ":00000001FF");
            Assert.That(Machine.SystemBus.ReadQuadWord(0x08000000), Is.EqualTo(0x0807060504030201));
            Assert.That(Machine.SystemBus.ReadWord(0x08010010), Is.EqualTo(0xBBAA));
            Assert.That(Machine.SystemBus.LowestLoadedAddress, Is.EqualTo(0x08000000));
        }

        [TestCase(":020000040800F2|:0400000001020304F3|:00000001FF", "line 2")]
        [TestCase(":020000040800F2|garbage|:00000001FF", "line 2")]
        [TestCase(":020000040800F2|:0400000001020304F2", "cut short")]
        [TestCase(":00000001FF", "no data")]
        [TestCase(":020000040900F1|:0400000001020304F2|:00000001FF", "0x09000000")]
        public void ShouldSayWhatIsWrongWithHex(string lines, string reason)
        {
            AddMemory(0x08000000, 0x20000);
            Assert.That(() => Load(lines.Split('|')), Throws.InstanceOf<RecoverableException>().With.Message.Contains(reason));
        }

        [Test]
        public void ShouldLoadElfToWhereItsImageIsKept()
        {
            AddMemory(0x08000000, 0x1000);
            AddMemory(0x20000000, 0x1000);
            WithFile(Elf((0x08000000, 0x08000000, new byte[] { 1, 2, 3, 4 }), (0x20000000, 0x08000100, new byte[] { 5, 6, 7, 8 })), x => Machine.SystemBus.LoadELF(x));
            Assert.That(Machine.SystemBus.ReadDoubleWord(0x08000000), Is.EqualTo(0x04030201));
            Assert.That(Machine.SystemBus.ReadDoubleWord(0x08000100), Is.EqualTo(0x08070605));
            Assert.That(Machine.SystemBus.ReadDoubleWord(0x20000000), Is.Zero);
        }

        [Test]
        public void ShouldLoadElfToWhereTheProgramSeesIt()
        {
            AddMemory(0x20000000, 0x1000);
            WithFile(Elf((0x20000000, 0x08000100, new byte[] { 5, 6, 7, 8 })), x => Machine.SystemBus.LoadELF(x, useVirtualAddress: true));
            Assert.That(Machine.SystemBus.ReadDoubleWord(0x20000000), Is.EqualTo(0x08070605));
        }

        [Test]
        public void ShouldRefuseElfThatIsCutShort()
        {
            AddMemory(0x08000000, 0x1000);
            var data = Elf((0x08000000, 0x08000000, new byte[100]));
            WithFile(data.Take(data.Length - 1).ToArray(), x => Assert.That(() => Machine.SystemBus.LoadELF(x), Throws.InstanceOf<RecoverableException>().With.Message.Contains("damaged")));
            WithFile(data.Take(60).ToArray(), x => Assert.That(() => Machine.SystemBus.LoadELF(x), Throws.InstanceOf<RecoverableException>().With.Message.Contains("damaged")));
        }

        [Test]
        public void ShouldRefuseWhatIsNoElfForThisProcessor()
        {
            var data = Elf((0x08000000, 0x08000000, new byte[4]));
            data[4] = 2;
            WithFile(data, x => Assert.That(() => Machine.SystemBus.LoadELF(x), Throws.InstanceOf<RecoverableException>().With.Message.Contains("32-bit")));
            WithFile(new byte[100], x => Assert.That(() => Machine.SystemBus.LoadELF(x), Throws.InstanceOf<RecoverableException>().With.Message.Contains("no ELF")));
        }

        [Test]
        public void ShouldLoadNothingOfAFileThatDoesNotFit()
        {
            AddMemory(0x08000000, 0x1000);
            var data = Elf((0x08000000, 0x08000FFC, new byte[] { 1, 2, 3, 4, 5 }));
            WithFile(data, x => Assert.That(() => Machine.SystemBus.LoadELF(x), Throws.InstanceOf<RecoverableException>().With.Message.Contains("0x08001000")));
            Assert.That(Machine.SystemBus.ReadDoubleWord(0x08000FFC), Is.Zero);
        }

        [Test]
        public void ShouldLoadPartOfABinary()
        {
            var memory = AddMemory(0x08000000, 0x1000);
            WithFile(new byte[] { 0, 1, 2, 3, 4, 5 }, x =>
            {
                Machine.SystemBus.LoadBinary(x, 0x08000010, offset: 1, size: 3);
                memory.LoadBinary(x, 0x20);
            });
            Assert.That(memory.ReadDoubleWord(0x10), Is.EqualTo(0x00030201));
            Assert.That(memory.ReadQuadWord(0x20), Is.EqualTo(0x050403020100));
        }

        [Test]
        public void ShouldNameAFileThatIsMissing()
        {
            Assert.That(() => Machine.SystemBus.LoadELF("/no/such/file"), Throws.InstanceOf<RecoverableException>().With.Message.Contains("/no/such/file"));
        }

        private static byte[] Elf(params (uint Virtual, uint Physical, byte[] Data)[] segments)
        {
            var result = new List<byte>(new byte[52]);
            result.AddRange(new byte[32 * segments.Length]);
            var head = new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 1, 1, 1 };
            for(var i = 0; i < head.Length; i++)
            {
                result[i] = head[i];
            }
            Put(result, 28, 52);
            Put(result, 40, 32 << 16 | 52);
            Put(result, 44, (uint)segments.Length);
            for(var i = 0; i < segments.Length; i++)
            {
                var entry = 52 + 32 * i;
                Put(result, entry, 1);
                Put(result, entry + 4, (uint)result.Count);
                Put(result, entry + 8, segments[i].Virtual);
                Put(result, entry + 12, segments[i].Physical);
                Put(result, entry + 16, (uint)segments[i].Data.Length);
                result.AddRange(segments[i].Data);
            }
            return result.ToArray();
        }

        private static void Put(List<byte> data, int offset, uint value)
        {
            for(var i = 0; i < 4; i++)
            {
                data[offset + i] = (byte)(value >> (8 * i));
            }
        }

        private static void WithFile(byte[] content, Action<string> action)
        {
            var path = Path.GetTempFileName();
            try
            {
                File.WriteAllBytes(path, content);
                action(path);
            }
            finally
            {
                File.Delete(path);
            }
        }

        private void Load(params string[] lines)
        {
            WithFile(System.Text.Encoding.ASCII.GetBytes(string.Join("\r\n", lines)), x => Machine.SystemBus.LoadHEX(x));
        }
    }
}
