// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Peripherals.Chip;

using NUnit.Framework;

namespace UnitTests
{
    /// <summary>The table "what each reset keeps", cell by cell: every row is a way to reset, every column a piece of state.</summary>
    [TestFixture]
    public class ResetClassTableTests : ChipTest
    {
        [TestCaseSource(nameof(Cells))]
        public void ShouldDo(string row, string column, string expected)
        {
            PrepareChip(backupRegulator: column != "BKPSRAM without BRE");
            var before = Observe(column);
            Rows[row](this);
            EnableRegisterClock();
            var after = Observe(column);
            switch(expected)
            {
            case "kept":
                Assert.That(after, Is.EqualTo(before));
                break;
            case "random":
                Assert.That(after, Is.Not.EqualTo(before));
                Assert.That(after.Split(' ').Distinct().Count(), Is.GreaterThan(8), "noise, not a constant");
                break;
            default:
                Assert.That(after, Is.EqualTo(expected));
                break;
            }
        }

        [Test]
        public void ShouldKeepOtherResetFlagsUntilCleared()
        {
            Supplies.OnGPIO(0, true);
            RunFor(0.001);
            Supplies.OnGPIO(0, false);
            Assert.That(Read(Csr), Is.EqualTo(0x1E000000));
            Write(Csr, 1 << 24);
            Supplies.PressReset();
            Assert.That(Read(Csr), Is.EqualTo(0x04000000));
            Supplies.Resets.RequestReset(ResetCause.IndependentWatchdog);
            RunFor(0.001);
            Assert.That(Read(Csr), Is.EqualTo(0x24000000));
            Supplies.Resets.RequestReset(ResetCause.WindowWatchdog);
            RunFor(0.001);
            Assert.That(Read(Csr), Is.EqualTo(0x64000000));
            Supplies.PowerOff();
            Supplies.PowerOn();
            Assert.That(Read(Csr), Is.EqualTo(0x0E000000));
        }

        public static IEnumerable<TestCaseData> Cells
        {
            get
            {
                var columns = Table[0].Split('|').Select(x => x.Trim()).Skip(1).ToArray();
                foreach(var line in Table.Skip(1))
                {
                    var cells = line.Split('|').Select(x => x.Trim()).ToArray();
                    for(var i = 0; i < columns.Length; i++)
                    {
                        yield return new TestCaseData(cells[0], columns[i], cells[i + 1]).SetArgDisplayNames(cells[0], columns[i], cells[i + 1]);
                    }
                }
            }
        }

        private void PrepareChip(bool backupRegulator)
        {
            // A woken-up chip that has been in Standby before, with everything set that a reset could clear.
            EnableBackupSram(backupRegulator);
            SetBits(PwrStatus, Ewup);
            SetBits(PwrControl, 1 << 1);
            Pwr.OnGPIO(1, true);
            RunFor(0.001);
            Pwr.OnGPIO(1, false);
            Pwr.OnGPIO(0, true);
            Pwr.OnGPIO(0, false);
            RunFor(0.001);
            EnableBackupSram(backupRegulator);
            StartLse();
            Write(RtcBase + 0x24, 0xCA);
            Write(RtcBase + 0x24, 0x53);
            Write(RtcBase + 0x1C, 0x80123456);
            Write(RtcBase + 0x50, 0x11111111);
            Write(RtcBase + 0x9C, 0x22222222);
            Write(Csr, 1 << 24);
            Write(RccBase + 0x34, 0x40);
            Sram.WriteBytes(0, Pattern(256), 256);
            Ccm.WriteBytes(0, Pattern(256), 256);
            for(var i = 0; i < 64; i++)
            {
                BackupSram.Poke(4 * i, (uint)i * 0x01010101);
            }
        }

        private void EnableRegisterClock()
        {
            SetBits(Apb1Enable, PwrEnable);
        }

        private string Observe(string column)
        {
            switch(column)
            {
            case "SRAM":
                return string.Join(" ", Sram.ReadBytes(0, 256));
            case "CCM":
                return string.Join(" ", Ccm.ReadBytes(0, 256));
            case "VDD registers":
                return $"{Read(RccBase + 0x34):X} {Read(PwrControl) & Dbp:X}";
            case "CSR flags":
                return $"{Read(Csr) >> 24:X}";
            case "WUF, SBF, EWUP":
                return $"{Read(PwrStatus) & 1} {(Read(PwrStatus) >> 1) & 1} {(Read(PwrStatus) >> 8) & 1}";
            case "BRE, BRR":
                return $"{(Read(PwrStatus) >> 9) & 1} {(Read(PwrStatus) >> 3) & 1}";
            case "BDCR":
                // BDRST is what the reset was made with.
                return $"{Read(Bdcr) & 0xFFFF:X}";
            case "RTC, BKPxR":
                return $"{Read(RtcBase + 0x1C):X} {Read(RtcBase + 0x50):X} {Read(RtcBase + 0x9C):X}";
            default:
                return string.Join(" ", Enumerable.Range(0, 64).Select(i => BackupSram.Peek(4 * i)));
            }
        }

        private static byte[] Pattern(int count) => Enumerable.Range(0, count).Select(x => (byte)x).ToArray();

