// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.CAN;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Tools.Network;

using NUnit.Framework;

using static UnitTests.CanRegisters;

namespace UnitTests
{
    /// <summary>bxCAN at 16 MHz: 16 clocks a bit, so that a bit takes a microsecond. PB8 and PB9 are CAN1, PB12 and PB13 CAN2.</summary>
    [TestFixture]
    public class STM32F4_CANTests : ChipTest
    {
        [SetUp]
        public void OpenClocks()
        {
            CompleteChip();
            sent = new List<CANMessageFrame>();
            SetBits(Ahb1Enable, 3);
            SetBits(Apb1Enable, 3 << 25);
            Write(Can1Base + FMR, FilterReset & ~1u);
        }

        [Test]
        public void ShouldLeaveInitializationAfterElevenBits()
        {
            Assert.That(Read(Can1Base + MSR) & 3, Is.EqualTo(SLAK), "reset");
            Write(Can1Base + MCR, INRQ);
            Assert.That(Read(Can1Base + MSR) & 3, Is.EqualTo(INAK));
            Write(Can1Base + BTR, Bit16 | LBKM);
            Write(Can1Base + MCR, 0);
            RunFor(0.0000105);
            Assert.That(Read(Can1Base + MSR) & 3, Is.EqualTo(INAK));
            RunFor(0.000001);
            Assert.That(Read(Can1Base + MSR) & 3, Is.Zero);
            Write(Can1Base + MCR, INRQ);
            Assert.That(Read(Can1Base + MSR) & 3, Is.EqualTo(INAK));
            Assert.That(Can1.BitRate, Is.EqualTo(1000000));
        }

        [Test]
        public void ShouldEnterInitializationThoughSleepIsStillSet()
        {
            Write(Can1Base + MCR, 3);
            Assert.That(Read(Can1Base + MSR) & 3, Is.EqualTo(INAK));
            Write(Can1Base + MCR, 2);
            Assert.That(Read(Can1Base + MSR) & 3, Is.EqualTo(SLAK));
        }

        [Test]
        public void ShouldWaitForARecessiveBus()
        {
            Assert.That(Read(Can1Base + MSR) & (RX | SAMP), Is.EqualTo(RX | SAMP), "no pin");
            SelectPins();
            Write(GpioBBase + PUPDR, 0);
            Assert.That(Read(Can1Base + MSR) & (RX | SAMP), Is.Zero, "a floating pin");
            Write(Can1Base + MCR, INRQ);
            Write(Can1Base + BTR, Bit16 | LBKM);
            Write(Can1Base + MCR, 0);
            RunFor(0.001);
            Assert.That(Read(Can1Base + MSR) & INAK, Is.EqualTo(INAK));
            Assert.That(Can1.GuestMistakes, Does.Contain("1 x CAN_MSR.INAK: stays 1, because the pin of CAN_RX is low"));
            Write(GpioBBase + PUPDR, PullUps);
            RunFor(0.000006);
            // A dominant bit: the count begins anew.
            GpioB.Drive(8, "low");
            GpioB.Drive(8, "release");
            RunFor(0.000006);
            Assert.That(Read(Can1Base + MSR) & INAK, Is.EqualTo(INAK));
            RunFor(0.000006);
            Assert.That(Read(Can1Base + MSR) & INAK, Is.Zero);
        }

        [Test]
        public void ShouldTakeBitTimesInInitializationOnly()
        {
            Write(Can1Base + BTR, Bit16);
            Assert.That(Read(Can1Base + BTR), Is.EqualTo(0x01230000));
            Assert.That(Can1.GuestMistakes, Does.Contain("CAN_BTR: write ignored, because MSR.INAK is 0"));
        }

        // Without stuff bits, to the acknowledgement slot.
        [TestCase(0x55u << 21, 0u, 0u, 36u, Description = "no data: SOF, 11 + 3 + 4, CRC 15, delimiter, ACK")]
        [TestCase(0x55u << 21, 1u, 0x55u, 44u, Description = "a byte")]
        public void ShouldTakeTheTimeOfItsBits(uint identifier, uint length, uint data, uint leastBits)
        {
            Start(Can1Base, LBKM);
            var bits = leastBits + StuffBits(identifier >> 21, length, data) + 8;
            Request(Can1Base, 0, identifier, length, data);
            Assert.That(Read(Can1Base + TI0R) & TXRQ, Is.EqualTo(TXRQ));
            Assert.That(Read(Can1Base + TSR) & (TME0 | 3), Is.Zero);
            Assert.That(Read(Can1Base + MSR) & TXM, Is.EqualTo(TXM));
            RunFor((bits - 0.5) * Microsecond);
            Assert.That(Read(Can1Base + TSR) & (TME0 | 3), Is.Zero);
            RunFor(Microsecond);
            Assert.That(Read(Can1Base + TSR) & (TME0 | 3), Is.EqualTo(TME0 | RQCP0 | TXOK0));
            Assert.That(Read(Can1Base + TI0R) & TXRQ, Is.Zero);
            Assert.That(Read(Can1Base + MSR) & TXM, Is.Zero);
            Write(Can1Base + TSR, RQCP0);
            Assert.That(Read(Can1Base + TSR), Is.EqualTo(0x1C000000));
        }

