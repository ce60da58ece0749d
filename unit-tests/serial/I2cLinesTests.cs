// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals.Board;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.I2C;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;
// Release 1.16.1 has one of its own.
using STM32F4_I2C = Antmicro.Renode.Peripherals.Chip.STM32F4_I2C;

namespace UnitTests
{
    /// <summary>Devices of an I2C under firmware that toggles open-drain pins: PB6 is SCL, PB7 SDA, PB5 feeds one of the devices.</summary>
    [TestFixture]
    public class I2cLinesTests : ChipTest
    {
        [SetUp]
        public void BuildBoard()
        {
            (port, scl, sda) = (GpioBBase, 6, 7);
            BuildBoard(0xC0);
        }

        [Test]
        public void ShouldBeFoundByAScan()
        {
            Assert.That(Scan(), Is.EqualTo(new[] { 0x4C, 0x50 }));
            Assert.That(device.Log, Is.EqualTo("F"), "a write of nothing");
            Write(PortB + Bsrr, 1u << (16 + Avdd));
            Assert.That(Scan(), Is.EqualTo(new[] { 0x50 }));
        }

        [Test]
        public void ShouldHoldSdaForTheAcknowledgementAlone()
        {
            Start();
            SendBits(0xA0);
            Assert.That(Sda, Is.Zero, "low before the ninth clock");
            SetScl(true);
            Assert.That(Sda, Is.Zero);
            SetScl(false);
            Assert.That(Sda, Is.EqualTo(1));
            Assert.That(portB.Pins, Does.Match("PB7 +high"));
        }

        [Test]
        public void ShouldBeWrittenWhenTheTransferEnds()
        {
            Start();
            Assert.That(Send(0xA0));
            Assert.That(Send(0x12));
            Assert.That(Send(0x34));
            Assert.That(device.Log, Is.Empty);
            Stop();
            Assert.That(device.Log, Is.EqualTo("W 12 34; F"));
        }

        [Test]
        public void ShouldBeReadAfterARepeatedStart()
        {
            Start();
            Assert.That(Send(0xA0));
            Assert.That(Send(0x07));
            Start();
            Assert.That(device.Log, Is.EqualTo("W 07"));
            Assert.That(Send(0xA1));
            Assert.That(Receive(true), Is.EqualTo(0xA5));
            Assert.That(Receive(true), Is.EqualTo(0xA6));
            Assert.That(Receive(false), Is.EqualTo(0xA7));
            Stop();
            Assert.That(device.Log, Is.EqualTo("W 07; R; R; R; F"), "asked for no byte more");
        }

        [Test]
        public void ShouldSendNothingAfterItWasNotAcknowledged()
        {
            Start();
            Assert.That(Send(0xA1));
            Assert.That(Receive(false), Is.EqualTo(0xA5));
            Assert.That(Receive(true), Is.EqualTo(0xFF), "nobody holds SDA");
            Assert.That(device.Log, Is.EqualTo("R"));
        }

        [Test]
        public void ShouldSpeakToTheDeviceThatHardwareReaches()
        {
            Start();
            Assert.That(Send(0x98));
            Assert.That(Send(0x08));
            Assert.That(Send(0x03));
            Stop();
            SelectAlternateFunctions();
            Assert.That(SendByRegisters(0x98, 0x08), Is.True);
            Assert.That(sensor.Read(), Is.EqualTo(new byte[] { 3 }));
        }

        [Test]
        public void ShouldNotHearTransfersOfTheChipsOwnI2c()
        {
            SelectAlternateFunctions();
            Assert.That(SendByRegisters(0xA0, 0x12), Is.True);
            Assert.That(device.Log, Is.EqualTo("W 12; F"));
            OpenPins();
            Assert.That(device.Log, Is.EqualTo("W 12; F"));
        }

        [Test]
        public void ShouldEndByAStopInTheMiddleOfAByte()
        {
            Start();
            Assert.That(Send(0xA0));
            Assert.That(Send(0x12));
            SendBits(0x55, 3);
            Stop();
            Assert.That(device.Log, Is.EqualTo("W 12; F"), "three bits are no byte");
            Assert.That(Scan(), Does.Contain(0x50));
        }

        [Test]
        public void ShouldBeginAnewByAStartInTheMiddleOfAByte()
        {
            Start();
            SendBits(0xA0, 5);
            Start();
            Assert.That(Send(0xA0));
            Stop();
            Assert.That(device.Log, Is.EqualTo("F"));
        }

