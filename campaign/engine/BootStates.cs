// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

using Antmicro.Renode.Peripherals.Chip;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// Boots the board after a cut, or goes back to a state after an earlier boot that is the same: where the cuts left the same behind
    /// in all that boot and loading the program look at, and neither touches backup SRAM. Power then simply comes back at the
    /// same moment, whenever it went. Where that does not hold, the firmware boots anew.
    /// </summary>
    internal sealed class BootStates : IDisposable
    {
        /// <summary>Knows of no boot yet.</summary>
        /// <param name="stage">Board, guest and watch.</param>
        /// <param name="runMicroseconds">Virtual time of an uncut run.</param>
        public BootStates(CampaignStage stage, double runMicroseconds)
        {
            this.stage = stage;
            clockTolerance = ClockTolerance + (runMicroseconds / 1e6);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            foreach(var memo in memos)
            {
                memo.State.Dispose();
            }
            memos.Clear();
        }

        /// <summary>The board after the boot that follows a cut, with the program loaded.</summary>
        public Booted Boot(Cut cut)
        {
            var board = stage.Board;
            var memo = memos.Find(x => IsAlike(cut, x.Retained, x.Clock) && (x.LookedAt?.IsSameIn(cut.Remains) ?? x.Sectors == cut.Sectors));
            if(memo != null)
            {
                // The oldest is the one that was used least lately.
                memos.Remove(memo);
                memos.Add(memo);
                return new Booted(memo.State, cut.Remains, memo);
            }
            var lookedAt = NotesLooks ? new LookedAt(cut.Remains) : null;
            board.RestartNoise(stage.Options.Seed);
            stage.Options.Supply.Return(board);
            stage.Watch.Start(0, 0, () => 0);
            stage.Watch.LookedAt = lookedAt;
            if(!stage.Guest.WaitForBoot(CampaignStage.BootTimeout))
            {
                return new Booted(Verdict.Hang, $"{stage.Guest.NoBoot} within {CampaignStage.BootTimeout} s of virtual time", lookedAt);
            }
            switch(stage.Guest.Load(stage.Options.CheckTimeout))
            {
            case GuestOutcome.Running:
                return new Booted(Verdict.Hang, $"loading the program does not end within {stage.Options.CheckTimeout:0.###} s of virtual time", lookedAt);
            case GuestOutcome.Raised:
                return new Booted(Verdict.Exception, $"loading the program: {CampaignText.Detail(stage.Guest.Exception)}", lookedAt);
            }
            stage.Watch.LookedAt = null;
            var isShared = stage.Watch.BackupAccesses == 0 && !stage.Options.Reboot && lookedAt?.IsUnclear != true;
            var state = isShared || cut.Path.Length < stage.Options.Depth ? stage.TakeState() : null;
            return new Booted(state, cut.Remains, isShared ? Remember(cut, state, lookedAt) : null) { IsCurrent = true, LookedAt = lookedAt };
        }

        /// <summary>Notes what a cut has left; the board is as it was when the power came back.</summary>
        /// <param name="cut">The cut.</param>
        /// <param name="hasBackupSram">Is backup SRAM a part of that? If it is no target, it is noise that nobody looks at, as a rule.</param>
        public void Note(Cut cut, bool hasBackupSram)
        {
            var board = stage.Board;
            cut.Remains = new CutRemains(board);
            cut.Retained = board.GetRetainedChecksum();
            cut.Clock = board.Clock;
            using(var writer = new BinaryWriter(sectors, Encoding.UTF8, true))
            {
                cut.Remains.WriteSectors(writer);
            }
            cut.Sectors = sectors.Complete();
            // In steps, each of which is alike throughout.
            cut.State = Digest($"{cut.Retained} {cut.Sectors} {(cut.Clock.IsStopped ? "stopped" : "")}{Math.Round(cut.Clock.Seconds / clockTolerance)}");
            if(hasBackupSram)
            {
                AddBackupSram(cut);
            }
        }

        /// <summary>Somebody has looked at backup SRAM after all.</summary>
        public static void AddBackupSram(Cut cut)
        {
            cut.State = Digest($"{cut.State} {Convert.ToHexString(SHA256.HashData(cut.Remains.BackupSram))}");
        }

        private static string Digest(string text) => Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(text)).AsSpan(0, StateBytes)).ToLowerInvariant();

        /// <summary>Goes back to the moment after the boot.</summary>
        public void Enter(Booted booted)
        {
            if(booted.IsCurrent)
            {
                booted.IsCurrent = false;
                return;
            }
            stage.Restore(booted.State);
            if(booted.Memo != null)
            {
                stage.Board.BackupSram.SetContent(booted.Remains.BackupSram);
                foreach(var area in booted.Memo.LookedAt?.StillIn(booted.Remains).Where(x => x.State != null) ?? Enumerable.Empty<CutRemains.Area>())
                {
                    stage.Board.Memories.OfType<ISectoredMemory>().Single(x => x.TargetName == area.Target).RestoreSector(area.State);
                }
            }
        }

        /// <summary>Has a cut left what another has, and a time of day that is as good, but for <see cref="Cut.Remains"/>?</summary>
        /// <param name="cut">The one.</param>
        /// <param name="retained"><see cref="Cut.Retained"/> of the other.</param>
        /// <param name="clock"><see cref="Cut.Clock"/> of the other.</param>
        public bool IsAlike(Cut cut, string retained, ClockReading clock)
        {
            return cut.Retained == retained && cut.Clock.IsStopped == clock.IsStopped && Math.Abs(cut.Clock.Seconds - clock.Seconds) < clockTolerance;
        }

        /// <summary>Is it noted what boots look at? Only if the firmware fetches no instructions from where the run writes: nobody sees that.</summary>
        public bool NotesLooks { get; set; }

        private Memo Remember(Cut cut, ICampaignState state, LookedAt lookedAt)
        {
            // Cuts during recovery still go back to that of the cut before.
            var oldest = memos.Count >= MostMemos ? memos.Find(x => x.Users == 0) : null;
            if(oldest != null)
            {
                oldest.State.Dispose();
                memos.Remove(oldest);
            }
            lookedAt?.Close(false);
            var memo = new Memo { Retained = cut.Retained, Sectors = cut.Sectors, Clock = cut.Clock, State = state, LookedAt = lookedAt };
            memos.Add(memo);
            return memo;
        }

        private readonly CampaignStage stage;
        private readonly double clockTolerance;
        private readonly List<Memo> memos = new List<Memo>();
        private readonly RetainedChecksum sectors = new RetainedChecksum();

        // The calendar shows whole seconds.
        private const double ClockTolerance = 1.5;
        private const int MostMemos = 8;
        private const int StateBytes = 8;

        /// <summary>A board after a boot. Dispose of it when no cut goes back to it any more.</summary>
        public sealed class Booted : IDisposable
        {
            /// <summary>The firmware is there.</summary>
            internal Booted(ICampaignState state, CutRemains remains, Memo memo)
            {
                State = state;
                Remains = remains;
                Memo = memo;
                LookedAt = memo?.LookedAt;
                if(memo != null)
                {
                    memo.Users++;
                }
            }

            /// <summary>It is not.</summary>
            internal Booted(Verdict failure, string detail, LookedAt lookedAt)
            {
                LookedAt = lookedAt;
                Failure = failure;
                FailureDetail = detail;
            }

            /// <inheritdoc/>
            public void Dispose()
            {
                if(Memo != null)
                {
                    Memo.Users--;
                    return;
                }
                State?.Dispose();
            }

            /// <summary>Can one go back to it?</summary>
            public bool HasState => State != null;

            /// <summary>What became of the boot, unless it is fine.</summary>
            public Verdict? Failure { get; }

            /// <summary>In one line.</summary>
            public string FailureDetail { get; } = "";

            internal bool IsCurrent { get; set; }

            internal ICampaignState State { get; }

            internal CutRemains Remains { get; }

            /// <summary>What the boot has looked at; null: nobody has noted it.</summary>
            internal LookedAt LookedAt { get; init; }

            internal Memo Memo { get; }
        }

        /// <summary>The state after a boot, good for every cut that leaves the same behind.</summary>
        internal sealed class Memo
        {
            public string Retained;
            public string Sectors;
            public ClockReading Clock;
            public ICampaignState State;
            public LookedAt LookedAt;
            public int Users;
        }
    }
}
