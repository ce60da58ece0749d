// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>Registers behind a clock gate: without clock they read 0 and ignore writes, and right after it was switched on an access may be lost.</summary>
    public abstract class GatedRegisterBlock : RegisterBlock, IClockGated
    {
        /// <param name="machine">The machine.</param>
        /// <param name="block">Name of the block as in the manual.</param>
        /// <param name="registers">Enum of its registers.</param>
        /// <param name="reason">Why an access without clock does nothing, for messages.</param>
        /// <param name="facts">Facts of the line.</param>
        /// <param name="map">Registers that the line has.</param>
        private protected GatedRegisterBlock(IMachine machine, string block, Type registers, string reason, ChipFacts facts = null, Func<ChipFacts, RegisterMap> map = null)
            : base(machine, block, registers, facts, map)
        {
            this.reason = reason;
        }

        /// <inheritdoc/>
        public sealed override uint ReadDoubleWord(long offset) => isOpen || IsReachable(offset, "read as 0") ? ReadRegister(offset) : 0;

        /// <inheritdoc/>
        public sealed override void WriteDoubleWord(long offset, uint value)
        {
            if(isOpen || IsReachable(offset, "write ignored"))
            {
                WriteRegister(offset, value);
            }
        }

        /// <summary>The bit in RCC_xxxENR and, while the core sleeps, in RCC_xxxLPENR.</summary>
        [HideInMonitor]
        public bool ClockEnabled
        {
            get => clockEnabled;
            set
            {
                if(clockEnabled == value)
                {
                    return;
                }
                HandleClockChanging();
                clockEnabled = value;
                delay = null;
                isOpen = value;
                HandleClockChanged();
            }
        }

        /// <summary>The firmware has just switched the clock on.</summary>
        internal void Delay(ClockDelay clockDelay)
        {
            delay = clockEnabled ? clockDelay : null;
            isOpen = clockEnabled && delay == null;
        }

        /// <summary>A read with the clock on.</summary>
        private protected virtual uint ReadRegister(long offset) => base.ReadDoubleWord(offset);

        /// <summary>A write with the clock on.</summary>
        private protected virtual void WriteRegister(long offset, uint value) => base.WriteDoubleWord(offset, value);

        /// <summary>The clock is about to go on or off.</summary>
        private protected virtual void HandleClockChanging()
        {
        }

        /// <summary>The clock has gone on or off.</summary>
        private protected virtual void HandleClockChanged()
        {
        }

        private bool IsReachable(long offset, string consequence)
        {
            if(!clockEnabled)
            {
                Report(offset, $"{consequence}, because {reason}");
                return false;
            }
            if(!machine.SystemBus.TryGetCurrentCPU(out var cpu))
            {
                return true;
            }
            var current = delay;
            delay = null;
            isOpen = true;
            if(!current.IsTooEarly(cpu.PC.RawValue))
            {
                return true;
            }
            Report(offset, (current.LosesAccess ? consequence : "on silicon this access may be lost")
                + $", because {current.Cycles} cycles have to pass after its clock was switched on");
            return !current.LosesAccess;
        }

        private void Report(long offset, string rule)
        {
            // Some models report from other threads, too.
            lock(mistakes)
            {
                mistakes.Report(OffsetToString(offset), rule);
            }
        }

        // Everything that an access has to ask for, in one.
        private bool isOpen = true;
        private bool clockEnabled = true;
        private ClockDelay delay;

        private readonly string reason;
    }
}
