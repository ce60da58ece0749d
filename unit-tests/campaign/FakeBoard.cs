// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Time;

namespace UnitTests
{
    /// <summary>
    /// A board without silicon: a memory of 16 bytes that is written at once, one of 8 whose operations take time, time, supplies, and a core that
    /// works off what it is given, operation by operation. A thousand instructions take a millisecond.
    /// </summary>
    internal class FakeBoard : ICampaignBoard, INonVolatileMemory
    {
        public virtual void RunFor(TimeInterval time)
        {
            var end = now.Now + time.Ticks;
            while(true)
            {
                if(now.Operation != null && now.IsPowered && Math.Min(now.CallAt, now.EndAt) <= end)
                {
                    Proceed();
                    continue;
                }
                var next = now.IsPowered && now.Next < now.Operations.Count ? now.StartedAt + now.Operations[now.Next].At : ulong.MaxValue;
                if(now.FallsAt <= Math.Min(next, end))
                {
                    now.Now = now.FallsAt;
                    PowerOff(false);
                }
                else if(next <= end)
                {
                    now.Now = next;
                    now.Operations[now.Next++].Action();
                }
                else
                {
                    break;
                }
            }
            now.Now = end;
        }

        public ICampaignState TakeState()
        {
            LiveStates++;
            return new State(this, now.Clone());
        }

        public void Restore(ICampaignState state)
        {
            now = ((State)state).Read().Clone();
            Watcher = HasCheapStates ? Watcher : null;
            slow.Watcher = HasCheapStates ? slow.Watcher : null;
            Restores++;
        }

        public void Seed(int seed) => random = new Random(seed);

        public void RestartNoise(int seed) => Seed(seed);

        public string GetRetainedChecksum() => Convert.ToHexString(SHA256.HashData(now.Retained.Concat(now.Slow.Where((_, i) => !now.Told.Any(x => i >= x.Offset && i < x.Offset + x.Size))).ToArray()));

        public virtual void PowerOn()
        {
            now.IsPowered = true;
            PowerOns++;
        }

        public void PowerOff(bool withinAccess)
        {
            if(now.Operation != null)
            {
                // Half done: the low half of its bits.
                now.TornAt = now.Operation.Offset;
                now.Slow[now.Operation.Offset] = (byte)((now.Slow[now.Operation.Offset] & 0xF0) | (now.Operation.Data[0] & 0x0F));
                now.Operation = null;
            }
            now.IsPowered = false;
            now.FallsAt = ulong.MaxValue;
            now.Operations = new List<Operation>();
            LoseContentWithoutSupply();
        }

        public void PlugCable()
        {
            IsPlugged = true;
            PowerOn();
        }

        public void PullCable()
        {
            WasPoweredAtPull &= now.IsPowered;
            IsPlugged = false;
            Pulls++;
        }

        public void RampDown(double seconds, bool withinAccess)
        {
            now.RampFrom = now.Now;
            now.RampTicks = TimeInterval.FromSeconds(seconds).Ticks;
            now.FallsAt = now.Now + now.RampTicks;
        }

        public void Dispose()
        {
        }

        public byte[] GetContent() => now.Content.ToArray();

        public void SetContent(byte[] bytes) => now.Content = bytes.ToArray();

        /// <summary>Gives the core something to do.</summary>
        public void Start(IEnumerable<Operation> operations)
        {
            now.Operations = operations.ToList();
            now.Next = 0;
            now.StartedAt = now.Now;
        }

        /// <summary>A write of the core.</summary>
        public void Write(int offset, byte value)
        {
            now.Content[offset] = value;
            Watcher?.HasWritten(offset, value, 1);
        }

        /// <summary>The core writes a byte of the slow memory, and stands still for 100 us until that is done.</summary>
        public void WriteSlowly(int offset, byte value)
        {
            var operation = new MemoryOperation(slow is Flash ? MemoryOperationKind.Program : MemoryOperationKind.Replace, offset, 1, new[] { value }, Now, 100);
            slow.Watcher?.IsStarting(operation);
            if(now.IsPowered)
            {
                now.Operation = operation;
                now.EndAt = now.Now + (100 * TimeInterval.TicksPerMicrosecond);
                now.CallAt = operation.Call == null ? ulong.MaxValue : now.Now + (operation.CallAt * TimeInterval.TicksPerMicrosecond);
            }
        }

