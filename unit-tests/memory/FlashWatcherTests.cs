// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;
using System.Numerics;

using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.Memory;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>Flash tells of each program and erase of the core, and can be cut before, within and after it.</summary>
    [TestFixture]
    public class FlashWatcherTests : ChipTest
    {
        [SetUp]
        public void AddCore()
        {
            flash = AddCodeMemory(FlashSize);
            Machine.SetLocalName(flash, "flash");
            flash.WriteBytes(0, Enumerable.Repeat((byte)0xFF, FlashSize).ToArray(), 0, FlashSize);
            controller = new STM32F4_FlashController(Machine, flash, Supplies, BackupSram);
            Register(controller, "flashController", FlashControllerBase, 0x400);
            AddCpu();
            memory = controller.NonVolatileMemories.Single(x => x.TargetName == "flash");
            memory.Watcher = recorder = new MemoryRecorder();
        }

        [Test]
        public void ShouldTellOfPrograms()
        {
            StoreTwice();
            RunFor(0.001);
            Assert.That(recorder.Events, Is.EqualTo(new[] { "Program 10020 4 55AA0000 16 us", "ended", "Program 10024 4 55AA0000 16 us", "ended" }));
        }

        [Test]
        public void ShouldTellOfErases()
        {
            Erase();
            RunFor(0.1);
            Assert.That(recorder.Events, Is.EqualTo(new[] { "Erase 4000 16384 250000 us" }));
            RunFor(0.2);
            Assert.That(recorder.Events.Last(), Is.EqualTo("ended"));
        }

        [Test]
        public void ShouldTellNothingOfWhatBreaksTheRules()
        {
            StoreTwice(PG);
            RunFor(0.001);
            Assert.That(recorder.Events, Is.Empty, "a word where PSIZE says bytes");
        }

        [Test]
        public void ShouldProgramNothingIfThePowerGoesBefore()
        {
            recorder.AtStart = Supplies.CutPowerAtOnce;
            StoreTwice();
            RunFor(0.001);
            Assert.That(Words(), Is.EqualTo(new[] { 0xFFFFFFFF, 0xFFFFFFFF }));
            Assert.That(recorder.Events.Count, Is.EqualTo(1));
        }

        [Test]
        public void ShouldProgramAPartIfThePowerGoesWithin()
        {
            var left = Enumerable.Range(1, 15).Select(x =>
            {
                if(x > 1)
                {
                    Supplies.PowerOn();
                    memory.SetContent(Enumerable.Repeat((byte)0xFF, FlashSize).ToArray());
                    recorder.Events.Clear();
                }
                recorder.CallAt = (ulong)x;
                recorder.AtCall = Supplies.CutPowerAtOnce;
                StoreTwice();
                RunFor(0.001);
                Assert.That(recorder.Events.Count, Is.EqualTo(1), "it never ended");
                Assert.That(Words()[1], Is.EqualTo(0xFFFFFFFF));
                return 32 - BitOperations.PopCount(Words()[0]);
            }).ToArray();
            // 24 bits are to be cleared: few of them after a microsecond, nearly all after 15.
            Assert.That(left[0] + left[1] + left[2], Is.LessThan(24));
            Assert.That(left[12] + left[13] + left[14], Is.GreaterThan(40));
            Assert.That(left.Max(), Is.LessThanOrEqualTo(24));
        }

        [Test]
        public void ShouldProgramAllOfItIfThePowerGoesAfter()
        {
            recorder.AtEnd = Supplies.CutPowerAtOnce;
            StoreTwice();
            RunFor(0.001);
            Assert.That(Words(), Is.EqualTo(new[] { 0x0000AA55u, 0xFFFFFFFF }));
            Assert.That(recorder.Events, Is.EqualTo(new[] { "Program 10020 4 55AA0000 16 us", "ended" }));
        }

        [Test]
        public void ShouldEraseNothingIfThePowerGoesBefore()
        {
            flash.WriteBytes(0x4000, new byte[0x4000], 0, 0x4000);
            recorder.AtStart = Supplies.CutPowerAtOnce;
            Erase();
            RunFor(0.3);
            Assert.That(flash.ReadBytes(0x4000, 0x4000), Has.All.Zero);
            Assert.That(controller.Sectors.Split('\n')[1], Does.Contain("programmed  0 erases"));
        }

        [Test]
        public void ShouldEraseTheShareThatIsOverIfThePowerGoesWithin([Values(1ul, 62500ul, 125000ul, 249999ul)] ulong microseconds)
        {
            flash.WriteBytes(0x4000, new byte[0x4000], 0, 0x4000);
            recorder.CallAt = microseconds;
            recorder.AtCall = Supplies.CutPowerAtOnce;
            Erase();
            RunFor(0.3);
            var ones = flash.ReadBytes(0x4000, 0x4000).Sum(x => BitOperations.PopCount(x));
            Assert.That(ones / (8.0 * 0x4000), Is.EqualTo(microseconds / 250000.0).Within(0.01));
            Assert.That(controller.Sectors.Split('\n')[1], Does.Contain("torn"));
            Assert.That(recorder.Events.Count, Is.EqualTo(1));
        }

        [Test]
        public void ShouldTellWhatATornEraseHasLeftUntilItIsErased()
        {
            var sectors = (ISectoredMemory)memory;
            flash.WriteBytes(0x4000, new byte[0x4000], 0, 0x4000);
            flash.WriteByte(0x4000, 0xFF);
            recorder.CallAt = 100000;
            recorder.AtCall = Supplies.CutPowerAtOnce;
            Erase();
            RunFor(0.3);
            var torn = sectors.Torn.Single();
            // What was erased already is not torn.
            Assert.That((torn.Offset, torn.Size, torn.Share), Is.EqualTo((0x4001, 0x3FFF, 0.4)));
            // Of 8 bits each with the share; the reset that follows reads those anew that are halfway.
            Assert.That(torn.Kept / 16383.0, Is.EqualTo(System.Math.Pow(0.6, 8)).Within(0.005));
            Assert.That(torn.Done / 16383.0, Is.EqualTo(System.Math.Pow(0.4, 8)).Within(0.001));
            Assert.That(torn.Kept + torn.Done + torn.Between, Is.EqualTo(0x3FFF));
            var unstable = sectors.UnstableBytes.ToArray();
            // A tenth of the bits, in half of the bytes.
            Assert.That(unstable.Length, Is.InRange(0x1800, 0x2800));
            Assert.That(unstable, Is.Ordered);
            Assert.That(unstable, Has.All.InRange(0x4001, 0x7FFF));
            flash.WriteWord(0x100, 0xE7FE);
            recorder.CallAt = 0;
            recorder.AtCall = null;
            Supplies.PowerOn();
            Erase();
            RunFor(0.3);
            Assert.That(sectors.Torn, Is.Empty);
            Assert.That(sectors.UnstableBytes, Is.Empty);
        }

        [Test]
        public void ShouldTellWhichSectorAByteIsIn()
        {
            var sectors = (ISectoredMemory)memory;
            var found = new[] { 0, 0x7FFF, 0x10020 }.Select(sectors.SectorAt).Select(x => (x.Number, x.Offset, x.Size));
            Assert.That(found, Is.EqualTo(new[] { (0, 0, 0x4000), (1, 0x4000, 0x4000), (4, 0x10000, 0x10000) }));
        }

        [Test]
        public void ShouldReadHalfDoneCellsDifferentlyAfterEachResetUntilTheyAreErased()
        {
            flash.WriteBytes(0x4000, new byte[0x4000], 0, 0x4000);
            Erase();
            RunFor(0.1);
            Supplies.PowerOff();
            // The program is to do nothing from now on.
            flash.WriteWord(0x100, 0xE7FE);
            byte[] Next()
            {
                Supplies.PowerOn();
                Supplies.PowerOff();
                return flash.ReadBytes(0x4000, 0x4000);
            }
            var first = Next();
            int Differing(byte[] other) => first.Zip(other, (x, y) => BitOperations.PopCount((uint)(x ^ y))).Sum();
            // Of 131072 bits, 4.8 % to each side of what is done.
            Assert.That(Differing(Next()), Is.InRange(4000, 9000));
            Assert.That(Differing(Next()), Is.InRange(4000, 9000));
            Supplies.PowerOn();
            Erase();
            RunFor(0.3);
            Supplies.PowerOff();
            Assert.That(Next(), Has.All.EqualTo(0xFF));
        }

        [Test]
        public void ShouldReadHalfDoneCellsAnewEachTimeUntilTheyAreErased()
        {
            flash.WriteBytes(0x4000, new byte[0x4000], 0, 0x4000);
            Erase();
            RunFor(0.1);
            Supplies.PowerOff();
            var unstable = ((ISectoredMemory)memory).UnstableBytes.First();
            var reads = ReadOften(unstable, 0x100);
            Assert.That(reads.Distinct().Count(), Is.GreaterThan(1));
            Assert.That(ReadOften(unstable, 0x100), Is.Not.EqualTo(reads));
            var stable = Enumerable.Range(0x4000, 0x4000).Except(((ISectoredMemory)memory).UnstableBytes).First();
            Assert.That(ReadOften(stable, 0x100).Distinct().Count(), Is.EqualTo(1));
            Erase();
            Supplies.PowerOn();
            RunFor(0.3);
            Supplies.PowerOff();
            Assert.That(ReadOften(unstable, 0x100), Has.All.EqualTo(0xFF));
        }

        [Test]
        public void ShouldReadHalfDoneCellsAnewEachTimeBesideTheCodeThatReadsThem()
        {
            recorder.CallAt = 8;
            recorder.AtCall = Supplies.CutPowerAtOnce;
            // Of 24 bits about a tenth, by chance.
            for(var i = 0; !((ISectoredMemory)memory).UnstableBytes.Any(); i++)
            {
                Assert.That(i, Is.LessThan(20));
                Supplies.PowerOn();
                memory.SetContent(Enumerable.Repeat((byte)0xFF, FlashSize).ToArray());
                StoreTwice();
                RunFor(0.001);
            }
            Supplies.PowerOff();
            var reads = ReadOften(((ISectoredMemory)memory).UnstableBytes.First(), 0x10100);
            Assert.That(reads.Distinct().Count(), Is.GreaterThan(1));
        }

        [Test]
        public void ShouldBearThatAllOfTheFlashIsTorn()
        {
            flash.WriteBytes(0, new byte[FlashSize], 0, FlashSize);
            Start(PsizeOfWords, new ushort[] { 0x4801, 0x4902, 0x6101, 0xE7FE }, (uint)FlashControllerBase, MER | STRT | PsizeOfWords);
            RunFor(0.5);
            Supplies.PowerOff();
            memory.SetContent(Enumerable.Repeat((byte)0xFF, FlashSize).ToArray());
            Assert.That(((ISectoredMemory)memory).UnstableBytes.Count(), Is.GreaterThan(FlashSize / 10));
            Assert.That(ReadOften(((ISectoredMemory)memory).UnstableBytes.First(x => x >= 0x4000), 0x100).Distinct().Count(), Is.GreaterThan(1));
        }

        [Test]
        public void ShouldTellReadsOfTheSectorsThatSomebodyWantsToKnowOf()
        {
            var sectors = (ISectoredMemory)memory;
            sectors.ToldSectors = new[] { sectors.SectorAt(0x8000) };
            ReadOften(0x8010, 0x100);
            Assert.That(recorder.Events, Is.EqualTo(Enumerable.Repeat("read 8010 1", 64)));
            recorder.Events.Clear();
            ReadOften(0xC010, 0x100);
            sectors.ToldSectors = new MemorySector[0];
            ReadOften(0x8010, 0x100);
            Assert.That(recorder.Events, Is.Empty);
        }

        [Test]
        public void ShouldGoBackToAllThatASectorKeeps()
        {
            var sectors = (ISectoredMemory)memory;
            flash.WriteBytes(0x4000, new byte[0x4000], 0, 0x4000);
            Erase();
            RunFor(0.1);
            Supplies.PowerOff();
            var torn = sectors.TakeSector(sectors.SectorAt(0x4000));
            var unstable = sectors.UnstableBytes.ToArray();
            Assert.That(Enumerable.Range(0, 0x4000).Where(x => torn.IsUnstable(x, 1)).Select(x => x + 0x4000), Is.EqualTo(unstable));
            var reads = ReadOften(unstable[0], 0x100);
            var description = controller.Sectors;
            flash.WriteByte(0x4000, 0x12);
            Erase();
            Supplies.PowerOn();
            RunFor(0.3);
            Supplies.PowerOff();
            Assert.That(sectors.UnstableBytes, Is.Empty);
            sectors.RestoreSector(torn);
            Assert.That(sectors.UnstableBytes, Is.EqualTo(unstable));
            Assert.That(controller.Sectors, Is.EqualTo(description));
            Assert.That(flash.ReadBytes(0x4000, 0x4000), Is.EqualTo(torn.Content));
            Assert.That(ReadOften(unstable[0], 0x100), Is.EqualTo(reads), "the same numbers come by chance");
        }

        [Test]
        public void ShouldGoOnAfterTheCallIfThePowerStays()
        {
            var calls = 0;
            flash.WriteBytes(0x4000, new byte[0x4000], 0, 0x4000);
            recorder.CallAt = 100000;
            recorder.AtCall = () => calls++;
            Erase();
            RunFor(0.09);
            Assert.That(calls, Is.Zero);
            RunFor(0.02);
            Assert.That(calls, Is.EqualTo(1));
            Assert.That(Read(FlashControllerBase + 0xC), Is.EqualTo(BSY));
            RunFor(0.13);
            Assert.That(recorder.Events.Count, Is.EqualTo(1));
            RunFor(0.02);
            Assert.That(recorder.Events.Last(), Is.EqualTo("ended"));
            Assert.That(calls, Is.EqualTo(1));
        }

        [Test]
        public void ShouldStopAtTheInstantOfTheCutThoughTheCoreRunsOn()
        {
            flash.WriteBytes(0x4000, new byte[0x4000], 0, 0x4000);
            // Not told of the erase, but of the time.
            memory.Watcher = null;
            Erase();
            RunFor(0.1);
            Supplies.CutPowerAtOnce();
            var ones = flash.ReadBytes(0x4000, 0x4000).Sum(x => BitOperations.PopCount(x));
            Assert.That(ones / (8.0 * 0x4000), Is.EqualTo(0.4).Within(0.01));
            RunFor(0.3);
            Assert.That(flash.ReadBytes(0x4000, 0x4000).Sum(x => BitOperations.PopCount(x)), Is.EqualTo(ones).Within(1000), "but for cells that are half done");
        }

        [Test]
        public void ShouldShowItsContent()
        {
            flash.WriteByte(5, 0x12);
            var content = memory.GetContent();
            Assert.That((content.Length, content[5]), Is.EqualTo((FlashSize, 0x12)));
            content[6] = 0x34;
            memory.SetContent(content);
            Assert.That(flash.ReadByte(6), Is.EqualTo(0x34));
            Assert.Throws<Antmicro.Renode.Exceptions.RecoverableException>(() => memory.SetContent(new byte[5]));
        }

        private uint[] Words() => new[] { flash.ReadDoubleWord(Target), flash.ReadDoubleWord(Target + 4) };

        // ldr r0, address; ldr r1, value; str r1, [r0]; str r1, [r0, #4]; b .
        private void StoreTwice(uint control = PG | PsizeOfWords)
        {
            Start(control, new ushort[] { 0x4802, 0x4903, 0x6001, 0x6041, 0xE7FE, 0xBF00 }, (uint)FlashBase + Target, 0x0000AA55);
        }

        // The same with FLASH_CR, once.
        private void Erase()
        {
            Start(PsizeOfWords, new ushort[] { 0x4801, 0x4902, 0x6101, 0xE7FE }, (uint)FlashControllerBase, SER | 1 << 3 | STRT | PsizeOfWords);
        }

        // Boots a program that reads a byte of flash 64 times.
        private byte[] ReadOften(int offset, int programOffset)
        {
            // movs r2, #64; ldrb r3, [r0]; strb r3, [r1]; adds r1, #1; subs r2, #1; bne; b .
            var code = Move(0, (uint)FlashBase + (uint)offset).Concat(Move(1, Copies)).Concat(new ushort[] { 0x2240, 0x7803, 0x700B, 0x3101, 0x3A01, 0xD1FA, 0xE7FE });
            Place(programOffset, code.ToArray());
            Supplies.PowerOn();
            RunFor(0.001);
            Supplies.PowerOff();
            return Machine.SystemBus.ReadBytes(Copies, 64);
        }

        // movw, movt: unlike literals, nobody reads them as data.
        private static ushort[] Move(int register, uint value)
        {
            return new[] { (0xF240u, value & 0xFFFF), (0xF2C0u, value >> 16) }.SelectMany(x => new[]
            {
                (ushort)(x.Item1 | (x.Item2 >> 11 & 1) << 10 | x.Item2 >> 12),
                (ushort)((x.Item2 >> 8 & 7) << 12 | (uint)register << 8 | (x.Item2 & 0xFF)),
            }).ToArray();
        }

        private void Start(uint control, ushort[] code, params uint[] literals)
        {
            Write(FlashControllerBase + 0x4, 0x45670123);
            Write(FlashControllerBase + 0x4, 0xCDEF89AB);
            Write(FlashControllerBase + 0x10, control);
            Place(0x100, code, literals);
        }

        private void Place(int offset, ushort[] code, params uint[] literals)
        {
            flash.WriteDoubleWord(0, 0x20001000);
            flash.WriteDoubleWord(4, (uint)offset | 1);
            for(var i = 0; i < code.Length; i++)
            {
                flash.WriteWord(offset + (2 * i), code[i]);
            }
            for(var i = 0; i < literals.Length; i++)
            {
                flash.WriteDoubleWord(offset + (2 * code.Length) + (4 * i), literals[i]);
            }
        }

        private MappedMemory flash;
        private STM32F4_FlashController controller;
        private INonVolatileMemory memory;
        private MemoryRecorder recorder;

        private const int FlashSize = 0x80000;
        private const uint Target = 0x10020;
        private const uint Copies = 0x20000100;
        private const uint PG = 1;
        private const uint SER = 2;
        private const uint MER = 4;
        private const uint PsizeOfWords = 2 << 8;
        private const uint STRT = 1 << 16;
        private const uint BSY = 1 << 16;
    }
}
