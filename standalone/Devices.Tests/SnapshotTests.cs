// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CRC;
using Antmicro.Renode.Peripherals.DMA;
using Antmicro.Renode.Peripherals.GPIOPort;
using Antmicro.Renode.Peripherals.I2C;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Peripherals.Miscellaneous;
using Antmicro.Renode.Peripherals.SPI;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Peripherals.UART;

using NUnit.Framework;

namespace Standalone.Devices.Tests
{
    public class SnapshotTests : Bench
    {
        [Test]
        public void ShouldGoOnFromASnapshot()
        {
            OnlyOnOurModel("it needs no proof there");
            Build();
            Write(Uart + 0x08, 729);
            Write(Uart + 0x0C, 1 << 13 | 1 << 2);
            var uart = Machine.TryGetByName<STM32_UART>("sysbus.uart", out var found) ? found : null;
            uart.WriteChar(0x41);
            uart.WriteChar(0x42);
            Write(Timer + 0x2C, 1000);
            Write(Timer + 0x34, 300);
            Write(Timer + 0x0C, 2);
            Write(Timer, 1);
            Write(Exti, 1);
            Write(Exti + 8, 1);
            Write(Crc, 0x12345678);
            RunMicroseconds(100);
            Assert.That(Read(Uart + 4), Is.EqualTo(0x41));
            var crc = Read(Crc);
            EmulationManager.Instance.Save(path);

            EmulationManager.Instance.Clear();
            EmulationManager.Instance.Load(path);
            Assert.That(EmulationManager.Instance.CurrentEmulation.TryGetMachineByName("bench", out var loaded), Is.True);
            var bus = loaded.SystemBus;
            Assert.That(bus.ReadDoubleWord(Base + Crc), Is.EqualTo(crc));
            Assert.That(bus.ReadDoubleWord(Base + Timer + 0x24), Is.EqualTo(100));
            Assert.That(bus.ReadDoubleWord(Base + Uart) & 0x20, Is.Zero);
            RunMicroseconds(80);
            Assert.That(bus.ReadDoubleWord(Base + Uart) & 0x20, Is.EqualTo(0x20));
            Assert.That(bus.ReadDoubleWord(Base + Uart + 4), Is.EqualTo(0x42));
            Assert.That(bus.ReadDoubleWord(Base + Timer + 0x10) & 2, Is.Zero);
            RunMicroseconds(130);
            Assert.That(bus.ReadDoubleWord(Base + Timer + 0x10) & 2, Is.EqualTo(2));
            // The pin still reaches the interrupt controller through the port and the multiplexer.
            ((IGPIOReceiver)loaded["sysbus.port"]).OnGPIO(0, true);
            Assert.That(bus.ReadDoubleWord(Base + Exti + 0x14), Is.EqualTo(1));
            bus.WriteDoubleWord(Base + Port + 0x18, 1 << 6);
            Assert.That(((LED)loaded["sysbus.port.led"]).State, Is.True);
            Assert.That(((Button)loaded["sysbus.port.button"]).Inverted, Is.True);
        }

        [TearDown]
        public void DeleteSnapshot()
        {
            File.Delete(path);
        }

        private void Build()
        {
            Mount(new STM32_UART(Machine, 84000000), Uart, "uart");
            Mount(new STM32_Timer(Machine, 1000000, 0xFFFF), Timer, "timer");
            var port = Mount(new STM32_GPIOPort(Machine, invertedAFPins: new List<List<int>> { new List<int> { 5, 3 } }), Port, "port");
            var syscfg = Mount(new STM32_SYSCFG(), Syscfg, "syscfg");
            var exti = Mount(new STM32F4_EXTI(Machine, 23), Exti, "exti");
            Mount(new STM32_RNG(STM32Series.F4), 0x6000, "rng");
            Mount(new STM32_CRC(STM32Series.F4), Crc, "crc");
            Mount(new STM32DMA(Machine), 0x8000, "dma");
            Mount(new STM32SPI(Machine, STM32Series.F4), 0x9000, "spi");
            Mount(new STM32F1_I2C(Machine), 0xA000, "i2c");
            port.Connections[0].Connect(((ILocalGPIOReceiver)syscfg).GetLocalReceiver(0), 0);
            syscfg.Connections[0].Connect(exti, 0);
            var led = new LED();
            port.Register(led, new NumberRegistrationPoint<int>(6));
            port.Connections[6].Connect(led, 0);
            Machine.SetLocalName(led, "led");
            var button = new Button(true);
            port.Register(button, new NumberRegistrationPoint<int>(4));
            button.IRQ.Connect(port, 4);
            Machine.SetLocalName(button, "button");
        }

        private T Mount<T>(T device, int offset, string name) where T : IBusPeripheral
        {
            Mount(device, (ulong)offset);
            Machine.SetLocalName(device, name);
            return device;
        }

        private readonly string path = Path.Combine(Path.GetTempPath(), $"devices-{Guid.NewGuid()}.save");

        private const int Uart = 0x1000;
        private const int Timer = 0x2000;
        private const int Port = 0x3000;
        private const int Syscfg = 0x4000;
        private const int Exti = 0x5000;
        private const int Crc = 0x7000;
    }
}
