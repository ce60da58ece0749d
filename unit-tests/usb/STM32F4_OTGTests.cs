// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.USB;

using NUnit.Framework;

using static UnitTests.OtgRegisters;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

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
        public void ShouldTakeNothingForWhatOtherCoresHave()
        {
            StartDevice();
            WriteUsb(GDFIFOCFG, 0x01400140);
            Assert.That(ReadUsb(GDFIFOCFG), Is.Zero);
            SetUsb(DIEPCTL, SD0PID);
            SetUsb(DOEPCTL, SD0PID);
            Assert.That((ReadUsb(DIEPCTL) | ReadUsb(DOEPCTL)) & SD0PID, Is.Zero);
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
            Assert.That(AskIn(0), Is.EqualTo(UsbHandshake.Ack), "the status stage is still of the old address");
            Assert.That(LastPacket.Data, Is.Empty);
            Assert.That(LastPacket.Toggle, Is.True, "a status stage is DATA1");
            Assert.That(AskIn(0), Is.EqualTo(UsbHandshake.None));
            Assert.That(AskIn(0, 7), Is.EqualTo(UsbHandshake.Nak));
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

        [Test]
        public void ShouldTellOfEachSetupAndCompleteThemOnce()
        {
            Connect();
            WriteUsb(DOEPTSIZ, 3u << 29);
            for(var i = 0; i < 4; i++)
            {
                Assert.That(SendSetup(0, 0x80, 6, 0, 1, 0, 0, (byte)i, 0), Is.EqualTo(UsbHandshake.Ack));
                Assert.That(ReadUsb(DOEPTSIZ) >> 29, Is.EqualTo(i < 3 ? 2 - i : 0), "STUPCNT");
                Assert.That(ReadUsb(DOEPINT) & B2BSTUP, Is.EqualTo(i < 3 ? 0 : B2BSTUP));
            }
            AskIn(0);
            for(var i = 0; i < 4; i++)
            {
                Assert.That(PopEntry(SetupData, 0)[6], Is.EqualTo(i));
            }
            PopEntry(SetupCompleted, 0);
            Assert.That(ReadUsb(GINTSTS) & RXFLVL, Is.Zero);
        }

        [Test]
        public void ShouldStallEndpointZeroUntilTheNextSetup()
        {
            Connect();
            SendSetup(0, 0x80, 6, 0, 9, 0, 0, 64, 0);
            Assert.That(AskIn(0), Is.EqualTo(UsbHandshake.Nak));
            SetUsb(DIEPCTL, STALL);
            SetUsb(DOEPCTL, STALL);
            Assert.That(Ready, Is.EqualTo(new[] { (0, true) }));
            Assert.That(AskIn(0), Is.EqualTo(UsbHandshake.Stall));
            Assert.That(SendOut(0, new byte[0], true), Is.EqualTo(UsbHandshake.Stall));
            WriteUsb(DIEPCTL, 0);
            Assert.That(ReadUsb(DIEPCTL) & STALL, Is.EqualTo(STALL), "a SETUP alone clears it");
            Assert.That(SendSetup(0, 0x80, 6, 0, 1, 0, 0, 64, 0), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(ReadUsb(DIEPCTL) & (STALL | NAKSTS), Is.EqualTo(NAKSTS));
            Assert.That(ReadUsb(DOEPCTL) & (STALL | NAKSTS), Is.EqualTo(NAKSTS));
        }

        [Test]
        public void ShouldStallABulkEndpointAsLongAsItIsSet()
        {
            ConnectBulk();
            SetUsb(DIEPCTL + 0x20, STALL);
            SetUsb(DOEPCTL + 0x20, STALL);
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.Stall));
            Assert.That(SendOut(1, Bytes(1), false), Is.EqualTo(UsbHandshake.Stall));
            WriteUsb(DIEPCTL + 0x20, (ReadUsb(DIEPCTL + 0x20) & ~STALL) | SD0PID);
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.Nak));
        }

        [Test]
        public void ShouldDropARepetition()
        {
            ConnectBulk();
            EnableOut(1, 4, 256);
            Assert.That(SendOut(1, Bytes(64), false), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(ReadUsb(DOEPCTL + 0x20) & DPID, Is.EqualTo(DPID));
            Assert.That(SendOut(1, Bytes(64), false), Is.EqualTo(UsbHandshake.Ack));
            PopEntry(OutData, 1);
            Assert.That(ReadUsb(GINTSTS) & RXFLVL, Is.Zero);
            Assert.That(SendOut(1, Bytes(64), true), Is.EqualTo(UsbHandshake.Ack));
            PopEntry(OutData, 1);
            SetUsb(DOEPCTL + 0x20, SODDFRM);
            Assert.That(ReadUsb(DOEPCTL + 0x20) & DPID, Is.EqualTo(DPID), "SD1PID");
            SetUsb(DOEPCTL + 0x20, SD0PID);
            Assert.That(ReadUsb(DOEPCTL + 0x20) & DPID, Is.Zero);
        }

        [Test]
        public void ShouldTakeNoDataWithoutRoom()
        {
            ConnectBulk();
            // Room for one packet, its end and the SETUP packets.
            WriteUsb(GRXFSIZ, 1 + 16 + 1 + 10);
            EnableOut(1, 4, 256);
            Assert.That(SendOut(1, Bytes(64), false), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(SendOut(1, Bytes(64), true), Is.EqualTo(UsbHandshake.Nak));
            Assert.That(SendSetup(0, 0x80, 6, 0, 1, 0, 0, 64, 0), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(PopEntry(OutData, 1), Is.EqualTo(Bytes(64)));
            Assert.That(Ready, Is.Empty, "the SETUP packet is still there");
            PopEntry(SetupData, 0);
            Assert.That(Ready, Is.EqualTo(new[] { (1, false) }));
            Assert.That(SendOut(1, Bytes(64, 65), true), Is.EqualTo(UsbHandshake.Ack));
            WriteUsb(GRSTCTL, RXFFLSH);
            Assert.That(ReadUsb(GRSTCTL), Is.EqualTo(AHBIDL));
            Assert.That(ReadUsb(GINTSTS) & RXFLVL, Is.Zero);
        }

        [Test]
        public void ShouldFlushWhatWasNotSent()
        {
            ConnectBulk();
            EnableIn(1, 2, 128);
            PushData(1, Bytes(100));
            Assert.That(ReadUsb(DTXFSTS + 0x20), Is.EqualTo(39));
            WriteUsb(GRSTCTL, TXFFLSH | (2 << 6));
            Assert.That(ReadUsb(DTXFSTS + 0x20), Is.EqualTo(39), "another FIFO");
            SetUsb(DIEPCTL + 0x20, SNAK);
            Assert.That(ReadUsb(DIEPINT + 0x20) & INEPNE, Is.EqualTo(INEPNE));
            SetUsb(DIEPCTL + 0x20, EPDIS);
            Assert.That(ReadUsb(DIEPINT + 0x20) & EPDISD, Is.EqualTo(EPDISD));
            Assert.That(ReadUsb(DIEPCTL + 0x20) & EPENA, Is.Zero);
            WriteUsb(GRSTCTL, TXFFLSH | (1 << 6));
            Assert.That(ReadUsb(DTXFSTS + 0x20), Is.EqualTo(64));
            EnableIn(1, 1, 3);
            Assert.That(ReadUsb(DIEPINT + 0x20) & INEPNE, Is.Zero);
            PushData(1, Bytes(3, 7));
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(LastPacket.Data, Is.EqualTo(Bytes(3, 7)));
            WriteUsb(GRSTCTL, TXFFLSH | (0x10 << 6));
        }

        [TestCase(0u, 100, true)]
        [TestCase(0u, 132, false)]
        [TestCase(TXFELVL, 4, false)]
        [TestCase(TXFELVL, 0, true)]
        public void ShouldTellHowEmptyAFifoIs(uint level, int bytes, bool isEmptyEnough)
        {
            ConnectBulk();
            WriteUsb(GAHBCFG, 1 | level);
            PushData(1, Bytes(bytes));
            Assert.That(ReadUsb(DIEPINT + 0x20) & TXFE, Is.EqualTo(isEmptyEnough ? TXFE : 0));
            Assert.That(ReadUsb(DAINT) & 2, Is.Zero);
            Assert.That(Otg.IRQ.IsSet, Is.False);
            WriteUsb(DIEPEMPMSK, 2);
            Assert.That(ReadUsb(DAINT) & 2, Is.EqualTo(isEmptyEnough ? 2 : 0));
            Assert.That(Otg.IRQ.IsSet, Is.EqualTo(isEmptyEnough));
            WriteUsb(GAHBCFG, level);
            Assert.That(Otg.IRQ.IsSet, Is.False, "GINT");
        }

        [Test]
        public void ShouldCountMistakesWithFifos()
        {
            ConnectBulk();
            Assert.That(ReadUsb(GRXSTSP), Is.Zero);
            Assert.That(ReadUsb(Fifo), Is.Zero);
            PushData(1, new byte[260]);
            WriteUsb(DIEPTXF1, 300 | (64 << 16));
            Assert.That(ReadUsb(DTXFSTS + 0x20), Is.EqualTo(20), "cut off at the end of the memory");
            WriteUsb(Fifo * 7, 0);
            EnableOut(1, 4, 256);
            SendOut(1, Bytes(8), false);
            ReadUsb(GRXSTSP);
            ReadUsb(GRXSTSP);
            Machine.SystemBus.WriteByte(UsbBase + DVBUS, 0x12);
            Assert.That(ReadUsb(DVBUS), Is.EqualTo(0x1212));
            Assert.That(Otg.GuestMistakes, Does.Contain("OTG_FS_GRXSTSP: read as 0").And.Contain("OTG_FS_DFIFO0: read as 0").And.Contain("OTG_FS_DFIFO1: write ignored")
                .And.Contain("OTG_FS_DIEPTXF1: the FIFO ends at word 364").And.Contain("OTG_FS_DFIFO6: write ignored").And.Contain("OTG_FS_GRXSTSP: data of the packet before")
                .And.Contain("accesses of 32 bits alone"));
        }

        [Test]
        public void ShouldShowItsMemory()
        {
            ConnectBulk();
            PushData(1, Bytes(8));
            Assert.That(ReadUsb(Memory + (4 * 160)), Is.EqualTo(0x04030201));
            WriteUsb(Memory + (4 * 161), 0x11223344);
            EnableIn(1, 1, 8);
            AskIn(1);
            Assert.That(LastPacket.Data, Is.EqualTo(new byte[] { 1, 2, 3, 4, 0x44, 0x33, 0x22, 0x11 }));
            Assert.That(ReadUsb(Memory + (4 * 320)), Is.Zero);
        }

        [Test]
        public void ShouldHoldAllEndpointsByGlobalNaks()
        {
            ConnectBulk();
            EnableOut(1, 4, 256);
            EnableIn(1, 1, 4);
            PushData(1, Bytes(4));
            SetUsb(DCTL, SGINAK | SGONAK);
            Assert.That(ReadUsb(DCTL) & (GINSTS | GONSTS), Is.EqualTo(GINSTS | GONSTS));
            Assert.That(ReadUsb(GINTSTS) & (GINAKEFF | GONAKEFF), Is.EqualTo(GINAKEFF));
            PopEntry(GlobalOutNak, 0);
            Assert.That(ReadUsb(GINTSTS) & (GINAKEFF | GONAKEFF), Is.EqualTo(GINAKEFF | GONAKEFF));
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.Nak));
            Assert.That(SendOut(1, Bytes(4), false), Is.EqualTo(UsbHandshake.Nak));
            SetUsb(DOEPCTL + 0x20, EPDIS | SNAK);
            Assert.That(ReadUsb(DOEPINT + 0x20) & EPDISD, Is.EqualTo(EPDISD));
            SetUsb(DOEPCTL + 0x20, EPENA | CNAK);
            Assert.That(Ready, Is.Empty);
            SetUsb(DCTL, CGINAK | CGONAK);
            Assert.That(ReadUsb(GINTSTS) & (GINAKEFF | GONAKEFF), Is.Zero);
            Assert.That(Ready, Is.EqualTo(new[] { (1, true), (1, false) }));
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.Ack));
            Assert.That(SendOut(1, Bytes(4), false), Is.EqualTo(UsbHandshake.Ack));
        }

        [Test]
        public void ShouldNotAnswerForEndpointsThatAreNotActive()
        {
            Connect();
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.None));
            Assert.That(SendOut(1, Bytes(4), false), Is.EqualTo(UsbHandshake.None));
            Assert.That(AskIn(9), Is.EqualTo(UsbHandshake.None));
            SetUsb(DOEPCTL + 0x20, 8 | USBAEP | Bulk);
            EnableOut(1, 4, 32);
            Assert.That(SendOut(1, Bytes(9), false), Is.EqualTo(UsbHandshake.None), "more than MPSIZ");
            Assert.That(Otg.GuestMistakes, Does.Contain("OTG_FS_DOEPCTL1.MPSIZ: no answer to a packet of the host that has more than 8 bytes"));
            ResetBus();
            Assert.That(ReadUsb(DOEPCTL + 0x20) & USBAEP, Is.Zero, "a bus reset deactivates them");
            Assert.That(ReadUsb(DOEPCTL) & USBAEP, Is.EqualTo(USBAEP));
        }

        [Test]
        public void ShouldTellOfTokensWhenAControlEndpointIsDisabled()
        {
            Connect();
            Assert.That(SendOut(0, Bytes(4), true), Is.EqualTo(UsbHandshake.Nak));
            Assert.That(ReadUsb(DOEPINT) & OTEPDIS, Is.EqualTo(OTEPDIS));
        }

        [Test]
        public void ShouldCountFrames()
        {
            Connect();
            Port.StartFrames(2046);
            Assert.That(ReadUsb(DSTS) >> 8, Is.EqualTo(2046));
            WriteUsb(GINTSTS, SOF | EOPF);
            Assert.That(ReadUsb(GINTSTS) & (SOF | EOPF), Is.Zero);
            RunFor(0.00085);
            Assert.That(ReadUsb(GINTSTS) & (SOF | EOPF), Is.EqualTo(EOPF), "80 % of the frame");
            RunFor(0.0002);
            Assert.That(ReadUsb(GINTSTS) & (SOF | EOPF), Is.EqualTo(SOF | EOPF));
            Assert.That(ReadUsb(DSTS) >> 8, Is.EqualTo(2047));
            RunFor(0.005);
            Assert.That(ReadUsb(DSTS) >> 8, Is.EqualTo(4));
            Port.StopFrames();
            RunFor(0.002);
            Assert.That(ReadUsb(DSTS) >> 8, Is.EqualTo(4));
        }

        [Test]
        public void ShouldInterruptByEachFrameOnlyWhileThatIsWanted()
        {
            Connect();
            WriteUsb(GINTSTS, 0xFFFFFFFF);
            WriteUsb(GINTMSK, SOF);
            var times = new List<double>();
            Otg.IRQ.Connect(new Listener(value =>
            {
                if(value)
                {
                    times.Add(Machine.ElapsedVirtualTime.TimeElapsed.TotalMilliseconds);
                }
            }), 0);
            RunFor(0.0035);
            Assert.That(times, Has.Count.EqualTo(1), "it stays set");
            for(var i = 0; i < 3; i++)
            {
                WriteUsb(GINTSTS, SOF);
                RunFor(0.001);
            }
            Assert.That(times, Has.Count.EqualTo(4));
            Assert.That(times[3] - times[2], Is.EqualTo(1).Within(0.01));
            WriteUsb(GINTMSK, 0);
            WriteUsb(GINTSTS, SOF);
            RunFor(0.003);
            Assert.That(times, Has.Count.EqualTo(4));
            WriteUsb(GINTSTS, EOPF);
            WriteUsb(GINTMSK, EOPF);
            RunFor(0.001);
            Assert.That(times, Has.Count.EqualTo(5));
        }

        [Test]
        public void ShouldSuspendAndResume()
        {
            ConnectBulk();
            Port.StopFrames();
            RunFor(0.0029);
            Assert.That(ReadUsb(GINTSTS) & (ESUSP | USBSUSP), Is.Zero);
            RunFor(0.0002);
            Assert.That(ReadUsb(GINTSTS) & (ESUSP | USBSUSP), Is.EqualTo(ESUSP | USBSUSP));
            Assert.That(ReadUsb(DSTS) & SUSPSTS, Is.EqualTo(SUSPSTS));
            Assert.That(Otg.Status, Is.EqualTo("suspended"));
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.None));
            WriteUsb(GINTSTS, ESUSP | USBSUSP);
            WriteUsb(PCGCCTL, STPPCLK);
            Assert.That(ReadUsb(PCGCCTL) & PHYSUSP, Is.EqualTo(PHYSUSP));
            var wakeUps = CountWakeUps();
            Port.StartFrames(5);
            Assert.That(wakeUps(), Is.EqualTo(1));
            Assert.That(ReadUsb(GINTSTS) & WKUPINT, Is.EqualTo(WKUPINT));
            Assert.That(ReadUsb(DSTS) & SUSPSTS, Is.Zero);
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.None), "its clock stands still");
            WriteUsb(PCGCCTL, 0);
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.Nak));
            RunFor(0.005);
            Assert.That(ReadUsb(GINTSTS) & USBSUSP, Is.Zero);
        }

        [Test]
        public void ShouldSuspendAnIdleBusBeforeTheHostResetsIt()
        {
            StartDevice();
            RunFor(0.0031);
            Assert.That(ReadUsb(GINTSTS) & USBSUSP, Is.EqualTo(USBSUSP));
            WriteUsb(GINTSTS, 0xFFFFFFFF);
            WriteUsb(PCGCCTL, STPPCLK);
            Port.BeginBusReset();
            Assert.That(ReadUsb(GINTSTS) & (USBRST | WKUPINT), Is.EqualTo(WKUPINT));
            WriteUsb(PCGCCTL, 0);
            Assert.That(ReadUsb(GINTSTS) & (USBRST | WKUPINT), Is.EqualTo(USBRST | WKUPINT));
        }

        [Test]
        public void ShouldAskToBeResumed()
        {
            Connect();
            var asked = 0;
            Port.RemoteWakeUp += () => asked++;
            SetUsb(DCTL, RWUSIG);
            Assert.That(asked, Is.Zero, "not suspended");
            WriteUsb(DCTL, 0);
            Port.StopFrames();
            RunFor(0.004);
            SetUsb(DCTL, RWUSIG);
            Assert.That(asked, Is.EqualTo(1));
            SetUsb(DCTL, 0);
            Assert.That(asked, Is.EqualTo(1));
            WriteUsb(DCTL, 0);
            Port.StartFrames(0);
            Assert.That(ReadUsb(GINTSTS) & WKUPINT, Is.EqualTo(WKUPINT));
        }

        [Test]
        public void ShouldSenseVbus()
        {
            StartDevice(VBUSBSEN);
            Assert.That(Port.IsPulledUp, Is.False);
            Assert.That(ReadUsb(GINTSTS) & SRQINT, Is.Zero);
            Port.SetVbus(true);
            Assert.That(Port.IsPulledUp, Is.True);
            Assert.That(ReadUsb(GINTSTS) & SRQINT, Is.EqualTo(SRQINT));
            Assert.That(ReadUsb(GOTGCTL) & BSVLD, Is.EqualTo(BSVLD));
            Port.SetVbus(false);
            Assert.That(Port.IsPulledUp, Is.False);
            Assert.That(ReadUsb(GOTGCTL) & BSVLD, Is.Zero);
            Assert.That(ReadUsb(GOTGINT), Is.EqualTo(4), "SEDET");
            Assert.That(ReadUsb(GINTSTS) & OTGINT, Is.EqualTo(OTGINT));
            WriteUsb(GOTGINT, 4);
            Assert.That(ReadUsb(GINTSTS) & OTGINT, Is.Zero);
            Port.SetVbus(true);
            Otg.VbusIsWired = false;
            Assert.That(Port.IsPulledUp, Is.False);
            WriteUsb(GCCFG, PWRDWN | NOVBUSSENS);
            Assert.That(Port.IsPulledUp, Is.True);
            WriteUsb(GCCFG, NOVBUSSENS);
            Assert.That(Port.IsPulledUp, Is.False, "the transceiver is off");
        }

        [Test]
        public void ShouldReachItsPinsByAlternateFunction()
        {
            StartDevice();
            ClearBits(GpioABase, 3 << 24);
            Assert.That(Port.IsPulledUp, Is.False, "PA12 is an input");
            SelectUsbPins();
            Assert.That(Port.IsPulledUp, Is.True);
        }

        [Test]
        public void ShouldNeedTheClockOf48Megahertz()
        {
            OpenUsb();
            StopPll();
            StartUsbClock(8);
            WriteUsb(GCCFG, PWRDWN | NOVBUSSENS);
            Assert.That(Port.IsPulledUp, Is.False);
            Assert.That(Otg.GuestMistakes, Does.Contain("OTG_FS_DCTL.SDIS: the device does not appear on the bus, because it needs 48 MHz from the PLL (PLLQ), and that gives 42000000 Hz"));
            StopPll();
            StartUsbClock();
            Assert.That(Port.IsPulledUp, Is.True);
            ResetBus();
            StopPll();
            Assert.That(Port.IsPulledUp, Is.True);
            Assert.That(AskIn(0), Is.EqualTo(UsbHandshake.None));
            StartUsbClock();
            Assert.That(AskIn(0), Is.EqualTo(UsbHandshake.Nak));
        }

        [Test]
        public void ShouldBeGatedAndReset()
        {
            Connect();
            Assert.That(Otg.IRQ.IsSet, Is.True);
            ClearBits(RccBase + 0x34, 1 << 7);
            Assert.That(ReadUsb(CID), Is.Zero);
            Assert.That(Otg.IRQ.IsSet, Is.False);
            Assert.That(AskIn(0), Is.EqualTo(UsbHandshake.None));
            Assert.That(Otg.GuestMistakes, Does.Contain("OTG_FS_CID: read as 0, because RCC_AHB2ENR.OTGFSEN is off"));
            SetBits(RccBase + 0x34, 1 << 7);
            Assert.That(AskIn(0), Is.EqualTo(UsbHandshake.Nak));
            SetBits(RccBase + 0x14, 1 << 7);
            ClearBits(RccBase + 0x14, 1 << 7);
            Assert.That(Port.IsPulledUp, Is.False);
            Assert.That(ReadUsb(GINTSTS), Is.EqualTo(0x04000020));
            Assert.That(ReadUsb(GINTMSK), Is.Zero);
            Assert.That(ReadUsb(DAINTMSK), Is.Zero);
        }

        [Test]
        public void ShouldLeaveTheBusWithVdd()
        {
            Connect();
            Supplies.PowerOff();
            Assert.That(Port.IsPulledUp, Is.False);
            Supplies.PowerOn();
            StartDevice();
            Assert.That(Port.IsPulledUp, Is.True);
            Supplies.PressReset();
            Assert.That(Port.IsPulledUp, Is.False);
        }

        [Test]
        public void ShouldResetItsCore()
        {
            ConnectBulk();
            EnableIn(1, 1, 4);
            WriteUsb(GRSTCTL, CSRST);
            Assert.That(ReadUsb(GRSTCTL), Is.EqualTo(AHBIDL));
            Assert.That(ReadUsb(GCCFG), Is.EqualTo(PWRDWN | NOVBUSSENS), "not of the core");
            Assert.That(ReadUsb(DCFG) & 3, Is.EqualTo(3));
            Assert.That(ReadUsb(GRXFSIZ), Is.EqualTo(0x200));
            Assert.That(ReadUsb(DIEPCTL + 0x20), Is.Zero);
            Assert.That(ReadUsb(GINTMSK), Is.Zero);
            Assert.That(ReadUsb(GAHBCFG), Is.Zero);
        }

        [Test]
        public void ShouldHaveNothingAttachedAsHost()
        {
            OpenUsb();
            Assert.That(ReadUsb(HFIR), Is.Zero, "device mode");
            Assert.That(ReadUsb(GINTSTS) & MMIS, Is.EqualTo(MMIS));
            WriteUsb(GINTSTS, MMIS);
            SetUsb(GUSBCFG, FHMOD);
            Assert.That(ReadUsb(GINTSTS) & (CMOD | MMIS), Is.EqualTo(CMOD));
            WriteUsb(GCCFG, PWRDWN | NOVBUSSENS);
            Assert.That(Port.IsPulledUp, Is.False);
            Assert.That(ReadUsb(HFIR), Is.EqualTo(0xEA60));
            SetUsb(HPRT, 1 << 12);
            Assert.That(ReadUsb(HPRT), Is.EqualTo(1 << 12), "powered, and nothing there");
            Assert.That(ReadUsb(DSTS), Is.Zero);
            Assert.That(ReadUsb(GINTSTS) & MMIS, Is.EqualTo(MMIS));
            Assert.That(Otg.GuestMistakes, Does.Contain("OTG_FS_HFIR: read as 0, because the core is in device mode").And.Contain("OTG_FS_DSTS: read as 0, because the core is in host mode"));
        }

        [Test]
        public void ShouldReceiveIsochronousDataInItsFrames()
        {
            Connect();
            WriteUsb(GINTMSK, 0);
            WriteUsb(GINTSTS, 0xFFFFFFFF);
            WriteUsb(DOEPCTL + 0x20, 100 | USBAEP | Isochronous | SODDFRM);
            EnableOut(1, 1, 100);
            Port.StartFrames(0);
            Assert.That(SendOut(1, Bytes(100), false), Is.EqualTo(UsbHandshake.None));
            Assert.That(ReadUsb(GINTSTS) & (RXFLVL | ISOODRP), Is.Zero, "an even frame");
            RunFor(0.0009);
            Assert.That(ReadUsb(GINTSTS) & IPXFR, Is.Zero);
            RunFor(0.0002);
            SendOut(1, Bytes(100), false);
            Assert.That(PopEntry(OutData, 1), Is.EqualTo(Bytes(100)));
            PopEntry(OutCompleted, 1);
            EnableOut(1, 1, 100);
            RunFor(0.002);
            Assert.That(ReadUsb(GINTSTS) & IPXFR, Is.EqualTo(IPXFR), "nothing came in an odd frame");
            WriteUsb(GRXFSIZ, 20);
            SendOut(1, Bytes(100), false);
            Assert.That(ReadUsb(GINTSTS) & ISOODRP, Is.EqualTo(ISOODRP));
        }

        [Test]
        public void ShouldSendIsochronousDataInItsFrames()
        {
            Connect();
            WriteUsb(GINTSTS, 0xFFFFFFFF);
            WriteUsb(DIEPCTL + 0x20, 100 | USBAEP | Isochronous | (1 << 22) | SD0PID);
            EnableIn(1, 1, 10);
            PushData(1, Bytes(10));
            Port.StartFrames(1);
            Assert.That(AskIn(1), Is.EqualTo(UsbHandshake.None));
            Assert.That(LastPacket.Data, Is.Empty, "an odd frame");
            RunFor(0.001);
            AskIn(1);
            Assert.That(LastPacket.Data, Is.EqualTo(Bytes(10)));
            Assert.That(LastPacket.Toggle, Is.False);
            Assert.That(ReadUsb(DIEPINT + 0x20) & XFRC, Is.EqualTo(XFRC));
            SetUsb(DIEPCTL + 0x20, SODDFRM);
            EnableIn(1, 1, 10);
            RunFor(0.0015);
            Assert.That(ReadUsb(GINTSTS) & IISOIXFR, Is.Zero);
            RunFor(0.001);
            Assert.That(ReadUsb(GINTSTS) & IISOIXFR, Is.EqualTo(IISOIXFR));
        }

        [Test]
        public void ShouldBeAnotherBlockWithOtherNumbersAsHighSpeed()
        {
            var high = new STM32F4_OTG(Machine, Supplies, Rcc, isHighSpeed: true);
            Register(high, "otghs", HighSpeedBase, 0x40000);
            Rcc.Register(high, new ClockGateRegistrationPoint(Alias.OTGHS));
            StartUsbClock();
            Assert.That(Read(HighSpeedBase + CID), Is.Zero);
            SetBits(Ahb1Enable, (1 << 29) | 2);
            Assert.That(Read(HighSpeedBase + CID), Is.EqualTo(0x1100));
            Assert.That(Read(HighSpeedBase + GHWCFG2), Is.EqualTo(0x229ED590));
            Assert.That(Read(HighSpeedBase + DIEPTXF1 + 16), Is.EqualTo(0x02000400), "five endpoints besides 0");
            Write(HighSpeedBase + GCCFG, PWRDWN | NOVBUSSENS);
            SetBits(GpioBBase + 0x24, 0xCC000000);
            SetBits(GpioBBase, 0xAu << 28);
            Assert.That(((IUsbDevicePort)high).IsPulledUp, Is.False, "ULPI");
            SetBits(HighSpeedBase + GUSBCFG, 1 << 6);
            Assert.That(((IUsbDevicePort)high).IsPulledUp, Is.True);
            Write(HighSpeedBase + GAHBCFG, 1 << 5);
            Assert.That(high.GuestMistakes, Does.Contain("OTG_HS_GAHBCFG.DMAEN"));
        }

        [Test]
        public void ShouldOverrideTheSessionOnNewerLines()
        {
            BuildChip(line: ChipLine.F446);
            CompleteUsbChip();
            OpenUsb();
            Assert.That(ReadUsb(CID), Is.EqualTo(0x2000));
            Assert.That(ReadUsb(DCTL), Is.EqualTo(SDIS));
            WriteUsb(GCCFG, PWRDWN);
            WriteUsb(DCTL, 0);
            Assert.That(Port.IsPulledUp, Is.False);
            SetUsb(GOTGCTL, 3 << 6);
            Assert.That(Port.IsPulledUp, Is.True);
            ClearBits(UsbBase + GOTGCTL, 3 << 6);
            Port.SetVbus(true);
            Assert.That(Port.IsPulledUp, Is.False);
            WriteUsb(GCCFG, PWRDWN | (1 << 21));
            Assert.That(Port.IsPulledUp, Is.True, "VBDEN");
        }

        [Test]
        public void ShouldBeABDeviceOnceItsTransceiverIsOn()
        {
            OpenUsb();
            Assert.That(ReadUsb(GINTSTS) & CIDSCHG, Is.Zero);
            WriteUsb(GCCFG, PWRDWN);
            Assert.That(ReadUsb(GOTGCTL) & CIDSTS, Is.EqualTo(CIDSTS));
            Assert.That(ReadUsb(GINTSTS) & (CIDSCHG | CMOD), Is.EqualTo(CIDSCHG));
            WriteUsb(GINTSTS, CIDSCHG);
            Assert.That(ReadUsb(GINTSTS) & CIDSCHG, Is.Zero);
        }

        [Test]
        public void ShouldInterruptByEachFlagThatIsUnmasked()
        {
            ConnectBulk();
            WriteUsb(GINTMSK, 0);
            EnableOut(1, 1, 64);
            SetUsb(DCTL, SGINAK);
            Port.BeginBusReset();
            Port.EndBusReset();
            Port.StartFrames(0);
            SendSetup(0, 0x80, 6, 0, 1, 0, 0, 64, 0);
            RunFor(0.001);
            var flags = ReadUsb(GINTSTS);
            Assert.That(flags & (USBRST | ENUMDNE | RXFLVL | GINAKEFF | SOF | EOPF), Is.EqualTo(USBRST | ENUMDNE | RXFLVL | GINAKEFF | SOF | EOPF));
            for(var i = 1; i < 32; i++)
            {
                WriteUsb(GINTMSK, 1u << i);
                Assert.That(Otg.IRQ.IsSet, Is.EqualTo((flags >> i & 1) != 0), $"bit {i}");
            }
        }

        [Test]
        public void ShouldTellTheFrameOfEachPacket()
        {
            ConnectBulk();
            Port.StartFrames(0x123);
            EnableOut(1, 4, 256);
            SendOut(1, Bytes(1), false);
            Assert.That(ReadUsb(GRXSTSR), Is.EqualTo((3 << 21) | (OutData << 17) | (1 << 4) | 1));
            PopEntry(OutData, 1);
            Assert.That(LastStatus >> 21, Is.EqualTo(3));
        }

        [Test]
        public void ShouldInterruptByEndpointFlags()
        {
            ConnectBulk();
            WriteUsb(DIEPMSK, 0);
            WriteUsb(DOEPMSK, 0);
            WriteUsb(GINTMSK, IEPINT | OEPINT);
            SetUsb(DIEPCTL + 0x20, SNAK);
            Assert.That(ReadUsb(DAINT), Is.Zero);
            WriteUsb(DIEPMSK, INEPNE);
            Assert.That(ReadUsb(DAINT), Is.EqualTo(2));
            Assert.That(Otg.IRQ.IsSet, Is.True);
            WriteUsb(DAINTMSK, 0xD);
            Assert.That(ReadUsb(GINTSTS) & IEPINT, Is.Zero);
            Assert.That(Otg.IRQ.IsSet, Is.False);
            SendOut(0, Bytes(4), true);
            WriteUsb(DOEPMSK, OTEPDIS);
            WriteUsb(DAINTMSK, 0x10000);
            Assert.That(ReadUsb(DAINT) >> 16, Is.EqualTo(1));
            Assert.That(Otg.IRQ.IsSet, Is.True);
            WriteUsb(DOEPINT, OTEPDIS);
            Assert.That(Otg.IRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldWakeTheChipFromStop()
        {
            ConnectBulk();
            Port.StopFrames();
            RunFor(0.004);
            WriteUsb(GINTSTS, 0xFFFFFFFF);
            Write(ExtiBase, 1 << 18);
            Write(ExtiBase + 8, 1 << 18);
            Pwr.OnGPIO(1, true);
            Assert.That(Otg.IRQ.IsSet, Is.False);
            Port.StartFrames(0);
            Assert.That(Exti.Connections[18].IsSet, Is.True);
            Assert.That(Otg.IRQ.IsSet, Is.False, "the controller has no clock");
            Assert.That(AskIn(0), Is.EqualTo(UsbHandshake.None));
            Assert.That(Port.IsPulledUp, Is.True);
            Pwr.OnGPIO(1, false);
            Assert.That(ReadUsb(GINTSTS) & WKUPINT, Is.EqualTo(WKUPINT));
            Assert.That(AskIn(0), Is.EqualTo(UsbHandshake.None), "the PLL is still off");
            StartUsbClock();
            Write(RccBase + 8, 0);
            Assert.That(AskIn(0), Is.EqualTo(UsbHandshake.Nak));
        }

        [Test]
        public void ShouldHearABusResetWhenItsClockIsBack()
        {
            ConnectBulk();
            WriteUsb(GINTSTS, 0xFFFFFFFF);
            WriteUsb(PCGCCTL, STPPCLK);
            Port.BeginBusReset();
            Port.EndBusReset();
            Assert.That(ReadUsb(GINTSTS) & (USBRST | ENUMDNE), Is.Zero);
            WriteUsb(PCGCCTL, 0);
            Assert.That(ReadUsb(GINTSTS) & (USBRST | ENUMDNE), Is.EqualTo(USBRST | ENUMDNE));
        }

        [Test]
        public void ShouldBearAHostThatDoesAnything()
        {
            ConnectBulk();
            Assert.That(Port.Setup(0, new byte[7]), Is.EqualTo(UsbHandshake.None));
            Assert.That(Port.Setup(0, null), Is.EqualTo(UsbHandshake.None));
            Assert.That(SendOut(-1, Bytes(1), false), Is.EqualTo(UsbHandshake.None));
            Assert.That(SendOut(1, null, false), Is.EqualTo(UsbHandshake.None));
            Assert.That(AskIn(-1), Is.EqualTo(UsbHandshake.None));
            Assert.That(AskIn(16), Is.EqualTo(UsbHandshake.None));
            WriteUsb(GRXFSIZ, 1);
            Assert.That(SendSetup(0, 0x80, 6, 0, 1, 0, 0, 64, 0), Is.EqualTo(UsbHandshake.None));
            Assert.That(Otg.GuestMistakes, Does.Contain("OTG_FS_GRXFSIZ: a SETUP packet is lost, because the receive FIFO is full"));
            Port.EndBusReset();
            Port.StopFrames();
            Port.StopFrames();
            Port.StartFrames(0);
            Port.StartFrames(0);
        }

        private Func<int> CountWakeUps()
        {
            var count = 0;
            Otg.WakeUp.Connect(new Listener(value => count += value ? 1 : 0), 0);
            return () => count;
        }

        private void StopPll()
        {
            ClearBits(RccBase, 1 << 24);
        }

        private const ulong DVBUS = 0x828;
        private const ulong HighSpeedBase = 0x40040000;

        private sealed class Listener : IGPIOReceiver
        {
            public Listener(Action<bool> action)
            {
                this.action = action;
            }

            public void Reset()
            {
            }

            public void OnGPIO(int number, bool value) => action(value);

            private readonly Action<bool> action;
        }
    }
}
