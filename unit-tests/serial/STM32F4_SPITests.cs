// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.SPI;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_SPITests : ChipTest
    {
        [SetUp]
        public void CreateSpi()
        {
            spi = Attach(new STM32F4_SPI(Machine), "spi1", SpiBase, Alias.SPI1);
            SetBits(Apb2Enable, SpiEnable);
            device = new Device();
            spi.Register(device, NullRegistrationPoint.Instance);
        }

        [Test]
        public void ShouldReceiveTheLevelOfItsPin()
        {
            var port = ConnectPins();
            Write(Cr1, Master);
            Exchange(0x12);
            Assert.That(Read(Dr), Is.Zero, "MISO floats");
            port.Drive(6, "high");
            Exchange(0x12);
            Assert.That(Read(Dr), Is.EqualTo(0xFF));
            Write(Cr1, Master | Dff);
            Exchange(0x12);
            PassFrames(1);
            Assert.That(Read(Dr), Is.EqualTo(0xFFFF));
        }

        [TestCase(0u)]
        [TestCase(1u)]
        [TestCase(2u)]
        [TestCase(3u)]
        [TestCase(Dff)]
        [TestCase(LsbFirst)]
        public void ShouldHearItselfOverAWire(uint settings)
        {
            var port = ConnectPins();
            port.Wire(6, port, 7);
            Write(Cr1, Master | settings);
            Write(Dr, 0xA5C3);
            PassFrames(2);
            Assert.That(Read(Dr), Is.EqualTo(settings == Dff ? 0xA5C3 : 0xC3));
        }

        [TestCase(0u, "d1C1C0d0C1C0d1C1C0d0C1C0C1C0C1C0C1C0d1C1C0")]
        [TestCase(1u, "C1d1C0C1d0C0C1d1C0C1d0C0C1C0C1C0C1C0C1d1C0")]
        [TestCase(2u, "C1d1C0C1d0C0C1d1C0C1d0C0C1C0C1C0C1C0C1d1C0C1")]
        [TestCase(3u, "C1C0d1C1C0d0C1C0d1C1C0d0C1C0C1C0C1C0C1C0d1C1")]
        public void ShouldShowAFrameAtItsPins(uint mode, string expected)
        {
            var pins = new PinLog();
            ConnectPins(pins);
            pins.Text.Clear();
            // CPOL and SPE at once: the clock takes its level at rest.
            Write(Cr1, Master | mode);
            Write(Dr, 0xA1);
            Assert.That(pins.Text.ToString(), Is.EqualTo(expected));
        }

        [Test]
        public void ShouldDriveItsPinsOnlyWhileItIsEnabled()
        {
            var port = ConnectPins();
            port.Drive(5, "high");
            Assert.That(port.Connections[5].IsSet);
            Write(Cr1, Master);
            Assert.That(port.Connections[5].IsSet, Is.False);
            Write(Cr1, 0);
            Assert.That(port.Connections[5].IsSet);
        }

        [Test]
        public void ShouldFindAnotherMasterAtNss()
        {
            var port = ConnectPins();
            port.Drive(4, "high");
            Write(Cr1, 0x44);
            Assert.That(Read(Sr) & Modf, Is.Zero);
            port.Drive(4, "low");
            Assert.That(Read(Sr) & Modf, Is.EqualTo(Modf));
            Assert.That(Read(Cr1) & 0x44, Is.Zero);
        }

        [Test]
        public void ShouldSelectItsDeviceItself()
        {
            var port = ConnectPins();
            port.Drive(4, "high");
            Write(Cr2, 4);
            Assert.That(port.Connections[4].IsSet);
            Write(Cr1, 0x44);
            Assert.That(port.Connections[4].IsSet, Is.False);
            Assert.That(Read(Sr) & Modf, Is.Zero);
            Write(Cr1, 4);
            Assert.That(port.Connections[4].IsSet);
        }

        [TestCase(1)]
        [TestCase(2)]
        [TestCase(4)]
        public void ShouldExchangeAFrame(int width)
        {
            Write(Cr1, Master);
            WriteAs(width, 0x12);
            Assert.That(Read(Sr), Is.EqualTo(Txe | Bsy));
            PassFrames(1);
            Assert.That(Read(Sr), Is.EqualTo(Txe | Rxne));
            Assert.That(ReadAs(width), Is.EqualTo(0xED));
            Assert.That(Read(Sr), Is.EqualTo(Txe));
            Assert.That(ReadAs(width), Is.EqualTo(0xED), "DR keeps what was last received");
            Assert.That(device.Received, Is.EqualTo(new byte[] { 0x12 }));
        }

        [TestCase(2)]
        [TestCase(4)]
        public void ShouldExchangeWideFrames(int width)
        {
            Write(Cr1, Master | Dff);
            WriteAs(width, 0x1234);
            Assert.That(device.Received, Is.EqualTo(new byte[] { 0x12, 0x34 }));
            PassFrames(2);
            Assert.That(ReadAs(width), Is.EqualTo(0xEDCB));
        }

        [Test]
        public void ShouldTakeTheLowByteAloneInNarrowFrames()
        {
            Write(Cr1, Master);
            Exchange(0x1234);
            Assert.That(device.Received, Is.EqualTo(new byte[] { 0x34 }));
            Assert.That(Read(Dr), Is.EqualTo(0xCB));
        }

        [Test]
        public void ShouldRepeatAByteInAWideFrame()
        {
            Write(Cr1, Master | Dff);
            WriteAs(1, 0x12);
            Assert.That(device.Received, Is.EqualTo(new byte[] { 0x12, 0x12 }));
        }

        [Test]
        public void ShouldSendTheLeastSignificantBitFirst()
        {
            device.Answer = x => x;
            Write(Cr1, Master | LsbFirst);
            Exchange(0x13);
            Assert.That(device.Received, Is.EqualTo(new byte[] { 0xC8 }));
            Assert.That(Read(Dr), Is.EqualTo(0x13));
            Write(Cr1, 0);
            Write(Cr1, Master | LsbFirst | Dff);
            Write(Dr, 0x1301);
            PassFrames(2);
            Assert.That(device.Received.Skip(1), Is.EqualTo(new byte[] { 0x80, 0xC8 }));
            Assert.That(Read(Dr), Is.EqualTo(0x1301));
        }

        [Test]
        public void ShouldWriteHalvesOfARegister()
        {
            Write(Cr1, Ssm | Ssi | 0x3B);
            Machine.SystemBus.WriteByte(Cr1 + 1, 0x08);
            Assert.That(Read(Cr1), Is.EqualTo(0x083B));
            Machine.SystemBus.WriteByte(Cr1, 0x04);
            Assert.That(Machine.SystemBus.ReadWord(Cr1), Is.EqualTo(0x0804));
            WriteAlias(Cr1, 9, 1);
            Assert.That(Machine.SystemBus.ReadByte(Cr1 + 1), Is.EqualTo(0x0A));
        }

        [Test]
        public void ShouldSendWhatWaitedForSpe()
        {
            Write(Dr, 0x12);
            Write(Dr, 0x34);
            Assert.That(device.Received, Is.Empty);
            Assert.That(Read(Sr), Is.Zero);
            Assert.That(spi.GuestMistakes, Does.Contain("2 x SPI_DR: waits to be sent"));
            Write(Cr1, Master);
            Assert.That(device.Received, Is.EqualTo(new byte[] { 0x12, 0x34 }));
            Assert.That(Read(Sr), Is.EqualTo(Bsy), "both are underway");
            PassFrames(1);
            Assert.That(Read(Sr), Is.EqualTo(Txe | Rxne | Bsy));
        }

        [Test]
        public void ShouldNotLetFramesWaitWithoutEnd()
        {
            for(var i = 0; i < 0x10010; i++)
            {
                Write(Dr, (uint)i);
            }
            Write(Cr1, Master);
            Assert.That(device.Received, Has.Count.EqualTo(0xFFFF));
        }

        [Test]
        public void ShouldExchangeNothingAsASlave()
        {
            Write(Cr1, Spe | Ssm);
            Write(Dr, 0x12);
            Assert.That(device.Received, Is.Empty);
            Assert.That(Read(Sr), Is.Zero);
        }

        [Test]
        public void ShouldReceiveZeroesFromNobody()
        {
            spi.Unregister(device);
            Write(Cr1, Master);
            for(var i = 0; i < 3; i++)
            {
                Exchange(0x12);
                Assert.That(Read(Sr) & Rxne, Is.EqualTo(Rxne));
                Assert.That(Read(Dr), Is.Zero);
            }
            Assert.That(spi.GuestMistakeCount, Is.EqualTo(3));
            Assert.That(spi.GuestMistakes, Does.Contain("no device"));
        }

        // PCLK 16 MHz, BR, bits.
        [TestCase(0u, 0u, 1.0)]
        [TestCase(3u << 3, 0u, 8.0)]
        [TestCase(7u << 3, Dff, 256.0)]
        public void ShouldTakeItsTimeForAFrame(uint baudRate, uint width, double microseconds)
        {
            Write(Cr1, Master | baudRate | width);
            Write(Dr, 1);
            Write(Dr, 2);
            Assert.That(Read(Sr), Is.EqualTo(Bsy), "one in the shift register, one in the buffer");
            RunFor((microseconds - 0.1) * 1e-6);
            Assert.That(Read(Sr), Is.EqualTo(Bsy));
            RunFor(0.2e-6);
            Assert.That(Read(Sr), Is.EqualTo(Txe | Rxne | Bsy));
            Read(Dr);
            RunFor((microseconds - 0.2) * 1e-6);
            Assert.That(Read(Sr), Is.EqualTo(Txe | Bsy));
            RunFor(0.2e-6);
            Assert.That(Read(Sr), Is.EqualTo(Txe | Rxne));
        }

        [Test]
        public void ShouldFollowItsClock()
        {
            Write(RccBase + 8, 4u << 13);
            Write(Cr1, Master);
            Write(Dr, 1);
            RunFor(1.9e-6);
            Assert.That(Read(Sr), Is.EqualTo(Txe | Bsy), "PCLK2 is HCLK / 2");
            RunFor(0.2e-6);
            Assert.That(Read(Sr), Is.EqualTo(Txe | Rxne));
        }

        [Test]
        public void ShouldLoseWhatIsWrittenWhileTheBufferIsFull()
        {
            Write(Cr1, Master);
            for(var i = 0u; i < 3; i++)
            {
                Write(Dr, i);
            }
            Assert.That(device.Received, Is.EqualTo(new byte[] { 0, 1 }));
            Assert.That(spi.GuestMistakes, Does.Contain("SPI_DR: what was written is lost, because TXE is 0"));
        }

        // As drivers do that only send: they wait for BSY, then end the overrun.
        [TestCase(1, false)]
        [TestCase(2, true)]
        [TestCase(100, true)]
        public void ShouldOverrunWhenNothingIsRead(int count, bool isOverrun)
        {
            Write(Cr1, Master);
            for(var i = 0; i < count; i++)
            {
                Exchange((uint)i);
            }
            Assert.That(Read(Sr), Is.EqualTo(Txe | Rxne | (isOverrun ? Ovr : 0)));
            Assert.That(Read(Sr) & Ovr, Is.EqualTo(isOverrun ? Ovr : 0), "a read of SR alone ends no overrun");
            Assert.That(Read(Dr), Is.EqualTo(0xFF), "the first");
            Read(Sr);
            Assert.That(Read(Sr), Is.EqualTo(Txe));
            Assert.That(device.Received, Has.Count.EqualTo(count));
        }

        [Test]
        public void ShouldEndAnOverrunOnlyAfterItsOwnRead()
        {
            Write(Cr1, Master);
            Exchange(0);
            Exchange(1);
            Read(Dr);
            Exchange(2);
            Exchange(3);
            Assert.That(Read(Sr) & Ovr, Is.EqualTo(Ovr));
            Assert.That(Read(Sr) & Ovr, Is.EqualTo(Ovr), "the read of DR was before the second overrun");
        }

        [Test]
        public void ShouldFaultWhenAMasterIsNotSelected()
        {
            Write(Cr2, Errie);
            Write(Cr1, Mstr | Ssm);
            Assert.That(Read(Sr) & Modf, Is.Zero, "SPE is not set yet");
            Assert.That(Read(Cr1), Is.EqualTo(Mstr | Ssm));
            Write(Cr1, Mstr | Ssm | Spe);
            Assert.That(spi.IRQ.IsSet, Is.True);
            Assert.That(Read(Cr1), Is.EqualTo(Ssm));
            Assert.That(spi.GuestMistakes, Does.Contain("SPI_CR1: mode fault"));
            Write(Cr1, Master);
            Assert.That(Read(Cr1), Is.EqualTo(Ssm | Ssi), "SPE and MSTR can't be set during the fault");
            Assert.That(Read(Sr) & Modf, Is.EqualTo(Modf), "CR1 was written without an access to SR");
            Write(Cr1, Master);
            Assert.That(Read(Cr1), Is.EqualTo(Ssm | Ssi), "nor by the write that ends it");
            Assert.That(Read(Sr) & Modf, Is.Zero);
            Assert.That(spi.IRQ.IsSet, Is.False);
            Write(Cr1, Master);
            Assert.That(Read(Cr1), Is.EqualTo(Master));
        }

        [Test]
        public void ShouldEndAFaultAfterAWriteOfSr()
        {
            Write(Cr1, Mstr | Ssm | Spe);
            Write(Sr, 0);
            Write(Cr1, 0);
            Assert.That(Read(Sr) & Modf, Is.Zero);
        }

        [TestCase(Mstr | Spe, 0u)]
        [TestCase(Mstr | Spe | Ssm, Frf)]
        [TestCase(Spe | Ssm, 0u)]
        public void ShouldNotFault(uint control, uint control2)
        {
            Write(Cr2, control2);
            Write(Cr1, control);
            Assert.That(Read(Sr) & Modf, Is.Zero);
            Assert.That(Read(Cr1), Is.EqualTo(control));
        }

        // The check values of CRC-8 and CRC-16/XMODEM.
        [TestCase(0u, "123456789", 7u, 0xF4u)]
        [TestCase(Dff, "12345678", 0x1021u, 0x9015u)]
        public void ShouldComputeCrc(uint width, string text, uint polynomial, uint expected)
        {
            device.Answer = x => x;
            Write(CrcPolynomial, polynomial);
            Write(Cr1, Master | Crcen | width);
            var step = width == 0 ? 1 : 2;
            for(var i = 0; i < text.Length; i += step)
            {
                Exchange(step == 1 ? text[i] : (uint)((text[i] << 8) | text[i + 1]));
                PassFrames(step - 1);
                Read(Dr);
            }
            Assert.That(Read(SentCrc), Is.EqualTo(expected));
            Assert.That(Read(ReceivedCrc), Is.EqualTo(expected));
            Write(Cr1, width);
            Assert.That(Read(SentCrc), Is.EqualTo(expected), "kept");
            Write(Cr1, Crcen | width);
            Assert.That(Read(SentCrc), Is.Zero);
            Assert.That(Read(ReceivedCrc), Is.Zero);
        }

        [Test]
        public void ShouldComputeCrcInTheOrderOfTheWire()
        {
            Write(Cr1, Master | Crcen | LsbFirst);
            foreach(var x in "123456789")
            {
                // Each with its bits turned round.
                Exchange((uint)Enumerable.Range(0, 8).Sum(i => ((x >> i) & 1) << (7 - i)));
            }
            Assert.That(Read(SentCrc), Is.EqualTo(0xF4));
        }

        [Test]
        public void ShouldSendTheCrcNext()
        {
            device.Answer = x => x;
            Write(Cr2, Errie);
            Write(Cr1, Master | Crcen);
            Write(Dr, 0x31);
            SetBits(Cr1, Crcnext);
            Assert.That(Read(Cr1) & Crcnext, Is.Zero);
            Assert.That(device.Received, Is.EqualTo(new byte[] { 0x31, (byte)Read(SentCrc) }));
            PassFrames(1);
            Assert.That(Read(Dr), Is.EqualTo(0x31));
            PassFrames(1);
            Assert.That(Read(Sr) & (Rxne | Crcerr), Is.EqualTo(Rxne));
            Assert.That(Read(Dr), Is.EqualTo(Read(ReceivedCrc)));
            Assert.That(spi.IRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldFindAWrongCrc()
        {
            Write(Cr2, Errie);
            Write(Cr1, Master | Crcen);
            Write(Dr, 0x31);
            SetBits(Cr1, Crcnext);
            Assert.That(Read(Sr) & Crcerr, Is.EqualTo(Crcerr));
            Assert.That(spi.IRQ.IsSet, Is.True);
            Write(Sr, 0xFFFF);
            Assert.That(Read(Sr) & Crcerr, Is.EqualTo(Crcerr));
            Machine.SystemBus.WriteByte(Sr + 1, 0);
            Assert.That(Read(Sr) & Crcerr, Is.EqualTo(Crcerr), "another byte of SR");
            Machine.SystemBus.WriteByte(Sr, 0xEF);
            Assert.That(Read(Sr) & Crcerr, Is.Zero);
            Assert.That(spi.IRQ.IsSet, Is.False);
        }

        // RXONLY; BIDIMODE without BIDIOE. By the manual, SPE is cleared before the last frame is read (28.3.8).
        [TestCase(Rxonly)]
        [TestCase(Bidimode)]
        public void ShouldReceiveOnly(uint mode)
        {
            var next = 0x10;
            device.Answer = _ => (byte)next++;
            Write(Cr1, Master | mode);
            var bytes = new List<uint>();
            for(var i = 0; i < 5; i++)
            {
                PassFrames(1);
                Assert.That(Read(Sr) & (Rxne | Ovr), Is.EqualTo(Rxne));
                if(i == 4)
                {
                    ClearBits(Cr1, Spe);
                }
                bytes.Add(Read(Dr));
            }
            Assert.That(bytes, Is.EqualTo(new[] { 0x10u, 0x11u, 0x12u, 0x13u, 0x14u }));
            Assert.That(Read(Sr) & Rxne, Is.Zero);
            Assert.That(device.Received, Is.EqualTo(new byte[5]));
            SetBits(Cr1, Spe);
            Write(Dr, 1);
            Assert.That(spi.GuestMistakes, Does.Contain("only receive"));
            Assert.That(device.Received, Has.Count.EqualTo(6));
        }

        [Test]
        public void ShouldReceiveTheCrcNext()
        {
            // The CRC-8 of 0x31, 0x32 follows them.
            var answers = new Queue<byte>(new byte[] { 0x31, 0x32, 0x72, 0 });
            device.Answer = _ => answers.Dequeue();
            Write(Cr1, Master | Crcen | Rxonly);
            PassFrames(1);
            Assert.That(Read(Dr), Is.EqualTo(0x31));
            SetBits(Cr1, Crcnext);
            PassFrames(1);
            Assert.That(Read(Dr), Is.EqualTo(0x32));
            PassFrames(1);
            Assert.That(Read(Cr1) & Crcnext, Is.Zero);
            Assert.That(Read(Sr) & (Rxne | Crcerr), Is.EqualTo(Rxne));
            Assert.That(Read(Dr), Is.EqualTo(0x72));
        }

        [Test]
        public void ShouldOnlySendOverOneLine()
        {
            Write(Cr1, Master | Bidimode | Bidioe);
            for(var i = 0u; i < 5; i++)
            {
                Exchange(i);
            }
            Assert.That(device.Received, Has.Count.EqualTo(5));
            Assert.That(Read(Sr), Is.EqualTo(Txe));
            ClearBits(Cr1, Bidioe);
            PassFrames(1);
            Assert.That(Read(Sr), Is.EqualTo(Txe | Rxne), "the line turns round");
        }

        [Test]
        public void ShouldInterruptByItsFlags()
        {
            Write(Cr1, Master);
            Write(Cr2, Txeie);
            Assert.That(spi.IRQ.IsSet, Is.True);
            Write(Cr2, Rxneie);
            Assert.That(spi.IRQ.IsSet, Is.False);
            Write(Dr, 1);
            Assert.That(spi.IRQ.IsSet, Is.False);
            PassFrames(1);
            Assert.That(spi.IRQ.IsSet, Is.True, "nobody has looked");
            Read(Dr);
            Assert.That(spi.IRQ.IsSet, Is.False);
            Write(Cr2, Txeie);
            Write(Dr, 2);
            Write(Dr, 3);
            Assert.That(spi.IRQ.IsSet, Is.False);
            PassFrames(1);
            Assert.That(spi.IRQ.IsSet, Is.True);
            PassFrames(1);
            Read(Dr);
            Read(Sr);
            Write(Cr2, Errie);
            for(var i = 0u; i < 4; i++)
            {
                Exchange(i);
            }
            Assert.That(spi.IRQ.IsSet, Is.True);
            Read(Dr);
            Read(Sr);
            Assert.That(spi.IRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldMoveFramesByDma()
        {
            var received = DmaStream.Collect(spi.DMAReceive, () => Read(Dr));
            DmaStream.Feed(spi.DMASend, x => Write(Dr, x), 1000);
            Write(Cr1, Master);
            Assert.That(device.Received, Is.Empty);
            Write(Cr2, Rxdmaen | Txdmaen);
            PassFrames(500);
            Assert.That(device.Received, Has.Count.EqualTo(502).Within(1), "one is in the shift register, one in the buffer");
            PassFrames(500);
            Assert.That(device.Received, Has.Count.EqualTo(1000));
            Assert.That(received, Is.EqualTo(Enumerable.Range(0, 1000).Select(x => ~(uint)x & 0xFF)));
            Assert.That(Read(Sr), Is.EqualTo(Txe));
            Assert.That(spi.DMASend.IsSet, Is.True);
            Write(Cr2, 0);
            Assert.That(spi.DMASend.IsSet, Is.False);
            Exchange(1);
            Read(Sr);
            Assert.That(received, Has.Count.EqualTo(1000));
        }

        [Test]
        public void ShouldReceiveOnlyByDma()
        {
            var received = DmaStream.Collect(spi.DMAReceive, () => Read(Dr), 1000);
            Write(Cr2, Rxdmaen);
            Write(Cr1, Master | Rxonly);
            PassFrames(1001);
            Assert.That(received, Has.Count.EqualTo(1000));
            Assert.That(spi.DMAReceive.IsSet, Is.True, "one more came");
            Write(Cr2, 0);
            Assert.That(spi.DMAReceive.IsSet, Is.False);
        }

        [Test]
        public void ShouldTakeFramesOfDmaBeforeItIsEnabled()
        {
            DmaStream.Feed(spi.DMASend, x => Write(Dr, x), 3);
            Write(Cr2, Txdmaen);
            Assert.That(spi.DMASend.IsSet, Is.False, "one frame waits");
            Write(Cr1, Master);
            PassFrames(3);
            Assert.That(device.Received, Is.EqualTo(new[] { 0, 1, 2 }));
            Assert.That(spi.GuestMistakeCount, Is.Zero);
        }

        [Test]
        public void ShouldTellTheDeviceThatATransmissionIsFinished()
        {
            Write(Cr1, Master);
            Write(Dr, 1);
            Write(Cr1, Master | Crcen);
            Assert.That(device.Finished, Is.Zero);
            Write(Cr1, Mstr);
            Write(Cr1, Mstr);
            Assert.That(device.Finished, Is.EqualTo(1));
        }

        [Test]
        public void ShouldBeOffTheBusWithoutClock()
        {
            Write(Cr1, Master);
            ClearBits(Apb2Enable, SpiEnable);
            Write(Dr, 1);
            Assert.That(Read(Sr), Is.Zero);
            Assert.That(device.Received, Is.Empty);
            SetBits(Apb2Enable, SpiEnable);
            Assert.That(Read(Cr1), Is.EqualTo(Master));
        }

        [Test]
        public void ShouldKeepTheRegistersOfI2sAndNotPlay()
        {
            Write(SoundConfiguration, 0xFFFF);
            Write(SoundPrescaler, 0xFFFF);
            Assert.That(Read(SoundConfiguration), Is.EqualTo(0xFBF));
            Assert.That(Read(SoundPrescaler), Is.EqualTo(0x3FF));
            Write(Cr1, Master);
            Write(Dr, 1);
            Assert.That(device.Received, Is.Empty);
            Assert.That(spi.GuestMistakes, Does.Contain("I2SMOD"));
        }

        [Test]
        public void ShouldForgetAllInAReset()
        {
            Write(Cr1, Mstr | Ssm | Spe);
            Write(Cr2, Errie | Txeie | Txdmaen);
            Write(Dr, 1);
            Supplies.PressReset();
            Assert.That(spi.IRQ.IsSet, Is.False);
            Assert.That(spi.DMASend.IsSet, Is.False);
            SetBits(Apb2Enable, SpiEnable);
            Assert.That(Read(Sr), Is.EqualTo(Txe));
            Assert.That(Read(Cr1), Is.Zero);
            Write(Cr1, Master);
            Assert.That(device.Received, Is.Empty);
            for(var i = 0u; i < 4; i++)
            {
                Exchange(i);
            }
            Write(Dr, 5);
            Supplies.PressReset();
            SetBits(Apb2Enable, SpiEnable);
            Assert.That(Read(Dr), Is.Zero);
            Assert.That(Read(Sr), Is.EqualTo(Txe));
        }

        private void Exchange(uint value)
        {
            Write(Dr, value);
            PassFrames(1);
        }

        // Of 8 bits, at 8 MHz.
        private void PassFrames(int count) => RunFor((count + 0.1) * 1e-6);

        private void WriteAs(int width, uint value)
        {
            switch(width)
            {
            case 1:
                Machine.SystemBus.WriteByte(Dr, (byte)value);
                break;
            case 2:
                Machine.SystemBus.WriteWord(Dr, (ushort)value);
                break;
            default:
                Write(Dr, value);
                break;
            }
        }

        private uint ReadAs(int width)
        {
            return width == 1 ? Machine.SystemBus.ReadByte(Dr) : width == 2 ? Machine.SystemBus.ReadWord(Dr) : Read(Dr);
        }

        // SPI1 on PA4 to PA7, with no device of its own.
        private STM32F4_GPIOPort ConnectPins(PinLog log = null)
        {
            spi.Unregister(device);
            var port = new STM32F4_GPIOPort(Machine, Rcc);
            Attach(port, "gpioPortA", PortA, Alias.GPIOA);
            if(log != null)
            {
                port.Connections[5].Connect(log, 0);
                port.Connections[7].Connect(log, 1);
            }
            SetBits(RccBase + 0x30, 1);
            Write(PortA + 0x20, 0x55550000);
            Write(PortA, 0xAA00);
            return port;
        }

        private STM32F4_SPI spi;
        private Device device;

        private const ulong Apb2Enable = RccBase + 0x44;
        private const ulong PortA = 0x40020000;
        private const ulong Cr1 = SpiBase;
        private const ulong Cr2 = SpiBase + 0x04;
        private const ulong Sr = SpiBase + 0x08;
        private const ulong Dr = SpiBase + 0x0C;
        private const ulong CrcPolynomial = SpiBase + 0x10;
        private const ulong ReceivedCrc = SpiBase + 0x14;
        private const ulong SentCrc = SpiBase + 0x18;
        private const ulong SoundConfiguration = SpiBase + 0x1C;
        private const ulong SoundPrescaler = SpiBase + 0x20;
        private const uint SpiEnable = 1 << 12;

        private const uint Mstr = 1 << 2;
        private const uint Spe = 1 << 6;
        private const uint LsbFirst = 1 << 7;
        private const uint Ssi = 1 << 8;
        private const uint Ssm = 1 << 9;
        private const uint Rxonly = 1 << 10;
        private const uint Dff = 1 << 11;
        private const uint Crcnext = 1 << 12;
        private const uint Crcen = 1 << 13;
        private const uint Bidioe = 1 << 14;
        private const uint Bidimode = 1 << 15;
        private const uint Master = Mstr | Spe | Ssi | Ssm;
        private const uint Rxdmaen = 1 << 0;
        private const uint Txdmaen = 1 << 1;
        private const uint Frf = 1 << 4;
        private const uint Errie = 1 << 5;
        private const uint Rxneie = 1 << 6;
        private const uint Txeie = 1 << 7;
        private const uint Rxne = 1 << 0;
        private const uint Txe = 1 << 1;
        private const uint Crcerr = 1 << 4;
        private const uint Modf = 1 << 5;
        private const uint Ovr = 1 << 6;
        private const uint Bsy = 1 << 7;

        /// <summary>Answers each byte, by default with its complement.</summary>
        private class PinLog : IGPIOReceiver
        {
            public void OnGPIO(int number, bool value) => Text.Append($"{"Cd"[number]}{(value ? 1 : 0)}");

            public void Reset()
            {
            }

            public StringBuilder Text { get; } = new StringBuilder();
        }

        private class Device : ISPIPeripheral
        {
            public byte Transmit(byte data)
            {
                Received.Add(data);
                return Answer(data);
            }

            public void FinishTransmission()
            {
                Finished++;
            }

            public void Reset()
            {
            }

            public List<byte> Received { get; } = new List<byte>();

            public Func<byte, byte> Answer { get; set; } = x => (byte)~x;

            public int Finished { get; private set; }
        }
    }
}
