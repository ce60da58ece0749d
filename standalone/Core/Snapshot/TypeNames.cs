// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Core.Snapshots
{
    /// <summary>Names of types that hold in another process, where plugins were compiled anew.</summary>
    internal static class TypeNames
    {
        public static string NameOf(Type type)
        {
            if(type.IsArray)
            {
                return $"{NameOf(type.GetElementType())}[{new string(',', type.GetArrayRank() - 1)}]";
            }
            var name = $"{(type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName}|{type.Assembly.GetName().Name}";
            return type.IsGenericType && !type.IsGenericTypeDefinition ? $"{name}<{string.Join(";", type.GetGenericArguments().Select(NameOf))}>" : name;
        }

        /// <exception cref="RecoverableException">No loaded assembly has the type.</exception>
        public static Type Find(string name)
        {
            var position = 0;
            return Parse(name, ref position);
        }

        private static Type Parse(string text, ref int position)
        {
            var start = position;
            // compiler-generated names contain angle brackets, so the assembly's bar comes first
            position = text.IndexOf('|', start);
            var fullName = text.Substring(start, position - start);
            start = ++position;
            while(position < text.Length && text[position] != '<' && text[position] != '>' && text[position] != ';' && text[position] != '[')
            {
                position++;
            }
            var result = Resolve(fullName, text.Substring(start, position - start));
            if(position < text.Length && text[position] == '<')
            {
                var arguments = new List<Type>();
                do
                {
                    position++;
                    arguments.Add(Parse(text, ref position));
                }
                while(text[position] == ';');
                position++;
                result = result.MakeGenericType(arguments.ToArray());
            }
            while(position < text.Length && text[position] == '[')
            {
                var rank = 1;
                while(text[++position] == ',')
                {
                    rank++;
                }
                position++;
                result = rank == 1 ? result.MakeArrayType() : result.MakeArrayType(rank);
            }
            return result;
        }

        private static Type Resolve(string fullName, string assembly)
        {
            // of assemblies compiled at run time the newest counts
            var candidates = AppDomain.CurrentDomain.GetAssemblies().Reverse().OrderBy(x => x.GetName().Name == assembly ? 0 : 1);
            foreach(var candidate in candidates)
            {
                var type = candidate.GetType(fullName, false);
                if(type != null)
                {
                    return type;
                }
            }
            throw new RecoverableException($"The snapshot holds a '{fullName}', which is not known here: include the files it was made with, then load it again.");
        }
    }
}
