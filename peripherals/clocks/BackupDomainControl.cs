// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>What RTCSEL can choose.</summary>
    internal enum RtcClockSource
    {
        None,
        Lse,
        Lsi,
        Hse,
    }

    /// <summary>
    /// RCC_BDCR (RM0090 7.3.20): supplied by VBAT while VDD is off, cleared by a reset of the backup domain alone, and written only
    /// while PWR_CR.DBP is set.
    /// </summary>
    internal sealed class BackupDomainControl
    {
        /// <summary>Creates it as after a reset of the backup domain.</summary>
        /// <param name="mistakes">Where a write without DBP is counted.</param>
        /// <param name="isWritable">Tells PWR_CR.DBP.</param>
        public BackupDomainControl(GuestMistakes mistakes, Func<bool> isWritable)
        {
            this.mistakes = mistakes;
            this.isWritable = isWritable;
        }

        /// <summary>Declares the fields of the register.</summary>
        public void Define(DoubleWordRegister register, Func<bool> isLseReady)
        {
            register
                .WithFlag(0, valueProviderCallback: _ => LseOn, writeCallback: (_, value) => Write("LSEON", value != LseOn, () => LseOn = value), name: "LSEON")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => isLseReady(), name: "LSERDY")
                .WithFlag(2, valueProviderCallback: _ => LseBypass,
                    // Only with LSE off.
                    writeCallback: (_, value) => Write("LSEBYP", value != LseBypass, () => LseBypass = LseOn ? LseBypass : value), name: "LSEBYP")
                .WithFlag(3, valueProviderCallback: _ => lseMode, writeCallback: (_, value) => Write("LSEMOD", value != lseMode, () => lseMode = value), name: "LSEMOD")
                .WithReservedBits(4, 4)
                .WithEnumField<DoubleWordRegister, RtcClockSource>(8, 2, valueProviderCallback: _ => RtcSource,
                    // Write-once until the domain is reset.
                    writeCallback: (_, value) => Write("RTCSEL", value != RtcSource, () => RtcSource = RtcSource == RtcClockSource.None ? value : RtcSource), name: "RTCSEL")
                .WithReservedBits(10, 5)
                .WithFlag(15, valueProviderCallback: _ => RtcEnabled, writeCallback: (_, value) => Write("RTCEN", value != RtcEnabled, () => RtcEnabled = value), name: "RTCEN")
                // Last, so that a write which ends the reset doesn't set other bits.
                .WithFlag(16, valueProviderCallback: _ => InReset,
                    writeCallback: (_, value) => Write("BDRST", value != InReset, () => HoldInReset(value), evenInReset: true), name: "BDRST")
                .WithReservedBits(17, 15);
        }

        /// <summary>A reset of the backup domain.</summary>
        public void Reset()
        {
            LseOn = false;
            LseBypass = false;
            lseMode = false;
            RtcSource = RtcClockSource.None;
            RtcEnabled = false;
            InReset = false;
        }

        public bool LseOn { get; private set; }

        /// <summary>A clock at OSC32_IN, no crystal.</summary>
        public bool LseBypass { get; private set; }

        public RtcClockSource RtcSource { get; private set; }

        public bool RtcEnabled { get; private set; }

        /// <summary>BDRST holds the domain in reset.</summary>
        public bool InReset { get; private set; }

        /// <summary>The guest has set BDRST.</summary>
        public event Action ResetRequested;

        /// <summary>The guest has changed something.</summary>
        public event Action Changed;

        private void Write(string field, bool differs, Action write, bool evenInReset = false)
        {
            if(!differs || (InReset && !evenInReset))
            {
                return;
            }
            if(!isWritable())
            {
                mistakes.Report($"RCC_BDCR.{field}", "write ignored, because PWR_CR.DBP is 0");
                return;
            }
            write();
            Changed?.Invoke();
        }

        private void HoldInReset(bool active)
        {
            if(active)
            {
                ResetRequested?.Invoke();
            }
            InReset = active;
        }

        private bool lseMode;

        private readonly GuestMistakes mistakes;
        private readonly Func<bool> isWritable;
    }
}
