// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* Registers of the STM32F405/407, as far as MicroPython and its `stm` module use them.
 *
 * Written from the reference manual RM0090. The port's make-stmconst.py reads this file line by line, so the shape of a
 * register's line (type, name, comment with "Address offset") is a format, not a matter of taste; and it takes a whole
 * file, not its includes. stm32f405xx.h is a link to this one: what tells the two chips apart, Ethernet and the camera
 * interface, isn't described here.
 */
#ifndef FIXTURE_STM32F407XX_H
#define FIXTURE_STM32F407XX_H

/* What core_cm4.h wants to know about this Cortex-M4. */
#define __CM4_REV 0x0001U
#define __MPU_PRESENT 1U
#define __FPU_PRESENT 1U
#define __NVIC_PRIO_BITS 4U
#define __Vendor_SysTickConfig 0U

typedef enum {
    NonMaskableInt_IRQn = -14,
    MemoryManagement_IRQn = -12,
    BusFault_IRQn = -11,
    UsageFault_IRQn = -10,
    SVCall_IRQn = -5,
    DebugMonitor_IRQn = -4,
    PendSV_IRQn = -2,
    SysTick_IRQn = -1,
    WWDG_IRQn = 0,
    PVD_IRQn,
    TAMP_STAMP_IRQn,
    RTC_WKUP_IRQn,
    FLASH_IRQn,
    RCC_IRQn,
    EXTI0_IRQn,
    EXTI1_IRQn,
    EXTI2_IRQn,
    EXTI3_IRQn,
    EXTI4_IRQn,
    DMA1_Stream0_IRQn,
    DMA1_Stream1_IRQn,
    DMA1_Stream2_IRQn,
    DMA1_Stream3_IRQn,
    DMA1_Stream4_IRQn,
    DMA1_Stream5_IRQn,
    DMA1_Stream6_IRQn,
    ADC_IRQn,
    CAN1_TX_IRQn,
    CAN1_RX0_IRQn,
    CAN1_RX1_IRQn,
    CAN1_SCE_IRQn,
    EXTI9_5_IRQn,
    TIM1_BRK_TIM9_IRQn,
    TIM1_UP_TIM10_IRQn,
    TIM1_TRG_COM_TIM11_IRQn,
    TIM1_CC_IRQn,
    TIM2_IRQn,
    TIM3_IRQn,
    TIM4_IRQn,
    I2C1_EV_IRQn,
    I2C1_ER_IRQn,
    I2C2_EV_IRQn,
    I2C2_ER_IRQn,
    SPI1_IRQn,
    SPI2_IRQn,
    USART1_IRQn,
    USART2_IRQn,
    USART3_IRQn,
    EXTI15_10_IRQn,
    RTC_Alarm_IRQn,
    OTG_FS_WKUP_IRQn,
    TIM8_BRK_TIM12_IRQn,
    TIM8_UP_TIM13_IRQn,
    TIM8_TRG_COM_TIM14_IRQn,
    TIM8_CC_IRQn,
    DMA1_Stream7_IRQn,
    FSMC_IRQn,
    SDIO_IRQn,
    TIM5_IRQn,
    SPI3_IRQn,
    UART4_IRQn,
    UART5_IRQn,
    TIM6_DAC_IRQn,
    TIM7_IRQn,
    DMA2_Stream0_IRQn,
    DMA2_Stream1_IRQn,
    DMA2_Stream2_IRQn,
    DMA2_Stream3_IRQn,
    DMA2_Stream4_IRQn,
    ETH_IRQn,
    ETH_WKUP_IRQn,
    CAN2_TX_IRQn,
    CAN2_RX0_IRQn,
    CAN2_RX1_IRQn,
    CAN2_SCE_IRQn,
    OTG_FS_IRQn,
    DMA2_Stream5_IRQn,
    DMA2_Stream6_IRQn,
    DMA2_Stream7_IRQn,
    USART6_IRQn,
    I2C3_EV_IRQn,
    I2C3_ER_IRQn,
    OTG_HS_EP1_OUT_IRQn,
    OTG_HS_EP1_IN_IRQn,
    OTG_HS_WKUP_IRQn,
    OTG_HS_IRQn,
    DCMI_IRQn,
    HASH_RNG_IRQn = 80,
    FPU_IRQn = 81,
} IRQn_Type;

#include "core_cm4.h"
#include <stdint.h>

/* ---- Register blocks ---- */

typedef struct
{
    __IO uint32_t SR; /*!< status, Address offset: 0x00 */
    __IO uint32_t CR1; /*!< control 1, Address offset: 0x04 */
    __IO uint32_t CR2; /*!< control 2, Address offset: 0x08 */
    __IO uint32_t SMPR1; /*!< sampling times of channels 10-18, Address offset: 0x0C */
    __IO uint32_t SMPR2; /*!< sampling times of channels 0-9, Address offset: 0x10 */
    __IO uint32_t JOFR1; /*!< offset of injected channel 1, Address offset: 0x14 */
    __IO uint32_t JOFR2; /*!< offset of injected channel 2, Address offset: 0x18 */
    __IO uint32_t JOFR3; /*!< offset of injected channel 3, Address offset: 0x1C */
    __IO uint32_t JOFR4; /*!< offset of injected channel 4, Address offset: 0x20 */
    __IO uint32_t HTR; /*!< analog watchdog upper limit, Address offset: 0x24 */
    __IO uint32_t LTR; /*!< analog watchdog lower limit, Address offset: 0x28 */
    __IO uint32_t SQR1; /*!< regular sequence - length and ranks 13-16, Address offset: 0x2C */
    __IO uint32_t SQR2; /*!< regular sequence - ranks 7-12, Address offset: 0x30 */
    __IO uint32_t SQR3; /*!< regular sequence - ranks 1-6, Address offset: 0x34 */
    __IO uint32_t JSQR; /*!< injected sequence, Address offset: 0x38 */
    __IO uint32_t JDR1; /*!< injected result 1, Address offset: 0x3C */
    __IO uint32_t JDR2; /*!< injected result 2, Address offset: 0x40 */
    __IO uint32_t JDR3; /*!< injected result 3, Address offset: 0x44 */
    __IO uint32_t JDR4; /*!< injected result 4, Address offset: 0x48 */
    __IO uint32_t DR; /*!< regular result, Address offset: 0x4C */
} ADC_TypeDef;

typedef struct
{
    __IO uint32_t CSR; /*!< status of all converters, Address offset: 0x00 */
    __IO uint32_t CCR; /*!< control of all converters, Address offset: 0x04 */
    __IO uint32_t CDR; /*!< data of dual and triple modes, Address offset: 0x08 */
} ADC_Common_TypeDef;

typedef struct
{
    __IO uint32_t TIR; /*!< identifier and request, Address offset: 0x00 */
    __IO uint32_t TDTR; /*!< length and time stamp, Address offset: 0x04 */
    __IO uint32_t TDLR; /*!< data bytes 0-3, Address offset: 0x08 */
    __IO uint32_t TDHR; /*!< data bytes 4-7, Address offset: 0x0C */
} CAN_TxMailBox_TypeDef;

typedef struct
{
    __IO uint32_t RIR; /*!< identifier, Address offset: 0x00 */
    __IO uint32_t RDTR; /*!< length, filter match and time stamp, Address offset: 0x04 */
    __IO uint32_t RDLR; /*!< data bytes 0-3, Address offset: 0x08 */
    __IO uint32_t RDHR; /*!< data bytes 4-7, Address offset: 0x0C */
} CAN_FIFOMailBox_TypeDef;

typedef struct
{
    __IO uint32_t FR1; /*!< first word, Address offset: 0x00 */
    __IO uint32_t FR2; /*!< second word, Address offset: 0x04 */
} CAN_FilterRegister_TypeDef;

