// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.GPIOPort;
using Antmicro.Renode.Peripherals.Miscellaneous;

using NUnit.Framework;

namespace Standalone.Devices.Tests
{
    public class GpioTests : Bench
    {
        [SetUp]
        public void MountPort()
        {
            port = Mount(new STM32_GPIOPort(Machine, 0xA8000000, 0x0C000000, 0x64000000, 16, new List<List<int>> { new List<int> { 5, 3 } }));
        }

        [Test]
        public void ShouldStartWithItsResetValues()
        {
            Assert.That(Read(MODER), Is.EqualTo(0xA8000000));
            Assert.That(Read(OSPEEDR), Is.EqualTo(0x0C000000));
            Assert.That(Read(PUPDR), Is.EqualTo(0x64000000));
            Assert.That(Read(IDR), Is.Zero);
            Assert.That(Read(AFRL), Is.Zero);
        }

        [TestCase(MODER)]
        [TestCase(OSPEEDR)]
        [TestCase(PUPDR)]
        [TestCase(AFRL)]
        [TestCase(AFRH)]
        public void ShouldKeepConfiguration(int register)
        {
            Modify(register, 0x12345678);
            Assert.That(Read(register), Is.EqualTo(0x12345678));
        }

        [Test]
        public void ShouldKeepOutputType()
        {
            OnlyOnOurModel("OTYPER reads 0 there");
            Write(OTYPER, 0xFFFFFFFF);
            Assert.That(Read(OTYPER), Is.EqualTo(0xFFFF));
        }

        [Test]
        public void ShouldDrivePinsThroughODR()
        {
            Write(ODR, 0x8001);
            Assert.That(Read(ODR), Is.EqualTo(0x8001));
            Assert.That(Read(IDR), Is.EqualTo(0x8001));
            Assert.That(port.Connections[0].IsSet, Is.True);
            Assert.That(port.Connections[1].IsSet, Is.False);
            Assert.That(port.Connections[15].IsSet, Is.True);
        }

        [Test]
        public void ShouldSetAndResetSinglePins()
        {
            Write(BSRR, 0x00FF);
            Write(BSRR, 0x000F0000);
            Assert.That(Read(ODR), Is.EqualTo(0xF0));
            Write(BRR, 0x10);
            Assert.That(Read(ODR), Is.EqualTo(0xE0));
        }

        [Test]
        public void ShouldLetSettingWinOverResetting()
        {
            OnlyOnOurModel("the reset half is applied last there");
            Write(BSRR, 0x00030002);
            Assert.That(Read(ODR), Is.EqualTo(0x2));
        }

        [Test]
        public void ShouldTakeHalfWords()
        {
            Machine.SystemBus.WriteWord(Base + BSRR, 0x8);
            Assert.That(Machine.SystemBus.ReadWord(Base + IDR), Is.EqualTo(0x8));
            Machine.SystemBus.WriteWord(Base + BSRR + 2, 0x8);
            Assert.That(Machine.SystemBus.ReadWord(Base + IDR), Is.Zero);
        }

        [Test]
        public void ShouldSeeAndPassOnExternalLevels()
        {
            var probe = Probe.On(port.Connections[3]);
            port.OnGPIO(3, true);
            Assert.That(Read(IDR), Is.EqualTo(8));
            port.OnGPIO(3, false);
            Assert.That(Read(IDR), Is.Zero);
            Assert.That(probe.Changes, Is.EqualTo(new[] { true, false }));
        }

        [Test]
        public void ShouldChangeOnlyTheWrittenPins()
        {
            port.OnGPIO(3, true);
            var probe = Probe.On(port.Connections[3]);
            Write(BSRR, 0x1);
            Write(BSRR, 0x10000);
            Assert.That(Read(IDR), Is.EqualTo(8));
            Assert.That(probe.Changes, Is.Empty);
        }

        [Test]
        public void ShouldNotMindAPinThatIsNotThere()
        {
            OnlyOnOurModel("it throws there");
            Assert.That(() => port.OnGPIO(16, true), Throws.Nothing);
        }

        [Test]
        public void ShouldShowTheSelectedAlternateFunction()
        {
            var pin = ((ILocalGPIOReceiver)port).GetLocalReceiver(9);
            pin.OnGPIO(2, true);
            Assert.That(Read(IDR), Is.Zero, "pin is an input");
            Modify(MODER, 2u << 18);
            pin.OnGPIO(2, true);
            Assert.That(Read(IDR), Is.Zero, "another function is selected");
            Write(AFRH, 2u << 4);
            pin.OnGPIO(2, true);
            Assert.That(Read(IDR), Is.EqualTo(1 << 9));
            pin.OnGPIO(3, false);
            Assert.That(Read(IDR), Is.EqualTo(1 << 9));
            pin.OnGPIO(2, false);
            Assert.That(Read(IDR), Is.Zero);
        }

        [Test]
        public void ShouldInvertAlternateFunctionsThatAreSo()
        {
            Modify(MODER, 2u << 10);
            Write(AFRL, 3u << 20);
            var pin = ((ILocalGPIOReceiver)port).GetLocalReceiver(5);
            pin.OnGPIO(3, false);
            Assert.That(Read(IDR), Is.EqualTo(1 << 5));
            pin.OnGPIO(3, true);
            Assert.That(Read(IDR), Is.Zero);
        }

