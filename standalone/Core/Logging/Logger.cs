// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Snapshots;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;

namespace Antmicro.Renode.Logging
{
    /// <summary>The log. Entries go to every backend at once, in order, on the thread that logs.</summary>
    public static class Logger
    {
        public static void AddBackend(ILoggerBackend backend, string name, bool overwrite = false)
        {
            lock(sync)
            {
                if(backends.TryGetValue(name, out var old))
                {
                    if(!overwrite)
                    {
                        throw new RecoverableException($"A log backend named '{name}' already exists.");
                    }
                    old.Dispose();
                }
                backends[name] = backend;
                backendList = backends.Values.ToArray();
                UpdateMinimumLevel();
            }
        }

        public static void RemoveBackend(ILoggerBackend backend)
        {
            lock(sync)
            {
                foreach(var name in backends.Where(x => x.Value == backend).Select(x => x.Key).ToArray())
                {
                    backends.Remove(name);
                }
                backendList = backends.Values.ToArray();
                UpdateMinimumLevel();
            }
            backend.Dispose();
        }

        public static IDictionary<string, ILoggerBackend> GetBackends()
        {
            lock(sync)
            {
                return new Dictionary<string, ILoggerBackend>(backends);
            }
        }

        /// <summary>To be called by a backend whose levels change.</summary>
        public static void SetLogLevel(ILoggerBackend backend, LogLevel level, int sourceId) => UpdateMinimumLevel();

        public static void Flush()
        {
            foreach(var backend in backendList)
            {
                backend.Flush();
            }
        }

        public static void Log(LogLevel type, string message, params object[] args) => LogAs(null, type, message, args);

        public static void Error(string message) => LogAs(null, LogLevel.Error, message);

        public static void Log(this IEmulationElement e, LogLevel type, string message, params object[] args) => LogAs(e, type, message, args);

        /// <summary>Logs on behalf of <paramref name="o"/>. Nothing is formatted if no backend wants the level.</summary>
        public static void LogAs(object o, LogLevel type, string message, params object[] args)
        {
            if(backendList.Length == 0 || type < minimumLevel)
            {
                return;
            }
            var emulation = EmulationManager.Instance.CurrentEmulation;
            var text = args == null || args.Length == 0 ? message : string.Format(message, args);
            var sourceId = o == null ? -1 : emulation.CurrentLogger.GetOrCreateSourceId(o);
            var entry = new LogEntry(DateTime.Now, emulation.MasterTimeSource.ElapsedVirtualTime, type, text, sourceId);
            foreach(var backend in backendList)
            {
                backend.Log(entry, Timestamps);
            }
        }

        public static void LogUnhandledRead(this IPeripheral peripheral, long offset)
        {
            peripheral.Log(LogLevel.Warning, "Unhandled read from offset 0x{0:X}{1}.", offset, RegisterName(peripheral, offset));
        }

        public static void LogUnhandledWrite(this IPeripheral peripheral, long offset, ulong value)
        {
            peripheral.Log(LogLevel.Warning, "Unhandled write to offset 0x{0:X}{1}, value 0x{2:X}.", offset, RegisterName(peripheral, offset), value);
        }

        /// <summary>The lowest level that any backend shows.</summary>
        public static LogLevel MinimumLogLevel => minimumLevel;

        /// <summary>Which time stamps backends put before a line.</summary>
        public static TimestampType Timestamps { get; set; } = TimestampType.Host;

        public static readonly LogLevel DefaultLogLevel = LogLevel.Info;

        private static string RegisterName(IPeripheral peripheral, long offset)
        {
            return peripheral is IHasMappedRegisters mapped ? $" ({mapped.OffsetToString(offset)})" : string.Empty;
        }

        private static void UpdateMinimumLevel()
        {
            lock(sync)
            {
                minimumLevel = backends.Values.SelectMany(x => x.GetCustomLogLevels().Values.Append(x.GetLogLevel())).DefaultIfEmpty(LogLevel.Error).Min();
            }
        }

        private static readonly object sync = new object();
        private static readonly Dictionary<string, ILoggerBackend> backends = new Dictionary<string, ILoggerBackend>();
        private static ILoggerBackend[] backendList = Array.Empty<ILoggerBackend>();
        private static LogLevel minimumLevel = LogLevel.Error;

