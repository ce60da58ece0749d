// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.IRQControllers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// External interrupts and events (RM0090 12.2, 12.3): edges on 23 lines become interrupts, by IMR, and events for WFE, by EMR.
    /// Line n comes in and goes out as number n; <see cref="EventOutput"/> goes to the core (<see cref="CoreSignals"/>).
    /// </summary>
    /// <remarks>
    /// We choose: an edge on a line whose bit in IMR is 0 sets nothing in PR; an interrupt is asked for while its bits in PR and IMR are both 1;
    /// a bit of SWIER is set whatever the masks are, and a 0 written to it clears it, so that it can be set again (MicroPython's port does that; PR
    /// stays); converters are triggered by an edge on a line that has its bit in IMR or EMR.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_EXTI : RegisterBlock, IIRQController, INumberedGPIOOutput
    {
        /// <summary>Creates the controller.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="numberOfOutputLines">Lines, 1 to 31; 23 in the F2 and F4.</param>
        public STM32F4_EXTI(IMachine machine, int numberOfOutputLines = 23) : base(machine, "EXTI", typeof(Registers))
        {
            if(numberOfOutputLines < 1 || numberOfOutputLines > 31)
            {
                throw new ConstructionException("numberOfOutputLines has to be from 1 to 31");
            }
            lines = numberOfOutputLines;
            var outputs = new Dictionary<int, IGPIO>();
            for(var i = 0; i < lines; i++)
            {
                outputs[i] = new GPIO();
            }
            Connections = outputs;
            EventOutput = new GPIO();
            DefineRegisters();
        }

        /// <inheritdoc/>
        public void OnGPIO(int number, bool value)
        {
            if(number < 0 || number >= lines)
            {
                this.Log(LogLevel.Warning, "There is no line {0}: they are 0 to {1}", number, lines - 1);
                return;
            }
            var line = 1u << number;
            if(((levels & line) != 0) == value)
            {
                return;
            }
            levels ^= line;
            Trigger(line & (uint)(value ? risingTrigger : fallingTrigger).Value);
        }

        /// <summary>Clears the registers; the levels of the lines are outside of them.</summary>
        public override void Reset()
        {
            base.Reset();
            UpdateInterrupts();
        }

        /// <summary>Interrupts of the lines.</summary>
        public IReadOnlyDictionary<int, IGPIO> Connections { get; }

        /// <summary>A pulse for each event (RM0090 12.2.3).</summary>
        public GPIO EventOutput { get; }

        /// <summary>A pulse for each selected edge on line 9, for the DAC.</summary>
        public GPIO Line9Trigger { get; } = new GPIO();

        /// <summary>The same of line 11, for the regular group of an ADC.</summary>
        public GPIO Line11Trigger { get; } = new GPIO();

        /// <summary>The same of line 15, for the injected group of an ADC.</summary>
        public GPIO Line15Trigger { get; } = new GPIO();

        private void DefineRegisters()
        {
            var rest = 32 - lines;
            Registers.IMR.Define(this)
                .WithValueField(0, lines, out interruptMask, name: "MR")
                .WithReservedBits(lines, rest)
                .WithWriteCallback((_, __) => UpdateInterrupts());
            Registers.EMR.Define(this)
                .WithValueField(0, lines, out eventMask, name: "MR")
                .WithReservedBits(lines, rest);
            Registers.RTSR.Define(this)
                .WithValueField(0, lines, out risingTrigger, name: "TR")
                .WithReservedBits(lines, rest);
            Registers.FTSR.Define(this)
                .WithValueField(0, lines, out fallingTrigger, name: "TR")
                .WithReservedBits(lines, rest);
            Registers.SWIER.Define(this)
                .WithValueField(0, lines, out softwareTrigger, writeCallback: (old, value) => Trigger((uint)(value & ~old)), name: "SWIER")
                .WithReservedBits(lines, rest);
            Registers.PR.Define(this)
                .WithValueField(0, lines, out pending, FieldMode.Read | FieldMode.WriteOneToClear, writeCallback: (_, value) => softwareTrigger.Value &= ~value, name: "PR")
                .WithReservedBits(lines, rest)
                .WithWriteCallback((_, __) => UpdateInterrupts());
        }

        private void Trigger(uint triggered)
        {
            if(triggered == 0)
            {
                return;
            }
            pending.Value |= triggered & interruptMask.Value;
            UpdateInterrupts();
            if((triggered & eventMask.Value) != 0)
            {
                EventOutput.Set();
                EventOutput.Unset();
            }
            var unmasked = triggered & (uint)(interruptMask.Value | eventMask.Value);
            Pulse(Line9Trigger, unmasked >> 9);
            Pulse(Line11Trigger, unmasked >> 11);
            Pulse(Line15Trigger, unmasked >> 15);
        }

        private static void Pulse(GPIO line, uint triggered)
        {
            if((triggered & 1) != 0)
            {
                line.Set();
                line.Unset();
            }
        }

        private void UpdateInterrupts()
        {
            var active = pending.Value & interruptMask.Value;
            for(var i = 0; i < lines; i++)
            {
                Connections[i].Set((active >> i & 1) != 0);
            }
        }

        private IValueRegisterField interruptMask;
        private IValueRegisterField eventMask;
        private IValueRegisterField risingTrigger;
        private IValueRegisterField fallingTrigger;
        private IValueRegisterField softwareTrigger;
        private IValueRegisterField pending;
        private uint levels;

        private readonly int lines;

        private enum Registers
        {
            IMR = 0x00,
            EMR = 0x04,
            RTSR = 0x08,
            FTSR = 0x0C,
            SWIER = 0x10,
            PR = 0x14,
        }
    }
}
