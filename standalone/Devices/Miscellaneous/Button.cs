// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core;

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    /// <summary>Push button: drives its line high while pressed, or low if inverted.</summary>
    public class Button : IPeripheral, IGPIOSender
    {
        /// <param name="invert">The line is low while the button is pressed, and high when it is not.</param>
        public Button(bool invert = false)
        {
            Inverted = invert;
            Reset();
        }

        /// <summary>Releases the button unless told not to, and drives the line, which the pin may have forgotten in its own reset.</summary>
        public void Reset()
        {
            var pressed = Pressed && !ReleaseOnReset;
            Change(!pressed);
            Change(pressed);
        }

        public void PressAndRelease()
        {
            Press();
            Release();
        }

        public void Press()
        {
            Change(true);
        }

        public void Release()
        {
            Change(false);
        }

        public void Toggle()
        {
            Change(!Pressed);
        }

        public bool Pressed { get; private set; }

        public bool Inverted { get; }

        /// <summary>A reset of the machine releases the button. Default: yes.</summary>
        public bool ReleaseOnReset { get; set; } = true;

        public GPIO IRQ { get; } = new GPIO();

        public event Action<bool> StateChanged;

        private void Change(bool pressed)
        {
            IRQ.Set(pressed ^ Inverted);
            Pressed = pressed;
            StateChanged?.Invoke(pressed);
        }
    }
}
