// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Standalone.Host
{
    /// <summary>The types that platform descriptions can name and the extension methods that the Monitor offers.</summary>
    internal sealed class TypeDirectory
    {
        /// <summary>Adds the types of an assembly; those of an assembly added later win over earlier ones of the same name.</summary>
        public void Add(Assembly assembly)
        {
            foreach(var type in assembly.GetTypes())
            {
                if(type.FullName != null && !type.Name.StartsWith('<'))
                {
                    types[type.FullName.Replace('+', '.')] = type;
                }
                if(type.IsSealed && type.IsAbstract && type.IsVisible && type.IsDefined(typeof(ExtensionAttribute), false))
                {
                    extensions.AddRange(type.GetMethods(BindingFlags.Public | BindingFlags.Static)
                        .Where(x => x.IsDefined(typeof(ExtensionAttribute), false) && !x.IsGenericMethodDefinition
                            && !x.IsDefined(typeof(Antmicro.Renode.UserInterface.HideInMonitorAttribute), false)));
                }
            }
            extensionsByType.Clear();
        }

        /// <summary>Finds a type as Renode does: by its full name, or by its name below Antmicro.Renode.Peripherals.</summary>
        public bool TryFind(string name, out Type type)
        {
            return types.TryGetValue(name, out type) || types.TryGetValue(DefaultNamespace + name, out type);
        }

        /// <summary>The extension methods that objects of a type have.</summary>
        public IReadOnlyList<MethodInfo> GetExtensions(Type type)
        {
            if(!extensionsByType.TryGetValue(type, out var result))
            {
                extensionsByType[type] = result = extensions.Where(x => x.GetParameters()[0].ParameterType.IsAssignableFrom(type)).ToList();
            }
            return result;
        }

        /// <summary>Concrete types that could stand in for an abstract one, for messages.</summary>
        public IEnumerable<Type> GetConcrete(Type type)
        {
            return types.Values.Where(x => !x.IsAbstract && type.IsAssignableFrom(x)).OrderBy(x => x.FullName, StringComparer.Ordinal);
        }

        private readonly Dictionary<string, Type> types = new();
        private readonly List<MethodInfo> extensions = new();
        private readonly Dictionary<Type, IReadOnlyList<MethodInfo>> extensionsByType = new();

        private const string DefaultNamespace = "Antmicro.Renode.Peripherals.";
    }
}
