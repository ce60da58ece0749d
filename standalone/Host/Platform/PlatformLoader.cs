// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Miscellaneous;
using Antmicro.Renode.Utilities;

using Standalone.Host.Monitor;

using Range = Antmicro.Renode.Core.Range;

namespace Standalone.Host.Platform
{
    /// <summary>Builds what a platform description describes: creates peripherals, connects and registers them.</summary>
    internal sealed class PlatformLoader
    {
        /// <param name="machine">The machine to build in.</param>
        /// <param name="monitor">Runs `init` commands, finds files and types.</param>
        public PlatformLoader(IMachine machine, Monitor.Monitor monitor)
        {
            this.machine = machine;
            this.monitor = monitor;
            variables["machine"] = new Variable("machine") { Value = machine, Type = machine.GetType() };
            foreach(var entry in machine.GetRegisteredPeripherals().Where(x => !string.IsNullOrEmpty(x.Name)))
            {
                variables[entry.Name] = new Variable(entry.Name) { Value = entry.Peripheral, Type = entry.Peripheral.GetType() };
            }
        }

        /// <summary>Builds what a file, and the files it uses, describe.</summary>
        /// <exception cref="ReplException">With the place of the first mistake.</exception>
        public void LoadFile(string path)
        {
            var file = Path.GetFullPath(path);
            if(!File.Exists(file))
            {
                throw new RecoverableException($"Could not find file '{path}'.");
            }
            monitor.InDirectory(Path.GetDirectoryName(file), () => Load(File.ReadAllText(file), file));
        }

        /// <summary>Builds what a text describes.</summary>
        public void LoadString(string description)
        {
            Load(description, string.Empty);
        }

        private void Load(string source, string file)
        {
            Collect(source, file, new Stack<string>());
            var declared = order.Where(x => x.Entries.Count > 0).ToList();
            foreach(var variable in declared)
            {
                variable.Merge();
                if(variable.IsDeclared)
                {
                    foreach(var section in variable.Sections(SectionKind.Preinit))
                    {
                        Run(section, string.Empty);
                    }
                    variable.Type = Resolve(variable.TypeName, variable.TypePlace);
                }
            }
            var created = Sort(declared, creation: true);
            foreach(var variable in created)
            {
                Create(variable);
            }
            CountConnections(created);
            foreach(var variable in created)
            {
                Configure(variable.Value, variable.Properties, variable.Interrupts, variable.Name);
            }
            var registered = Sort(declared, creation: false);
            foreach(var variable in registered)
            {
                Register(variable);
            }
            foreach(var variable in registered)
            {
                RunSections(variable);
            }
            (machine as Machine)?.PostCreationActions();
        }

        private void Collect(string source, string file, Stack<string> open)
        {
            var description = ReplParser.Parse(source, file);
            open.Push(file);
            foreach(var used in description.Usings)
            {
                var path = ResolveUsing(used, file);
                if(open.Contains(path))
                {
                    throw new ReplException(used.Place, $"'{used.Path}' uses itself");
                }
                if(collected.Add(path))
                {
                    Collect(File.ReadAllText(path), path, open);
                }
            }
            open.Pop();
            foreach(var entry in description.Entries)
            {
                if(!variables.TryGetValue(entry.Name, out var variable))
                {
                    variables[entry.Name] = variable = new Variable(entry.Name);
                }
                if(entry.TypeName != null && (variable.IsDeclared || variable.Value != null))
                {
                    var before = variable.IsDeclared ? $"at {variable.TypePlace}" : "before";
                    throw new ReplException(entry.Place, $"'{entry.Name}' was declared {before} already");
                }
                if(variable.Entries.Count == 0)
                {
                    order.Add(variable);
                }
                if(entry.TypeName != null)
                {
                    variable.TypeName = entry.TypeName;
                    variable.TypePlace = entry.TypePlace;
                }
                variable.Entries.Add(entry);
            }
            if(open.Count > 0)
            {
                return;
            }
            var unknown = order.FirstOrDefault(x => !x.IsDeclared && x.Value == null);
            if(unknown != null)
            {
                throw new ReplException(unknown.Entries[0].Place, $"'{unknown.Name}' has no type here, nor in an entry before");
            }
        }