        [Test]
        public void ShouldIgnoreWhatIsForAnother()
        {
            Start();
            Assert.That(Send(0xA2), Is.False);
            Assert.That(Send(0xA0), Is.False, "data, not an address");
            Stop();
            Assert.That(device.Log, Is.Empty);
        }

        [Test]
        public void ShouldTellTheDeviceThatIsLeftForAnother()
        {
            Start();
            Assert.That(Send(0xA0));
            Assert.That(Send(0x12));
            Start();
            Assert.That(Send(0x98));
            Assert.That(device.Log, Is.EqualTo("W 12; F"));
            Stop();
            Assert.That(device.Log, Is.EqualTo("W 12; F"));
        }

        // The chip was reset within a read; UM10204 3.1.16 has the cure.
        [Test]
        public void ShouldLetSdaGoWithinNineClocks()
        {
            device.Next = 0;
            HangInARead();
            Supplies.PressReset();
            Assert.That(portB.Pins, Does.Match("PB7 +low .*driven from outside"), "the device knows nothing of the reset");
            OpenClocks();
            SelectAlternateFunctions();
            Write(I2cBase, 1);
            SetBits(I2cBase, 1 << 8);
            Assert.That(Read(I2cBase + 0x14) & 1, Is.Zero, "no START: BUSY");
            Write(I2cBase, 0);
            OpenPins();
            var clocks = 0;
            for(; Sda == 0 && clocks < 9; clocks++)
            {
                SetScl(false);
                SetScl(true);
            }
            Assert.That(Sda, Is.EqualTo(1), "free");
            Assert.That(clocks, Is.InRange(1, 9));
            SetScl(false);
            SetSda(false);
            Stop();
            Assert.That(Scan(), Does.Contain(0x50));
        }

        [Test]
        public void ShouldLetSdaGoWithoutSupply()
        {
            HangInARead(0x98);
            Assert.That(Sda, Is.Zero, "its register is 0");
            Write(PortB + Bsrr, 1u << (16 + Avdd));
            Assert.That(Sda, Is.EqualTo(1));
            Write(PortB + Bsrr, 1u << Avdd);
            Assert.That(Receive(true), Is.EqualTo(0xFF));
            Stop();
            Assert.That(Scan(), Does.Contain(0x4C));
        }

        [Test]
        public void ShouldLetSdaGoWithoutVdd()
        {
            device.Next = 0;
            HangInARead();
            Supplies.PowerOff();
            Supplies.PowerOn();
            Assert.That(portB.Pins, Does.Match("PB7 +high"));
            Assert.That(device.Log, Is.EqualTo("R"), "nobody told it");
            OpenClocks();
            OpenPins();
            Assert.That(Scan(), Does.Contain(0x50));
        }

        [Test]
        public void ShouldForgetWhatWasSentWithoutVdd()
        {
            Start();
            Assert.That(Send(0xA0));
            Assert.That(Send(0x12));
            Supplies.PowerOff();
            Supplies.PowerOn();
            OpenClocks();
            OpenPins();
            Start();
            Stop();
            Assert.That(device.Log, Is.Empty);
        }

        [Test]
        public void ShouldForgetAHungTransferWhenTheChipsOwnI2cStarts()
        {
            Start();
            Assert.That(Send(0xA0));
            Assert.That(Send(0x12));
            SetScl(true);
            SelectAlternateFunctions();
            Assert.That(SendByRegisters(0xA0, 0x34), Is.True);
            Assert.That(device.Log, Is.EqualTo("W 12; F; W 34; F"));
        }

        [Test]
        public void ShouldKnowAddressesOfTenBits()
        {
            var far = new Device();
            i2c.Register(far, new NumberRegistrationPoint<int>(0x2A5));
            Start();
            Assert.That(Send(0xF4));
            Assert.That(Send(0xA5));
            Assert.That(Send(0x01));
            Start();
            Assert.That(Send(0xF5));
            Assert.That(Receive(false), Is.EqualTo(0xA5));
            Stop();
            Assert.That(far.Log, Is.EqualTo("W 01; R; F"));
            Start();
            Assert.That(Send(0xF4));
            Assert.That(Send(0xA6), Is.False);
            Stop();
            Start();
            Assert.That(Send(0xF2), Is.False);
        }

