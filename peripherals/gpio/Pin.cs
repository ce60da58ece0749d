// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>MODERy of GPIOx_MODER (RM0090 8.4.1).</summary>
    internal enum PinMode
    {
        Input,
        Output,
        AlternateFunction,
        Analog,
    }

    /// <summary>PUPDRy of GPIOx_PUPDR (RM0090 8.4.4); the board's resistors, too.</summary>
    internal enum PinPull
    {
        None,
        Up,
        Down,
        Reserved,
    }

    /// <summary>One pin: what the chip and the board do to it, and the level that comes of it (RM0090 8.3).</summary>
    internal sealed class Pin : IPinListener, IBoardLine
    {
        /// <param name="port">Its port.</param>
        /// <param name="number">Its number there.</param>
        /// <param name="outside">What parts of the board see.</param>
        /// <param name="inside">What the chip sees.</param>
        public Pin(STM32F4_GPIOPort port, int number, IGPIO outside, IGPIO inside)
        {
            Port = port;
            this.number = number;
            this.outside = outside;
            this.inside = inside;
            Net = new PinNet(this);
        }

        /// <summary>The pin selects signals of peripherals, or none.</summary>
        public void Select(IEnumerable<(IPinFunctions Peripheral, string Signal)> signals)
        {
            foreach(var function in functions)
            {
                function.Disconnect();
            }
            functions = signals.Select(x => x.Peripheral.Connect(x.Signal, this)).Where(x => x != null).ToArray();
            foreach(var function in functions)
            {
                function.HandlePinLevel(Level);
            }
        }

        /// <summary>Something of the pin has changed.</summary>
        public void Update() => Net.Resolve();

        /// <summary>Volts of a source at the pin are about to change.</summary>
        public void HandleSourceChanging() => Net.TellListeners();

        /// <summary>The level of the net that the pin is on.</summary>
        public void Show(bool level)
        {
            var isChanged = Level != level;
            Level = level;
            if(isChanged)
            {
                outside.Set(level);
            }
            if(InputLevel != inside.IsSet)
            {
                Port.SetInput(number, InputLevel);
                inside.Set(InputLevel);
            }
            if(isChanged)
            {
                foreach(var function in functions)
                {
                    function.HandlePinLevel(level);
                }
                if(BoardPull == PinPull.Up)
                {
                    Port.TellBuses(number);
                }
            }
        }

        /// <summary>Wires were added or taken away.</summary>
        public void HandleWires()
        {
            foreach(var function in functions)
            {
                function.HandleWatch();
            }
        }

        /// <inheritdoc/>
        public void Hold(bool isLow)
        {
            if(isLow != isHeldLow)
            {
                isHeldLow = isLow;
                Update();
            }
        }

        /// <inheritdoc/>
        public void HandleFunctionLevel() => Net.Resolve();

        /// <inheritdoc/>
        public void SendFrame(WireFrame frame) => Net.Carry(this, frame);

        /// <summary>A frame comes over a wire.</summary>
        public void TakeFrame(WireFrame frame)
        {
            foreach(var receiver in functions.OfType<IFrameReceiver>())
            {
                receiver.HandleFrame(frame);
            }
        }

        /// <inheritdoc/>
        public bool IsWatched => outside.IsConnected || Net.IsShared;

        /// <inheritdoc/>
        public bool IsFloating => Net.IsFloating;

        /// <summary>Level at the pin.</summary>
        public bool Level { get; private set; }

        /// <summary>What the input buffer shows: nothing in analog mode.</summary>
        public bool InputLevel => Level && Mode != PinMode.Analog;

        /// <summary>What the chip drives; null if nothing.</summary>
        public bool? ChipLevel
        {
            get
            {
                var result = Mode == PinMode.Output ? OutputLevel : Mode == PinMode.AlternateFunction ? FunctionLevel : null;
                return IsOpenDrain && result == true ? null : result;
            }
        }

        /// <summary>What the chip's resistors say: nothing in analog mode.</summary>
        public bool? ChipPullLevel => Mode == PinMode.Analog ? null : PullLevelOf(Pull);

        /// <summary>What the board's resistors say.</summary>
        public bool? BoardPullLevel => PullLevelOf(BoardPull);

        public PinMode Mode { get; set; }

        public bool IsOpenDrain { get; set; }

        public PinPull Pull { get; set; }

        /// <summary>ODRy.</summary>
        public bool OutputLevel { get; set; }

        /// <summary>Has the selected function a signal that may change when the peripheral is asked?</summary>
        public bool HasFunction => functions.Length > 0;

        /// <summary>Level of a signal that comes to the alternate function by the platform description; null if none does.</summary>
        public bool? SignalLevel { get; set; }

        /// <summary>What parts of the board drive; null if nothing.</summary>
        public bool? BoardLevel
        {
            get => isHeldLow ? false : boardLevel;
            set => boardLevel = value;
        }

        /// <summary>Volts that a part of the board puts there; null if none does.</summary>
        public IAnalogSource BoardVolts { get; set; }

        /// <summary>Volts that the chip's own converter puts there; null if it doesn't.</summary>
        public IAnalogSource ChipVolts { get; set; }

        /// <summary>Who samples the pin, if anybody does.</summary>
        public IAnalogListener AnalogListener { get; set; }

        /// <summary>Resistor on the board, or an LED that acts as one.</summary>
        public PinPull BoardPull { get; set; }

        /// <summary>What the pin is connected with.</summary>
        public PinNet Net { get; set; }

        public STM32F4_GPIOPort Port { get; }

        public override string ToString() => $"{Port.PinName}{number}";

        private static bool? PullLevelOf(PinPull pull) => pull == PinPull.Up ? true : pull == PinPull.Down ? false : (bool?)null;

        private bool? FunctionLevel => functions.Select(x => x.Level).FirstOrDefault(x => x != null) ?? SignalLevel;

        private IPinFunction[] functions = new IPinFunction[0];
        private bool? boardLevel;
        private bool isHeldLow;

        private readonly int number;
        private readonly IGPIO outside;
        private readonly IGPIO inside;
    }

    /// <summary>Pins that wires join. They have one level: what is driven, else what resistors say, else low.</summary>
    internal sealed class PinNet
    {
        public PinNet(Pin pin)
        {
            pins.Add(pin);
        }

        /// <summary>Two pins are wired together, and with them what is on either.</summary>
        public static void Join(Pin first, Pin second)
        {
            if(first.Net == second.Net)
            {
                return;
            }
            var joined = first.Net;
            var others = second.Net.pins.ToArray();
            joined.pins.AddRange(others);
            foreach(var pin in others)
            {
                pin.Net = joined;
            }
            joined.HandleWires();
        }

        /// <summary>A pin loses its wires; what was on them stays joined.</summary>
        public static void Separate(Pin pin)
        {
            var before = pin.Net;
            if(!before.IsShared)
            {
                return;
            }
            before.pins.Remove(pin);
            pin.Net = new PinNet(pin);
            pin.Net.HandleWires();
            before.HandleWires();
        }

        public void Resolve()
        {
            if(isResolving)
            {
                // A peripheral that hears of the level drives another one in turn.
                isChanged = true;
                return;
            }
            isResolving = true;
            try
            {
                // An oscillator of wires and peripherals goes on when somebody looks again.
                for(var i = 0; i < LongestLoop; i++)
                {
                    isChanged = false;
                    var level = FindLevel(out var newSource, out var floats);
                    if(level != Level || newSource != Source || floats != IsFloating)
                    {
                        TellListeners();
                        Level = level;
                        Source = newSource;
                        IsFloating = floats;
                    }
                    Show(level);
                    if(!isChanged)
                    {
                        return;
                    }
                }
            }
            finally
            {
                isResolving = false;
            }
        }

        /// <summary>Brings a frame from one pin to all others.</summary>
        public void Carry(Pin from, WireFrame frame)
        {
            if(!IsShared)
            {
                return;
            }
            foreach(var pin in pins.Where(x => x != from).ToArray())
            {
                pin.TakeFrame(frame);
            }
        }

        /// <summary>Whoever samples one of the pins does so up to now.</summary>
        public void TellListeners()
        {
            foreach(var pin in pins)
            {
                pin.AnalogListener?.HandlePinChanging();
            }
        }

        public bool IsShared => pins.Count > 1;

        /// <summary>The level, as it was resolved last.</summary>
        public bool Level { get; private set; }

        /// <summary>What decides the volts, if they are not those of the level.</summary>
        public IAnalogSource Source { get; private set; }

        /// <summary>Does nobody drive or pull the net?</summary>
        public bool IsFloating { get; private set; } = true;

        public override string ToString() => string.Join(", ", pins);

        private void Show(bool level)
        {
            if(pins.Count == 1)
            {
                // Nearly all pins: bit-banging firmware comes here for each edge.
                pins[0].Show(level);
                return;
            }
            foreach(var pin in pins.ToArray())
            {
                pin.Show(level);
            }
        }

        private bool FindLevel(out IAnalogSource source, out bool floats)
        {
            source = null;
            floats = false;
            var chip = Combine(x => x.ChipLevel, out var isShort);
            if(isShort && !wasShort)
            {
                pins[0].Port.ReportShort(this);
            }
            wasShort = isShort;
            if(chip != null)
            {
                return chip.Value;
            }
            source = FirstSource(x => x.ChipVolts) ?? FirstSource(x => x.BoardVolts);
            if(source != null)
            {
                return source.IsHigh;
            }
            var level = Combine(x => x.BoardLevel, out _) ?? Combine(x => x.BoardPullLevel, out _) ?? Combine(x => x.ChipPullLevel, out _);
            floats = level == null;
            return level ?? false;
        }

        private IAnalogSource FirstSource(System.Func<Pin, IAnalogSource> select)
        {
            foreach(var pin in pins)
            {
                var source = select(pin);
                if(source != null)
                {
                    return source;
                }
            }
            return null;
        }

        // Low wins, as with most output stages.
        private bool? Combine(System.Func<Pin, bool?> select, out bool isShort)
        {
            if(pins.Count == 1)
            {
                isShort = false;
                return select(pins[0]);
            }
            var levels = pins.Select(select).Where(x => x != null).ToArray();
            isShort = levels.Distinct().Count() > 1;
            return levels.Length == 0 ? (bool?)null : levels.All(x => x == true);
        }

        private void HandleWires()
        {
            foreach(var pin in pins)
            {
                pin.HandleWires();
            }
            Resolve();
        }

        private bool isResolving;
        private bool isChanged;
        private bool wasShort;

        private readonly List<Pin> pins = new List<Pin>();

        private const int LongestLoop = 8;
    }
}
