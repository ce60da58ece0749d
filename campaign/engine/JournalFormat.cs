// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// The lines of cuts.tsv. The first names the campaign; one with a name before a tab tells something of it; one that begins with a
    /// number is a cut; one with an equals sign says that a first cut and all that follow from it are complete. A file that ends in
    /// half a line is readable.
    /// </summary>
    internal static class JournalFormat
    {
        /// <summary>All lines of a recording.</summary>
        public static IEnumerable<string> Lines(CampaignRecording recording)
        {
            var facts = recording.Facts;
            yield return Header + facts.Fingerprint;
            yield return Fact("program", Encode(facts.Program));
            yield return Fact("path", Encode(facts.ProgramPath));
            yield return Fact("board", Encode(facts.Board));
            yield return Fact("host", Encode(facts.Host));
            yield return Fact("options", Encode(facts.Options.AllArguments(true)));
            if(facts.Options.ReplayAs != null)
            {
                yield return Fact("replay-as", Encode(facts.Options.ReplayAs));
            }
            yield return Fact("cuts", facts.CutsOfAllShards);
            yield return Fact("run", facts.RunWrites, facts.RunInstructions, Exact(facts.RunMicroseconds), facts.RunSteps);
            yield return Fact("targets", string.Join(",", facts.Targets));
            yield return Fact("last-writes", string.Join(",", facts.LastWriteOfStep), string.Join(",", facts.LastMicrosecondsOfStep.Select(Exact)));
            yield return Fact(MemoriesName, facts.Memories.Select(Word).ToArray<object>());
            foreach(var record in recording.Records)
            {
                yield return Line(record);
            }
            foreach(var cut in recording.Complete)
            {
                yield return Complete(cut);
            }
            if(recording.Scene != null)
            {
                yield return Line(recording.Scene);
            }
        }

        /// <summary>A cut.</summary>
        public static string Line(CutRecord record)
        {
            return string.Join("\t", record.Name, record.Verdict, record.IsGood ? 1 : 0, record.StepsDone, Exact(record.Microseconds),
                record.WritesDone, record.RecoveryWrites, record.Target, record.Place, record.State, record.Detail.Replace('\t', ' ').Replace('\n', ' ').Replace('\r', ' '));
        }

        /// <summary>What was seen at a cut.</summary>
        public static string Line(CutScene scene)
        {
            var writes = (scene.LastWrites ?? new MemoryWrite[0]).Select(x => string.Join(":", x.Number, x.Offset, x.Value, x.Size, x.ProgramCounter, Exact(x.Microseconds), x.StepsDone,
                x.Target, x.Moment, x.Kind, Exact(x.Duration), x.Sector));
            var left = scene.Left.Select(x => string.Join(":", x.Target, x.Offset, x.Size, x.State, x.Bytes, x.Changed, x.Unstable));
            var torn = scene.Torn.Select(x => string.Join(":", x.Target, x.Operation.Offset, x.Operation.Size, Exact(x.Operation.Share), x.Operation.Kept, x.Operation.Done, x.Operation.Between));
            return Fact(SceneName, scene.Record.Name, scene.Target, scene.Offset, Base64(scene.Before), Base64(scene.After), Encode(scene.Output), string.Join(";", writes),
                string.Join(";", left), string.Join(";", torn), Word(scene.Supply));
        }

        /// <summary>A first cut is complete.</summary>
        public static string Complete(int cut) => CompleteMark + cut.ToString(CultureInfo.InvariantCulture);

        /// <summary>How long the session took.</summary>
        public static string Session(CampaignRecording recording) => Fact("session", Exact(recording.Seconds), recording.CutsThisSession);

        /// <summary>Reads a file.</summary>
        /// <exception cref="RecoverableException">It is no journal, or damaged.</exception>
        public static CampaignRecording Read(string path)
        {
            string text;
            try
            {
                text = File.ReadAllText(path);
            }
            catch(Exception e) when(e is IOException || e is UnauthorizedAccessException)
            {
                throw new RecoverableException($"'{path}' can't be read: {e.Message}");
            }
            // The last line may be half of one.
            var lines = text.Substring(0, text.LastIndexOf('\n') + 1).Split(new[] { '\n' }, StringSplitOptions.RemoveEmptyEntries);
            if(lines.Length == 0 || !lines[0].StartsWith(Header, StringComparison.Ordinal))
            {
                throw new RecoverableException($"'{path}' is no record of a campaign, or one of another version: say --overwrite to throw it away");
            }
            try
            {
                return Read(lines[0].Substring(Header.Length), lines.Skip(1).Select(x => x.Split('\t')).ToList());
            }
            catch(Exception e) when(e is FormatException || e is ArgumentException || e is OverflowException || e is IndexOutOfRangeException || e is RecoverableException)
            {
                throw new RecoverableException($"'{path}' is damaged: say --overwrite to throw it away");
            }
        }

        private static CampaignRecording Read(string fingerprint, IReadOnlyList<string[]> lines)
        {
            var named = lines.Where(x => char.IsLetter(x[0][0])).GroupBy(x => x[0]).ToDictionary(x => x.Key, x => x.Last());
            string Text(string name) => named.TryGetValue(name, out var words) ? Decode(words[1]) : throw new FormatException($"no {name}");
            if(!named.TryGetValue("run", out var run) || !named.TryGetValue("cuts", out var cuts) || !named.TryGetValue("last-writes", out var lastWrites)
                || !named.TryGetValue("targets", out var targets) || !named.TryGetValue(MemoriesName, out var memories))
            {
                throw new FormatException("the head is incomplete");
            }
            var options = CampaignOptions.Parse(Text("options"));
            options.ReplayAs = named.ContainsKey("replay-as") ? Text("replay-as") : null;
            var recording = new CampaignRecording(new CampaignFacts
            {
                Fingerprint = fingerprint,
                Program = Text("program"),
                ProgramPath = Text("path"),
                Board = Text("board"),
                Host = Text("host"),
                Options = options,
                CutsOfAllShards = Integer(cuts[1]),
                RunWrites = Integer(run[1]),
                RunInstructions = ulong.Parse(run[2], CultureInfo.InvariantCulture),
                RunMicroseconds = Real(run[3]),
                RunSteps = Integer(run[4]),
                Targets = targets[1].Split(new[] { ',' }, StringSplitOptions.RemoveEmptyEntries),
                LastWriteOfStep = Numbers(lastWrites[1]),
                LastMicrosecondsOfStep = lastWrites[2].Split(new[] { ',' }, StringSplitOptions.RemoveEmptyEntries).Select(Real).ToArray(),
                Memories = memories.Skip(1).Where(x => x.Length > 0).Select(ReadMemory).ToArray(),
            });
            foreach(var line in lines.Where(x => x[0].StartsWith(CompleteMark, StringComparison.Ordinal)))
            {
                recording.Close(Integer(line[0].Substring(CompleteMark.Length)));
            }
            foreach(var line in lines.Where(x => char.IsDigit(x[0][0])))
            {
                recording.Add(ReadCut(line));
            }
            if(named.TryGetValue("session", out var session))
            {
                recording.Seconds = Real(session[1]);
                recording.CutsThisSession = Integer(session[2]);
            }
            if(named.TryGetValue(SceneName, out var scene))
            {
                recording.Scene = ReadScene(scene, recording.Records);
            }
            recording.DropIncomplete();
            return recording;
        }

        private static CutRecord ReadCut(string[] words)
        {
            return new CutRecord
            {
                Path = Numbers(words[0]),
                Verdict = (Verdict)Enum.Parse(typeof(Verdict), words[1]),
                IsGood = words[2] == "1",
                StepsDone = Integer(words[3]),
                Microseconds = Real(words[4]),
                WritesDone = Integer(words[5]),
                RecoveryWrites = Integer(words[6]),
                Target = words[7],
                Place = words[8],
                State = words[9],
                Detail = words[10],
            };
        }

        private static CutScene ReadScene(string[] words, IReadOnlyList<CutRecord> records)
        {
            var record = records.FirstOrDefault(x => x.Name == words[1]);
            return record == null ? null : new CutScene
            {
                Record = record,
                Target = words[2],
                Offset = Integer(words[3]),
                Before = Bytes(words[4]),
                After = Bytes(words[5]),
                Output = Decode(words[6]),
                LastWrites = Items(words[7]).Select(ReadWrite).ToArray(),
                Left = Items(words[8]).Select(ReadLeft).ToArray(),
                Torn = Items(words[9]).Select(ReadTorn).ToArray(),
                Supply = words[10].Length == 0 ? null : ReadSupply(words[10]),
            };
        }

        private static MemoryLeft ReadLeft(string[] words)
        {
            return new MemoryLeft
            {
                Target = words[0],
                Offset = Integer(words[1]),
                Size = Integer(words[2]),
                State = (MemoryState)Enum.Parse(typeof(MemoryState), words[3]),
                Bytes = Integer(words[4]),
                Changed = Integer(words[5]),
                Unstable = Integer(words[6]),
            };
        }

        private static (string Target, TornOperation Operation) ReadTorn(string[] words)
        {
            return (words[0], new TornOperation(Integer(words[1]), Integer(words[2]), Real(words[3]), Integer(words[4]), Integer(words[5]), Integer(words[6])));
        }

        // The levels, and then the points.
        private static SupplyCurve ReadSupply(string word)
        {
            var items = Items(word).ToList();
            var levels = items[0];
            return new SupplyCurve
            {
                CoreStopped = Real(levels[0]),
                PowerDown = Real(levels[1]),
                PowerOn = Real(levels[2]),
                BrownOut = Real(levels[3]),
                BrownOutEnd = Real(levels[4]),
                Points = items.Skip(1).Select(x => new SupplyPoint { Microseconds = Real(x[0]), Vdd = Real(x[1]), Vbat = Real(x[2]) }).ToArray(),
            };
        }

        // The memory, and then its rows, each of which is followed by its spans.
        private static MemoryPicture ReadMemory(string word)
        {
            var parts = word.Split('/');
            var memory = parts[0].Split(':');
            return new MemoryPicture { Target = memory[0], Size = Integer(memory[1]), HasSectors = memory[2] == "1", Rows = parts.Skip(1).Select(ReadRow).ToArray() };
        }

        private static MemoryRow ReadRow(string word)
        {
            var items = Items(word).ToList();
            var row = items[0];
            return new MemoryRow
            {
                Sector = OptionalInteger(row[0]),
                Count = Integer(row[1]),
                Offset = Integer(row[2]),
                Size = Integer(row[3]),
                Spans = items.Skip(1).Select(ReadSpan).ToArray(),
            };
        }

        private static MemorySpan ReadSpan(string[] words)
        {
            return new MemorySpan { From = Real(words[0]), To = Real(words[1]), State = (MemoryState)Enum.Parse(typeof(MemoryState), words[2]), Bytes = Integer(words[3]) };
        }

        private static MemoryWrite ReadWrite(string[] words)
        {
            return new MemoryWrite
            {
                Number = Integer(words[0]),
                Offset = Integer(words[1]),
                Value = uint.Parse(words[2], CultureInfo.InvariantCulture),
                Size = Integer(words[3]),
                ProgramCounter = uint.Parse(words[4], CultureInfo.InvariantCulture),
                Microseconds = Real(words[5]),
                StepsDone = Integer(words[6]),
                Target = words[7],
                Moment = (CutMoment)Enum.Parse(typeof(CutMoment), words[8]),
                Kind = (MemoryOperationKind)Enum.Parse(typeof(MemoryOperationKind), words[9]),
                Duration = Real(words[10]),
                Sector = OptionalInteger(words[11]),
            };
        }

        private static string Word(MemoryPicture memory)
        {
            var rows = memory.Rows.Select(x => string.Join(";", x.Spans.Select(y => string.Join(":", Exact(y.From), Exact(y.To), y.State, y.Bytes)).Prepend(string.Join(":", x.Sector, x.Count, x.Offset, x.Size))));
            return string.Join("/", rows.Prepend(string.Join(":", memory.Target, memory.Size, memory.HasSectors ? 1 : 0)));
        }

        private static string Word(SupplyCurve curve)
        {
            return curve == null ? "" : string.Join(";", curve.Points.Select(x => string.Join(":", Exact(x.Microseconds), Exact(x.Vdd), Exact(x.Vbat)))
                .Prepend(string.Join(":", Exact(curve.CoreStopped), Exact(curve.PowerDown), Exact(curve.PowerOn), Exact(curve.BrownOut), Exact(curve.BrownOutEnd))));
        }

        private static IEnumerable<string[]> Items(string word) => word.Split(new[] { ';' }, StringSplitOptions.RemoveEmptyEntries).Select(x => x.Split(':'));

        private static string Fact(string name, params object[] values) => name + "\t" + string.Join("\t", values);

        private static int Integer(string word) => int.Parse(word, CultureInfo.InvariantCulture);

        private static int? OptionalInteger(string word) => word.Length == 0 ? (int?)null : Integer(word);

        private static double Real(string word) => double.Parse(word, CultureInfo.InvariantCulture);

        private static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);

        private static int[] Numbers(string word) => word.Split(new[] { ',' }, StringSplitOptions.RemoveEmptyEntries).Select(Integer).ToArray();

        // Readable, and in one word.
        private static string Encode(string text) => Uri.EscapeDataString(text ?? "");

        private static string Decode(string word) => Uri.UnescapeDataString(word);

        private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes ?? new byte[0]);

        private static byte[] Bytes(string word) => word.Length == 0 ? null : Convert.FromBase64String(word);

        private const string Header = "# renode-bkpsram campaign 4 ";
        private const string SceneName = "scene";
        private const string MemoriesName = "memories";
        private const string CompleteMark = "=";
    }
}
