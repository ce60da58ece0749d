// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.Linq;

using Antmicro.Renode.Core.Structure.Registers;

namespace Antmicro.Renode.Peripherals.Chip
{
    /// <content>Clock gates and resets of the peripherals: their registers, their names, and the clock behind each.</content>
    public partial class STM32F4_RCC
    {
        /// <summary>Peripherals registered under a name; none if the line has no such gate.</summary>
        internal IReadOnlyList<IPeripheral> PeripheralsAt(RegistrationPeripheralAlias gate)
        {
            return gates.Exists((int)gate) ? gates.PeripheralsOf((int)gate) : Array.Empty<IPeripheral>();
        }

        /// <summary>Peripherals registered under a name, e.g. TIM2; none if the line has no such gate.</summary>
        internal IReadOnlyList<IPeripheral> PeripheralsAt(string name)
        {
            return Enum.TryParse<RegistrationPeripheralAlias>(name, out var gate) ? PeripheralsAt(gate) : Array.Empty<IPeripheral>();
        }

        /// <summary>Name of the gate under which a peripheral is registered; null if it is not.</summary>
        internal string GateOf(IPeripheral peripheral)
        {
            return gates.Peripherals.Where(x => x.Peripheral == peripheral).Select(x => ((RegistrationPeripheralAlias)x.Number).ToString()).FirstOrDefault();
        }

        /// <summary>Alternate functions of the line's pins.</summary>
        internal PinFunctionMap PinFunctions => facts.PinFunctions;

        private void DefineGateRegisters()
        {
            for(var bus = 0; bus < Buses.Length; bus++)
            {
                var enable = Define(Buses[bus].Enable);
                var reset = Define(Buses[bus].Reset);
                var lowPower = Define(Buses[bus].LowPower);
                enableRegisters[bus] = enable;
                lowPowerRegisters[bus] = lowPower;
                for(var bit = 0; bit < 32; bit++)
                {
                    var gate = (32 * bus) + bit;
                    var name = ((RegistrationPeripheralAlias)gate).ToString();
                    var hasGate = (BitsOf(Buses[bus].Enable) & (1u << bit)) != 0;
                    if(hasGate)
                    {
                        gates.Define(gate);
                        enable.WithFlag(bit, changeCallback: (_, value) => Enable(gate, value), name: name + "EN");
                    }
                    else
                    {
                        enable.WithReservedBits(bit, 1);
                    }
                    if((BitsOf(Buses[bus].Reset) & (1u << bit)) != 0)
                    {
                        reset.WithFlag(bit, changeCallback: (_, __) => ResetPeripherals(gate), name: (gate == (int)RegistrationPeripheralAlias.ADC1 ? "ADC" : name) + "RST");
                    }
                    else
                    {
                        reset.WithReservedBits(bit, 1);
                    }
                    if((BitsOf(Buses[bus].LowPower) & (1u << bit)) == 0)
                    {
                        lowPower.WithReservedBits(bit, 1);
                    }
                    else if(hasGate)
                    {
                        lowPower.WithFlag(bit, changeCallback: (_, value) => gates.EnableInSleep(gate, value), name: name + "LPEN");
                    }
                    else
                    {
                        lowPower.WithFlag(bit, name: MemoryNames[bit - FirstMemory] + "LPEN");
                    }
                }
            }
        }

        private void Enable(int gate, bool value)
        {
            gates.Enable(gate, value);
            if(!value || !sysbus.TryGetCurrentCPU(out var cpu))
            {
                return;
            }
            var readsBefore = reads;
            var prescaler = gate / 32 == Apb1 ? tree.Apb1Prescaling : gate / 32 == Apb2 ? tree.Apb2Prescaling : 1;
            var delay = new ClockDelay(cpu.PC.RawValue, 1 + prescaler, LosesEarlyAccesses, () => reads != readsBefore);
            foreach(var peripheral in gates.PeripheralsOf(gate).OfType<GatedRegisterBlock>())
            {
                peripheral.Delay(delay);
            }
        }

        private void UpdateGates()
        {
            for(var gate = 0; gate < 32 * Buses.Length; gate++)
            {
                if(gates.Exists(gate))
                {
                    // In this order, else a gate that closes opens once more, and its peripheral counts as used.
                    gates.Enable(gate, (enableRegisters[gate / 32].Value >> (gate % 32) & 1) != 0);
                    gates.EnableInSleep(gate, (lowPowerRegisters[gate / 32].Value >> (gate % 32) & 1) != 0 || (BitsOf(Buses[gate / 32].LowPower) >> (gate % 32) & 1) == 0);
                }
            }
        }