        [Test]
        public void ShouldSendOneFrameAfterTheOther()
        {
            Start(Can1Base, LBKM);
            Request(Can1Base, 0, 0x55u << 21, 0, 0);
            Request(Can1Base, 1, 0x55u << 21, 0, 0);
            var bits = 44 + StuffBits(0x55, 0, 0);
            RunFor((bits + 3 + bits - 0.5) * Microsecond);
            Assert.That(Read(Can1Base + TSR) & RQCP1, Is.Zero, "three bits are between");
            RunFor(Microsecond);
            Assert.That(Read(Can1Base + TSR) & RQCP1, Is.EqualTo(RQCP1));
        }

        [TestCase(0u, new[] { 0x10u, 0x10u | Extended, 0x20u })]
        [TestCase(TXFP, new[] { 0x20u, 0x10u | Extended, 0x10u })]
        public void ShouldSendByIdentifierOrInOrder(uint mode, uint[] expected)
        {
            AddFilter(0, 0, 0, true, false, 0);
            Start(Can1Base, LBKM, mode);
            Write(Can1Base + BTR, 0);
            Write(Can1Base + MCR, mode | INRQ);
            Request(Can1Base, 2, 0x20u << 21, 0, 0);
            Assert.That(Read(Can1Base + TSR) >> 24, Is.EqualTo(0x0C), "mailbox 0 is free; one request has no lowest priority");
            Request(Can1Base, 0, (0x10u << 21) | 4, 0, 0);
            Assert.That(Read(Can1Base + TSR) >> 24, Is.EqualTo(mode == 0 ? 0x89u : 0x29u));
            Request(Can1Base, 1, 0x10u << 21, 0, 0);
            Assert.That(Read(Can1Base + TSR) >> 24, Is.EqualTo(mode == 0 ? 0x82u : 0x41u));
            Write(Can1Base + MCR, mode);
            RunFor(0.001);
            var received = Enumerable.Range(0, 3).Select(_ => (Take(0).Identifier >> 21) | (lastIdentifier & 4) << 29);
            Assert.That(received, Is.EqualTo(expected));
        }

        [Test]
        public void ShouldAbort()
        {
            Start(Can1Base, LBKM);
            Request(Can1Base, 0, 0, 0, 0);
            Request(Can1Base, 1, 1u << 21, 0, 0);
            Write(Can1Base + TSR, ABRQ0 | (ABRQ0 << 8) | (ABRQ0 << 16));
            Assert.That(Read(Can1Base + TSR) & 0x1FFFFFF, Is.EqualTo(ABRQ0 | RQCP1 | (1u << 24)), "one is on the wire, one waited, one is empty");
            RunFor(0.001);
            Assert.That(Read(Can1Base + TSR) & 0xFFFF, Is.EqualTo(RQCP0 | TXOK0 | RQCP1), "the first went well all the same");
            Write(Can1Base + TSR, RQCP0);
            Can1.Disturb(1, CanError.Form);
            Request(Can1Base, 0, 0, 0, 0);
            Write(Can1Base + TSR, ABRQ0);
            RunFor(0.001);
            Assert.That(Read(Can1Base + TSR) & 0xFF, Is.EqualTo(RQCP0 | TERR0));
        }

        [Test]
        public void ShouldProtectAMailboxThatWaits()
        {
            Start(Can1Base, LBKM);
            Request(Can1Base, 0, 0x55u << 21, 1, 0x12);
            Write(Can1Base + TDL0R, 0x34);
            Write(Can1Base + TI0R, 0);
            Assert.That(Read(Can1Base + TDL0R), Is.EqualTo(0x12));
            Assert.That(Can1.GuestMistakes, Does.Contain("CAN_TDL0R: write ignored, because the mailbox is not empty (TSR.TME)"));
        }

        [Test]
        public void ShouldOverrunItsFifo([Values] bool locked)
        {
            AddFilter(0, 0, 0, true, false, 0);
            Start(Can1Base, LBKM, locked ? RFLM : 0);
            for(var i = 1u; i <= 3; i++)
            {
                Send(Can1Base, i << 21);
                Assert.That(Read(Can1Base + RF0R), Is.EqualTo(i | (i == 3 ? FULL : 0)));
            }
            Send(Can1Base, 4u << 21);
            Assert.That(Read(Can1Base + RF0R), Is.EqualTo(3 | FULL | FOVR));
            Write(Can1Base + RF0R, FULL);
            Assert.That(Read(Can1Base + RF0R), Is.EqualTo(3 | FOVR));
            Write(Can1Base + RF0R, FOVR);
            Assert.That(Read(Can1Base + RF0R), Is.EqualTo(3));
            Assert.That(Enumerable.Range(0, 3).Select(_ => Take(0).Identifier >> 21), Is.EqualTo(new[] { 1u, 2u, locked ? 3u : 4u }));
            Write(Can1Base + RF0R, RFOM);
            Assert.That(Read(Can1Base + RF0R), Is.Zero);
            Assert.That(Read(Can1Base + RF1R), Is.Zero);
        }

