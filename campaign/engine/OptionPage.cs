// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>What is made of <see cref="OptionTable"/> for others: a file for tools, and a table for people.</summary>
    internal static class OptionPage
    {
        /// <summary>campaign/options.json: one option a line.</summary>
        public static string Json()
        {
            var lines = OptionTable.All.Select(x => "  " + CampaignJson.Object(
                ("name", CampaignJson.Text(x.Name)),
                ("value", x.Value == null ? "null" : CampaignJson.Text(x.Value)),
                ("help", CampaignJson.Text(x.Help)),
                ("choices", CampaignJson.Object(x.Choices.Select(y => (y.Key, CampaignJson.Text(y.Value))).ToArray())),
                ("tool", CampaignJson.Truth(x.Set == null)),
                ("namesReport", CampaignJson.Truth(x.NamesReport)),
                ("firmware", CampaignJson.Truth(x.IsOfFirmware)),
                ("hidden", CampaignJson.Truth(x.IsHidden))));
            return "[\n" + string.Join(",\n", lines) + "\n]\n";
        }

        /// <summary>The table of docs/campaigns.md.</summary>
        public static string Table()
        {
            var rows = new StringBuilder("| option | |\n|---|---|\n");
            foreach(var (option, help) in OptionTable.All.Where(x => !x.IsHidden).SelectMany(Rows))
            {
                rows.Append($"| `{option}` | {Code(help)} |\n");
            }
            return rows.ToString();
        }

        private static IEnumerable<(string Option, string Help)> Rows(CampaignOption option)
        {
            return option.Choices.Count > 0 ? option.Choices.Select(x => ($"{option.Name} {x.Key}", x.Value))
                : new[] { (option.Value == null ? option.Name : $"{option.Name} {option.Value}", option.Help) };
        }

        // Options, functions, files and commands as code.
        private static string Code(string help)
        {
            return Regex.Replace(help, @"--[a-z]+(?:-[a-z]+)*(?: \d+| \$\S+\}|)|\b[a-z]+\(\)|\b[a-z]+\.(?:json|html|xml|tsv)\b|\./build\.sh [a-z]+|build/campaign/|'campaign merge'", x => $"`{x.Value.Trim('\'')}`");
        }
    }
}
