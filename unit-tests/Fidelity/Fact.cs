// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;

using Antmicro.Renode.Peripherals.Chip;

namespace UnitTests.Fidelity
{
    /// <summary>A field of a register as the manual has it: one line of facts.csv.</summary>
    public class Fact
    {
        public static IReadOnlyList<Fact> All { get; } = Load();

        /// <summary>Chip lines as facts.csv calls them. F40x stands for F405/415 and F407/417, which share one register map, F2 for F205 to F217.</summary>
        public static IReadOnlyDictionary<string, ChipLine> Lines { get; } = new Dictionary<string, ChipLine>
        {
            { "F2", ChipLine.F207_F217 }, { "F40x", ChipLine.F407_F417 }, { "F42x", ChipLine.F42x_F43x }, { "F446", ChipLine.F446 }, { "F469", ChipLine.F469_F479 },
        };

        /// <summary>The folder of this file.</summary>
        public static string Folder => Path.GetDirectoryName(ThisFile());

        /// <summary>The root of the repository.</summary>
        public static string Root => Path.GetFullPath(Path.Combine(Folder, "..", ".."));

        /// <summary>Path of a source file that is somewhere below a folder of the repository; its name is there once.</summary>
        public static string FileOf(string folder, string name) => Directory.GetFiles(Path.Combine(Root, folder), name, SearchOption.AllDirectories).Single();

        public bool IsIn(string line) => LinesText == "all" || LinesText.Split(' ').Contains(line);

        public override string ToString() => $"{Block}_{Register}.{Name} (facts.csv, line {LineNumber})";

        public int LineNumber { get; private set; }

        public string Block { get; private set; }

        public string Register { get; private set; }

        public uint Offset { get; private set; }

        public string Bits { get; private set; }

        public int Lowest { get; private set; }

        public uint Mask { get; private set; }

        public string Name { get; private set; }

        /// <summary>rw, r; w: acts when written, reads 0; rc_w0, rc_w1: cleared by that; rs: set only; wo: once; lock; held; count; data.</summary>
        public string Access { get; private set; }

        /// <summary>Value after power-on, at its place in the register.</summary>
        public uint Reset { get; private set; }

        /// <summary>Which resets clear what was written: system, wake, power, backup, any; empty where there is nothing to be kept.</summary>
        public string Class { get; private set; }

        /// <summary>What has to be open for a write to act.</summary>
        public string[] Guards { get; private set; }

        public string State { get; private set; }

        public string LinesText { get; private set; }

        /// <summary>The unit test that shows what a modelled field does.</summary>
        public string Test { get; private set; }

        public string Note { get; private set; }

        private static List<Fact> Load()
        {
            return File.ReadAllLines(Path.Combine(Folder, "facts.csv")).Skip(1).Select((x, i) => Parse(x.Split(';'), i + 2)).ToList();
        }

        private static Fact Parse(string[] cells, int lineNumber)
        {
            var bits = cells[3].Split(':').Select(int.Parse).ToArray();
            var width = bits[0] - bits.Last() + 1;
            return new Fact
            {
                LineNumber = lineNumber,
                Block = cells[0],
                Register = cells[1],
                Offset = Convert.ToUInt32(cells[2], 16),
                Bits = cells[3],
                Lowest = bits.Last(),
                Mask = (width == 32 ? uint.MaxValue : (1u << width) - 1) << bits.Last(),
                Name = cells[4],
                Access = cells[5],
                Reset = Convert.ToUInt32(cells[6], cells[6].StartsWith("0x") ? 16 : 10) << bits.Last(),
                Class = cells[7],
                Guards = cells[8].Split(' ', StringSplitOptions.RemoveEmptyEntries),
                State = cells[9],
                LinesText = cells[10],
                Test = cells[11],
                Note = cells[12],
            };
        }

        private static string ThisFile([CallerFilePath] string path = "") => path;
    }
}
