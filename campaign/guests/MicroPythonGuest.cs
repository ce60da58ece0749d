// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>MicroPython, with a program that defines run(), check(done), and setup() if it likes.</summary>
    internal sealed class MicroPythonGuest : IGuest
    {
        /// <summary>Creates the guest; call <see cref="Attach"/> then.</summary>
        /// <param name="board">The board.</param>
        /// <param name="program">Name of the program, for messages.</param>
        /// <param name="source">Its text.</param>
        public MicroPythonGuest(ICampaignBoard board, string program, string source)
        {
            this.program = program;
            this.source = source;
            repl = new ReplSession(board);
        }

        /// <inheritdoc/>
        public void Attach()
        {
            repl.Attach();
        }

        /// <inheritdoc/>
        public void Detach()
        {
            repl.Detach();
        }

        /// <inheritdoc/>
        public object Remember() => repl.Remember();

        /// <inheritdoc/>
        public void Recall(object memory)
        {
            repl.Recall(memory);
        }

        /// <inheritdoc/>
        public bool WaitForBoot(double timeout) => repl.WaitForBoot(timeout);

        /// <inheritdoc/>
        public void Introduce(double timeout)
        {
            switch(Load(timeout))
            {
            case GuestOutcome.Running:
                throw new RecoverableException($"{program} does not get to its end within {timeout:0.###} s of virtual time: it must only define run() and check(), and leave the work to them");
            case GuestOutcome.Raised:
                throw new RecoverableException($"{program} raises at once: {CampaignText.Detail(Exception)}");
            }
            foreach(var function in new[] { "run", "check" })
            {
                if(!repl.Run($"print(callable(globals().get('{function}')))", timeout) || repl.Output.Trim() != "True")
                {
                    throw new RecoverableException($"{program} has no function {function}(): define {(function == "run" ? "run(), which is cut" : "check(done), which says what is left")}");
                }
            }
            repl.Start("globals().get('setup',lambda:0)()");
            switch(WaitForEnd(timeout))
            {
            case GuestOutcome.Running:
                throw new RecoverableException($"{program}: setup() does not end within {timeout:0.###} s of virtual time");
            case GuestOutcome.Raised:
                throw new RecoverableException($"{program}: setup() raises {CampaignText.Detail(Exception)}");
            }
        }

        /// <inheritdoc/>
        public GuestOutcome Load(double timeout)
        {
            repl.Start(source);
            return WaitForEnd(timeout);
        }

        /// <inheritdoc/>
        public void StartRun()
        {
            repl.Start(RunCode);
        }

        /// <inheritdoc/>
        public void StartCheck(int stepsDone)
        {
            repl.Start($"print('{AnswerMark}%r'%(check({stepsDone}),))");
        }

        /// <inheritdoc/>
        public GuestOutcome WaitForEnd(double timeout, Func<bool> isOver = null)
        {
            return !repl.WaitForEnd(timeout, isOver) ? GuestOutcome.Running
                : repl.Traceback.Length > 0 ? GuestOutcome.Raised
                : repl.HasExited ? GuestOutcome.Left
                : GuestOutcome.Returned;
        }

        /// <inheritdoc/>
        public string ExplainRun(GuestOutcome outcome, double timeout)
        {
            switch(outcome)
            {
            case GuestOutcome.Running:
                return $"run() does not end within {timeout:0.###} s of virtual time: let it do less, or raise --run-timeout";
            case GuestOutcome.Raised:
                return $"run() raises {CampaignText.Detail(Exception)}";
            default:
                return $"run() {Leaving}: let it return";
            }
        }

        /// <inheritdoc/>
        public string ExplainWrites(int most)
        {
            return most > 0 ? $"run() makes more than {most} writes, counting three of each that takes time: let it do less, or choose with --target"
                : "run() never writes backup SRAM, nor anything else that is kept, so there is nothing to cut (is the memory unlocked?)";
        }

        /// <inheritdoc/>
        public string ExplainCheck(GuestOutcome outcome, double timeout)
        {
            switch(outcome)
            {
            case GuestOutcome.Running:
                return $"check() does not end within {timeout:0.###} s of virtual time";
            case GuestOutcome.Raised:
                return CampaignText.Detail(Exception);
            case GuestOutcome.Left:
                return $"check() {Leaving}";
            default:
                return "";
            }
        }

        /// <inheritdoc/>
        public string ExplainProof(GuestOutcome outcome, double timeout, bool mayLose) => null;

        /// <inheritdoc/>
        public Verdict? ReadVerdict(out string answer)
        {
            var output = repl.Output;
            answer = output.Substring(output.LastIndexOf(AnswerCharacter) + 1).Trim();
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
                return null;
            }
        }

        /// <inheritdoc/>
        public bool IsThrough => repl.IsThrough;

        /// <inheritdoc/>
        public int StepsDone => repl.Marks;

        /// <inheritdoc/>
        public string Exception => repl.Traceback.Split('\n').Last().Trim();

        /// <inheritdoc/>
        public string Transcript => (repl.Output.Split(AnswerCharacter)[0] + "\n" + repl.Traceback).Replace("\r", "").Trim('\n');

        /// <inheritdoc/>
        public string NoBoot => "MicroPython shows no prompt";

        /// <inheritdoc/>
        public string NoBootHint => "is its firmware MicroPython, with the REPL on a UART?";

        /// <inheritdoc/>
        public string RunName => "run()";

        /// <inheritdoc/>
        public bool RunsFromTargets => false;

        /// <inheritdoc/>
        public bool ProvesCheck => false;

        /// <inheritdoc/>
        public Action Began
        {
            get => repl.Began;
            set => repl.Began = value;
        }

        /// <inheritdoc/>
        public Action Ended
        {
            get => repl.Ended;
            set => repl.Ended = value;
        }

        private readonly string program;
        private readonly string source;
        private readonly ReplSession repl;

        // Each step prints a mark when it is complete; a run() that is no generator is one step.
        private static readonly string RunCode = $"_s=run()\nfor _s in (_s if hasattr(_s,'send') else (0,)):print(end='\\x{(int)ReplSession.Mark:x2}')";

        private const string Leaving = "ends MicroPython, with sys.exit() or a soft reset";
        private const string AnswerMark = "\\x05";
        private const char AnswerCharacter = '\u0005';
    }
}
