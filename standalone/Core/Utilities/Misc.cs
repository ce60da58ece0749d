// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Utilities
{
    /// <summary>Marks types that the Monitor and .repl files can build from text.</summary>
    [AttributeUsage(AttributeTargets.All)]
    public class ConvertibleAttribute : Attribute
    {
    }

    /// <summary>A path that must name a readable file.</summary>
    public class ReadFilePath
    {
        public ReadFilePath(string path)
        {
            if(!System.IO.File.Exists(path))
            {
                throw new Exceptions.RecoverableException($"No file '{path}': check the path.");
            }
            this.path = path;
        }

        public override string ToString() => path;

        public static implicit operator ReadFilePath(string path) => new ReadFilePath(path);

        public static implicit operator string(ReadFilePath @this) => @this.path;

        private readonly string path;
    }

    /// <summary>A path to be written to.</summary>
    public class WriteFilePath
    {
        public WriteFilePath(string path)
        {
            this.path = path;
        }

        public override string ToString() => path;

        public static implicit operator WriteFilePath(string path) => new WriteFilePath(path);

        public static implicit operator string(WriteFilePath @this) => @this.path;

        private readonly string path;
    }

    /// <summary>The Monitor fills in the parameter itself.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    public class AutoParameterAttribute : Attribute
    {
    }

    /// <summary>The enumeration may hold values without a name.</summary>
    [AttributeUsage(AttributeTargets.Enum)]
    public class AllowAnyNumericalValue : Attribute
    {
    }
}
