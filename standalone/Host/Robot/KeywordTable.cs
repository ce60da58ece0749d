// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Text.RegularExpressions;

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

    /// <summary>Makes a method a keyword.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class KeywordAttribute : Attribute
    {
        public KeywordAttribute(string documentation)
        {
            Documentation = documentation;
        }

        public string Documentation { get; }
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
                if(attribute != null)
                {
                    keywords.Add(method.Name, new Keyword(method, provider, attribute));
                }
            }
        }

        /// <summary>Runs a keyword.</summary>
        /// <param name="name">Its name, as in <see cref="Names"/>; case, spaces and underscores don't matter.</param>
        /// <param name="arguments">Values by position, then texts `name=value`.</param>
        /// <exception cref="UnknownKeywordException">There is none that takes these arguments.</exception>
        public object Run(string name, IReadOnlyList<object> arguments)
        {
            var plain = Plain(name);
            if(Array.Find(renodeOnly, x => Plain(x) == plain) is string other)
            {
                throw new KeywordException($"The keyword {other} is not offered by the standalone host: Renode has it");
            }
            var keyword = keywords.FirstOrDefault(x => Plain(x.Key) == plain).Value
                ?? throw new UnknownKeywordException($"Keyword \"{name}\" not found: the standalone host doesn't offer it, Renode may have it");
            if(!TryBind(keyword.Method.GetParameters(), arguments, out var values))
            {
                throw new UnknownKeywordException($"Arguments types do not match any available keyword \"{name}\" : [{string.Join(", ", arguments)}]. "
                    + $"The standalone host knows {string.Join(", ", keyword.Method.GetParameters().Select(x => x.Name))}: Renode may have more");
            }
            try
            {
                return keyword.Method.Invoke(keyword.Provider, values);
            }
            catch(TargetInvocationException e)
            {
                ExceptionDispatchInfo.Capture(e.InnerException).Throw();
                throw;
            }
        }

        public string GetDocumentation(string name)
        {
            return name != null && keywords.TryGetValue(name, out var keyword) ? keyword.Attribute.Documentation : string.Empty;
        }

        /// <summary>Those that are offered, and Renode's others, which say so when they are run.</summary>
        public IEnumerable<string> Names => keywords.Keys.Concat(renodeOnly).OrderBy(x => x, StringComparer.Ordinal);

        private static bool TryBind(ParameterInfo[] parameters, IReadOnlyList<object> arguments, out object[] values)
        {
            values = new object[parameters.Length];
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
            return Numbers.IsNumeric(type) && Numbers.TryParse(text, type, out result);
        }

        private static string Plain(string name)
        {
            return name.Replace(" ", string.Empty).Replace("_", string.Empty).ToLowerInvariant();
        }

        private readonly Dictionary<string, Keyword> keywords = new();

        // Robot itself would say of them only that there is no such keyword.
        private static readonly string[] renodeOnly =
        {
            "AllocateTemporaryFile", "AssertAndHoldLedState", "AssertLedDutyCycle", "AssertLedIsBlinking", "ClearCachedLog", "ClearLogTesterHistory", "ClearTerminalTesterReport",
            "EnableLoggingToCache", "ExecutePython", "ExecuteScript", "GetTerminalTesterReport", "HandleHotSpot", "LogToFile", "PcShouldBeEqual", "Provides",
            "RegisterFailingLogString", "RegisterFailingUartString", "RegisterShouldBeEqual", "Requires", "SaveCachedLog", "SetDefaultLedTimeout", "SetDefaultTester",
            "ShouldNotBeOnUart", "StopRemoteServer", "TestIfUartIsIdle", "UnregisterFailingLogString", "UnregisterFailingUartString", "WaitForBytesOnUart",
            "WaitForLinesOnUart", "WaitForNextLineOnUart", "WaitForPause", "WriteCharOnUart",
        };

        private static readonly Regex namedArgument = new("^([a-zA-Z0-9_]+)=(.+)$", RegexOptions.Singleline | RegexOptions.CultureInvariant);

        private sealed record Keyword(MethodInfo Method, object Provider, KeywordAttribute Attribute);
    }
}
