// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>Which signals a pin's alternate functions are (datasheets, table "Alternate function mapping"); those that a model has.</summary>
    internal sealed class PinFunctionMap : IEnumerable<KeyValuePair<string, string>>
    {
        /// <summary>What all lines have.</summary>
        public static PinFunctionMap Common { get; } = new PinFunctionMap
        {
            { 1, "TIM1_BKIN", "PA6 PB12 PE15" },
            { 1, "TIM1_CH1", "PA8 PE9" },
            { 1, "TIM1_CH1N", "PA7 PB13 PE8" },
            { 1, "TIM1_CH2", "PA9 PE11" },
            { 1, "TIM1_CH2N", "PB0 PB14 PE10" },
            { 1, "TIM1_CH3", "PA10 PE13" },
            { 1, "TIM1_CH3N", "PB1 PB15 PE12" },
            { 1, "TIM1_CH4", "PA11 PE14" },
            { 1, "TIM1_ETR", "PA12 PE7" },
            { 1, "TIM2_CH1", "PA0 PA5 PA15" },
            { 1, "TIM2_CH2", "PA1 PB3" },
            { 1, "TIM2_CH3", "PA2 PB10" },
            { 1, "TIM2_CH4", "PA3 PB11" },
            { 1, "TIM2_ETR", "PA0 PA5 PA15" },
            { 2, "TIM3_CH1", "PA6 PB4 PC6" },
            { 2, "TIM3_CH2", "PA7 PB5 PC7" },
            { 2, "TIM3_CH3", "PB0 PC8" },
            { 2, "TIM3_CH4", "PB1 PC9" },
            { 2, "TIM3_ETR", "PD2" },
            { 2, "TIM4_CH1", "PB6 PD12" },
            { 2, "TIM4_CH2", "PB7 PD13" },
            { 2, "TIM4_CH3", "PB8 PD14" },
            { 2, "TIM4_CH4", "PB9 PD15" },
            { 2, "TIM4_ETR", "PE0" },
            { 2, "TIM5_CH1", "PA0 PH10" },
            { 2, "TIM5_CH2", "PA1 PH11" },
            { 2, "TIM5_CH3", "PA2 PH12" },
            { 2, "TIM5_CH4", "PA3 PI0" },
            { 3, "TIM8_BKIN", "PA6 PI4" },
            { 3, "TIM8_CH1", "PC6 PI5" },
            { 3, "TIM8_CH1N", "PA5 PA7 PH13" },
            { 3, "TIM8_CH2", "PC7 PI6" },
            { 3, "TIM8_CH2N", "PB0 PB14 PH14" },
            { 3, "TIM8_CH3", "PC8 PI7" },
            { 3, "TIM8_CH3N", "PB1 PB15 PH15" },
            { 3, "TIM8_CH4", "PC9 PI2" },
            { 3, "TIM8_ETR", "PA0 PI3" },
            { 3, "TIM9_CH1", "PA2 PE5" },
            { 3, "TIM9_CH2", "PA3 PE6" },
            { 3, "TIM10_CH1", "PB8 PF6" },
            { 3, "TIM11_CH1", "PB9 PF7" },
            { 4, "I2C1_SCL", "PB6 PB8" },
            { 4, "I2C1_SDA", "PB7 PB9" },
            { 4, "I2C2_SCL", "PB10 PF1 PH4" },
            { 4, "I2C2_SDA", "PB11 PF0 PH5" },
            { 4, "I2C3_SCL", "PA8 PH7" },
            { 4, "I2C3_SDA", "PC9 PH8" },
            { 5, "SPI1_MISO", "PA6 PB4" },
            { 5, "SPI1_MOSI", "PA7 PB5" },
            { 5, "SPI1_NSS", "PA4 PA15" },
            { 5, "SPI1_SCK", "PA5 PB3" },
            { 5, "SPI2_MISO", "PB14 PC2 PI2" },
            { 5, "SPI2_MOSI", "PB15 PC3 PI3" },
            { 5, "SPI2_NSS", "PB9 PB12 PI0" },
            { 5, "SPI2_SCK", "PB10 PB13 PI1" },
            { 6, "SPI3_MISO", "PB4 PC11" },
            { 6, "SPI3_MOSI", "PB5 PC12" },
            { 6, "SPI3_NSS", "PA4 PA15" },
            { 6, "SPI3_SCK", "PB3 PC10" },
            { 7, "USART1_RX", "PA10 PB7" },
            { 7, "USART1_TX", "PA9 PB6" },
            { 7, "USART2_RX", "PA3 PD6" },
            { 7, "USART2_TX", "PA2 PD5" },
            { 7, "USART3_RX", "PB11 PC11 PD9" },
            { 7, "USART3_TX", "PB10 PC10 PD8" },
            { 8, "UART4_RX", "PA1 PC11" },
            { 8, "UART4_TX", "PA0 PC10" },
            { 8, "UART5_RX", "PD2" },
            { 8, "UART5_TX", "PC12" },
            { 8, "USART6_RX", "PC7 PG9" },
            { 8, "USART6_TX", "PC6 PG14" },
            { 9, "CAN1_RX", "PA11 PB8 PD0 PI9" },
            { 9, "CAN1_TX", "PA12 PB9 PD1 PH13" },
            { 9, "CAN2_RX", "PB5 PB12" },
            { 9, "CAN2_TX", "PB6 PB13" },
            { 9, "TIM12_CH1", "PB14 PH6" },
            { 9, "TIM12_CH2", "PB15 PH9" },
            { 9, "TIM13_CH1", "PA6 PF8" },
            { 9, "TIM14_CH1", "PA7 PF9" },
            { 10, "OTGFS_DM", "PA11" },
            { 10, "OTGFS_DP", "PA12" },
            { 12, "OTGHS_DM", "PB14" },
            { 12, "OTGHS_DP", "PB15" },
        };

        /// <summary>This map and more.</summary>
        public PinFunctionMap With(PinFunctionMap more)
        {
            var result = new PinFunctionMap();
            result.signals.AddRange(signals);
            result.signals.AddRange(more.signals);
            return result;
        }

        /// <summary>Adds a signal.</summary>
        /// <param name="function">Number of the alternate function, 1 to 15.</param>
        /// <param name="signal">Its name, e.g. TIM2_CH1.</param>
        /// <param name="pins">Pins that have it, e.g. PA0 PA5.</param>
        public void Add(int function, string signal, string pins)
        {
            signals.AddRange(pins.Split(' ').Select(x => new KeyValuePair<string, string>(KeyOf(x, function), signal)));
        }

        /// <summary>Has any pin of a port, e.g. PA, the signal?</summary>
        public bool HasSignal(string port, string signal)
        {
            return signals.Any(x => x.Value == signal && x.Key.StartsWith(port, System.StringComparison.Ordinal));
        }

        /// <summary>Signals behind an alternate function of a pin; several share one where the timer chooses.</summary>
        public IEnumerable<(string Peripheral, string Signal)> SignalsOf(string pin, int function)
        {
            var key = KeyOf(pin, function);
            return signals.Where(x => x.Key == key).Select(x => x.Value.Split('_')).Select(x => (x[0], x[1]));
        }

        /// <summary>Signals of all alternate functions of a pin.</summary>
        public IEnumerable<(string Peripheral, string Signal)> SignalsOf(string pin)
        {
            return Enumerable.Range(0, 16).SelectMany(x => SignalsOf(pin, x));
        }

        /// <inheritdoc/>
        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => signals.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private static string KeyOf(string pin, int function) => $"{pin} AF{function}";

        private readonly List<KeyValuePair<string, string>> signals = new List<KeyValuePair<string, string>>();
    }
}
