// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.USB;
using Antmicro.Renode.Utilities;

namespace Antmicro.Renode.Peripherals.Board
{
    /// <summary>
    /// A drive of the PC: the device's mass storage function, as an image and as files on its FAT. For platform descriptions: <c>usbDrive: Board.UsbDrive @ sysbus</c>,
    /// <c>connector: usb</c>.
    /// </summary>
    /// <remarks>
    /// What it is asked for takes the time of its transfers: a verb leaves word and returns. One is done after the other; <see cref="IsBusy"/> tells when all
    /// are, <see cref="Result"/> what the last one has brought. Nothing is kept in between: the device may have changed its drive. We choose: unit 0, blocks of 512 to 4096 bytes.
    /// </remarks>
    public class UsbDrive : IPeripheral, IUsbFunction
    {
        /// <summary>Creates the drive.</summary>
        /// <param name="connector">Where the PC is.</param>
        public UsbDrive(UsbConnector connector)
        {
            host = connector.Host;
            connector.Add(this);
        }

        /// <summary>Nothing: a reset of the board is none of the PC.</summary>
        public void Reset()
        {
        }

        /// <summary>Reads the whole drive into a file.</summary>
        /// <param name="path">The file.</param>
        public void Save(WriteFilePath path)
        {
            string file = path;
            Ask(new Job { Name = "Save", Kind = JobKind.ReadImage, File = file });
        }

        /// <summary>Writes an image to the drive, from its begin.</summary>
        /// <param name="path">A file of whole blocks, no larger than the drive.</param>
        public void Load(ReadFilePath path)
        {
            Ask(new Job { Name = "Load", Kind = JobKind.WriteImage, Content = File.ReadAllBytes(path) });
        }

        /// <summary>Lists a folder: <see cref="Result"/> has a line for each file, its size and its name; folders end with a /.</summary>
        /// <param name="path">The folder, as <c>/lib</c>.</param>
        public void ListFiles(string path = "/")
        {
            Ask(new Job { Name = "ListFiles " + path, Kind = JobKind.List, Path = path });
        }

        /// <summary>Reads a file as text into <see cref="Result"/>.</summary>
        /// <param name="path">On the drive, as <c>/lib/boot.py</c>; small and capital letters are alike.</param>
        public void ReadFile(string path)
        {
            Ask(new Job { Name = "ReadFile " + path, Kind = JobKind.Read, Path = path });
        }

        /// <summary>Copies a file of the drive into one of yours.</summary>
        /// <param name="path">On the drive.</param>
        /// <param name="target">Yours.</param>
        public void CopyFile(string path, WriteFilePath target)
        {
            string file = target;
            Ask(new Job { Name = "CopyFile " + path, Kind = JobKind.Read, Path = path, File = file });
        }

        /// <summary>Copies a file onto the drive.</summary>
        /// <param name="path">On the drive: a new name of up to 8 letters, a dot and up to 3, or that of a file, which it replaces.</param>
        /// <param name="source">Yours.</param>
        public void WriteFile(string path, ReadFilePath source)
        {
            Ask(new Job { Name = "WriteFile " + path, Kind = JobKind.Write, Path = path, Content = File.ReadAllBytes(source) });
        }

        /// <summary>Writes a file of some text.</summary>
        /// <param name="path">As with <see cref="WriteFile"/>.</param>
        /// <param name="text">Its content; <c>\n</c> is the end of a line.</param>
        public void WriteText(string path, string text)
        {
            Ask(new Job { Name = "WriteText " + path, Kind = JobKind.Write, Path = path, Content = Encoding.UTF8.GetBytes(text.Replace("\\n", "\n")) });
        }

        /// <summary>Deletes a file.</summary>
        /// <param name="path">On the drive.</param>
        public void DeleteFile(string path)
        {
            Ask(new Job { Name = "DeleteFile " + path, Kind = JobKind.Delete, Path = path });
        }

        /// <summary>Makes a folder.</summary>
        /// <param name="path">Its name of up to 8 letters, a dot and up to 3, in a folder that is there.</param>
        public void MakeFolder(string path)
        {
            Ask(new Job { Name = "MakeFolder " + path, Kind = JobKind.MakeFolder, Path = path });
        }

        /// <summary>Tells the device that the drive is not used any more, as people do before they pull the cable.</summary>
        public void Eject()
        {
            Ask(new Job { Name = "Eject", Kind = JobKind.Eject });
        }

        /// <summary>Is there a drive?</summary>
        public bool IsThere => disk != null;

        /// <summary>Is anything under way, or waiting?</summary>
        public bool IsBusy
        {
            get
            {
                lock(jobs)
                {
                    return jobs.Count > 0;
                }
            }
        }

        /// <summary>What the verb that was last done has brought, or "failed: " and why.</summary>
        public string Result { get; private set; } = "";

