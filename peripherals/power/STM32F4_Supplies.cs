// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

using Antmicro.Migrant.Hooks;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Miscellaneous;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>How the board feeds the VBAT pin.</summary>
    public enum BatteryWiring
    {
        /// <summary>Coin cell and VDD each through a diode (Black STM32F407VET6). Without a cell VBAT dies with VDD.</summary>
        CoinCellThroughDiodes,
        /// <summary>VBAT joined to VDD on the board (STM32F4DISCOVERY). There is no place for a cell.</summary>
        TiedToVdd,
        /// <summary>VBAT goes to a pin of its own (Pyboard): open, unless a cell is attached to it.</summary>
        OpenOrCell,
    }

    /// <summary>
    /// Supplies of the chip: VDD and VBAT, the board's wiring between them, and a person's hands on plug, coin cell and
    /// reset button. It is also the one place that decides which class of reset happened, and tells every model once.
    /// </summary>
    /// <remarks>
    /// RM0090 5.1 (supplies), 5.2 (supervisor), 7.1 (reset). A machine reset that nobody announced here counts as a reset by
    /// the NRST pin. Between the power-down threshold and the brown-out level of the option bytes, the chip is held in reset.
    /// We choose: the diodes drop 0.24 V (BAT54C at a tenth of a milliampere); the core is cut off at once when VDD
    /// falls below a threshold, and starts at once when VDD is back above it (no reset temporization); a brown-out keeps
    /// SRAM, CCM and the backup domain, because their supply never went: only the power-down reset switches over to VBAT
    /// (5.1.2). GPIO input 0 takes SYSRESETREQ of the core, input 1 the NRST pin.
    /// </remarks>
    public class STM32F4_Supplies : IPeripheral, IGPIOReceiver
    {
        /// <summary>Creates the supplies of one chip, switched on.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="wiring">How the board feeds VBAT.</param>
        /// <param name="vdd">VDD in volts, 1.8 to 3.6.</param>
        /// <param name="cellVoltage">Volts of the coin cell, 0 to 3.6.</param>
        /// <param name="cellPresent">Is there a cell in the holder at the start?</param>
        /// <param name="volatileMemories">Memories that lose their content with VDD and in Standby.</param>
        /// <param name="line">Which chip this is: the other models ask for it here.</param>
        public STM32F4_Supplies(IMachine machine, BatteryWiring wiring = BatteryWiring.CoinCellThroughDiodes, double vdd = 3.3,
            double cellVoltage = 3.0, bool cellPresent = true, IMemory[] volatileMemories = null, ChipLine line = ChipLine.F407_F417)
        {
            if(!(vdd >= LowestOperatingVdd && vdd <= HighestSupply))
            {
                throw new ConstructionException(OutOfRange("vdd", vdd, LowestOperatingVdd, HighestSupply));
            }
            if(!(cellVoltage >= 0 && cellVoltage <= HighestSupply))
            {
                throw new ConstructionException(OutOfRange("cellVoltage", cellVoltage, 0, HighestSupply));
            }
            if(!Enum.IsDefined(line))
            {
                throw new ConstructionException($"line = {line} is no chip line: give one of {string.Join(", ", Enum.GetNames<ChipLine>())}");
            }
            this.machine = machine;
            this.wiring = wiring;
            Line = line;
            this.vdd = vdd;
            this.cellVoltage = cellVoltage;
            this.cellPresent = cellPresent && wiring != BatteryWiring.TiedToVdd;
            this.volatileMemories = volatileMemories ?? new IMemory[0];
            operatingVdd = vdd;
            members = new List<IResetClassMember>();
            OptionBytes = new NewChip();
            watchedLevels = new SortedSet<double>(BrownOutThresholds.SelectMany(x => new[] { x.Falling, x.Rising }).Where(x => x > 0))
            {
                PowerOnThreshold, PowerDownThreshold, LowestVbat,
            };
            rampTimer = new LimitTimer(machine.ClockSource, RampTicksPerSecond, this, "VDD ramp", limit: 1, direction: Direction.Descending,
                workMode: WorkMode.OneShot, eventEnabled: true);
            rampTimer.LimitReached += () => ContinueRamp(ramp?.Due ?? 0);
            lastReset = "power-on";
            Subscribe();
            ScrambleVolatileMemories();
        }

        /// <summary>Adds a model that is to be told of resets. Called by the models themselves.</summary>
        [HideInMonitor]
        public void Attach(IResetClassMember member)
        {
            members.Add(member);
        }

        /// <summary>Cuts VDD. The core stops, virtual time goes on; what VBAT does not hold is lost.</summary>
        public void PowerOff()
        {
            using(machine.ObtainPausedState(true))
            {
                if(state == State.Off)
                {
                    this.Log(LogLevel.Info, "VDD is off already");
                    return;
                }
                SetVdd(0);
            }
        }

        /// <summary>
        /// Cuts VDD from within an access of the core, exactly there: the core ends with the translation block that it executes, and
        /// nothing that is left of that reaches backup SRAM (<see cref="IsCutOff"/>).
        /// </summary>
        [HideInMonitor]
        public void CutPowerAtOnce()
        {
            if(state != State.On || IsCutOff)
            {
                return;
            }
            CutCoresOff();
            InSyncedState(() => SetVdd(0));
        }

        /// <summary>Brings VDD back to its last operating value. The core starts from its vector table.</summary>
        public void PowerOn()
        {
            using(machine.ObtainPausedState(true))
            {
                if(IsPowered)
                {
                    this.Log(LogLevel.Info, "VDD is on already");
                    return;
                }
                SetVdd(operatingVdd);
            }
        }

        /// <summary>
        /// Moves VDD to a new value along a straight line. Returns at once; the emulation has to run for the time to pass.
        /// Voltage detector, brown-out reset, power-down and power-on act where the line crosses their thresholds.
        /// Anything else that sets VDD ends the ramp.
        /// </summary>
        /// <param name="volts">VDD at the end, 0 to 3.6.</param>
        /// <param name="virtualSeconds">How long it takes, in seconds of virtual time, up to a day; 0 is a step.</param>
        public void RampVdd(double volts, double virtualSeconds)
        {
            CheckRamp(volts, virtualSeconds);
            using(machine.ObtainPausedState(true))
            {
                StartRamp(volts, virtualSeconds);
            }
        }

        /// <summary>As <see cref="RampVdd"/>, from within an access of the core: the ramp starts exactly there.</summary>
        /// <param name="volts">VDD at the end, 0 to 3.6, other than VDD now.</param>
        /// <param name="virtualSeconds">How long it takes, in seconds of virtual time, from a microsecond up to a day.</param>
        [HideInMonitor]
        public void RampVddAtOnce(double volts, double virtualSeconds)
        {
            CheckRamp(volts, virtualSeconds);
            if(state == State.On && !IsCutOff)
            {
                StartRamp(volts, virtualSeconds);
            }
        }

        /// <summary>Cuts VDD and brings it back later. Returns at once; the emulation has to run for the time to pass.</summary>
        /// <param name="virtualSeconds">How long VDD is off, in seconds of virtual time, up to 100 years.</param>
        public void PowerCycle(double virtualSeconds = 1)
        {
            if(!(virtualSeconds >= 0 && virtualSeconds <= LongestPowerCut))
            {
                throw new RecoverableException(OutOfRange("PowerCycle: virtualSeconds", virtualSeconds, 0, LongestPowerCut));
            }
            using(machine.ObtainPausedState(true))
            {
                PowerOff();
                var thisCut = ++powerCuts;
                machine.ScheduleAction(TimeInterval.FromSeconds(virtualSeconds), _ => InSyncedState(() =>
                {
                    // The user may have switched on by hand meanwhile, and cut the power again.
                    if(state == State.Off && powerCuts == thisCut)
                    {
                        SetVdd(operatingVdd);
                    }
                }), "power back on");
            }
        }

        /// <summary>Puts a coin cell into its holder (or attaches one to the VBAT pin).</summary>
        public void InsertCoinCell()
        {
            SetCoinCell(true);
        }

        /// <summary>Takes the coin cell out.</summary>
        public void RemoveCoinCell()
        {
            SetCoinCell(false);
        }

        /// <summary>Presses and releases the reset button (NRST).</summary>
        public void PressReset()
        {
            using(machine.ObtainPausedState(true))
            {
                ResetNow(ResetCause.Pin);
            }
        }

        /// <summary>Resets the system as soon as the emulation can: for the core and the watchdogs.</summary>
        /// <param name="cause">What asks for it. Each internal reset pulls NRST low, so the pin's flag comes with it.</param>
        [HideInMonitor]
        public void RequestReset(ResetCause cause)
        {
            InSyncedState(() => ResetNow(cause | ResetCause.Pin));
        }

        /// <summary>Tells all members that the backup domain is reset by RCC_BDCR.BDRST.</summary>
        [HideInMonitor]
        public void ResetBackupDomain()
        {
            Announce(ResetClass.BackupDomainReset, ResetCause.None);
        }

        /// <summary>
        /// Makes the low-power reset (RM0090 7.1.1) if the option bytes want it instead of the mode; called by the power
        /// controller when the core has completed the sequence that enters the mode.
        /// </summary>
        /// <returns>Is the chip reset? If so, the mode is not entered.</returns>
        [HideInMonitor]
        public bool ResetsInsteadOf(LowPowerMode mode)
        {
            var resets = mode == LowPowerMode.Stop ? OptionBytes.ResetsOnStop : OptionBytes.ResetsOnStandby;
            if(resets)
            {
                RequestReset(ResetCause.LowPower);
            }
            return resets;
        }

        /// <summary>Lets VDD ramps stop at these levels: <see cref="VddChanged"/> tells when one is crossed.</summary>
        /// <param name="levels">Thresholds in volts, falling or rising.</param>
        [HideInMonitor]
        public void WatchLevels(IEnumerable<double> levels)
        {
            watchedLevels.UnionWith(levels);
        }

        /// <summary>The 1.2 V domain goes off (Standby); called by the power controller.</summary>
        [HideInMonitor]
        public void EnterStandby()
        {
            InSyncedState(() =>
            {
                if(state == State.On)
                {
                    state = State.Standby;
                    ResetMachine();
                    this.Log(LogLevel.Info, "Standby: the 1.2 V domain is off");
                }
            });
        }

        /// <summary>Wake-up event in Standby; does nothing in any other state.</summary>
        [HideInMonitor]
        public void LeaveStandby()
        {
            InSyncedState(() => LeaveStandbyNow(ResetCause.None));
        }

        /// <summary>Fills the buffer with what a memory holds that has lost its supply: noise, repeatable by the emulation's seed.</summary>
        [HideInMonitor]
        public void FillRandom(byte[] buffer)
        {
            // Renode's own generator has one sequence for each thread; content must not depend on who cuts the power.
            var seed = EmulationManager.Instance.CurrentEmulation.RandomGenerator.GetCurrentSeed();
            new Random(unchecked(seed + SeedStep * ++randomFills)).NextBytes(buffer);
        }

        /// <summary>Lets the noise of <see cref="FillRandom"/> begin anew from the seed, whatever was lost before.</summary>
        [HideInMonitor]
        public void RestartNoise()
        {
            randomFills = 0;
        }

        /// <inheritdoc/>
        public void OnGPIO(int number, bool value)
        {
            switch((Input)number)
            {
            case Input.SystemResetRequest:
                if(value)
                {
                    RequestReset(ResetCause.Software);
                }
                break;
            case Input.ResetPin:
                if(!value)
                {
                    RequestReset(ResetCause.Pin);
                }
                break;
            default:
                this.Log(LogLevel.Warning, "There is no input {0}: 0 is SYSRESETREQ, 1 is NRST", number);
                break;
            }
        }

        /// <summary>A machine reset. Unless it was announced here, it is one by the NRST pin.</summary>
        public void Reset()
        {
            IsResetting = true;
            if(!resetting)
            {
                switch(state)
                {
                case State.On:
                    Announce(ResetClass.SystemReset, ResetCause.Pin);
                    break;
                case State.Standby:
                    state = State.On;
                    ScrambleVolatileMemories();
                    Announce(ResetClass.StandbyWakeUp, ResetCause.Pin);
                    break;
                }
            }
        }

        /// <summary>
        /// Is Renode resetting the machine, or did so less than 500 us ago? Its ports and buttons then let pins go up and down that
        /// on the board keep still: such edges are no events.
        /// </summary>
        [HideInMonitor]
        public bool IsResetting { get; private set; }

        /// <summary>Which chip this is.</summary>
        public ChipLine Line { get; }

        /// <summary>Is VDD high enough for the chip to work, by its power-down threshold and its brown-out level?</summary>
        public bool IsPowered => state == State.On || state == State.Standby;

        /// <summary>Does the brown-out reset hold the chip, with VDD above the power-down threshold?</summary>
        public bool IsInBrownOut => state == State.BrownOut;

        /// <summary>Was VDD cut while the core is still to stop?</summary>
        [HideInMonitor]
        public bool IsCutOff { get; private set; }

        /// <summary>Is the chip in Standby mode?</summary>
        public bool IsInStandby => state == State.Standby;

        /// <summary>VDD in volts, 0 to 3.6, at this instant. Below 1.68 V the power is off, from 1.72 V on it is on.</summary>
        public double Vdd
        {
            get
            {
                if(ramp == null || isCrossing)
                {
                    return vdd;
                }
                var share = Math.Min(1, TicksOf(VirtualClock.Now(machine) - ramp.StartedAt) / (double)ramp.Duration);
                var now = ramp.From + ((ramp.To - ramp.From) * share);
                // Rounding must not bring back a level that was crossed.
                return ramp.IsFalling ? Math.Min(now, vdd) : Math.Max(now, vdd);
            }
            set
            {
                if(!(value >= 0 && value <= HighestSupply))
                {
                    throw new RecoverableException(OutOfRange("Vdd", value, 0, HighestSupply));
                }
                using(machine.ObtainPausedState(true))
                {
                    SetVdd(value);
                }
            }
        }

        /// <summary>Volts of the coin cell, 0 to 3.6, whether it is in its holder or not.</summary>
        public double CoinCellVoltage
        {
            get => cellVoltage;
            set
            {
                if(!(value >= 0 && value <= HighestSupply))
                {
                    throw new RecoverableException(OutOfRange("CoinCellVoltage", value, 0, HighestSupply));
                }
                using(machine.ObtainPausedState(true))
                {
                    cellVoltage = value;
                    UpdateBackupSupply();
                }
            }
        }

        /// <summary>Is there a coin cell?</summary>
        public bool CoinCellPresent => cellPresent;

        /// <summary>What the VBAT pin sees, in volts.</summary>
        public double Vbat => VbatAt(Vdd);

        /// <summary>Would VBAT hold the backup domain if VDD were cut now?</summary>
        public bool HasBattery => VbatAt(0) >= LowestVbat;

        /// <summary>State of all supplies and of what depends on them, as a table for people.</summary>
        public string Status
        {
            get
            {
                var text = new StringBuilder();
                void Line(string name, string value) => text.Append(name.PadRight(18)).Append(value).Append('\n');

                Line("VDD", $"{Volts(Vdd)}, {StateNames[(int)state]}{(ramp == null ? "" : $", on its way to {Volts(ramp.To)}")}");
                var brownOut = BrownOutThresholds[OptionBytes.BrownOutLevel];
                Line("Brown-out reset", OptionBytes.BrownOutLevel == 0 ? "off (BOR_LEV = 3)"
                    : $"level {OptionBytes.BrownOutLevel}: below {Volts(brownOut.Falling)}, until {Volts(brownOut.Rising)}");
                Line("VBAT", $"{Volts(Vbat)}, {Volts(VbatAt(0))} without VDD ({(HasBattery ? "holds" : "does not hold")} the backup domain)");
                Line("Coin cell", wiring == BatteryWiring.TiedToVdd ? "none possible: VBAT is tied to VDD" : cellPresent ? Volts(cellVoltage) : "none");
                Line("Last reset", lastReset);
                foreach(var line in members.OfType<IStatusProvider>().Concat(new[] { OptionBytes }.OfType<IStatusProvider>()).SelectMany(x => x.StatusLines))
                {
                    Line(line.Key, line.Value);
                }
                return text.ToString().TrimEnd('\n');
            }
        }

        /// <summary>The option bytes that decide about resets; those of a new chip until the flash interface has set its own.</summary>
        [HideInMonitor]
        public IResetOptions OptionBytes { get; set; }

        /// <summary>VDD has changed, or has crossed a watched level on a ramp; the argument is its new value in volts.</summary>
        public event Action<double> VddChanged;

        /// <summary>All of the machine has been reset: what a CPU forgets in its reset has to be set up again.</summary>
        public event Action CoresReset;

        /// <summary>A machine reset is over, and pins mean again what they show.</summary>
        public event Action PinsSettled;

        private static string OutOfRange(string what, double value, double lowest, double highest)
        {
            return string.Format(CultureInfo.InvariantCulture, "{0} = {1} is out of range: give {2} to {3}", what, value, lowest, highest);
        }

        private static string Volts(double value) => value.ToString("0.00", CultureInfo.InvariantCulture) + " V";

        [PostDeserialization]
        private void Subscribe()
        {
            machine.MachineReset += HandleMachineReset;
        }

        private void HandleMachineReset(IMachine _)
        {
            if(state != State.On)
            {
                // A reset lets the cores run; without supply they must not.
                SetCoresHalted(true);
            }
            // Any reset clears SLEEPDEEP (PM0214 4.4.6). Renode's NVIC keeps it, and the next WFI would not be Sleep.
            if(machine.SystemBus.WhatPeripheralIsAt(SystemControlRegister) != null)
            {
                machine.SystemBus.WriteDoubleWord(SystemControlRegister, 0);
            }
            // A port of Renode forgets what its pins see when it is reset after the button that drives them.
            foreach(var button in machine.GetPeripheralsOfType<Button>().Where(x => x.IRQ.IsSet))
            {
                foreach(var endpoint in button.IRQ.Endpoints)
                {
                    endpoint.Receiver.OnGPIO(endpoint.Number, true);
                }
            }
            // What the buttons do in their reset arrives with Renode's next synchronization.
            var thisReset = ++resets;
            machine.ScheduleAction(TimeInterval.FromMicroseconds(PinsSettleAfter), _ => SettlePins(thisReset), "pins are quiet again");
            CoresReset?.Invoke();
            if(NextState(vdd) != state)
            {
                // The reset has loaded another brown-out level.
                InSyncedState(() => ApplyVdd(vdd));
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

        private void SetVdd(double value)
        {
            ramp = null;
            rampTimer.Enabled = false;
            ApplyVdd(value);
        }

        private void ApplyVdd(double value)
        {
            vdd = value;
            var next = NextState(value);
            var wasCutOff = IsCutOff;
            IsCutOff = false;
            if(next != state)
            {
                ChangeState(next);
            }
            else if(wasCutOff)
            {
                // Somebody raised VDD again before the core had stopped.
                SetCoresHalted(state != State.On);
            }
            if(IsPowered && ramp == null && value >= LowestOperatingVdd)
            {
                operatingVdd = value;
            }
            UpdateBackupSupply();
            VddChanged?.Invoke(value);
        }

        private State NextState(double volts)
        {
            var brownOut = BrownOutThresholds[OptionBytes.BrownOutLevel];
            if(volts < (state == State.Off ? PowerOnThreshold : PowerDownThreshold))
            {
                return State.Off;
            }
            if(volts < (IsPowered ? brownOut.Falling : brownOut.Rising))
            {
                return State.BrownOut;
            }
            return IsPowered ? state : State.On;
        }

        private void ChangeState(State next)
        {
            var previous = state;
            switch(next)
            {
            case State.Off:
                state = next;
                isBackupSupplied = Vbat >= LowestVbat;
                Announce(isBackupSupplied ? ResetClass.PowerOnReset : ResetClass.PowerOnResetWithoutBattery, PowerFlags);
                ResetMachine();
                this.Log(LogLevel.Info, "VDD is off; the backup domain is {0}", isBackupSupplied ? "held by VBAT" : "lost with it");
                return;
            case State.BrownOut when previous == State.Off:
                this.Log(LogLevel.Info, "VDD is on, and below the brown-out level: the chip stays in reset");
                break;
            case State.BrownOut:
                if(previous == State.Standby)
                {
                    Announce(ResetClass.StandbyWakeUp, ResetCause.None);
                }
                state = next;
                Announce(ResetClass.BrownOutReset, ResetCause.BrownOut | ResetCause.Pin);
                ResetMachine();
                this.Log(LogLevel.Info, "Brown-out: VDD is below {0}", Volts(BrownOutThresholds[OptionBytes.BrownOutLevel].Falling));
                break;
            }
            isBackupSupplied = true;
            if(previous == State.Off || previous == State.Standby)
            {
                ScrambleVolatileMemories();
            }
            state = next;
            if(next == State.On)
            {
                ResetMachine();
                SetCoresHalted(false);
                this.Log(LogLevel.Info, "VDD is on");
            }
        }

        private void StartRamp(double volts, double virtualSeconds)
        {
            var from = Vdd;
            var duration = (ulong)Math.Round(virtualSeconds * RampTicksPerSecond);
            if(duration == 0 || volts == from)
            {
                SetVdd(volts);
                return;
            }
            vdd = from;
            var falling = volts < from;
            var levels = watchedLevels.Where(x => falling ? x > volts && x <= from : x > from && x <= volts);
            ramp = new Ramp
            {
                From = from,
                To = volts,
                StartedAt = VirtualClock.Now(machine),
                Duration = duration,
                Levels = new Queue<double>(falling ? levels.Reverse() : levels),
            };
            ContinueRamp(0);
        }

        private static void CheckRamp(double volts, double virtualSeconds)
        {
            if(!(volts >= 0 && volts <= HighestSupply))
            {
                throw new RecoverableException(OutOfRange("RampVdd: volts", volts, 0, HighestSupply));
            }
            if(!(virtualSeconds >= 0 && virtualSeconds <= LongestRamp))
            {
                throw new RecoverableException(OutOfRange("RampVdd: virtualSeconds", virtualSeconds, 0, LongestRamp));
            }
        }

        // Time is counted here by the timer alone: while it tells of its limit, the core's time can't be asked for.
        private void ContinueRamp(ulong elapsed)
        {
            while(ramp != null)
            {
                var isEnd = ramp.Levels.Count == 0;
                var level = isEnd ? ramp.To : ramp.Levels.Peek();
                // Rounded up, so that the line is at the level or beyond it when the time has come.
                ramp.Due = isEnd ? ramp.Duration : (ulong)Math.Ceiling((level - ramp.From) / (ramp.To - ramp.From) * ramp.Duration);
                if(ramp.Due > elapsed)
                {
                    rampTimer.Limit = ramp.Due - elapsed;
                    rampTimer.ResetValue();
                    rampTimer.Enabled = true;
                    return;
                }
                if(isEnd)
                {
                    Cross(ramp.To, isEnd);
                    return;
                }
                ramp.Levels.Dequeue();
                // A falling threshold acts below it, a rising one at it.
                Cross(ramp.IsFalling ? Math.BitDecrement(level) : level, isEnd);
            }
        }

        private void Cross(double level, bool isEnd)
        {
            // Guest code hears of the voltage detector at once; what stops or starts the core has to wait until it stands
            // still, and everything after it has to wait for that.
            if(ramp.CrossingsAhead == 0 && NextState(level) == state && state != State.Off)
            {
                CrossNow(level, isEnd);
                return;
            }
            if(state == State.On && NextState(level) is State.Off or State.BrownOut)
            {
                CutCoresOff();
            }
            var thisRamp = ramp;
            thisRamp.CrossingsAhead++;
            InSyncedState(() =>
            {
                thisRamp.CrossingsAhead--;
                if(ramp == thisRamp)
                {
                    CrossNow(level, isEnd);
                }
            });
        }

        private void CrossNow(double level, bool isEnd)
        {
            if(isEnd)
            {
                ramp = null;
            }
            isCrossing = true;
            try
            {
                ApplyVdd(level);
            }
            finally
            {
                isCrossing = false;
            }
        }

        private void SetCoinCell(bool present)
        {
            if(wiring == BatteryWiring.TiedToVdd)
            {
                throw new RecoverableException("This board has no coin cell: VBAT is tied to VDD");
            }
            using(machine.ObtainPausedState(true))
            {
                cellPresent = present;
                UpdateBackupSupply();
            }
        }

        private void UpdateBackupSupply()
        {
            if(state != State.Off)
            {
                return;
            }
            var supplied = Vbat >= LowestVbat;
            if(isBackupSupplied && !supplied)
            {
                Announce(ResetClass.PowerOnResetWithoutBattery, PowerFlags);
                this.Log(LogLevel.Info, "VBAT is gone too: the backup domain is lost");
            }
            isBackupSupplied = supplied;
        }

        private void ResetNow(ResetCause cause)
        {
            switch(state)
            {
            case State.On:
                Announce(ResetClass.SystemReset, cause);
                ResetMachine();
                break;
            case State.Standby:
                LeaveStandbyNow(cause);
                break;
            default:
                this.Log(LogLevel.Info, "Reset ({0}) has no effect: VDD is {1}", cause, StateNames[(int)state]);
                break;
            }
        }

        private void LeaveStandbyNow(ResetCause cause)
        {
            if(state != State.Standby)
            {
                return;
            }
            state = State.On;
            ScrambleVolatileMemories();
            Announce(ResetClass.StandbyWakeUp, cause);
            ResetMachine();
            SetCoresHalted(false);
        }

        private void Announce(ResetClass resetClass, ResetCause cause)
        {
            lastReset = cause == ResetCause.None ? $"{resetClass}" : $"{resetClass} ({cause})";
            this.Log(LogLevel.Debug, "Reset: {0}", lastReset);
            foreach(var member in members)
            {
                member.ApplyReset(resetClass, cause);
            }
        }

        private void ResetMachine()
        {
            resetting = true;
            IsResetting = true;
            try
            {
                machine.Reset();
            }
            finally
            {
                resetting = false;
            }
        }

        private void CutCoresOff()
        {
            IsCutOff = true;
            SetCoresHalted(true);
        }

        private void SetCoresHalted(bool halted)
        {
            foreach(var cpu in machine.SystemBus.GetCPUs())
            {
                cpu.IsHalted = halted;
            }
        }

        private void ScrambleVolatileMemories()
        {
            foreach(var memory in volatileMemories)
            {
                var content = new byte[memory.Size];
                FillRandom(content);
                memory.WriteBytes(0, content, 0, content.Length);
            }
        }

        private ulong TicksOf(TimeInterval interval) => interval.Ticks / (TimeInterval.TicksPerSecond / RampTicksPerSecond);

        private void InSyncedState(Action action)
        {
            machine.LocalTimeSource.ExecuteInNearestSyncedState(_ => action());
        }

        private double VbatAt(double vddNow)
        {
            var cell = cellPresent ? cellVoltage : 0;
            switch(wiring)
            {
            case BatteryWiring.TiedToVdd:
                return vddNow;
            case BatteryWiring.OpenOrCell:
                return cell;
            default:
                return Math.Max(0, Math.Max(vddNow, cell) - DiodeDrop);
            }
        }

        private double vdd;
        private double operatingVdd;
        private double cellVoltage;
        private bool cellPresent;
        private bool isBackupSupplied = true;
        private bool resetting;
        private int powerCuts;
        private int resets;
        private int randomFills;
        private string lastReset;
        private State state;
        private Ramp ramp;
        private bool isCrossing;

        private readonly IMachine machine;
        private readonly BatteryWiring wiring;
        private readonly IMemory[] volatileMemories;
        private readonly List<IResetClassMember> members;
        private readonly SortedSet<double> watchedLevels;
        private readonly LimitTimer rampTimer;

        private const ulong SystemControlRegister = 0xE000ED10;
        // Typical values of the STM32F407 datasheet, "Embedded reset and power control block characteristics".
        private const double PowerOnThreshold = 1.72;
        private const double PowerDownThreshold = 1.68;
        private const double LowestOperatingVdd = 1.8;
        private const double LowestVbat = 1.65;
        private const double HighestSupply = 3.6;
        private const double DiodeDrop = 0.24;
        private const double LongestPowerCut = 100 * 365.25 * 24 * 3600;
        private const double LongestRamp = 24 * 3600;
        private const ulong RampTicksPerSecond = 1000000;
        private const int SeedStep = 0x2545F491;
        private const uint PinsSettleAfter = 500;
        private const ResetCause PowerFlags = ResetCause.PowerOn | ResetCause.BrownOut | ResetCause.Pin;

        // By level; level 0 is off. Typical values of the datasheet.
        private static readonly (double Falling, double Rising)[] BrownOutThresholds = { (0, 0), (2.19, 2.29), (2.50, 2.59), (2.83, 2.92) };

        private static readonly string[] StateNames = { "on", "on, chip in Standby", "on, chip held in reset by brown-out", "off" };

        /// <summary>What the option bytes of a new chip say.</summary>
        private class NewChip : IResetOptions
        {
            public int BrownOutLevel => 0;

            public bool ResetsOnStop => false;

            public bool ResetsOnStandby => false;

            public bool HardwareWatchdog => false;
        }

        /// <summary>VDD on its way along a straight line; times in ticks.</summary>
        private class Ramp
        {
            public bool IsFalling => To < From;

            public double From;
            public double To;
            public TimeInterval StartedAt;
            public ulong Duration;
            public ulong Due;
            public Queue<double> Levels;
            public int CrossingsAhead;
        }

        private enum State
        {
            On,
            Standby,
            BrownOut,
            Off,
        }

        private enum Input
        {
            SystemResetRequest,
            ResetPin,
        }
    }

    /// <summary>A model that has something to say in the table of <see cref="STM32F4_Supplies.Status"/>.</summary>
    public interface IStatusProvider
    {
        /// <summary>Lines of the table: name and value.</summary>
        IEnumerable<KeyValuePair<string, string>> StatusLines { get; }
    }
}