typedef struct
{
    __IO uint32_t MCR; /*!< master control, Address offset: 0x00 */
    __IO uint32_t MSR; /*!< master status, Address offset: 0x04 */
    __IO uint32_t TSR; /*!< transmit status, Address offset: 0x08 */
    __IO uint32_t RF0R; /*!< receive FIFO 0, Address offset: 0x0C */
    __IO uint32_t RF1R; /*!< receive FIFO 1, Address offset: 0x10 */
    __IO uint32_t IER; /*!< interrupt enable, Address offset: 0x14 */
    __IO uint32_t ESR; /*!< error status, Address offset: 0x18 */
    __IO uint32_t BTR; /*!< bit timing, Address offset: 0x1C */
    uint32_t RESERVED0[88];
    CAN_TxMailBox_TypeDef sTxMailBox[3]; /*!< transmit mailboxes, Address offset: 0x180-0x1AC */
    CAN_FIFOMailBox_TypeDef sFIFOMailBox[2]; /*!< heads of the receive FIFOs, Address offset: 0x1B0-0x1CC */
    uint32_t RESERVED1[12];
    __IO uint32_t FMR; /*!< filter master, Address offset: 0x200 */
    __IO uint32_t FM1R; /*!< filter mode, Address offset: 0x204 */
    uint32_t RESERVED2;
    __IO uint32_t FS1R; /*!< filter scale, Address offset: 0x20C */
    uint32_t RESERVED3;
    __IO uint32_t FFA1R; /*!< filter FIFO assignment, Address offset: 0x214 */
    uint32_t RESERVED4;
    __IO uint32_t FA1R; /*!< filter activation, Address offset: 0x21C */
    uint32_t RESERVED5[8];
    CAN_FilterRegister_TypeDef sFilterRegister[28]; /*!< filter banks, Address offset: 0x240-0x31C */
} CAN_TypeDef;

typedef struct
{
    __IO uint32_t DR; /*!< data and sum, Address offset: 0x00 */
    __IO uint8_t IDR; /*!< a byte of storage, Address offset: 0x04 */
    uint8_t RESERVED0;
    uint16_t RESERVED1;
    __IO uint32_t CR; /*!< reset of the sum, Address offset: 0x08 */
} CRC_TypeDef;

typedef struct
{
    __IO uint32_t CR; /*!< control, Address offset: 0x00 */
    __IO uint32_t SWTRIGR; /*!< software trigger, Address offset: 0x04 */
    __IO uint32_t DHR12R1; /*!< channel 1 - 12 bits to the right, Address offset: 0x08 */
    __IO uint32_t DHR12L1; /*!< channel 1 - 12 bits to the left, Address offset: 0x0C */
    __IO uint32_t DHR8R1; /*!< channel 1 - 8 bits to the right, Address offset: 0x10 */
    __IO uint32_t DHR12R2; /*!< channel 2 - 12 bits to the right, Address offset: 0x14 */
    __IO uint32_t DHR12L2; /*!< channel 2 - 12 bits to the left, Address offset: 0x18 */
    __IO uint32_t DHR8R2; /*!< channel 2 - 8 bits to the right, Address offset: 0x1C */
    __IO uint32_t DHR12RD; /*!< both channels - 12 bits to the right, Address offset: 0x20 */
    __IO uint32_t DHR12LD; /*!< both channels - 12 bits to the left, Address offset: 0x24 */
    __IO uint32_t DHR8RD; /*!< both channels - 8 bits to the right, Address offset: 0x28 */
    __IO uint32_t DOR1; /*!< channel 1 output, Address offset: 0x2C */
    __IO uint32_t DOR2; /*!< channel 2 output, Address offset: 0x30 */
    __IO uint32_t SR; /*!< status, Address offset: 0x34 */
} DAC_TypeDef;

typedef struct
{
    __IO uint32_t IDCODE; /*!< device and revision, Address offset: 0x00 */
    __IO uint32_t CR; /*!< debugging in low-power modes - trace pins, Address offset: 0x04 */
    __IO uint32_t APB1FZ; /*!< APB1 peripherals to stop with the core, Address offset: 0x08 */
    __IO uint32_t APB2FZ; /*!< APB2 peripherals to stop with the core, Address offset: 0x0C */
} DBGMCU_TypeDef;

typedef struct
{
    __IO uint32_t CR;
    __IO uint32_t NDTR;
    __IO uint32_t PAR;
    __IO uint32_t M0AR;
    __IO uint32_t M1AR;
    __IO uint32_t FCR;
} DMA_Stream_TypeDef;

typedef struct
{
    __IO uint32_t LISR; /*!< flags of streams 0-3, Address offset: 0x00 */
    __IO uint32_t HISR; /*!< flags of streams 4-7, Address offset: 0x04 */
    __IO uint32_t LIFCR; /*!< flags to clear of streams 0-3, Address offset: 0x08 */
    __IO uint32_t HIFCR; /*!< flags to clear of streams 4-7, Address offset: 0x0C */
} DMA_TypeDef;

typedef struct
{
    __IO uint32_t IMR; /*!< lines that interrupt, Address offset: 0x00 */
    __IO uint32_t EMR; /*!< lines that raise an event, Address offset: 0x04 */
    __IO uint32_t RTSR; /*!< lines that rising edges trigger, Address offset: 0x08 */
    __IO uint32_t FTSR; /*!< lines that falling edges trigger, Address offset: 0x0C */
    __IO uint32_t SWIER; /*!< triggers by software, Address offset: 0x10 */
    __IO uint32_t PR; /*!< lines pending - write 1 to clear, Address offset: 0x14 */
} EXTI_TypeDef;

typedef struct
{
    __IO uint32_t ACR; /*!< wait states and caches, Address offset: 0x00 */
    __IO uint32_t KEYR; /*!< key of CR, Address offset: 0x04 */
    __IO uint32_t OPTKEYR; /*!< key of the option bytes, Address offset: 0x08 */
    __IO uint32_t SR; /*!< status, Address offset: 0x0C */
    __IO uint32_t CR; /*!< programming and erasing, Address offset: 0x10 */
    __IO uint32_t OPTCR; /*!< option bytes, Address offset: 0x14 */
    __IO uint32_t OPTCR1; /*!< option bytes of the second bank, Address offset: 0x18 */
} FLASH_TypeDef;

typedef struct
{
    __IO uint32_t MODER; /*!< mode of each pin, Address offset: 0x00 */
    __IO uint32_t OTYPER; /*!< push-pull or open drain, Address offset: 0x04 */
    __IO uint32_t OSPEEDR; /*!< slew rate, Address offset: 0x08 */
    __IO uint32_t PUPDR; /*!< pull-up or pull-down, Address offset: 0x0C */
    __IO uint32_t IDR; /*!< level of the pins, Address offset: 0x10 */
    __IO uint32_t ODR; /*!< level to drive, Address offset: 0x14 */
    __IO uint32_t BSRR; /*!< bits to set and to reset, Address offset: 0x18 */
    __IO uint32_t LCKR; /*!< configuration lock, Address offset: 0x1C */
    __IO uint32_t AFR[2]; /*!< alternate function, Address offset: 0x20-0x24 */
} GPIO_TypeDef;

typedef struct
{
    __IO uint32_t MEMRMP; /*!< what address 0 shows, Address offset: 0x00 */
    __IO uint32_t PMC; /*!< Ethernet PHY interface, Address offset: 0x04 */
    __IO uint32_t EXTICR[4]; /*!< port of each EXTI line, Address offset: 0x08-0x14 */
    uint32_t RESERVED[2];
    __IO uint32_t CMPCR; /*!< I/O compensation cell, Address offset: 0x20 */
} SYSCFG_TypeDef;

typedef struct
{
    __IO uint32_t CR1; /*!< control 1, Address offset: 0x00 */
    __IO uint32_t CR2; /*!< control 2, Address offset: 0x04 */
    __IO uint32_t OAR1; /*!< own address 1, Address offset: 0x08 */
    __IO uint32_t OAR2; /*!< own address 2, Address offset: 0x0C */
    __IO uint32_t DR; /*!< data, Address offset: 0x10 */
    __IO uint32_t SR1; /*!< status 1, Address offset: 0x14 */
    __IO uint32_t SR2; /*!< status 2, Address offset: 0x18 */
    __IO uint32_t CCR; /*!< clock, Address offset: 0x1C */
    __IO uint32_t TRISE; /*!< rise time, Address offset: 0x20 */
} I2C_TypeDef;

typedef struct
{
    __IO uint32_t KR; /*!< key, Address offset: 0x00 */
    __IO uint32_t PR; /*!< prescaler, Address offset: 0x04 */
    __IO uint32_t RLR; /*!< reload value, Address offset: 0x08 */
    __IO uint32_t SR; /*!< updates under way, Address offset: 0x0C */
} IWDG_TypeDef;

typedef struct
{
    __IO uint32_t CR; /*!< power control, Address offset: 0x00 */
    __IO uint32_t CSR; /*!< power control and status, Address offset: 0x04 */
} PWR_TypeDef;

