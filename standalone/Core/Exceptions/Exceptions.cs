// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

namespace Antmicro.Renode.Exceptions
{
    /// <summary>An error that the user can act upon; the host shows its message and goes on.</summary>
    public class RecoverableException : Exception
    {
        public RecoverableException()
        {
        }

        public RecoverableException(string message) : base(message)
        {
        }

        public RecoverableException(string message, Exception innerException) : base(message, innerException)
        {
        }

        public RecoverableException(Exception innerException) : base(innerException.Message, innerException)
        {
        }
    }

    /// <summary>A peripheral got constructor arguments it cannot work with.</summary>
    public class ConstructionException : RecoverableException
    {
        public ConstructionException(string message) : base(message)
        {
        }

        public ConstructionException(string message, Exception innerException) : base(message, innerException)
        {
        }
    }

    /// <summary>A peripheral cannot be attached where it was asked to be.</summary>
    public class RegistrationException : RecoverableException
    {
        public RegistrationException(string message) : base(message)
        {
        }

        public RegistrationException(string name, string parentName) : base($"Cannot register {name} in {parentName}.")
        {
        }

        public RegistrationException(string name, string parentName, string reason) : base($"Cannot register {name} in {parentName}: {reason}.")
        {
        }
    }

    /// <summary>The host's configuration is wrong.</summary>
    public class ConfigurationException : Exception
    {
        public ConfigurationException(string message) : base(message)
        {
        }
    }
}
