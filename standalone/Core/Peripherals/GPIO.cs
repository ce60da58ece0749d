// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core.Snapshots;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Utilities;

namespace Antmicro.Renode.Core
{
    /// <summary>A signal line.</summary>
    public interface IGPIO
    {
        void Set(bool value);

        void Toggle();

        void Connect(IGPIOReceiver destination, int destinationNumber);

        void Disconnect();

        void Disconnect(GPIOEndpoint endpoint);

        bool IsSet { get; }

        bool IsConnected { get; }

        IList<GPIOEndpoint> Endpoints { get; }
    }

    public interface IGPIOWithHooks : IGPIO
    {
        void AddStateChangedHook(Action<bool> hook);

        void RemoveStateChangedHook(Action<bool> hook);
    }

    public static class IGPIOExtensions
    {
        public static void Set(this IGPIO gpio) => gpio.Set(true);

        public static void Unset(this IGPIO gpio) => gpio.Set(false);

        public static void Blink(this IGPIO gpio)
        {
            gpio.Set(true);
            gpio.Set(false);
        }
    }

    [FixedArrays]
    public sealed class GPIOEndpoint
    {
        public GPIOEndpoint(IGPIOReceiver receiver, int number)
        {
            Receiver = receiver;
            Number = number;
        }

        public IGPIOReceiver Receiver { get; }

        public int Number { get; }
    }

    /// <summary>An output line that tells its receivers and hooks of each change, and a new receiver of its state.</summary>
    [Convertible]
    public sealed class GPIO : IGPIOWithHooks
    {
        public void Set(bool value)
        {
            if(state == value)
            {
                return;
            }
            state = value;
            // Endpoints may come and go on the way.
            for(var i = 0; i < endpoints.Length; i++)
            {
                endpoints[i].Receiver.OnGPIO(endpoints[i].Number, value);
            }
            stateChanged?.Invoke(value);
        }

        public void Toggle() => Set(!state);

        public void Connect(IGPIOReceiver destination, int destinationNumber)
        {
            ArgumentNullException.ThrowIfNull(destination);
            var inputs = destination.GetPeripheralInputCount();
            if(inputs != 0 && destinationNumber >= inputs)
            {
                throw new ConstructionException($"Cannot connect input {destinationNumber} of {destination}: it has {inputs} inputs.");
            }
            if(endpoints.Any(x => x.Receiver == destination && x.Number == destinationNumber))
            {
                return;
            }
            endpoints = [.. endpoints, new GPIOEndpoint(destination, destinationNumber)];
            destination.OnGPIO(destinationNumber, state);
        }

        public void Disconnect() => endpoints = Array.Empty<GPIOEndpoint>();

        public void Disconnect(GPIOEndpoint endpoint) => endpoints = endpoints.Where(x => x != endpoint).ToArray();

        public void AddStateChangedHook(Action<bool> hook) => stateChanged += hook;

        public void RemoveStateChangedHook(Action<bool> hook) => stateChanged -= hook;

        public void RemoveAllStateChangedHooks() => stateChanged = null;

        public override string ToString() => state ? "GPIO: set" : "GPIO: unset";

        public bool IsSet => state;

        public bool IsConnected => endpoints.Length > 0;

        public IList<GPIOEndpoint> Endpoints => Array.AsReadOnly(endpoints);

        private bool state;
        private Action<bool> stateChanged;
        // Replaced, never written to.
        private GPIOEndpoint[] endpoints = Array.Empty<GPIOEndpoint>();
    }

    public interface IGPIOReceiver : IPeripheral
    {
        void OnGPIO(int number, bool value);
    }

    public static class IGPIOReceiverExtensions
    {
        /// <summary>Number of inputs, 0 if any number is fine.</summary>
        public static int GetPeripheralInputCount(this IGPIOReceiver receiver)
        {
            return receiver.GetType().GetCustomAttributes(true).OfType<GPIOAttribute>().FirstOrDefault()?.NumberOfInputs ?? 0;
        }
    }

    public interface IGPIOSender : IPeripheral
    {
    }

    public interface INumberedGPIOOutput : IPeripheral
    {
        IReadOnlyDictionary<int, IGPIO> Connections { get; }
    }

    /// <summary>A peripheral with several groups of inputs, as <c>name#group@input</c> in a .repl.</summary>
    public interface ILocalGPIOReceiver
    {
        IGPIOReceiver GetLocalReceiver(int index);
    }

    [AttributeUsage(AttributeTargets.Class)]
    public class GPIOAttribute : Attribute
    {
        public int NumberOfInputs { get; set; }

        public int NumberOfOutputs { get; set; }
    }
}
