// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;

using Antmicro.Renode.Campaigns;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Peripherals.Miscellaneous;
using Antmicro.Renode.Time;

using NUnit.Framework;

using Alias = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC.RegistrationPeripheralAlias;
using STM32F4_EXTI = Antmicro.Renode.Peripherals.Chip.STM32F4_EXTI;
using STM32F4_RCC = Antmicro.Renode.Peripherals.Chip.STM32F4_RCC;
using STM32F4_RNG = Antmicro.Renode.Peripherals.Chip.STM32F4_RNG;

namespace UnitTests
{
    /// <summary>A chip without a core: the models at their addresses, driven over the bus as the guest would.</summary>
    public abstract class ChipTest
    {
        [SetUp]
        public void CreateChip()
        {
            BuildChip();
        }

        [TearDown]
        public void DisposeChip()
        {
            Drop();
        }

        // A run has thousands of machines.
        private static void Drop()
        {
            DroppedMachine.ReleaseAll(EmulationManager.Instance.CurrentEmulation);
            EmulationManager.Instance.Clear();
        }

        protected void BuildChip(BatteryWiring wiring = BatteryWiring.CoinCellThroughDiodes, bool cellPresent = true,
            ChipLine line = ChipLine.F407_F417, uint regulatorDelay = 2, uint regulatorReads = 30, IHasFrequency nvic = null,
            ulong hseFrequency = 8000000, ulong lseFrequency = 32768, int seed = 1, bool clocksTakeTime = false, uint lseStartUpTime = 0, ulong lsiFrequency = 32000, bool withNvic = false)
        {
            Drop();
            this.line = line;
            Emulation.SetSeed(seed);
            Machine = new Machine();
            Emulation.AddMachine(Machine, "chip");

            Sram = new MappedMemory(Machine, 0x1C000);
            Register(Sram, "sram", SramBase, 0x1C000);
            Ccm = new MappedMemory(Machine, 0x4000);
            Register(Ccm, "ccm", 0x10000000, 0x4000);
            Register(new BitBanding(Machine, 0x40000000), "bitband", 0x42000000, 0x2000000);

            if(withNvic)
            {
                nvic = Nvic = new NVIC(Machine, 16000000, 0xF0);
                Register(Nvic, "nvic", 0xE000E000, 0x1000);
            }
            Supplies = new STM32F4_Supplies(Machine, wiring, cellPresent: cellPresent, line: line) { VolatileMemories = new IMemory[] { Sram, Ccm } };
            Machine.SystemBus.Register(Supplies, NullRegistrationPoint.Instance);
            Machine.SetLocalName(Supplies, "supplies");
            Pwr = new STM32F4_PWR(Machine, Supplies, regulatorDelay, regulatorReads);
            Register(Pwr, "pwr", PwrBase, 0x400);
            // Most tests are no tests of how long clocks take.
            Rcc = clocksTakeTime ? new STM32F4_RCC(Machine, Supplies, Pwr, nvic, hseFrequency, lseFrequency, lseStartUpTime: lseStartUpTime, lsiFrequency: lsiFrequency)
                : new STM32F4_RCC(Machine, Supplies, Pwr, nvic, hseFrequency, lseFrequency, 0, lseStartUpTime, 0, 0, 0, lsiFrequency);
            Register(Rcc, "rcc", RccBase, 0x400);
            Rtc = new STM32F4_RTC(Machine, Supplies, Pwr, Rcc);
            Register(Rtc, "rtc", RtcBase, 0x400);
            BackupSram = new STM32F4_BackupSRAM(Machine, Supplies, Pwr);
            Register(BackupSram, "bkpsram", BackupSramBase, 0x1000);
            Rcc.Register(Pwr, new ClockGateRegistrationPoint(Alias.PWR));
            Rcc.Register(BackupSram, new ClockGateRegistrationPoint(Alias.BKPSRAM));
        }

