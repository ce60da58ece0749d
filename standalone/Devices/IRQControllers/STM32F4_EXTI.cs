// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Logging;

namespace Antmicro.Renode.Peripherals.IRQControllers
{
    /// <summary>External interrupt/event controller (RM0090, section 12.2). Line n comes in and goes out as number n.</summary>
    public class STM32F4_EXTI : BasicDoubleWordPeripheral, IKnownSize, IIRQController, INumberedGPIOOutput
    {
        /// <param name="machine">The machine.</param>
        /// <param name="numberOfOutputLines">Lines, 1 to 32.</param>
        /// <param name="firstDirectLine">From this line on a line has no edge selection and no mask: it is passed through.</param>
        public STM32F4_EXTI(IMachine machine, int numberOfOutputLines = 14, int firstDirectLine = DefaultFirstDirectLine) : base(machine)
        {
            this.firstDirectLine = firstDirectLine;
            var lines = new Dictionary<int, IGPIO>();
            for(var i = 0; i < numberOfOutputLines; i++)
            {
                lines[i] = new GPIO();
            }
            Connections = lines;
            DefineRegisters();
        }

        public void OnGPIO(int number, bool value)
        {
            if(number < 0 || number >= NumberOfLines)
            {
                this.Log(LogLevel.Error, "There is no line {0}; this controller has lines 0 to {1}", number, NumberOfLines - 1);
                return;
            }
            var line = 1u << number;
            if(number >= firstDirectLine)
            {
                pending = value ? pending | line : pending & ~line;
                Connections[number].Set(value);
            }
            else if((mask.Value & line) != 0 && ((value ? rising : falling).Value & line) != 0)
            {
                Raise(line);
            }
        }

        public override void Reset()
        {
            base.Reset();
            pending = 0;
            software = 0;
            foreach(var line in Connections.Values)
            {
                line.Unset();
            }
        }

        public IReadOnlyDictionary<int, IGPIO> Connections { get; }

        /// <summary>How many lines there are.</summary>
        public long NumberOfLines => Connections.Count;

        public long Size => 0x400;

        protected const int DefaultFirstDirectLine = 23;

        private void Raise(uint lines)
        {
            pending |= lines;
            foreach(var line in Connections)
            {
                if((lines >> line.Key & 1) != 0)
                {
                    line.Value.Set();
                }
            }
        }

        private void Clear(uint lines)
        {
            pending &= ~lines;
            software &= ~lines;
            foreach(var line in Connections)
            {
                if((lines >> line.Key & 1) != 0)
                {
                    line.Value.Unset();
                }
            }
        }

        private void DefineRegisters()
        {
            Registers.InterruptMask.Define(this).WithValueField(0, 32, out mask, name: "IMR");
            Registers.EventMask.Define(this).WithValueField(0, 32, name: "EMR");
            Registers.RisingTrigger.Define(this).WithValueField(0, 32, out rising, name: "RTSR");
            Registers.FallingTrigger.Define(this).WithValueField(0, 32, out falling, name: "FTSR");

            Registers.SoftwareInterrupt.Define(this)
                .WithValueField(0, 32, valueProviderCallback: _ => software, writeCallback: (_, value) =>
                    {
                        var fresh = (uint)value & ~software & (uint)mask.Value & (uint)((1ul << (int)NumberOfLines) - 1);
                        software |= fresh;
                        Raise(fresh);
                    }, name: "SWIER");

            Registers.Pending.Define(this)
                .WithValueField(0, 32, valueProviderCallback: _ => pending, writeCallback: (_, value) => Clear((uint)value), name: "PR");
        }

        private uint pending;
        private uint software;
        private IValueRegisterField mask;
        private IValueRegisterField rising;
        private IValueRegisterField falling;

        private readonly int firstDirectLine;

        private enum Registers
        {
            InterruptMask = 0x00,
            EventMask = 0x04,
            RisingTrigger = 0x08,
            FallingTrigger = 0x0C,
            SoftwareInterrupt = 0x10,
            Pending = 0x14,
        }
    }
}