typedef struct
{
    __IO uint32_t CR; /*!< oscillators and PLLs, Address offset: 0x00 */
    __IO uint32_t PLLCFGR; /*!< factors of the main PLL, Address offset: 0x04 */
    __IO uint32_t CFGR; /*!< clock switch and prescalers, Address offset: 0x08 */
    __IO uint32_t CIR; /*!< interrupts, Address offset: 0x0C */
    __IO uint32_t AHB1RSTR; /*!< AHB1 resets, Address offset: 0x10 */
    __IO uint32_t AHB2RSTR; /*!< AHB2 resets, Address offset: 0x14 */
    __IO uint32_t AHB3RSTR; /*!< AHB3 resets, Address offset: 0x18 */
    uint32_t RESERVED0;
    __IO uint32_t APB1RSTR; /*!< APB1 resets, Address offset: 0x20 */
    __IO uint32_t APB2RSTR; /*!< APB2 resets, Address offset: 0x24 */
    uint32_t RESERVED1[2];
    __IO uint32_t AHB1ENR; /*!< AHB1 clock gates, Address offset: 0x30 */
    __IO uint32_t AHB2ENR; /*!< AHB2 clock gates, Address offset: 0x34 */
    __IO uint32_t AHB3ENR; /*!< AHB3 clock gates, Address offset: 0x38 */
    uint32_t RESERVED2;
    __IO uint32_t APB1ENR; /*!< APB1 clock gates, Address offset: 0x40 */
    __IO uint32_t APB2ENR; /*!< APB2 clock gates, Address offset: 0x44 */
    uint32_t RESERVED3[2];
    __IO uint32_t AHB1LPENR; /*!< AHB1 clock gates in Sleep, Address offset: 0x50 */
    __IO uint32_t AHB2LPENR; /*!< AHB2 clock gates in Sleep, Address offset: 0x54 */
    __IO uint32_t AHB3LPENR; /*!< AHB3 clock gates in Sleep, Address offset: 0x58 */
    uint32_t RESERVED4;
    __IO uint32_t APB1LPENR; /*!< APB1 clock gates in Sleep, Address offset: 0x60 */
    __IO uint32_t APB2LPENR; /*!< APB2 clock gates in Sleep, Address offset: 0x64 */
    uint32_t RESERVED5[2];
    __IO uint32_t BDCR; /*!< backup domain, Address offset: 0x70 */
    __IO uint32_t CSR; /*!< LSI and reset flags, Address offset: 0x74 */
    uint32_t RESERVED6[2];
    __IO uint32_t SSCGR; /*!< spread spectrum, Address offset: 0x80 */
    __IO uint32_t PLLI2SCFGR; /*!< factors of the I2S PLL, Address offset: 0x84 */
} RCC_TypeDef;

typedef struct
{
    __IO uint32_t TR; /*!< time, Address offset: 0x00 */
    __IO uint32_t DR; /*!< date, Address offset: 0x04 */
    __IO uint32_t CR; /*!< control, Address offset: 0x08 */
    __IO uint32_t ISR; /*!< initialization and status, Address offset: 0x0C */
    __IO uint32_t PRER; /*!< prescalers, Address offset: 0x10 */
    __IO uint32_t WUTR; /*!< wake-up timer, Address offset: 0x14 */
    __IO uint32_t CALIBR; /*!< coarse calibration, Address offset: 0x18 */
    __IO uint32_t ALRMAR; /*!< alarm A, Address offset: 0x1C */
    __IO uint32_t ALRMBR; /*!< alarm B, Address offset: 0x20 */
    __IO uint32_t WPR; /*!< key of the write protection, Address offset: 0x24 */
    __IO uint32_t SSR; /*!< fraction of the second, Address offset: 0x28 */
    __IO uint32_t SHIFTR; /*!< shift by a fraction, Address offset: 0x2C */
    __IO uint32_t TSTR; /*!< timestamp time, Address offset: 0x30 */
    __IO uint32_t TSDR; /*!< timestamp date, Address offset: 0x34 */
    __IO uint32_t TSSSR; /*!< timestamp fraction, Address offset: 0x38 */
    __IO uint32_t CALR; /*!< smooth calibration, Address offset: 0x3C */
    __IO uint32_t TAFCR; /*!< tamper and alternate function, Address offset: 0x40 */
    __IO uint32_t ALRMASSR; /*!< alarm A fraction, Address offset: 0x44 */
    __IO uint32_t ALRMBSSR; /*!< alarm B fraction, Address offset: 0x48 */
    uint32_t RESERVED;
    __IO uint32_t BKP0R; /*!< backup 0, Address offset: 0x50 */
    __IO uint32_t BKP1R; /*!< backup 1, Address offset: 0x54 */
    __IO uint32_t BKP2R; /*!< backup 2, Address offset: 0x58 */
    __IO uint32_t BKP3R; /*!< backup 3, Address offset: 0x5C */
    __IO uint32_t BKP4R; /*!< backup 4, Address offset: 0x60 */
    __IO uint32_t BKP5R; /*!< backup 5, Address offset: 0x64 */
    __IO uint32_t BKP6R; /*!< backup 6, Address offset: 0x68 */
    __IO uint32_t BKP7R; /*!< backup 7, Address offset: 0x6C */
    __IO uint32_t BKP8R; /*!< backup 8, Address offset: 0x70 */
    __IO uint32_t BKP9R; /*!< backup 9, Address offset: 0x74 */
    __IO uint32_t BKP10R; /*!< backup 10, Address offset: 0x78 */
    __IO uint32_t BKP11R; /*!< backup 11, Address offset: 0x7C */
    __IO uint32_t BKP12R; /*!< backup 12, Address offset: 0x80 */
    __IO uint32_t BKP13R; /*!< backup 13, Address offset: 0x84 */
    __IO uint32_t BKP14R; /*!< backup 14, Address offset: 0x88 */
    __IO uint32_t BKP15R; /*!< backup 15, Address offset: 0x8C */
    __IO uint32_t BKP16R; /*!< backup 16, Address offset: 0x90 */
    __IO uint32_t BKP17R; /*!< backup 17, Address offset: 0x94 */
    __IO uint32_t BKP18R; /*!< backup 18, Address offset: 0x98 */
    __IO uint32_t BKP19R; /*!< backup 19, Address offset: 0x9C */
} RTC_TypeDef;

typedef struct
{
    __IO uint32_t POWER; /*!< power supply of the card, Address offset: 0x00 */
    __IO uint32_t CLKCR; /*!< clock and bus width, Address offset: 0x04 */
    __IO uint32_t ARG; /*!< argument of a command, Address offset: 0x08 */
    __IO uint32_t CMD; /*!< command, Address offset: 0x0C */
    __IO uint32_t RESPCMD; /*!< command that was answered, Address offset: 0x10 */
    __IO uint32_t RESP1; /*!< answer - first word, Address offset: 0x14 */
    __IO uint32_t RESP2; /*!< answer - second word, Address offset: 0x18 */
    __IO uint32_t RESP3; /*!< answer - third word, Address offset: 0x1C */
    __IO uint32_t RESP4; /*!< answer - last word, Address offset: 0x20 */
    __IO uint32_t DTIMER; /*!< time for data, Address offset: 0x24 */
    __IO uint32_t DLEN; /*!< bytes to transfer, Address offset: 0x28 */
    __IO uint32_t DCTRL; /*!< control of a transfer, Address offset: 0x2C */
    __IO uint32_t DCOUNT; /*!< bytes left, Address offset: 0x30 */
    __IO uint32_t STA; /*!< status, Address offset: 0x34 */
    __IO uint32_t ICR; /*!< flags to clear, Address offset: 0x38 */
    __IO uint32_t MASK; /*!< flags that interrupt, Address offset: 0x3C */
    uint32_t RESERVED0[2];
    __IO uint32_t FIFOCNT; /*!< words left, Address offset: 0x48 */
    uint32_t RESERVED1[13];
    __IO uint32_t FIFO; /*!< data, Address offset: 0x80 */
} SDIO_TypeDef;

typedef struct
{
    __IO uint32_t CR1; /*!< control 1, Address offset: 0x00 */
    __IO uint32_t CR2; /*!< control 2, Address offset: 0x04 */
    __IO uint32_t SR; /*!< status, Address offset: 0x08 */
    __IO uint32_t DR; /*!< data, Address offset: 0x0C */
    __IO uint32_t CRCPR; /*!< CRC polynomial, Address offset: 0x10 */
    __IO uint32_t RXCRCR; /*!< CRC of what came in, Address offset: 0x14 */
    __IO uint32_t TXCRCR; /*!< CRC of what went out, Address offset: 0x18 */
    __IO uint32_t I2SCFGR; /*!< I2S mode, Address offset: 0x1C */
    __IO uint32_t I2SPR; /*!< I2S prescaler, Address offset: 0x20 */
} SPI_TypeDef;

