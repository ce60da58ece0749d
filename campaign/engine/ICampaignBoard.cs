// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>A board as a campaign sees it: virtual time, its supplies, and moments to go back to.</summary>
    internal interface ICampaignBoard : IBoardSupplies, IDisposable
    {
        /// <summary>Takes the state of everything, between two calls of <see cref="IBoardSupplies.RunFor"/>.</summary>
        ICampaignState TakeState();

        /// <summary>Goes back to a state. The guest has to be attached again, unless <see cref="HasCheapStates"/>.</summary>
        void Restore(ICampaignState state);

        /// <summary>Decides what is random from now on: content that is lost, random numbers of the firmware.</summary>
        void Seed(int seed);

        /// <summary>As <see cref="Seed"/>, and lets the noise in memories begin anew, whatever was lost before.</summary>
        void RestartNoise(int seed);

        /// <summary>Checksum of all that the models keep now and a boot could see, but for backup SRAM and the time of day.</summary>
        string GetRetainedChecksum();

        /// <summary>Name of the machine.</summary>
        string Name { get; }

        /// <summary>The machine, for guests that look for its UARTs.</summary>
        IMachine Machine { get; }

        /// <summary>Is it still the board that the emulation has?</summary>
        bool IsCurrent { get; }

        /// <summary>The memories that keep their content, in the order in which people are told of them.</summary>
        IReadOnlyList<INonVolatileMemory> Memories { get; }

        /// <summary>The one of them that the retained state leaves out: a boot hardly ever looks at it.</summary>
        INonVolatileMemory BackupSram { get; }

        /// <summary>Is it worth taking many states?</summary>
        bool HasCheapStates { get; }

        /// <summary>Does the core run on? Not once VDD was cut, though it is still to stop.</summary>
        bool IsRunning { get; }

        /// <summary>VDD in volts below which the chip is off, and from which on it is on again.</summary>
        (double Falling, double Rising) PowerDownThreshold { get; }

        /// <summary>VDD in volts below which the brown-out reset holds the chip, and at which it ends; 0 if it is off.</summary>
        (double Falling, double Rising) BrownOutThreshold { get; }

        /// <summary>Virtual time, exact to the instruction within an access.</summary>
        TimeInterval Now { get; }

        /// <summary>Program counter within an access, as the host tells it; else 0.</summary>
        uint ProgramCounter { get; }

        /// <summary>Instructions that the core has executed.</summary>
        ulong Instructions { get; }

        /// <summary>Instructions in a microsecond of virtual time.</summary>
        double InstructionsPerMicrosecond { get; }

        /// <summary>Time of day in seconds; while the clock counts, what it is ahead of virtual time.</summary>
        ClockReading Clock { get; }
    }

    /// <summary>A moment to go back to, as often as wanted. Dispose of it when it is no longer needed.</summary>
    internal interface ICampaignState : IDisposable
    {
    }

    /// <summary>What the clock on VBAT says.</summary>
    internal struct ClockReading
    {
        /// <summary>It does not count.</summary>
        public bool IsStopped;
        /// <summary>Seconds: the time that it shows, less virtual time unless it is stopped.</summary>
        public double Seconds;
    }
}
