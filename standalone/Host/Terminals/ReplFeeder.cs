// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;
using System.Text.RegularExpressions;

using Antmicro.Renode.Time;

using Standalone.Host.Testers;

namespace Standalone.Host.Terminals
{
    /// <summary>
    /// Types a text into the guest's Python prompt, a line at a time, each when the prompt before it has come. Waits in
    /// virtual time, so that the result doesn't depend on the host's speed.
    /// </summary>
    internal sealed class ReplFeeder
    {
        /// <param name="port">The UART.</param>
        /// <param name="clock">Virtual time.</param>
        /// <param name="silence">How long the guest may say nothing before it is given up.</param>
        public ReplFeeder(ITerminalPort port, ITestClock clock, TimeInterval silence)
        {
            this.port = port;
            this.clock = clock;
            this.silence = silence;
            port.Received += OnCharacter;
        }

        /// <summary>Types all lines and waits for the prompt after the last one.</summary>
        /// <param name="input">The lines.</param>
        /// <param name="problem">What went wrong, in one line.</param>
        /// <returns>Whether the last prompt came.</returns>
        public bool TryFeed(TextReader input, out string problem)
        {
            problem = null;
            var number = 0;
            string line = "the start";
            while(true)
            {
                if(!WaitForPrompt())
                {
                    var last = current.ToString().Trim();
                    problem = $"no prompt came after {(number == 0 ? line : $"line {number} of the input")}: the board said nothing for {silence.TotalSeconds} virtual seconds"
                        + (last.Length > 0 ? $", last '{last}'" : string.Empty);
                    return false;
                }
                line = input.ReadLine();
                if(line == null)
                {
                    return true;
                }
                number++;
                TypeLine(line);
            }
        }

        private void TypeLine(string line)
        {
            // In a block MicroPython types the indentation itself.
            var indentation = prompt.Match(current.ToString()).Groups[1].Length;
            if(indentation > 0)
            {
                if(line.Length >= indentation && string.IsNullOrWhiteSpace(line[..indentation]))
                {
                    line = line[indentation..];
                }
                else
                {
                    Type(DeleteLine);
                }
            }
            current.Clear();
            isFresh = false;
            foreach(var value in Encoding.UTF8.GetBytes(line))
            {
                Type(value);
            }
            // A control character acts by itself.
            if(line.Length == 0 || !char.IsControl(line[^1]) || line[^1] == '\t')
            {
                Type((byte)'\r');
            }
        }

        // At the pace of a serial line, so that the guest's buffer doesn't overflow.
        private void Type(byte value)
        {
            port.Send(value);
            clock.Run(characterTime);
        }

        private bool WaitForPrompt()
        {
            var quiet = TimeInterval.Empty;
            while(quiet < silence)
            {
                var before = count;
                clock.Run(Slice);
                if(count != before)
                {
                    quiet = TimeInterval.Empty;
                    continue;
                }
                quiet += Slice;
                if(isFresh && prompt.IsMatch(current.ToString()))
                {
                    return true;
                }
            }
            return false;
        }

        private void OnCharacter(byte value)
        {
            count++;
            if(value == '\n')
            {
                current.Clear();
                isFresh = true;
            }
            else if(value != '\r')
            {
                current.Append((char)value);
            }
        }

        private long count;
        private bool isFresh = true;

        private readonly ITerminalPort port;
        private readonly ITestClock clock;
        private readonly TimeInterval silence;
        private readonly StringBuilder current = new();

        private const byte DeleteLine = 0x15;

        private static readonly TimeInterval Slice = TimeInterval.FromMilliseconds(2ul);
        private static readonly TimeInterval characterTime = TimeInterval.FromMicroseconds(100ul);
        private static readonly Regex prompt = new(@"^(?:>>> |\.\.\. |=== )( *)$", RegexOptions.CultureInvariant);
    }
}