        private void ResetPeripherals(int gate)
        {
            // At both edges: what the guest wrote while the reset was held is lost too.
            foreach(var peripheral in ResetWith(gate).ToArray())
            {
                gates.Forget(peripheral);
                if(peripheral is IResetMember member)
                {
                    supplies.Resets.ResetPeripheral(member);
                }
                else
                {
                    peripheral.Reset();
                }
                PropagateFrequency((RegistrationPeripheralAlias)gate, peripheral);
            }
        }

        // The ADCs have one bit for all (RM0090 7.3.9).
        private IEnumerable<IPeripheral> ResetWith(int gate)
        {
            return gate != (int)RegistrationPeripheralAlias.ADC1 ? gates.PeripheralsOf(gate) : Enumerable.Range(gate, 3).Where(gates.Exists).SelectMany(gates.PeripheralsOf);
        }

        private ulong FrequencyOf(RegistrationPeripheralAlias alias)
        {
            var isTimer = Timers.Contains(alias);
            if(ClockedByPll48.Contains(alias))
            {
                return Pll48Frequency;
            }
            switch((int)alias / 32)
            {
            case Apb1:
                return isTimer ? Apb1TimerFrequency : Apb1Frequency;
            case Apb2:
                return isTimer ? Apb2TimerFrequency : Apb2Frequency;
            default:
                return AhbFrequency;
            }
        }

        private readonly DoubleWordRegister[] enableRegisters = new DoubleWordRegister[5];
        private readonly DoubleWordRegister[] lowPowerRegisters = new DoubleWordRegister[5];

        private const int Ahb1 = 0;
        private const int Ahb2 = 1;
        private const int Ahb3 = 2;
        private const int Apb1 = 3;
        private const int Apb2 = 4;
        private const int FirstMemory = 15;

        // Gates whose peripherals don't count with the clock of their bus (RM0090 6.2, 7.2).
        private static readonly HashSet<RegistrationPeripheralAlias> ClockedByPll48 = new HashSet<RegistrationPeripheralAlias>
        {
            RegistrationPeripheralAlias.OTGFS, RegistrationPeripheralAlias.RNG, RegistrationPeripheralAlias.SDIO,
        };

        private static readonly HashSet<RegistrationPeripheralAlias> Timers = new HashSet<RegistrationPeripheralAlias>
        {
            RegistrationPeripheralAlias.TIM1, RegistrationPeripheralAlias.TIM2, RegistrationPeripheralAlias.TIM3, RegistrationPeripheralAlias.TIM4,
            RegistrationPeripheralAlias.TIM5, RegistrationPeripheralAlias.TIM6, RegistrationPeripheralAlias.TIM7, RegistrationPeripheralAlias.TIM8,
            RegistrationPeripheralAlias.TIM9, RegistrationPeripheralAlias.TIM10, RegistrationPeripheralAlias.TIM11, RegistrationPeripheralAlias.TIM12,
            RegistrationPeripheralAlias.TIM13, RegistrationPeripheralAlias.TIM14,
        };

        // Bits 15 to 19 of RCC_AHB1LPENR have no gate in RCC_AHB1ENR, but for backup SRAM.
        private static readonly string[] MemoryNames = { "FLITF", "SRAM1", "SRAM2", "BKPSRAM", "SRAM3" };

        private static readonly (Registers Reset, Registers Enable, Registers LowPower)[] Buses =
        {
            (Registers.AHB1RSTR, Registers.AHB1ENR, Registers.AHB1LPENR),
            (Registers.AHB2RSTR, Registers.AHB2ENR, Registers.AHB2LPENR),
            (Registers.AHB3RSTR, Registers.AHB3ENR, Registers.AHB3LPENR),
            (Registers.APB1RSTR, Registers.APB1ENR, Registers.APB1LPENR),
            (Registers.APB2RSTR, Registers.APB2ENR, Registers.APB2LPENR),
        };

