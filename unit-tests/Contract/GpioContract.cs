// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Core;

using NUnit.Framework;

namespace UnitTests.Contract
{
    public class GpioContract : ContractBench
    {
        [SetUp]
        public void NewLine()
        {
            line = new GPIO();
            probe = new Probe();
        }

        [Test]
        public void ShouldTellTheLevelWhenConnected()
        {
            line.Set();
            line.Connect(probe, 3);
            Assert.That(probe.Changes, Is.EqualTo(new[] { (3, true) }));
        }

        [Test]
        public void ShouldTellTheLowLevelTooWhenConnected()
        {
            line.Connect(probe, 3);
            Assert.That(probe.Changes, Is.EqualTo(new[] { (3, false) }));
        }

        [Test]
        public void ShouldPassOnChangesOnly()
        {
            line.Connect(probe, 0);
            probe.Changes.Clear();
            line.Set();
            line.Set(true);
            line.Unset();
            line.Unset();
            Assert.That(probe.Changes, Is.EqualTo(new[] { (0, true), (0, false) }));
        }

        [Test]
        public void ShouldFanOutInOrderOfConnection()
        {
            line.Connect(probe, 2);
            line.Connect(probe, 1);
            line.Connect(probe, 2);
            probe.Changes.Clear();
            line.Set();
            Assert.That(probe.Changes, Is.EqualTo(new[] { (2, true), (1, true) }));
            Assert.That(line.Endpoints, Has.Count.EqualTo(2));
            Assert.That(line.IsConnected, Is.True);
        }

        [Test]
        public void ShouldBlinkAndToggle()
        {
            line.Connect(probe, 0);
            probe.Changes.Clear();
            line.Blink();
            line.Toggle();
            Assert.That(probe.Changes, Is.EqualTo(new[] { (0, true), (0, false), (0, true) }));
            Assert.That(line.IsSet, Is.True);
        }

        [Test]
        public void ShouldCallHooksAfterReceivers()
        {
            var order = new List<string>();
            line.Connect(new Caller(() => order.Add("receiver")), 0);
            order.Clear();
            void Hook(bool value) => order.Add($"hook {value}");
            line.AddStateChangedHook(Hook);
            line.Set();
            Assert.That(order, Is.EqualTo(new[] { "receiver", "hook True" }));
            line.RemoveStateChangedHook(Hook);
            line.Unset();
            Assert.That(order, Is.EqualTo(new[] { "receiver", "hook True", "receiver" }));
        }

        [Test]
        public void ShouldShowItsNewLevelToReceivers()
        {
            bool? seen = null;
            line.Connect(new Caller(() => seen = line.IsSet), 0);
            line.Set();
            Assert.That(seen, Is.True);
        }

        [Test]
        public void ShouldBeSilentOnceDisconnected()
        {
            line.Connect(probe, 0);
            line.Connect(probe, 1);
            probe.Changes.Clear();
            line.Disconnect(line.Endpoints[0]);
            line.Set();
            Assert.That(probe.Changes, Is.EqualTo(new[] { (1, true) }));
            line.Disconnect();
            line.Unset();
            Assert.That(probe.Changes, Has.Count.EqualTo(1));
            Assert.That(line.IsConnected, Is.False);
        }

        private GPIO line;
        private Probe probe;

        private class Caller : IGPIOReceiver
        {
            public Caller(Action action)
            {
                this.action = action;
            }

            public void OnGPIO(int number, bool value)
            {
                action();
            }

            public void Reset()
            {
            }

            private readonly Action action;
        }
    }
}
