// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Window watchdog (RM0090 chapter 22): seven bits that count down with PCLK1 / 4096 / 2^WDGTB. While it is active, it
    /// resets the chip when the count leaves 0x40, when it is written above the window, and when T6 is written as 0. The
    /// reset leaves WWDGRSTF and PINRSTF in RCC_CSR.
    /// </summary>
    /// <remarks>
    /// The count runs whenever its clock does, active or not, and EWIF is set at 0x40 with or without EWI (22.3, 22.4). The
    /// clock stops with RCC_APB1ENR.WWDGEN, in Stop and in Standby.
    /// We choose: a write to CR or a new WDGTB starts the prescaler over; the write that activates the watchdog is no refresh,
    /// so that the window doesn't apply to it; without clock, registers read 0 and ignore writes.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_WindowWatchdog : GatedRegisterBlock, IHasFrequency, IResetMember, IHeldByDebugger
    {
        /// <summary>Creates the watchdog, inactive.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip; they carry the reset out.</param>
        /// <param name="pwr">Power controller, which says when the chip is in Stop; may be left out.</param>
        /// <param name="frequency">PCLK1 in Hz until the clock controller sets it.</param>
        public STM32F4_WindowWatchdog(IMachine machine, STM32F4_Supplies supplies, STM32F4_PWR pwr = null, ulong frequency = 16000000)
            : base(machine, "WWDG", typeof(Registers), "RCC_APB1ENR.WWDGEN is off")
        {
            if(supplies == null || frequency == 0)
            {
                throw new ConstructionException("'supplies' is missing or 'frequency' is 0");
            }
            this.supplies = supplies;
            timer = new LimitTimer(machine.ClockSource, frequency, this, "counter", limit: PclksPerStep, direction: Direction.Descending,
                workMode: WorkMode.OneShot, eventEnabled: true);
            timer.LimitReached += HandleTurningPoint;
            DefineRegisters();
            if(pwr != null)
            {
                pwr.StopEntered += () => SetStopped(true);
                pwr.StopLeft += () => SetStopped(false);
            }
            ResetRegisters();
            UpdateClock();
            supplies.Resets.Attach(this);
        }

        /// <summary>Nothing: resets come through <see cref="IResetMember"/>.</summary>
        public override void Reset()
        {
        }

        /// <inheritdoc/>
        void IResetMember.ResetState(ResetClass resetClass, ResetCause cause)
        {
            if(resetClass != ResetClass.BackupDomainReset)
            {
                ResetRegisters();
            }
        }

        /// <inheritdoc/>
        void IResetMember.ResetOutputs()
        {
            UpdateInterrupt();
        }

        /// <inheritdoc/>
        [HideInMonitor]
        public bool IsHeldByDebugger
        {
            get => isHeldByDebugger;
            set
            {
                isHeldByDebugger = value;
                UpdateClock();
            }
        }

        /// <summary>PCLK1, in Hz.</summary>
        public ulong Frequency
        {
            get => timer.Frequency;
            set => timer.Frequency = value;
        }

        /// <summary>WWDG_CR.T now: 0 to 127.</summary>
        public uint Count
        {
            get
            {
                VirtualClock.Now(machine);
                // A step ends when its last clock is over: the rest of it still belongs to the count.
                var steps = (timer.Value + StepLength - 1) / StepLength;
                return (uint)(turningPoint + (long)steps) & (uint)HighestCount;
            }
        }

        /// <summary>WWDG_CR.WDGA: does it reset the chip?</summary>
        public bool IsActive => isActive;

        /// <summary>Early wake-up interrupt, position 0 of the NVIC.</summary>
        public GPIO IRQ { get; } = new GPIO();

        private protected override void HandleClockChanged() => UpdateClock();

        private void ResetRegisters()
        {
            RegistersCollection.Reset();
            isActive = false;
            isStopped = false;
            Load(HighestCount);
        }

        private void DefineRegisters()
        {
            Registers.CR.Define(this, 0x7F)
                .WithValueField(0, 7, out var newCount, valueProviderCallback: _ => Count, name: "T")
                .WithFlag(7, out var activate, valueProviderCallback: _ => isActive, name: "WDGA")
                .WithReservedBits(8, 24)
                .WithWriteCallback((_, __) => WriteControl((long)newCount.Value, activate.Value));
            Registers.CFR.Define(this, 0x7F)
                .WithValueField(0, 7, out window, name: "W")
                .WithValueField(7, 2, out timeBase, changeCallback: (old, _) => ChangeTimeBase(old), name: "WDGTB")
                .WithFlag(9, out earlyWakeUpEnabled, FieldMode.Read | FieldMode.Set, name: "EWI")
                .WithReservedBits(10, 22)
                .WithWriteCallback((_, __) => UpdateInterrupt());
            Registers.SR.Define(this)
                .WithFlag(0, out earlyWakeUp, FieldMode.Read | FieldMode.WriteZeroToClear, name: "EWIF")
                .WithReservedBits(1, 31)
                .WithWriteCallback((_, __) => UpdateInterrupt());
        }

        private void WriteControl(long newCount, bool activate)
        {
            if(isActive && Count > window.Value)
            {
                mistakes.Report("WWDG_CR", "reset, because the counter was refreshed above the window (WWDG_CFR.W)");
                RequestReset();
            }
            isActive |= activate;
            Load(newCount);
            if(isActive && newCount < LowestAllowed)
            {
                mistakes.Report("WWDG_CR", "reset, because T6 was written as 0");
                RequestReset();
            }
        }

        private void ChangeTimeBase(ulong old)
        {
            VirtualClock.Synchronize(machine);
            // What is left is counted in whole steps of the new length.
            var oldLength = PclksPerStep << (int)old;
            StartTimer((timer.Value + oldLength - 1) / oldLength);
        }

        private void Load(long count)
        {
            // From one turning point to the next: 0x40 sets EWIF, 0x3F resets.
            turningPoint = count > LowestAllowed ? LowestAllowed : count == LowestAllowed ? LowestAllowed - 1 : LowestAllowed - HighestCount - 1;
            StartTimer((ulong)(count - turningPoint));
        }

        private void StartTimer(ulong steps)
        {
            VirtualClock.Synchronize(machine);
            timer.Limit = steps * StepLength;
            timer.ResetValue();
            UpdateClock();
        }

        private void HandleTurningPoint()
        {
            var count = turningPoint & HighestCount;
            Load(count);
            if(count == LowestAllowed)
            {
                earlyWakeUp.Value = true;
                UpdateInterrupt();
            }
            else if(isActive)
            {
                RequestReset();
            }
        }

        private void RequestReset()
        {
            supplies.Resets.RequestReset(ResetCause.WindowWatchdog);
        }

        private void SetStopped(bool stopped)
        {
            isStopped = stopped;
            UpdateClock();
        }

        private void UpdateClock()
        {
            timer.Enabled = ClockEnabled && !isStopped && !isHeldByDebugger;
        }

        private void UpdateInterrupt()
        {
            IRQ.Set(earlyWakeUp.Value && earlyWakeUpEnabled.Value);
        }

        private ulong StepLength => PclksPerStep << (int)timeBase.Value;

        private bool isActive;
        private bool isStopped;
        private bool isHeldByDebugger;
        // The count at which something happens next; the timer tells when. Below zero, the count wraps before.
        private long turningPoint;
        private IValueRegisterField window;
        private IValueRegisterField timeBase;
        private IFlagRegisterField earlyWakeUpEnabled;
        private IFlagRegisterField earlyWakeUp;

        private readonly STM32F4_Supplies supplies;
        private readonly LimitTimer timer;

        private const ulong PclksPerStep = 4096;
        private const long HighestCount = 0x7F;
        private const long LowestAllowed = 0x40;

        private enum Registers
        {
            CR = 0x0,
            CFR = 0x4,
            SR = 0x8,
        }
    }
}