        // Scale and mode of the bank, its words, an identifier as in RIR, and the filter that matches; -1 if none does.
        [TestCase(true, false, 0x123u << 21, 0xFFFFFFFEu, 0x123u << 21, 0)]
        [TestCase(true, false, 0x123u << 21, 0xFFFFFFFEu, 0x122u << 21, -1)]
        [TestCase(true, false, 0x123u << 21, 0xFFC00000u, 0x122u << 21, 0)]
        [TestCase(true, false, 0x123u << 21, 0xFFFFFFFEu, (0x123u << 21) | 2, -1)]
        [TestCase(true, true, 0x123u << 21, (0x1234567u << 3) | 4, (0x1234567u << 3) | 4, 1)]
        [TestCase(true, true, 0x123u << 21, (0x1234567u << 3) | 4, 0x1234567u << 3 & 0xFFE00000, -1)]
        [TestCase(false, false, 0xFFF80000u | (0x7u << 5), 0xFFF80000u | (0x123u << 5), 0x123u << 21, 1)]
        [TestCase(false, false, 0xFFF80000u | (0x123u << 5), 0xFFF80000u | (0x123u << 5), 0x123u << 21, 0)]
        [TestCase(false, false, 0xFFF80000u | (0x123u << 5), 0u, 0x124u << 21, 1)]
        [TestCase(false, true, 0x20u | (0x40u << 16), 0x60u | (0x90u << 16), 3u << 21, 2)]
        [TestCase(false, true, 0x20u | (0x40u << 16), 0x60u | (0x90u << 16), (4u << 21) | 2, 3)]
        // STID 4, IDE and EXID 17:15 set are the half-word 0x8F.
        [TestCase(false, true, 0x20u | (0x40u << 16), 0x60u | (0x8Fu << 16), (4u << 21) | (7u << 18) | 4, 3)]
        [TestCase(false, true, 0x20u | (0x40u << 16), 0x60u | (0x8Fu << 16), (4u << 21) | (7u << 18) | (1 << 3) | 4, 3)]
        [TestCase(false, true, 0x20u | (0x40u << 16), 0x60u | (0x8Fu << 16), (4u << 21) | (7u << 18) | 4 | 0x8000, 3)]
        public void ShouldMatchByModeAndScale(bool wide, bool list, uint first, uint second, uint identifier, int filter)
        {
            AddFilter(0, first, second, wide, list, 0);
            Start(Can1Base, LBKM);
            Send(Can1Base, identifier);
            Assert.That(Read(Can1Base + RF0R), Is.EqualTo(filter < 0 ? 0 : 1));
            Assert.That(Read(Can1Base + RDT0R) >> 8 & 0xFF, Is.EqualTo(filter < 0 ? 0 : filter));
            Write(Can1Base + FA1R, 0);
            Send(Can1Base, identifier);
            Assert.That(Read(Can1Base + RF0R), Is.EqualTo(filter < 0 ? 0 : 1), "the bank is off");
        }

        [Test]
        public void ShouldNumberItsFilters()
        {
            // RM0090 figure 339: banks of a FIFO are numbered by their kind, active or not.
            AddFilter(0, 0xFFE00000, 0xFFFFFFFE, true, true, 0);
            AddFilter(1, 0x00100010, 0x00100010, false, true, 1);
            AddFilter(2, 0, 0xFFFFFFFE, true, false, 0);
            AddFilter(3, 0xFFFF0000 | (5u << 5), 0xFFFF0000 | (6u << 5), false, false, 0);
            AddFilter(4, 7u << 21, 8u << 21, true, true, 1);
            Write(Can1Base + FA1R, 0x18);
            Start(Can1Base, LBKM);
            Send(Can1Base, 6u << 21);
            Send(Can1Base, 8u << 21);
            Assert.That(Take(0).Status >> 8 & 0xFF, Is.EqualTo(2 + 1 + 1));
            Assert.That(Take(1).Status >> 8 & 0xFF, Is.EqualTo(4 + 1));
        }

        [Test]
        public void ShouldPreferWideFiltersThenListsThenLowNumbers()
        {
            AddFilter(0, 0xFFFF0020, 0, false, false, 0);
            AddFilter(1, 0x00200020, 0x00200020, false, true, 0);
            AddFilter(2, 0, 0, true, false, 1);
            AddFilter(3, 1u << 21, 1u << 21, true, true, 1);
            AddFilter(4, 1u << 21, 1u << 21, true, true, 0);
            Start(Can1Base, LBKM);
            Send(Can1Base, 1u << 21);
            Assert.That(Take(1).Status >> 8 & 0xFF, Is.EqualTo(1), "bank 3");
            Write(Can1Base + FA1R, 7);
            Send(Can1Base, 1u << 21);
            Assert.That(Take(1).Status >> 8 & 0xFF, Is.Zero, "bank 2");
            Write(Can1Base + FA1R, 3);
            Send(Can1Base, 1u << 21);
            Assert.That(Take(0).Status >> 8 & 0xFF, Is.EqualTo(2), "bank 1");
            Assert.That(Read(Can1Base + RF0R) | Read(Can1Base + RF1R), Is.Zero);
        }

        [Test]
        public void ShouldShareItsFiltersBetweenBoth()
        {
            AddFilter(0, 0, 0, true, false, 0);
            Write(Can1Base + FMR, (FilterReset & ~0x3F01u) | (20 << 8));
            AddFilter(20, 1u << 21, 2u << 21, true, true, 0);
            AddFilter(27, 0, 0, true, false, 0);
            Start(Can2Base, LBKM);
            Send(Can2Base, 2u << 21);
            Assert.That(Read(Can2Base + RF0R) & 3, Is.EqualTo(1));
            Assert.That(Read(Can2Base + RDT0R) >> 8, Is.EqualTo(1), "bank 20 is its first");
            Assert.That(Read(Can1Base + RF0R), Is.Zero);
            Write(Can1Base + FMR, (FilterReset & ~0x3F01u) | (28 << 8));
            Send(Can2Base, 2u << 21);
            Assert.That(Read(Can2Base + RF0R) & 3, Is.EqualTo(1), "all are CAN1's");
            Start(Can1Base, LBKM);
            Send(Can1Base, 2u << 21);
            Assert.That(Read(Can1Base + RF0R) & 3, Is.EqualTo(1));
            Assert.That(Read(Can2Base + FMR), Is.Zero);
            Assert.That(Can2.GuestMistakes, Does.Contain("CAN_FMR: read as 0, because the filters are registers of CAN1"));
        }

