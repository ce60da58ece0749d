// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

using Moq;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    [TestFixture]
    public class STM32F4_RCCTests : ChipTest
    {
        [TestCase(0x00u, 0x00000083u)]
        [TestCase(0x04u, 0x24003010u)]
        [TestCase(0x08u, 0u)]
        [TestCase(0x0Cu, 0u)]
        [TestCase(0x10u, 0u)]
        [TestCase(0x14u, 0u)]
        [TestCase(0x18u, 0u)]
        [TestCase(0x20u, 0u)]
        [TestCase(0x24u, 0u)]
        [TestCase(0x30u, 0x00100000u)]
        [TestCase(0x34u, 0u)]
        [TestCase(0x38u, 0u)]
        [TestCase(0x40u, 0u)]
        [TestCase(0x44u, 0u)]
        [TestCase(0x50u, 0x7E6791FFu)]
        [TestCase(0x54u, 0x000000F1u)]
        [TestCase(0x58u, 0x00000001u)]
        [TestCase(0x60u, 0x36FEC9FFu)]
        [TestCase(0x64u, 0x00075F33u)]
        [TestCase(0x70u, 0u)]
        [TestCase(0x74u, 0x0E000000u)]
        [TestCase(0x80u, 0u)]
        [TestCase(0x84u, 0x20003000u)]
        public void ShouldHaveResetValueOfF407(uint offset, uint value)
        {
            Assert.That(Read(RccBase + offset), Is.EqualTo(value));
            Write(RccBase + offset, ~value & 0x7EFFFFFC);
            Machine.Reset();
            Supplies.PowerOff();
            Supplies.PowerOn();
            Assert.That(Read(RccBase + offset), Is.EqualTo(value));
        }

        [TestCase(0x50u, 0x7EEF97FFu)]
        [TestCase(0x60u, 0xF6FEC9FFu)]
        [TestCase(0x64u, 0x04777F33u)]
        [TestCase(0x84u, 0x24003000u)]
        [TestCase(0x88u, 0x24003000u)]
        [TestCase(0x8Cu, 0u)]
        public void ShouldHaveResetValueOfF42x(uint offset, uint value)
        {
            BuildChip(line: ChipLine.F42x_F43x);
            Assert.That(Read(RccBase + offset), Is.EqualTo(value));
        }

        [TestCase(16, 17)]
        [TestCase(24, 25)]
        [TestCase(26, 27)]
        public void ShouldBeReadyOnceSwitchedOn(int on, int ready)
        {
            Assert.That(Bit(RccBase, ready), Is.False);
            SetBits(RccBase, 1u << on);
            Assert.That(Bit(RccBase, ready), Is.True);
            ClearBits(RccBase, 1u << on);
            Assert.That(Bit(RccBase, ready), Is.False);
        }

        [Test]
        public void ShouldKeepLsiRunningInStandbyAndStopItAtTheWakeUp()
        {
            UnlockBackupDomain();
            SetBits(Csr, 1);
            SetBits(Bdcr, 2u << 8);
            SetBits(Bdcr, 1u << 15);
            SetBits(PwrControl, (1 << 1) | (1 << 2));
            Pwr.OnGPIO(1, true);
            RunFor(0.001);
            Assert.That(Supplies.IsInStandby, Is.True);
            Assert.That(Rcc.RtcClockFrequency, Is.EqualTo(32000));
            Pwr.OnGPIO(1, false);
            Supplies.Resets.LeaveStandby();
            RunFor(0.001);
            Assert.That(Supplies.IsInStandby, Is.False);
            Assert.That(Read(Csr) & 3, Is.Zero, "LSION, LSIRDY");
        }

        [Test]
        public void ShouldSwitchClocksThroughTheBitBandAlias()
        {
            WriteAlias(RccBase, 24, 1);
            Assert.That(Bit(RccBase, 25), Is.True);
            WriteAlias(Csr, 0, 1);
            Assert.That(Bit(Csr, 1), Is.True);
        }

        [Test]
        public void ShouldNeverGetReadyWithoutACrystal()
        {
            BuildChip(hseFrequency: 0, lseFrequency: 0);
            UnlockBackupDomain();
            SetBits(RccBase, 1 << 16);
            SetBits(Bdcr, 1);
            Assert.That(Bit(RccBase, 17), Is.False);
            Assert.That(Bit(Bdcr, 1), Is.False);
        }

        [Test]
        public void ShouldLockThePllOnlyWithASource()
        {
            SetBits(RccBase + 4, 1 << 22);
            SetBits(RccBase, 1 << 24);
            Assert.That(Bit(RccBase, 25), Is.False);
            SetBits(RccBase, 1 << 16);
            Assert.That(Bit(RccBase, 25), Is.True);
        }

        // MicroPython waits for PLLRDY with these at 16 and 8 MHz.
        [TestCase(0u)]
        [TestCase(1u)]
        public void ShouldLockThePllWithoutInputDivider(uint m)
        {
            SetPll(m, 336, p: 0, q: 7, hse: false);
            SetBits(RccBase, 1 << 24);
            Assert.That(Bit(RccBase, 25), Is.True);
        }

        [TestCase(8u, 1u)]
        [TestCase(8u, 433u)]
        public void ShouldNotLockThePllWithImpossibleFactors(uint m, uint n)
        {
            SetPll(m, n, p: 0, q: 7, hse: false);
            SetBits(RccBase, 1 << 24);
            Assert.That(Bit(RccBase, 25), Is.False);
        }

        [Test]
        public void ShouldIgnorePllFactorsWhileThePllRuns()
        {
            SetBits(RccBase, 1 << 24);
            Write(RccBase + 4, 0x07405408);
            Assert.That(Read(RccBase + 4), Is.EqualTo(0x24003010));
            Assert.That(Rcc.GuestMistakes, Does.Contain("RCC_PLLCFGR: write ignored"));
        }

        [Test]
        public void ShouldFollowSwOnlyWhenTheSourceIsReady()
        {
            Write(RccBase + 8, 1);
            Assert.That(Read(RccBase + 8) & 0xF, Is.EqualTo(1));
            Assert.That(Rcc.SystemClockFrequency, Is.EqualTo(16000000));
            SetBits(RccBase, 1 << 16);
            Assert.That(Read(RccBase + 8) & 0xF, Is.EqualTo(5));
            Assert.That(Rcc.SystemClockFrequency, Is.EqualTo(8000000));
        }

        [Test]
        public void ShouldNotSwitchOffTheSourceOfTheSystemClock()
        {
            ClearBits(RccBase, 1);
            Assert.That(Read(RccBase) & 3, Is.EqualTo(3));
            StartPll(8, 336, 0, 7);
            ClearBits(RccBase, 1 << 24);
            Assert.That(Bit(RccBase, 24), Is.True);
            ClearBits(RccBase, 1 << 16);
            Assert.That(Bit(RccBase, 16), Is.True);
            ClearBits(RccBase, 1);
            Assert.That(Read(RccBase) & 3, Is.Zero);
        }

        // PLLM, PLLN, PLLP code, PLLQ; HPRE, PPRE1, PPRE2 codes; expected SYSCLK, HCLK, PCLK1, PCLK2, 48 MHz, APB1 and APB2 timers.
        [TestCase(8u, 336u, 0u, 7u, 0u, 5u, 4u, 168000000ul, 168000000ul, 42000000ul, 84000000ul, 48000000ul, 84000000ul, 168000000ul)]
        [TestCase(8u, 336u, 1u, 7u, 0u, 4u, 0u, 84000000ul, 84000000ul, 42000000ul, 84000000ul, 48000000ul, 84000000ul, 84000000ul)]
        [TestCase(4u, 192u, 2u, 8u, 8u, 6u, 7u, 64000000ul, 32000000ul, 4000000ul, 2000000ul, 48000000ul, 8000000ul, 4000000ul)]
        [TestCase(8u, 384u, 3u, 8u, 15u, 0u, 0u, 48000000ul, 93750ul, 93750ul, 93750ul, 48000000ul, 93750ul, 93750ul)]
        [TestCase(8u, 100u, 0u, 2u, 11u, 4u, 5u, 50000000ul, 3125000ul, 1562500ul, 781250ul, 50000000ul, 3125000ul, 1562500ul)]
        public void ShouldComputeTheClockTree(uint m, uint n, uint p, uint q, uint hpre, uint ppre1, uint ppre2,
            ulong sysclk, ulong hclk, ulong pclk1, ulong pclk2, ulong usb, ulong timers1, ulong timers2)
        {
            StartPll(m, n, p, q);
            Write(RccBase + 8, (hpre << 4) | (ppre1 << 10) | (ppre2 << 13) | 2);
            Assert.That(new[] { Rcc.SystemClockFrequency, Rcc.AhbFrequency, Rcc.Apb1Frequency, Rcc.Apb2Frequency, Rcc.Pll48Frequency, Rcc.Apb1TimerFrequency, Rcc.Apb2TimerFrequency },
                Is.EqualTo(new[] { sysclk, hclk, pclk1, pclk2, usb, timers1, timers2 }));
        }

        [TestCase(ChipLine.F446, 6u, 0xFu, 56000000ul)]
        [TestCase(ChipLine.F446, 1u, 0x3u, 16000000ul, Description = "PLLR below 2 is no factor")]
        [TestCase(ChipLine.F469_F479, 6u, 0x3u, 16000000ul, Description = "SW = 3 is not allowed")]
        [TestCase(ChipLine.F407_F417, 2u, 0x3u, 16000000ul, Description = "SW = 3 is not allowed")]
        [TestCase(ChipLine.F207_F217, 2u, 0x3u, 16000000ul, Description = "SW = 3 is not allowed")]
        public void ShouldRunTheF446OnOutputROfThePll(ChipLine line, uint pllR, uint switches, ulong frequency)
        {
            BuildChip(line: line);
            SetBits(RccBase, 1 << 16);
            Write(RccBase + 4, 8 | (336 << 6) | (1 << 22) | (7u << 24) | (pllR << 28));
            SetBits(RccBase, 1 << 24);
            SetBits(RccBase + 8, 3);
            Assert.That(Read(RccBase + 8) & 0xF, Is.EqualTo(switches), "SWS, SW");
            Assert.That(Rcc.SystemClockFrequency, Is.EqualTo(frequency));
            ClearBits(RccBase, 1 << 24);
            Assert.That(Bit(RccBase, 24), Is.EqualTo(switches == 0xF), "PLLON is held while the PLL feeds the core");
        }

        [TestCase(0u, 1u)]
        [TestCase(7u, 1u)]
        [TestCase(8u, 2u)]
        [TestCase(9u, 4u)]
        [TestCase(10u, 8u)]
        [TestCase(11u, 16u)]
        [TestCase(12u, 64u)]
        [TestCase(13u, 128u)]
        [TestCase(14u, 256u)]
        [TestCase(15u, 512u)]
        public void ShouldDivideHclk(uint hpre, uint divider)
        {
            Write(RccBase + 8, hpre << 4);
            Assert.That(Rcc.AhbFrequency, Is.EqualTo(16000000 / divider));
        }

        [TestCase(0u, 84000000ul, 168000000ul)]
        [TestCase(1u, 168000000ul, 168000000ul)]
        public void ShouldClockTimersOfF42xByTimpre(uint timpre, ulong timers1, ulong timers2)
        {
            BuildChip(line: ChipLine.F42x_F43x);
            StartPll(8, 336, 0, 7);
            Write(RccBase + 8, (5 << 10) | (4 << 13) | 2);
            Write(RccBase + 0x8C, timpre << 24);
            Assert.That(Rcc.Apb1TimerFrequency, Is.EqualTo(timers1));
            Assert.That(Rcc.Apb2TimerFrequency, Is.EqualTo(timers2));
        }

        [Test]
        public void ShouldTellSysTickOfHclk()
        {
            var nvic = new Mock<IHasFrequency>();
            nvic.SetupProperty(x => x.Frequency);
            BuildChip(nvic: nvic.Object);
            Assert.That(nvic.Object.Frequency, Is.EqualTo(16000000));
            StartPll(8, 336, 0, 7);
            Assert.That(nvic.Object.Frequency, Is.EqualTo(168000000));
            SetBits(RccBase + 8, 9 << 4);
            Assert.That(nvic.Object.Frequency, Is.EqualTo(42000000));
            Machine.Reset();
            Assert.That(nvic.Object.Frequency, Is.EqualTo(16000000));
        }

        [TestCase(Alias.TIM2, 84000000ul)]
        [TestCase(Alias.TIM1, 168000000ul)]
        [TestCase(Alias.USART2, 42000000ul)]
        [TestCase(Alias.USART1, 84000000ul)]
        [TestCase(Alias.SDIO, 48000000ul)]
        [TestCase(Alias.DMA1, 168000000ul)]
        public void ShouldTellPeripheralsOfTheirClock(Alias alias, ulong frequency)
        {
            var peripheral = new Mock<IPeripheral>();
            var withFrequency = peripheral.As<IHasFrequency>();
            withFrequency.SetupProperty(x => x.Frequency);
            Register(alias, peripheral.Object);
            StartPll(8, 336, 0, 7);
            Write(RccBase + 8, (5 << 10) | (4 << 13) | 2);
            Assert.That(withFrequency.Object.Frequency, Is.EqualTo(frequency));
        }

        [Test]
        public void ShouldTellTimersOfTheirClock()
        {
            var timer = new LimitTimer(Machine.ClockSource, 1000, Rcc, "timer");
            Register(Alias.TIM3, timer);
            Assert.That(timer.Frequency, Is.EqualTo(16000000));
            StartPll(8, 336, 0, 7);
            Write(RccBase + 8, (5 << 10) | 2);
            Assert.That(timer.Frequency, Is.EqualTo(84000000));
        }

        [Test]
        public void ShouldGateAnOrdinaryPeripheralOnTheBus()
        {
            var memory = new ArrayMemory(0x100);
            Register(memory, "device", 0x40010000, 0x100);
            memory.WriteDoubleWord(0, 0x1234);
            Register(Alias.SPI1, memory);
            Assert.That(Read(0x40010000), Is.Zero);
            Write(0x40010000, 0x5678);
            Assert.That(memory.ReadDoubleWord(0), Is.EqualTo(0x1234));
            SetBits(RccBase + 0x44, 1 << 12);
            Assert.That(Read(0x40010000), Is.EqualTo(0x1234));
            ClearBits(RccBase + 0x44, 1 << 12);
            Assert.That(Read(0x40010000), Is.Zero);
        }

        [TestCaseSource(nameof(AllAliases))]
        public void ShouldSwitchEachGateByItsOwnBitAlone(Alias alias)
        {
            BuildChip(line: OnlyInF446.Contains(alias) ? ChipLine.F446 : alias == Alias.DSI ? ChipLine.F469_F479 : ChipLine.F42x_F43x);
            // CCM is the one memory whose clock runs after reset; the F446 has none.
            var initially = Supplies.Line == ChipLine.F446 ? new Alias[0] : new[] { Alias.CCMDATARAM };
            var gates = new Dictionary<Alias, IClockGated>();
            foreach(Alias other in Enum.GetValues(typeof(Alias)))
            {
                var peripheral = new Mock<IPeripheral>();
                var gate = peripheral.As<IClockGated>();
                gate.SetupProperty(x => x.ClockEnabled);
                try
                {
                    Register(other, peripheral.Object);
                }
                catch(RegistrationException)
                {
                    // Not in this line.
                    continue;
                }
                gates.Add(other, gate.Object);
            }
            var enable = EnableRegisterOf(alias);
            Write(enable, 1u << ((int)alias % 32));
            Assert.That(gates.Where(x => x.Value.ClockEnabled).Select(x => x.Key), Is.EquivalentTo((int)alias / 32 == 0 ? new[] { alias } : initially.Append(alias)));
            Machine.Reset();
            Assert.That(gates.Where(x => x.Value.ClockEnabled).Select(x => x.Key), Is.EqualTo(initially));
        }

        [TestCaseSource(nameof(AllAliases))]
        public void ShouldCloseAGateInSleepByItsLowPowerBit(Alias alias)
        {
            BuildChip(line: OnlyInF446.Contains(alias) ? ChipLine.F446 : alias == Alias.DSI ? ChipLine.F469_F479 : ChipLine.F42x_F43x);
            var peripheral = new Mock<IPeripheral>();
            var gate = peripheral.As<IClockGated>();
            gate.SetupProperty(x => x.ClockEnabled);
            Register(alias, peripheral.Object);
            SetBits(EnableRegisterOf(alias), 1u << ((int)alias % 32));
            Rcc.OnGPIO(0, true);
            Assert.That(gate.Object.ClockEnabled, Is.True, "open after reset");
            Rcc.OnGPIO(0, false);
            if(alias == Alias.CCMDATARAM)
            {
                // CCM has no bit there.
                return;
            }
            ClearBits(EnableRegisterOf(alias) + 0x20, 1u << ((int)alias % 32));
            Assert.That(gate.Object.ClockEnabled, Is.True, "running");
            Rcc.OnGPIO(0, true);
            Assert.That(gate.Object.ClockEnabled, Is.False, "asleep");
            Rcc.OnGPIO(0, false);
            Assert.That(gate.Object.ClockEnabled, Is.True, "awake");
        }

        [Test]
        public void ShouldCloseAllGatesInStop()
        {
            var peripheral = new Mock<IPeripheral>();
            var gate = peripheral.As<IClockGated>();
            gate.SetupProperty(x => x.ClockEnabled);
            Register(Alias.USART1, peripheral.Object);
            SetBits(RccBase + 0x44, 1 << 4);
            Pwr.OnGPIO(1, true);
            Assert.That(gate.Object.ClockEnabled, Is.False);
            Pwr.OnGPIO(1, false);
            Assert.That(gate.Object.ClockEnabled, Is.True);
        }

        [TestCase(false)]
        [TestCase(true)]
        public void ShouldStopATimerWithItsClock(bool inSleep)
        {
            var timer = new LimitTimer(Machine.ClockSource, 1000000, null, "timer", limit: 1000000, direction: Direction.Ascending);
            Register(Alias.TIM2, timer);
            SetBits(RccBase + 0x40, 1);
            timer.Frequency = 1000000;
            timer.Enabled = true;
            RunFor(0.1);
            Assert.That(timer.Value, Is.EqualTo(100000).Within(1));
            if(inSleep)
            {
                ClearBits(RccBase + 0x60, 1);
                timer.Frequency = 1000000;
                Rcc.OnGPIO(0, true);
            }
            else
            {
                ClearBits(RccBase + 0x40, 1);
            }
            RunFor(0.1);
            Assert.That(timer.Value, Is.EqualTo(100000).Within(1), "clock off");
            if(inSleep)
            {
                Rcc.OnGPIO(0, false);
            }
            else
            {
                SetBits(RccBase + 0x40, 1);
            }
            RunFor(0.1);
            Assert.That(timer.Value, Is.EqualTo(200000).Within(1), "clock on again");
        }

        [Test]
        public void ShouldNotStartATimerThatWasResetWithoutClock()
        {
            var timer = new LimitTimer(Machine.ClockSource, 1000000, null, "timer", limit: 1000000, direction: Direction.Ascending);
            Register(Alias.TIM2, timer);
            SetBits(RccBase + 0x40, 1);
            timer.Enabled = true;
            ClearBits(RccBase + 0x40, 1);
            SetBits(RccBase + 0x20, 1);
            ClearBits(RccBase + 0x20, 1);
            SetBits(RccBase + 0x40, 1);
            Assert.That(timer.Enabled, Is.False);
        }

        // Line, offset, reset value: what differs from the F405/407.
        [TestCase(ChipLine.F205_F215, 0x30u, 0u)]
        [TestCase(ChipLine.F205_F215, 0x50u, 0x7E6791FFu)]
        [TestCase(ChipLine.F405_F415, 0x50u, 0x7E6791FFu)]
        [TestCase(ChipLine.F446, 0x04u, 0x24003010u)]
        [TestCase(ChipLine.F446, 0x30u, 0u)]
        [TestCase(ChipLine.F446, 0x50u, 0x606790FFu)]
        [TestCase(ChipLine.F446, 0x54u, 0x00000081u)]
        [TestCase(ChipLine.F446, 0x58u, 0x00000003u)]
        [TestCase(ChipLine.F446, 0x60u, 0x3FFFC9FFu)]
        [TestCase(ChipLine.F446, 0x64u, 0x00C77F33u)]
        [TestCase(ChipLine.F446, 0x84u, 0x24003010u)]
        [TestCase(ChipLine.F446, 0x88u, 0x04003010u)]
        [TestCase(ChipLine.F469_F479, 0x50u, 0x7EEF97FFu)]
        [TestCase(ChipLine.F469_F479, 0x58u, 0x00000003u)]
        [TestCase(ChipLine.F469_F479, 0x64u, 0x0C777F33u)]
        [TestCase(ChipLine.F469_F479, 0x88u, 0x24003000u)]
        public void ShouldHaveResetValueOfItsLine(ChipLine line, uint offset, uint value)
        {
            BuildChip(line: line);
            Assert.That(Read(RccBase + offset), Is.EqualTo(value));
        }

        // Line, offset, bits that can be written while no PLL runs.
        [TestCase(ChipLine.F407_F417, 0x84u, 0x70007FC0u)]
        [TestCase(ChipLine.F42x_F43x, 0x84u, 0x7F007FC0u)]
        [TestCase(ChipLine.F42x_F43x, 0x88u, 0x7F007FC0u)]
        [TestCase(ChipLine.F42x_F43x, 0x8Cu, 0x01F31F1Fu)]
        [TestCase(ChipLine.F42x_F43x, 0x90u, 0u)]
        [TestCase(ChipLine.F446, 0x04u, 0x7F437FFFu)]
        [TestCase(ChipLine.F446, 0x84u, 0x7F037FFFu)]
        [TestCase(ChipLine.F446, 0x88u, 0x0F037FFFu)]
        [TestCase(ChipLine.F446, 0x8Cu, 0x1FF01F1Fu)]
        [TestCase(ChipLine.F446, 0x90u, 0x0000007Fu)]
        [TestCase(ChipLine.F446, 0x94u, 0x3CC00000u)]
        [TestCase(ChipLine.F469_F479, 0x88u, 0x7F037FC0u)]
        [TestCase(ChipLine.F469_F479, 0x8Cu, 0x39F31F1Fu)]
        public void ShouldHaveTheFieldsOfItsLine(ChipLine line, uint offset, uint writable)
        {
            BuildChip(line: line);
            var before = Read(RccBase + offset);
            Write(RccBase + offset, 0xFFFFFFFF);
            Assert.That(Read(RccBase + offset), Is.EqualTo((before & ~writable) | writable));
        }

        [Test]
        public void ShouldKeepTheDriveModeOfLseInTheBackupDomain()
        {
            BuildChip(line: ChipLine.F446);
            SetBits(Bdcr, 8);
            Assert.That(Read(Bdcr) & 8, Is.Zero, "DBP = 0");
            UnlockBackupDomain();
            SetBits(Bdcr, 8);
            Supplies.PowerOff();
            Supplies.PowerOn();
            Assert.That(Read(Bdcr) & 8, Is.EqualTo(8));
        }

        [Test]
        public void ShouldFallBackToHsiWhenHseFails()
        {
            SetBits(RccBase, 1 << 19);
            StartPll(8, 336, 0, 7);
            Rcc.HseFails = true;
            Assert.That(Rcc.SystemClockFrequency, Is.EqualTo(16000000));
            Assert.That(Read(RccBase) & 0x03030000, Is.Zero, "HSEON, HSERDY, PLLON, PLLRDY");
            Assert.That(Bit(RccBase + 0x0C, 7), Is.True, "CSSF");
            SetBits(RccBase + 0x0C, 1 << 23);
            Assert.That(Bit(RccBase + 0x0C, 7), Is.False, "CSSC");
        }

        [Test]
        public void ShouldNotFallBackWithoutClockSecurity()
        {
            StartPll(8, 336, 0, 7);
            Rcc.HseFails = true;
            Assert.That(Bit(RccBase + 0x0C, 7), Is.False, "CSSF");
            Assert.That(Bit(RccBase, 17), Is.False, "HSERDY");
            Rcc.HseFails = false;
            Assert.That(Bit(RccBase, 17), Is.True, "HSERDY");
        }

        // RCC_CFGR with the PLL at 168 MHz, frequency.
        [TestCase(0u, 16000000ul)]
        [TestCase(0x00400000u, 8000000ul)]
        [TestCase(0x00600000u, 168000000ul)]
        [TestCase(0x06600000u, 42000000ul)]
        [TestCase(0x07600000u, 33600000ul)]
        public void ShouldPutAClockOnMco1(uint configuration, ulong frequency)
        {
            StartPll(8, 336, 0, 7);
            Write(RccBase + 8, configuration | 2);
            Assert.That(Rcc.Mco1Frequency, Is.EqualTo(frequency));
        }

        [TestCase(0u, 168000000ul)]
        [TestCase(0x40000000u, 0ul)]
        [TestCase(0xA0000000u, 4000000ul)]
        [TestCase(0xC0000000u, 168000000ul)]
        public void ShouldPutAClockOnMco2(uint configuration, ulong frequency)
        {
            StartPll(8, 336, 0, 7);
            Write(RccBase + 8, configuration | 2);
            Assert.That(Rcc.Mco2Frequency, Is.EqualTo(frequency));
        }

        [Test]
        public void ShouldClockI2SByItsOwnPll()
        {
            Write(RccBase + 4, 8 | (1 << 22));
            SetBits(RccBase, 1 << 16);
            Write(RccBase + 0x84, (192 << 6) | (2 << 28));
            SetBits(RccBase, 1 << 26);
            Assert.That(Rcc.PllI2SFrequency, Is.EqualTo(96000000));
            Write(RccBase + 0x84, 0);
            Assert.That(Read(RccBase + 0x84), Is.EqualTo((192u << 6) | (2u << 28)), "locked while it runs");
            Assert.That(Rcc.GuestMistakes, Does.Contain("RCC_PLLI2SCFGR: write ignored, because PLLI2S runs"));
        }

        [Test]
        public void ShouldNotSpreadTheSpectrumOfARunningPll()
        {
            Write(RccBase + 0x80, 0x12345);
            Assert.That(Read(RccBase + 0x80), Is.EqualTo(0x12345));
            StartPll(8, 336, 0, 7);
            Write(RccBase + 0x80, 0);
            Assert.That(Read(RccBase + 0x80), Is.EqualTo(0x12345));
        }

        [Test]
        public void ShouldKeepLsiOnForTheWatchdog()
        {
            Rcc.LsiForced = true;
            Assert.That(Read(Csr) & 3, Is.EqualTo(2), "LSIRDY without LSION");
        }

        [Test]
        public void ShouldReadReservedEnableBitsAsZero()
        {
            foreach(var offset in new uint[] { 0x30, 0x34, 0x38, 0x40, 0x44 })
            {
                Write(RccBase + offset, 0xFFFFFFFF);
            }
            Assert.That(new uint[] { 0x30, 0x34, 0x38, 0x40, 0x44 }.Select(x => Read(RccBase + x)),
                Is.EqualTo(new uint[] { 0x7E7411FF, 0x000000F1, 0x00000001, 0x36FEC9FF, 0x00075F33 }));
        }

        [TestCase(Alias.GPIOA)]
        [TestCase(Alias.RNG)]
        [TestCase(Alias.FSMC)]
        [TestCase(Alias.USART3)]
        [TestCase(Alias.SDIO)]
        public void ShouldResetAPeripheralByItsBit(Alias alias)
        {
            var peripheral = new Mock<IPeripheral>();
            Register(alias, peripheral.Object);
            peripheral.Verify(x => x.Reset(), Times.Never);
            SetBits(EnableRegisterOf(alias) - 0x20, 1u << ((int)alias % 32));
            peripheral.Verify(x => x.Reset(), Times.Once);
        }

        [TestCase(Alias.BKPSRAM)]
        [TestCase(Alias.CCMDATARAM)]
        [TestCase(Alias.ADC2)]
        public void ShouldHaveNoResetBit(Alias alias)
        {
            SetBits(EnableRegisterOf(alias) - 0x20, 1u << ((int)alias % 32));
            Assert.That(Read(EnableRegisterOf(alias) - 0x20), Is.Zero);
        }

        [Test]
        public void ShouldRefuseTheSamePeripheralTwiceAndUnknownGates()
        {
            var peripheral = new Mock<IPeripheral>().Object;
            Register(Alias.TIM2, peripheral);
            Assert.Throws<RegistrationException>(() => Register(Alias.TIM2, peripheral));
            Assert.Throws<RegistrationException>(() => Register(Alias.LTDC, peripheral));
        }

        [Test]
        public void ShouldLeaveAnUnregisteredPeripheralOn()
        {
            var peripheral = new Mock<IPeripheral>();
            var gate = peripheral.As<IClockGated>();
            gate.SetupProperty(x => x.ClockEnabled);
            Register(Alias.TIM2, peripheral.Object);
            Rcc.Unregister(peripheral.Object);
            Assert.That(gate.Object.ClockEnabled, Is.True);
            Assert.Throws<RegistrationException>(() => Rcc.Unregister(peripheral.Object));
        }

        [Test]
        public void ShouldIgnoreBdcrWritesWithoutDbp()
        {
            SetBits(Apb1Enable, PwrEnable);
            Write(Bdcr, 0x8101);
            Assert.That(Read(Bdcr), Is.Zero);
            Assert.That(Rcc.GuestMistakes, Does.Contain("RCC_BDCR.LSEON").And.Contain("RCC_BDCR.RTCSEL").And.Contain("RCC_BDCR.RTCEN"));
        }

        [Test]
        public void ShouldIgnoreBdrstWithoutDbp()
        {
            StartLse();
            ClearBits(PwrControl, Dbp);
            WriteAlias(Bdcr, 16, 1);
            Assert.That(Read(Bdcr), Is.EqualTo(0x8103));
        }

        [Test]
        public void ShouldWriteRtcselOnceUntilBackupDomainReset()
        {
            UnlockBackupDomain();
            Write(Bdcr, 1 << 8);
            Write(Bdcr, 2 << 8);
            Assert.That(Read(Bdcr) & 0x300, Is.EqualTo(1 << 8));
            WriteAlias(Bdcr, 16, 1);
            WriteAlias(Bdcr, 16, 0);
            Write(Bdcr, 2 << 8);
            Assert.That(Read(Bdcr) & 0x300, Is.EqualTo(2 << 8));
        }

        [Test]
        public void ShouldChangeLsebypOnlyWithLseOff()
        {
            UnlockBackupDomain();
            Write(Bdcr, 1);
            Write(Bdcr, 5);
            Assert.That(Read(Bdcr) & 4, Is.Zero);
            Write(Bdcr, 0);
            Write(Bdcr, 4);
            Write(Bdcr, 5);
            Assert.That(Read(Bdcr), Is.EqualTo(7));
        }

        [Test]
        public void ShouldHoldTheDomainInResetWhileBdrstIsSet()
        {
            StartLse();
            SetBits(Bdcr, 1 << 16);
            Assert.That(Read(Bdcr), Is.EqualTo(1 << 16));
            Write(Bdcr, (1 << 16) | 1);
            Assert.That(Read(Bdcr), Is.EqualTo(1 << 16));
            Write(Bdcr, 0);
            Write(Bdcr, 1);
            Assert.That(Read(Bdcr), Is.EqualTo(3));
        }

        [Test]
        public void ShouldClearResetFlagsByRmvfOnly()
        {
            Assert.That(Read(Csr), Is.EqualTo(0x0E000000));
            Write(Csr, 0);
            Assert.That(Read(Csr), Is.EqualTo(0x0E000000));
            Write(Csr, 1 << 24);
            Assert.That(Read(Csr), Is.Zero);
        }

        [Test]
        public void ShouldNotClearResetFlagsThroughTheAliasOfLsion()
        {
            WriteAlias(Csr, 0, 1);
            Assert.That(Read(Csr), Is.EqualTo(0x0E000003));
        }

        [TestCase(0, 0x74u, 0)]
        [TestCase(3, 0x00u, 16)]
        [TestCase(4, 0x00u, 24)]
        [TestCase(5, 0x00u, 26)]
        public void ShouldInterruptWhenAClockGetsReady(int flag, uint register, int bit)
        {
            SetBits(RccBase + register, 1u << bit);
            Assert.That(Read(RccBase + 0xC), Is.Zero, "not enabled");
            ClearBits(RccBase + register, 1u << bit);
            Write(RccBase + 0xC, 1u << (8 + flag));
            SetBits(RccBase + register, 1u << bit);
            Assert.That(Bit(RccBase + 0xC, flag), Is.True);
            Assert.That(Rcc.IRQ.IsSet, Is.True);
            SetBits(RccBase + 0xC, 1u << (16 + flag));
            Assert.That(Bit(RccBase + 0xC, flag), Is.False);
            Assert.That(Rcc.IRQ.IsSet, Is.False);
        }

        [Test]
        public void ShouldInterruptWhenLseGetsReady()
        {
            UnlockBackupDomain();
            Write(RccBase + 0xC, 1 << 9);
            SetBits(Bdcr, 1);
            Assert.That(Bit(RccBase + 0xC, 1), Is.True);
            Assert.That(Rcc.IRQ.IsSet, Is.True);
        }

        [Test]
        public void ShouldNeedSuppliesAndPowerController()
        {
            Assert.That(() => new STM32F4_RCC(Machine, null, Pwr), Throws.InstanceOf<ConstructionException>());
            Assert.That(() => new STM32F4_RCC(Machine, Supplies, null), Throws.InstanceOf<ConstructionException>());
        }

        [TestCase(50000000ul, 1000000ul, true)]
        [TestCase(50000001ul, 0ul, false)]
        [TestCase(0ul, 1000001ul, false)]
        public void ShouldTakeCrystalsUpToALimit(ulong hse, ulong lse, bool taken)
        {
            TestDelegate creation = () => new STM32F4_RCC(Machine, Supplies, Pwr, null, hse, lse);
            if(taken)
            {
                Assert.DoesNotThrow(creation);
            }
            else
            {
                Assert.Throws<ConstructionException>(creation);
            }
        }

        [TestCase(2u)]
        [TestCase(432u)]
        public void ShouldLockThePllWithTheExtremesOfItsMultiplier(uint n)
        {
            Write(RccBase + 4, 16 | (n << 6) | (4 << 24));
            SetBits(RccBase, 1 << 24);
            Assert.That(Bit(RccBase, 25), Is.True);
        }

        [Test]
        public void ShouldGiveTheUsbClockOnlyWithAPllAndADivider()
        {
            Write(RccBase + 4, 16 | (192u << 6) | (4 << 24));
            Assert.That(Rcc.Pll48Frequency, Is.Zero, "the PLL is off");
            SetBits(RccBase, 1 << 24);
            Assert.That(Rcc.Pll48Frequency, Is.EqualTo(48000000));
            ClearBits(RccBase, 1 << 24);
            Write(RccBase + 4, 16 | (192u << 6) | (1 << 24));
            SetBits(RccBase, 1 << 24);
            Assert.That(Rcc.Pll48Frequency, Is.Zero, "PLLQ = 1 is not allowed");
            ClearBits(RccBase, 1 << 24);
            Write(RccBase + 4, 16 | (192u << 6) | (2 << 24));
            SetBits(RccBase, 1 << 24);
            Assert.That(Rcc.Pll48Frequency, Is.EqualTo(96000000));
        }

        [Test]
        public void ShouldClockTheRtcByHalfOfHse()
        {
            UnlockBackupDomain();
            SetBits(RccBase, 1 << 16);
            Write(RccBase + 8, 2 << 16);
            SetBits(Bdcr, (3 << 8) | (1 << 15));
            Assert.That(Rcc.RtcClockFrequency, Is.EqualTo(4000000));
        }

        [TestCase(1u, 32768ul)]
        [TestCase(2u, 32000ul)]
        [TestCase(3u, 1000000ul)]
        [TestCase(0u, 0ul)]
        public void ShouldClockTheRtcByRtcsel(uint rtcsel, ulong frequency)
        {
            UnlockBackupDomain();
            SetBits(RccBase, 1 << 16);
            Write(RccBase + 8, 8 << 16);
            SetBits(Csr, 1);
            SetBits(Bdcr, 1 | (rtcsel << 8));
            Assert.That(Rcc.RtcClockFrequency, Is.Zero);
            SetBits(Bdcr, 1 << 15);
            Assert.That(Rcc.RtcClockFrequency, Is.EqualTo(frequency));
        }

        [Test]
        public void ShouldWakeFromStopOnHsi()
        {
            StartPll(8, 336, 0, 7);
            Pwr.OnGPIO(1, true);
            Pwr.OnGPIO(1, false);
            Assert.That(Rcc.SystemClockFrequency, Is.EqualTo(16000000));
            Assert.That(Read(RccBase) & 0x03030003, Is.EqualTo(3));
            Assert.That(Read(RccBase + 8) & 0xF, Is.Zero);
        }

        [Test]
        public void ShouldStandStillInStopButForLsiAndLse()
        {
            StartPll(8, 336, 0, 7);
            SetBits(RccBase + 8, (8 << 16) | (2 << 21));
            SetBits(Csr, 1);
            UnlockBackupDomain();
            SetBits(Bdcr, 1 | (3u << 8) | (1u << 15));
            Assert.That(Rcc.RtcClockFrequency, Is.EqualTo(1000000));
            Pwr.OnGPIO(1, true);
            Assert.That(Rcc.RtcClockFrequency, Is.Zero, "HSE");
            Assert.That(Rcc.Mco1Frequency, Is.Zero);
            Assert.That(Read(Csr) & 2, Is.EqualTo(2), "LSIRDY");
            Assert.That(Read(Bdcr) & 2, Is.EqualTo(2), "LSERDY");
            Pwr.OnGPIO(1, false);
            Assert.That(Rcc.RtcClockFrequency, Is.Zero, "HSE is off after Stop");
            SetBits(RccBase, 1 << 16);
            Assert.That(Rcc.RtcClockFrequency, Is.EqualTo(1000000));
        }

        [Test]
        public void ShouldRunAgainAfterAResetInStop()
        {
            Pwr.OnGPIO(1, true);
            Supplies.PressReset();
            Assert.That(Read(RccBase) & 3, Is.EqualTo(3), "HSION, HSIRDY");
        }

        [Test]
        public void ShouldKeepReservedBitsAtTheirResetValue()
        {
            Write(RccBase + 0x04, 0xFFFFFFFF);
            Write(RccBase + 0x08, 0xFFFFFFFF);
            Write(RccBase + 0x0C, 0xFFFFFFFF);
            Write(RccBase + 0x80, 0xFFFFFFFF);
            Write(RccBase + 0x84, 0xFFFFFFFF);
            Assert.That(new uint[] { 0x04, 0x08, 0x0C, 0x80, 0x84 }.Select(x => Read(RccBase + x)),
                Is.EqualTo(new uint[] { 0x2F437FFF, 0xFFFFFCF3, 0x00003F00, 0xCFFFFFFF, 0x70007FC0 }));
        }

        private static readonly Alias[] OnlyInF446 = { Alias.QUADSPI, Alias.SPDIFRX, Alias.FMPI2C1, Alias.CEC, Alias.SAI2 };

        public static IEnumerable<Alias> AllAliases => (Alias[])Enum.GetValues(typeof(Alias));

        private static ulong EnableRegisterOf(Alias alias) => RccBase + new ulong[] { 0x30, 0x34, 0x38, 0x40, 0x44 }[(int)alias / 32];

        private bool Bit(ulong address, int bit) => (Read(address) >> bit & 1) != 0;

        private void Register(Alias alias, IPeripheral peripheral)
        {
            Rcc.Register(peripheral, new ClockGateRegistrationPoint(alias));
        }

        private void SetPll(uint m, uint n, uint p, uint q, bool hse)
        {
            Write(RccBase + 4, m | (n << 6) | (p << 16) | (hse ? 1u << 22 : 0) | (q << 24));
        }

        private void StartPll(uint m, uint n, uint p, uint q)
        {
            SetBits(RccBase, 1 << 16);
            SetPll(m, n, p, q, hse: true);
            SetBits(RccBase, 1 << 24);
            SetBits(RccBase + 8, 2);
        }
    }
}
