// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;

namespace Standalone.Host
{
    /// <summary>Writes the log to standard error.</summary>
    internal sealed class ConsoleBackend : TextBackend
    {
        public override void Log(LogEntry entry, Logger.TimestampType timestampType)
        {
            if(!ShouldBeLogged(entry))
            {
                return;
            }
            var text = FormatLogEntry(entry, timestampType);
            if(UseColors && entry.Type.Color is ConsoleColor color)
            {
                text = $"\x1B[{(color == ConsoleColor.Red ? 31 : color == ConsoleColor.DarkYellow ? 33 : 32)}m{text}\x1B[0m";
            }
            lock(sync)
            {
                Console.Error.WriteLine(text);
            }
        }

        public bool UseColors { get; set; }

        private readonly object sync = new();
    }

    /// <summary>Writes the log to a file.</summary>
    internal sealed class FileBackend : TextBackend
    {
        /// <param name="path">The file; what is in it is lost.</param>
        /// <param name="flushAfterEachWrite">So that the file is complete at any time.</param>
        /// <exception cref="RecoverableException">It can't be written.</exception>
        public FileBackend(string path, bool flushAfterEachWrite)
        {
            try
            {
                writer = new StreamWriter(path, false, new UTF8Encoding(false)) { AutoFlush = flushAfterEachWrite };
            }
            catch(Exception e) when(e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw new RecoverableException($"The log can't be written to '{path}': {e.Message}");
            }
        }

        public override void Log(LogEntry entry, Logger.TimestampType timestampType)
        {
            if(!ShouldBeLogged(entry))
            {
                return;
            }
            lock(writer)
            {
                writer.WriteLine(FormatLogEntry(entry, timestampType));
            }
        }

        public override void Flush()
        {
            lock(writer)
            {
                writer.Flush();
            }
        }

        public override void Dispose()
        {
            lock(writer)
            {
                writer.Dispose();
            }
        }

        private readonly StreamWriter writer;
    }
}
