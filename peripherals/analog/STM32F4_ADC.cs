// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Globalization;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.UserInterface;
using Antmicro.Renode.Utilities;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// One of the analog-to-digital converters (RM0090 chapter 13): regular and injected groups, single, scan, continuous and discontinuous, triggered by software,
    /// timers and EXTI; watchdog, overrun, DMA. What it has in common with the others is <see cref="STM32F4_ADCCommon"/>.
    /// </summary>
    /// <remarks>
    /// A conversion takes the sampling time and 12, 10, 8 or 6 cycles of ADCCLK, by its resolution; full scale is VDDA, which is VDD. The
    /// volts of a channel are those of its pin: what drives it, chip or board, or what <c>SetVoltage</c> has put there.
    /// We choose: a pin that floats leaves the sampling capacitor as it was, but for noise of up to 8 steps by the seed; what else is sampled is exact to half a step; a
    /// conversion less than 2 us after ADON is off by up to 64 steps; a group that is started needs no time of its own; a write of SWSTART while the regular
    /// group runs does nothing; without SCAN a group is its first channel; CONT does nothing while DISCEN is set; ADC2 and ADC3 read 0 V at channels 16 to 18.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public partial class STM32F4_ADC : GatedRegisterBlock, IHasFrequency, IDmaClient
    {
        /// <summary>Creates the converter, clocked by HSI until the clock controller says otherwise.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="common">What it has in common with the others.</param>
        /// <param name="number">1, 2 or 3: which pins and internal sources it has, and which part in dual and triple modes.</param>
        public STM32F4_ADC(IMachine machine, STM32F4_ADCCommon common, int number) : base(machine, "ADC" + number, typeof(Registers), $"RCC_APB2ENR.ADC{number}EN is off")
        {
            if(common == null || number < 1 || number > 3)
            {
                throw new ConstructionException("'common' is missing, or 'number' is none of 1, 2 and 3");
            }
            this.common = common;
            Number = number;
            DefineRegisters();
            common.Add(this);
        }

        /// <summary>Puts volts on the pin of a channel, whichever ADC converts it. What the chip itself drives wins.</summary>
        /// <param name="channel">Channel, 0 to 15.</param>
        /// <param name="volts">Volts, 0 to 5; more than VDD converts as VDD does.</param>
        /// <exception cref="RecoverableException">There is no such channel, or no pin bears that.</exception>
        public void SetVoltage(int channel, double volts)
        {
            if(!(volts >= 0 && volts <= HighestVolts))
            {
                throw new RecoverableException(string.Format(CultureInfo.InvariantCulture, "volts = {0} is out of range: give 0 to {1}", volts, HighestVolts));
            }
            SetSource(channel, new FixedVoltage(common.Supplies, volts));
        }

        /// <summary>Puts volts on the pin of a channel that change with virtual time, from now on.</summary>
        /// <param name="channel">Channel, 0 to 15.</param>
        /// <param name="path">File of lines <c>seconds, volts</c> in order of time. Between two lines the volts go straight from the one to the other, two lines with one time are a
        /// step, and the last volts stay. A heading, empty lines and those that begin with # are skipped.</param>
        /// <exception cref="RecoverableException">There is no such channel, or a line of the file is wrong.</exception>
        public void ReadVoltagesFrom(int channel, ReadFilePath path)
        {
            CheckChannel(channel);
            SetSource(channel, new VoltageCurve(machine, common.Supplies, path, HighestVolts));
        }

        /// <summary>Lets the pin of a channel go that <see cref="SetVoltage"/> or <see cref="ReadVoltagesFrom"/> has driven.</summary>
        /// <param name="channel">Channel, 0 to 15.</param>
        /// <exception cref="RecoverableException">There is no such channel.</exception>
        public void ReleaseVoltage(int channel) => SetSource(channel, null);

        /// <summary>What a channel would sample now, in volts, or that its pin floats.</summary>
        /// <param name="channel">Channel, 0 to 18.</param>
        /// <exception cref="RecoverableException">There is no such channel.</exception>
        public string Voltage(int channel)
        {
            if(channel < 0 || channel >= ChannelCount)
            {
                throw new RecoverableException($"There is no channel {channel}: give 0 to {ChannelCount - 1}");
            }
            return VoltsAt(channel, VirtualClock.SecondsNow(machine), out _)?.ToString("0.000 V", CultureInfo.InvariantCulture) ?? "floating";
        }

        /// <summary>All registers are as after a reset; a conversion is given up.</summary>
        public override void Reset()
        {
            base.Reset();
            status = 0;
            isOn = false;
            requestsEnded = false;
            StopAll();
            regularData = 0;
            Array.Clear(injectedData, 0, injectedData.Length);
            // A chip that starts anew does as it did before.
            noise = null;
            common.Reset();
        }

        /// <inheritdoc/>
        void IDmaClient.HandleLastTransfer()
        {
            requestsEnded |= !dmaSelectionDisabled.Value;
            common.Settle();
        }

        /// <summary>Temperature of the chip in degrees Celsius, -60 to 150, 25 at first: what the temperature sensor shows.</summary>
        /// <exception cref="RecoverableException">It is out of that range.</exception>
        public double ChipTemperature
        {
            get => common.ChipTemperature;
            set
            {
                if(!(value >= -60 && value <= 150))
                {
                    throw new RecoverableException(string.Format(CultureInfo.InvariantCulture, "ChipTemperature = {0} is out of range: give -60 to 150", value));
                }
                common.CatchUp();
                common.ChipTemperature = value;
            }
        }

        /// <summary>PCLK2 in Hz, above 0; ADC_CCR.ADCPRE divides it.</summary>
        public ulong Frequency
        {
            get => common.Frequency;
            set => common.Frequency = value;
        }

        /// <summary>DMA request of the regular group: high while a conversion waits to be read. That of ADC1 serves dual and triple modes, too.</summary>
        public GPIO DMARequest { get; } = new GPIO();

        private protected override uint ReadRegister(long offset)
        {
            common.CatchUp();
            var result = base.ReadRegister(offset);
            common.Settle();
            return result;
        }

        private protected override void WriteRegister(long offset, uint value)
        {
            VirtualClock.Synchronize(machine);
            common.CatchUp();
            var selectsTriggers = offset == (long)Registers.CR2 && ((ReadTriggers() ^ value) & TriggerBits) != 0;
            if(selectsTriggers)
            {
                // What has happened before is nothing that is heard.
                TriggerLines.TellSources(machine, common);
            }
            base.WriteRegister(offset, value);
            if(selectsTriggers)
            {
                TriggerLines.TellSources(machine, common);
            }
            common.Settle();
        }

        private protected override void HandleClockChanging()
        {
            VirtualClock.Synchronize(machine);
            common?.CatchUp();
        }

        private protected override void HandleClockChanged()
        {
            if(common == null)
            {
                return;
            }
            if(ClockEnabled)
            {
                due = paused == Never ? Never : common.Now + paused;
                paused = Never;
            }
            else
            {
                paused = due == Never ? Never : due - common.Now;
                due = Never;
            }
            common.UpdateClock();
            if((ReadTriggers() & (3u << 20 | 3u << 28)) != 0)
            {
                TriggerLines.TellSources(machine, common);
            }
        }

        private static void CheckChannel(int channel)
        {
            if(channel >= FirstInternalChannel && channel < ChannelCount)
            {
                throw new RecoverableException($"Channel {channel} has no pin: ChipTemperature, the supplies and the chip's calibration say what it converts");
            }
            if(channel < 0 || channel >= FirstInternalChannel)
            {
                throw new RecoverableException($"There is no channel {channel}: give 0 to {FirstInternalChannel - 1}");
            }
        }

        private void SetSource(int channel, IAnalogSource source)
        {
            CheckChannel(channel);
            common.CatchUp();
            var pin = PinOf(channel);
            if(pin == null)
            {
                ownSources[channel] = source;
                return;
            }
            pin.BoardVolts = source;
            pin.BoardLevel = null;
            pin.Update();
        }

        private Pin PinOf(int channel)
        {
            if(pins[channel] == null && common.Clocks != null)
            {
                var name = (Number == 3 ? PinsOfThird : PinsOfFirst)[channel];
                var port = common.Clocks.PeripheralsAt("GPIO" + name[1]).OfType<STM32F4_GPIOPort>().FirstOrDefault();
                pins[channel] = port?.PinAt(int.Parse(name.Substring(2), CultureInfo.InvariantCulture));
                if(pins[channel] != null)
                {
                    pins[channel].AnalogListener = common;
                }
            }
            return pins[channel];
        }

        /// <summary>Volts at a channel; null if its pin floats.</summary>
        private double? VoltsAt(int channel, double seconds, out double timeConstant)
        {
            timeConstant = 0;
            if(channel >= FirstInternalChannel)
            {
                return Number == 1 ? common.InternalVolts(channel, seconds, out timeConstant) : 0;
            }
            var net = PinOf(channel)?.Net;
            if(net == null)
            {
                return ownSources[channel]?.VoltsAt(seconds);
            }
            return net.Source != null ? net.Source.VoltsAt(seconds) : net.IsFloating ? (double?)null : net.Level ? common.Supplies.Vdd : 0;
        }

        private bool Varies(int channel)
        {
            return channel < FirstInternalChannel && ((PinOf(channel)?.Net.Source ?? ownSources[channel])?.Varies ?? false);
        }

        /// <summary>The conversion of a channel, with 12 bits.</summary>
        /// <param name="channel">The channel.</param>
        /// <param name="seconds">When sampling ends, in virtual time.</param>
        /// <param name="sampling">How long it takes, in seconds.</param>
        private int Sample(int channel, double seconds, double sampling)
        {
            if(noise == null)
            {
                noise = new ChipNoise(machine, "ADC" + Number);
                held = noise.Next() / (double)uint.MaxValue * common.Supplies.Vdd;
            }
            var full = Math.Max(common.Supplies.Vdd, LowestFullScale);
            var volts = channel >= ChannelCount ? 0 : VoltsAt(channel, seconds, out var timeConstant) is double seen ? timeConstant == 0 ? seen : seen + ((held - seen) * Math.Exp(-sampling / timeConstant)) : held + Noise(8, full);
            if(seconds - onSince < StabilizationTime)
            {
                mistakes.Report($"ADC{Number}_CR2.ADON", "a conversion less than 2 us after it was set is inaccurate");
                volts += Noise(64, full);
            }
            held = Math.Min(Math.Max(volts, 0), full);
            return (int)Math.Round(held / full * HighestConversion);
        }

        private double Noise(int steps, double full) => ((noise.Next() / (double)uint.MaxValue * 2) - 1) * steps / HighestConversion * full;

        private double held;
        private double onSince;
        private ChipNoise noise;

        private readonly STM32F4_ADCCommon common;
        private readonly Pin[] pins = new Pin[FirstInternalChannel];
        private readonly IAnalogSource[] ownSources = new IAnalogSource[FirstInternalChannel];

        private const int FirstInternalChannel = 16;
        private const int ChannelCount = 19;
        private const double HighestVolts = 5;
        private const double LowestFullScale = 0.1;
        private const double HighestConversion = 4095;
        // Datasheet: 2 us typical, 3 us at most.
        private const double StabilizationTime = 2e-6;

        // Datasheets, "pin and ball definitions": all lines have the same.
        private static readonly string[] PinsOfFirst = "PA0 PA1 PA2 PA3 PA4 PA5 PA6 PA7 PB0 PB1 PC0 PC1 PC2 PC3 PC4 PC5".Split(' ');
        private static readonly string[] PinsOfThird = "PA0 PA1 PA2 PA3 PF6 PF7 PF8 PF9 PF10 PF3 PC0 PC1 PC2 PC3 PF4 PF5".Split(' ');
    }
}
