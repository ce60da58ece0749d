// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Time;

using NUnit.Framework;

namespace UnitTests
{
    public class STM32F4_FlashControllerTests
    {
        [SetUp]
        public void SetUp()
        {
            EmulationManager.Instance.Clear();
            machine = new Machine();
            EmulationManager.Instance.CurrentEmulation.TryAddMachine(machine, "machine");
            Mount(HalfMegabyte);
        }

        [TearDown]
        public void TearDown()
        {
            EmulationManager.Instance.Clear();
        }

        [Test]
        public void ShouldBeErasedWhenItIsNewAndKeepWhatWasLoaded()
        {
            var blank = new MappedMemory(machine, 0x80000);
            Assert.That(new STM32F4_FlashController(machine, blank), Is.Not.Null);
            Assert.That(blank.ReadBytes(0, 0x80000).All(x => x == 0xFF), Is.True);
            var loaded = new MappedMemory(machine, 0x80000);
            loaded.WriteByte(4, 1);
            Assert.That(new STM32F4_FlashController(machine, loaded), Is.Not.Null);
            Assert.That((loaded.ReadByte(4), loaded.ReadByte(5)), Is.EqualTo((1, 0)));
        }

        [Test]
        public void ShouldNeedFlash()
        {
            Assert.That(() => new STM32F4_FlashController(machine, null), Throws.InstanceOf<ConstructionException>());
        }

        [Test]
        public void ShouldReadLatencyBack([Range(0u, 7u)] uint latency)
        {
            Write(ACR, 0x700 | latency);
            Assert.That(Read(ACR), Is.EqualTo(0x700 | latency));
        }

        [Test]
        public void ShouldHaveResetValues()
        {
            Assert.That(Read(ACR), Is.Zero);
            Assert.That(Read(SR), Is.Zero);
            Assert.That(Read(CR), Is.EqualTo(LOCK));
            Assert.That(Read(OPTCR), Is.EqualTo(0x0FFFAAED));
        }

        [Test]
        public void ShouldIgnoreWritesWhileLocked()
        {
            Write(CR, SER | STRT);
            Assert.That(Read(CR), Is.EqualTo(LOCK));
            Assert.That(Content(), Has.All.EqualTo(Written));
            Assert.That(controller.GuestMistakes, Does.Contain("FLASH_CR: write ignored"));
        }

        [Test]
        public void ShouldUnlockAndLock()
        {
            Unlock();
            Assert.That(Read(CR), Is.Zero);
            Write(CR, LOCK);
            Assert.That(Read(CR), Is.EqualTo(LOCK));
            Unlock();
            Assert.That(Read(CR), Is.Zero);
            Assert.That(controller.GuestMistakeCount, Is.Zero);
        }

        [TestCase(0xCDEF89ABu, 0x45670123u)]
        [TestCase(0x45670123u, 0x45670123u)]
        [TestCase(0x45670123u, 0u)]
        public void ShouldStayLockedUntilResetAfterAWrongKey(uint first, uint second)
        {
            Write(KEYR, first);
            Write(KEYR, second);
            Unlock();
            Assert.That(Read(CR), Is.EqualTo(LOCK));
            controller.Reset();
            Unlock();
            Assert.That(Read(CR), Is.Zero);
        }

        [Test]
        public void ShouldLockUntilResetWhenKeysComeTwice()
        {
            Unlock();
            Unlock();
            Assert.That(Read(CR), Is.EqualTo(LOCK));
        }

        [TestCase(0, 0x00000, 0x4000)]
        [TestCase(1, 0x04000, 0x4000)]
        [TestCase(2, 0x08000, 0x4000)]
        [TestCase(3, 0x0C000, 0x4000)]
        [TestCase(4, 0x10000, 0x10000)]
        [TestCase(5, 0x20000, 0x20000)]
        [TestCase(6, 0x40000, 0x20000)]
        [TestCase(7, 0x60000, 0x20000)]
        [TestCase(8, 0x80000, 0x20000)]
        [TestCase(11, 0xE0000, 0x20000)]
        public void ShouldEraseASectorAndNothingElse(int sector, int offset, int size)
        {
            Mount(2 * HalfMegabyte, 0x1000);
            Unlock(0x1000);
            Write(0x1000 + CR, SER | (uint)sector << 3 | STRT);
            var content = Content();
            Assert.That(content.Skip(offset).Take(size), Has.All.EqualTo(0xFF));
            Assert.That(content.Take(offset).Concat(content.Skip(offset + size)), Has.All.EqualTo(Written));
            Assert.That(Read(0x1000 + CR) & STRT, Is.Zero);
            Assert.That(Read(0x1000 + SR), Is.EqualTo(BSY));
            EmulationManager.Instance.CurrentEmulation.RunFor(TimeInterval.FromSeconds(2.1));
            Assert.That(Read(0x1000 + SR), Is.Zero);
        }

