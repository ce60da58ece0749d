// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Counting: what happens when so many clocks have passed (RM0090 17.3.1 to 17.3.3).</content>
    public partial class STM32F4_Timer
    {
        /// <summary>Counts the clocks that have passed since the last time.</summary>
        private void CatchUp()
        {
            if(!clock.Enabled)
            {
                return;
            }
            VirtualClock.Synchronize(machine);
            var value = clock.Value;
            var elapsed = value - position;
            position = value;
            Pass(elapsed);
        }

        private void HandleLimit()
        {
            var elapsed = clock.Limit - position;
            position = 0;
            Pass(elapsed);
            Settle();
        }

        /// <summary>Brings lines and clock to what the registers say.</summary>
        private void Settle()
        {
            needsSettling = false;
            foreach(var channel in channels)
            {
                channel.Follow(counter, isDown);
            }
            DriveOutputs();
            UpdateInterrupts();
            Schedule();
        }

        private void Schedule()
        {
            foreach(var capture in oscillatorCaptures)
            {
                capture.Update();
            }
            if(!ClockEnabled || !(CountsByItself || inputs.Any(x => x.IsPending)))
            {
                clock.Enabled = false;
                return;
            }
            var limit = position + Math.Min(ClocksToNextNeed(), LongestWait);
            if(clock.Limit != limit)
            {
                clock.Limit = limit;
            }
            if(!clock.Enabled)
            {
                clock.Enabled = true;
            }
        }

        private void Pass(ulong clocks)
        {
            now += clocks;
            var steps = 0;
            while(clocks > 0 && CountsByItself)
            {
                var divider = prescaler + 1UL;
                var counts = CountsToNextEvent();
                // Both are far below 2^64.
                var needed = counts == Never ? Never : (counts * divider) - prescalerCount;
                if(needed > clocks)
                {
                    var total = prescalerCount + clocks;
                    prescalerCount = total % divider;
                    if(counts != Never)
                    {
                        Move(total / divider);
                    }
                    break;
                }
                clocks -= needed;
                prescalerCount = 0;
                needsSettling = true;
                Step(counts);
                if(++steps == StepsBeforeSkipping)
                {
                    steps = 0;
                    clocks = SkipPeriods(clocks);
                }
            }
            for(var i = 0; i < inputs.Length; i++)
            {
                if(inputs[i].Settle(now))
                {
                    needsSettling = true;
                    HandleInput(i, inputs[i].Level);
                }
            }
        }

        /// <summary>Periods of which each is as the one before need not be counted one by one.</summary>
        private ulong SkipPeriods(ulong clocks)
        {
            var divider = prescaler + 1UL;
            if(activeReload == 0 || counter > activeReload || activeReload != autoReload || prescaler != prescalerValue.Value || onePulse.Value
                || channels.Any(x => !x.IsInput && x.Active != x.Value))
            {
                return clocks;
            }
            var period = (IsCentered ? 2UL * activeReload : activeReload + 1UL) * divider;
            var periods = clocks / period;
            if(periods == 0)
            {
                return clocks;
            }
            if(!updateDisabled.Value)
            {
                var updates = periods * (IsCentered ? 2UL : 1);
                if(updates > repetitionsLeft)
                {
                    flags |= UpdateFlag;
                }
                var cycle = repetitions.Value + 1;
                repetitionsLeft = (repetitionsLeft + cycle - (updates % cycle)) % cycle;
            }
            foreach(var channel in channels.Where(x => !x.IsInput && x.OutputMode == TimerOutputMode.Toggle && periods % 2 == 1))
            {
                var matches = IsCentered && channel.Active > 0 && channel.Active < activeReload ? 2 : 1;
                channel.Reference ^= matches % 2 == 1;
            }
            return clocks % period;
        }

        /// <summary>Counts up to the next limit of the counter or value that a channel compares with; <see cref="Never"/> if the counter stands.</summary>
        private ulong CountsToNextEvent()
        {
            var result = CountsToBoundary();
            if(result == Never)
            {
                return Never;
            }
            foreach(var channel in channels)
            {
                result = Math.Min(result, CountsToMatch(channel));
            }
            return result;
        }

        private ulong CountsToBoundary()
        {
            if(activeReload == 0)
            {
                return Never;
            }
            if(isDown)
            {
                return IsCentered ? Math.Max(counter, 1UL) : counter + 1UL;
            }
            if(counter > activeReload || (IsCentered && counter == activeReload))
            {
                // Past the limit, the counter goes on to the end of its bits.
                return IsCentered ? 1 : widest - (ulong)counter + 1;
            }
            return IsCentered ? activeReload - counter : activeReload - (ulong)counter + 1;
        }

        private ulong CountsToMatch(TimerChannel channel)
        {
            if(channel.IsInput)
            {
                return Never;
            }
            var value = channel.Active;
            if(isDown)
            {
                return value < counter ? counter - value : Never;
            }
            return value > counter ? value - counter : Never;
        }

        private void Move(ulong counts)
        {
            counter = isDown ? counter - (uint)counts : counter + (uint)counts;
        }

        /// <summary>Counts to the next event and lets it happen.</summary>
        private void Step(ulong counts)
        {
            if(counts < CountsToBoundary())
            {
                Move(counts);
                CompareAll();
                return;
            }
            var wrapped = true;
            if(IsCentered)
            {
                // Counts 0 to ARR, then back (RM0090 17.3.2).
                isDown = !isDown;
                counter = isDown ? activeReload : 0;
            }
            else if(isDown)
            {
                counter = activeReload;
            }
            else
            {
                wrapped = counter <= activeReload;
                counter = 0;
            }
            if(wrapped)
            {
                foreach(var channel in channels.Where(x => !x.IsInput && x.Active > activeReload))
                {
                    // What is never reached counts as reached at the end (RM0090 18.4.5, CC1IF).
                    SetMatch(channel);
                }
                Overflow();
            }
            CompareAll();
        }

        private void Overflow()
        {
            if(updateDisabled.Value)
            {
                return;
            }
            if(repetitionsLeft > 0)
            {
                repetitionsLeft--;
                return;
            }
            Update(byOverflow: true);
            if(isDown && !IsCentered)
            {
                counter = activeReload;
            }
        }

        /// <summary>The update event UEV.</summary>
        private void Update(bool byOverflow)
        {
            repetitionsLeft = repetitions.Value;
            activeReload = autoReload;
            prescaler = prescalerValue.Value;
            foreach(var channel in channels)
            {
                channel.LoadPreload();
            }
            if(byOverflow || !overflowUpdatesOnly.Value)
            {
                flags |= UpdateFlag;
                Request(UpdateFlag);
            }
            if(requestsAtUpdate.Value)
            {
                foreach(var channel in channels.Where(x => (flags & FlagOf(x)) != 0))
                {
                    Request(FlagOf(channel));
                }
            }
            if(automaticOutput.Value && !breakInput)
            {
                mainOutput.Value = true;
            }
            if(onePulse.Value)
            {
                enabled = false;
            }
            Trigger(MasterMode.Update);
        }

        /// <summary>Starts the counter over: EGR.UG, or a slave mode.</summary>
        private void StartOver()
        {
            prescalerCount = 0;
            if(IsCentered)
            {
                isDown = false;
            }
            if(!updateDisabled.Value)
            {
                Update(byOverflow: false);
            }
            counter = isDown ? activeReload : 0;
            Trigger(MasterMode.Reset);
            CompareAll();
        }

        /// <summary>A count from outside: external clock or encoder.</summary>
        private void Count()
        {
            if(!enabled || isHeldByDebugger || ++prescalerCount <= prescaler)
            {
                return;
            }
            prescalerCount = 0;
            var counts = CountsToNextEvent();
            if(counts == 1)
            {
                Step(1);
            }
            else if(counts != Never)
            {
                Move(1);
            }
        }

        private void CompareAll()
        {
            foreach(var channel in channels)
            {
                if(!channel.IsInput && channel.Active == counter)
                {
                    SetMatch(channel);
                }
                channel.Follow(counter, isDown);
            }
            DriveOutputs();
        }

        private void SetMatch(TimerChannel channel)
        {
            channel.Match();
            // In centre-aligned modes 1 and 2 only one direction sets the flag.
            if(!IsCentered || alignment.Value == 3 || isDown == (alignment.Value == 1))
            {
                flags |= FlagOf(channel);
                if(!requestsAtUpdate.Value)
                {
                    Request(FlagOf(channel));
                }
                if(channel.Number == 0)
                {
                    Trigger(MasterMode.ComparePulse);
                }
            }
        }

        private void DriveOutputs()
        {
            foreach(var channel in channels)
            {
                channel.Drive(!IsAdvanced || mainOutput.Value, IdleOf(channel), IsAdvanced && offStateRun.Value, externalTrigger);
            }
            UpdateTriggerLevel();
            TellPins();
        }

        /// <summary>Clocks until something happens that anybody would notice before the guest looks at a register.</summary>
        private ulong ClocksToNextNeed()
        {
            var result = Never;
            foreach(var input in inputs.Where(x => x.IsPending))
            {
                result = Math.Min(result, input.Due > now ? input.Due - now : 1);
            }
            if(!CountsByItself)
            {
                return result;
            }
            var wanted = interruptEnables.Value | (interruptEnables.Value >> FirstRequest);
            var mode = (MasterMode)masterMode.Value;
            var boundary = CountsToBoundary();
            if(boundary == Never)
            {
                return result;
            }
            var counts = Never;
            var isTriggerHeard = (mode != MasterMode.Reset || channels.Length == 1) && IsTriggerHeard;
            var isBoundaryNeeded = (wanted & UpdateFlag) != 0 || (automaticOutput.Value && !mainOutput.Value)
                || (isTriggerHeard && (mode == MasterMode.Update || (onePulse.Value && mode == MasterMode.Enable)));
            foreach(var channel in channels.Where(x => !x.IsInput))
            {
                var isFollowed = channel.ChangesPins || (isTriggerHeard && (mode == MasterMode.Reference1 + channel.Number || channels.Length == 1));
                if(!isFollowed && (wanted & FlagOf(channel)) == 0 && !(isTriggerHeard && mode == MasterMode.ComparePulse && channel.Number == 0))
                {
                    continue;
                }
                isBoundaryNeeded = true;
                counts = Math.Min(counts, CountsToMatch(channel));
            }
            if(isBoundaryNeeded)
            {
                counts = Math.Min(counts, boundary);
            }
            return counts == Never ? result : Math.Min(result, (counts * (prescaler + 1UL)) - prescalerCount);
        }

        private bool IsCentered => alignment.Value != 0;

        /// <summary>Does the timer's own clock count?</summary>
        private bool CountsByItself => enabled && !isHeldByDebugger && !externalClock2.Value && (Slave == SlaveMode.None || Slave == SlaveMode.Reset || Slave == SlaveMode.Trigger
            || (Slave == SlaveMode.Gated && triggerLevel));

        private const ulong Never = ulong.MaxValue;
        // More than an hour at any clock.
        private const ulong LongestWait = 1UL << 40;
        private const int StepsBeforeSkipping = 64;
    }
}
