// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Board;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    /// <summary>The flash on PB0, PB3, PB4 and PB5, by SPI1 and by pins that a program toggles.</summary>
    [TestFixture(false)]
    [TestFixture(true)]
    public class W25QTests : ChipTest
    {
        public W25QTests(bool toggles)
        {
            this.toggles = toggles;
        }

        [SetUp]
        public void CreateFlash()
        {
            port = new STM32F4_GPIOPort(Machine, Rcc, boardPullUps: 1);
            Attach(port, "gpioPortB", PortB, Alias.GPIOB);
            Attach(new STM32F4_SPI(Machine), "spi1", SpiBase, Alias.SPI1);
            SetBits(RccBase + 0x30, 2);
            SetBits(RccBase + 0x44, 1 << 12);
            flash = new W25Q(Machine, port, 0, 3, 4, 5, Supplies);
            ConfigurePins();
        }

        [Test]
        public void ShouldTellWhatItIs()
        {
            Assert.That(Exchange(4, 0x9F), Is.EqualTo(new byte[] { 0xEF, 0x40, 0x15, 0xEF }));
            Assert.That(Exchange(2, 0x90, 0, 0, 0), Is.EqualTo(new byte[] { 0xEF, 0x14 }));
            Assert.That(Exchange(2, 0x90, 0, 0, 1), Is.EqualTo(new byte[] { 0x14, 0xEF }));
            Assert.That(Exchange(1, 0xAB, 0, 0, 0), Is.EqualTo(new byte[] { 0x14 }));
            var id = Exchange(8, 0x4B, 0, 0, 0, 0);
            Assert.That(Exchange(8, 0x4B, 0, 0, 0, 0), Is.EqualTo(id));
            Assert.That(id.Distinct().Count(), Is.GreaterThan(2));
        }

        [TestCase(0x100000, 0x14)]
        [TestCase(0x400000, 0x16)]
        [TestCase(0x1000000, 0x18)]
        public void ShouldTellItsSize(int size, int capacity)
        {
            DetachFlash();
            flash = new W25Q(Machine, port, 0, 3, 4, 5, Supplies, size);
            Assert.That(Exchange(3, 0x9F)[2], Is.EqualTo(capacity));
        }

        [Test]
        public void ShouldBeErasedWhenNew()
        {
            Assert.That(Exchange(3, 0x03, 0x1F, 0xFF, 0xFE), Is.EqualTo(new byte[] { 0xFF, 0xFF, 0xFF }));
        }

        [Test]
        public void ShouldProgramAPage()
        {
            Program(0x012345, 1, 2, 3);
            Assert.That(Exchange(5, 0x03, 0x01, 0x23, 0x44), Is.EqualTo(new byte[] { 0xFF, 1, 2, 3, 0xFF }));
            Assert.That(Exchange(3, 0x0B, 0x01, 0x23, 0x45, 0), Is.EqualTo(new byte[] { 1, 2, 3 }));
        }

        [Test]
        public void ShouldClearBitsAlone()
        {
            Program(0, 0xF0);
            Program(0, 0x3F);
            Assert.That(Exchange(1, 0x03, 0, 0, 0), Is.EqualTo(new byte[] { 0x30 }));
        }

        [Test]
        public void ShouldWrapWithinAPageAndKeepTheLastBytesOfMore()
        {
            Program(0x2FE, 1, 2, 3);
            Assert.That(Exchange(1, 0x03, 0, 2, 0), Is.EqualTo(new byte[] { 3 }));
            Assert.That(Exchange(3, 0x03, 0, 2, 0xFE), Is.EqualTo(new byte[] { 1, 2, 0xFF }));
            Program(0x300, Enumerable.Range(0, 257).Select(x => x == 0 ? (byte)0x11 : x == 256 ? (byte)0xA5 : (byte)x).ToArray());
            Assert.That(Exchange(2, 0x03, 0, 3, 0), Is.EqualTo(new byte[] { 0xA5, 1 }));
            Assert.That(Exchange(1, 0x03, 0, 3, 0xFF), Is.EqualTo(new byte[] { 0xFF }));
        }

        [Test]
        public void ShouldReadOnFromItsEndAtItsStart()
        {
            Program(0, 0x42);
            Program(0x1FFFFF, 0x24);
            Assert.That(Exchange(2, 0x03, 0x1F, 0xFF, 0xFF), Is.EqualTo(new byte[] { 0x24, 0x42 }));
            Assert.That(Exchange(1, 0x03, 0x20, 0, 0), Is.EqualTo(new byte[] { 0x42 }), "address bits above its size do nothing");
        }

        [TestCase(0x20, 0x1000, 45000)]
        [TestCase(0x52, 0x8000, 120000)]
        [TestCase(0xD8, 0x10000, 150000)]
        public void ShouldErase(int instruction, int length, int microseconds)
        {
            var start = 0x50000;
            Program(start - 1, 0);
            Program(start, 0);
            Program(start + length - 1, 0);
            Program(start + length, 0);
            Exchange(0, 0x06);
            // Any address within will do.
            Exchange(0, Bytes(instruction, start + 0x123));
            Assert.That(Status & 3, Is.EqualTo(3));
            RunFor((microseconds - 100) / 1e6);
            Assert.That(Status & 1, Is.EqualTo(1));
            RunFor(200 / 1e6);
            Assert.That(Status & 3, Is.Zero);
            Assert.That(Exchange(2, Bytes(0x03, start - 1)), Is.EqualTo(new byte[] { 0, 0xFF }));
            Assert.That(Exchange(2, Bytes(0x03, start + length - 1)), Is.EqualTo(new byte[] { 0xFF, 0 }));
        }

        [TestCase(0xC7)]
        [TestCase(0x60)]
        public void ShouldEraseEverything(int instruction)
        {
            Program(0, 0);
            Program(0x1FFFFF, 0);
            Exchange(0, 0x06);
            Exchange(0, (byte)instruction);
            RunFor(4.99);
            Assert.That(flash.IsBusy);
            RunFor(0.02);
            Assert.That(flash.IsBusy, Is.False);
            Assert.That(Exchange(2, 0x03, 0x1F, 0xFF, 0xFF), Is.EqualTo(new byte[] { 0xFF, 0xFF }));
        }

        [Test]
        public void ShouldTakeTimeForEachByte()
        {
            Exchange(0, 0x06);
            Exchange(0, Bytes(0x02, 0).Concat(new byte[256]).ToArray());
            RunFor(660e-6);
            Assert.That(flash.IsBusy);
            RunFor(10e-6);
            Assert.That(flash.IsBusy, Is.False);
        }

        [Test]
        public void ShouldWantWriteEnableEachTime()
        {
            Exchange(0, Bytes(0x02, 0).Append((byte)0).ToArray());
            Assert.That(flash.GuestMistakes, Does.Contain("1 x W25Q: instruction 02h not executed, because no 06h came before it"));
            Exchange(0, 0x06);
            Assert.That(Status, Is.EqualTo(2));
            Exchange(0, 0x04);
            Assert.That(Status, Is.Zero);
            Exchange(0, Bytes(0x20, 0));
            Program(0, 0x55);
            Assert.That(Status, Is.Zero);
            Exchange(0, Bytes(0x02, 0).Append((byte)0).ToArray());
            Assert.That(Exchange(1, 0x03, 0, 0, 0), Is.EqualTo(new byte[] { 0x55 }));
            Assert.That(flash.GuestMistakeCount, Is.EqualTo(3));
        }

        [Test]
        public void ShouldHearOnlyItsStatusWhileItIsBusy()
        {
            Program(0x1000, 0x12);
            Exchange(0, 0x06);
            Exchange(0, Bytes(0x20, 0));
            Assert.That(Exchange(1, 0x03, 0, 0x10, 0), Is.EqualTo(new byte[] { Nothing }));
            Assert.That(Exchange(2, 0x05), Is.EqualTo(new byte[] { 3, 3 }));
            Assert.That(flash.GuestMistakes, Does.Contain("instruction 03h ignored while the flash is busy"));
            RunFor(0.05);
            Assert.That(Exchange(1, 0x03, 0, 0x10, 0), Is.EqualTo(new byte[] { 0x12 }));
        }

        [Test]
        public void ShouldSleepInPowerDown()
        {
            Exchange(0, 0xB9);
            Assert.That(flash.IsPoweredDown);
            Assert.That(Exchange(1, 0x9F), Is.EqualTo(new byte[] { Nothing }));
            Exchange(0, 0xAB);
            Assert.That(Exchange(1, 0x9F), Is.EqualTo(new byte[] { 0xEF }));
        }

        [Test]
        public void ShouldResetByTwoInstructions()
        {
            Exchange(0, 0x06);
            Exchange(0, 0x99);
            Assert.That(Status, Is.EqualTo(2), "66h must come first");
            Exchange(0, 0x66);
            Exchange(0, 0x05);
            Exchange(0, 0x99);
            Assert.That(Status, Is.EqualTo(2), "nothing may come between");
            Exchange(0, 0x66);
            Exchange(0, 0x99);
            Assert.That(Status, Is.Zero);
        }

        [TestCase(0x04, 0x1F0000, 0x1FFFFF)]
        [TestCase(0x24, 0x000000, 0x00FFFF)]
        [TestCase(0x14, 0x100000, 0x1FFFFF)]
        [TestCase(0x44, 0x1FF000, 0x1FFFFF)]
        [TestCase(0x70, 0x000000, 0x007FFF)]
        [TestCase(0x1C, 0x000000, 0x1FFFFF)]
        [TestCase(0x4024, 0x010000, 0x1FFFFF)]
        [TestCase(0x4000, 0x000000, 0x1FFFFF)]
        public void ShouldProtectWhatItsStatusSays(int status, int first, int last)
        {
            Exchange(0, 0x06);
            Exchange(0, 0x01, (byte)status, (byte)(status >> 8));
            Assert.That(Status & 1, Is.EqualTo(1), "it takes 10 ms");
            RunFor(0.011);
            Assert.That(Status, Is.EqualTo(status & 0xFF));
            Assert.That(Exchange(1, 0x35)[0], Is.EqualTo(status >> 8));
            foreach(var address in new[] { first, last, first - 1, last + 1 }.Where(x => x >= 0 && x < 0x200000))
            {
                Program(address, 0);
                var expected = address >= first && address <= last ? 0xFF : 0;
                Assert.That(Exchange(1, Bytes(0x03, address))[0], Is.EqualTo(expected), $"0x{address:X}");
            }
            Exchange(0, 0x06);
            Exchange(0, 0xC7);
            Assert.That(flash.IsBusy, Is.False, "erasing everything would erase what is protected");
        }

        [Test]
        public void ShouldSayWhatItCannotDo()
        {
            Assert.That(Exchange(1, 0x3B, 0, 0, 0, 0), Is.EqualTo(new byte[] { Nothing }));
            Exchange(0, 0x06);
            Exchange(0, 0x20, 0, 0);
            Exchange(0, 0x02, 0, 0, 0);
            Assert.That(flash.IsBusy, Is.False);
            Assert.That(flash.GuestMistakes, Does.Contain("instruction 3Bh is not modelled").And.Contain("instruction 20h not executed").And.Contain("instruction 02h not executed"));
        }

        [Test]
        public void ShouldKeepItsContentWithoutPower()
        {
            Program(0x1000, 1, 2, 3);
            Exchange(0, 0x06);
            Exchange(0, 0xB9);
            Supplies.PowerCycle(0.1);
            SetBits(RccBase + 0x30, 2);
            SetBits(RccBase + 0x44, 1 << 12);
            ConfigurePins();
            Assert.That(flash.IsPoweredDown, Is.False);
            Assert.That(Status, Is.Zero);
            Assert.That(Exchange(3, 0x03, 0, 0x10, 0), Is.EqualTo(new byte[] { 1, 2, 3 }));
        }

        [Test]
        public void ShouldGoOnThroughResetsOfTheChip()
        {
            Program(0, 0);
            Exchange(0, 0x06);
            Exchange(0, Bytes(0x20, 0));
            Supplies.PressReset();
            Assert.That(flash.IsBusy);
            RunFor(0.05);
            Assert.That(flash.IsBusy, Is.False);
            Assert.That(flash.Dump(0, 1), Does.StartWith("000000  FF"));
        }

        [Test]
        public void ShouldTearAnEraseThatLosesItsPower()
        {
            Program(0, new byte[256]);
            Exchange(0, 0x06);
            Exchange(0, Bytes(0x20, 0));
            RunFor(0.0225);
            Supplies.PowerOff();
            var ones = Ones(0, 256);
            Assert.That(ones, Is.InRange(824, 1224), "half of 2048 bits");
            RunFor(0.1);
            Assert.That(Ones(0, 256), Is.EqualTo(ones));
            Assert.That(flash.IsBusy, Is.False);
        }

        [Test]
        public void ShouldTearAProgramThatLosesItsPower()
        {
            Program(0x100, Enumerable.Repeat((byte)0x0F, 256).ToArray());
            Exchange(0, 0x06);
            Exchange(0, Bytes(0x02, 0x100).Concat(new byte[256]).ToArray());
            RunFor(0.000333);
            Supplies.PowerOff();
            Assert.That(Ones(0x100, 256), Is.InRange(412, 612), "half of 1024 bits, the others were 0 already");
        }

        [Test]
        public void ShouldSaveAndLoad()
        {
            var path = Path.GetTempFileName();
            try
            {
                Program(0x1234, 0x42);
                flash.Save(path);
                Assert.That(new FileInfo(path).Length, Is.EqualTo(0x200000));
                flash.Erase();
                Assert.That(Exchange(1, 0x03, 0, 0x12, 0x34), Is.EqualTo(new byte[] { 0xFF }));
                flash.Load(path);
                Assert.That(Exchange(1, 0x03, 0, 0x12, 0x34), Is.EqualTo(new byte[] { 0x42 }));
                File.WriteAllBytes(path, new byte[0x200001]);
                Assert.Throws<RecoverableException>(() => flash.Load(path));
                Assert.That(Exchange(1, 0x03, 0, 0x12, 0x34), Is.EqualTo(new byte[] { 0x42 }));
            }
            finally
            {
                File.Delete(path);
            }
        }

        [Test]
        public void ShouldRefuseWhatNoFlashHas()
        {
            Assert.Throws<ConstructionException>(() => new W25Q(Machine, null, 0, 3, 4, 5));
            Assert.Throws<ConstructionException>(() => new W25Q(Machine, port, 0, 3, 16, 5));
            Assert.Throws<ConstructionException>(() => new W25Q(Machine, port, 0, 3, 4, 5, size: 0x180000));
            Assert.Throws<RecoverableException>(() => flash.Dump(0x200000, 1));
        }

        [Test]
        public void ShouldTellOfProgramsAndErases()
        {
            var recorder = Watch();
            Program(0x1234, 0x12, 0x34, 0x56, 0x78, 0x9A);
            Exchange(0, 0x06);
            Exchange(0, Bytes(0x20, 0x1234));
            Assert.That(recorder.Events, Is.EqualTo(new[] { "Program 1234 5 123456789A 40 us", "ended", "Erase 1000 4096 45000 us" }));
            RunFor(0.05);
            Assert.That(recorder.Events.Last(), Is.EqualTo("ended"), "though nobody asked the flash");
        }

        [Test]
        public void ShouldDoNothingIfThePowerGoesBefore()
        {
            Watch().AtStart = Supplies.CutPowerAtOnce;
            Program(0x1000, 0);
            Assert.That(flash.IsBusy, Is.False);
            Assert.That(flash.Dump(0x1000, 1), Does.Contain("FF"));
        }

        [TestCase(1000ul, 0.02)]
        [TestCase(22500ul, 0.5)]
        [TestCase(44000ul, 0.98)]
        public void ShouldDoTheShareThatIsOverIfThePowerGoesWithin(ulong microseconds, double share)
        {
            Program(0x1000, new byte[256]);
            var recorder = Watch();
            recorder.CallAt = microseconds;
            recorder.AtCall = Supplies.CutPowerAtOnce;
            Exchange(0, 0x06);
            Exchange(0, Bytes(0x20, 0x1000));
            RunFor(0.1);
            Assert.That(Ones(0x1000, 256) / 2048.0, Is.EqualTo(share).Within(0.05));
            Assert.That(recorder.Events.Count, Is.EqualTo(1), "it never ended");
        }

        [Test]
        public void ShouldDoAllOfItIfThePowerGoesAfter()
        {
            Watch().AtEnd = Supplies.CutPowerAtOnce;
            Program(0x1000, 0x5A);
            Assert.That(flash.Dump(0x1000, 1), Does.Contain("5A"));
            Assert.That(Supplies.IsPowered, Is.False);
        }

        [Test]
        public void ShouldShowItsContentToOthers()
        {
            var memory = flash.NonVolatileMemories.Single();
            Program(0x1FF0, 1, 2, 3);
            var content = memory.GetContent();
            Assert.That((content.Length, content[0x1FF0], content[0x1FF2], content[0x1FF3]), Is.EqualTo((0x200000, 1, 3, 0xFF)));
            content[0x100000] = 7;
            memory.SetContent(content);
            Assert.That(Exchange(1, Bytes(0x03, 0x100000))[0], Is.EqualTo(7));
            Assert.Throws<RecoverableException>(() => memory.SetContent(new byte[1]));
        }

        [Test]
        public void ShouldTellWhatATornProgramHasLeftUntilItIsErased()
        {
            var memory = (ISectoredMemory)flash.NonVolatileMemories.Single();
            var recorder = Watch();
            recorder.CallAt = 30;
            recorder.AtCall = Supplies.CutPowerAtOnce;
            Program(0x1010, new byte[32]);
            RunFor(0.001);
            var torn = memory.Torn.Single();
            var content = memory.GetContent().Skip(0x1010).Take(32).ToArray();
            Assert.That((torn.Offset, torn.Size, torn.Kept, torn.Done), Is.EqualTo((0x1010, 32, content.Count(x => x == 0xFF), content.Count(x => x == 0))));
            Assert.That(torn.Share, Is.GreaterThan(0).And.LessThan(1));
            Assert.That(memory.UnstableBytes, Is.Not.Empty.And.All.InRange(0x1010, 0x102F));
            Assert.That((memory.SectorAt(0x1010).Number, memory.SectorAt(0x1010).Offset, memory.SectorAt(0x1010).Size), Is.EqualTo((1, 0x1000, 0x1000)));
            flash.Erase();
            Assert.That(memory.Torn, Is.Empty);
            Assert.That(memory.UnstableBytes, Is.Empty);
        }

        [Test]
        public void ShouldReadHalfDoneCellsDifferentlyUntilTheyAreErased()
        {
            Program(0x1000, new byte[256]);
            Exchange(0, 0x06);
            Exchange(0, Bytes(0x20, 0x1000));
            RunFor(0.0225);
            PowerCycle();
            var reads = Enumerable.Range(0, 8).Select(_ => Exchange(64, Bytes(0x03, 0x1000))).ToArray();
            int Differing(byte[] other) => reads[0].Zip(other, (x, y) => System.Numerics.BitOperations.PopCount((uint)(x ^ y))).Sum();
            // A tenth of 512 bits, half of which differ.
            Assert.That(reads.Skip(1).Select(Differing), Has.All.InRange(5, 60));
            var same = flash.Dump(0x1000, 64);
            PowerCycle();
            Assert.That(flash.Dump(0x1000, 64), Is.EqualTo(same), "the other bits stay as they are");
            Exchange(0, 0x06);
            Exchange(0, Bytes(0x20, 0x1000));
            RunFor(0.05);
            Assert.That(Enumerable.Range(0, 8).SelectMany(_ => Exchange(64, Bytes(0x03, 0x1000))), Has.All.EqualTo(0xFF));
        }

        [Test]
        public void ShouldLeaveSectorsThatAreToldOutOfItsState()
        {
            var memory = (ISectoredMemory)flash.NonVolatileMemories.Single();
            byte[] Changed(int offset)
            {
                var content = memory.GetContent();
                content[offset] ^= 1;
                memory.SetContent(content);
                using(var stream = new MemoryStream())
                using(var writer = new BinaryWriter(stream))
                {
                    ((IRetainsState)flash).WriteRetainedState(writer);
                    return stream.ToArray();
                }
            }
            Assert.That(Changed(0x4000), Is.Not.EqualTo(Changed(0x4001)));
            memory.ToldSectors = new[] { memory.SectorAt(0x4000) };
            Assert.That(Changed(0x4000), Is.EqualTo(Changed(0x4FFF)));
            Assert.That(Changed(0x4000), Is.Not.EqualTo(Changed(0x5000)));
        }

        [Test]
        public void ShouldTellWhichBytesAreRead()
        {
            var recorder = Watch();
            Exchange(3, Bytes(0x03, 0x12345));
            // It has the next one ready.
            Assert.That(recorder.Events.Take(3), Is.EqualTo(new[] { "read 12345 1", "read 12346 1", "read 12347 1" }));
            Assert.That(recorder.Events.Count, Is.LessThanOrEqualTo(4));
        }

        [Test]
        public void ShouldGoBackToAllThatASectorKeeps()
        {
            var memory = (ISectoredMemory)flash.NonVolatileMemories.Single();
            Program(0x1000, new byte[256]);
            Exchange(0, 0x06);
            Exchange(0, Bytes(0x20, 0x1000));
            RunFor(0.0225);
            PowerCycle();
            var torn = memory.TakeSector(memory.SectorAt(0x1000));
            var unstable = memory.UnstableBytes.ToArray();
            Assert.That(Enumerable.Range(0, 0x1000).Where(x => torn.IsUnstable(x, 1)).Select(x => x + 0x1000), Is.EqualTo(unstable));
            var reads = Exchange(64, Bytes(0x03, 0x1000));
            flash.Erase();
            memory.RestoreSector(torn);
            Assert.That(memory.UnstableBytes, Is.EqualTo(unstable));
            Assert.That(memory.Torn.Count, Is.EqualTo(1));
            Assert.That(memory.GetContent().Skip(0x1000).Take(0x1000), Is.EqualTo(torn.Content));
            Assert.That(Exchange(64, Bytes(0x03, 0x1000)), Is.EqualTo(reads), "the same numbers come by chance");
        }

        private void PowerCycle()
        {
            Supplies.PowerOff();
            Supplies.PowerOn();
            SetBits(RccBase + 0x30, 2);
            SetBits(RccBase + 0x44, 1 << 12);
            ConfigurePins();
        }

        private MemoryRecorder Watch()
        {
            var result = new MemoryRecorder();
            flash.NonVolatileMemories.Single().Watcher = result;
            return result;
        }

        private static byte[] Bytes(int instruction, int address) => new[] { (byte)instruction, (byte)(address >> 16), (byte)(address >> 8), (byte)address };

        private void ConfigurePins()
        {
            if(toggles)
            {
                Write(PortB + BSRR, 1);
                Write(PortB + MODER, 0x441);
            }
            else
            {
                Write(PortB + BSRR, 1);
                Write(PortB + AFRL, 0x555000);
                Write(PortB + MODER, 0xA81);
                Write(SpiBase, 0x344);
            }
        }

        private void DetachFlash()
        {
            foreach(var pin in new[] { 0, 3, 5 })
            {
                port.Connections[pin].Disconnect();
            }
        }

        private void Program(int address, params byte[] data)
        {
            Exchange(0, 0x06);
            Exchange(0, Bytes(0x02, address).Concat(data).ToArray());
            RunFor(0.001);
        }

        private byte[] Exchange(int answers, params byte[] sent)
        {
            Write(PortB + BSRR, 1 << 16);
            foreach(var x in sent)
            {
                Shift(x);
            }
            var result = Enumerable.Range(0, answers).Select(_ => Shift(0xA5)).ToArray();
            Write(PortB + BSRR, 1);
            return result;
        }

        private byte Shift(byte sent)
        {
            if(!toggles)
            {
                Write(SpiBase + 0xC, sent);
                RunFor(0.0000011);
                return (byte)Read(SpiBase + 0xC);
            }
            var result = 0;
            for(var i = 7; i >= 0; i--)
            {
                Write(PortB + BSRR, (sent >> i & 1) != 0 ? 0x20u : 0x200000u);
                result |= (int)(Read(PortB + IDR) >> 4 & 1) << i;
                Write(PortB + BSRR, 8);
                Write(PortB + BSRR, 8 << 16);
            }
            return (byte)result;
        }

        private int Ones(int offset, int count)
        {
            var text = flash.Dump(offset, count).Split('\n').SelectMany(x => x.Substring(8, 48).Split(' ', System.StringSplitOptions.RemoveEmptyEntries));
            return text.Select(x => System.Convert.ToByte(x, 16)).Sum(x => System.Numerics.BitOperations.PopCount(x));
        }

        private byte Status => Exchange(1, 0x05)[0];

        private STM32F4_GPIOPort port;
        private W25Q flash;

        private readonly bool toggles;

        // MISO floats when nothing answers.
        private const byte Nothing = 0;
        private const ulong PortB = 0x40020400;
        private const uint MODER = 0x00;
        private const uint IDR = 0x10;
        private const uint BSRR = 0x18;
        private const uint AFRL = 0x20;
    }
}
