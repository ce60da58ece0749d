// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

using NUnit.Framework;

namespace UnitTests.Fidelity
{
    /// <summary>
    /// Measures the models over the bus, register by register and bit by bit, and compares with the facts of the manual in
    /// facts.csv. A difference is a bug of the model or a wrong fact.
    /// </summary>
    [TestFixture]
    public class FidelityTests : ChipTest
    {
        [TestCaseSource(nameof(AllRegisters))]
        public void ShouldHaveItsResetValue(string line, string block, string register)
        {
            var facts = FactsOf(line, block, register);
            Build(line, block);
            OpenClocksOf(facts);
            var expected = facts.Aggregate(0u, (sum, x) => sum | x.Reset);
            Assert.That($"0x{ReadRegister(facts):X8}", Is.EqualTo($"0x{expected:X8}"), $"reset value of {block}_{register}, by the fields in facts.csv");
        }

        [TestCaseSource(nameof(AllRegisters))]
        public void ShouldReadReservedBitsAsZero(string line, string block, string register)
        {
            var facts = FactsOf(line, block, register);
            var reserved = ~facts.Aggregate(0u, (sum, x) => sum | x.Mask);
            Build(line, block);
            Open(facts);
            var before = ReadRegister(facts);
            WriteRegister(facts, before ^ reserved);
            Assert.That($"0x{ReadRegister(facts) & reserved:X8}", Is.EqualTo("0x00000000"), $"reserved bits of {block}_{register}");
        }

        [TestCaseSource(nameof(AllRegisters))]
        public void ShouldBeAccessibleAsTheManualSays(string line, string block, string register)
        {
            foreach(var fact in FactsOf(line, block, register))
            {
                var facts = new[] { fact };
                Build(line, block);
                Open(facts);
                foreach(var bit in BitsOf(fact))
                {
                    if(NeedsFreshChip.Contains(fact.Access))
                    {
                        Build(line, block);
                        Open(facts);
                    }
                    var before = ReadRegister(facts);
                    WriteRegister(facts, before ^ bit);
                    var toggled = ReadRegister(facts);
                    WriteRegister(facts, before);
                    var restored = ReadRegister(facts);
                    var seen = $"{Bit(before, bit)}{Bit(toggled, bit)}{Bit(restored, bit)}";
                    Assert.That(AccessPatterns[fact.Access], Does.Contain(seen),
                        $"{fact}: bit 0x{bit:X} before, after it was toggled, after it was restored; a field '{fact.Access}'");
                }
            }
        }

        [TestCaseSource(nameof(GuardedRegisters))]
        public void ShouldIgnoreWritesBehindItsGuard(string line, string block, string register, string guard)
        {
            var facts = FactsOf(line, block, register);
            Build(line, block);
            Open(facts, except: guard);
            foreach(var fact in facts.Where(x => x.Guards.Contains(guard) && x.Access == "rw"))
            {
                foreach(var bit in BitsOf(fact))
                {
                    var before = ReadRegister(facts);
                    Write(Address(fact), before ^ bit);
                    Assert.That(Bit(ReadRegister(facts), bit), Is.EqualTo(Bit(before, bit)), $"{fact}: bit 0x{bit:X} was written in spite of {guard}");
                }
            }
        }

        [TestCaseSource(nameof(RetainingRegisters))]
        public void ShouldKeepAndLoseByItsResetClass(string line, string block, string register, string reset)
        {
            var facts = FactsOf(line, block, register);
            var kept = facts.Where(x => x.Class != "").ToArray();
            Build(line, block);
            Open(facts);
            // The lowest bit of each field: so time and date stay possible ones.
            var value = kept.Aggregate(ReadRegister(facts), (sum, x) => sum ^ (1u << x.Lowest));
            WriteRegister(facts, value);
            var before = ReadRegister(facts);
            Resets[reset](this);
            OpenClocksOf(facts);
            RunFor(0.0005);
            Read(RtcBase + 4);
            var after = ReadRegister(facts);
            foreach(var fact in kept)
            {
                var isKept = !Classes[fact.Class].Contains(reset);
                Assert.That($"0x{after & fact.Mask:X}", Is.EqualTo($"0x{(isKept ? before : fact.Reset) & fact.Mask:X}"),
                    $"{fact}: class '{fact.Class}' should be {(isKept ? "kept over" : "cleared by")} {reset}");
            }
        }

