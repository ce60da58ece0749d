// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.USB;

using NUnit.Framework;

using static UnitTests.OtgRegisters;

namespace UnitTests
{
    /// <summary>OTG_FS in device mode, by a host that makes one transaction after the other.</summary>
    [TestFixture]
    public class STM32F4_OTGTests : OtgTest
    {
        [Test]
        public void ShouldTellWhichCoreItIs()
        {
            SetBits(RccBase + 0x34, 1 << 7);
            Assert.That(ReadUsb(CID), Is.EqualTo(0x1200));
            Assert.That(ReadUsb(GSNPSID), Is.EqualTo(0x4F54281A));
            Assert.That(ReadUsb(GHWCFG2), Is.EqualTo(0x229DCD20));
            Assert.That(ReadUsb(GHWCFG3), Is.EqualTo(0x020001E8));
            WriteUsb(CID, 0x12345678);
            Assert.That(ReadUsb(CID), Is.EqualTo(0x12345678), "CID is the firmware's");
        }

        [Test]
        public void ShouldAppearOnTheBusAndBeReset()
        {
            var changes = new List<bool>();
            Port.PullUpChanged += () => changes.Add(Port.IsPulledUp);
            StartDevice();
            Assert.That(changes, Is.EqualTo(new[] { true }));
            Assert.That(ReadUsb(GOTGCTL) & BSVLD, Is.EqualTo(BSVLD));
            WriteUsb(GINTSTS, 0xFFFFFFFF);
            Assert.That(Otg.IRQ.IsSet, Is.False);
            Port.BeginBusReset();
            Assert.That(ReadUsb(GINTSTS) & (USBRST | ENUMDNE), Is.EqualTo(USBRST));
            Assert.That(Otg.IRQ.IsSet, Is.True);
            RunFor(0.01);
            Port.EndBusReset();
            Assert.That(ReadUsb(GINTSTS) & (USBRST | ENUMDNE), Is.EqualTo(USBRST | ENUMDNE));
            Assert.That(ReadUsb(DSTS) >> 1 & 3, Is.EqualTo(3));
            WriteUsb(GINTSTS, USBRST | ENUMDNE);
            Assert.That(Otg.IRQ.IsSet, Is.False);
            WriteUsb(DCTL, SDIS);
            Assert.That(Port.IsPulledUp, Is.False);
            Assert.That(SendSetup(0, 0x80, 6, 0, 1, 0, 0, 64, 0), Is.EqualTo(UsbHandshake.None));
            Assert.That(changes, Is.EqualTo(new[] { true, false }));
        }

