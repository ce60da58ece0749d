// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

using NUnit.Framework;

using Standalone.Host.Terminals;

namespace Standalone.Host.Tests
{
    [TestFixture]
    public class UartPtyTerminalTests
    {
        [SetUp]
        public void SetUp()
        {
            folder = Directory.CreateTempSubdirectory("bkpsram-").FullName;
            path = Path.Combine(folder, "pty");
            terminal = new UartPtyTerminal(path);
        }

        [TearDown]
        public void TearDown()
        {
            terminal.Dispose();
            Directory.Delete(folder, true);
        }

        [Test]
        public void ShouldLoseNothingThoughTheReaderIsSlowerThanTheGuest()
        {
            using var reader = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 1);
            var writing = Task.Run(() =>
            {
                for(var i = 0; i < Length; i++)
                {
                    terminal.WriteChar((byte)i);
                }
            });
            var received = new byte[Length];
            var reading = Task.Run(() =>
            {
                for(var count = 0; count < Length;)
                {
                    count += reader.Read(received, count, Math.Min(64, Length - count));
                }
            });
            Assert.That(Task.WaitAll(new[] { writing, reading }, Limit), Is.True, "some is missing");
            Assert.That(received, Is.EqualTo(Enumerable.Range(0, Length).Select(x => (byte)x)));
        }

        [Test]
        public void ShouldNotStandStillIfNobodyReads()
        {
            for(var i = 0; i < Length; i++)
            {
                terminal.WriteChar((byte)i);
            }
            using var reader = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 1);
            Assert.That(reader.ReadByte(), Is.Zero);
        }

        private string folder;
        private string path;
        private UartPtyTerminal terminal;

        private const int Length = 200000;

        private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    }
}
