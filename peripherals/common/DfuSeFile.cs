// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <summary>A file for ST's boot loader over USB, as firmware is published in (UM0391): parts with their addresses, and a CRC.</summary>
    internal static class DfuSeFile
    {
        public static bool IsRecognized(byte[] head) => HasText(head, 0, Signature);

        /// <summary>Its parts: address, content. Those of alternate setting 0, which is internal flash; others are reported.</summary>
        /// <param name="file">Content of the file.</param>
        /// <param name="skip">Called with the number and name of each target that is not for internal flash.</param>
        /// <exception cref="RecoverableException">The file is cut short, damaged, or for another device; says which.</exception>
        public static IReadOnlyList<KeyValuePair<uint, byte[]>> Parse(byte[] file, Action<int, string> skip)
        {
            if(file.Length < PrefixSize + SuffixSize || file[VersionOffset] != Version)
            {
                throw new RecoverableException($"it is no DfuSe file of version {Version}, or cut short ({file.Length} bytes)");
            }
            var suffix = file.Length - SuffixSize;
            var size = BitConverter.ToUInt32(file, SizeOffset);
            if(!HasText(file, suffix + 8, "UFD") || size != suffix)
            {
                throw new RecoverableException($"it is cut short: its header tells of {(long)size + SuffixSize} bytes, the file has {file.Length}");
            }
            var expected = BitConverter.ToUInt32(file, file.Length - CrcSize);
            var crc = Crc(file, file.Length - CrcSize);
            if(crc != expected)
            {
                throw new RecoverableException($"its CRC should be 0x{expected:X8} and is 0x{crc:X8}: download it again");
            }
            var vendor = BitConverter.ToUInt16(file, suffix + 4);
            var product = BitConverter.ToUInt16(file, suffix + 2);
            if((vendor != VendorOfSt && vendor != Any) || (product != BootLoader && product != Any))
            {
                throw new RecoverableException($"it is for USB device {vendor:X4}:{product:X4}, not for the boot loader of an STM32 ({VendorOfSt:X4}:{BootLoader:X4})");
            }

            var result = new List<KeyValuePair<uint, byte[]>>();
            var position = PrefixSize;
            for(var target = 0; target < file[TargetsOffset]; target++)
            {
                Require(TargetSize, "a target");
                if(!HasText(file, position, "Target"))
                {
                    throw new RecoverableException($"there is no target at byte {position}");
                }
                var setting = file[position + 6];
                var name = BitConverter.ToUInt32(file, position + 7) == 0 ? "" : Encoding.ASCII.GetString(file, position + 11, NameSize).TrimEnd('\0');
                var elements = BitConverter.ToUInt32(file, position + 270);
                position += TargetSize;
                if(setting != InternalFlash)
                {
                    skip(setting, name);
                }
                for(var element = 0u; element < elements; element++)
                {
                    Require(ElementSize, "an element");
                    var address = BitConverter.ToUInt32(file, position);
                    var length = BitConverter.ToUInt32(file, position + 4);
                    position += ElementSize;
                    Require(length, $"the element for 0x{address:X8}");
                    if(setting == InternalFlash)
                    {
                        result.Add(new KeyValuePair<uint, byte[]>(address, file.Skip(position).Take((int)length).ToArray()));
                    }
                    position += (int)length;
                }
            }
            if(result.Count == 0)
            {
                throw new RecoverableException("it has nothing for internal flash (alternate setting 0)");
            }
            return result;

            void Require(long length, string what)
            {
                if(length > suffix - position)
                {
                    throw new RecoverableException($"{what} at byte {position} is longer than the file");
                }
            }
        }

        /// <summary>CRC-32 of Ethernet, without its last inversion.</summary>
        private static uint Crc(byte[] data, int length)
        {
            var crc = uint.MaxValue;
            for(var i = 0; i < length; i++)
            {
                crc ^= data[i];
                for(var bit = 0; bit < 8; bit++)
                {
                    crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : Polynomial);
                }
            }
            return crc;
        }

        private static bool HasText(byte[] data, int offset, string text) => data.Length >= offset + text.Length && text.Select((x, i) => data[offset + i] == x).All(x => x);

        private const string Signature = "DfuSe";
        private const int VersionOffset = 5;
        private const int SizeOffset = 6;
        private const int TargetsOffset = 10;
        private const int PrefixSize = 11;
        private const int TargetSize = 274;
        private const int NameSize = 255;
        private const int ElementSize = 8;
        private const int SuffixSize = 16;
        private const int CrcSize = 4;
        private const byte Version = 1;
        private const byte InternalFlash = 0;
        private const ushort VendorOfSt = 0x0483;
        private const ushort BootLoader = 0xDF11;
        private const ushort Any = 0xFFFF;
        private const uint Polynomial = 0xEDB88320;
    }
}
