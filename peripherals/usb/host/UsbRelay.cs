// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

using Antmicro.Renode.Peripherals.USB;

namespace Antmicro.Renode.Peripherals.Board
{
    /// <summary>
    /// Takes the place of the PC's own drivers: the PC enumerates each device, then somebody else has it, transfer by transfer. Whatever is asked for may be
    /// asked for by any thread; the answers come from within virtual time.
    /// </summary>
    /// <remarks>
    /// We choose: IN endpoints are read before anybody asks, up to the packets that <see cref="TakesInAdvance"/> allows; an endpoint that answers STALL is
    /// cleared, as Linux would do; isochronous endpoints are left alone.
    /// </remarks>
    public abstract class UsbRelay : IPeripheral, IUsbFunction
    {
        /// <summary>Nothing: a reset of the board is none of the PC.</summary>
        public void Reset()
        {
        }

        bool IUsbDriver.TryAttach(UsbHost _, UsbConfiguration configuration, IList<UsbInterface> free)
        {
            lock(sync)
            {
                current = configuration;
                bytesToSend = 0;
            }
            HandleDevice(host.Device, configuration);
            foreach(var setting in free.Where(x => x.Alternate == 0))
            {
                Open(setting);
            }
            free.Clear();
            return true;
        }

        void IUsbDriver.Detach()
        {
            if(current != null)
            {
                Leave();
                HandleGone();
            }
        }

        IEnumerable<KeyValuePair<string, string>> Chip.IStatusProvider.StatusLines => StatusLines;

        /// <param name="connector">Where the PC is. A device that it has already is enumerated anew.</param>
        protected UsbRelay(UsbConnector connector)
        {
            host = connector.Host;
            connector.Insert(this);
        }

        /// <summary>A control transfer.</summary>
        /// <param name="setup">Its first packet, 8 bytes.</param>
        /// <param name="data">What is sent with it, if it writes.</param>
        /// <param name="answer">Told what it has brought: null if the device refuses it, or is not there.</param>
        protected void Control(byte[] setup, byte[] data, Action<byte[]> answer)
        {
            var length = setup[6] | (setup[7] << 8);
            bool isPossible;
            lock(sync)
            {
                isPossible = current != null && ((setup[0] & DirectionIn) != 0 || (data?.Length ?? 0) == length);
                if(isPossible)
                {
                    pending.Add(answer);
                }
            }
            if(isPossible)
            {
                host.Start(Forward(setup, data, length, answer));
            }
            else
            {
                answer(null);
            }
        }

        /// <summary>Sends to an OUT endpoint. Returns at once, unless the device is far behind.</summary>
        /// <param name="endpoint">Its number, 1 to 15.</param>
        /// <param name="data">Bytes; none: a packet without data.</param>
        protected void Write(int endpoint, byte[] data)
        {
            lock(sync)
            {
                while(current != null && bytesToSend > MostBytesToSend)
                {
                    Monitor.Wait(sync);
                }
                if(current == null)
                {
                    return;
                }
                bytesToSend += data.Length;
            }
            host.Start(Send(endpoint, data));
        }

        /// <summary>Ends all that is under way, and nobody waits any longer.</summary>
        protected void Leave()
        {
            Action<byte[]>[] unanswered;
            lock(sync)
            {
                current = null;
                readers.Clear();
                writers.Clear();
                unanswered = pending.ToArray();
                pending.Clear();
                Monitor.PulseAll(sync);
            }
            foreach(var answer in unanswered)
            {
                answer(null);
            }
        }

        /// <summary>One packet of those that came in advance has found a taker.</summary>
        /// <param name="endpoint">Number of the IN endpoint, 1 to 15.</param>
        protected void TakeOne(int endpoint)
        {
            UsbSignal signal;
            lock(sync)
            {
                if(!readers.TryGetValue(endpoint, out var reader) || ++reader.Credit != 1)
                {
                    return;
                }
                signal = reader.MayGoOn;
            }
            if(signal != null)
            {
                host.Set(signal);
            }
        }