typedef struct
{
    __IO uint32_t CR1; /*!< control 1, Address offset: 0x00 */
    __IO uint32_t CR2; /*!< control 2, Address offset: 0x04 */
    __IO uint32_t SMCR; /*!< slave mode, Address offset: 0x08 */
    __IO uint32_t DIER; /*!< interrupts and DMA, Address offset: 0x0C */
    __IO uint32_t SR; /*!< status, Address offset: 0x10 */
    __IO uint32_t EGR; /*!< events by software, Address offset: 0x14 */
    __IO uint32_t CCMR1; /*!< modes of channels 1 and 2, Address offset: 0x18 */
    __IO uint32_t CCMR2; /*!< modes of channels 3 and 4, Address offset: 0x1C */
    __IO uint32_t CCER; /*!< channel pins, Address offset: 0x20 */
    __IO uint32_t CNT; /*!< counter, Address offset: 0x24 */
    __IO uint32_t PSC; /*!< prescaler, Address offset: 0x28 */
    __IO uint32_t ARR; /*!< period, Address offset: 0x2C */
    __IO uint32_t RCR; /*!< repetitions, Address offset: 0x30 */
    __IO uint32_t CCR1; /*!< capture or compare 1, Address offset: 0x34 */
    __IO uint32_t CCR2; /*!< capture or compare 2, Address offset: 0x38 */
    __IO uint32_t CCR3; /*!< capture or compare 3, Address offset: 0x3C */
    __IO uint32_t CCR4; /*!< capture or compare 4, Address offset: 0x40 */
    __IO uint32_t BDTR; /*!< break and dead time, Address offset: 0x44 */
    __IO uint32_t DCR; /*!< DMA burst, Address offset: 0x48 */
    __IO uint32_t DMAR; /*!< DMA burst access, Address offset: 0x4C */
    __IO uint32_t OR; /*!< input remapping, Address offset: 0x50 */
} TIM_TypeDef;

typedef struct
{
    __IO uint32_t GOTGCTL; /*!< session control, Address offset: 0x00 */
    __IO uint32_t GOTGINT; /*!< session interrupts, Address offset: 0x04 */
    __IO uint32_t GAHBCFG; /*!< interrupt mask and FIFO levels, Address offset: 0x08 */
    __IO uint32_t GUSBCFG; /*!< role, turnaround time, Address offset: 0x0C */
    __IO uint32_t GRSTCTL; /*!< resets and flushes, Address offset: 0x10 */
    __IO uint32_t GINTSTS; /*!< interrupts, Address offset: 0x14 */
    __IO uint32_t GINTMSK; /*!< their mask, Address offset: 0x18 */
    __IO uint32_t GRXSTSR; /*!< status of the next entry received, Address offset: 0x1C */
    __IO uint32_t GRXSTSP; /*!< the same, which takes it out, Address offset: 0x20 */
    __IO uint32_t GRXFSIZ; /*!< size of the receive FIFO, Address offset: 0x24 */
    __IO uint32_t DIEPTXF0; /*!< place of transmit FIFO 0, Address offset: 0x28 */
    __IO uint32_t HNPTXSTS; /*!< host: transmit FIFO, Address offset: 0x2C */
    uint32_t RESERVED0[2];
    __IO uint32_t GCCFG; /*!< transceiver and VBUS sensing, Address offset: 0x38 */
    __IO uint32_t CID; /*!< product, Address offset: 0x3C */
    uint32_t RESERVED1[48];
    __IO uint32_t HPTXFSIZ; /*!< host: periodic transmit FIFO, Address offset: 0x100 */
    __IO uint32_t DIEPTXF[15]; /*!< places of the other transmit FIFOs, Address offset: 0x104 */
} USB_OTG_GlobalTypeDef;

/* These follow the global ones, at 0x800, 0x900, 0xB00 and 0xE00. */
typedef struct
{
    __IO uint32_t DCFG; /*!< speed and address, Address offset: 0x00 */
    __IO uint32_t DCTL; /*!< connection, resume, global NAK, Address offset: 0x04 */
    __IO uint32_t DSTS; /*!< speed, frame, Address offset: 0x08 */
    uint32_t RESERVED0;
    __IO uint32_t DIEPMSK; /*!< mask for IN endpoints, Address offset: 0x10 */
    __IO uint32_t DOEPMSK; /*!< mask for OUT endpoints, Address offset: 0x14 */
    __IO uint32_t DAINT; /*!< which endpoint interrupts, Address offset: 0x18 */
    __IO uint32_t DAINTMSK; /*!< its mask, Address offset: 0x1C */
    uint32_t RESERVED1[2];
    __IO uint32_t DVBUSDIS; /*!< discharge time of VBUS, Address offset: 0x28 */
    __IO uint32_t DVBUSPULSE; /*!< pulse time of VBUS, Address offset: 0x2C */
    uint32_t RESERVED2;
    __IO uint32_t DIEPEMPMSK; /*!< mask for empty transmit FIFOs, Address offset: 0x34 */
} USB_OTG_DeviceTypeDef;

typedef struct
{
    __IO uint32_t DIEPCTL; /*!< control, Address offset: 0x00 */
    uint32_t RESERVED0;
    __IO uint32_t DIEPINT; /*!< interrupts, Address offset: 0x08 */
    uint32_t RESERVED1;
    __IO uint32_t DIEPTSIZ; /*!< packets and bytes to send, Address offset: 0x10 */
    uint32_t RESERVED2;
    __IO uint32_t DTXFSTS; /*!< words free in its FIFO, Address offset: 0x18 */
    uint32_t RESERVED3;
} USB_OTG_INEndpointTypeDef;

typedef struct
{
    __IO uint32_t DOEPCTL; /*!< control, Address offset: 0x00 */
    uint32_t RESERVED0;
    __IO uint32_t DOEPINT; /*!< interrupts, Address offset: 0x08 */
    uint32_t RESERVED1;
    __IO uint32_t DOEPTSIZ; /*!< packets and bytes to receive, Address offset: 0x10 */
    uint32_t RESERVED2[3];
} USB_OTG_OUTEndpointTypeDef;

typedef struct
{
    __IO uint32_t SR; /*!< status, Address offset: 0x00 */
    __IO uint32_t DR; /*!< data, Address offset: 0x04 */
    __IO uint32_t BRR; /*!< baud rate, Address offset: 0x08 */
    __IO uint32_t CR1; /*!< control 1, Address offset: 0x0C */
    __IO uint32_t CR2; /*!< control 2, Address offset: 0x10 */
    __IO uint32_t CR3; /*!< control 3, Address offset: 0x14 */
    __IO uint32_t GTPR; /*!< guard time and prescaler, Address offset: 0x18 */
} USART_TypeDef;

typedef struct
{
    __IO uint32_t CR; /*!< control and counter, Address offset: 0x00 */
    __IO uint32_t CFR; /*!< window and prescaler, Address offset: 0x04 */
    __IO uint32_t SR; /*!< early wake-up flag, Address offset: 0x08 */
} WWDG_TypeDef;

typedef struct
{
    __IO uint32_t CR; /*!< control, Address offset: 0x00 */
    __IO uint32_t SR; /*!< status, Address offset: 0x04 */
    __IO uint32_t DR; /*!< random number, Address offset: 0x08 */
} RNG_TypeDef;

/* ---- Memory map ---- */

#define ADC_SR_EOC (1U << 1)
#define ADC_SR_OVR (1U << 5)
#define ADC_CR1_SCAN (1U << 8)
#define ADC_CR1_DISCEN (1U << 11)
#define ADC_CR1_DISCNUM (7U << 13)
#define ADC_CR1_RES_Pos (24U)
#define ADC_CR1_RES (3U << ADC_CR1_RES_Pos)
#define ADC_CR2_ADON (1U << 0)
#define ADC_CR2_CONT (1U << 1)
#define ADC_CR2_DMA (1U << 8)
#define ADC_CR2_DDS (1U << 9)
#define ADC_CR2_EOCS (1U << 10)
#define ADC_CR2_ALIGN (1U << 11)
#define ADC_CR2_EXTSEL (0xFU << 24)
#define ADC_CR2_EXTEN (3U << 28)
#define ADC_CR2_SWSTART (1U << 30)
#define ADC_SQR1_L_Pos (20U)
#define ADC_SQR1_L (0xFU << ADC_SQR1_L_Pos)
#define ADC_SQR3_SQ1_Pos (0U)
#define ADC_CCR_ADCPRE (3U << 16)
#define ADC_CCR_VBATE (1U << 22)
#define ADC_CCR_TSVREFE (1U << 23)

