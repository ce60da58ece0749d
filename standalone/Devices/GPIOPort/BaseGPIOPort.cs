// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Logging;

namespace Antmicro.Renode.Peripherals.GPIOPort
{
    /// <summary>A row of pins: what drives them comes in by number, their levels go out by number. Buttons and LEDs are its children.</summary>
    public abstract class BaseGPIOPort : IGPIOReceiver, INumberedGPIOOutput,
        IRegisterablePeripheral<IGPIOReceiver, NullRegistrationPoint>, IRegisterablePeripheral<IGPIOReceiver, NumberRegistrationPoint<int>>,
        IRegisterablePeripheral<IGPIOSender, NullRegistrationPoint>, IRegisterablePeripheral<IGPIOSender, NumberRegistrationPoint<int>>
    {
        public virtual void OnGPIO(int number, bool value)
        {
            if(CheckPinNumber(number))
            {
                State[number] = value;
            }
        }

        public virtual void Reset()
        {
            foreach(var connection in Connections.Values)
            {
                connection.Unset();
            }
            Array.Clear(State);
        }

        public void Register(IGPIOReceiver peripheral, NullRegistrationPoint registrationPoint)
        {
            machine.RegisterAsAChildOf(this, peripheral, registrationPoint);
        }

        public void Register(IGPIOReceiver peripheral, NumberRegistrationPoint<int> registrationPoint)
        {
            machine.RegisterAsAChildOf(this, peripheral, registrationPoint);
        }

        public void Register(IGPIOSender peripheral, NullRegistrationPoint registrationPoint)
        {
            machine.RegisterAsAChildOf(this, peripheral, registrationPoint);
        }

        public void Register(IGPIOSender peripheral, NumberRegistrationPoint<int> registrationPoint)
        {
            machine.RegisterAsAChildOf(this, peripheral, registrationPoint);
        }

        public void Unregister(IGPIOReceiver peripheral)
        {
            machine.UnregisterAsAChildOf(this, peripheral);
            foreach(var connection in Connections.Values)
            {
                foreach(var endpoint in connection.Endpoints.Where(x => x.Receiver == peripheral).ToList())
                {
                    connection.Disconnect(endpoint);
                }
            }
        }

        public void Unregister(IGPIOSender peripheral)
        {
            machine.UnregisterAsAChildOf(this, peripheral);
        }

        public IReadOnlyDictionary<int, IGPIO> Connections { get; }

        protected BaseGPIOPort(IMachine machine, int numberOfConnections)
        {
            this.machine = machine;
            NumberOfConnections = numberOfConnections;
            State = new bool[numberOfConnections];
            Connections = Enumerable.Range(0, numberOfConnections).ToDictionary(x => x, _ => (IGPIO)new GPIO());
        }

        protected bool CheckPinNumber(int number)
        {
            if(number >= 0 && number < NumberOfConnections)
            {
                return true;
            }
            this.Log(LogLevel.Error, "There is no pin {0}; pins are 0 to {1}", number, NumberOfConnections - 1);
            return false;
        }

        protected readonly bool[] State;
        protected readonly int NumberOfConnections;
        protected readonly IMachine machine;
    }
}
