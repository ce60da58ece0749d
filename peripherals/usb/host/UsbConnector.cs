// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;
using System.Text;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.USB;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Board
{
    /// <summary>
    /// The board's USB connector with a cable and a PC at its other end, which enumerates the device as Linux does. For platform descriptions:
    /// <c>usb: Board.UsbConnector @ sysbus</c>, <c>port: otgfs</c>.
    /// </summary>
    /// <remarks>
    /// We choose: the PC takes the first configuration; the bus has this device alone; a device that was rejected is tried again when its pull-up comes anew;
    /// isochronous endpoints are left alone.
    /// </remarks>
    public class UsbConnector : IPeripheral
    {
        /// <summary>Creates the connector.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="port">The controller whose pins are at the connector.</param>
        /// <param name="supplies">The chip's supplies, if the cable's 5 V feed the regulator that makes VDD.</param>
        /// <param name="plugged">Is the cable in at the start?</param>
        /// <param name="otherSupply">Is there another supply for VDD at the start?</param>
        /// <param name="debounce">Milliseconds that the PC waits after a device has appeared, 0 to 10000; Linux takes 100.</param>
        /// <exception cref="ConstructionException">The time is out of range, or VDD would have no source.</exception>
        public UsbConnector(IMachine machine, IUsbDevicePort port, STM32F4_Supplies supplies = null, bool plugged = false, bool otherSupply = true, uint debounce = 100)
        {
            if(debounce > LongestDebounce)
            {
                throw new ConstructionException($"debounce = {debounce} is out of range: give 0 to {LongestDebounce} ms");
            }
            if(supplies != null && !plugged && !otherSupply)
            {
                throw new ConstructionException("VDD has no source: set plugged or otherSupply");
            }
            this.machine = machine;
            this.supplies = supplies;
            this.otherSupply = otherSupply;
            Host = new UsbHost(machine, this, port, debounce);
            Host.Add(hid = new UsbHid(this));
            if(supplies != null)
            {
                supplies.VddChanged += HandleVddChanged;
            }
            if(plugged)
            {
                Host.Plug();
            }
        }

        /// <summary>Nothing: the cable stays where it is. The PC sees a reset of the chip by its pull-up.</summary>
        public void Reset()
        {
        }

        /// <summary>Puts the cable in. On a board that it feeds, VDD comes if it was off.</summary>
        public void Plug()
        {
            using(machine.ObtainPausedState(true))
            {
                Host.Plug();
                if(supplies != null && !supplies.IsPowered)
                {
                    supplies.PowerOn();
                }
            }
        }

        /// <summary>Pulls the cable out, in whatever the PC is doing. VDD goes with it, unless there is another supply.</summary>
        public void Unplug()
        {
            using(machine.ObtainPausedState(true))
            {
                var wasFed = IsFedByCableAlone;
                PullCable();
                if(wasFed && supplies.IsPowered)
                {
                    supplies.PowerOff();
                }
            }
        }

        /// <summary>As <see cref="Unplug"/>, but VDD stays: for who lets it fall in a way of its own. May be called from within an access of the core.</summary>
        [HideInMonitor]
        public void PullCable() => Host.Unplug();

        /// <summary>The PC lets the device sleep. Takes effect as time passes.</summary>
        public void Suspend() => Host.Suspend();

        /// <summary>The PC wakes the device, which takes 20 ms.</summary>
        public void Resume() => Host.Resume();

        /// <summary>Is the cable in?</summary>
        public bool IsPlugged => Host.IsPlugged;

        /// <summary>Has the PC configured the device, and does it not sleep?</summary>
        public bool IsConfigured => Host.Device != null && !Host.IsSuspended;

        /// <summary>Do the cable's 5 V feed the regulator that makes VDD?</summary>
        [HideInMonitor]
        public bool FeedsBoard => supplies != null;

        /// <summary>
        /// Does another supply feed VDD as well? With the cable out, that is whether VDD is there; setting it switches VDD then. With the cable in, it says
        /// what pulling the cable will do.
        /// </summary>
        /// <exception cref="RecoverableException">The cable feeds nothing on this board.</exception>
        public bool OtherSupply
        {
            get => otherSupply;
            set
            {
                if(supplies == null)
                {
                    throw new RecoverableException("On this board the cable does not feed VDD: 'supplies' has its verbs");
                }
                using(machine.ObtainPausedState(true))
                {
                    otherSupply = value;
                    if(value && !supplies.IsPowered)
                    {
                        supplies.PowerOn();
                    }
                    else if(!value && !IsPlugged && supplies.IsPowered)
                    {
                        supplies.PowerOff();
                    }
                }
            }
        }

        /// <summary>The report that came last from a HID device, in hexadecimal digits.</summary>
        public string LastReport => hid.LastReport;

        /// <summary>What the device did wrong: how often, and what.</summary>
        public string GuestMistakes => Host.Mistakes.Summary;

        /// <summary>Cable, device and what the PC makes of it, as a table for people.</summary>
        public string Status
        {
            get
            {
                var text = new StringBuilder();
                void Line(string name, string value) => text.Append(name.PadRight(18)).Append(value).Append('\n');

                Line("Cable", Host.State);
                if(supplies != null)
                {
                    Line("Feeds VDD", IsPlugged ? otherSupply ? "the cable and another supply" : "the cable alone" : otherSupply ? "another supply" : "nothing");
                }
                var device = Host.Device;
                if(device != null)
                {
                    Line("Device", device.ToString());
                    foreach(var line in functions.Concat(new[] { hid }).SelectMany(x => x.StatusLines))
                    {
                        Line(line.Key, line.Value);
                    }
                }
                return text.ToString().TrimEnd('\n');
            }
        }

        /// <summary>Adds a part of the PC: it gets what it knows of each device.</summary>
        internal void Add(IUsbFunction function)
        {
            functions.Add(function);
            Host.Add(function);
        }

        /// <summary>Adds what takes whole devices. The one that is there is enumerated anew.</summary>
        internal void Insert(IUsbFunction function)
        {
            using(machine.ObtainPausedState(true))
            {
                functions.Insert(0, function);
                Host.Insert(function);
            }
        }

        internal UsbHost Host { get; }

        private void HandleVddChanged(double volts)
        {
            if(!IsPlugged)
            {
                otherSupply = supplies.IsPowered;
            }
        }

        private bool IsFedByCableAlone => supplies != null && IsPlugged && !otherSupply;

        private bool otherSupply;

        private readonly IMachine machine;
        private readonly STM32F4_Supplies supplies;
        private readonly UsbHid hid;
        private readonly List<IUsbFunction> functions = new List<IUsbFunction>();

        private const uint LongestDebounce = 10000;
    }
}
