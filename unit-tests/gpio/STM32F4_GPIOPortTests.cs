// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Board;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.Miscellaneous;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    /// <summary>Pins of two ports, and the timers behind them.</summary>
    [TestFixture]
    public class STM32F4_GPIOPortTests : ChipTest
    {
        [SetUp]
        public void AddPorts()
        {
            portA = AddPort("gpioPortA", PortA, Alias.GPIOA, new STM32F4_GPIOPort(Machine, Rcc, 0xA8000000, 0x0C000000, 0x64000000, boardPullUps: 0x40, boardPullDowns: 0x80));
            portB = AddPort("gpioPortB", PortB, Alias.GPIOB, new STM32F4_GPIOPort(Machine, Rcc));
            SetBits(RccBase + 0x30, 3);
        }

        [Test]
        public void ShouldStartWithItsResetValues()
        {
            Assert.That(Read(PortA + MODER), Is.EqualTo(0xA8000000));
            Assert.That(Read(PortA + OSPEEDR), Is.EqualTo(0x0C000000));
            Assert.That(Read(PortA + PUPDR), Is.EqualTo(0x64000000));
            // PA15 and PA13 are pulled up by the chip, PA6 by the board.
            Assert.That(Read(PortA + IDR), Is.EqualTo(0xA040));
            Assert.That(Read(PortB + IDR), Is.Zero);
        }

        [Test]
        public void ShouldDrivePinsOnlyInOutputMode()
        {
            Write(PortB + ODR, 3);
            Assert.That(Read(PortB + IDR), Is.Zero);
            Write(PortB + MODER, 1);
            Assert.That(Read(PortB + IDR), Is.EqualTo(1));
            Assert.That(Read(PortB + ODR), Is.EqualTo(3));
            Assert.That(portB.Connections[0].IsSet);
            Assert.That(portB.Connections[1].IsSet, Is.False);
        }

        [Test]
        public void ShouldSetAndResetAndLetSettingWin()
        {
            Write(PortB + BSRR, 0x00FF);
            Write(PortB + BSRR, 0x000F0003);
            Assert.That(Read(PortB + ODR), Is.EqualTo(0xF3));
            Machine.SystemBus.WriteWord(PortB + BSRR + 2, 0x10);
            Assert.That(Read(PortB + ODR), Is.EqualTo(0xE3));
        }

        [TestCase(1u, 1u)]
        [TestCase(2u, 0u)]
        [TestCase(0u, 0u)]
        public void ShouldPullWhatNobodyDrives(uint pull, uint expected)
        {
            Write(PortB + PUPDR, pull);
            Assert.That(Read(PortB + IDR), Is.EqualTo(expected));
        }

        [Test]
        public void ShouldPullByTheBoardAgainstTheChip()
        {
            Write(PortA + PUPDR, (1u << 14) | (2u << 12));
            Assert.That(Read(PortA + IDR) & 0xC0, Is.EqualTo(0x40));
        }

        [Test]
        public void ShouldLeaveAnOpenDrainPinToItsPull()
        {
            Write(PortB + MODER, 1);
            Write(PortB + OTYPER, 1);
            Write(PortB + ODR, 1);
            Assert.That(Read(PortB + IDR), Is.Zero);
            Write(PortB + PUPDR, 1);
            Assert.That(Read(PortB + IDR), Is.EqualTo(1));
            Write(PortB + ODR, 0);
            Assert.That(Read(PortB + IDR), Is.Zero);
        }

        [Test]
        public void ShouldBeDrivenFromOutsideUntilReleased()
        {
            Write(PortB + PUPDR, 1);
            portB.Drive(0, "low");
            Assert.That(Read(PortB + IDR), Is.Zero);
            portB.Drive(0, "HIGH");
            portB.Drive(1, "high");
            Assert.That(Read(PortB + IDR), Is.EqualTo(3));
            portB.Drive(0, "release");
            portB.Drive(1, "release");
            Assert.That(Read(PortB + IDR), Is.EqualTo(1));
        }

        [Test]
        public void ShouldShowNothingInAnalogMode()
        {
            portB.Drive(0, "high");
            Write(PortB + MODER, 3);
            Assert.That(Read(PortB + IDR), Is.Zero);
            Assert.That(portB.Connections[0].IsSet);
            Assert.That(portB.Connections[16].IsSet, Is.False);
        }

        [Test]
        public void ShouldFloatInResetButForTheBoard()
        {
            var led = new LED(invert: true);
            portA.Connections[6].Connect(led, 0);
            Write(PortA + MODER, 0x5 << 12);
            Write(PortA + ODR, 0x80);
            Assert.That(Read(PortA + IDR) & 0xC0, Is.EqualTo(0x80));
            Assert.That(led.State);
            Machine.Reset();
            SetBits(RccBase + 0x30, 3);
            Assert.That(Read(PortA + IDR) & 0xC0, Is.EqualTo(0x40));
            Assert.That(led.State, Is.False, "dark while the pin floats");
        }

        [Test]
        public void ShouldKeepItsLevelsWithoutItsClock()
        {
            Write(PortB + MODER, 1);
            Write(PortB + ODR, 1);
            ClearBits(RccBase + 0x30, 2);
            Write(PortB + ODR, 0);
            Assert.That(Read(PortB + IDR), Is.Zero);
            Assert.That(portB.Connections[0].IsSet);
            Assert.That(portB.GuestMistakes, Does.Contain("GPIO_ODR: write ignored, because its clock").And.Contain("GPIO_IDR: read as 0"));
            SetBits(RccBase + 0x30, 2);
            Assert.That(Read(PortB + IDR), Is.EqualTo(1));
        }

        [Test]
        public void ShouldKeepLockedPinsUntilReset()
        {
            Write(PortB + LCKR, 0x10001);
            Write(PortB + LCKR, 0x00001);
            Write(PortB + LCKR, 0x10001);
            Assert.That(Read(PortB + LCKR), Is.EqualTo(0x10001));
            Write(PortB + MODER, 5);
            Write(PortB + AFRL, 0x11);
            Assert.That(Read(PortB + MODER), Is.EqualTo(4));
            Assert.That(Read(PortB + AFRL), Is.EqualTo(0x10));
            Assert.That(portB.GuestMistakeCount, Is.EqualTo(2));
            Machine.Reset();
            SetBits(RccBase + 0x30, 3);
            Write(PortB + MODER, 5);
            Assert.That(Read(PortB + MODER), Is.EqualTo(5));
        }

        [Test]
        public void ShouldNotLockByAnotherSequence()
        {
            Write(PortB + LCKR, 0x10001);
            Write(PortB + LCKR, 0x00003);
            Write(PortB + LCKR, 0x10001);
            Assert.That(Read(PortB + LCKR), Is.EqualTo(1));
        }

        [Test]
        public void ShouldJoinWiredPins()
        {
            portA.Wire(0, portB, 1);
            Write(PortA + MODER, 0xA8000001);
            Write(PortA + ODR, 1);
            Assert.That(Read(PortB + IDR), Is.EqualTo(2));
            Assert.That(portB.Pins, Does.Contain("wired: PA0, PB1"));
            Write(PortA + ODR, 0);
            Assert.That(Read(PortB + IDR), Is.Zero);
            Write(PortA + ODR, 1);
            portB.Unwire(1);
            Assert.That(Read(PortB + IDR), Is.Zero);
            Assert.That(Read(PortA + IDR) & 1, Is.EqualTo(1));
        }

        [Test]
        public void ShouldTakeWiredOutputsAgainstEachOtherForLow()
        {
            new Wire(portA, 0, portA, 1).Reset();
            Write(PortA + MODER, 0xA8000005);
            Write(PortA + ODR, 1);
            Assert.That(Read(PortA + IDR) & 3, Is.Zero);
        }

        [Test]
        public void ShouldBringPwmOfATimerToItsPin()
        {
            AddTimer2();
            Write(PortA + MODER, 0xA8000002);
            Write(PortA + AFRL, 1);
            StartPwm(limit: 15999, compare: 4000);
            var high = 0;
            for(var i = 0; i < 16; i++)
            {
                RunFor(0.0000625);
                high += (int)Read(PortA + IDR) & 1;
            }
            Assert.That(high, Is.InRange(3, 5), "a quarter of the time");
            Write(PortA + AFRL, 2);
            Assert.That(Read(PortA + IDR) & 1, Is.Zero, "another function has the pin");
        }

        [Test]
        public void ShouldTellWhoWatchesThePinOfEachEdge()
        {
            AddTimer2();
            Write(PortA + MODER, 0xA8000002);
            Write(PortA + AFRL, 1);
            var edges = 0;
            ((GPIO)portA.Connections[0]).AddStateChangedHook(_ => edges++);
            portA.Wire(0, portB, 1);
            StartPwm(limit: 15999, compare: 4000);
            edges = 0;
            RunFor(0.01);
            Assert.That(edges, Is.InRange(19, 21));
        }

        [Test]
        public void ShouldCaptureAtThePinThatSelectsTheTimer()
        {
            AddTimer2();
            Write(Timer2 + 0x1C, 1 << 8);
            Write(Timer2 + 0x20, 1 << 12);
            Write(Timer2 + 0, 1);
            portA.Drive(3, "high");
            Assert.That(Read(Timer2 + 0x10) & 0x10, Is.Zero, "no pin is selected");
            Write(PortA + AFRL, 1 << 12);
            Write(PortA + MODER, 0xA8000080);
            Write(Timer2 + 0x10, 0);
            portA.Drive(3, "low");
            RunFor(0.001);
            portA.Drive(3, "high");
            Assert.That(Read(Timer2 + 0x10) & 0x10, Is.EqualTo(0x10));
            Assert.That(Read(Timer2 + 0x40), Is.InRange(16000, 16010));
        }

        [Test]
        public void ShouldShowASignalOfThePlatformDescription()
        {
            var signal = portB.GetLocalReceiver(3);
            signal.OnGPIO(7, true);
            Write(PortB + MODER, 2 << 6);
            Assert.That(Read(PortB + IDR), Is.Zero);
            Write(PortB + AFRL, 7 << 12);
            Assert.That(Read(PortB + IDR), Is.EqualTo(8));
            signal.OnGPIO(7, false);
            Assert.That(Read(PortB + IDR), Is.Zero);
        }

        [Test]
        public void ShouldRefuseWhatIsNotThere()
        {
            Assert.That(() => portA.Drive(16, "high"), Throws.InstanceOf<RecoverableException>().With.Message.EqualTo("There is no pin 16: give 0 to 15"));
            Assert.That(() => portA.Drive(1, "up"), Throws.InstanceOf<RecoverableException>().With.Message.EqualTo("level = up is unknown: give high, low or release"));
            Assert.That(() => portA.Wire(1, portA, 1), Throws.InstanceOf<RecoverableException>());
            Assert.That(() => new Wire(portA, 1, portB, -1), Throws.InstanceOf<ConstructionException>());
            Assert.That(() => portA.OnGPIO(16, true), Throws.Nothing);
            Assert.That(() => new STM32F4_GPIOPort(Machine, boardPullUps: 1, boardPullDowns: 1), Throws.InstanceOf<ConstructionException>());
        }

        private STM32F4_GPIOPort AddPort(string name, ulong address, Alias gate, STM32F4_GPIOPort port)
        {
            Register(port, name, address, 0x400);
            Rcc.Register(port, new ClockGateRegistrationPoint(gate));
            return port;
        }

        private void AddTimer2()
        {
            var timer = new STM32F4_Timer(Machine, TimerKind.GeneralPurpose32);
            Register(timer, "timer2", Timer2, 0x400);
            Rcc.Register(timer, new ClockGateRegistrationPoint(Alias.TIM2));
            SetBits(RccBase + 0x40, 1);
        }

        private void StartPwm(uint limit, uint compare)
        {
            Write(Timer2 + 0x2C, limit);
            Write(Timer2 + 0x34, compare);
            Write(Timer2 + 0x18, 6 << 4);
            Write(Timer2 + 0x20, 1);
            Write(Timer2 + 0, 1);
        }

        private STM32F4_GPIOPort portA;
        private STM32F4_GPIOPort portB;

        private const ulong PortA = 0x40020000;
        private const ulong PortB = 0x40020400;
        private const ulong Timer2 = 0x40000000;
        private const ulong MODER = 0x00;
        private const ulong OTYPER = 0x04;
        private const ulong OSPEEDR = 0x08;
        private const ulong PUPDR = 0x0C;
        private const ulong IDR = 0x10;
        private const ulong ODR = 0x14;
        private const ulong BSRR = 0x18;
        private const ulong LCKR = 0x1C;
        private const ulong AFRL = 0x20;
    }
}
