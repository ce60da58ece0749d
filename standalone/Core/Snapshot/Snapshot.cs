// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;

namespace Antmicro.Renode.Core.Snapshots
{
    /// <summary>The whole emulation, frozen. The emulation must not be running while it is saved.</summary>
    public static class Snapshot
    {
        /// <summary>Writes the emulation, uncompressed.</summary>
        public static void Save(Emulation emulation, Stream stream)
        {
            using(emulation.ObtainPausedState())
            {
                var content = new Content
                {
                    Machines = emulation.Machines.Cast<Machine>().ToArray(),
                    Names = emulation.Names.ToArray(),
                    Externals = emulation.ExternalsManager.Externals.ToArray(),
                    ExternalNames = emulation.ExternalsManager.GetNames().ToArray(),
                    Elapsed = emulation.Elapsed,
                    Quantum = emulation.QuantumTicks,
                    AdvanceImmediately = emulation.AdvanceImmediately,
                    Random = emulation.RandomGenerator,
                    Processors = emulation.Machines.Cast<Machine>().Select(x => x.Engines.Select(y => y.SaveState()).ToArray()).ToArray(),
                };
                new SnapshotWriter(stream, emulation, EmulationManager.Instance).Write(content);
            }
        }

        /// <summary>Restores an emulation and makes it the current one. If that fails, the current one stays.</summary>
        /// <exception cref="RecoverableException">The snapshot is damaged, of another version, or needs types that are not there.</exception>
        public static Emulation Load(Stream stream)
        {
            var levels = GetLogLevels();
            var emulation = new Emulation();
            var reader = new SnapshotReader(stream, emulation, EmulationManager.Instance);
            var content = (Content)reader.Read();
            emulation.Restore(content.Machines, content.Names, content.Elapsed, content.Quantum, content.AdvanceImmediately, content.Random);
            for(var i = 0; i < content.Externals.Length; i++)
            {
                if(content.Externals[i] != null)
                {
                    emulation.ExternalsManager.AddExternal(content.Externals[i], content.ExternalNames[i]);
                }
            }
            EmulationManager.Instance.Replace(emulation, () =>
            {
                reader.CallHooks(false);
                for(var i = 0; i < content.Machines.Length; i++)
                {
                    content.Machines[i].RestoreProcessors(content.Processors[i]);
                }
                reader.CallHooks(true);
            });
            SetLogLevels(levels);
            return emulation;
        }

        /// <summary>Saves the current emulation into a file, compressed.</summary>
        public static void SaveToFile(string path)
        {
            try
            {
                using(var file = File.Create(path))
                {
                    file.Write(magic);
                    using(var zip = new GZipStream(file, CompressionLevel.Fastest))
                    using(var buffer = new BufferedStream(zip, BufferSize))
                    {
                        Save(EmulationManager.Instance.CurrentEmulation, buffer);
                    }
                }
            }
            catch(Exception e) when(e is IOException || e is UnauthorizedAccessException)
            {
                throw new RecoverableException($"Cannot save to '{path}': {e.Message}");
            }
        }

        public static void LoadFromFile(string path)
        {
            try
            {
                using(var file = File.OpenRead(path))
                {
                    var head = new byte[magic.Length];
                    if(file.Read(head, 0, head.Length) != head.Length || !head.SequenceEqual(magic))
                    {
                        throw new RecoverableException($"'{path}' is no snapshot of this host and version.");
                    }
                    using(var zip = new GZipStream(file, CompressionMode.Decompress))
                    using(var buffer = new BufferedStream(zip, BufferSize))
                    {
                        Load(buffer);
                    }
                }
            }
            catch(Exception e) when(e is IOException || e is UnauthorizedAccessException || e is InvalidDataException)
            {
                throw new RecoverableException($"Cannot load '{path}': {e.Message}");
            }
        }

        // levels belong to objects, which are others after loading: carry them over by name
        private static List<(ILoggerBackend Backend, string Machine, string Name, LogLevel Level)> GetLogLevels()
        {
            var result = new List<(ILoggerBackend, string, string, LogLevel)>();
            foreach(var backend in Logger.GetBackends().Values)
            {
                foreach(var level in backend.GetCustomLogLevels())
                {
                    if(EmulationManager.Instance.CurrentEmulation.CurrentLogger.TryGetName(level.Key, out var name, out var machine))
                    {
                        result.Add((backend, machine, name, level.Value));
                    }
                }
                foreach(var id in backend.GetCustomLogLevels().Keys.ToArray())
                {
                    backend.SetLogLevel(null, id);
                }
            }
            return result;
        }

        private static void SetLogLevels(List<(ILoggerBackend Backend, string Machine, string Name, LogLevel Level)> levels)
        {
            var emulation = EmulationManager.Instance.CurrentEmulation;
            foreach(var item in levels)
            {
                if(item.Machine != null && emulation.TryGetMachineByName(item.Machine, out var machine) && machine.TryGetByName<Peripherals.IPeripheral>(item.Name, out var peripheral))
                {
                    item.Backend.SetLogLevel(item.Level, emulation.CurrentLogger.GetOrCreateSourceId(peripheral));
                }
            }
        }

        private static readonly byte[] magic = "BKPSNAP1"u8.ToArray();

        private const int BufferSize = 1 << 16;

        private sealed class Content
        {
            public Machine[] Machines;
            public string[] Names;
            public IExternal[] Externals;
            public string[] ExternalNames;
            public ulong Elapsed;
            public ulong Quantum;
            public bool AdvanceImmediately;
            public PseudorandomNumberGenerator Random;
            public byte[][][] Processors;
        }
    }
}
