// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text;

using Antmicro.Renode.Exceptions;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Standalone.Host
{
    /// <summary>Compiles included C# files into one assembly, and keeps it for the next start.</summary>
    internal sealed class PluginCompiler
    {
        /// <param name="cacheDirectory">Where compiled assemblies are kept; created if it isn't there.</param>
        /// <param name="hostAssemblies">The assemblies that plugins are compiled against, apart from the runtime's.</param>
        public PluginCompiler(string cacheDirectory, IEnumerable<Assembly> hostAssemblies)
        {
            this.cacheDirectory = cacheDirectory;
            this.hostAssemblies = hostAssemblies.ToList();
        }

        /// <summary>Loads files as one assembly, compiling them if no earlier start has.</summary>
        /// <returns>The assembly, or nothing if it is loaded already.</returns>
        /// <exception cref="RecoverableException">The files don't compile; tells the first error.</exception>
        public IEnumerable<Assembly> Load(IEnumerable<string> files)
        {
            var sorted = files.OrderBy(x => x, StringComparer.Ordinal).ToList();
            var sources = sorted.Select(File.ReadAllBytes).ToList();
            var content = ComputeHash(sources);
            if(!loaded.Add(content))
            {
                return Array.Empty<Assembly>();
            }
            try
            {
                var name = ComputeName(content);
                var path = Path.Combine(cacheDirectory, name + ".dll");
                var assembly = File.Exists(path) ? AssemblyLoadContext.Default.LoadFromAssemblyPath(path) : Load(Compile(name, sorted, sources), path);
                plugins.Add(assembly);
                return new[] { assembly };
            }
            catch
            {
                loaded.Remove(content);
                throw;
            }
        }

        private static Assembly Load(byte[] image, string path)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path));
                // Another host may be doing the same: what is in place is always whole.
                var temporary = $"{path}.{Environment.ProcessId}";
                File.WriteAllBytes(temporary, image);
                File.Move(temporary, path, overwrite: true);
                return AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
            }
            catch(Exception e) when(e is IOException or UnauthorizedAccessException)
            {
                // No place for it: the next start compiles again.
                return AssemblyLoadContext.Default.LoadFromStream(new MemoryStream(image));
            }
        }

        // Kept apart, so that a start that finds its assembly doesn't load the compiler.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private byte[] Compile(string name, IReadOnlyList<string> files, IReadOnlyList<byte[]> sources)
        {
            var options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.CSharp12);
            var trees = files.Select((x, i) => CSharpSyntaxTree.ParseText(SourceText.From(sources[i], sources[i].Length, Encoding.UTF8, canBeEmbedded: true), options, x));
            var compilation = CSharpCompilation.Create(name, trees, GetReferences(), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, deterministic: true));
            using var image = new MemoryStream();
            var result = compilation.Emit(image, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded));
            if(!result.Success)
            {
                var errors = result.Diagnostics.Where(x => x.Severity == DiagnosticSeverity.Error || x.IsWarningAsError).ToList();
                var first = errors[0];
                var position = first.Location.GetLineSpan();
                var place = position.IsValid ? $"{position.Path}:{position.StartLinePosition.Line + 1}:{position.StartLinePosition.Character + 1}: " : string.Empty;
                var more = errors.Count > 1 ? $" (and {errors.Count - 1} more)" : string.Empty;
                throw new RecoverableException($"{place}error {first.Id}: {first.GetMessage()}{more}");
            }
            return image.ToArray();
        }

        private IEnumerable<MetadataReference> GetReferences()
        {
            var runtime = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? string.Empty).Split(Path.PathSeparator)
                .Where(x => Path.GetFileName(x) is var file && (file.StartsWith("System.", StringComparison.Ordinal) || file is "Microsoft.CSharp.dll" or "netstandard.dll" or "mscorlib.dll"));
            return runtime.Concat(hostAssemblies.Concat(plugins).Select(x => x.Location)).Where(x => x.Length > 0).Distinct()
                .Select(x => MetadataReference.CreateFromFile(x));
        }

        private static string ComputeHash(IEnumerable<byte[]> sources)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach(var source in sources)
            {
                hash.AppendData(BitConverter.GetBytes(source.Length));
                hash.AppendData(source);
            }
            return Convert.ToHexString(hash.GetHashAndReset());
        }

        // Compiled code is good for these sources, these assemblies of the host, and this runtime.
        private string ComputeName(string content)
        {
            var parts = hostAssemblies.Concat(plugins).Select(x => x.ManifestModule.ModuleVersionId.ToByteArray()).Prepend(Encoding.UTF8.GetBytes(content + Environment.Version));
            return "plugin-" + ComputeHash(parts)[..24].ToLowerInvariant();
        }

        private readonly string cacheDirectory;
        private readonly List<Assembly> hostAssemblies;
        private readonly List<Assembly> plugins = new();
        private readonly HashSet<string> loaded = new();
    }
}
