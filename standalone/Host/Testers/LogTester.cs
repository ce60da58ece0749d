// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

using Antmicro.Renode.Logging;
using Antmicro.Renode.Time;

namespace Standalone.Host.Testers
{
    /// <summary>Collects log entries and waits in virtual time for those that a test expects.</summary>
    internal sealed class LogTester : LoggerBackend
    {
        /// <param name="clock">Virtual time.</param>
        /// <param name="timeout">How long to wait if a call doesn't say.</param>
        public LogTester(ITestClock clock, TimeInterval timeout)
        {
            this.clock = clock;
            this.timeout = timeout;
        }

        public override void Log(LogEntry entry, Logger.TimestampType timestampType)
        {
            if(!ShouldBeLogged(entry))
            {
                return;
            }
            if(entries.Count >= MaxEntries)
            {
                // the oldest go
                entries.RemoveRange(0, MaxEntries / 10);
            }
            entries.Add(entry);
            if(condition != null && condition(entry))
            {
                condition = null;
                clock.Stop();
            }
        }

        /// <summary>Waits for an entry.</summary>
        /// <param name="pattern">Text, or a regular expression, that the message with its source's name contains.</param>
        /// <param name="limit">In virtual time; null for the default. Zero looks at what is there.</param>
        /// <param name="keep">Leave entries for the next wait; else all up to the one found are gone.</param>
        /// <param name="treatAsRegex">The pattern is a regular expression.</param>
        /// <param name="pauseEmulation">Pause when it came, or at the end of the wait.</param>
        /// <returns>The message, or null if it didn't come.</returns>
        public string WaitForEntry(string pattern, TimeInterval? limit, bool keep, bool treatAsRegex, bool pauseEmulation)
        {
            var matches = CreateMatcher(pattern, treatAsRegex);
            var result = Find(matches, keep);
            var time = limit ?? timeout;
            if(result != null || time == TimeInterval.Empty)
            {
                return result;
            }
            condition = matches;
            clock.Run(time);
            condition = null;
            if(pauseEmulation)
            {
                clock.Pause();
            }
            return Find(matches, keep);
        }

        /// <summary>The newest messages.</summary>
        public IEnumerable<string> GetMessages(int count)
        {
            return entries.TakeLast(count).Select(x => x.FullMessage);
        }

        private string Find(Predicate<LogEntry> matches, bool keep)
        {
            var index = entries.FindIndex(matches);
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
        private readonly List<LogEntry> entries = new();

        private const int MaxEntries = 1000000;
    }
}
