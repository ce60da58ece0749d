// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>What a campaign of any firmware looks for: where its run begins and ends, and what it prints after a cut.</summary>
    public sealed class FirmwareOptions
    {
        /// <summary>Is anything of it given?</summary>
        public bool IsGiven => Given.Any();

        /// <summary>The line that begins the run; null: something else does.</summary>
        public Regex From { get; internal set; }

        /// <summary>The line that ends it.</summary>
        public Regex Until { get; internal set; }

        /// <summary>The function whose first instruction begins the run.</summary>
        public string FromSymbol { get; internal set; }

        /// <summary>The function whose first instruction ends it.</summary>
        public string UntilSymbol { get; internal set; }

        /// <summary>A line within the run that completes a step; null: the run is one step.</summary>
        public Regex Step { get; internal set; }

        /// <summary>The line after a cut that says that all is well.</summary>
        public Regex Good { get; internal set; }

        /// <summary>The line after a cut that says that it isn't; null: only silence does.</summary>
        public Regex Bad { get; internal set; }

        /// <summary>The line after a cut that says that nothing is there; null: none does.</summary>
        public Regex Lost { get; internal set; }

        /// <summary>What the firmware shows when it waits for input, on a line that is not whole; null: it is not asked.</summary>
        public Regex Prompt { get; internal set; }

        /// <summary>Lines that are typed at the prompt to begin the run.</summary>
        public IReadOnlyList<string> Input { get; internal set; } = new string[0];

        /// <summary>Lines that are typed at the prompt after a cut.</summary>
        public IReadOnlyList<string> Ask { get; internal set; } = new string[0];

        /// <summary>Looks whether it is complete, and goes together.</summary>
        /// <exception cref="RecoverableException">It doesn't; one line says why.</exception>
        internal void Check()
        {
            if(!IsGiven)
            {
                return;
            }
            if(From != null && FromSymbol != null)
            {
                throw new RecoverableException("--from and --from-symbol both say where the run begins: give one of them");
            }
            if(Until != null && UntilSymbol != null)
            {
                throw new RecoverableException("--until and --until-symbol both say where the run ends: give one of them");
            }
            if(Until == null && UntilSymbol == null)
            {
                throw new RecoverableException("--until is missing: what does the firmware print when the run is over? (Or --until-symbol: which function is called then?)");
            }
            if(Good == null)
            {
                throw new RecoverableException("--good is missing: what does the firmware print after a cut, if all is well?");
            }
            if(Prompt == null && (Input.Count > 0 || Ask.Count > 0))
            {
                throw new RecoverableException($"{(Input.Count > 0 ? "--input" : "--ask")} needs --prompt: what does the firmware show when it waits for input?");
            }
            if(Prompt != null && Input.Count == 0 && Ask.Count == 0)
            {
                throw new RecoverableException("--prompt is for --input or --ask: what is to be typed there?");
            }
        }

        /// <summary>The options that are given, by name.</summary>
        internal IEnumerable<string> Given => OptionTable.All.Where(x => x.IsOfFirmware && x.Write(owner) != null).Select(x => x.Name);

        internal FirmwareOptions(CampaignOptions owner)
        {
            this.owner = owner;
        }

        private readonly CampaignOptions owner;
    }
}
