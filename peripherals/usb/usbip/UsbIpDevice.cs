// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading.Tasks;

using Antmicro.Migrant;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Core.USB;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Extensions.Utilities.USBIP;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.USB;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Board
{
    /// <summary>
    /// The board's USB device, for Renode's USB/IP server: a real Linux takes it as if it were at a port of its own. For platform descriptions:
    /// <c>usbip: Board.UsbIpDevice @ sysbus</c>, <c>connector: usb</c>. For Renode alone; the plugin loads it by <c>usbip.resc</c>.
    /// </summary>
    /// <remarks>
    /// Renode's server does one thing after the other, knows no STALL, and cuts off nobody. Thus a refused request is answered without data, an IN endpoint
    /// with nothing to say at once and without data, too, except for mass storage, which is waited for; and when the device goes, the server starts anew.
    /// Renode disposes it twice, which it does not survive if somebody was connected: so it is taken from Renode.
    /// </remarks>
    public class UsbIpDevice : UsbRelay, IUSBDevice, IDisposable
    {
        /// <summary>Creates the device.</summary>
        /// <param name="connector">Where the PC is that enumerates it.</param>
        public UsbIpDevice(UsbConnector connector) : base(connector)
        {
            core = core ?? CreateCore();
        }

        /// <summary>The emulation ends: so does the server.</summary>
        [HideInMonitor]
        public void Dispose()
        {
            lock(sync)
            {
                if(isDisposed)
                {
                    // By its server, which it has ended.
                    return;
                }
                isDisposed = true;
            }
            Leave();
            Stop();
        }

        /// <summary>Offers the device at a server of this emulation, whenever one is configured. The server is this device's from then on.</summary>
        /// <param name="server">Its name, as <c>emulation CreateUSBIPServer</c> was given it.</param>
        /// <param name="port">The number after <c>1-</c> in the device's bus id, 0 or more.</param>
        /// <exception cref="RecoverableException">There is no such server, or it has a device of that number.</exception>
        public void Serve(string server = "usbip", int port = 0)
        {
            lock(sync)
            {
                if(this.server != null)
                {
                    throw new RecoverableException($"The USB device is served already: it is {Place}");
                }
                if(port < 0)
                {
                    throw new RecoverableException($"Serve: port = {port} is out of range: give 0 or more");
                }
                var elements = EmulationManager.Instance.CurrentEmulation.HostMachine;
                if(!(elements.TryGetByName(server, out var _) is USBIPServer found))
                {
                    throw new RecoverableException($"There is no USB/IP server '{server}': 'emulation CreateUSBIPServer 3240 \"{server}\"' makes one");
                }
                if(found.Children.Any(x => x.RegistrationPoint.Address == port))
                {
                    throw new RecoverableException($"The USB/IP server '{server}' has a device 1-{port} already: give another number");
                }
                elements.RemoveHostMachineElement(found);
                this.server = found;
                this.port = port;
                serverName = server;
            }
            Later(Offer);
        }

        /// <summary>What Renode's server works with.</summary>
        [HideInMonitor]
        public USBDeviceCore USBCore => core;

        /// <inheritdoc/>
        protected override void HandleDevice(UsbDevice device, UsbConfiguration configuration)
        {
            lock(sync)
            {
                deviceDescriptor = (byte[])device.Descriptor.Clone();
                // Others than the first are not offered.
                deviceDescriptor[ConfigurationsByte] = 1;
                configurationDescriptor = configuration.Descriptor;
                configurationValue = configuration.Value;
                endpoints.Clear();
                // What it is asked by transfers is answered by the device itself.
                var newCore = CreateCore().WithConfiguration(configure: x =>
                {
                    foreach(var setting in configuration.Interfaces)
                    {
                        x.WithInterface(InterfaceOf(setting));
                    }
                });
                newCore.SelectedConfiguration = newCore.Configurations.Single();
                core = newCore;
            }
            Later(Offer);
        }

        /// <inheritdoc/>
        protected override void HandleGone()
        {
            lock(sync)
            {
                deviceDescriptor = NoDevice;
                configurationDescriptor = Array.Empty<byte>();
                endpoints.Clear();
                core = CreateCore();
            }
            Later(Withdraw);
        }

        /// <inheritdoc/>
        protected override void HandleConfiguration(int value)
        {
            lock(sync)
            {
                foreach(var endpoint in endpoints.Values)
                {
                    endpoint.Reset();
                }
                core.SelectedConfiguration = value == configurationValue ? core.Configurations.SingleOrDefault() : null;
            }
        }

        /// <inheritdoc/>
        protected override void HandleData(int endpoint, byte[] data)
        {
            USBEndpoint found;
            lock(sync)
            {
                if(!endpoints.TryGetValue(endpoint, out found))
                {
                    return;
                }
            }
            if(!found.NonBlocking && data.Length > 0)
            {
                found.HandlePacket(data);
                return;
            }
            found.HandlePacket(new Packet(data, () => TakeOne(endpoint)));
        }

        /// <inheritdoc/>
        protected override int TakesInAdvance(UsbInterface setting, UsbEndpoint endpoint) => setting.Class == MassStorage ? 0 : PacketsInAdvance;

        /// <inheritdoc/>
        protected override IEnumerable<KeyValuePair<string, string>> StatusLines
        {
            get
            {
                yield return new KeyValuePair<string, string>("USB/IP", server == null ? "not served: 'usbip Serve'" : Place);
            }
        }

        private USBDeviceCore CreateCore() => new USBDeviceCore(this, customSetupPacketHandler: HandleSetup);

        private USBInterface InterfaceOf(UsbInterface setting)
        {
            var result = new USBInterface(this, (byte)setting.Number, (USBClassCode)setting.Class, (byte)setting.Subclass, (byte)setting.Protocol);
            foreach(var endpoint in setting.Endpoints)
            {
                result.WithEndpoint(endpoint.IsIn ? Direction.DeviceToHost : Direction.HostToDevice, (EndpointTransferType)endpoint.Type, (short)endpoint.MaxPacket,
                    (byte)endpoint.Interval, out var created, (byte)endpoint.Number);
                if(endpoint.IsIn)
                {
                    created.NonBlocking = TakesInAdvance(setting, endpoint) > 0;
                    endpoints[endpoint.Number] = created;
                }
                else
                {
                    created.DataWritten += x => Write(endpoint.Number, x);
                }
            }
            return result;
        }

        private void HandleSetup(SetupPacket packet, byte[] data, Action<byte[]> answer)
        {
            byte[] known = null;
            lock(sync)
            {
                // The server asks for these itself, and stands still until it has them, be it that virtual time does, too.
                if(packet.Type == PacketType.Standard && packet.Recipient == PacketRecipient.Device && packet.Direction == Direction.DeviceToHost
                    && packet.Request == (byte)StandardRequest.GetDescriptor)
                {
                    known = packet.Value == DeviceDescriptor ? deviceDescriptor : packet.Value == ConfigurationDescriptor ? configurationDescriptor : null;
                }
            }
            if(known != null)
            {
                answer(known.Take(packet.Count).ToArray());
                return;
            }
            var type = ((int)packet.Direction << 7) | ((int)packet.Type << 5) | (int)packet.Recipient;
            var setup = new[] { (byte)type, packet.Request, (byte)packet.Value, (byte)(packet.Value >> 8), (byte)packet.Index, (byte)(packet.Index >> 8), (byte)packet.Count, (byte)(packet.Count >> 8) };
            Control(setup, data, x => answer(x ?? Array.Empty<byte>()));
        }

        // One after the other, and never in a thread that the server may wait for.
        private void Later(Action action)
        {
            lock(sync)
            {
                work = (work ?? Task.CompletedTask).ContinueWith(_ => action(), TaskScheduler.Default);
            }
        }

        private void Offer()
        {
            lock(sync)
            {
                if(server == null || isOffered || isDisposed || deviceDescriptor == NoDevice)
                {
                    return;
                }
                isOffered = true;
            }
            try
            {
                server.Register(this, new NumberRegistrationPoint<int>(port));
                this.Log(LogLevel.Info, "The USB device is {0}", Place);
            }
            catch(RegistrationException e)
            {
                isOffered = false;
                this.Log(LogLevel.Error, "The USB device is not offered: {0}", e.Message);
            }
        }

        private void Withdraw()
        {
            if(server == null || !isOffered)
            {
                return;
            }
            isOffered = false;
            server.Unregister(this);
            if(server.Children.Any())
            {
                this.Log(LogLevel.Warning, "The USB device is gone, but its server has others: whoever was attached to it has to detach by himself");
                return;
            }
            Stop();
            try
            {
                lock(sync)
                {
                    if(!isDisposed)
                    {
                        server.Run();
                    }
                }
            }
            catch(RecoverableException e)
            {
                this.Log(LogLevel.Error, "USB/IP: the server does not listen any more: {0}", e.Message);
            }
        }

        private void Stop()
        {
            try
            {
                server?.Dispose();
            }
            catch(Exception e) when(e is SocketException || e is ObjectDisposedException)
            {
                // Nobody is connected any more.
            }
        }

        private string Place => $"1-{port} of {serverName}";

        private volatile USBDeviceCore core;
        private byte[] deviceDescriptor = NoDevice;
        private byte[] configurationDescriptor = Array.Empty<byte>();
        private int configurationValue;
        private USBIPServer server;
        private string serverName;
        private int port;
        private volatile bool isOffered;
        private bool isDisposed;

        [Transient]
        private Task work;

        // IN endpoints, by number.
        private readonly Dictionary<int, USBEndpoint> endpoints = new Dictionary<int, USBEndpoint>();
        private readonly object sync = new object();

        private const int MassStorage = 8;
        private const int PacketsInAdvance = 8;
        private const int ConfigurationsByte = 17;
        private const int DeviceDescriptor = 0x100;
        private const int ConfigurationDescriptor = 0x200;
        // Without a configuration, the server asks for nothing else.
        private static readonly byte[] NoDevice = { 18, 1, 0, 2, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };

        /// <summary>Bytes that tell when the server takes them out of an endpoint's queue: it looks at them only then. No bytes are an answer, too.</summary>
        private sealed class Packet : ICollection<byte>
        {
            public Packet(byte[] data, Action taken)
            {
                this.data = data;
                this.taken = taken;
            }

            public IEnumerator<byte> GetEnumerator()
            {
                var tell = taken;
                taken = null;
                tell?.Invoke();
                return ((IEnumerable<byte>)data).GetEnumerator();
            }

            IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

            public bool Contains(byte item) => data.Contains(item);

            public void CopyTo(byte[] array, int arrayIndex) => data.CopyTo(array, arrayIndex);

            void ICollection<byte>.Add(byte item) => throw new NotSupportedException();

            void ICollection<byte>.Clear() => throw new NotSupportedException();

            bool ICollection<byte>.Remove(byte item) => throw new NotSupportedException();

            // The endpoint's queue takes nothing that is empty.
            public int Count => Math.Max(1, data.Length);

            public bool IsReadOnly => true;

            private Action taken;

            private readonly byte[] data;
        }
    }
}
