// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Text;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.UserInterface;
using Antmicro.Renode.Utilities;

using static Standalone.Host.Monitor.Printer;

namespace Standalone.Host.Monitor
{
    /// <summary>Reads and writes public members of emulation objects, and calls their methods, by the words of a command.</summary>
    internal sealed class ObjectAccess
    {
        /// <param name="converter">Converts arguments.</param>
        /// <param name="types">Knows the extension methods.</param>
        /// <param name="currentMachine">The machine for parameters that Renode fills by itself.</param>
        public ObjectAccess(ValueConverter converter, TypeDirectory types, Func<IMachine> currentMachine)
        {
            this.converter = converter;
            this.types = types;
            this.currentMachine = currentMachine;
        }

        /// <summary>Does what the words say: `Method a b`, `Property`, `Property value`, `Property Member ...`, `[index] value`.</summary>
        /// <param name="name">What the object is called, for messages.</param>
        /// <param name="target">The object.</param>
        /// <param name="tokens">The words after its name.</param>
        /// <returns>The result, or null if there is none.</returns>
        public object Execute(string name, object target, IReadOnlyList<Token> tokens)
        {
            var type = target.GetType();
            if(tokens[0].Kind == TokenKind.OpenBracket)
            {
                return ExecuteIndexer(name, target, GetMembers(type).OfType<PropertyInfo>().Where(x => x.GetIndexParameters().Length > 0), tokens);
            }
            if(tokens[0].Kind != TokenKind.Literal)
            {
                throw new RecoverableException("Bad syntax");
            }
            var member = tokens[0].Text;
            var rest = tokens.Skip(1).ToList();
            var found = GetMembers(type).Where(x => x.Name == member).ToList();

            var methods = found.OfType<MethodInfo>().Select(x => (Method: x, Skip: 0))
                .Concat(types.GetExtensions(type).Where(x => x.Name == member).Select(x => (Method: x, Skip: 1))).ToList();
            if(methods.Count > 0)
            {
                return Call(name, target, methods, rest);
            }
            var indexers = found.OfType<PropertyInfo>().Where(x => x.GetIndexParameters().Length > 0).ToList();
            if(indexers.Count > 0 && rest.Count > 0)
            {
                return ExecuteIndexer(name, target, indexers, rest);
            }
            if(found.OfType<PropertyInfo>().FirstOrDefault() is PropertyInfo property)
            {
                return Access($"{name} {member}", property.PropertyType, rest, property.GetMethod?.IsPublic == true, property.SetMethod?.IsPublic == true,
                    () => Invoke(() => property.GetValue(target)), x => Invoke(() => property.SetValue(target, x)));
            }
            if(found.OfType<FieldInfo>().FirstOrDefault() is FieldInfo field)
            {
                return Access($"{name} {member}", field.FieldType, rest, true, !field.IsLiteral && !field.IsInitOnly,
                    () => field.GetValue(target), x => field.SetValue(target, x));
            }
            throw new RecoverableException($"{name} does not provide a field, method or property {member}. The standalone host offers a part of Renode: Renode may have it");
        }

        /// <summary>Describes the public members of a type, all or those of one name, as Renode lists them.</summary>
        public string Describe(string name, Type type, string member = null)
        {
            var result = new StringBuilder();
            var members = GetMembers(type).Where(x => member == null || x.Name == member).ToList();
            var methods = members.OfType<MethodInfo>().Select(x => (Method: x, Skip: 0))
                .Concat(types.GetExtensions(type).Where(x => member == null || x.Name == member).Select(x => (Method: x, Skip: 1)))
                .OrderBy(x => x.Method.Name, StringComparer.Ordinal).ToList();
            if(methods.Count > 0)
            {
                result.Append($"{EndOfLine}The following methods are available:{EndOfLine}");
                foreach(var (method, skip) in methods)
                {
                    result.Append($" - {ValueConverter.Describe(method.ReturnType)} {method.Name} ({string.Join(", ", Parameters(method, skip).Select(DescribeParameter))}){EndOfLine}");
                }
                result.Append($"{EndOfLine}Usage:{EndOfLine} {name} MethodName param1 param2 ...{EndOfLine}{EndOfLine}");
            }
            var properties = members.OfType<PropertyInfo>().OrderBy(x => x.Name, StringComparer.Ordinal).ToList();
            if(properties.Count > 0)
            {
                result.Append($"{EndOfLine}The following properties are available:{EndOfLine}");
                foreach(var property in properties)
                {
                    var access = string.Join(" and ", new[]
                    {
                        property.GetMethod?.IsPublic == true ? "'get'" : null, property.SetMethod?.IsPublic == true ? "'set'" : null,
                    }.Where(x => x != null));
                    var indices = property.GetIndexParameters();
                    var index = indices.Length > 0 ? $"[{string.Join(", ", indices.Select(DescribeParameter))}]" : string.Empty;
                    result.Append($" - {ValueConverter.Describe(property.PropertyType)} {property.Name}{index}{EndOfLine}     available for {access}{EndOfLine}");
                }
                result.Append($"{EndOfLine}Usage:{EndOfLine} - get: {name} PropertyName{EndOfLine} - set: {name} PropertyName Value{EndOfLine}{EndOfLine}");
            }
            var fields = members.OfType<FieldInfo>().OrderBy(x => x.Name, StringComparer.Ordinal).ToList();
            if(fields.Count > 0)
            {
                result.Append($"{EndOfLine}The following fields are available:{EndOfLine}");
                foreach(var field in fields)
                {
                    result.Append($" - {ValueConverter.Describe(field.FieldType)} {field.Name}{(field.IsLiteral || field.IsInitOnly ? " (read only)" : string.Empty)}{EndOfLine}");
                }
                result.Append($"{EndOfLine}Usage:{EndOfLine} - get: {name} fieldName{EndOfLine} - set: {name} fieldName Value{EndOfLine}{EndOfLine}");
            }
            return result.ToString();
        }