        [Test]
        public void ShouldNeedTheClockOfCan1InCan2()
        {
            AddFilter(14, 0, 0, true, false, 0);
            Start(Can2Base, LBKM);
            Request(Can2Base, 0, 0, 0, 0);
            ClearBits(Apb1Enable, 1 << 25);
            Assert.That(Read(Can2Base + TI0R), Is.Zero);
            RunFor(0.001);
            Assert.That(Read(Can2Base + RF0R), Is.Zero);
            Assert.That(Can2.GuestMistakes, Does.Contain("CAN_TI0R: read as 0, because the memory of CAN2's mailboxes has the clock of CAN1"));
            Assert.That(Can2.GuestMistakes, Does.Contain("CAN2: frame lost, because the filters have the clock of CAN1"));
        }

        [Test]
        public void ShouldHearNothingWhileFiltersAreInitialized()
        {
            AddFilter(0, 0, 0, true, false, 0);
            Start(Can1Base, LBKM);
            Write(Can1Base + FM1R, 1);
            Write(Can1Base + F0R1, 1);
            Assert.That(Read(Can1Base + FM1R) | Read(Can1Base + F0R1), Is.Zero);
            Assert.That(Can1.GuestMistakes, Does.Contain("CAN_F0R1: write ignored, because FMR.FINIT is 0").And.Contain("CAN_FM1R: write ignored"));
            Write(Can1Base + F0R1 + 8, 1);
            Assert.That(Read(Can1Base + F0R1 + 8), Is.EqualTo(1), "a bank that is off");
            Write(Can1Base + FMR, FilterReset);
            Send(Can1Base, 0);
            Assert.That(Read(Can1Base + RF0R), Is.Zero);
            Assert.That(Read(Can1Base + TSR) & TXOK0, Is.EqualTo(TXOK0));
        }

        [Test]
        public void ShouldHearItselfInLoopBack([Values(LBKM, LBKM | SILM)] uint mode)
        {
            SelectPins();
            Can1.FrameSent += sent.Add;
            AddFilter(0, 0, 0, true, false, 1);
            Start(Can1Base, mode);
            Send(Can1Base, (0x123u << 21) | 2);
            Assert.That(Take(1).Identifier, Is.EqualTo((0x123u << 21) | 2));
            Assert.That(sent, Has.Count.EqualTo(mode == LBKM ? 1 : 0), "the bus hears it unless it is silent");
            Can1.OnFrameReceived(new CANMessageFrame(1, new byte[0]));
            Assert.That(Read(Can1Base + RF1R), Is.Zero, "CAN_RX is disregarded");
        }

        [TestCase(0x7FFu, false, false, 0)]
        [TestCase(0x123u, false, false, 8)]
        [TestCase(0x123u, false, true, 3)]
        [TestCase(0x1FFFFFFFu, true, false, 5)]
        [TestCase(0x1234567u, true, true, 0)]
        public void ShouldBringEachKindOfFrameOverAHub(uint id, bool extended, bool remote, int length)
        {
            SelectPins();
            Can1.FrameSent += Can2.OnFrameReceived;
            Can1.FrameSent += sent.Add;
            Can2.FrameSent += Can1.OnFrameReceived;
            AddFilter(14, 0, 0, true, false, 0);
            Start(Can1Base);
            Start(Can2Base);
            Write(Can1Base + TDH0R + 0x20, 0x08070605);
            Request(Can1Base, 2, (extended ? (id << 3) | 4 : id << 21) | (remote ? 2u : 0), (uint)length, 0x04030201);
            RunFor(0.001);
            Assert.That(Read(Can1Base + TSR) >> 16 & 0xFF, Is.EqualTo(3));
            Assert.That(sent.Single().Id, Is.EqualTo(id));
            Assert.That((sent[0].ExtendedFormat, sent[0].RemoteFrame, sent[0].Data.Length), Is.EqualTo((extended, remote, length)));
            Assert.That(Read(Can2Base + RF0R), Is.EqualTo(1));
            Assert.That(Read(Can2Base + RI0R), Is.EqualTo((extended ? (id << 3) | 4 : id << 21) | (remote ? 2u : 0)));
            Assert.That(Read(Can2Base + RDT0R) & 0xF, Is.EqualTo(length));
            var data = remote ? new byte[8] : Enumerable.Range(1, 8).Select(x => (byte)(x <= length ? x : 0)).ToArray();
            Assert.That(Read(Can2Base + RDL0R), Is.EqualTo(System.BitConverter.ToUInt32(data, 0)));
            Assert.That(Read(Can2Base + RDH0R), Is.EqualTo(System.BitConverter.ToUInt32(data, 4)));
        }

        [Test]
        public void ShouldHearAndBeSilent()
        {
            SelectPins();
            Can1.FrameSent += sent.Add;
            AddFilter(0, 0, 0, true, false, 0);
            Start(Can1Base, SILM);
            Can1.OnFrameReceived(new CANMessageFrame(0x123, new byte[] { 1 }));
            Assert.That(Take(0).Identifier, Is.EqualTo(0x123u << 21));
            Request(Can1Base, 0, 0, 0, 0);
            RunFor(0.001);
            Assert.That(sent, Is.Empty);
            Assert.That(Read(Can1Base + TSR) & (TME0 | RQCP0), Is.Zero);
            Assert.That(Can1.GuestMistakes, Does.Contain("CAN_TIxR.TXRQ: not sent, because BTR.SILM lets no dominant bit out"));
        }

