// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

using NUnit.Framework;

using UnitTests.Fidelity;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;

namespace UnitTests
{
    /// <summary>What the platform files say, whatever host loads them.</summary>
    [TestFixture]
    public class PlatformTests
    {
        [TestCaseSource(nameof(Peripherals))]
        public void ShouldBeRegisteredWithTheClockController(string file, string name, string entry)
        {
            var gate = Regex.Match(entry, @"rcc RegistrationPeripheralAlias\.(\w+)");
            if(WithoutGate.Contains(name))
            {
                Assert.That(gate.Success, Is.False, $"{name} has no clock gate on the chip");
                return;
            }
            Assert.That(gate.Success, Is.True, $"{file}: {name} is on the bus, and not registered with rcc");
            Assert.That(Enum.GetNames<Alias>(), Does.Contain(gate.Groups[1].Value));
            // gpioPortA is GPIOA, timer1 is TIM1.
            var expected = name.Replace("gpioPort", "GPIO").Replace("timer", "TIM").ToUpperInvariant();
            Assert.That(gate.Groups[1].Value, Is.EqualTo(expected), $"{file}: {name} has another one's gate");
        }

        [Test]
        public void ShouldFindThePeripherals()
        {
            Assert.That(Peripherals.Count(), Is.GreaterThan(50));
        }

        [TestCaseSource(nameof(Lines))]
        public void ShouldAnswerInAllOfTheRangesOfBothApbs(string file)
        {
            var ranges = new Dictionary<string, List<(uint Start, uint End)>>();
            AddRanges(Path.Combine(Folder, file), ranges);
            var ordered = ranges.Values.SelectMany(x => x).OrderBy(x => x.Start).ToList();
            foreach(var (start, end) in new[] { (0x40000000u, 0x40008000u), (0x40010000u, 0x40018000u) })
            {
                var next = start;
                foreach(var range in ordered.Where(x => x.Start >= start && x.Start < end))
                {
                    Assert.That(range.Start.ToString("X8"), Is.EqualTo(next.ToString("X8")), "a hole, or two at one place");
                    next = range.End;
                }
                Assert.That(next.ToString("X8"), Is.EqualTo(end.ToString("X8")));
            }
        }

        public static IEnumerable<TestCaseData> Lines
            => Directory.GetFiles(Folder, "stm32f*_*.repl").Select(x => Path.GetFileName(x)).Where(x => !x.Contains("backup")).OrderBy(x => x).Select(x => new TestCaseData(x).SetArgDisplayNames(x));

        public static IEnumerable<TestCaseData> Peripherals
        {
            get
            {
                foreach(var path in Directory.GetFiles(Folder, "*.repl").OrderBy(x => x))
                {
                    // An entry ends where the next line begins in the first column.
                    foreach(Match entry in Regex.Matches(File.ReadAllText(path), @"(?ms)^(\w+): [\w.]+ @ .*?(?=^\S|\Z)"))
                    {
                        if(Regex.IsMatch(entry.Value, @"sysbus <?0x[45][0-9A-Fa-f]{7}") && !entry.Value.Contains("BitBanding"))
                        {
                            yield return new TestCaseData(Path.GetFileName(path), entry.Groups[1].Value, entry.Value).SetArgDisplayNames(Path.GetFileName(path), entry.Groups[1].Value);
                        }
                    }
                }
            }
        }

        /// <summary>Where each peripheral of a file is, and of those that it is on top of: what a later file says counts.</summary>
        private static void AddRanges(string path, Dictionary<string, List<(uint Start, uint End)>> ranges)
        {
            var text = File.ReadAllText(path);
            foreach(Match used in Regex.Matches(text, "(?m)^using \"(.*)\""))
            {
                AddRanges(Path.Combine(Path.GetDirectoryName(path), used.Groups[1].Value), ranges);
            }
            foreach(Match entry in Regex.Matches(text, @"(?ms)^(\w+): [\w.]*\s*@ (\{.*?\}|.*?$)"))
            {
                ranges[entry.Groups[1].Value] = Regex.Matches(entry.Groups[2].Value, @"sysbus <?0x([0-9A-Fa-f]{8})(, \+0x([0-9A-Fa-f]+))?").Cast<Match>()
                    .Select(x => (Start: Convert.ToUInt32(x.Groups[1].Value, 16), Size: x.Groups[3].Success ? Convert.ToUInt32(x.Groups[3].Value, 16) : 0x400))
                    .Select(x => (x.Start, x.Start + x.Size)).ToList();
            }
        }

        private static string Folder => Path.Combine(Fact.Root, "platforms", "cpus");

        // RM0090 7.3.10 to 7.3.14 have no bit for these.
        private static readonly string[] WithoutGate = { "rcc", "rtc", "exti", "iwdg", "flashController", "adcCommon", "i2s2ext", "i2s3ext", "reserved" };
    }
}