        /// <summary>Adds the plugin's other models: flash with its interface, signature, both watchdogs, EXTI, DBGMCU, DWT, SDIO, USART1, SPI1 and I2C1 with no device, both CANs on no bus, OTG_FS with nothing at its plug, RNG, CRC, SYSCFG, ports A and B, both DMA controllers, ADCs and DAC.</summary>
        protected void CompleteChip(int flashSize = 0x80000)
        {
            Flash = new MappedMemory(Machine, flashSize);
            Register(Flash, "flash", FlashBase, (ulong)flashSize);
            FlashController = new STM32F4_FlashController(Machine, Flash, Supplies, BackupSram);
            Register(FlashController, "flashController", FlashControllerBase, 0x400);
            Machine.SystemBus.Register(FlashController, new BusMultiRegistration(OptionBytesBase, 0x100, "optionBytes"));
            IndependentWatchdog = new STM32F4_IndependentWatchdog(Machine, Supplies, rcc: Rcc);
            Register(IndependentWatchdog, "iwdg", IndependentWatchdogBase, 0x400);
            WindowWatchdog = Attach(new STM32F4_WindowWatchdog(Machine, Supplies, Pwr), "wwdg", WindowWatchdogBase, Alias.WWDG);
            Exti = new STM32F4_EXTI(Machine);
            Register(Exti, "exti", ExtiBase, 0x400);
            Signature = new STM32F4_DeviceSignature(Machine, Flash, FlashController);
            Register(Signature, "signature", SignatureBase, 0x1000);
            DebugComponent = new STM32F4_DBGMCU(Machine, Supplies, Rcc, Rtc, IndependentWatchdog);
            Register(DebugComponent, "dbgmcu", DebugComponentBase, 0x400);
            Dwt = new STM32F4_DWT(Machine, Supplies, Rcc, dbgmcu: DebugComponent);
            Register(Dwt, "dwt", DwtBase, 0x1000);
            Sdio = Attach(new STM32F4_SDIO(Machine), "sdio", SdioBase, Alias.SDIO);
            Usart = Attach(new STM32F4_USART(Machine), "usart1", UsartBase, Alias.USART1);
            Spi = Attach(new STM32F4_SPI(Machine), "spi1", SpiBase, Alias.SPI1);
            I2c = Attach(new STM32F4_I2C(Machine, Supplies), "i2c1", I2cBase, Alias.I2C1);
            Can1 = Attach(new STM32F4_CAN(Machine), "can1", Can1Base, Alias.CAN1);
            Can2 = Attach(new STM32F4_CAN(Machine, Can1), "can2", Can2Base, Alias.CAN2);
            Crc = Attach(new STM32F4_CRC(Machine), "crc", CrcBase, Alias.CRC);
            Syscfg = Attach(new STM32F4_SYSCFG(Machine, Supplies), "syscfg", SyscfgBase, Alias.SYSCFG);
            for(var i = 0; i < 16; i++)
            {
                Syscfg.Connections[i].Connect(Exti, i);
            }
            AddGpio();
            for(var i = 0; i < 16; i++)
            {
                GpioA.Connections[16 + i].Connect(Syscfg.GetLocalReceiver(0), i);
                GpioB.Connections[16 + i].Connect(Syscfg.GetLocalReceiver(1), i);
            }
            Dma1 = Attach(new STM32F4_DMA(Machine, Supplies, 1), "dma1", Dma1Base, Alias.DMA1);
            Dma2 = Attach(new STM32F4_DMA(Machine, Supplies, 2), "dma2", Dma2Base, Alias.DMA2);
            AdcCommon = new STM32F4_ADCCommon(Machine, Supplies, Rcc, Signature);
            Register(AdcCommon, "adcCommon", AdcCommonBase, 0x100);
            Adc1 = AttachAdc(1, Alias.ADC1);
            Adc2 = AttachAdc(2, Alias.ADC2);
            Adc3 = AttachAdc(3, Alias.ADC3);
            Adc1.DMARequest.Connect(Dma2, 0);
            Adc2.DMARequest.Connect(Dma2, 17);
            Adc3.DMARequest.Connect(Dma2, 2);
            Dac = Attach(new STM32F4_DAC(Machine, Supplies, Rcc), "dac", DacBase, Alias.DAC);
            Dac.Channel1DMA.Connect(Dma1, 47);
            Dac.Channel2DMA.Connect(Dma1, 55);
            Otg = new STM32F4_OTG(Machine, Supplies, Rcc);
            Register(Otg, "otgfs", UsbBase, 0x40000);
            Rcc.Register(Otg, new ClockGateRegistrationPoint(Alias.OTGFS));
            Otg.WakeUp.Connect(Exti, 18);
            if(line != ChipLine.F446)
            {
                Rng = Attach(new STM32F4_RNG(Machine, Supplies, Rcc), "rng", RngBase, Alias.RNG);
            }
        }

