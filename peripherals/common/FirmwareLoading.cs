// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Extensions;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>Monitor verb that puts a firmware image into flash, whatever its format.</summary>
    public static class FirmwareLoading
    {
        /// <summary>
        /// Loads <paramref name="path"/> as ELF, Intel HEX, DfuSe or raw binary, told apart by content, not by name.
        /// A raw binary goes to the start of main flash, 0x0800_0000. Wherever the image has its parts, the core starts from the vector
        /// table that flash begins with, as the chip does with BOOT0 low (RM0090 2.4), now and after each reset, unless the platform
        /// says where (<see cref="CoreSignals"/>, or InitVectorTableOffset of the core, which release 1.16.1 lacks).
        /// </summary>
        /// <exception cref="RecoverableException">The file is missing, unreadable, empty, or holds no STM32F4 firmware.</exception>
        public static void LoadFirmware(this IBusController sysbus, string path)
        {
            var head = ReadHead(path, out var length);
            try
            {
                switch(Recognize(head, length, path))
                {
                case Format.Elf:
                    sysbus.LoadELF(path);
                    break;
                case Format.IntelHex:
                    sysbus.LoadHEX(path);
                    break;
                case Format.DfuSe:
                    LoadDfuSe(sysbus, path);
                    break;
                default:
                    sysbus.LoadBinary(path, FlashBase);
                    break;
                }
            }
            catch(Exception e) when(!(e is RecoverableException))
            {
                throw new RecoverableException($"Firmware '{path}' is damaged: {e.Message}");
            }
            // Left to itself Renode takes the lowest section of the ELF file for the table.
            foreach(var cpu in sysbus.GetCPUs().OfType<CortexM>())
            {
                HostFeatures.SuggestVectorTable(sysbus.Machine, cpu, FlashBase);
            }
        }

        private static void LoadDfuSe(IBusController sysbus, string path)
        {
            IReadOnlyList<KeyValuePair<uint, byte[]>> parts;
            try
            {
                parts = DfuSeFile.Parse(File.ReadAllBytes(path), (setting, name) => Logger.Log(LogLevel.Warning, "{0}: target {1} ({2}) is not internal flash, and left out", path, setting, name));
            }
            catch(RecoverableException e)
            {
                throw new RecoverableException($"Firmware '{path}' is damaged: {e.Message}");
            }
            var outside = parts.FirstOrDefault(x => x.Value.Length > 0 && (x.Key + (ulong)x.Value.Length > FlashEnd || !sysbus.IsMemory(x.Key) || !sysbus.IsMemory(x.Key + (ulong)x.Value.Length - 1)));
            if(outside.Value != null)
            {
                throw new RecoverableException($"Firmware '{path}' wants {outside.Value.Length} bytes at 0x{outside.Key:X8}, where this chip has no flash: it is for another board");
            }
            foreach(var part in parts)
            {
                sysbus.WriteBytes(part.Value, part.Key);
            }
        }

        private static byte[] ReadHead(string path, out long length)
        {
            if(!File.Exists(path))
            {
                throw new RecoverableException($"Firmware '{path}' does not exist: set $bin to an ELF, HEX, DFU or BIN file, or build one with './build.sh firmware'");
            }
            try
            {
                using(var stream = File.OpenRead(path))
                {
                    var head = new byte[HeadSize];
                    var read = stream.Read(head, 0, HeadSize);
                    length = stream.Length;
                    Array.Resize(ref head, read);
                    return head;
                }
            }
            catch(Exception e) when(e is IOException || e is UnauthorizedAccessException)
            {
                throw new RecoverableException($"Firmware '{path}' can't be read: {e.Message}");
            }
        }

        private static Format Recognize(byte[] head, long length, string path)
        {
            if(head.Length < HeadSize)
            {
                throw new RecoverableException($"Firmware '{path}' has only {length} bytes: no image is that small");
            }
            if(head[0] == 0x7F && head[1] == 'E' && head[2] == 'L' && head[3] == 'F')
            {
                var machine = BitConverter.ToUInt16(head, ElfMachineOffset);
                if(machine != ElfMachineArm)
                {
                    throw new RecoverableException($"Firmware '{path}' is an ELF file for machine type {machine}, not for Arm ({ElfMachineArm})");
                }
                return Format.Elf;
            }
            if(DfuSeFile.IsRecognized(head))
            {
                return Format.DfuSe;
            }
            if(head[0] == ':' && Uri.IsHexDigit((char)head[1]) && Uri.IsHexDigit((char)head[2]))
            {
                return Format.IntelHex;
            }

            // A raw image starts with the vector table: stack pointer in RAM, then a Thumb entry point in flash.
            var stackPointer = BitConverter.ToUInt32(head, 0);
            var entryPoint = BitConverter.ToUInt32(head, 4);
            var stackInRam = (stackPointer > SramBase && stackPointer <= SramEnd) || (stackPointer > CcmBase && stackPointer <= CcmEnd);
            if(!stackInRam || (entryPoint & 1) == 0 || entryPoint < FlashBase || entryPoint >= FlashEnd)
            {
                throw new RecoverableException($"Firmware '{path}' is neither ELF, Intel HEX nor DfuSe, and as a raw image it has no vector table (it starts with 0x{stackPointer:X8} 0x{entryPoint:X8})");
            }
            if(length > FlashEnd - FlashBase)
            {
                throw new RecoverableException($"Firmware '{path}' has {length} bytes, more than any STM32F4 has flash");
            }
            return Format.Binary;
        }

        private const int HeadSize = 64;
        private const int ElfMachineOffset = 18;
        private const int ElfMachineArm = 40;
        private const uint FlashBase = 0x08000000;
        private const uint FlashEnd = 0x08200000;
        private const uint CcmBase = 0x10000000;
        private const uint CcmEnd = 0x10010000;
        private const uint SramBase = 0x20000000;
        private const uint SramEnd = 0x20050000;

        private enum Format
        {
            Elf,
            IntelHex,
            DfuSe,
            Binary,
        }
    }
}
