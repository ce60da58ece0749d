// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.GPIOPort
{
    /// <summary>
    /// GPIO port of 16 pins (RM0090, section 8). Each pin has one level, which both IDR and ODR show: the last one that was
    /// driven, by the firmware, by an alternate function or from outside. It goes out on the connection of the same number.
    /// </summary>
    [AllowedTranslations(AllowedTranslation.WordToDoubleWord)]
    public class STM32_GPIOPort : BaseGPIOPort, IDoubleWordPeripheral, ILocalGPIOReceiver
    {
        /// <param name="machine">The machine.</param>
        /// <param name="modeResetValue">Reset value of MODER.</param>
        /// <param name="outputSpeedResetValue">Reset value of OSPEEDR.</param>
        /// <param name="pullUpPullDownResetValue">Reset value of PUPDR.</param>
        /// <param name="numberOfAFs">Alternate functions of a pin, 1 to 16.</param>
        /// <param name="invertedAFPins">Lists of a pin and the alternate functions whose signal it shows inverted.</param>
        public STM32_GPIOPort(IMachine machine, uint modeResetValue = 0, uint outputSpeedResetValue = 0, uint pullUpPullDownResetValue = 0,
            uint numberOfAFs = 16, List<List<int>> invertedAFPins = null) : base(machine, PinCount)
        {
            if(numberOfAFs < 1 || numberOfAFs > 16)
            {
                throw new ConstructionException($"numberOfAFs must be 1 to 16, not {numberOfAFs}");
            }
            for(var i = 0; i < PinCount; i++)
            {
                alternateFunctions[i] = new AlternateFunction(this, i, (int)numberOfAFs);
            }
            foreach(var list in invertedAFPins ?? new List<List<int>>())
            {
                MarkInverted(list, (int)numberOfAFs);
            }
            this.modeResetValue = modeResetValue;
            registers = new DoubleWordRegisterCollection(this);
            DefineRegisters(outputSpeedResetValue, pullUpPullDownResetValue);
            Reset();
        }

        public override void Reset()
        {
            base.Reset();
            locked = 0;
            lockStep = 0;
            mode = modeResetValue;
            registers.Reset();
        }

        public uint ReadDoubleWord(long offset)
        {
            return registers.Read(offset);
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            registers.Write(offset, value);
        }

        /// <summary>Drives a pin from outside.</summary>
        public override void OnGPIO(int number, bool value)
        {
            if(!CheckPinNumber(number))
            {
                return;
            }
            Drive(number, value);
        }

        /// <summary>The receiver of a pin's alternate function signals; its input numbers are alternate function numbers.</summary>
        /// <exception cref="RecoverableException">There is no such pin.</exception>
        public IGPIOReceiver GetLocalReceiver(int pin)
        {
            if(pin < 0 || pin >= PinCount)
            {
                throw new RecoverableException($"A GPIO port has pins 0 to {PinCount - 1}; there is no pin {pin}");
            }
            return alternateFunctions[pin];
        }

        private void MarkInverted(List<int> list, int numberOfAFs)
        {
            for(var i = 0; i < list.Count; i++)
            {
                if(list[i] < 0 || list[i] >= (i == 0 ? PinCount : numberOfAFs))
                {
                    throw new ConstructionException($"invertedAFPins: there is no {(i == 0 ? "pin" : "alternate function")} {list[i]}");
                }
                if(i > 0)
                {
                    alternateFunctions[list[0]].Inverted |= 1u << list[i];
                }
            }
        }

        private void Drive(int pin, bool value)
        {
            State[pin] = value;
            Connections[pin].Set(value);
        }

        private void Drive(uint pins, uint values)
        {
            for(var i = 0; i < PinCount; i++)
            {
                if((pins >> i & 1) != 0)
                {
                    Drive(i, (values >> i & 1) != 0);
                }
            }
        }

        private uint Levels()
        {
            var result = 0u;
            for(var i = 0; i < PinCount; i++)
            {
                result |= (State[i] ? 1u : 0u) << i;
            }
            return result;
        }

        // The new value of a configuration register: the fields of locked pins stay as they were.
        private uint Guard(ulong before, ulong after, int fieldWidth, int firstPin, string name)
        {
            var frozen = 0u;
            for(var i = 0; lockStep == LockDone && i < 32 / fieldWidth && firstPin + i < PinCount; i++)
            {
                if((locked >> (firstPin + i) & 1) != 0)
                {
                    frozen |= ((1u << fieldWidth) - 1) << (i * fieldWidth);
                }
            }
            if((((uint)before ^ (uint)after) & frozen) != 0)
            {
                this.Log(LogLevel.Warning, "{0}: the configuration of locked pins can't change before the next reset", name);
            }
            return ((uint)before & frozen) | ((uint)after & ~frozen);
        }

        // LCKK must be written 1, 0, 1 with the same pins each time, then read.
        private void WriteLock(uint pins, bool key)
        {
            if(lockStep == LockDone)
            {
                return;
            }
            if(lockStep == 0 && key)
            {
                locked = pins;
                lockStep = 1;
                return;
            }
            lockStep = pins == locked && lockStep < LockDone - 1 && key == (lockStep == 2) ? lockStep + 1 : 0;
        }

        private uint ReadLock()
        {
            lockStep = lockStep >= LockDone - 1 ? LockDone : 0;
            return locked | (lockStep == LockDone ? 1u << 16 : 0);
        }

        private void DefineRegisters(uint outputSpeedResetValue, uint pullUpPullDownResetValue)
        {
            Registers.Mode.Define(registers, modeResetValue)
                .WithValueField(0, 32, valueProviderCallback: _ => mode, writeCallback: (_, value) => mode = Guard(mode, value, 2, 0, "MODER"), name: "MODER");

            DefineConfiguration(Registers.OutputType, 16, 1, 0, 0, "OTYPER");
            DefineConfiguration(Registers.OutputSpeed, 32, 2, 0, outputSpeedResetValue, "OSPEEDR");
            DefineConfiguration(Registers.PullUpPullDown, 32, 2, 0, pullUpPullDownResetValue, "PUPDR");

            Registers.InputData.Define(registers)
                .WithValueField(0, 16, FieldMode.Read, valueProviderCallback: _ => Levels(), name: "IDR")
                .WithReservedBits(16, 16);

            Registers.OutputData.Define(registers)
                .WithValueField(0, 16, valueProviderCallback: _ => Levels(), writeCallback: (_, value) => Drive(0xFFFF, (uint)value), name: "ODR")
                .WithReservedBits(16, 16);

            Registers.BitSetReset.Define(registers)
                .WithValueField(0, 32, FieldMode.Write, name: "BSRR", writeCallback: (_, value) =>
                    {
                        // Setting a pin wins over resetting it.
                        var set = (uint)value & 0xFFFF;
                        Drive(set | (uint)(value >> 16), set);
                    });

            Registers.Lock.Define(registers)
                .WithValueField(0, 17, valueProviderCallback: _ => ReadLock(),
                    writeCallback: (_, value) => WriteLock((uint)value & 0xFFFF, value >> 16 != 0), name: "LCKR")
                .WithReservedBits(17, 15);

            alternateFunctionSelect[0] = DefineConfiguration(Registers.AlternateFunctionLow, 32, 4, 0, 0, "AFRL");
            alternateFunctionSelect[1] = DefineConfiguration(Registers.AlternateFunctionHigh, 32, 4, 8, 0, "AFRH");

            Registers.BitReset.Define(registers)
                .WithValueField(0, 16, FieldMode.Write, writeCallback: (_, value) => Drive((uint)value, 0), name: "BRR")
                .WithReservedBits(16, 16);
        }

        private IValueRegisterField DefineConfiguration(Registers register, int width, int fieldWidth, int firstPin, uint resetValue, string name)
        {
            IValueRegisterField field = null;
            var definition = register.Define(registers, resetValue)
                .WithValueField(0, width, out field, changeCallback: (before, after) => field.Value = Guard(before, after, fieldWidth, firstPin, name), name: name);
            if(width < 32)
            {
                definition.WithReservedBits(width, 32 - width);
            }
            return field;
        }

        private bool IsRoutedTo(int pin, int function)
        {
            return (mode >> (2 * pin) & 3) == AlternateFunctionMode
                && (int)(alternateFunctionSelect[pin / 8].Value >> (4 * (pin % 8)) & 0xF) == function;
        }

        private uint mode;
        private uint locked;
        private int lockStep;

        private readonly uint modeResetValue;
        private readonly DoubleWordRegisterCollection registers;
        private readonly IValueRegisterField[] alternateFunctionSelect = new IValueRegisterField[2];
        private readonly AlternateFunction[] alternateFunctions = new AlternateFunction[PinCount];

        private const int PinCount = 16;
        private const int LockDone = 4;
        private const uint AlternateFunctionMode = 2;

        /// <summary>Input side of one pin's multiplexer of peripheral signals.</summary>
        private class AlternateFunction : IGPIOReceiver
        {
            public AlternateFunction(STM32_GPIOPort port, int pin, int count)
            {
                this.port = port;
                this.pin = pin;
                this.count = count;
            }

            public void Reset()
            {
            }

            public void OnGPIO(int number, bool value)
            {
                if(number < 0 || number >= count)
                {
                    port.Log(LogLevel.Error, "Pin {0} has alternate functions 0 to {1}; a signal came for {2}", pin, count - 1, number);
                    return;
                }
                // Every peripheral drives its pins all the time; the multiplexer decides which of them is heard.
                if(port.IsRoutedTo(pin, number))
                {
                    port.Drive(pin, value ^ ((Inverted >> number & 1) != 0));
                }
            }

            public uint Inverted { get; set; }

            private readonly STM32_GPIOPort port;
            private readonly int pin;
            private readonly int count;
        }

        private enum Registers
        {
            Mode = 0x00,
            OutputType = 0x04,
            OutputSpeed = 0x08,
            PullUpPullDown = 0x0C,
            InputData = 0x10,
            OutputData = 0x14,
            BitSetReset = 0x18,
            Lock = 0x1C,
            AlternateFunctionLow = 0x20,
            AlternateFunctionHigh = 0x24,
            BitReset = 0x28,
        }
    }
}
