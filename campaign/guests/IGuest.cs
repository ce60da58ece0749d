// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>How the code ended that the guest was given last.</summary>
    internal enum GuestOutcome
    {
        /// <summary>It has not.</summary>
        Running,
        /// <summary>As it should.</summary>
        Returned,
        /// <summary>By an exception.</summary>
        Raised,
        /// <summary>It ended the firmware, or began it anew.</summary>
        Left,
    }

    /// <summary>
    /// How a program is driven and asked: MicroPython at its REPL, or any firmware that can be told to run, and to say afterwards what it
    /// found. Virtual time passes only within the methods that wait.
    /// </summary>
    internal interface IGuest
    {
        /// <summary>Begins to listen to the board; call it again when its objects are others.</summary>
        void Attach();

        /// <summary>Ends that.</summary>
        void Detach();

        /// <summary>What it knows of the program now, to be taken up again when the board goes back to this moment.</summary>
        object Remember();

        /// <summary>The board is at another moment, that of this memory: what was heard since then, or elsewhere, is forgotten.</summary>
        void Recall(object memory);

        /// <summary>Waits for the firmware that starts now to be ready for the program.</summary>
        /// <param name="timeout">Virtual seconds.</param>
        bool WaitForBoot(double timeout);

        /// <summary>Gives it the program for the first time, looks whether it is one for a campaign, and has it prepare its run.</summary>
        /// <param name="timeout">Virtual seconds that each step may take.</param>
        /// <exception cref="Antmicro.Renode.Exceptions.RecoverableException">It isn't; one line says why.</exception>
        void Introduce(double timeout);

        /// <summary>Gives it the program after a cut.</summary>
        /// <param name="timeout">Virtual seconds.</param>
        GuestOutcome Load(double timeout);

        /// <summary>Starts what is to be cut, and returns before any virtual time has passed.</summary>
        void StartRun();

        /// <summary>Starts the question what is left, which may write, too; returns before any virtual time has passed.</summary>
        /// <param name="stepsDone">Steps of the run that were complete when the power went.</param>
        void StartCheck(int stepsDone);

        /// <summary>Waits for the end of what was started.</summary>
        /// <param name="timeout">Virtual seconds.</param>
        /// <param name="isOver">Another reason to stop waiting.</param>
        GuestOutcome WaitForEnd(double timeout, Func<bool> isOver = null);

        /// <summary>Why a run without a cut that ended in another way than it should can't be cut: all but the program's name, in one line.</summary>
        /// <param name="outcome">How it ended.</param>
        /// <param name="timeout">Virtual seconds that it was given.</param>
        string ExplainRun(GuestOutcome outcome, double timeout);

        /// <summary>Why a run without a cut that has written nothing to the target, or too much, can't be cut; in the same way.</summary>
        /// <param name="most">How many writes are too many; 0: there was none.</param>
        string ExplainWrites(int most);

        /// <summary>What is wrong with a check that has not returned, in one line; with one that has, empty or what it said.</summary>
        /// <param name="outcome">How it ended.</param>
        /// <param name="timeout">Virtual seconds that it was given.</param>
        string ExplainCheck(GuestOutcome outcome, double timeout);

        /// <summary>What is wrong with the check after the run without a cut, in one line, or null: only if <see cref="ProvesCheck"/>.</summary>
        /// <param name="outcome">How it ended.</param>
        /// <param name="timeout">Virtual seconds that it was given.</param>
        /// <param name="mayLose">The supply loses what the run wrote.</param>
        string ExplainProof(GuestOutcome outcome, double timeout, bool mayLose);

        /// <summary>What the check said.</summary>
        /// <param name="answer">In its own words, for a message.</param>
        /// <returns>Null if that is no verdict.</returns>
        Verdict? ReadVerdict(out string answer);

        /// <summary>Has it ended what was started?</summary>
        bool IsThrough { get; }

        /// <summary>Steps that it has completed since the start.</summary>
        int StepsDone { get; }

        /// <summary>The exception of code that raised when it was loaded, in one line.</summary>
        string Exception { get; }

        /// <summary>What the check printed, and all about its exception.</summary>
        string Transcript { get; }

        /// <summary>Said of firmware that does not get ready: <c>MicroPython shows no prompt</c>.</summary>
        string NoBoot { get; }

        /// <summary>What may be the cause if it never did.</summary>
        string NoBootHint { get; }

        /// <summary>What is cut, for messages: <c>run()</c>.</summary>
        string RunName { get; }

        /// <summary>May it fetch instructions from where its run writes?</summary>
        bool RunsFromTargets { get; }

        /// <summary>Is the check to be tried after the run without a cut, as nobody else has seen that it works?</summary>
        bool ProvesCheck { get; }

        /// <summary>Called on the core's thread when what was started begins; null: nobody.</summary>
        Action Began { get; set; }

        /// <summary>Called on the core's thread when it has ended; null: nobody.</summary>
        Action Ended { get; set; }
    }
}
