// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>
    /// A memory whose content outlives a loss of VDD. It tells of each write while the write is made, so that the power can be cut within
    /// it; what that leaves in the content is the memory's to say, as it is silicon's.
    /// </summary>
    public interface INonVolatileMemory
    {
        /// <summary>The content, all of it, whatever protects it.</summary>
        byte[] GetContent();

        /// <summary>Replaces the content, whatever protects it.</summary>
        /// <param name="bytes">As many as <see cref="GetContent"/> gives.</param>
        void SetContent(byte[] bytes);

        /// <summary>
        /// Told of each access of a core that gets through to the content, as long as it is set, exact to the single access. Not part of
        /// a snapshot. May make the memory slower, not different.
        /// </summary>
        IMemoryWatcher Watcher { get; set; }
    }

    /// <summary>Sees each access of a core to a memory that got through its gates, on the core's thread.</summary>
    public interface IMemoryWatcher
    {
        /// <summary>The core is about to be given a value.</summary>
        /// <param name="offset">Offset in bytes from the start of the memory.</param>
        /// <param name="size">Bytes: 1, 2 or 4.</param>
        void HasRead(int offset, int size);

        /// <summary>A value is in the memory now. If the power is cut in here, nothing that the core writes after it gets in.</summary>
        /// <param name="offset">Offset in bytes from the start of the memory.</param>
        /// <param name="value">The value.</param>
        /// <param name="size">Bytes: 1, 2 or 4.</param>
        void HasWritten(int offset, uint value, int size);
    }
}
