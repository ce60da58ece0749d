// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Migrant;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.UART;
using Antmicro.Renode.Peripherals.USB;

namespace Antmicro.Renode.Peripherals.Board
{
    /// <summary>
    /// A serial port of the PC: the device's CDC ACM function (PSTN 1.2), open from the moment that it is there. For platform descriptions:
    /// <c>usbSerial: Board.UsbSerial @ sysbus</c>, <c>connector: usb</c>. The second one of a connector is the device's second such function.
    /// </summary>
    public class UsbSerial : IUART, IUsbFunction
    {
        /// <summary>Creates the port.</summary>
        /// <param name="connector">Where the PC is.</param>
        public UsbSerial(UsbConnector connector)
        {
            host = connector.Host;
            connector.Add(this);
        }

        /// <summary>Nothing: a reset of the board is none of the PC.</summary>
        public void Reset()
        {
        }

        /// <summary>
        /// Sends a character to the device. It waits until the device takes it. It is lost, with a warning, while no device is configured, as the port is not there then.
        /// </summary>
        public void WriteChar(byte value)
        {
            lock(queue)
            {
                if(!IsOpen)
                {
                    if(!hasWarned)
                    {
                        hasWarned = true;
                        this.Log(LogLevel.Warning, "A character for the USB device is lost, because no serial port of it is there: 'usb Status' tells why (further ones are lost silently)");
                    }
                    return;
                }
                queue.Enqueue(value);
                if(queue.Count > 1)
                {
                    return;
                }
            }
            host.Set(hasCharacters);
        }

        /// <summary>Sends a break.</summary>
        /// <param name="milliseconds">How long the device is told that it is, 1 to 65534; 65535 starts one without end, 0 ends it.</param>
        /// <exception cref="RecoverableException">The time is out of range, or no device is configured.</exception>
        public void SendBreak(int milliseconds = 250)
        {
            if(milliseconds < 0 || milliseconds > ushort.MaxValue)
            {
                throw new RecoverableException($"SendBreak: milliseconds = {milliseconds} is out of range: give 0 to {ushort.MaxValue}");
            }
            if(!IsOpen)
            {
                throw new RecoverableException("The USB device has no serial port now: 'usb Status' tells why");
            }
            host.Start(TellBreak(milliseconds));
        }

        /// <summary>Is the port there and open?</summary>
        public bool IsOpen { get; private set; }

        /// <summary>Bits per second that the device is told, 1 to 4294967295; 115200 at the start.</summary>
        public uint BaudRate
        {
            get => baudRate;
            set
            {
                if(value == 0)
                {
                    throw new RecoverableException("BaudRate = 0 is out of range: give 1 or more");
                }
                baudRate = value;
                ChangeLineCoding();
            }
        }

        /// <summary>Stop bits that the device is told: One, OneAndAHalf or Two.</summary>
        public Bits StopBits
        {
            get => stopBits;
            set
            {
                if(value != Bits.One && value != Bits.OneAndAHalf && value != Bits.Two)
                {
                    throw new RecoverableException("StopBits: give One, OneAndAHalf or Two");
                }
                stopBits = value;
                ChangeLineCoding();
            }
        }

        /// <summary>Parity that the device is told: None, Odd, Even, Forced1 (mark) or Forced0 (space).</summary>
        public Parity ParityBit
        {
            get => parity;
            set
            {
                if(Array.IndexOf(Parities, value) < 0)
                {
                    throw new RecoverableException("ParityBit: give None, Odd, Even, Forced1 or Forced0");
                }
                parity = value;
                ChangeLineCoding();
            }
        }

        /// <summary>Data bits that the device is told, 5 to 8, or 16.</summary>
        public int DataBits
        {
            get => dataBits;
            set
            {
                if((value < 5 || value > 8) && value != 16)
                {
                    throw new RecoverableException($"DataBits = {value} is out of range: give 5 to 8, or 16");
                }
                dataBits = value;
                ChangeLineCoding();
            }
        }

        /// <summary>Data terminal ready: on while a program has the port open. On at the start.</summary>
        public bool DTR
        {
            get => dtr;
            set
            {
                dtr = value;
                ChangeControlLines();
            }
        }

        /// <summary>Request to send. On at the start.</summary>
        public bool RTS
        {
            get => rts;
            set
            {
                rts = value;
                ChangeControlLines();
            }
        }

        /// <summary>What the device has told with SERIAL_STATE (PSTN 6.5.4), by name: DCD, DSR, break, ring, framing, parity, overrun.</summary>
        public string SerialState => string.Join(" ", StateNames.Where((_, i) => (serialState & (1 << i)) != 0));

        /// <summary>The device has sent a character.</summary>
        [field: Transient]
        public event Action<byte> CharReceived;

        bool IUsbDriver.TryAttach(UsbHost _, UsbConfiguration configuration, IList<UsbInterface> free)
        {
            foreach(var control in free.Where(x => x.Class == Communications && x.Subclass == AbstractControl && x.Alternate == 0).ToArray())
            {
                var number = DataInterfaceOf(control);
                var data = free.FirstOrDefault(x => x.Number == number && x.Class == Data && x.Find(UsbEndpoint.Bulk, true) != null && x.Find(UsbEndpoint.Bulk, false) != null);
                free.Remove(control);
                if(data == null)
                {
                    host.Mistakes.Report($"USB interface {control.Number}", $"CDC ACM ignored, because interface {number} is not there with class 0x0A, a bulk IN and a bulk OUT endpoint");
                    continue;
                }
                foreach(var setting in free.Where(x => x.Number == number).ToArray())
                {
                    free.Remove(setting);
                }
                controlInterface = control.Number;
                host.Start(Open(control, data));
                return true;
            }
            return false;
        }

