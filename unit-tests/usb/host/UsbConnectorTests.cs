// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Board;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>The plug, and what its 5 V feed.</summary>
    [TestFixture]
    public class UsbConnectorTests : UsbHostTest
    {
        [Test]
        public void ShouldLeaveVddToAnotherSupply()
        {
            Build(feedsBoard: true);
            Assert.That(Connector.OtherSupply, Is.True);
            Assert.That(Connector.Status, Does.Contain("Feeds VDD         another supply"));
            Connector.Plug();
            Assert.That(Connector.Status, Does.Contain("the cable and another supply"));
            Connector.Unplug();
            Assert.That(Supplies.IsPowered, Is.True);
        }

        [Test]
        public void ShouldFeedABoardThatIsOff()
        {
            Build(feedsBoard: true);
            Supplies.PowerOff();
            Assert.That(Connector.OtherSupply, Is.False);
            Assert.That(Connector.Status, Does.Contain("Feeds VDD         nothing"));
            Connector.Plug();
            Assert.That(Supplies.IsPowered, Is.True);
            Assert.That(Connector.Status, Does.Contain("the cable alone"));
            Connector.Unplug();
            Assert.That(Supplies.IsPowered, Is.False);
            Assert.That(Device.HasVbus, Is.False);
            Supplies.PowerOn();
            Assert.That(Connector.OtherSupply, Is.True);
        }

        [Test]
        public void ShouldDoAsItIsToldOfTheOtherSupply()
        {
            Build(feedsBoard: true);
            Connector.Plug();
            Connector.OtherSupply = false;
            Assert.That(Supplies.IsPowered, Is.True, "the cable is in");
            Connector.PullCable();
            Assert.That(Supplies.IsPowered, Is.True, "who pulls it so does the rest");
            Connector.Plug();
            Connector.Unplug();
            Assert.That(Supplies.IsPowered, Is.False);
            Connector.OtherSupply = true;
            Assert.That(Supplies.IsPowered, Is.True);
            Connector.OtherSupply = false;
            Assert.That(Supplies.IsPowered, Is.False);
        }

        [Test]
        public void ShouldKeepTheOtherSupplyThroughAPowerCycle()
        {
            Build(feedsBoard: true);
            Supplies.PowerCycle(1);
            RunFor(0.5);
            Assert.That(Connector.OtherSupply, Is.False);
            RunFor(0.6);
            Assert.That(Connector.OtherSupply, Is.True);
            Connector.Plug();
            Connector.OtherSupply = false;
            Supplies.PowerCycle(1);
            RunFor(1.1);
            Assert.That(Connector.OtherSupply, Is.False, "with the cable in, VDD tells nothing");
        }

        [Test]
        public void ShouldStartPlugged()
        {
            BuildChip();
            BuildConnector(feedsBoard: true, plugged: true, otherSupply: false);
            Device.PullUp(true);
            RunFor(0.3);
            Assert.That(Connector.IsConfigured, Is.True);
            Connector.Unplug();
            Assert.That(Supplies.IsPowered, Is.False);
        }

        [Test]
        public void ShouldNotFeedEveryBoard()
        {
            Supplies.PowerOff();
            Connector.Plug();
            Assert.That(Supplies.IsPowered, Is.False);
            Assert.That(Connector.Status, Does.Not.Contain("VDD"));
            Assert.Throws<RecoverableException>(() => Connector.OtherSupply = false);
        }

        [Test]
        public void ShouldRefuseWhatCanNotBe()
        {
            Assert.Throws<ConstructionException>(() => new UsbConnector(Machine, new FakeUsbDevice(), debounce: 10001));
            Assert.Throws<ConstructionException>(() => new UsbConnector(Machine, new FakeUsbDevice(), Supplies, otherSupply: false));
        }

        [Test]
        public void ShouldStayPluggedThroughAMachineReset()
        {
            Enumerate();
            Machine.Reset();
            RunFor(0.1);
            Assert.That(Connector.IsConfigured, Is.True, "the device of the test has no reset");
        }

        // In each stage of an enumeration, of transfers, and of a file that is written.
        [TestCase(0.05)]
        [TestCase(0.12)]
        [TestCase(0.1805)]
        [TestCase(0.2315)]
        [TestCase(0.26)]
        [TestCase(0.3)]
        public void ShouldGoOnAfterASnapshot(double at)
        {
            Device.PullUp(true);
            Connector.Plug();
            RunFor(at);
            Device.Send(1, new string('d', 64), new string('e', 64));
            Type(new string('h', 100));
            using(var state = TakeState())
            {
                RunFor(0.1);
                Connector.Unplug();
                RunFor(0.1);
                state.Restore();
            }
            Assert.That(Emulation.TryGetMachineByName("chip", out var loaded), Is.True);
            var connector = (UsbConnector)loaded["sysbus.usb"];
            var serial = (UsbSerial)loaded["sysbus.usbSerial"];
            var printed = 0;
            serial.CharReceived += _ => printed++;
            RunFor(0.3);
            Assert.That(connector.IsConfigured, Is.True);
            Assert.That(connector.Status, Does.Contain("address 1"));
            Assert.That(printed, Is.EqualTo(128));
            Assert.That(connector.GuestMistakes, Is.Empty);
        }

        private void Build(bool feedsBoard)
        {
            BuildChip();
            BuildConnector(feedsBoard);
        }
    }
}