        [Test]
        public void ShouldGoBusOffWithoutTransceiver([Values] bool pins)
        {
            if(pins)
            {
                SelectPins();
            }
            Start(Can1Base);
            Request(Can1Base, 0, 0, 0, 0);
            RunFor(0.0001);
            Assert.That(Read(Can1Base + ESR) & 0xFF, Is.EqualTo((uint)CanError.BitDominant << 4));
            RunFor(0.002);
            Assert.That(Read(Can1Base + ESR), Is.EqualTo(0x00F80057), "as boards without transceiver show");
            Assert.That(Can1.ErrorState, Is.EqualTo("BusOff"));
            Assert.That(Read(Can1Base + TSR) & 0xFF, Is.EqualTo(TERR0));
            Write(Can1Base + TSR, ABRQ0);
            Assert.That(Read(Can1Base + TSR) & 0xFF, Is.EqualTo(RQCP0 | TERR0));
        }

        [Test]
        public void ShouldBecomePassiveAndNoMoreWithoutAcknowledgement()
        {
            SelectPins();
            GpioB.Wire(9, GpioB, 8);
            Start(Can1Base);
            Request(Can1Base, 0, 0, 0, 0);
            var attempt = 36 + StuffBits(0, 0, 0) + 6 + 8 + 3;
            RunFor(((attempt * 12) - 1) * Microsecond);
            Assert.That(Read(Can1Base + ESR), Is.EqualTo(0x00600031), "12 times 8");
            RunFor(attempt * 4 * Microsecond);
            Assert.That(Read(Can1Base + ESR), Is.EqualTo(0x00800033));
            Assert.That(Can1.ErrorState, Is.EqualTo("ErrorPassive"));
            RunFor(0.1);
            Assert.That(Read(Can1Base + ESR), Is.EqualTo(0x00800033), "as boards alone on a bus show");
            Can1.AlwaysAcknowledged = true;
            RunFor(0.0002);
            Assert.That(Read(Can1Base + ESR), Is.EqualTo(0x007F0001), "sent: one less, no error");
            Assert.That(Read(Can1Base + TSR) & 0xFF, Is.EqualTo(RQCP0 | TXOK0));
            Assert.That(Can1.ErrorState, Is.EqualTo("ErrorActive"));
        }

        [Test]
        public void ShouldSendOnceOnly()
        {
            SelectPins();
            GpioB.Wire(9, GpioB, 8);
            Start(Can1Base, 0, NART);
            Request(Can1Base, 0, 0, 0, 0);
            RunFor(0.001);
            Assert.That(Read(Can1Base + TSR), Is.EqualTo(0x1C000000 | RQCP0 | TERR0));
            Write(Can1Base + TSR, TERR0);
            Assert.That(Read(Can1Base + TSR), Is.EqualTo(0x1C000000 | RQCP0));
            Assert.That(Read(Can1Base + ESR), Is.EqualTo(0x00080030));
        }

        [Test]
        public void ShouldRecoverFromBusOff([Values] bool byItself)
        {
            SelectPins();
            Start(Can1Base, 0, byItself ? ABOM : 0);
            Request(Can1Base, 0, 0, 0, 0);
            while(Can1.ErrorState != "BusOff")
            {
                RunFor(0.00001);
            }
            Can1.FrameSent += sent.Add;
            if(!byItself)
            {
                RunFor(0.01);
                Assert.That(Can1.ErrorState, Is.EqualTo("BusOff"));
                Write(Can1Base + MCR, INRQ);
                Write(Can1Base + MCR, 0);
            }
            RunFor(0.00139);
            Assert.That(Can1.ErrorState, Is.EqualTo("BusOff"), "128 times 11 bits");
            Assert.That(Read(Can1Base + MSR) & INAK, Is.Zero);
            RunFor(0.0002);
            Assert.That(Read(Can1Base + ESR), Is.Zero);
            Assert.That(sent, Has.Count.EqualTo(1), "the request has waited");
        }

        [Test]
        public void ShouldCountDisturbedFrames()
        {
            SelectPins();
            AddFilter(0, 0, 0, true, false, 0);
            Can1.FrameSent += sent.Add;
            Start(Can1Base);
            Can1.Disturb(3, CanError.Crc);
            Can1.OnFrameReceived(new CANMessageFrame(1, new byte[0]));
            Can1.OnFrameReceived(new CANMessageFrame(1, new byte[0]));
            Assert.That(Read(Can1Base + ESR), Is.EqualTo(0x02000060));
            Send(Can1Base, 0);
            Assert.That(Read(Can1Base + ESR), Is.EqualTo(0x02070000), "8 up, 1 down, and no error last");
            Assert.That(Read(Can1Base + RF0R), Is.Zero);
            Can1.OnFrameReceived(new CANMessageFrame(1, new byte[0]));
            Assert.That(Read(Can1Base + ESR), Is.EqualTo(0x01070000));
            Can1.OnFrameReceived(new CANMessageFrame(1, new byte[0], fdFormat: true));
            Assert.That(Read(Can1Base + ESR), Is.EqualTo(0x02070020), "a frame of CAN FD breaks the form");
            Can1.Disturb(200, CanError.Stuff);
            for(var i = 0; i < 200; i++)
            {
                Can1.OnFrameReceived(new CANMessageFrame(1, new byte[0]));
            }
            Assert.That(Read(Can1Base + ESR), Is.EqualTo(0xCA070013));
            Can1.OnFrameReceived(new CANMessageFrame(1, new byte[0]));
            Assert.That(Read(Can1Base + ESR), Is.EqualTo(0x7F070001), "a good one leads back");
            Assert.That(() => Can1.Disturb(1, CanError.None), Throws.InstanceOf<RecoverableException>());
            Assert.That(() => Can1.Disturb(1, (CanError)7), Throws.InstanceOf<RecoverableException>());
        }

