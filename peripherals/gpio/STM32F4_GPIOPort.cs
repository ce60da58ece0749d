// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;
using System.Text;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Miscellaneous;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// GPIO port of 16 pins (RM0090 chapter 8). A pin's level comes from what drives it, the chip or the board, else from resistors,
    /// the board's or the chip's own (PUPDR).
    /// </summary>
    /// <remarks>
    /// GPIO outputs 0 to 15 are the pins; 16 to 31 what the chip's input buffers show of them, for SYSCFG. GPIO inputs 0 to 15 are parts of the board
    /// that drive pins. Alternate functions of timers reach the pins by the line's own table; <c>timer: 0 -> gpioPortA#5@1</c> connects any
    /// other signal with PA5's AF1.
    /// We choose: a pin that floats is low; what the chip drives wins over the board's parts, which win over the board's resistors, and these over the
    /// chip's; a pin in analog mode has no pull, its input buffer shows 0; two chip outputs on one wire are low if either is, with a Warning.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_GPIOPort : GatedRegisterBlock, IGPIOReceiver, ILocalGPIOReceiver, INumberedGPIOOutput,
        IRegisterablePeripheral<IGPIOReceiver, NullRegistrationPoint>, IRegisterablePeripheral<IGPIOReceiver, NumberRegistrationPoint<int>>,
        IRegisterablePeripheral<IGPIOSender, NullRegistrationPoint>, IRegisterablePeripheral<IGPIOSender, NumberRegistrationPoint<int>>
    {
        /// <summary>Creates the port. Its letter is that of the clock gate under which it is registered.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="rcc">The clock controller, which knows the peripherals behind alternate functions; without it pins have none of them.</param>
        /// <param name="modeResetValue">Reset value of MODER.</param>
        /// <param name="outputSpeedResetValue">Reset value of OSPEEDR.</param>
        /// <param name="pullUpPullDownResetValue">Reset value of PUPDR.</param>
        /// <param name="boardPullUps">Pins, a bit each, that a resistor on the board pulls up, or an LED to 3V3.</param>
        /// <param name="boardPullDowns">Pins, a bit each, that a resistor on the board pulls down, or an LED to ground.</param>
        public STM32F4_GPIOPort(IMachine machine, STM32F4_RCC rcc = null, uint modeResetValue = 0, uint outputSpeedResetValue = 0,
            uint pullUpPullDownResetValue = 0, uint boardPullUps = 0, uint boardPullDowns = 0) : base(machine, "GPIO", typeof(Registers), "its clock in RCC_AHB1ENR is off")
        {
            if((boardPullUps | boardPullDowns) >> PinCount != 0 || (boardPullUps & boardPullDowns) != 0)
            {
                throw new ConstructionException($"boardPullUps = 0x{boardPullUps:X} and boardPullDowns = 0x{boardPullDowns:X}: give bits 0 to 15, each in one of them at most");
            }
            this.rcc = rcc;
            Connections = Enumerable.Range(0, 2 * PinCount).ToDictionary(x => x, _ => (IGPIO)new GPIO());
            for(var i = 0; i < PinCount; i++)
            {
                pins[i] = new Pin(this, i, Connections[i], Connections[PinCount + i])
                {
                    BoardPull = (boardPullUps >> i & 1) != 0 ? PinPull.Up : (boardPullDowns >> i & 1) != 0 ? PinPull.Down : PinPull.None,
                };
                signals[i] = new Multiplexer(this, i);
            }
            DefineRegisters(modeResetValue, outputSpeedResetValue, pullUpPullDownResetValue);
            Configure(AllPins);
            machine.MachineReset += _ => RefreshLeds();
        }

        /// <summary>A part of the board drives a pin from now on.</summary>
        /// <param name="number">Pin, 0 to 15.</param>
        /// <param name="value">Its level.</param>
        public void OnGPIO(int number, bool value)
        {
            if(number < 0 || number >= PinCount)
            {
                this.Log(LogLevel.Error, "There is no pin {0}: they are 0 to {1}. Check the platform description", number, PinCount - 1);
                return;
            }
            SetBoardLevel(number, value);
        }

        /// <summary>The receiver of signals that the platform description connects with a pin; its inputs are numbers of alternate functions.</summary>
        /// <param name="pin">Pin, 0 to 15.</param>
        /// <exception cref="RecoverableException">There is no such pin.</exception>
        public IGPIOReceiver GetLocalReceiver(int pin) => signals[Checked(pin)];

        /// <summary>Drives a pin from outside, as a probe on the board's header would, or lets it go.</summary>
        /// <param name="pin">Pin, 0 to 15.</param>
        /// <param name="level"><c>high</c>, <c>low</c> or <c>release</c>.</param>
        /// <exception cref="RecoverableException">There is no such pin, or level is none of these.</exception>
        public void Drive(int pin, string level)
        {
            SetBoardLevel(Checked(pin), ParseLevel(level));
        }

        /// <summary>Joins two pins by a wire on the board. Both then have one level.</summary>
        /// <param name="pin">Pin of this port, 0 to 15.</param>
        /// <param name="other">The other pin's port.</param>
        /// <param name="otherPin">The other pin, 0 to 15.</param>
        /// <exception cref="RecoverableException">There is no such pin, or both are the same.</exception>
        public void Wire(int pin, STM32F4_GPIOPort other, int otherPin)
        {
            var first = pins[Checked(pin)];
            var second = other.pins[Checked(otherPin)];
            if(first == second)
            {
                throw new RecoverableException($"Pin {pin} can't be wired to itself: give two pins");
            }
            PinNet.Join(first, second);
        }

        /// <summary>Takes all wires from a pin.</summary>
        /// <param name="pin">Pin, 0 to 15.</param>
        /// <exception cref="RecoverableException">There is no such pin.</exception>
        public void Unwire(int pin) => PinNet.Separate(pins[Checked(pin)]);

        /// <summary>All pins are as after a reset. What the board does to them stays.</summary>
        public override void Reset()
        {
            base.Reset();
            lockStep = 0;
            locked = 0;
            Configure(AllPins);
        }

        /// <inheritdoc/>
        public void Register(IGPIOReceiver peripheral, NullRegistrationPoint registrationPoint) => machine.RegisterAsAChildOf(this, peripheral, registrationPoint);

        /// <inheritdoc/>
        public void Register(IGPIOReceiver peripheral, NumberRegistrationPoint<int> registrationPoint) => machine.RegisterAsAChildOf(this, peripheral, registrationPoint);

        /// <inheritdoc/>
        public void Register(IGPIOSender peripheral, NullRegistrationPoint registrationPoint) => machine.RegisterAsAChildOf(this, peripheral, registrationPoint);

        /// <inheritdoc/>
        public void Register(IGPIOSender peripheral, NumberRegistrationPoint<int> registrationPoint) => machine.RegisterAsAChildOf(this, peripheral, registrationPoint);

        /// <inheritdoc/>
        public void Unregister(IGPIOReceiver peripheral)
        {
            machine.UnregisterAsAChildOf(this, peripheral);
            foreach(var connection in Connections.Values)
            {
                foreach(var endpoint in connection.Endpoints.Where(x => x.Receiver == peripheral).ToList())
                {
                    connection.Disconnect(endpoint);
                }
            }
        }

        /// <inheritdoc/>
        public void Unregister(IGPIOSender peripheral) => machine.UnregisterAsAChildOf(this, peripheral);

        /// <summary>Pins 0 to 15, and from 16 on what their input buffers show.</summary>
        public IReadOnlyDictionary<int, IGPIO> Connections { get; }

        /// <summary>A line for each pin: its mode, its level, and who decides it.</summary>
        public string Pins
        {
            get
            {
                AskFunctions();
                var text = new StringBuilder();
                for(var i = 0; i < PinCount; i++)
                {
                    var pin = pins[i];
                    var mode = pin.Mode == PinMode.AlternateFunction ? $"AF{FunctionOf(i)}" : pin.Mode.ToString().ToLowerInvariant();
                    var wires = pin.Net.IsShared ? $", wired: {pin.Net}" : "";
                    text.Append($"{pin,-5}{(pin.Level ? "high" : "low"),-5} {mode}{(pin.IsOpenDrain ? " open-drain" : "")}, {DeciderOf(pin)}{wires}\n");
                }
                return text.ToString();
            }
        }

        /// <summary>One of the pins, 0 to 15.</summary>
        internal Pin PinAt(int number) => pins[number];

        /// <summary>Name of the port as pins have it, e.g. PA.</summary>
        internal string PinName => "P" + Letter;

        /// <summary>Can a pin of the port select the signal of the peripheral?</summary>
        internal bool HasSignal(IPeripheral peripheral, string signal)
        {
            var gate = rcc?.GateOf(peripheral);
            return gate != null && rcc.PinFunctions.HasSignal(PinName, $"{gate}_{signal}");
        }

        /// <summary>A part of the board sees a pin from now on.</summary>
        /// <param name="pin">Pin, 0 to 15.</param>
        /// <param name="part">The part.</param>
        /// <param name="input">Its input that the pin's level comes to.</param>
        /// <exception cref="RecoverableException">There is no such pin.</exception>
        internal void Attach(int pin, IGPIOReceiver part, int input) => Connections[Checked(pin)].Connect(part, input);

        /// <summary>A part of the board drives a pin, or lets it go: null.</summary>
        /// <exception cref="RecoverableException">There is no such pin.</exception>
        internal void DriveFromBoard(int pin, bool? level) => SetBoardLevel(Checked(pin), level);

        /// <summary>What the input buffer of a pin shows has changed.</summary>
        internal void SetInput(int pin, bool value) => inputs = value ? inputs | (1u << pin) : inputs & ~(1u << pin);

        /// <summary>A pin that the board pulls up has a new level, which parts of the board see that are on a bus.</summary>
        internal void TellBuses(int pin)
        {
            if(Letter == "")
            {
                return;
            }
            if(busSignals[pin] == null)
            {
                busSignals[pin] = rcc.PinFunctions.SignalsOf(pins[pin].ToString()).ToArray();
            }
            foreach(var signal in busSignals[pin])
            {
                var peripherals = rcc.PeripheralsAt(signal.Peripheral);
                for(var i = 0; i < peripherals.Count; i++)
                {
                    (peripherals[i] as IBoardBus)?.HandleLine(signal.Signal, pins[pin]);
                }
            }
        }

        /// <summary>Two outputs are against each other on one wire.</summary>
        internal void ReportShort(PinNet net) => this.Log(LogLevel.Warning, "Wired pins {0} are driven high and low at once: taken for low; a real board would be damaged", net);

        private protected override uint ReadRegister(long offset)
        {
            if(offset == (long)Registers.IDR)
            {
                AskFunctions();
            }
            return base.ReadRegister(offset);
        }

        private static int Checked(int pin)
        {
            if(pin < 0 || pin >= PinCount)
            {
                throw new RecoverableException($"There is no pin {pin}: give 0 to {PinCount - 1}");
            }
            return pin;
        }

        private static bool? ParseLevel(string level)
        {
            switch(level.ToLowerInvariant())
            {
            case "high":
                return true;
            case "low":
                return false;
            case "release":
                return null;
            default:
                throw new RecoverableException($"level = {level} is unknown: give high, low or release");
            }
        }

        private static string DeciderOf(Pin pin)
        {
            return pin.ChipLevel != null || pin.ChipVolts != null ? "driven by the chip" : pin.BoardLevel != null || pin.BoardVolts != null ? "driven from outside"
                : pin.BoardPull != PinPull.None ? $"pulled {pin.BoardPull.ToString().ToLowerInvariant()} by the board"
                : pin.Pull == PinPull.Up || pin.Pull == PinPull.Down ? $"pulled {pin.Pull.ToString().ToLowerInvariant()}" : "floating";
        }

        private void SetBoardLevel(int number, bool? level)
        {
            pins[number].BoardLevel = level;
            pins[number].BoardVolts = null;
            pins[number].Update();
        }

        private void DefineRegisters(uint modeResetValue, uint outputSpeedResetValue, uint pullUpPullDownResetValue)
        {
            mode = DefineConfiguration(Registers.MODER, modeResetValue, 2);
            outputType = DefineConfiguration(Registers.OTYPER, 0, 1);
            DefineConfiguration(Registers.OSPEEDR, outputSpeedResetValue, 2);
            pull = DefineConfiguration(Registers.PUPDR, pullUpPullDownResetValue, 2);
            Registers.IDR.Define(this)
                .WithValueField(0, PinCount, FieldMode.Read, valueProviderCallback: _ => inputs, name: "IDR")
                .WithReservedBits(16, 16);
            Registers.ODR.Define(this)
                .WithValueField(0, PinCount, out output, writeCallback: (old, value) => Output((uint)(old ^ value)), name: "ODR")
                .WithReservedBits(16, 16);
            Registers.BSRR.Define(this)
                .WithValueField(0, 32, FieldMode.Write, writeCallback: (_, value) => SetAndReset((uint)value), name: "BS, BR");
            Registers.LCKR.Define(this)
                .WithValueField(0, 17, valueProviderCallback: _ => ReadLock(), writeCallback: (_, value) => WriteLock((uint)value & AllPins, value >> PinCount != 0), name: "LCK, LCKK")
                .WithReservedBits(17, 15);
            functions[0] = DefineConfiguration(Registers.AFRL, 0, 4);
            functions[1] = DefineConfiguration(Registers.AFRH, 0, 4, PinCount / 2);
        }

        private IValueRegisterField DefineConfiguration(Registers register, uint resetValue, int width, int firstPin = 0)
        {
            IValueRegisterField field = null;
            var bits = width == 1 ? PinCount : 32;
            var definition = register.Define(this, resetValue)
                .WithValueField(0, bits, out field, changeCallback: (old, value) =>
                {
                    field.Value = KeepLocked(register, (uint)old, (uint)value, width, firstPin);
                    Configure(PinsOf((uint)(old ^ field.Value), width, firstPin));
                }, name: register.ToString());
            if(bits < 32)
            {
                definition.WithReservedBits(bits, 32 - bits);
            }
            return field;
        }

        private uint KeepLocked(Registers register, uint old, uint value, int width, int firstPin)
        {
            if(lockStep != LockDone)
            {
                return value;
            }
            var kept = 0u;
            for(var i = 0; i < 32 / width && firstPin + i < PinCount; i++)
            {
                if((locked >> (firstPin + i) & 1) != 0)
                {
                    kept |= ((1u << width) - 1) << (i * width);
                }
            }
            if(((old ^ value) & kept) != 0)
            {
                mistakes.Report(OffsetToString((long)register), "locked pins (LCKR) stay as they are until the next reset");
            }
            return (old & kept) | (value & ~kept);
        }

        private static uint PinsOf(uint bits, int width, int firstPin)
        {
            var result = 0u;
            for(var i = 0; i < 32 / width && firstPin + i < PinCount; i++)
            {
                if((bits >> (i * width) & ((1u << width) - 1)) != 0)
                {
                    result |= 1u << (firstPin + i);
                }
            }
            return result;
        }

        // LCKR is written with LCKK 1, 0, 1 and the same pins each time, then read (RM0090 8.4.8).
        private void WriteLock(uint lockedPins, bool key)
        {
            if(lockStep == LockDone)
            {
                return;
            }
            var isNext = lockStep == 0 ? key : lockedPins == locked && lockStep < LockDone - 1 && key == (lockStep == 2);
            lockStep = isNext ? lockStep + 1 : 0;
            locked = lockedPins;
        }

        private uint ReadLock()
        {
            lockStep = lockStep >= LockDone - 1 ? LockDone : 0;
            return locked | (lockStep == LockDone ? 1u << PinCount : 0);
        }

        private void AskFunctions()
        {
            foreach(var pin in pins)
            {
                if(pin.HasFunction || (pin.BoardVolts != null && pin.BoardVolts.Varies))
                {
                    pin.Update();
                }
            }
        }

        // Setting wins over resetting.
        private void SetAndReset(uint value)
        {
            var before = (uint)output.Value;
            output.Value = (before & ~(value >> PinCount)) | (value & AllPins);
            Output(before ^ (uint)output.Value);
        }

        private void Output(uint changed)
        {
            for(var i = 0; changed != 0; i++, changed >>= 1)
            {
                if((changed & 1) != 0)
                {
                    pins[i].OutputLevel = (output.Value >> i & 1) != 0;
                    pins[i].Update();
                }
            }
        }

        private void Configure(uint changed)
        {
            for(var i = 0; changed != 0; i++, changed >>= 1)
            {
                if((changed & 1) == 0)
                {
                    continue;
                }
                var pin = pins[i];
                var function = FunctionOf(i);
                pin.Mode = (PinMode)(mode.Value >> (2 * i) & 3);
                pin.IsOpenDrain = (outputType.Value >> i & 1) != 0;
                pin.Pull = (PinPull)(pull.Value >> (2 * i) & 3);
                pin.OutputLevel = (output.Value >> i & 1) != 0;
                var selected = pin.Mode == PinMode.AlternateFunction ? function : NoFunction;
                if(selected != selectedFunctions[i])
                {
                    selectedFunctions[i] = selected;
                    pin.Select(SignalsOf(pin, selected));
                }
                pin.SignalLevel = selected == NoFunction ? null : signals[i].LevelOf(selected);
                pin.Update();
            }
        }

        private IEnumerable<(IPinFunctions, string)> SignalsOf(Pin pin, int function)
        {
            if(rcc == null || function == NoFunction)
            {
                return Enumerable.Empty<(IPinFunctions, string)>();
            }
            return rcc.PinFunctions.SignalsOf(pin.ToString(), function)
                .SelectMany(x => rcc.PeripheralsAt(x.Peripheral).OfType<IPinFunctions>().Select(y => (y, x.Signal)));
        }

        private int FunctionOf(int pin) => (int)(functions[pin / 8].Value >> (4 * (pin % 8)) & 0xF);

        // Renode's LED takes its pin for low when it is reset.
        private void RefreshLeds()
        {
            for(var i = 0; i < PinCount; i++)
            {
                if(pins[i].Level)
                {
                    foreach(var endpoint in Connections[i].Endpoints.Where(x => x.Receiver is ILed))
                    {
                        endpoint.Receiver.OnGPIO(endpoint.Number, true);
                    }
                }
            }
        }

        // Not known before the port is registered.
        private string Letter => letter ?? (letter = rcc?.GateOf(this)?.Substring("GPIO".Length)) ?? "";

        private IValueRegisterField mode;
        private IValueRegisterField outputType;
        private IValueRegisterField pull;
        private IValueRegisterField output;
        private uint inputs;
        private uint locked;
        private int lockStep;
        private string letter;

        private readonly STM32F4_RCC rcc;
        private readonly Pin[] pins = new Pin[PinCount];
        private readonly Multiplexer[] signals = new Multiplexer[PinCount];
        private readonly (string Peripheral, string Signal)[][] busSignals = new (string, string)[PinCount][];
        private readonly int[] selectedFunctions = Enumerable.Repeat(NoFunction, PinCount).ToArray();
        private readonly IValueRegisterField[] functions = new IValueRegisterField[2];

        private const int PinCount = 16;
        private const uint AllPins = 0xFFFF;
        private const int NoFunction = -1;
        private const int LockDone = 4;

        /// <summary>Signals that the platform description connects with one pin, by alternate function. The pin shows the one that it selects.</summary>
        private class Multiplexer : IGPIOReceiver
        {
            public Multiplexer(STM32F4_GPIOPort port, int pin)
            {
                this.port = port;
                this.pin = pin;
            }

            public void Reset()
            {
            }

            public void OnGPIO(int number, bool value)
            {
                if(number < 0 || number >= levels.Length)
                {
                    port.Log(LogLevel.Error, "Pin {0} has alternate functions 0 to {1}, a signal came for {2}. Check the platform description", pin, levels.Length - 1, number);
                    return;
                }
                levels[number] = value;
                if(port.selectedFunctions[pin] == number)
                {
                    port.pins[pin].SignalLevel = value;
                    port.pins[pin].Update();
                }
            }

            [HideInMonitor]
            public bool? LevelOf(int function) => levels[function];

            private readonly bool?[] levels = new bool?[16];
            private readonly STM32F4_GPIOPort port;
            private readonly int pin;
        }

        private enum Registers
        {
            MODER = 0x00,
            OTYPER = 0x04,
            OSPEEDR = 0x08,
            PUPDR = 0x0C,
            IDR = 0x10,
            ODR = 0x14,
            BSRR = 0x18,
            LCKR = 0x1C,
            AFRL = 0x20,
            AFRH = 0x24,
        }
    }
}