#define DAC_CR_EN1 (1U << 0)
#define DAC_CR_BOFF1 (1U << 1)
#define DAC_CR_TEN1 (1U << 2)
#define DAC_CR_TSEL1 (7U << 3)
#define DAC_CR_WAVE1 (3U << 6)
#define DAC_CR_WAVE1_0 (1U << 6)
#define DAC_CR_WAVE1_1 (2U << 6)
#define DAC_CR_MAMP1 (0xFU << 8)
#define DAC_CR_DMAEN1 (1U << 12)

#define FLASH_BASE 0x08000000U
#define CCMDATARAM_BASE 0x10000000U
#define SRAM_BASE 0x20000000U
#define PERIPH_BASE 0x40000000U
#define PERIPH_BB_BASE 0x42000000U
#define BKPSRAM_BASE 0x40024000U
#define BKPSRAM_BB_BASE 0x42480000U
#define DBGMCU_BASE 0xE0042000U
#define UID_BASE 0x1FFF7A10U
#define FLASHSIZE_BASE 0x1FFF7A22U

#define TIM2_BASE 0x40000000U
#define TIM3_BASE 0x40000400U
#define TIM4_BASE 0x40000800U
#define TIM5_BASE 0x40000C00U
#define TIM6_BASE 0x40001000U
#define TIM7_BASE 0x40001400U
#define TIM12_BASE 0x40001800U
#define TIM13_BASE 0x40001C00U
#define TIM14_BASE 0x40002000U
#define RTC_BASE 0x40002800U
#define WWDG_BASE 0x40002C00U
#define USB_OTG_FS_PERIPH_BASE 0x50000000U
#define IWDG_BASE 0x40003000U
#define SPI2_BASE 0x40003800U
#define SPI3_BASE 0x40003C00U
#define USART2_BASE 0x40004400U
#define USART3_BASE 0x40004800U
#define UART4_BASE 0x40004C00U
#define UART5_BASE 0x40005000U
#define I2C1_BASE 0x40005400U
#define I2C2_BASE 0x40005800U
#define I2C3_BASE 0x40005C00U
#define CAN1_BASE 0x40006400U
#define CAN2_BASE 0x40006800U
#define PWR_BASE 0x40007000U
#define DAC_BASE 0x40007400U
#define TIM1_BASE 0x40010000U
#define TIM8_BASE 0x40010400U
#define USART1_BASE 0x40011000U
#define USART6_BASE 0x40011400U
#define ADC1_BASE 0x40012000U
#define ADC2_BASE 0x40012100U
#define ADC3_BASE 0x40012200U
#define ADC123_COMMON_BASE 0x40012300U
#define SDIO_BASE 0x40012C00U
#define SPI1_BASE 0x40013000U
#define SYSCFG_BASE 0x40013800U
#define EXTI_BASE 0x40013C00U
#define TIM9_BASE 0x40014000U
#define TIM10_BASE 0x40014400U
#define TIM11_BASE 0x40014800U
#define GPIOA_BASE 0x40020000U
#define GPIOB_BASE 0x40020400U
#define GPIOC_BASE 0x40020800U
#define GPIOD_BASE 0x40020C00U
#define GPIOE_BASE 0x40021000U
#define GPIOF_BASE 0x40021400U
#define GPIOG_BASE 0x40021800U
#define GPIOH_BASE 0x40021C00U
#define GPIOI_BASE 0x40022000U
#define CRC_BASE 0x40023000U
#define RCC_BASE 0x40023800U
#define FLASH_R_BASE 0x40023C00U
#define DMA1_BASE 0x40026000U
#define DMA1_Stream0_BASE 0x40026010U
#define DMA1_Stream1_BASE 0x40026028U
#define DMA1_Stream2_BASE 0x40026040U
#define DMA1_Stream3_BASE 0x40026058U
#define DMA1_Stream4_BASE 0x40026070U
#define DMA1_Stream5_BASE 0x40026088U
#define DMA1_Stream6_BASE 0x400260A0U
#define DMA1_Stream7_BASE 0x400260B8U
#define DMA2_BASE 0x40026400U
#define DMA2_Stream0_BASE 0x40026410U
#define DMA2_Stream1_BASE 0x40026428U
#define DMA2_Stream2_BASE 0x40026440U
#define DMA2_Stream3_BASE 0x40026458U
#define DMA2_Stream4_BASE 0x40026470U
#define DMA2_Stream5_BASE 0x40026488U
#define DMA2_Stream6_BASE 0x400264A0U
#define DMA2_Stream7_BASE 0x400264B8U
#define RNG_BASE 0x50060800U

#define TIM2 ((TIM_TypeDef *) TIM2_BASE)
#define TIM3 ((TIM_TypeDef *) TIM3_BASE)
#define TIM4 ((TIM_TypeDef *) TIM4_BASE)
#define TIM5 ((TIM_TypeDef *) TIM5_BASE)
#define TIM6 ((TIM_TypeDef *) TIM6_BASE)
#define TIM7 ((TIM_TypeDef *) TIM7_BASE)
#define TIM12 ((TIM_TypeDef *) TIM12_BASE)
#define TIM13 ((TIM_TypeDef *) TIM13_BASE)
#define TIM14 ((TIM_TypeDef *) TIM14_BASE)
#define RTC ((RTC_TypeDef *) RTC_BASE)
#define WWDG ((WWDG_TypeDef *) WWDG_BASE)
#define USB_OTG_FS ((USB_OTG_GlobalTypeDef *) USB_OTG_FS_PERIPH_BASE)
#define IWDG ((IWDG_TypeDef *) IWDG_BASE)
#define SPI2 ((SPI_TypeDef *) SPI2_BASE)
#define SPI3 ((SPI_TypeDef *) SPI3_BASE)
#define USART2 ((USART_TypeDef *) USART2_BASE)
#define USART3 ((USART_TypeDef *) USART3_BASE)
#define UART4 ((USART_TypeDef *) UART4_BASE)
#define UART5 ((USART_TypeDef *) UART5_BASE)
#define I2C1 ((I2C_TypeDef *) I2C1_BASE)
#define I2C2 ((I2C_TypeDef *) I2C2_BASE)
#define I2C3 ((I2C_TypeDef *) I2C3_BASE)
#define CAN1 ((CAN_TypeDef *) CAN1_BASE)
#define CAN2 ((CAN_TypeDef *) CAN2_BASE)
#define PWR ((PWR_TypeDef *) PWR_BASE)
#define DAC ((DAC_TypeDef *) DAC_BASE)
#define TIM1 ((TIM_TypeDef *) TIM1_BASE)
#define TIM8 ((TIM_TypeDef *) TIM8_BASE)
#define USART1 ((USART_TypeDef *) USART1_BASE)
#define USART6 ((USART_TypeDef *) USART6_BASE)
#define ADC1 ((ADC_TypeDef *) ADC1_BASE)
#define ADC2 ((ADC_TypeDef *) ADC2_BASE)
#define ADC3 ((ADC_TypeDef *) ADC3_BASE)
#define ADC123_COMMON ((ADC_Common_TypeDef *) ADC123_COMMON_BASE)
#define SDIO ((SDIO_TypeDef *) SDIO_BASE)
#define SPI1 ((SPI_TypeDef *) SPI1_BASE)
#define SYSCFG ((SYSCFG_TypeDef *) SYSCFG_BASE)
#define EXTI ((EXTI_TypeDef *) EXTI_BASE)
#define TIM9 ((TIM_TypeDef *) TIM9_BASE)
#define TIM10 ((TIM_TypeDef *) TIM10_BASE)
#define TIM11 ((TIM_TypeDef *) TIM11_BASE)
#define GPIOA ((GPIO_TypeDef *) GPIOA_BASE)
#define GPIOB ((GPIO_TypeDef *) GPIOB_BASE)
#define GPIOC ((GPIO_TypeDef *) GPIOC_BASE)
#define GPIOD ((GPIO_TypeDef *) GPIOD_BASE)
#define GPIOE ((GPIO_TypeDef *) GPIOE_BASE)
#define GPIOF ((GPIO_TypeDef *) GPIOF_BASE)
#define GPIOG ((GPIO_TypeDef *) GPIOG_BASE)
#define GPIOH ((GPIO_TypeDef *) GPIOH_BASE)
#define GPIOI ((GPIO_TypeDef *) GPIOI_BASE)
#define CRC ((CRC_TypeDef *) CRC_BASE)
#define RCC ((RCC_TypeDef *) RCC_BASE)
#define FLASH ((FLASH_TypeDef *) FLASH_R_BASE)
#define DMA1 ((DMA_TypeDef *) DMA1_BASE)
#define DMA1_Stream0 ((DMA_Stream_TypeDef *) DMA1_Stream0_BASE)
#define DMA1_Stream1 ((DMA_Stream_TypeDef *) DMA1_Stream1_BASE)
#define DMA1_Stream2 ((DMA_Stream_TypeDef *) DMA1_Stream2_BASE)
#define DMA1_Stream3 ((DMA_Stream_TypeDef *) DMA1_Stream3_BASE)
#define DMA1_Stream4 ((DMA_Stream_TypeDef *) DMA1_Stream4_BASE)
#define DMA1_Stream5 ((DMA_Stream_TypeDef *) DMA1_Stream5_BASE)
#define DMA1_Stream6 ((DMA_Stream_TypeDef *) DMA1_Stream6_BASE)
#define DMA1_Stream7 ((DMA_Stream_TypeDef *) DMA1_Stream7_BASE)
#define DMA2 ((DMA_TypeDef *) DMA2_BASE)
#define DMA2_Stream0 ((DMA_Stream_TypeDef *) DMA2_Stream0_BASE)
#define DMA2_Stream1 ((DMA_Stream_TypeDef *) DMA2_Stream1_BASE)
#define DMA2_Stream2 ((DMA_Stream_TypeDef *) DMA2_Stream2_BASE)
#define DMA2_Stream3 ((DMA_Stream_TypeDef *) DMA2_Stream3_BASE)
#define DMA2_Stream4 ((DMA_Stream_TypeDef *) DMA2_Stream4_BASE)
#define DMA2_Stream5 ((DMA_Stream_TypeDef *) DMA2_Stream5_BASE)
#define DMA2_Stream6 ((DMA_Stream_TypeDef *) DMA2_Stream6_BASE)
#define DMA2_Stream7 ((DMA_Stream_TypeDef *) DMA2_Stream7_BASE)
#define RNG ((RNG_TypeDef *) RNG_BASE)
#define DBGMCU ((DBGMCU_TypeDef *) DBGMCU_BASE)

