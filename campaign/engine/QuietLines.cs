// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.UART;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// Lets the analyzers, testers and terminals of a board's UARTs hear nothing until it is disposed of: a campaign goes back in time again and again, which
    /// they can't follow, and nobody wants to read.
    /// </summary>
    internal sealed class QuietLines : IDisposable
    {
        /// <summary>Takes all that listen to a machine's UARTs away.</summary>
        public QuietLines(IMachine machine)
        {
            listeners = machine.GetPeripheralsOfType<IUART>().Select(x => (Uart: x, Field: FieldOf(x.GetType()))).Where(x => x.Field != null).Select(x => (x.Uart, x.Field, x.Field.GetValue(x.Uart))).ToList();
            foreach(var (uart, field, _) in listeners)
            {
                field.SetValue(uart, null);
            }
        }

        /// <summary>They are back.</summary>
        public void Dispose()
        {
            foreach(var (uart, field, listener) in listeners)
            {
                field.SetValue(uart, listener);
            }
        }

        // An event that is declared without accessors has such a field.
        private static FieldInfo FieldOf(Type type)
        {
            for(var current = type; current != null; current = current.BaseType)
            {
                var field = current.GetField(nameof(IUART.CharReceived), BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
                if(field != null)
                {
                    return field;
                }
            }
            return null;
        }

        private readonly List<(IUART Uart, FieldInfo Field, object Listener)> listeners;
    }
}
