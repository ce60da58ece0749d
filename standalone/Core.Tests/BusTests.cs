// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Miscellaneous;

using NUnit.Framework;

using Range = Antmicro.Renode.Core.Range;

namespace Standalone.Core.Tests
{
    [TestFixture]
    public class BusTests : Bench
    {
        [SetUp]
        public void CatchLog()
        {
            log.Clear();
            backend = new ListBackend(log);
            Logger.AddBackend(backend, "test");
        }

        [TearDown]
        public void ReleaseLog() => Logger.RemoveBackend(backend);

        [Test]
        public void ShouldReadNothingAsZeroAndWarn()
        {
            Assert.That(Bus.ReadDoubleWord(0x50000000), Is.Zero);
            Bus.WriteWord(0x50000002, 0x1234);
            Assert.That(log, Is.EqualTo(new[]
            {
                "WARNING sysbus: ReadDoubleWord from non existing peripheral at 0x50000000.",
                "WARNING sysbus: WriteWord to non existing peripheral at 0x50000002, value 0x1234.",
            }));
        }

        [Test]
        public void ShouldThrowOnNothingIfAskedTo()
        {
            Bus.UnhandledAccessBehaviour = UnhandledAccessBehaviour.ThrowException;
            Assert.That(() => Bus.ReadByte(0x50000000), Throws.InstanceOf<BusAccessException>().With.Property("Error").EqualTo(BusAccessError.AddressError));
            Assert.That(() => Bus.WriteByte(0x50000000, 1), Throws.InstanceOf<BusAccessException>());
            Assert.That(log, Is.Empty);
        }

        [Test]
        public void ShouldKeepSilentIfAskedTo()
        {
            Bus.UnhandledAccessBehaviour = UnhandledAccessBehaviour.DoNotReport;
            Assert.That(Bus.ReadByte(0x50000000), Is.Zero);
            Assert.That(log, Is.Empty);
        }

        [Test]
        public void ShouldReadATagAsItsValue()
        {
            Bus.Tag(new Range(0x50000000, 4), "ID", 0xCAFE0001);
            Assert.That(Bus.ReadDoubleWord(0x50000000), Is.EqualTo(0xCAFE0001));
            Assert.That(Bus.ReadByte(0x50000000), Is.EqualTo(1));
            Assert.That(log.Single(x => x.Contains("ReadDoubleWord")), Does.Contain("ID").And.Contain("0xCAFE0001"));
        }

        [Test]
        public void ShouldNameProcessorAndProgramCounterOfAnAccess()
        {
            var cpu = AddProcessor();
            cpu.OnBlock = x =>
            {
                Bus.ReadByte(0x50000000);
                x.OnBlock = null;
            };
            RunFor(100);
            Assert.That(log, Is.EqualTo(new[] { "WARNING sysbus: [cpu: 0x8000123] ReadByte from non existing peripheral at 0x50000000." }));
            Assert.That(Bus.TryGetCurrentCPU(out _), Is.False);
        }

        [TestCase(0u, 0x01u)]
        [TestCase(5u, 0x20u)]
        [TestCase(31u, 0x80000000u)]
        public void ShouldReachBitsThroughTheirAlias(uint bit, uint mask)
        {
            AddMemory(0x40000000, 0x1000);
            Machine.SystemBus.Register(new BitBanding(Machine, 0x40000000), new BusRangeRegistration(0x42000000, 0x20000));
            Bus.WriteDoubleWord(0x40000010, ~mask);
            var alias = 0x42000000u + 0x10 * 32 + 4 * bit;
            Assert.That(Bus.ReadDoubleWord(alias), Is.Zero);
            Bus.WriteDoubleWord(alias, 0xFFFFFFFF);
            Assert.That(Bus.ReadDoubleWord(0x40000010), Is.EqualTo(0xFFFFFFFF));
            Assert.That(Bus.ReadByte(alias), Is.EqualTo(1));
            Bus.WriteByte(alias, 0xFE);
            Assert.That(Bus.ReadDoubleWord(0x40000010), Is.EqualTo(~mask));
        }

        [Test]
        public void ShouldRefuseTwoPeripheralsAtOnePlace()
        {
            AddMemory(0x20000000, 0x1000);
            Assert.That(() => AddMemory(0x20000800, 0x1000), Throws.InstanceOf<RegistrationException>().With.Message.Contains("MappedMemory"));
        }

        [Test]
        public void ShouldTellProcessorsOfWritesToMemory()
        {
            var cpu = AddProcessor();
            var memory = AddMemory(0x20000000, 0x1000);
            memory.WriteBytes(0, new byte[100]);
            Bus.WriteByte(0x20000000, 1);
            Assert.That(cpu.Invalidations, Is.EqualTo(new long[] { 100, 1 }));
        }

        [Test]
        public void ShouldServeRegionsByTheirMethods()
        {
            var device = new TwoRegions();
            Bus.Register(device, new BusMultiRegistration(0x40000000, 0x100, "first"));
            Bus.Register(device, new BusMultiRegistration(0x40001000, 0x100, "second"));
            Assert.That(Bus.ReadDoubleWord(0x40000004), Is.EqualTo(0x1004));
            Assert.That(Bus.ReadDoubleWord(0x40001004), Is.EqualTo(0x2004));
            Assert.That(() => Bus.Register(device, new BusMultiRegistration(0x40002000, 0x100, "third")), Throws.InstanceOf<RegistrationException>().With.Message.Contains("third"));
        }

        [Test]
        public void ShouldKeepLevelsOfSources()
        {
            backend.SetLogLevel(LogLevel.Error);
            Bus.ReadByte(0x50000000);
            Assert.That(log, Is.Empty);
            backend.SetLogLevel(LogLevel.Noisy, Emulation.CurrentLogger.GetOrCreateSourceId(Bus));
            Bus.ReadByte(0x50000000);
            Assert.That(log, Has.Count.EqualTo(1));
        }

        private IBusController Bus => Machine.SystemBus;

        private ListBackend backend;

        private readonly List<string> log = new List<string>();

        private sealed class ListBackend : LoggerBackend
        {
            public ListBackend(List<string> lines)
            {
                this.lines = lines;
            }

            public override void Log(LogEntry entry, Logger.TimestampType timestampType)
            {
                if(ShouldBeLogged(entry))
                {
                    lines.Add($"{entry.Type} {entry.FullMessage}");
                }
            }

            private readonly List<string> lines;
        }

        private sealed class TwoRegions : IBusPeripheral
        {
            public void Reset()
            {
            }

            [ConnectionRegion("first")]
            public uint ReadFirst(long offset) => (uint)(0x1000 + offset);

            [ConnectionRegion("second")]
            public uint ReadSecond(long offset) => (uint)(0x2000 + offset);
        }
    }
}
