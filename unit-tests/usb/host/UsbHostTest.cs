// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;
using System.Text;

using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals.Board;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>A PC with a scripted device; the chip is there for its supplies.</summary>
    public abstract class UsbHostTest : ChipTest
    {
        [SetUp]
        public void AddConnector()
        {
            BuildConnector();
        }

        protected void BuildConnector(bool feedsBoard = false, bool plugged = false, bool otherSupply = true)
        {
            Device = new FakeUsbDevice();
            Connector = new UsbConnector(Machine, Device, feedsBoard ? Supplies : null, plugged, otherSupply);
            Machine.SystemBus.Register(Connector, NullRegistrationPoint.Instance);
            Machine.SetLocalName(Connector, "usb");
            Serial = AddSerial("usbSerial");
            Printed.Clear();
            Serial.CharReceived += Printed.Add;
        }

        protected UsbSerial AddSerial(string name)
        {
            var result = new UsbSerial(Connector);
            Machine.SystemBus.Register(result, NullRegistrationPoint.Instance);
            Machine.SetLocalName(result, name);
            return result;
        }

        /// <summary>Plugs in, and runs until the device is configured and its drivers have done their first requests.</summary>
        protected void Enumerate()
        {
            Device.PullUp(true);
            Connector.Plug();
            RunFor(0.3);
            Assert.That(Connector.IsConfigured, Is.True, Connector.Status + "\n" + Connector.GuestMistakes + "\n" + string.Join("\n", Device.Log));
        }

        protected void Type(string text)
        {
            foreach(var value in Encoding.ASCII.GetBytes(text))
            {
                Serial.WriteChar(value);
            }
        }

        protected string TextOf(int endpoint) => Encoding.ASCII.GetString(Device.ReceivedBy(endpoint));

        protected string PrintedText => Encoding.ASCII.GetString(Printed.ToArray());

        protected List<byte> Printed { get; } = new List<byte>();

        protected FakeUsbDevice Device { get; private set; }

        protected UsbConnector Connector { get; private set; }

        protected UsbSerial Serial { get; private set; }
    }
}