        [TestCase(0x00u, TestName = "ShouldNotBeOnPinsThatTheBoardDoesNotPullUp(none)")]
        [TestCase(0x40u, TestName = "ShouldNotBeOnPinsThatTheBoardDoesNotPullUp(SCL alone)")]
        [TestCase(0x80u, TestName = "ShouldNotBeOnPinsThatTheBoardDoesNotPullUp(SDA alone)")]
        public void ShouldNotBeOnPinsThatTheBoardDoesNotPullUp(uint pullUps)
        {
            BuildBoard(pullUps);
            // The chip's own resistors are not the board's.
            SetBits(PortB + Pupdr, 0x5 << 12);
            Assert.That(Scan(), Is.Empty);
        }

        // SDA on PB9, as on ST's STM32F4DISCOVERY.
        [Test]
        public void ShouldBeOnTheOtherPinsOfItsI2c()
        {
            sda = 9;
            BuildBoard(0x240);
            Assert.That(Scan(), Is.EqualTo(new[] { 0x4C, 0x50 }));
        }

        [Test]
        public void ShouldBeReachedOverWires()
        {
            SetBits(Ahb1Enable, 1);
            Write(PortB, 1u << (2 * Avdd));
            portB.Wire(6, portA, 1);
            portB.Wire(7, portA, 2);
            (port, scl, sda) = (GpioABase, 1, 2);
            OpenPins();
            Assert.That(Scan(), Is.EqualTo(new[] { 0x4C, 0x50 }));
        }

        [Test]
        public void ShouldLeaveAProbeItsLevel()
        {
            portB.Drive(7, "low");
            Start();
            SendBits(0xA0);
            Stop();
            Assert.That(Sda, Is.Zero, "held from outside");
            portB.Drive(7, "release");
            Assert.That(Scan(), Does.Contain(0x50));
        }

        [Test]
        public void ShouldCostNothingWhereNobodyToggles()
        {
            var watched = portB.Connections[6].Endpoints.Count + portB.Connections[7].Endpoints.Count;
            Assert.That(watched, Is.Zero, "else peripherals would show their every edge at these pins");
        }

        // By snapshots of Renode, or checkpoints of the standalone host.
        [Test]
        public void ShouldGoOnFromTheMiddleOfAByte()
        {
            HangInARead();
            var first = ReceiveBits(3);
            using(var state = TakeState())
            {
                ReceiveBits(2);
                Stop();
                Assert.That(Scan(), Does.Contain(0x50));
                state.Restore();
                Assert.That(Emulation.TryGetMachineByName("chip", out var restored), Is.True);
                bus = restored.SystemBus;
                Assert.That((first << 5) | ReceiveBits(5), Is.EqualTo(0xA5));
                Acknowledge(true);
                Assert.That(Receive(false), Is.EqualTo(0xA6));
                Stop();
                Assert.That(Scan(), Is.EqualTo(new[] { 0x4C, 0x50 }));
            }
        }

        // A device that holds SDA goes on holding it.
        [Test]
        public void ShouldHoldSdaAfterASnapshot()
        {
            Start();
            SendBits(0xA0);
            using(var state = TakeState())
            {
                SetScl(true);
                SetScl(false);
                Assert.That(Sda, Is.EqualTo(1));
                state.Restore();
                Assert.That(Emulation.TryGetMachineByName("chip", out var restored), Is.True);
                bus = restored.SystemBus;
                Assert.That(Sda, Is.Zero);
                SetScl(true);
                SetScl(false);
                Assert.That(Sda, Is.EqualTo(1));
            }
        }

        private void BuildBoard(uint pullUps)
        {
            BuildChip();
            bus = Machine.SystemBus;
            i2c = Attach(new STM32F4_I2C(Machine, Supplies), "i2c1", I2cBase, Alias.I2C1);
            portA = Attach(new STM32F4_GPIOPort(Machine, Rcc), "gpioPortA", GpioABase, Alias.GPIOA);
            portB = Attach(new STM32F4_GPIOPort(Machine, Rcc, boardPullUps: pullUps), "gpioPortB", PortB, Alias.GPIOB);
            sensor = new MMA7660(Machine, portB, Avdd);
            device = new Device();
            i2c.Register(sensor, new NumberRegistrationPoint<int>(0x4C));
            i2c.Register(device, new NumberRegistrationPoint<int>(0x50));
            OpenClocks();
            OpenPins();
        }

        private void OpenClocks()
        {
            SetBits(Ahb1Enable, 2);
            SetBits(Apb1Enable, 1 << 21);
        }

