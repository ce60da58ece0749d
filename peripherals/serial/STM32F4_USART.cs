// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.UART;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// USART (RM0090 chapter 30): Renode's, whose baud rate follows the peripheral clock, and which neither hears nor answers
    /// while that clock is off.
    /// </summary>
    /// <remarks>
    /// Renode's model divides a frequency that is fixed when it is made. It is given a divider here that makes the right baud
    /// rate of that frequency; the guest reads back what it wrote.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_USART : STM32_UART, IUART, IHasFrequency, IClockGated
    {
        /// <summary>Creates the USART, clocked by HSI until the clock controller says otherwise.</summary>
        /// <param name="machine">The machine.</param>
        public STM32F4_USART(IMachine machine) : base(machine, (uint)ModelFrequency)
        {
        }

        /// <inheritdoc/>
        public override uint ReadDoubleWord(long offset)
        {
            if(!ClockEnabled)
            {
                return 0;
            }
            switch((Registers)offset)
            {
            case Registers.BaudRate:
                return divider;
            case Registers.Control1:
                return base.ReadDoubleWord(offset) | (oversamplingBy8 ? OversamplingBit : 0);
            default:
                return base.ReadDoubleWord(offset);
            }
        }

        /// <inheritdoc/>
        public override void WriteDoubleWord(long offset, uint value)
        {
            if(!ClockEnabled)
            {
                return;
            }
            switch((Registers)offset)
            {
            case Registers.BaudRate:
                divider = value & 0xFFFF;
                UpdateModel();
                break;
            case Registers.Control1:
                oversamplingBy8 = (value & OversamplingBit) != 0;
                base.WriteDoubleWord(offset, value & ~OversamplingBit);
                UpdateModel();
                break;
            default:
                base.WriteDoubleWord(offset, value);
                break;
            }
        }

        /// <inheritdoc/>
        public override void Reset()
        {
            divider = 0;
            oversamplingBy8 = false;
            base.Reset();
        }

        /// <summary>A character arrives at RX. Without clock it is lost.</summary>
        public new void WriteChar(byte value)
        {
            if(ClockEnabled)
            {
                base.WriteChar(value);
            }
        }

        /// <summary>Bits a second by the clock and BRR; 0 while BRR is 0.</summary>
        public new uint BaudRate => ClocksPerBit == 0 ? 0 : (uint)(frequency / ClocksPerBit);

        /// <summary>Peripheral clock in Hz, above 0.</summary>
        public ulong Frequency
        {
            get => frequency;
            set
            {
                frequency = Math.Max(1, value);
                UpdateModel();
            }
        }

        /// <summary>RCC_xxxENR and, while the core sleeps, RCC_xxxLPENR.</summary>
        [HideInMonitor]
        public bool ClockEnabled { get; set; } = true;

        private void UpdateModel()
        {
            var scaled = ((ClocksPerBit * ModelFrequency) + (frequency / 2)) / frequency;
            base.WriteDoubleWord((long)Registers.BaudRate, ClocksPerBit == 0 ? 0 : (uint)Math.Clamp(scaled, 1, 0xFFFF));
        }

        // With OVER8 the fraction has three bits, and counts eighths.
        private ulong ClocksPerBit => oversamplingBy8 ? ((divider >> 4) * 8) + (divider & 7) : divider;

        private uint divider;
        private bool oversamplingBy8;
        private ulong frequency = 16000000;

        private const ulong ModelFrequency = 42000000;
        private const uint OversamplingBit = 1 << 15;

        private enum Registers
        {
            BaudRate = 0x08,
            Control1 = 0x0C,
        }
    }
}