        /// <summary>A device is configured.</summary>
        protected abstract void HandleDevice(UsbDevice device, UsbConfiguration configuration);

        /// <summary>It is gone.</summary>
        protected abstract void HandleGone();

        /// <summary>SET_CONFIGURATION, done by whoever has the device.</summary>
        protected abstract void HandleConfiguration(int value);

        /// <summary>An IN endpoint has brought a packet, or as many as make a transfer; no bytes also stand for a STALL, where transfers are whole.</summary>
        protected abstract void HandleData(int endpoint, byte[] data);

        /// <summary>How many packets of an IN endpoint wait for a taker at most; 0: it is read on and on, and told by whole transfers, up to a packet that is not full.</summary>
        protected abstract int TakesInAdvance(UsbInterface setting, UsbEndpoint endpoint);

        /// <summary>What is to be said of it in the table of the connector, by name.</summary>
        protected abstract IEnumerable<KeyValuePair<string, string>> StatusLines { get; }

        private IEnumerator<UsbStep> Forward(byte[] setup, byte[] data, int length, Action<byte[]> answer)
        {
            var value = setup[2] | (setup[3] << 8);
            var index = setup[4] | (setup[5] << 8);
            // The bus has addresses of its own.
            var isDone = setup[0] == 0 && setup[1] == SetAddress;
            byte[] received = null;
            if(!isDone)
            {
                var transfer = (setup[0] & DirectionIn) != 0 || length == 0 ? host.Control(setup[0], setup[1], value, index, length) : host.Control(setup[0], setup[1], value, index, data);
                yield return transfer;
                isDone = transfer.IsDone;
                received = transfer.Received.ToArray();
            }
            if(isDone)
            {
                Follow(setup[0], setup[1], value, index);
            }
            lock(sync)
            {
                if(!pending.Remove(answer))
                {
                    // It was told already.
                    yield break;
                }
            }
            answer(isDone ? received ?? Array.Empty<byte>() : null);
        }

        // Requests that change the PC's end as well (USB 2.0, 9.1.1.5, 9.4.5).
        private void Follow(int type, int request, int value, int index)
        {
            switch((type << 8) | request)
            {
            case SetConfiguration:
                foreach(var pipe in Pipes)
                {
                    pipe.Toggle = false;
                }
                foreach(var reader in readers.Values)
                {
                    reader.Gathered.Clear();
                }
                HandleConfiguration(value);
                break;
            case SetInterface:
                Select(index, value);
                break;
            case ClearEndpointFeature:
                foreach(var pipe in Pipes.Where(x => x.Number == (index & 0xF) && x.IsIn == ((index & DirectionIn) != 0)))
                {
                    pipe.Toggle = false;
                }
                break;
            }
        }

        private void Select(int number, int alternate)
        {
            var setting = current.Interfaces.FirstOrDefault(x => x.Number == number && x.Alternate == alternate);
            if(setting == null)
            {
                return;
            }
            foreach(var endpoint in current.Interfaces.Where(x => x.Number == number).SelectMany(x => x.Endpoints))
            {
                var pipe = endpoint.IsIn ? readers.TryGetValue(endpoint.Number, out var reader) ? reader.Pipe : null
                    : writers.TryGetValue(endpoint.Number, out var writer) ? writer : null;
                lock(sync)
                {
                    if(endpoint.IsIn)
                    {
                        readers.Remove(endpoint.Number);
                    }
                    else
                    {
                        writers.Remove(endpoint.Number);
                    }
                }
                if(pipe != null)
                {
                    host.Close(pipe);
                }
            }
            Open(setting);
        }