        /// <summary>Bytes of the drive when it was last asked; 0: no medium.</summary>
        public ulong Capacity => disk == null ? 0 : (ulong)disk.BlockCount * (ulong)disk.BlockSize;

        bool IUsbDriver.TryAttach(UsbHost _, UsbConfiguration configuration, IList<UsbInterface> free)
        {
            foreach(var found in free.Where(x => x.Class == MassStorage && x.Subclass == Scsi && x.Protocol == BulkOnly && x.Alternate == 0).ToArray())
            {
                var bulkIn = found.Find(UsbEndpoint.Bulk, true);
                var bulkOut = found.Find(UsbEndpoint.Bulk, false);
                free.Remove(found);
                if(bulkIn == null || bulkOut == null)
                {
                    host.Mistakes.Report($"USB interface {found.Number}", "mass storage without a bulk IN and a bulk OUT endpoint: ignored");
                    continue;
                }
                disk = new UsbDisk(host, found, bulkIn, bulkOut);
                hasJobs = new UsbSignal();
                host.Start(Work());
                return true;
            }
            return false;
        }

        void IUsbDriver.Detach()
        {
            disk = null;
            lock(jobs)
            {
                if(jobs.Count > 0)
                {
                    var under = jobs.Dequeue();
                    jobs.Clear();
                    Tell(under, "failed: the device has gone");
                }
            }
        }

        IEnumerable<KeyValuePair<string, string>> IStatusProvider.StatusLines
        {
            get
            {
                if(disk != null)
                {
                    var size = disk.BlockCount == 0 ? "no medium" : $"{disk.BlockCount} blocks of {disk.BlockSize} bytes{(disk.IsWriteProtected ? ", read only" : "")}";
                    yield return new KeyValuePair<string, string>("Drive", (disk.Name.Length > 0 ? disk.Name + ", " : "") + size + (IsBusy ? ", busy" : ""));
                }
            }
        }

        private void Ask(Job job)
        {
            lock(jobs)
            {
                if(disk == null)
                {
                    throw new RecoverableException("The USB device has no drive now: 'usb Status' tells why");
                }
                jobs.Enqueue(job);
                if(jobs.Count > 1)
                {
                    return;
                }
            }
            host.Set(hasJobs);
        }

        private IEnumerator<UsbStep> Work()
        {
            foreach(var step in disk.Identify())
            {
                yield return step;
            }
            while(true)
            {
                Job job;
                lock(jobs)
                {
                    job = jobs.Count > 0 ? jobs.Peek() : null;
                }
                if(job == null)
                {
                    yield return hasJobs;
                    hasJobs = new UsbSignal();
                    continue;
                }
                problem = null;
                answer = "done";
                foreach(var step in Do(job))
                {
                    yield return step;
                }
                lock(jobs)
                {
                    jobs.Dequeue();
                }
                Tell(job, problem != null ? "failed: " + problem : answer);
            }
        }

        private void Tell(Job job, string result)
        {
            Result = result;
            this.Log(result.StartsWith("failed: ", StringComparison.Ordinal) ? LogLevel.Warning : LogLevel.Info, "{0}: {1}", job.Name, job.Kind == JobKind.Read || job.Kind == JobKind.List ? FirstLineOf(result) : result);
        }

        private static string FirstLineOf(string text)
        {
            var end = text.IndexOf('\n');
            return end < 0 ? text : text.Substring(0, end) + " ...";
        }

        private IEnumerable<UsbStep> Do(Job job)
        {
            foreach(var step in disk.GetReady())
            {
                yield return step;
            }
            problem = disk.Problem;
            if(problem == null && job.Kind >= JobKind.WriteImage && job.Kind != JobKind.Eject && disk.IsWriteProtected)
            {
                problem = "the drive is read only";
            }
            if(problem != null)
            {
                yield break;
            }
            // A drive that can't lock its medium says so; nobody minds.
            foreach(var step in disk.Run(new byte[] { PreventRemoval, 0, 0, 0, 1, 0 }))
            {
                yield return step;
            }
            foreach(var step in job.Kind == JobKind.ReadImage ? ReadImage(job) : job.Kind == JobKind.WriteImage ? WriteImage(job) : job.Kind == JobKind.Eject ? Enumerable.Empty<UsbStep>() : WorkOnFiles(job))
            {
                yield return step;
            }
            if(job.Kind >= JobKind.WriteImage)
            {
                foreach(var step in disk.Run(new byte[] { SynchronizeCache, 0, 0, 0, 0, 0, 0, 0, 0, 0 }))
                {
                    yield return step;
                }
            }
            foreach(var step in disk.Run(new byte[] { PreventRemoval, 0, 0, 0, 0, 0 }))
            {
                yield return step;
            }
            if(job.Kind == JobKind.Eject)
            {
                foreach(var step in disk.Run(new byte[] { StartStop, 0, 0, 0, 2, 0 }))
                {
                    yield return step;
                }
                problem = disk.Problem;
            }
        }

