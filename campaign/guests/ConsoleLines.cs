// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.UART;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// What firmware prints, line by line, on each UART of the machine and on the PC's serial port if it is on USB; without carriage
    /// returns and terminals' colours. A line is heard at the write that ends it.
    /// </summary>
    internal sealed class ConsoleLines
    {
        /// <summary>Creates a listener; call <see cref="Attach"/> then.</summary>
        /// <param name="board">The board.</param>
        /// <param name="completed">Given each whole line, on the core's thread.</param>
        public ConsoleLines(ICampaignBoard board, Action<string> completed)
        {
            this.board = board;
            this.completed = completed;
        }

        /// <summary>Listens to the board's UARTs; call it again when its objects are others.</summary>
        public void Attach()
        {
            Detach();
            foreach(var uart in board.Machine.GetPeripheralsOfType<IUART>())
            {
                board.Machine.TryGetAnyName(uart, out var name);
                var line = new Line(this, uart, name ?? lines.Count.ToString());
                // What is on its way when the power goes is lost, but the program has got so far.
                if(uart is STM32F4_USART usart)
                {
                    usart.CharWritten += line.Receive;
                }
                else
                {
                    uart.CharReceived += line.Receive;
                }
                lines.Add(line);
            }
        }

        /// <summary>Stops listening.</summary>
        public void Detach()
        {
            foreach(var line in lines)
            {
                if(line.Uart is STM32F4_USART usart)
                {
                    usart.CharWritten -= line.Receive;
                }
                else
                {
                    line.Uart.CharReceived -= line.Receive;
                }
            }
            lines.Clear();
        }

        /// <summary>The lines that are not whole yet, and which of them asks.</summary>
        public object Remember() => new Memory { Unfinished = lines.ToDictionary(x => x.Name, x => x.Bytes), Asking = asking, Last = last };

        /// <summary>The board is at the moment of that memory.</summary>
        public void Recall(object memory)
        {
            var then = (Memory)memory;
            asking = then.Asking;
            last = then.Last;
            foreach(var line in lines)
            {
                line.Bytes = then.Unfinished.TryGetValue(line.Name, out var bytes) ? bytes : new byte[0];
            }
        }

        /// <summary>The board is without power, or was: half a line stays half.</summary>
        public void Clear()
        {
            foreach(var line in lines)
            {
                line.Bytes = new byte[0];
            }
            last = null;
        }

        /// <summary>Waits for a line, not whole yet, that matches; then <see cref="Asked"/> is called.</summary>
        public void AwaitPrompt(Regex pattern)
        {
            prompt = pattern;
        }

        /// <summary>Types lines, each with the Enter key, where the prompt was shown last.</summary>
        public void Type(IEnumerable<string> input)
        {
            var uart = lines.Find(x => x.Name == asking).Uart;
            foreach(var value in input.SelectMany(x => Encoding.UTF8.GetBytes(x + "\r")))
            {
                uart.WriteChar(value);
            }
        }

        /// <summary>Said at the end of a message that something did not come: what was the last that came.</summary>
        public string Told
        {
            get
            {
                var unfinished = lines.Select(x => x.Text).FirstOrDefault(x => x.Trim().Length > 0);
                return unfinished != null ? $"; the last that it printed is '{CampaignText.Detail(CampaignText.Clean(unfinished))}', with no end of line"
                    : last != null ? $"; the last line that it printed is '{CampaignText.Detail(CampaignText.Clean(last))}'"
                    : "; it printed nothing";
            }
        }

        /// <summary>The prompt is shown; called on the core's thread.</summary>
        public Action Asked { get; set; }

        private void Complete(string text)
        {
            if(text.Trim().Length > 0)
            {
                last = text;
            }
            completed(text);
        }

        private Regex prompt;
        private string asking;
        private string last;

        private readonly ICampaignBoard board;
        private readonly Action<string> completed;
        private readonly List<Line> lines = new List<Line>();

        private static readonly Regex escapes = new Regex(@"\x1B(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\^_])|[\r\0]");

        private const int LongestLine = 4096;

        private sealed class Line
        {
            public Line(ConsoleLines console, IUART uart, string name)
            {
                this.console = console;
                Uart = uart;
                Name = name;
            }

            public void Receive(byte value)
            {
                if(value == '\n' || bytes.Count >= LongestLine)
                {
                    var text = Text;
                    bytes.Clear();
                    console.Complete(text);
                    return;
                }
                bytes.Add(value);
                if(console.prompt?.IsMatch(Text) == true)
                {
                    console.prompt = null;
                    console.asking = Name;
                    console.Asked?.Invoke();
                }
            }

            public string Text => escapes.Replace(Encoding.UTF8.GetString(bytes.ToArray()), "");

            public byte[] Bytes
            {
                get => bytes.ToArray();
                set
                {
                    bytes.Clear();
                    bytes.AddRange(value);
                }
            }

            public IUART Uart { get; }

            public string Name { get; }

            private readonly ConsoleLines console;
            private readonly List<byte> bytes = new List<byte>();
        }

        private sealed class Memory
        {
            public Dictionary<string, byte[]> Unfinished;
            public string Asking;
            public string Last;
        }
    }
}
