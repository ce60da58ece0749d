// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>Accesses right after a clock was switched on (errata of F405/407, "delay after an RCC peripheral clock enabling").</summary>
    [TestFixture]
    public class ClockDelayTests : ChipTest
    {
        [SetUp]
        public void AddCore()
        {
            BuildChip(withNvic: true);
            CompleteChip();
            Machine.SystemBus.Register(Flash, new BusRangeRegistration(0, (ulong)Flash.Size));
            cpu = new CortexM("cortex-m4", Machine, Nvic);
            Machine.SystemBus.Register(cpu, new CPURegistrationPoint());
            Machine.SetLocalName(cpu, "cpu");
            Nvic.IRQ.Connect(cpu, 0);
        }

        // Prescaler of APB1, what comes between PWREN and the write to PWR_CR, too early?
        [TestCase(0u, new ushort[0], true)]
        [TestCase(0u, new[] { Nop }, true)]
        [TestCase(0u, new[] { Nop, Nop }, false)]
        [TestCase(0u, new[] { ReadBack }, false, Description = "as ST's libraries do")]
        [TestCase(5u, new[] { Nop, Nop, Nop, Nop }, true)]
        [TestCase(5u, new[] { Nop, Nop, Nop, Nop, Nop }, false)]
        [TestCase(5u, new[] { Nop, ReadBack }, false)]
        public void ShouldWarnOfAnAccessThatComesTooEarly(uint prescaler, ushort[] between, bool early)
        {
            foreach(var loses in new[] { false, true })
            {
                AddCore();
                Rcc.LosesEarlyAccesses = loses;
                Write(RccBase + 8, prescaler << 10);
                Run(between.Concat(new[] { StoreToPwr, StoreToPwr }).ToArray());
                var cycles = prescaler == 0 ? 2 : 5;
                var mistake = loses ? $"1 x PWR_CR: write ignored, because {cycles} cycles have to pass after its clock was switched on"
                    : $"1 x PWR_CR: on silicon this access may be lost, because {cycles} cycles have to pass after its clock was switched on";
                Assert.That(Pwr.GuestMistakes.Trim(), Is.EqualTo(early ? mistake : ""));
                Assert.That(Read(PwrControl) & 0x10, Is.EqualTo(0x10), "the second write");
            }
        }

        [Test]
        public void ShouldLoseTheFirstAccessAloneAndOnlyIfAsked([Values] bool loses)
        {
            Rcc.LosesEarlyAccesses = loses;
            Run(new[] { StoreToPwr });
            Assert.That(Read(PwrControl) & 0x10, Is.EqualTo(loses ? 0 : 0x10));
            Assert.That(Pwr.GuestMistakeCount, Is.EqualTo(1));
        }

        [Test]
        public void ShouldReadZeroIfAReadIsLost()
        {
            Rcc.LosesEarlyAccesses = true;
            Run(new[] { LoadFromPwr, StoreR5ToSram });
            Assert.That(Sram.ReadDoubleWord(0), Is.Zero, "PWR_CR is 0x4000 after reset");
            Assert.That(Pwr.GuestMistakes, Does.Contain("PWR_CR: read as 0, because 2 cycles"));
        }

        [Test]
        public void ShouldNotMindADebugger()
        {
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, 0x10);
            Assert.That(Read(PwrControl), Is.EqualTo(0x4010));
            Assert.That(Pwr.GuestMistakeCount, Is.Zero);
        }

        [Test]
        public void ShouldNotMindAClockThatWasOn()
        {
            SetBits(Apb1Enable, PwrEnable);
            Run(new[] { StoreToPwr });
            Assert.That(Pwr.GuestMistakeCount, Is.Zero);
        }

        /// <summary>Sets PWREN, then these instructions, then nothing for ever.</summary>
        private void Run(ushort[] instructions)
        {
            Sram.WriteDoubleWord(0, 0xFFFFFFFF);
            Flash.WriteDoubleWord(0, 0x20010000);
            Flash.WriteDoubleWord(4, 0x08000101);
            var all = Prologue.Concat(instructions).Concat(new ushort[] { 0xE7FE }).ToArray();
            for(var i = 0; i < all.Length; i++)
            {
                Flash.WriteWord(0x100 + (2 * i), all[i]);
            }
            RunFor(0.0001);
        }

        private CortexM cpu;

        private const ushort Nop = 0xBF00;
        private const ushort ReadBack = 0x6C05;
        private const ushort StoreToPwr = 0x600C;
        private const ushort LoadFromPwr = 0x680D;
        private const ushort StoreR5ToSram = 0x6035;

        // r0 = RCC, r1 = PWR, r6 = SRAM, r4 = 0x10 (PVDE), r3 = PWREN; RCC_APB1ENR = r3.
        private static readonly ushort[] Prologue =
        {
            0xF643, 0x0000, 0xF2C4, 0x0002, 0xF247, 0x0100, 0xF2C4, 0x0100, 0xF04F, 0x5600, 0x2410, 0x2301, 0x071B, 0x6403,
        };
    }
}
