// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;

using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

using UnitTests.Fidelity;

namespace UnitTests
{
    /// <summary>
    /// Random accesses of every width to every register of every model, while gates and supplies change at random: no exception,
    /// protected state changes by permitted writes alone, reserved bits read 0, content is kept exactly when it should be.
    /// FUZZ_ACCESSES and FUZZ_SEED in the environment make it longer or another one; a failure is told with the operations
    /// that are left when all that don't matter are taken out.
    /// </summary>
    [TestFixture]
    public class FuzzTests : ChipTest
    {
        [Test]
        public void ShouldBearAnyAccess()
        {
            var accesses = int.Parse(Environment.GetEnvironmentVariable("FUZZ_ACCESSES") ?? DefaultAccesses);
            var seed = int.Parse(Environment.GetEnvironmentVariable("FUZZ_SEED") ?? "1");
            var watch = Stopwatch.StartNew();
            var lines = Fact.Lines.Keys.ToArray();
            for(var i = 0; i < accesses / SequenceLength; i++)
            {
                var line = lines[i % lines.Length];
                RandomSequence.Check(seed + i, SequenceLength, x => Next(x, line), x => Run(line, x));
            }
            TestContext.Progress.WriteLine($"{accesses} accesses from seed {seed} in {watch.Elapsed.TotalSeconds:0} s: {accesses / watch.Elapsed.TotalSeconds:0} a second");
        }

        [Test]
        public void ShouldRunTheSameWayFromTheSameSeed()
        {
            var traces = new List<ulong>();
            for(var i = 0; i < 2; i++)
            {
                RandomSequence.Check(77, SequenceLength, x => Next(x, "F40x"), x => Run("F40x", x));
                traces.Add(trace);
            }
            Assert.That(traces[0], Is.EqualTo(traces[1]));
            RandomSequence.Check(78, SequenceLength, x => Next(x, "F40x"), x => Run("F40x", x));
            Assert.That(trace, Is.Not.EqualTo(traces[0]), "another seed");
        }

        [Test]
        public void ShouldTellAShortSequenceThatFails()
        {
            var failure = Assert.Catch(() =>
            {
                using(new NUnit.Framework.Internal.TestExecutionContext.IsolatedContext())
                {
                    RandomSequence.Check(1, 200, x => x.Next(100), Fail);
                }
            });
            Assert.That(failure.Message, Does.Contain("seed 1: 42 and 43 have come").And.Contain("others left out:\n  "));
            Assert.That(failure.Message.Split("left out:")[1].Trim().Split('\n'), Has.Length.EqualTo(2));

            void Fail(IReadOnlyList<int> numbers)
            {
                for(var i = 0; i < numbers.Count; i++)
                {
                    RandomSequence.Begin(i);
                    if(numbers.Take(i + 1).Contains(42) && numbers.Take(i + 1).Contains(43))
                    {
                        throw new BrokenRuleException("42 and 43 have come");
                    }
                }
            }
        }

        private static Operation Next(Random random, string line)
        {
            var value = (uint)random.NextInt64(0x100000000) & (random.Next(2) == 0 ? 0xFFFFFFFF : (uint)random.NextInt64(0x100000000));
            switch(random.Next(100))
            {
            case 0:
                return new Operation(random.Next(3) == 0 ? Kind.Supplies : Kind.Time, 0, value, 0);
            case 1:
            case 2:
            case 3:
            case 4:
                return new Operation(Kind.Unlock, 0, value, 0);
            }
            var targets = Targets[line];
            var target = targets[random.Next(targets.Length)];
            var width = 1u << random.Next(3);
            // Most accesses are aligned, as a guest's are.
            var address = target + (ulong)random.Next(4) & ~(random.Next(10) == 0 ? 0ul : width - 1);
            if(random.Next(20) == 0 && target >= 0x40000000)
            {
                address = AliasOf(target & ~3ul, random.Next(32));
                width = 4;
            }
            return new Operation(random.Next(2) == 0 ? Kind.Read : Kind.Write, address, value, width);
        }

        private void Run(string line, IReadOnlyList<Operation> operations)
        {
            BuildChip(line: Fact.Lines[line]);
            CompleteChip();
            Flash.WriteDoubleWord(0, FlashMark);
            AddTimers();
            masks = Masks[line];
            trace = 14695981039346656037;
            for(var i = 0; i < operations.Count; i++)
            {
                RandomSequence.Begin(i);
                Do(operations[i]);
            }
        }

