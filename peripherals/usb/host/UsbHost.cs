// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.USB
{
    /// <summary>The PC's USB host: brings virtual time to the transactions of a full-speed bus with one device on it (USB 2.0, chapters 5, 8 and 9).</summary>
    /// <remarks>
    /// A transaction takes the time of its bits, data and 13 bytes around them, so that 19 bulk packets of 64 bytes go into a frame; those that don't fit wait
    /// for the next one. Whoever answers NAK is asked again when he says so: an idle bus has no events. All that the drivers do, they do from within this
    /// class's timer; others only leave word and wake it.
    /// </remarks>
    internal sealed partial class UsbHost
    {
        /// <param name="machine">The machine.</param>
        /// <param name="owner">In whose name the log speaks.</param>
        /// <param name="port">The device's end of the cable.</param>
        /// <param name="debounce">Milliseconds from the device's pull-up to the first reset.</param>
        public UsbHost(IMachine machine, IPeripheral owner, IUsbDevicePort port, uint debounce)
        {
            this.machine = machine;
            this.owner = owner;
            this.port = port;
            this.debounce = debounce;
            Mistakes = new GuestMistakes(machine, owner);
            timer = new LimitTimer(machine.ClockSource, BitsPerSecond, owner, "USB", limit: 1, workMode: WorkMode.OneShot, eventEnabled: true);
            timer.LimitReached += HandleTimer;
            port.PullUpChanged += HandlePullUp;
            port.EndpointReady += HandleEndpointReady;
            port.RemoteWakeUp += HandleRemoteWakeUp;
        }

        /// <summary>Adds what knows a class of devices. It is asked in the order of these calls.</summary>
        public void Add(IUsbDriver driver)
        {
            drivers.Add(driver);
        }

        /// <summary>Adds what takes whole devices, before all others; a device that is there is enumerated anew.</summary>
        public void Insert(IUsbDriver driver)
        {
            drivers.Insert(0, driver);
            hasLostPullUp |= isAttached;
            Wake();
        }

        /// <summary>Both ends of the cable are in.</summary>
        public void Plug()
        {
            if(IsPlugged)
            {
                return;
            }
            IsPlugged = true;
            port.SetVbus(true);
            Wake();
        }

        /// <summary>The cable is pulled, in whatever is going on.</summary>
        public void Unplug()
        {
            if(!IsPlugged)
            {
                return;
            }
            IsPlugged = false;
            Disconnect();
            port.SetVbus(false);
        }

        /// <summary>Lets a driver's steps begin; any thread may ask for it.</summary>
        public void Start(IEnumerator<UsbStep> steps)
        {
            lock(sync)
            {
                beginning.Enqueue(steps);
            }
            Wake();
        }

        /// <summary>Lets whoever waits for the signal go on; any thread may ask for it.</summary>
        public void Set(UsbSignal signal)
        {
            signal.IsSet = true;
            Wake();
        }

        public UsbPipe Open(UsbEndpoint endpoint)
        {
            // Polls of an interrupt endpoint are as many frames apart as it asks for (9.6.6).
            var result = new UsbPipe(endpoint.Number, endpoint.IsIn, endpoint.MaxPacket, endpoint.Type == UsbEndpoint.Interrupt ? Math.Max(1, endpoint.Interval) : 0);
            pipes.Add(result);
            return result;
        }

        /// <summary>Ends what is under way with an endpoint, which is used no longer.</summary>
        public void Close(UsbPipe pipe)
        {
            pipes.Remove(pipe);
            while(pipe.Transfers.Count > 0)
            {
                End(pipe.Transfers[0], UsbResult.Failed);
            }
        }

        /// <summary>Is it an endpoint of the device that is there?</summary>
        public bool IsOpen(UsbPipe pipe) => pipes.Contains(pipe);

        /// <summary>A control transfer that reads, or that has no data.</summary>
        public UsbTransfer Control(int type, int request, int value, int index, int length = 0) => UsbTransfer.Control(controlPipe, type, request, value, index, length);

        /// <summary>A control transfer that writes.</summary>
        public UsbTransfer Control(int type, int request, int value, int index, byte[] data) => UsbTransfer.Control(controlPipe, type, request, value, index, data);

        /// <summary>CLEAR_FEATURE(ENDPOINT_HALT): the endpoint begins with DATA0 again.</summary>
        public UsbTransfer ClearHalt(UsbPipe pipe)
        {
            pipe.Toggle = false;
            return Control(0x02, ClearFeature, 0, pipe.Number | (pipe.IsIn ? 0x80 : 0));
        }

        /// <summary>What comes between a transfer that failed and the next one: a pause, so that an endpoint that fails again and again does not keep the bus busy.</summary>
        public IEnumerable<UsbStep> Recover(UsbPipe pipe, UsbTransfer transfer)
        {
            if(transfer.Result == UsbResult.Stalled)
            {
                yield return ClearHalt(pipe);
                yield return new UsbDelay(HaltMilliseconds);
            }
            else if(IsOpen(pipe))
            {
                yield return new UsbDelay(RetryMilliseconds);
            }
        }

        /// <summary>Keeps what the device does wrong.</summary>
        public GuestMistakes Mistakes { get; }

        public bool IsPlugged { get; private set; }

        /// <summary>Is the device suspended?</summary>
        public bool IsSuspended { get; private set; }

        /// <summary>The device that is configured, or null.</summary>
        public UsbDevice Device { get; private set; }

        public const uint BitsPerFrame = 12000;

        private void HandlePullUp()
        {
            hasLostPullUp |= !port.IsPulledUp;
            Wake();
        }

        private void HandleEndpointReady(int number, bool isIn)
        {
            var isAwaited = false;
            for(var i = 0; i < pipes.Count; i++)
            {
                var pipe = pipes[i];
                if(pipe.Number == number && (number == 0 || pipe.IsIn == isIn) && pipe.WaitsForReady)
                {
                    pipe.WaitsForReady = false;
                    isAwaited = true;
                }
            }
            if(isAwaited)
            {
                Wake();
            }
        }

        private void HandleRemoteWakeUp()
        {
            if(IsSuspended)
            {
                Start(WakeUpDevice());
            }
        }

        private void Wake()
        {
            var clock = VirtualClock.Now(machine).Ticks * (BitsPerSecond / 1000000) / (TimeInterval.TicksPerSecond / 1000000);
            var hasChanged = false;
            // Renode holds this lock while its timers act. Who takes the other one first would wait for it for ever.
            machine.ClockSource.ExecuteInLock(() =>
            {
                lock(sync)
                {
                    if(isInEvent)
                    {
                        return;
                    }
                    // Renode's clock shows the begin of a time slice, if the core sleeps.
                    now = Math.Max(now, clock);
                    hasChanged = Schedule();
                }
            });
            if(hasChanged)
            {
                VirtualClock.EndSlice(machine);
            }
        }

        private void HandleTimer()
        {
            lock(sync)
            {
                timer.Enabled = false;
                isScheduled = false;
                isInEvent = true;
                now = due;
            }
            Proceed();
            lock(sync)
            {
                isInEvent = false;
                Schedule();
            }
        }

        private void Proceed()
        {
            if(hasLostPullUp)
            {
                hasLostPullUp = false;
                Disconnect();
            }
            if(!isAttached && IsPlugged && port.IsPulledUp)
            {
                isAttached = true;
                Continue(Attach());
            }
            while(TryTakeBeginning(out var steps))
            {
                Continue(steps);
            }
            foreach(var signal in signals.Where(x => x.IsSet).ToArray())
            {
                signals.Remove(signal);
                Complete(signal, UsbResult.Done);
            }
            while(true)
            {
                var step = timed.Find(IsOver);
                if(step == null)
                {
                    break;
                }
                if(step is UsbTransfer transfer)
                {
                    End(transfer, UsbResult.TimedOut);
                }
                else
                {
                    Complete(step, UsbResult.Done);
                }
            }
            if(isRunning && now >= busFreeAt)
            {
                Transact();
            }
        }

        private bool TryTakeBeginning(out IEnumerator<UsbStep> steps)
        {
            lock(sync)
            {
                steps = beginning.Count > 0 ? beginning.Dequeue() : null;
                return steps != null;
            }
        }

        private void Continue(IEnumerator<UsbStep> steps)
        {
            while(steps.MoveNext())
            {
                var step = steps.Current;
                step.Waiting = steps;
                Begin(step);
                if(step.Result == UsbResult.Pending)
                {
                    return;
                }
            }
        }

        private void Begin(UsbStep step)
        {
            switch(step)
            {
            case UsbTransfer transfer:
                if(!IsOpen(transfer.Pipe))
                {
                    // Of a device that has gone.
                    step.Result = UsbResult.Failed;
                    return;
                }
                transfer.Pipe.Transfers.Add(transfer);
                break;
            case UsbSignal signal:
                if(signal.IsSet)
                {
                    signal.Result = UsbResult.Done;
                    return;
                }
                signals.Add(signal);
                break;
            }
            if(step.Timeout > 0)
            {
                step.Deadline = now + step.Timeout;
                timed.Add(step);
            }
        }

        private void End(UsbTransfer transfer, UsbResult result)
        {
            transfer.Pipe.Transfers.Remove(transfer);
            transfer.Pipe.WaitsForReady = false;
            transfer.Pipe.Errors = 0;
            if(result == UsbResult.TimedOut && transfer.Setup != null)
            {
                Mistakes.Report("USB control transfer", $"{HexOf(transfer.Setup)} aborted in its {transfer.Stage} stage, because the device has answered NAK for 5 s");
            }
            Complete(transfer, result);
        }

        private void Complete(UsbStep step, UsbResult result)
        {
            timed.Remove(step);
            step.Result = result;
            Continue(step.Waiting);
        }

        /// <summary>One transaction, with the next endpoint in turn.</summary>
        private void Transact()
        {
            for(var i = 0; i < pipes.Count; i++)
            {
                var pipe = pipes[(turn + i) % pipes.Count];
                if(!IsReady(pipe) || pipe.NextPoll > now)
                {
                    continue;
                }
                var position = (now - firstFrame) % BitsPerFrame;
                var longest = (ulong)BitsOf(Math.Min(pipe.MaxPacket, 64));
                if(position < FrameStartBits || position + longest > BitsPerFrame)
                {
                    // At the begin of the next frame, if not of this one.
                    busFreeAt = now - position + FrameStartBits + (position < FrameStartBits ? 0 : (ulong)BitsPerFrame);
                    return;
                }
                turn = (turn + i + 1) % pipes.Count;
                Transact(pipe);
                return;
            }
        }

        private void Transact(UsbPipe pipe)
        {
            var transfer = pipe.Transfers[0];
            var packet = default(UsbPacket);
            UsbHandshake answer;
            // The device may call before it has returned.
            pipe.WaitsForReady = true;
            if(transfer.Stage == UsbStage.Setup)
            {
                packet = new UsbPacket(transfer.Setup, false);
                answer = port.Setup(address, transfer.Setup);
            }
            else if(transfer.IsStageIn)
            {
                answer = port.In(address, pipe.Number, out packet);
            }
            else
            {
                packet = new UsbPacket(transfer.Stage == UsbStage.Status ? Array.Empty<byte>() : transfer.Sent.Skip(transfer.Position).Take(pipe.MaxPacket).ToArray(), pipe.Toggle);
                answer = port.Out(address, pipe.Number, packet);
            }
            busFreeAt = now + (ulong)BitsOf(packet.Data?.Length ?? 0);
            pipe.NextPoll = now + (ulong)(pipe.Interval * BitsPerFrame);
            if(answer == UsbHandshake.Nak && transfer.Stage != UsbStage.Setup)
            {
                pipe.Errors = 0;
                return;
            }
            pipe.WaitsForReady = false;
            switch(answer)
            {
            case UsbHandshake.Ack:
                Advance(pipe, transfer, packet);
                break;
            case UsbHandshake.Stall:
                End(transfer, UsbResult.Stalled);
                break;
            default:
                CountError(pipe, transfer);
                break;
            }
        }

        private void Advance(UsbPipe pipe, UsbTransfer transfer, UsbPacket packet)
        {
            if(transfer.Stage == UsbStage.Setup)
            {
                transfer.Stage = transfer.Length > 0 ? UsbStage.Data : UsbStage.Status;
                pipe.Toggle = true;
                return;
            }
            if(transfer.IsStageIn && (packet.Data == null || packet.Toggle != pipe.Toggle))
            {
                // Data of the wrong one is a repetition: it is dropped.
                CountError(pipe, transfer);
                return;
            }
            pipe.Errors = 0;
            pipe.Toggle ^= true;
            if(transfer.Stage == UsbStage.Status)
            {
                End(transfer, UsbResult.Done);
                return;
            }
            bool isLast;
            if(transfer.IsIn)
            {
                if(packet.Data.Length > pipe.MaxPacket || transfer.Received.Count + packet.Data.Length > transfer.Length)
                {
                    Mistakes.Report($"USB endpoint {pipe.Number} IN", "sends more than was asked for, or than its descriptor says: the transfer ends");
                    End(transfer, UsbResult.Failed);
                    return;
                }
                transfer.Received.AddRange(packet.Data);
                isLast = packet.Data.Length < pipe.MaxPacket || transfer.Received.Count == transfer.Length;
            }
            else
            {
                transfer.Position += packet.Data.Length;
                isLast = transfer.Position == transfer.Length;
            }
            if(!isLast)
            {
                return;
            }
            if(transfer.Setup != null)
            {
                transfer.Stage = UsbStage.Status;
                pipe.Toggle = true;
                return;
            }
            End(transfer, UsbResult.Done);
        }

        private void CountError(UsbPipe pipe, UsbTransfer transfer)
        {
            if(++pipe.Errors == MostErrors)
            {
                if(transfer.Setup == null)
                {
                    Mistakes.Report($"USB endpoint {pipe.Number} {(pipe.IsIn ? "IN" : "OUT")}", "gives no valid answer, three times: it is tried again later");
                }
                End(transfer, UsbResult.Failed);
            }
        }

        /// <returns>Whether the next event has another time.</returns>
        private bool Schedule()
        {
            var next = ulong.MaxValue;
            if(hasLostPullUp || beginning.Count > 0 || (!isAttached && IsPlugged && port.IsPulledUp))
            {
                next = now + 1;
            }
            foreach(var signal in signals)
            {
                if(signal.IsSet)
                {
                    next = now + 1;
                }
            }
            foreach(var step in timed)
            {
                if(MayEnd(step))
                {
                    next = Math.Min(next, step.Deadline);
                }
            }
            if(isRunning)
            {
                foreach(var pipe in pipes)
                {
                    if(IsReady(pipe))
                    {
                        next = Math.Min(next, Math.Max(busFreeAt, pipe.NextPoll));
                    }
                }
            }
            if(next == ulong.MaxValue)
            {
                timer.Enabled = false;
                isScheduled = false;
                return false;
            }
            next = Math.Max(next, now + 1);
            // Too early does no harm.
            if(isScheduled && due <= next)
            {
                return false;
            }
            due = next;
            isScheduled = true;
            timer.Limit = next - now;
            timer.ResetValue();
            timer.Enabled = true;
            return true;
        }

        private void Disconnect()
        {
            if(!isAttached)
            {
                return;
            }
            isAttached = false;
            isRunning = false;
            IsSuspended = false;
            hasRejected = false;
            isResuming = false;
            if(isInReset)
            {
                isInReset = false;
                port.EndBusReset();
            }
            lock(sync)
            {
                beginning.Clear();
            }
            timed.Clear();
            signals.Clear();
            pipes.Clear();
            var gone = Device;
            Device = null;
            foreach(var driver in drivers)
            {
                driver.Detach();
            }
            if(gone != null)
            {
                owner.Log(LogLevel.Info, "USB device {0:x4}:{1:x4} is gone", gone.Vendor, gone.Product);
            }
        }

        private bool IsOver(UsbStep step) => step.Deadline <= now && MayEnd(step);

        // Transfers wait for the end of a suspension.
        private bool MayEnd(UsbStep step) => !IsSuspended || !(step is UsbTransfer);

        private static bool IsReady(UsbPipe pipe) => pipe.Transfers.Count > 0 && !pipe.WaitsForReady;

        private static uint BitsOf(int bytes) => (uint)((bytes + OverheadBytes) * 8);

        private static string HexOf(IEnumerable<byte> data) => string.Join(" ", data.Select(x => x.ToString("X2")));

        private UsbPipe controlPipe = new UsbPipe(0, false, 64, 0);
        private int address;
        // Times are counted in bits.
        private ulong now;
        private ulong due;
        private ulong busFreeAt;
        private ulong firstFrame;
        private int turn;
        private bool isScheduled;
        private bool isInEvent;
        private bool isAttached;
        private bool isInReset;
        private bool hasRejected;
        // Frames go out.
        private bool isRunning;
        private bool hasLostPullUp;

        private readonly IMachine machine;
        private readonly IPeripheral owner;
        private readonly IUsbDevicePort port;
        private readonly uint debounce;
        private readonly LimitTimer timer;
        private readonly List<IUsbDriver> drivers = new List<IUsbDriver>();
        private readonly List<UsbPipe> pipes = new List<UsbPipe>();
        private readonly List<UsbStep> timed = new List<UsbStep>();
        private readonly List<UsbSignal> signals = new List<UsbSignal>();
        private readonly Queue<IEnumerator<UsbStep>> beginning = new Queue<IEnumerator<UsbStep>>();
        private readonly object sync = new object();

        private const uint BitsPerSecond = 12000000;
        private const int OverheadBytes = 13;
        private const uint FrameStartBits = 48;
        private const int MostErrors = 3;
        private const int ClearFeature = 1;
        // After which an endpoint that gave no answer is tried again.
        private const uint RetryMilliseconds = 1000;
        private const uint HaltMilliseconds = 10;
    }
}
