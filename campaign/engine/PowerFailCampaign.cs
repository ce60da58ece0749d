// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// Runs a program once, then again and again with the power cut at each of its writes to the targets, and has its check say what is
    /// left. What it runs on, how power goes, which cuts are made and how the program is asked is others' to know.
    /// </summary>
    internal sealed class PowerFailCampaign : IDisposable
    {
        /// <summary>Boots the firmware, runs the program without a cut, and boots again. Takes no cut yet.</summary>
        /// <param name="board">A board with its firmware loaded.</param>
        /// <param name="guest">The program on it.</param>
        /// <param name="program">File name of the program.</param>
        /// <param name="options">The options.</param>
        /// <exception cref="RecoverableException">No campaign can be made of this; one line says why.</exception>
        public PowerFailCampaign(ICampaignBoard board, IGuest guest, string program, CampaignOptions options)
        {
            this.board = board;
            this.guest = guest;
            this.program = program;
            this.options = options;
            supplies = board;
            stage = new CampaignStage(board, guest, program, options);
            strategy = CutStrategy.Of(options);
            board.CheckTargets(options);
            stage.Watch.Targets = options.Targets;
            StateBefore = board.GetRetainedChecksum();
            try
            {
                Prepare();
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        /// <summary>Forgets all states. The board stays its owner's.</summary>
        public void Dispose()
        {
            guest.Detach();
            replay?.Dispose();
            boots?.Dispose();
            beforeRun?.Dispose();
            replay = null;
            boots = null;
            beforeRun = null;
        }

        /// <summary>All cuts of the campaign, in order; each is made when it is asked for.</summary>
        /// <param name="isDone">First cuts that are to be left out.</param>
        public IEnumerable<CutRecord> Cuts(Func<int, bool> isDone)
        {
            return Plan.Cuts.Where(x => !isDone(x)).SelectMany(CutAt);
        }

        /// <summary>Which cuts there are in run().</summary>
        public CutPlan Plan { get; private set; }

        /// <summary>The run without a cut.</summary>
        public Rehearsal Rehearsal { get; private set; }

        /// <summary>The targets in the course of that run.</summary>
        public IReadOnlyList<MemoryPicture> Memories { get; private set; }

        /// <summary>Checksum of all that the board retained before the campaign: firmware, option bytes, backup domain.</summary>
        public string StateBefore { get; }

        /// <summary>The first failing cut, or the one of --only.</summary>
        public CutScene Scene { get; private set; }

        private void Prepare()
        {
            stage.Attach();
            board.FitCell(options.Supply);
            board.RestartNoise(options.Seed);
            board.PowerOff(false);
            board.RunForSeconds(options.OffSeconds);
            options.Supply.Return(board);
            if(!guest.WaitForBoot(CampaignStage.BootTimeout))
            {
                throw new RecoverableException($"{guest.NoBoot} within {CampaignStage.BootTimeout} s of virtual time on any UART of '{board.Name}': {guest.NoBootHint}");
            }
            guest.Introduce(options.RunTimeout);
            beforeRun = stage.TakeState();
            Rehearsal = new Rehearsal(stage);
            Memories = MemoryHistory.Of(Rehearsal, board.Memories);
            // Others are left alone from here on: a memory that is watched may be slower.
            stage.Watch.Targets = Rehearsal.Targets;
            stage.Watch.Attach();
            var isTold = TellSectors();
            Plan = new CutPlan(options, $"{guest.RunName} of {program}", Rehearsal.CountOf(options.CutAt));
            replay = new RunReplay(stage, Rehearsal, beforeRun);
            boots = new BootStates(stage, Rehearsal.Microseconds)
            {
                // Cuts in the check go back to what one cut has left, and no other.
                NotesLooks = isTold && options.Depth == 1 && options.Only == null && !options.Reboot,
            };
            verdicts = new KnownVerdicts(boots);
            if(guest.ProvesCheck)
            {
                ProveCheck();
            }
        }

        // What is looked at of what the run writes is told from the moment before the run on, so that all states have it.
        private bool TellSectors()
        {
            var sectors = board.Memories.OfType<ISectoredMemory>().ToDictionary(x => x.TargetName, x => Rehearsal.SectorsOf(x).ToArray());
            if(guest.RunsFromTargets || sectors.Values.Sum(x => x.Sum(y => y.Size)) > MostBytesTold)
            {
                return false;
            }
            stage.Restore(beforeRun);
            foreach(var memory in board.Memories.OfType<ISectoredMemory>())
            {
                memory.ToldSectors = sectors[memory.TargetName];
            }
            var told = stage.TakeState();
            beforeRun.Dispose();
            beforeRun = told;
            return true;
        }

        private void ProveCheck()
        {
            var cut = new Cut(0);
            Seed(cut);
            BeginCut(cut, Rehearsal.Steps, stage.Watch.Elapsed.TotalMicroseconds, false);
            CompleteCut(cut, () => Rehearsal.Steps);
            options.Supply.Return(board);
            GuestOutcome outcome;
            if(guest.WaitForBoot(CampaignStage.BootTimeout))
            {
                StartCheck(Rehearsal.Steps);
                outcome = guest.WaitForEnd(options.CheckTimeout);
            }
            else
            {
                outcome = GuestOutcome.Running;
            }
            var objection = guest.ExplainProof(outcome, options.CheckTimeout, MayLose);
            if(objection != null)
            {
                throw new RecoverableException($"{program}: {objection}");
            }
        }

        private IEnumerable<CutRecord> CutAt(int position)
        {
            var cut = new Cut(position) { Make = MakeFirst };
            cut.Make(cut);
            return Recover(cut);
        }

        private void MakeFirst(Cut cut)
        {
            var position = cut.Path[0];
            if(options.CutAt == CutUnit.Writes)
            {
                replay.Approach(Rehearsal.Writes[position - 1].Microseconds, position);
                Seed(cut);
                CutAtWrite(cut, position, options.RunTimeout, () => replay.StepsDone, replay.RestOfSlice);
            }
            else
            {
                Seed(cut);
                CutBetweenWrites(cut, position);
            }
        }

        // Content that is lost must not depend on which cuts were made before.
        private void Seed(Cut cut)
        {
            var seed = cut.Path.Aggregate(options.Seed, (x, y) => unchecked((x * 31) + y));
            noise = new Random(seed);
            board.Seed(seed);
        }

        private void CutAtWrite(Cut cut, int write, double timeout, Func<int> stepsDone, TimeInterval firstSlice = default)
        {
            var isHit = false;
            stage.Watch.At(write, noise, (place, microseconds) =>
            {
                cut.Place = place;
                isHit = true;
                BeginCut(cut, stepsDone(), microseconds, true);
            });
            if(firstSlice.Ticks > 0)
            {
                supplies.RunFor(firstSlice);
            }
            if(!supplies.RunUntil(() => isHit || guest.IsThrough, timeout, CampaignStage.Slice) || !isHit)
            {
                throw new RecoverableException($"{program}: write {write} did not come again at cut {cut.Name}: the program does not do the same each time (random numbers, time of day?)");
            }
            CompleteCut(cut, stepsDone);
        }

        private void CutBetweenWrites(Cut cut, int position)
        {
            if(options.CutAt == CutUnit.Time)
            {
                replay.GoToTime(position);
            }
            else
            {
                replay.GoToInstruction((ulong)position);
            }
            BeginCut(cut, replay.StepsDone, stage.Watch.Elapsed.TotalMicroseconds, false);
            CompleteCut(cut, () => replay.StepsDone);
        }

        private void BeginCut(Cut cut, int stepsDone, double microseconds, bool withinAccess)
        {
            cut.StepsDone = stepsDone;
            cut.Microseconds = microseconds;
            options.Supply.Cut(supplies, options, noise, withinAccess);
        }

        // Power is going, and the supplies do what else they are to do, until it comes back: at the same moment after each cut of run().
        private void CompleteCut(Cut cut, Func<int> stepsDone)
        {
            supplies.RunUntil(() => !board.IsPowered, options.RampSeconds + CampaignStage.Slice, CampaignStage.Slice);
            if(options.Supply.IsGradual)
            {
                // The program went on while VDD fell.
                cut.StepsDone = stepsDone();
            }
            cut.WritesDone = stage.Watch.Writes;
            cut.LastWrites = stage.Watch.Kept;
            var restOfRun = Math.Max(0, (Rehearsal.Microseconds / 1e6) - stage.Watch.Elapsed.TotalSeconds);
            options.Supply.StayOff(supplies, restOfRun + options.OffSeconds, noise);
            cut.Left = board.Memories.Where(x => Rehearsal.Targets.Contains(x.TargetName)).ToDictionary(x => x.TargetName, x => x.GetContent());
            if(options.Only != null || Scene == null)
            {
                NoteTornCells(cut);
            }
            boots.Note(cut, HasBackupSram);
        }

        private IEnumerable<CutRecord> Recover(Cut cut)
        {
            var equal = Equal(cut) ?? verdicts.Find(cut);
            if(equal != null && (cut.Path.Length >= options.Depth || equal.RecoveryWrites == 0))
            {
                yield return Record(cut, equal);
                yield break;
            }
            using(var booted = boots.Boot(cut))
            {
                var record = equal != null ? Record(cut, equal) : Check(cut, booted);
                judged[(cut.State, cut.StepsDone)] = record;
                yield return record;
                if(cut.Path.Length >= options.Depth || !booted.HasState)
                {
                    yield break;
                }
                foreach(var write in strategy.Deeper(options, cut.Path, record.RecoveryWrites, noise))
                {
                    var next = new Cut(cut, write)
                    {
                        Make = x =>
                        {
                            boots.Enter(booted);
                            StartCheck(cut.StepsDone);
                            Seed(x);
                            // These are writes of check(): the steps of run() stay.
                            CutAtWrite(x, write, options.CheckTimeout, () => cut.StepsDone);
                        },
                    };
                    next.Make(next);
                    foreach(var result in Recover(next))
                    {
                        yield return result;
                    }
                }
            }
        }

        private void StartCheck(int stepsDone, LookedAt lookedAt = null)
        {
            stage.Watch.LookedAt = lookedAt;
            stage.Watch.Start(0, CampaignStage.LastWritesKept, () => 0);
            guest.Began = stage.Watch.StartTime;
            guest.Ended = stage.Watch.End;
            guest.StartCheck(stepsDone);
        }

        private CutRecord Check(Cut cut, BootStates.Booted booted)
        {
            var looksAtBackupSram = booted.HasState && booted.Memo == null;
            var lookedAt = booted.LookedAt?.CopyFor(cut.Remains);
            var record = Record(cut);
            if(booted.Failure != null)
            {
                record.Verdict = booted.Failure.Value;
                record.Detail = booted.FailureDetail;
            }
            else
            {
                boots.Enter(booted);
                StartCheck(cut.StepsDone, lookedAt);
                var outcome = guest.WaitForEnd(options.CheckTimeout);
                record.RecoveryWrites = stage.Watch.Writes;
                looksAtBackupSram |= stage.Watch.BackupAccesses > 0;
                Judge(record, outcome);
                stage.Watch.LookedAt = null;
            }
            var addsBackupSram = looksAtBackupSram && !HasBackupSram;
            if(addsBackupSram)
            {
                BootStates.AddBackupSram(cut);
                record.State = cut.State;
            }
            record.IsGood = record.Verdict <= Verdict.New || (record.Verdict == Verdict.Lost && MayLose);
            verdicts.Add(cut, lookedAt, record, addsBackupSram);
            if(options.Only != null ? record.Path.Length == options.Only.Length : Scene == null && !record.IsGood)
            {
                Scene = Show(cut, record);
            }
            return record;
        }

        private CutScene Show(Cut cut, CutRecord record)
        {
            // Between two instructions it is the last write that may have been under way.
            var place = cut.Place ?? (cut.LastWrites.Count > 0 ? cut.LastWrites[cut.LastWrites.Count - 1] : (MemoryWrite?)null);
            var target = place?.Target ?? Rehearsal.Targets[0];
            var before = ContentBefore(cut, target);
            var size = Math.Min(CutScene.MostBytes, before.Length);
            // Of a large memory what is around the write.
            var offset = (place?.Offset ?? 0) / size * size;
            return new CutScene
            {
                Record = record,
                LastWrites = cut.LastWrites.Select(WithSector).ToArray(),
                Target = target,
                Offset = offset,
                Before = before.AsSpan(offset, size).ToArray(),
                After = cut.Left[target].AsSpan(offset, size).ToArray(),
                Output = CampaignText.End(guest.Transcript),
                Left = Memories.SelectMany(x => TellLeft(x, cut)).ToArray(),
                Torn = Rehearsal.Targets.Where(cut.Torn.ContainsKey).SelectMany(x => cut.Torn[x].Select(y => (x, y))).ToArray(),
                // Last: all that the guest has said is forgotten then.
                Supply = Measure(cut),
            };
        }

        private byte[] ContentBefore(Cut cut, string target) => cut.Before != null ? cut.Before[target] : Rehearsal.ContentAfter(target, cut.StepsDone);

        // What is there if all writes that got in are, and nothing else; null: nobody knows.
        private byte[] ContentMeant(Cut cut, string target)
        {
            if(cut.Before == null)
            {
                return Rehearsal.ContentAt(target, cut.WritesDone);
            }
            if(cut.WritesDone > cut.LastWrites.Count)
            {
                return null;
            }
            var content = (byte[])cut.Before[target].Clone();
            Rehearsal.Apply(cut.LastWrites, target, content);
            return content;
        }

        private MemoryWrite WithSector(MemoryWrite write)
        {
            write.Sector = (board.Memories.Single(x => x.TargetName == write.Target) as ISectoredMemory)?.SectorAt(write.Offset).Number;
            return write;
        }

        private IEnumerable<MemoryLeft> TellLeft(MemoryPicture picture, Cut cut)
        {
            var target = picture.Target;
            var left = cut.Left[target];
            var before = ContentBefore(cut, target);
            var beforeRun = picture.HasSectors ? null : Rehearsal.ContentAt(target, 0);
            var meant = picture.HasSectors ? null : ContentMeant(cut, target);
            cut.Torn.TryGetValue(target, out var torn);
            cut.Unstable.TryGetValue(target, out var unstable);
            var last = cut.LastWrites.LastOrDefault(x => x.Target == target);
            foreach(var row in picture.Rows)
            {
                bool IsIn(int offset, int size) => offset < row.Offset + row.Size && offset + size > row.Offset;
                var result = new MemoryLeft
                {
                    Target = target,
                    Offset = row.Offset,
                    Size = row.Size,
                    Bytes = MemoryHistory.Count(left, beforeRun, row.Offset, row.Size),
                    Changed = MemoryHistory.Count(left, before, row.Offset, row.Size),
                    Unstable = unstable?.Count(x => IsIn(x, 1)) ?? 0,
                };
                var isTorn = torn?.Any(x => IsIn(x.Offset, x.Size)) ?? (last.Moment == CutMoment.Within && IsIn(last.Offset, last.Size));
                var isLost = meant != null && MemoryHistory.Count(left, meant, row.Offset, row.Size) > 0;
                result.State = result.Unstable > 0 ? MemoryState.Unstable
                    : isTorn ? MemoryState.Torn
                    : isLost ? MemoryState.Lost
                    : picture.HasSectors ? result.Bytes > 0 ? MemoryState.Programmed : MemoryState.Erased
                    : result.Bytes > 0 ? MemoryState.Written : MemoryState.Unchanged;
                yield return result;
            }
        }

        private void NoteTornCells(Cut cut)
        {
            var sectored = board.Memories.OfType<ISectoredMemory>().Where(x => Rehearsal.Targets.Contains(x.TargetName)).ToList();
            cut.Torn = sectored.ToDictionary(x => x.TargetName, x => x.Torn);
            cut.Unstable = sectored.ToDictionary(x => x.TargetName, x => x.UnstableBytes.ToArray());
        }

        // Makes the cut once more, with a voltmeter at the supplies: others need none. Nothing of it reaches the cuts that follow.
        private SupplyCurve Measure(Cut cut)
        {
            var again = cut.Again();
            var noiseBefore = noise;
            var recorder = new RecordedSupplies(board, () => stage.Watch.Elapsed.TotalMicroseconds - again.Microseconds, options.Supply.ShortestRamp(options));
            supplies = recorder;
            try
            {
                again.Make(again);
                options.Supply.Return(recorder);
                recorder.RunForSeconds(CampaignStage.Slice);
                return recorder.ToCurve();
            }
            catch(RecoverableException)
            {
                // It did not come again: the next cut that doesn't says so.
                return null;
            }
            finally
            {
                supplies = board;
                noise = noiseBefore;
            }
        }

        // An earlier cut that has left the same: what was said of it holds for this one. A cut that is to be shown, or booted after, is looked at itself.
        private CutRecord Equal(Cut cut) => options.Only == null && !options.Reboot && judged.TryGetValue((cut.State, cut.StepsDone), out var equal) ? equal : null;

        private bool HasBackupSram => Rehearsal.Targets.Contains(board.BackupSram.TargetName);

        private static CutRecord Record(Cut cut, CutRecord equal = null)
        {
            return new CutRecord
            {
                Path = cut.Path,
                StepsDone = cut.StepsDone,
                Microseconds = cut.Microseconds,
                WritesDone = cut.WritesDone,
                Target = cut.Place?.Target ?? "",
                Place = cut.Place?.What ?? "",
                State = cut.State,
                Verdict = equal?.Verdict ?? default,
                Detail = equal?.Detail ?? "",
                RecoveryWrites = equal?.RecoveryWrites ?? 0,
                IsGood = equal?.IsGood ?? false,
            };
        }

        private void Judge(CutRecord record, GuestOutcome outcome)
        {
            record.Verdict = outcome == GuestOutcome.Running ? Verdict.Hang
                : outcome != GuestOutcome.Returned ? Verdict.Exception
                : guest.ReadVerdict(out var answer)
                ?? throw new RecoverableException($"{program}: check() returned {CampaignText.Detail(answer)} at cut {record.Name}: let it return 'old', 'new', 'consistent', 'lost' or 'corrupt'");
            record.Detail = guest.ExplainCheck(outcome, options.CheckTimeout);
        }

        private bool MayLose => options.Supply.MayLose && Rehearsal.Targets.Any(NeedsBattery.Contains);

        private ICampaignState beforeRun;
        private RunReplay replay;
        private BootStates boots;
        private KnownVerdicts verdicts;
        private Random noise;
        // The board's own, but for the cut that is measured.
        private IBoardSupplies supplies;

        private readonly ICampaignBoard board;
        private readonly IGuest guest;
        private readonly string program;
        private readonly CampaignOptions options;
        private readonly CampaignStage stage;
        private readonly CutStrategy strategy;
        // A core of Renode has a thousand pages for it, and may see them at two addresses.
        private const int MostBytesTold = 0x40000;

        private static readonly string[] NeedsBattery = { "bkpsram", "backup-registers" };

        private readonly Dictionary<(string State, int StepsDone), CutRecord> judged = new Dictionary<(string, int), CutRecord>();
    }
}
