// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>One channel, two phases: who is told what, and in which order.</summary>
    [TestFixture]
    public class ResetControllerTests : ChipTest
    {
        [TestCaseSource(nameof(Resets))]
        public void ShouldSettleAllStateBeforeAnyOutput(string name, ResetClass expected)
        {
            Attach();
            Ways[name](this);
            RunFor(0.001);
            Assert.That(heard.Take(4), Is.EqualTo(new[] { $"1 {expected}", $"2 {expected}", "1 outputs", "2 outputs" }));
            Assert.That(heard.Skip(4).Where(x => !x.EndsWith("outputs")), Is.Empty, "told once");
        }

        [Test]
        public void ShouldTellOfStandbyWhenItBeginsAndEnds()
        {
            Attach();
            Supplies.Resets.EnterStandby();
            RunFor(0.001);
            Assert.That(heard, Is.EqualTo(new[] { "1 StandbyEntry", "2 StandbyEntry", "1 outputs", "2 outputs" }));
            heard.Clear();
            Supplies.Resets.LeaveStandby();
            RunFor(0.001);
            Assert.That(heard, Is.EqualTo(new[] { "1 StandbyWakeUp", "2 StandbyWakeUp", "1 outputs", "2 outputs" }));
        }

        [Test]
        public void ShouldTellOfPowerLossWhenItHappensAndOfOutputsWhenPowerIsBack()
        {
            Attach();
            Supplies.PowerOff();
            heard.Clear();
            Supplies.PowerOn();
            Assert.That(heard, Is.EqualTo(new[] { "1 outputs", "2 outputs" }));
        }

        [Test]
        public void ShouldTellOnlyThePeripheralOfItsOwnReset()
        {
            Attach();
            UnlockBackupDomain();
            SetBits(PwrStatus, Bre);
            SetBits(RccBase + 0x20, PwrEnable);
            ClearBits(RccBase + 0x20, PwrEnable);
            Assert.That(heard, Is.Empty);
            Assert.That(Read(PwrControl) & Dbp, Is.Zero, "PWRRST clears PWR_CR");
            Assert.That(Read(PwrStatus) & Bre, Is.EqualTo(Bre), "and nothing of the backup domain");
        }

        [Test]
        public void ShouldLeaveAMemberAloneWhoseResetRenodeCallsByItself()
        {
            UnlockBackupDomain();
            Pwr.Reset();
            Assert.That(Read(PwrControl) & Dbp, Is.EqualTo(Dbp));
        }

        public static IEnumerable<TestCaseData> Resets => Ways.Keys.Select(x => new TestCaseData(x, Classes[x]).SetArgDisplayNames(x, Classes[x].ToString()));

        private void Attach()
        {
            heard.Clear();
            foreach(var name in new[] { "1", "2" })
            {
                Supplies.Resets.Attach(new Listener { Name = name, Heard = heard });
            }
        }

        private readonly List<string> heard = new List<string>();

        private static readonly Dictionary<string, ResetClass> Classes = new Dictionary<string, ResetClass>
        {
            { "reset pin", ResetClass.SystemReset },
            { "Renode's machine reset", ResetClass.SystemReset },
            { "software", ResetClass.SystemReset },
            { "power off", ResetClass.PowerOnReset },
            { "power off without a cell", ResetClass.PowerOnResetWithoutBattery },
            { "backup domain", ResetClass.BackupDomainReset },
        };

        private static readonly Dictionary<string, Action<ResetControllerTests>> Ways = new Dictionary<string, Action<ResetControllerTests>>
        {
            { "reset pin", x => x.Supplies.PressReset() },
            { "Renode's machine reset", x => x.Machine.Reset() },
            { "software", x => x.Supplies.OnGPIO(0, true) },
            { "power off", x => x.Supplies.PowerOff() },
            {
                "power off without a cell", x =>
                {
                    x.Supplies.RemoveCoinCell();
                    x.Supplies.PowerOff();
                }
            },
            { "backup domain", x => x.Supplies.Resets.ResetBackupDomain() },
        };

        private class Listener : IResetMember
        {
            public void ResetState(ResetClass resetClass, ResetCause cause) => Heard.Add($"{Name} {resetClass}");

            public void ResetOutputs() => Heard.Add($"{Name} outputs");

            public string Name;
            public List<string> Heard;
        }
    }
}
