// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals.Bus;

namespace Antmicro.Renode.Peripherals.Testing
{
    /// <summary>A port for platform descriptions of tests: what comes in at a pin goes out there.</summary>
    public class TestPort : IDoubleWordPeripheral, IGPIOReceiver, INumberedGPIOOutput, IRegisterablePeripheral<IGPIOReceiver, NumberRegistrationPoint<int>>
    {
        public TestPort(IMachine machine)
        {
            this.machine = machine;
        }

        public void OnGPIO(int number, bool value) => Connections[number].Set(value);

        public uint ReadDoubleWord(long offset) => 0;

        public void WriteDoubleWord(long offset, uint value)
        {
        }

        public void Reset()
        {
        }

        public void Register(IGPIOReceiver peripheral, NumberRegistrationPoint<int> registrationPoint) => machine.RegisterAsAChildOf(this, peripheral, registrationPoint);

        public void Unregister(IGPIOReceiver peripheral) => machine.UnregisterAsAChildOf(this, peripheral);

        public IReadOnlyDictionary<int, IGPIO> Connections { get; } = Enumerable.Range(0, 16).ToDictionary(x => x, _ => (IGPIO)new GPIO());

        private readonly IMachine machine;
    }
}