        // Both lines let go, open drain, then outputs.
        private void OpenPins()
        {
            Out(port + Bsrr, (1u << scl) | (1u << sda));
            Out(PortB + Bsrr, 1u << Avdd);
            Out(port + Otyper, In(port + Otyper) | (1u << scl) | (1u << sda));
            Out(PortB, (In(PortB) & ~(3u << (2 * Avdd))) | (1u << (2 * Avdd)));
            Out(port, (In(port) & ~((3u << (2 * scl)) | (3u << (2 * sda)))) | (1u << (2 * scl)) | (1u << (2 * sda)));
        }

        private void SelectAlternateFunctions()
        {
            ClearBits(PortB, 0xF << 12);
            SelectI2cPins();
        }

        private int[] Scan()
        {
            return Enumerable.Range(8, 0x70).Where(x =>
            {
                Start();
                var result = Send((byte)(x << 1));
                Stop();
                return result;
            }).ToArray();
        }

        private void HangInARead(byte address = 0xA0)
        {
            Start();
            Assert.That(Send((byte)(address | 1)));
        }

        private void Start()
        {
            SetSda(true);
            SetScl(true);
            SetSda(false);
            SetScl(false);
        }

        private void Stop()
        {
            SetScl(false);
            SetSda(false);
            SetScl(true);
            SetSda(true);
        }

        private bool Send(byte value)
        {
            SendBits(value);
            SetScl(true);
            var result = Sda == 0;
            SetScl(false);
            return result;
        }

        // SDA is let go after the last one.
        private void SendBits(byte value, int count = 8)
        {
            for(var i = 0; i < count; i++)
            {
                SetSda((value >> (7 - i) & 1) != 0);
                SetScl(true);
                SetScl(false);
            }
            SetSda(true);
        }

        private int Receive(bool acknowledge)
        {
            var result = ReceiveBits(8);
            Acknowledge(acknowledge);
            return result;
        }

        private int ReceiveBits(int count)
        {
            var result = 0;
            SetSda(true);
            for(var i = 0; i < count; i++)
            {
                SetScl(true);
                result = (result << 1) | (int)Sda;
                SetScl(false);
            }
            return result;
        }

        private void Acknowledge(bool value)
        {
            SetSda(!value);
            SetScl(true);
            SetScl(false);
            SetSda(true);
        }

        // START, address, a byte, STOP.
        private bool SendByRegisters(uint address, uint value)
        {
            Write(I2cBase, 1);
            SetBits(I2cBase, 1 << 8);
            Assert.That(Read(I2cBase + 0x14) & 1, Is.EqualTo(1), "SB");
            Write(I2cBase + 0x10, address);
            var result = (Read(I2cBase + 0x14) & 2) != 0;
            Read(I2cBase + 0x18);
            Write(I2cBase + 0x10, value);
            SetBits(I2cBase, 1 << 9);
            return result;
        }

        private void SetScl(bool high) => SetPin(scl, high);

        private void SetSda(bool high) => SetPin(sda, high);

        private void SetPin(int pin, bool high) => Out(port + Bsrr, 1u << (high ? pin : 16 + pin));

        private uint In(ulong address) => bus.ReadDoubleWord(address);

        private void Out(ulong address, uint value) => bus.WriteDoubleWord(address, value);

        private uint Sda => In(port + Idr) >> sda & 1;

        private IBusController bus;
        private STM32F4_GPIOPort portA;
        private STM32F4_GPIOPort portB;
        private STM32F4_I2C i2c;
        private MMA7660 sensor;
        private Device device;
        private ulong port;
        private int scl;
        private int sda;

        private const ulong PortB = GpioBBase;
        private const ulong Otyper = 0x04;
        private const ulong Pupdr = 0x0C;
        private const ulong Idr = 0x10;
        private const ulong Bsrr = 0x18;
        private const int Avdd = 5;

        /// <summary>Counts up from 0xA5 when it is read, and notes what is done with it.</summary>
        private class Device : II2CPeripheral
        {
            public void Write(byte[] data) => events.Add("W " + string.Join(" ", data.Select(x => $"{x:X2}")));

            public byte[] Read(int count = 1)
            {
                events.Add("R");
                return new[] { Next++ };
            }

            public void FinishTransmission() => events.Add("F");

            public void Reset()
            {
            }

            public string Log => string.Join("; ", events);

            public byte Next { get; set; } = 0xA5;

            private readonly List<string> events = new List<string>();
        }
    }
}
