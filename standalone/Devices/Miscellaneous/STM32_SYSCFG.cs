// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    /// <summary>
    /// System configuration controller (RM0090, section 9): only the multiplexer that picks, for each of the 16 external
    /// interrupt lines, the port whose pin drives it. Pin n of port p comes in at input n of local receiver p.
    /// </summary>
    public sealed class STM32_SYSCFG : IDoubleWordPeripheral, INumberedGPIOOutput, IKnownSize, ILocalGPIOReceiver
    {
        public STM32_SYSCFG()
        {
            var lines = new Dictionary<int, IGPIO>();
            for(var i = 0; i < LineCount; i++)
            {
                lines[i] = new GPIO();
            }
            Connections = lines;
            registers = new DoubleWordRegisterCollection(this);
            DefineRegisters();
        }

        public IGPIOReceiver GetLocalReceiver(int index)
        {
            if(!ports.TryGetValue(index, out var port))
            {
                port = new Port(this, index);
                ports[index] = port;
            }
            return port;
        }

        public uint ReadDoubleWord(long offset)
        {
            return registers.Read(offset);
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            registers.Write(offset, value);
        }

        public void Reset()
        {
            registers.Reset();
            for(var i = 0; i < LineCount; i++)
            {
                UpdateLine(i);
            }
        }

        public IReadOnlyDictionary<int, IGPIO> Connections { get; }

        public long Size => 0x400;

        private void UpdateLine(int line)
        {
            Connections[line].Set(ports.TryGetValue((int)selected[line].Value, out var port) && port.Levels[line]);
        }

        private void DefineRegisters()
        {
            for(var i = 0; i < LineCount; i += 4)
            {
                var first = i;
                ((Registers)((int)Registers.ExternalInterrupt1 + i)).Define(registers)
                    .WithValueFields(0, 4, 4, out var fields, name: "EXTI", changeCallback: (n, _, __) => UpdateLine(first + n))
                    .WithReservedBits(16, 16);
                fields.CopyTo(selected, i);
            }
        }

        private readonly DoubleWordRegisterCollection registers;
        private readonly IValueRegisterField[] selected = new IValueRegisterField[LineCount];
        private readonly Dictionary<int, Port> ports = new Dictionary<int, Port>();

        private const int LineCount = 16;

        private class Port : IGPIOReceiver
        {
            public Port(STM32_SYSCFG parent, int index)
            {
                this.parent = parent;
                this.index = index;
            }

            public void Reset()
            {
                // These are levels of other peripherals' pins.
            }

            public void OnGPIO(int number, bool value)
            {
                if(number < 0 || number >= LineCount)
                {
                    parent.Log(LogLevel.Error, "Port {0} has pins 0 to {1}; a signal came for pin {2}", index, LineCount - 1, number);
                    return;
                }
                Levels[number] = value;
                parent.UpdateLine(number);
            }

            public bool[] Levels { get; } = new bool[LineCount];

            private readonly STM32_SYSCFG parent;
            private readonly int index;
        }

        private enum Registers
        {
            ExternalInterrupt1 = 0x08,
        }
    }
}
