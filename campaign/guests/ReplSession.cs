// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using Antmicro.Renode.Peripherals.Board;
using Antmicro.Renode.Peripherals.UART;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// MicroPython's raw REPL on whichever UART of the machine it turns up, or on the PC's serial port if it is on USB: code goes in, what it printed and its traceback come
    /// out. Virtual time runs only within the calls.
    /// </summary>
    internal sealed class ReplSession
    {
        /// <summary>Creates a session; call <see cref="Attach"/> then.</summary>
        /// <param name="board">The board.</param>
        public ReplSession(ICampaignBoard board)
        {
            this.board = board;
        }

        /// <summary>Listens to the board's UARTs; call it again when its objects are others.</summary>
        public void Attach()
        {
            Detach();
            foreach(var uart in board.Machine.GetPeripheralsOfType<IUART>())
            {
                board.Machine.TryGetAnyName(uart, out var name);
                var line = new Line(this, uart, name);
                uart.CharReceived += line.Receive;
                lines.Add(line);
            }
            repl = lines.Find(x => x.Name == replName);
        }

        /// <summary>Stops listening.</summary>
        public void Detach()
        {
            foreach(var line in lines)
            {
                line.Uart.CharReceived -= line.Receive;
            }
            lines.Clear();
        }

        /// <summary>What was received on the REPL's line.</summary>
        public object Remember() => repl?.Text;

        /// <summary>The emulation is at the moment of that memory.</summary>
        public void Recall(object memory)
        {
            Clear();
            if(memory != null)
            {
                repl.Take((string)memory);
            }
        }

        /// <summary>Forgets what was received.</summary>
        public void Clear()
        {
            foreach(var line in lines)
            {
                line.Clear();
            }
        }

        /// <summary>Waits for the prompt after a power-on, and enters the raw REPL.</summary>
        /// <param name="timeout">Virtual seconds.</param>
        /// <returns>Is it there?</returns>
        public bool WaitForBoot(double timeout)
        {
            Clear();
            if(!board.RunUntil(() => lines.Exists(x => x.EndsWith(Prompt)), timeout, BootSlice))
            {
                return false;
            }
            repl = lines.Find(x => x.EndsWith(Prompt));
            replName = repl.Name;
            repl.Clear();
            Send("\u0001");
            return board.RunUntil(() => repl.EndsWith(RawPrompt), timeout, Slice);
        }

        /// <summary>Starts code in the raw REPL, and returns before any virtual time has passed; over USB that holds for 255 bytes of code.</summary>
        public void Start(string code)
        {
            repl.Clear();
            // Nothing at all would be a soft reset.
            Send(code + "\n" + EndOfTransmission);
        }

        /// <summary>Waits for the end of what <see cref="Start"/> began.</summary>
        /// <param name="timeout">Virtual seconds.</param>
        /// <param name="isOver">Another reason to end.</param>
        /// <returns>Is the code through?</returns>
        public bool WaitForEnd(double timeout, Func<bool> isOver = null)
        {
            board.RunUntil(() => IsThrough || (isOver != null && isOver()), timeout, Slice);
            return IsThrough;
        }

        /// <summary>Runs code to its end.</summary>
        public bool Run(string code, double timeout)
        {
            Start(code);
            return WaitForEnd(timeout);
        }

        /// <summary>Has the code ended, by itself or by an exception?</summary>
        public bool IsThrough => repl.EndMarks >= 2 && repl.EndsWith(">");

        /// <summary>What the code has printed so far.</summary>
        public string Output
        {
            get
            {
                var text = repl.Text;
                var start = text.StartsWith(Accepted, StringComparison.Ordinal) ? Accepted.Length : 0;
                var end = text.IndexOf(EndOfTransmission);
                return text.Substring(start, Math.Max(0, (end < 0 ? text.Length : end) - start));
            }
        }

        /// <summary>The traceback of code that is through; empty if it raised nothing.</summary>
        public string Traceback
        {
            get
            {
                var parts = repl.Text.Split(EndOfTransmission);
                return parts.Length > 1 ? parts[1].Trim() : "";
            }
        }

        /// <summary>Has the code ended MicroPython itself, which began anew?</summary>
        public bool HasExited
        {
            get
            {
                var parts = repl.Text.Split(EndOfTransmission);
                return parts.Length > 2 && parts[2].Contains(RawPrompt);
            }
        }

        /// <summary>Called on the core's thread when code is received whole, and is about to be compiled and run.</summary>
        public Action Began { get; set; }

        /// <summary>Called on the core's thread when the code has ended.</summary>
        public Action Ended { get; set; }

        /// <summary>How often the mark was printed.</summary>
        public int Marks => repl.Marks;

        /// <summary>Virtual seconds between two looks at code that runs.</summary>
        public const double Slice = 0.001;

        /// <summary>What a program's steps print when they are complete.</summary>
        public const char Mark = '\u0002';

        // What arrives paced by the baud rate costs no more host time than its virtual time, most of it asleep. Over USB MicroPython drops what finds
        // its buffer of 1 KB full, so that text longer than a part of that takes time here.
        private void Send(string text)
        {
            var values = Encoding.UTF8.GetBytes(text);
            for(var i = 0; i < values.Length; i++)
            {
                if(i > 0 && i % UsbPart == 0 && repl.Uart is UsbSerial)
                {
                    board.RunForSeconds(UsbPause);
                }
                repl.Uart.WriteChar(values[i]);
            }
        }

        private Line repl;
        private string replName;

        private readonly ICampaignBoard board;
        private readonly List<Line> lines = new List<Line>();

        private const string Accepted = "OK";
        private const string Prompt = "\n>>> ";
        private const string RawPrompt = "raw REPL; CTRL-B to exit\r\n>";
        private const char EndOfTransmission = '\u0004';
        private const int UsbPart = 256;
        private const double UsbPause = 0.01;
        private const double BootSlice = 0.01;

        private sealed class Line
        {
            public Line(ReplSession session, IUART uart, string name)
            {
                this.session = session;
                Uart = uart;
                Name = name;
            }

            public void Receive(byte value)
            {
                if(value == Mark)
                {
                    Marks++;
                }
                else if(value == EndOfTransmission)
                {
                    if(++EndMarks == 1)
                    {
                        session.Ended?.Invoke();
                    }
                }
                received.Add(value);
                if(received.Count == Accepted.Length && EndsWith(Accepted))
                {
                    session.Began?.Invoke();
                }
            }

            public void Take(string text)
            {
                received.AddRange(Encoding.UTF8.GetBytes(text));
                Marks = received.Count(x => x == Mark);
                EndMarks = received.Count(x => x == EndOfTransmission);
            }

            public void Clear()
            {
                received.Clear();
                Marks = 0;
                EndMarks = 0;
            }

            public bool EndsWith(string text)
            {
                if(received.Count < text.Length)
                {
                    return false;
                }
                for(var i = 0; i < text.Length; i++)
                {
                    if(received[received.Count - text.Length + i] != text[i])
                    {
                        return false;
                    }
                }
                return true;
            }

            public string Text => Encoding.UTF8.GetString(received.ToArray());

            public int Marks { get; private set; }

            public int EndMarks { get; private set; }

            public IUART Uart { get; }

            public string Name { get; }

            private readonly ReplSession session;
            private readonly List<byte> received = new List<byte>();
        }
    }
}
