// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_DMATests : ChipTest
    {
        [SetUp]
        public void OpenClocks()
        {
            CompleteChip();
            device = new Device();
            Register(device, "device", DeviceBase, 0x400);
            SetBits(Ahb1Enable, (1 << 21) | (1 << 22));
            Sram.WriteBytes(0, Enumerable.Range(1, 64).Select(x => (byte)x).ToArray(), 0, 64);
            Sram.WriteBytes((long)(Target - SramBase), new byte[0x10000], 0, 0x10000);
            dma = Dma2Base;
            controller = Dma2;
        }

        [Test]
        public void ShouldNeedSuppliesAndANumber()
        {
            Assert.That(() => new STM32F4_DMA(Machine, null, 1), Throws.InstanceOf<ConstructionException>());
            Assert.That(() => new STM32F4_DMA(Machine, Supplies, 3), Throws.InstanceOf<ConstructionException>());
        }

        [Test]
        public void ShouldMoveByRequest([Values(0, 3, 7)] int stream, [Values] bool toPeripheral)
        {
            Setup(stream, DeviceBase, Source, 3);
            Write(Register(stream, CR), Words | MINC | (toPeripheral ? ToPeripheral : 0) | EN);
            RunFor(0.001);
            Assert.That(device.Log, Is.Empty);
            for(var i = 1; i <= 3; i++)
            {
                Request(stream, 0);
                Assert.That(device.Log, Has.Count.EqualTo(i));
                Assert.That(Read(Register(stream, NDTR)), Is.EqualTo(3 - i));
            }
            Assert.That(device.Log, Is.EqualTo(toPeripheral ? new uint[] { 0x04030201, 0x08070605, 0x0C0B0A09 } : new uint[] { 100, 101, 102 }));
            Assert.That(Read(Source + 8), Is.EqualTo(toPeripheral ? 0x0C0B0A09 : 102));
            Assert.That(Read(Register(stream, CR)) & EN, Is.Zero);
            Request(stream, 0);
            Assert.That(device.Log, Has.Count.EqualTo(3));
        }

        [Test]
        public void ShouldServeALevelAsLongAsItIsHigh()
        {
            Setup(1, DeviceBase, Source, 1000);
            Write(Register(1, CR), Words | MINC | EN);
            controller.OnGPIO(8, true);
            RunFor(0.4e-6);
            Assert.That(device.Log, Is.Empty, "it takes 8 cycles");
            RunFor(0.2e-6);
            Assert.That(device.Log, Has.Count.EqualTo(16));
            RunFor(8e-6);
            Assert.That(device.Log, Has.Count.EqualTo(32), "the first ones take their time");
            controller.OnGPIO(8, false);
            RunFor(20e-6);
            Assert.That(device.Log, Has.Count.EqualTo(32));
        }

        [Test]
        public void ShouldServeALevelThatWasThereBefore()
        {
            controller.OnGPIO(8, true);
            Setup(1, DeviceBase, Source, 2);
            Write(Register(1, CR), Words | EN);
            RunFor(1e-6);
            Assert.That(device.Log, Has.Count.EqualTo(2));
        }

        [Test]
        public void ShouldKeepARiseUntilItIsServedOrTheLineFalls([Values(64, 128, 192)] int source, [Values] bool falls)
        {
            controller.OnGPIO(source + 8, true);
            if(falls)
            {
                controller.OnGPIO(source + 8, false);
            }
            Setup(1, DeviceBase, Source, 5);
            Write(Register(1, CR), Words | EN);
            RunFor(10e-6);
            Assert.That(device.Log, Has.Count.EqualTo(falls ? 0 : 1));
            controller.OnGPIO(source + 8, false);
            controller.OnGPIO(source + 8, true);
            RunFor(10e-6);
            Assert.That(device.Log, Has.Count.EqualTo(falls ? 1 : 2));
        }

        [Test]
        public void ShouldHearItsChannelAlone()
        {
            Setup(2, DeviceBase, Source, 9);
            Write(Register(2, CR), Words | (5u << 25) | EN);
            for(var channel = 0; channel < 8; channel++)
            {
                Request(2, channel);
                Assert.That(device.Log, Has.Count.EqualTo(channel < 5 ? 0 : 1));
            }
            Request(3, 5);
            Assert.That(device.Log, Has.Count.EqualTo(1));
            Assert.That(() => controller.OnGPIO(264, true), Throws.Nothing);
            Assert.That(() => controller.OnGPIO(-1, true), Throws.Nothing);
        }

        [Test]
        public void ShouldCopyMemory([Values(0, 3, 7)] int stream, [Values(0u, 1u, 2u)] uint size)
        {
            Setup(stream, Source, Target, 18);
            Write(Register(stream, CR), size << 13 | size << 11 | MINC | PINC | MemoryToMemory | TCIE | EN);
            Assert.That(Read(Register(stream, FCR)) & 4, Is.EqualTo(4), "direct mode isn't for memories");
            RunFor(4.4e-6);
            Assert.That(Read(Register(stream, CR)) & EN, Is.EqualTo(EN));
            Assert.That(Read(Target), Is.Zero);
            RunFor(0.2e-6);
            Assert.That(Sram.ReadBytes((long)(Target - SramBase), 18 << (int)size), Is.EqualTo(Sram.ReadBytes(0, 18 << (int)size)));
            Assert.That(Sram.ReadByte((long)(Target - SramBase) + (18 << (int)size)), Is.Zero);
            Assert.That(Read(Register(stream, CR)) & EN, Is.Zero);
            Assert.That(Flags(stream), Is.EqualTo(HTIF | TCIF));
            Assert.That(controller.Connections[stream].IsSet, Is.True);
        }

        [Test]
        public void ShouldCopyAllThatNdtrCanSay()
        {
            Setup(0, Source, Target, 65535);
            Write(Register(0, CR), MINC | PINC | MemoryToMemory | EN);
            RunFor(0.008);
            Assert.That(Read(Register(0, NDTR)), Is.InRange(32000, 34000), "a part of the time, a part of the work");
            Assert.That(Flags(0), Is.Zero);
            RunFor(0.0005);
            Assert.That(Flags(0), Is.EqualTo(HTIF));
            RunFor(0.0084);
            Assert.That(Flags(0), Is.EqualTo(HTIF | TCIF));
            Assert.That(Sram.ReadBytes((long)(Target - SramBase), 64), Is.EqualTo(Enumerable.Range(1, 64)));
        }

        // Each copied item is the source of one that comes later.
        [Test]
        public void ShouldCopyOverItsOwnSourceItemByItem()
        {
            Setup(0, Source, Source + 16, 48);
            Write(Register(0, FCR), 0);
            Write(Register(0, CR), MINC | PINC | MemoryToMemory | EN);
            RunFor(0.001);
            Assert.That(Sram.ReadBytes(0, 64), Is.EqualTo(Enumerable.Range(0, 64).Select(x => 1 + (x % 16))));
        }

        [Test]
        public void ShouldFillMemory([Values(4u, 40u)] uint count)
        {
            Setup(0, Source + 4, Target, count);
            Write(Register(0, CR), Words | MINC | MemoryToMemory | EN);
            RunFor(0.001);
            Assert.That(Enumerable.Range(0, (int)count + 1).Select(x => Read(Target + (ulong)(4 * x))), Is.EqualTo(Enumerable.Repeat(0x08070605u, (int)count).Append(0u)));
        }

        [Test]
        public void ShouldCopyFromFlash()
        {
            Flash.WriteDoubleWord(0x100, 0xCAFE);
            Setup(0, FlashBase + 0x100, Target, 1);
            Write(Register(0, CR), Words | MINC | PINC | MemoryToMemory | EN);
            RunFor(0.001);
            Assert.That(Read(Target), Is.EqualTo(0xCAFE));
        }

        [Test]
        public void ShouldLetRequestsInWhileItCopies()
        {
            Setup(0, Source, Target, 60000);
            Write(Register(0, CR), MINC | PINC | MemoryToMemory | EN);
            Setup(1, DeviceBase, Source, 5);
            Write(Register(1, CR), Words | EN);
            RunFor(10e-6);
            controller.OnGPIO(64 + 8, true);
            RunFor(1e-6);
            Assert.That(device.Log, Has.Count.EqualTo(1));
            Assert.That(Read(Register(0, NDTR)), Is.InRange(59955, 59960));
        }

        // The peripheral's side counts; the bytes stay in their order (10.3.10).
        [Test]
        public void ShouldPackAndUnpack([Values(0u, 1u, 2u)] uint peripheral, [Values(0u, 1u, 2u)] uint memory, [Values] bool toPeripheral)
        {
            device.Next = 0x44332211;
            device.Step = 0;
            Setup(1, DeviceBase, Source, 8);
            Write(Register(1, FCR), DMDIS);
            Write(Register(1, CR), peripheral << 11 | memory << 13 | MINC | (toPeripheral ? ToPeripheral : 0) | EN);
            controller.OnGPIO(8, true);
            RunFor(0.001);
            var width = 1 << (int)peripheral;
            Assert.That(device.Widths, Is.EqualTo(Enumerable.Repeat(width, 8)));
            if(toPeripheral)
            {
                Assert.That(device.Log, Is.EqualTo(Enumerable.Range(0, 8).Select(x => Enumerable.Range(0, width).Aggregate(0u, (sum, y) => sum | (uint)(1 + (x * width) + y) << (8 * y)))));
            }
            else
            {
                var item = new byte[] { 0x11, 0x22, 0x33, 0x44 }.Take(width);
                Assert.That(Sram.ReadBytes(0, 8 * width), Is.EqualTo(Enumerable.Repeat(item, 8).SelectMany(x => x)));
                Assert.That(Sram.ReadByte(8 * width), Is.EqualTo(8 * width + 1));
            }
            Assert.That(Flags(1), Is.EqualTo(HTIF | TCIF));
        }

        [Test]
        public void ShouldFillUpTheLastItemWithZeroes()
        {
            device.Next = 0xAA;
            Setup(1, DeviceBase, Source, 5);
            Write(Register(1, FCR), DMDIS);
            Write(Register(1, CR), 2 << 13 | MINC | EN);
            controller.OnGPIO(8, true);
            RunFor(0.001);
            Assert.That(Read(Source + 4), Is.EqualTo(0xAE));
            Assert.That(Read(Source + 8), Is.EqualTo(0x0C0B0A09));
        }

        [TestCase(0u, 4)]
        [TestCase(1u, 8)]
        [TestCase(2u, 12)]
        [TestCase(3u, 16)]
        public void ShouldFillTheFifoToItsThreshold(uint threshold, int bytes)
        {
            Setup(1, DeviceBase, Target, 40);
            Write(Register(1, FCR), DMDIS | threshold);
            Write(Register(1, CR), MINC | EN);
            var levels = new List<uint>();
            for(var i = 0; i < bytes; i++)
            {
                Assert.That(Read(Target), Is.Zero);
                levels.Add(Read(Register(1, FCR)) >> 3 & 7);
                Request(1, 0);
            }
            Assert.That(levels, Is.EqualTo(Enumerable.Range(0, bytes).Select(x => x == 0 ? 4u : (uint)x / 4)));
            Assert.That(Read(Target), Is.EqualTo(0x67666564));
            Assert.That(Read(Register(1, FCR)) >> 3 & 7, Is.EqualTo(4));
        }

        [Test]
        public void ShouldLoadTheFifoAheadOfTheFirstRequest()
        {
            Setup(1, DeviceBase, Source, 40);
            Write(Register(1, FCR), DMDIS);
            Write(Register(1, CR), MINC | ToPeripheral | EN);
            Assert.That(Read(Register(1, FCR)) >> 3 & 7, Is.EqualTo(5));
            Sram.WriteByte(15, 0x77);
            Sram.WriteByte(16, 0x78);
            controller.OnGPIO(8, true);
            RunFor(0.001);
            Assert.That(device.Log.Skip(14).Take(3), Is.EqualTo(new[] { 15, 16, 0x78 }));
        }

        [Test]
        public void ShouldLoadOneItemAheadInDirectMode()
        {
            Setup(1, DeviceBase, Source, 40);
            Write(Register(1, CR), MINC | ToPeripheral | EN);
            Sram.WriteByte(0, 0x77);
            Sram.WriteByte(1, 0x78);
            Request(1, 0);
            Request(1, 0);
            Assert.That(device.Log, Is.EqualTo(new[] { 1, 0x78 }));
        }

        [Test]
        public void ShouldMoveInBursts()
        {
            Setup(1, DeviceBase, Target, 10);
            Write(Register(1, FCR), DMDIS | 1);
            Write(Register(1, CR), MINC | (1 << 21) | (2 << 23) | EN);
            Request(1, 0);
            Assert.That(device.Log, Has.Count.EqualTo(4), "four at a request");
            Assert.That(Read(Target), Is.Zero);
            Request(1, 0);
            Assert.That(Read(Target + 4), Is.EqualTo(0x6B6A6968), "eight to memory at once");
            Request(1, 0);
            Assert.That(device.Log, Has.Count.EqualTo(10));
            Assert.That(Flags(1), Is.EqualTo(HTIF | TCIF));
            Assert.That(Read(Target + 8), Is.EqualTo(0x6D6C));
        }

        // RM0090 table 48; PBURST of PSIZE.
        [TestCase(0u, 1u, 0u, true)]
        [TestCase(0u, 2u, 0u, false)]
        [TestCase(0u, 2u, 1u, true)]
        [TestCase(0u, 2u, 2u, false)]
        [TestCase(0u, 3u, 3u, true)]
        [TestCase(1u, 1u, 0u, false)]
        [TestCase(1u, 1u, 1u, true)]
        [TestCase(1u, 3u, 3u, false)]
        [TestCase(2u, 1u, 2u, false)]
        [TestCase(2u, 1u, 3u, true)]
        [TestCase(2u, 2u, 3u, false)]
        public void ShouldTellOfBurstsThatDontFit(uint size, uint burst, uint threshold, bool fits)
        {
            Setup(1, DeviceBase, Source, 16);
            Write(Register(1, FCR), DMDIS | threshold | (1 << 7));
            Write(Register(1, CR), size << 13 | burst << 23 | EN);
            Assert.That(Read(Register(1, CR)) & EN, Is.EqualTo(fits ? EN : 0));
            Assert.That(Flags(1), Is.EqualTo(fits ? 0 : 1));
            Assert.That(controller.Connections[1].IsSet, Is.EqualTo(!fits));
            Setup(2, DeviceBase, Source, 16);
            Write(Register(2, FCR), DMDIS);
            Write(Register(2, CR), size << 11 | burst << 21 | EN);
            Assert.That(Read(Register(2, CR)) & EN, Is.EqualTo((2 << (int)burst) << (int)size <= 16 ? EN : 0));
        }

        [Test]
        public void ShouldHaveNoBurstsInDirectMode()
        {
            Setup(1, DeviceBase, Source, 16);
            Write(Register(1, CR), 2 << 13 | 1 << 11 | PINC | PINCOS | (1 << 21) | (1 << 23) | EN);
            Assert.That(Read(Register(1, CR)), Is.EqualTo(1 << 13 | 1 << 11 | PINC | EN));
        }

        [TestCase(PINC, new long[] { 0, 1, 2, 3 })]
        [TestCase(PINC | PINCOS, new long[] { 0, 4, 8, 12 })]
        [TestCase(PINCOS, new long[] { 0, 0, 0, 0 })]
        public void ShouldStepThroughThePeripheral(uint control, long[] offsets)
        {
            Setup(1, DeviceBase, Source, 4);
            Write(Register(1, FCR), DMDIS);
            Write(Register(1, CR), control | EN);
            controller.OnGPIO(8, true);
            RunFor(0.001);
            Assert.That(device.Offsets, Is.EqualTo(offsets));
        }

        [Test]
        public void ShouldStepThroughMemory([Values] bool increment)
        {
            Setup(1, DeviceBase, Source, 4);
            Write(Register(1, CR), ToPeripheral | (increment ? MINC : 0) | EN);
            controller.OnGPIO(8, true);
            RunFor(0.001);
            Assert.That(device.Log, Is.EqualTo(increment ? new[] { 1, 2, 3, 4 } : new[] { 1, 1, 1, 1 }));
        }

        [TestCase(6u, 3)]
        [TestCase(5u, 3)]
        [TestCase(1u, 1)]
        public void ShouldTellOfHalfAndAll(uint count, int half)
        {
            Setup(4, DeviceBase, Source, count);
            Write(Register(4, CR), Words | EN);
            for(var i = 1; i <= count; i++)
            {
                Request(4, 0);
                Assert.That(Flags(4), Is.EqualTo((i >= half ? HTIF : 0) | (i == count ? TCIF : 0)));
            }
        }

        [Test]
        public void ShouldGoRound([Values] bool toPeripheral)
        {
            Setup(1, DeviceBase, Source, 2);
            Write(Register(1, CR), Words | MINC | CIRC | (toPeripheral ? ToPeripheral : 0) | EN);
            for(var i = 0; i < 5; i++)
            {
                Request(1, 0);
            }
            Assert.That(Read(Register(1, NDTR)), Is.EqualTo(1));
            Assert.That(Flags(1), Is.EqualTo(HTIF | TCIF));
            if(toPeripheral)
            {
                Assert.That(device.Log, Is.EqualTo(new uint[] { 0x04030201, 0x08070605, 0x04030201, 0x08070605, 0x04030201 }));
            }
            else
            {
                Assert.That(new[] { Read(Source), Read(Source + 4) }, Is.EqualTo(new[] { 104, 103 }));
            }
            ClearBits(Register(1, CR), CIRC);
            Request(1, 0);
            Assert.That(Read(Register(1, CR)) & EN, Is.Zero, "CIRC may be cleared while it goes round");
        }

        [Test]
        public void ShouldUseTwoBuffers()
        {
            Setup(1, DeviceBase, Target, 2);
            Write(Register(1, M1AR), (uint)Target + 0x100);
            Write(Register(1, CR), Words | MINC | DBM | CT | EN);
            Assert.That(Read(Register(1, CR)) & CIRC, Is.EqualTo(CIRC));
            Request(1, 0);
            Request(1, 0);
            Assert.That(Read(Register(1, CR)) & CT, Is.Zero);
            Assert.That(Flags(1), Is.EqualTo(HTIF | TCIF));
            Request(1, 0);
            Write(Register(1, M1AR), (uint)Target + 0x200);
            Request(1, 0);
            Request(1, 0);
            Assert.That(new[] { 0x100ul, 0x104ul, 0ul, 4ul, 0x200ul }.Select(x => Read(Target + x)), Is.EqualTo(new[] { 100, 101, 102, 103, 104 }));
            Write(Register(1, M1AR), (uint)Target);
            Assert.That(Flags(1), Is.EqualTo(HTIF | TCIF | TEIF), "the current buffer is taken for good");
            Assert.That(Read(Register(1, CR)) & EN, Is.Zero);
            Assert.That(Read(Register(1, M1AR)), Is.EqualTo((uint)Target + 0x200));
        }

        [Test]
        public void ShouldLetThePeripheralControlTheFlow()
        {
            Setup(1, DeviceBase, Target, 3);
            Write(Register(1, FCR), DMDIS | 3);
            Write(Register(1, CR), Words | MINC | PFCTRL | CIRC | EN);
            Assert.That(Read(Register(1, CR)) & CIRC, Is.Zero);
            for(var i = 0; i < 5; i++)
            {
                Request(1, 0);
            }
            Assert.That(Read(Register(1, NDTR)), Is.EqualTo(0xFFFF - 5));
            Assert.That(Read(Target + 16), Is.Zero);
            controller.OnGPIO(256 + 1, true);
            controller.OnGPIO(256 + 1, false);
            Assert.That(Read(Target + 16), Is.EqualTo(104), "what is in the FIFO is not lost");
            Assert.That(Flags(1), Is.EqualTo(TCIF));
            Assert.That(Read(Register(1, CR)) & EN, Is.Zero);
        }

        [Test]
        public void ShouldBeginWithWhatNdtrWas()
        {
            Setup(1, DeviceBase, Source, 1);
            Write(Register(1, CR), Words | EN);
            Request(1, 0);
            Write(dma + LIFCR, uint.MaxValue);
            SetBits(Register(1, CR), EN);
            Assert.That(Read(Register(1, NDTR)), Is.EqualTo(1));
            Request(1, 0);
            Assert.That(device.Log, Has.Count.EqualTo(2));
        }

        [Test]
        public void ShouldNotStartWhileFlagsAreSet()
        {
            Setup(1, DeviceBase, Source, 1);
            Write(Register(1, CR), Words | EN);
            Request(1, 0);
            SetBits(Register(1, CR), EN);
            Assert.That(Read(Register(1, CR)) & EN, Is.Zero);
            Assert.That(controller.GuestMistakes, Does.Contain("DMA2_S1CR.EN"));
        }

        [TestCase(3u << 6)]
        [TestCase(3u << 11)]
        [TestCase(MemoryToMemory | CIRC)]
        [TestCase(MemoryToMemory | DBM)]
        [TestCase(MemoryToMemory | PFCTRL)]
        [TestCase(MemoryToMemory | 3u << 13)]
        public void ShouldRefuseAWrongSetup(uint control)
        {
            Setup(0, Source, Target, 4);
            Write(Register(0, FCR), DMDIS);
            Write(Register(0, CR), control | MINC | PINC | EN);
            RunFor(0.001);
            Assert.That(Read(Register(0, CR)) & EN, Is.Zero);
            Assert.That(Read(Target), Is.Zero);
            Assert.That(controller.GuestMistakeCount, Is.EqualTo(1));
        }

        [Test]
        public void ShouldMoveNothingOfNothing()
        {
            Setup(0, Source, Target, 0);
            Write(Register(0, CR), MINC | PINC | MemoryToMemory | EN);
            RunFor(0.001);
            Assert.That(Flags(0), Is.Zero);
            Assert.That(controller.GuestMistakes, Does.Contain("DMA2_S0NDTR"));
        }

        [Test]
        public void ShouldEndInTheMiddleWhenDisabled()
        {
            Setup(1, DeviceBase, Target, 10);
            Write(Register(1, FCR), DMDIS | 3);
            Write(Register(1, CR), Words | MINC | EN);
            Request(1, 0);
            Assert.That(Read(Target), Is.Zero);
            ClearBits(Register(1, CR), EN);
            Assert.That(Read(Target), Is.EqualTo(100), "the FIFO is emptied");
            Assert.That(Flags(1), Is.EqualTo(TCIF));
            Assert.That(Read(Register(1, NDTR)), Is.EqualTo(9));
            Request(1, 0);
            Assert.That(device.Log, Has.Count.EqualTo(1));
        }

        [Test]
        public void ShouldProtectItsRegistersWhileEnabled()
        {
            Setup(1, DeviceBase, Source, 10);
            Write(Register(1, CR), Words | EN);
            foreach(var (register, value) in new (ulong, uint)[] { (CR, 0x0FEFFEE0 | EN), (NDTR, 3), (PAR, 3), (M0AR, 3), (FCR, 7) })
            {
                var before = Read(Register(1, register));
                Write(Register(1, register), value);
                Assert.That(Read(Register(1, register)), Is.EqualTo(before));
            }
            Assert.That(controller.GuestMistakeCount, Is.EqualTo(5));
            Write(Register(1, CR), Words | TCIE | HTIE | EN);
            Write(Register(1, FCR), 0xA1);
            Write(Register(1, M1AR), 0x20000000);
            Assert.That(controller.GuestMistakeCount, Is.EqualTo(5));
            Assert.That(Read(Register(1, M1AR)), Is.EqualTo(0x20000000));
        }

        [TestCase(1, DeviceBase, 0x20000000ul, "nothing answers at 0x40011800")]
        [TestCase(2, 0x40012800ul, 0x20000000ul, "nothing answers at 0x40012800")]
        [TestCase(2, DeviceBase, 0x2001F000ul, "nothing answers at 0x2001F000")]
        [TestCase(2, DeviceBase, 0x10000000ul, "CCM RAM (0x10000000)")]
        [TestCase(2, DeviceBase, 0x40024000ul, "backup SRAM (0x40024000)")]
        [TestCase(2, DeviceBase, 0x22000000ul, "0x22000000")]
        [TestCase(2, DeviceBase, 0ul, "0x00000000")]
        [TestCase(1, 0x40020000ul, 0x20000000ul, "its peripheral port doesn't reach 0x40020000")]
        [TestCase(1, 0x20000000ul, 0x20001000ul, "its peripheral port doesn't reach 0x20000000")]
        [TestCase(1, 0x40005400ul, DeviceBase, "its memory port doesn't reach 0x40011800")]
        public void ShouldEndWithAnErrorWhereNothingAnswers(int number, ulong peripheral, ulong memory, string reason)
        {
            EnableBackupSram();
            dma = number == 1 ? Dma1Base : Dma2Base;
            controller = number == 1 ? Dma1 : Dma2;
            if(number == 1 && peripheral == DeviceBase)
            {
                reason = "its peripheral port doesn't reach 0x40011800";
            }
            Setup(5, peripheral, memory, 4);
            Write(Register(5, CR), TEIE | EN);
            Request(5, 0);
            Assert.That(Flags(5), Is.EqualTo(TEIF));
            Assert.That(Read(Register(5, CR)) & EN, Is.Zero);
            Assert.That(controller.Connections[5].IsSet, Is.True);
            Assert.That(controller.GuestMistakes, Does.Contain(reason));
        }

        [Test]
        public void ShouldCopyMemoryInTheSecondControllerAlone()
        {
            dma = Dma1Base;
            controller = Dma1;
            Setup(0, Source, Target, 4);
            Write(Register(0, CR), MINC | PINC | MemoryToMemory | EN);
            RunFor(0.001);
            Assert.That(Flags(0), Is.EqualTo(TEIF));
            Assert.That(Read(Target), Is.Zero);
        }

        [Test]
        public void ShouldReachBothPeripheralBussesAsItMay()
        {
            SetBits(Apb1Enable, 1 << 21);
            Write(I2cBase + 8, 0x55);
            dma = Dma1Base;
            controller = Dma1;
            Setup(0, I2cBase + 8, Target, 1);
            Write(Register(0, CR), 1 << 13 | 1 << 11 | EN);
            Request(0, 0);
            Assert.That(Read(Target), Is.EqualTo(0x55));
        }

        [TestCase(TCIE, 2)]
        [TestCase(HTIE, 1)]
        public void ShouldInterrupt(uint enable, int requests)
        {
            Setup(6, DeviceBase, Source, 2);
            Write(Register(6, CR), Words | enable | EN);
            for(var i = 1; i <= 2; i++)
            {
                Request(6, 0);
                Assert.That(controller.Connections[6].IsSet, Is.EqualTo(i >= requests));
            }
            ClearBits(Register(6, CR), enable);
            Assert.That(controller.Connections[6].IsSet, Is.False);
            SetBits(Register(6, CR), enable);
            Write(dma + HIFCR, 0x3Du << 16);
            Assert.That(controller.Connections[6].IsSet, Is.False);
        }

        [Test]
        public void ShouldClearFlags([Range(0, 7)] int stream)
        {
            Setup(stream, Source, Target, 2);
            Write(Register(stream, CR), MINC | PINC | MemoryToMemory | EN);
            RunFor(1e-5);
            Assert.That(Read(dma + (4ul * (ulong)(stream / 4))), Is.EqualTo(0x30u << FlagPositions[stream % 4]));
            Write(dma + LIFCR + (4ul * (ulong)(stream / 4)), 0x10u << FlagPositions[stream % 4]);
            Assert.That(Flags(stream), Is.EqualTo(TCIF));
            Write(dma + LIFCR + (4ul * (ulong)(stream / 4)), ~(0x20u << FlagPositions[stream % 4]));
            Assert.That(Flags(stream), Is.EqualTo(TCIF));
            Write(dma + LIFCR + (4ul * (ulong)(stream / 4)), 0x20u << FlagPositions[stream % 4]);
            Assert.That(Flags(stream), Is.Zero);
        }

        [Test]
        public void ShouldServeByPriority()
        {
            foreach(var (stream, priority) in new[] { (1, 0u), (2, 3u), (3, 3u) })
            {
                Setup(stream, DeviceBase + (ulong)(4 * stream), Target, 2);
                Write(Register(stream, CR), Words | priority << 16 | EN);
            }
            foreach(var stream in new[] { 3, 1, 2 })
            {
                controller.OnGPIO(8 * stream, true);
            }
            RunFor(0.001);
            Assert.That(device.Offsets, Is.EqualTo(new[] { 8, 12, 4, 8, 12, 4 }));
        }

        [Test]
        public void ShouldMoveNothingWithoutClock()
        {
            Setup(1, DeviceBase, Source, 2);
            Write(Register(1, CR), Words | EN);
            Setup(2, Source, Target, 2);
            Write(Register(2, CR), MINC | PINC | MemoryToMemory | EN);
            ClearBits(Ahb1Enable, 1 << 22);
            controller.OnGPIO(8, true);
            RunFor(0.001);
            Assert.That(device.Log, Is.Empty);
            Assert.That(Read(Register(1, CR)), Is.Zero);
            Write(Register(1, CR), 0);
            Assert.That(controller.GuestMistakes, Does.Contain("DMA2_S1CR: read as 0").And.Contain("DMA2_S1CR: write ignored"));
            SetBits(Ahb1Enable, 1 << 22);
            RunFor(0.001);
            Assert.That(device.Log, Has.Count.EqualTo(2));
            Assert.That(Flags(2), Is.EqualTo(HTIF | TCIF));
        }

        [Test]
        public void ShouldBeFasterWithAFasterClock()
        {
            controller.Frequency = 160000000;
            Setup(0, Source, Target, 1000);
            Write(Register(0, CR), Words | MINC | PINC | MemoryToMemory | EN);
            RunFor(24.9e-6);
            Assert.That(Flags(0), Is.Zero);
            RunFor(0.2e-6);
            Assert.That(Flags(0), Is.EqualTo(HTIF | TCIF));
        }

        [Test]
        public void ShouldForgetAllOnReset([Values] bool ofItself)
        {
            Setup(0, Source, Target, 4);
            Write(Register(0, CR), MINC | PINC | MemoryToMemory | TCIE | EN);
            RunFor(1e-5);
            Setup(1, DeviceBase, Source, 4);
            Write(Register(1, CR), Words | EN);
            controller.OnGPIO(64 + 8, true);
            if(ofItself)
            {
                SetBits(RccBase + 0x10, 1 << 22);
                ClearBits(RccBase + 0x10, 1 << 22);
            }
            else
            {
                Supplies.PressReset();
                SetBits(Ahb1Enable, 1 << 22);
            }
            Assert.That(controller.Connections[0].IsSet, Is.False);
            for(var offset = 0ul; offset < 0xD0; offset += 4)
            {
                Assert.That(Read(dma + offset), Is.EqualTo(offset >= 0x10 && (offset - 0x10) % 0x18 == 0x14 ? 0x21 : 0), $"0x{offset:X}");
            }
            RunFor(0.001);
            Assert.That(device.Log, Is.Empty);
        }

        private void Setup(int stream, ulong peripheral, ulong memory, uint count)
        {
            Write(Register(stream, PAR), (uint)peripheral);
            Write(Register(stream, M0AR), (uint)memory);
            Write(Register(stream, NDTR), count);
        }

        // As a peripheral does that wants one item.
        private void Request(int stream, int channel)
        {
            var input = 64 + (8 * stream) + channel;
            controller.OnGPIO(input, true);
            RunFor(2e-5);
            controller.OnGPIO(input, false);
        }

        private uint Flags(int stream) => Read(dma + (4ul * (ulong)(stream / 4))) >> FlagPositions[stream % 4] & 0x3D;

        private ulong Register(int stream, ulong register) => dma + register + ((ulong)stream * 0x18);

        private Device device;
        private ulong dma;
        private STM32F4_DMA controller;

        private const ulong DeviceBase = 0x40011800;
        private const ulong Source = SramBase;
        private const ulong Target = SramBase + 0xC000;
        private const ulong LIFCR = 0x08;
        private const ulong HIFCR = 0x0C;
        private const ulong CR = 0x10;
        private const ulong NDTR = 0x14;
        private const ulong PAR = 0x18;
        private const ulong M0AR = 0x1C;
        private const ulong M1AR = 0x20;
        private const ulong FCR = 0x24;
        private const uint EN = 1;
        private const uint TEIE = 1 << 2;
        private const uint HTIE = 1 << 3;
        private const uint TCIE = 1 << 4;
        private const uint PFCTRL = 1 << 5;
        private const uint ToPeripheral = 1 << 6;
        private const uint MemoryToMemory = 2 << 6;
        private const uint CIRC = 1 << 8;
        private const uint PINC = 1 << 9;
        private const uint MINC = 1 << 10;
        private const uint Words = (2 << 11) | (2 << 13);
        private const uint PINCOS = 1 << 15;
        private const uint DBM = 1 << 18;
        private const uint CT = 1 << 19;
        private const uint DMDIS = 1 << 2;
        private const uint TEIF = 1 << 3;
        private const uint HTIF = 1 << 4;
        private const uint TCIF = 1 << 5;

        private static readonly int[] FlagPositions = { 0, 6, 16, 22 };

        /// <summary>Gives numbers from 100 on, and notes what is read and written.</summary>
        private class Device : IDoubleWordPeripheral, IWordPeripheral, IBytePeripheral
        {
            public byte ReadByte(long offset) => (byte)Note(offset, 1, Next);

            public void WriteByte(long offset, byte value) => Note(offset, 1, value);

            public ushort ReadWord(long offset) => (ushort)Note(offset, 2, Next);

            public void WriteWord(long offset, ushort value) => Note(offset, 2, value);

            public uint ReadDoubleWord(long offset) => Note(offset, 4, Next);

            public void WriteDoubleWord(long offset, uint value) => Note(offset, 4, value);

            public void Reset()
            {
            }

            public uint Next { get; set; } = 100;

            public uint Step { get; set; } = 1;

            public List<uint> Log { get; } = new List<uint>();

            public List<int> Widths { get; } = new List<int>();

            public List<long> Offsets { get; } = new List<long>();

            private uint Note(long offset, int width, uint value)
            {
                Next += Step;
                Log.Add(value);
                Widths.Add(width);
                Offsets.Add(offset);
                return value;
            }
        }
    }
}
