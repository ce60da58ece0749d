// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// VREFINT and temperature sensor of one chip, as the factory has measured them with 12 bits at VDDA = 3.3 V: system memory shows the
    /// measured values, the ADC converts the volts that they stand for.
    /// </summary>
    internal sealed class FactoryCalibration
    {
        /// <summary>A chip that is off the typical values by up to 0.5 %.</summary>
        public FactoryCalibration(ChipNoise noise)
        {
            Reference = Measure(ReferenceTypical, noise);
            TemperatureAt30 = Measure(TypicalAt(30), noise);
            TemperatureAt110 = Measure(TypicalAt(110), noise);
        }

        private FactoryCalibration()
        {
            Reference = Measure(ReferenceTypical, null);
            TemperatureAt30 = Measure(TypicalAt(30), null);
            TemperatureAt110 = Measure(TypicalAt(110), null);
        }

        /// <summary>A chip of which nothing is known.</summary>
        public static FactoryCalibration Typical { get; } = new FactoryCalibration();

        /// <summary>Volts of the temperature sensor, whose curve is a straight line.</summary>
        /// <param name="degrees">Temperature of the chip in degrees Celsius.</param>
        public double TemperatureVolts(double degrees)
        {
            var slope = (TemperatureAt110 - (double)TemperatureAt30) / (110 - 30);
            return ToVolts(TemperatureAt30 + (slope * (degrees - 30)));
        }

        /// <summary>VREFINT_CAL.</summary>
        public ushort Reference { get; }

        /// <summary>TS_CAL1.</summary>
        public ushort TemperatureAt30 { get; }

        /// <summary>TS_CAL2.</summary>
        public ushort TemperatureAt110 { get; }

        /// <summary>Volts of VREFINT.</summary>
        public double ReferenceVolts => ToVolts(Reference);

        private static double TypicalAt(double degrees) => VoltsAt25 + (VoltsPerDegree * (degrees - 25));

        private static ushort Measure(double volts, ChipNoise noise)
        {
            var factor = noise == null ? 1 : 1 + (0.01 * ((noise.Next() / (double)uint.MaxValue) - 0.5));
            return (ushort)Math.Round(volts / CalibrationVdda * HighestConversion * factor);
        }

        private static double ToVolts(double conversion) => conversion / HighestConversion * CalibrationVdda;

        private const double ReferenceTypical = 1.21;
        private const double VoltsAt25 = 0.76;
        private const double VoltsPerDegree = 0.0025;
        private const double CalibrationVdda = 3.3;
        private const double HighestConversion = 4095;
    }
}
