// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// What the three ADCs have in common (RM0090 13.9, 13.13.15 to 13.13.17): clock, triggers, interrupt, dual and triple modes with their data register,
    /// temperature sensor, VREFINT and VBAT. The converters themselves are <see cref="STM32F4_ADC"/>.
    /// </summary>
    /// <remarks>
    /// GPIO inputs 0 to 15 are the triggers of regular groups, by the value of EXTSEL, 16 to 31 those of injected groups, by that of JEXTSEL.
    /// Conversions are made when the guest looks at a register, unless an interrupt or DMA waits for them.
    /// We choose: the common registers have a clock while any of the ADCs has; in dual and triple modes the other ADCs hear of the master alone what it
    /// starts for them; where nobody set DMA up there, CDR shows pairs in the order of the DMA modes with each read; a group that runs is not started
    /// anew; internal sources that are not switched on are at 0 V.
    /// </remarks>
    [AllowedTranslations(AllowedTranslation.ByteToDoubleWord | AllowedTranslation.WordToDoubleWord)]
    public class STM32F4_ADCCommon : GatedRegisterBlock, IHearsTriggers, IAnalogListener, IDmaClient
    {
        /// <summary>Creates the common block; ADCs join it.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="supplies">Supplies of the chip: VDD is full scale, VBAT can be converted.</param>
        /// <param name="rcc">Clock controller, which knows the ports; without it channels have no pins.</param>
        /// <param name="signature">What the factory measured of this chip; without it the chip is a typical one.</param>
        public STM32F4_ADCCommon(IMachine machine, STM32F4_Supplies supplies, STM32F4_RCC rcc = null, STM32F4_DeviceSignature signature = null)
            : base(machine, "ADC", typeof(Registers), "the clocks of all ADCs are off in RCC_APB2ENR", ChipFacts.Of(supplies))
        {
            if(supplies == null)
            {
                throw new ConstructionException("'supplies' is missing: VDD is the full scale");
            }
            Supplies = supplies;
            Clocks = rcc;
            calibration = signature == null ? FactoryCalibration.Typical : signature.Calibration;
            clock = new LimitTimer(machine.ClockSource, ResetFrequency, this, "clock", LongestWait, Direction.Ascending, enabled: false, eventEnabled: true);
            clock.LimitReached += HandleLimit;
            DefineRegisters();
            supplies.AddVbatLoad(volts => vbatEnabled.Value ? volts / DividerOhms * 1e6 : 0, onlyWithoutVdd: false);
        }

        /// <summary>A trigger changes.</summary>
        /// <param name="number">0 to 15 for values of EXTSEL, 16 to 31 for those of JEXTSEL.</param>
        /// <param name="value">Its level now.</param>
        public void OnGPIO(int number, bool value)
        {
            if(number < 0 || number >= triggers.Length)
            {
                this.Log(LogLevel.Error, "There is no trigger {0}: they are 0 to {1}. Check the platform description", number, triggers.Length - 1);
                return;
            }
            if(triggers[number] == value)
            {
                return;
            }
            triggers[number] = value;
            if(!adcs.Any(x => x.IsTriggeredBy(number, value)))
            {
                return;
            }
            CatchUp();
            foreach(var adc in adcs.Where(x => x.IsTriggeredBy(number, value)))
            {
                adc.Start(isInjected: number >= FirstInjectedTrigger);
            }
            Settle();
        }

        /// <inheritdoc/>
        bool IHearsTriggers.Hears(int input) => adcs.Any(x => x.Hears(input));

        /// <inheritdoc/>
        void IAnalogListener.HandlePinChanging() => CatchUp();

        /// <inheritdoc/>
        void IDmaClient.HandleLastTransfer()
        {
            requestsEnded |= !dmaSelectionDisabled.Value;
            UpdateRequests();
        }

        /// <inheritdoc/>
        public override void Reset()
        {
            base.Reset();
            data.Clear();
            lastData = 0;
            requestsEnded = false;
            alternate = 0;
            rotation = 0;
            Settle();
        }

        /// <summary>The ADC interrupt, which all three share.</summary>
        public GPIO IRQ { get; } = new GPIO();

        /// <summary>One of the ADCs joins.</summary>
        internal void Add(STM32F4_ADC adc)
        {
            if(adcs.Any(x => x.Number == adc.Number))
            {
                throw new ConstructionException($"There is an ADC {adc.Number} already: give 1, 2 and 3");
            }
            adcs.Add(adc);
            adcs.Sort((x, y) => x.Number.CompareTo(y.Number));
        }

        /// <summary>Makes all conversions that have ended by now.</summary>
        internal void CatchUp()
        {
            if(!clock.Enabled)
            {
                return;
            }
            VirtualClock.Synchronize(machine);
            var value = clock.Value;
            var elapsed = value - position;
            position = value;
            Pass(elapsed);
        }

        /// <summary>Brings lines and clock to what the registers say.</summary>
        internal void Settle()
        {
            IRQ.Set(adcs.Any(x => x.HasInterrupt));
            UpdateRequests();
            Schedule();
        }

        /// <summary>The clock of an ADC has gone on or off.</summary>
        internal void UpdateClock()
        {
            ClockEnabled = adcs.Any(x => x.ClockEnabled);
            Schedule();
        }

        /// <summary>An ADC starts a group: in dual and triple modes the others may have to do so, too.</summary>
        internal void StartGroup(STM32F4_ADC adc, bool isInjected)
        {
            var mode = adc.Number <= Members ? Multi & 0xF : 0;
            if(mode == 0 || !IsCoupled(isInjected))
            {
                adc.StartGroup(isInjected, 0);
                return;
            }
            if(adc.Number != 1)
            {
                return;
            }
            if(isInjected && IsAlternating)
            {
                // The first trigger is ADC1's, the next ADC2's.
                var next = adcs.FirstOrDefault(x => x.Number == alternate + 1);
                alternate = (alternate + 1) % Members;
                next?.StartGroup(true, 0);
                return;
            }
            var delay = 0ul;
            foreach(var member in adcs.Where(x => x.Number <= Members).ToArray())
            {
                member.StartGroup(isInjected, delay);
                if(!isInjected && mode == Interleaved)
                {
                    // Only one samples at a time (13.9.3).
                    delay += Math.Max(ShortestDelay + delaySelection.Value, member.SamplingCycles + 2) * Prescaler;
                }
            }
        }

        /// <summary>Has the conversion of a regular channel to go through CDR, and is the ADC's own DMA request off for that?</summary>
        internal bool UsesCommonDma(STM32F4_ADC adc) => adc.Number <= Members && dmaMode.Value != 0;

        /// <summary>A converted regular channel.</summary>
        internal void TakeData(STM32F4_ADC adc, uint value)
        {
            if(UsesCommonDma(adc))
            {
                data.Enqueue((adc.Number, value));
            }
        }

        /// <summary>Does a conversion that nobody has read count as lost there?</summary>
        internal bool DetectsOverrun(STM32F4_ADC adc) => UsesCommonDma(adc) && !requestsEnded;

        /// <summary>Volts of an internal channel of ADC1, and the time constant in seconds with which its source fills the sampling capacitor.</summary>
        internal double InternalVolts(int channel, double seconds, out double timeConstant)
        {
            timeConstant = SourceTimeConstant;
            // Where both share a channel, VBATE wins (13.10, 13.11).
            if(channel == VbatChannel && vbatEnabled.Value)
            {
                return Supplies.Vbat / facts.VbatDivider;
            }
            if(!sensorsEnabled.Value)
            {
                return 0;
            }
            var volts = channel == facts.TemperatureChannel ? calibration.TemperatureVolts(ChipTemperature) : channel == ReferenceChannel ? calibration.ReferenceVolts : 0;
            return volts * (1 - Math.Exp(-Math.Max(0, seconds - sensorsEnabledAt) / StartTimeConstant));
        }

        /// <summary>Virtual time at which the clock was at a count.</summary>
        internal double SecondsAt(ulong count) => baseSeconds - (((double)baseCount - count) / clock.Frequency);

        internal STM32F4_Supplies Supplies { get; }

        internal STM32F4_RCC Clocks { get; }

        /// <summary>Temperature of the chip in degrees Celsius.</summary>
        internal double ChipTemperature { get; set; } = 25;

        /// <summary>What the clock is at: cycles of PCLK2.</summary>
        internal ulong Now { get; private set; }

        /// <summary>Cycles of PCLK2 in one of ADCCLK.</summary>
        internal ulong Prescaler => 2 * (prescaler.Value + 1);

        /// <summary>PCLK2 in Hz, above 0.</summary>
        internal ulong Frequency
        {
            get => clock.Frequency;
            set
            {
                CatchUp();
                clock.Frequency = Math.Max(1, value);
            }
        }

        private protected override uint ReadRegister(long offset)
        {
            CatchUp();
            var result = base.ReadRegister(offset);
            Settle();
            return result;
        }

        private protected override void WriteRegister(long offset, uint value)
        {
            VirtualClock.Synchronize(machine);
            CatchUp();
            base.WriteRegister(offset, value);
            Settle();
        }

        private void DefineRegisters()
        {
            var status = Registers.CSR.Define(this);
            for(var i = 1; i <= 3; i++)
            {
                var number = i;
                status.WithValueField(8 * (i - 1), 6, FieldMode.Read, valueProviderCallback: _ => adcs.FirstOrDefault(x => x.Number == number)?.Status ?? 0, name: "AWD to OVR")
                    .WithReservedBits((8 * (i - 1)) + 6, i == 3 ? 10 : 2);
            }
            Registers.CCR.Define(this)
                .WithValueField(0, 5, out multi, changeCallback: (_, __) => ForgetData(), name: "MULTI")
                .WithReservedBits(5, 3)
                .WithValueField(8, 4, out delaySelection, name: "DELAY")
                .WithReservedBits(12, 1)
                .WithFlag(13, out dmaSelectionDisabled, name: "DDS")
                .WithValueField(14, 2, out dmaMode, changeCallback: (_, __) => ForgetData(), name: "DMA")
                .WithValueField(16, 2, out prescaler, name: "ADCPRE")
                .WithReservedBits(18, 4)
                .WithFlag(22, out vbatEnabled, name: "VBATE")
                .WithFlag(23, out sensorsEnabled, changeCallback: (_, value) => sensorsEnabledAt = VirtualClock.SecondsNow(machine), name: "TSVREFE")
                .WithReservedBits(24, 8);
            Registers.CDR.Define(this)
                .WithValueField(0, 32, FieldMode.Read, valueProviderCallback: _ => ReadData(), name: "DATA1, DATA2");
        }

        private void ForgetData()
        {
            data.Clear();
            requestsEnded = false;
            alternate = 0;
            rotation = 0;
        }

        // Half-words one by one, in pairs, or bytes in pairs (13.9, "DMA mode 1, 2, 3").
        private uint ReadData()
        {
            if(Members == 1)
            {
                return 0;
            }
            if(dmaMode.Value == 0)
            {
                var first = (rotation % Members) + 1;
                var second = ((rotation + 1) % Members) + 1;
                rotation = (rotation + 2) % Members;
                return Take(first) | Take(second) << 16;
            }
            if(data.Count >= ItemsOfRequest)
            {
                var items = Enumerable.Range(0, ItemsOfRequest).Select(_ => data.Dequeue()).ToArray();
                foreach(var (number, _) in items)
                {
                    Take(number);
                }
                lastData = items[0].Value | (items.Length == 1 ? 0 : items[1].Value << (dmaMode.Value == ByBytes ? 8 : 16));
            }
            return lastData;
        }

        private uint Take(int number) => adcs.FirstOrDefault(x => x.Number == number)?.TakeData() ?? 0;

        private void UpdateRequests()
        {
            foreach(var adc in adcs)
            {
                adc.DMARequest.Set(UsesCommonDma(adc) ? adc.Number == 1 && !requestsEnded && data.Count >= ItemsOfRequest : adc.RequestsDma);
            }
        }

        private void HandleLimit()
        {
            var elapsed = clock.Limit - position;
            position = 0;
            Pass(elapsed);
            Settle();
        }

        private void Pass(ulong elapsed)
        {
            baseCount = Now + elapsed;
            baseSeconds = VirtualClock.SecondsNow(machine);
            var steps = 0;
            for(var next = Next; next != null && next.Due <= baseCount; next = Next)
            {
                Now = next.Due;
                next.HandleDue();
                if(++steps == StepsBeforeSkipping)
                {
                    steps = 0;
                    SkipPeriods();
                }
            }
            Now = baseCount;
        }

        // Conversions over and over that nobody sees need not be made one by one: those of the last rounds are enough.
        private void SkipPeriods()
        {
            var running = adcs.Where(x => x.Due != STM32F4_ADC.Never).ToArray();
            if(running.Length == 0 || running.Any(x => x.NeedsEachConversion || x.Period == 0))
            {
                return;
            }
            // Those that go together stay together.
            var longest = running.Max(x => x.Period);
            if(running.Any(x => x.Period != longest))
            {
                foreach(var adc in running)
                {
                    adc.Skip(RoundsToSkip(adc, adc.Period) * adc.Period);
                }
                return;
            }
            var rounds = running.Min(x => RoundsToSkip(x, longest));
            foreach(var adc in running)
            {
                adc.Skip(rounds * longest);
            }
        }

        private ulong RoundsToSkip(STM32F4_ADC adc, ulong period)
        {
            var rounds = adc.Due > baseCount ? 0 : (baseCount - adc.Due) / period;
            return rounds > RoundsKept ? rounds - RoundsKept : 0;
        }

        private void Schedule()
        {
            if(!ClockEnabled || Next == null)
            {
                clock.Enabled = false;
                return;
            }
            var due = STM32F4_ADC.Never;
            foreach(var adc in adcs)
            {
                due = Math.Min(due, adc.NeedsEvents ? adc.Due : STM32F4_ADC.Never);
            }
            var isAwaited = due != STM32F4_ADC.Never;
            var limit = position + (isAwaited ? Math.Min(Math.Max(due - Now, 1), LongestWait) : LongestWait);
            var isNew = !clock.Enabled || clock.Limit != limit;
            if(clock.Limit != limit)
            {
                clock.Limit = limit;
            }
            if(!clock.Enabled)
            {
                VirtualClock.Synchronize(machine);
                clock.Enabled = true;
            }
            if(isAwaited && isNew)
            {
                VirtualClock.EndSlice(machine);
            }
        }

        private bool IsCoupled(bool isInjected)
        {
            var mode = Multi & 0xF;
            return isInjected ? mode == BothSimultaneous || mode == InjectedSimultaneous || IsAlternating
                : mode == BothSimultaneous || mode == SimultaneousAndAlternate || mode == RegularSimultaneous || mode == Interleaved;
        }

        private bool IsAlternating => (Multi & 0xF) == SimultaneousAndAlternate || (Multi & 0xF) == AlternateTrigger;

        private int Multi => (int)multi.Value;

        // ADCs that work together.
        private int Members => (Multi & 0xF) == 0 ? 1 : (Multi & 0x10) != 0 ? 3 : 2;

        private int ItemsOfRequest => dmaMode.Value == OneByOne ? 1 : 2;

        private STM32F4_ADC Next
        {
            get
            {
                STM32F4_ADC result = null;
                foreach(var adc in adcs)
                {
                    if(adc.Due != STM32F4_ADC.Never && (result == null || adc.Due < result.Due))
                    {
                        result = adc;
                    }
                }
                return result;
            }
        }

        private IValueRegisterField multi;
        private IValueRegisterField delaySelection;
        private IFlagRegisterField dmaSelectionDisabled;
        private IValueRegisterField dmaMode;
        private IValueRegisterField prescaler;
        private IFlagRegisterField vbatEnabled;
        private IFlagRegisterField sensorsEnabled;
        private double sensorsEnabledAt;
        private ulong position;
        private ulong baseCount;
        private double baseSeconds;
        private uint lastData;
        private bool requestsEnded;
        private int alternate;
        private int rotation;

        private readonly FactoryCalibration calibration;
        private readonly LimitTimer clock;
        private readonly List<STM32F4_ADC> adcs = new List<STM32F4_ADC>();
        private readonly Queue<(int Number, uint Value)> data = new Queue<(int Number, uint Value)>();
        private readonly bool[] triggers = new bool[2 * FirstInjectedTrigger];

        internal const int FirstInjectedTrigger = 16;
        internal const int ReferenceChannel = 17;
        internal const int VbatChannel = 18;

        // MULTI[3:0].
        private const int BothSimultaneous = 1;
        private const int SimultaneousAndAlternate = 2;
        private const int InjectedSimultaneous = 5;
        private const int RegularSimultaneous = 6;
        private const int Interleaved = 7;
        private const int AlternateTrigger = 9;

        private const int OneByOne = 1;
        private const int ByBytes = 3;
        private const ulong ShortestDelay = 5;
        private const int StepsBeforeSkipping = 64;
        private const ulong RoundsKept = 2;
        private const ulong ResetFrequency = 16000000;
        // More than an hour at any clock.
        private const ulong LongestWait = 1UL << 40;
        // Datasheet: 10 us after TSVREFE they are right.
        private const double StartTimeConstant = 1e-6;
        // Owners report the temperature 10 degrees too high when it is sampled for 0.36 us: as much stays of VREFINT. The datasheet asks for 10 us, for VBAT 5.
        private const double SourceTimeConstant = 0.12e-6;
        // Datasheet, "VBAT monitoring characteristics".
        private const double DividerOhms = 50e3;

        private enum Registers
        {
            CSR = 0x00,
            CCR = 0x04,
            CDR = 0x08,
        }
    }
}
