// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Standalone.Host.Platform
{
    /// <summary>Reads Renode's platform description format (.repl).</summary>
    internal sealed class ReplParser
    {
        /// <summary>Parses one file's text.</summary>
        /// <exception cref="ReplException">With the place of the first mistake.</exception>
        public static ReplDescription Parse(string source, string file = "")
        {
            return new ReplParser(new ReplText(source, file), file).ParseDescription();
        }

        private ReplParser(ReplText text, string file)
        {
            this.text = text;
            this.file = file;
        }

        private ReplDescription ParseDescription()
        {
            var usings = new List<ReplUsing>();
            var entries = new List<ReplEntry>();
            SkipSeparators();
            while(!AtEnd && PeekWord() == "using")
            {
                TakeWord();
                var place = Here;
                usings.Add(new ReplUsing(TakeQuoted(), place));
                if(PeekWord() == "prefixed")
                {
                    throw Error("'using ... prefixed' is not offered by the standalone host: Renode has it");
                }
                SkipSeparators();
            }
            while(!AtEnd)
            {
                entries.Add(ParseEntry());
                if(!AtEnd)
                {
                    Expect(';', "the end of the entry");
                }
                SkipSeparators();
            }
            return new ReplDescription(file, usings, entries);
        }

        private ReplEntry ParseEntry()
        {
            var place = Here;
            var isLocal = PeekWord() == "local";
            if(isLocal)
            {
                TakeWord();
                place = Here;
            }
            var name = TakeName("a name");
            Expect(':', $"':' after '{name}'");

            string typeName = null;
            var typePlace = Here;
            if(IsLetter(Peek))
            {
                typeName = TakeTypeName();
            }
            IReadOnlyList<Registration> registrations = null;
            if(TryTake('@'))
            {
                registrations = ParseRegistrations();
            }
            string alias = null;
            if(PeekWord() == "as")
            {
                TakeWord();
                alias = TakeQuoted();
            }
            var attributes = Peek == '{' ? ParseAttributes() : Array.Empty<ReplAttribute>();
            if(typeName == null && registrations == null && attributes.Count == 0)
            {
                throw new ReplException(place, $"the entry '{name}' says nothing: give it a type or attributes");
            }
            return new ReplEntry(name, typeName, typePlace, registrations, alias, attributes, isLocal, place);
        }

        private IReadOnlyList<Registration> ParseRegistrations()
        {
            var result = new List<Registration>();
            if(TryTake('{'))
            {
                while(!TryTake('}'))
                {
                    result.Add(ParseRegistration());
                    if(!TryTake(';') && Peek != '}')
                    {
                        throw Error("expected ';' or '}' after a registration");
                    }
                }
                if(result.Count == 0)
                {
                    throw Error("'@ { }' names no registration: write '@ none'");
                }
                return result;
            }
            if(PeekWord() == "none")
            {
                TakeWord();
                return result;
            }
            result.Add(ParseRegistration());
            return result;
        }

        private Registration ParseRegistration()
        {
            var place = Here;
            var register = TakeName("the name of a peripheral to register with");
            var next = Peek;
            ReplValue point = null;
            if(next != '\0' && next != ';' && next != '{' && next != '}' && PeekWord() != "as")
            {
                point = ParseValue();
            }
            return new Registration(register, point, place);
        }

        private IReadOnlyList<ReplAttribute> ParseAttributes()
        {
            var result = new List<ReplAttribute>();
            Expect('{', "'{'");
            while(!TryTake('}'))
            {
                if(AtEnd)
                {
                    throw Error("'}' is missing");
                }
                result.Add(ParseAttribute());
                if(!TryTake(';') && Peek != '}')
                {
                    throw Error(AtEnd ? "'}' is missing" : $"expected ';' or '}}' after an attribute, found '{Peek}'");
                }
            }
            return result;
        }

        private ReplAttribute ParseAttribute()
        {
            var place = Here;
            if(!IsLetter(Peek))
            {
                return ParseInterrupt(place);
            }
            var start = position;
            var word = TakeName("an attribute");
            if(sections.TryGetValue(word, out var kind))
            {
                var adds = PeekWord() == "add";
                if(adds)
                {
                    TakeWord();
                }
                Expect(':', $"':' after '{word}'");
                return new SectionAttribute(kind, adds, ParseStatements(word), place);
            }
            if(TryTake(':'))
            {
                return new ValueAttribute(word, ParseAttributeValue(), place);
            }
            position = start;
            return ParseInterrupt(place);
        }

        private ReplValue ParseAttributeValue()
        {
            var place = Here;
            if(PeekWord() == "none")
            {
                TakeWord();
                return new NoneValue(place);
            }
            return ParseValue();
        }

        private IReadOnlyList<string> ParseStatements(string section)
        {
            var result = new List<string>();
            var current = new StringBuilder();
            Expect('{', $"the commands of '{section}'");
            while(true)
            {
                if(position >= text.Length)
                {
                    throw Error($"'}}' is missing at the end of '{section}'");
                }
                var character = text[position++];
                if(character == '"')
                {
                    current.Append(character);
                    do
                    {
                        character = text[position++];
                        current.Append(character);
                        if(character == '\\')
                        {
                            current.Append(text[position++]);
                        }
                    }
                    while(character != '"' && position < text.Length);
                    continue;
                }
                if(character == ';' || character == '}')
                {
                    var line = current.ToString().Trim();
                    if(line.Length > 0)
                    {
                        result.Add(line);
                    }
                    current.Clear();
                    if(character == '}')
                    {
                        return result;
                    }
                    continue;
                }
                current.Append(character);
            }
        }

        private InterruptAttribute ParseInterrupt(Place place)
        {
            List<InterruptSource> sources = null;
            if(!AtArrow)
            {
                sources = new List<InterruptSource>();
                if(TryTake('['))
                {
                    do
                    {
                        ParseSources(sources);
                    }
                    while(TryTake(','));
                    Expect(']', "']' after the interrupt sources");
                }
                else
                {
                    ParseSources(sources);
                }
            }
            if(!AtArrow)
            {
                throw Error("expected 'name: value' or 'source -> destination@input'");
            }
            position += 2;
            var destinations = new List<InterruptDestination>();
            if(PeekWord() == "none")
            {
                TakeWord();
                return new InterruptAttribute(sources, destinations, place);
            }
            do
            {
                destinations.Add(ParseDestination());
            }
            while(TryTake('|') || IsLetter(Peek));

            var count = sources?.Count ?? 1;
            foreach(var destination in destinations)
            {
                if(destination.Inputs.Count != count)
                {
                    throw new ReplException(place, $"{count} interrupt source(s) cannot connect to {destination.Inputs.Count} input(s) of '{destination.Target}'");
                }
            }
            return new InterruptAttribute(sources, destinations, place);
        }

        private void ParseSources(List<InterruptSource> result)
        {
            if(IsLetter(Peek))
            {
                result.Add(new InterruptSource(TakeName("an interrupt source"), 0));
                return;
            }
            result.AddRange(TakeNumbers("an interrupt source").Select(x => new InterruptSource(null, x)));
        }

        private InterruptDestination ParseDestination()
        {
            var place = Here;
            var target = TakeName("a destination of the interrupt");
            int? local = null;
            if(TryTake('#'))
            {
                local = TakeInteger("the number of a local receiver");
            }
            Expect('@', $"'@' and an input of '{target}'");
            var inputs = new List<int>();
            if(TryTake('['))
            {
                do
                {
                    inputs.AddRange(TakeNumbers("an input"));
                }
                while(TryTake(','));
                Expect(']', "']' after the inputs");
            }
            else
            {
                inputs.AddRange(TakeNumbers("an input"));
            }
            return new InterruptDestination(target, local, inputs, place);
        }

        // "3" or "0-15" or "15-0"
        private IEnumerable<int> TakeNumbers(string what)
        {
            var first = TakeInteger(what);
            if(Peek != '-' || AtArrow)
            {
                return new[] { first };
            }
            Expect('-', "'-'");
            var last = TakeInteger(what);
            return last >= first
                ? Enumerable.Range(first, last - first + 1)
                : Enumerable.Range(last, first - last + 1).Reverse();
        }

        private ReplValue ParseValue()
        {
            var place = Here;
            var next = Peek;
            if(next == '"' || next == '\'')
            {
                return new StringValue(TakeQuoted(), place);
            }
            if(next == '<')
            {
                return ParseRange(place);
            }
            if(next == '[')
            {
                return ParseList(place);
            }
            if(next == '{')
            {
                return ParseDictionary(place);
            }
            if(next == '-' || IsDigit(next))
            {
                return new NumberValue(TakeNumber(), place);
            }
            if(next == '.')
            {
                position++;
                return new EnumValue(string.Empty, TakeName("an enum member"), place);
            }
            if(!IsLetter(next))
            {
                throw Error(AtEnd ? "expected a value" : $"expected a value, found '{next}'");
            }
            var word = PeekWord();
            switch(word)
            {
            case "true":
            case "True":
            case "false":
            case "False":
                TakeWord();
                return new BoolValue(word[0] == 't' || word[0] == 'T', place);
            case "empty":
                TakeWord();
                return new EmptyValue(place);
            case "new":
                TakeWord();
                var typeName = TakeTypeName();
                return new NewValue(typeName, Peek == '{' ? ParseAttributes() : Array.Empty<ReplAttribute>(), place);
            }
            var name = TakeTypeName();
            var dot = name.LastIndexOf('.');
            return dot < 0 ? new ReferenceValue(name, place) : new EnumValue(name[..dot], name[(dot + 1)..], place);
        }

        private ReplValue ParseRange(Place place)
        {
            Expect('<', "'<'");
            var begin = TakeUnsigned();
            Expect(',', "',' in a range");
            var isSize = TryTake('+');
            var end = TakeUnsigned();
            Expect('>', "'>' at the end of the range");
            if(isSize)
            {
                end += begin;
            }
            if(end < begin)
            {
                throw new ReplException(place, "this range ends before it begins");
            }
            return new RangeValue(begin, end, place);
        }

        private ReplValue ParseList(Place place)
        {
            var items = new List<ReplValue>();
            Expect('[', "'['");
            while(!TryTake(']'))
            {
                items.Add(ParseValue());
                if(!TryTake(',') && Peek != ']')
                {
                    throw Error("expected ',' or ']' in a list");
                }
            }
            return new ListValue(items, place);
        }

        private ReplValue ParseDictionary(Place place)
        {
            var items = new List<KeyValuePair<ReplValue, ReplValue>>();
            Expect('{', "'{'");
            while(!TryTake('}'))
            {
                var key = ParseValue();
                Expect(':', "':' after a key");
                items.Add(new KeyValuePair<ReplValue, ReplValue>(key, ParseValue()));
                if(!TryTake(';') && Peek != '}')
                {
                    throw Error("expected ';' or '}' in a dictionary");
                }
            }
            return new DictionaryValue(items, place);
        }

        private string TakeQuoted()
        {
            var next = Peek;
            var start = Here;
            if(next != '"' && next != '\'')
            {
                throw Error("expected a string in quotes");
            }
            var delimiter = next == '"' ? "\"" : "'''";
            if(!At(delimiter))
            {
                throw Error("expected a string in quotes");
            }
            position += delimiter.Length;
            var result = new StringBuilder();
            while(!At(delimiter))
            {
                if(position >= text.Length)
                {
                    throw new ReplException(start, "this string is not closed");
                }
                if(text[position] == '\\' && (text[position + 1] == '\\' || text[position + 1] == delimiter[0]))
                {
                    position++;
                }
                result.Append(text[position++]);
            }
            position += delimiter.Length;
            return result.ToString();
        }

        private string TakeNumber()
        {
            SkipSpace();
            var result = new StringBuilder();
            var start = Here;
            if(text[position] == '-')
            {
                result.Append(text[position++]);
            }
            var isHex = text[position] == '0' && text[position + 1] == 'x';
            if(isHex)
            {
                result.Append("0x");
                position += 2;
            }
            var digits = 0;
            while(true)
            {
                var character = text[position];
                if(isHex ? Uri.IsHexDigit(character) : IsDigit(character) || character == '.')
                {
                    result.Append(character);
                    digits++;
                }
                else if(character != '_' || digits == 0)
                {
                    break;
                }
                position++;
            }
            if(digits == 0 || IsLetter(text[position]))
            {
                throw new ReplException(start, "this is not a number");
            }
            return result.ToString();
        }

        private ulong TakeUnsigned()
        {
            var place = Here;
            var number = IsDigit(Peek) ? TakeNumber() : throw Error("expected a number");
            if(!Numbers.TryParse(number, out ulong result))
            {
                throw new ReplException(place, $"'{number}' is not a whole number of up to 64 bits");
            }
            return result;
        }

        private int TakeInteger(string what)
        {
            if(!IsDigit(Peek))
            {
                throw Error(AtEnd ? $"expected {what}" : $"expected {what}, found '{Peek}'");
            }
            var place = Here;
            var result = TakeUnsigned();
            if(result > int.MaxValue)
            {
                throw new ReplException(place, $"{result} is too large for {what}");
            }
            return (int)result;
        }

        private string TakeTypeName()
        {
            var result = new StringBuilder(TakeName("a type"));
            while(text[position] == '.')
            {
                position++;
                result.Append('.').Append(TakeName("a type"));
            }
            return result.ToString();
        }

        private string TakeName(string what)
        {
            if(!IsLetter(Peek))
            {
                throw Error(AtEnd ? $"expected {what}" : $"expected {what}, found '{Peek}'");
            }
            return TakeWord();
        }

        private string TakeWord()
        {
            var result = PeekWord();
            position += result.Length;
            return result;
        }

        private string PeekWord()
        {
            SkipSpace();
            var end = position;
            while(IsLetter(text[end]) || (end > position && (IsDigit(text[end]) || text[end] == '_')))
            {
                end++;
            }
            var result = new StringBuilder(end - position);
            for(var i = position; i < end; i++)
            {
                result.Append(text[i]);
            }
            return result.ToString();
        }

        private void Expect(char character, string what)
        {
            if(!TryTake(character))
            {
                throw Error(AtEnd ? $"expected {what}" : $"expected {what}, found '{Peek}'");
            }
        }

        private bool TryTake(char character)
        {
            if(Peek != character)
            {
                return false;
            }
            position++;
            return true;
        }

        private bool At(string expected)
        {
            for(var i = 0; i < expected.Length; i++)
            {
                if(text[position + i] != expected[i])
                {
                    return false;
                }
            }
            return true;
        }

        private void SkipSpace()
        {
            while(position < text.Length && char.IsWhiteSpace(text[position]))
            {
                position++;
            }
        }

        private void SkipSeparators()
        {
            while(TryTake(';'))
            {
            }
        }

        private ReplException Error(string message)
        {
            return new ReplException(Here, message);
        }

        private static bool IsLetter(char character)
        {
            return char.IsAsciiLetter(character);
        }

        private static bool IsDigit(char character)
        {
            return char.IsAsciiDigit(character);
        }

        private char Peek
        {
            get
            {
                SkipSpace();
                return text[position];
            }
        }

        private bool AtArrow
        {
            get
            {
                SkipSpace();
                return At("->");
            }
        }

        private bool AtEnd
        {
            get
            {
                SkipSpace();
                return position >= text.Length;
            }
        }

        private Place Here
        {
            get
            {
                SkipSpace();
                return text.PlaceAt(position);
            }
        }

        private int position;

        private readonly ReplText text;
        private readonly string file;

        private static readonly Dictionary<string, SectionKind> sections = new()
        {
            { "preinit", SectionKind.Preinit },
            { "init", SectionKind.Init },
            { "reset", SectionKind.Reset },
        };
    }
}
