// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
namespace Standalone.Host.Monitor
{
    internal enum TokenKind
    {
        Literal,
        Text,
        Path,
        Integer,
        Float,
        Time,
        Bool,
        Null,
        Range,
        Variable,
        Execution,
        OpenBracket,
        CloseBracket,
        Comma,
        Assign,
        AssignIfUnset,
        Split,
        TextBlockMark,
        Comment,
    }

    /// <summary>A word of a Monitor command.</summary>
    /// <param name="Kind">What it is.</param>
    /// <param name="Original">As it was written.</param>
    /// <param name="Value">Its value: string, decimal (Integer), double (Float), bool, TimeInterval, Range or null.</param>
    internal sealed record Token(TokenKind Kind, string Original, object Value)
    {
        /// <summary>Strings, paths and text blocks: all that Renode takes for a string.</summary>
        public bool IsText => Kind == TokenKind.Text || Kind == TokenKind.Path;

        public string Text => Value as string;
    }
}
