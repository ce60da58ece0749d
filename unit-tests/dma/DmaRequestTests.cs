// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

using NUnit.Framework;

using UnitTests.Fidelity;

namespace UnitTests
{
    /// <summary>The platforms wire the requests of peripherals to the streams and channels of RM0090 tables 42 and 43.</summary>
    [TestFixture]
    public class DmaRequestTests
    {
        [TestCase("stm32f405_415.repl", "F40x")]
        [TestCase("stm32f407_417.repl", "F40x")]
        [TestCase("stm32f42x_43x.repl", "F42x")]
        [TestCase("stm32f469_479.repl", "F42x")]
        [TestCase("stm32f446.repl", "F446")]
        [TestCase("stm32f205_215.repl", "F40x")]
        [TestCase("stm32f207_217.repl", "F40x")]
        public void ShouldReachTheStreamsOfTheManual(string file, string line)
        {
            var wired = new Dictionary<string, List<string>>();
            Collect(Path.Combine(Fact.Root, "platforms", "cpus", file), wired);
            var expected = Requests.Where(x => IsModelled(x.Name, line)).Select(x => $"DMA{x.Controller} stream {x.Stream} channel {x.Channel}: {x.Name}").OrderBy(x => x, StringComparer.Ordinal);
            Assert.That(wired.Values.SelectMany(x => x).OrderBy(x => x, StringComparer.Ordinal), Is.EqualTo(expected));
        }

        [Test]
        public void ShouldHoldBothTables()
        {
            Assert.That(Tables, Has.All.Property(nameof(Array.Length)).EqualTo(8));
            Assert.That(Tables.SelectMany(x => x).Select(x => x.Split('|').Length), Has.All.EqualTo(8));
            Assert.That(Requests.Count(), Is.EqualTo(124));
        }

        // Sources of requests that are no models: they make none.
        private static bool IsModelled(string name, string line)
        {
            var peripheral = name.Split('_')[0];
            return !Regex.IsMatch(name, "^(I2S|SAI|DCMI|CRYP|HASH|SDIO)")
                && (peripheral != "SPI4" || line != "F40x") && (line == "F42x" || !new[] { "UART7", "UART8", "SPI5", "SPI6" }.Contains(peripheral));
        }

        /// <summary>What a file and those that it is on top of connect with the controllers, by peripheral.</summary>
        private static void Collect(string path, Dictionary<string, List<string>> wired)
        {
            var text = File.ReadAllText(path);
            foreach(Match used in Regex.Matches(text, "(?m)^using \"(.*)\""))
            {
                Collect(Path.Combine(Path.GetDirectoryName(path), used.Groups[1].Value), wired);
            }
            foreach(Match entry in Regex.Matches(text, @"(?ms)^(\w+):.*?(?=^\S|\Z)"))
            {
                foreach(Match output in Regex.Matches(entry.Value, @"(?m)^ +(\w+) -> (dma.*)$"))
                {
                    var name = entry.Groups[1].Value.Replace("timer", "TIM").ToUpperInvariant() + "_" + Signals[output.Groups[1].Value];
                    // Converters have one name for request and channel.
                    name = name.Replace("DAC_CH", "DAC").TrimEnd('_');
                    foreach(Match target in Regex.Matches(output.Groups[2].Value, @"dma([12])@(\d+)"))
                    {
                        var input = int.Parse(target.Groups[2].Value);
                        // Timers ask with a rise: 64 and more.
                        Assert.That(input >= 64, Is.EqualTo(name.StartsWith("TIM")), $"{name}: input {input}");
                        if(!wired.TryGetValue(entry.Groups[1].Value, out var requests))
                        {
                            wired.Add(entry.Groups[1].Value, requests = new List<string>());
                        }
                        requests.Add($"DMA{target.Groups[1].Value} stream {input % 64 / 8} channel {input % 8}: {name}");
                    }
                }
            }
        }

