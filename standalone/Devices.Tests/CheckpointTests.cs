// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

#if STANDALONE
using Antmicro.Renode.Core.Snapshots;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.CRC;
using Antmicro.Renode.Peripherals.Timers;

using NUnit.Framework;

namespace Standalone.Devices.Tests
{
    public class CheckpointTests : Bench
    {
        [Test]
        public void ShouldRunOnAlikeAfterEachRestore()
        {
            Mount(new STM32_Timer(Machine, 1000000, 0xFFFF), Timer);
            Mount(new STM32_CRC(STM32Series.F4), Crc);
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

            (uint, uint, uint) RunOn()
            {
                RunMicroseconds(777);
                Write(Crc, Read(Timer + 0x24));
                return (Read(Timer + 0x10), Read(Timer + 0x24), Read(Crc));
            }
        }

        private const int Timer = 0x0000;
        private const int Crc = 0x1000;
    }
}
#endif