        [Test]
        public void ShouldInterruptByErrors()
        {
            SelectPins();
            Start(Can1Base);
            foreach(var (enable, errors) in new[] { (1u << 11, 1), (1u << 8, 12), (1u << 9, 16), (1u << 10, 32) })
            {
                Restart();
                Write(Can1Base + IER, enable);
                Request(Can1Base, 0, 0, 0, 0);
                RunFor((errors - 1) * Attempt(errors) * Microsecond);
                Assert.That(Read(Can1Base + MSR) & ERRI, Is.Zero, $"enable 0x{enable:X}");
                RunFor(0.002);
                Assert.That(Read(Can1Base + MSR) & ERRI, Is.EqualTo(ERRI), $"enable 0x{enable:X}");
                Assert.That(Can1.StatusInterrupt.IsSet, Is.False);
                SetBits(Can1Base + IER, 1 << 15);
                Assert.That(Can1.StatusInterrupt.IsSet, Is.True);
                Write(Can1Base + MSR, ERRI);
                Assert.That(Can1.StatusInterrupt.IsSet, Is.False);
            }

            void Restart()
            {
                SetBits(RccBase + 0x20, 1 << 25);
                ClearBits(RccBase + 0x20, 1 << 25);
                Start(Can1Base);
            }

            // One bit, error frame, intermission; from the 16th error on, 8 more.
            double Attempt(int errors) => errors > 16 ? 21 : 17;
        }

        [Test]
        public void ShouldInterruptByItsMailboxesAndFifos()
        {
            AddFilter(0, 0, 0, true, false, 0);
            AddFilter(1, 1u << 21, 1u << 21, true, true, 1);
            Start(Can1Base, LBKM);
            foreach(var (fifo, identifier) in new[] { (0, 0u), (1, 1u << 21) })
            {
                var line = fifo == 0 ? Can1.Receive0Interrupt : Can1.Receive1Interrupt;
                var other = fifo == 0 ? Can1.Receive1Interrupt : Can1.Receive0Interrupt;
                var register = Can1Base + RF0R + (4 * (ulong)fifo);
                Write(Can1Base + IER, (2u << (3 * fifo)) | 1);
                Assert.That(Can1.TransmitInterrupt.IsSet || line.IsSet, Is.False);
                Send(Can1Base, identifier);
                Assert.That(Can1.TransmitInterrupt.IsSet && line.IsSet && !other.IsSet, Is.True, "FMPIE, TMEIE");
                Write(Can1Base + TSR, RQCP0);
                Assert.That(Can1.TransmitInterrupt.IsSet, Is.False);
                Write(Can1Base + IER, 4u << (3 * fifo));
                Assert.That(line.IsSet, Is.False);
                Send(Can1Base, identifier);
                Send(Can1Base, identifier);
                Assert.That(line.IsSet, Is.True, "FFIE");
                Write(register, FULL);
                Assert.That(line.IsSet, Is.False);
                Write(Can1Base + IER, 8u << (3 * fifo));
                Send(Can1Base, identifier);
                Assert.That(line.IsSet && !other.IsSet, Is.True, "FOVIE");
                Write(register, FOVR);
                Assert.That(line.IsSet, Is.False);
                Write(Can1Base + TSR, RQCP0);
            }
        }

        [Test]
        public void ShouldWakeUpByAFrame([Values] bool automatic)
        {
            SelectPins();
            AddFilter(0, 0, 0, true, false, 0);
            Can1.FrameSent += sent.Add;
            Start(Can1Base);
            Write(Can1Base + IER, 1 << 16);
            Write(Can1Base + MCR, SLEEP | (automatic ? AWUM : 0));
            Assert.That(Read(Can1Base + MSR) & 3, Is.EqualTo(SLAK));
            Can1.OnFrameReceived(new CANMessageFrame(1, new byte[0]));
            Assert.That(Read(Can1Base + MSR) & WKUI, Is.EqualTo(WKUI));
            Assert.That(Can1.StatusInterrupt.IsSet, Is.True);
            Write(Can1Base + MSR, WKUI);
            Assert.That(Can1.StatusInterrupt.IsSet, Is.False);
            Assert.That(Read(Can1Base + MCR) & SLEEP, Is.EqualTo(automatic ? 0 : SLEEP));
            Write(Can1Base + MCR, 0);
            RunFor(0.000012);
            Assert.That(Read(Can1Base + MSR) & 3, Is.Zero);
            Assert.That(Read(Can1Base + RF0R), Is.Zero, "that frame is lost");
            Can1.OnFrameReceived(new CANMessageFrame(1, new byte[0]));
            Assert.That(Read(Can1Base + RF0R), Is.EqualTo(1));
        }

