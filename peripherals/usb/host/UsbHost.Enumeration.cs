// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using Antmicro.Renode.Logging;

namespace Antmicro.Renode.Peripherals.USB
{
    /// <content>What a PC does with a device that appears, in the order that Linux does it, and when it lets it sleep (USB 2.0, 9.1.2, 7.1.7).</content>
    internal sealed partial class UsbHost
    {
        /// <summary>Lets the device sleep: allows it to wake the PC if it can, and stops the frames.</summary>
        public void Suspend()
        {
            Start(SuspendDevice());
        }

        /// <summary>Wakes the device.</summary>
        public void Resume()
        {
            Start(WakeUpDevice());
        }

        /// <summary>What goes on at the plug, for people.</summary>
        public string State
        {
            get
            {
                if(!IsPlugged)
                {
                    return "unplugged";
                }
                if(!isAttached)
                {
                    return "plugged, nothing pulls D+ up";
                }
                if(hasRejected)
                {
                    return "plugged, device rejected: " + problem;
                }
                if(Device == null)
                {
                    return "plugged, enumeration under way";
                }
                return IsSuspended ? "plugged, device suspended" : $"plugged, device configured at address {address}";
            }
        }

        private IEnumerator<UsbStep> Attach()
        {
            yield return new UsbDelay(debounce);
            for(var i = 0; i < Attempts; i++)
            {
                problem = null;
                foreach(var step in Enumerate())
                {
                    yield return step;
                }
                if(problem == null)
                {
                    yield break;
                }
                owner.Log(LogLevel.Debug, "Enumeration failed: {0}", problem);
            }
            hasRejected = true;
            isRunning = false;
            port.StopFrames();
            Mistakes.Report("USB device", $"rejected after {Attempts} attempts, because {problem}");
        }

        private IEnumerable<UsbStep> Enumerate()
        {
            foreach(var step in ResetBus())
            {
                yield return step;
            }
            // All that may be known before the second reset is the packet size of endpoint 0.
            var transfer = GetDescriptor(DeviceDescriptor, 0, 0, 64);
            yield return transfer;
            if(!transfer.IsDone || transfer.Received.Count < 8 || transfer.Received[1] != DeviceDescriptor)
            {
                problem = Why("its device descriptor", transfer);
                yield break;
            }
            var maxPacket = transfer.Received[7];
            if(!PacketSizes.Contains(maxPacket))
            {
                problem = $"bMaxPacketSize0 of its device descriptor is {maxPacket}, not 8, 16, 32 or 64";
                yield break;
            }
            foreach(var step in ResetBus())
            {
                yield return step;
            }
            controlPipe.MaxPacket = maxPacket;
            lastAddress = (lastAddress % HighestAddress) + 1;
            transfer = Control(0x00, SetAddress, lastAddress, 0);
            yield return transfer;
            if(!transfer.IsDone)
            {
                problem = Why("SET_ADDRESS", transfer);
                yield break;
            }
            address = lastAddress;
            yield return new UsbDelay(AddressMilliseconds);
            transfer = GetDescriptor(DeviceDescriptor, 0, 0, UsbDevice.Length);
            yield return transfer;
            if(!transfer.IsDone || !UsbDevice.TryParse(transfer.Received.ToArray(), out var device))
            {
                problem = Why("its device descriptor", transfer);
                yield break;
            }
            transfer = GetDescriptor(ConfigurationDescriptor, 0, 0, UsbConfiguration.HeaderLength);
            yield return transfer;
            if(!transfer.IsDone || transfer.Received.Count < UsbConfiguration.HeaderLength)
            {
                problem = Why("its configuration descriptor", transfer);
                yield break;
            }
            transfer = GetDescriptor(ConfigurationDescriptor, 0, 0, transfer.Received[2] | (transfer.Received[3] << 8));
            yield return transfer;
            if(!transfer.IsDone)
            {
                problem = Why("its configuration descriptor", transfer);
                yield break;
            }
            if(!UsbConfiguration.TryParse(transfer.Received.ToArray(), out var configuration, out problem))
            {
                yield break;
            }
            transfer = GetDescriptor(StringDescriptor, 0, 0, 255);
            yield return transfer;
            if(transfer.IsDone && transfer.Received.Count >= 4)
            {
                var language = transfer.Received[2] | (transfer.Received[3] << 8);
                var texts = new string[device.StringIndices.Length];
                for(var i = 0; i < texts.Length; i++)
                {
                    if(device.StringIndices[i] == 0)
                    {
                        continue;
                    }
                    transfer = GetDescriptor(StringDescriptor, device.StringIndices[i], language, 255);
                    yield return transfer;
                    texts[i] = transfer.IsDone ? TextOf(transfer.Received) : null;
                }
                device.SetTexts(texts);
            }
            transfer = Control(0x00, SetConfiguration, configuration.Value, 0);
            yield return transfer;
            if(!transfer.IsDone)
            {
                problem = Why("SET_CONFIGURATION", transfer);
                yield break;
            }
            if(configuration.Oddity != null)
            {
                Mistakes.Report("USB configuration descriptor", configuration.Oddity);
            }
            device.Configuration = configuration;
            Device = device;
            owner.Log(LogLevel.Info, "USB device {0} configured at address {1}", device, address);
            AttachDrivers(configuration);
        }