        private IEnumerable<UsbStep> ReadImage(Job job)
        {
            var image = new MemoryStream();
            foreach(var step in Fetch(0, disk.BlockCount, (_, data) => image.Write(data, 0, data.Length)))
            {
                yield return step;
            }
            if(problem == null)
            {
                WriteOut(job.File, image.ToArray());
            }
        }

        private IEnumerable<UsbStep> WriteImage(Job job)
        {
            var size = disk.BlockSize;
            if(job.Content.Length % size != 0 || (ulong)job.Content.Length > Capacity)
            {
                problem = $"the image has {job.Content.Length} bytes, the drive {Capacity} in blocks of {size}";
                yield break;
            }
            var most = (int)disk.MostBlocks * size;
            for(var i = 0; i < job.Content.Length && problem == null; i += most)
            {
                foreach(var step in disk.WriteBlocks((uint)(i / size), job.Content.Skip(i).Take(most).ToArray()))
                {
                    yield return step;
                }
                problem = disk.Problem;
            }
        }

        /// <summary>The file system's part is done anew each time that a sector was missing, until none is; then its changes are written.</summary>
        private IEnumerable<UsbStep> WorkOnFiles(Job job)
        {
            var sectors = new DiskSectors(disk.BlockSize, disk.BlockCount);
            while(!TryWorkOnFiles(job, sectors, out var first, out var count))
            {
                foreach(var step in Fetch(first, count, sectors.Fill))
                {
                    yield return step;
                }
                if(problem != null)
                {
                    yield break;
                }
            }
            if(problem != null)
            {
                yield break;
            }
            foreach(var change in sectors.Changes((int)disk.MostBlocks).ToArray())
            {
                foreach(var step in disk.WriteBlocks(change.Key, change.Value))
                {
                    yield return step;
                }
                problem = disk.Problem;
                if(problem != null)
                {
                    yield break;
                }
            }
        }

        private bool TryWorkOnFiles(Job job, DiskSectors sectors, out uint first, out uint count)
        {
            first = count = 0;
            sectors.Undo();
            try
            {
                var volume = new FatVolume(sectors);
                switch(job.Kind)
                {
                case JobKind.List:
                    answer = string.Join("\n", volume.List(job.Path).Select(x => $"{x.Value,10} {x.Key}"));
                    break;
                case JobKind.Read:
                    var content = volume.Read(job.Path);
                    if(job.File != null)
                    {
                        WriteOut(job.File, content);
                    }
                    else
                    {
                        answer = Encoding.UTF8.GetString(content);
                    }
                    break;
                case JobKind.Write:
                    volume.Write(job.Path, job.Content);
                    break;
                case JobKind.Delete:
                    volume.Delete(job.Path);
                    break;
                case JobKind.MakeFolder:
                    volume.MakeFolder(job.Path);
                    break;
                }
            }
            catch(MissingSectorsException e)
            {
                first = e.First;
                count = e.Count;
                return false;
            }
            catch(FatException e)
            {
                problem = e.Message;
            }
            return true;
        }

        private IEnumerable<UsbStep> Fetch(uint first, uint count, Action<uint, byte[]> taken)
        {
            while(count > 0)
            {
                var part = Math.Min(count, disk.MostBlocks);
                foreach(var step in disk.ReadBlocks(first, part))
                {
                    yield return step;
                }
                if(disk.Problem != null)
                {
                    problem = disk.Problem;
                    yield break;
                }
                taken(first, disk.Data);
                first += part;
                count -= part;
            }
        }

        private void WriteOut(string path, byte[] content)
        {
            try
            {
                File.WriteAllBytes(path, content);
                answer = $"{content.Length} bytes";
            }
            catch(Exception e) when(e is IOException || e is UnauthorizedAccessException)
            {
                problem = e.Message;
            }
        }

        private UsbDisk disk;
        private UsbSignal hasJobs = new UsbSignal();
        private string problem;
        private string answer;

        private readonly UsbHost host;
        private readonly Queue<Job> jobs = new Queue<Job>();

        private const int MassStorage = 8;
        private const int Scsi = 6;
        private const int BulkOnly = 0x50;
        private const byte StartStop = 0x1B;
        private const byte PreventRemoval = 0x1E;
        private const byte SynchronizeCache = 0x35;

        /// <summary>From WriteImage on, they change something.</summary>
        private enum JobKind
        {
            ReadImage,
            List,
            Read,
            WriteImage,
            Write,
            Delete,
            MakeFolder,
            Eject,
        }

        private sealed class Job
        {
            public string Name;
            public JobKind Kind;
            public string Path;
            // On this machine.
            public string File;
            public byte[] Content;
        }
    }
}
