// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;
using System.Threading;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Board;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Peripherals.UART;
using Antmicro.Renode.Time;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>CDC ACM as a serial port of the PC.</summary>
    [TestFixture]
    public class UsbSerialTests : UsbHostTest
    {
        [Test]
        public void ShouldOpenThePort()
        {
            Enumerate();
            Assert.That(Device.Log.SkipWhile(x => x != "configured").Skip(1), Is.EqualTo(new[]
            {
                "setup 21 20 00 00 00 00 07 00",
                "data 00 C2 01 00 00 00 08",
                "setup 21 22 03 00 00 00 00 00",
            }), "115200 8N1, DTR and RTS");
            Assert.That(Serial.IsOpen, Is.True);
            Assert.That(Connector.Status, Does.Contain("Serial port       interface 0, 115200 baud, DTR on, RTS on"));
        }

        [Test]
        public void ShouldCarryCharacters()
        {
            Enumerate();
            Device.Send(1, "Hello", ", ", "world");
            RunFor(0.001);
            Assert.That(PrintedText, Is.EqualTo("Hello, world"));
            Type("print(1)\r");
            RunFor(0.001);
            Assert.That(TextOf(1), Is.EqualTo("print(1)\r"));
        }

        [Test]
        public void ShouldWaitWhileTheDeviceIsNotReady()
        {
            Enumerate();
            Device.NakOut.Add(1);
            Type(new string('a', 1000));
            RunFor(20);
            Assert.That(TextOf(1), Is.Empty);
            Device.NakOut.Clear();
            Type("b");
            RunFor(0.1);
            Assert.That(TextOf(1), Is.Empty, "nobody has called");
            Device.TellReady(1, false);
            RunFor(0.01);
            Assert.That(TextOf(1), Is.EqualTo(new string('a', 1000) + "b"));
            Assert.That(Connector.GuestMistakes, Is.Empty);
        }

        [Test]
        public void ShouldFillFramesAsAFullSpeedBusDoes()
        {
            Enumerate();
            Device.Send(1, Enumerable.Range(0, 1000).Select(_ => new byte[64]).ToArray());
            RunFor(0.01);
            // 19 packets of 64 bytes (5.8.4), ten frames.
            Assert.That(Printed.Count / 64, Is.InRange(185, 191));
        }

        [Test]
        public void ShouldShareTheBus()
        {
            Enumerate();
            Device.Send(1, Enumerable.Range(0, 1000).Select(_ => new byte[64]).ToArray());
            Type(new string('x', 64 * 1000));
            RunFor(0.01);
            Assert.That(Printed.Count / 64, Is.InRange(90, 96));
            Assert.That(Device.ReceivedBy(1).Length / 64, Is.InRange(90, 96));
        }

        [Test]
        public void ShouldLoseCharactersWithoutAPort()
        {
            Type("abc");
            Enumerate();
            RunFor(0.1);
            Assert.That(TextOf(1), Is.Empty);
            Assert.Throws<RecoverableException>(() => { Connector.Unplug(); Serial.SendBreak(); });
        }

        [Test]
        public void ShouldTellLineCodingAndControlLines()
        {
            Serial.BaudRate = 9600;
            Serial.RTS = false;
            Enumerate();
            Assert.That(Device.Log, Does.Contain("data 80 25 00 00 00 00 08").And.Contain("setup 21 22 01 00 00 00 00 00"));
            Serial.DTR = false;
            Serial.ParityBit = Parity.Even;
            Serial.StopBits = Bits.Two;
            Serial.DataBits = 7;
            Serial.SendBreak();
            RunFor(0.01);
            Assert.That(Device.Log.TakeLast(3), Is.EqualTo(new[] { "setup 21 20 00 00 00 00 07 00", "data 80 25 00 00 02 02 07", "setup 21 23 FA 00 00 00 00 00" }));
            Assert.That(Device.Log, Does.Contain("setup 21 22 00 00 00 00 00 00"));
        }

        [Test]
        public void ShouldRefuseWhatALineCodingHasNot()
        {
            Assert.Throws<RecoverableException>(() => Serial.BaudRate = 0);
            Assert.Throws<RecoverableException>(() => Serial.StopBits = Bits.Half);
            Assert.Throws<RecoverableException>(() => Serial.ParityBit = Parity.Multidrop);
            Assert.Throws<RecoverableException>(() => Serial.DataBits = 9);
            Assert.Throws<RecoverableException>(() => Serial.SendBreak(-1));
            Assert.Throws<RecoverableException>(() => Serial.SendBreak(65536));
        }

        [Test]
        public void ShouldDoWithADeviceThatHasNoLineCoding()
        {
            Device.StalledRequests.Add(0x20);
            Device.StalledRequests.Add(0x22);
            Enumerate();
            Device.Send(1, "ok");
            RunFor(0.001);
            Assert.That(PrintedText, Is.EqualTo("ok"));
        }

        [Test]
        public void ShouldReadTheSerialState()
        {
            Enumerate();
            Device.Send(2, new byte[] { 0xA1, 0x20, 0, 0, 0, 0, 2, 0 }, new byte[] { 0x43, 0 });
            RunFor(0.1);
            Assert.That(Serial.SerialState, Is.EqualTo("DCD DSR overrun"));
            Connector.Unplug();
            Assert.That(Serial.SerialState, Is.Empty);
        }

        [Test]
        public void ShouldPollAnInterruptEndpointByItsInterval()
        {
            Enumerate();
            Device.Send(2, Enumerable.Range(0, 20).Select(_ => new byte[2]).ToArray());
            var before = Device.Transactions;
            RunFor(0.1);
            Assert.That(Device.Transactions - before, Is.InRange(6, 8), "each 16 ms");
        }

        [Test]
        public void ShouldClearAHalt()
        {
            Enumerate();
            Device.Halted.Add(0x01);
            Device.Halted.Add(0x81);
            Device.Send(1, "in");
            Device.TellReady(1, true);
            Type("out");
            RunFor(0.02);
            Assert.That(Device.Log, Does.Contain("clear halt 01").And.Contain("clear halt 81"));
            Assert.That(TextOf(1) + PrintedText, Is.EqualTo("outin"));
        }

        [Test]
        public void ShouldHaveAPortForEachFunction()
        {
            var second = AddSerial("usbSerial2");
            Device.Configuration = UsbDescriptors.Configuration(UsbDescriptors.Cdc(0, 0x82, 0x81, 0x01), UsbDescriptors.Cdc(2, 0x84, 0x83, 0x03));
            var seen = "";
            second.CharReceived += x => seen += (char)x;
            Enumerate();
            Device.Send(1, "one");
            Device.Send(3, "two");
            second.WriteChar(0x32);
            Type("1");
            RunFor(0.01);
            Assert.That(PrintedText + seen, Is.EqualTo("onetwo"));
            Assert.That(TextOf(1) + TextOf(3), Is.EqualTo("12"));
            Device.Configuration = UsbDescriptors.Configuration(UsbDescriptors.Cdc(0, 0x82, 0x81, 0x01));
            Device.PullUp(false);
            Device.PullUp(true);
            RunFor(0.4);
            Assert.That(Serial.IsOpen, Is.True);
            Assert.That(second.IsOpen, Is.False);
        }

        [Test]
        public void ShouldIgnoreAFunctionWithoutItsData()
        {
            Device.Configuration = UsbDescriptors.Configuration(UsbDescriptors.Join(UsbDescriptors.Interface(0, 1, 2, 2, 0), new byte[] { 5, 0x24, 6, 0, 7 }, UsbDescriptors.Endpoint(0x82, 3, 8, 16)),
                UsbDescriptors.Cdc(1, 0x84, 0x81, 0x01));
            Enumerate();
            Assert.That(Connector.GuestMistakes, Does.Contain("USB interface 0: CDC ACM ignored, because interface 7 is not there"));
            Device.Send(1, "ok");
            RunFor(0.001);
            Assert.That(PrintedText, Is.EqualTo("ok"), "the next one is taken");
        }

        [Test]
        public void ShouldEndATransferThatBreaksTheRules()
        {
            Enumerate();
            Device.Send(1, new byte[65]);
            RunFor(0.01);
            Assert.That(Connector.GuestMistakes, Does.Contain("USB endpoint 1 IN: sends more than was asked for"));
            Assert.That(Printed, Is.Empty);
        }

        [Test]
        public void ShouldTryAgainWhenThereWasNoAnswer()
        {
            Enumerate();
            Device.IsDeaf = true;
            Type("x");
            Device.TellReady(1, true);
            RunFor(10);
            Assert.That(Connector.GuestMistakes, Does.Contain("USB endpoint 1 OUT: gives no valid answer").And.Contain("USB endpoint 1 IN: gives no valid answer"));
            Device.IsDeaf = false;
            Device.Send(1, "y");
            RunFor(1.1);
            Assert.That(TextOf(1) + PrintedText, Is.EqualTo("xy"));
        }

        [Test]
        public void ShouldShowHidReports()
        {
            Device.Configuration = UsbDescriptors.Configuration(UsbDescriptors.Cdc(0, 0x82, 0x81, 0x01), UsbDescriptors.Hid(2, 0x83));
            Enumerate();
            Assert.That(Device.Log, Does.Contain("setup 21 0A 00 00 02 00 00 00").And.Contain("setup 81 06 00 22 02 00 0A 00"));
            Device.Send(3, new byte[] { 1, 2, 3 }, new byte[] { 0, 0xFF });
            RunFor(0.02);
            Assert.That(Connector.LastReport, Is.EqualTo("00 FF"));
            Assert.That(Connector.Status, Does.Contain("HID               1 interface(s), last report: 00 FF"));
        }

        [Test]
        public void ShouldBearACablePulledByATerminal()
        {
            Enumerate();
            Serial.CharReceived += _ => Connector.PullCable();
            Device.Send(1, "abc", "def");
            RunFor(0.1);
            Assert.That(PrintedText, Is.EqualTo("abc"), "what has come, has come");
            Connector.Plug();
            RunFor(0.4);
            Assert.That(Serial.IsOpen, Is.False);
        }

        [Test]
        public void ShouldSendAnEchoAtOnce()
        {
            Enumerate();
            Serial.CharReceived += Serial.WriteChar;
            Device.Send(1, "echo");
            RunFor(0.001);
            Assert.That(TextOf(1), Is.EqualTo("echo"));
        }

        // A terminal has a thread of its own. Renode's timers act while they hold a lock that whoever starts one needs.
        [Test]
        public void ShouldNotWaitForATerminalThatWaitsForTime()
        {
            if(IsStandalone)
            {
                Assert.Ignore("Its timers have no lock");
            }
            Enumerate();
            var terminal = new Thread(() => Type("x")) { IsBackground = true };
            var timer = new LimitTimer(Machine.ClockSource, 1000000, Connector, "test", limit: 10, workMode: WorkMode.OneShot, enabled: true, eventEnabled: true);
            timer.LimitReached += () =>
            {
                terminal.Start();
                SpinWait.SpinUntil(() => terminal.ThreadState == ThreadState.WaitSleepJoin, 10000);
                Connector.Resume();
            };
            var time = new Thread(() => RunFor(0.01)) { IsBackground = true };
            time.Start();
            Assert.That(time.Join(30000), Is.True, "they wait for each other");
            Assert.That(terminal.Join(30000), Is.True);
            RunFor(0.01);
            Assert.That(TextOf(1), Is.EqualTo("x"));
        }
    }
}
