// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Time;

namespace Standalone.Host.Testers
{
    /// <summary>Collects log entries and waits in virtual time for those that a test expects.</summary>
    internal sealed class LogTester : LoggerBackend
    {
        /// <param name="clock">Virtual time.</param>
        /// <param name="timeout">How long to wait if a call doesn't say.</param>
        /// <param name="maxEntries">How many entries are kept at most; the oldest tenth goes first.</param>
        public LogTester(ITestClock clock, TimeInterval timeout, uint maxEntries)
        {
            this.clock = clock;
            this.timeout = timeout;
            this.maxEntries = maxEntries;
        }

        public override void Log(LogEntry entry, Logger.TimestampType timestampType)
        {
            if(!ShouldBeLogged(entry))
            {
                return;
            }
            if(entries.Count >= maxEntries)
            {
                HasDroppedEntries = true;
                entries.RemoveRange(0, Math.Max(1, (int)maxEntries / 10));
            }
            entries.Add(entry);
            if(condition != null && (IsFailing(entry) || condition(entry)))
            {
                condition = null;
                clock.Stop();
            }
        }

        /// <summary>Waits for an entry.</summary>
        /// <param name="pattern">Text, or a regular expression, that the message with its source's name contains.</param>
        /// <param name="isFailingString">What came is an entry that must not.</param>
        /// <param name="limit">In virtual time; null for the default. Zero looks at what is there.</param>
        /// <param name="keep">Leave entries for the next wait; else all up to the one found are gone.</param>
        /// <param name="treatAsRegex">The pattern is a regular expression.</param>
        /// <param name="pauseEmulation">Pause when it came, or at the end of the wait.</param>
        /// <param name="level">Only entries of this level; null for any.</param>
        /// <returns>The message, or null if it didn't come.</returns>
        public string WaitForEntry(string pattern, out bool isFailingString, TimeInterval? limit = null, bool keep = false, bool treatAsRegex = false,
            bool pauseEmulation = false, LogLevel level = null)
        {
            var matches = CreateMatcher(pattern, treatAsRegex);
            bool Matches(LogEntry x) => (level is null || x.Type == level) && matches(x);

            var result = Find(Matches, keep, out isFailingString);
            var time = limit ?? timeout;
            if(result != null || time == TimeInterval.Empty)
            {
                return result;
            }
            condition = Matches;
            clock.Run(time);
            condition = null;
            if(pauseEmulation)
            {
                clock.Pause();
            }
            return Find(Matches, keep, out isFailingString);
        }

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

        public void ClearHistory()
        {
            entries.Clear();
            HasDroppedEntries = false;
        }

        /// <summary>The newest messages.</summary>
        public IEnumerable<string> GetMessages(int count)
        {
            return entries.TakeLast(count).Select(x => x.FullMessage);
        }

        public bool HasDroppedEntries { get; private set; }

        public uint MaxEntries => maxEntries;

        private string Find(Predicate<LogEntry> matches, bool keep, out bool isFailingString)
        {
            var index = entries.FindIndex(IsFailing);
            isFailingString = index >= 0;
            if(index < 0)
            {
                index = entries.FindIndex(matches);
            }
            if(index < 0)
            {
                return null;
            }
            var result = entries[index].FullMessage;
            if(!keep)
            {
                entries.RemoveRange(0, index + 1);
            }
            return result;
        }

        private bool IsFailing(LogEntry entry)
        {
            return failing.Any(x => x.Matches(entry));
        }

        private static Predicate<LogEntry> CreateMatcher(string pattern, bool isRegex)
        {
            if(!isRegex)
            {
                return x => x.FullMessage.Contains(pattern, StringComparison.Ordinal);
            }
            var regex = new Regex(pattern);
            return x => regex.IsMatch(x.FullMessage);
        }

        private Predicate<LogEntry> condition;

        private readonly ITestClock clock;
        private readonly TimeInterval timeout;
        private readonly uint maxEntries;
        private readonly List<LogEntry> entries = new();
        private readonly List<(string Pattern, bool IsRegex, Predicate<LogEntry> Matches)> failing = new();
    }
}
