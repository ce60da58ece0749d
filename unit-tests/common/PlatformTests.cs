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

        public static IEnumerable<TestCaseData> Peripherals
        {
            get
            {
                foreach(var path in Directory.GetFiles(Path.Combine(Fact.Root, "platforms", "cpus"), "*.repl").OrderBy(x => x))
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

        // RM0090 7.3.10 to 7.3.14 have no bit for these.
        private static readonly string[] WithoutGate = { "rcc", "rtc", "exti", "iwdg", "flashController" };
    }
}
