// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Time;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// Runs a MicroPython program once, then again and again with the power cut at each of its writes to backup SRAM, and has its
    /// check() say what is left.
    /// </summary>
    /// <remarks>
    /// Nothing that happens after a cut can change what happened before, so the program is not run from its start each time: the
    /// emulation goes back to a state shortly before the cut, and to a state shortly after the boot that follows. The latter is
    /// right for all cuts that leave the same behind in flash, RTC, RCC_BDCR and PWR_CSR, as long as neither boot nor loading the
    /// program touches backup SRAM: the power then simply comes back at the same moment, whenever it went. Where that does not
    /// hold, MicroPython boots anew.
    /// </remarks>
    public sealed class PowerFailCampaign : IDisposable
    {
        /// <summary>Boots MicroPython, runs the program without a cut, and boots again. Takes no cut yet.</summary>
        /// <param name="machineName">The machine: a board with backup SRAM, its firmware loaded.</param>
        /// <param name="program">Path of the program, for messages.</param>
        /// <param name="source">Its text.</param>
        /// <param name="options">The options.</param>
        /// <exception cref="RecoverableException">No campaign can be made of this; one line says why.</exception>
        public PowerFailCampaign(string machineName, string program, string source, CampaignOptions options)
        {
            this.machineName = machineName;
            this.program = program;
            this.source = source;
            this.options = options;
            wanted = options.Only;
            repl = new ReplSession();
            watch = new WriteWatch();
            memos = new List<BootMemo>();
            noSteps = () => 0;
            // Look before anything is changed.
            FindModels();
            EmulationManager.Instance.CurrentEmulation.PauseAll();
            original = EmulationState.Take();
            Firmware = Convert.ToHexString(SHA256.HashData(RetainedState()));
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

        /// <summary>Puts the emulation back to where it was before the campaign.</summary>
        public void Dispose()
        {
            if(original == null)
            {
                return;
            }
            var isCurrent = IsCurrent;
            repl.Detach();
            foreach(var state in memos.Select(x => x.State).Append(beforeRun).Append(ladder?.State).Where(x => x != null).Distinct())
            {
                state.Dispose();
            }
            if(isCurrent)
            {
                // Otherwise somebody has begun something new meanwhile, and the old machine is gone.
                bkpsram.Watcher = null;
                original.Restore();
            }
            original.Dispose();
            original = null;
        }

        /// <summary>All cuts of the campaign, in order; each is made when it is asked for.</summary>
        /// <param name="isDone">First cuts that are to be left out.</param>
        public IEnumerable<CutRecord> Cuts(Func<int, bool> isDone)
        {
            foreach(var position in positions)
            {
                if(isDone(position))
                {
                    continue;
                }
                foreach(var record in CutAt(position))
                {
                    yield return record;
                }
            }
        }

        /// <summary>Makes a cut again, to see what an earlier session of the campaign saw there.</summary>
        public void Revisit(int[] path)
        {
            wanted = path;
            Scene = null;
            using(var records = CutAt(path[0]).GetEnumerator())
            {
                while(Scene == null && records.MoveNext())
                {
                }
            }
        }

        /// <summary>Is the campaign's machine still the one that the emulation has?</summary>
        public bool IsCurrent => EmulationManager.Instance.CurrentEmulation.TryGetMachineByName(machineName, out var current) && current == machine;

        /// <summary>How many first cuts there are to make.</summary>
        public int PlannedCuts => positions.Count;

        /// <summary>Checksum of what was in flash before the campaign.</summary>
        public string Firmware { get; }

        /// <summary>The first failing cut, or the one of --only.</summary>
        public CutScene Scene { get; private set; }

        /// <summary>Writes to backup SRAM of an uncut run().</summary>
        public int RunWrites { get; private set; }

        /// <summary>Instructions of an uncut run().</summary>
        public ulong RunInstructions { get; private set; }

        /// <summary>Virtual time of an uncut run(), in microseconds.</summary>
        public double RunMicroseconds { get; private set; }

        /// <summary>Steps of an uncut run().</summary>
        public int RunSteps { get; private set; }

        /// <summary>Last write of each step of an uncut run().</summary>
        public IReadOnlyList<int> LastWriteOfStep { get; private set; }

        private static string Line(string text)
        {
            var line = string.Join(" ", text.Split((char[])null, StringSplitOptions.RemoveEmptyEntries));
            return line.Length <= LongestDetail ? line : line.Substring(0, LongestDetail) + "...";
        }

        private static string End(string text) => text.Length <= LongestOutput ? text : "..." + text.Substring(text.Length - LongestOutput);

        private void FindModels()
        {
            var emulation = EmulationManager.Instance.CurrentEmulation;
            if(!emulation.TryGetMachineByName(machineName, out machine))
            {
                throw new RecoverableException($"there is no machine '{machineName}'");
            }
            supplies = machine.GetPeripheralsOfType<STM32F4_Supplies>().FirstOrDefault();
            bkpsram = machine.GetPeripheralsOfType<STM32F4_BackupSRAM>().FirstOrDefault();
            clock = machine.GetPeripheralsOfType<IKeepsTime>().FirstOrDefault();
            // By name: a snapshot may bring them in another order.
            retaining = machine.GetPeripheralsOfType<IRetainsState>().OrderBy(x => machine.GetAnyNameOrTypeName((IPeripheral)x), StringComparer.Ordinal).ToArray();
            if(supplies == null || bkpsram == null || clock == null)
            {
                throw new RecoverableException($"board '{machineName}' has no backup SRAM: use a board of the F2, F405/407, F42x, F446, F469 or F7 lines, with this project's models on its platform");
            }
        }

        private void Restore(EmulationState state)
        {
            state.Restore();
            if(!EmulationState.IsCheap)
            {
                // A snapshot brings new objects.
                FindModels();
                repl.Attach(machine);
                EmulationManager.Instance.CurrentEmulation.SetGlobalAdvanceImmediately(true);
            }
            bkpsram.Watcher = watch;
            repl.Clear();
        }

        private void Prepare()
        {
            EmulationManager.Instance.CurrentEmulation.SetGlobalAdvanceImmediately(true);
            repl.Attach(machine);
            bkpsram.Watcher = watch;
            watch.Start(machine, 0, 0, noSteps);
            if(supplies.CoinCellPresent != (options.Supply != CutSupply.NoCell))
            {
                SetCoinCell(options.Supply != CutSupply.NoCell);
            }
            RestartNoise();
            supplies.PowerOff();
            Wait(options.OffSeconds);
            supplies.PowerOn();
            if(!repl.WaitForBoot(BootTimeout))
            {
                throw new RecoverableException($"no prompt of MicroPython on any UART of '{machineName}' within {BootTimeout} s of virtual time: is its firmware MicroPython, with the REPL on a UART?");
            }
            LoadAndSetUp();
            beforeRun = EmulationState.Take();
            Rehearse();
            ChoosePositions();
            ladder = new Rung { State = beforeRun };
        }

        private void SetCoinCell(bool present)
        {
            if(!present)
            {
                supplies.RemoveCoinCell();
                return;
            }
            try
            {
                supplies.InsertCoinCell();
            }
            catch(RecoverableException)
            {
                throw new RecoverableException($"board '{machineName}' has no place for a coin cell: VBAT is tied to VDD, and backup SRAM dies with it. Say --supply no-cell");
            }
        }

        private void LoadAndSetUp()
        {
            if(!repl.Run(source, options.RunTimeout))
            {
                throw new RecoverableException($"{program} does not get to its end within {options.RunTimeout:0.###} s of virtual time: it must only define run() and check(), and leave the work to them");
            }
            if(repl.Traceback.Length > 0)
            {
                throw new RecoverableException($"{program} raises at once: {Line(repl.ExceptionLine)}");
            }
            foreach(var function in new[] { "run", "check" })
            {
                if(!repl.Run($"print(callable(globals().get('{function}')))", options.RunTimeout) || repl.Output.Trim() != "True")
                {
                    throw new RecoverableException($"{program} has no function {function}(): define {(function == "run" ? "run(), which is cut" : "check(done), which says what is left")}");
                }
            }
            if(!repl.Run("globals().get('setup',lambda:0)()", options.RunTimeout))
            {
                throw new RecoverableException($"{program}: setup() does not end within {options.RunTimeout:0.###} s of virtual time");
            }
            if(repl.Traceback.Length > 0)
            {
                throw new RecoverableException($"{program}: setup() raises {Line(repl.ExceptionLine)}");
            }
        }

        // The run without a cut: how many writes there are, and when each happens.
        private void Rehearse()
        {
            watch.Start(machine, 0, MostWrites, () => repl.Marks);
            contentBeforeRun = bkpsram.GetContent();
            repl.Began = () =>
            {
                lead = watch.Elapsed.TotalMicroseconds;
                watch.StartTime();
                samples.Add((0, Instructions));
            };
            repl.Ended = () =>
            {
                RunMicroseconds = watch.Elapsed.TotalMicroseconds;
                RunInstructions = Instructions - samples[0].Instructions;
            };
            repl.Start(RunCode);
            var ended = repl.WaitForEnd(options.RunTimeout, () =>
            {
                if(samples.Count > 0)
                {
                    samples.Add((watch.Elapsed.Ticks, Instructions));
                }
                return watch.Writes >= MostWrites;
            });
            repl.Ended = null;
            repl.Began = null;
            if(watch.Writes >= MostWrites)
            {
                throw new RecoverableException($"{program} makes more than {MostWrites} writes to backup SRAM: let run() do less");
            }
            if(!ended)
            {
                throw new RecoverableException($"{program}: run() does not end within {options.RunTimeout:0.###} s of virtual time: let it do less, or raise --run-timeout");
            }
            if(repl.Traceback.Length > 0)
            {
                throw new RecoverableException($"{program}: run() raises {Line(repl.ExceptionLine)}");
            }
            if(repl.HasExited)
            {
                throw new RecoverableException($"{program}: run() ends MicroPython, with sys.exit() or a soft reset: let it return");
            }
            if(watch.Writes == 0)
            {
                throw new RecoverableException($"{program}: run() never writes backup SRAM, so there is nothing to cut (is the memory unlocked?)");
            }
            writes = watch.Kept.ToArray();
            RunWrites = watch.Writes;
            RunSteps = repl.Marks;
            var lastWrites = new int[RunSteps];
            foreach(var write in writes.Where(x => x.StepsDone < RunSteps))
            {
                lastWrites[write.StepsDone]++;
            }
            for(var i = 1; i < RunSteps; i++)
            {
                lastWrites[i] += lastWrites[i - 1];
            }
            LastWriteOfStep = lastWrites;
        }

        private void ChoosePositions()
        {
            var count = options.CutAt switch
            {
                CutUnit.Instructions => (long)RunInstructions,
                CutUnit.Time => (long)RunMicroseconds,
                _ => RunWrites,
            };
            var unit = options.CutAt == CutUnit.Time ? "microseconds" : options.CutAtName;
            if(options.Only != null)
            {
                positions = new List<int> { options.Only[0] };
                if(options.Only[0] > count)
                {
                    throw new RecoverableException($"--only {options.Only[0]} is out of range: run() of {program} has {count} {unit}");
                }
                return;
            }
            if(count > int.MaxValue)
            {
                throw new RecoverableException($"run() of {program} has {count} {unit}, more than can be counted here: let it do less");
            }
            if(options.Every > count)
            {
                throw new RecoverableException($"--every {options.Every} leaves no cut: run() of {program} has {count} {unit}");
            }
            count /= options.Every;
            if(options.Sample == 0 && count / options.ShardCount > MostCuts)
            {
                throw new RecoverableException($"run() of {program} has {count} {unit}, too many for a cut at each: give --sample or --every");
            }
            var all = options.Sample == 0 || options.Sample >= count ? LongRange(count) : Draw(options.Sample, count, options.Seed);
            positions = all.Where((_, i) => i % options.ShardCount == options.Shard - 1).Select(x => checked((int)(x * options.Every))).ToList();
            if(positions.Count == 0)
            {
                throw new RecoverableException($"--shard {options.Shard}/{options.ShardCount}: there are only {all.Count()} cuts, so this shard is empty: use fewer shards");
            }
        }

        private static IEnumerable<long> LongRange(long count)
        {
            for(var i = 1L; i <= count; i++)
            {
                yield return i;
            }
        }

        private static IEnumerable<long> Draw(int howMany, long count, int seed)
        {
            var random = new Random(seed);
            var drawn = new SortedSet<long>();
            while(drawn.Count < howMany)
            {
                drawn.Add(random.NextInt64(1, count + 1));
            }
            return drawn;
        }

        private IEnumerable<CutRecord> CutAt(int position)
        {
            var cut = new Cut { Path = new[] { position } };
            if(options.CutAt == CutUnit.Writes)
            {
                Approach(writes[position - 1].Microseconds, position);
                Seed(cut.Path);
                CutAtWrite(cut, position, options.RunTimeout);
            }
            else
            {
                Seed(cut.Path);
                CutAtTime(cut, position);
            }
            return Recover(cut);
        }

        // Goes back to a state before the cut, and to less than two slices before it. From the start of run() on it is the slices of
        // the rehearsal that pass, so that each cut meets the same instruction, whichever cuts were made before.
        private void Approach(double microseconds, int write)
        {
            var slices = SlicesBefore(microseconds);
            if(ladder.Writes >= write || ladder.Slices > slices)
            {
                ReplaceLadder(new Rung { State = beforeRun });
            }
            Restore(ladder.State);
            Resume(ladder);
            for(var i = ladder.Slices; i < slices; i++)
            {
                Wait(ReplSession.Slice);
            }
            if(watch.Writes >= write)
            {
                // What the rehearsal said of the time was not exact enough.
                Restore(ladder.State);
                Resume(ladder);
            }
            else if(slices - ladder.Slices > LongestReplay && slices * SliceMicroseconds > lead + ClearanceMicroseconds)
            {
                // The next cuts are near this one.
                ReplaceLadder(new Rung
                {
                    State = EmulationState.Take(),
                    Slices = slices,
                    Writes = watch.Writes,
                    Microseconds = watch.Elapsed.TotalMicroseconds,
                    StepsDone = StepsDone,
                    LastWrites = watch.Kept,
                });
            }
        }

        // From the moment on at which run() was sent.
        private int SlicesBefore(double microseconds) => Math.Max(0, (int)((microseconds + lead - ClearanceMicroseconds) / SliceMicroseconds));

        private void Resume(Rung rung)
        {
            stepsBefore = rung.StepsDone;
            watch.Start(machine, rung.Writes, LastWritesKept, () => StepsDone, rung.LastWrites);
            if(rung.State == beforeRun)
            {
                repl.Began = watch.StartTime;
                repl.Start(RunCode);
            }
            else
            {
                // What looks like the beginning is something that the program prints.
                repl.Began = null;
                watch.StartTime(rung.Microseconds);
            }
        }

        private void ReplaceLadder(Rung rung)
        {
            if(ladder.State != beforeRun)
            {
                ladder.State.Dispose();
            }
            ladder = rung;
        }

        private void Run(double microseconds)
        {
            if(microseconds > 0)
            {
                EmulationManager.Instance.CurrentEmulation.RunFor(TimeInterval.FromTicks((ulong)(microseconds * TimeInterval.TicksPerMicrosecond)));
            }
        }

        // Content that is lost must not depend on which cuts were made before.
        private void Seed(int[] path)
        {
            var seed = path.Aggregate(options.Seed, (x, y) => unchecked((x * 31) + y));
            noise = new Random(seed);
            EmulationManager.Instance.CurrentEmulation.SetSeed(seed);
        }

        // Nor must what SRAM holds after a boot, and the random numbers of the program, depend on which cut is the first to boot.
        private void RestartNoise()
        {
            EmulationManager.Instance.CurrentEmulation.SetSeed(options.Seed);
            supplies.RandomContent.Restart();
        }

        private void CutAtWrite(Cut cut, int write, double timeout)
        {
            var isHit = false;
            watch.At(write, () =>
            {
                isHit = true;
                MarkCut(cut);
                if(options.Supply == CutSupply.SlowRamp)
                {
                    supplies.RampVddAtOnce(0, NextRamp());
                }
                else
                {
                    supplies.CutPowerAtOnce();
                }
            });
            if(!ReplSession.Advance(() => isHit || repl.IsThrough, timeout, CutSlice) || !isHit)
            {
                throw new RecoverableException($"{program}: write {write} did not come again at cut {string.Join(",", cut.Path)}: the program does not do the same each time (random numbers, time of day?)");
            }
            CompleteCut(cut);
        }

        private void CutAtTime(Cut cut, int position)
        {
            var target = options.CutAt == CutUnit.Time ? position : MicrosecondsOf((ulong)position);
            Approach(target, int.MaxValue);
            if(options.CutAt == CutUnit.Time)
            {
                Run(position + lead - (SlicesBefore(position) * SliceMicroseconds));
            }
            else
            {
                RunToInstruction(samples[0].Instructions + (ulong)position);
            }
            MarkCut(cut);
            if(options.Supply == CutSupply.SlowRamp)
            {
                supplies.RampVdd(0, NextRamp());
            }
            else
            {
                supplies.PowerOff();
            }
            CompleteCut(cut);
        }

        private void MarkCut(Cut cut)
        {
            cut.StepsDone = StepsDone;
            cut.Microseconds = watch.Elapsed.TotalMicroseconds;
        }

        private double MicrosecondsOf(ulong instruction)
        {
            // The start of the slice it is in.
            var index = samples.FindLastIndex(x => x.Instructions - samples[0].Instructions < instruction);
            return samples[Math.Max(0, index)].Ticks / (double)TimeInterval.TicksPerMicrosecond;
        }

        private void RunToInstruction(ulong instruction)
        {
            var cpu = machine.SystemBus.GetCPUs().First();
            // No interface of Renode has it.
            var mips = Convert.ToDouble(cpu.GetType().GetProperty("PerformanceInMips").GetValue(cpu));
            var slumber = 0.0;
            while(Instructions < instruction && !repl.IsThrough)
            {
                var before = Instructions;
                Run(Math.Max(slumber, (instruction - before) / mips));
                // A core that sleeps is woken within half a microsecond.
                slumber = Instructions == before ? Math.Min(LongestSlumber, Math.Max(ShortestRun, 2 * slumber)) : 0;
            }
        }

        // Of one length, all ramps that start in a burst of writes would end between two of them.
        private double NextRamp() => options.RampSeconds * (ShortestRamp + ((1 - ShortestRamp) * noise.NextDouble()));

        // Power is going, and the supplies do what else they are to do, until it comes back: at the same moment after each cut of run().
        private void CompleteCut(Cut cut)
        {
            ReplSession.Advance(() => !supplies.IsPowered, options.RampSeconds + CutSlice, CutSlice);
            if(options.Supply == CutSupply.SlowRamp)
            {
                // The program went on while VDD fell.
                cut.StepsDone = StepsDone;
            }
            cut.WritesDone = watch.Writes;
            cut.LastWrites = watch.Kept;
            var left = Math.Max(0, (RunMicroseconds / MicrosecondsPerSecond) - watch.Elapsed.TotalSeconds) + options.OffSeconds;
            if(options.Supply == CutSupply.VbatBounce && noise.Next(2) == 0)
            {
                var before = noise.NextDouble() * left / 2;
                Wait(before);
                supplies.RemoveCoinCell();
                Wait(left / 10);
                supplies.InsertCoinCell();
                left -= before + (left / 10);
            }
            Wait(left);
            cut.After = bkpsram.GetContent();
        }

        private IEnumerable<CutRecord> Recover(Cut cut)
        {
            using(var board = Boot(cut))
            {
                var record = Check(cut, board);
                yield return record;
                if(cut.Path.Length >= options.Depth || board.State == null)
                {
                    yield break;
                }
                foreach(var write in NextCuts(cut, record.RecoveryWrites))
                {
                    var next = new Cut { Path = cut.Path.Append(write).ToArray(), Before = cut.After };
                    Enter(board);
                    StartCheck(cut.StepsDone);
                    Seed(next.Path);
                    CutAtWrite(next, write, options.CheckTimeout);
                    next.StepsDone = cut.StepsDone;
                    foreach(var result in Recover(next))
                    {
                        yield return result;
                    }
                }
            }
        }

        private IEnumerable<int> NextCuts(Cut cut, int count)
        {
            if(wanted != null && cut.Path.Length < wanted.Length)
            {
                var next = wanted[cut.Path.Length];
                return next <= count ? new[] { next }
                    : throw new RecoverableException($"--only {string.Join(",", wanted)} is out of range: check() after cut {string.Join(",", cut.Path)} makes {count} writes");
            }
            if(options.Sample > 0 && count > 0)
            {
                return new[] { 1 + noise.Next(count) };
            }
            return Enumerable.Range(1, count);
        }

        // The board after the boot that follows a cut, with the program loaded.
        private Board Boot(Cut cut)
        {
            var retained = RetainedState();
            var time = ReadClock();
            var memo = memos.Find(x => x.Retained.AsSpan().SequenceEqual(retained) && IsAlike(x.Clock, time));
            if(memo != null)
            {
                return new Board { State = memo.State, Content = cut.After, Memo = memo.Use() };
            }
            RestartNoise();
            supplies.PowerOn();
            watch.Start(machine, 0, 0, noSteps);
            var board = new Board { Content = cut.After, IsCurrent = true };
            if(!repl.WaitForBoot(BootTimeout))
            {
                return board.Fail(Verdict.Hang, $"MicroPython shows no prompt within {BootTimeout} s of virtual time");
            }
            if(!repl.Run(source, options.CheckTimeout))
            {
                return board.Fail(Verdict.Hang, $"loading the program does not end within {options.CheckTimeout:0.###} s of virtual time");
            }
            if(repl.Traceback.Length > 0)
            {
                return board.Fail(Verdict.Exception, $"loading the program: {Line(repl.ExceptionLine)}");
            }
            var isShared = watch.Accesses == 0 && !options.Reboot;
            if(isShared || cut.Path.Length < options.Depth)
            {
                board.State = EmulationState.Take();
            }
            if(isShared)
            {
                // Cuts during recovery still go back to that of the cut before.
                var oldest = memos.Count >= MostMemos ? memos.Find(x => x.Users == 0) : null;
                if(oldest != null)
                {
                    oldest.State.Dispose();
                    memos.Remove(oldest);
                }
                memos.Add(new BootMemo { Retained = retained, Clock = time, State = board.State });
                board.Memo = memos[^1].Use();
            }
            return board;
        }

        private void Enter(Board board)
        {
            Restore(board.State);
            if(board.Memo != null)
            {
                bkpsram.SetContent(board.Content);
            }
        }

        // All that the models keep and a boot could see, but for backup SRAM and the time of day.
        private byte[] RetainedState()
        {
            using(var stream = new MemoryStream(retainedSize))
            using(var writer = new BinaryWriter(stream))
            {
                foreach(var model in retaining)
                {
                    model.WriteRetainedState(writer);
                }
                retainedSize = (int)stream.Length;
                return stream.ToArray();
            }
        }

        // The time of day against that of the emulation: the same, but for rounding, unless somebody has set the clock.
        private (bool IsStopped, double Seconds) ReadClock()
        {
            return (!clock.IsCounting, clock.TimeOfDay.Ticks / (double)TimeSpan.TicksPerSecond - (clock.IsCounting ? machine.ElapsedVirtualTime.TimeElapsed.TotalSeconds : 0));
        }

        // A clock that stops without VDD shows when the power went.
        private bool IsAlike((bool IsStopped, double Seconds) first, (bool IsStopped, double Seconds) second)
        {
            return first.IsStopped == second.IsStopped && Math.Abs(first.Seconds - second.Seconds) < ClockTolerance + (RunMicroseconds / MicrosecondsPerSecond);
        }

        private void StartCheck(int stepsDone)
        {
            watch.Start(machine, 0, LastWritesKept, noSteps);
            repl.Began = watch.StartTime;
            repl.Start($"print('{AnswerMark}%r'%(check({stepsDone}),))");
        }

        private CutRecord Check(Cut cut, Board board)
        {
            var record = new CutRecord
            {
                Path = cut.Path,
                StepsDone = cut.StepsDone,
                Microseconds = cut.Microseconds,
                WritesDone = cut.WritesDone,
                Verdict = board.Failure,
                Detail = board.FailureDetail,
            };
            if(board.FailureDetail.Length == 0)
            {
                if(!board.IsCurrent)
                {
                    Enter(board);
                }
                board.IsCurrent = false;
                StartCheck(cut.StepsDone);
                var ended = repl.WaitForEnd(options.CheckTimeout);
                record.RecoveryWrites = watch.Writes;
                if(!ended)
                {
                    record.Verdict = Verdict.Hang;
                    record.Detail = $"check() does not end within {options.CheckTimeout:0.###} s of virtual time";
                }
                else if(repl.Traceback.Length > 0)
                {
                    record.Verdict = Verdict.Exception;
                    record.Detail = Line(repl.ExceptionLine);
                }
                else if(repl.HasExited)
                {
                    record.Verdict = Verdict.Exception;
                    record.Detail = "check() ends MicroPython, with sys.exit() or a soft reset";
                }
                else
                {
                    record.Verdict = ReadVerdict(cut);
                }
            }
            record.IsGood = record.Verdict <= Verdict.New || (record.Verdict == Verdict.Lost && options.MayLose);
            if(wanted != null ? record.Path.Length == wanted.Length : Scene == null && !record.IsGood)
            {
                Scene = new CutScene
                {
                    Record = record,
                    LastWrites = cut.LastWrites,
                    Before = cut.Before ?? ContentBeforeStep(cut.StepsDone),
                    After = cut.After,
                    Output = End((repl.Output.Split(AnswerCharacter)[0] + "\n" + repl.Traceback).Replace("\r", "").Trim('\n')),
                };
            }
            return record;
        }

        private Verdict ReadVerdict(Cut cut)
        {
            var output = repl.Output;
            var answer = output.Substring(output.LastIndexOf(AnswerCharacter) + 1).Trim();
            switch(answer.Trim('\''))
            {
            case "True":
            case "consistent":
                return Verdict.Consistent;
            case "False":
            case "corrupt":
                return Verdict.Corrupt;
            case "old":
                return Verdict.Old;
            case "new":
                return Verdict.New;
            case "lost":
                return Verdict.Lost;
            default:
                throw new RecoverableException($"{program}: check() returned {Line(answer)} at cut {string.Join(",", cut.Path)}: let it return 'old', 'new', 'consistent', 'lost' or 'corrupt'");
            }
        }

        private byte[] ContentBeforeStep(int stepsDone)
        {
            var content = (byte[])contentBeforeRun.Clone();
            foreach(var write in writes.Take(stepsDone == 0 ? 0 : LastWriteOfStep[Math.Min(stepsDone, LastWriteOfStep.Count) - 1]))
            {
                for(var i = 0; i < write.Size && write.Offset + i < content.Length; i++)
                {
                    content[write.Offset + i] = (byte)(write.Value >> (8 * i));
                }
            }
            return content;
        }

        private static void Wait(double seconds)
        {
            EmulationManager.Instance.CurrentEmulation.RunFor(TimeInterval.FromSeconds(seconds));
        }

        private int StepsDone => stepsBefore + repl.Marks;

        private ulong Instructions => machine.SystemBus.GetCPUs().First().ExecutedInstructions;

        private IMachine machine;
        private STM32F4_Supplies supplies;
        private STM32F4_BackupSRAM bkpsram;
        private IKeepsTime clock;
        private IRetainsState[] retaining;
        private int retainedSize;
        private EmulationState original;
        private EmulationState beforeRun;
        private Rung ladder;
        private BackupWrite[] writes;
        private byte[] contentBeforeRun;
        private List<int> positions;
        private int[] wanted;
        private double lead;
        private int stepsBefore;
        private Random noise;

        private readonly string machineName;
        private readonly string program;
        private readonly string source;
        private readonly CampaignOptions options;
        private readonly ReplSession repl;
        private readonly WriteWatch watch;
        private readonly Func<int> noSteps;
        private readonly List<BootMemo> memos;
        private readonly List<(ulong Ticks, ulong Instructions)> samples = new List<(ulong, ulong)>();

        // How many slices to run from a state to a cut, before it is worth taking another state on the way.
        private static readonly int LongestReplay = EmulationState.IsCheap ? 1 : 500;

        // Each step prints a mark when it is complete; a run() that is no generator is one step.
        private static readonly string RunCode = $"_s=run()\nfor _s in (_s if hasattr(_s,'send') else (0,)):print(end='\\x{(int)ReplSession.Mark:x2}')";

        private const double ClockTolerance = 1.5;
        private const double BootTimeout = 60;
        private const double CutSlice = 0.001;
        private const double MicrosecondsPerSecond = 1e6;
        private const double SliceMicroseconds = MicrosecondsPerSecond * ReplSession.Slice;
        private const double ClearanceMicroseconds = 2;
        private const double ShortestRamp = 0.02;
        private const double ShortestRun = 0.001;
        private const double LongestSlumber = 0.5;
        private const int LastWritesKept = 12;
        private const int LongestDetail = 300;
        private const int LongestOutput = 20000;
        private const int MostWrites = 1000000;
        private const int MostCuts = 200000;
        private const int MostMemos = 8;
        private const string AnswerMark = "\\x05";
        private const char AnswerCharacter = '\u0005';

        private sealed class Cut
        {
            public int[] Path;
            public int StepsDone;
            public int WritesDone;
            public double Microseconds;
            public IReadOnlyList<BackupWrite> LastWrites;
            public byte[] Before;
            public byte[] After;
        }

        /// <summary>A state of the run that is shortly before the next cuts.</summary>
        private sealed class Rung
        {
            public EmulationState State;
            public int Slices;
            public int Writes;
            public int StepsDone;
            public double Microseconds;
            public IReadOnlyList<BackupWrite> LastWrites;
        }

        /// <summary>The state after a boot, good for every cut that leaves the same behind.</summary>
        private sealed class BootMemo
        {
            public BootMemo Use()
            {
                Users++;
                return this;
            }

            public byte[] Retained;
            public (bool IsStopped, double Seconds) Clock;
            public EmulationState State;
            public int Users;
        }

        private sealed class Board : IDisposable
        {
            public Board Fail(Verdict verdict, string detail)
            {
                Failure = verdict;
                FailureDetail = detail;
                return this;
            }

            public void Dispose()
            {
                if(Memo != null)
                {
                    Memo.Users--;
                    return;
                }
                State?.Dispose();
            }

            public EmulationState State;
            public byte[] Content;
            public BootMemo Memo;
            public bool IsCurrent;
            public Verdict Failure;
            public string FailureDetail = "";
        }
    }
}