        /// <summary>The memory whose operations take time is a flash, of two sectors of 4 bytes, erased.</summary>
        public void MakeFlash()
        {
            slow = new Flash(this);
            now.Slow = Enumerable.Repeat((byte)0xFF, now.Slow.Length).ToArray();
        }

        /// <summary>A read of the core.</summary>
        public void Read(int offset) => Watcher?.HasRead(offset, 1);

        /// <summary>A read of the memory whose operations take time.</summary>
        public byte ReadSlow(int offset)
        {
            slow.Watcher?.HasRead(offset, 1);
            return now.Slow[offset];
        }

        /// <summary>A register that outlives VDD.</summary>
        public void Retain(byte value) => now.Retained[0] = value;

        /// <summary>The program sets the clock.</summary>
        public void SetClock(double ahead) => now.ClockAhead = ahead;

        /// <summary>Changes what the guest keeps on the board.</summary>
        public void ChangeGuest(int stepsDone, bool isThrough) => now.Guest = new GuestMemory { StepsDone = stepsDone, IsThrough = isThrough };

        public string Name => "fake";

        public virtual IMachine Machine => null;

        public bool IsCurrent => true;

        public string TargetName => "bkpsram";

        public INonVolatileMemory BackupSram => this;

        public IReadOnlyList<INonVolatileMemory> Memories => new INonVolatileMemory[] { this, slow };

        public bool IsRunning => now.IsPowered;

        public bool HasCheapStates { get; set; } = true;

        public bool IsPowered => now.IsPowered;

        public bool HasCell
        {
            get => now.HasCell;
            set
            {
                if(value && HasNoHolder)
                {
                    throw new RecoverableException("no holder");
                }
                now.HasCell = value;
                LoseContentWithoutSupply();
            }
        }

        public bool HasNoHolder { get; set; }

        /// <summary>Does what is torn in the flash read differently each time?</summary>
        public bool IsUnstable { get; set; }

        public SupplyVolts Volts
        {
            get
            {
                var vdd = !now.IsPowered ? 0 : now.FallsAt == ulong.MaxValue ? 3.3 : 3.3 * (1 - ((now.Now - now.RampFrom) / (double)now.RampTicks));
                return new SupplyVolts { Vdd = vdd, Vbat = Math.Max(0, Math.Max(vdd, now.HasCell ? 3.0 : 0) - 0.24) };
            }
        }

        public (double Falling, double Rising) PowerDownThreshold => (1.68, 1.72);

        public (double Falling, double Rising) BrownOutThreshold => (0, 0);

        public TimeInterval Now => TimeInterval.FromTicks(now.Now);

        public uint ProgramCounter => 0x08001234;

        public ulong Instructions => now.Now / TimeInterval.TicksPerMicrosecond;

        public double InstructionsPerMicrosecond => 1;

        public ClockReading Clock => new ClockReading { Seconds = now.ClockAhead };

        public IMemoryWatcher Watcher { get; set; }

        /// <summary>What the guest keeps on the board: it goes back with it.</summary>
        public GuestMemory Guest => now.Guest;

        public int LiveStates { get; private set; }

        public int Restores { get; private set; }

        public int PowerOns { get; private set; }

        public bool IsPlugged { get; private set; }

        public int Pulls { get; private set; }

        /// <summary>Was VDD there each time that the cable was pulled?</summary>
        public bool WasPoweredAtPull { get; private set; } = true;

        private void Proceed()
        {
            var operation = now.Operation;
            if(now.CallAt < now.EndAt)
            {
                now.Now = now.CallAt;
                now.CallAt = ulong.MaxValue;
                operation.Call();
                return;
            }
            now.Now = now.EndAt;
            now.Operation = null;
            now.Slow[operation.Offset] = operation.Data[0];
            slow.Watcher?.HasEnded(operation);
        }

