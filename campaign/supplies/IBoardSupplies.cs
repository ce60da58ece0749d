// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using Antmicro.Renode.Time;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>The hands on a board's supplies, the voltmeter, and the time that passes meanwhile: all that a supply of a campaign needs.</summary>
    internal interface IBoardSupplies
    {
        /// <summary>Lets so much virtual time pass.</summary>
        void RunFor(TimeInterval time);

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

        /// <summary>Does the core have VDD?</summary>
        bool IsPowered { get; }

        /// <summary>Is there a cell on VBAT? Putting one in where there is no place for it raises a RecoverableException.</summary>
        bool HasCell { get; set; }

        /// <summary>What a voltmeter shows.</summary>
        SupplyVolts Volts { get; }
    }

    /// <summary>Volts at the chip's supply pins.</summary>
    internal struct SupplyVolts
    {
        /// <summary>VDD.</summary>
        public double Vdd;
        /// <summary>VBAT.</summary>
        public double Vbat;
    }
}