        /// <summary>PA9 and PA10 become TX and RX of USART1.</summary>
        protected void SelectUsartPins()
        {
            SetBits(Ahb1Enable, 1);
            SetBits(GpioABase + 0x24, 0x770);
            SetBits(GpioABase, 0xA << 18);
        }

        /// <summary>PB6 and PB7, which the chip pulls up, become SCL and SDA of I2C1.</summary>
        protected void SelectI2cPins()
        {
            SetBits(Ahb1Enable, 2);
            SetBits(GpioBBase + 0x20, 0x44000000);
            SetBits(GpioBBase + 0x04, 0xC0);
            SetBits(GpioBBase + 0x0C, 0x5 << 12);
            SetBits(GpioBBase, 0xA << 12);
        }

        /// <summary>Adds ports A and B, with nothing at their pins.</summary>
        protected void AddGpio()
        {
            GpioA = Attach(new STM32F4_GPIOPort(Machine, Rcc, 0xA8000000, 0x0C000000, 0x64000000), "gpioPortA", GpioABase, Alias.GPIOA);
            GpioB = Attach(new STM32F4_GPIOPort(Machine, Rcc, 0x00000280, 0x000000C0, 0x00000100), "gpioPortB", GpioBBase, Alias.GPIOB);
        }

        /// <summary>Adds a timer of each kind, and those with an option register: TIM1, 2, 3, 5, 6, 9 and 11.</summary>
        protected void AddTimers()
        {
            AddTimer("timer1", Tim1Base, TimerKind.Advanced, Alias.TIM1);
            AddTimer("timer2", Tim2Base, TimerKind.GeneralPurpose32, Alias.TIM2, TimerOption.TIM2);
            AddTimer("timer3", Tim3Base, TimerKind.GeneralPurpose16, Alias.TIM3);
            AddTimer("timer5", Tim5Base, TimerKind.GeneralPurpose32, Alias.TIM5, TimerOption.TIM5);
            AddTimer("timer6", Tim6Base, TimerKind.Basic, Alias.TIM6);
            AddTimer("timer9", Tim9Base, TimerKind.TwoChannel, Alias.TIM9);
            AddTimer("timer11", Tim11Base, TimerKind.OneChannel, Alias.TIM11, TimerOption.TIM11);
        }

        /// <summary>Adds a timer behind its clock gate.</summary>
        protected STM32F4_Timer AddTimer(string name, ulong address, TimerKind kind, Alias gate, TimerOption option = TimerOption.None)
        {
            return Attach(new STM32F4_Timer(Machine, kind, option, Rcc), name, address, gate);
        }

        /// <summary>The core, with its NVIC.</summary>
        protected CortexM AddCpu()
        {
            Nvic = new NVIC(Machine, 16000000, 0xF0);
            Register(Nvic, "nvic", 0xE000E000, 0x1000);
            var cpu = new CortexM("cortex-m4", Machine, Nvic);
            Machine.SystemBus.Register(cpu, new CPURegistrationPoint());
            Machine.SetLocalName(cpu, "cpu");
            Nvic.IRQ.Connect(cpu, 0);
            return cpu;
        }

        /// <summary>What the core tells the chip.</summary>
        protected CoreSignals AddCoreSignals(CortexM cpu)
        {
            var signals = new CoreSignals(Machine, cpu, Nvic);
            Machine.SystemBus.Register(signals, NullRegistrationPoint.Instance);
            Machine.SetLocalName(signals, "coreSignals");
            return signals;
        }

        /// <summary>Memory for code, where flash is, and at 0 as well.</summary>
        protected MappedMemory AddCodeMemory(int size)
        {
            var memory = new MappedMemory(Machine, size);
            Machine.SystemBus.Register(memory, new BusRangeRegistration(0, (ulong)size));
            Machine.SystemBus.Register(memory, new BusRangeRegistration(0x08000000, (ulong)size));
            return memory;
        }

