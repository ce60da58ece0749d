// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.I2C;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Peripherals.SPI;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests.Contract
{
    /// <summary>
    /// Programs that use peripherals see the same values at the same virtual times on every host: what is expected is one table for all.
    /// The core executes 100 instructions a microsecond; times are counts of 10 ns.
    /// </summary>
    [TestFixture]
    public class PeripheralContract : ChipTest
    {
        [SetUp]
        public void AddCore()
        {
            CompleteChip();
            rom = new MappedMemory(Machine, 0x1000);
            Register(rom, "rom", 0, 0x1000);
            nvic = new NVIC(Machine, 16000000, 0xF0);
            Register(nvic, "nvic", 0xE000E000, 0x1000);
            cpu = new CortexM("cortex-m4", Machine, nvic);
            Machine.SystemBus.Register(cpu, new CPURegistrationPoint());
            Machine.SetLocalName(cpu, "cpu");
            nvic.IRQ.Connect(cpu, 0);
            timer = new STM32F4_Timer(Machine, TimerKind.GeneralPurpose32) { Frequency = 100000000 };
            Register(timer, "timer2", 0x40000000, 0x400);
            Exti.Connections[0].Connect(nvic, 6);
            Exti.Connections[2].Connect(nvic, 8);
            Can1.Receive0Interrupt.Connect(nvic, 20);
            I2c.EventInterrupt.Connect(nvic, 31);
            Spi.IRQ.Connect(nvic, 35);
            Usart.IRQ.Connect(nvic, 37);
            SelectUsartPins();
            Dma2.Connections[0].Connect(nvic, 56);
            Dma2.Connections[7].Connect(nvic, 70);
            Usart.DMASend.Connect(Dma2, 60);
            Spi.DMAReceive.Connect(Dma2, 3);
            Spi.DMASend.Connect(Dma2, 27);
            Write(RccBase + 0x30, Read(RccBase + 0x30) | (1 << 12) | (1 << 22) | 3);
            Write(RccBase + 0x40, Read(RccBase + 0x40) | (1 << 21) | (1 << 25));
            Write(RccBase + 0x44, Read(RccBase + 0x44) | (1 << 4) | (1 << 12) | (1 << 14));
        }

        [Test]
        public void ShouldSendAndReceiveByUsart()
        {
            Usart.CharReceived += Usart.WriteChar;
            Run(new AccessScript()
                .Write(UsartBase + 0x08, 139).Time().Write(UsartBase + 0x0C, UsartOn).Read(UsartBase).Write(UsartBase + 4, 0x55).UntilSet(UsartBase, 1 << 5).Read(UsartBase).Read(UsartBase + 4)
                .UntilSet(UsartBase, 1 << 4).Read(UsartBase + 4).Read(UsartBase));
            // An idle frame, the way out, the way in.
            Expect(Begin, 0xC0, After(3 * 8688), 0xE0, 0x55, After(8688), 0x55, 0xC0);
        }

        [Test]
        public void ShouldInterruptByUsart()
        {
            Usart.CharReceived += Usart.WriteChar;
            Run(new AccessScript()
                .OnException(UsartBase, ~(1u << 5)).Write(Enable + 4, 1 << 5)
                .Write(UsartBase + 0x08, 1600).Time().Write(UsartBase + 0x0C, UsartOn | (1 << 5))
                .Write(UsartBase + 4, 0x55).UntilSet(AccessScript.Exceptions, 1).Read(UsartBase));
            Expect(Begin, 16 + 37, After(3 * 100000), Any, 0xC0);
        }

        [Test]
        public void ShouldSendToItselfByCan()
        {
            // 16 clocks a bit, loop-back, a filter for all; 11 bits to join, then the frame, of which 2 are stuff bits.
            Run(new AccessScript()
                .OnException(Can1Base + 0x0C, 1 << 5).Write(Enable, 1 << 20)
                .Write(Can1Base, 1).Write(Can1Base + 0x1C, (1u << 30) | (12 << 16) | (1 << 20)).Write(Can1Base + 0x21C, 1).Write(Can1Base + 0x200, 0x2A1C0E00)
                .Write(Can1Base + 0x14, 1 << 1)
                .Time().Write(Can1Base, 0).UntilClear(Can1Base + 4, 1)
                .Write(Can1Base + 0x180, (0x55 << 21) | 1).UntilSet(AccessScript.Exceptions, 1)
                .Read(Can1Base + 8).Read(Can1Base + 0x0C));
            Expect(Begin, After(1100), 16 + 20, After(4600), Any, 0x1C000003, 0);
        }

        [Test]
        public void ShouldSendByDma()
        {
            var sent = new List<byte>();
            Usart.CharReceived += sent.Add;
            Sram.WriteBytes(0x1000, new byte[] { 1, 2, 3, 4 }, 0, 4);
            Run(new AccessScript()
                .OnException(Dma2Base + 0x0C, 0x3Du << 22).Write(Enable + 8, 1 << 6)
                .Write(UsartBase + 0x08, 160).Write(UsartBase + 0x0C, UsartOn).Write(UsartBase + 0x14, 1 << 7)
                .Write(Dma2Base + 0xC0, (uint)UsartBase + 4).Write(Dma2Base + 0xC4, 0x20001000).Write(Dma2Base + 0xBC, 4)
                .Time().Write(Dma2Base + 0xB8, (4 << 25) | (1 << 10) | (1 << 6) | (1 << 4) | 1)
                .UntilSet(AccessScript.Exceptions, 1).Read(Dma2Base + 4).Read(Dma2Base + 0xB8).Read(Dma2Base + 0xBC));
            // An idle frame and two characters have left, one is on its way, one waits in DR.
            Expect(Begin, 16 + 70, After(30030, 40), Any, 0, (4 << 25) | (1 << 10) | (1 << 6) | (1 << 4), 0);
            Assert.That(sent, Is.EqualTo(new byte[] { 1, 2, 3, 4 }));
        }

        // The core skips what is left of such a loop, but no interrupt: here one each 20 us, while a character at 115200 baud takes 87.
        [Test]
        public void ShouldSendByPolling()
        {
            var sent = new List<byte>();
            Usart.CharReceived += sent.Add;
            AddTimer("timer3", Tim3Base, TimerKind.GeneralPurpose16, Alias.TIM3).IRQ.Connect(nvic, 28);
            var script = new AccessScript()
                .OnException(Tim3Base + 0x10, 0).Write(Enable, 1 << 28).Write(RccBase + 0x40, 1 << 1).Write(Tim3Base + 0x2C, 319).Write(Tim3Base + 0xC, 1)
                .Write(UsartBase + 0x08, 139).Write(Tim3Base, 1).Write(UsartBase + 0x0C, UsartOn);
            for(var i = 0u; i < 8; i++)
            {
                script.UntilSet(UsartBase, 1 << 7).Write(UsartBase + 4, i);
            }
            Run(script.Read(UsartBase).UntilSet(UsartBase, 1 << 6).Write(Tim3Base, 0));
            var ready = new List<uint>();
            var interrupts = new List<uint>();
            for(var i = 0; i < Log.Length; i++)
            {
                if(Log[i] == 16 + 28)
                {
                    interrupts.Add(Log[++i]);
                }
                else if(Log[i] != 0)
                {
                    ready.Add(Log[i]);
                }
            }
            Assert.That(sent, Is.EqualTo(Enumerable.Range(0, 8)));
            // DR is free at once, after the idle frame, and after each frame then; at last DR and the shift register are empty.
            Assert.That(ready.Zip(ready.Skip(1), (x, y) => (y - x + 50) / 100), Is.EqualTo(new[] { 87, 87, 87, 87, 87, 87, 87, 174 }));
            Assert.That(interrupts.Zip(interrupts.Skip(1), (x, y) => y - x), Has.All.InRange(2000 - 40, 2000 + 40));
            Assert.That(interrupts.Count, Is.EqualTo(9 * 8688 / 2000));
        }

        [Test]
        public void ShouldCopyByDma()
        {
            Sram.WriteBytes(0x1000, Enumerable.Range(1, 400).Select(x => (byte)x).ToArray(), 0, 400);
            Run(new AccessScript()
                .Write(Dma2Base + 0x18, 0x20001000).Write(Dma2Base + 0x1C, 0x20002000).Write(Dma2Base + 0x14, 100)
                .Time().Write(Dma2Base + 0x10, (2 << 13) | (2 << 11) | (3 << 9) | (2 << 6) | 1)
                .UntilSet(Dma2Base, 1 << 5).Read(Dma2Base).Read(Dma2Base + 0x10).Read(0x20002000).Read(0x2000218C)
                // Nothing is at this address: a transfer error.
                .Write(Dma2Base + 8, 0x3D).Write(Dma2Base + 0x1C, 0x10000000).Write(Dma2Base + 0x14, 4)
                .Write(Dma2Base + 0x10, (3 << 9) | (2 << 6) | 1).UntilClear(Dma2Base + 0x10, 1).Read(Dma2Base));
            Expect(Begin, After(2500), 0x30, (2 << 13) | (2 << 11) | (3 << 9) | (2 << 6), 0x04030201, 0x908F8E8D, Any, 0x18);
        }

        [Test]
        public void ShouldExchangeBySpi()
        {
            Spi.Register(new Inverter(), NullRegistrationPoint.Instance);
            Run(new AccessScript()
                .OnException(SpiBase + 4, 0).Write(Enable + 4, 1 << 3)
                .Write(SpiBase, 0x0344).Read(SpiBase + 8).Time().WriteHalf(SpiBase + 0xC, 0x5A).Read(SpiBase + 8).UntilSet(SpiBase + 8, 1).Read(SpiBase + 0xC).Read(SpiBase + 8)
                // 256 to a bit.
                .Write(SpiBase, 0x037C).WriteHalf(SpiBase + 0xC, 1).WriteHalf(SpiBase + 0xC, 2).Time().UntilSet(SpiBase + 8, 2).UntilClear(SpiBase + 8, 0x80).Read(SpiBase + 0xC)
                .Write(SpiBase, 0x0B04).Write(SpiBase, 0x0B44).WriteHalf(SpiBase + 0xC, 0x1234)
                .Time().Write(SpiBase + 4, 1 << 6).UntilSet(AccessScript.Exceptions, 1).Read(SpiBase + 0xC));
            Expect(2, Begin, 0x82, After(100, 10), 0xA5, 2, Begin, After(12800), After(12800), 0xFE, Begin, 16 + 35, After(200, 60), Any, 0xEDCB);
        }

        [Test]
        public void ShouldExchangeBySpiAndDma()
        {
            Spi.Register(new Inverter(), NullRegistrationPoint.Instance);
            Sram.WriteBytes(0x1000, Enumerable.Range(1, 40).Select(x => (byte)x).ToArray(), 0, 40);
            Run(new AccessScript()
                .Write(SpiBase, 0x0344)
                .Write(Dma2Base + 0x18, (uint)SpiBase + 0xC).Write(Dma2Base + 0x1C, 0x20002000).Write(Dma2Base + 0x14, 40)
                .Write(Dma2Base + 0x10, (3 << 25) | (1 << 10) | 1)
                .Write(Dma2Base + 0x60, (uint)SpiBase + 0xC).Write(Dma2Base + 0x64, 0x20001000).Write(Dma2Base + 0x5C, 40)
                .Write(Dma2Base + 0x58, (3 << 25) | (1 << 10) | (1 << 6) | 1)
                .Time().Write(SpiBase + 4, 3).UntilSet(Dma2Base, 1 << 5).Read(0x20002000).Read(0x20002024).Read(SpiBase + 8));
            Expect(Begin, After(4000, 200), 0xFBFCFDFE, 0xD7D8D9DA, 2);
        }

        [Test]
        public void ShouldReceiveByI2c()
        {
            I2c.Register(new Counter(), new NumberRegistrationPoint<int>(0x50));
            SelectI2cPins();
            Run(new AccessScript()
                .Write(I2cBase + 4, 16 | (1 << 9)).Write(I2cBase + 0x1C, 80).Write(I2cBase, 0x501)
                .Read(I2cBase + 0x14).Write(I2cBase + 0x10, 0xA1).Read(I2cBase + 0x14).Read(I2cBase + 0x18)
                .Time().UntilSet(I2cBase + 0x14, 1 << 6).Write(I2cBase, 0x201).Read(I2cBase + 0x10).Read(I2cBase + 0x18));
            Expect(1, 2, 3, Begin, Any, 0xA0, 0);
        }

        [Test]
        public void ShouldInterruptByExti()
        {
            Run(new AccessScript()
                .OnException(ExtiBase + 0x14, 1).Write(Enable, 1 << 6)
                .Write(ExtiBase, 1).Write(ExtiBase + 8, 1)
                .Time().Write(ExtiBase + 0x10, 1).UntilSet(AccessScript.Exceptions, 1).Read(ExtiBase + 0x14).Read(ExtiBase + 0x10));
            Expect(Begin, 16 + 6, Soon, Any, 0, 0);
        }

        [Test]
        public void ShouldMakeRandomNumbers()
        {
            if(Rng == null)
            {
                Assert.Ignore("this line has none");
            }
            // 192 MHz / 4 by HSI and PLL.
            Run(new AccessScript()
                .Write(RccBase + 0x34, 1 << 6).Write(RccBase + 4, 0x24003010 & ~0x0F007FFFu | (4 << 24) | (192 << 6) | 16).Write(RccBase, 0x01000083)
                .UntilSet(RccBase, 1 << 25).Time().Write(RngBase, 4).UntilSet(RngBase + 4, 1).Read(RngBase + 8).Read(RngBase + 4)
                .UntilSet(RngBase + 4, 1).Read(RngBase + 8));
            Expect(Any, Begin, After(84, 20), Value, 0, After(84, 20), Value);
            Assert.That(Log[3], Is.Not.EqualTo(Log[6]));
        }

        [Test]
        public void ShouldComputeCrc()
        {
            Run(new AccessScript().Write(CrcBase + 8, 1).Write(CrcBase, 0x31323334).Write(CrcBase, 0x35363738).Read(CrcBase)
                .WriteByte(CrcBase + 4, 0x5A).Read(CrcBase + 4).Write(CrcBase + 8, 1).Read(CrcBase).Read(CrcBase + 4));
            Expect(0x49E3C2FB, 0x5A, uint.MaxValue, 0x5A);
        }

        [Test]
        public void ShouldPendAndEnableInTheNvic()
        {
            Run(new AccessScript()
                .OnException(0x20000900, 0).Write(Enable + 0x104, 1 << 18).Read(Enable + 0x104).Write(Enable + 0x184, 1 << 18).Read(Enable + 0x104)
                .Write(0xE000EF00, 50).Read(Enable + 0x104).Time().Write(Enable + 4, 1 << 18).UntilSet(AccessScript.Exceptions, 1)
                .Read(Enable + 4).Read(Enable + 0x104));
            Expect(1 << 18, 0, 1 << 18, Begin, 16 + 50, Soon, Any, 1 << 18, 0);
        }

        [Test]
        public void ShouldTickBySysTick()
        {
            Run(new AccessScript()
                .OnException(0x20000900, 0).Write(0xE000E014, 1599).Write(0xE000E018, 0).Time().Write(0xE000E010, 7)
                .UntilSet(AccessScript.Exceptions, 2).Write(0xE000E010, 0).Read(AccessScript.Exceptions));
            Expect(Begin, 15, After(10000, 10), 15, After(10000, 10), Any, 2);
        }

        [Test]
        public void ShouldShowLevelsOfPins()
        {
            GpioB.Drive(3, "high");
            Run(new AccessScript()
                .Write(GpioBBase, 0x00000281).Read(GpioBBase).Write(GpioBBase + 0x14, 3).Read(GpioBBase + 0x10)
                // Output 0 and pull-up 1, then what is driven from outside, and open-drain.
                .Write(GpioBBase + 0x0C, 1 << 2).Read(GpioBBase + 0x10).WriteHalf(GpioBBase + 0x1A, 1).Read(GpioBBase + 0x10)
                .Write(GpioBBase + 4, 1).Write(GpioBBase + 0x18, 1).Read(GpioBBase + 0x10).Read(GpioBBase + 0x14)
                // Locks pin 0.
                .Write(GpioBBase + 0x1C, 0x10001).Write(GpioBBase + 0x1C, 1).Write(GpioBBase + 0x1C, 0x10001).Read(GpioBBase + 0x1C).Read(GpioBBase + 0x1C)
                .Write(GpioBBase, 0).Read(GpioBBase).WriteByte(GpioBBase + 0x15, 0x80).Read(GpioBBase + 0x14));
            Expect(0x281, 0x19, 0xB, 0xA, 0xA, 3, 0x10001, 0x10001, 1, 0x8003);
        }

        [Test]
        public void ShouldInterruptByAPinThatAWireReaches()
        {
            GpioA.Wire(1, GpioB, 2);
            Run(new AccessScript()
                .OnException(ExtiBase + 0x14, 4).Write(Enable, 1 << 8)
                .Write(SyscfgBase + 8, 1 << 8).Write(ExtiBase, 4).Write(ExtiBase + 8, 4).Write(GpioABase, 0xA8000004)
                .Time().Write(GpioABase + 0x18, 2).UntilSet(AccessScript.Exceptions, 1).Read(GpioBBase + 0x10)
                .Write(GpioABase + 0x18, 2 << 16).Read(GpioBBase + 0x10).Read(AccessScript.Exceptions));
            Expect(Begin, 16 + 8, Soon, Any, 0x14, 0x10, 1);
        }

        [Test]
        public void ShouldShowPwmAtTheOtherEndOfAWire()
        {
            AddTimer("timer3", Tim3Base, TimerKind.GeneralPurpose16, Alias.TIM3);
            GpioA.Wire(6, GpioB, 5);
            Run(new AccessScript()
                .Write(RccBase + 0x40, (1 << 1) | (1 << 21)).Write(GpioABase + 0x20, 2 << 24).Write(GpioABase, 0xA8002000)
                // 1 MHz by HSI; high for 30 of 100 counts.
                .Write(Tim3Base + 0x28, 15).Write(Tim3Base + 0x2C, 99).Write(Tim3Base + 0x34, 30).Write(Tim3Base + 0x18, 0x60).Write(Tim3Base + 0x20, 1)
                .Write(Tim3Base + 0x14, 1).Time().Write(Tim3Base, 1)
                .UntilClear(GpioBBase + 0x10, 1 << 5).UntilSet(GpioBBase + 0x10, 1 << 5).UntilClear(GpioBBase + 0x10, 1 << 5).UntilSet(GpioABase + 0x10, 1 << 6));
            Expect(Begin, After(3000, 10), After(7000), After(3000), After(7000));
        }

        [Test]
        public void ShouldCountCyclesOfHclk()
        {
            Run(new AccessScript()
                .Write(DwtBase, 1).Write(DwtBase + 4, 0).Time().UntilSet(DwtBase + 4, 1 << 10).Read(DwtBase + 4)
                // HSI / 2, a little later.
                .Write(RccBase + 8, 8 << 4).UntilSet(DwtBase + 4, 1 << 11).Read(DwtBase + 4)
                .Write(DwtBase, 0).Read(DwtBase + 4).Time().Read(DwtBase + 4).Read(DwtBase));
            Expect(Begin, After(6400), Between(1024, 1032), After(12750, 50), Between(2048, 2052), Between(2048, 2056), Any, Between(2048, 2056), 0x40000000);
            Assert.That(Log[7], Is.EqualTo(Log[5]), "it stands still");
        }

        [Test]
        public void ShouldConvertByPolling()
        {
            Adc1.SetVoltage(3, 1.25);
            Run(new AccessScript()
                .Write(RccBase + 0x44, 1 << 8).Write(AdcBase + 0x34, 3).Write(AdcBase + 0x10, 7 << 9).Write(AdcBase + 8, 1)
                // 492 cycles of 8 MHz.
                .Time().Write(AdcBase + 8, 1 | (1 << 30)).UntilSet(AdcBase, 2).Read(AdcBase).Read(AdcBase + 0x4C).Read(AdcBase)
                // VREFINT, of a typical chip.
                .Write(AdcCommonBase + 4, 1 << 23).Write(AdcBase + 0x34, 17).Write(AdcBase + 0xC, 7 << 21).Write(AdcBase + 8, 1 | (1 << 30)).UntilSet(AdcBase, 2).Read(AdcBase + 0x4C));
            Expect(Begin, After(6150), 0x12, 1551, 0x10, After(6150, 100), Signature.ReadWord(0xA2A));
        }

        [Test]
        public void ShouldConvertByTimerAndInterrupt()
        {
            Adc1.SetVoltage(3, 2.5);
            AdcCommon.IRQ.Connect(nvic, 18);
            AddTimer("timer3", Tim3Base, TimerKind.GeneralPurpose16, Alias.TIM3).TriggerOutput.Connect(AdcCommon, 8);
            Run(new AccessScript()
                .OnException(AdcBase, 0).Write(Enable, 1 << 18)
                .Write(RccBase + 0x44, 1 << 8).Write(RccBase + 0x40, 1 << 1).Write(AdcBase + 0x34, 3).Write(AdcBase + 4, 1 << 5).Write(AdcBase + 8, 1 | (8 << 24) | (1 << 28))
                // An update after 100 us, and 15 cycles of 8 MHz.
                .Write(Tim3Base + 0x2C, 1599).Write(Tim3Base + 4, 2 << 4).Time().Write(Tim3Base, 1)
                .UntilSet(AccessScript.Exceptions, 1).Read(AdcBase + 0x4C).UntilSet(AccessScript.Exceptions, 2).Write(Tim3Base, 0).Read(AccessScript.Exceptions));
            Expect(Begin, 16 + 18, After(10188), Any, 3102, 16 + 18, After(9940, 60), Any, 2);
        }

        [Test]
        public void ShouldConvertByDma()
        {
            Adc1.SetVoltage(0, 0.5);
            Adc1.SetVoltage(1, 1.5);
            Run(new AccessScript()
                .Write(RccBase + 0x44, 1 << 8).Write(Dma2Base + 0x18, (uint)AdcBase + 0x4C).Write(Dma2Base + 0x1C, 0x20001000).Write(Dma2Base + 0x14, 4)
                .Write(Dma2Base + 0x10, (1 << 13) | (1 << 11) | (1 << 10) | 1)
                .Write(AdcBase + 0x2C, 1 << 20).Write(AdcBase + 0x34, 1 << 5).Write(AdcBase + 0x10, 0x3F).Write(AdcBase + 4, 1 << 8).Write(AdcBase + 8, 0x103)
                .Time().Write(AdcBase + 8, 0x103 | (1 << 30)).UntilSet(Dma2Base, 1 << 5).Read(0x20001000).Read(0x20001004).Read(Dma2Base + 0x14)
                .Write(AdcBase + 8, 0).Read(AdcBase));
            // Four conversions of 492 cycles, and 8 of HCLK.
            Expect(Begin, After(24650), 620 | 1861 << 16, 620 | 1861 << 16, 0, 0x10);
        }

        [Test]
        public void ShouldReadBackWhatTheDacMakes()
        {
            Run(new AccessScript()
                .Write(RccBase + 0x44, 1 << 8).Write(RccBase + 0x40, 1 << 29).Write(GpioABase, 0xA8000F00).Write(AdcBase + 0x34, 4).Write(AdcBase + 0x10, 2 << 12).Write(AdcBase + 8, 1)
                // A triangle up to 3 on top of 1000, by software.
                .Write(DacBase + 8, 1000).Write(DacBase, 3 | (15 << 2) | (2 << 6) | (1 << 8))
                .Write(DacBase + 4, 1).Write(DacBase + 4, 1).Write(DacBase + 4, 1).Read(DacBase + 0x2C)
                .Write(AdcBase + 8, 1 | (1 << 30)).UntilSet(AdcBase, 2).Read(AdcBase + 0x4C)
                .Write(DacBase, 3).WriteByte(DacBase + 0x10, 0x80).Read(DacBase + 0x2C).Write(AdcBase + 8, 1 | (1 << 30)).UntilSet(AdcBase, 2).Read(AdcBase + 0x4C));
            Expect(1002, Begin, 1002, 0x800, Any, 0x800);
        }

        private void Run(AccessScript script)
        {
            rom.WriteDoubleWord(0, 0x20001000);
            rom.WriteDoubleWord(4, 0x201);
            for(var i = 2; i < 128; i++)
            {
                rom.WriteDoubleWord(i * 4, AccessScript.Handler | 1);
            }
            for(var i = 0; i < AccessScript.Program.Code.Length; i++)
            {
                rom.WriteWord(0x200 + (i * 2), AccessScript.Program.Code[i]);
            }
            for(var i = 0; i < script.Words.Count; i++)
            {
                rom.WriteDoubleWord(0x800 + (i * 4), script.Words[i]);
            }
            Sram.WriteBytes(0, new byte[0x1000], 0, 0x1000);
            Write(SramBase, 4);
            Write(0x40000000, 1);
            RunFor(0.01);
        }

        private void Expect(params Expectation[] expected)
        {
            var log = Log;
            Assert.That(log, Has.Length.EqualTo(expected.Length), "what the program has logged");
            var last = 0u;
            for(var i = 0; i < log.Length; i++)
            {
                var seen = expected[i].IsTime ? log[i] - last : log[i];
                if(expected[i].IsTime)
                {
                    last = log[i];
                }
                Assert.That(seen, Is.InRange(expected[i].Least, expected[i].Most), $"entry {i}");
            }
        }

        private uint[] Log => Enumerable.Range(1, ((int)Read(SramBase) / 4) - 1).Select(x => Read(SramBase + (ulong)(4 * x))).ToArray();

        /// <summary>A time, counted from the one before: polling for it may find it one turn of the loop later.</summary>
        private static Expectation After(uint counts, uint more = 0) => new Expectation(true, counts - Early, counts + Turn + more);

        private static Expectation Between(uint least, uint most) => new Expectation(false, least, most);

        private MappedMemory rom;
        private NVIC nvic;
        private CortexM cpu;
        private STM32F4_Timer timer;

        private const ulong Enable = 0xE000E100;
        private const uint UsartOn = (1 << 13) | (3 << 2);
        private const uint Turn = 20;
        // A timer of Renode's own, and one that ends a slice of the core, may come up to 100 ns early.
        private const uint Early = 10;

        private static readonly Expectation Begin = new Expectation(true, 0, uint.MaxValue);
        private static readonly Expectation Any = new Expectation(true, 0, uint.MaxValue);
        private static readonly Expectation Value = new Expectation(false, 0, uint.MaxValue);
        private static readonly Expectation Soon = new Expectation(true, 0, 40);

        private readonly struct Expectation
        {
            public Expectation(bool isTime, uint least, uint most)
            {
                IsTime = isTime;
                Least = least;
                Most = most;
            }

            public static implicit operator Expectation(uint value) => new Expectation(false, value, value);

            public bool IsTime { get; }

            public uint Least { get; }

            public uint Most { get; }
        }

        private class Inverter : ISPIPeripheral
        {
            public byte Transmit(byte data) => (byte)~data;

            public void FinishTransmission()
            {
            }

            public void Reset()
            {
            }
        }

        private class Counter : II2CPeripheral
        {
            public void Write(byte[] data)
            {
            }

            public byte[] Read(int count = 1) => new[] { next++ };

            public void FinishTransmission()
            {
            }

            public void Reset()
            {
            }

            private byte next = 0xA0;
        }
    }
}