        // A path that begins with a dot is meant from the file that uses it; others are looked for like the Monitor's.
        private string ResolveUsing(ReplUsing used, string file)
        {
            var first = used.Path.Split('/')[0];
            string path;
            if(Path.IsPathRooted(used.Path))
            {
                path = Path.GetFullPath(used.Path);
            }
            else if(first == "." || first == "..")
            {
                path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file) ?? string.Empty, used.Path));
            }
            else
            {
                monitor.TryResolvePath(used.Path, out path);
            }
            if(path == null || !File.Exists(path))
            {
                throw new ReplException(used.Place, $"there is no file '{used.Path}' to use");
            }
            return path;
        }

        private Type Resolve(string name, Place place)
        {
            if(!monitor.Types.TryFind(name, out var type))
            {
                throw new ReplException(place, $"the type '{name}' is neither in an included .cs file nor offered by the standalone host: Renode may have it");
            }
            return type;
        }

        private List<Variable> Sort(IReadOnlyList<Variable> source, bool creation)
        {
            var result = new List<Variable>();
            var done = new HashSet<Variable>();
            var path = new List<Variable>();

            void Visit(Variable variable, Place from)
            {
                if(done.Contains(variable) || !source.Contains(variable))
                {
                    return;
                }
                if(path.Contains(variable))
                {
                    var cycle = path.Skip(path.IndexOf(variable)).Append(variable).Select(x => x.Name);
                    throw new ReplException(from, $"these need each other: {string.Join(" -> ", cycle)}");
                }
                path.Add(variable);
                foreach(var (name, place) in creation ? References(variable.Parameters) : variable.Registrations?.Select(x => (x.Register, x.Place)) ?? [])
                {
                    Visit(Find(name, place), place);
                }
                path.Remove(variable);
                done.Add(variable);
                result.Add(variable);
            }

            foreach(var variable in source)
            {
                Visit(variable, variable.Entries[0].Place);
            }
            return result;
        }

        private static IEnumerable<(string, Place)> References(IEnumerable<ValueAttribute> attributes)
        {
            return attributes.SelectMany(x => References(x.Value));
        }

        private static IEnumerable<(string, Place)> References(ReplValue value)
        {
            return value switch
            {
                ReferenceValue reference => [(reference.Name, reference.Place)],
                ListValue list => list.Items.SelectMany(References),
                DictionaryValue dictionary => dictionary.Items.SelectMany(x => References(x.Key).Concat(References(x.Value))),
                NewValue created => References(created.Attributes.OfType<ValueAttribute>().Where(x => !x.IsProperty)),
                _ => [],
            };
        }

        private void Create(Variable variable)
        {
            if(!variable.IsDeclared)
            {
                var parameter = variable.Parameters.FirstOrDefault();
                if(parameter != null)
                {
                    throw new ReplException(parameter.Place, $"'{variable.Name}' exists already: its constructor parameter '{parameter.Name}' can't be given now");
                }
                return;
            }
            variable.Value = Construct(variable.Type, variable.Parameters, variable.TypePlace, $"'{variable.Name}'");
        }

        private object Construct(Type type, IReadOnlyList<ValueAttribute> attributes, Place place, string what)
        {
            if(type.IsAbstract)
            {
                throw new ReplException(place, $"{type.Name} is abstract: use one of {string.Join(", ", monitor.Types.GetConcrete(type).Select(x => x.Name))}");
            }
            var suitable = new List<ConstructorInfo>();
            var reasons = new List<string>();
            foreach(var constructor in type.GetConstructors())
            {
                if(Fits(constructor, attributes, out var reason))
                {
                    suitable.Add(constructor);
                }
                else
                {
                    reasons.Add(reason);
                }
            }
            if(suitable.Count != 1)
            {
                throw new ReplException(place, suitable.Count == 0
                    ? $"{what} can't be created: {string.Join("; ", reasons.Distinct().DefaultIfEmpty($"{type.Name} has no public constructor"))}"
                    : $"{what} can be created in {suitable.Count} ways: give more of the constructor's parameters");
            }
            var parameters = suitable[0].GetParameters();
            var values = new object[parameters.Length];
            for(var i = 0; i < values.Length; i++)
            {
                var attribute = FindAttribute(attributes, parameters[i]);
                values[i] = attribute != null ? Convert(attribute.Value, parameters[i].ParameterType)
                    : parameters[i].HasDefaultValue ? DefaultOf(parameters[i]) : machine;
            }
            try
            {
                return suitable[0].Invoke(values);
            }
            catch(TargetInvocationException e)
            {
                throw new ReplException(place, $"{what} can't be created: {Describe(e.InnerException)}");
            }
        }

        private bool Fits(ConstructorInfo constructor, IReadOnlyList<ValueAttribute> attributes, out string reason)
        {
            var unused = attributes.ToList();
            foreach(var parameter in constructor.GetParameters())
            {
                var attribute = FindAttribute(attributes, parameter);
                if(typeof(IMachine).IsAssignableFrom(parameter.ParameterType) && attribute == null)
                {
                    continue;
                }
                if(attribute == null)
                {
                    if(!parameter.HasDefaultValue)
                    {
                        reason = $"the parameter '{parameter.Name}' ({ValueConverter.Describe(parameter.ParameterType)}) is missing";
                        return false;
                    }
                    continue;
                }
                unused.Remove(attribute);
                if(!CanConvert(attribute.Value, parameter.ParameterType, out var problem))
                {
                    reason = $"the parameter '{parameter.Name}' is a {ValueConverter.Describe(parameter.ParameterType)}: {problem}";
                    return false;
                }
            }
            reason = unused.Count == 0 ? null : $"its constructor has no parameter '{unused[0].Name}' ({Signature(constructor)})";
            return unused.Count == 0;
        }

        private static string Signature(ConstructorInfo constructor)
        {
            var names = constructor.GetParameters().Where(x => !typeof(IMachine).IsAssignableFrom(x.ParameterType)).Select(x => x.Name).ToList();
            return names.Count == 0 ? "it has none" : $"it has {string.Join(", ", names)}";
        }

        private static ValueAttribute FindAttribute(IEnumerable<ValueAttribute> attributes, ParameterInfo parameter)
        {
            var alias = parameter.GetCustomAttribute<NameAliasAttribute>()?.Name;
            return attributes.FirstOrDefault(x => x.Name == parameter.Name || x.Name == alias);
        }

        private static object DefaultOf(ParameterInfo parameter)
        {
            return parameter.DefaultValue is DBNull ? null : parameter.DefaultValue;
        }

        // What can be said about a value before anything is created.
        private bool CanConvert(ReplValue value, Type type, out string problem)
        {
            problem = null;
            type = Nullable.GetUnderlyingType(type) ?? type;
            switch(value)
            {
            case EmptyValue:
                return true;
            case ReferenceValue reference:
                var found = Find(reference.Name, reference.Place);
                problem = type.IsAssignableFrom(found.Type) ? null : $"'{reference.Name}' is a {found.Type.Name}";
                break;
            case NewValue created:
                var createdType = Resolve(created.TypeName, created.Place);
                problem = type.IsAssignableFrom(createdType) ? null : $"'{created}' isn't";
                break;
            case ListValue list:
                var elementType = GetElementType(type);
                if(elementType == null)
                {
                    problem = "a list isn't";
                    break;
                }
                foreach(var item in list.Items)
                {
                    if(!CanConvert(item, elementType, out problem))
                    {
                        return false;
                    }
                }
                break;
            case DictionaryValue dictionary:
                if(!TryGetDictionaryTypes(type, out var keyType, out var valueType))
                {
                    problem = "a dictionary isn't";
                    break;
                }
                foreach(var item in dictionary.Items)
                {
                    if(!CanConvert(item.Key, keyType, out problem) || !CanConvert(item.Value, valueType, out problem))
                    {
                        return false;
                    }
                }
                break;
            default:
                return TryConvertSimple(value, type, out _, out problem);
            }
            return problem == null;
        }

        private object Convert(ReplValue value, Type type)
        {
            if(!CanConvert(value, type, out var problem))
            {
                throw new ReplException(value.Place, $"expected a {ValueConverter.Describe(type)}: {problem}");
            }
            type = Nullable.GetUnderlyingType(type) ?? type;
            switch(value)
            {
            case EmptyValue:
                return type.IsValueType ? Activator.CreateInstance(type) : null;
            case ReferenceValue reference:
                return Find(reference.Name, reference.Place).Value;
            case NewValue created:
                return ConstructInline(created);
            case ListValue list:
                var elementType = GetElementType(type);
                var array = Array.CreateInstance(elementType, list.Items.Count);
                for(var i = 0; i < array.Length; i++)
                {
                    array.SetValue(Convert(list.Items[i], elementType), i);
                }
                return type.IsAssignableFrom(array.GetType()) ? array : Activator.CreateInstance(typeof(List<>).MakeGenericType(elementType), array);
            case DictionaryValue dictionary:
                TryGetDictionaryTypes(type, out var keyType, out var valueType);
                var result = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(keyType, valueType));
                foreach(var item in dictionary.Items)
                {
                    result[Convert(item.Key, keyType)] = Convert(item.Value, valueType);
                }
                return result;
            default:
                TryConvertSimple(value, type, out var simple, out _);
                return simple;
            }
        }

        private static bool TryConvertSimple(ReplValue value, Type type, out object result, out string problem)
        {
            result = null;
            problem = null;
            switch(value)
            {
            case StringValue text when type.IsAssignableFrom(typeof(string)):
                result = text.Text;
                return true;
            case BoolValue boolean when type.IsAssignableFrom(typeof(bool)):
                result = boolean.Value;
                return true;
            case RangeValue range when type == typeof(Range):
                result = new Range(range.Begin, range.End - range.Begin);
                return true;
            case NumberValue number when type.IsEnum:
                if(Numbers.TryParse(number.Text, Enum.GetUnderlyingType(type), out var raw)
                    && (Enum.IsDefined(type, raw) || type.IsDefined(typeof(AllowAnyNumericalValue), false)))
                {
                    result = Enum.ToObject(type, raw);
                    return true;
                }
                problem = $"{number.Text} is none of {string.Join(", ", Enum.GetNames(type))}";
                return false;
            case NumberValue number when Numbers.IsNumeric(type):
                if(Numbers.TryParse(number.Text, type, out result))
                {
                    return true;
                }
                problem = $"{number.Text} doesn't fit";
                return false;
            case EnumValue member when type.IsEnum:
                var qualifier = member.Qualifier.Split('.');
                var full = type.FullName.Split('.', '+');
                if(member.Qualifier.Length > 0 && !full.TakeLast(qualifier.Length).SequenceEqual(qualifier))
                {
                    problem = $"'{member}' belongs to another type than {type.Name}";
                    return false;
                }
                if(!Enum.GetNames(type).Contains(member.Member))
                {
                    problem = $"'{member.Member}' is none of {string.Join(", ", Enum.GetNames(type))}";
                    return false;
                }
                result = Enum.Parse(type, member.Member);
                return true;
            default:
                problem = $"{value} isn't";
                return false;
            }
        }

        private static Type GetElementType(Type type)
        {
            if(type.IsArray)
            {
                return type.GetElementType();
            }
            return type.GetInterfaces().Append(type)
                .FirstOrDefault(x => x.IsGenericType && x.GetGenericTypeDefinition() == typeof(IEnumerable<>) && type != typeof(string))?.GetGenericArguments()[0];
        }

        private static bool TryGetDictionaryTypes(Type type, out Type keyType, out Type valueType)
        {
            var pair = GetElementType(type);
            var fits = pair != null && pair.IsGenericType && pair.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);
            keyType = fits ? pair.GetGenericArguments()[0] : null;
            valueType = fits ? pair.GetGenericArguments()[1] : null;
            return fits;
        }

        private object ConstructInline(NewValue value)
        {
            var type = Resolve(value.TypeName, value.Place);
            var attributes = value.Attributes.OfType<ValueAttribute>().Where(x => x.Value is not NoneValue).ToList();
            var result = Construct(type, attributes.Where(x => !x.IsProperty).ToList(), value.Place, $"'{value}'");
            var interrupts = value.Attributes.OfType<InterruptAttribute>().Select(x => (x, GetSources(x, type))).ToList();
            Configure(result, attributes.Where(x => x.IsProperty), interrupts, value.ToString());
            return result;
        }

        private void CountConnections(IEnumerable<Variable> created)
        {
            var counts = new Dictionary<(string, int?, int), int>();
            foreach(var variable in created)
            {
                variable.Interrupts = variable.MergeInterrupts(x => GetSources(x, variable.Type));
                foreach(var (attribute, _) in variable.Interrupts)
                {
                    foreach(var destination in attribute.Destinations)
                    {
                        foreach(var input in destination.Inputs)
                        {
                            var key = (destination.Target, destination.LocalIndex, input);
                            counts[key] = counts.GetValueOrDefault(key) + 1;
                        }
                    }
                }
            }
            foreach(var (key, count) in counts.Where(x => x.Value > 1))
            {
                combiners[key] = new Combiner { Input = new CombinedInput(count) };
            }
        }

        private static IReadOnlyList<InterruptSource> GetSources(InterruptAttribute attribute, Type type)
        {
            var outputs = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(x => typeof(GPIO).IsAssignableFrom(x.PropertyType)).ToList();
            if(attribute.Sources == null)
            {
                if(outputs.Count > 1)
                {
                    outputs = outputs.Where(x => x.IsDefined(typeof(DefaultInterruptAttribute), false)).ToList();
                }
                if(outputs.Count != 1)
                {
                    throw new ReplException(attribute.Place, $"{type.Name} has no single default interrupt: write which output is meant");
                }
                return [new InterruptSource(outputs[0].Name, 0)];
            }
            foreach(var source in attribute.Sources)
            {
                if(source.Property != null && !outputs.Any(x => x.Name == source.Property))
                {
                    throw new ReplException(attribute.Place, $"{type.Name} has no output '{source.Property}'{(outputs.Count == 0 ? string.Empty : $": it has {string.Join(", ", outputs.Select(x => x.Name))}")}");
                }
                if(source.Property == null && !typeof(INumberedGPIOOutput).IsAssignableFrom(type))
                {
                    throw new ReplException(attribute.Place, $"{type.Name} has no numbered outputs");
                }
            }
            return attribute.Sources;
        }

        private void Configure(object target, IEnumerable<ValueAttribute> properties, IEnumerable<(InterruptAttribute, IReadOnlyList<InterruptSource>)> interrupts, string name)
        {
            foreach(var attribute in properties)
            {
                var property = target.GetType().GetProperty(attribute.Name);
                if(property?.GetSetMethod() == null)
                {
                    throw new ReplException(attribute.Place, $"{target.GetType().Name} has no property '{attribute.Name}' that can be set");
                }
                var value = Convert(attribute.Value, property.PropertyType);
                try
                {
                    property.SetValue(target, value);
                }
                catch(TargetInvocationException e)
                {
                    throw new ReplException(attribute.Place, $"'{name}' doesn't take {attribute.Name} {attribute.Value}: {Describe(e.InnerException)}");
                }
            }
            foreach(var (attribute, sources) in interrupts)
            {
                foreach(var destination in attribute.Destinations)
                {
                    for(var i = 0; i < sources.Count; i++)
                    {
                        Connect(target, sources[i], destination, destination.Inputs[i], attribute.Place);
                    }
                }
            }
        }

        private void Connect(object target, InterruptSource source, InterruptDestination destination, int input, Place place)
        {
            IGPIO output;
            if(source.Property != null)
            {
                output = (IGPIO)target.GetType().GetProperty(source.Property).GetValue(target);
            }
            else
            {
                (target as IHasAutomaticallyConnectedGPIOOutputs)?.DisconnectAutomaticallyConnectedGPIOOutputs();
                if(!((INumberedGPIOOutput)target).Connections.TryGetValue(source.Number, out output))
                {
                    throw new ReplException(place, $"{target.GetType().Name} has no output {source.Number}");
                }
            }
            if(output == null)
            {
                throw new ReplException(place, $"{target.GetType().Name} has not created its output '{source}'");
            }
            var receiver = Find(destination.Target, destination.Place).Value;
            IGPIOReceiver connected;
            if(destination.LocalIndex.HasValue)
            {
                connected = (receiver as ILocalGPIOReceiver)?.GetLocalReceiver(destination.LocalIndex.Value)
                    ?? throw new ReplException(destination.Place, $"'{destination.Target}' has no local receivers");
            }
            else
            {
                connected = receiver as IGPIOReceiver ?? throw new ReplException(destination.Place, $"'{destination.Target}' takes no interrupts");
            }
            if(combiners.TryGetValue((destination.Target, destination.LocalIndex, input), out var combiner))
            {
                if(combiner.Used == 0)
                {
                    combiner.Input.OutputLine.Connect(connected, input);
                }
                connected = combiner.Input;
                input = combiner.Used++;
            }
            output.Connect(connected, input);
        }

        private void Register(Variable variable)
        {
            if(variable.Registrations == null || variable.Registrations.Count == 0)
            {
                return;
            }
            foreach(var registration in variable.Registrations)
            {
                Register(variable, registration);
            }
            try
            {
                machine.SetLocalName((IPeripheral)variable.Value, variable.Alias ?? variable.Name);
            }
            catch(RecoverableException e)
            {
                throw new ReplException(variable.Registrations[0].Place, Describe(e));
            }
        }

        private void Register(Variable variable, Registration registration)
        {
            var register = Find(registration.Register, registration.Place);
            if(register.Value is not IPeripheral parent)
            {
                throw new ReplException(registration.Place, $"'{registration.Register}' is no peripheral: nothing can be registered with it");
            }
            if(!machine.IsRegistered(parent))
            {
                throw new ReplException(registration.Place, $"'{registration.Register}' is not registered itself");
            }
            var offered = register.Type.GetInterfaces()
                .Where(x => x.IsGenericType && x.GetGenericTypeDefinition() == typeof(IRegisterablePeripheral<,>) && x.GetGenericArguments()[0].IsAssignableFrom(variable.Type))
                .ToList();
            if(offered.Count == 0)
            {
                throw new ReplException(registration.Place, $"'{registration.Register}' ({register.Type.Name}) takes no {variable.Type.Name}");
            }
            var pointTypes = offered.Select(x => x.GetGenericArguments()[1]).Distinct().ToList();
            var point = CreatePoint(registration, pointTypes);
            // The most special interface that takes both.
            var chosen = offered.Where(x => x.GetGenericArguments()[1].IsInstanceOfType(point))
                .OrderByDescending(x => offered.Count(y => y.GetGenericArguments()[1].IsAssignableFrom(x.GetGenericArguments()[1])))
                .ThenByDescending(x => offered.Count(y => y.GetGenericArguments()[0].IsAssignableFrom(x.GetGenericArguments()[0]))).First();
            try
            {
                chosen.GetMethod("Register").Invoke(parent, new[] { variable.Value, point });
            }
            catch(TargetInvocationException e)
            {
                throw new ReplException(registration.Place, $"'{variable.Name}' can't be registered with '{registration.Register}': {Describe(e.InnerException)}");
            }
        }

        private object CreatePoint(Registration registration, List<Type> types)
        {
            switch(registration.Point)
            {
            case NewValue created:
                var result = ConstructInline(created);
                if(!types.Any(x => x.IsInstanceOfType(result)))
                {
                    throw new ReplException(created.Place, $"'{registration.Register}' takes no {result.GetType().Name}");
                }
                return result;
            case ReferenceValue reference:
                return Find(reference.Name, reference.Place).Value;
            }
            var suitable = new List<(ConstructorInfo Constructor, object Value)>();
            string problem = null;
            foreach(var constructor in types.SelectMany(x => x.GetConstructors()))
            {
                var parameters = constructor.GetParameters();
                if(registration.Point == null)
                {
                    if(parameters.All(x => x.HasDefaultValue))
                    {
                        suitable.Add((constructor, null));
                    }
                }
                else if(parameters.Length > 0 && parameters.Skip(1).All(x => x.HasDefaultValue)
                    && CanConvert(registration.Point, parameters[0].ParameterType, out problem))
                {
                    suitable.Add((constructor, Convert(registration.Point, parameters[0].ParameterType)));
                }
            }
            // One that derives from another stands for it.
            suitable.RemoveAll(x => suitable.Any(y => y.Constructor != x.Constructor && x.Constructor.DeclaringType.IsAssignableFrom(y.Constructor.DeclaringType)
                && x.Constructor.DeclaringType != y.Constructor.DeclaringType));
            if(suitable.Count == 0 && registration.Point == null && types.Contains(typeof(NullRegistrationPoint)))
            {
                return NullRegistrationPoint.Instance;
            }
            if(suitable.Count == 0)
            {
                throw new ReplException(registration.Place, registration.Point == null
                    ? $"'{registration.Register}' needs to be told where: {string.Join(" or ", types.Select(x => x.Name))}"
                    : $"'{registration.Register}' can't be given {registration.Point}{(problem == null ? string.Empty : $": {problem}")}");
            }
            if(suitable.Count > 1)
            {
                throw new ReplException(registration.Place, $"{registration.Point} can mean several registration points: write 'new {string.Join("' or 'new ", suitable.Select(x => x.Constructor.DeclaringType.Name))}'");
            }
            var arguments = suitable[0].Constructor.GetParameters().Select(x => x.HasDefaultValue ? DefaultOf(x) : null).ToArray();
            if(registration.Point != null)
            {
                arguments[0] = suitable[0].Value;
            }
            return suitable[0].Constructor.Invoke(arguments);
        }

        private void RunSections(Variable variable)
        {
            var lines = variable.Sections(SectionKind.Init).ToList();
            var reset = variable.Sections(SectionKind.Reset).ToList();
            if(lines.Count == 0 && reset.Count == 0)
            {
                return;
            }
            string name;
            if(variable.Value == machine)
            {
                name = "machine";
            }
            else if(!machine.TryGetAnyName((IPeripheral)variable.Value, out name))
            {
                throw new ReplException(lines.Concat(reset).First().Place, $"'{variable.Name}' is not registered: it can't have an init or reset section");
            }
            foreach(var section in lines)
            {
                Run(section, name + " ");
            }
            if(reset.Count > 0)
            {
                machine.TryGetLocalName(variable.Value as IPeripheral, out var localName);
                monitor.SetResetMacro(variable.Value == machine ? null : localName, reset.SelectMany(x => x.Lines).Select(x => $"{name} {x}"));
            }
        }

        private void Run(SectionAttribute section, string prefix)
        {
            foreach(var line in section.Lines)
            {
                try
                {
                    monitor.Execute(prefix + line, new ConsoleOutput());
                }
                catch(RecoverableException e)
                {
                    throw new ReplException(section.Place, e.Message);
                }
            }
        }

        private Variable Find(string name, Place place)
        {
            return variables.TryGetValue(name, out var result) ? result : throw new ReplException(place, $"there is no '{name}'");
        }

        private static string Describe(Exception exception)
        {
            var message = exception is RecoverableException ? exception.Message : $"{exception.GetType().Name}: {exception.Message}";
            return exception.InnerException == null ? message : $"{message} {Describe(exception.InnerException)}";
        }

        private readonly IMachine machine;
        private readonly Monitor.Monitor monitor;
        private readonly Dictionary<string, Variable> variables = new();
        private readonly List<Variable> order = new();
        private readonly HashSet<string> collected = new();
        private readonly Dictionary<(string, int?, int), Combiner> combiners = new();

        // Several outputs that lead to one input: the input is on while any of them is.
        private sealed class Combiner
        {
            public int Used { get; set; }

            public CombinedInput Input { get; init; }
        }

        // A name, with all that the entries of all files say about it.
        private sealed class Variable
        {
            public Variable(string name)
            {
                Name = name;
            }

            public void Merge()
            {
                var values = new List<ValueAttribute>();
                foreach(var entry in Entries)
                {
                    if(entry.Registrations != null)
                    {
                        Registrations = entry.Registrations;
                        Alias = entry.Alias;
                    }
                    var own = entry.Attributes.OfType<ValueAttribute>().ToList();
                    var repeated = own.GroupBy(x => x.Name).FirstOrDefault(x => x.Count() > 1);
                    if(repeated != null)
                    {
                        throw new ReplException(repeated.Last().Place, $"'{repeated.Key}' is given twice in one entry");
                    }
                    values.RemoveAll(x => own.Any(y => y.Name == x.Name));
                    values.AddRange(own);
                }
                values.RemoveAll(x => x.Value is NoneValue);
                Parameters = values.Where(x => !x.IsProperty).ToList();
                Properties = values.Where(x => x.IsProperty).ToList();
            }

            // Of what several entries say about one output, the last counts.
            public List<(InterruptAttribute, IReadOnlyList<InterruptSource>)> MergeInterrupts(Func<InterruptAttribute, IReadOnlyList<InterruptSource>> getSources)
            {
                var result = new List<(InterruptAttribute, IReadOnlyList<InterruptSource>)>();
                var later = new HashSet<InterruptSource>();
                foreach(var entry in Enumerable.Reverse(Entries))
                {
                    var own = new HashSet<InterruptSource>();
                    var kept = new List<(InterruptAttribute, IReadOnlyList<InterruptSource>)>();
                    foreach(var attribute in entry.Attributes.OfType<InterruptAttribute>())
                    {
                        var sources = getSources(attribute);
                        foreach(var source in sources)
                        {
                            if(!own.Add(source))
                            {
                                throw new ReplException(attribute.Place, $"the output '{source}' is connected twice in one entry: join the destinations with '|'");
                            }
                        }
                        var indices = Enumerable.Range(0, sources.Count).Where(x => !later.Contains(sources[x])).ToList();
                        var destinations = attribute.Destinations.Select(x => x with { Inputs = indices.Select(y => x.Inputs[y]).ToList() }).ToList();
                        kept.Add((attribute with { Destinations = destinations }, indices.Select(x => sources[x]).ToList()));
                    }
                    later.UnionWith(own);
                    result.InsertRange(0, kept);
                }
                return result;
            }

            // `init:` replaces what was said before, `init add:` adds to it.
            public IEnumerable<SectionAttribute> Sections(SectionKind kind)
            {
                var result = new List<SectionAttribute>();
                foreach(var section in Entries.SelectMany(x => x.Attributes).OfType<SectionAttribute>().Where(x => x.Kind == kind))
                {
                    if(!section.Adds)
                    {
                        result.Clear();
                    }
                    result.Add(section);
                }
                return result;
            }

            public string Name { get; }

            public string TypeName { get; set; }

            public Place TypePlace { get; set; }

            public Type Type { get; set; }

            public object Value { get; set; }

            public bool IsDeclared => TypeName != null;

            public string Alias { get; private set; }

            public List<ReplEntry> Entries { get; } = new();

            public IReadOnlyList<Registration> Registrations { get; private set; }

            public IReadOnlyList<ValueAttribute> Parameters { get; private set; }

            public IReadOnlyList<ValueAttribute> Properties { get; private set; }

            public IReadOnlyList<(InterruptAttribute, IReadOnlyList<InterruptSource>)> Interrupts { get; set; }
        }
    }
}