        protected void Register(IBusPeripheral peripheral, string name, ulong address, ulong size)
        {
            Machine.SystemBus.Register(peripheral, new BusRangeRegistration(address, size));
            Machine.SetLocalName(peripheral, name);
        }

        /// <summary>Puts a model on the bus and behind its clock gate.</summary>
        protected T Attach<T>(T peripheral, string name, ulong address, Alias gate) where T : IBusPeripheral
        {
            Register(peripheral, name, address, 0x400);
            Rcc.Register(peripheral, new ClockGateRegistrationPoint(gate));
            return peripheral;
        }

        private STM32F4_ADC AttachAdc(int number, Alias gate)
        {
            var adc = new STM32F4_ADC(Machine, AdcCommon, number);
            Register(adc, "adc" + number, AdcBase + (0x100 * ((ulong)number - 1)), 0x100);
            Rcc.Register(adc, new ClockGateRegistrationPoint(gate));
            return adc;
        }

        protected uint Read(ulong address) => Machine.SystemBus.ReadDoubleWord(address);

        protected void Write(ulong address, uint value) => Machine.SystemBus.WriteDoubleWord(address, value);

        protected void SetBits(ulong address, uint bits) => Write(address, Read(address) | bits);

        protected void ClearBits(ulong address, uint bits) => Write(address, Read(address) & ~bits);

        /// <summary>Writes a bit through its bit-band alias, as ST's HAL does.</summary>
        protected void WriteAlias(ulong address, int bit, uint value) => Write(AliasOf(address, bit), value);

        protected static ulong AliasOf(ulong address, int bit) => 0x42000000 + ((address - 0x40000000) * 32) + ((ulong)bit * 4);

        protected void RunFor(double virtualSeconds) => Emulation.RunFor(TimeInterval.FromSeconds(virtualSeconds));

        /// <summary>State of the emulation: a snapshot of Renode's, which brings new objects, or a checkpoint of the standalone host's, which has nothing else.</summary>
        private protected static EmulationState TakeState() => IsStandalone ? EmulationState.Take() : EmulationState.TakeToFile();

        /// <summary>Clock of the power controller and write access to the backup domain.</summary>
        protected void UnlockBackupDomain()
        {
            SetBits(Apb1Enable, PwrEnable);
            SetBits(PwrControl, Dbp);
        }

        /// <summary>All that backup SRAM needs to be used and kept.</summary>
        protected void EnableBackupSram(bool regulator = true)
        {
            UnlockBackupDomain();
            SetBits(Ahb1Enable, BackupSramEnable);
            if(regulator)
            {
                SetBits(PwrStatus, Bre);
                WaitForBackupRegulator();
            }
        }

        protected void WaitForBackupRegulator()
        {
            for(var i = 0; i < 60 && (Read(PwrStatus) & Brr) == 0; i++)
            {
            }
        }

        protected void StartLse()
        {
            UnlockBackupDomain();
            SetBits(Bdcr, 1);
            SetBits(Bdcr, 1u << 8);
            SetBits(Bdcr, 1u << 15);
        }

        /// <summary>Is this our own host? Snapshots in files are Renode's.</summary>
        internal static bool IsStandalone => typeof(EmulationManager).Assembly.GetName().Name == "Standalone.Core";

        protected Emulation Emulation => EmulationManager.Instance.CurrentEmulation;

        protected Machine Machine { get; private set; }

        /// <summary>Only if it was asked for.</summary>
        protected NVIC Nvic { get; private set; }

        protected STM32F4_Supplies Supplies { get; private set; }

        protected STM32F4_PWR Pwr { get; private set; }

        protected STM32F4_RCC Rcc { get; private set; }

        protected STM32F4_RTC Rtc { get; private set; }

        protected STM32F4_BackupSRAM BackupSram { get; private set; }

        protected MappedMemory Sram { get; private set; }

        protected MappedMemory Ccm { get; private set; }

        protected MappedMemory Flash { get; private set; }

        protected STM32F4_FlashController FlashController { get; private set; }

        protected STM32F4_IndependentWatchdog IndependentWatchdog { get; private set; }

        protected STM32F4_WindowWatchdog WindowWatchdog { get; private set; }

        protected STM32F4_EXTI Exti { get; private set; }

