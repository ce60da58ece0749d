// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;

using Antmicro.Renode.Exceptions;

namespace Standalone.Host.Monitor
{
    /// <summary>Turns the words of a command into the values that a method or property takes.</summary>
    internal sealed class ValueConverter
    {
        /// <param name="findObject">Finds a peripheral or external by its name; null if there is none.</param>
        public ValueConverter(Func<string, object> findObject)
        {
            this.findObject = findObject;
        }

        /// <summary>Converts one argument: a word, or a list in brackets.</summary>
        /// <param name="argument">The words of the argument.</param>
        /// <param name="type">The type wanted.</param>
        /// <param name="result">The value.</param>
        /// <param name="problem">Why it can't be converted, in a few words.</param>
        public bool TryConvert(Argument argument, Type type, out object result, out string problem)
        {
            result = null;
            var elementType = GetElementType(type);
            if(argument.IsList != (elementType != null))
            {
                problem = argument.IsList ? $"a list is no {Describe(type)}" : $"'{argument}' is no list";
                return false;
            }
            if(elementType == null)
            {
                return TryConvert(argument.Tokens[0], type, out result, out problem);
            }
            var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(elementType));
            foreach(var token in argument.Tokens)
            {
                if(!TryConvert(token, elementType, out var item, out problem))
                {
                    return false;
                }
                items.Add(item);
            }
            result = items;
            if(type.IsArray)
            {
                var array = Array.CreateInstance(elementType, items.Count);
                items.CopyTo(array, 0);
                result = array;
            }
            problem = null;
            return true;
        }

        /// <summary>Converts one word.</summary>
        public bool TryConvert(Token token, Type type, out object result, out string problem)
        {
            problem = null;
            result = null;
            var underlying = Nullable.GetUnderlyingType(type);
            if(token.Kind == TokenKind.Null)
            {
                problem = type.IsValueType && underlying == null ? $"null is no {Describe(type)}" : null;
                return problem == null;
            }
            type = underlying ?? type;
            var converted = token.Value switch
            {
                bool value when type == typeof(bool) || type == typeof(object) => Succeed(value, out result),
                bool => false,
                decimal value => TryConvertInteger(value, type, out result),
                double value => TryConvertReal(value, type, out result),
                string value => TryConvertText(token, value, type, out result, ref problem),
                _ when type.IsInstanceOfType(token.Value) => Succeed(token.Value, out result),
                _ => token.Value != null && TryOperator(token.Value, type, out result, ref problem),
            };
            if(!converted)
            {
                problem ??= $"'{token.Original}' is no {Describe(type)}";
            }
            return converted;
        }

        /// <summary>The type's name as the Monitor shows it.</summary>
        public static string Describe(Type type)
        {
            var arguments = type.GetGenericArguments();
            if(arguments.Length == 0)
            {
                return type.Name;
            }
            if(Nullable.GetUnderlyingType(type) is Type underlying)
            {
                return Describe(underlying) + "?";
            }
            var tick = type.Name.IndexOf('`');
            return $"{(tick > 0 ? type.Name[..tick] : type.Name)}<{string.Join(",", arguments.Select(Describe))}>";
        }

        private static Type GetElementType(Type type)
        {
            if(type.IsArray)
            {
                return type.GetElementType();
            }
            if(!typeof(IList).IsAssignableFrom(type) || !type.IsGenericType)
            {
                return null;
            }
            return type.GetInterfaces().Append(type)
                .FirstOrDefault(x => x.IsGenericType && x.GetGenericTypeDefinition() == typeof(IList<>))?.GetGenericArguments()[0];
        }

        private static bool TryConvertInteger(decimal value, Type type, out object result)
        {
            if(type.IsEnum)
            {
                if(!Numbers.TryFit(value, Enum.GetUnderlyingType(type), out var number))
                {
                    result = null;
                    return false;
                }
                result = Enum.ToObject(type, number);
                return Enum.IsDefined(type, result) || type.IsDefined(typeof(FlagsAttribute), false);
            }
            if(type == typeof(object))
            {
                result = value is >= int.MinValue and <= int.MaxValue ? (int)value : value < 0 ? (long)value : (ulong)value;
                return true;
            }
            if(Numbers.IsNumeric(type))
            {
                return Numbers.TryFit(value, type, out result);
            }
            // From the widest to the narrowest: an operator that takes the number as it is.
            foreach(var source in integerTypes)
            {
                string problem = null;
                if(Numbers.TryFit(value, source, out var number) && TryOperator(number, type, out result, ref problem))
                {
                    return true;
                }
            }
            result = null;
            return false;
        }

