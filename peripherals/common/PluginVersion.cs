// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>The version of the plugin. Made from the file VERSION by <c>./build.sh lists</c>.</summary>
    public static class PluginVersion
    {
        /// <summary>Numbers with points between them, as in the name of the package.</summary>
        public const string Text = "0.1.0";
    }
}
