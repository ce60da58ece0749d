// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    /// <summary>Logical OR of several lines, for interrupts that share one number.</summary>
    public class CombinedInput : IGPIOReceiver
    {
        /// <param name="numberOfInputs">Inputs are 0 to this number less one.</param>
        public CombinedInput(int numberOfInputs)
        {
            inputs = new bool[numberOfInputs];
        }

        public void Reset()
        {
            Array.Clear(inputs, 0, inputs.Length);
            OutputLine.Unset();
        }

        public void OnGPIO(int number, bool value)
        {
            if(number < 0 || number >= inputs.Length)
            {
                this.Log(LogLevel.Error, "There is no input {0}; inputs are 0 to {1}. Check the platform description", number, inputs.Length - 1);
                return;
            }
            inputs[number] = value;
            OutputLine.Set(Array.IndexOf(inputs, true) >= 0);
        }

        /// <summary>High while any input is.</summary>
        public GPIO OutputLine { get; } = new GPIO();

        private readonly bool[] inputs;
    }
}
