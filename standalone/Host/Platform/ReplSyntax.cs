// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System.Collections.Generic;

using Antmicro.Renode.Exceptions;

namespace Standalone.Host.Platform
{
    /// <summary>Where something stands in a platform description. Lines and columns count from 1.</summary>
    internal readonly record struct Place(string File, int Line, int Column)
    {
        public override string ToString()
        {
            return $"{(string.IsNullOrEmpty(File) ? "<string>" : File)}:{Line}:{Column}";
        }
    }

    /// <summary>A mistake in a platform description, told in one line that begins with its place.</summary>
    internal sealed class ReplException : RecoverableException
    {
        public ReplException(Place place, string message) : base($"{place}: {message}")
        {
            Place = place;
        }

        public Place Place { get; }
    }

    internal abstract record ReplValue(Place Place);

    internal sealed record StringValue(string Text, Place Place) : ReplValue(Place)
    {
        public override string ToString() => $"\"{Text}\"";
    }

    internal sealed record NumberValue(string Text, Place Place) : ReplValue(Place)
    {
        public override string ToString() => Text;
    }

    internal sealed record BoolValue(bool Value, Place Place) : ReplValue(Place)
    {
        public override string ToString() => Value ? "true" : "false";
    }

    /// <summary>`Type.Member`, `Outer.Type.Member`, or `.Member` with an empty qualifier.</summary>
    internal sealed record EnumValue(string Qualifier, string Member, Place Place) : ReplValue(Place)
    {
        public override string ToString() => $"{Qualifier}.{Member}";
    }

    internal sealed record ReferenceValue(string Name, Place Place) : ReplValue(Place)
    {
        public override string ToString() => Name;
    }

    /// <summary>The range from Begin up to, not including, End.</summary>
    internal sealed record RangeValue(ulong Begin, ulong End, Place Place) : ReplValue(Place)
    {
        public override string ToString() => $"<0x{Begin:X}, 0x{End:X}>";
    }

    internal sealed record ListValue(IReadOnlyList<ReplValue> Items, Place Place) : ReplValue(Place)
    {
        public override string ToString() => $"[{string.Join(", ", Items)}]";
    }

    internal sealed record DictionaryValue(IReadOnlyList<KeyValuePair<ReplValue, ReplValue>> Items, Place Place) : ReplValue(Place)
    {
        public override string ToString() => "{...}";
    }

    /// <summary>`new Type { ... }`: an object without a name.</summary>
    internal sealed record NewValue(string TypeName, IReadOnlyList<ReplAttribute> Attributes, Place Place) : ReplValue(Place)
    {
        public override string ToString() => $"new {TypeName}";
    }

    /// <summary>`empty`: the default of the parameter's type.</summary>
    internal sealed record EmptyValue(Place Place) : ReplValue(Place)
    {
        public override string ToString() => "empty";
    }

    /// <summary>`none`: as if an earlier attribute of that name had not been written.</summary>
    internal sealed record NoneValue(Place Place) : ReplValue(Place)
    {
        public override string ToString() => "none";
    }

    internal abstract record ReplAttribute(Place Place);

    /// <summary>`name: value`: a property if the name begins with a capital, else a constructor parameter.</summary>
    internal sealed record ValueAttribute(string Name, ReplValue Value, Place Place) : ReplAttribute(Place)
    {
        public bool IsProperty => char.IsUpper(Name[0]);
    }

    /// <summary>One output of a peripheral: a GPIO property's name, or a number.</summary>
    internal readonly record struct InterruptSource(string Property, int Number)
    {
        public override string ToString() => Property ?? Number.ToString();
    }

    /// <summary>`target#local@[inputs]`.</summary>
    internal sealed record InterruptDestination(string Target, int? LocalIndex, IReadOnlyList<int> Inputs, Place Place);

    /// <summary>`sources -> destination | destination`. No sources: the default one. No destinations: `-> none`.</summary>
    internal sealed record InterruptAttribute(IReadOnlyList<InterruptSource> Sources, IReadOnlyList<InterruptDestination> Destinations,
        Place Place) : ReplAttribute(Place);

    internal enum SectionKind
    {
        Preinit,
        Init,
        Reset,
    }

    /// <summary>`init:`, `preinit:` or `reset:` with Monitor commands; `add` appends to what an earlier entry said.</summary>
    internal sealed record SectionAttribute(SectionKind Kind, bool Adds, IReadOnlyList<string> Lines, Place Place) : ReplAttribute(Place);

    internal sealed record Registration(string Register, ReplValue Point, Place Place);

    /// <summary>One entry of one file. An entry without a type adds to the one that has it.</summary>
    internal sealed record ReplEntry(string Name, string TypeName, Place TypePlace, IReadOnlyList<Registration> Registrations, string Alias,
        IReadOnlyList<ReplAttribute> Attributes, bool IsLocal, Place Place)
    {
        /// <summary>`@ none` was written.</summary>
        public bool IsUnregistered => Registrations != null && Registrations.Count == 0;
    }

    internal sealed record ReplUsing(string Path, Place Place);

    internal sealed record ReplDescription(string File, IReadOnlyList<ReplUsing> Usings, IReadOnlyList<ReplEntry> Entries);
}