        [Test]
        public void ShouldAnswerAControlReadTransfer()
        {
            Connect();
            Assert.That(SendSetup(0, 0x80, 6, 0, 1, 0, 0, 18, 0), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(PopEntry(SetupData, 0), Is.EqualTo(new byte[] { 0x80, 6, 0, 1, 0, 0, 18, 0 }));
            Assert.That(ReadUsb(GINTSTS) & RXFLVL, Is.Zero, "SETUP is complete with the next token");
            Assert.That(AskIn(0), Is.EqualTo(UsbHandshake.Nak));
            PopEntry(SetupCompleted, 0);
            Assert.That(ReadUsb(DOEPINT) & STUP, Is.EqualTo(STUP));
            Assert.That(ReadUsb(DAINT), Is.EqualTo(0x10000));
            Assert.That(ReadUsb(GINTSTS) & OEPINT, Is.EqualTo(OEPINT));
            WriteUsb(DOEPINT, STUP);
            Assert.That(ReadUsb(DAINT), Is.Zero);
            Assert.That(Ready, Is.Empty);
            EnableIn(0, 1, 18);
            Assert.That(Ready, Is.Empty);
            PushData(0, Bytes(18));
            Assert.That(Ready, Is.EqualTo(new[] { (0, true) }));
            Assert.That(AskIn(0), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(LastPacket.Data, Is.EqualTo(Bytes(18)));
            Assert.That(LastPacket.Toggle, Is.True, "a data stage begins with DATA1");
            Assert.That(ReadUsb(DIEPINT) & XFRC, Is.EqualTo(XFRC));
            Assert.That(ReadUsb(DIEPCTL) & EPENA, Is.Zero);
            EnableOut(0, 1, 64);
            Assert.That(SendOut(0, new byte[0], true), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(PopEntry(OutData, 0), Is.Empty);
            Assert.That(ReadUsb(DOEPINT) & XFRC, Is.Zero);
            PopEntry(OutCompleted, 0);
            Assert.That(ReadUsb(DOEPINT) & XFRC, Is.EqualTo(XFRC));
            Assert.That(ReadUsb(DOEPCTL) & EPENA, Is.Zero);
        }

        [Test]
        public void ShouldTakeAnAddress()
        {
            Connect();
            SendSetup(0, 0, 5, 7, 0, 0, 0, 0, 0);
            PopEntry(SetupData, 0);
            Assert.That(AskIn(0), Is.EqualTo(UsbHandshake.Nak));
            PopEntry(SetupCompleted, 0);
            SetUsb(DCFG, 7 << 4);
            EnableIn(0, 1, 0);
            Assert.That(AskIn(0), Is.EqualTo(UsbHandshake.None), "the old address");
            Assert.That(AskIn(0, 7), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(LastPacket.Data, Is.Empty);
            Assert.That(LastPacket.Toggle, Is.True, "a status stage is DATA1");
            Assert.That(SendSetup(0, 0x80, 6, 0, 1, 0, 0, 64, 0), Is.EqualTo(UsbHandshake.None));
            Assert.That(SendSetup(7, 0x80, 6, 0, 1, 0, 0, 64, 0), Is.EqualTo(UsbHandshake.Ack));
        }

        [Test]
        public void ShouldReceiveOverManyPackets()
        {
            ConnectBulk();
            Assert.That(SendOut(1, Bytes(64), false), Is.EqualTo(UsbHandshake.Nak), "not enabled");
            Assert.That(Ready, Is.Empty);
            EnableOut(1, 3, 192);
            Assert.That(Ready, Is.EqualTo(new[] { (1, false) }));
            Assert.That(SendOut(1, Bytes(64), false), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(SendOut(1, Bytes(64, 65), true), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(ReadUsb(DOEPTSIZ + 0x20), Is.EqualTo((1u << 19) | 192), "XFRSIZ counts what was read");
            Assert.That(PopEntry(OutData, 1), Is.EqualTo(Bytes(64)));
            Assert.That(LastStatus >> 15 & 3, Is.Zero, "DATA0");
            Assert.That(PopEntry(OutData, 1), Is.EqualTo(Bytes(64, 65)));
            Assert.That(LastStatus >> 15 & 3, Is.EqualTo(2), "DATA1");
            Assert.That(ReadUsb(DOEPTSIZ + 0x20), Is.EqualTo((1u << 19) | 64));
            Assert.That(SendOut(1, Bytes(5), false), Is.EqualTo(UsbHandshake.Ack), "a short packet ends it");
            Assert.That(SendOut(1, Bytes(5), true), Is.EqualTo(UsbHandshake.Nak));
            Assert.That(ReadUsb(DOEPCTL + 0x20) & (EPENA | NAKSTS), Is.EqualTo(EPENA | NAKSTS));
            Assert.That(PopEntry(OutData, 1), Is.EqualTo(Bytes(5)));
            PopEntry(OutCompleted, 1);
            Assert.That(ReadUsb(DOEPCTL + 0x20) & (EPENA | NAKSTS), Is.EqualTo(NAKSTS));
            Assert.That(ReadUsb(DAINT), Is.EqualTo(0x20000));
            Assert.That(ReadUsb(DOEPTSIZ + 0x20), Is.EqualTo(59));
        }

        [Test]
        public void ShouldSendOverManyPackets()
        {
            ConnectBulk();
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.Nak));
            Assert.That(ReadUsb(DIEPINT + 0x20) & ITTXFE, Is.EqualTo(ITTXFE));
            // 130 bytes and a packet without data.
            EnableIn(1, 4, 128);
            Assert.That(ReadUsb(DTXFSTS + 0x20), Is.EqualTo(64));
            PushData(1, Bytes(60));
            Assert.That(Ready, Is.Empty, "a packet has to be whole");
            Assert.That(ReadUsb(DIEPTSIZ + 0x20), Is.EqualTo((4u << 19) | 128));
            PushData(1, Bytes(4, 61));
            Assert.That(Ready, Is.EqualTo(new[] { (1, true) }));
            Assert.That(ReadUsb(DIEPTSIZ + 0x20), Is.EqualTo((4u << 19) | 64), "XFRSIZ counts what was written");
            Assert.That(ReadUsb(DTXFSTS + 0x20), Is.EqualTo(48));
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(LastPacket.Data, Is.EqualTo(Bytes(64)));
            Assert.That(LastPacket.Toggle, Is.False);
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.Nak));
            PushData(1, Bytes(64, 65));
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(LastPacket.Data, Is.EqualTo(Bytes(64, 65)));
            Assert.That(LastPacket.Toggle, Is.True);
            Assert.That(ReadUsb(DIEPINT + 0x20) & XFRC, Is.Zero);
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(LastPacket.Data, Is.Empty);
            Assert.That(LastPacket.Toggle, Is.False);
            WriteUsb(DIEPTSIZ + 0x20, 1 << 19);
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(ReadUsb(DIEPINT + 0x20) & XFRC, Is.EqualTo(XFRC));
            Assert.That(ReadUsb(DIEPCTL + 0x20) & EPENA, Is.Zero);
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.Nak));
        }
    }
}
