// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>Backup SRAM before and after a cut, side by side: the part of the page that shows what the cut left behind.</summary>
    internal static class CampaignHexDiff
    {
        /// <summary>Writes it: rows that differ, with a row that doesn't around them.</summary>
        public static void Write(CutScene scene, TextWriter writer)
        {
            var before = scene.Before;
            var after = scene.After;
            var length = Math.Min(before.Length, after.Length);
            var changed = Enumerable.Range(0, length).Count(x => before[x] != after[x]);
            var name = CampaignText.Capital(CampaignText.TargetName(scene.Target));
            writer.Write($"<h3>{CampaignText.Escape(name)} before and after</h3>\n");
            var earlier = scene.Record.Path.Length > 1 ? "when the power was back from the cut before" : "before the step that was cut";
            if(changed == 0)
            {
                writer.Write($"<p class=\"note\">All {length.ToString(CultureInfo.InvariantCulture)} bytes are as they were {earlier}.</p>\n");
                return;
            }
            writer.Write($"<p class=\"note\"><b>Before</b> is {earlier}, <b>after</b> is when the power was back and no code had run. {CampaignText.Count(changed, "byte")} differ{(changed == 1 ? "s" : "")}, bold and underlined.</p>\n");
            writer.Write($"<div class=\"hex\" tabindex=\"0\" role=\"region\" aria-label=\"{CampaignText.Escape(name)} before and after the cut\"><div class=\"rows\">\n");
            var rows = (length + BytesPerRow - 1) / BytesPerRow;
            var firstRow = scene.Offset / BytesPerRow;
            var gap = 0;
            for(var row = 0; row < rows; row++)
            {
                var isShown = Enumerable.Range(row - 1, 3).Any(x => x >= 0 && x < rows && Differs(before, after, x, length));
                if(!isShown)
                {
                    gap++;
                    continue;
                }
                WriteGap(firstRow + row - gap, gap, writer);
                gap = 0;
                if(Differs(before, after, row, length))
                {
                    WriteRow(before, after, row, length, "before", firstRow, writer);
                    WriteRow(after, before, row, length, "after", firstRow, writer);
                }
                else
                {
                    WriteRow(after, before, row, length, "same", firstRow, writer);
                }
            }
            WriteGap(firstRow + rows - gap, gap, writer);
            writer.Write("</div></div>\n");
        }

        private static bool Differs(byte[] before, byte[] after, int row, int length)
        {
            var start = row * BytesPerRow;
            var count = Math.Min(BytesPerRow, length - start);
            return !before.AsSpan(start, count).SequenceEqual(after.AsSpan(start, count));
        }

        private static void WriteGap(int firstRow, int rows, TextWriter writer)
        {
            if(rows > 0)
            {
                writer.Write($"<div class=\"gap\">{Offset(firstRow)} to {((firstRow + rows) * BytesPerRow - 1).ToString("X3", CultureInfo.InvariantCulture)}: the same</div>\n");
            }
        }

        private static void WriteRow(byte[] shown, byte[] other, int row, int length, string kind, int firstRow, TextWriter writer)
        {
            var hex = new StringBuilder();
            var characters = new StringBuilder();
            var isOpen = false;
            var end = Math.Min(length, (row + 1) * BytesPerRow);
            for(var i = row * BytesPerRow; i < end; i++)
            {
                var isChanged = shown[i] != other[i];
                var separator = i % BytesPerRow == 0 ? "" : i % BytesPerRow == BytesPerRow / 2 ? "  " : " ";
                if(isOpen && !isChanged)
                {
                    hex.Append("</b>");
                    characters.Append("</b>");
                }
                hex.Append(separator);
                if(isChanged && !isOpen)
                {
                    hex.Append("<b>");
                    characters.Append("<b>");
                }
                isOpen = isChanged;
                hex.Append(shown[i].ToString("X2", CultureInfo.InvariantCulture));
                characters.Append(shown[i] >= 0x20 && shown[i] < 0x7F ? CampaignText.Escape(((char)shown[i]).ToString()) : "·");
            }
            if(isOpen)
            {
                hex.Append("</b>");
                characters.Append("</b>");
            }
            writer.Write($"<div class=\"row {kind}\"><i>{(kind == "after" ? "" : Offset(firstRow + row))}</i><i>{kind}</i><span>{hex}</span><span>{characters}</span></div>\n");
        }

        private static string Offset(int row) => (row * BytesPerRow).ToString("X3", CultureInfo.InvariantCulture);

        private const int BytesPerRow = 16;
    }
}
