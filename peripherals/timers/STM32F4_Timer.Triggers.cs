// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Core;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>What comes in and goes out: capture, slave and master modes, encoder, break (RM0090 17.3.5 to 17.3.21).</content>
    public partial class STM32F4_Timer
    {
        private void DriveInput(int number, bool level)
        {
            switch(number)
            {
            case int pin when pin < FirstOther:
                pins[pin] = level;
                // TI1S joins the first three.
                var isJoined = joinsInputs.Value && pin < 3;
                var input = isJoined ? 0 : pin;
                Filter(input, isJoined ? pins[0] ^ pins[1] ^ pins[2] : level, input < channels.Length ? channels[input].Filter : 0);
                break;
            case ExternalTriggerPin:
                Filter(number, level != externalPolarity.Value, externalFilter.Value);
                break;
            case BreakPin:
                breakLevel = level;
                UpdateBreak();
                break;
            case int trigger when trigger >= FirstInternalTrigger && trigger < FirstInternalTrigger + InternalTriggers:
                internalTriggers[trigger - FirstInternalTrigger] = level;
                if(triggerSelection.Value == (uint)(trigger - FirstInternalTrigger))
                {
                    SetTrigger(level);
                }
                break;
            }
        }

        private void Filter(int input, bool level, ulong filter)
        {
            if(inputs[input].Drive(level, now, TimerInput.DelayOf((uint)filter, 1UL << (int)clockDivision.Value)))
            {
                HandleInput(input, level);
            }
        }

        /// <summary>The timer sees another level at TI1 to TI4 or ETR.</summary>
        private void HandleInput(int number, bool level)
        {
            if(number == ExternalTriggerPin)
            {
                HandleExternalTrigger(level);
                return;
            }
            foreach(var channel in channels.Where(x => (x.Selection == 1 && x.Number == number) || (x.Selection == 2 && x.Number == (number ^ 1))))
            {
                if(channel.Captures(level))
                {
                    Capture(channel);
                }
            }
            if(number < 2 && Slave >= SlaveMode.EncoderOnSecond && Slave <= SlaveMode.EncoderOnBoth)
            {
                CountEncoder(number);
            }
            switch((TriggerSource)triggerSelection.Value)
            {
            case TriggerSource.FirstInputEdges when number == 0:
                SetTrigger(true);
                SetTrigger(false);
                break;
            case TriggerSource.FirstInput when number == 0:
            case TriggerSource.SecondInput when number == 1:
                if(channels[number].IsBothEdges)
                {
                    SetTrigger(true);
                    SetTrigger(false);
                }
                else
                {
                    SetTrigger(level != channels[number].IsInverted);
                }
                break;
            }
        }

        private void HandleExternalTrigger(bool level)
        {
            if(level && ++externalEdges < 1 << (int)externalPrescaler.Value)
            {
                return;
            }
            if(level)
            {
                externalEdges = 0;
            }
            externalTrigger = level;
            if(level && externalClock2.Value)
            {
                Count();
            }
            if((TriggerSource)triggerSelection.Value == TriggerSource.External)
            {
                SetTrigger(level);
            }
        }

        private void CountEncoder(int number)
        {
            var counts = Slave == SlaveMode.EncoderOnBoth || (Slave == SlaveMode.EncoderOnSecond) == (number == 1);
            if(!counts)
            {
                return;
            }
            var first = inputs[0].Level != channels[0].IsInverted;
            var second = inputs[1].Level != channels[1].IsInverted;
            // RM0090 table 79: up while TI1 leads TI2.
            isDown = number == 0 ? first == second : first != second;
            Count();
        }

        /// <summary>TRGI has this level now.</summary>
        private void SetTrigger(bool level)
        {
            if(triggerLevel == level)
            {
                return;
            }
            triggerLevel = level;
            if(Slave == SlaveMode.Gated)
            {
                flags |= TriggerFlag;
                Request(TriggerFlag);
                return;
            }
            if(!level)
            {
                return;
            }
            foreach(var channel in channels.Where(x => x.Selection == 3 && triggerSelection.Value <= (uint)TriggerSource.FirstInputEdges))
            {
                if(channel.Captures(!channel.IsInverted))
                {
                    Capture(channel);
                }
            }
            switch(Slave)
            {
            case SlaveMode.Reset:
                StartOver();
                break;
            case SlaveMode.Trigger:
                enabled = true;
                break;
            case SlaveMode.ExternalClock1:
                Count();
                break;
            default:
                return;
            }
            flags |= TriggerFlag;
            Request(TriggerFlag);
        }

        private void Capture(TimerChannel channel)
        {
            channel.Capture(counter);
            if((flags & FlagOf(channel)) != 0)
            {
                flags |= FlagOf(channel) << OvercaptureShift;
            }
            flags |= FlagOf(channel);
            Request(FlagOf(channel));
        }

        /// <summary>The inputs are selected anew: TRGI has the level of what it comes from now.</summary>
        private void SelectTrigger()
        {
            switch((TriggerSource)triggerSelection.Value)
            {
            case TriggerSource.FirstInputEdges:
                triggerLevel = false;
                break;
            case TriggerSource.FirstInput:
                triggerLevel = channels.Length > 0 && inputs[0].Level != channels[0].IsInverted;
                break;
            case TriggerSource.SecondInput:
                triggerLevel = channels.Length > 1 && inputs[1].Level != channels[1].IsInverted;
                break;
            case TriggerSource.External:
                triggerLevel = externalTrigger;
                break;
            default:
                triggerLevel = internalTriggers[triggerSelection.Value];
                break;
            }
        }

        private void UpdateBreak()
        {
            breakInput = IsAdvanced && breakEnabled.Value && breakLevel == breakPolarity.Value;
            if(breakInput)
            {
                Break();
            }
        }

        private void Break()
        {
            mainOutput.Value = false;
            flags |= BreakFlag;
        }

        private void GenerateEvents(uint events)
        {
            if((events & UpdateFlag) != 0)
            {
                StartOver();
            }
            foreach(var channel in channels.Where(x => (events & FlagOf(x)) != 0))
            {
                if(channel.IsInput)
                {
                    Capture(channel);
                }
                else
                {
                    flags |= FlagOf(channel);
                    Request(FlagOf(channel));
                }
            }
            if((events & CommutationFlag) != 0)
            {
                flags |= CommutationFlag;
                Request(CommutationFlag);
            }
            if((events & TriggerFlag) != 0)
            {
                flags |= TriggerFlag;
                Request(TriggerFlag);
            }
            if((events & BreakFlag) != 0)
            {
                Break();
            }
        }

        /// <summary>Does this timer act on ITRx now?</summary>
        /// <param name="input">Number of the GPIO input.</param>
        bool IHearsTriggers.Hears(int input)
        {
            return ClockEnabled && input == FirstInternalTrigger + (int)triggerSelection.Value && (Slave != SlaveMode.None || channels.Any(x => x.Selection == 3));
        }

        /// <summary>Is a trigger or a channel of this timer connected with the receiver?</summary>
        internal bool IsConnectedWith(IGPIOReceiver receiver)
        {
            return TriggerOutput.Endpoints.Any(x => x.Receiver == receiver) || Connections.Values.Any(x => x.Endpoints.Any(y => y.Receiver == receiver));
        }

        /// <summary>Receivers may hear more, or less, from now on.</summary>
        internal void HandleListeners()
        {
            CatchUp();
            Settle();
        }

        /// <summary>Others may have to tell this timer more, or less, than before.</summary>
        private void TellTriggerSources() => TriggerLines.TellSources(machine, this);

        /// <summary>An event that CR2.MMS may pass on as a pulse.</summary>
        private void Trigger(MasterMode mode)
        {
            if((MasterMode)masterMode.Value == mode && IsTriggerHeard)
            {
                TriggerOutput.Set();
                TriggerOutput.Unset();
            }
        }

        private void UpdateTriggerLevel()
        {
            switch((MasterMode)masterMode.Value)
            {
            case MasterMode.Enable:
                TriggerOutput.Set(enabled);
                break;
            case MasterMode.Reference1:
            case MasterMode.Reference2:
            case MasterMode.Reference3:
            case MasterMode.Reference4:
                var number = (int)masterMode.Value - (int)MasterMode.Reference1;
                TriggerOutput.Set(number < channels.Length && channels[number].Reference);
                break;
            default:
                // Timers of one channel have its reference as their trigger.
                if(channels.Length == 1)
                {
                    TriggerOutput.Set(channels[0].Reference);
                }
                break;
            }
        }

        /// <summary>A DMA request, if DIER has it enabled.</summary>
        private void Request(uint flag)
        {
            if((interruptEnables.Value >> FirstRequest & flag) != 0)
            {
                burstRequest = flag;
                dmaRequests[flag].Unset();
                dmaRequests[flag].Set();
            }
        }

        private void DropRequests(uint requests)
        {
            foreach(var request in dmaRequests.Where(x => (x.Key & requests) != 0))
            {
                request.Value.Unset();
            }
        }

        private void UpdateInterrupts()
        {
            var active = flags & (uint)interruptEnables.Value & AllFlags;
            IRQ.Set(active != 0);
            UpdateInterrupt.Set((active & UpdateFlag) != 0);
            CaptureCompareInterrupt.Set((active & ChannelFlags) != 0);
            TriggerAndCommutationInterrupt.Set((active & (TriggerFlag | CommutationFlag)) != 0);
            BreakInterrupt.Set((active & BreakFlag) != 0);
        }

        private static uint FlagOf(TimerChannel channel) => 2u << channel.Number;

        // Off-state of the outputs (BDTR.OSSI), and CR2.OISx, OISxN.
        private uint? IdleOf(TimerChannel channel) => IsAdvanced && offStateIdle.Value ? (uint)(idleStates.Value >> (2 * channel.Number)) & 3 : (uint?)null;

        private bool IsTriggerHeard => TriggerOutput.IsHeard();

        private SlaveMode Slave => (SlaveMode)slaveMode.Value;

        private const uint UpdateFlag = 1;
        private const uint ChannelFlags = 0x1E;
        private const uint CommutationFlag = 1 << 5;
        private const uint TriggerFlag = 1 << 6;
        private const uint BreakFlag = 1 << 7;
        private const uint AllFlags = 0xFF;
        private const int OvercaptureShift = 8;
        private const int FirstRequest = 8;
        private const uint AllRequests = uint.MaxValue;

        private const int FirstOther = 4;
        private const int ExternalTriggerPin = 4;
        private const int BreakPin = 5;
        private const int FirstInternalTrigger = 8;
        private const int InternalTriggers = 4;

        private enum SlaveMode
        {
            None,
            EncoderOnSecond,
            EncoderOnFirst,
            EncoderOnBoth,
            Reset,
            Gated,
            Trigger,
            ExternalClock1,
        }

        private enum TriggerSource : uint
        {
            Internal0,
            Internal1,
            Internal2,
            Internal3,
            FirstInputEdges,
            FirstInput,
            SecondInput,
            External,
        }

        private enum MasterMode
        {
            Reset,
            Enable,
            Update,
            ComparePulse,
            Reference1,
            Reference2,
            Reference3,
            Reference4,
        }
    }
}
