// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Groups and their conversions (RM0090 13.3 to 13.8).</content>
    public partial class STM32F4_ADC
    {
        /// <summary>Is there anything between now and the next look of the guest that others notice: an interrupt, a DMA request?</summary>
        internal bool NeedsEvents => endInterrupt.Value || injectedInterrupt.Value || watchdogInterrupt.Value || overrunInterrupt.Value || dmaEnabled.Value || common.UsesCommonDma(this);

        /// <summary>Does each conversion count, so that none can be left out?</summary>
        internal bool NeedsEachConversion => NeedsEvents || current == Group.Waiting || discontinuous.Value || injectedDiscontinuous.Value || (injectedPending > 0 && !autoInjection.Value)
            || regularPending == 0 || ((regularWatchdog.Value || injectedWatchdog.Value) && (status & WatchdogFlag) == 0 && VariesAnywhere);

        /// <summary>Cycles of PCLK2 from one round of conversions to the next, if they go on for ever; else 0.</summary>
        internal ulong Period
        {
            get
            {
                if(!continuous.Value || discontinuous.Value)
                {
                    return 0;
                }
                var result = 0ul;
                for(var i = 0; i < RegularLength; i++)
                {
                    result += CyclesOf(RegularChannel(i));
                }
                for(var i = 0; autoInjection.Value && i < InjectedLength; i++)
                {
                    result += CyclesOf(InjectedChannel(i));
                }
                return result;
            }
        }

        /// <summary>When the present conversion ends, or begins: by the clock of the common block. <see cref="Never"/> if there is none.</summary>
        internal ulong Due => due;

        /// <summary>What CSR shows.</summary>
        internal uint Status => status;

        internal int Number { get; }

        internal bool HasInterrupt => ((status & EndFlag) != 0 && endInterrupt.Value) || ((status & InjectedEndFlag) != 0 && injectedInterrupt.Value)
            || ((status & WatchdogFlag) != 0 && watchdogInterrupt.Value) || ((status & OverrunFlag) != 0 && overrunInterrupt.Value);

        /// <summary>Does DMA have to fetch a conversion?</summary>
        internal bool RequestsDma => dmaEnabled.Value && dataWaits && !requestsEnded && (status & OverrunFlag) == 0;

        /// <summary>Cycles of ADCCLK that the first regular channel is sampled.</summary>
        internal ulong SamplingCycles => SamplingOf(RegularChannel(0));

        /// <summary>Would a change at a trigger start something?</summary>
        internal bool Hears(int input)
        {
            return isOn && ClockEnabled && (input < STM32F4_ADCCommon.FirstInjectedTrigger ? triggerEdges.Value != 0 && (int)triggerSelection.Value == input
                : injectedTriggerEdges.Value != 0 && (int)injectedTriggerSelection.Value == input - STM32F4_ADCCommon.FirstInjectedTrigger);
        }

        /// <summary>Does this change of a trigger start something?</summary>
        internal bool IsTriggeredBy(int input, bool level)
        {
            return Hears(input) && ((input < STM32F4_ADCCommon.FirstInjectedTrigger ? triggerEdges : injectedTriggerEdges).Value & (level ? 1u : 2u)) != 0;
        }

        /// <summary>A trigger has come, for this ADC and those that go with it.</summary>
        internal void Start(bool isInjected) => common.StartGroup(this, isInjected);

        /// <summary>Starts a group of this ADC alone.</summary>
        /// <param name="isInjected">Which one.</param>
        /// <param name="delay">After so many cycles of PCLK2.</param>
        internal void StartGroup(bool isInjected, ulong delay)
        {
            if(!isOn || !ClockEnabled)
            {
                return;
            }
            if(isInjected)
            {
                StartInjected();
                return;
            }
            // After an overrun, the flag has to be cleared first (13.8.1).
            if(regularPending > 0 || (status & OverrunFlag) != 0)
            {
                return;
            }
            status |= StartFlag;
            regularRank = regularRank < RegularLength ? regularRank : 0;
            regularPending = discontinuous.Value ? Math.Min((int)discontinuousCount.Value + 1, RegularLength - regularRank) : RegularLength;
            if(current != Group.None)
            {
                return;
            }
            if(delay == 0)
            {
                Begin();
                return;
            }
            current = Group.Waiting;
            due = common.Now + delay;
        }

        /// <summary>The time has come that <see cref="Due"/> has told.</summary>
        internal void HandleDue()
        {
            var ended = current;
            current = Group.None;
            due = Never;
            if(ended == Group.Regular)
            {
                EndRegular();
            }
            else if(ended == Group.Injected)
            {
                EndInjected();
            }
            Begin();
        }

        /// <summary>Leaves out conversions that nobody sees.</summary>
        internal void Skip(ulong cycles)
        {
            due += cycles;
        }

        /// <summary>The conversion is read: by DR, or by CDR of the common block.</summary>
        internal uint TakeData()
        {
            dataWaits = false;
            status &= ~EndFlag;
            return regularData;
        }

        private void StartInjected()
        {
            if(injectedPending > 0)
            {
                return;
            }
            status |= InjectedStartFlag;
            injectedRank = injectedRank < InjectedLength ? injectedRank : 0;
            injectedPending = injectedDiscontinuous.Value ? 1 : InjectedLength - injectedRank;
            if(current != Group.Injected)
            {
                // A regular conversion is given up and made again afterwards (13.3.9).
                current = Group.None;
                Begin();
            }
        }

        private void Begin()
        {
            var isInjected = injectedPending > 0;
            if(!isInjected && regularPending == 0)
            {
                due = Never;
                return;
            }
            current = isInjected ? Group.Injected : Group.Regular;
            // The guest may have made a group shorter meanwhile.
            injectedRank = injectedRank < InjectedLength ? injectedRank : 0;
            regularRank = regularRank < RegularLength ? regularRank : 0;
            channel = isInjected ? InjectedChannel(injectedRank) : RegularChannel(regularRank);
            due = common.Now + CyclesOf(channel);
            if(channel < FirstInternalChannel)
            {
                // From now on the pin tells before it changes.
                PinOf(channel);
            }
        }

        private void EndRegular()
        {
            var value = Convert(channel, regularWatchdog.Value);
            regularRank++;
            regularPending--;
            var isLast = regularRank >= RegularLength;
            var detectsOverrun = common.UsesCommonDma(this) ? common.DetectsOverrun(this) : dmaEnabled.Value ? !requestsEnded : endAfterEach.Value;
            if(detectsOverrun && dataWaits)
            {
                // What was lost is this one; what was before stays to be read.
                status |= OverrunFlag;
                regularPending = 0;
                regularRank = 0;
                return;
            }
            regularData = Align(value, BitsOf(resolution.Value), isInjected: false);
            dataWaits = true;
            if(isLast || endAfterEach.Value)
            {
                status |= EndFlag;
            }
            common.TakeData(this, regularData);
            if(!isLast)
            {
                return;
            }
            regularRank = 0;
            if(autoInjection.Value)
            {
                StartInjected();
            }
            if(continuous.Value && !discontinuous.Value)
            {
                regularPending = RegularLength;
            }
        }

        private void EndInjected()
        {
            var value = Convert(channel, injectedWatchdog.Value) - (int)offsets[injectedRank].Value;
            injectedData[injectedRank] = Align(value, BitsOf(resolution.Value), isInjected: true);
            injectedRank++;
            injectedPending--;
            if(injectedRank >= InjectedLength)
            {
                injectedRank = 0;
                injectedPending = 0;
                status |= InjectedEndFlag;
            }
        }

        private int Convert(int channel, bool isWatched)
        {
            var bits = BitsOf(resolution.Value);
            var perSecond = (double)common.Frequency;
            var value = Sample(channel, common.SecondsAt(common.Now - Math.Min(common.Now, (ulong)bits * common.Prescaler)), SamplingOf(channel) * common.Prescaler / perSecond) >> (12 - bits);
            if(isWatched && (!watchesOneChannel.Value || (int)watchedChannel.Value == channel))
            {
                // Thresholds are those of 12 bits (13.3.7).
                var full = (uint)value << (12 - bits);
                if(full > highThreshold.Value || full < lowThreshold.Value)
                {
                    status |= WatchdogFlag;
                }
            }
            return value;
        }

        private uint Align(int value, int bits, bool isInjected)
        {
            var shift = !leftAligned.Value ? 0 : bits == 6 ? (isInjected ? 1 : 2) : (isInjected ? 15 : 16) - bits;
            return (uint)(value << shift) & 0xFFFF;
        }

        private void SwitchOnOrOff(bool value)
        {
            if(value == isOn)
            {
                return;
            }
            isOn = value;
            if(isOn)
            {
                onSince = VirtualClock.SecondsNow(machine);
            }
            else
            {
                StopAll();
            }
            if((ReadTriggers() & (3u << 20 | 3u << 28)) != 0)
            {
                TriggerLines.TellSources(machine, common);
            }
        }

        private void StopAll()
        {
            current = Group.None;
            due = Never;
            paused = Never;
            regularPending = 0;
            regularRank = 0;
            injectedPending = 0;
            injectedRank = 0;
            dataWaits = false;
        }

        private static int BitsOf(ulong resolution) => 12 - (2 * (int)resolution);

        private ulong CyclesOf(int channel) => (SamplingOf(channel) + (ulong)BitsOf(resolution.Value)) * common.Prescaler;

        private ulong SamplingOf(int channel) => channel >= ChannelCount ? SamplingTimes[0] : SamplingTimes[samplingSelections[channel].Value];

        private int RegularLength => scan.Value ? (int)regularLength.Value + 1 : 1;

        private int InjectedLength => scan.Value ? (int)injectedLength.Value + 1 : 1;

        private int RegularChannel(int rank) => (int)regularChannels[rank].Value;

        // The last of JSQ1 to JSQ4, as many as there are (13.13.12).
        private int InjectedChannel(int rank) => (int)injectedChannels[3 - (int)injectedLength.Value + rank].Value;

        private bool VariesAnywhere
        {
            get
            {
                for(var i = 0; i < RegularLength; i++)
                {
                    if(Varies(RegularChannel(i)))
                    {
                        return true;
                    }
                }
                for(var i = 0; i < InjectedLength; i++)
                {
                    if(Varies(InjectedChannel(i)))
                    {
                        return true;
                    }
                }
                return false;
            }
        }

        private uint status;
        private bool isOn;
        private Group current;
        private int channel;
        private ulong due = Never;
        // What was left when the clock was switched off.
        private ulong paused = Never;
        private int regularPending;
        private int regularRank;
        private int injectedPending;
        private int injectedRank;
        private uint regularData;
        private bool dataWaits;
        private bool requestsEnded;

        private readonly uint[] injectedData = new uint[InjectedChannels];

        internal const ulong Never = ulong.MaxValue;

        private const uint WatchdogFlag = 1 << 0;
        private const uint EndFlag = 1 << 1;
        private const uint InjectedEndFlag = 1 << 2;
        private const uint InjectedStartFlag = 1 << 3;
        private const uint StartFlag = 1 << 4;
        private const uint OverrunFlag = 1 << 5;

        private static readonly ulong[] SamplingTimes = { 3, 15, 28, 56, 84, 112, 144, 480 };

        private enum Group
        {
            None,
            Regular,
            Injected,
            Waiting,
        }
    }
}