        private void LoseContentWithoutSupply()
        {
            if(!now.IsPowered && !now.HasCell)
            {
                random.NextBytes(now.Content);
            }
        }

        public FakeBoard()
        {
            slow = new SlowMemory(this);
        }

        private Moment now = new Moment();
        private SlowMemory slow;
        private Random random = new Random(0);

        /// <summary>Something that the core does, so many ticks after it has begun.</summary>
        public struct Operation
        {
            public Operation(double microseconds, Action action)
            {
                At = (ulong)(microseconds * TimeInterval.TicksPerMicrosecond);
                Action = action;
            }

            public ulong At;
            public Action Action;
        }

        private class SlowMemory : INonVolatileMemory
        {
            public SlowMemory(FakeBoard board)
            {
                this.board = board;
            }

            public byte[] GetContent() => board.now.Slow.ToArray();

            public void SetContent(byte[] bytes) => board.now.Slow = bytes.ToArray();

            public string TargetName => "flash";

            public IMemoryWatcher Watcher { get; set; }

            private readonly FakeBoard board;
        }

        private sealed class Flash : SlowMemory, ISectoredMemory
        {
            public Flash(FakeBoard board) : base(board)
            {
                this.board = board;
            }

            public MemorySector SectorAt(int offset) => new MemorySector { Number = offset / 4, Offset = offset & ~3, Size = 4 };

            public IReadOnlyList<TornOperation> Torn => board.now.TornAt == null ? new TornOperation[0] : new[] { new TornOperation(board.now.TornAt.Value, 1, 0.5, 0, 0, 1) };

            public IEnumerable<int> UnstableBytes => board.now.TornAt == null || !board.IsUnstable ? new int[0] : new[] { board.now.TornAt.Value };

            public IReadOnlyCollection<MemorySector> ToldSectors
            {
                get => board.now.Told;
                set => board.now.Told = value.ToArray();
            }

            public SectorState TakeSector(MemorySector sector)
            {
                var unstable = Enumerable.Range(sector.Offset, sector.Size).Select(x => (byte)(UnstableBytes.Contains(x) ? 1 : 0)).ToArray();
                return new SectorState(sector, board.now.Slow.AsSpan(sector.Offset, sector.Size).ToArray(), unstable);
            }

            public void RestoreSector(SectorState state) => state.Content.CopyTo(board.now.Slow, state.Sector.Offset);

            private readonly FakeBoard board;
        }

        public struct GuestMemory
        {
            public int StepsDone;
            public bool IsThrough;
        }

        private sealed class Moment
        {
            public Moment Clone()
            {
                var result = (Moment)MemberwiseClone();
                result.Content = Content.ToArray();
                result.Retained = Retained.ToArray();
                result.Slow = Slow.ToArray();
                return result;
            }

            public ulong Now;
            public ulong StartedAt;
            public ulong FallsAt = ulong.MaxValue;
            public ulong RampFrom;
            public ulong RampTicks;
            public bool IsPowered = true;
            public bool HasCell = true;
            public double ClockAhead;
            public int Next;
            public byte[] Content = new byte[16];
            public byte[] Retained = new byte[1];
            public byte[] Slow = new byte[8];
            public int? TornAt;
            public MemorySector[] Told = new MemorySector[0];
            public MemoryOperation Operation;
            public ulong CallAt;
            public ulong EndAt;
            public List<Operation> Operations = new List<Operation>();
            public GuestMemory Guest;
        }

        private sealed class State : ICampaignState
        {
            public State(FakeBoard board, Moment moment)
            {
                this.board = board;
                this.moment = moment;
            }

            public void Dispose()
            {
                if(!isDisposed)
                {
                    isDisposed = true;
                    board.LiveStates--;
                }
            }

            public Moment Read() => isDisposed ? throw new ObjectDisposedException("state") : moment;

            private bool isDisposed;

            private readonly FakeBoard board;
            private readonly Moment moment;
        }
    }
}
