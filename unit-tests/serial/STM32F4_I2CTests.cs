// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.I2C;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;
// Release 1.16.1 has one of its own.
using STM32F4_I2C = Antmicro.Renode.Peripherals.Chip.STM32F4_I2C;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_I2CTests : ChipTest
    {
        [SetUp]
        public void CreateI2c()
        {
            i2c = Attach(new STM32F4_I2C(Machine, Supplies), "i2c1", I2cBase, Alias.I2C1);
            AddGpio();
            SelectI2cPins();
            SetBits(Apb1Enable, I2cEnable);
            device = Attach(0x50, 0xA0);
            Write(Cr2, 16);
            Write(Ccr, 80);
            Write(Cr1, Pe);
        }

        [Test]
        public void ShouldSendInOnePiece()
        {
            Start(0x50 << 1);
            Assert.That(Read(Sr1), Is.EqualTo(Addr));
            Assert.That(Read(Sr2), Is.EqualTo(Msl | Busy | Tra));
            Assert.That(Read(Sr1), Is.EqualTo(Txe), "nothing is in the shift register yet");
            Write(Dr, 0x12);
            Assert.That(Read(Sr1), Is.EqualTo(Txe | Btf));
            Write(Dr, 0x34);
            Assert.That(device.Written, Is.Empty);
            SetBits(Cr1, Stop);
            Assert.That(device.Log, Is.EqualTo("W 12 34; F"));
            Assert.That(Read(Cr1), Is.EqualTo(Pe));
            Assert.That(Read(Sr1), Is.Zero);
            Assert.That(Read(Sr2), Is.Zero);
        }

        [Test]
        public void ShouldProbeWithoutData()
        {
            Start(0x50 << 1);
            Read(Sr1);
            SetBits(Cr1, Stop);
            Assert.That(Read(Cr1) & Stop, Is.EqualTo(Stop), "the clock is held until ADDR is cleared");
            Assert.That(Read(Sr2) & Busy, Is.EqualTo(Busy));
            Assert.That(Read(Cr1) & Stop, Is.Zero);
            Assert.That(Read(Sr2), Is.Zero);
            Assert.That(device.Log, Is.EqualTo("F"));
        }

        // As ST's library reads.
        [Test]
        public void ShouldReceiveAsTheLibraryReads([Range(1, 8)] int count)
        {
            SetBits(Cr1, Ack);
            Start((0x50 << 1) | 1);
            Assert.That(Read(Sr1), Is.EqualTo(Addr));
            if(count <= 2)
            {
                ClearBits(Cr1, Ack);
                SetBits(Cr1, count == 2 ? Pos : 0);
            }
            Assert.That(Read(Sr2), Is.EqualTo(Msl | Busy));
            if(count == 1)
            {
                SetBits(Cr1, Stop);
            }
            var bytes = new List<byte>();
            while(bytes.Count < count)
            {
                switch(count - bytes.Count)
                {
                case 1:
                    Await(Rxne);
                    bytes.Add((byte)Read(Dr));
                    break;
                case 2:
                    Await(Btf);
                    SetBits(Cr1, Stop);
                    bytes.Add((byte)Read(Dr));
                    bytes.Add((byte)Read(Dr));
                    break;
                case 3:
                    Await(Btf);
                    ClearBits(Cr1, Ack);
                    bytes.Add((byte)Read(Dr));
                    break;
                default:
                    Await(Rxne);
                    bytes.Add((byte)Read(Dr));
                    break;
                }
            }
            ShouldHaveReceived(bytes, count);
        }

        // As MicroPython's machine.I2C reads.
        [Test]
        public void ShouldReceiveAsMicroPythonReads([Range(1, 8)] int count)
        {
            Start((0x50 << 1) | 1);
            Await(Af | Addr);
            Assert.That(Read(Sr1) & Af, Is.Zero);
            SetBits(Cr1, count == 2 ? Pos : count > 2 ? Ack : 0);
            Read(Sr2);
            var bytes = new List<byte>();
            if(count == 1)
            {
                SetBits(Cr1, Stop);
                Await(Rxne);
                bytes.Add((byte)Read(Dr));
            }
            for(var left = count; left > 1; left--)
            {
                Await(Btf);
                if(left == 2)
                {
                    SetBits(Cr1, Stop);
                    bytes.Add((byte)Read(Dr));
                }
                else if(left == 3)
                {
                    ClearBits(Cr1, Ack);
                }
                bytes.Add((byte)Read(Dr));
            }
            Assert.That(Read(Cr1) & Stop, Is.Zero);
            ShouldHaveReceived(bytes, count);
        }

        // Method 1 of the manual (27.3.3): ACK is cleared and STOP set just after the last byte but one was read.
        [Test]
        public void ShouldReceiveByteByByte([Range(2, 6)] int count)
        {
            SetBits(Cr1, Ack);
            Start((0x50 << 1) | 1);
            ClearAddr();
            var bytes = new List<byte>();
            while(bytes.Count < count)
            {
                Await(Rxne);
                bytes.Add((byte)Read(Dr));
                if(bytes.Count == count - 1)
                {
                    Write(Cr1, Pe | Stop);
                }
            }
            ShouldHaveReceived(bytes, count);
        }

        [Test]
        public void ShouldReceiveNoMoreAfterANack()
        {
            Start((0x50 << 1) | 1);
            ClearAddr();
            for(var i = 0; i < 100; i++)
            {
                Assert.That(Read(Sr1), Is.EqualTo(Rxne), "no BTF");
            }
            Assert.That(Read(Dr), Is.EqualTo(0xA0));
            Assert.That(Read(Sr1), Is.Zero);
            Assert.That(device.Count, Is.EqualTo(1));
        }

        [Test]
        public void ShouldHoldTheClockWithTwoBytes()
        {
            SetBits(Cr1, Ack);
            Start((0x50 << 1) | 1);
            ClearAddr();
            for(var i = 0; i < 100; i++)
            {
                Read(Sr1);
            }
            Assert.That(Read(Sr1), Is.EqualTo(Rxne | Btf));
            Assert.That(device.Count, Is.EqualTo(2));
            Assert.That(Read(Dr), Is.EqualTo(0xA0));
            Assert.That(Read(Sr1), Is.EqualTo(Rxne));
        }

        [Test]
        public void ShouldReceiveWithoutAskingForStatus()
        {
            SetBits(Cr1, Ack);
            Start((0x50 << 1) | 1);
            ClearAddr();
            Assert.That(Read(Dr), Is.EqualTo(0xA0));
            Assert.That(Read(Dr), Is.EqualTo(0xA1));
        }

        [Test]
        public void ShouldTakeWhatADeviceGivesAtOnce()
        {
            device.Chunk = 3;
            SetBits(Cr1, Ack);
            Start((0x50 << 1) | 1);
            ClearAddr();
            Assert.That(Enumerable.Range(0, 3).Select(_ => Read(Dr)), Is.EqualTo(new[] { 0xA0, 0xA1, 0xA2 }));
            Assert.That(device.Count, Is.EqualTo(3));
            device.Chunk = 0;
            Assert.That(Read(Dr), Is.Zero);
        }

        [Test]
        public void ShouldRepeatTheStart()
        {
            Start(0x50 << 1);
            ClearAddr();
            Write(Dr, 7);
            Start((0x50 << 1) | 1);
            Assert.That(Read(Sr1), Is.EqualTo(Addr));
            Read(Sr2);
            SetBits(Cr1, Stop);
            Assert.That(Read(Dr), Is.EqualTo(0xA0));
            Assert.That(device.Log, Is.EqualTo("W 07; R; F"));
        }

        [Test]
        public void ShouldFinishWithOneDeviceBeforeAnother()
        {
            var other = Attach(0x51, 0);
            Start(0x50 << 1);
            ClearAddr();
            Write(Dr, 7);
            Start(0x51 << 1);
            ClearAddr();
            Assert.That(device.Log, Is.EqualTo("W 07; F"));
            SetBits(Cr1, Stop);
            Assert.That(other.Log, Is.EqualTo("F"));
        }

        [Test]
        public void ShouldStopAndStartInOneWrite()
        {
            Start(0x50 << 1);
            ClearAddr();
            Write(Dr, 7);
            SetBits(Cr1, Pe | Stop | StartBit);
            Assert.That(device.Log, Is.EqualTo("W 07; F"));
            Assert.That(Read(Sr1), Is.EqualTo(Sb));
        }

        [Test]
        public void ShouldNotBeAcknowledgedByNobody()
        {
            Write(Cr2, 16 | Iterren);
            Start(0x51 << 1);
            Assert.That(Read(Sr1), Is.EqualTo(Af));
            Assert.That(i2c.ErrorInterrupt.IsSet, Is.True);
            Assert.That(Read(Sr2), Is.EqualTo(Msl | Busy), "the bus is held until STOP");
            Write(Dr, 1);
            Assert.That(i2c.GuestMistakes, Does.Contain("no device answered"));
            Write(Sr1, 0xFFFF);
            Assert.That(Read(Sr1), Is.EqualTo(Af));
            Machine.SystemBus.WriteByte(Sr1, 0);
            Assert.That(Read(Sr1), Is.EqualTo(Af), "another byte of SR1");
            Write(Sr1, ~Af);
            Assert.That(Read(Sr1), Is.Zero);
            Assert.That(i2c.ErrorInterrupt.IsSet, Is.False);
            SetBits(Cr1, Stop);
            Assert.That(Read(Sr2), Is.Zero);
            Start(0x50 << 1);
            Assert.That(Read(Sr1), Is.EqualTo(Addr));
        }

        [Test]
        public void ShouldClearSbAndAddrByTheirSequences()
        {
            SetBits(Cr1, StartBit);
            Write(Dr, 0x50 << 1);
            Assert.That(i2c.GuestMistakes, Does.Contain("SR1 was not read after SB"));
            Assert.That(Read(Sr1), Is.EqualTo(Sb));
            Write(Dr, 0x50 << 1);
            Read(Sr2);
            Assert.That(Read(Sr1), Is.EqualTo(Addr), "SR2 alone doesn't clear it");
            Read(Sr2);
            Assert.That(Read(Sr1), Is.EqualTo(Txe));
        }

        [Test]
        public void ShouldAddressByTenBits()
        {
            var far = Attach(0x2A5, 0xB0);
            Start(0xF4);
            Assert.That(Read(Sr1), Is.EqualTo(Add10));
            Assert.That(Read(Sr2), Is.EqualTo(Msl | Busy));
            Write(Dr, 0xA5);
            Assert.That(Read(Sr1), Is.EqualTo(Addr));
            Assert.That(Read(Sr2), Is.EqualTo(Msl | Busy | Tra));
            Write(Dr, 1);
            Start(0xF5);
            Assert.That(Read(Sr1), Is.EqualTo(Addr));
            Read(Sr2);
            SetBits(Cr1, Stop);
            Assert.That(Read(Dr), Is.EqualTo(0xB0));
            Assert.That(far.Log, Is.EqualTo("W 01; R; F"));
            Assert.That(device.Log, Is.Empty);
        }

        // Header, second byte.
        [TestCase(0xF2u, null)]
        [TestCase(0xF4u, 0xA6u)]
        [TestCase(0xF5u, null)]
        public void ShouldNotBeAcknowledgedAtAnotherTenBitAddress(uint header, uint? second)
        {
            Attach(0x2A5, 0xB0);
            Start(header);
            if(second.HasValue)
            {
                Read(Sr1);
                Write(Dr, second.Value);
            }
            Assert.That(Read(Sr1), Is.EqualTo(Af));
        }

        [Test]
        public void ShouldEndAllWithPe()
        {
            SetBits(Cr1, Ack | Pos);
            Start((0x50 << 1) | 1);
            ClearAddr();
            Read(Sr1);
            Write(Cr1, Ack | Pos | Stop);
            Assert.That(Read(Cr1), Is.Zero);
            Assert.That(Read(Sr1), Is.Zero);
            Assert.That(Read(Sr2), Is.Zero);
            Assert.That(device.Log, Is.EqualTo("R; F"));
            Write(Cr1, StartBit | Ack);
            Assert.That(Read(Cr1), Is.Zero);
            Assert.That(Read(Sr1), Is.Zero);
            Assert.That(i2c.GuestMistakes, Does.Contain("START: ignored, because PE is 0"));
        }

        [Test]
        public void ShouldBeResetBySoftware()
        {
            Write(Oar1, 0x4000);
            Start(0x50 << 1);
            SetBits(Cr1, Swrst);
            Assert.That(Read(Cr1), Is.EqualTo(Swrst));
            Assert.That(Read(Sr1), Is.Zero);
            Assert.That(Read(Sr2), Is.Zero);
            Assert.That(Read(Oar1), Is.Zero);
            Assert.That(Read(Trise), Is.EqualTo(2));
            Write(Cr2, 16);
            Assert.That(Read(Cr2), Is.Zero);
            Assert.That(i2c.GuestMistakes, Does.Contain("I2C_CR2: write ignored, because CR1.SWRST"));
            Write(Cr1, 0);
            Write(Cr2, 16);
            Assert.That(Read(Cr2), Is.EqualTo(16));
        }

        [Test]
        public void ShouldIgnoreStopWithoutTransfer()
        {
            SetBits(Cr1, Stop);
            Assert.That(Read(Cr1), Is.EqualTo(Pe));
            Assert.That(i2c.GuestMistakes, Does.Contain("STOP: ignored"));
        }

        [Test]
        public void ShouldLoseDataOutsideOfATransfer()
        {
            Write(Dr, 1);
            Assert.That(i2c.GuestMistakes, Does.Contain("there is no transfer"));
            SetBits(Cr1, Ack);
            Start((0x50 << 1) | 1);
            ClearAddr();
            Write(Dr, 1);
            Assert.That(i2c.GuestMistakes, Does.Contain("the I2C is receiving"));
            Assert.That(device.Written, Is.Empty);
        }

        [Test]
        public void ShouldHandOverLongTransfersInParts()
        {
            Start(0x50 << 1);
            ClearAddr();
            for(var i = 0; i < 0x10001; i++)
            {
                Write(Dr, 1);
            }
            Assert.That(device.Written, Has.Count.EqualTo(0x10000));
            SetBits(Cr1, Stop);
            Assert.That(device.Written, Has.Count.EqualTo(0x10001));
        }

        [Test]
        public void ShouldInterruptByItsEvents()
        {
            Write(Cr2, 16 | Itevten);
            SetBits(Cr1, StartBit);
            Assert.That(i2c.EventInterrupt.IsSet, Is.True, "SB");
            Read(Sr1);
            Write(Dr, 0x50 << 1);
            Assert.That(i2c.EventInterrupt.IsSet, Is.True, "ADDR");
            ClearAddr();
            Assert.That(i2c.EventInterrupt.IsSet, Is.False, "TXE without ITBUFEN");
            Write(Cr2, 16 | Itevten | Itbufen);
            Assert.That(i2c.EventInterrupt.IsSet, Is.True, "TXE");
            Write(Cr2, 16 | Itevten);
            Write(Dr, 1);
            Assert.That(i2c.EventInterrupt.IsSet, Is.True, "BTF");
            Write(Cr2, 16);
            Assert.That(i2c.EventInterrupt.IsSet, Is.False);
        }

        // CCR for 100 kHz, 400 kHz with DUTY 0, with DUTY 1; nothing configured.
        [TestCase(16u, 80u, 90.0)]
        [TestCase(16u, 0x8000u | 13, 9 * 3 * 13 / 16.0)]
        [TestCase(10u, 0xC000u | 1, 22.5)]
        [TestCase(0u, 80u, 90.0)]
        [TestCase(16u, 0u, 90.0)]
        public void ShouldInterruptAtThePaceOfTheBus(uint megahertz, uint clockControl, double microseconds)
        {
            Write(Ccr, clockControl);
            Write(Cr2, megahertz | Itevten | Itbufen);
            SetBits(Cr1, Ack);
            Start((0x50 << 1) | 1);
            ClearAddr();
            Assert.That(i2c.EventInterrupt.IsSet, Is.False);
            RunFor(microseconds * 0.9e-6);
            Assert.That(i2c.EventInterrupt.IsSet, Is.False);
            RunFor(microseconds * 0.2e-6);
            Assert.That(i2c.EventInterrupt.IsSet, Is.True, "RXNE");
            // As ST's library waits for BTF.
            Write(Cr2, megahertz | Itevten);
            Assert.That(i2c.EventInterrupt.IsSet, Is.False);
            RunFor(microseconds * 1.1e-6);
            Assert.That(i2c.EventInterrupt.IsSet, Is.True, "BTF");
            ClearBits(Cr1, Ack);
            Assert.That(Read(Dr), Is.EqualTo(0xA0));
            Assert.That(i2c.EventInterrupt.IsSet, Is.False);
            RunFor(microseconds * 1.1e-6);
            Assert.That(i2c.EventInterrupt.IsSet, Is.True, "BTF");
            SetBits(Cr1, Stop);
            Assert.That(Read(Dr), Is.EqualTo(0xA1));
            Assert.That(Read(Dr), Is.EqualTo(0xA2));
            RunFor(0.001);
            Assert.That(device.Count, Is.EqualTo(3));
        }

        [Test]
        public void ShouldSendByDma()
        {
            DmaStream.Feed(i2c.TxDMARequest, x => Write(Dr, x), 1000);
            Write(Cr2, 16 | Dmaen);
            Start(0x50 << 1);
            Assert.That(i2c.TxDMARequest.IsSet, Is.False);
            ClearAddr();
            Assert.That(i2c.TxDMARequest.IsSet, Is.True);
            SetBits(Cr1, Stop);
            Assert.That(i2c.TxDMARequest.IsSet, Is.False);
            Assert.That(device.Written, Is.EqualTo(Enumerable.Range(0, 1000).Select(x => (byte)x)));
        }

        [Test]
        public void ShouldReceiveByDma()
        {
            var bytes = DmaStream.Collect(i2c.RxDMARequest, () => Read(Dr));
            Write(Cr2, 16 | Dmaen);
            SetBits(Cr1, Ack);
            Start((0x50 << 1) | 1);
            ClearAddr();
            RunFor(0.00095);
            SetBits(Cr1, Stop);
            Assert.That(bytes, Is.EqualTo(Enumerable.Range(0xA0, 11)), "ten in time, and the one that was on its way");
        }

        [Test]
        public void ShouldBeAccessibleByHalvesAndBytes()
        {
            Machine.SystemBus.WriteWord(Ccr, 0x8123);
            Machine.SystemBus.WriteByte(Ccr, 0x45);
            Assert.That(Read(Ccr), Is.EqualTo(0x8145));
            Assert.That(Machine.SystemBus.ReadByte(Ccr + 1), Is.EqualTo(0x81));
            WriteAlias(Cr1, 8, 1);
            Assert.That(Machine.SystemBus.ReadWord(Sr1), Is.EqualTo(Sb));
            Machine.SystemBus.WriteByte(Dr, (0x50 << 1) | 1);
            Assert.That(Machine.SystemBus.ReadByte(Sr1), Is.EqualTo(Addr));
            Assert.That(Machine.SystemBus.ReadByte(Sr2), Is.EqualTo(Msl | Busy));
            Assert.That(Machine.SystemBus.ReadByte(Dr), Is.EqualTo(0xA0));
        }

        // A transfer to a device that is there, on pins that are not selected: MODER of PB6 and PB7.
        [TestCase(0xFu << 12, "SCL and SDA")]
        [TestCase(0x3u << 12, "SCL")]
        [TestCase(0x3u << 14, "SDA")]
        public void ShouldReachNobodyWithoutItsPins(uint pins, string missing)
        {
            ClearBits(GpioBBase, pins);
            Start(0x50 << 1);
            Assert.That(Read(Sr1), Is.EqualTo(Af));
            SetBits(Cr1, Stop);
            Assert.That(device.Log, Is.Empty);
            Assert.That(i2c.GuestMistakes, Does.Contain($"no pin has {missing} for its alternate function"));
        }

        [Test]
        public void ShouldReachDevicesByOtherPins()
        {
            ClearBits(GpioBBase, 0xF << 12);
            SetBits(GpioBBase + 0x24, 0x44);
            SetBits(GpioBBase + 0x0C, 0x5 << 16);
            SetBits(GpioBBase, 0xA << 16);
            Start(0x50 << 1);
            Assert.That(Read(Sr1), Is.EqualTo(Addr));
        }

        // PUPDR of PB6 and PB7. MicroPython's recorded pyb_f405.py has EIO, an address without answer, on Y9 and Y10.
        [TestCase(0xFu << 12, "SCL and SDA")]
        [TestCase(0x3u << 12, "SCL")]
        [TestCase(0x3u << 14, "SDA")]
        public void ShouldReachNobodyWithoutResistors(uint pulls, string what)
        {
            ClearBits(GpioBBase + 0x0C, pulls);
            Assert.That(Read(Sr2), Is.Zero);
            Start(0x50 << 1);
            Assert.That(Read(Sr1), Is.EqualTo(Af));
            SetBits(Cr1, Stop);
            Assert.That(device.Log, Is.Empty);
            Assert.That(i2c.GuestMistakes, Does.Contain($"nothing pulls up {what}"));
        }

        // Owners' HAL_BUSY: a part holds a line (27.6.7, BUSY).
        [TestCase(6, "SCL is held low")]
        [TestCase(7, "SDA is held low")]
        public void ShouldWaitWithStartWhileALineIsHeld(int pin, string what)
        {
            GpioB.Drive(pin, "low");
            Assert.That(Read(Sr2), Is.EqualTo(Busy));
            SetBits(Cr1, StartBit);
            Assert.That(Read(Sr1) & Sb, Is.Zero);
            Assert.That(Read(Cr1) & StartBit, Is.EqualTo(StartBit));
            Assert.That(i2c.GuestMistakes, Does.Contain(what));
            GpioB.Drive(pin, "release");
            Assert.That(Read(Sr1) & Sb, Is.EqualTo(Sb), "the bus is free");
            Assert.That(Read(Cr1) & StartBit, Is.Zero);
        }

        [Test]
        public void ShouldNameBothLinesThatAreHeld()
        {
            GpioB.Drive(6, "low");
            GpioB.Drive(7, "low");
            SetBits(Cr1, StartBit);
            Assert.That(i2c.GuestMistakes, Does.Contain("SCL and SDA are held low"));
        }

        [Test]
        public void ShouldStartWhenALineIsLeftToFloat()
        {
            ClearBits(GpioBBase + 0x0C, 0xF << 12);
            GpioB.Drive(6, "low");
            SetBits(Cr1, StartBit);
            Assert.That(Read(Sr1) & Sb, Is.Zero);
            GpioB.Drive(6, "release");
            Assert.That(Read(Sr1) & Sb, Is.EqualTo(Sb));
        }

        // The line is asked for the noise filter (27.6.10).
        [TestCase(ChipLine.F207_F217, 0u)]
        [TestCase(ChipLine.F407_F417, 0u)]
        [TestCase(ChipLine.F42x_F43x, 0x1Fu)]
        [TestCase(ChipLine.F446, 0x1Fu)]
        [TestCase(ChipLine.F469_F479, 0x1Fu)]
        public void ShouldHaveTheFilterOfItsLine(ChipLine line, uint bits)
        {
            BuildChip(line: line);
            Register(new STM32F4_I2C(Machine, Supplies), "i2c1", I2cBase, 0x400);
            Write(Fltr, 0xFFFFFFFF);
            Assert.That(Read(Fltr), Is.EqualTo(bits));
        }

        [Test]
        public void ShouldBeOffTheBusWithoutClock()
        {
            ClearBits(Apb1Enable, I2cEnable);
            Write(Cr1, Pe | StartBit);
            Assert.That(Read(Cr1), Is.Zero);
            SetBits(Apb1Enable, I2cEnable);
            Assert.That(Read(Cr1), Is.EqualTo(Pe));
            Assert.That(Read(Sr1), Is.Zero);
        }

        [Test]
        public void ShouldForgetAllInAReset()
        {
            Write(Cr2, 16 | Itevten | Dmaen);
            Start(0x50 << 1);
            ClearAddr();
            Write(Dr, 1);
            Supplies.PressReset();
            Assert.That(i2c.EventInterrupt.IsSet, Is.False);
            Assert.That(i2c.TxDMARequest.IsSet, Is.False);
            SetBits(Apb1Enable, I2cEnable);
            Assert.That(Read(Sr1), Is.Zero);
            Assert.That(Read(Sr2), Is.Zero);
            Assert.That(Read(Cr1), Is.Zero);
            Assert.That(device.Log, Is.Empty, "no STOP came");
        }

        private void Start(uint address)
        {
            SetBits(Cr1, StartBit);
            Assert.That(Read(Sr1) & Sb, Is.EqualTo(Sb));
            Assert.That(Read(Sr2) & (Msl | Busy), Is.EqualTo(Msl | Busy));
            Write(Dr, address);
        }

        private void ClearAddr()
        {
            Read(Sr1);
            Read(Sr2);
        }

        private void Await(uint flags)
        {
            for(var i = 0; i < 100; i++)
            {
                if((Read(Sr1) & flags) != 0)
                {
                    return;
                }
            }
            Assert.Fail($"none of 0x{flags:X} came; I2C_SR1 is 0x{Read(Sr1):X}");
        }

        private void ShouldHaveReceived(List<byte> bytes, int count)
        {
            Assert.That(bytes, Is.EqualTo(Enumerable.Range(0xA0, count).Select(x => (byte)x)));
            Assert.That(device.Count, Is.EqualTo(count), "the device was asked for no more");
            Assert.That(Read(Sr1), Is.Zero);
            Assert.That(Read(Sr2), Is.Zero);
            Assert.That(device.Log, Does.EndWith("F"));
        }

        private Device Attach(int address, byte first)
        {
            var result = new Device(first);
            i2c.Register(result, new NumberRegistrationPoint<int>(address));
            return result;
        }

        private STM32F4_I2C i2c;
        private Device device;

        private const ulong Cr1 = I2cBase;
        private const ulong Cr2 = I2cBase + 0x04;
        private const ulong Oar1 = I2cBase + 0x08;
        private const ulong Dr = I2cBase + 0x10;
        private const ulong Sr1 = I2cBase + 0x14;
        private const ulong Sr2 = I2cBase + 0x18;
        private const ulong Ccr = I2cBase + 0x1C;
        private const ulong Trise = I2cBase + 0x20;
        private const ulong Fltr = I2cBase + 0x24;
        private const uint I2cEnable = 1 << 21;

        private const uint Pe = 1 << 0;
        private const uint StartBit = 1 << 8;
        private const uint Stop = 1 << 9;
        private const uint Ack = 1 << 10;
        private const uint Pos = 1 << 11;
        private const uint Swrst = 1 << 15;
        private const uint Iterren = 1 << 8;
        private const uint Itevten = 1 << 9;
        private const uint Itbufen = 1 << 10;
        private const uint Dmaen = 1 << 11;
        private const uint Sb = 1 << 0;
        private const uint Addr = 1 << 1;
        private const uint Btf = 1 << 2;
        private const uint Add10 = 1 << 3;
        private const uint Rxne = 1 << 6;
        private const uint Txe = 1 << 7;
        private const uint Af = 1 << 10;
        private const uint Msl = 1 << 0;
        private const uint Busy = 1 << 1;
        private const uint Tra = 1 << 2;

        /// <summary>Counts up from a first byte when it is read, and notes what is done with it.</summary>
        private class Device : II2CPeripheral
        {
            public Device(byte first)
            {
                next = first;
            }

            public void Write(byte[] data)
            {
                Written.AddRange(data);
                events.Add("W " + string.Join(" ", data.Select(x => $"{x:X2}")));
            }

            public byte[] Read(int count = 1)
            {
                if(Count++ == 0)
                {
                    events.Add("R");
                }
                Count += Chunk - 1;
                return Enumerable.Range(0, Chunk).Select(_ => next++).ToArray();
            }

            public void FinishTransmission()
            {
                events.Add("F");
            }

            public void Reset()
            {
            }

            public List<byte> Written { get; } = new List<byte>();

            public string Log => string.Join("; ", events);

            public int Count { get; private set; }

            public int Chunk { get; set; } = 1;

            private byte next;

            private readonly List<string> events = new List<string>();
        }
    }
}
