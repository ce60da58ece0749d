// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

using Antmicro.Renode.Time;

namespace Standalone.Host.Testers
{
    /// <summary>What a terminal tester found: the line, when it was complete (virtual milliseconds), and the groups of the pattern.</summary>
    internal sealed record TerminalMatch(string Line, double Timestamp, IReadOnlyList<string> Groups);

    /// <summary>A UART as a terminal tester sees it.</summary>
    internal interface ITerminalPort
    {
        /// <summary>Sends one character to the guest.</summary>
        void Send(byte value);

        event Action<byte> Received;
    }

    /// <summary>Time as testers see it.</summary>
    internal interface ITestClock
    {
        /// <summary>Lets virtual time run until <see cref="Stop"/> is called or the limit has passed.</summary>
        /// <returns>True if it was stopped.</returns>
        bool Run(TimeInterval limit);

        /// <summary>Makes <see cref="Run"/> return before the guest executes anything more.</summary>
        void Stop();

        /// <summary>Marks the emulation as paused.</summary>
        void Pause();

        TimeInterval Now { get; }
    }

    /// <summary>
    /// Collects what a UART says, by lines, and waits in virtual time for what a test expects. A match takes everything up to
    /// and including the matching line, so that the next wait looks at what came after it.
    /// </summary>
    internal sealed class TerminalTester
    {
        /// <param name="port">The UART.</param>
        /// <param name="clock">Virtual time.</param>
        /// <param name="timeout">How long to wait if a call doesn't say.</param>
        public TerminalTester(ITerminalPort port, ITestClock clock, TimeInterval timeout)
        {
            this.port = port;
            this.clock = clock;
            this.timeout = timeout;
            port.Received += OnCharacter;
            Report("Attached to UART", true, 0, false);
        }

        /// <summary>Sends text, one byte a character.</summary>
        public void Write(string text)
        {
            foreach(var character in text)
            {
                port.Send((byte)character);
            }
        }

        /// <summary>Sends text and a carriage return.</summary>
        public void WriteLine(string text)
        {
            Write(text + CarriageReturn);
        }

        /// <summary>Waits for a line that contains a pattern.</summary>
        /// <param name="pattern">Text, or a regular expression.</param>
        /// <param name="timeout">In virtual time; null for the default. Zero looks at what is there.</param>
        /// <param name="treatAsRegex">The pattern is a regular expression.</param>
        /// <param name="includeUnfinishedLine">The line need not have ended: a prompt.</param>
        /// <param name="pauseEmulation">Pause at the match.</param>
        /// <returns>Null if it didn't come.</returns>
        public TerminalMatch WaitFor(string pattern, TimeInterval? timeout = null, bool treatAsRegex = false, bool includeUnfinishedLine = false,
            bool pauseEmulation = false)
        {
            var name = $"Line containing{(treatAsRegex ? " regex" : string.Empty)} >>{pattern}<<";
            var matcher = CreateMatcher(pattern, treatAsRegex);
            return Wait(name, () => MatchLines(name, matcher) ?? (includeUnfinishedLine ? MatchUnfinished(name, matcher) : null), timeout, pauseEmulation);
        }

        /// <summary>What the UART said and what was made of it, up to now.</summary>
        public string GetReport()
        {
            return current.Length == 0 ? report.ToString() : $"{report}--- Current line buffer contains {current.Length} characters: >>{current}<<\n";
        }

        private void OnCharacter(byte value)
        {
            if(value == 0 || value == CarriageReturn)
            {
                return;
            }
            if(value == LineFeed)
            {
                lines.Add(new Line(current.ToString(), clock.Now.TotalMilliseconds));
                current.Clear();
            }
            else
            {
                Append((char)value);
            }
            if(matcher == null || found != null)
            {
                return;
            }
            found = matcher();
            if(found != null)
            {
                clock.Stop();
            }
        }

