// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>How the PC gets to know a device (USB 2.0, 9.1.2), in the order of Linux.</summary>
    [TestFixture]
    public class UsbEnumerationTests : UsbHostTest
    {
        [Test]
        public void ShouldEnumerateAsLinuxDoes()
        {
            Enumerate();
            Assert.That(Device.Log.Where(x => !x.StartsWith("data")).Take(13), Is.EqualTo(new[]
            {
                "VBUS on",
                "reset",
                "setup 80 06 00 01 00 00 40 00",
                "reset",
                "setup 00 05 01 00 00 00 00 00",
                "setup 80 06 00 01 00 00 12 00",
                "setup 80 06 00 02 00 00 09 00",
                "setup 80 06 00 02 00 00 4B 00",
                "setup 80 06 00 03 00 00 FF 00",
                "setup 80 06 01 03 09 04 FF 00",
                "setup 80 06 02 03 09 04 FF 00",
                "setup 80 06 03 03 09 04 FF 00",
                "setup 00 09 01 00 00 00 00 00",
            }));
            Assert.That(Connector.Status, Does.Contain("configured at address 1").And.Contain("f055:9800 Maker, Thing, 0042"));
            Assert.That(Connector.GuestMistakes, Is.Empty);
        }

        [Test]
        public void ShouldLetTheDeviceSeeTheEndOfATransferBeforeAReset()
        {
            Device.PullUp(true);
            Connector.Plug();
            while(!Device.Log.Contains("setup 80 06 00 01 00 00 40 00"))
            {
                RunFor(0.0001);
            }
            RunFor(0.0005);
            Assert.That(Device.IsInReset, Is.False);
            RunFor(0.001);
            Assert.That(Device.IsInReset, Is.True);
        }

        [Test]
        public void ShouldWaitForTheConnectionToBeFirm()
        {
            Connector.Plug();
            Device.PullUp(true);
            RunFor(0.05);
            Device.PullUp(false);
            Device.PullUp(true);
            RunFor(0.095);
            Assert.That(Device.IsInReset, Is.False);
            RunFor(0.01);
            Assert.That(Device.IsInReset, Is.True);
            RunFor(0.03);
            Assert.That(Device.IsInReset, Is.True, "10 ms at least (7.1.7.5), Linux: 50");
            RunFor(0.02);
            Assert.That(Device.IsInReset, Is.False);
        }

        [Test]
        public void ShouldDoNothingWithoutCable()
        {
            Device.PullUp(true);
            RunFor(1);
            Assert.That(Device.Log, Is.Empty);
            Assert.That(Connector.Status, Does.Contain("unplugged"));
            Connector.Plug();
            Connector.Plug();
            RunFor(1);
            Assert.That(Connector.IsConfigured, Is.True);
            Connector.Unplug();
            Connector.Unplug();
            Assert.That(Connector.IsConfigured, Is.False);
            Assert.That(Device.Log.Last(), Is.EqualTo("VBUS off"));
            Assert.That(Device.Count("VBUS"), Is.EqualTo(2));
        }

        [Test]
        public void ShouldEnumerateAnewAfterEachPullUp()
        {
            Enumerate();
            Device.PullUp(false);
            RunFor(0.01);
            Assert.That(Connector.IsConfigured, Is.False);
            Assert.That(Connector.Status, Does.Contain("nothing pulls D+ up"));
            Device.PullUp(true);
            RunFor(0.4);
            Assert.That(Connector.IsConfigured, Is.True);
            Assert.That(Connector.Status, Does.Contain("configured at address 2"));
            Device.PullUp(false);
            Device.PullUp(true);
            RunFor(0.4);
            Assert.That(Connector.Status, Does.Contain("configured at address 3"), "however short it was");
        }

        [TestCase(8)]
        [TestCase(16)]
        [TestCase(32)]
        public void ShouldTakeAnyPacketSizeOfEndpoint0(int size)
        {
            Device.DeviceDescriptor = UsbDescriptors.Device(size);
            Enumerate();
            Assert.That(Connector.Status, Does.Contain("Maker, Thing, 0042"));
        }

        [Test]
        public void ShouldDoWithoutStrings()
        {
            Device.Strings = new string[0];
            Enumerate();
            Assert.That(Connector.Status, Does.Contain("f055:9800\n"));
        }

        [Test]
        public void ShouldRejectADeviceThatIsDeaf()
        {
            Device.IsDeaf = true;
            ShouldReject("its device descriptor has no answer that is one");
        }

        [Test]
        public void ShouldRejectADeviceThatStalls()
        {
            Device.StalledRequests.Add(9);
            ShouldReject("SET_CONFIGURATION is answered by STALL");
            Device.StalledRequests.Clear();
            Device.PullUp(false);
            Device.PullUp(true);
            RunFor(0.4);
            Assert.That(Connector.IsConfigured, Is.True, "a new pull-up is a new device");
        }

        [Test]
        public void ShouldRejectADeviceThatIsNeverReady()
        {
            Device.NakIn.Add(0);
            Device.PullUp(true);
            Connector.Plug();
            RunFor(4);
            Assert.That(Connector.GuestMistakes, Is.Empty);
            RunFor(13);
            Assert.That(Connector.GuestMistakes, Does.Contain("3 x USB control transfer: 80 06 00 01 00 00 40 00 aborted in its Data stage").And.Contain("its device descriptor is not answered within 5 s"));
        }

        [Test]
        public void ShouldWaitForANakOfEndpoint0ToEnd()
        {
            Device.NakIn.Add(0);
            Device.PullUp(true);
            Connector.Plug();
            RunFor(1);
            Assert.That(Connector.IsConfigured, Is.False);
            var transactions = Device.Transactions;
            Assert.That(transactions, Is.LessThan(5), "nobody is polled");
            Device.NakIn.Clear();
            Device.TellReady(0, true);
            RunFor(0.3);
            Assert.That(Connector.IsConfigured, Is.True);
        }

        [TestCase("12 01 00", "device descriptor is broken")]
        [TestCase("12 02 00 02 EF 02 01 40 55 F0 00 98 00 02 01 02 03 01", "device descriptor is broken")]
        [TestCase("12 01 00 02 EF 02 01 07 55 F0 00 98 00 02 01 02 03 01", "bMaxPacketSize0 of its device descriptor is 7")]
        [TestCase("12 01 00 02 EF 02 01 40 55 F0 00 98 00 02 01 02 03 00", "device descriptor is broken")]
        public void ShouldRejectABrokenDeviceDescriptor(string bytes, string problem)
        {
            Device.DeviceDescriptor = Bytes(bytes);
            ShouldReject(problem);
        }

        [TestCase("09 02 09", "configuration descriptor is broken: 09 02 09")]
        [TestCase("09 04 09 00 00 01 00 80 32", "its first 9 bytes are no configuration")]
        [TestCase("09 02 05 00 00 01 00 80 32", "its first 9 bytes are no configuration")]
        [TestCase("09 02 FF 00 00 01 00 80 32", "wTotalLength says 255, and 9 bytes have come")]
        [TestCase("09 02 0B 00 00 01 00 80 32 00 04", "the descriptor at byte 9 says that it has 0 bytes")]
        [TestCase("09 02 0B 00 00 01 00 80 32 09 04", "the descriptor at byte 9 says that it has 9 bytes")]
        [TestCase("09 02 0A 00 00 01 00 80 32 02", "the descriptor at byte 9 says that it has 2 bytes")]
        [TestCase("09 02 0D 00 01 01 00 80 32 04 04 00 00", "an interface descriptor is too short (byte 9)")]
        [TestCase("09 02 10 00 00 01 00 80 32 07 05 81 02 40 00 00", "an endpoint comes before the first interface")]
        [TestCase("09 02 16 00 01 01 00 80 32 09 04 00 00 01 FF 00 00 00 04 05 81 02", "an endpoint descriptor is too short (byte 18)")]
        [TestCase("09 02 19 00 01 01 00 80 32 09 04 00 00 01 FF 00 00 00 07 05 80 02 40 00 00", "endpoint 0x80 has packets of 64 bytes")]
        [TestCase("09 02 19 00 01 01 00 80 32 09 04 00 00 01 FF 00 00 00 07 05 81 02 00 02 00", "endpoint 0x81 has packets of 512 bytes")]
        [TestCase("09 02 20 00 01 01 00 80 32 09 04 00 00 02 FF 00 00 00 07 05 81 02 40 00 00 07 05 81 02 40 00 00", "endpoint 0x81 is there twice")]
        [TestCase("09 02 1B 00 02 01 00 80 32 09 04 00 00 00 FF 00 00 00 09 04 00 00 00 FF 00 00 00", "interface 0 has setting 0 twice")]
        public void ShouldRejectABrokenConfiguration(string bytes, string problem)
        {
            Device.Configuration = Bytes(bytes);
            ShouldReject(problem);
        }

        [Test]
        public void ShouldWarnOfAWrongNumberOfInterfaces()
        {
            Device.Configuration[4] = 3;
            Enumerate();
            Assert.That(Connector.GuestMistakes, Does.Contain("bNumInterfaces says 3, and there are 2"));
        }

        [Test]
        public void ShouldCostNothingWhenIdle()
        {
            Enumerate();
            RunFor(0.1);
            var transactions = Device.Transactions;
            RunFor(100);
            Assert.That(Device.Transactions, Is.EqualTo(transactions));
        }

        [Test]
        public void ShouldSuspendAndResume()
        {
            Enumerate();
            Connector.Suspend();
            RunFor(0.01);
            Assert.That(Device.HasFrames, Is.False);
            Assert.That(Device.Log.Last(), Is.EqualTo("setup 00 03 01 00 00 00 00 00"), "it may wake the PC");
            Assert.That(Connector.Status, Does.Contain("suspended"));
            Type("x");
            Device.Send(1, "y");
            RunFor(10);
            Assert.That(TextOf(1) + PrintedText, Is.Empty);
            Connector.Resume();
            RunFor(0.015);
            Assert.That(Device.HasFrames, Is.False);
            RunFor(0.01);
            Assert.That(Device.HasFrames, Is.True);
            Assert.That(TextOf(1) + PrintedText, Is.EqualTo("xy"));
            Assert.That(Device.Log.Last(), Is.EqualTo("setup 00 01 01 00 00 00 00 00"));
        }

        [Test]
        public void ShouldBeWokenByTheDevice()
        {
            Enumerate();
            Device.WakeHost();
            Connector.Suspend();
            RunFor(1);
            Device.WakeHost();
            Device.WakeHost();
            RunFor(0.03);
            Assert.That(Device.HasFrames, Is.True);
            Assert.That(Connector.IsConfigured, Is.True);
            Connector.Resume();
            RunFor(0.1);
            Assert.That(Connector.IsConfigured, Is.True);
        }

        [Test]
        public void ShouldNotSuspendWhatIsNotThere()
        {
            Connector.Suspend();
            Connector.Resume();
            RunFor(0.1);
            Connector.Plug();
            Connector.Suspend();
            RunFor(0.1);
            Assert.That(Device.Log, Is.EqualTo(new[] { "VBUS on" }));
        }

        // Each millisecond of an enumeration.
        [Test]
        public void ShouldBearACablePulledAtAnyTime([Range(100, 260, 4)] int milliseconds)
        {
            Device.PullUp(true);
            Connector.Plug();
            RunFor(milliseconds / 1000.0);
            Connector.Unplug();
            var transactions = Device.Transactions;
            RunFor(1);
            Assert.That(Device.Transactions, Is.EqualTo(transactions));
            Assert.That(Device.IsInReset, Is.False);
            Connector.Plug();
            RunFor(0.4);
            Assert.That(Connector.IsConfigured, Is.True);
            Assert.That(Connector.GuestMistakes, Is.Empty);
        }

        private void ShouldReject(string problem)
        {
            Device.PullUp(true);
            Connector.Plug();
            RunFor(2);
            Assert.That(Connector.IsConfigured, Is.False);
            Assert.That(Connector.GuestMistakes, Does.Contain("1 x USB device: rejected after 3 attempts, because").And.Contain(problem));
            Assert.That(Connector.Status, Does.Contain("device rejected: ").And.Contain(problem));
            var transactions = Device.Transactions;
            RunFor(10);
            Assert.That(Device.Transactions, Is.EqualTo(transactions));
        }

        private static byte[] Bytes(string text) => text.Split(' ').Select(x => System.Convert.ToByte(x, 16)).ToArray();
    }
}