        private void Do(Operation operation)
        {
            switch(operation.Kind)
            {
            case Kind.Read:
                Read(operation);
                break;
            case Kind.Write:
                WriteGuarded(operation);
                break;
            case Kind.Unlock:
                Unlock(operation.Value);
                break;
            case Kind.Time:
                RunFor(operation.Value % 1000 * 0.000002);
                break;
            default:
                UseSupplies(operation.Value);
                break;
            }
        }

        private void Read(Operation operation)
        {
            var kept = Retained();
            var value = operation.Width == 1 ? Machine.SystemBus.ReadByte(operation.Address)
                : operation.Width == 2 ? Machine.SystemBus.ReadWord(operation.Address) : Machine.SystemBus.ReadDoubleWord(operation.Address);
            trace = (trace ^ value) * 1099511628211;
            if(operation.Width == 4 && masks.TryGetValue(operation.Address, out var mask))
            {
                Require((value & ~mask) == 0, $"reserved or write-only bits 0x{value & ~mask:X} read 1");
            }
            Require(kept == Retained(), "a read changed what the backup domain holds");
        }

        private void WriteGuarded(Operation operation)
        {
            var writable = Pwr.BackupDomainWritable;
            var open = BackupSram.IsDirectlyAccessible;
            var kept = Retained();
            var content = ContentDigest();
            var options = FlashController.ReadProtectionLevel;
            var optionsLocked = Read(FlashControllerBase + 0x14) % 2 == 1;
            var flashLocked = Read(FlashControllerBase + 0x10) >> 31 == 1;
            switch(operation.Width)
            {
            case 1:
                Machine.SystemBus.WriteByte(operation.Address, (byte)operation.Value);
                break;
            case 2:
                Machine.SystemBus.WriteWord(operation.Address, (ushort)operation.Value);
                break;
            default:
                Machine.SystemBus.WriteDoubleWord(operation.Address, operation.Value);
                break;
            }
            Require(writable || kept == Retained(), "the backup domain was written with DBP = 0");
            Require(open || content == ContentDigest() || options != FlashController.ReadProtectionLevel, "backup SRAM was written behind its gates");
            Require(!optionsLocked || options == FlashController.ReadProtectionLevel, "option bytes were programmed behind their lock");
            if(flashLocked && Flash.ReadDoubleWord(0) != FlashMark && Flash.ReadDoubleWord(0) == 0xFFFFFFFF)
            {
                Require(options != FlashController.ReadProtectionLevel, "flash was erased behind its lock");
            }
            Flash.WriteDoubleWord(0, FlashMark);
        }

        private void Unlock(uint value)
        {
            // Without this the gates would be closed nearly all the time.
            switch(value % 8)
            {
            case 0:
                Write(FlashControllerBase + 4, 0x45670123);
                Write(FlashControllerBase + 4, 0xCDEF89AB);
                break;
            case 1:
                Write(FlashControllerBase + 8, 0x08192A3B);
                Write(FlashControllerBase + 8, 0x4C5D6E7F);
                break;
            case 2:
                Write(IndependentWatchdogBase, 0x5555);
                break;
            case 3:
                SetBits(Apb1Enable, (1 << 11) | (3 << 25) | 0x1B);
                SetBits(RccBase + 0x44, (1 << 11) | (1 << 14) | 0x50001);
                SetBits(Ahb1Enable, (1 << 12) | (1 << 22) | 3);
                SetBits(RccBase + 0x34, 3 << 6);
                break;
            case 4:
                StartLse();
                Write(RtcBase + 0x24, 0xCA);
                Write(RtcBase + 0x24, 0x53);
                Write(RtcBase + 0x0C, 0x80);
                break;
            default:
                EnableBackupSram();
                Write(RtcBase + 0x24, 0xCA);
                Write(RtcBase + 0x24, 0x53);
                break;
            }
        }

