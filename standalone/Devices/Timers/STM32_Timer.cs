// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Timers
{
    /// <summary>
    /// Timer TIM1 to TIM14 of the STM32F4 (RM0090, sections 17 to 20): counter up or down, one-pulse mode, repetition counter,
    /// four channels with output compare, PWM and input capture. No slave modes, no centre-aligned counting, no break input.
    /// Output n is the signal of channel n + 1; input n is its pin; input 255 resets the timer.
    /// A period lasts ARR counts, as in Renode, where the chip takes ARR + 1.
    /// </summary>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32_Timer : LimitTimer, IDoubleWordPeripheral, IKnownSize, INumberedGPIOOutput, IGPIOReceiver
    {
        /// <param name="machine">The machine.</param>
        /// <param name="frequency">Clock of the counter before the prescaler, in Hz.</param>
        /// <param name="initialLimit">Reset value of ARR; its highest bit says how wide the counter is.</param>
        public STM32_Timer(IMachine machine, ulong frequency, uint initialLimit) : base(machine.ClockSource, frequency, Math.Max(initialLimit, 1),
            Direction.Ascending, enabled: false, eventEnabled: true)
        {
            if(initialLimit == 0)
            {
                throw new ConstructionException("initialLimit must be greater than 0: it is the width of the counter");
            }
            this.machine = machine;
            this.initialLimit = initialLimit;
            width = 32 - System.Numerics.BitOperations.LeadingZeroCount(initialLimit);
            for(var i = 0; i < ChannelCount; i++)
            {
                channels[i] = new Channel(this, i);
            }
            Connections = channels.ToDictionary(channel => channel.Number, channel => (IGPIO)channel.Output);
            registers = new DoubleWordRegisterCollection(this);
            DefineRegisters();
            LimitReached += Overflow;
            Reset();
        }

        public uint ReadDoubleWord(long offset)
        {
            return registers.Read(offset);
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            registers.Write(offset, value);
        }

        public void OnGPIO(int number, bool value)
        {
            if(number == ResetInput)
            {
                if(value)
                {
                    Reset();
                }
                return;
            }
            if(number < 0 || number >= ChannelCount)
            {
                this.Log(LogLevel.Error, "A timer has inputs 0 to {0}, and {1} for reset; a signal came for {2}", ChannelCount - 1, ResetInput, number);
                return;
            }
            foreach(var channel in channels.Where(x => x.SourceOf(number)))
            {
                channel.Edge(value);
            }
        }

        public override void Reset()
        {
            base.Reset();
            registers.Reset();
            started = false;
            autoReload = initialLimit;
            flags = 0;
            overcaptures = 0;
            repetitionsLeft = 0;
            foreach(var channel in channels)
            {
                channel.Reset();
            }
            UpdateInterrupts();
        }

        [DefaultInterrupt]
        public GPIO IRQ { get; } = new GPIO();

        public GPIO BreakInterrupt { get; } = new GPIO();

        public GPIO UpdateInterrupt { get; } = new GPIO();

        public GPIO TriggerInterrupt { get; } = new GPIO();

        public GPIO CommutationInterrupt { get; } = new GPIO();

        public GPIO CaptureCompareInterrupt { get; } = new GPIO();

        public IReadOnlyDictionary<int, IGPIO> Connections { get; }

        public long Size => 0x400;

        private void Overflow()
        {
            if(Mode == WorkMode.OneShot)
            {
                started = false;
            }
            if(updateDisabled.Value)
            {
                ArmChannels();
                return;
            }
            ApplyAutoReload();
            foreach(var channel in channels)
            {
                channel.StartOfPeriod();
            }
            if(repetitionsLeft > 0)
            {
                repetitionsLeft--;
                return;
            }
            repetitionsLeft = (uint)repetitions.Value;
            flags |= UpdateFlag;
            UpdateInterrupts();
        }

        private void GenerateEvents(uint events)
        {
            if((events & UpdateFlag) != 0 && !updateDisabled.Value)
            {
                ApplyAutoReload();
                repetitionsLeft = (uint)repetitions.Value;
                Value = Direction == Direction.Ascending ? 0 : Limit;
                if(!onlyOverflowUpdates.Value && (interruptEnable.Value & UpdateFlag) != 0)
                {
                    flags |= UpdateFlag;
                }
                ArmChannels();
            }
            flags |= events & ChannelFlags;
            UpdateInterrupts();
        }

        private void ApplyAutoReload()
        {
            if(autoReload > 0 && Limit != autoReload)
            {
                Limit = autoReload;
            }
        }

        private void UpdateCounting()
        {
            Enabled = started && autoReload > 0;
            ArmChannels();
        }

        private void ArmChannels()
        {
            foreach(var channel in channels)
            {
                channel.Arm();
            }
        }

        private uint CurrentValue()
        {
            if(machine.SystemBus.TryGetCurrentCPU(out var cpu))
            {
                cpu.SyncTime();
            }
            return (uint)Value;
        }

        private void UpdateInterrupts()
        {
            var active = flags & (uint)interruptEnable.Value;
            IRQ.Set(active != 0);
            UpdateInterrupt.Set((active & UpdateFlag) != 0);
            CaptureCompareInterrupt.Set((active & ChannelFlags) != 0);
        }

        private void DefineRegisters()
        {
            Registers.Control1.Define(registers)
                .WithFlag(0, valueProviderCallback: _ => started, writeCallback: (_, value) => started = value, name: "CEN")
                .WithFlag(1, out updateDisabled, name: "UDIS")
                .WithFlag(2, out onlyOverflowUpdates, name: "URS")
                .WithFlag(3, valueProviderCallback: _ => Mode == WorkMode.OneShot,
                    writeCallback: (_, value) => Mode = value ? WorkMode.OneShot : WorkMode.Periodic, name: "OPM")
                .WithFlag(4, valueProviderCallback: _ => Direction == Direction.Descending,
                    changeCallback: (_, value) => Direction = value ? Direction.Descending : Direction.Ascending, name: "DIR")
                .WithValueField(5, 2, name: "CMS", writeCallback: (_, value) =>
                    {
                        if(value != 0)
                        {
                            this.Log(LogLevel.Warning, "Centre-aligned counting (CR1.CMS) is not modelled; the counter counts in one direction");
                        }
                    })
                .WithFlag(7, out autoReloadPreloaded, name: "ARPE")
                .WithValueField(8, 2, name: "CKD")
                .WithReservedBits(10, 22)
                .WithWriteCallback((_, __) => UpdateCounting());

            Registers.Control2.Define(registers)
                .WithValueField(0, 15, name: "CCPC to OIS4")
                .WithReservedBits(15, 17);

            Registers.SlaveModeControl.Define(registers)
                .WithValueField(0, 3, name: "SMS", writeCallback: (_, value) =>
                    {
                        if(value != 0)
                        {
                            this.Log(LogLevel.Warning, "Slave modes (SMCR.SMS) are not modelled here; the counter runs on its own clock. Renode has some");
                        }
                    })
                .WithReservedBits(3, 1)
                .WithValueField(4, 12, name: "TS to ETP")
                .WithReservedBits(16, 16);

            Registers.InterruptEnable.Define(registers)
                .WithValueField(0, 15, out interruptEnable, name: "DIER")
                .WithReservedBits(15, 17)
                .WithWriteCallback((_, __) =>
                    {
                        ArmChannels();
                        UpdateInterrupts();
                    });

            Registers.Status.Define(registers)
                .WithValueField(0, 8, valueProviderCallback: _ => flags, writeCallback: (_, value) => flags &= (uint)value, name: "UIF to BIF")
                .WithReservedBits(8, 1)
                .WithValueField(9, 4, valueProviderCallback: _ => overcaptures, writeCallback: (_, value) => overcaptures &= (uint)value, name: "CC1OF to CC4OF")
                .WithReservedBits(13, 19)
                .WithWriteCallback((_, __) => UpdateInterrupts());

            Registers.EventGeneration.Define(registers)
                .WithValueField(0, 8, FieldMode.Write, writeCallback: (_, value) => GenerateEvents((uint)value), name: "UG to BG")
                .WithReservedBits(8, 24);

            Registers.CaptureCompareMode1.Define(registers)
                .WithValueFields(0, 8, 2, writeCallback: (i, _, value) => channels[i].Configure((uint)value), valueProviderCallback: (i, _) => channels[i].Configuration, name: "CC1, CC2")
                .WithReservedBits(16, 16);
            Registers.CaptureCompareMode2.Define(registers)
                .WithValueFields(0, 8, 2, writeCallback: (i, _, value) => channels[i + 2].Configure((uint)value), valueProviderCallback: (i, _) => channels[i + 2].Configuration, name: "CC3, CC4")
                .WithReservedBits(16, 16);

            Registers.CaptureCompareEnable.Define(registers)
                .WithValueFields(0, 4, 4, writeCallback: (i, _, value) => channels[i].Enable((uint)value), valueProviderCallback: (i, _) => channels[i].Enabling, name: "CC")
                .WithReservedBits(16, 16);

            Registers.Counter.Define(registers)
                .WithValueField(0, width, valueProviderCallback: _ => CurrentValue(), writeCallback: (_, value) =>
                    {
                        Value = Math.Min(value, initialLimit);
                        ArmChannels();
                    }, name: "CNT");

            Registers.Prescaler.Define(registers)
                .WithValueField(0, 16, valueProviderCallback: _ => Divider - 1, writeCallback: (_, value) =>
                    {
                        Divider = value + 1;
                        ArmChannels();
                    }, name: "PSC")
                .WithReservedBits(16, 16);

            Registers.AutoReload.Define(registers, initialLimit)
                .WithValueField(0, width, valueProviderCallback: _ => autoReload, writeCallback: (_, value) =>
                    {
                        autoReload = (uint)value;
                        if(!autoReloadPreloaded.Value)
                        {
                            ApplyAutoReload();
                        }
                        UpdateCounting();
                    }, name: "ARR");

            Registers.Repetition.Define(registers)
                .WithValueField(0, 8, out repetitions, name: "RCR")
                .WithReservedBits(8, 24);

            for(var i = 0; i < ChannelCount; i++)
            {
                var channel = channels[i];
                ((Registers)((int)Registers.CaptureCompare1 + 4 * i)).Define(registers)
                    .WithValueField(0, width, valueProviderCallback: _ => channel.Read(), writeCallback: (_, value) => channel.Write((uint)value), name: "CCR");
            }

            Registers.BreakAndDeadTime.Define(registers)
                .WithValueField(0, 16, name: "DTG to MOE")
                .WithReservedBits(16, 16);
            Registers.DmaControl.Define(registers)
                .WithValueField(0, 16, name: "DCR")
                .WithReservedBits(16, 16);
            Registers.DmaAddress.Define(registers)
                .WithTag("DMAR", 0, 32);
            Registers.Option.Define(registers)
                .WithValueField(0, 16, name: "OR")
                .WithReservedBits(16, 16);
        }

        private bool started;
        private uint autoReload;
        private uint flags;
        private uint overcaptures;
        private uint repetitionsLeft;
        private IFlagRegisterField updateDisabled;
        private IFlagRegisterField onlyOverflowUpdates;
        private IFlagRegisterField autoReloadPreloaded;
        private IValueRegisterField interruptEnable;
        private IValueRegisterField repetitions;

        private readonly IMachine machine;
        private readonly uint initialLimit;
        private readonly int width;
        private readonly DoubleWordRegisterCollection registers;
        private readonly Channel[] channels = new Channel[ChannelCount];

        private const int ChannelCount = 4;
        private const int ResetInput = 255;
        private const uint UpdateFlag = 1;
        private const uint ChannelFlags = 0x1E;

        /// <summary>One capture/compare channel. Its timer measures what is left of the period up to the match.</summary>
        private class Channel
        {
            public Channel(STM32_Timer parent, int number)
            {
                this.parent = parent;
                Number = number;
                match = new LimitTimer(parent.machine.ClockSource, parent.Frequency, parent, $"channel {number + 1}", parent.initialLimit,
                    Direction.Ascending, workMode: WorkMode.OneShot, eventEnabled: true, autoUpdate: true);
                match.LimitReached += Match;
            }

            public void Reset()
            {
                match.Reset();
                Configuration = 0;
                Enabling = 0;
                value = 0;
                edges = 0;
                Output.Unset();
            }

            public void Configure(uint configuration)
            {
                var before = Configuration;
                Configuration = configuration;
                if(IsInput)
                {
                    if((configuration & 3) == 3)
                    {
                        parent.Log(LogLevel.Warning, "Channel {0}: capture on TRC is not modelled", Number + 1);
                    }
                    match.Enabled = false;
                    return;
                }
                if(before != configuration)
                {
                    switch(OutputMode)
                    {
                    case OutputMode.ActiveOnMatch:
                    case OutputMode.ForceInactive:
                        Output.Unset();
                        break;
                    case OutputMode.InactiveOnMatch:
                    case OutputMode.ForceActive:
                        Output.Set();
                        break;
                    }
                }
                Arm();
            }

            public void Enable(uint enabling)
            {
                Enabling = enabling;
                if(!OutputEnabled && !IsInput)
                {
                    Output.Unset();
                }
                Arm();
            }

            public void Write(uint newValue)
            {
                if(!IsInput)
                {
                    value = newValue;
                    Arm();
                }
            }

            public uint Read()
            {
                if(IsInput)
                {
                    parent.flags &= ~Flag;
                    parent.UpdateInterrupts();
                }
                return value;
            }

            /// <summary>Sets the timer to the next match, if it comes before the end of the period.</summary>
            public void Arm()
            {
                match.Enabled = false;
                if(IsInput || !parent.Enabled || !(OutputEnabled || InterruptEnabled) || value == 0)
                {
                    return;
                }
                var now = parent.Value;
                var left = parent.Direction == Direction.Ascending ? (long)value - (long)now : (long)now - (long)value;
                if(left <= 0 || value > parent.Limit)
                {
                    return;
                }
                match.Frequency = parent.Frequency;
                match.Divider = parent.Divider;
                match.Limit = (ulong)left;
                match.Enabled = true;
            }

            public void StartOfPeriod()
            {
                if(!IsInput && OutputEnabled && OutputMode >= OutputMode.Pwm1)
                {
                    var before = parent.Direction == Direction.Ascending ? value > 0 : value >= parent.Limit;
                    Output.Set(before ^ (OutputMode == OutputMode.Pwm2));
                }
                Arm();
            }

            public bool SourceOf(int input)
            {
                return (Configuration & 3) switch { 1 => Number == input, 2 => Number == (input ^ 1), _ => false };
            }

            public void Edge(bool level)
            {
                if(level == lastLevel)
                {
                    return;
                }
                lastLevel = level;
                // CCxNP and CCxP: 00 rising, 01 falling, 11 both.
                var both = (Enabling & 0xA) == 0xA;
                if((!both && level == ((Enabling & 2) != 0)) || ++edges < 1 << (int)(Configuration >> 2 & 3))
                {
                    return;
                }
                edges = 0;
                value = parent.CurrentValue();
                if((parent.flags & Flag) != 0)
                {
                    parent.overcaptures |= 1u << Number;
                }
                parent.flags |= Flag;
                parent.UpdateInterrupts();
            }

            public int Number { get; }

            public uint Configuration { get; private set; }

            public uint Enabling { get; private set; }

            public GPIO Output { get; } = new GPIO();

            private void Match()
            {
                if(OutputEnabled)
                {
                    switch(OutputMode)
                    {
                    case OutputMode.ActiveOnMatch:
                        Output.Blink();
                        break;
                    case OutputMode.InactiveOnMatch:
                        Output.Unset();
                        Output.Set();
                        break;
                    case OutputMode.Toggle:
                        Output.Toggle();
                        break;
                    case OutputMode.Pwm1:
                    case OutputMode.Pwm2:
                        var ascending = parent.Direction == Direction.Ascending;
                        Output.Set(ascending == (OutputMode == OutputMode.Pwm2));
                        break;
                    }
                }
                parent.flags |= Flag;
                parent.UpdateInterrupts();
            }

            private uint Flag => 2u << Number;

            private bool IsInput => (Configuration & 3) != 0;

            private bool OutputEnabled => (Enabling & 1) != 0;

            private bool InterruptEnabled => (parent.interruptEnable.Value & Flag) != 0;

            private OutputMode OutputMode => (OutputMode)(Configuration >> 4 & 7);

            private uint value;
            private int edges;
            private bool lastLevel;

            private readonly STM32_Timer parent;
            private readonly LimitTimer match;
        }

        private enum OutputMode
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

        private enum Registers
        {
            Control1 = 0x00,
            Control2 = 0x04,
            SlaveModeControl = 0x08,
            InterruptEnable = 0x0C,
            Status = 0x10,
            EventGeneration = 0x14,
            CaptureCompareMode1 = 0x18,
            CaptureCompareMode2 = 0x1C,
            CaptureCompareEnable = 0x20,
            Counter = 0x24,
            Prescaler = 0x28,
            AutoReload = 0x2C,
            Repetition = 0x30,
            CaptureCompare1 = 0x34,
            BreakAndDeadTime = 0x44,
            DmaControl = 0x48,
            DmaAddress = 0x4C,
            Option = 0x50,
        }
    }
}
