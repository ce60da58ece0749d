// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Migrant;
using Antmicro.Renode.Core.Structure.Registers;
using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>The backup registers as a memory: register 0 first, lowest byte first. A register is written at once (RM0090 26.6.20).</summary>
    internal sealed class RtcBackupMemory : INonVolatileMemory
    {
        public RtcBackupMemory(IReadOnlyList<IValueRegisterField> registers)
        {
            this.registers = registers;
        }

        public byte[] GetContent() => registers.SelectMany(x => BitConverter.GetBytes((uint)x.Value)).ToArray();

        public void SetContent(byte[] bytes)
        {
            if(bytes.Length != sizeof(uint) * registers.Count)
            {
                throw new RecoverableException($"{bytes.Length} bytes are no content of the backup registers: give {sizeof(uint) * registers.Count}");
            }
            for(var i = 0; i < registers.Count; i++)
            {
                registers[i].Value = BitConverter.ToUInt32(bytes, sizeof(uint) * i);
            }
        }

        public string TargetName => "backup-registers";

        [field: Transient]
        public IMemoryWatcher Watcher { get; set; }

        private readonly IReadOnlyList<IValueRegisterField> registers;
    }
}