        [Test]
        public void ShouldRefuseAnAlternateFunctionOfNoPin()
        {
            Assert.That(() => ((ILocalGPIOReceiver)port).GetLocalReceiver(16), Throws.InstanceOf<RecoverableException>());
        }

        [TestCase(0u)]
        [TestCase(17u)]
        public void ShouldRefuseAnImpossibleNumberOfFunctions(uint count)
        {
            Assert.That(() => new STM32_GPIOPort(Machine, numberOfAFs: count), Throws.InstanceOf<ConstructionException>());
        }

        [TestCase(16, 1)]
        [TestCase(0, 16)]
        public void ShouldRefuseImpossibleInvertedPins(int pin, int function)
        {
            Assert.That(() => new STM32_GPIOPort(Machine, invertedAFPins: new List<List<int>> { new List<int> { pin, function } }),
                Throws.InstanceOf<ConstructionException>());
        }

        [Test]
        public void ShouldLockConfiguration()
        {
            Modify(MODER, 0);
            Write(LCKR, 0x10002);
            Write(LCKR, 0x00002);
            Write(LCKR, 0x10002);
            Assert.That(Read(LCKR), Is.EqualTo(0x10002));
            Modify(MODER, 0x15);
            Assert.That(Read(MODER), Is.EqualTo(0x11));
            Write(AFRL, 0x111);
            Assert.That(Read(AFRL), Is.EqualTo(0x101));
            Write(LCKR, 0x10001);
            Write(LCKR, 0x00001);
            Write(LCKR, 0x10001);
            Read(LCKR);
            Modify(MODER, 0x10);
            Assert.That(Read(MODER), Is.EqualTo(0x10), "only pin 1 is locked, and for good");
            port.Reset();
            Modify(MODER, 0x15);
            Assert.That(Read(MODER), Is.EqualTo(0x15));
        }

        [TestCase(0x10002u, 0x00002u, 0x10003u, true)]
        [TestCase(0x10002u, 0x10002u, 0x10002u, true)]
        [TestCase(0x00002u, 0x00002u, 0x10002u)]
        public void ShouldNotLockAfterAWrongSequence(uint first, uint second, uint third, bool differs = false)
        {
            if(differs)
            {
                OnlyOnOurModel("a wrong key write counts as the first of the next sequence there");
            }
            Modify(MODER, 0);
            Write(LCKR, first);
            Write(LCKR, second);
            Write(LCKR, third);
            Read(LCKR);
            Modify(MODER, 0x55);
            Assert.That(Read(MODER), Is.EqualTo(0x55));
        }

        [Test]
        public void ShouldLowerAllPinsOnReset()
        {
            Write(ODR, 0xFFFF);
            Modify(MODER, 0);
            port.Reset();
            Assert.That(Read(IDR), Is.Zero);
            Assert.That(port.Connections[0].IsSet, Is.False);
            Assert.That(Read(MODER), Is.EqualTo(0xA8000000));
        }

        [Test]
        public void ShouldReadButtonsAtTheirIdleLevel([Values] bool inverted)
        {
            var button = new Button(inverted);
            button.IRQ.Connect(port, 4);
            Assert.That(Read(IDR) != 0, Is.EqualTo(inverted));
            button.Press();
            Assert.That(Read(IDR) != 0, Is.EqualTo(!inverted));
            Assert.That(button.Pressed, Is.True);
            button.Release();
            Assert.That(Read(IDR) != 0, Is.EqualTo(inverted));
            port.Reset();
            button.Reset();
            Assert.That(Read(IDR) != 0, Is.EqualTo(inverted), "after a reset of the port");
            button.Toggle();
            Assert.That(Read(IDR) != 0, Is.EqualTo(!inverted));
            button.ReleaseOnReset = false;
            port.Reset();
            button.Reset();
            Assert.That(Read(IDR) != 0, Is.EqualTo(!inverted), "after a reset that leaves it pressed");
            button.ReleaseOnReset = true;
            button.Reset();
            Assert.That(button.Pressed, Is.False);
        }

        [Test]
        public void ShouldTellOfButtonChanges()
        {
            var button = new Button();
            var changes = new List<bool>();
            button.StateChanged += changes.Add;
            button.PressAndRelease();
            Assert.That(changes, Is.EqualTo(new[] { true, false }));
        }

        [Test]
        public void ShouldLightLeds([Values] bool inverted)
        {
            var led = new LED(inverted);
            var changes = new List<bool>();
            led.StateChanged += (_, state) => changes.Add(state);
            port.Connections[6].Connect(led, 0);
            Assert.That(led.State, Is.EqualTo(inverted));
            Write(BSRR, 1 << 6);
            Assert.That(led.State, Is.EqualTo(!inverted));
            Write(BSRR, 1 << 22);
            Assert.That(led.State, Is.EqualTo(inverted));
            Assert.That(changes, Is.EqualTo(new[] { !inverted, inverted }));
        }

        private STM32_GPIOPort port;

        private const int MODER = 0x00;
        private const int OTYPER = 0x04;
        private const int OSPEEDR = 0x08;
        private const int PUPDR = 0x0C;
        private const int IDR = 0x10;
        private const int ODR = 0x14;
        private const int BSRR = 0x18;
        private const int LCKR = 0x1C;
        private const int AFRL = 0x20;
        private const int AFRH = 0x24;
        private const int BRR = 0x28;
    }
}
