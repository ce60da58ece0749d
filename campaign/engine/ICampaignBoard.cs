// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>A board as a campaign sees it: virtual time, the hands on its supplies, and moments to go back to.</summary>
    internal interface ICampaignBoard : IDisposable
    {
        /// <summary>Lets so much virtual time pass.</summary>
        void RunFor(TimeInterval time);

        /// <summary>Takes the state of everything, between two calls of <see cref="RunFor"/>.</summary>
        ICampaignState TakeState();

        /// <summary>Goes back to a state. The guest has to be attached again, unless <see cref="HasCheapStates"/>.</summary>
        void Restore(ICampaignState state);

        /// <summary>Decides what is random from now on: content that is lost, random numbers of the firmware.</summary>
        void Seed(int seed);

        /// <summary>As <see cref="Seed"/>, and lets the noise in memories begin anew, whatever was lost before.</summary>
        void RestartNoise(int seed);

        /// <summary>Checksum of all that the models keep now and a boot could see, but for backup SRAM and the time of day.</summary>
        string GetRetainedChecksum();

        /// <summary>Brings VDD back.</summary>
        void PowerOn();

        /// <summary>Puts the USB cable in, which alone feeds VDD then.</summary>
        /// <exception cref="Antmicro.Renode.Exceptions.RecoverableException">It does not feed VDD on this board.</exception>
        void PlugCable();

        /// <summary>Pulls the USB cable, and leaves VDD as it is. May be called while the core makes an access.</summary>
        void PullCable();

        /// <summary>VDD is gone.</summary>
        /// <param name="withinAccess">Called while the core makes an access: the cut is exactly there.</param>
        void PowerOff(bool withinAccess);

        /// <summary>VDD falls to 0 in a line.</summary>
        /// <param name="seconds">Virtual seconds that it takes.</param>
        /// <param name="withinAccess">Called while the core makes an access: the line begins exactly there.</param>
        void RampDown(double seconds, bool withinAccess);

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

        /// <summary>Does the core have VDD?</summary>
        bool IsPowered { get; }

        /// <summary>Is there a cell on VBAT? Putting one in where there is no place for it raises a RecoverableException.</summary>
        bool HasCell { get; set; }

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
