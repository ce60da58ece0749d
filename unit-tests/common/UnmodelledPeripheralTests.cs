// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    [TestFixture]
    public class UnmodelledPeripheralTests : ChipTest
    {
        [SetUp]
        public void AddPeripheral()
        {
            adc = new UnmodelledPeripheral(Machine);
            Register(adc, "adc1", Adc, 0x100);
            Rcc.Register(adc, new Antmicro.Renode.Peripherals.Chip.ClockGateRegistrationPoint(Alias.ADC1));
        }

        [TestCase(false)]
        [TestCase(true)]
        public void ShouldReadZeroWithClockAndWithout(bool hasClock)
        {
            Write(RccBase + 0x44, hasClock ? 1u << 8 : 0);
            Write(Adc + 8, uint.MaxValue);
            Machine.SystemBus.WriteWord(Adc + 8, 0xFFFF);
            Machine.SystemBus.WriteByte(Adc + 8, 0xFF);
            Assert.That((Read(Adc + 8), Machine.SystemBus.ReadWord(Adc + 8), Machine.SystemBus.ReadByte(Adc + 8)), Is.EqualTo((0u, (ushort)0, (byte)0)));
            Assert.That(adc.ClockEnabled, Is.EqualTo(hasClock));
            Assert.That(adc.Accesses, Is.EqualTo(6), "all of them reach it: none is refused by the bus, which would tell of each");
        }

        [Test]
        public void ShouldAnswerInEachOfItsPlaces()
        {
            var holes = new UnmodelledPeripheral(Machine, isReserved: true);
            Machine.SystemBus.Register(holes, new BusRangeRegistration(0x40002400, 0x400));
            Machine.SystemBus.Register(holes, new BusRangeRegistration(0x40010800, 0x800));
            Write(0x40002400, 1);
            Assert.That((Read(0x40002400), Read(0x40010FFC)), Is.EqualTo((0u, 0u)));
            Assert.That(holes.Accesses, Is.EqualTo(3));
        }

        private UnmodelledPeripheral adc;

        private const ulong Adc = 0x40012000;
    }
}