        [Test]
        public void ShouldTellThatItSleeps()
        {
            Start(Can1Base, LBKM);
            Write(Can1Base + MCR, SLEEP);
            Assert.That(Read(Can1Base + MSR) & SLAKI, Is.Zero, "without SLKIE");
            Write(Can1Base + MCR, 0);
            RunFor(0.00002);
            Write(Can1Base + IER, 1 << 17);
            Request(Can1Base, 0, 0, 0, 0);
            Write(Can1Base + MCR, SLEEP);
            Assert.That(Read(Can1Base + MSR) & (SLAK | SLAKI), Is.Zero, "the frame ends first");
            RunFor(0.0001);
            Assert.That(Read(Can1Base + MSR) & (SLAK | SLAKI), Is.EqualTo(SLAK | SLAKI));
            Assert.That(Read(Can1Base + TSR) & TXOK0, Is.EqualTo(TXOK0));
            Assert.That(Can1.StatusInterrupt.IsSet, Is.True);
            Write(Can1Base + MSR, SLAKI);
            Assert.That(Can1.StatusInterrupt.IsSet, Is.False);
        }

        [Test]
        public void ShouldStampFramesWithTheirTime()
        {
            AddFilter(0, 0, 0, true, false, 0);
            Start(Can1Base, LBKM, TTCM);
            var start = 100u;
            RunFor(start * Microsecond);
            Write(Can1Base + TDT0R, 8 | TGT);
            Write(Can1Base + TDH0R, 0x11223344);
            Write(Can1Base + TI0R, TXRQ);
            RunFor(0.001);
            var time = Read(Can1Base + TDT0R) >> 16;
            Assert.That(time, Is.EqualTo(start + 9).Within(1), "Start has waited 20 bits, 11 of them to join");
            Assert.That(Read(Can1Base + RDT0R) >> 16, Is.EqualTo(time));
            Assert.That(Read(Can1Base + RDH0R), Is.EqualTo(0x3344 | (time >> 8 << 16) | ((time & 0xFF) << 24)));
            Write(Can1Base + MCR, INRQ);
            Write(Can1Base + MCR, 0);
            RunFor(0.001);
            Take(0);
            Send(Can1Base, 0);
            Assert.That(Read(Can1Base + RDT0R) >> 16, Is.Zero, "without TTCM");
        }

        [Test]
        public void ShouldBeResetByItsOwnBit()
        {
            AddFilter(0, 0, 0, true, false, 0);
            Start(Can1Base, LBKM, NART);
            Send(Can1Base, 0);
            Request(Can1Base, 1, 0, 0, 0);
            Write(Can1Base + MCR, 1 << 15);
            Assert.That(Read(Can1Base + MCR), Is.EqualTo(0x00010002));
            Assert.That(Read(Can1Base + MSR) & 3, Is.EqualTo(SLAK));
            Assert.That(Read(Can1Base + RF0R), Is.Zero);
            Assert.That(Read(Can1Base + TSR), Is.EqualTo(0x1C000000));
            Assert.That(Read(Can1Base + BTR), Is.EqualTo(Bit16 | LBKM), "kept");
            RunFor(0.001);
            Assert.That(Read(Can1Base + MSR) & 3, Is.EqualTo(SLAK));
        }

        [Test]
        public void ShouldStandStillWhileADebuggerHaltsTheCore([Values] bool freezes)
        {
            Start(Can1Base, LBKM, freezes ? DBF : 0);
            Request(Can1Base, 0, 0, 0, 0);
            RunFor(0.00001);
            Can1.IsHeldByDebugger = true;
            RunFor(0.001);
            Assert.That(Read(Can1Base + TSR) & TXOK0, Is.EqualTo(freezes ? 0 : TXOK0));
            Can1.IsHeldByDebugger = false;
            RunFor(0.00003);
            Assert.That(Read(Can1Base + TSR) & TXOK0, Is.EqualTo(freezes ? 0 : TXOK0));
            RunFor(0.00003);
            Assert.That(Read(Can1Base + TSR) & TXOK0, Is.EqualTo(TXOK0));
        }

        [Test]
        public void ShouldStandStillWithoutClock()
        {
            Start(Can1Base, LBKM);
            Request(Can1Base, 0, 0, 0, 0);
            ClearBits(Apb1Enable, 1 << 25);
            RunFor(0.001);
            Assert.That(Read(Can1Base + TSR), Is.Zero);
            SetBits(Apb1Enable, 1 << 25);
            Assert.That(Read(Can1Base + TSR) & TXOK0, Is.Zero);
            RunFor(0.0001);
            Assert.That(Read(Can1Base + TSR) & TXOK0, Is.EqualTo(TXOK0));
        }

        [Test]
        public void ShouldHoldTxHigh()
        {
            SelectPins();
            Write(GpioBBase + PUPDR, 1 << 16);
            Assert.That(Read(GpioBBase + 0x10) & 0x3200, Is.EqualTo(0x2200), "PB9 and PB13");
            Start(Can1Base, LBKM);
            Request(Can1Base, 0, 0, 0, 0);
            Assert.That(Read(GpioBBase + 0x10) & 0x3200, Is.EqualTo(0x2200));
        }

        [Test]
        public void ShouldBeWrittenInPartsAsTheBridgeDoes()
        {
            Machine.SystemBus.WriteByte(Can1Base + TDL0R + 1, 0x12);
            Assert.That(Read(Can1Base + TDL0R), Is.EqualTo(0x12121212));
            Machine.SystemBus.WriteWord(Can1Base + TDL0R + 2, 0x3456);
            Assert.That(Read(Can1Base + TDL0R), Is.EqualTo(0x34563456));
            Assert.That(Machine.SystemBus.ReadByte(Can1Base + TDL0R + 1), Is.EqualTo(0x34));
            Assert.That(Machine.SystemBus.ReadWord(Can1Base + TDL0R + 2), Is.EqualTo(0x3456));
        }

