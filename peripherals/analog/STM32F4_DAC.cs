// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// Digital-to-analog converter of two channels (RM0090 chapter 14), whose volts are at PA4 and PA5: data in three formats, triggers, noise and triangle
    /// waves, DMA with underrun.
    /// </summary>
    /// <remarks>
    /// GPIO inputs 0 to 6 are the triggers, by the value of TSEL: TIM6, TIM8, TIM7, TIM5, TIM2, TIM4, EXTI line 9.
    /// We choose: a value is at the output at once; noise and triangle are added up to 4095 at most; with the output buffer on (BOFF = 0) the volts stay 0.2 V away from
    /// ground and VDDA; after an underrun DMA goes on when DMAEN or EN is set anew, and DMAUDR stays until it is cleared.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_DAC : GatedRegisterBlock, IHearsTriggers
    {
        /// <summary>Creates the converter.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip: VDD is full scale.</param>
        /// <param name="rcc">Clock controller, which knows port A; without it the outputs have no pins.</param>
        public STM32F4_DAC(IMachine machine, STM32F4_Supplies supplies, STM32F4_RCC rcc = null) : base(machine, "DAC", typeof(Registers), "RCC_APB1ENR.DACEN is off")
        {
            if(supplies == null)
            {
                throw new ConstructionException("'supplies' is missing: VDD is the full scale");
            }
            this.rcc = rcc;
            channels = new[] { new DacChannel(supplies, Channel1DMA), new DacChannel(supplies, Channel2DMA) };
            DefineRegisters();
        }

        /// <summary>A trigger changes.</summary>
        /// <param name="number">0 to 6, the value of TSEL.</param>
        /// <param name="value">Its level now.</param>
        public void OnGPIO(int number, bool value)
        {
            if(number < 0 || number >= triggers.Length)
            {
                this.Log(LogLevel.Error, "There is no trigger {0}: they are 0 to {1}. Check the platform description", number, triggers.Length - 1);
                return;
            }
            var rises = value && !triggers[number];
            triggers[number] = value;
            if(!rises || !ClockEnabled)
            {
                return;
            }
            foreach(var channel in channels.Where(x => x.IsTriggeredBy(number)))
            {
                channel.Trigger(isSoftware: false);
            }
            UpdateInterrupt();
        }

        /// <summary>Volts at the output of a channel now, or that it is off.</summary>
        /// <param name="channel">1 for PA4, 2 for PA5.</param>
        /// <exception cref="RecoverableException">There is no such channel.</exception>
        public string OutputVoltage(int channel)
        {
            if(channel < 1 || channel > channels.Length)
            {
                throw new RecoverableException($"There is no channel {channel}: give 1 or 2");
            }
            return channels[channel - 1].Describe();
        }

        /// <summary>All registers are as after a reset; the outputs are off.</summary>
        public override void Reset()
        {
            base.Reset();
            foreach(var channel in channels)
            {
                channel.Reset();
            }
            UpdateInterrupt();
        }

        /// <inheritdoc/>
        bool IHearsTriggers.Hears(int input) => ClockEnabled && channels.Any(x => x.IsTriggeredBy(input));

        /// <summary>DMA underrun; the interrupt is TIM6's, too.</summary>
        public GPIO IRQ { get; } = new GPIO();

        /// <summary>DMA request of channel 1: high from a trigger until the next value is written.</summary>
        public GPIO Channel1DMA { get; } = new GPIO();

        /// <summary>The same of channel 2.</summary>
        public GPIO Channel2DMA { get; } = new GPIO();

        private protected override void WriteRegister(long offset, uint value)
        {
            var selectsTriggers = offset == (long)Registers.CR && ((base.ReadRegister(offset) ^ value) & TriggerBits) != 0;
            if(selectsTriggers)
            {
                FindPins();
                // What has happened before is nothing that is heard.
                TriggerLines.TellSources(machine, this);
            }
            base.WriteRegister(offset, value);
            if(selectsTriggers)
            {
                TriggerLines.TellSources(machine, this);
            }
            UpdateInterrupt();
        }

        private protected override void HandleClockChanged()
        {
            if(channels != null && channels.Any(x => x.IsTriggered))
            {
                TriggerLines.TellSources(machine, this);
            }
        }

        private void DefineRegisters()
        {
            var control = Registers.CR.Define(this);
            var trigger = Registers.SWTRIGR.Define(this);
            var status = Registers.SR.Define(this);
            for(var i = 0; i < channels.Length; i++)
            {
                var channel = channels[i];
                var shift = 16 * i;
                control.WithFlag(shift + 0, out channel.Enabled, name: "ENx")
                    .WithFlag(shift + 1, out channel.BufferOff, name: "BOFFx")
                    .WithFlag(shift + 2, out channel.TriggerEnabled, name: "TENx")
                    .WithValueField(shift + 3, 3, out channel.TriggerSelection, name: "TSELx")
                    .WithValueField(shift + 6, 2, out channel.Wave, name: "WAVEx")
                    .WithValueField(shift + 8, 4, out channel.Amplitude, name: "MAMPx")
                    .WithFlag(shift + 12, out channel.DmaEnabled, name: "DMAENx")
                    .WithFlag(shift + 13, out channel.UnderrunInterrupt, name: "DMAUDRIEx")
                    .WithReservedBits(shift + 14, 2);
                trigger.WithFlag(i, FieldMode.Write, writeCallback: (_, value) => TriggerBySoftware(channel, value), name: "SWTRIGx");
                status.WithReservedBits(shift, 13)
                    .WithFlag(shift + 13, valueProviderCallback: _ => channel.Underrun, writeCallback: (_, value) => channel.Underrun &= !value, name: "DMAUDRx")
                    .WithReservedBits(shift + 14, 2);
                var first = (int)Registers.DHR12R1 + (0xC * i);
                DefineData((Registers)first, 0, 12, 0, channel);
                DefineData((Registers)(first + 4), 4, 12, 0, channel);
                DefineData((Registers)(first + 8), 0, 8, 4, channel);
                ((Registers)((int)Registers.DOR1 + (4 * i))).Define(this)
                    .WithValueField(0, 12, FieldMode.Read, valueProviderCallback: _ => channel.Output, name: "DACCxDOR")
                    .WithReservedBits(12, 20);
            }
            control.WithWriteCallback((_, __) => UpdateChannels());
            trigger.WithReservedBits(2, 30);
            DefineBoth(Registers.DHR12RD, 0, 16, 12, 0);
            DefineBoth(Registers.DHR12LD, 4, 16, 12, 0);
            DefineBoth(Registers.DHR8RD, 0, 8, 8, 4);
        }

        private void DefineData(Registers register, int position, int width, int shift, DacChannel channel)
        {
            var definition = register.Define(this)
                .WithValueField(position, width, writeCallback: (_, value) => channel.Write((uint)value << shift), name: "DACCxDHR")
                .WithReservedBits(position + width, 32 - position - width);
            if(position > 0)
            {
                definition.WithReservedBits(0, position);
            }
        }

        private void DefineBoth(Registers register, int position, int distance, int width, int shift)
        {
            var definition = register.Define(this);
            for(var i = 0; i < channels.Length; i++)
            {
                var channel = channels[i];
                if(position > 0)
                {
                    definition.WithReservedBits(i * distance, position);
                }
                definition.WithValueField((i * distance) + position, width, writeCallback: (_, value) => channel.Write((uint)value << shift), name: "DACCxDHR");
                var end = (i * distance) + position + width;
                var next = i == channels.Length - 1 ? 32 : (i + 1) * distance;
                if(next > end)
                {
                    definition.WithReservedBits(end, next - end);
                }
            }
        }

        private void TriggerBySoftware(DacChannel channel, bool value)
        {
            if(!value)
            {
                return;
            }
            if(!channel.IsTriggeredBy(SoftwareTrigger))
            {
                mistakes.Report("DAC_SWTRIGR", "nothing is triggered, because the channel is off, or TEN and TSEL select no software trigger");
                return;
            }
            channel.Trigger(isSoftware: true);
        }

        private void UpdateChannels()
        {
            FindPins();
            foreach(var channel in channels)
            {
                channel.Update();
            }
        }

        private void FindPins()
        {
            for(var i = 0; i < channels.Length && rcc != null; i++)
            {
                channels[i].Pin = channels[i].Pin ?? rcc.PeripheralsAt("GPIOA").OfType<STM32F4_GPIOPort>().FirstOrDefault()?.PinAt(FirstPin + i);
            }
        }

        private void UpdateInterrupt() => IRQ.Set(channels.Any(x => x.Underrun && x.UnderrunInterrupt.Value));

        private readonly STM32F4_RCC rcc;
        private readonly DacChannel[] channels;
        private readonly bool[] triggers = new bool[SoftwareTrigger];

        private const int SoftwareTrigger = 7;
        private const int FirstPin = 4;
        // EN, TEN and TSEL of both channels.
        private const uint TriggerBits = 0x003D003D;

        private enum Registers
        {
            CR = 0x00,
            SWTRIGR = 0x04,
            DHR12R1 = 0x08,
            DHR12L1 = 0x0C,
            DHR8R1 = 0x10,
            DHR12R2 = 0x14,
            DHR12L2 = 0x18,
            DHR8R2 = 0x1C,
            DHR12RD = 0x20,
            DHR12LD = 0x24,
            DHR8RD = 0x28,
            DOR1 = 0x2C,
            DOR2 = 0x30,
            SR = 0x34,
        }
    }
}