        [Test]
        public void ShouldEraseAll()
        {
            Unlock();
            Write(CR, MER | STRT);
            Assert.That(Content(), Has.All.EqualTo(0xFF));
        }

        [Test]
        public void ShouldEraseTwice()
        {
            Unlock();
            Write(CR, SER | STRT);
            flash.WriteByte(0, Written);
            Write(CR, SER | STRT);
            Assert.That(flash.ReadByte(0), Is.EqualTo(0xFF));
        }

        [TestCase(SER | 8u << 3, "no sector 8")]
        [TestCase(SER | 11u << 3, "no sector 11")]
        [TestCase(SER | 12u << 3, "no sector 12")]
        [TestCase(SER | 15u << 3, "no sector 15")]
        [TestCase(0u, "neither of SER and MER")]
        [TestCase(SER | MER, "both of SER and MER")]
        public void ShouldRefuseAnImpossibleErase(uint control, string reason)
        {
            Unlock();
            Write(CR, control | STRT);
            Assert.That(Content(), Has.All.EqualTo(Written));
            Assert.That(Read(SR), Is.EqualTo(PGSERR));
            Assert.That(controller.GuestMistakes, Does.Contain(reason));
            Write(SR, PGSERR);
            Assert.That(Read(SR), Is.Zero);
        }

        [Test]
        public void ShouldEraseNothingWithoutStart([Values(SER, MER)] uint control)
        {
            Unlock();
            Write(CR, control);
            Assert.That(Content(), Has.All.EqualTo(Written));
        }