        [Flags]
        public enum TimestampType
        {
            None = 0,
            Host = 1,
            Virtual = 2,
            Both = Host | Virtual,
        }
    }

    /// <summary>Numbers the objects that log.</summary>
    public interface ILogger
    {
        int GetOrCreateSourceId(object source);

        bool TryGetSourceId(object source, out int id);

        bool TryGetName(int id, out string objectName, out string machineName);
    }

    // numbers stay as they are, since levels are set by them
    [OutsideEmulation]
    internal sealed class SourceMap : ILogger
    {
        public SourceMap(Emulation emulation)
        {
            this.emulation = emulation;
        }

        public int GetOrCreateSourceId(object source)
        {
            lock(ids)
            {
                if(!ids.TryGetValue(source, out var id))
                {
                    id = sources.Count;
                    ids.Add(source, id);
                    sources.Add(source);
                }
                return id;
            }
        }

        public bool TryGetSourceId(object source, out int id)
        {
            lock(ids)
            {
                return ids.TryGetValue(source, out id);
            }
        }

        public bool TryGetName(int id, out string objectName, out string machineName)
        {
            objectName = null;
            machineName = null;
            object source;
            lock(ids)
            {
                if(id < 0 || id >= sources.Count)
                {
                    return false;
                }
                source = sources[id];
            }
            if(!emulation.TryGetEmulationElementName(source, out objectName, out machineName))
            {
                objectName = source.GetType().Name;
            }
            return true;
        }

        private readonly Emulation emulation;
        private readonly Dictionary<object, int> ids = new Dictionary<object, int>(ReferenceEqualityComparer.Instance);
        private readonly List<object> sources = new List<object>();
    }

    /// <summary>Where log entries go.</summary>
    public interface ILoggerBackend : IDisposable
    {
        void Log(LogEntry entry, Logger.TimestampType timestampType);

        /// <summary>Sets the level for one source (null: none of its own), or, with -1, for all without one of their own.</summary>
        void SetLogLevel(LogLevel level, int sourceId = -1);

        LogLevel GetLogLevel();

        IDictionary<int, LogLevel> GetCustomLogLevels();

        void Reset();

        void Flush();

        bool IsControllable { get; }
    }

    /// <summary>A backend with one level for most sources and other levels for some.</summary>
    public abstract class LoggerBackend : ILoggerBackend
    {
        public abstract void Log(LogEntry entry, Logger.TimestampType timestampType);

        public virtual void SetLogLevel(LogLevel level, int sourceId = -1)
        {
            if(sourceId == -1)
            {
                logLevel = level;
            }
            else if(level is null)
            {
                levels.Remove(sourceId);
            }
            else
            {
                levels[sourceId] = level;
            }
            Logger.SetLogLevel(this, level, sourceId);
        }

        public LogLevel GetLogLevel() => logLevel;

        public LogLevel GetCustomLogLevel(int? id) => id != null && levels.TryGetValue(id.Value, out var result) ? result : null;

        public IDictionary<int, LogLevel> GetCustomLogLevels() => levels;

        public void Reset()
        {
            levels.Clear();
            SetLogLevel(Logger.DefaultLogLevel);
        }

        public virtual void Flush()
        {
        }

        public virtual void Dispose()
        {
        }

        public virtual bool IsControllable => true;

        protected bool ShouldBeLogged(LogEntry entry) => entry.Type >= (GetCustomLogLevel(entry.SourceId) ?? logLevel);

        protected LogLevel logLevel = Logger.DefaultLogLevel;

        private readonly Dictionary<int, LogLevel> levels = new Dictionary<int, LogLevel>();
    }

    /// <summary>A backend that makes lines of text: <c>[WARNING] name: message</c>.</summary>
    public abstract class TextBackend : LoggerBackend
    {
        protected virtual string FormatLogEntry(LogEntry entry, Logger.TimestampType timestampType)
        {
            var machine = entry.MachineName != null && (entry.ForceMachineName || EmulationManager.Instance.CurrentEmulation.MachinesCount > 1) ? entry.MachineName + "/" : string.Empty;
            var message = entry.FullMessage.Replace("\n", Environment.NewLine + "    ");
            return $"{entry.GetTimestampString(timestampType)}[{entry.Type}] {machine}{message}";
        }
    }
}
