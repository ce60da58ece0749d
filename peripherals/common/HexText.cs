// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>Content of a memory as text.</summary>
    public static class HexText
    {
        /// <summary>Lines of at most <see cref="BytesPerLine"/> bytes, each after its offset.</summary>
        /// <param name="bytes">The bytes.</param>
        /// <param name="offset">Offset of the first.</param>
        /// <param name="digits">Hexadecimal digits of an offset.</param>
        public static string Dump(byte[] bytes, int offset, int digits)
        {
            var lines = Enumerable.Range(0, (bytes.Length + BytesPerLine - 1) / BytesPerLine).Select(x => x * BytesPerLine);
            return string.Join("\n", lines.Select(x => $"{(offset + x).ToString("X" + digits)}  {Line(bytes.Skip(x).Take(BytesPerLine).ToArray())}"));
        }

        /// <summary>Bytes as numbers, then as characters, with a dot for what can't be printed.</summary>
        /// <param name="bytes">At most <see cref="BytesPerLine"/> bytes.</param>
        public static string Line(byte[] bytes)
        {
            var characters = string.Concat(bytes.Select(x => x >= ' ' && x <= '~' ? (char)x : '.'));
            return $"{string.Join(" ", bytes.Select(x => x.ToString("X2"))),-3 * BytesPerLine} {characters}";
        }

        /// <summary>How many bytes stand in a line.</summary>
        public const int BytesPerLine = 16;
    }
}
