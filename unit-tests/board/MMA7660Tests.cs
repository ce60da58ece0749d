// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Board;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    /// <summary>The accelerometer on I2C1, fed from PB5.</summary>
    [TestFixture]
    public class MMA7660Tests : ChipTest
    {
        [SetUp]
        public void CreateSensor()
        {
            var port = new STM32F4_GPIOPort(Machine, Rcc);
            Attach(port, "gpioPortB", PortB, Alias.GPIOB);
            var i2c = Attach(new STM32F4_I2C(Machine, Supplies), "i2c1", I2cBase, Alias.I2C1);
            SetBits(RccBase + 0x30, 2);
            SetBits(RccBase + 0x40, 1 << 21);
            SelectI2cPins();
            sensor = new MMA7660(Machine, port, 5);
            i2c.Register(sensor, new NumberRegistrationPoint<int>(0x4C));
            Write(I2cBase, 1);
            SetBits(PortB, 1 << 10);
            Feed(true);
        }

        [Test]
        public void ShouldAnswerOnlyWhileItIsFed()
        {
            Assert.That(IsThere());
            Feed(false);
            Assert.That(IsThere(), Is.False);
            Assert.That(sensor.IsPowered, Is.False);
            Feed(true);
            Assert.That(IsThere());
        }

        [Test]
        public void ShouldForgetItsRegistersWithoutPower()
        {
            sensor.Write(new byte[] { 7, 1 });
            Assert.That(ReadRegister(7), Is.EqualTo(1));
            Feed(false);
            Feed(true);
            Assert.That(ReadRegister(7), Is.Zero);
        }

        [TestCase(0, 0)]
        [TestCase(1, 21)]
        [TestCase(-1, -21)]
        [TestCase(0.046875, 1)]
        [TestCase(5, 31)]
        [TestCase(-5, -32)]
        public void ShouldShowSixBits(double g, int expected)
        {
            Activate();
            sensor.AccelerationX = g;
            Assert.That(ReadRegister(0), Is.EqualTo(expected & 0x3F));
            sensor.AccelerationY = g;
            Assert.That(ReadRegister(1), Is.EqualTo(expected & 0x3F));
            sensor.AccelerationZ = g;
            Assert.That(ReadRegister(2), Is.EqualTo(expected & 0x3F));
        }

        [Test]
        public void ShouldShowNothingBeforeItsFirstSample()
        {
            Assert.That(ReadRegister(2), Is.Zero);
            sensor.Write(new byte[] { 7, 1 });
            RunFor(0.020);
            Assert.That(ReadRegister(2), Is.Zero);
            RunFor(0.001);
            Assert.That(ReadRegister(2), Is.EqualTo(21));
        }

        [Test]
        public void ShouldTakeLongerForItsFirstSampleWhenItIsSlow()
        {
            // One sample a second.
            sensor.Write(new byte[] { 8, 7 });
            sensor.Write(new byte[] { 7, 1 });
            RunFor(1);
            Assert.That(ReadRegister(2), Is.Zero);
            RunFor(0.02);
            Assert.That(ReadRegister(2), Is.EqualTo(21));
        }

        [Test]
        public void ShouldReadRegistersInARow()
        {
            Activate();
            sensor.Write(new byte[] { 0 });
            Assert.That(sensor.Read(3), Is.EqualTo(new byte[] { 0, 0, 21 }));
            sensor.Write(new byte[] { 7 });
            Assert.That(sensor.Read(), Is.EqualTo(new byte[] { 1 }));
            Assert.That(sensor.Read(), Is.EqualTo(new byte[] { 0 }), "the pointer has moved on");
        }

        [Test]
        public void ShouldTakeSettingsInStandbyAlone()
        {
            sensor.Write(new byte[] { 8, 3 });
            sensor.Write(new byte[] { 7, 1 });
            sensor.Write(new byte[] { 8, 5 });
            Assert.That(ReadRegister(8), Is.EqualTo(3));
            Assert.That(sensor.GuestMistakes, Does.Contain("MMA7660 register 0x08: write ignored, because MODE is active"));
            sensor.Write(new byte[] { 0, 1 });
            sensor.Write(new byte[] { 0x0B, 1 });
            Assert.That(sensor.GuestMistakeCount, Is.EqualTo(3));
            sensor.Write(new byte[] { 7, 0 });
            sensor.Write(new byte[] { 8, 5 });
            Assert.That(ReadRegister(8), Is.EqualTo(5));
        }

        [TestCase(0, 0, 1, 0x01)]
        [TestCase(0, 0, -1, 0x02)]
        [TestCase(-1, 0, 0, 0x04)]
        [TestCase(1, 0, 0, 0x08)]
        [TestCase(0, 1, 0, 0x14)]
        [TestCase(0, -1, 0, 0x18)]
        [TestCase(0.1, 0.1, 0.1, 0x00)]
        public void ShouldTellHowItLies(double x, double y, double z, int expected)
        {
            Activate();
            sensor.AccelerationX = x;
            sensor.AccelerationY = y;
            sensor.AccelerationZ = z;
            Assert.That(ReadRegister(3), Is.EqualTo(expected));
        }

        [TestCase(101)]
        [TestCase(double.NaN)]
        [TestCase(double.NegativeInfinity)]
        public void ShouldRefuseWhatNoBoardBears(double g)
        {
            Assert.Throws<RecoverableException>(() => sensor.AccelerationX = g);
            Assert.That(sensor.AccelerationX, Is.Zero);
        }

        [Test]
        public void ShouldNeedAPinThatIsThere()
        {
            Assert.Throws<ConstructionException>(() => new MMA7660(Machine, new STM32F4_GPIOPort(Machine), 16));
            Assert.That(new MMA7660(Machine).IsPowered);
        }

        private void Feed(bool on) => Write(PortB + 0x18, on ? 1u << 5 : 1u << 21);

        private void Activate()
        {
            sensor.Write(new byte[] { 7, 1 });
            RunFor(0.03);
        }

        private byte ReadRegister(byte number)
        {
            sensor.Write(new[] { number });
            return sensor.Read()[0];
        }

        // START, address, and whether ADDR comes rather than AF.
        private bool IsThere()
        {
            Write(I2cBase, 0x101);
            Read(I2cBase + 0x14);
            Write(I2cBase + 0x10, 0x98);
            var result = (Read(I2cBase + 0x14) & 2) != 0;
            Read(I2cBase + 0x18);
            Write(I2cBase + 0x14, 0);
            Write(I2cBase, 0x201);
            return result;
        }

        private MMA7660 sensor;

        private const ulong PortB = 0x40020400;
    }
}