        private static IEnumerable<(int Controller, int Stream, int Channel, string Name)> Requests
            => from controller in Enumerable.Range(0, 2)
               from channel in Enumerable.Range(0, 8)
               from stream in Enumerable.Range(0, 8)
               from name in Tables[controller][channel].Split('|')[stream].Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where name != "-"
               select (controller + 1, stream, channel, name);

        private static readonly Dictionary<string, string> Signals = new Dictionary<string, string>
        {
            { "DMAReceive", "RX" }, { "DMASend", "TX" }, { "RxDMARequest", "RX" }, { "TxDMARequest", "TX" }, { "UpdateDMA", "UP" }, { "TriggerDMA", "TRIG" }, { "CommutationDMA", "COM" },
            { "Channel1DMA", "CH1" }, { "Channel2DMA", "CH2" }, { "Channel3DMA", "CH3" }, { "Channel4DMA", "CH4" }, { "DMARequest", "" },
        };

        // A row is a channel, a column a stream.
        private static readonly string[][] Tables =
        {
            new[]
            {
                "SPI3_RX     | -                  | SPI3_RX          | SPI2_RX             | SPI2_TX            | SPI3_TX     | -                 | SPI3_TX",
                "I2C1_RX     | -                  | TIM7_UP          | -                   | TIM7_UP            | I2C1_RX     | I2C1_TX           | I2C1_TX",
                "TIM4_CH1    | -                  | I2S3_EXT_RX      | TIM4_CH2            | I2S2_EXT_TX        | I2S3_EXT_TX | TIM4_UP           | TIM4_CH3",
                "I2S3_EXT_RX | TIM2_UP TIM2_CH3   | I2C3_RX          | I2S2_EXT_RX         | I2C3_TX            | TIM2_CH1    | TIM2_CH2 TIM2_CH4 | TIM2_UP TIM2_CH4",
                "UART5_RX    | USART3_RX          | UART4_RX         | USART3_TX           | UART4_TX           | USART2_RX   | USART2_TX         | UART5_TX",
                "UART8_TX    | UART7_TX           | TIM3_CH4 TIM3_UP | UART7_RX            | TIM3_CH1 TIM3_TRIG | TIM3_CH2    | UART8_RX          | TIM3_CH3",
                "TIM5_CH3 TIM5_UP | TIM5_CH4 TIM5_TRIG | TIM5_CH1    | TIM5_CH4 TIM5_TRIG  | TIM5_CH2           | -           | TIM5_UP           | -",
                "-           | TIM6_UP            | I2C2_RX          | I2C2_RX             | USART3_TX          | DAC1        | DAC2              | I2C2_TX",
            },
            new[]
            {
                "ADC1      | SAI1_A    | TIM8_CH1 TIM8_CH2 TIM8_CH3 | SAI1_A   | ADC1                        | SAI1_B    | TIM1_CH1 TIM1_CH2 TIM1_CH3 | -",
                "-         | DCMI      | ADC2                       | ADC2     | SAI1_B                      | SPI6_TX   | SPI6_RX                    | DCMI",
                "ADC3      | ADC3      | -                          | SPI5_RX  | SPI5_TX                     | CRYP_OUT  | CRYP_IN                    | HASH_IN",
                "SPI1_RX   | -         | SPI1_RX                    | SPI1_TX  | -                           | SPI1_TX   | -                          | -",
                "SPI4_RX   | SPI4_TX   | USART1_RX                  | SDIO     | -                           | USART1_RX | SDIO                       | USART1_TX",
                "-         | USART6_RX | USART6_RX                  | SPI4_RX  | SPI4_TX                     | -         | USART6_TX                  | USART6_TX",
                "TIM1_TRIG | TIM1_CH1  | TIM1_CH2                   | TIM1_CH1 | TIM1_CH4 TIM1_TRIG TIM1_COM | TIM1_UP   | TIM1_CH3                   | -",
                "-         | TIM8_UP   | TIM8_CH1                   | TIM8_CH2 | TIM8_CH3                    | SPI5_RX   | SPI5_TX                    | TIM8_CH4 TIM8_TRIG TIM8_COM",
            },
        };
    }
}