        /// <summary>Whether the type has a public member of that name.</summary>
        public bool Has(Type type, string member)
        {
            return GetMembers(type).Any(x => x.Name == member) || types.GetExtensions(type).Any(x => x.Name == member);
        }

        private object Access(string name, Type type, List<Token> rest, bool readable, bool writable, Func<object> get, Action<object> set)
        {
            var isObject = !type.IsEnum && !type.IsValueType && type != typeof(string);
            if(rest.Count > 0 && isObject && readable && rest[0].Kind is TokenKind.Literal or TokenKind.OpenBracket)
            {
                var value = get();
                if(value != null && (rest[0].Kind == TokenKind.OpenBracket ? !type.IsArray : Has(value.GetType(), rest[0].Text)))
                {
                    return Execute(name, value, rest);
                }
            }
            if(rest.Count == 0)
            {
                return readable ? get() : throw new RecoverableException($"{name} can only be set");
            }
            if(!writable)
            {
                throw new RecoverableException($"{name} can only be read");
            }
            var arguments = Argument.Group(rest);
            if(arguments.Count != 1)
            {
                throw new RecoverableException($"{name} takes one value, not {arguments.Count}");
            }
            if(!converter.TryConvert(arguments[0].Value, type, out var converted, out var problem))
            {
                throw new RecoverableException($"Could not set {name}: {problem}");
            }
            set(converted);
            return null;
        }

        private object ExecuteIndexer(string name, object target, IEnumerable<PropertyInfo> indexers, IReadOnlyList<Token> tokens)
        {
            var arguments = Argument.Group(tokens);
            var problem = $"{name} has no indexer.";
            foreach(var indexer in indexers.OrderBy(x => x.GetIndexParameters().Length))
            {
                var parameters = indexer.GetIndexParameters();
                var index = arguments[0].Value.Tokens;
                if(parameters.Length != index.Count)
                {
                    problem = $"{name} takes {parameters.Length} indices";
                    continue;
                }
                var values = new object[parameters.Length];
                var fits = true;
                for(var i = 0; i < values.Length && fits; i++)
                {
                    fits = converter.TryConvert(index[i], parameters[i].ParameterType, out values[i], out problem);
                }
                if(!fits)
                {
                    continue;
                }
                if(arguments.Count == 1)
                {
                    return Invoke(() => indexer.GetValue(target, values));
                }
                if(!converter.TryConvert(arguments[1].Value, indexer.PropertyType, out var value, out problem))
                {
                    continue;
                }
                Invoke(() => indexer.SetValue(target, value, values));
                return null;
            }
            throw new RecoverableException(problem);
        }

        private object Call(string name, object target, List<(MethodInfo Method, int Skip)> candidates, IReadOnlyList<Token> tokens)
        {
            var arguments = Argument.Group(tokens);
            string problem = null;
            foreach(var (method, skip) in candidates.OrderBy(x => x.Method.GetParameters().Length - x.Skip)
                .ThenBy(x => x.Method.GetParameters().Count(y => y.ParameterType == typeof(string))))
            {
                if(!TryPrepare(method, skip, arguments, out var values, out var reason))
                {
                    // Of several overloads, the one that got furthest tells best what is wrong.
                    problem = problem == null || reason.StartsWith('\'') ? reason : problem;
                    continue;
                }
                if(skip > 0)
                {
                    values.Insert(0, target);
                }
                return Invoke(() => method.Invoke(skip > 0 ? null : target, values.ToArray()));
            }
            var signature = string.Join(" or ", candidates.Take(3).Select(x =>
                $"{x.Method.Name}({string.Join(", ", Parameters(x.Method, x.Skip).Select(DescribeParameter))})"));
            throw new RecoverableException($"Parameters did not match the signature of {name} {signature}: {problem}");
        }

