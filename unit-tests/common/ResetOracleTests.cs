// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>Random resets, power cuts and writes: after each, the chip shows what the oracle says.</summary>
    [TestFixture]
    public class ResetOracleTests : ChipTest
    {
        [TestCase(ChipLine.F407_F417, 1, 500)]
        [TestCase(ChipLine.F42x_F43x, 2, 150)]
        [TestCase(ChipLine.F446, 3, 150)]
        [TestCase(ChipLine.F469_F479, 4, 150)]
        [TestCase(ChipLine.F207_F217, 5, 150)]
        public void ShouldHoldWhatTheOracleSays(ChipLine line, int seed, int sequences)
        {
            for(var i = 0; i < sequences; i++)
            {
                RandomSequence.Check((seed * 10000) + i, 60, Next, x => Run(line, x));
            }
        }

        private static Operation Next(Random random)
        {
            var names = Actions.Keys.ToArray();
            // Most operations need the gates open: open them often.
            var name = random.Next(5) == 0 ? "unlock" : names[random.Next(names.Length)];
            return new Operation(name, (uint)random.NextInt64(0x100000000));
        }

        private void Run(ChipLine line, IReadOnlyList<Operation> operations)
        {
            BuildChip(line: line);
            AddGpio();
            Supplies.Resets.OptionBytes = new Options();
            oracle = new ResetOracle();
            AdoptNoise();
            for(var i = 0; i < operations.Count; i++)
            {
                RandomSequence.Begin(i);
                var before = Enumerable.Range(0, 4).Select(Peek).ToArray();
                var sramBefore = Sram.ReadDoubleWord(0x80);
                Actions[operations[i].Name](this, operations[i].Value);
                Compare(before, sramBefore);
            }
        }

        private void Compare(uint[] before, uint sramBefore)
        {
            if(oracle.Content.All(x => x == null))
            {
                Check("backup SRAM is noise", true, !before.SequenceEqual(Enumerable.Range(0, 4).Select(Peek)));
            }
            if(oracle.Sram == null && oracle.Powered)
            {
                Check("SRAM is noise", true, sramBefore != Sram.ReadDoubleWord(0x80) || wasOff);
            }
            wasOff = !oracle.Powered;
            AdoptNoise();
            for(var i = 0; i < 4; i++)
            {
                Check($"word {i} of backup SRAM", oracle.Content[i].Value, Peek(i));
            }
            Check("BKP0R", oracle.BackupRegisters[0], Rtc.BackupRegisterValues[0]);
            Check("BKP19R", oracle.BackupRegisters[1], Rtc.BackupRegisterValues[19]);
            Check("PB1", oracle.PinLevel, GpioB.Connections[1].IsSet);
            if(!oracle.Powered)
            {
                return;
            }
            for(var i = 0; i < 4; i++)
            {
                Check($"word {i} of backup SRAM as the core reads it", oracle.ReadContent(i).Value, Read(BackupSramBase + (4 * (ulong)i)));
            }
            Check("SRAM", oracle.Sram.Value, Sram.ReadDoubleWord(0x80));
            Check("flags of RCC_CSR", oracle.ResetFlags, Read(Csr) >> 25);
            Check("RCC_AHB2ENR", oracle.Ahb2Enable, Read(RccBase + 0x34));
            Check("GPIOB_IDR, pin 1", oracle.PortClock && oracle.PinLevel && oracle.PinMode != 3, (Read(GpioBBase + 0x10) & 2) != 0);
            Check("RCC_BDCR", oracle.Bdcr, Read(Bdcr) & 0x8301);
            Check("RTC_CR", oracle.RtcControl, Read(RtcBase + 0x08));
            var status = (oracle.WakeUpFlag ? 1u : 0) | (oracle.StandbyFlag ? 2u : 0) | (oracle.WakeUpPin ? Ewup : 0) | (oracle.Regulator ? Bre | Brr : 0);
            Check("PWR_CSR", oracle.PowerClock ? status : 0, Read(PwrStatus) & ~0x4004u);
            Check("PWR_CR.DBP", oracle.PowerClock && oracle.Writable, (Read(PwrControl) & Dbp) != 0);
        }

        private void AdoptNoise()
        {
            for(var i = 0; i < 4; i++)
            {
                oracle.Content[i] = oracle.Content[i] ?? Peek(i);
            }
            oracle.Sram = oracle.Sram ?? (oracle.Powered ? Sram.ReadDoubleWord(0x80) : (uint?)null);
        }

        private static void Check<T>(string what, T expected, T actual)
        {
            if(!Equals(expected, actual))
            {
                throw new BrokenRuleException($"{what} should be {expected:X}, is {actual:X}");
            }
        }

        private uint Peek(int index) => BackupSram.Peek(4 * index);

        // Does something to chip and oracle that needs the chip to run.
        private void WhenPowered(Action chip, Action model)
        {
            if(oracle.Powered)
            {
                chip();
                model();
            }
        }

        private void WriteBits(ulong address, uint bits, bool value)
        {
            if(value)
            {
                SetBits(address, bits);
            }
            else
            {
                ClearBits(address, bits);
            }
        }

        private void StandBy(bool pin)
        {
            if(!oracle.CanEnterStandby || (pin && !oracle.WakeUpPin))
            {
                return;
            }
            SetBits(PwrControl, 1 << 1);
            Pwr.OnGPIO(1, true);
            RunFor(0.0008);
            Check("is in Standby", !oracle.WakeUpFlag, Supplies.IsInStandby);
            Pwr.OnGPIO(1, false);
            if(oracle.WakeUpFlag)
            {
                pin = false;
            }
            else if(pin)
            {
                Pwr.OnGPIO(0, true);
                Pwr.OnGPIO(0, false);
            }
            else
            {
                Supplies.PressReset();
            }
            RunFor(0.0002);
            Check("is in Standby", false, Supplies.IsInStandby);
            oracle.StandByUntil(pin);
        }

        private void RequestReset(ResetCause cause, uint flag)
        {
            Supplies.Resets.RequestReset(cause);
            RunFor(0.0002);
            oracle.ResetSystem(flag);
        }

        private void DipVdd(double volts)
        {
            if(oracle.Powered)
            {
                Supplies.Vdd = volts;
                Supplies.Vdd = 3.3;
            }
        }

        private void EnterForbiddenStop()
        {
            ClearBits(PwrControl, 1 << 1);
            Pwr.OnGPIO(1, true);
            RunFor(0.0002);
            Pwr.OnGPIO(1, false);
            oracle.ResetSystem(ResetOracle.LowPower);
        }

        private void Unlock()
        {
            EnableBackupSram();
            oracle.PowerClock = true;
            oracle.SetWritable(true);
            oracle.BackupSramClock = true;
            oracle.SetRegulator(true);
        }

        private void SetRegulator(bool value)
        {
            WriteBits(PwrStatus, Bre, value);
            WaitForBackupRegulator();
            oracle.SetRegulator(value);
        }

        private void WritePin(uint value)
        {
            Write(GpioBBase, (value & 3) << 2);
            Write(GpioBBase + 0x14, value >> 2 << 1);
            Write(GpioBBase + 0x0C, (value >> 3 & 3) << 2);
            oracle.WritePin(value & 3, (value >> 2 & 1) != 0, value >> 3 & 3);
        }

        private void DrivePin(uint choice)
        {
            GpioB.Drive(1, choice == 0 ? "release" : choice == 1 ? "low" : "high");
            oracle.PinDriven = choice == 0 ? null : choice > 1;
        }

        private void Tamper()
        {
            // A pin counts again half a millisecond after a reset.
            RunFor(0.0006);
            // TAFCR: tamper 1 on a rising edge, switched on for this moment alone.
            Write(RtcBase + 0x40, 1);
            var detects = (Read(RtcBase + 0x40) & 1) != 0;
            Rtc.OnGPIO(0, true);
            Rtc.OnGPIO(0, false);
            Write(RtcBase + 0x40, 0);
            if(detects)
            {
                oracle.Tamper();
            }
        }

        private static readonly Dictionary<string, Action<ResetOracleTests, uint>> Actions = new Dictionary<string, Action<ResetOracleTests, uint>>
        {
            { "unlock", (x, _) => x.WhenPowered(x.Unlock, () => { }) },
            { "write backup SRAM", (x, v) => x.WhenPowered(() => x.Write(BackupSramBase + (v & 0xC), v), () => x.oracle.WriteContent((int)(v & 0xC) / 4, v)) },
            { "write BKP0R", (x, v) => x.WhenPowered(() => x.Write(RtcBase + 0x50, v), () => x.oracle.WriteBackupRegister(0, v)) },
            { "write BKP19R", (x, v) => x.WhenPowered(() => x.Write(RtcBase + 0x9C, v), () => x.oracle.WriteBackupRegister(1, v)) },
            { "write SRAM", (x, v) => x.WhenPowered(() => x.Write(SramBase + 0x80, v), () => x.oracle.Sram = v) },
            { "write AHB2ENR", (x, v) => x.WhenPowered(() => x.Write(RccBase + 0x34, v & 0x81), () => x.oracle.Ahb2Enable = v & 0x81) },
            { "write GPIOBEN", (x, v) => x.WhenPowered(() => x.WriteBits(Ahb1Enable, 2, v % 4 != 0), () => x.oracle.PortClock = v % 4 != 0) },
            { "write the pin", (x, v) => x.WhenPowered(() => x.WritePin(v), () => { }) },
            { "drive the pin", (x, v) => x.DrivePin(v % 3) },
            { "write PWREN", (x, v) => x.WhenPowered(() => x.WriteBits(Apb1Enable, PwrEnable, v % 2 == 0), () => x.oracle.PowerClock = v % 2 == 0) },
            { "write BKPSRAMEN", (x, v) => x.WhenPowered(() => x.WriteBits(Ahb1Enable, BackupSramEnable, v % 2 == 0), () => x.oracle.BackupSramClock = v % 2 == 0) },
            { "write DBP", (x, v) => x.WhenPowered(() => x.WriteBits(PwrControl, Dbp, v % 2 == 0), () => x.oracle.SetWritable(v % 2 == 0)) },
            { "write BRE", (x, v) => x.WhenPowered(() => x.SetRegulator(v % 2 == 0), () => { }) },
            { "write EWUP", (x, v) => x.WhenPowered(() => x.WriteBits(PwrStatus, Ewup, v % 2 == 0), () => x.oracle.SetWakeUpPin(v % 2 == 0)) },
            { "write CWUF, CSBF", (x, v) => x.WhenPowered(() => x.SetBits(PwrControl, v & 0xC), () => x.oracle.ClearFlags((v & 4) != 0, (v & 8) != 0)) },
            { "write RMVF", (x, _) => x.WhenPowered(() => x.SetBits(Csr, 1 << 24), () => x.oracle.ResetFlags = 0) },
            { "write BDCR", (x, v) => x.WhenPowered(() => x.Write(Bdcr, v & 0x8301), () => x.oracle.WriteBdcr(v & 0x8301)) },
            { "reset backup domain", (x, _) => x.WhenPowered(() => { x.SetBits(Bdcr, 1 << 16); x.ClearBits(Bdcr, 1 << 16); }, () => x.oracle.ResetBackupDomain()) },
            { "write the key", (x, _) => x.WhenPowered(() => { x.Write(RtcBase + 0x24, 0xCA); x.Write(RtcBase + 0x24, 0x53); }, () => x.oracle.WriteKey(true)) },
            { "write a wrong key", (x, _) => x.WhenPowered(() => x.Write(RtcBase + 0x24, 0xFF), () => x.oracle.WriteKey(false)) },
            { "write RTC_CR", (x, v) => x.WhenPowered(() => x.Write(RtcBase + 0x08, v & 0x140000), () => x.oracle.WriteRtcControl(v & 0x140000)) },
            { "tamper", (x, _) => x.WhenPowered(x.Tamper, () => { }) },
            { "press reset", (x, _) => x.WhenPowered(() => x.Supplies.PressReset(), () => x.oracle.ResetSystem(0)) },
            { "software reset", (x, _) => x.WhenPowered(() => x.RequestReset(ResetCause.Software, ResetOracle.Software), () => { }) },
            { "watchdog reset", (x, _) => x.WhenPowered(() => x.RequestReset(ResetCause.IndependentWatchdog, ResetOracle.Watchdog), () => { }) },
            { "window watchdog reset", (x, _) => x.WhenPowered(() => x.RequestReset(ResetCause.WindowWatchdog, ResetOracle.WindowWatchdog), () => { }) },
            { "brown-out", (x, _) => { x.DipVdd(2.5); x.oracle.BrownOut(); } },
            { "dip above the brown-out level", (x, _) => x.DipVdd(2.9) },
            { "Stop, which the option bytes forbid", (x, _) => x.WhenPowered(x.EnterForbiddenStop, () => { }) },
            { "Standby, wake-up pin", (x, _) => x.StandBy(true) },
            { "Standby, reset pin", (x, _) => x.StandBy(false) },
            { "power off", (x, _) => { x.Supplies.PowerOff(); x.oracle.SwitchOff(); } },
            { "power on", (x, _) => { x.Supplies.PowerOn(); x.oracle.SwitchOn(); } },
            { "remove the cell", (x, _) => { x.Supplies.RemoveCoinCell(); x.oracle.SetCell(false); } },
            { "insert a cell", (x, _) => { x.Supplies.InsertCoinCell(); x.oracle.SetCell(true); } },
            { "let time pass", (x, v) => x.RunFor(v % 100 * 0.00001) },
        };

        private ResetOracle oracle;
        private bool wasOff;

        private class Options : IOptionBytes
        {
            public int BrownOutLevel => 3;

            public bool ResetsOnStop => true;

            public bool ResetsOnStandby => false;

            public bool HardwareWatchdog => false;

            public int ReadProtectionLevel => 0;
        }

        private readonly struct Operation
        {
            public Operation(string name, uint value)
            {
                Name = name;
                Value = value;
            }

            public override string ToString() => $"{Name} (0x{Value:X})";

            public string Name { get; }

            public uint Value { get; }
        }
    }
}
