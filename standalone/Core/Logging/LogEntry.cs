// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Logging
{
    /// <summary>One line of the log.</summary>
    public sealed class LogEntry
    {
        /// <param name="sourceId">Number that the logger gave to the object that logs; -1 if there is none.</param>
        public LogEntry(DateTime time, TimeInterval virtualTime, LogLevel level, string message, int sourceId = -1, bool forceMachineName = false, int? threadId = null)
        {
            Time = time;
            VirtualTime = virtualTime;
            Type = level;
            Message = message;
            SourceId = sourceId;
            ForceMachineName = forceMachineName;
            ThreadId = threadId;
            if(sourceId == -1 || !EmulationManager.Instance.CurrentEmulation.CurrentLogger.TryGetName(sourceId, out var objectName, out var machineName))
            {
                return;
            }
            MachineName = machineName;
            var prefix = Machine.SystemBusName + ".";
            ObjectName = objectName.StartsWith(prefix, StringComparison.Ordinal) ? objectName.Substring(prefix.Length) : objectName;
        }

        /// <summary>Virtual or host time of the entry as a prefix for its line; empty for <see cref="Logger.TimestampType.None"/>.</summary>
        public string GetTimestampString(Logger.TimestampType timestampType)
        {
            switch(timestampType)
            {
            case Logger.TimestampType.Host:
                return $"[{Time:HH:mm:ss.ffff}] ";
            case Logger.TimestampType.Virtual:
                return $"[{VirtualTime}] ";
            case Logger.TimestampType.Both:
                return $"[host: {Time:HH:mm:ss.ffff} | virt: {VirtualTime}] ";
            default:
                return string.Empty;
            }
        }

        /// <summary>Text as a backend shows it: <c>name: message</c>, or the message if the source has no name.</summary>
        public string FullMessage => ObjectName == null ? Message : $"{ObjectName}: {Message}";

        public DateTime Time { get; }

        public TimeInterval VirtualTime { get; }

        public LogLevel Type { get; }

        public string Message { get; }

        public int SourceId { get; }

        /// <summary>The source's name in its machine, without the leading <c>sysbus.</c>, or null.</summary>
        public string ObjectName { get; }

        public string MachineName { get; }

        public bool ForceMachineName { get; }

        public int? ThreadId { get; }
    }
}