/* ---- Bits ---- */

#define DMA_SxCR_EN (1U << 0)
#define DMA_SxCR_DBM (1U << 18)
#define DMA_SxCR_CHSEL (7U << 25)

#define FLASH_ACR_LATENCY (0xFU << 0)
#define FLASH_ACR_PRFTEN (1U << 8)
#define FLASH_ACR_ICEN (1U << 9)
#define FLASH_ACR_DCEN (1U << 10)
#define FLASH_ACR_ICRST (1U << 11)
#define FLASH_ACR_DCRST (1U << 12)
#define FLASH_SR_EOP (1U << 0)
#define FLASH_SR_OPERR (1U << 1)
#define FLASH_SR_WRPERR (1U << 4)
#define FLASH_SR_PGAERR (1U << 5)
#define FLASH_SR_PGPERR (1U << 6)
#define FLASH_SR_PGSERR (1U << 7)
#define FLASH_SR_BSY (1U << 16)
#define FLASH_CR_PG (1U << 0)
#define FLASH_CR_SER (1U << 1)
#define FLASH_CR_SNB_Pos (3U)
#define FLASH_CR_SNB (0x1FU << FLASH_CR_SNB_Pos)
#define FLASH_CR_PSIZE (3U << 8)
#define FLASH_CR_PSIZE_0 (1U << 8)
#define FLASH_CR_PSIZE_1 (2U << 8)
#define FLASH_CR_STRT (1U << 16)
#define FLASH_CR_LOCK (1U << 31)

#define PWR_CR_LPDS (1U << 0)
#define PWR_CR_PDDS (1U << 1)
#define PWR_CR_CWUF (1U << 2)
#define PWR_CR_CSBF (1U << 3)
#define PWR_CR_DBP_Pos (8U)
#define PWR_CR_DBP (1U << PWR_CR_DBP_Pos)
#define PWR_CR_FPDS_Pos (9U)
#define PWR_CR_FPDS (1U << PWR_CR_FPDS_Pos)
#define PWR_CR_VOS (1U << 14)
#define PWR_CSR_WUF (1U << 0)
#define PWR_CSR_SBF (1U << 1)
#define PWR_CSR_BRR (1U << 3)
#define PWR_CSR_EWUP (1U << 8)
#define PWR_CSR_BRE_Pos (9U)
#define PWR_CSR_BRE (1U << PWR_CSR_BRE_Pos)
#define PWR_CSR_VOSRDY (1U << 14)

#define RCC_CR_HSION_Pos (0U)
#define RCC_CR_HSION (1U << RCC_CR_HSION_Pos)
#define RCC_CR_HSIRDY (1U << 1)
#define RCC_CR_HSITRIM_Pos (3U)
#define RCC_CR_HSITRIM (0x1FU << RCC_CR_HSITRIM_Pos)
#define RCC_CR_HSEON (1U << 16)
#define RCC_CR_HSERDY (1U << 17)
#define RCC_CR_HSEBYP (1U << 18)
#define RCC_CR_CSSON (1U << 19)
#define RCC_CR_PLLON_Pos (24U)
#define RCC_CR_PLLON (1U << RCC_CR_PLLON_Pos)
#define RCC_CR_PLLRDY (1U << 25)
#define RCC_CR_PLLI2SON (1U << 26)
#define RCC_PLLCFGR_PLLM (0x3FU << 0)
#define RCC_PLLCFGR_PLLN_Pos (6U)
#define RCC_PLLCFGR_PLLN (0x1FFU << RCC_PLLCFGR_PLLN_Pos)
#define RCC_PLLCFGR_PLLP_Pos (16U)
#define RCC_PLLCFGR_PLLP (3U << RCC_PLLCFGR_PLLP_Pos)
#define RCC_PLLCFGR_PLLSRC (1U << 22)
#define RCC_PLLCFGR_PLLQ_Pos (24U)
#define RCC_CFGR_SW (3U << 0)
#define RCC_CFGR_SWS (3U << 2)
#define RCC_CFGR_SWS_HSI (0U << 2)
#define RCC_CFGR_SWS_HSE (1U << 2)
#define RCC_CFGR_SWS_PLL (2U << 2)
#define RCC_CFGR_HPRE_Pos (4U)
#define RCC_CFGR_HPRE (0xFU << RCC_CFGR_HPRE_Pos)
#define RCC_CFGR_PPRE1_Pos (10U)
#define RCC_CFGR_PPRE1 (7U << RCC_CFGR_PPRE1_Pos)
#define RCC_CFGR_PPRE2_Pos (13U)
#define RCC_CFGR_PPRE2 (7U << RCC_CFGR_PPRE2_Pos)
#define RCC_AHB1ENR_GPIOAEN_Pos (0U)
#define RCC_AHB1ENR_GPIOAEN (1U << RCC_AHB1ENR_GPIOAEN_Pos)
#define RCC_AHB1ENR_BKPSRAMEN (1U << 18)
#define RCC_AHB1ENR_CCMDATARAMEN (1U << 20)
#define RCC_AHB1ENR_DMA1EN (1U << 21)
#define RCC_AHB1ENR_DMA2EN (1U << 22)
#define RCC_AHB2ENR_RNGEN (1U << 6)
#define RCC_AHB2ENR_OTGFSEN (1U << 7)
#define RCC_APB1ENR_TIM2EN (1U << 0)
#define RCC_APB1ENR_TIM3EN (1U << 1)
#define RCC_APB1ENR_TIM4EN (1U << 2)
#define RCC_APB1ENR_TIM5EN (1U << 3)
#define RCC_APB1ENR_TIM6EN (1U << 4)
#define RCC_APB1ENR_TIM7EN (1U << 5)
#define RCC_APB1ENR_TIM12EN (1U << 6)
#define RCC_APB1ENR_TIM13EN (1U << 7)
#define RCC_APB1ENR_TIM14EN (1U << 8)
#define RCC_APB1ENR_SPI2EN (1U << 14)
#define RCC_APB1ENR_SPI3EN (1U << 15)
#define RCC_APB1ENR_USART2EN (1U << 17)
#define RCC_APB1ENR_USART3EN (1U << 18)
#define RCC_APB1ENR_UART4EN (1U << 19)
#define RCC_APB1ENR_UART5EN (1U << 20)
#define RCC_APB1ENR_I2C1EN (1U << 21)
#define RCC_APB1ENR_I2C2EN (1U << 22)
#define RCC_APB1ENR_I2C3EN (1U << 23)
#define RCC_APB1ENR_CAN1EN (1U << 25)
#define RCC_APB1ENR_CAN2EN (1U << 26)
#define RCC_APB1ENR_PWREN (1U << 28)
#define RCC_APB1ENR_DACEN (1U << 29)
#define RCC_APB1RSTR_I2C1RST (1U << 21)
#define RCC_APB1RSTR_CAN1RST (1U << 25)
#define RCC_APB1RSTR_CAN2RST (1U << 26)
#define RCC_APB2ENR_TIM1EN (1U << 0)
#define RCC_APB2ENR_TIM8EN (1U << 1)
#define RCC_APB2ENR_USART1EN (1U << 4)
#define RCC_APB2ENR_USART6EN (1U << 5)
#define RCC_APB2ENR_ADC1EN (1U << 8)
#define RCC_APB2ENR_ADC2EN (1U << 9)
#define RCC_APB2ENR_ADC3EN (1U << 10)
#define RCC_APB2ENR_SDIOEN (1U << 11)
#define RCC_APB2ENR_SPI1EN (1U << 12)
#define RCC_APB2ENR_SYSCFGEN (1U << 14)
#define RCC_APB2ENR_TIM9EN (1U << 16)
#define RCC_APB2ENR_TIM10EN (1U << 17)
#define RCC_APB2ENR_TIM11EN (1U << 18)
#define RCC_BDCR_LSEON (1U << 0)
#define RCC_BDCR_LSERDY (1U << 1)
#define RCC_BDCR_LSEBYP (1U << 2)
#define RCC_BDCR_RTCSEL (3U << 8)
#define RCC_BDCR_RTCSEL_0 (1U << 8)
#define RCC_BDCR_RTCSEL_1 (2U << 8)
#define RCC_BDCR_RTCEN_Pos (15U)
#define RCC_BDCR_RTCEN (1U << RCC_BDCR_RTCEN_Pos)
#define RCC_BDCR_BDRST_Pos (16U)
#define RCC_BDCR_BDRST (1U << RCC_BDCR_BDRST_Pos)
#define RCC_CSR_LSION_Pos (0U)
#define RCC_CSR_LSION (1U << RCC_CSR_LSION_Pos)
#define RCC_CSR_LSIRDY (1U << 1)
#define RCC_CSR_RMVF (1U << 24)
#define RCC_CSR_BORRSTF (1U << 25)
#define RCC_CSR_PINRSTF (1U << 26)
#define RCC_CSR_PORRSTF (1U << 27)
#define RCC_CSR_SFTRSTF (1U << 28)
#define RCC_CSR_IWDGRSTF (1U << 29)
#define RCC_CSR_WWDGRSTF (1U << 30)
#define RCC_CSR_LPWRRSTF (1U << 31)

