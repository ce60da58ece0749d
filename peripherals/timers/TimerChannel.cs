// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Core;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>One capture/compare channel of a timer (RM0090 17.3.4 to 17.3.10).</summary>
    internal class TimerChannel
    {
        public TimerChannel(int number)
        {
            Number = number;
        }

        public void Reset()
        {
            Mode = 0;
            Enables = 0;
            Value = 0;
            Active = 0;
            Reference = false;
            edges = 0;
        }

        /// <summary>Writes CCRx; a channel that captures has its own value there.</summary>
        public void Write(uint value)
        {
            if(IsInput)
            {
                return;
            }
            Value = value;
            if(!IsPreloaded)
            {
                Active = value;
            }
        }

        /// <summary>An update event.</summary>
        public void LoadPreload()
        {
            if(!IsInput)
            {
                Active = Value;
            }
        }

        /// <summary>Takes the counter into CCRx.</summary>
        public void Capture(uint counter)
        {
            Value = counter;
            Active = counter;
        }

        /// <summary>An edge at the channel's input.</summary>
        /// <param name="level">Level after it.</param>
        /// <returns>Does it capture: by polarity and prescaler?</returns>
        public bool Captures(bool level)
        {
            if(!IsEnabled || (!IsBothEdges && level == IsInverted))
            {
                return false;
            }
            edges++;
            if(edges < EdgesToCapture)
            {
                return false;
            }
            edges = 0;
            return true;
        }

        /// <summary>The counter has come to CCRx.</summary>
        public void Match()
        {
            switch(OutputMode)
            {
            case TimerOutputMode.ActiveOnMatch:
                Reference = true;
                break;
            case TimerOutputMode.InactiveOnMatch:
                Reference = false;
                break;
            case TimerOutputMode.Toggle:
                Reference = !Reference;
                break;
            }
        }

        /// <summary>Brings OCxREF to where the counter wants it, in the modes that say so at any time.</summary>
        public void Follow(uint counter, bool isDown)
        {
            if(IsInput)
            {
                return;
            }
            switch(OutputMode)
            {
            case TimerOutputMode.ForceInactive:
                Reference = false;
                break;
            case TimerOutputMode.ForceActive:
                Reference = true;
                break;
            case TimerOutputMode.Pwm1:
                Reference = isDown ? counter <= Active : counter < Active;
                break;
            case TimerOutputMode.Pwm2:
                Reference = isDown ? counter > Active : counter >= Active;
                break;
            }
        }

        /// <summary>Drives the pins.</summary>
        /// <param name="isOn">MOE, or a timer that has none.</param>
        /// <param name="idle">Idle states of OCx (bit 0) and OCxN (bit 1) while it isn't; null if the outputs are off then.</param>
        /// <param name="offLevelsDriven">Does an output that CCER doesn't enable drive its pin, inactive: BDTR.OSSR?</param>
        /// <param name="cleared">OCREF_CLR.</param>
        public void Drive(bool isOn, uint? idle, bool offLevelsDriven, bool cleared)
        {
            var isDriven = !IsInput && (isOn || idle.HasValue);
            IsOutputDriven = isDriven && ((Enables & EnableBit) != 0 || (isOn && offLevelsDriven));
            IsComplementDriven = isDriven && ((Enables & ComplementEnable) != 0 || (isOn && offLevelsDriven));
            var reference = Reference && !(cleared && (Mode & ClearEnable) != 0) && !IsInput;
            Output.Set((Enables & EnableBit) != 0 && !IsInput && (isOn ? reference != IsInverted : ((idle ?? 0) & 1) != 0));
            Complement.Set((Enables & ComplementEnable) != 0 && !IsInput && (isOn ? reference == ((Enables & ComplementPolarity) != 0) : ((idle ?? 0) & 2) != 0));
        }

        public int Number { get; }

        /// <summary>The channel's eight bits of CCMRx.</summary>
        public uint Mode { get; set; }

        /// <summary>The channel's four bits of CCER.</summary>
        public uint Enables { get; set; }

        /// <summary>CCRx.</summary>
        public uint Value { get; private set; }

        /// <summary>What the counter is compared with: CCRx, or its shadow.</summary>
        public uint Active { get; private set; }

        /// <summary>OCxREF.</summary>
        public bool Reference { get; set; }

        /// <summary>OCx.</summary>
        public GPIO Output { get; } = new GPIO();

        /// <summary>OCxN.</summary>
        public GPIO Complement { get; } = new GPIO();

        /// <summary>Does OCx drive the pin that selects it?</summary>
        public bool IsOutputDriven { get; private set; }

        /// <summary>Does OCxN?</summary>
        public bool IsComplementDriven { get; private set; }

        /// <summary>Does anything at a pin see OCx, OCxN?</summary>
        public bool IsWatchedAtPin { get; set; }

        /// <summary>CCxS: 0 for output, else which input is captured.</summary>
        public uint Selection => Mode & 3;

        /// <summary>CCxE.</summary>
        public bool IsEnabled => (Enables & EnableBit) != 0;

        /// <summary>Each so many edges are captured: ICxPSC.</summary>
        public uint EdgesToCapture => 1u << (int)(Mode >> 2 & 3);

        public bool IsInput => Selection != 0;

        public bool IsPreloaded => (Mode & PreloadEnable) != 0;

        public bool IsInverted => (Enables & Polarity) != 0;

        /// <summary>CCxP and CCxNP: both edges.</summary>
        public bool IsBothEdges => (Enables & (Polarity | ComplementPolarity)) == (Polarity | ComplementPolarity);

        public TimerOutputMode OutputMode => (TimerOutputMode)(Mode >> 4 & 7);

        /// <summary>Does anything hear the channel's pins, or would, if they changed at a match?</summary>
        public bool ChangesPins => !IsInput && (((Enables & EnableBit) != 0 && (IsWatchedAtPin || Output.IsHeard()))
            || ((Enables & ComplementEnable) != 0 && (IsWatchedAtPin || Complement.IsHeard())));

        /// <summary>Filter of the channel's input: ICxF.</summary>
        public uint Filter => IsInput ? Mode >> 4 & 0xF : 0;

        private int edges;

        private const uint EnableBit = 1;
        private const uint Polarity = 2;
        private const uint ComplementEnable = 4;
        private const uint ComplementPolarity = 8;
        private const uint PreloadEnable = 8;
        private const uint ClearEnable = 0x80;
    }

    /// <summary>OCxM of CCMRx (RM0090 18.4.7).</summary>
    internal enum TimerOutputMode
    {
        Frozen,
        ActiveOnMatch,
        InactiveOnMatch,
        Toggle,
        ForceInactive,
        ForceActive,
        Pwm1,
        Pwm2,
    }
}
