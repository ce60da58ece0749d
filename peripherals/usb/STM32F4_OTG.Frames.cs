// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Frames, by virtual time: an event of each only while somebody waits for it (RM0090 34.5.3, 34.17.6).</content>
    public sealed partial class STM32F4_OTG
    {
        private void BeginFrames(int frame)
        {
            areFramesOnBus = true;
            firstFrame = frame;
            frameStart = VirtualClock.Now(machine).Ticks;
            heardFrames = 0;
            heardEnds = 0;
            hearsFrames = false;
        }

        private void UpdateFrames()
        {
            var hears = areFramesOnBus && IsRunning && !isBusReset;
            if(hearsFrames != hears)
            {
                CountFrames(hears);
                hearsFrames = hears;
            }
            UpdateIdle();
            UpdateFrameInterrupt();
        }

        // Frames up to now, if they could be heard until now.
        private void CountFrames(bool hears)
        {
            var ticks = VirtualClock.Now(machine).Ticks - frameStart;
            var frames = (ticks / TicksOfFrame) + 1;
            var ends = (ticks + TicksOfFrame - TicksToEnd) / TicksOfFrame;
            if(hearsFrames)
            {
                hasSeenFrame |= frames > heardFrames;
                if(ends > heardEnds)
                {
                    hasSeenEndOfFrame = true;
                }
                lastFrame = (firstFrame + (int)((frames - 1) % FrameNumbers)) % FrameNumbers;
            }
            else if(hears && heardFrames == 0 && ticks == 0)
            {
                hasSeenFrame = true;
                lastFrame = firstFrame;
            }
            heardFrames = frames;
            heardEnds = ends;
        }

        private void HandleFrameEvent()
        {
            var endsBefore = heardEnds;
            CountFrames(hearsFrames);
            if(hearsFrames && heardEnds > endsBefore)
            {
                CheckIsochronous();
            }
            UpdateFrameInterrupt();
        }

        // At the end of the periodic part of a frame: was there what should have been?
        private void CheckIsochronous()
        {
            for(var i = 1; i < inEndpoints.Length; i++)
            {
                latched |= IsWaiting(inEndpoints[i]) ? IncompleteIsochronousIn : 0;
                latched |= IsWaiting(outEndpoints[i]) ? IncompleteIsochronousOut : 0;
            }
        }

        private bool IsWaiting(OtgEndpoint endpoint) => endpoint.IsActive && endpoint.IsIsochronous && endpoint.IsEnabled && IsFrameOf(endpoint);

        private bool IsFrameOf(OtgEndpoint endpoint) => endpoint.IsOdd == (FrameNumber % 2 != 0);

        private void UpdateFrameInterrupt()
        {
            UpdateInterrupt();
            isPolled &= !hasSeenFrame || !hasSeenEndOfFrame;
            var waitsForFrame = (isPolled || (mask & StartOfFrame) != 0) && !hasSeenFrame;
            var waitsForEnd = ((isPolled || (mask & EndOfPeriodicFrame) != 0) && !hasSeenEndOfFrame) || HasIsochronous;
            if(!hearsFrames || (!waitsForFrame && !waitsForEnd))
            {
                frameTimer.Enabled = false;
                return;
            }
            var next = waitsForFrame ? heardFrames * TicksOfFrame : ulong.MaxValue;
            if(waitsForEnd)
            {
                next = Math.Min(next, (heardEnds * TicksOfFrame) + TicksToEnd);
            }
            if(frameTimer.Enabled && awaited == next)
            {
                return;
            }
            awaited = next;
            var ticks = VirtualClock.Now(machine).Ticks - frameStart;
            var remaining = next > ticks ? next - ticks : 0;
            frameTimer.Enabled = false;
            frameTimer.Limit = Math.Max(1, ((remaining * FrameTimerFrequency) + TimeInterval.TicksPerSecond - 1) / TimeInterval.TicksPerSecond);
            frameTimer.ResetValue();
            frameTimer.Enabled = true;
        }

        // Who looks will look again: an event is cheaper than time for each look.
        private void PollFrames()
        {
            if(hearsFrames && !isPolled)
            {
                CountFrames(true);
                isPolled = true;
                UpdateFrameInterrupt();
                VirtualClock.EndSlice(machine);
            }
        }

        private void UpdateIdle()
        {
            var isIdle = isPulledUp && IsIdle && !isSuspended;
            if(idleTimer.Enabled != isIdle)
            {
                VirtualClock.Synchronize(machine);
                idleTimer.ResetValue();
                idleTimer.Enabled = isIdle;
            }
        }

        private void ClearFrames(bool value)
        {
            if(value)
            {
                CountFramesNow();
                hasSeenFrame = false;
            }
        }

        private void ClearEndsOfFrames(bool value)
        {
            if(value)
            {
                CountFramesNow();
                hasSeenEndOfFrame = false;
            }
        }

        private void CountFramesNow()
        {
            if(hearsFrames)
            {
                CountFrames(true);
            }
        }

        private int FrameNumber
        {
            get
            {
                CountFramesNow();
                return lastFrame;
            }
        }

        private bool HasIsochronous => inEndpoints.Any(x => x.IsActive && x.IsEnabled && x.IsIsochronous) || outEndpoints.Any(x => x.IsActive && x.IsEnabled && x.IsIsochronous);

        // 80, 85, 90 or 95 % of a frame, by DCFG.PFIVL.
        private ulong TicksToEnd => TicksOfFrame * (80 + (5 * frameInterval.Value)) / 100;

        private bool areFramesOnBus;
        private bool hearsFrames;
        private bool hasSeenFrame;
        private bool hasSeenEndOfFrame;
        private bool isPolled;
        private int firstFrame;
        private int lastFrame;
        private ulong frameStart;
        private ulong heardFrames;
        private ulong heardEnds;
        private ulong awaited;

        private const ulong TicksOfFrame = TimeInterval.TicksPerSecond / 1000;
        private const ulong FrameTimerFrequency = 12000000;
        private const int FrameNumbers = 2048;
        private const ulong IdleTimerFrequency = 1000000;
        private const ulong TimeToSuspend = 3000;
    }
}
