// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

using Antmicro.Renode.Time;

using Range = Antmicro.Renode.Core.Range;

namespace Standalone.Host.Monitor
{
    /// <summary>Cuts a Monitor command into words.</summary>
    internal static class Tokenizer
    {
        /// <summary>Reads as many words as it can.</summary>
        /// <param name="text">The command.</param>
        /// <param name="rest">Where the first word that is none begins; the length of the text if all went well.</param>
        public static List<Token> Tokenize(string text, out int rest)
        {
            var result = new List<Token>();
            rest = 0;
            while(rest < text.Length)
            {
                if(char.IsWhiteSpace(text[rest]))
                {
                    rest++;
                    continue;
                }
                var token = Next(text, rest);
                if(token == null)
                {
                    return result;
                }
                rest += token.Original.Length;
                result.Add(token);
            }
            return result;
        }

        private static Token Next(string text, int start)
        {
            var left = text.AsSpan(start);
            switch(text[start])
            {
            case '#':
            case ':':
                return new Token(TokenKind.Comment, left.ToString(), null);
            case '[':
                return new Token(TokenKind.OpenBracket, "[", null);
            case ']':
                return new Token(TokenKind.CloseBracket, "]", null);
            case ',':
                return new Token(TokenKind.Comma, ",", null);
            case ';':
                return new Token(TokenKind.Split, ";", null);
            case '=':
                return new Token(TokenKind.Assign, "=", null);
            case '`':
                var end = text.IndexOf('`', start + 1);
                return end < 0 ? null : new Token(TokenKind.Execution, text[start..(end + 1)], text[(start + 1)..end]);
            case '"':
                return left.StartsWith(TextBlockMark, StringComparison.Ordinal) ? TextBlock(text, start) : Quoted(text, start);
            case '\'':
                return Quoted(text, start);
            }
            foreach(var (pattern, factory) in patterns)
            {
                var match = pattern.Match(text, start, text.Length - start);
                if(match.Success)
                {
                    return factory(match.Value);
                }
            }
            return null;
        }

        private static Token TextBlock(string text, int start)
        {
            var end = text.IndexOf(TextBlockMark, start + TextBlockMark.Length + 1 <= text.Length ? start + TextBlockMark.Length + 1 : text.Length,
                StringComparison.Ordinal);
            if(end < 0)
            {
                return new Token(TokenKind.TextBlockMark, TextBlockMark, null);
            }
            var content = text[(start + TextBlockMark.Length)..end].Trim('\r', '\n');
            return new Token(TokenKind.Text, text[start..(end + TextBlockMark.Length)], content);
        }

        private static Token Quoted(string text, int start)
        {
            var delimiter = text[start];
            var value = new StringBuilder();
            for(var i = start + 1; i < text.Length; i++)
            {
                if(text[i] == delimiter)
                {
                    return new Token(TokenKind.Text, text[start..(i + 1)], value.ToString());
                }
                if(text[i] == '\\' && i + 1 < text.Length && text[i + 1] == delimiter)
                {
                    i++;
                }
                value.Append(text[i]);
            }
            return null;
        }

        private static Token Integer(string text)
        {
            return TryInteger(text, out var value) ? new Token(TokenKind.Integer, text, value) : null;
        }

        private static bool TryInteger(string text, out decimal value)
        {
            value = 0;
            if(text.StartsWith("0x", StringComparison.Ordinal))
            {
                if(!Numbers.TryParse(text, out ulong hex))
                {
                    return false;
                }
                value = hex;
                return true;
            }
            return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);
        }

        private static Token MakeRange(string text)
        {
            var match = rangeParts.Match(text);
            if(!Numbers.TryParse(match.Groups[1].Value, out ulong begin) || !Numbers.TryParse(match.Groups[3].Value.TrimStart('+'), out ulong second))
            {
                return null;
            }
            if(match.Groups[2].Value.Contains(','))
            {
                return second < begin ? null : new Token(TokenKind.Range, text, new Range(begin, second - begin));
            }
            return new Token(TokenKind.Range, text, new Range(begin, second));
        }

        private static Token Time(string text)
        {
            return TimeInterval.TryParse(text, out var value) ? new Token(TokenKind.Time, text, value) : null;
        }

        private static Regex Pattern(string pattern)
        {
            return new Regex(@"\G(?:" + pattern + ")", RegexOptions.CultureInvariant);
        }

        private const string TextBlockMark = "\"\"\"";

        private static readonly Regex rangeParts = new(@"^<\s*(\w+)(\s*,\s*|\s+)(\+?\w+)\s*>$", RegexOptions.CultureInvariant);

        // In this order: a word that looks like a number is one.
        private static readonly (Regex, Func<string, Token>)[] patterns =
        {
            (Pattern(@"\$[0-9A-Za-z_.]+"), x => new Token(TokenKind.Variable, x, x[1..])),
            (Pattern(@"<\s*\w+(?:\s*,\s*|\s+)\+?\w+\s*>"), MakeRange),
            (Pattern(@"@(?:\\ |[^\s;])+"), x => new Token(TokenKind.Path, x, x[1..].Replace("\\ ", " "))),
            (Pattern(@"0x[0-9A-Fa-f]+"), Integer),
            (Pattern(@"(?:[0-9]+:)?[0-9]+:[0-9]+(?:\.[0-9]+)?"), Time),
            (Pattern(@"[+-]?\d+\.\d*(?:e[+-]?\d+)?"),
                // No more exact than Renode's, so that a model is told the same.
                x => new Token(TokenKind.Float, x, (double)float.Parse(x, CultureInfo.InvariantCulture))),
            (Pattern(@"[+-]?\d+(?:e[+-]?\d+)?"), Integer),
            (Pattern(@"true|false|True|False"), x => new Token(TokenKind.Bool, x, bool.Parse(x))),
            (Pattern(@"null"), x => new Token(TokenKind.Null, x, null)),
            (Pattern(@"\?="), x => new Token(TokenKind.AssignIfUnset, x, null)),
            (Pattern(@"[\w.\-?][\w.\-?:]*"), x => new Token(TokenKind.Literal, x, x)),
        };
    }
}
