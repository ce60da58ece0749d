// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace UnitTests.Fidelity
{
    /// <summary>
    /// docs/fidelity.md: an introduction, the choices that the remarks of the models tell of, and the facts that
    /// <see cref="FidelityTests"/> has measured.
    /// </summary>
    public static class FidelityPage
    {
        public static string Create()
        {
            var introduction = File.ReadAllText(Path.Combine(Fact.Folder, "introduction.md")).TrimEnd('\n');
            var text = new StringBuilder(introduction.Replace(PlaceOfChoices, ChoicesTable())).Append('\n');
            foreach(var block in Fact.All.GroupBy(x => x.Block))
            {
                var model = FidelityTests.Models[block.Key];
                text.Append($"\n### {block.Key} ({Sections[block.Key]})\n\nModel: {Link("peripherals", model + ".cs")}. Tests: {Link("unit-tests", model + "Tests.cs")}.\n\n");
                text.Append("| register | bits | name | access | reset | class | guard | state | lines | shown by, or why |\n|---|---|---|---|---|---|---|---|---|---|\n");
                foreach(var register in block.GroupBy(x => x.Register))
                {
                    foreach(var (fact, i) in Fold(register).Select((x, i) => (x, i)))
                    {
                        text.Append($"| {(i == 0 ? $"{fact.Register} 0x{fact.Offset:X2}" : "")} | {fact.Bits} | {fact.Name} | {fact.Access} | {ResetOf(fact)} | {fact.Class} | {string.Join(" ", fact.Guards)} | {fact.State} | {fact.LinesText} | {Explanation(fact)} |\n");
                    }
                }
            }
            return text.ToString();
        }

        /// <summary>What a source file chooses where ST is silent: the sentences "We choose: ..." of its doc comments, without these words.</summary>
        public static IEnumerable<string> ChoicesOf(string source)
        {
            foreach(Match comment in Regex.Matches(source, @"(?m)(^\s*///.*\n)+"))
            {
                var text = Regex.Replace(comment.Value, @"\s*\n?\s*///\s*", " ");
                text = Regex.Replace(text, @"<see cref=""(?:[\w.]+\.)?(\w+)""\s*/>|</?c>", x => x.Groups[1].Success ? $"`{x.Groups[1].Value}`" : "`");
                foreach(Match sentence in Regex.Matches(text, @"We choose: (.+?\.)(?= |$)"))
                {
                    yield return sentence.Groups[1].Value.TrimEnd('.');
                }
            }
        }

        private static string ChoicesTable()
        {
            var text = new StringBuilder("| model | choices |\n|---|---|\n");
            var files = Directory.GetFiles(Path.Combine(Fact.Root, "peripherals"), "*.cs", SearchOption.AllDirectories);
            foreach(var path in files.OrderBy(x => x, StringComparer.Ordinal))
            {
                var choices = ChoicesOf(File.ReadAllText(path)).ToArray();
                if(choices.Length > 0)
                {
                    text.Append($"| {Link("peripherals", Path.GetFileName(path))} | {string.Join("; ", choices).Replace("|", "\\|")} |\n");
                }
            }
            return text.ToString().TrimEnd('\n');
        }

        private static IEnumerable<Fact> Fold(IEnumerable<Fact> register)
        {
            // Twenty backup registers look the same.
            return register.First().Register.StartsWith("BKP") && register.First().Register != "BKP0R" ? new Fact[0] : register;
        }

        private static string Link(string folder, string file) => $"[`{file}`](../{Path.GetRelativePath(Fact.Root, Fact.FileOf(folder, file)).Replace('\\', '/')})";

        private static string ResetOf(Fact fact) => fact.Reset == 0 ? "0" : $"0x{fact.Reset >> fact.Lowest:X}";

        private static string Explanation(Fact fact)
        {
            var test = fact.Test.Length > 0 ? $"`{fact.Test}`" : "";
            return fact.Note.Length == 0 ? test : test.Length == 0 ? fact.Note : $"{test}; {fact.Note}";
        }

        private static readonly Dictionary<string, string> Sections = new Dictionary<string, string>
        {
            { "PWR", "RM0090 5.4, RM0033 4.4" }, { "RCC", "RM0090 6.3 and 7.3, RM0033 5.3, RM0386, RM0390" }, { "RTC", "RM0090 26.6, RM0033 22.6" }, { "FLASH", "RM0090 3.9, PM0059" },
            { "IWDG", "RM0090 21.4" }, { "WWDG", "RM0090 22.6" }, { "SDIO", "RM0090 31.9" }, { "USART", "RM0090 30.6" }, { "SPI", "RM0090 28.5" }, { "RNG", "RM0090 24.4" },
            { "ADC", "RM0090 13.13.1 to 13.13.14" }, { "ADC common", "RM0090 13.13.15 to 13.13.17" }, { "DAC", "RM0090 14.5" }, { "CRC", "RM0090 4.4" }, { "SYSCFG", "RM0090 9.2, 9.3" }, { "DMA", "RM0090 10.5" },
            { "I2C", "RM0090 27.6" }, { "CAN", "RM0090 32.9: CAN1; CAN2 has all but the filters" }, { "OTG_FS", "RM0090 34.16, and what drivers read besides; OTG_HS has more endpoints" }, { "EXTI", "RM0090 12.3" }, { "DBGMCU", "RM0090 38.6, 38.16" }, { "DWT", "ARMv7-M manual C1.8" },
            { "GPIOA", "RM0090 8.4" }, { "GPIOB", "RM0090 8.4: its reset values" }, { "TIM1", "RM0090 17.4; TIM8, too" }, { "TIM2", "RM0090 18.4; TIM5, too; TIM3 and TIM4 with 16 bits" },
            { "TIM3", "RM0090 18.4: what differs from TIM2; TIM4, too" }, { "TIM5", "RM0090 18.4.20: what differs from TIM2" }, { "TIM6", "RM0090 20.4; TIM7, too" },
            { "TIM9", "RM0090 19.4; TIM12, too" }, { "TIM11", "RM0090 19.5; TIM10, TIM13 and TIM14, too, without OR" },
        };

        private const string PlaceOfChoices = "{choices}";
    }
}
