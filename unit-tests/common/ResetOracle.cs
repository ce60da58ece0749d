// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

namespace UnitTests
{
    /// <summary>
    /// What a chip with a coin cell should hold: the tables "access" and "what each class of reset keeps" as plain data,
    /// written from the manual, without the models. Null is noise.
    /// </summary>
    public class ResetOracle
    {
        // VDD domain.
        public bool PowerClock;
        public bool BackupSramClock;
        public bool Writable;
        public bool PowerDownInDeepSleep;
        public uint Ahb2Enable;
        public bool PortClock;
        public uint PinMode;
        public bool PinOutput;
        public uint PinPull;
        public uint? Sram;

        // VDD domain, but not touched by a wake-up from Standby.
        public bool WakeUpFlag;
        public bool StandbyFlag;
        public bool WakeUpPin;

        // Cleared by RMVF and by a power reset only.
        public uint ResetFlags = Por | Bor | Pin;

        // Backup domain.
        public bool Regulator;
        public uint Bdcr;
        public bool Key;
        public uint RtcControl;
        public uint[] BackupRegisters = new uint[2];

        // Backup SRAM.
        public uint?[] Content = new uint?[4];

        // The board: what drives the pin from outside. No reset touches it.
        public bool? PinDriven;

        // Supplies.
        public bool Powered = true;
        public bool Cell = true;

        public const uint Bor = 1;
        public const uint Pin = 2;
        public const uint Por = 4;
        public const uint Software = 8;
        public const uint Watchdog = 16;
        public const uint WindowWatchdog = 32;
        public const uint LowPower = 64;

        public void WriteContent(int index, uint value)
        {
            if(BackupSramClock && Writable)
            {
                Content[index] = value;
            }
        }

        public uint? ReadContent(int index) => BackupSramClock ? Content[index] : 0;

        public void WritePin(uint mode, bool output, uint pull)
        {
            if(PortClock)
            {
                PinMode = mode;
                PinOutput = output;
                PinPull = pull;
            }
        }

        public bool PinLevel => PinMode == 1 ? PinOutput : PinDriven ?? (PinMode != 3 && PinPull == 1);

        public void SetWritable(bool value)
        {
            Writable = PowerClock ? value : Writable;
        }

        public void SetRegulator(bool value)
        {
            Regulator = PowerClock && Writable ? value : Regulator;
        }

        public void SetWakeUpPin(bool value)
        {
            WakeUpPin = PowerClock ? value : WakeUpPin;
        }

        public void ClearFlags(bool wakeUp, bool standby)
        {
            WakeUpFlag &= !(PowerClock && wakeUp);
            StandbyFlag &= !(PowerClock && standby);
        }

        public void WriteBackupRegister(int index, uint value)
        {
            BackupRegisters[index] = Writable ? value : BackupRegisters[index];
        }

        public void WriteKey(bool right)
        {
            Key = Writable ? right : Key;
        }

        public void WriteRtcControl(uint value)
        {
            RtcControl = Writable && Key ? value : RtcControl;
        }

        // LSEON, RTCSEL (once) and RTCEN.
        public void WriteBdcr(uint value)
        {
            if(Writable)
            {
                var source = (Bdcr & 0x300) != 0 ? Bdcr & 0x300 : value & 0x300;
                Bdcr = (value & 0x8001) | source;
            }
        }

        public void ResetBackupDomain()
        {
            if(Writable)
            {
                LoseBackupDomain();
            }
        }

        public void ResetSystem(uint cause)
        {
            if(!Powered)
            {
                return;
            }
            ResetFlags |= cause | Pin;
            WakeUpFlag = false;
            WakeUpPin = false;
            LoseRegisters();
        }

        /// <summary>VDD dips below the brown-out level and comes back: a power reset for the flags, but no supply is gone.</summary>
        public void BrownOut()
        {
            if(Powered)
            {
                ResetFlags = Bor | Pin;
                WakeUpFlag = false;
                WakeUpPin = false;
                LoseRegisters();
            }
        }

        public bool CanEnterStandby => Powered && PowerClock;

        /// <summary>Standby until the wake-up pin rises, or the reset pin falls; with WUF set it ends at once.</summary>
        public void StandByUntil(bool pin)
        {
            ResetFlags |= pin || WakeUpFlag ? 0 : Pin;
            StandbyFlag = true;
            WakeUpFlag |= pin;
            Sram = null;
            LoseContent(!Regulator);
            LoseRegisters();
        }

        public void SwitchOff()
        {
            if(!Powered)
            {
                return;
            }
            Powered = false;
            ResetFlags = Por | Bor | Pin;
            WakeUpFlag = StandbyFlag = WakeUpPin = false;
            Sram = null;
            LoseContent(!Regulator || !Cell);
            LoseRegisters();
            if(!Cell)
            {
                LoseBackupDomain();
            }
        }

        public void SwitchOn()
        {
            Powered = true;
        }

        public void SetCell(bool present)
        {
            var taken = Cell && !present;
            Cell = present;
            if(taken && !Powered)
            {
                LoseContent(true);
                LoseBackupDomain();
            }
        }

        public void Tamper()
        {
            BackupRegisters = new uint[2];
        }

        private void LoseRegisters()
        {
            PowerClock = BackupSramClock = Writable = PowerDownInDeepSleep = false;
            Ahb2Enable = 0;
            PortClock = PinOutput = false;
            PinMode = PinPull = 0;
        }

        private void LoseBackupDomain()
        {
            Regulator = false;
            Bdcr = 0;
            Key = false;
            RtcControl = 0;
            BackupRegisters = new uint[2];
        }

        private void LoseContent(bool lost)
        {
            Content = lost ? new uint?[4] : Content;
        }
    }
}
