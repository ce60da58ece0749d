// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

using Antmicro.Migrant.Hooks;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Decides which class of reset happened, and tells every member once: state first, then outputs. Holds the core while the chip
    /// has no supply, is in brown-out or in Standby, or has no clock.
    /// </summary>
    /// <remarks>
    /// RM0090 5.2 (supply supervisor), 7.1 (reset). A reset of Renode's machine that nobody announced here is one by the NRST pin.
    /// Between the power-down threshold and the brown-out level of the option bytes, the chip is held in reset.
    /// We choose: the core is cut off at once when VDD falls below a threshold (1.68 V if no brown-out level is higher), and starts at
    /// once when VDD is back above it (1.72 V; no reset temporization); a brown-out keeps SRAM, CCM and the backup domain, because their supply never went: only the power-down
    /// reset switches over to VBAT (5.1.2).
    /// </remarks>
    public class ResetController
    {
        /// <summary>Creates the controller of a chip that is switched on.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="owner">Whose name its log lines carry.</param>
        /// <param name="randomContent">What memories hold that have lost their supply.</param>
        /// <param name="levels">At which VDD the chip acts.</param>
        internal ResetController(IMachine machine, IPeripheral owner, RandomContent randomContent, SupplyLevels levels)
        {
            this.machine = machine;
            this.owner = owner;
            this.randomContent = randomContent;
            this.levels = levels;
            members = new List<IResetMember>();
            OptionBytes = new NewChip();
            LastReset = "power-on";
            Subscribe();
        }

        /// <summary>Adds a model that is to be told of resets. Called by the models themselves.</summary>
        public void Attach(IResetMember member)
        {
            members.Add(member);
        }

        /// <summary>Resets the system as soon as the emulation can: for the core and the watchdogs.</summary>
        /// <param name="cause">What asks for it. Each internal reset pulls NRST low, so the pin's flag comes with it.</param>
        public void RequestReset(ResetCause cause)
        {
            InSyncedState(() => ResetSystem(cause | ResetCause.Pin));
        }

        /// <summary>A system reset now; the machine has to be paused. In Standby it is the wake-up, without supply it does nothing.</summary>
        public void ResetSystem(ResetCause cause)
        {
            switch(state)
            {
            case State.On:
                Announce(ResetClass.SystemReset, cause);
                ResetMachine();
                break;
            case State.Standby:
                WakeUp(cause);
                break;
            default:
                owner.Log(LogLevel.Info, "Reset ({0}) has no effect: VDD is {1}", cause, StateName);
                break;
            }
        }

        /// <summary>RCC_BDCR.BDRST: tells all members that the backup domain is reset.</summary>
        public void ResetBackupDomain()
        {
            Announce(ResetClass.BackupDomainReset, ResetCause.None);
            Settle();
        }

        /// <summary>A bit of RCC_xxxRSTR: tells one member, and nobody else.</summary>
        public void ResetPeripheral(IResetMember member)
        {
            member.ResetState(ResetClass.PeripheralReset, ResetCause.None);
            member.ResetOutputs();
        }

        /// <summary>
        /// Makes the low-power reset (RM0090 7.1.1) if the option bytes want it instead of the mode; called by the power
        /// controller when the core has completed the sequence that enters the mode.
        /// </summary>
        /// <returns>Is the chip reset? If so, the mode is not entered.</returns>
        public bool ResetsInsteadOf(LowPowerMode mode)
        {
            var resets = mode == LowPowerMode.Stop ? OptionBytes.ResetsOnStop : OptionBytes.ResetsOnStandby;
            if(resets)
            {
                RequestReset(ResetCause.LowPower);
            }
            return resets;
        }

        /// <summary>The 1.2 V domain goes off (Standby); called by the power controller.</summary>
        /// <param name="leaveAtOnce">The wake-up flag is set already: no instruction comes between.</param>
        public void EnterStandby(bool leaveAtOnce = false)
        {
            InSyncedState(() =>
            {
                if(state == State.On)
                {
                    state = State.Standby;
                    TellState(ResetClass.StandbyEntry, ResetCause.None);
                    ResetMachine();
                    owner.Log(LogLevel.Info, "Standby: the 1.2 V domain is off");
                    if(leaveAtOnce)
                    {
                        WakeUp(ResetCause.None);
                    }
                }
            });
        }

        /// <summary>Wake-up event in Standby; does nothing in any other state.</summary>
        public void LeaveStandby()
        {
            InSyncedState(() =>
            {
                if(state == State.Standby)
                {
                    WakeUp(ResetCause.None);
                }
            });
        }

        /// <summary>VDD has changed; the machine has to be paused if that crosses a threshold of the chip.</summary>
        /// <param name="volts">VDD now.</param>
        /// <param name="backupSupplied">Does VBAT hold the backup domain now?</param>
        public void ApplySupplies(double volts, bool backupSupplied)
        {
            vdd = volts;
            var next = NextState(volts);
            var wasCutOff = IsCutOff;
            IsCutOff = false;
            if(next != state)
            {
                ChangeState(next, backupSupplied);
            }
            else if(wasCutOff)
            {
                // Somebody raised VDD again before the core had stopped.
                SetCoresHalted(state != State.On);
            }
            ApplyBackupSupply(backupSupplied);
        }

        /// <summary>VBAT has changed, or what feeds it; the machine has to be paused.</summary>
        /// <param name="supplied">Does VBAT hold the backup domain now?</param>
        public void ApplyBackupSupply(bool supplied)
        {
            if(state != State.Off)
            {
                return;
            }
            if(isBackupSupplied && !supplied)
            {
                Announce(ResetClass.PowerOnResetWithoutBattery, PowerFlags);
                Settle();
                owner.Log(LogLevel.Info, "VBAT is gone too: the backup domain is lost");
            }
            isBackupSupplied = supplied;
        }

        /// <summary>Stops the cores with the block that they execute: VDD is about to be cut.</summary>
        public void CutCoresOff()
        {
            IsCutOff = true;
            SetCoresHalted(true);
            CutOff?.Invoke();
        }

        /// <summary>Stops the cores that run, because their clock has stopped, until <see cref="ReleaseCores"/> or a reset.</summary>
        public void HoldCores()
        {
            foreach(var cpu in machine.SystemBus.GetCPUs().Where(x => !x.IsHalted))
            {
                heldCores.Add(cpu);
                cpu.IsHalted = true;
            }
            if(heldCores.Count > 0)
            {
                HoldTimeBack(true);
            }
        }

        /// <summary>Lets the cores go on that <see cref="HoldCores"/> has stopped; the machine has to be paused. Those that somebody else has stopped stay so.</summary>
        public void ReleaseCores()
        {
            // Without power there is none, and time is held back all the same.
            if(heldCores.Count > 0)
            {
                HoldTimeBack(false);
            }
            foreach(var cpu in heldCores)
            {
                cpu.IsHalted = false;
            }
            heldCores.Clear();
        }

        /// <summary>Is this core stopped by somebody who isn't of the chip, as a debugger does?</summary>
        public bool IsHaltedFromOutside(ICPU cpu) => cpu.IsHalted && IsOn && !IsCutOff && !heldCores.Contains(cpu);

        /// <summary>Does something as soon as the emulation can, with all cores between two instructions.</summary>
        internal void InSyncedState(Action action)
        {
            machine.LocalTimeSource.ExecuteInNearestSyncedState(_ => action());
        }

        /// <summary>Would VDD at this level stop a core that runs now?</summary>
        public bool StopsCoresAt(double volts) => state == State.On && NextState(volts) is State.Off or State.BrownOut;

        /// <summary>Would VDD at this level change nothing but what the voltage detector says?</summary>
        public bool IsUndisturbedAt(double volts) => NextState(volts) == state && state != State.Off;

        /// <summary>Renode has begun to reset the machine.</summary>
        internal void HandlePeripheralReset()
        {
            IsResetting = true;
        }

        /// <summary>
        /// Is Renode resetting the machine, or did so less than 500 us ago? Its ports and buttons then let pins go up and down that
        /// on the board keep still: such edges are no events.
        /// </summary>
        public bool IsResetting { get; private set; }

        /// <summary>Is VDD high enough for the chip to work, by its power-down threshold and its brown-out level?</summary>
        public bool IsPowered => state == State.On || state == State.Standby;

        /// <summary>Is VDD below the power-down threshold?</summary>
        public bool IsOff => state == State.Off;

        /// <summary>Does the chip run, or sleep, with its 1.2 V domain on?</summary>
        public bool IsOn => state == State.On;

        /// <summary>Does the brown-out reset hold the chip, with VDD above the power-down threshold?</summary>
        public bool IsInBrownOut => state == State.BrownOut;

        /// <summary>Is the chip in Standby mode?</summary>
        public bool IsInStandby => state == State.Standby;

        /// <summary>Was VDD cut while the core is still to stop?</summary>
        public bool IsCutOff { get; private set; }

        /// <summary>The class of the last reset, and what caused it, for people.</summary>
        public string LastReset { get; private set; }

        /// <summary>State of the chip by its supply, for people.</summary>
        public string StateName => StateNames[(int)state];

        /// <summary>VDD in volts below which the power-down reset begins, and at which the power-on reset ends.</summary>
        public (double Falling, double Rising) PowerDownThreshold => (levels.PowerDown, levels.PowerOn);

        /// <summary>The brown-out level in volts, falling and rising; 0 if it is off.</summary>
        public (double Falling, double Rising) BrownOutThreshold => levels.BrownOut[OptionBytes.BrownOutLevel];

        /// <summary>All levels of VDD at which something here happens, in volts.</summary>
        public IEnumerable<double> Thresholds => levels.BrownOut.SelectMany(x => new[] { x.Falling, x.Rising }).Where(x => x > 0)
            .Concat(new[] { levels.PowerOn, levels.PowerDown });

        /// <summary>All members that have something to say in <see cref="STM32F4_Supplies.Status"/>.</summary>
        public IEnumerable<IStatusProvider> StatusProviders => members.OfType<IStatusProvider>();

        /// <summary>The option bytes that decide about resets; those of a new chip until the flash interface has set its own.</summary>
        public IOptionBytes OptionBytes { get; set; }

        /// <summary>Memories that lose their content with VDD and in Standby; they start with random content.</summary>
        public IMemory[] VolatileMemories
        {
            get => volatileMemories;
            set
            {
                volatileMemories = value ?? new IMemory[0];
                randomContent.Fill(volatileMemories);
            }
        }

        /// <summary>VDD is about to be cut, while the cores are still to stop: what memories are doing ends here.</summary>
        public event Action CutOff;

        /// <summary>A machine reset is over, and pins mean again what they show.</summary>
        public event Action PinsSettled;

        [PostDeserialization]
        private void Subscribe()
        {
            machine.MachineReset += HandleMachineReset;
        }

        private void HandleMachineReset(IMachine _)
        {
            IsResetting = true;
            if(!isAnnounced)
            {
                HandleUnannouncedReset();
            }
            // A reset lets the cores run in some versions of Renode, and leaves them halted in others.
            SetCoresHalted(state != State.On);
            HostFeatures.MendMachineReset(machine);
            // What the buttons do in their reset arrives with Renode's next synchronization.
            var thisReset = ++resets;
            machine.ScheduleAction(TimeInterval.FromMicroseconds(PinsSettleAfter), _ => SettlePins(thisReset), "pins are quiet again");
            Settle();
            if(NextState(vdd) != state)
            {
                // The reset has loaded another brown-out level.
                InSyncedState(() => ApplySupplies(vdd, isBackupSupplied));
            }
        }

        private void HandleUnannouncedReset()
        {
            switch(state)
            {
            case State.On:
                Announce(ResetClass.SystemReset, ResetCause.Pin);
                break;
            case State.Standby:
                state = State.On;
                randomContent.Fill(volatileMemories);
                Announce(ResetClass.StandbyWakeUp, ResetCause.Pin);
                break;
            }
        }

        private void SettlePins(int reset)
        {
            if(reset == resets)
            {
                IsResetting = false;
                PinsSettled?.Invoke();
            }
        }

        private State NextState(double volts)
        {
            if(volts < (state == State.Off ? levels.PowerOn : levels.PowerDown))
            {
                return State.Off;
            }
            if(volts < (IsPowered ? BrownOutThreshold.Falling : BrownOutThreshold.Rising))
            {
                return State.BrownOut;
            }
            return IsPowered ? state : State.On;
        }

        private void ChangeState(State next, bool backupSupplied)
        {
            var previous = state;
            switch(next)
            {
            case State.Off:
                state = next;
                isBackupSupplied = backupSupplied;
                Announce(isBackupSupplied ? ResetClass.PowerOnReset : ResetClass.PowerOnResetWithoutBattery, PowerFlags);
                ResetMachine();
                owner.Log(LogLevel.Info, "VDD is off; the backup domain is {0}", isBackupSupplied ? "held by VBAT" : "lost with it");
                return;
            case State.BrownOut when previous == State.Off:
                owner.Log(LogLevel.Info, "VDD is on, and below the brown-out level: the chip stays in reset");
                break;
            case State.BrownOut:
                if(previous == State.Standby)
                {
                    Announce(ResetClass.StandbyWakeUp, ResetCause.None);
                }
                state = next;
                Announce(ResetClass.BrownOutReset, ResetCause.BrownOut | ResetCause.Pin);
                ResetMachine();
                owner.Log(LogLevel.Info, "Brown-out: VDD is below {0} V", BrownOutThreshold.Falling.ToString("0.00", CultureInfo.InvariantCulture));
                break;
            }
            isBackupSupplied = true;
            if(previous == State.Off || previous == State.Standby)
            {
                randomContent.Fill(volatileMemories);
            }
            state = next;
            if(next == State.On)
            {
                ResetMachine();
                SetCoresHalted(false);
                owner.Log(LogLevel.Info, "VDD is on");
            }
        }

        private void WakeUp(ResetCause cause)
        {
            state = State.On;
            randomContent.Fill(volatileMemories);
            Announce(ResetClass.StandbyWakeUp, cause);
            ResetMachine();
            SetCoresHalted(false);
        }

        private void Announce(ResetClass resetClass, ResetCause cause)
        {
            LastReset = cause == ResetCause.None ? $"{resetClass}" : $"{resetClass} ({cause})";
            owner.Log(LogLevel.Debug, "Reset: {0}", LastReset);
            TellState(resetClass, cause);
        }

        private void TellState(ResetClass resetClass, ResetCause cause)
        {
            foreach(var member in members)
            {
                member.ResetState(resetClass, cause);
            }
        }

        private void Settle()
        {
            foreach(var member in members)
            {
                member.ResetOutputs();
            }
        }

        private void ResetMachine()
        {
            isAnnounced = true;
            try
            {
                machine.Reset();
            }
            finally
            {
                isAnnounced = false;
            }
        }

        private void SetCoresHalted(bool halted)
        {
            HoldTimeBack(halted);
            heldCores.Clear();
            var signals = machine.GetPeripheralsOfType<CoreSignals>();
            foreach(var cpu in machine.SystemBus.GetCPUs())
            {
                cpu.IsHalted = halted || signals.Any(x => x.Core == cpu && x.StartsNowhere);
            }
        }

        // A core that runs keeps the host's pace, but for one that runs as fast as it can: so does the chip without one.
        private void HoldTimeBack(bool value)
        {
            if(isTimeHeldBack == value)
            {
                return;
            }
            isTimeHeldBack = value;
            HostFeatures.SetSyncHook(machine, WaitForHostTime, value);
            if(!value)
            {
                HostFeatures.ForgetLead(machine);
            }
        }

        private void WaitForHostTime(TimeInterval time)
        {
            HostFeatures.WaitForHostTime(machine);
        }

        private State state;
        private double vdd;
        private IMemory[] volatileMemories = new IMemory[0];
        private bool isBackupSupplied = true;
        private bool isAnnounced;
        private bool isTimeHeldBack;
        private int resets;

        private readonly IMachine machine;
        private readonly IPeripheral owner;
        private readonly RandomContent randomContent;
        private readonly SupplyLevels levels;
        private readonly List<IResetMember> members;
        private readonly List<ICPU> heldCores = new List<ICPU>();

        private const uint PinsSettleAfter = 500;
        private const ResetCause PowerFlags = ResetCause.PowerOn | ResetCause.BrownOut | ResetCause.Pin;

        private static readonly string[] StateNames = { "on", "on, chip in Standby", "on, chip held in reset by brown-out", "off" };

        /// <summary>What the option bytes of a new chip say.</summary>
        private class NewChip : IOptionBytes
        {
            public int BrownOutLevel => 0;

            public bool ResetsOnStop => false;

            public bool ResetsOnStandby => false;

            public bool HardwareWatchdog => false;

            public int ReadProtectionLevel => 0;
        }

        private enum State
        {
            On,
            Standby,
            BrownOut,
            Off,
        }
    }
}