        protected STM32F4_DeviceSignature Signature { get; private set; }

        protected STM32F4_DBGMCU DebugComponent { get; private set; }

        protected STM32F4_DWT Dwt { get; private set; }

        protected STM32F4_SDIO Sdio { get; private set; }

        protected STM32F4_USART Usart { get; private set; }

        protected STM32F4_SPI Spi { get; private set; }

        protected STM32F4_I2C I2c { get; private set; }

        protected STM32F4_CAN Can1 { get; private set; }

        protected STM32F4_CAN Can2 { get; private set; }

        protected STM32F4_CRC Crc { get; private set; }

        protected STM32F4_SYSCFG Syscfg { get; private set; }

        protected STM32F4_GPIOPort GpioA { get; private set; }

        protected STM32F4_GPIOPort GpioB { get; private set; }

        protected STM32F4_DMA Dma1 { get; private set; }

        protected STM32F4_DMA Dma2 { get; private set; }

        protected STM32F4_ADCCommon AdcCommon { get; private set; }

        protected STM32F4_ADC Adc1 { get; private set; }

        protected STM32F4_ADC Adc2 { get; private set; }

        protected STM32F4_ADC Adc3 { get; private set; }

        protected STM32F4_DAC Dac { get; private set; }

        protected STM32F4_OTG Otg { get; private set; }

        /// <summary>Not in the F446.</summary>
        protected STM32F4_RNG Rng { get; private set; }

        private ChipLine line;

        protected const ulong SramBase = 0x20000000;
        protected const ulong BackupSramBase = 0x40024000;
        protected const ulong RtcBase = 0x40002800;
        protected const ulong PwrBase = 0x40007000;
        protected const ulong RccBase = 0x40023800;
        protected const ulong FlashBase = 0x08000000;
        protected const ulong FlashControllerBase = 0x40023C00;
        protected const ulong OptionBytesBase = 0x1FFFC000;
        protected const ulong IndependentWatchdogBase = 0x40003000;
        protected const ulong WindowWatchdogBase = 0x40002C00;
        protected const ulong ExtiBase = 0x40013C00;
        protected const ulong SignatureBase = 0x1FFF7000;
        protected const ulong DebugComponentBase = 0xE0042000;
        protected const ulong DwtBase = 0xE0001000;
        protected const ulong SdioBase = 0x40012C00;
        protected const ulong UsartBase = 0x40011000;
        protected const ulong SpiBase = 0x40013000;
        protected const ulong UsbBase = 0x50000000;
        protected const ulong RngBase = 0x50060800;
        protected const ulong I2cBase = 0x40005400;
        protected const ulong Can1Base = 0x40006400;
        protected const ulong Can2Base = 0x40006800;
        protected const ulong CrcBase = 0x40023000;
        protected const ulong SyscfgBase = 0x40013800;
        protected const ulong GpioABase = 0x40020000;
        protected const ulong GpioBBase = 0x40020400;
        protected const ulong Tim1Base = 0x40010000;
        protected const ulong Tim2Base = 0x40000000;
        protected const ulong Tim3Base = 0x40000400;
        protected const ulong Tim5Base = 0x40000C00;
        protected const ulong Tim6Base = 0x40001000;
        protected const ulong Tim9Base = 0x40014000;
        protected const ulong Tim11Base = 0x40014800;
        protected const ulong Dma1Base = 0x40026000;
        protected const ulong Dma2Base = 0x40026400;
        protected const ulong DacBase = 0x40007400;
        protected const ulong AdcBase = 0x40012000;
        protected const ulong AdcCommonBase = 0x40012300;
        protected const ulong PwrControl = PwrBase;
        protected const ulong PwrStatus = PwrBase + 4;
        protected const ulong Ahb1Enable = RccBase + 0x30;
        protected const ulong Apb1Enable = RccBase + 0x40;
        protected const ulong Bdcr = RccBase + 0x70;
        protected const ulong Csr = RccBase + 0x74;

        protected const uint Dbp = 1 << 8;
        protected const uint Brr = 1 << 3;
        protected const uint Bre = 1 << 9;
        protected const uint Ewup = 1 << 8;
        protected const uint PwrEnable = 1 << 28;
        protected const uint BackupSramEnable = 1 << 18;
    }
}
