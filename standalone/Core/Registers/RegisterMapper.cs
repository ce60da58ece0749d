// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Bus.Wrappers
{
    /// <summary>Names of registers by offset, from a peripheral's nested enumerations that have "register" in their names.</summary>
    public class RegisterMapper
    {
        public RegisterMapper(Type type, string tag = null)
        {
            suffix = tag == null ? string.Empty : $" in \"{tag}\"";
            for(var current = type; current != null; current = current.BaseType)
            {
                var marked = Enums(current).Where(x => x.GetCustomAttributes<RegistersDescriptionAttribute>().Any(y => y.Tag == tag)).ToArray();
                foreach(var candidate in marked.Length > 0 ? marked : Enums(current).Where(x => x.Name.Contains("register", StringComparison.OrdinalIgnoreCase)))
                {
                    foreach(var value in Enum.GetValues(candidate))
                    {
                        names.TryAdd(Convert.ToInt64(value), value.ToString());
                    }
                }
            }
        }

        public string ToString(long offset)
        {
            if(names.TryGetValue(offset, out var name))
            {
                return name;
            }
            var below = names.Keys.Where(x => x < offset).DefaultIfEmpty(-1).Max();
            return below < 0 ? "unknown" + suffix : $"{names[below]}+0x{offset - below:x}{suffix}";
        }

        private static IEnumerable<Type> Enums(Type type) => type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).Where(x => x.IsEnum);

        private readonly string suffix;
        private readonly Dictionary<long, string> names = new Dictionary<long, string>();
    }
}

namespace Antmicro.Renode.Core.Structure.Registers
{
    /// <summary>Marks the enumeration that names a peripheral's registers.</summary>
    [AttributeUsage(AttributeTargets.Enum, AllowMultiple = true)]
    public class RegistersDescriptionAttribute : Attribute
    {
        public RegistersDescriptionAttribute(string tag = null)
        {
            Tag = tag;
        }

        public string Tag { get; }
    }
}
