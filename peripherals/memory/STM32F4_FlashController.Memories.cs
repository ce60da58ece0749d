// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Migrant;
using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Peripherals.Chip
{
    // Main memory and option bytes, as those see them who watch what is written to them.
    public partial class STM32F4_FlashController
    {
        /// <summary>Main memory, for those who watch what is written to it.</summary>
        private sealed class MainMemory : ISectoredMemory
        {
            public MainMemory(STM32F4_FlashController owner)
            {
                this.owner = owner;
            }

            public byte[] GetContent() => owner.flash.ReadBytes(0, (int)owner.flash.Size);

            public void SetContent(byte[] bytes)
            {
                if(bytes.Length != owner.flash.Size)
                {
                    throw new RecoverableException($"{bytes.Length} bytes are no content of a flash of {owner.flash.Size}");
                }
                owner.Forget();
                owner.flash.WriteBytes(0, bytes, 0, bytes.Length);
            }

            public MemorySector SectorAt(int offset)
            {
                var number = owner.SectorAt(offset).Value;
                var (start, size) = Sector(number);
                return new MemorySector { Number = number, Offset = (int)start, Size = size };
            }

            public string TargetName => "flash";

            public IReadOnlyList<TornOperation> Torn => owner.halfDone.Torn;

            public IEnumerable<int> UnstableBytes => owner.halfDone.Offsets;

            public IReadOnlyCollection<MemorySector> ToldSectors
            {
                get => owner.toldSectors;
                set
                {
                    owner.toldSectors = value.ToArray();
                    owner.UpdateBusReadPages();
                }
            }

            public SectorState TakeSector(MemorySector sector)
            {
                var kept = (IsTorn: owner.torn[sector.Number], Erases: owner.erases[sector.Number]);
                return owner.halfDone.StateOf(sector, owner.flash.ReadBytes(sector.Offset, sector.Size), writer =>
                {
                    writer.Write(kept.IsTorn);
                    writer.Write(kept.Erases);
                }, kept);
            }

            public void RestoreSector(SectorState state)
            {
                owner.flash.WriteBytes(state.Sector.Offset, state.Content, 0, state.Content.Length);
                (owner.torn[state.Sector.Number], owner.erases[state.Sector.Number]) = ((bool, int))owner.halfDone.Restore(state);
                owner.UpdateBusReadPages();
            }

            [field: Transient]
            public IMemoryWatcher Watcher { get; set; }

            private readonly STM32F4_FlashController owner;
        }

        /// <summary>Option bytes, for those who watch what is written to them: user options, read protection, bank modes, whether they are void, and nWRP.</summary>
        private sealed class OptionMemory : INonVolatileMemory
        {
            public OptionMemory(STM32F4_FlashController owner)
            {
                this.owner = owner;
            }

            public byte[] GetContent() => owner.optionBytes.ToBytes();

            public void SetContent(byte[] bytes)
            {
                if(bytes.Length != OptionBytes.Size)
                {
                    throw new RecoverableException($"{bytes.Length} bytes are no option bytes: give {OptionBytes.Size}");
                }
                owner.ChangeOptionBytes(() => owner.optionBytes.Set(bytes));
            }

            public string TargetName => "option-bytes";

            [field: Transient]
            public IMemoryWatcher Watcher { get; set; }

            private readonly STM32F4_FlashController owner;
        }

        /// <summary>Flash content: outlives every reset and loss of power. The values are those of a new chip.</summary>
        private sealed class OptionBytes
        {
            /// <summary>Their complements don't match any more: the defaults of protection level 1 hold.</summary>
            public void Spoil()
            {
                BrownOutLevelAndUser = NewUserOptions;
                ReadProtection = Spoilt;
                NotWriteProtected = NothingProtected;
                BankModes = 0;
                IsSpoilt = true;
            }

            public byte[] ToBytes()
            {
                return new[] { (byte)BrownOutLevelAndUser, (byte)ReadProtection, (byte)BankModes, (byte)(IsSpoilt ? 1 : 0) }.Concat(BitConverter.GetBytes(NotWriteProtected)).ToArray();
            }

            public void Set(byte[] bytes)
            {
                BrownOutLevelAndUser = bytes[0];
                ReadProtection = bytes[1];
                BankModes = bytes[2];
                IsSpoilt = bytes[3] != 0;
                NotWriteProtected = BitConverter.ToUInt32(bytes, 4);
            }

            // BOR off, software watchdog, no reset on entry to Stop or Standby.
            public uint BrownOutLevelAndUser = NewUserOptions;
            public uint ReadProtection = Unprotected;
            public uint NotWriteProtected = NothingProtected;
            public uint BankModes;
            public bool IsSpoilt;

            public const int Size = 8;

            private const uint NewUserOptions = 0x3B;
            private const uint NothingProtected = 0xFFFFFF;
            // Any value but those of levels 0 and 2.
            private const uint Spoilt = 0x55;
        }
    }
}
