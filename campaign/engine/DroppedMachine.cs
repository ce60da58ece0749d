// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Linq;
using System.Reflection;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Memory;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// Lets machines that are about to be dropped be collected. Renode's bus keeps, for each thread, what it accessed last, and with that the whole machine; it
    /// forgets when a peripheral is taken off.
    /// </summary>
    internal static class DroppedMachine
    {
        /// <summary>Makes the machines of an emulation ready to be dropped: they can't be used any more.</summary>
        public static void ReleaseAll(Emulation emulation)
        {
            foreach(var machine in emulation.Machines)
            {
                // No memory: a core has it mapped.
                var address = machine.GetPeripheralsOfType<IBusPeripheral>().Where(x => !(x is MappedMemory)).SelectMany(x => machine.SystemBus.GetRegistrationPoints(x)).Select(x => (ulong?)x.Range.StartAddress).FirstOrDefault();
                if(address != null)
                {
                    unregister?.Invoke(machine.SystemBus, new object[] { address.Value, null });
                }
            }
        }

        // The standalone host's bus keeps nothing.
        private static readonly MethodInfo unregister = typeof(IBusController).GetMethod("UnregisterFromAddress");
    }
}
