// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
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
    /// reset button. What follows from them for the chip, <see cref="ResetController"/> decides.
    /// </summary>
    /// <remarks>
    /// RM0090 5.1. We choose: each diode of a BAT54C drops 0.24 V (a tenth of a milliampere); VBAT below 1.65 V feeds nothing;
    /// an open VBAT pin is 0.6 V below VDD, by the diode within the chip (5.1.2).
    /// GPIO input 0 takes SYSRESETREQ of the core, input 1 the NRST pin.
    /// </remarks>
    public class STM32F4_Supplies : IPeripheral, IGPIOReceiver
    {
        /// <summary>Creates the supplies of one chip, switched on.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="wiring">How the board feeds VBAT.</param>
        /// <param name="vdd">VDD in volts, 1.8 to 3.6.</param>
        /// <param name="cellVoltage">Volts of the coin cell, 0 to 3.6.</param>
        /// <param name="cellPresent">Is there a cell in the holder at the start?</param>
        /// <param name="line">Which chip this is: the other models ask for it here.</param>
        public STM32F4_Supplies(IMachine machine, BatteryWiring wiring = BatteryWiring.CoinCellThroughDiodes, double vdd = 3.3,
            double cellVoltage = 3.0, bool cellPresent = true, ChipLine line = ChipLine.F407_F417)
        {
            if(!Enum.IsDefined(line))
            {
                throw new ConstructionException($"line = {line} is no chip line: give one of {string.Join(", ", Enum.GetNames<ChipLine>())}");
            }
            levels = ChipFacts.Of(line).Levels;
            if(!(vdd >= levels.LowestVdd && vdd <= HighestSupply))
            {
                throw new ConstructionException(OutOfRange("vdd", vdd, levels.LowestVdd, HighestSupply));
            }
            if(!(cellVoltage >= 0 && cellVoltage <= HighestSupply))
            {
                throw new ConstructionException(OutOfRange("cellVoltage", cellVoltage, 0, HighestSupply));
            }
            this.machine = machine;
            this.wiring = wiring;
            Line = line;
            this.vdd = vdd;
            this.cellVoltage = cellVoltage;
            this.cellPresent = cellPresent && wiring != BatteryWiring.TiedToVdd;
            operatingVdd = vdd;
            RandomContent = new RandomContent();
            Resets = new ResetController(machine, this, RandomContent, levels);
            Resets.ApplySupplies(vdd, VbatAt(vdd) >= levels.LowestVbat);
            watchedLevels = new SortedSet<double>(Resets.Thresholds) { levels.LowestVbat };
            ramp = new VddRamp(machine, this)
            {
                // What stops or starts the core, or may lose the backup domain, waits until the core stands still.
                NeedsStandstill = level => !Resets.IsUndisturbedAt(level),
                Waiting = level =>
                {
                    if(Resets.StopsCoresAt(level))
                    {
                        Resets.CutCoresOff();
                    }
                },
            };
            ramp.Reached += HandleRampReached;
            // Every chip has supplies: one line for each machine.
            Logger.Log(LogLevel.Info, "renode-bkpsram {0}", Version);
        }

        /// <summary>Cuts VDD. The core stops, virtual time goes on; what VBAT does not hold is lost.</summary>
        public void PowerOff()
        {
            using(machine.ObtainPausedState(true))
            {
                if(Resets.IsOff)
                {
                    this.Log(LogLevel.Info, "VDD is off already");
                    return;
                }
                SetVdd(0);
            }
        }

        /// <summary>
        /// Cuts VDD from within an access of the core, exactly there: the core ends with the translation block that it executes, and
        /// nothing that is left of that reaches backup SRAM (<see cref="ResetController.IsCutOff"/>).
        /// </summary>
        [HideInMonitor]
        public void CutPowerAtOnce()
        {
            if(!Resets.IsOn || Resets.IsCutOff)
            {
                return;
            }
            Resets.CutCoresOff();
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
            if(Resets.IsOn && !Resets.IsCutOff)
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
                    if(Resets.IsOff && powerCuts == thisCut)
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
                Resets.ResetSystem(ResetCause.Pin);
            }
        }

        /// <summary>Lets VDD ramps stop at these levels: <see cref="VddChanged"/> tells when one is crossed.</summary>
        /// <param name="levels">Thresholds in volts, falling or rising.</param>
        [HideInMonitor]
        public void WatchLevels(IEnumerable<double> levels)
        {
            watchedLevels.UnionWith(levels);
        }

        /// <summary>Something takes current from the VBAT pin.</summary>
        /// <param name="microamperes">How much, in microamperes, at so many volts.</param>
        /// <param name="onlyWithoutVdd">Does VDD feed it as long as it is there?</param>
        internal void AddVbatLoad(Func<double, double> microamperes, bool onlyWithoutVdd)
        {
            (onlyWithoutVdd ? backupLoads : pinLoads).Add(microamperes);
        }

        /// <inheritdoc/>
        public void OnGPIO(int number, bool value)
        {
            switch((Input)number)
            {
            case Input.SystemResetRequest:
                if(value)
                {
                    Resets.RequestReset(ResetCause.Software);
                }
                break;
            case Input.ResetPin:
                if(!value)
                {
                    Resets.RequestReset(ResetCause.Pin);
                }
                break;
            default:
                this.Log(LogLevel.Warning, "There is no input {0}: 0 is SYSRESETREQ, 1 is NRST", number);
                break;
            }
        }

        /// <summary>Renode resets the machine: the supplies stay as they are, <see cref="Resets"/> tells the chip's models.</summary>
        public void Reset()
        {
            Resets.HandlePeripheralReset();
        }

        /// <summary>Decides which class of reset follows from all that, and tells the models.</summary>
        [HideInMonitor]
        public ResetController Resets { get; }

        /// <summary>What memories hold that have lost their supply.</summary>
        [HideInMonitor]
        public RandomContent RandomContent { get; }

        /// <summary>Which chip this is.</summary>
        public ChipLine Line { get; }

        /// <summary>The version of the plugin, as 0.1.0.</summary>
        public string Version => PluginVersion.Text;

        /// <summary>Is VDD high enough for the chip to work, by its power-down threshold and its brown-out level?</summary>
        public bool IsPowered => Resets.IsPowered;

        /// <summary>Does the brown-out reset hold the chip, with VDD above the power-down threshold?</summary>
        public bool IsInBrownOut => Resets.IsInBrownOut;

        /// <summary>Is the chip in Standby mode?</summary>
        public bool IsInStandby => Resets.IsInStandby;

        /// <summary>VDD in volts, 0 to 3.6, at this instant. Below 1.68 V the power is off, from 1.72 V on it is on.</summary>
        public double Vdd
        {
            get => isCrossing ? vdd : ramp.Follow(vdd);
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

        /// <summary>Memories that lose their content with VDD and in Standby; they start with random content.</summary>
        [HideInMonitor]
        public IMemory[] VolatileMemories
        {
            get => Resets.VolatileMemories;
            set => Resets.VolatileMemories = value;
        }

        /// <summary>Is there a coin cell?</summary>
        public bool CoinCellPresent => cellPresent;

        /// <summary>What the VBAT pin sees, in volts.</summary>
        public double Vbat => VbatAt(Vdd);

        /// <summary>
        /// What the coin cell gives, in microamperes (datasheet, "typical current consumption in VBAT mode", 25 degrees): without VDD to the backup domain,
        /// with VDD to the divider that ADC_CCR.VBATE switches on, if the cell has more volts than what else feeds VBAT.
        /// </summary>
        public double CellCurrent
        {
            get
            {
                var isLoaded = cellPresent && cellVoltage > 0 && (wiring == BatteryWiring.OpenOrCell || cellVoltage > Vdd);
                return isLoaded ? pinLoads.Sum(x => x(Vbat)) + (IsPowered ? 0 : IdleVbatCurrent + backupLoads.Sum(x => x(Vbat))) : 0;
            }
        }

        /// <summary>Would VBAT hold the backup domain if VDD were cut now?</summary>
        public bool HasBattery => VbatAt(0) >= levels.LowestVbat;

        /// <summary>State of all supplies and of what depends on them, as a table for people.</summary>
        public string Status
        {
            get
            {
                var text = new StringBuilder();
                void Line(string name, string value) => text.Append(name.PadRight(18)).Append(value).Append('\n');

                Line("VDD", $"{Volts(Vdd)}, {Resets.StateName}{(ramp.IsRunning ? $", on its way to {Volts(ramp.Target)}" : "")}");
                var options = Resets.OptionBytes;
                Line("Brown-out reset", options.BrownOutLevel == 0 ? "off (BOR_LEV = 3)"
                    : $"level {options.BrownOutLevel}: below {Volts(Resets.BrownOutThreshold.Falling)}, until {Volts(Resets.BrownOutThreshold.Rising)}");
                Line("VBAT", $"{Volts(Vbat)}, {Volts(VbatAt(0))} without VDD ({(HasBattery ? "holds" : "does not hold")} the backup domain)");
                Line("Coin cell", wiring == BatteryWiring.TiedToVdd ? "none possible: VBAT is tied to VDD" : cellPresent ? Volts(cellVoltage) : "none");
                Line("Last reset", Resets.LastReset);
                foreach(var line in Resets.StatusProviders.SelectMany(x => x.StatusLines))
                {
                    Line(line.Key, line.Value);
                }
                return text.ToString().TrimEnd('\n');
            }
        }

        /// <summary>VDD has changed, or has crossed a watched level on a ramp; the argument is its new value in volts.</summary>
        public event Action<double> VddChanged;

        /// <summary>A current in the datasheet's table, which has columns for 1.8, 2.4 and 3.3 V.</summary>
        internal static double CurrentAt(double volts, double at1V8, double at2V4, double at3V3)
        {
            return volts < 2.4 ? at1V8 + ((at2V4 - at1V8) * (Math.Max(volts, 1.8) - 1.8) / 0.6) : at2V4 + ((at3V3 - at2V4) * (volts - 2.4) / 0.9);
        }

        private static string OutOfRange(string what, double value, double lowest, double highest)
        {
            return string.Format(CultureInfo.InvariantCulture, "{0} = {1} is out of range: give {2} to {3}", what, value, lowest, highest);
        }

        private static string Volts(double value) => value.ToString("0.00", CultureInfo.InvariantCulture) + " V";

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

        private void SetVdd(double value)
        {
            ramp.Stop();
            ApplyVdd(value);
        }

        private void ApplyVdd(double value)
        {
            vdd = value;
            Resets.ApplySupplies(value, VbatAt(value) >= levels.LowestVbat);
            if(IsPowered && !ramp.IsRunning && value >= levels.LowestVdd)
            {
                operatingVdd = value;
            }
            VddChanged?.Invoke(value);
        }

        private void StartRamp(double volts, double virtualSeconds)
        {
            var from = Vdd;
            var duration = VddRamp.ToTicks(virtualSeconds);
            if(duration == 0 || volts == from)
            {
                SetVdd(volts);
                return;
            }
            vdd = from;
            ramp.Start(from, volts, duration, watchedLevels);
        }

        private void HandleRampReached(double level)
        {
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
            Resets.ApplyBackupSupply(Vbat >= levels.LowestVbat);
        }

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
                return cellPresent ? cell : Math.Max(0, vddNow - InternalDiodeDrop);
            default:
                return Math.Max(0, Math.Max(vddNow, cell) - DiodeDrop);
            }
        }

        private double vdd;
        private double operatingVdd;
        private double cellVoltage;
        private bool cellPresent;
        private bool isCrossing;
        private int powerCuts;

        private readonly SupplyLevels levels;
        private readonly IMachine machine;
        private readonly BatteryWiring wiring;
        private readonly SortedSet<double> watchedLevels;
        private readonly List<Func<double, double>> pinLoads = new List<Func<double, double>>();
        private readonly List<Func<double, double>> backupLoads = new List<Func<double, double>>();
        private readonly VddRamp ramp;

        private const double HighestSupply = 3.6;
        private const double DiodeDrop = 0.24;
        private const double InternalDiodeDrop = 0.6;
        private const double IdleVbatCurrent = 0.1;
        private const double LongestPowerCut = 100 * 365.25 * 24 * 3600;
        private const double LongestRamp = 24 * 3600;

        private enum Input
        {
            SystemResetRequest,
            ResetPin,
        }
    }
}
