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
    /// Independent watchdog (RM0090 chapter 21), clocked by LSI. It counts on in Sleep, Stop and Standby, and its reset ends
    /// them. The reset leaves IWDGRSTF and PINRSTF in RCC_CSR; once started, by its key or by the option byte WDG_SW, it can
    /// be stopped by a reset only.
    /// </summary>
    /// <remarks>
    /// The key 0xCCCC starts the count at 0xFFF, whatever IWDG_RLR holds (21.3), unless the key 0xAAAA has loaded another value since the reset:
    /// RIOT's driver relies on that, and its test measures it on boards. A new value of PR or RLR takes five clocks of
    /// LSI (21.4.4); meanwhile PVU or RVU is set, the register reads its old value and ignores writes.
    /// We choose: a reload by the key 0xAAAA while RVU is set happens when the new value is there; the key 0xCCCC does
    /// nothing once the watchdog runs; through Standby it counts on with the prescaler that it has; the wake-up from Standby stops
    /// it, as any reset does.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_IndependentWatchdog : BasicDoubleWordPeripheral, IKnownSize, IResetMember, IHeldByDebugger
    {
        /// <summary>Creates the watchdog, stopped.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip; they carry the reset out.</param>
        /// <param name="frequency">LSI in Hz; on silicon 17000 to 47000. 0: that of the clock controller, or 32000 without one.</param>
        /// <param name="rcc">Clock controller, whose LSI the running watchdog keeps on; may be left out.</param>
        public STM32F4_IndependentWatchdog(IMachine machine, STM32F4_Supplies supplies, ulong frequency = 0, STM32F4_RCC rcc = null) : base(machine)
        {
            if(supplies == null)
            {
                throw new ConstructionException("'supplies' is missing: name the chip's STM32F4_Supplies");
            }
            if(frequency == 0)
            {
                frequency = rcc == null ? TypicalLsi : rcc.NominalLsiFrequency;
            }
            this.supplies = supplies;
            this.rcc = rcc;
            mistakes = new GuestMistakes(machine, this);
            counter = new LimitTimer(machine.ClockSource, frequency, this, "counter", limit: HighestReload + 1, direction: Direction.Descending,
                workMode: WorkMode.OneShot, eventEnabled: true, divider: SmallestDivider);
            counter.LimitReached += () => supplies.Resets.RequestReset(ResetCause.IndependentWatchdog);
            prescaler = new Update(machine, this, "PR", frequency, 0);
            prescaler.Completed += () => counter.Divider = SmallestDivider << (int)Math.Min(prescaler.Current, HighestPrescaler);
            reload = new Update(machine, this, "RLR", frequency, HighestReload);
            reload.Completed += () =>
            {
                if(reloadWaits)
                {
                    reloadWaits = false;
                    Reload(reload.Current);
                }
            };
            DefineRegisters();
            supplies.Resets.Attach(this);
        }

        /// <summary>Nothing: resets come through <see cref="IResetMember"/>.</summary>
        public override void Reset()
        {
        }

        /// <inheritdoc/>
        void IResetMember.ResetState(ResetClass resetClass, ResetCause cause)
        {
            if(resetClass == ResetClass.BackupDomainReset)
            {
                return;
            }
            RegistersCollection.Reset();
            isWritable = false;
            if(resetClass == ResetClass.StandbyEntry)
            {
                // The count goes on in the VDD domain, with the prescaler it has.
                return;
            }
            counter.Reset();
            isRunning = false;
            prescaler.Reset();
            reload.Reset();
            reloadWaits = false;
        }

        /// <inheritdoc/>
        void IResetMember.ResetOutputs()
        {
            if(supplies.IsPowered && supplies.Resets.OptionBytes.HardwareWatchdog)
            {
                Start();
            }
            ForceLsi(isRunning);
        }

        /// <summary>Was it started? It counts then, unless a debugger holds it.</summary>
        public bool IsRunning => isRunning;

        /// <inheritdoc/>
        [HideInMonitor]
        public bool IsHeldByDebugger
        {
            get => isHeldByDebugger;
            set
            {
                isHeldByDebugger = value;
                counter.Enabled = isRunning && !isHeldByDebugger;
            }
        }

        /// <summary>Mistakes of the guest program seen by this model.</summary>
        public int GuestMistakeCount => mistakes.Count;

        /// <summary>The mistakes, one line for each kind.</summary>
        public string GuestMistakes => mistakes.Summary;

        /// <inheritdoc/>
        public long Size => 0x400;

        private void DefineRegisters()
        {
            Registers.Key.Define(this)
                .WithValueField(0, 16, FieldMode.Write, writeCallback: (_, value) => WriteKey(value), name: "KEY")
                .WithReservedBits(16, 16);
            Registers.Prescaler.Define(this)
                .WithValueField(0, 3, valueProviderCallback: _ => prescaler.Current,
                    writeCallback: (_, value) => Change(prescaler, value, "IWDG_PR", "IWDG_SR.PVU"), name: "PR")
                .WithReservedBits(3, 29);
            Registers.Reload.Define(this, (uint)HighestReload)
                .WithValueField(0, 12, valueProviderCallback: _ => reload.Current,
                    writeCallback: (_, value) => Change(reload, value, "IWDG_RLR", "IWDG_SR.RVU"), name: "RL")
                .WithReservedBits(12, 20);
            Registers.Status.Define(this)
                .WithFlag(0, FieldMode.Read, valueProviderCallback: _ => prescaler.IsPending, name: "PVU")
                .WithFlag(1, FieldMode.Read, valueProviderCallback: _ => reload.IsPending, name: "RVU")
                .WithReservedBits(2, 30);
        }

        private void Change(Update update, ulong value, string name, string busyFlag)
        {
            if(!isWritable)
            {
                if(value != update.Current)
                {
                    mistakes.Report(name, "write ignored, because the key 0x5555 was not written to IWDG_KR");
                }
                return;
            }
            if(update.IsPending)
            {
                mistakes.Report(name, $"write ignored, because {busyFlag} is set");
                return;
            }
            update.Start(value);
        }

        private void WriteKey(ulong key)
        {
            isWritable = key == AccessKey;
            switch(key)
            {
            case StartKey:
                Start();
                break;
            case ReloadKey when reload.IsPending:
                reloadWaits = true;
                break;
            case ReloadKey:
                Reload(reload.Current);
                break;
            }
        }

        private void Start()
        {
            if(!isRunning)
            {
                VirtualClock.Synchronize(machine);
                isRunning = true;
                counter.Enabled = !isHeldByDebugger;
                ForceLsi(true);
            }
        }

        private void ForceLsi(bool value)
        {
            if(rcc != null && rcc.LsiForced != value)
            {
                rcc.LsiForced = value;
            }
        }

        private void Reload(ulong value)
        {
            VirtualClock.Synchronize(machine);
            // A reload of 0 still takes one clock.
            counter.Limit = value + 1;
            counter.ResetValue();
        }

        private bool isWritable;
        private bool isRunning;
        private bool isHeldByDebugger;
        private bool reloadWaits;

        private readonly STM32F4_Supplies supplies;
        private readonly STM32F4_RCC rcc;
        private readonly LimitTimer counter;
        private readonly Update prescaler;
        private readonly Update reload;
        private readonly GuestMistakes mistakes;

        private const ulong AccessKey = 0x5555;
        private const ulong ReloadKey = 0xAAAA;
        private const ulong StartKey = 0xCCCC;
        private const ulong HighestReload = 0xFFF;
        private const ulong SmallestDivider = 4;
        private const ulong HighestPrescaler = 6;
        private const ulong UpdateClocks = 5;
        private const ulong TypicalLsi = 32000;

        /// <summary>A value on its way from the interface to the counter's clock domain.</summary>
        private class Update
        {
            public Update(IMachine machine, IPeripheral owner, string name, ulong frequency, ulong initial)
            {
                this.machine = machine;
                this.initial = initial;
                Current = initial;
                timer = new LimitTimer(machine.ClockSource, frequency, owner, name, limit: UpdateClocks, direction: Direction.Descending,
                    workMode: WorkMode.OneShot, eventEnabled: true);
                timer.LimitReached += Complete;
            }

            public void Start(ulong value)
            {
                VirtualClock.Synchronize(machine);
                next = value;
                IsPending = true;
                timer.ResetValue();
                timer.Enabled = true;
            }

            public void Reset()
            {
                timer.Reset();
                IsPending = false;
                Current = initial;
            }

            public bool IsPending { get; private set; }

            public ulong Current { get; private set; }

            public event Action Completed;

            private void Complete()
            {
                IsPending = false;
                Current = next;
                Completed?.Invoke();
            }

            private ulong next;

            private readonly ulong initial;
            private readonly IMachine machine;
            private readonly LimitTimer timer;
        }

        private enum Registers
        {
            Key = 0x0,
            Prescaler = 0x4,
            Reload = 0x8,
            Status = 0xC,
        }
    }
}
