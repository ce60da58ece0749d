// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* Vector table, and the state in which the port's main program wants to find the chip.
 *
 * The port brings its own reset handler, which sets up memory and calls SystemInit.
 */
#include "stm32f4xx_hal.h"

typedef void (*vector_t)(void);

extern uint32_t _estack;

void Reset_Handler(void);

/* An interrupt that nobody expects: stop here, where a debugger finds it. */
void Default_Handler(void) {
    for (;;) {
    }
}

/* Handlers that the port doesn't define fall back to the one above. */
#define HANDLERS(X) \
    X(NMI_Handler) X(HardFault_Handler) X(MemManage_Handler) X(BusFault_Handler) X(UsageFault_Handler) \
    X(SVC_Handler) X(DebugMon_Handler) X(PendSV_Handler) X(SysTick_Handler) \
    X(WWDG_IRQHandler) X(PVD_IRQHandler) X(TAMP_STAMP_IRQHandler) X(RTC_WKUP_IRQHandler) X(FLASH_IRQHandler) \
    X(RCC_IRQHandler) X(EXTI0_IRQHandler) X(EXTI1_IRQHandler) X(EXTI2_IRQHandler) X(EXTI3_IRQHandler) \
    X(EXTI4_IRQHandler) X(DMA1_Stream0_IRQHandler) X(DMA1_Stream1_IRQHandler) X(DMA1_Stream2_IRQHandler) \
    X(DMA1_Stream3_IRQHandler) X(DMA1_Stream4_IRQHandler) X(DMA1_Stream5_IRQHandler) X(DMA1_Stream6_IRQHandler) \
    X(DMA1_Stream7_IRQHandler) X(EXTI9_5_IRQHandler) X(EXTI15_10_IRQHandler) \
    X(TIM1_BRK_TIM9_IRQHandler) X(TIM1_UP_TIM10_IRQHandler) X(TIM1_TRG_COM_TIM11_IRQHandler) X(TIM1_CC_IRQHandler) \
    X(TIM2_IRQHandler) X(TIM3_IRQHandler) X(TIM4_IRQHandler) X(TIM5_IRQHandler) X(TIM6_DAC_IRQHandler) \
    X(TIM7_IRQHandler) X(TIM8_BRK_TIM12_IRQHandler) X(TIM8_UP_TIM13_IRQHandler) X(TIM8_TRG_COM_TIM14_IRQHandler) \
    X(TIM8_CC_IRQHandler) X(SPI1_IRQHandler) X(SPI2_IRQHandler) X(SPI3_IRQHandler) X(SDIO_IRQHandler) \
    X(USART1_IRQHandler) X(USART2_IRQHandler) X(USART3_IRQHandler) X(UART4_IRQHandler) X(UART5_IRQHandler) \
    X(USART6_IRQHandler) X(RTC_Alarm_IRQHandler) X(OTG_FS_WKUP_IRQHandler) X(OTG_FS_IRQHandler) \
    X(OTG_HS_WKUP_IRQHandler) \
    X(DMA2_Stream0_IRQHandler) X(DMA2_Stream1_IRQHandler) X(DMA2_Stream2_IRQHandler) X(DMA2_Stream3_IRQHandler) \
    X(DMA2_Stream4_IRQHandler) X(DMA2_Stream5_IRQHandler) X(DMA2_Stream6_IRQHandler) X(DMA2_Stream7_IRQHandler) \
    X(CAN1_RX0_IRQHandler) X(CAN1_RX1_IRQHandler) X(CAN1_SCE_IRQHandler) \
    X(CAN2_RX0_IRQHandler) X(CAN2_RX1_IRQHandler) X(CAN2_SCE_IRQHandler) \
    X(FPU_IRQHandler)

#define DECLARE_WEAK(handler) void handler(void) __attribute__((weak, alias("Default_Handler")));
HANDLERS(DECLARE_WEAK)

/* The table starts with the stack pointer and the 15 exceptions of the core. */
#define IRQ(name) [16 + name##_IRQn] = name##_IRQHandler

