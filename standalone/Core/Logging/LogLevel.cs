// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Linq;

using Antmicro.Renode.Utilities;

namespace Antmicro.Renode.Logging
{
    /// <summary>Importance of a log entry, from <see cref="Noisy"/> (-1) to <see cref="Error"/> (3).</summary>
    [Convertible]
    public sealed class LogLevel : IEquatable<LogLevel>, IComparable<LogLevel>
    {
        public static bool TryParse(string type, out LogLevel logLevel)
        {
            logLevel = AvailableLevels.FirstOrDefault(x => string.Equals(x.name, type, StringComparison.OrdinalIgnoreCase));
            return logLevel is not null;
        }

        public static bool TryToCreateFromInteger(int level, out LogLevel logLevel)
        {
            logLevel = AvailableLevels.FirstOrDefault(x => x.NumericLevel == level);
            return logLevel is not null;
        }

        public static readonly LogLevel Noisy = new LogLevel("Noisy", -1, null);
        public static readonly LogLevel Debug = new LogLevel("Debug", 0, null);
        public static readonly LogLevel Info = new LogLevel("Info", 1, ConsoleColor.Green);
        public static readonly LogLevel Warning = new LogLevel("Warning", 2, ConsoleColor.DarkYellow);
        public static readonly LogLevel Error = new LogLevel("Error", 3, ConsoleColor.Red);

        public static LogLevel[] AvailableLevels { get; } = { Noisy, Debug, Info, Warning, Error };

        public override string ToString() => name.ToUpperInvariant();

        public override bool Equals(object obj) => Equals(obj as LogLevel);

        public bool Equals(LogLevel other) => other is not null && other.NumericLevel == NumericLevel;

        public override int GetHashCode() => NumericLevel;

        public int CompareTo(LogLevel other) => NumericLevel.CompareTo(other.NumericLevel);

        public int NumericLevel { get; }

        public ConsoleColor? Color { get; }

        public static bool operator <(LogLevel first, LogLevel second) => first.NumericLevel < second.NumericLevel;

        public static bool operator <=(LogLevel first, LogLevel second) => first.NumericLevel <= second.NumericLevel;

        public static bool operator >(LogLevel first, LogLevel second) => first.NumericLevel > second.NumericLevel;

        public static bool operator >=(LogLevel first, LogLevel second) => first.NumericLevel >= second.NumericLevel;

        public static bool operator ==(LogLevel first, LogLevel second) => first is null ? second is null : first.Equals(second);

        public static bool operator !=(LogLevel first, LogLevel second) => !(first == second);

        public static explicit operator LogLevel(int level)
        {
            return TryToCreateFromInteger(level, out var result) ? result : throw new InvalidCastException($"No log level {level}: use -1 (Noisy) to 3 (Error).");
        }

        public static explicit operator int(LogLevel type) => type.NumericLevel;

        private LogLevel(string name, int level, ConsoleColor? color)
        {
            this.name = name;
            NumericLevel = level;
            Color = color;
        }

        private readonly string name;
    }
}
