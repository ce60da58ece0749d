// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

#if STANDALONE
using System.Collections.Generic;

using Antmicro.Renode.Core.Snapshots;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.CRC;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Peripherals.UART;

using NUnit.Framework;

namespace Standalone.Devices.Tests
{
    public class CheckpointTests : Bench
    {
        [Test]
        public void ShouldRunOnAlikeAfterEachRestore()
        {
            var uart = Mount(new STM32_UART(Machine, 84000000), Uart);
            Mount(new STM32_Timer(Machine, 1000000, 0xFFFF), Timer);
            Mount(new STM32_CRC(STM32Series.F4), Crc);
            var sent = new List<byte>();
            uart.CharReceived += sent.Add;
            Write(Uart + 0x08, 729);
            Write(Uart + 0x0C, 1 << 13 | 1 << 3 | 1 << 2);
            uart.WriteChar(0x41);
            uart.WriteChar(0x42);
            Write(Timer + 0x2C, 1000);
            Write(Timer + 0x34, 300);
            Write(Timer + 0x0C, 2);
            Write(Timer, 1);
            RunMicroseconds(100);
            using var early = Checkpoint.Take();
            var expected = RunOn();
            using var late = Checkpoint.Take();
            var expectedLate = RunOn();
            for(var i = 0; i < 100; i++)
            {
                early.Restore();
                Assert.That(RunOn(), Is.EqualTo(expected));
                if(i % 2 == 0)
                {
                    Assert.That(RunOn(), Is.EqualTo(expectedLate));
                    continue;
                }
                late.Restore();
                Assert.That(RunOn(), Is.EqualTo(expectedLate));
            }
            Assert.That(sent, Has.Count.EqualTo(202), "what a listener heard is not set back");

            (uint, uint, uint, uint, uint) RunOn()
            {
                RunMicroseconds(777);
                uart.WriteChar(0x43);
                Write(Uart + 4, 0x44);
                Write(Crc, Read(Timer + 0x24));
                return (Read(Uart), Read(Uart + 4), Read(Timer + 0x10), Read(Timer + 0x24), Read(Crc));
            }
        }

        private const int Uart = 0x0000;
        private const int Timer = 0x1000;
        private const int Crc = 0x2000;
    }
}
#endif
