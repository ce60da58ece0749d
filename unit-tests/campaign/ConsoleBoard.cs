// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals.UART;

namespace UnitTests
{
    /// <summary>
    /// A <see cref="FakeBoard"/> with two UARTs, whose firmware does when it is switched on what it is told to: each operation takes 100 us.
    /// </summary>
    internal sealed class ConsoleBoard : FakeBoard, IDisposable
    {
        public ConsoleBoard()
        {
            machine = new Machine();
            Other = AddUart("uart1");
            Uart = AddUart("uart2");
            Uart.Received = Hear;
        }

        void IDisposable.Dispose()
        {
            ((IDisposable)machine).Dispose();
        }

        public override void PowerOn()
        {
            base.PowerOn();
            // It looks at the content when it runs, not before.
            Start(new[] { new Operation(1, () => Do(Firmware(GetContent()))) });
        }

        /// <summary>Prints a line.</summary>
        public Action Say(string text) => () => Uart.Say(text + "\r\n");

        /// <summary>Writes a byte.</summary>
        public Action Put(int offset, byte value) => () => Write(offset, value);

        /// <summary>What the firmware does, by the content that it finds.</summary>
        public Func<byte[], IEnumerable<Action>> Firmware { get; set; } = _ => new Action[0];

        /// <summary>What it does when it is typed to, by the text.</summary>
        public Func<string, IEnumerable<Action>> OnInput { get; set; } = _ => new Action[0];

        public override IMachine Machine => machine;

        public ConsoleUart Uart { get; }

        public ConsoleUart Other { get; }

        /// <summary>All that was typed.</summary>
        public string Typed { get; private set; } = "";

        private void Hear(string text)
        {
            Typed += text;
            line += text;
            if(text == "\r")
            {
                var typed = line;
                line = "";
                Do(OnInput(typed.Trim()));
            }
        }

        private void Do(IEnumerable<Action> actions) => Start(actions.ToArray().Select((x, i) => new Operation(100 * (i + 1), x)));

        private ConsoleUart AddUart(string name)
        {
            var uart = new ConsoleUart();
            machine.SystemBus.Register(uart, NullRegistrationPoint.Instance);
            machine.SetLocalName(uart, name);
            return uart;
        }

        private string line = "";

        private readonly Machine machine;

        internal sealed class ConsoleUart : IUART
        {
            public void Say(string text)
            {
                foreach(var value in Encoding.UTF8.GetBytes(text))
                {
                    CharReceived?.Invoke(value);
                }
            }

            public void WriteChar(byte value) => Received?.Invoke(((char)value).ToString());

            public void Reset()
            {
            }

            public Action<string> Received { get; set; }

            public int Listeners => CharReceived?.GetInvocationList().Length ?? 0;

            public uint BaudRate => 115200;

            public Bits StopBits => Bits.One;

            public Parity ParityBit => Parity.None;

            public event Action<byte> CharReceived;
        }
    }
}