        private static bool TryConvertReal(double value, Type type, out object result)
        {
            result = null;
            if(type == typeof(object) || type == typeof(double) || type == typeof(float) || type == typeof(decimal))
            {
                result = type == typeof(object) ? value : Convert.ChangeType((float)value, type, CultureInfo.InvariantCulture);
                return true;
            }
            string problem = null;
            return TryOperator(value, type, out result, ref problem);
        }

        private bool TryConvertText(Token token, string value, Type type, out object result, ref string problem)
        {
            if(type == typeof(string))
            {
                result = value;
                return token.IsText;
            }
            result = null;
            if(Numbers.IsNumeric(type) || type == typeof(bool))
            {
                return false;
            }
            if(findObject(value) is object found && type.IsInstanceOfType(found))
            {
                result = found;
                return true;
            }
            if(type.IsEnum)
            {
                if(!Enum.IsDefined(type, value))
                {
                    problem = $"'{value}' is no {type.Name}: it is one of {string.Join(", ", Enum.GetNames(type))}";
                    return false;
                }
                result = Enum.Parse(type, value);
                return true;
            }
            if(type == typeof(object))
            {
                result = value;
                return true;
            }
            return TryOperator(value, type, out result, ref problem);
        }

        private static bool TryOperator(object value, Type type, out object result, ref string problem)
        {
            result = null;
            if(type.IsInstanceOfType(value))
            {
                result = value;
                return true;
            }
            var conversion = type.GetMethods(BindingFlags.Public | BindingFlags.Static)
                .FirstOrDefault(x => (x.Name == "op_Implicit" || x.Name == "op_Explicit") && x.ReturnType == type
                    && x.GetParameters()[0].ParameterType == value.GetType());
            if(conversion == null)
            {
                return false;
            }
            try
            {
                result = conversion.Invoke(null, new[] { value });
                return true;
            }
            catch(TargetInvocationException e) when(e.InnerException is RecoverableException or FormatException or OverflowException
                or ArgumentException or InvalidCastException)
            {
                problem = e.InnerException.Message;
                return false;
            }
        }

        private static bool Succeed(object value, out object result)
        {
            result = value;
            return true;
        }

        private readonly Func<string, object> findObject;

        private static readonly Type[] integerTypes =
        {
            typeof(ulong), typeof(long), typeof(uint), typeof(int), typeof(ushort), typeof(short), typeof(byte), typeof(double),
        };
    }

    /// <summary>One argument of a command: one word, or the words of a list in brackets.</summary>
    internal sealed record Argument(IReadOnlyList<Token> Tokens, bool IsList)
    {
        /// <summary>Groups words into arguments, named ones (`name=value`) with their names.</summary>
        /// <exception cref="RecoverableException">A bracket is not closed.</exception>
        public static List<(string Name, Argument Value)> Group(IReadOnlyList<Token> tokens)
        {
            var result = new List<(string, Argument)>();
            for(var i = 0; i < tokens.Count; i++)
            {
                string name = null;
                if(tokens[i].Kind == TokenKind.Literal && i + 2 < tokens.Count && tokens[i + 1].Kind == TokenKind.Assign)
                {
                    name = tokens[i].Text;
                    i += 2;
                }
                if(tokens[i].Kind != TokenKind.OpenBracket)
                {
                    result.Add((name, new Argument(new[] { tokens[i] }, false)));
                    continue;
                }
                var items = new List<Token>();
                for(i++; i < tokens.Count && tokens[i].Kind != TokenKind.CloseBracket; i++)
                {
                    if(tokens[i].Kind != TokenKind.Comma)
                    {
                        items.Add(tokens[i]);
                    }
                }
                if(i == tokens.Count)
                {
                    throw new RecoverableException("']' is missing at the end of a list");
                }
                result.Add((name, new Argument(items, true)));
            }
            return result;
        }

        public override string ToString()
        {
            var text = string.Join(", ", Tokens.Select(x => x.Original));
            return IsList ? $"[{text}]" : text;
        }
    }
}
