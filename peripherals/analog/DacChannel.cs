// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Globalization;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>One channel of the DAC (RM0090 14.3): from data to volts at its pin.</summary>
    internal sealed class DacChannel : IAnalogSource
    {
        public DacChannel(STM32F4_Supplies supplies, GPIO request)
        {
            this.supplies = supplies;
            this.request = request;
        }

        /// <summary>What a reset does, apart from the registers.</summary>
        public void Reset()
        {
            data = 0;
            Underrun = false;
            isBlocked = false;
            ResetWave();
            request.Unset();
            Show(0, isShown: false);
        }

        /// <summary>The control register was written.</summary>
        public void Update()
        {
            if(!DmaEnabled.Value || !Enabled.Value)
            {
                isBlocked = false;
                request.Unset();
            }
            if(Wave.Value == 0)
            {
                ResetWave();
            }
            Show(TriggerEnabled.Value ? Output : data, Enabled.Value);
        }

        /// <summary>A value of 12 bits is written to any of the data registers.</summary>
        public void Write(uint value)
        {
            data = value;
            request.Unset();
            if(!TriggerEnabled.Value)
            {
                Show(data, Enabled.Value);
            }
        }

        /// <summary>The trigger that is selected has come.</summary>
        /// <param name="isSoftware">By software: without DMA.</param>
        public void Trigger(bool isSoftware)
        {
            Show(Math.Min(data + NextOfWave(), Highest), Enabled.Value);
            if(isSoftware || !DmaEnabled.Value || isBlocked)
            {
                return;
            }
            if(request.IsSet)
            {
                // Nobody has brought the value that was asked for (14.3.7).
                Underrun = true;
                isBlocked = true;
                request.Unset();
                return;
            }
            request.Set();
        }

        /// <summary>Does this trigger count?</summary>
        public bool IsTriggeredBy(int number) => IsTriggered && (int)TriggerSelection.Value == number;

        /// <inheritdoc/>
        public double VoltsAt(double seconds)
        {
            var full = supplies.Vdd;
            var volts = Output / (double)Highest * full;
            return BufferOff.Value ? volts : Math.Max(Math.Min(volts, full - BufferMargin), Math.Min(BufferMargin, full / 2));
        }

        /// <summary>The volts, for people.</summary>
        public string Describe() => Enabled.Value ? VoltsAt(0).ToString("0.000 V", CultureInfo.InvariantCulture) : "off";

        /// <inheritdoc/>
        public bool Varies => false;

        /// <inheritdoc/>
        public bool IsHigh => VoltsAt(0) >= supplies.Vdd / 2;

        /// <summary>Does it wait for triggers?</summary>
        public bool IsTriggered => Enabled.Value && TriggerEnabled.Value;

        /// <summary>DORx.</summary>
        public uint Output { get; private set; }

        /// <summary>DMAUDRx.</summary>
        public bool Underrun { get; set; }

        /// <summary>Its pin, as soon as there is one.</summary>
        public Pin Pin { get; set; }

        public IFlagRegisterField Enabled;
        public IFlagRegisterField BufferOff;
        public IFlagRegisterField TriggerEnabled;
        public IValueRegisterField TriggerSelection;
        public IValueRegisterField Wave;
        public IValueRegisterField Amplitude;
        public IFlagRegisterField DmaEnabled;
        public IFlagRegisterField UnderrunInterrupt;

        private void Show(uint output, bool isShown)
        {
            if(Pin == null)
            {
                Output = output;
                return;
            }
            if(isShown || Pin.ChipVolts != null)
            {
                // Whoever has sampled it meanwhile has seen what was there before.
                Pin.HandleSourceChanging();
            }
            Output = output;
            var source = isShown ? this : null;
            if(Pin.ChipVolts != source || (isShown && IsHigh != wasHigh))
            {
                Pin.ChipVolts = source;
                Pin.Update();
            }
            wasHigh = isShown && IsHigh;
        }

        // Noise and triangle (14.3.8, 14.3.9).
        private uint NextOfWave()
        {
            uint result;
            switch(Wave.Value)
            {
            case 0:
                return 0;
            case 1:
                result = noise & Mask;
                var next = (noise ^ (noise >> 1) ^ (noise >> 4) ^ (noise >> 6)) & 1;
                noise = noise == 0 ? NoiseStart : (noise >> 1) | (next << 11);
                return result;
            default:
                result = triangle;
                if(isFalling ? triangle == 0 : triangle >= Mask)
                {
                    isFalling = !isFalling;
                }
                triangle = isFalling ? Math.Max(triangle, 1) - 1 : triangle + 1;
                return result;
            }
        }

        private void ResetWave()
        {
            noise = NoiseStart;
            triangle = 0;
            isFalling = false;
        }

        // MAMPx: so many bits of the noise, or the top of the triangle.
        private uint Mask => (2u << (int)Math.Min(Amplitude.Value, 11)) - 1;

        private uint data;
        private uint noise = NoiseStart;
        private uint triangle;
        private bool isFalling;
        private bool isBlocked;
        private bool wasHigh;

        private readonly STM32F4_Supplies supplies;
        private readonly GPIO request;

        private const uint Highest = 4095;
        private const uint NoiseStart = 0xAAA;
        private const double BufferMargin = 0.2;
    }
}
