// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Logging;

namespace Antmicro.Renode.Peripherals.USB
{
    /// <summary>Reads the reports of HID devices and shows them (HID 1.11).</summary>
    internal sealed class UsbHid : IUsbFunction
    {
        /// <param name="owner">In whose name the log speaks.</param>
        public UsbHid(IPeripheral owner)
        {
            this.owner = owner;
        }

        /// <inheritdoc/>
        public bool TryAttach(UsbHost host, UsbConfiguration configuration, IList<UsbInterface> free)
        {
            foreach(var found in free.Where(x => x.Class == Class && x.Alternate == 0).ToArray())
            {
                var endpoint = found.Find(UsbEndpoint.Interrupt, true);
                if(endpoint == null)
                {
                    host.Mistakes.Report($"USB interface {found.Number}", "HID without an interrupt IN endpoint: ignored");
                    continue;
                }
                free.Remove(found);
                interfaces++;
                host.Start(Read(host, found, host.Open(endpoint)));
            }
            return interfaces > 0;
        }

        /// <inheritdoc/>
        public void Detach()
        {
            interfaces = 0;
        }

        /// <inheritdoc/>
        public IEnumerable<KeyValuePair<string, string>> StatusLines
        {
            get
            {
                if(interfaces > 0)
                {
                    yield return new KeyValuePair<string, string>("HID", $"{interfaces} interface(s), last report: {LastReport ?? "none"}");
                }
            }
        }

        /// <summary>In hexadecimal digits, or null.</summary>
        public string LastReport { get; private set; }

        private IEnumerator<UsbStep> Read(UsbHost host, UsbInterface found, UsbPipe pipe)
        {
            // Reports come when they change. A device may refuse both.
            yield return host.Control(0x21, SetIdle, 0, found.Number);
            var descriptor = found.Others.FirstOrDefault(x => x.Length >= 9 && x[1] == HidDescriptor);
            if(descriptor != null)
            {
                yield return host.Control(0x81, GetDescriptor, ReportDescriptor << 8, found.Number, descriptor[7] | (descriptor[8] << 8));
            }
            while(true)
            {
                var transfer = UsbTransfer.In(pipe, pipe.MaxPacket);
                yield return transfer;
                if(!transfer.IsDone)
                {
                    foreach(var step in host.Recover(pipe, transfer))
                    {
                        yield return step;
                    }
                    if(!host.IsOpen(pipe))
                    {
                        yield break;
                    }
                    continue;
                }
                LastReport = string.Join(" ", transfer.Received.Select(x => x.ToString("X2")));
                owner.Log(LogLevel.Info, "HID report of interface {0}: {1}", found.Number, LastReport);
            }
        }

        private int interfaces;

        private readonly IPeripheral owner;

        private const int Class = 3;
        private const int SetIdle = 0x0A;
        private const int GetDescriptor = 6;
        private const int HidDescriptor = 0x21;
        private const int ReportDescriptor = 0x22;
    }
}
