// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>The names that an ELF file of a 32-bit processor gives to addresses.</summary>
    internal sealed class ElfSymbols
    {
        /// <summary>Reads the symbol table of an image.</summary>
        /// <param name="image">The file's bytes.</param>
        /// <param name="name">What it is called, for messages.</param>
        /// <exception cref="RecoverableException">It is no ELF file, is damaged, or holds no symbols.</exception>
        public ElfSymbols(byte[] image, string name)
        {
            this.image = image;
            this.name = name;
            if(!IsElf(image))
            {
                throw new RecoverableException($"{name} is no ELF file, which alone names addresses: give the .elf of the same build, or --from and --until");
            }
            try
            {
                ReadSections();
            }
            catch(Exception e) when(e is ArgumentException || e is OverflowException)
            {
                throw new RecoverableException($"{name} is cut short or damaged: its symbols can't be read");
            }
            if(addresses.Count == 0)
            {
                throw new RecoverableException($"{name} has no symbols, it was stripped: give the .elf from before that, or --from and --until");
            }
        }

        /// <summary>Does the file begin as an ELF file does?</summary>
        public static bool IsElf(byte[] image) => image.Length >= HeaderSize && image[0] == 0x7F && image[1] == 'E' && image[2] == 'L' && image[3] == 'F';

        /// <summary>The address of a function: that of its first instruction.</summary>
        /// <param name="symbol">Its name, as the linker knows it.</param>
        /// <param name="option">The option that asks for it, for messages.</param>
        /// <exception cref="RecoverableException">There is none of that name.</exception>
        public uint AddressOf(string symbol, string option)
        {
            if(addresses.TryGetValue(symbol, out var address))
            {
                return address;
            }
            var alike = addresses.Keys.Where(x => x.IndexOf(symbol, StringComparison.OrdinalIgnoreCase) >= 0 || (x.Length > 3 && symbol.IndexOf(x, StringComparison.OrdinalIgnoreCase) >= 0))
                .OrderBy(x => Math.Abs(x.Length - symbol.Length)).ThenBy(x => x, StringComparer.Ordinal).Take(MostAlike).ToList();
            throw new RecoverableException($"{option} {symbol}: {name} has no function of that name{(alike.Count > 0 ? $", but {string.Join(", ", alike)}" : " (was it made part of its caller? Then give it __attribute__((noinline)))")}");
        }

        private void ReadSections()
        {
            var table = checked((int)Word(32));
            var size = Half(46);
            for(var i = 0; i < Half(48); i++)
            {
                var section = table + (i * size);
                if(Word(section + 4) == SymbolTable)
                {
                    ReadSymbols(section, table + (checked((int)Word(section + 24)) * size));
                }
            }
        }

        private void ReadSymbols(int section, int namesSection)
        {
            var symbols = checked((int)Word(section + 16));
            var end = checked(symbols + (int)Word(section + 20));
            var names = checked((int)Word(namesSection + 16));
            for(var symbol = symbols; symbol + SymbolSize <= end; symbol += SymbolSize)
            {
                var type = image[symbol + 12] & 0xF;
                if((type == Function || type == NoType) && Half(symbol + 14) != Undefined)
                {
                    var start = checked(names + (int)Word(symbol));
                    var text = Encoding.UTF8.GetString(image, start, Array.IndexOf(image, (byte)0, start) - start);
                    // $t and $d are the assembler's marks. Bit 0 says that it is Thumb code.
                    if(text.Length > 0 && text[0] != '$' && (type == Function || !addresses.ContainsKey(text)))
                    {
                        addresses[text] = Word(symbol + 4) & ~1u;
                    }
                }
            }
        }

        private uint Word(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(offset, 4));

        private int Half(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(offset, 2));

        private readonly byte[] image;
        private readonly string name;
        private readonly Dictionary<string, uint> addresses = new Dictionary<string, uint>();

        private const int HeaderSize = 52;
        private const int SymbolSize = 16;
        private const int SymbolTable = 2;
        private const int Undefined = 0;
        private const int NoType = 0;
        private const int Function = 2;
        private const int MostAlike = 3;
    }
}