        private bool TryPrepare(MethodInfo method, int skip, List<(string Name, Argument Value)> arguments, out List<object> values, out string problem)
        {
            values = new List<object>();
            problem = null;
            var all = method.GetParameters().Skip(skip).ToList();
            if(all.Count > 0 && IsFilledIn(all[0]))
            {
                values.Add(currentMachine());
                all.RemoveAt(0);
            }
            var rest = all.Count > 0 && all[^1].IsDefined(typeof(ParamArrayAttribute), false) ? all[^1] : null;
            if(rest != null)
            {
                all.RemoveAt(all.Count - 1);
            }
            var given = new Argument[all.Count];
            var extra = new List<Argument>();
            for(var i = 0; i < arguments.Count; i++)
            {
                var (name, value) = arguments[i];
                var position = name == null ? i : all.FindIndex(x => x.Name == name);
                if(position < 0)
                {
                    problem = $"it has no parameter '{name}'";
                    return false;
                }
                if(position < all.Count && given[position] == null)
                {
                    given[position] = value;
                }
                else if(rest != null && name == null)
                {
                    extra.Add(value);
                }
                else
                {
                    problem = $"it takes {all.Count} parameter(s), not {arguments.Count}";
                    return false;
                }
            }
            for(var i = 0; i < all.Count; i++)
            {
                if(given[i] == null)
                {
                    if(!all[i].IsOptional)
                    {
                        problem = $"its parameter '{all[i].Name}' is missing";
                        return false;
                    }
                    values.Add(all[i].DefaultValue);
                    continue;
                }
                if(!converter.TryConvert(given[i], all[i].ParameterType, out var value, out problem))
                {
                    return false;
                }
                values.Add(value);
            }
            if(rest != null)
            {
                var elementType = rest.ParameterType.GetElementType();
                var array = Array.CreateInstance(elementType, extra.Count);
                for(var i = 0; i < extra.Count; i++)
                {
                    if(!converter.TryConvert(extra[i], elementType, out var value, out problem))
                    {
                        return false;
                    }
                    array.SetValue(value, i);
                }
                values.Add(array);
            }
            return true;
        }

        private static void Invoke(Action action)
        {
            Invoke<object>(() =>
            {
                action();
                return null;
            });
        }

        private static T Invoke<T>(Func<T> function)
        {
            try
            {
                return function();
            }
            catch(TargetInvocationException e)
            {
                ExceptionDispatchInfo.Capture(e.InnerException).Throw();
                throw;
            }
        }

        private static string DescribeParameter(ParameterInfo parameter)
        {
            var prefix = parameter.IsDefined(typeof(ParamArrayAttribute), false) ? "params " : string.Empty;
            var suffix = string.Empty;
            if(parameter.IsOptional)
            {
                suffix = parameter.DefaultValue switch
                {
                    null => " = null",
                    string text => $" = \"{text}\"",
                    var value => $" = {value}",
                };
            }
            return $"{prefix}{ValueConverter.Describe(parameter.ParameterType)} {parameter.Name}{suffix}";
        }

        private static IEnumerable<ParameterInfo> Parameters(MethodInfo method, int skip)
        {
            return method.GetParameters().Skip(skip).Where(x => !IsFilledIn(x));
        }

        private static bool IsFilledIn(ParameterInfo parameter)
        {
            return typeof(IMachine).IsAssignableFrom(parameter.ParameterType) && parameter.IsDefined(typeof(AutoParameterAttribute), false);
        }

        private IReadOnlyList<MemberInfo> GetMembers(Type type)
        {
            if(!members.TryGetValue(type, out var result))
            {
                var found = new List<MemberInfo>();
                var seen = new HashSet<string>();
                for(var current = type; current != null && current != typeof(object); current = current.BaseType)
                {
                    foreach(var member in current.GetMembers(BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public))
                    {
                        var isOffered = member switch
                        {
                            MethodInfo method => !method.IsSpecialName && !method.IsGenericMethodDefinition,
                            PropertyInfo property => property.GetMethod?.IsPublic == true || property.SetMethod?.IsPublic == true,
                            FieldInfo => true,
                            _ => false,
                        };
                        // What overrides comes first.
                        if(isOffered && !member.IsDefined(typeof(HideInMonitorAttribute), true) && seen.Add(member.ToString()))
                        {
                            found.Add(member);
                        }
                    }
                }
                members[type] = result = found;
            }
            return result;
        }

        private readonly ValueConverter converter;
        private readonly TypeDirectory types;
        private readonly Func<IMachine> currentMachine;
        private readonly Dictionary<Type, IReadOnlyList<MemberInfo>> members = new();
    }
}
