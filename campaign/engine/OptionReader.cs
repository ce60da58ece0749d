// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>Reads words and values of a command line; what is wrong with one is said in a line.</summary>
    internal static class OptionReader
    {
        /// <summary>Reads options from one string.</summary>
        /// <exception cref="RecoverableException">An option is unknown, lacks its value, or the value is out of range.</exception>
        public static void Read(string text, CampaignOptions options)
        {
            var words = new Queue<string>(Split(text));
            while(words.Count > 0)
            {
                var word = words.Dequeue();
                var equals = word.IndexOf('=');
                var name = equals < 0 ? word : word.Substring(0, equals);
                var isEncoded = name.EndsWith(EncodedMark, StringComparison.Ordinal);
                name = isEncoded ? name.Substring(0, name.Length - EncodedMark.Length) : name;
                var option = OptionTable.All.FirstOrDefault(x => x.Name == name);
                if(option?.Set == null)
                {
                    throw new RecoverableException(option == null ? $"there is no option '{name}': say one of {string.Join(", ", OptionTable.All.Where(x => x.Set != null && !x.IsHidden).Select(x => x.Name))}"
                        : $"{name} is an option of './build.sh campaign', not of the Monitor's verb");
                }
                if(option.Value == null && equals >= 0)
                {
                    throw new RecoverableException($"{name} takes no value");
                }
                option.Set(options, option.Value == null ? null : isEncoded ? Uri.UnescapeDataString(word.Substring(equals + 1)) : equals >= 0 ? word.Substring(equals + 1)
                    : words.Count > 0 ? words.Dequeue() : throw new RecoverableException($"{name}: a value is missing"));
            }
        }

        /// <summary>An option with its value as <see cref="Read"/> takes it, and a shell as well: quoted, or percent-encoded where it has a quote itself.</summary>
        public static string Write(string name, string value)
        {
            return value.Any(x => x == '\'' || x == '"' || char.IsControl(x)) ? $"{name}{EncodedMark}={Uri.EscapeDataString(value)}"
                : value.Length > 0 && value.All(x => char.IsLetterOrDigit(x) || "-_./,:+%@".Contains(x)) ? $"{name} {value}"
                : $"{name} '{value}'";
        }

        /// <summary>Words that are parted by blanks, and may be quoted.</summary>
        public static IEnumerable<string> Split(string text)
        {
            var word = new StringBuilder();
            var quote = '\0';
            var isWord = false;
            foreach(var character in text ?? "")
            {
                if(quote != '\0')
                {
                    if(character == quote)
                    {
                        quote = '\0';
                    }
                    else
                    {
                        word.Append(character);
                    }
                }
                else if(character == '\'' || character == '"')
                {
                    quote = character;
                    isWord = true;
                }
                else if(char.IsWhiteSpace(character))
                {
                    if(isWord)
                    {
                        yield return word.ToString();
                        word.Clear();
                        isWord = false;
                    }
                }
                else
                {
                    word.Append(character);
                    isWord = true;
                }
            }
            if(quote != '\0')
            {
                throw new RecoverableException($"the options end within {quote}...{quote}");
            }
            if(isWord)
            {
                yield return word.ToString();
            }
        }

        /// <summary>A regular expression.</summary>
        public static Regex Pattern(string name, string value)
        {
            try
            {
                return new Regex(value.Length > 0 ? value : throw new RecoverableException($"{name}: a value is missing"), RegexOptions.CultureInvariant);
            }
            catch(ArgumentException e)
            {
                throw new RecoverableException($"{name} '{value}' is no regular expression: {e.Message}");
            }
        }

        /// <summary>One of several values.</summary>
        public static T Choice<T>(string name, string value, IEnumerable<(string Name, T Value)> choices)
        {
            foreach(var choice in choices)
            {
                if(choice.Name == value)
                {
                    return choice.Value;
                }
            }
            throw new RecoverableException($"{name} {value}: say one of {string.Join(", ", choices.Select(x => x.Name))}");
        }

        /// <summary>One or several of some names, in the order in which they stand there.</summary>
        public static IReadOnlyList<string> Names(string name, string value, IReadOnlyList<string> names)
        {
            var words = value.Split(',');
            foreach(var word in words.Where(x => !names.Contains(x)))
            {
                throw new RecoverableException($"{name} {value}: there is no '{word}', say one or several of {string.Join(",", names)}");
            }
            return names.Where(words.Contains).ToArray();
        }

        /// <summary>A whole number.</summary>
        public static int Integer(string name, string value, int lowest, int highest)
        {
            return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var result) && result >= lowest && result <= highest ? result
                : throw new RecoverableException($"{name} {value}: give a whole number from {lowest} to {highest}");
        }

        /// <summary>Seconds.</summary>
        public static double Seconds(string name, string value, double lowest, double highest)
        {
            return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var result) && result >= lowest && result <= highest ? result
                : throw new RecoverableException($"{name} {value}: give seconds from {Number(lowest)} to {Number(highest)}");
        }

        /// <summary>One of so many parts.</summary>
        public static (int Part, int Count) Part(string name, string value)
        {
            var parts = value.Split('/');
            if(parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var part)
                || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1)
            {
                throw new RecoverableException($"{name} {value}: give I/N, as 1/4");
            }
            return part >= 1 && part <= count ? (part, count)
                : throw new RecoverableException($"{name} {value}: the first number is out of range, give 1 to {count}");
        }

        /// <summary>A cut, or several in a row.</summary>
        public static int[] Path(string name, string value)
        {
            var parts = value.Split(',');
            var path = new int[parts.Length];
            for(var i = 0; i < parts.Length; i++)
            {
                if(!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out path[i]) || path[i] < 1 || parts.Length > 3)
                {
                    throw new RecoverableException($"{name} {value}: give the number of a cut, as 17, or of cuts in a row, as 17,3");
                }
            }
            return path;
        }

        /// <summary>A number as it is given.</summary>
        public static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

        // As in --from%=a%27b.
        private const string EncodedMark = "%";
    }
}