        private void AttachDrivers(UsbConfiguration configuration)
        {
            // What another setting of an interface brings, only a driver that knows it asks for.
            var free = configuration.Interfaces.ToList();
            foreach(var driver in drivers)
            {
                driver.TryAttach(this, configuration, free);
            }
            foreach(var rest in free.Where(x => x.Alternate == 0))
            {
                owner.Log(LogLevel.Info, "USB interface {0} of class 0x{1:X2} has no driver", rest.Number, rest.Class);
            }
        }

        private IEnumerable<UsbStep> ResetBus()
        {
            if(isRunning)
            {
                // The device shall see the end of the transfer before the reset.
                yield return new UsbDelay(SettleMilliseconds);
            }
            isRunning = false;
            isInReset = true;
            port.BeginBusReset();
            yield return new UsbDelay(ResetMilliseconds);
            isInReset = false;
            port.EndBusReset();
            address = 0;
            pipes.Clear();
            pipes.Add(controlPipe = new UsbPipe(0, false, 64, 0));
            StartFrames();
            yield return new UsbDelay(RecoveryMilliseconds);
        }

        private IEnumerator<UsbStep> SuspendDevice()
        {
            if(Device == null || IsSuspended)
            {
                owner.Log(LogLevel.Info, Device == null ? "No USB device is configured: nothing to suspend" : "The USB device is suspended already");
                yield break;
            }
            if(Device.Configuration.CanWake)
            {
                yield return Control(0x00, SetFeature, RemoteWakeUp, 0);
            }
            IsSuspended = true;
            isRunning = false;
            suspendedAt = now;
            port.StopFrames();
        }

        private IEnumerator<UsbStep> WakeUpDevice()
        {
            if(!IsSuspended || isResuming)
            {
                yield break;
            }
            isResuming = true;
            yield return new UsbDelay(ResumeMilliseconds);
            isResuming = false;
            foreach(var step in timed.OfType<UsbTransfer>())
            {
                step.Deadline += now - suspendedAt;
            }
            IsSuspended = false;
            StartFrames();
            if(Device.Configuration.CanWake)
            {
                yield return Control(0x00, ClearFeature, RemoteWakeUp, 0);
            }
        }

        private void StartFrames()
        {
            isRunning = true;
            firstFrame = now;
            // A driver has time to get ready, as real ones need it.
            busFreeAt = now + FrameStartBits;
            port.StartFrames((int)(now / BitsPerFrame % FrameNumbers));
        }

        private UsbTransfer GetDescriptor(int type, int index, int language, int length) => Control(0x80, GetDescriptorRequest, (type << 8) | index, language, length);

        private static string Why(string what, UsbTransfer transfer)
        {
            switch(transfer.Result)
            {
            case UsbResult.Stalled:
                return what + " is answered by STALL";
            case UsbResult.TimedOut:
                return what + " is not answered within 5 s";
            case UsbResult.Failed:
                return what + " has no answer that is one";
            default:
                return $"{what} is broken: {(transfer.Received.Count == 0 ? "no data" : HexOf(transfer.Received.Take(18)))}";
            }
        }

        private static string TextOf(List<byte> descriptor)
        {
            return descriptor.Count < 2 ? null : Encoding.Unicode.GetString(descriptor.ToArray(), 2, (Math.Min(descriptor[0], descriptor.Count) - 2) & ~1);
        }

        private string problem;
        private int lastAddress;
        private bool isResuming;
        private ulong suspendedAt;

        private const int Attempts = 3;
        private const int HighestAddress = 127;
        private const uint FrameNumbers = 2048;
        private const uint SettleMilliseconds = 1;
        private const uint ResetMilliseconds = 50;
        private const uint RecoveryMilliseconds = 10;
        private const uint AddressMilliseconds = 10;
        private const uint ResumeMilliseconds = 20;
        private const int SetFeature = 3;
        private const int SetAddress = 5;
        private const int GetDescriptorRequest = 6;
        private const int SetConfiguration = 9;
        private const int RemoteWakeUp = 1;
        private const int DeviceDescriptor = 1;
        private const int ConfigurationDescriptor = 2;
        private const int StringDescriptor = 3;
        private static readonly byte[] PacketSizes = { 8, 16, 32, 64 };
    }
}