        [Test]
        public void ShouldInterruptAtTheEndIfAsked()
        {
            Unlock();
            Write(CR, SER | STRT);
            EmulationManager.Instance.CurrentEmulation.RunFor(TimeInterval.FromSeconds(0.41));
            Assert.That(Read(SR), Is.Zero, "EOP is set only with EOPIE");
            Write(CR, SER | STRT | EOPIE);
            Assert.That(Read(SR), Is.EqualTo(BSY));
            EmulationManager.Instance.CurrentEmulation.RunFor(TimeInterval.FromSeconds(0.41));
            Assert.That(Read(SR), Is.EqualTo(EOP));
            Assert.That(controller.IRQ.IsSet, Is.True);
            Write(SR, EOP);
            Assert.That(controller.IRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldInterruptOnErrorIfAsked()
        {
            Unlock();
            Write(CR, STRT | ERRIE);
            Assert.That(Read(SR), Is.EqualTo(PGSERR | OPERR));
            Assert.That(controller.IRQ.IsSet, Is.True);
            Write(CR, 0);
            Assert.That(controller.IRQ.IsSet, Is.False);
        }

        [TestCase(SER | 3u << 3, true)]
        [TestCase(SER | 2u << 3, false)]
        [TestCase(MER, true)]
        public void ShouldNotEraseWriteProtectedSectors(uint control, bool refused)
        {
            UnlockOptions();
            Write(OPTCR, 0x0FF7AAEC | OPTSTRT);
            Unlock();
            Write(CR, control | STRT);
            Assert.That(Read(SR), Is.EqualTo(refused ? WRPERR : BSY));
            Assert.That(Content().Contains((byte)0xFF), Is.EqualTo(!refused));
        }

        [Test]
        public void ShouldIgnoreOptionsWhileLocked()
        {
            Write(OPTCR, OPTSTRT);
            Assert.That(Read(OPTCR), Is.EqualTo(0x0FFFAAED));
            Assert.That(controller.GuestMistakes, Does.Contain("FLASH_OPTCR: write ignored"));
        }

        [Test]
        public void ShouldProgramOptionBytesThatOutliveAReset()
        {
            UnlockOptions();
            Assert.That(Read(OPTCR), Is.EqualTo(0x0FFFAAEC));
            Write(OPTCR, 0x07F0AA84);
            Assert.That(ReadOptions(8), Is.EqualTo(0xFFF), "before OPTSTRT");
            Write(OPTCR, 0x07F0AA84 | OPTSTRT);
            Assert.That(ReadOptions(0), Is.EqualTo(0xAA84));
            Assert.That(ReadOptions(8), Is.EqualTo(0x7F0));
            // The bus waits for the end.
            Write(OPTCR, 0x07F0AA84);
            controller.Reset();
            Assert.That(Read(OPTCR), Is.EqualTo(0x07F0AA85));
        }

        [Test]
        public void ShouldForgetOptionsThatWereNotProgrammed()
        {
            UnlockOptions();
            Write(OPTCR, 0);
            controller.Reset();
            Assert.That(Read(OPTCR), Is.EqualTo(0x0FFFAAED));
        }

        [Test]
        public void ShouldLockOptions()
        {
            UnlockOptions();
            Write(OPTCR, 0x0FFFAAED);
            Write(OPTCR, 0);
            Assert.That(Read(OPTCR), Is.EqualTo(0x0FFFAAED));
        }

        [Test]
        public void ShouldNotWriteOptionBytesDirectly()
        {
            machine.SystemBus.WriteDoubleWord(Options, 0);
            Assert.That(ReadOptions(0), Is.EqualTo(0xAAEC));
            Assert.That(controller.GuestMistakeCount, Is.EqualTo(1));
        }

        [Test]
        public void ShouldLockOnReset()
        {
            Unlock();
            UnlockOptions();
            Write(ACR, 5);
            controller.Reset();
            Assert.That(Read(CR), Is.EqualTo(LOCK));
            Assert.That(Read(OPTCR) & 1, Is.EqualTo(1));
            Assert.That(Read(ACR), Is.Zero);
        }

        [Test]
        public void ShouldTakeEveryWidth()
        {
            machine.SystemBus.WriteByte(Base + ACR, 5);
            Assert.That(machine.SystemBus.ReadWord(Base + ACR), Is.EqualTo(5));
        }

        private void Mount(int size, ulong offset = 0)
        {
            flash = new MappedMemory(machine, size);
            machine.SystemBus.Register(flash, new BusPointRegistration(0x08000000 + (offset << 12)));
            controller = new STM32F4_FlashController(machine, flash);
            machine.SystemBus.Register(controller, new BusPointRegistration(Base + offset));
            machine.SystemBus.Register(controller, new BusMultiRegistration(Options + offset, 0x100, "optionBytes"));
            flash.WriteBytes(0, Enumerable.Repeat(Written, size).ToArray(), 0, size);
        }

        private byte[] Content()
        {
            return flash.ReadBytes(0, (int)flash.Size);
        }

        private uint Read(int offset)
        {
            return machine.SystemBus.ReadDoubleWord(Base + (ulong)offset);
        }

        private uint ReadOptions(int offset)
        {
            return machine.SystemBus.ReadDoubleWord(Options + (ulong)offset);
        }

        private void Write(int offset, uint value)
        {
            machine.SystemBus.WriteDoubleWord(Base + (ulong)offset, value);
        }

        private void Unlock(int offset = 0)
        {
            Write(offset + KEYR, 0x45670123);
            Write(offset + KEYR, 0xCDEF89AB);
        }

        private void UnlockOptions()
        {
            Write(OPTKEYR, 0x08192A3B);
            Write(OPTKEYR, 0x4C5D6E7F);
        }

        private Machine machine;
        private MappedMemory flash;
        private STM32F4_FlashController controller;

        private const int HalfMegabyte = 0x80000;
        private const byte Written = 0x5A;
        private const ulong Base = 0x40023C00;
        private const ulong Options = 0x1FFFC000;
        private const int ACR = 0x00;
        private const int KEYR = 0x04;
        private const int OPTKEYR = 0x08;
        private const int SR = 0x0C;
        private const int CR = 0x10;
        private const int OPTCR = 0x14;
        private const uint EOP = 1;
        private const uint OPERR = 2;
        private const uint WRPERR = 1 << 4;
        private const uint PGSERR = 1 << 7;
        private const uint BSY = 1 << 16;
        private const uint SER = 2;
        private const uint MER = 4;
        private const uint STRT = 1 << 16;
        private const uint EOPIE = 1 << 24;
        private const uint ERRIE = 1 << 25;
        private const uint LOCK = 1u << 31;
        private const uint OPTSTRT = 2;
    }
}