        private void Open(UsbInterface setting)
        {
            foreach(var endpoint in setting.Endpoints.Where(x => x.Type != UsbEndpoint.Isochronous))
            {
                var pipe = host.Open(endpoint);
                if(!endpoint.IsIn)
                {
                    lock(sync)
                    {
                        writers[endpoint.Number] = pipe;
                    }
                    continue;
                }
                var credit = TakesInAdvance(setting, endpoint);
                var reader = new Reader { Pipe = pipe, Credit = credit, IsWhole = credit == 0 };
                lock(sync)
                {
                    readers[endpoint.Number] = reader;
                }
                host.Start(Receive(reader));
            }
        }

        private IEnumerator<UsbStep> Send(int endpoint, byte[] data)
        {
            UsbPipe pipe;
            lock(sync)
            {
                writers.TryGetValue(endpoint, out pipe);
            }
            UsbTransfer transfer = null;
            if(pipe != null)
            {
                transfer = UsbTransfer.Out(pipe, data);
                yield return transfer;
            }
            lock(sync)
            {
                bytesToSend -= data.Length;
                Monitor.PulseAll(sync);
            }
            if(transfer != null && !transfer.IsDone)
            {
                foreach(var step in host.Recover(pipe, transfer))
                {
                    yield return step;
                }
            }
        }

        private IEnumerator<UsbStep> Receive(Reader reader)
        {
            var pipe = reader.Pipe;
            while(host.IsOpen(pipe))
            {
                UsbSignal signal = null;
                lock(sync)
                {
                    if(!reader.IsWhole && reader.Credit == 0)
                    {
                        signal = reader.MayGoOn = new UsbSignal();
                    }
                }
                if(signal != null)
                {
                    yield return signal;
                    continue;
                }
                var transfer = UsbTransfer.In(pipe, pipe.MaxPacket);
                yield return transfer;
                if(transfer.IsDone)
                {
                    Hand(reader, transfer.Received);
                    continue;
                }
                if(transfer.Result == UsbResult.Stalled && reader.IsWhole)
                {
                    HandGathered(reader);
                }
                foreach(var step in host.Recover(pipe, transfer))
                {
                    yield return step;
                }
            }
        }

        private void Hand(Reader reader, List<byte> packet)
        {
            if(reader.IsWhole)
            {
                reader.Gathered.AddRange(packet);
                if(packet.Count < reader.Pipe.MaxPacket)
                {
                    HandGathered(reader);
                }
                return;
            }
            if(packet.Count == 0)
            {
                return;
            }
            lock(sync)
            {
                reader.Credit--;
            }
            HandleData(reader.Pipe.Number, packet.ToArray());
        }

        private void HandGathered(Reader reader)
        {
            var data = reader.Gathered.ToArray();
            reader.Gathered.Clear();
            HandleData(reader.Pipe.Number, data);
        }

        private IEnumerable<UsbPipe> Pipes => readers.Values.Select(x => x.Pipe).Concat(writers.Values);

        private UsbConfiguration current;
        private int bytesToSend;

        private readonly UsbHost host;
        private readonly List<Action<byte[]>> pending = new List<Action<byte[]>>();
        // By number of the endpoint. Changed in virtual time only, read by others too.
        private readonly Dictionary<int, Reader> readers = new Dictionary<int, Reader>();
        private readonly Dictionary<int, UsbPipe> writers = new Dictionary<int, UsbPipe>();
        private readonly object sync = new object();

        private const int DirectionIn = 0x80;
        private const int SetAddress = 5;
        private const int SetConfiguration = 0x0009;
        private const int SetInterface = 0x010B;
        private const int ClearEndpointFeature = 0x0201;
        private const int MostBytesToSend = 0x20000;

        private sealed class Reader
        {
            public UsbPipe Pipe { get; set; }

            public int Credit { get; set; }

            /// <summary>Told by whole transfers.</summary>
            public bool IsWhole { get; set; }

            public UsbSignal MayGoOn { get; set; }

            public List<byte> Gathered { get; } = new List<byte>();
        }
    }
}
