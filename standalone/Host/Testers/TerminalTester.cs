// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Time;

namespace Standalone.Host.Testers
{
    internal enum EndLineOption
    {
        TreatLineFeedAsEndLine,
        TreatCarriageReturnAsEndLine,
    }

    /// <summary>What a terminal tester found: the line, when it was complete (virtual milliseconds), and the groups of the pattern.</summary>
    internal sealed record TerminalMatch(string Line, double Timestamp, IReadOnlyList<string> Groups, bool IsFailingString = false);

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
        /// <param name="endLineOption">Which character ends a line.</param>
        /// <param name="binaryMode">Keep all bytes in one line, and take patterns that aren't regular expressions as hex digits.</param>
        public TerminalTester(ITerminalPort port, ITestClock clock, TimeInterval timeout, EndLineOption endLineOption = EndLineOption.TreatLineFeedAsEndLine,
            bool binaryMode = false)
        {
            this.port = port;
            this.clock = clock;
            this.endLineOption = endLineOption;
            BinaryMode = binaryMode;
            DefaultTimeout = timeout;
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
        /// <param name="matchNextLine">Only the next line may match, at its start if it is unfinished.</param>
        /// <returns>Null if it didn't come.</returns>
        public TerminalMatch WaitFor(string pattern, TimeInterval? timeout = null, bool treatAsRegex = false, bool includeUnfinishedLine = false,
            bool pauseEmulation = false, bool matchNextLine = false)
        {
            var name = $"Line containing{(treatAsRegex ? " regex" : string.Empty)} >>{pattern}<<";
            var matcher = CreateMatcher(pattern, treatAsRegex);
            return Wait(name, () => MatchLines(name, matcher, matchNextLine) ?? (includeUnfinishedLine ? MatchUnfinished(name, matcher, matchNextLine) : null),
                timeout, pauseEmulation);
        }

        /// <summary>Waits for lines that follow each other and contain the patterns.</summary>
        /// <param name="patterns">One for each line.</param>
        /// <param name="timeout">In virtual time; null for the default.</param>
        /// <param name="treatAsRegex">The patterns are regular expressions.</param>
        /// <param name="includeUnfinishedLine">The last line need not have ended.</param>
        /// <param name="pauseEmulation">Pause at the match.</param>
        /// <param name="matchFromNextLine">The first must match in the next line.</param>
        public TerminalMatch WaitFor(string[] patterns, TimeInterval? timeout = null, bool treatAsRegex = false, bool includeUnfinishedLine = false,
            bool pauseEmulation = false, bool matchFromNextLine = false)
        {
            if(patterns.Length == 0)
            {
                return new TerminalMatch(string.Empty, 0, Array.Empty<string>());
            }
            if(matchFromNextLine)
            {
                TerminalMatch last = null;
                for(var i = 0; i < patterns.Length; i++)
                {
                    last = WaitFor(patterns[i], timeout, treatAsRegex, includeUnfinishedLine && i == patterns.Length - 1, pauseEmulation, true);
                    if(last == null)
                    {
                        return null;
                    }
                }
                return last;
            }
            var name = $"Lines starting with{(treatAsRegex ? " regex" : string.Empty)} >>{patterns[0]}<<";
            var matchers = patterns.Select(x => CreateMatcher(x, treatAsRegex)).ToArray();
            return Wait(name, () => MatchSequence(name, matchers, includeUnfinishedLine), timeout, pauseEmulation);
        }

        /// <summary>Waits for a line, whatever it contains.</summary>
        public TerminalMatch NextLine(TimeInterval? timeout = null, bool pauseEmulation = false)
        {
            const string name = "Next line";
            return Wait(name, () => lines.Count == 0 ? null : Succeed(name, 0, Array.Empty<string>()), timeout, pauseEmulation);
        }

        /// <summary>Lets time pass and tells whether no character came.</summary>
        public bool IsIdle(TimeInterval? timeout = null, bool pauseEmulation = true)
        {
            isWaitingForCharacter = true;
            var isIdle = !clock.Run(timeout ?? DefaultTimeout);
            isWaitingForCharacter = false;
            if(pauseEmulation)
            {
                clock.Pause();
            }
            if(!isIdle)
            {
                Report("Terminal is idle", false, lines.Count, true);
            }
            return isIdle;
        }

        /// <summary>A line that contains this makes every wait fail.</summary>
        public void RegisterFailingString(string pattern, bool treatAsRegex)
        {
            failing.Add((pattern, treatAsRegex, CreateMatcher(pattern, treatAsRegex)));
        }

        public void UnregisterFailingString(string pattern, bool treatAsRegex)
        {
            if(failing.RemoveAll(x => x.Pattern == pattern && x.IsRegex == treatAsRegex) == 0)
            {
                throw new RecoverableException("Unable to unregister failing string, entry not found");
            }
        }

        /// <summary>Forgets all finished lines and the report.</summary>
        public void ClearReport()
        {
            lines.Clear();
            report.Clear();
        }

        /// <summary>What the UART said and what was made of it, up to now.</summary>
        public string GetReport()
        {
            return current.Length == 0 ? report.ToString() : $"{report}--- Current line buffer contains {current.Length} characters: >>{current}<<\n";
        }

        public bool BinaryMode { get; }

        public TimeInterval DefaultTimeout { get; set; }

        private void OnCharacter(byte value)
        {
            if(!BinaryMode && (value == 0 || (value == CarriageReturn && endLineOption == EndLineOption.TreatLineFeedAsEndLine)))
            {
                return;
            }
            if(!BinaryMode && value == (endLineOption == EndLineOption.TreatLineFeedAsEndLine ? LineFeed : CarriageReturn))
            {
                lines.Add(new Line(current.ToString(), clock.Now.TotalMilliseconds));
                current.Clear();
            }
            else
            {
                Append((char)value);
            }
            if(isWaitingForCharacter)
            {
                clock.Stop();
            }
            if(matcher == null || found != null)
            {
                return;
            }
            found = MatchFailing() ?? matcher();
            if(found != null)
            {
                clock.Stop();
            }
        }

        // Colour sequences (ESC [ digits m) are no text. Of any other sequence Renode's tester leaves ESC and the digits.
        private void Append(char value)
        {
            if(BinaryMode)
            {
                current.Append(value);
                return;
            }
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

        private TerminalMatch Wait(string name, Func<TerminalMatch> condition, TimeInterval? timeout, bool pauseEmulation)
        {
            found = MatchFailing() ?? condition();
            var limit = timeout ?? DefaultTimeout;
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

        private TerminalMatch MatchFailing()
        {
            return failing.Select(x => MatchLines("error", x.Matcher, false)).FirstOrDefault(x => x != null) is TerminalMatch match
                ? match with { IsFailingString = true } : null;
        }

        private TerminalMatch MatchLines(string name, Func<string, Hit> matcher, bool onlyFirst)
        {
            for(var i = 0; i < (onlyFirst ? Math.Min(1, lines.Count) : lines.Count); i++)
            {
                if(matcher(lines[i].Content) is Hit hit)
                {
                    return Succeed(name, i, hit.Groups);
                }
            }
            return null;
        }

        private TerminalMatch MatchUnfinished(string name, Func<string, Hit> matcher, bool onlyAtStart)
        {
            if(matcher(current.ToString()) is not Hit hit || (onlyAtStart && hit.Start != 0))
            {
                return null;
            }
            Report(name, true, lines.Count, true);
            // Text mode takes the whole line, binary mode what comes after the match stays.
            var end = BinaryMode ? hit.End : current.Length;
            var content = current.ToString(BinaryMode ? hit.Start : 0, end - (BinaryMode ? hit.Start : 0));
            current.Remove(0, end);
            lines.Clear();
            return new TerminalMatch(Clean(content), clock.Now.TotalMilliseconds, hit.Groups);
        }

        private TerminalMatch MatchSequence(string name, Func<string, Hit>[] matchers, bool includeUnfinishedLine)
        {
            var finished = includeUnfinishedLine ? matchers.Length - 1 : matchers.Length;
            for(var start = 0; start + finished <= lines.Count; start++)
            {
                if(!Enumerable.Range(0, finished).All(x => matchers[x](lines[start + x].Content) != null))
                {
                    continue;
                }
                if(!includeUnfinishedLine)
                {
                    return Succeed(name, start + finished - 1, Array.Empty<string>());
                }
                if(start + finished == lines.Count)
                {
                    return MatchUnfinished(name, matchers[^1], false);
                }
            }
            return null;
        }

        private TerminalMatch Succeed(string name, int index, IReadOnlyList<string> groups)
        {
            Report(name, true, index + 1, false);
            var line = lines[index];
            lines.RemoveRange(0, index + 1);
            return new TerminalMatch(Clean(line.Content), line.Timestamp, groups);
        }

        private void Report(string name, bool success, int lineCount, bool includeCurrent)
        {
            foreach(var line in lines.Take(lineCount))
            {
                report.Append(CultureInfo.InvariantCulture, $"[virt: {(int)line.Timestamp,7}] {line.Content}\n");
            }
            if(includeCurrent)
            {
                report.Append(BinaryMode ? string.Join(" ", current.ToString().Select(x => $"{(byte)x:X2}")) : $"{current} [[no newline]]").Append('\n');
            }
            report.Append(CultureInfo.InvariantCulture, $"([virt: {clock.Now.TotalMilliseconds,7}] {name} event: {(success ? "success" : "failure")})\n");
        }

        private Func<string, Hit> CreateMatcher(string pattern, bool isRegex)
        {
            if(isRegex)
            {
                var regex = new Regex(pattern, BinaryMode ? RegexOptions.Singleline : RegexOptions.None);
                return x => regex.Match(x) is { Success: true } match
                    ? new Hit(match.Index, match.Index + match.Length, match.Groups.Cast<Group>().Skip(1).Select(y => y.Value).ToArray()) : null;
            }
            var text = pattern;
            if(BinaryMode)
            {
                try
                {
                    text = Encoding.Latin1.GetString(Convert.FromHexString(string.Concat(pattern.Where(x => !char.IsWhiteSpace(x)))));
                }
                catch(FormatException)
                {
                    throw new RecoverableException($"'{pattern}' is no even number of hex digits, as binary mode needs");
                }
            }
            return x => x.IndexOf(text, StringComparison.Ordinal) is >= 0 and var start ? new Hit(start, start + text.Length, Array.Empty<string>()) : null;
        }

        private string Clean(string text)
        {
            return BinaryMode ? text : string.Concat(text.Where(x => !char.IsControl(x) || x == '\t'));
        }

        private Func<TerminalMatch> matcher;
        private TerminalMatch found;
        private bool isWaitingForCharacter;
        private bool isInSequence;

        private readonly ITerminalPort port;
        private readonly ITestClock clock;
        private readonly EndLineOption endLineOption;
        private readonly List<Line> lines = new();
        private readonly StringBuilder current = new();
        private readonly StringBuilder escape = new();
        private readonly StringBuilder report = new();
        private readonly List<(string Pattern, bool IsRegex, Func<string, Hit> Matcher)> failing = new();

        private const char LineFeed = '\n';
        private const char CarriageReturn = '\r';
        private const char Escape = '\x1B';

        private sealed record Line(string Content, double Timestamp);

        private sealed record Hit(int Start, int End, IReadOnlyList<string> Groups);
    }
}
