// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;
using System.Reflection;

using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Core
{
    /// <summary>What belongs to the emulation and to no machine, by name.</summary>
    public sealed class ExternalsManager
    {
        public void AddExternal(IExternal external, string name)
        {
            if(!externals.TryAdd(name, external))
            {
                throw new RecoverableException($"External '{name}' already exists.");
            }
        }

        public void RemoveExternal(IExternal external)
        {
            if(!TryGetName(external, out var name))
            {
                throw new RecoverableException("No such external.");
            }
            externals.Remove(name);
        }

        public bool TryGetByName<T>(string name, out T result) where T : class
        {
            result = externals.TryGetValue(name, out var external) ? external as T : null;
            return result != null;
        }

        public bool TryGetName(IExternal external, out string name)
        {
            name = externals.FirstOrDefault(x => x.Value == external).Key;
            return name != null;
        }

        public IEnumerable<string> GetNames() => externals.Keys.ToArray();

        public IEnumerable<T> GetExternalsOfType<T>() where T : IExternal => externals.Values.OfType<T>().ToArray();

        public void Clear() => externals.Clear();

        public IEnumerable<IExternal> Externals => externals.Values;

        private readonly Dictionary<string, IExternal> externals = new Dictionary<string, IExternal>();
    }

    /// <summary>Connects externals with what they can be attached to.</summary>
    public sealed class Connector
    {
        public void Connect(IEmulationElement connectee, IConnectable connector)
        {
            Find(connectee, connector, nameof(IConnectable<object>.AttachTo)).Invoke(connector, new object[] { connectee });
            connections.Add((connectee, connector));
        }

        public IEnumerable<IEmulationElement> GetObjectsConnectedTo(IConnectable obj) => connections.Where(x => x.Connector == obj).Select(x => x.Connectee).ToArray();

        private static MethodInfo Find(IEmulationElement connectee, IConnectable connector, string method)
        {
            var candidate = connector.GetType().GetInterfaces().FirstOrDefault(x => x.IsGenericType && x.GetGenericTypeDefinition() == typeof(IConnectable<>)
                && x.GetGenericArguments()[0].IsInstanceOfType(connectee));
            return candidate?.GetMethod(method) ?? throw new RecoverableException($"{connector.GetType().Name} cannot be connected to {connectee.GetType().Name}.");
        }

        private readonly List<(IEmulationElement Connectee, IConnectable Connector)> connections = new List<(IEmulationElement, IConnectable)>();
    }
}