        private static readonly string[] Table =
        {
            "                      | SRAM   | CCM    | VDD registers | CSR flags | WUF, SBF, EWUP | BRE, BRR | BDCR | RTC, BKPxR | BKPSRAM | BKPSRAM without BRE",
            "reset pin             | kept   | kept   | 0 0           | 4         | 0 1 0          | kept     | kept | kept       | kept    | kept",
            "machine reset         | kept   | kept   | 0 0           | 4         | 0 1 0          | kept     | kept | kept       | kept    | kept",
            "software              | kept   | kept   | 0 0           | 14        | 0 1 0          | kept     | kept | kept       | kept    | kept",
            "independent watchdog  | kept   | kept   | 0 0           | 24        | 0 1 0          | kept     | kept | kept       | kept    | kept",
            "window watchdog       | kept   | kept   | 0 0           | 44        | 0 1 0          | kept     | kept | kept       | kept    | kept",
            "low-power, Stop       | kept   | kept   | 0 0           | 84        | 0 1 0          | kept     | kept | kept       | kept    | kept",
            "low-power, Standby    | kept   | kept   | 0 0           | 84        | 0 1 0          | kept     | kept | kept       | kept    | kept",
            "brown-out             | kept   | kept   | 0 0           | 6         | 0 1 0          | kept     | kept | kept       | kept    | kept",
            "brown-out in Standby  | random | random | 0 0           | 6         | 0 1 0          | kept     | kept | kept       | kept    | random",
            "Standby, woken by pin | random | random | 0 0           | 0         | 1 1 1          | kept     | kept | kept       | kept    | random",
            "VDD lost              | random | random | 0 0           | E         | 0 0 0          | kept     | kept | kept       | kept    | random",
            "VDD and VBAT lost     | random | random | 0 0           | E         | 0 0 0          | 0 0      | 0    | 0 0 0      | random  | random",
            "backup domain reset   | kept   | kept   | kept          | kept      | kept           | 0 0      | 0    | 0 0 0      | kept    | kept",
        };

        private static readonly Dictionary<string, Action<ResetClassTableTests>> Rows = new Dictionary<string, Action<ResetClassTableTests>>
        {
            { "reset pin", x => x.Supplies.PressReset() },
            { "machine reset", x => x.Machine.Reset() },
            { "software", x => x.RequestReset(() => x.Supplies.OnGPIO(0, true)) },
            { "independent watchdog", x => x.RequestReset(() => x.Supplies.Resets.RequestReset(ResetCause.IndependentWatchdog)) },
            { "window watchdog", x => x.RequestReset(() => x.Supplies.Resets.RequestReset(ResetCause.WindowWatchdog)) },
            { "low-power, Stop", x => x.EnterLowPower(new Options { ResetsOnStop = true }, 0) },
            { "low-power, Standby", x => x.EnterLowPower(new Options { ResetsOnStandby = true }, 1 << 1) },
            { "brown-out", x => x.DipVdd() },
            { "brown-out in Standby", x =>
                {
                    x.EnterLowPower(new Options(), 1 << 1);
                    Assert.That(x.Supplies.IsInStandby, Is.True);
                    x.DipVdd();
                }
            },
            { "Standby, woken by pin", x => x.SleepAndWake() },
            { "VDD lost", x => x.CutPower() },
            { "VDD and VBAT lost", x => x.CutPowerWithoutCell() },
            { "backup domain reset", x => x.SetBits(Bdcr, 1 << 16) },
        };

        private void RequestReset(Action action)
        {
            action();
            RunFor(0.001);
        }

        private void SleepAndWake()
        {
            SetBits(PwrControl, (1 << 1) | (1 << 2));
            Pwr.OnGPIO(1, true);
            RunFor(0.001);
            Assert.That(Supplies.IsInStandby, Is.True);
            Pwr.OnGPIO(1, false);
            Pwr.OnGPIO(0, true);
            RunFor(0.001);
            Assert.That(Supplies.IsInStandby, Is.False);
        }

        private void EnterLowPower(Options options, uint powerDown)
        {
            Supplies.Resets.OptionBytes = options;
            // CWUF, so that Standby can be entered.
            Write(PwrControl, (1u << 2) | powerDown | Dbp);
            Pwr.OnGPIO(1, true);
            RunFor(0.001);
            Pwr.OnGPIO(1, false);
        }

        private void DipVdd()
        {
            Supplies.Resets.OptionBytes = new Options { BrownOutLevel = 3 };
            Supplies.Vdd = 2.8;
            Assert.That(Supplies.IsPowered, Is.False);
            Supplies.Vdd = 3;
            Assert.That(Supplies.IsPowered, Is.True);
        }

        private void CutPower()
        {
            Supplies.PowerOff();
            Supplies.PowerOn();
        }

        private void CutPowerWithoutCell()
        {
            Supplies.RemoveCoinCell();
            CutPower();
        }

        private class Options : IOptionBytes
        {
            public int BrownOutLevel { get; set; }

            public bool ResetsOnStop { get; set; }

            public bool ResetsOnStandby { get; set; }

            public bool HardwareWatchdog { get; set; }

            public int ReadProtectionLevel { get; set; }
        }
    }
}