#define RNG_CR_RNGEN (1U << 2)
#define RNG_SR_DRDY (1U << 0)

#define RTC_TR_MASK (0x007F7F7FU)
#define RTC_DR_MASK (0x00FFFF3FU)
#define RTC_CR_BYPSHAD (1U << 5)
#define RTC_CR_FMT (1U << 6)
#define RTC_CR_WUTE (1U << 10)
#define RTC_CR_ALRAIE (1U << 12)
#define RTC_CR_ALRBIE (1U << 13)
#define RTC_CR_WUTIE (1U << 14)
#define RTC_CR_TSIE (1U << 15)
#define RTC_CR_BCK (1U << 18)
#define RTC_CR_POL (1U << 20)
#define RTC_CR_OSEL (3U << 21)
#define RTC_ISR_WUTWF (1U << 2)
#define RTC_ISR_RSF (1U << 5)
#define RTC_ISR_INITF (1U << 6)
#define RTC_ISR_INIT (1U << 7)
#define RTC_ISR_ALRAF (1U << 8)
#define RTC_ISR_ALRBF (1U << 9)
#define RTC_ISR_WUTF (1U << 10)
#define RTC_ISR_TSF (1U << 11)
#define RTC_ISR_RECALPF (1U << 16)
#define RTC_PRER_PREDIV_S (0x7FFFU << 0)
#define RTC_PRER_PREDIV_A_Pos (16U)
#define RTC_PRER_PREDIV_A (0x7FU << RTC_PRER_PREDIV_A_Pos)
#define RTC_CALR_CALP (1U << 15)
#define RTC_TAFCR_ALARMOUTTYPE (1U << 18)

#define CAN_MCR_INRQ (1U << 0)
#define CAN_MCR_SLEEP (1U << 1)
#define CAN_MCR_TXFP (1U << 2)
#define CAN_MCR_RFLM (1U << 3)
#define CAN_MCR_NART (1U << 4)
#define CAN_MCR_AWUM (1U << 5)
#define CAN_MCR_ABOM (1U << 6)
#define CAN_MCR_TTCM (1U << 7)
#define CAN_MSR_INAK (1U << 0)
#define CAN_MSR_ERRI (1U << 2)
#define CAN_TSR_RQCP0 (1U << 0)
#define CAN_TSR_TXOK0 (1U << 1)
#define CAN_TSR_ABRQ0 (1U << 7)
#define CAN_TSR_TME_Pos (26U)
#define CAN_TSR_TME (7U << CAN_TSR_TME_Pos)
#define CAN_TSR_TME0 (1U << 26)
#define CAN_TSR_TME1 (1U << 27)
#define CAN_TSR_TME2 (1U << 28)
#define CAN_RF0R_FMP0_Pos (0U)
#define CAN_RF0R_FULL0 (1U << 3)
#define CAN_RF0R_FOVR0 (1U << 4)
#define CAN_RF0R_RFOM0 (1U << 5)
#define CAN_RF1R_FMP1_Pos (0U)
#define CAN_IER_FMPIE0 (1U << 1)
#define CAN_IER_FFIE0 (1U << 2)
#define CAN_IER_FOVIE0 (1U << 3)
#define CAN_IER_FMPIE1 (1U << 4)
#define CAN_IER_FFIE1 (1U << 5)
#define CAN_IER_FOVIE1 (1U << 6)
#define CAN_IER_EWGIE (1U << 8)
#define CAN_IER_EPVIE (1U << 9)
#define CAN_IER_BOFIE (1U << 10)
#define CAN_IER_ERRIE (1U << 15)
#define CAN_ESR_EWGF (1U << 0)
#define CAN_ESR_EPVF (1U << 1)
#define CAN_ESR_BOFF (1U << 2)
#define CAN_ESR_TEC_Pos (16U)
#define CAN_ESR_REC_Pos (24U)
#define CAN_BTR_LBKM (1U << 30)
#define CAN_BTR_SILM (1U << 31)
#define CAN_TI0R_TXRQ (1U << 0)
#define CAN_FMR_FINIT (1U << 0)
#define CAN_FMR_CAN2SB_Pos (8U)
#define CAN_FMR_CAN2SB (0x3FU << CAN_FMR_CAN2SB_Pos)

#define I2C_CR1_PE (1U << 0)
#define I2C_CR1_ENGC (1U << 6)
#define I2C_CR1_NOSTRETCH (1U << 7)
#define I2C_CR1_START (1U << 8)
#define I2C_CR1_STOP (1U << 9)
#define I2C_CR1_ACK (1U << 10)
#define I2C_CR1_POS (1U << 11)
#define I2C_CR1_SWRST (1U << 15)
#define I2C_CR2_FREQ (0x3FU << 0)
#define I2C_CR2_ITERREN (1U << 8)
#define I2C_CR2_ITEVTEN (1U << 9)
#define I2C_CR2_ITBUFEN (1U << 10)
#define I2C_CR2_DMAEN (1U << 11)
#define I2C_CR2_LAST (1U << 12)
#define I2C_SR1_SB (1U << 0)
#define I2C_SR1_ADDR (1U << 1)
#define I2C_SR1_BTF (1U << 2)
#define I2C_SR1_STOPF (1U << 4)
#define I2C_SR1_RXNE (1U << 6)
#define I2C_SR1_TXE (1U << 7)
#define I2C_SR1_BERR (1U << 8)
#define I2C_SR1_ARLO (1U << 9)
#define I2C_SR1_AF (1U << 10)
#define I2C_SR1_OVR (1U << 11)
#define I2C_SR2_MSL (1U << 0)
#define I2C_SR2_BUSY (1U << 1)
#define I2C_SR2_TRA (1U << 2)
#define I2C_CCR_CCR (0xFFFU << 0)
#define I2C_CCR_DUTY (1U << 14)
#define I2C_CCR_FS (1U << 15)

