// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using Antmicro.Renode.Core;

namespace Standalone.Host.Platform
{
    /// <summary>What `machine` offers in the Monitor beside its own members.</summary>
    public static class PlatformExtensions
    {
        /// <summary>Builds what a platform description file describes.</summary>
        /// <param name="machine">The machine to build in.</param>
        /// <param name="platformDescriptionFile">The file.</param>
        public static void LoadPlatformDescription(this Machine machine, string platformDescriptionFile)
        {
            new PlatformLoader(machine, Monitor.Monitor.Current).LoadFile(platformDescriptionFile);
        }

        /// <summary>Builds what a text in the format of a platform description file describes.</summary>
        /// <param name="machine">The machine to build in.</param>
        /// <param name="platformDescription">The text.</param>
        public static void LoadPlatformDescriptionFromString(this Machine machine, string platformDescription)
        {
            new PlatformLoader(machine, Monitor.Monitor.Current).LoadString(platformDescription);
        }
    }
}
