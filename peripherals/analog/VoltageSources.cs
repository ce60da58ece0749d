// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>A voltage that a part of the board puts on a pin.</summary>
    internal sealed class FixedVoltage : IAnalogSource
    {
        public FixedVoltage(STM32F4_Supplies supplies, double volts)
        {
            this.supplies = supplies;
            this.volts = volts;
        }

        public double VoltsAt(double seconds) => volts;

        public bool Varies => false;

        public bool IsHigh => volts >= supplies.Vdd / 2;

        private readonly STM32F4_Supplies supplies;
        private readonly double volts;
    }

    /// <summary>Volts over time, from a file: straight lines between its points, the first volts before them and the last after.</summary>
    internal sealed class VoltageCurve : IAnalogSource
    {
        /// <param name="machine">The machine, at whose present time the curve begins.</param>
        /// <param name="supplies">Supplies of the chip.</param>
        /// <param name="path">A file of lines "seconds, volts" in order of time; a heading, empty lines and lines with # are skipped.</param>
        /// <param name="highest">Volts that a pin bears.</param>
        public VoltageCurve(IMachine machine, STM32F4_Supplies supplies, string path, double highest)
        {
            this.machine = machine;
            this.supplies = supplies;
            start = Now;
            Read(path, highest);
        }

        public double VoltsAt(double seconds)
        {
            var time = seconds - start;
            // Two points at one time are a step: the later one holds from then on.
            var next = times.BinarySearch(time);
            next = next < 0 ? ~next : next;
            while(next < times.Count && times[next] <= time)
            {
                next++;
            }
            if(next == 0)
            {
                return volts[0];
            }
            if(next == times.Count)
            {
                return volts[next - 1];
            }
            return volts[next - 1] + ((volts[next] - volts[next - 1]) * (time - times[next - 1]) / (times[next] - times[next - 1]));
        }

        public bool Varies => true;

        public bool IsHigh => VoltsAt(Now) >= supplies.Vdd / 2;

        private void Read(string path, double highest)
        {
            var number = 0;
            foreach(var line in File.ReadAllLines(path))
            {
                number++;
                var text = line.Trim();
                if(text.Length == 0 || text[0] == '#')
                {
                    continue;
                }
                var cells = text.Split(new[] { ',', ';', '\t' }, StringSplitOptions.RemoveEmptyEntries);
                if(cells.Length == 2 && TryParse(cells[0], out var time) && TryParse(cells[1], out var value))
                {
                    if(times.Count > 0 && time < times[times.Count - 1])
                    {
                        throw new RecoverableException($"'{path}' line {number}: {text}: the time is before that of the line above");
                    }
                    if(!(time >= 0) || !(value >= 0 && value <= highest))
                    {
                        throw new RecoverableException(string.Format(CultureInfo.InvariantCulture, "'{0}' line {1}: {2}: give seconds from 0 on and volts from 0 to {3}", path, number, text, highest));
                    }
                    times.Add(time);
                    volts.Add(value);
                }
                else if(number > 1)
                {
                    throw new RecoverableException($"'{path}' line {number}: {text}: give two numbers, seconds and volts");
                }
            }
            if(times.Count == 0)
            {
                throw new RecoverableException($"'{path}' has no line of seconds and volts");
            }
        }

        private static bool TryParse(string text, out double value) => double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out value) && !double.IsInfinity(value);

        private double Now => VirtualClock.SecondsNow(machine);

        private readonly IMachine machine;
        private readonly STM32F4_Supplies supplies;
        private readonly double start;
        private readonly List<double> times = new List<double>();
        private readonly List<double> volts = new List<double>();
    }
}
