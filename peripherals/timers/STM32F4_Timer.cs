// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Timer (RM0090 chapters 17 to 20): counts up, down and both ways, with prescaler, repetition, one pulse; compares, makes PWM,
    /// captures; is triggered, gated, clocked from outside, reads encoders; tells other timers.
    /// </summary>
    /// <remarks>
    /// GPIO inputs 0 to 3 are the pins CH1 to CH4, 4 is ETR, 5 is BKIN, 8 to 11 are ITR0 to ITR3, 12 to 14 what values 1 to 3 of the option register choose. GPIO outputs 0 to 3 are OC1 to OC4, 4 to 6 are
    /// OC1N to OC3N. Without clock nothing counts, reads give 0 and writes are dropped; the count goes on with the clock.
    /// What nobody watches is counted when the guest looks; a pin that is connected to nothing shows its level of then.
    /// The first edge of an oscillator at a channel comes a period after the channel is enabled.
    /// We choose: no dead time; CCxE, CCxNE and OCxM are not preloaded by CCPC; an update while UDIS is set leaves the repetition
    /// counter alone; LOCK is stored; the fast enable OCxFE and the master/slave delay MSM change nothing.
    /// </remarks>
    public partial class STM32F4_Timer : GatedRegisterBlock, IWordPeripheral, IBytePeripheral, IHasFrequency, IGPIOReceiver, INumberedGPIOOutput, IHeldByDebugger, IPinFunctions, IHearsTriggers
    {
        /// <summary>Creates the timer, clocked by HSI until the clock controller says otherwise.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="kind">Which of the chip's kinds of timer it is.</param>
        /// <param name="option">Which option register it has, if any.</param>
        /// <param name="rcc">Clock controller of the chip, whose oscillators an option register can choose; may be left out.</param>
        public STM32F4_Timer(IMachine machine, TimerKind kind, TimerOption option = TimerOption.None, STM32F4_RCC rcc = null)
            : base(machine, "TIM", typeof(Registers), "its clock in RCC_APBxENR is off", null, _ => TimerFacts.Of(kind, option).Registers)
        {
            if(!Enum.IsDefined(typeof(TimerKind), kind))
            {
                throw new ConstructionException($"kind = {kind} is no kind of timer: give one of {string.Join(", ", Enum.GetNames(typeof(TimerKind)))}");
            }
            var has = TimerFacts.Of(kind, option);
            if((option == TimerOption.TIM11) != (kind == TimerKind.OneChannel) && option != TimerOption.None || (option == TimerOption.TIM2 || option == TimerOption.TIM5) && has.Channels < 4)
            {
                throw new ConstructionException($"option = {option}: a timer of kind {kind} has no such option register");
            }
            this.kind = kind;
            this.option = option;
            this.rcc = rcc;
            widest = has.IsWide ? uint.MaxValue : 0xFFFF;
            channels = Enumerable.Range(0, has.Channels).Select(x => new TimerChannel(x)).ToArray();
            inputs = Enumerable.Range(0, FirstOther + 1).Select(_ => new TimerInput()).ToArray();
            Connections = channels.ToDictionary(x => x.Number, x => (IGPIO)x.Output)
                .Concat(channels.Take(IsAdvanced ? 3 : 0).ToDictionary(x => FirstOther + x.Number, x => (IGPIO)x.Complement)).ToDictionary(x => x.Key, x => x.Value);
            var channelRequests = new[] { Channel1DMA, Channel2DMA, Channel3DMA, Channel4DMA };
            dmaRequests = new Dictionary<uint, GPIO> { { UpdateFlag, UpdateDMA }, { CommutationFlag, CommutationDMA }, { TriggerFlag, TriggerDMA } };
            foreach(var channel in channels)
            {
                dmaRequests.Add(FlagOf(channel), channelRequests[channel.Number]);
            }
            clock = new LimitTimer(machine.ClockSource, ResetFrequency, this, "clock", LongestWait, Direction.Ascending, enabled: false, eventEnabled: true);
            clock.LimitReached += HandleLimit;
            oscillatorCaptures = option == TimerOption.TIM5 ? new[] { new OscillatorCapture(this, channels[3], 1), new OscillatorCapture(this, channels[2], 2) }
                : option == TimerOption.TIM11 ? new[] { new OscillatorCapture(this, channels[0], 1) } : Array.Empty<OscillatorCapture>();
            DefineRegisters();
            DefineOptionRegister();
            ResetState();
            if(rcc != null && oscillatorCaptures.Length > 0)
            {
                rcc.ClocksChanged += FollowOscillator;
            }
        }

        /// <inheritdoc/>
        public ushort ReadWord(long offset) => (ushort)(ReadDoubleWord(offset & ~3) >> (int)(8 * (offset & 2)));

        /// <inheritdoc/>
        public void WriteWord(long offset, ushort value) => WritePart(offset, value, 0xFFFF);

        /// <inheritdoc/>
        public byte ReadByte(long offset) => (byte)(ReadDoubleWord(offset & ~3) >> (int)(8 * (offset & 3)));

        /// <inheritdoc/>
        public void WriteByte(long offset, byte value) => WritePart(offset, value, 0xFF);

        /// <summary>A pin or an internal trigger changes.</summary>
        /// <param name="number">0 to 3 for CH1 to CH4, 4 for ETR, 5 for BKIN, 8 to 11 for ITR0 to ITR3, 12 to 14 for what the option register chooses.</param>
        /// <param name="value">Its level now.</param>
        public void OnGPIO(int number, bool value)
        {
            VirtualClock.Synchronize(machine);
            CatchUp();
            var (input, level) = Choose(number, value);
            DriveInput(input, level);
            Settle();
        }

        /// <inheritdoc/>
        public override void Reset()
        {
            base.Reset();
            ResetState();
        }

        /// <summary>Clock of the timer in Hz, above 0.</summary>
        public ulong Frequency
        {
            get => clock.Frequency;
            set
            {
                CatchUp();
                clock.Frequency = Math.Max(1, value);
            }
        }

        /// <inheritdoc/>
        [HideInMonitor]
        public bool IsHeldByDebugger
        {
            get => isHeldByDebugger;
            set
            {
                CatchUp();
                isHeldByDebugger = value;
                Schedule();
            }
        }

        /// <summary>OC1 to OC4 and OC1N to OC3N.</summary>
        public IReadOnlyDictionary<int, IGPIO> Connections { get; }

        /// <summary>The timer's only interrupt; for TIM1 and TIM8 all of the others together.</summary>
        [DefaultInterrupt]
        public GPIO IRQ { get; } = new GPIO();

        /// <summary>TIMx_BRK of TIM1 and TIM8.</summary>
        public GPIO BreakInterrupt { get; } = new GPIO();

        /// <summary>TIMx_UP of TIM1 and TIM8.</summary>
        public GPIO UpdateInterrupt { get; } = new GPIO();

        /// <summary>TIMx_TRG_COM of TIM1 and TIM8.</summary>
        public GPIO TriggerAndCommutationInterrupt { get; } = new GPIO();

        /// <summary>TIMx_CC of TIM1 and TIM8.</summary>
        public GPIO CaptureCompareInterrupt { get; } = new GPIO();

        /// <summary>TRGO, and OC1 of a timer of one channel: for other timers and converters.</summary>
        public GPIO TriggerOutput { get; } = new GPIO();

        /// <summary>
        /// DMA request of the update event, TIMx_UP, enabled by DIER.UDE. It and the other ones rise at each event, and fall just before the next or when the
        /// request is disabled.
        /// </summary>
        public GPIO UpdateDMA { get; } = new GPIO();

        /// <summary>TIMx_CH1.</summary>
        public GPIO Channel1DMA { get; } = new GPIO();

        /// <summary>TIMx_CH2.</summary>
        public GPIO Channel2DMA { get; } = new GPIO();

        /// <summary>TIMx_CH3.</summary>
        public GPIO Channel3DMA { get; } = new GPIO();

        /// <summary>TIMx_CH4.</summary>
        public GPIO Channel4DMA { get; } = new GPIO();

        /// <summary>TIMx_COM of TIM1 and TIM8.</summary>
        public GPIO CommutationDMA { get; } = new GPIO();

        /// <summary>TIMx_TRIG.</summary>
        public GPIO TriggerDMA { get; } = new GPIO();

        /// <summary>The counter, as it is now.</summary>
        public uint Counter
        {
            get
            {
                CatchUp();
                Schedule();
                return counter;
            }
        }

        private protected override uint ReadRegister(long offset)
        {
            CatchUp();
            var result = base.ReadRegister(offset);
            // Firmware that polls a flag asks a million times a second, and mostly nothing has happened.
            if(needsSettling || offset != (long)Registers.SR)
            {
                Settle();
            }
            return result;
        }

        private protected override void WriteRegister(long offset, uint value)
        {
            // A clock that is started starts here.
            VirtualClock.Synchronize(machine);
            CatchUp();
            base.WriteRegister(offset, value);
            Settle();
        }

        private protected override void HandleClockChanging()
        {
            VirtualClock.Synchronize(machine);
            CatchUp();
        }

        private protected override void HandleClockChanged()
        {
            Schedule();
            if(Slave != SlaveMode.None)
            {
                TellTriggerSources();
            }
        }

        private void WritePart(long offset, uint value, uint mask)
        {
            var register = offset & ~3;
            var shift = (int)(8 * (offset & 3));
            CatchUp();
            // Flags are cleared by zeros, events made by ones; what else is there stays.
            var rest = register == (long)Registers.SR ? uint.MaxValue : register == (long)Registers.EGR ? 0 : Peek(register);
            WriteDoubleWord(register, (rest & ~(mask << shift)) | (value << shift));
        }

        /// <summary>What a register holds, without what reading it does.</summary>
        private uint Peek(long register)
        {
            if(register >= (long)Registers.CCR1 && register <= (long)Registers.CCR4)
            {
                var number = (int)(register - (long)Registers.CCR1) / 4;
                return number < channels.Length ? channels[number].Value : 0;
            }
            return register == (long)Registers.DMAR ? 0 : base.ReadRegister(register);
        }

        private void ResetState()
        {
            clock.Enabled = false;
            enabled = false;
            isDown = false;
            counter = 0;
            prescaler = 0;
            prescalerCount = 0;
            repetitionsLeft = 0;
            autoReload = widest;
            activeReload = widest;
            flags = 0;
            burstIndex = 0;
            burstRequest = 0;
            DropRequests(AllRequests);
            externalEdges = 0;
            externalTrigger = false;
            triggerLevel = false;
            breakInput = false;
            foreach(var channel in channels)
            {
                channel.Reset();
            }
            foreach(var input in inputs)
            {
                input.Reset();
            }
            if(option != TimerOption.None)
            {
                Reconnect();
            }
            Settle();
        }

        private bool IsAdvanced => kind == TimerKind.Advanced;

        private bool enabled;
        private bool isHeldByDebugger;
        private bool isDown;
        // Something has happened since lines and clock were brought to what the registers say.
        private bool needsSettling;
        private uint counter;
        private ulong prescaler;
        private ulong prescalerCount;
        private ulong repetitionsLeft;
        private uint autoReload;
        private uint activeReload;
        private uint flags;
        private uint burstIndex;
        private uint burstRequest;
        private int externalEdges;
        private bool externalTrigger;
        private bool triggerLevel;
        private bool breakInput;
        private bool breakLevel;
        private ulong position;
        private ulong now;

        private readonly bool[] pins = new bool[FirstOther];
        private readonly bool[] internalTriggers = new bool[InternalTriggers];
        private readonly TimerKind kind;
        private readonly uint widest;
        private readonly TimerChannel[] channels;
        private readonly TimerInput[] inputs;
        // By the event's bit in SR.
        private readonly Dictionary<uint, GPIO> dmaRequests;
        private readonly LimitTimer clock;

        private const ulong ResetFrequency = 16000000;
    }
}
