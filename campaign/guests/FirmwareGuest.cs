// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.CPU;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// Any firmware. Its run is what it does between two lines that it prints, or two functions that it calls; its check is to be switched on, and what it
    /// prints then.
    /// </summary>
    internal sealed class FirmwareGuest : IGuest
    {
        /// <summary>Creates the guest; call <see cref="Attach"/> then.</summary>
        /// <param name="board">The board, with the firmware loaded.</param>
        /// <param name="name">File name of the firmware, for messages.</param>
        /// <param name="image">The file's content.</param>
        /// <param name="options">What to look for.</param>
        /// <exception cref="RecoverableException">A symbol is not there.</exception>
        public FirmwareGuest(ICampaignBoard board, string name, byte[] image, FirmwareOptions options)
        {
            this.board = board;
            this.options = options;
            if(options.FromSymbol != null || options.UntilSymbol != null)
            {
                var symbols = new ElfSymbols(image, name);
                from = options.FromSymbol == null ? (uint?)null : symbols.AddressOf(options.FromSymbol, "--from-symbol");
                until = options.UntilSymbol == null ? (uint?)null : symbols.AddressOf(options.UntilSymbol, "--until-symbol");
            }
            console = new ConsoleLines(board, HandleLine) { Asked = HandlePrompt };
        }

        /// <inheritdoc/>
        public void Attach()
        {
            console.Attach();
            UpdateHooks();
        }

        /// <inheritdoc/>
        public void Detach()
        {
            console.Detach();
            RemoveHooks();
        }

        /// <inheritdoc/>
        public object Remember() => now.Clone(console.Remember());

        /// <inheritdoc/>
        public void Recall(object memory)
        {
            now = ((Moment)memory).Clone(null);
            console.Recall(((Moment)memory).Console);
            console.AwaitPrompt(now.AwaitsPrompt ? options.Prompt : null);
            UpdateHooks();
        }

        /// <inheritdoc/>
        /// <remarks>It has been switched on, and all that it does from there on belongs to the run or to the check.</remarks>
        public bool WaitForBoot(double timeout)
        {
            now = new Moment();
            console.Clear();
            AwaitPrompt(false);
            UpdateHooks();
            return true;
        }

        /// <inheritdoc/>
        public void Introduce(double timeout)
        {
            if(options.Input.Count == 0)
            {
                return;
            }
            AwaitPrompt(true);
            if(!board.RunUntil(() => !now.AwaitsPrompt, timeout, CampaignStage.Slice))
            {
                throw new RecoverableException($"--prompt '{options.Prompt}' is not shown within {Seconds(timeout)}{console.Told}");
            }
        }

        /// <inheritdoc/>
        public GuestOutcome Load(double timeout) => GuestOutcome.Returned;

        /// <inheritdoc/>
        public void StartRun()
        {
            now = new Moment { IsRunning = true };
            UpdateHooks();
            if(options.From == null && from == null)
            {
                Begin();
            }
            if(options.Input.Count > 0)
            {
                console.Type(options.Input);
            }
        }

        /// <inheritdoc/>
        public void StartCheck(int stepsDone)
        {
            now = new Moment { IsChecking = true, StepsBefore = stepsDone };
            UpdateHooks();
            AwaitPrompt(options.Ask.Count > 0);
            Begin();
        }

        /// <inheritdoc/>
        public GuestOutcome WaitForEnd(double timeout, Func<bool> isOver = null)
        {
            board.RunUntil(() => IsThrough || (isOver != null && isOver()), timeout, CampaignStage.Slice);
            return IsThrough ? GuestOutcome.Returned : GuestOutcome.Running;
        }

        /// <inheritdoc/>
        public string ExplainRun(GuestOutcome outcome, double timeout)
        {
            var (option, pattern, symbol) = now.HasBegun ? ("--until", options.Until, options.UntilSymbol) : ("--from", options.From, options.FromSymbol);
            var where = now.HasBegun ? $" after the run has begun{(options.From == null ? "" : $" with --from '{options.From}'")}" : "";
            return symbol != null ? $"{option}-symbol {symbol} is not called within {Seconds(timeout)}{where}{console.Told}"
                : $"{option} '{pattern}' matches no line within {Seconds(timeout)}{where}{console.Told}";
        }

        /// <inheritdoc/>
        public string ExplainWrites(int most)
        {
            var where = $"between {(options.From != null ? "--from" : options.FromSymbol != null ? "--from-symbol" : options.Input.Count > 0 ? "--input" : "power-on")} and {(options.Until != null ? "--until" : "--until-symbol")}";
            return most > 0 ? $"it makes more than {most} writes {where}, counting three of each that takes time: let less be between them, or choose with --target"
                : $"it never writes backup SRAM {where}, nor anything else that is kept, so there is nothing to cut (is the memory unlocked? does it print later than it writes? then --from-symbol is exact)";
        }

        /// <inheritdoc/>
        public string ExplainProof(GuestOutcome outcome, double timeout, bool mayLose)
        {
            if(options.Step != null && stepValues.Count == 0)
            {
                return $"--step '{options.Step}' matches no line of the run without a cut";
            }
            if(outcome == GuestOutcome.Running)
            {
                return $"--good '{options.Good}' matches no line within {Seconds(timeout)} after the run without a cut and a power cycle{console.Told}";
            }
            return now.Verdict <= Verdict.New || mayLose ? null : $"after the run without a cut and a power cycle it is not well: {ExplainCheck(outcome, timeout)}";
        }

        /// <inheritdoc/>
        public string ExplainCheck(GuestOutcome outcome, double timeout)
        {
            return outcome == GuestOutcome.Running ? $"no verdict within {Seconds(timeout)}{console.Told}"
                : now.Verdict <= Verdict.New ? ""
                : now.Answer;
        }

        /// <inheritdoc/>
        public Verdict? ReadVerdict(out string answer)
        {
            answer = now.Answer;
            return now.Verdict;
        }

        /// <inheritdoc/>
        public bool IsThrough => now.HasEnded;

        /// <inheritdoc/>
        public int StepsDone => now.Steps;

        /// <inheritdoc/>
        public string Exception => "";

        /// <inheritdoc/>
        public string Transcript => string.Join("\n", now.Lines);

        /// <inheritdoc/>
        public string NoBoot => "";

        /// <inheritdoc/>
        public string NoBootHint => "";

        /// <inheritdoc/>
        public string RunName => "the run";

        /// <inheritdoc/>
        public bool RunsFromTargets => true;

        /// <inheritdoc/>
        public bool ProvesCheck => true;

        /// <inheritdoc/>
        public Action Began { get; set; }

        /// <inheritdoc/>
        public Action Ended { get; set; }

        private static string Seconds(double seconds) => $"{seconds:0.###} s of virtual time";

        private void Begin()
        {
            now.HasBegun = true;
            Began?.Invoke();
        }

        private void End()
        {
            now.HasEnded = true;
            Ended?.Invoke();
        }

        private void HandleLine(string line)
        {
            if(now.HasEnded)
            {
                return;
            }
            if(now.IsChecking)
            {
                now.Lines.Add(line);
                if(now.Lines.Count > MostLines)
                {
                    now.Lines.RemoveAt(0);
                }
                Judge(line);
            }
            else if(now.IsRunning && !now.HasBegun)
            {
                if(options.From?.IsMatch(line) == true)
                {
                    Begin();
                }
            }
            else if(now.IsRunning)
            {
                CountStep(line);
                if(options.Until?.IsMatch(line) == true)
                {
                    EndRun();
                }
            }
        }

        private void HandleCall(ICpuSupportingGdb cpu, ulong address)
        {
            if(!now.IsRunning || now.HasEnded)
            {
                return;
            }
            if(!now.HasBegun)
            {
                if(address == from)
                {
                    Begin();
                    if(hasRehearsed)
                    {
                        RemoveHooks();
                    }
                }
            }
            else if(address == until)
            {
                EndRun();
            }
        }

        private void HandlePrompt()
        {
            now.AwaitsPrompt = false;
            if(now.IsChecking)
            {
                console.Type(options.Ask);
            }
        }

        private void CountStep(string line)
        {
            var match = options.Step?.Match(line);
            if(match?.Success == true)
            {
                now.Steps++;
                if(stepValues.Count < now.Steps)
                {
                    stepValues.Add(ValueOf(match));
                }
            }
        }

        private void EndRun()
        {
            hasRehearsed = true;
            if(options.Step == null)
            {
                now.Steps = 1;
            }
            End();
        }

        private void Judge(string line)
        {
            var good = options.Good.Match(line);
            if(options.Bad?.IsMatch(line) == true)
            {
                now.Verdict = Verdict.Corrupt;
                now.Answer = $"it says '{line}'";
            }
            else if(options.Lost?.IsMatch(line) == true)
            {
                now.Verdict = Verdict.Lost;
                now.Answer = $"it says '{line}'";
            }
            else if(good.Success)
            {
                JudgeValue(line, ValueOf(good));
            }
            else
            {
                return;
            }
            End();
        }

        // With a value in the lines of steps and in that of the check, it can be told which state there is.
        private void JudgeValue(string line, string value)
        {
            var before = now.StepsBefore == 0 || now.StepsBefore > stepValues.Count ? null : stepValues[now.StepsBefore - 1];
            var after = now.StepsBefore < stepValues.Count ? stepValues[now.StepsBefore] : null;
            if(value == null || (before ?? after) == null)
            {
                now.Verdict = Verdict.Consistent;
            }
            else if(value == after)
            {
                now.Verdict = Verdict.New;
            }
            else if(before == null || value == before)
            {
                // What there was before the first step, nobody has said.
                now.Verdict = Verdict.Old;
            }
            else
            {
                now.Verdict = Verdict.Corrupt;
                now.Answer = $"it says '{line}', where {before}{(after == null ? "" : $" or {after}")} would be right";
            }
        }

        private static string ValueOf(Match match) => match.Groups.Count > 1 && match.Groups[1].Success ? match.Groups[1].Value : null;

        private void AwaitPrompt(bool isAwaited)
        {
            now.AwaitsPrompt = isAwaited;
            console.AwaitPrompt(isAwaited ? options.Prompt : null);
        }

        // Only while they are needed, as a host may be slower with hooks: the end is looked for in the run without a cut alone.
        private void UpdateHooks()
        {
            RemoveHooks();
            if(now.IsRunning && from != null && !now.HasBegun)
            {
                hooked.Add(from.Value);
            }
            if(now.IsRunning && until != null && until != from && !hasRehearsed)
            {
                hooked.Add(until.Value);
            }
            core = hooked.Count > 0 ? (ICPUWithHooks)board.Machine.SystemBus.GetCPUs().First() : null;
            foreach(var address in hooked)
            {
                core.AddHook(address, HandleCall);
            }
        }

        private void RemoveHooks()
        {
            // A core that is gone is not to be touched.
            if(core != null && board.Machine.SystemBus.GetCPUs().Contains(core))
            {
                foreach(var address in hooked)
                {
                    core.RemoveHook(address, HandleCall);
                }
            }
            hooked.Clear();
            core = null;
        }

        private Moment now = new Moment();
        private ICPUWithHooks core;
        private bool hasRehearsed;

        private readonly ICampaignBoard board;
        private readonly FirmwareOptions options;
        private readonly ConsoleLines console;
        private readonly uint? from;
        private readonly uint? until;
        private readonly List<string> stepValues = new List<string>();
        private readonly List<uint> hooked = new List<uint>();

        private const int MostLines = 1000;

        /// <summary>What is known of the firmware at one moment.</summary>
        private sealed class Moment
        {
            public Moment Clone(object console)
            {
                var result = (Moment)MemberwiseClone();
                result.Lines = new List<string>(Lines);
                result.Console = console;
                return result;
            }

            public bool IsRunning;
            public bool IsChecking;
            public bool HasBegun;
            public bool HasEnded;
            public bool AwaitsPrompt;
            public int Steps;
            public int StepsBefore;
            public Verdict? Verdict;
            public string Answer = "";
            public List<string> Lines = new List<string>();
            public object Console;
        }
    }
}