        private void UseSupplies(uint value)
        {
            var survives = BackupSram.WouldSurvivePowerCut;
            var wasPowered = Supplies.IsPowered;
            var content = ContentDigest();
            switch(value % 16)
            {
            case 0:
            case 1:
                Supplies.PowerOff();
                Supplies.PowerOn();
                Require(!wasPowered || survives == (content == ContentDigest()), $"backup SRAM should be {(survives ? "kept" : "lost")} over a power cut");
                break;
            case 2:
                Supplies.PowerOff();
                break;
            case 3:
                Supplies.PowerOn();
                break;
            case 4:
                Supplies.RemoveCoinCell();
                break;
            case 5:
            case 6:
                Supplies.InsertCoinCell();
                break;
            case 7:
                Supplies.Vdd = 1.8 + (value % 180 * 0.01);
                break;
            case 8:
                Supplies.RampVdd(value % 330 * 0.01, 0.001);
                break;
            case 9:
                Supplies.CoinCellVoltage = 1.4 + (value % 200 * 0.01);
                break;
            case 10:
                Supplies.PressReset();
                Require(content == ContentDigest() || !wasPowered || Supplies.IsInStandby, "a reset changed backup SRAM");
                break;
            case 11:
                Supplies.Resets.RequestReset((ResetCause)(1u << (28 + ((int)(value >> 8) % 3))));
                break;
            case 12:
                Pwr.OnGPIO((int)(value >> 8) % 3, value % 32 < 16);
                break;
            case 13:
                Rtc.OnGPIO((int)(value >> 8) % 2, value % 32 < 16);
                break;
            case 14:
                Rcc.OnGPIO(0, value % 32 < 16);
                break;
            default:
                Rcc.HseFails = value % 32 < 16;
                break;
            }
            RunFor(0.0003);
        }

        private static void Require(bool rule, string otherwise)
        {
            if(!rule)
            {
                throw new BrokenRuleException(otherwise);
            }
        }

        // What only a permitted write may change: backup registers, RCC_BDCR, BRE.
        private (uint, uint, uint, bool) Retained()
        {
            var registers = Rtc.BackupRegisterValues;
            return (registers[0], registers[19], Read(Bdcr) & 0x18305, Pwr.BackupRegulatorEnabled);
        }

        private (uint, uint) ContentDigest() => (BackupSram.Peek(0x80), BackupSram.Peek(0x84));

        private Dictionary<ulong, uint> masks;
        private ulong trace;

        private const string DefaultAccesses = "1000000";
        private const int SequenceLength = 2000;
        private const uint FlashMark = 0x12345678;

        // Bits that may read 1, by address: not those that are reserved, or read 0 because they only act.
        private static readonly Dictionary<string, Dictionary<ulong, uint>> Masks = Fact.Lines.Keys.ToDictionary(line => line, line => Fact.All
            .Where(x => x.IsIn(line)).GroupBy(x => FidelityTests.Address(x))
            .ToDictionary(x => x.Key, x => x.Where(y => y.Access != "w").Aggregate(0u, (sum, y) => sum | y.Mask)));

        private static readonly Dictionary<string, ulong[]> Targets = Masks.ToDictionary(x => x.Key, x => x.Value.Keys
            .Concat(new ulong[] { BackupSramBase + 0x80, BackupSramBase + 0x84, BackupSramBase + 0xFFC, OptionBytesBase, OptionBytesBase + 8, SdioBase + 0x80, RtcBase + 0xA0, PwrBase + 8, Can2Base, Can2Base + 8, Can2Base + 0x1C, Can2Base + 0x180, Can2Base + 0x1A0, Can2Base + 0x1B0, Can2Base + 0x21C, UsbBase + 0x1000, UsbBase + 0x2000, UsbBase + 0x20000 })
            .Concat(OtherStreams).ToArray());

        // The facts name the registers of stream 0 alone.
        private static IEnumerable<ulong> OtherStreams => Enumerable.Range(0x28 / 4, 7 * 6).Select(x => Dma2Base + (ulong)(4 * x));

        private enum Kind
        {
            Read,
            Write,
            Unlock,
            Time,
            Supplies,
        }

        private readonly struct Operation
        {
            public Operation(Kind kind, ulong address, uint value, uint width)
            {
                Kind = kind;
                Address = address;
                Value = value;
                Width = width;
            }

            public override string ToString()
            {
                return Kind == Kind.Read ? $"read {Width} at 0x{Address:X8}"
                    : Kind == Kind.Write ? $"write {Width} at 0x{Address:X8}: 0x{Value:X}" : $"{Kind} 0x{Value:X}";
            }

            public Kind Kind { get; }

            public ulong Address { get; }

            public uint Value { get; }

            public uint Width { get; }
        }
    }
}
