// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Peripherals.CPU
{
    /// <summary>What the emulation loop asks of a processor.</summary>
    public interface IExecutionEngine : ICPU
    {
        /// <summary>
        /// Executes instructions until <paramref name="maxInstructions"/> are reached. Basic blocks are not split, so the count
        /// may be exceeded by less than one block, unless <see cref="ExactSlices"/>. Returns early, with 0 if need be, when the
        /// processor is halted or asleep or <see cref="RequestStop"/> was called.
        /// </summary>
        /// <returns>The number of instructions executed.</returns>
        ulong ExecuteSlice(ulong maxInstructions);

        /// <summary>Ends the running slice at most that many instructions from now.</summary>
        void LimitSlice(ulong instructions);

        /// <summary>Ends the running slice after the current basic block. Outside of a slice it does nothing.</summary>
        void RequestStop();

        /// <summary>Tells that host memory from <paramref name="start"/> up to <paramref name="end"/> was written, not by the program: code in it is to be read anew.</summary>
        void OrderTranslationBlocksInvalidation(IntPtr start, IntPtr end);

        /// <summary>Instructions executed so far in the running slice; 0 outside of one.</summary>
        ulong InstructionsInSlice { get; }

        /// <summary>Whether the processor waits for an interrupt or event.</summary>
        bool IsSleeping { get; }

        /// <summary>Whether a slice is running.</summary>
        bool IsExecuting { get; }

        /// <summary>Instructions per microsecond of virtual time.</summary>
        uint PerformanceInMips { get; set; }

        /// <summary>Whether a slice never exceeds its count. Slow.</summary>
        bool ExactSlices { get; set; }
    }
}
