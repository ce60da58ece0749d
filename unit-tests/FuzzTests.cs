// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using NUnit.Framework;

namespace BackupDomain.UnitTests
{
    /// <summary>Whatever the guest does, the simulation goes on, and protected state changes only when a write may change it.</summary>
    [TestFixture]
    public class FuzzTests : ChipTest
    {
        [TestCase(1)]
        [TestCase(2)]
        [TestCase(3)]
        public void ShouldBearAnyAccess(int seed)
        {
            var random = new Random(seed);
            for(var i = 0; i < Accesses; i++)
            {
                if(random.Next(200) == 0)
                {
                    UseSupplies(random);
                }
                if(random.Next(20) == 0)
                {
                    // Without this the gates would be closed nearly all the time.
                    EnableBackupSram();
                    Write(RtcBase + 0x24, 0xCA);
                    Write(RtcBase + 0x24, 0x53);
                }
                var backup = BackupSram.Peek(0x80);
                var key = Rtc.BackupRegisterValues[0];
                var bdcr = Read(Bdcr) & 0x8307;
                var bre = Pwr.BackupRegulatorEnabled;
                var writable = Pwr.BackupDomainWritable;
                var open = BackupSram.IsDirectlyAccessible;
                Access(random);
                if(!writable)
                {
                    Assert.That(Rtc.BackupRegisterValues[0], Is.EqualTo(key), "backup register");
                    Assert.That(Read(Bdcr) & 0x8307, Is.EqualTo(bdcr), "RCC_BDCR");
                    Assert.That(Pwr.BackupRegulatorEnabled, Is.EqualTo(bre), "BRE");
                }
                if(!open)
                {
                    Assert.That(BackupSram.Peek(0x80), Is.EqualTo(backup), "backup SRAM");
                }
            }
        }

        private void Access(Random random)
        {
            var (address, size) = Targets[random.Next(Targets.Length)];
            address += (ulong)random.Next(size) & ~(random.Next(4) == 0 ? 0ul : 3ul);
            var value = (uint)random.NextInt64(0x100000000) & (random.Next(2) == 0 ? 0xFFFFFFFF : (uint)random.NextInt64(0x100000000));
            switch(random.Next(6))
            {
            case 0:
                Machine.SystemBus.ReadByte(address);
                break;
            case 1:
                Machine.SystemBus.ReadWord(address);
                break;
            case 2:
                Machine.SystemBus.ReadDoubleWord(address);
                break;
            case 3:
                Machine.SystemBus.WriteByte(address, (byte)value);
                break;
            case 4:
                Machine.SystemBus.WriteWord(address, (ushort)value);
                break;
            default:
                Machine.SystemBus.WriteDoubleWord(address, value);
                break;
            }
        }

        private void UseSupplies(Random random)
        {
            switch(random.Next(7))
            {
            case 0:
                Supplies.PowerOff();
                Supplies.PowerOn();
                break;
            case 1:
                Supplies.RemoveCoinCell();
                break;
            case 2:
                Supplies.InsertCoinCell();
                break;
            case 3:
                Supplies.Vdd = 1.8 + random.NextDouble();
                break;
            case 4:
                Supplies.PressReset();
                break;
            case 5:
                Pwr.OnGPIO(random.Next(2), random.Next(2) == 0);
                break;
            default:
                RunFor(random.NextDouble() * 0.01);
                break;
            }
        }

        private const int Accesses = 20000;

        private static readonly (ulong Address, int Size)[] Targets =
        {
            (PwrBase, 0x10), (RccBase, 0x90), (RtcBase, 0xA0), (BackupSramBase + 0x80, 0x10),
        };
    }
}