        [Test]
        public void ShouldExplainEveryLine()
        {
            Assert.Multiple(() =>
            {
                foreach(var fact in Fact.All)
                {
                    Assert.That(States, Does.Contain(fact.State), $"{fact}: state");
                    Assert.That(AccessPatterns.Keys, Does.Contain(fact.Access), $"{fact}: access");
                    Assert.That(fact.Class == "" || Classes.ContainsKey(fact.Class), Is.True, $"{fact}: reset class '{fact.Class}'");
                    if(fact.State == "modelled")
                    {
                        Assert.That(Exists(fact.Test), Is.True, $"{fact} is modelled, but there is no test '{fact.Test}'");
                    }
                    else
                    {
                        Assert.That(fact.Note, Is.Not.Empty, $"{fact} is {fact.State}, and no note says why");
                    }
                }
            });
        }

        [Test]
        public void ShouldNameTestsThatExist()
        {
            var introduction = File.ReadAllText(Path.Combine(Fact.Folder, "introduction.md"));
            var tests = Regex.Matches(introduction, @"`(\w+Tests\.\w+)`").Select(x => x.Groups[1].Value).ToArray();
            Assert.That(tests, Is.Not.Empty);
            Assert.That(tests.Where(x => !Exists(x)), Is.Empty);
        }

        [Test]
        public void ShouldUseTheNamesOfTheManual()
        {
            var shared = SourcesIn(Path.Combine(Fact.Root, "peripherals", "common"));
            var texts = Models.ToDictionary(x => x.Key, x => SourcesIn(Path.GetDirectoryName(Fact.FileOf("peripherals", x.Value + ".cs"))) + shared);
            Assert.Multiple(() =>
            {
                foreach(var fact in Fact.All.Where(x => x.Name != "-"))
                {
                    // Families of names are made of parts: a gate and EN, a clock and RDYF, a PLL and a letter.
                    var name = Regex.Replace(fact.Name, "(LPEN|EN|RST|RDYF|RDYIE|RDYC|(?<=^PLL(I2S|SAI))[MNPQR])$", "");
                    Assert.That(Regex.IsMatch(texts[fact.Block], $@"\b({Regex.Escape(fact.Name)}|{Regex.Escape(name)})\b", RegexOptions.IgnoreCase), Is.True,
                        $"{fact}: the folder of {Models[fact.Block]}.cs has no such name");
                }
            });
        }

        [Test]
        public void ShouldFindEveryChoice()
        {
            foreach(var path in Directory.GetFiles(Path.Combine(Fact.Root, "peripherals"), "*.cs", SearchOption.AllDirectories))
            {
                var source = File.ReadAllText(path);
                Assert.That(FidelityPage.ChoicesOf(source).Count(), Is.EqualTo(Regex.Matches(source, "(?i)we choose").Count),
                    $"{path}: a choice is a sentence 'We choose: ....' in a doc comment, so that docs/fidelity.md has it");
            }
        }

        [Test]
        public void ShouldTakeChoicesFromDocComments()
        {
            var source = "    /// RM0090 5.1. We choose: this and\n    /// 0.24 V, <c>that</c>; <see cref=\"Some.Where.Else\"/>. No more.\n    /// We choose: more.\n    // We choose: nothing.\n";
            Assert.That(FidelityPage.ChoicesOf(source), Is.EqualTo(new[] { "this and 0.24 V, `that`; `Else`", "more" }));
        }

        [Test]
        public void ShouldStandInTheDocumentation()
        {
            var path = Path.Combine(Fact.Root, "docs", "fidelity.md");
            var expected = FidelityPage.Create();
            if(Environment.GetEnvironmentVariable("UPDATE_FIDELITY") != null)
            {
                File.WriteAllText(path, expected);
            }
            Assert.That(File.Exists(path) ? File.ReadAllText(path) : "", Is.EqualTo(expected), "docs/fidelity.md is not up to date: run './build.sh fidelity'");
        }

        public static IEnumerable<TestCaseData> AllRegisters => Registers().Select(x => Case(x.Line, x.Block, x.Register));

        public static IEnumerable<TestCaseData> GuardedRegisters => from x in Registers()
                                                                    from guard in FactsOf(x.Line, x.Block, x.Register).Where(y => y.Access == "rw").SelectMany(y => y.Guards).Distinct()
                                                                    select Case(x.Line, x.Block, x.Register, guard);

