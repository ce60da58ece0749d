// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.I2C;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Board
{
    /// <summary>
    /// Accelerometer MMA7660FC (datasheet Rev 8), at address 0x4C. The Pyboard feeds its AVDD from a pin: without it, it doesn't answer.
    /// For platform descriptions: <c>accelerometer: Board.MMA7660 @ i2c1 0x4C</c>.
    /// </summary>
    /// <remarks>
    /// Not there: interrupts, taps and shakes, auto-sleep: their registers keep what they are told, and there is no pin INT.
    /// We choose: the outputs are 0 until the first sample, 12 ms and one period after MODE was set, and follow at once from then on; orientation is that of the axis that has
    /// the most of 1 g, if it has 0.5 g.
    /// </remarks>
    public class MMA7660 : II2CPeripheral, IGPIOReceiver, IPoweredDevice
    {
        /// <summary>Creates the sensor, which lies still with its face up.</summary>
        /// <param name="machine">The machine.</param>
        /// <param name="powerPort">Port of the pin that feeds AVDD; without it the sensor is always fed.</param>
        /// <param name="powerPin">That pin, 0 to 15.</param>
        /// <exception cref="ConstructionException">There is no such pin.</exception>
        public MMA7660(IMachine machine, STM32F4_GPIOPort powerPort = null, int powerPin = 0)
        {
            this.machine = machine;
            mistakes = new GuestMistakes(machine, this);
            IsPowered = powerPort == null;
            try
            {
                powerPort?.Attach(powerPin, this, 0);
            }
            catch(RecoverableException e)
            {
                throw new ConstructionException(e.Message);
            }
        }

        /// <summary>Nothing: only AVDD resets the sensor.</summary>
        public void Reset()
        {
        }

        /// <summary>AVDD comes or goes.</summary>
        /// <param name="number">0.</param>
        /// <param name="value">Is there AVDD?</param>
        public void OnGPIO(int number, bool value)
        {
            if(value == IsPowered)
            {
                return;
            }
            IsPowered = value;
            Array.Clear(registers, 0, registers.Length);
            pointer = 0;
            if(!value)
            {
                supplyLost?.Invoke(this);
            }
        }

        /// <summary>The bus writes: the register's number first, then values for it and those that follow.</summary>
        /// <param name="data">The bytes.</param>
        public void Write(byte[] data)
        {
            for(var i = 0; i < data.Length; i++)
            {
                if(i == 0)
                {
                    pointer = data[0];
                }
                else
                {
                    WriteRegister(pointer++, data[i]);
                }
            }
        }

        /// <summary>The bus reads from the register on that was chosen last.</summary>
        /// <param name="count">How many bytes.</param>
        public byte[] Read(int count = 1)
        {
            var result = new byte[count];
            for(var i = 0; i < count; i++)
            {
                result[i] = ReadRegister(pointer++);
            }
            return result;
        }

        /// <summary>Nothing: what was chosen stays chosen.</summary>
        public void FinishTransmission()
        {
        }

        /// <summary>Acceleration along X, in g, -100 to 100. The sensor shows -1.5 to 1.45.</summary>
        /// <exception cref="RecoverableException">It is out of range.</exception>
        public double AccelerationX
        {
            get => x;
            set => x = Checked(nameof(AccelerationX), value);
        }

        /// <summary>Acceleration along Y, in g, as for X.</summary>
        /// <exception cref="RecoverableException">It is out of range.</exception>
        public double AccelerationY
        {
            get => y;
            set => y = Checked(nameof(AccelerationY), value);
        }

        /// <summary>Acceleration along Z, in g, as for X: 1 when the board lies with its face up.</summary>
        /// <exception cref="RecoverableException">It is out of range.</exception>
        public double AccelerationZ
        {
            get => z;
            set => z = Checked(nameof(AccelerationZ), value);
        }

        /// <summary>Has it AVDD?</summary>
        public bool IsPowered { get; private set; }

        /// <inheritdoc/>
        event Action<IPoweredDevice> IPoweredDevice.SupplyLost
        {
            add => supplyLost += value;
            remove => supplyLost -= value;
        }

        /// <summary>Mistakes of the guest program seen by this model.</summary>
        public int GuestMistakeCount => mistakes.Count;

        /// <summary>The mistakes, one line for each kind.</summary>
        public string GuestMistakes => mistakes.Summary;

        private static double Checked(string name, double value)
        {
            if(!(Math.Abs(value) <= Most))
            {
                throw new RecoverableException($"{name} = {value} is out of range: give -{Most} to {Most}, in g");
            }
            return value;
        }

        // Six bits, signed, 1.5 g for 32 (appendix C).
        private static byte Sample(double g) => (byte)((int)Math.Max(-32, Math.Min(31, Math.Round(g * 32 / 1.5))) & 0x3F);

        private void WriteRegister(int number, byte value)
        {
            if(number < Srst || number >= registers.Length)
            {
                mistakes.Report($"MMA7660 register 0x{number:X2}", "write ignored, because it can't be written");
                return;
            }
            if(number != Mode && IsActive)
            {
                mistakes.Report($"MMA7660 register 0x{number:X2}", "write ignored, because MODE is active: standby first");
                return;
            }
            var wasActive = IsActive;
            registers[number] = value;
            if(!wasActive && IsActive)
            {
                activeSince = VirtualClock.Now(machine);
            }
        }

        private byte ReadRegister(int number)
        {
            switch(number)
            {
            case 0:
                return HasSample ? Sample(x) : (byte)0;
            case 1:
                return HasSample ? Sample(y) : (byte)0;
            case 2:
                return HasSample ? Sample(z) : (byte)0;
            case 3:
                return HasSample ? Tilt : (byte)0;
            default:
                return number < registers.Length ? registers[number] : (byte)0;
            }
        }

        private byte Tilt
        {
            get
            {
                const double threshold = 0.5;
                var side = z > threshold ? 1 : z < -threshold ? 2 : 0;
                var direction = Math.Max(Math.Abs(x), Math.Abs(y)) <= threshold ? 0
                    : Math.Abs(x) > Math.Abs(y) ? (x < 0 ? 1 : 2) : y < 0 ? 6 : 5;
                return (byte)((direction << 2) | side);
            }
        }

        private bool IsActive => (registers[Mode] & 1) != 0;

        private bool HasSample => IsActive
            && VirtualClock.Now(machine) - activeSince >= TimeInterval.FromMilliseconds(TurnOnTime) + TimeInterval.FromMicroseconds(1000000 / Rates[registers[Sr] & 7]);

        private double x;
        private double y;
        private double z = 1;
        private int pointer;
        private Action<IPoweredDevice> supplyLost;
        private TimeInterval activeSince;

        private readonly IMachine machine;
        private readonly GuestMistakes mistakes;
        private readonly byte[] registers = new byte[0x0B];

        private const double Most = 100;
        private const ulong TurnOnTime = 12;
        private const int Srst = 0x04;
        private const int Mode = 0x07;
        private const int Sr = 0x08;

        // AMSR: samples a second.
        private static readonly ulong[] Rates = { 120, 64, 32, 16, 8, 4, 2, 1 };
    }
}