const vector_t vectors[16 + FPU_IRQn + 1] __attribute__((section(".isr_vector"), used)) = {
    [0] = (vector_t)&_estack,
    [1] = Reset_Handler,
    [2] = NMI_Handler,
    [3] = HardFault_Handler,
    [4] = MemManage_Handler,
    [5] = BusFault_Handler,
    [6] = UsageFault_Handler,
    [11] = SVC_Handler,
    [12] = DebugMon_Handler,
    [14] = PendSV_Handler,
    [15] = SysTick_Handler,
    /* Peripherals that these images have no driver for. */
    [16 + ADC_IRQn ... 16 + CAN1_TX_IRQn] = Default_Handler,
    [16 + I2C1_EV_IRQn ... 16 + I2C2_ER_IRQn] = Default_Handler,
    [16 + FSMC_IRQn] = Default_Handler,
    [16 + ETH_IRQn ... 16 + CAN2_TX_IRQn] = Default_Handler,
    [16 + I2C3_EV_IRQn ... 16 + OTG_HS_EP1_IN_IRQn] = Default_Handler,
    [16 + OTG_HS_IRQn ... 16 + HASH_RNG_IRQn] = Default_Handler,
    IRQ(WWDG), IRQ(PVD), IRQ(TAMP_STAMP), IRQ(RTC_WKUP), IRQ(FLASH), IRQ(RCC),
    IRQ(EXTI0), IRQ(EXTI1), IRQ(EXTI2), IRQ(EXTI3), IRQ(EXTI4), IRQ(EXTI9_5), IRQ(EXTI15_10),
    IRQ(DMA1_Stream0), IRQ(DMA1_Stream1), IRQ(DMA1_Stream2), IRQ(DMA1_Stream3),
    IRQ(DMA1_Stream4), IRQ(DMA1_Stream5), IRQ(DMA1_Stream6), IRQ(DMA1_Stream7),
    IRQ(DMA2_Stream0), IRQ(DMA2_Stream1), IRQ(DMA2_Stream2), IRQ(DMA2_Stream3),
    IRQ(DMA2_Stream4), IRQ(DMA2_Stream5), IRQ(DMA2_Stream6), IRQ(DMA2_Stream7),
    IRQ(TIM1_BRK_TIM9), IRQ(TIM1_UP_TIM10), IRQ(TIM1_TRG_COM_TIM11), IRQ(TIM1_CC),
    IRQ(TIM2), IRQ(TIM3), IRQ(TIM4), IRQ(TIM5), IRQ(TIM6_DAC), IRQ(TIM7),
    IRQ(TIM8_BRK_TIM12), IRQ(TIM8_UP_TIM13), IRQ(TIM8_TRG_COM_TIM14), IRQ(TIM8_CC),
    IRQ(CAN1_RX0), IRQ(CAN1_RX1), IRQ(CAN1_SCE), IRQ(CAN2_RX0), IRQ(CAN2_RX1), IRQ(CAN2_SCE),
    IRQ(SPI1), IRQ(SPI2), IRQ(SPI3), IRQ(SDIO),
    IRQ(USART1), IRQ(USART2), IRQ(USART3), IRQ(UART4), IRQ(UART5), IRQ(USART6),
    IRQ(RTC_Alarm), IRQ(OTG_FS_WKUP), IRQ(OTG_FS), IRQ(OTG_HS_WKUP), IRQ(FPU),
};

/* The clock that a reset leaves: HSI, undivided. */
uint32_t SystemCoreClock = HSI_VALUE;

/* By how many bits a prescaler field shifts the clock. */
const uint8_t AHBPrescTable[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 6, 7, 8, 9 };
const uint8_t APBPrescTable[8] = { 0, 0, 0, 0, 1, 2, 3, 4 };

void SystemInit(void) {
    /* Full access to the FPU, which the code that follows is compiled for. */
    SCB->CPACR |= 0xFU << 20;

    /* Back to HSI, for whoever was here before (a bootloader) may have left another clock. */
    SET_BIT(RCC->CR, RCC_CR_HSION);
    RCC->CFGR = 0;
    CLEAR_BIT(RCC->CR, RCC_CR_HSEON | RCC_CR_CSSON | RCC_CR_PLLON);
    RCC->PLLCFGR = 0x24003010;
    CLEAR_BIT(RCC->CR, RCC_CR_HSEBYP);
    RCC->CIR = 0;
}