#define SDIO_POWER_PWRCTRL_ON (3U << 0)
#define SDIO_CLKCR_CLKEN (1U << 8)
#define SDIO_CLKCR_PWRSAV (1U << 9)
#define SDIO_CLKCR_BYPASS (1U << 10)
#define SDIO_CLKCR_WIDBUS_Pos (11U)
#define SDIO_CLKCR_WIDBUS (3U << SDIO_CLKCR_WIDBUS_Pos)
#define SDIO_CLKCR_NEGEDGE (1U << 13)
#define SDIO_CLKCR_HWFC_EN (1U << 14)
#define SDIO_CMD_WAITRESP_Pos (6U)
#define SDIO_CMD_CPSMEN (1U << 10)
#define SDIO_DCTRL_DTEN (1U << 0)
#define SDIO_DCTRL_DTDIR (1U << 1)
#define SDIO_DCTRL_DBLOCKSIZE_Pos (4U)
#define SDIO_STA_CCRCFAIL (1U << 0)
#define SDIO_STA_DCRCFAIL (1U << 1)
#define SDIO_STA_CTIMEOUT (1U << 2)
#define SDIO_STA_DTIMEOUT (1U << 3)
#define SDIO_STA_TXUNDERR (1U << 4)
#define SDIO_STA_RXOVERR (1U << 5)
#define SDIO_STA_CMDREND (1U << 6)
#define SDIO_STA_CMDSENT (1U << 7)
#define SDIO_STA_DATAEND (1U << 8)
#define SDIO_STA_STBITERR (1U << 9)
#define SDIO_STA_DBCKEND (1U << 10)
#define SDIO_STA_TXFIFOF (1U << 16)
#define SDIO_STA_RXDAVL (1U << 21)

#define SPI_CR1_CPHA (1U << 0)
#define SPI_CR1_CPOL (1U << 1)
#define SPI_CR1_MSTR (1U << 2)
#define SPI_CR1_BR_Pos (3U)
#define SPI_CR1_SPE (1U << 6)
#define SPI_CR1_LSBFIRST (1U << 7)
#define SPI_CR1_SSI (1U << 8)
#define SPI_CR1_SSM (1U << 9)
#define SPI_CR1_RXONLY (1U << 10)
#define SPI_CR1_DFF (1U << 11)
#define SPI_CR1_CRCEN (1U << 13)
#define SPI_CR1_BIDIMODE (1U << 15)
#define SPI_CR2_FRF (1U << 4)
#define SPI_SR_RXNE (1U << 0)
#define SPI_SR_TXE (1U << 1)
#define SPI_SR_BSY (1U << 7)
#define SPI_I2SCFGR_I2SMOD (1U << 11)

#define TIM_CR1_CEN (1U << 0)
#define TIM_CR1_DIR (1U << 4)
#define TIM_CR1_CMS (3U << 5)
#define TIM_CR1_ARPE (1U << 7)
#define TIM_CR1_CKD (3U << 8)
#define TIM_EGR_UG (1U << 0)
#define TIM_BDTR_DTG (0xFFU << 0)
#define TIM_BDTR_BKE (1U << 12)
#define TIM_BDTR_BKP (1U << 13)
#define TIM_BDTR_MOE (1U << 15)

#define USART_SR_PE (1U << 0)
#define USART_SR_ORE (1U << 3)
#define USART_SR_IDLE (1U << 4)
#define USART_SR_RXNE (1U << 5)
#define USART_SR_TC (1U << 6)
#define USART_SR_TXE (1U << 7)
#define USART_CR1_SBK (1U << 0)
#define USART_CR1_RE (1U << 2)
#define USART_CR1_TE (1U << 3)
#define USART_CR1_IDLEIE (1U << 4)
#define USART_CR1_RXNEIE (1U << 5)
#define USART_CR1_TCIE (1U << 6)
#define USART_CR1_TXEIE (1U << 7)
#define USART_CR1_PEIE (1U << 8)
#define USART_CR1_PS (1U << 9)
#define USART_CR1_PCE (1U << 10)
#define USART_CR1_M (1U << 12)
#define USART_CR1_UE (1U << 13)
#define USART_CR1_OVER8 (1U << 15)
#define USART_CR2_LBDIE (1U << 6)
#define USART_CR2_STOP_Pos (12U)
#define USART_CR2_STOP (3U << USART_CR2_STOP_Pos)
#define USART_CR3_EIE (1U << 0)
#define USART_CR3_RTSE (1U << 8)
#define USART_CR3_CTSE (1U << 9)
#define USART_CR3_CTSIE (1U << 10)

#define USB_OTG_GAHBCFG_GINT (1U << 0)
#define USB_OTG_GUSBCFG_PHYSEL (1U << 6)
#define USB_OTG_GUSBCFG_TRDT_Pos (10U)
#define USB_OTG_GUSBCFG_TRDT (15U << USB_OTG_GUSBCFG_TRDT_Pos)
#define USB_OTG_GUSBCFG_FHMOD (1U << 29)
#define USB_OTG_GUSBCFG_FDMOD (1U << 30)
#define USB_OTG_GRSTCTL_CSRST (1U << 0)
#define USB_OTG_GRSTCTL_RXFFLSH (1U << 4)
#define USB_OTG_GRSTCTL_TXFFLSH (1U << 5)
#define USB_OTG_GRSTCTL_TXFNUM_Pos (6U)
#define USB_OTG_GRSTCTL_AHBIDL (1U << 31)
#define USB_OTG_GINTSTS_OTGINT (1U << 2)
#define USB_OTG_GINTSTS_SOF (1U << 3)
#define USB_OTG_GINTSTS_RXFLVL (1U << 4)
#define USB_OTG_GINTSTS_USBSUSP (1U << 11)
#define USB_OTG_GINTSTS_USBRST (1U << 12)
#define USB_OTG_GINTSTS_ENUMDNE (1U << 13)
#define USB_OTG_GINTSTS_IEPINT (1U << 18)
#define USB_OTG_GINTSTS_OEPINT (1U << 19)
#define USB_OTG_GINTSTS_SRQINT (1U << 30)
#define USB_OTG_GINTSTS_WKUINT (1U << 31)
#define USB_OTG_GINTMSK_SOFM (1U << 3)
#define USB_OTG_GOTGINT_SEDET (1U << 2)
#define USB_OTG_GCCFG_PWRDWN (1U << 16)
#define USB_OTG_GCCFG_VBUSBSEN (1U << 19)
#define USB_OTG_GCCFG_NOVBUSSENS (1U << 21)
#define USB_OTG_DCFG_DSPD (3U << 0)
#define USB_OTG_DCFG_DAD_Pos (4U)
#define USB_OTG_DCFG_DAD (127U << USB_OTG_DCFG_DAD_Pos)
#define USB_OTG_DCTL_RWUSIG (1U << 0)
#define USB_OTG_DCTL_SDIS (1U << 1)
#define USB_OTG_DCTL_CGINAK (1U << 8)
#define USB_OTG_DIEPCTL_USBAEP (1U << 15)
#define USB_OTG_DIEPCTL_EPTYP_Pos (18U)
#define USB_OTG_DIEPCTL_STALL (1U << 21)
#define USB_OTG_DIEPCTL_TXFNUM_Pos (22U)
#define USB_OTG_DIEPCTL_CNAK (1U << 26)
#define USB_OTG_DIEPCTL_SNAK (1U << 27)
#define USB_OTG_DIEPCTL_SD0PID (1U << 28)
#define USB_OTG_DIEPCTL_EPDIS (1U << 30)
#define USB_OTG_DIEPCTL_EPENA (1U << 31)
#define USB_OTG_DIEPINT_XFRC (1U << 0)
#define USB_OTG_DIEPINT_TXFE (1U << 7)
#define USB_OTG_DOEPINT_XFRC (1U << 0)
#define USB_OTG_DOEPINT_STUP (1U << 3)
#define USB_OTG_TSIZ_PKTCNT_Pos (19U)
#define USB_OTG_DOEPTSIZ_STUPCNT (3U << 29)

#endif
