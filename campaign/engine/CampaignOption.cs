// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>One option: what it is called, what it takes, what it does, and how it is written down again.</summary>
    internal sealed class CampaignOption
    {
        /// <summary>An option that the campaign itself takes.</summary>
        /// <param name="name">With its dashes.</param>
        /// <param name="value">What its value stands for in the help; null: it takes none.</param>
        /// <param name="help">What it does, after a colon, as one would say it.</param>
        /// <param name="set">Reads the value; an exception says what is wrong with it.</param>
        public CampaignOption(string name, string value, string help, Action<CampaignOptions, string> set)
        {
            Name = name;
            Value = value;
            Help = help;
            Set = set;
        }

        /// <summary>An option of <c>./build.sh campaign</c> alone, which tools/campaign.py takes.</summary>
        public static CampaignOption OfTool(string name, string value, string help) => new CampaignOption(name, value, help, null);

        /// <summary>With its dashes.</summary>
        public string Name { get; }

        /// <summary>What its value stands for; null: it takes none.</summary>
        public string Value { get; }

        /// <summary>What it does.</summary>
        public string Help { get; }

        /// <summary>Reads the value; null: the option is the tool's.</summary>
        public Action<CampaignOptions, string> Set { get; }

        /// <summary>The values that there are, and what each does; empty: any.</summary>
        public IReadOnlyList<KeyValuePair<string, string>> Choices { get; set; } = new KeyValuePair<string, string>[0];

        /// <summary>The value as it would be given, null if that need not be; of a flag any text. Null: it decides nothing about the cuts.</summary>
        public Func<CampaignOptions, string> Write { get; set; }

        /// <summary>Does it decide what happens at a cut, not just which are made? Then the command that replays one needs it.</summary>
        public bool IsReplayed { get; set; }

        /// <summary>Is it part of the name of the folder that tools/campaign.py chooses for a report?</summary>
        public bool NamesReport { get; set; }

        /// <summary>Is it for firmware that is no MicroPython?</summary>
        public bool IsOfFirmware { get; set; }

        /// <summary>Is it only for programs that call the campaign's verbs?</summary>
        public bool IsHidden { get; set; }

        /// <summary>Choices out of names and explanations.</summary>
        public static IReadOnlyList<KeyValuePair<string, string>> ChoicesOf(params (string Name, string Help)[] choices)
        {
            return choices.Select(x => new KeyValuePair<string, string>(x.Name, x.Help)).ToArray();
        }
    }
}