        // Colour sequences (ESC [ digits m) are no text. Of any other sequence Renode's tester leaves ESC and the digits.
        private void Append(char value)
        {
            if(escape.Length == 0)
            {
                (value == Escape ? escape : current).Append(value);
                return;
            }
            if(!isInSequence && value == '[')
            {
                isInSequence = true;
                return;
            }
            if(isInSequence && (char.IsAsciiDigit(value) || value == ';'))
            {
                escape.Append(value);
                return;
            }
            if(!isInSequence || value != 'm')
            {
                current.Append(escape);
            }
            escape.Clear();
            isInSequence = false;
        }

        private TerminalMatch Wait(string name, Func<TerminalMatch> condition, TimeInterval? wanted, bool pauseEmulation)
        {
            found = condition();
            var limit = wanted ?? timeout;
            if(found == null && limit != TimeInterval.Empty)
            {
                matcher = condition;
                clock.Run(limit);
                matcher = null;
            }
            var result = found;
            found = null;
            if(result == null)
            {
                Report(name, false, lines.Count, true);
            }
            else if(pauseEmulation)
            {
                clock.Pause();
            }
            return result;
        }

        private TerminalMatch MatchLines(string name, Func<string, IReadOnlyList<string>> matcher)
        {
            for(var i = 0; i < lines.Count; i++)
            {
                if(matcher(lines[i].Content) is IReadOnlyList<string> groups)
                {
                    Report(name, true, i + 1, false);
                    var line = lines[i];
                    lines.RemoveRange(0, i + 1);
                    return new TerminalMatch(Clean(line.Content), line.Timestamp, groups);
                }
            }
            return null;
        }

        private TerminalMatch MatchUnfinished(string name, Func<string, IReadOnlyList<string>> matcher)
        {
            if(matcher(current.ToString()) is not IReadOnlyList<string> groups)
            {
                return null;
            }
            Report(name, true, lines.Count, true);
            var content = current.ToString();
            current.Clear();
            lines.Clear();
            return new TerminalMatch(Clean(content), clock.Now.TotalMilliseconds, groups);
        }

        private void Report(string name, bool success, int lineCount, bool includeCurrent)
        {
            foreach(var line in lines.Take(lineCount))
            {
                report.Append(CultureInfo.InvariantCulture, $"[virt: {(int)line.Timestamp,7}] {line.Content}\n");
            }
            if(includeCurrent)
            {
                report.Append(CultureInfo.InvariantCulture, $"{current} [[no newline]]\n");
            }
            report.Append(CultureInfo.InvariantCulture, $"([virt: {clock.Now.TotalMilliseconds,7}] {name} event: {(success ? "success" : "failure")})\n");
        }

        /// <returns>The groups of a match, null if there is none.</returns>
        private static Func<string, IReadOnlyList<string>> CreateMatcher(string pattern, bool isRegex)
        {
            if(isRegex)
            {
                var regex = new Regex(pattern);
                return x => regex.Match(x) is { Success: true } match ? match.Groups.Cast<Group>().Skip(1).Select(y => y.Value).ToArray() : null;
            }
            return x => x.Contains(pattern, StringComparison.Ordinal) ? Array.Empty<string>() : null;
        }

        private static string Clean(string text)
        {
            return string.Concat(text.Where(x => !char.IsControl(x) || x == '\t'));
        }

        private Func<TerminalMatch> matcher;
        private TerminalMatch found;
        private bool isInSequence;

        private readonly ITerminalPort port;
        private readonly ITestClock clock;
        private readonly TimeInterval timeout;
        private readonly List<Line> lines = new();
        private readonly StringBuilder current = new();
        private readonly StringBuilder escape = new();
        private readonly StringBuilder report = new();

        private const char LineFeed = '\n';
        private const char CarriageReturn = '\r';
        private const char Escape = '\x1B';

        private sealed record Line(string Content, double Timestamp);
    }
}
