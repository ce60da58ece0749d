// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Text.RegularExpressions;

using Antmicro.Renode.Logging;

namespace Standalone.Host.Robot
{
    /// <summary>A keyword failed, as a test would expect of it.</summary>
    internal sealed class KeywordException : Exception
    {
        public KeywordException(string message) : base(message)
        {
        }
    }

    /// <summary>There is no such keyword, or not with these arguments.</summary>
    internal sealed class UnknownKeywordException : Exception
    {
        public UnknownKeywordException(string message) : base(message)
        {
        }
    }

    /// <summary>Which keywords are run again when a test requires the state that an earlier one provides.</summary>
    internal enum Replay
    {
        /// <summary>Only if the state isn't saved as a snapshot.</summary>
        InReexecution,
        Always,
        Never,
    }

    /// <summary>Makes a method a keyword.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class KeywordAttribute : Attribute
    {
        public KeywordAttribute(string documentation, Replay replay = Replay.InReexecution)
        {
            Documentation = documentation;
            Replay = replay;
        }

        public string Documentation { get; }

        public Replay Replay { get; }
    }

    /// <summary>Finds and runs keywords: methods of some objects that carry <see cref="KeywordAttribute"/>.</summary>
    internal sealed class KeywordTable
    {
        /// <summary>Offers the keywords of an object.</summary>
        public void Add(object provider)
        {
            foreach(var method in provider.GetType().GetMethods(BindingFlags.Instance | BindingFlags.Public))
            {
                var attribute = method.GetCustomAttribute<KeywordAttribute>();
                if(attribute == null)
                {
                    continue;
                }
                if(!keywords.TryGetValue(method.Name, out var overloads))
                {
                    keywords[method.Name] = overloads = new List<Keyword>();
                }
                overloads.Add(new Keyword(method, provider, attribute));
            }
        }

        /// <summary>Runs a keyword.</summary>
        /// <param name="name">Its name, as in <see cref="Names"/>; case, spaces and underscores don't matter.</param>
        /// <param name="arguments">Values by position, then texts `name=value`.</param>
        /// <exception cref="UnknownKeywordException">There is none that takes these arguments.</exception>
        public object Run(string name, IReadOnlyList<object> arguments)
        {
            if(!keywords.TryGetValue(name, out var overloads))
            {
                var plain = Plain(name);
                overloads = keywords.FirstOrDefault(x => Plain(x.Key) == plain).Value
                    ?? throw new UnknownKeywordException($"Keyword \"{name}\" not found: the standalone host doesn't offer it, Renode may have it");
            }
            foreach(var keyword in overloads)
            {
                if(!TryBind(keyword.Method.GetParameters(), arguments, out var values))
                {
                    continue;
                }
                if(keyword.Attribute.Replay != Replay.Never)
                {
                    Recorded.Add((name, arguments, keyword.Attribute.Replay));
                }
                try
                {
                    return keyword.Method.Invoke(keyword.Provider, values);
                }
                catch(TargetInvocationException e)
                {
                    ExceptionDispatchInfo.Capture(e.InnerException).Throw();
                }
            }
            throw new UnknownKeywordException($"Arguments types do not match any available keyword \"{name}\" : [{string.Join(", ", arguments)}]");
        }

        public string GetDocumentation(string name)
        {
            return name != null && keywords.TryGetValue(name, out var overloads) ? overloads[0].Attribute.Documentation : string.Empty;
        }

        public IEnumerable<string> Names => keywords.Keys.OrderBy(x => x, StringComparer.Ordinal);

        /// <summary>The keywords run since the emulation was last cleared, for `Requires`.</summary>
        public List<(string Name, IReadOnlyList<object> Arguments, Replay Replay)> Recorded { get; } = new();

        private static bool TryBind(ParameterInfo[] parameters, IReadOnlyList<object> arguments, out object[] values)
        {
            values = new object[parameters.Length];
            if(parameters.Length == 1 && parameters[0].ParameterType == typeof(string[]) && arguments.All(x => x is string))
            {
                values[0] = arguments.Cast<string>().ToArray();
                return true;
            }
            var given = new bool[parameters.Length];
            var position = 0;
            var hasNamed = false;
            foreach(var argument in arguments)
            {
                var index = position;
                var value = argument;
                if(argument is string text && namedArgument.Match(text) is { Success: true } match)
                {
                    index = Array.FindIndex(parameters, x => x.Name == match.Groups[1].Value);
                    if(index < 0)
                    {
                        return false;
                    }
                    value = match.Groups[2].Value;
                    hasNamed = true;
                }
                else
                {
                    if(hasNamed)
                    {
                        throw new KeywordException("Named arguments must appear after the positional arguments");
                    }
                    position++;
                }
                if(index >= parameters.Length || given[index] || !TryConvert(value, parameters[index].ParameterType, out values[index]))
                {
                    return false;
                }
                given[index] = true;
            }
            for(var i = 0; i < parameters.Length; i++)
            {
                if(!given[i])
                {
                    if(!parameters[i].HasDefaultValue)
                    {
                        return false;
                    }
                    values[i] = parameters[i].DefaultValue;
                }
            }
            return true;
        }

        private static bool TryConvert(object value, Type type, out object result)
        {
            result = null;
            var underlying = Nullable.GetUnderlyingType(type);
            if(value == null || (value is string none && none is "" or "null" or "None" && type != typeof(string) && (underlying != null || !type.IsValueType)))
            {
                return underlying != null || !type.IsValueType;
            }
            type = underlying ?? type;
            if(type.IsInstanceOfType(value))
            {
                result = value;
                return true;
            }
            if(type == typeof(string[]))
            {
                result = (value as List<object>)?.Select(x => Convert.ToString(x, CultureInfo.InvariantCulture)).ToArray();
                return result != null;
            }
            if(type == typeof(LogLevel))
            {
                return value is string level && LogLevel.TryParse(level, out var parsed) && (result = parsed) != null;
            }
            if(value is not string text)
            {
                if(type == typeof(string) || value is not IConvertible)
                {
                    result = Convert.ToString(value, CultureInfo.InvariantCulture);
                    return type == typeof(string);
                }
                try
                {
                    result = Convert.ChangeType(value, type, CultureInfo.InvariantCulture);
                    return true;
                }
                catch(Exception e) when(e is FormatException or OverflowException or InvalidCastException)
                {
                    return false;
                }
            }
            if(type == typeof(bool))
            {
                var isBool = bool.TryParse(text, out var boolean);
                result = boolean;
                return isBool;
            }
            if(type == typeof(char))
            {
                result = text.Length == 1 ? text[0] : '\0';
                return text.Length == 1;
            }
            if(type.IsEnum)
            {
                return Enum.TryParse(type, text, out result) && Enum.IsDefined(type, result);
            }
            return Numbers.IsNumeric(type) && Numbers.TryParse(text, type, out result);
        }

        private static string Plain(string name)
        {
            return name.Replace(" ", string.Empty).Replace("_", string.Empty).ToLowerInvariant();
        }

        private readonly Dictionary<string, List<Keyword>> keywords = new();

        private static readonly Regex namedArgument = new("^([a-zA-Z0-9_]+)=(.+)$", RegexOptions.Singleline | RegexOptions.CultureInvariant);

        private sealed record Keyword(MethodInfo Method, object Provider, KeywordAttribute Attribute);
    }
}
