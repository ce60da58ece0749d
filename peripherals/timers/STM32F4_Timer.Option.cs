// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>The timers that have an option register, which puts something in the place of one of their inputs.</summary>
    public enum TimerOption
    {
        /// <summary>No option register.</summary>
        None,
        /// <summary>ITR1 is TRGO of TIM8 or, from GPIO inputs 12 to 14, PTP of Ethernet, start of frame of OTG FS, of OTG HS (RM0090 18.4.19).</summary>
        TIM2,
        /// <summary>CH4 is its pin, LSI, LSE or, from GPIO input 14, the wake-up interrupt of the RTC (RM0090 18.4.20).</summary>
        TIM5,
        /// <summary>CH1 is its pin, or HSE divided by RTCPRE (RM0090 19.5.12).</summary>
        TIM11,
    }

    /// <content>The option register, by which firmware measures oscillators.</content>
    public partial class STM32F4_Timer
    {
        private void DefineOptionRegister()
        {
            if(option == TimerOption.None)
            {
                return;
            }
            var (position, name) = option == TimerOption.TIM2 ? (10, "ITR1_RMP") : option == TimerOption.TIM5 ? (6, "TI4_RMP") : (0, "TI1_RMP");
            Define(Registers.OR)
                .WithValueField(position, 2, out optionValue, name: name)
                .WithWriteCallback((_, __) => Reconnect());
        }

        /// <summary>The input sees what the option register says.</summary>
        private void Reconnect()
        {
            var (input, level) = Choose(OptionInput, ownLevel);
            DriveInput(input, level);
        }

        private void FollowOscillator()
        {
            if(IsOscillatorChosen)
            {
                CatchUp();
                Schedule();
            }
        }

        /// <summary>What the option register makes of a level at a GPIO input.</summary>
        /// <returns>The input of the timer that sees it, and what it sees.</returns>
        private (int Input, bool Level) Choose(int number, bool level)
        {
            var isLine = number >= FirstOptionLine && number < FirstOptionLine + optionLines.Length;
            if(option == TimerOption.None || (!isLine && number != OptionInput))
            {
                return (number, level);
            }
            if(isLine)
            {
                optionLines[number - FirstOptionLine] = level;
            }
            else
            {
                ownLevel = level;
            }
            var value = (int)optionValue.Value;
            var isOwn = value == 0 || (option == TimerOption.TIM11 && !IsOscillatorChosen);
            return (OptionInput, isOwn ? ownLevel : !IsOscillatorChosen && optionLines[value - 1]);
        }

        /// <summary>Edges with one direction of what is at the input, in a second; 0 if it is no oscillator, or that stands still.</summary>
        private ulong OscillatorFrequency
        {
            get
            {
                if(rcc == null || !IsOscillatorChosen)
                {
                    return 0;
                }
                return option == TimerOption.TIM11 ? rcc.HseRtcFrequency : optionValue.Value == 1 ? rcc.LsiFrequency : rcc.LseFrequency;
            }
        }

        private bool IsOscillatorChosen => option == TimerOption.TIM11 ? optionValue.Value == 2 : option == TimerOption.TIM5 && (optionValue.Value == 1 || optionValue.Value == 2);

        private int OptionInput => option == TimerOption.TIM2 ? FirstInternalTrigger + 1 : option == TimerOption.TIM5 ? 3 : 0;

        private IValueRegisterField optionValue;
        private bool ownLevel;

        private readonly bool[] optionLines = new bool[3];
        private readonly TimerOption option;
        private readonly STM32F4_RCC rcc;
        private readonly OscillatorCapture[] oscillatorCaptures;

        private const int FirstOptionLine = 12;

        /// <summary>
        /// A channel that captures at edges of an oscillator. There is an event for each capture alone, however many edges lie between, and none
        /// while nothing is captured.
        /// </summary>
        private class OscillatorCapture
        {
            public OscillatorCapture(STM32F4_Timer owner, TimerChannel channel, uint selection)
            {
                this.owner = owner;
                this.channel = channel;
                this.selection = selection;
                edges = new LimitTimer(owner.machine.ClockSource, 1, owner, $"edges at channel {channel.Number + 1}", 1, Direction.Ascending, enabled: false, eventEnabled: true);
                edges.LimitReached += () =>
                {
                    owner.CatchUp();
                    owner.Capture(channel);
                    owner.Settle();
                };
            }

            public void Update()
            {
                var newFrequency = Frequency;
                if(newFrequency == 0)
                {
                    if(frequency != 0)
                    {
                        edges.Enabled = false;
                        frequency = 0;
                    }
                    return;
                }
                if(newFrequency == frequency && edges.Limit == channel.EdgesToCapture)
                {
                    return;
                }
                VirtualClock.Synchronize(owner.machine);
                edges.Enabled = false;
                edges.Frequency = newFrequency;
                edges.Limit = channel.EdgesToCapture;
                edges.ResetValue();
                edges.Enabled = true;
                frequency = newFrequency;
            }

            private ulong Frequency
            {
                get
                {
                    if(!owner.ClockEnabled || owner.isHeldByDebugger || channel.Selection != selection || !channel.IsEnabled)
                    {
                        return 0;
                    }
                    var oscillator = owner.OscillatorFrequency;
                    // A filter that is longer than a half period lets nothing pass.
                    var delay = TimerInput.DelayOf(channel.Filter, 1UL << (int)owner.clockDivision.Value);
                    return delay * 2 * oscillator > owner.Frequency ? 0 : oscillator * (channel.IsBothEdges ? 2UL : 1);
                }
            }

            private ulong frequency;

            private readonly STM32F4_Timer owner;
            private readonly TimerChannel channel;
            private readonly uint selection;
            private readonly LimitTimer edges;
        }
    }
}
