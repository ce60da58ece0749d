// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace Standalone.Host.Monitor
{
    internal enum NumbersMode
    {
        Hexadecimal,
        Decimal,
        Both,
    }

    /// <summary>Shows results as Renode's Monitor does.</summary>
    internal static class Printer
    {
        /// <summary>The text of a result, with the line break that ends it.</summary>
        public static string Print(object value, NumbersMode mode)
        {
            if(value is string[,] table)
            {
                return PrintTable(table);
            }
            if(value is IDictionary dictionary)
            {
                return PrintDictionary(dictionary, mode);
            }
            var result = PrintItem(value, mode) + EndOfLine;
            return value != null && value.GetType().IsEnum ? result + PrintMembers(value.GetType()) : result;
        }

        /// <summary>A table with a heading row between lines.</summary>
        public static string PrintTable(string[,] table)
        {
            var widths = Enumerable.Range(0, table.GetLength(1))
                .Select(x => Enumerable.Range(0, table.GetLength(0)).Max(y => (table[y, x] ?? string.Empty).Length)).ToArray();
            var line = new string('-', widths.Sum() + widths.Length + 1) + EndOfLine;
            var result = new StringBuilder(line);
            for(var row = 0; row < table.GetLength(0); row++)
            {
                if(row == 1)
                {
                    result.Append(line);
                }
                result.Append('|');
                for(var column = 0; column < widths.Length; column++)
                {
                    result.Append((table[row, column] ?? string.Empty).PadRight(widths[column])).Append('|');
                }
                result.Append(EndOfLine);
            }
            return result.Append(line).ToString();
        }

        private static string PrintItem(object value, NumbersMode mode)
        {
            switch(value)
            {
            case sbyte or null:
                return Convert.ToString(value, CultureInfo.InvariantCulture);
            case string text:
                return text;
            case IEnumerable items:
                var result = new StringBuilder("[").Append(EndOfLine);
                var count = 0;
                foreach(var item in items)
                {
                    result.Append(PrintItem(item, mode)).Append(", ");
                    if(++count % 10 == 0)
                    {
                        result.Append(EndOfLine);
                    }
                }
                return result.Append(EndOfLine).Append(']').ToString();
            }
            if(Numbers.IsInteger(value.GetType()))
            {
                var hex = string.Format(CultureInfo.InvariantCulture, $"0x{{0:X{2 * Marshal.SizeOf(value.GetType())}}}", value);
                var plain = string.Format(CultureInfo.InvariantCulture, "{0}", value);
                return mode switch
                {
                    NumbersMode.Decimal => plain,
                    NumbersMode.Both => $"{hex} ({plain})",
                    _ => hex,
                };
            }
            return string.Format(CultureInfo.InvariantCulture, "{0}", value);
        }

        private static string PrintDictionary(IDictionary dictionary, NumbersMode mode)
        {
            var width = dictionary.Keys.Cast<object>().Select(x => x.ToString().Length).DefaultIfEmpty().Max();
            var result = new StringBuilder();
            foreach(DictionaryEntry entry in dictionary)
            {
                result.Append(entry.Key.ToString().PadRight(width)).Append(" : ").Append(PrintItem(entry.Value, mode)).Append(EndOfLine);
            }
            return result.ToString();
        }

        private static string PrintMembers(Type type)
        {
            return $"{EndOfLine}Possible values are:{EndOfLine}{string.Concat(Enum.GetNames(type).Select(x => $"\t{x}{EndOfLine}"))}{EndOfLine}";
        }

        /// <summary>What ends a line of a result, as in Renode; line breaks within a value are its own.</summary>
        public const string EndOfLine = "\r\n";
    }
}
