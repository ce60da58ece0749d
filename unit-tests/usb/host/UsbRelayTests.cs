// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using Antmicro.Renode.Peripherals.Board;
using Antmicro.Renode.Peripherals.USB;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>A device that somebody else than the PC's drivers has.</summary>
    [TestFixture]
    public class UsbRelayTests : UsbHostTest
    {
        [Test]
        public void ShouldTakeTheWholeDevice()
        {
            Relay();
            Assert.That(relay.Log, Is.EqualTo(new[] { "device F055:9800 configuration 1" }));
            Assert.That(Serial.IsOpen, Is.False);
            Assert.That(Device.Count("setup 21"), Is.EqualTo(0), "no driver asks");
            Assert.That(Connector.Status, Does.Contain("Relay             told"));
        }

        [Test]
        public void ShouldTakeADeviceThatIsThere()
        {
            Enumerate();
            Assert.That(Serial.IsOpen, Is.True);
            relay = new TestRelay(Connector);
            RunFor(0.3);
            Assert.That(relay.Log, Is.EqualTo(new[] { "device F055:9800 configuration 1" }));
            Assert.That(Serial.IsOpen, Is.False);
            Assert.That(Device.HasVbus, Is.True);
        }

        [Test]
        public void ShouldPassControlTransfersOn()
        {
            Device.ClassAnswers[0x21] = new byte[] { 1, 2, 3, 4, 5, 6, 7 };
            Relay();
            Assert.That(Ask(0xA1, 0x21, 0, 1, 7), Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 6, 7 }));
            Assert.That(Tell(0x21, 0x20, 0, 1, 9, 8, 7), Is.Empty);
            Assert.That(Device.Log.Skip(Device.Log.IndexOf("setup 21 20 00 00 01 00 03 00")).Take(2), Is.EqualTo(new[] { "setup 21 20 00 00 01 00 03 00", "data 09 08 07" }));
            Assert.That(Tell(0x21, 0x22, 3, 1), Is.Empty);
            Assert.That(Device.Log.Last(), Is.EqualTo("setup 21 22 03 00 01 00 00 00"));
        }

        [Test]
        public void ShouldTellWhatTheDeviceRefuses()
        {
            Device.StalledRequests.Add(0x20);
            Relay();
            Assert.That(Tell(0x21, 0x20, 0, 1, 9), Is.Null);
            Assert.That(Ask(0xA1, 0x55, 0, 1, 7), Is.Null);
        }

        [Test]
        public void ShouldRefuseDataThatIsNotAsLongAsTheRequestSays()
        {
            Relay();
            var before = Device.Log.Count;
            relay.Ask(new byte[] { 0x21, 0x20, 0, 0, 1, 0, 3, 0 }, new byte[2]);
            relay.Ask(new byte[] { 0x21, 0x20, 0, 0, 1, 0, 3, 0 }, null);
            Assert.That(relay.Answers, Is.EqualTo(new byte[][] { null, null }));
            Assert.That(Device.Log.Count, Is.EqualTo(before));
        }

        [Test]
        public void ShouldKeepTheAddressOfTheBus()
        {
            Relay();
            var before = Device.Count("setup 00 05");
            Assert.That(Tell(0x00, 5, 99, 0), Is.Empty);
            Assert.That(Device.Count("setup 00 05"), Is.EqualTo(before));
            Assert.That(Tell(0x21, 0x22, 3, 1), Is.Empty);
        }

        [Test]
        public void ShouldMoveDataBothWays()
        {
            Relay();
            relay.Send(1, new string('a', 130));
            relay.Send(1, "b");
            Device.Send(1, "first", "second");
            RunFor(0.01);
            Assert.That(Device.Packets.Select(x => x.Data.Length), Is.EqualTo(new[] { 64, 64, 2, 1 }));
            Assert.That(relay.Log.Skip(1), Is.EqualTo(new[] { "data 1 first", "data 1 second" }));
        }

        [Test]
        public void ShouldReadNoMoreThanIsTaken()
        {
            Relay();
            Device.Send(1, "1", "2", "3", "4", "5");
            RunFor(0.01);
            Assert.That(relay.Log.Skip(1), Is.EqualTo(new[] { "data 1 1", "data 1 2", "data 1 3" }));
            relay.Take(1);
            relay.Take(1);
            RunFor(0.01);
            Assert.That(relay.Log.Skip(4), Is.EqualTo(new[] { "data 1 4", "data 1 5" }));
        }

        [Test]
        public void ShouldTellWholeTransfers()
        {
            Device.Configuration = UsbDescriptors.Configuration(UsbDescriptors.MassStorage(0, 0x81, 0x01));
            Relay();
            Device.Send(1, new string('x', 64), new string('y', 64));
            RunFor(0.01);
            Assert.That(relay.Log.Count, Is.EqualTo(1), "there may be more of it");
            Device.Send(1, "z");
            Device.Send(1, "");
            Device.Send(1, "status");
            RunFor(0.01);
            Assert.That(relay.Log.Skip(1), Is.EqualTo(new[] { "data 1 " + new string('x', 64) + new string('y', 64) + "z", "data 1 ", "data 1 status" }));
        }

        [Test]
        public void ShouldClearAHaltAndTellItWhereTransfersAreWhole()
        {
            Device.Configuration = UsbDescriptors.Configuration(UsbDescriptors.MassStorage(0, 0x81, 0x01));
            Device.Halted.Add(0x81);
            Relay();
            RunFor(0.05);
            Assert.That(relay.Log.Last(), Is.EqualTo("data 1 "));
            Assert.That(Device.Count("clear halt 81"), Is.EqualTo(1));
            Device.Send(1, "status");
            RunFor(0.05);
            Assert.That(relay.Log.Last(), Is.EqualTo("data 1 status"));
        }

        [Test]
        public void ShouldBeginWithData0WhereARequestSaysSo()
        {
            Relay();
            relay.Send(1, "a");
            RunFor(0.01);
            Assert.That(Tell(0x02, 1, 0, 1), Is.Empty);
            // The device throws if it gets another toggle than it expects.
            relay.Send(1, "b");
            RunFor(0.01);
            Assert.That(TextOf(1), Is.EqualTo("ab"));
        }

        [Test]
        public void ShouldFollowAChoiceOfSettings()
        {
            Device.Configuration = UsbDescriptors.Configuration(UsbDescriptors.Join(UsbDescriptors.Interface(0, 0, 0xFF, 0, 0), UsbDescriptors.Interface(0, 2, 0xFF, 0, 0, alternate: 1),
                UsbDescriptors.Endpoint(0x82, 2, 32, 0), UsbDescriptors.Endpoint(1, 2, 32, 0)));
            Relay();
            Device.Send(2, "early");
            relay.Send(1, "lost");
            RunFor(0.01);
            Assert.That(Device.Packets, Is.Empty);
            Assert.That(Tell(0x01, 0x0B, 1, 0), Is.Empty);
            relay.Send(1, "there");
            RunFor(0.01);
            Assert.That(TextOf(1), Is.EqualTo("there"));
            Assert.That(relay.Log.Last(), Is.EqualTo("data 2 early"));
            Assert.That(Tell(0x01, 0x0B, 0, 0), Is.Empty);
            relay.Send(1, "lost");
            RunFor(0.01);
            Assert.That(TextOf(1), Is.EqualTo("there"));
        }

        [Test]
        public void ShouldTellOfAConfigurationThatIsSet()
        {
            Relay();
            Assert.That(Tell(0x00, 9, 1, 0), Is.Empty);
            Assert.That(relay.Log.Last(), Is.EqualTo("configuration 1"));
        }

        [Test]
        public void ShouldLetNobodyWaitForADeviceThatIsGone()
        {
            Relay();
            Device.NakIn.Add(0);
            relay.Ask(new byte[] { 0xA1, 0x21, 0, 0, 1, 0, 7, 0 }, null);
            RunFor(0.01);
            Assert.That(relay.Answers, Is.Empty);
            Connector.Unplug();
            Assert.That(relay.Answers, Is.EqualTo(new byte[][] { null }));
            Assert.That(relay.Log.Last(), Is.EqualTo("gone"));
            relay.Ask(new byte[] { 0xA1, 0x21, 0, 0, 1, 0, 7, 0 }, null);
            Assert.That(relay.Answers.Count, Is.EqualTo(2));
            relay.Send(1, "lost");
            Device.NakIn.Clear();
            Connector.Plug();
            RunFor(0.3);
            Assert.That(relay.Log.Last(), Does.StartWith("device"));
            Assert.That(Device.Packets, Is.Empty);
        }

        [Test]
        public void ShouldMakeWhoeverSendsTooMuchWait()
        {
            Relay();
            Device.NakOut.Add(1);
            var sender = new System.Threading.Thread(() =>
            {
                for(var i = 0; i < 4; i++)
                {
                    relay.Send(1, new string((char)('a' + i), 0x20000));
                }
            });
            sender.Start();
            Assert.That(sender.Join(200), Is.False);
            RunFor(0.01);
            // Whoever waits is let go.
            Connector.Unplug();
            Assert.That(sender.Join(10000), Is.True);
        }

        private void Relay()
        {
            relay = new TestRelay(Connector);
            Enumerate();
        }

        private byte[] Ask(int type, int request, int value, int index, int length) => Control(null, type, request, value, index, length);

        private byte[] Tell(int type, int request, int value, int index, params byte[] data) => Control(data, type, request, value, index, data.Length);

        private byte[] Control(byte[] data, int type, int request, int value, int index, int length)
        {
            relay.Answers.Clear();
            relay.Ask(new byte[] { (byte)type, (byte)request, (byte)value, (byte)(value >> 8), (byte)index, (byte)(index >> 8), (byte)length, (byte)(length >> 8) }, data);
            RunFor(0.02);
            return relay.Answers.Single();
        }

        private TestRelay relay;

        private class TestRelay : UsbRelay
        {
            public TestRelay(UsbConnector connector) : base(connector)
            {
            }

            public void Ask(byte[] setup, byte[] data) => Control(setup, data, Answers.Add);

            public void Send(int endpoint, string text) => Write(endpoint, Encoding.ASCII.GetBytes(text));

            public void Take(int endpoint) => TakeOne(endpoint);

            public List<string> Log { get; } = new List<string>();

            public List<byte[]> Answers { get; } = new List<byte[]>();

            protected override void HandleDevice(UsbDevice device, UsbConfiguration configuration)
            {
                Assert.That(device.Descriptor.Length, Is.EqualTo(18));
                Assert.That(configuration.Descriptor.Length, Is.EqualTo(configuration.Descriptor[2]));
                Log.Add($"device {device.Vendor:X4}:{device.Product:X4} configuration {configuration.Value}");
            }

            protected override void HandleGone() => Log.Add("gone");

            protected override void HandleConfiguration(int value) => Log.Add("configuration " + value);

            protected override void HandleData(int endpoint, byte[] data) => Log.Add($"data {endpoint} {Encoding.ASCII.GetString(data)}");

            protected override int TakesInAdvance(UsbInterface setting, UsbEndpoint endpoint) => setting.Class == 8 ? 0 : 3;

            protected override IEnumerable<KeyValuePair<string, string>> StatusLines
            {
                get
                {
                    yield return new KeyValuePair<string, string>("Relay", "told");
                }
            }
        }
    }
}