        // CAN2 as it is: does CAN1 get its acknowledgement?
        [TestCase(0u, true)]
        [TestCase(SILM, false)]
        [TestCase(LBKM, false)]
        public void ShouldBeAcknowledgedByNodesThatListen(uint mode, bool isAcknowledged)
        {
            SelectPins();
            EmulationManager.Instance.CurrentEmulation.CreateCANHub("bus");
            Emulation.ExternalsManager.TryGetByName<IExternal>("bus", out var hub);
            Emulation.Connector.Connect(Can1, (IConnectable)hub);
            Start(Can1Base);
            Request(Can1Base, 0, 0, 0, 0);
            RunFor(0.0001);
            Assert.That(Read(Can1Base + ESR) & 0xFF, Is.EqualTo((uint)CanError.Acknowledgement << 4), "alone on the hub");
            Emulation.Connector.Connect(Can2, (IConnectable)hub);
            RunFor(0.0001);
            Assert.That(Read(Can1Base + TSR) & TXOK0, Is.Zero, "CAN2 sleeps");
            Start(Can2Base, mode);
            RunFor(0.0002);
            Assert.That(Read(Can1Base + TSR) & TXOK0, Is.EqualTo(isAcknowledged ? TXOK0 : 0));
        }

        private void SelectPins()
        {
            Write(GpioBBase, (2u << 16) | (2u << 18) | (2u << 24) | (2u << 26));
            Write(GpioBBase + 0x24, 0x00990099);
            Write(GpioBBase + PUPDR, PullUps);
        }

        private void Start(ulong can, uint mode = 0, uint control = 0)
        {
            Write(can + MCR, INRQ);
            Write(can + BTR, Bit16 | mode);
            Write(can + MCR, control);
            RunFor(0.00002);
            Assert.That(Read(can + MSR) & 3, Is.Zero);
        }

        private void AddFilter(int bank, uint first, uint second, bool wide, bool list, int fifo)
        {
            var bit = 1u << bank;
            var master = Read(Can1Base + FMR);
            Write(Can1Base + FMR, master | 1);
            foreach(var (register, value) in new[] { (FS1R, wide), (FM1R, list), (FFA1R, fifo == 1), (FA1R, true) })
            {
                Write(Can1Base + register, (Read(Can1Base + register) & ~bit) | (value ? bit : 0));
            }
            Write(Can1Base + F0R1 + (8 * (ulong)bank), first);
            Write(Can1Base + F0R1 + (8 * (ulong)bank) + 4, second);
            Write(Can1Base + FMR, master & ~1u);
        }

        private void Request(ulong can, int mailbox, uint identifier, uint length, uint data)
        {
            var first = can + TI0R + (0x10 * (ulong)mailbox);
            Write(first + 4, length);
            Write(first + 8, data);
            Write(first, identifier | TXRQ);
        }

        private void Send(ulong can, uint identifier)
        {
            Request(can, 0, identifier, 0, 0);
            RunFor(0.0002);
        }

        private (uint Identifier, uint Status) Take(int fifo)
        {
            Assert.That(Read(Can1Base + RF0R + (4 * (ulong)fifo)) & 3, Is.Not.Zero);
            lastIdentifier = Read(Can1Base + RI0R + (0x10 * (ulong)fifo));
            var result = (lastIdentifier, Read(Can1Base + RDT0R + (0x10 * (ulong)fifo)));
            Write(Can1Base + RF0R + (4 * (ulong)fifo), RFOM);
            return result;
        }

        // Of a standard data frame, written down anew: a string of levels, in which each five alike get a sixth.
        private static uint StuffBits(uint identifier, uint length, uint data)
        {
            var levels = "0" + System.Convert.ToString(identifier, 2).PadLeft(11, '0') + "000" + System.Convert.ToString(length, 2).PadLeft(4, '0');
            levels += length == 0 ? "" : System.Convert.ToString(data & 0xFF, 2).PadLeft(8, '0');
            // The remainder of a division by x^15 + x^14 + x^10 + x^8 + x^7 + x^4 + x^3 + 1.
            var dividend = (levels + new string('0', 15)).Select(x => x - '0').ToArray();
            var divisor = "1100010110011001".Select(x => x - '0').ToArray();
            for(var i = 0; i + divisor.Length <= dividend.Length; i++)
            {
                for(var j = 0; dividend[i] == 1 && j < divisor.Length; j++)
                {
                    dividend[i + j] ^= divisor[j] * (j == 0 ? 0 : 1);
                }
                dividend[i] = 0;
            }
            levels += string.Concat(dividend.Skip(dividend.Length - 15));
            var stuffed = "";
            foreach(var level in levels)
            {
                stuffed += level;
                if(stuffed.EndsWith("00000") || stuffed.EndsWith("11111"))
                {
                    stuffed += level == '0' ? '1' : '0';
                }
            }
            return (uint)(stuffed.Length - levels.Length);
        }

        private uint lastIdentifier;
        private List<CANMessageFrame> sent;

        private const double Microsecond = 0.000001;
        private const uint Extended = 0x80000000;
        private const ulong PUPDR = 0x0C;
        private const uint PullUps = (1 << 16) | (1 << 18) | (1 << 24) | (1 << 26);
    }
}