        public static IEnumerable<TestCaseData> RetainingRegisters => from x in Registers()
                                                                      where FactsOf(x.Line, x.Block, x.Register).Any(y => y.Class != "")
                                                                      from reset in Resets.Keys
                                                                      select Case(x.Line, x.Block, x.Register, reset);

        // All of the F40x; of the other lines what is different there.
        private static string SourcesIn(string folder) => string.Concat(Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

        private static IEnumerable<(string Line, string Block, string Register)> Registers()
        {
            return from line in Fact.Lines.Keys
                   from register in Fact.All.Where(x => x.IsIn(line)).GroupBy(x => (x.Block, x.Register))
                   where line == "F40x" || Fact.All.Any(x => (x.Block, x.Register) == register.Key && x.LinesText != "all")
                   select (line, register.Key.Block, register.Key.Register);
        }

        private static TestCaseData Case(params string[] arguments) => new TestCaseData(arguments).SetArgDisplayNames(arguments);

        private static Fact[] FactsOf(string line, string block, string register)
        {
            return Fact.All.Where(x => x.Block == block && x.Register == register && x.IsIn(line)).ToArray();
        }

        private static IEnumerable<uint> BitsOf(Fact fact) => Enumerable.Range(0, 32).Select(x => 1u << x).Where(x => (x & fact.Mask) != 0);

        private static int Bit(uint value, uint bit) => (value & bit) != 0 ? 1 : 0;

        private static bool Exists(string test)
        {
            var parts = test.Split('.');
            return parts.Length == 2 && typeof(ChipTest).Assembly.GetTypes().Any(x => x.Name == parts[0] && x.GetMethod(parts[1]) != null);
        }

        public static ulong Address(Fact fact) => Addresses[fact.Block] + fact.Offset;

        private void Build(string line, string block)
        {
            BuildChip(line: Fact.Lines[line]);
            CompleteChip();
            if(block.StartsWith("TIM"))
            {
                AddTimers();
            }
        }

        private uint ReadRegister(Fact[] facts) => Read(Address(facts[0]));

        private void WriteRegister(Fact[] facts, uint value)
        {
            if(facts[0].Block == "IWDG")
            {
                Write(IndependentWatchdogBase, 0x5555);
            }
            Write(Address(facts[0]), value);
            if(Settling.TryGetValue($"{facts[0].Block}_{facts[0].Register}", out var seconds))
            {
                RunFor(seconds);
            }
        }

        private void OpenClocks()
        {
            SetBits(Apb1Enable, PwrEnable | (1 << 11) | (1 << 21) | 0x1B | (3 << 25) | (1 << 29));
            SetBits(RccBase + 0x44, (7 << 8) | (1 << 11) | (1 << 4) | (1 << 12) | (1 << 14) | 0x50001);
            SetBits(RccBase + 0x30, (1 << 12) | (1 << 21) | (1 << 22) | 3);
            SetBits(RccBase + 0x34, (1 << 6) | (1 << 7));
        }

        private void OpenClocksOf(Fact[] facts)
        {
            if(facts.Any(x => x.Guards.Contains("PWREN") || x.Guards.Contains("CLOCK")))
            {
                OpenClocks();
            }
            if(facts.Any(x => x.Guards.Contains("FHMOD")))
            {
                Openers["FHMOD"](this);
            }
        }

        private void Open(Fact[] facts, string except = "")
        {
            var guards = facts.SelectMany(x => x.Guards).Distinct().ToArray();
            foreach(var guard in guards.Where(x => x != except && Openers.ContainsKey(x)).OrderBy(x => Array.IndexOf(OpeningOrder, x)))
            {
                if(Needs.TryGetValue(guard, out var needed) && needed == except)
                {
                    continue;
                }
                Openers[guard](this);
            }
            if(Closers.TryGetValue(except, out var close))
            {
                close(this);
            }
        }

        private void StandByAndWakeUp()
        {
            Supplies.Resets.EnterStandby();
            RunFor(0.0001);
            Assert.That(Supplies.IsInStandby, Is.True);
            Supplies.Resets.LeaveStandby();
            RunFor(0.0001);
            Assert.That(Supplies.IsInStandby, Is.False);
        }

        private void LosePower(bool battery)
        {
            if(!battery)
            {
                Supplies.RemoveCoinCell();
            }
            Supplies.PowerOff();
            Supplies.PowerOn();
        }

        private static readonly string[] States = { "modelled", "stored", "tagged" };

        // A bit before, after it was toggled, and after the first value was written again.
        private static readonly Dictionary<string, string[]> AccessPatterns = new Dictionary<string, string[]>
        {
            { "rw", new[] { "010", "101" } },
            { "r", new[] { "000", "111" } },
            { "w", new[] { "000" } },
            { "rc_w0", new[] { "000", "100" } },
            { "rc_w1", new[] { "000" } },
            { "rs", new[] { "011" } },
            { "wo", new[] { "011" } },
            { "lock", new[] { "111", "011" } },
            { "held", new[] { "111" } },
            { "count", new[] { "010", "101" } },
            { "data", new[] { "000" } },
            // Of all that was written.
            { "made", new[] { "000", "001", "010", "011", "100", "101", "110", "111" } },
        };

        private static readonly string[] NeedsFreshChip = { "rs", "wo", "lock" };

        // Which resets clear a field of this class.
        private static readonly Dictionary<string, string[]> Classes = new Dictionary<string, string[]>
        {
            { "system", new[] { "reset pin", "Standby", "VDD lost", "VDD and VBAT lost" } },
            { "power", new[] { "VDD lost", "VDD and VBAT lost" } },
            { "core", new[] { "Standby", "VDD lost", "VDD and VBAT lost" } },
            { "wake", new[] { "reset pin", "VDD lost", "VDD and VBAT lost" } },
            { "backup", new[] { "VDD and VBAT lost", "backup domain reset" } },
            { "any", new[] { "reset pin", "Standby", "VDD lost", "VDD and VBAT lost", "backup domain reset" } },
        };

        private static readonly Dictionary<string, Action<FidelityTests>> Resets = new Dictionary<string, Action<FidelityTests>>
        {
            { "reset pin", x => x.Supplies.PressReset() },
            { "Standby", x => x.StandByAndWakeUp() },
            { "VDD lost", x => x.LosePower(true) },
            { "VDD and VBAT lost", x => x.LosePower(false) },
            { "backup domain reset", x => x.Supplies.Resets.ResetBackupDomain() },
        };

        private static readonly string[] OpeningOrder = { "PWREN", "CLOCK", "DBP", "KEY", "RECALPF", "INITF", "FMT", "LOCK", "OPTLOCK", "IWDGKEY", "PE", "INAK", "FHMOD" };

        private static readonly Dictionary<string, Action<FidelityTests>> Openers = new Dictionary<string, Action<FidelityTests>>
        {
            { "PWREN", x => x.SetBits(Apb1Enable, PwrEnable) },
            { "CLOCK", x => x.OpenClocks() },
            { "DBP", x => x.UnlockBackupDomain() },
            { "KEY", x => { x.Write(RtcBase + 0x24, 0xCA); x.Write(RtcBase + 0x24, 0x53); } },
            { "RECALPF", x => x.StartLse() },
            { "INITF", x => { x.StartLse(); x.Write(RtcBase + 0x0C, 0x80); } },
            { "FMT", x => x.SetBits(RtcBase + 0x08, 0x40) },
            { "LOCK", x => { x.Write(FlashControllerBase + 4, 0x45670123); x.Write(FlashControllerBase + 4, 0xCDEF89AB); } },
            { "OPTLOCK", x => { x.Write(FlashControllerBase + 8, 0x08192A3B); x.Write(FlashControllerBase + 8, 0x4C5D6E7F); } },
            { "IWDGKEY", x => x.Write(IndependentWatchdogBase, 0x5555) },
            { "PE", x => x.SetBits(I2cBase, 1) },
            { "INAK", x => x.Write(Can1Base, 1) },
            { "FHMOD", x => x.SetBits(UsbBase + 0x0C, 1 << 29) },
        };

        // Guards that are open unless something runs.
        private static readonly Dictionary<string, Action<FidelityTests>> Closers = new Dictionary<string, Action<FidelityTests>>
        {
            { "PLLOFF", x => x.SetBits(RccBase, 1 << 24) },
            { "PLLI2SOFF", x => x.SetBits(RccBase, 1 << 26) },
            { "PLLSAIOFF", x => x.SetBits(RccBase, 1 << 28) },
            { "HSEOFF", x => x.SetBits(RccBase, 1 << 16) },
            { "LSEOFF", x => x.SetBits(Bdcr, 1) },
            { "INITF", x => x.StartLse() },
            { "WUTEOFF", x => x.SetBits(RtcBase + 0x08, 1 << 10) },
            // Initialization opens the alarms, too.
            { "ALRAEOFF", x => x.SetBits(RtcBase + 0x08, 1 << 8) },
            { "ALRBEOFF", x => x.SetBits(RtcBase + 0x08, 1 << 9) },
            { "RECALPF", x => { x.StartLse(); x.Write(RtcBase + 0x3C, 0); } },
            { "FINIT", x => { x.Write(Can1Base + 0x21C, 1); x.Write(Can1Base + 0x200, 0x2A1C0E00); } },
            { "TME", x => x.Write(Can1Base + 0x180, 1) },
        };

        private static readonly Dictionary<string, string> Needs = new Dictionary<string, string>
        {
            { "DBP", "PWREN" }, { "KEY", "DBP" }, { "INITF", "KEY" }, { "FMT", "INITF" },
        };

        // Registers that take a moment to take a value over, in seconds.
        private static readonly Dictionary<string, double> Settling = new Dictionary<string, double>
        {
            { "RTC_CALR", 0.02 }, { "IWDG_PR", 0.001 }, { "IWDG_RLR", 0.001 },
        };

        private static readonly Dictionary<string, ulong> Addresses = new Dictionary<string, ulong>
        {
            { "PWR", PwrBase }, { "RCC", RccBase }, { "RTC", RtcBase }, { "FLASH", FlashControllerBase }, { "IWDG", IndependentWatchdogBase },
            { "WWDG", WindowWatchdogBase }, { "SDIO", SdioBase }, { "USART", UsartBase }, { "SPI", SpiBase }, { "RNG", RngBase }, { "I2C", I2cBase }, { "CAN", Can1Base }, { "OTG_FS", UsbBase },
            { "EXTI", ExtiBase }, { "SYSCFG", SyscfgBase }, { "CRC", CrcBase }, { "DMA", Dma2Base },
            { "DBGMCU", DebugComponentBase }, { "ADC", AdcBase }, { "ADC common", AdcCommonBase }, { "DAC", DacBase },
            { "DWT", DwtBase }, { "GPIOA", GpioABase }, { "GPIOB", GpioBBase },
            { "TIM1", Tim1Base }, { "TIM2", Tim2Base }, { "TIM3", Tim3Base }, { "TIM5", Tim5Base }, { "TIM6", Tim6Base }, { "TIM9", Tim9Base }, { "TIM11", Tim11Base },
        };

        /// <summary>The file of each block's model.</summary>
        public static readonly Dictionary<string, string> Models = new Dictionary<string, string>
        {
            { "PWR", "STM32F4_PWR" }, { "RCC", "STM32F4_RCC" }, { "RTC", "STM32F4_RTC" }, { "FLASH", "STM32F4_FlashController" },
            { "IWDG", "STM32F4_IndependentWatchdog" }, { "WWDG", "STM32F4_WindowWatchdog" }, { "SDIO", "STM32F4_SDIO" },
            { "USART", "STM32F4_USART" }, { "SPI", "STM32F4_SPI" }, { "RNG", "STM32F4_RNG" }, { "I2C", "STM32F4_I2C" }, { "CAN", "STM32F4_CAN" }, { "OTG_FS", "STM32F4_OTG" },
            { "EXTI", "STM32F4_EXTI" }, { "SYSCFG", "STM32F4_SYSCFG" }, { "CRC", "STM32F4_CRC" }, { "DMA", "STM32F4_DMA" },
            { "DBGMCU", "STM32F4_DBGMCU" }, { "ADC", "STM32F4_ADC" }, { "ADC common", "STM32F4_ADCCommon" }, { "DAC", "STM32F4_DAC" },
            { "DWT", "STM32F4_DWT" }, { "GPIOA", "STM32F4_GPIOPort" }, { "GPIOB", "STM32F4_GPIOPort" },
            { "TIM1", "STM32F4_Timer" }, { "TIM2", "STM32F4_Timer" }, { "TIM3", "STM32F4_Timer" }, { "TIM5", "STM32F4_Timer" },
            { "TIM6", "STM32F4_Timer" }, { "TIM9", "STM32F4_Timer" }, { "TIM11", "STM32F4_Timer" },
        };
    }
}
