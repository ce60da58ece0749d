// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Standalone.Host.Platform
{
    /// <summary>
    /// The characters of a platform description with comments taken out and indentation turned into braces and semicolons,
    /// each with the place it came from, so that the parser needs to know one notation only.
    /// </summary>
    internal sealed class ReplText
    {
        /// <summary>Prepares the text.</summary>
        /// <param name="source">The file's content.</param>
        /// <param name="file">Its name, for messages; empty if the text isn't from a file.</param>
        /// <exception cref="ReplException">A string or comment isn't closed, or the indentation is wrong.</exception>
        public ReplText(string source, string file)
        {
            this.file = file;
            foreach(var line in SplitLines(StripComments(source.Replace("\r", string.Empty))))
            {
                Append(line);
            }
            Close();
        }

        public Place PlaceAt(int index)
        {
            if(index < places.Count)
            {
                return new Place(file, places[index].Line, places[index].Column);
            }
            return new Place(file, lastLine, lastColumn);
        }

        public char this[int index] => index < characters.Count ? characters[index] : '\0';

        public int Length => characters.Count;

        private List<Marked> StripComments(string source)
        {
            var result = new List<Marked>(source.Length);
            var line = 1;
            var column = 1;
            var i = 0;

            void Take(bool keep)
            {
                var character = source[i++];
                result.Add(new Marked(keep || character == '\n' ? character : ' ', line, column));
                column++;
                if(character == '\n')
                {
                    line++;
                    column = 1;
                }
            }

            bool At(string text)
            {
                return string.CompareOrdinal(source, i, text, 0, text.Length) == 0;
            }

            while(i < source.Length)
            {
                if(At("'''") || source[i] == '"')
                {
                    var delimiter = source[i] == '"' ? "\"" : "'''";
                    var start = new Place(file, line, column);
                    for(var j = 0; j < delimiter.Length; j++)
                    {
                        Take(true);
                    }
                    while(!At(delimiter))
                    {
                        if(i >= source.Length || (source[i] == '\n' && delimiter.Length == 1))
                        {
                            throw new ReplException(start, "this string is not closed");
                        }
                        if(source[i] == '\\' && i + 1 < source.Length)
                        {
                            Take(true);
                        }
                        Take(true);
                    }
                    for(var j = 0; j < delimiter.Length; j++)
                    {
                        Take(true);
                    }
                }
                else if(At("/*"))
                {
                    var start = new Place(file, line, column);
                    var end = source.IndexOf("*/", i + 2, StringComparison.Ordinal);
                    if(end < 0)
                    {
                        throw new ReplException(start, "this comment is not closed");
                    }
                    while(i < end + 2)
                    {
                        Take(false);
                    }
                }
                else if(At("//") && (column == 1 || char.IsWhiteSpace(source[i - 1])))
                {
                    while(i < source.Length && source[i] != '\n')
                    {
                        Take(false);
                    }
                }
                else
                {
                    Take(true);
                }
            }
            lastLine = line;
            lastColumn = column;
            return result;
        }

        // A line break inside a ''' string doesn't end the line.
        private static IEnumerable<List<Marked>> SplitLines(List<Marked> text)
        {
            var current = new List<Marked>();
            var inText = false;
            for(var i = 0; i < text.Count; i++)
            {
                var isDelimiter = text[i].Character == '\'' && i + 2 < text.Count && text[i + 1].Character == '\''
                    && text[i + 2].Character == '\'' && (i == 0 || text[i - 1].Character != '\\');
                if(isDelimiter)
                {
                    inText = !inText;
                    current.Add(text[i++]);
                    current.Add(text[i++]);
                }
                if(text[i].Character == '\n' && !inText)
                {
                    yield return current;
                    current = new List<Marked>();
                    continue;
                }
                current.Add(text[i]);
            }
            yield return current;
        }

        private void Append(List<Marked> line)
        {
            var indent = 0;
            while(indent < line.Count && line[indent].Character == ' ')
            {
                indent++;
            }
            var end = line.Count;
            while(end > indent && char.IsWhiteSpace(line[end - 1].Character))
            {
                end--;
            }
            if(indent == end)
            {
                return;
            }
            if(line[indent].Character == '\t')
            {
                throw new ReplException(new Place(file, line[indent].Line, line[indent].Column), "a tab indents this line: use four spaces");
            }
            if(depth == 0)
            {
                var place = new Place(file, line[indent].Line, line[indent].Column);
                if(indent % SpacesPerLevel != 0)
                {
                    throw new ReplException(place, $"a line is indented by a multiple of {SpacesPerLevel} spaces, this one by {indent}");
                }
                var newLevel = indent / SpacesPerLevel;
                if(!started && newLevel != 0)
                {
                    throw new ReplException(place, "the first line must not be indented");
                }
                if(started)
                {
                    Decorate(newLevel);
                }
                level = newLevel;
                started = true;
            }
            else
            {
                // Inside braces a line break is white space.
                Insert('\n');
            }
            for(var i = indent; i < end; i++)
            {
                characters.Add(line[i].Character);
                places.Add((line[i].Line, line[i].Column));
                CountBraces(line, i);
            }
        }

        private void Decorate(int newLevel)
        {
            for(var i = level; i < newLevel; i++)
            {
                Insert('{');
            }
            for(var i = newLevel; i < level; i++)
            {
                Insert('}');
            }
            if(newLevel <= level)
            {
                Insert(';');
            }
        }

        private void Close()
        {
            for(var i = 0; i < level && depth == 0; i++)
            {
                Insert('}');
            }
        }

        private void CountBraces(List<Marked> line, int i)
        {
            var character = line[i].Character;
            if(character == '"' && (i == 0 || line[i - 1].Character != '\\'))
            {
                inString = !inString;
            }
            else if(!inString && character == '{')
            {
                depth++;
            }
            else if(!inString && character == '}')
            {
                depth--;
            }
        }

        // What is put in stands where the character before it stands.
        private void Insert(char character)
        {
            characters.Add(character);
            places.Add(places[places.Count - 1]);
        }

        private bool started;
        private bool inString;
        private int depth;
        private int level;
        private int lastLine;
        private int lastColumn;

        private readonly string file;
        private readonly List<char> characters = new();
        private readonly List<(int Line, int Column)> places = new();

        private const int SpacesPerLevel = 4;

        private readonly record struct Marked(char Character, int Line, int Column);
    }
}