        void IUsbDriver.Detach()
        {
            lock(queue)
            {
                IsOpen = false;
                queue.Clear();
            }
            serialState = 0;
        }

        IEnumerable<KeyValuePair<string, string>> Chip.IStatusProvider.StatusLines
        {
            get
            {
                if(IsOpen)
                {
                    yield return new KeyValuePair<string, string>("Serial port", $"interface {controlInterface}, {baudRate} baud, DTR {(dtr ? "on" : "off")}, RTS {(rts ? "on" : "off")}");
                }
            }
        }

        private IEnumerator<UsbStep> Open(UsbInterface control, UsbInterface data)
        {
            if(data.Alternate != 0)
            {
                yield return host.Control(0x01, SetInterface, data.Alternate, data.Number);
            }
            // A device may refuse them: it needs no UART behind its USB.
            yield return LineCoding();
            yield return ControlLines();
            lock(queue)
            {
                IsOpen = true;
                hasWarned = false;
            }
            hasCharacters = new UsbSignal();
            host.Start(Receive(host.Open(data.Find(UsbEndpoint.Bulk, true))));
            host.Start(Send(host.Open(data.Find(UsbEndpoint.Bulk, false))));
            var notifications = control.Find(UsbEndpoint.Interrupt, true);
            if(notifications != null)
            {
                host.Start(Listen(host.Open(notifications)));
            }
        }

        private IEnumerator<UsbStep> Receive(UsbPipe pipe)
        {
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
                foreach(var value in transfer.Received)
                {
                    CharReceived?.Invoke(value);
                }
            }
        }

        private IEnumerator<UsbStep> Send(UsbPipe pipe)
        {
            while(true)
            {
                byte[] data;
                lock(queue)
                {
                    data = queue.Take(pipe.MaxPacket).ToArray();
                }
                if(data.Length == 0)
                {
                    yield return hasCharacters;
                    hasCharacters = new UsbSignal();
                    continue;
                }
                var transfer = UsbTransfer.Out(pipe, data);
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
                lock(queue)
                {
                    // They count as waiting until the device has them, so that one who adds to them need not wake anybody.
                    for(var i = 0; i < data.Length && queue.Count > 0; i++)
                    {
                        queue.Dequeue();
                    }
                }
            }
        }

        private IEnumerator<UsbStep> Listen(UsbPipe pipe)
        {
            while(true)
            {
                var transfer = UsbTransfer.In(pipe, Math.Max(NotificationLength, pipe.MaxPacket));
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
                if(transfer.Received.Count >= NotificationLength && transfer.Received[1] == SerialStateNotification)
                {
                    serialState = transfer.Received[8] | (transfer.Received[9] << 8);
                }
            }
        }

        private IEnumerator<UsbStep> TellBreak(int milliseconds)
        {
            yield return host.Control(0x21, SendBreakRequest, milliseconds, controlInterface);
        }

        private IEnumerator<UsbStep> TellLineCoding()
        {
            yield return LineCoding();
        }

        private IEnumerator<UsbStep> TellControlLines()
        {
            yield return ControlLines();
        }

        private void ChangeLineCoding()
        {
            if(IsOpen)
            {
                host.Start(TellLineCoding());
            }
        }

        private void ChangeControlLines()
        {
            if(IsOpen)
            {
                host.Start(TellControlLines());
            }
        }

        private UsbTransfer LineCoding()
        {
            var stop = stopBits == Bits.One ? 0 : stopBits == Bits.OneAndAHalf ? 1 : 2;
            return host.Control(0x21, SetLineCoding, 0, controlInterface,
                BitConverter.GetBytes(baudRate).Concat(new[] { (byte)stop, (byte)Array.IndexOf(Parities, parity), (byte)dataBits }).ToArray());
        }

        private UsbTransfer ControlLines() => host.Control(0x21, SetControlLineState, (dtr ? 1 : 0) | (rts ? 2 : 0), controlInterface);

        // The union says it; before it, call management does; else it is the next one.
        private static int DataInterfaceOf(UsbInterface control)
        {
            var union = control.Others.FirstOrDefault(x => x.Length >= 5 && x[1] == ClassInterface && x[2] == Union);
            var management = control.Others.FirstOrDefault(x => x.Length >= 5 && x[1] == ClassInterface && x[2] == CallManagement);
            return union != null ? union[4] : management != null ? management[4] : control.Number + 1;
        }

        private int controlInterface;
        private UsbSignal hasCharacters = new UsbSignal();
        private bool hasWarned;
        private uint baudRate = 115200;
        private Bits stopBits = Bits.One;
        private Parity parity = Parity.None;
        private int dataBits = 8;
        private bool dtr = true;
        private bool rts = true;
        private int serialState;

        private readonly UsbHost host;
        private readonly Queue<byte> queue = new Queue<byte>();

        private const int Communications = 2;
        private const int AbstractControl = 2;
        private const int Data = 0x0A;
        private const int ClassInterface = 0x24;
        private const int CallManagement = 1;
        private const int Union = 6;
        private const int SetInterface = 0x0B;
        private const int SetLineCoding = 0x20;
        private const int SetControlLineState = 0x22;
        private const int SendBreakRequest = 0x23;
        private const int SerialStateNotification = 0x20;
        private const int NotificationLength = 10;
        // In the order of their numbers in a line coding.
        private static readonly Parity[] Parities = { Parity.None, Parity.Odd, Parity.Even, Parity.Forced1, Parity.Forced0 };
        private static readonly string[] StateNames = { "DCD", "DSR", "break", "ring", "framing", "parity", "overrun" };
    }
}
