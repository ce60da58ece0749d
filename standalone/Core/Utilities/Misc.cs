// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Utilities
{
    /// <summary>Small helpers that models use.</summary>
    public static class Misc
    {
        public static string FormatWith(this string @this, params object[] args) => string.Format(@this, args);

        public static string Stringify<T>(this IEnumerable<T> source, string separator = " ", int limitPerLine = 0)
        {
            if(limitPerLine <= 0)
            {
                return string.Join(separator, source);
            }
            return string.Join(separator + Environment.NewLine, source.Chunk(limitPerLine).Select(x => string.Join(separator, x)));
        }

        public static int KB(this int value) => value * 1024;

        public static int MB(this int value) => value * 1024 * 1024;

        public static T Clamp<T>(this T @this, T min, T max) where T : IComparable
        {
            return @this.CompareTo(min) < 0 ? min : @this.CompareTo(max) > 0 ? max : @this;
        }

        public static T DivCeil<T>(this T dividend, T divisor) where T : IBinaryInteger<T>
        {
            return dividend / divisor + (dividend % divisor == T.Zero ? T.Zero : T.One);
        }

        public static ulong GCD(ulong a, ulong b)
        {
            while(b != 0)
            {
                (a, b) = (b, a % b);
            }
            return a;
        }

        public static void Times(this int times, Action<int> action)
        {
            for(var i = 0; i < times; i++)
            {
                action(i);
            }
        }

        public static void SetBit(this IValueRegisterField field, byte index, bool value)
        {
            var current = field.Value;
            BitHelper.SetBit(ref current, index, value);
            field.Value = current;
        }

        public static T[] DequeueAll<T>(this Queue<T> @this) => @this.DequeueRange(@this.Count);

        public static T[] DequeueRange<T>(this Queue<T> @this, int limit)
        {
            var result = new T[Math.Min(limit, @this.Count)];
            for(var i = 0; i < result.Length; i++)
            {
                result[i] = @this.Dequeue();
            }
            return result;
        }

        public static int EnqueueRange<T>(this Queue<T> @this, IEnumerable<T> data, int? limit = null)
        {
            var count = 0;
            foreach(var item in limit == null ? data : data.Take(limit.Value))
            {
                @this.Enqueue(item);
                count++;
            }
            return count;
        }

        public static string ToHexString(this byte[] data) => Convert.ToHexString(data).ToLowerInvariant();

        public static string PrettyPrintCollection<T>(IEnumerable<T> collection, Func<T, string> formatter = null)
        {
            return "[" + string.Join(", ", collection.Select(x => formatter == null ? x.ToString() : formatter(x))) + "]";
        }

        public static string PrettyPrintCollectionHex<T>(IEnumerable<T> collection) => PrettyPrintCollection(collection, x => string.Format("0x{0:X}", x));

        public static DateTime UnixEpoch => new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    }

    /// <summary>A table of text, built row by row, for the Monitor to print.</summary>
    public class Table
    {
        public Table AddRow(params string[] elements)
        {
            rows.Add(elements);
            return this;
        }

        public Table AddRows<T>(IEnumerable<T> source, params Func<T, string>[] selectors)
        {
            foreach(var item in source)
            {
                rows.Add(selectors.Select(x => x(item)).ToArray());
            }
            return this;
        }

        public string[,] ToArray()
        {
            var columns = rows.Count == 0 ? 0 : rows.Max(x => x.Length);
            var result = new string[rows.Count, columns];
            for(var i = 0; i < rows.Count; i++)
            {
                for(var j = 0; j < columns; j++)
                {
                    result[i, j] = j < rows[i].Length ? rows[i][j] : string.Empty;
                }
            }
            return result;
        }

        private readonly List<string[]> rows = new List<string[]>();
    }

    /// <summary>Marks types that the Monitor and .repl files can build from text.</summary>
    [AttributeUsage(AttributeTargets.All)]
    public class ConvertibleAttribute : Attribute
    {
    }

    /// <summary>A path that must name a readable file.</summary>
    public class ReadFilePath
    {
        public ReadFilePath(string path)
        {
            if(!System.IO.File.Exists(path))
            {
                throw new Exceptions.RecoverableException($"No file '{path}': check the path.");
            }
            this.path = path;
        }

        public override string ToString() => path;

        public static implicit operator ReadFilePath(string path) => new ReadFilePath(path);

        public static implicit operator string(ReadFilePath @this) => @this.path;

        private readonly string path;
    }

    /// <summary>A path to be written to.</summary>
    public class WriteFilePath
    {
        public WriteFilePath(string path)
        {
            this.path = path;
        }

        public override string ToString() => path;

        public static implicit operator WriteFilePath(string path) => new WriteFilePath(path);

        public static implicit operator string(WriteFilePath @this) => @this.path;

        private readonly string path;
    }

    /// <summary>A path to be written to; the host never overwrites older logs.</summary>
    public class SequencedFilePath : WriteFilePath
    {
        public SequencedFilePath(string path) : base(path)
        {
        }

        public static implicit operator SequencedFilePath(string path) => new SequencedFilePath(path);
    }

    /// <summary>A path that may name a file.</summary>
    public class OptionalReadFilePath
    {
        public OptionalReadFilePath(string path)
        {
            this.path = path;
        }

        public override string ToString() => path;

        public static implicit operator OptionalReadFilePath(string path) => new OptionalReadFilePath(path);

        public static implicit operator string(OptionalReadFilePath @this) => @this.path;

        private readonly string path;
    }

    /// <summary>The Monitor fills in the parameter itself.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    public class AutoParameterAttribute : Attribute
    {
    }

    /// <summary>The enumeration may hold values without a name.</summary>
    [AttributeUsage(AttributeTargets.Enum)]
    public class AllowAnyNumericalValue : Attribute
    {
    }
}