        /// <summary>Names of the gates: each value is 32 times its bus plus its bit in RCC_xxxENR (RM0090 7.3.10 to 7.3.14).</summary>
        public enum RegistrationPeripheralAlias
        {
            GPIOA = (32 * Ahb1) + 0,
            GPIOB = (32 * Ahb1) + 1,
            GPIOC = (32 * Ahb1) + 2,
            GPIOD = (32 * Ahb1) + 3,
            GPIOE = (32 * Ahb1) + 4,
            GPIOF = (32 * Ahb1) + 5,
            GPIOG = (32 * Ahb1) + 6,
            GPIOH = (32 * Ahb1) + 7,
            GPIOI = (32 * Ahb1) + 8,
            GPIOJ = (32 * Ahb1) + 9,
            GPIOK = (32 * Ahb1) + 10,
            CRC = (32 * Ahb1) + 12,
            BKPSRAM = (32 * Ahb1) + 18,
            CCMDATARAM = (32 * Ahb1) + 20,
            DMA1 = (32 * Ahb1) + 21,
            DMA2 = (32 * Ahb1) + 22,
            DMA2D = (32 * Ahb1) + 23,
            ETHMAC = (32 * Ahb1) + 25,
            ETHMACTX = (32 * Ahb1) + 26,
            ETHMACRX = (32 * Ahb1) + 27,
            ETHMACPTP = (32 * Ahb1) + 28,
            OTGHS = (32 * Ahb1) + 29,
            OTGHSULPI = (32 * Ahb1) + 30,
            DCMI = (32 * Ahb2) + 0,
            CRYP = (32 * Ahb2) + 4,
            HASH = (32 * Ahb2) + 5,
            RNG = (32 * Ahb2) + 6,
            OTGFS = (32 * Ahb2) + 7,
            /// <summary>FSMC, or FMC from F42x on.</summary>
            FSMC = (32 * Ahb3) + 0,
            QUADSPI = (32 * Ahb3) + 1,
            TIM2 = (32 * Apb1) + 0,
            TIM3 = (32 * Apb1) + 1,
            TIM4 = (32 * Apb1) + 2,
            TIM5 = (32 * Apb1) + 3,
            TIM6 = (32 * Apb1) + 4,
            TIM7 = (32 * Apb1) + 5,
            TIM12 = (32 * Apb1) + 6,
            TIM13 = (32 * Apb1) + 7,
            TIM14 = (32 * Apb1) + 8,
            WWDG = (32 * Apb1) + 11,
            SPI2 = (32 * Apb1) + 14,
            SPI3 = (32 * Apb1) + 15,
            SPDIFRX = (32 * Apb1) + 16,
            USART2 = (32 * Apb1) + 17,
            USART3 = (32 * Apb1) + 18,
            UART4 = (32 * Apb1) + 19,
            UART5 = (32 * Apb1) + 20,
            I2C1 = (32 * Apb1) + 21,
            I2C2 = (32 * Apb1) + 22,
            I2C3 = (32 * Apb1) + 23,
            FMPI2C1 = (32 * Apb1) + 24,
            CAN1 = (32 * Apb1) + 25,
            CAN2 = (32 * Apb1) + 26,
            CEC = (32 * Apb1) + 27,
            PWR = (32 * Apb1) + 28,
            DAC = (32 * Apb1) + 29,
            UART7 = (32 * Apb1) + 30,
            UART8 = (32 * Apb1) + 31,
            TIM1 = (32 * Apb2) + 0,
            TIM8 = (32 * Apb2) + 1,
            USART1 = (32 * Apb2) + 4,
            USART6 = (32 * Apb2) + 5,
            ADC1 = (32 * Apb2) + 8,
            ADC2 = (32 * Apb2) + 9,
            ADC3 = (32 * Apb2) + 10,
            SDIO = (32 * Apb2) + 11,
            SPI1 = (32 * Apb2) + 12,
            SPI4 = (32 * Apb2) + 13,
            SYSCFG = (32 * Apb2) + 14,
            TIM9 = (32 * Apb2) + 16,
            TIM10 = (32 * Apb2) + 17,
            TIM11 = (32 * Apb2) + 18,
            SPI5 = (32 * Apb2) + 20,
            SPI6 = (32 * Apb2) + 21,
            SAI1 = (32 * Apb2) + 22,
            SAI2 = (32 * Apb2) + 23,
            LTDC = (32 * Apb2) + 26,
            DSI = (32 * Apb2) + 27,
        }
    }
}
