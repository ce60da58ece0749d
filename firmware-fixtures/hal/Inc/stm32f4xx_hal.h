// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* The part of the STM32F4 HAL's interface that MicroPython's stm32 port uses.
 *
 * The names and the values behind them are those that the port's sources expect; what they do is written from the
 * reference manual, straight on the registers, and lives in ../Src. Drivers without a peripheral here (I2S,
 * Ethernet) are left out by the board files.
 */
#ifndef FIXTURE_STM32F4XX_HAL_H
#define FIXTURE_STM32F4XX_HAL_H

/* Tells stm32f4xx_hal_conf.h that there are no HAL modules to pick. */
#define FIXTURE_HAL 1

#define STM32F4

#if defined(STM32F407xx)
#include "stm32f407xx.h"
#elif defined(STM32F405xx)
#include "stm32f405xx.h"
#else
#error "only the STM32F405 and STM32F407 are described here"
#endif

#include <stddef.h>
#include <stdint.h>

#include "stm32f4xx_hal_conf.h"

#define HSI_VALUE (16000000)
#define LSI_VALUE (32000)
#define TICK_INT_PRIORITY (0)
#define INSTRUCTION_CACHE_ENABLE 1
#define DATA_CACHE_ENABLE 1
#define PREFETCH_ENABLE 1

/* ---- Common ---- */

typedef enum {
    HAL_OK = 0,
    HAL_ERROR = 1,
    HAL_BUSY = 2,
    HAL_TIMEOUT = 3,
} HAL_StatusTypeDef;

typedef enum {
    HAL_UNLOCKED = 0,
    HAL_LOCKED = 1,
} HAL_LockTypeDef;

typedef enum {
    RESET = 0,
    SET = 1,
} FlagStatus;

typedef enum {
    DISABLE = 0,
    ENABLE = 1,
} FunctionalState;

#define HAL_MAX_DELAY 0xFFFFFFFFU

#define UNUSED(value) ((void)(value))
#define assert_param(condition) ((void)0)
#define SET_BIT(reg, bits) ((reg) |= (bits))
#define CLEAR_BIT(reg, bits) ((reg) &= ~(bits))
#define READ_BIT(reg, bits) ((reg) & (bits))
#define MODIFY_REG(reg, clear, set) ((reg) = ((reg) & ~(uint32_t)(clear)) | (set))

/* The word that stands for one bit of a peripheral register. The bus turns a write to it into a read-modify-write of
   the register, so a bit that HAL code sets this way can't be torn by an interrupt. */
#define FIXTURE_BITBAND(address, bit) \
    (*(__IO uint32_t *)(PERIPH_BB_BASE + ((uint32_t)(address) - PERIPH_BASE) * 32U + (bit) * 4U))

/* Set or clear bits; reading back lets a clock gate take effect before its peripheral is used. */
#define FIXTURE_ON(reg, bits) do { (reg) |= (bits); (void)(reg); } while (0)
#define FIXTURE_OFF(reg, bits) do { (reg) &= ~(bits); (void)(reg); } while (0)

extern __IO uint32_t uwTick;
extern uint32_t SystemCoreClock;
extern const uint8_t AHBPrescTable[16];
extern const uint8_t APBPrescTable[8];

void SystemInit(void);
HAL_StatusTypeDef HAL_InitTick(uint32_t priority);
uint32_t HAL_GetTick(void);
void HAL_Delay(uint32_t ms);
uint32_t HAL_GetDEVID(void);
uint32_t HAL_GetREVID(void);

/* ---- NVIC, SysTick ---- */

#define NVIC_PRIORITYGROUP_4 (3U)
#define SYSTICK_CLKSOURCE_HCLK (4U)

void HAL_NVIC_EnableIRQ(IRQn_Type irq);
void HAL_NVIC_DisableIRQ(IRQn_Type irq);

/* ---- SYSCFG ---- */

#define __HAL_SYSCFG_REMAPMEMORY_SYSTEMFLASH() MODIFY_REG(SYSCFG->MEMRMP, 3U, 1U)

/* ---- Flash ---- */

typedef struct {
    uint32_t TypeErase;
    uint32_t Banks;
    uint32_t Sector;
    uint32_t NbSectors;
    uint32_t VoltageRange;
} FLASH_EraseInitTypeDef;

#define FLASH_LATENCY_0 (0U)
#define FLASH_LATENCY_1 (1U)
#define FLASH_LATENCY_2 (2U)
#define FLASH_LATENCY_3 (3U)
#define FLASH_LATENCY_4 (4U)
#define FLASH_LATENCY_5 (5U)

#define FLASH_SECTOR_8 (8U)
#define FLASH_TYPEERASE_SECTORS (0U)
#define TYPEERASE_SECTORS FLASH_TYPEERASE_SECTORS
#define FLASH_TYPEPROGRAM_WORD (2U)
#define FLASH_VOLTAGE_RANGE_3 (2U)
#define VOLTAGE_RANGE_3 FLASH_VOLTAGE_RANGE_3

#define FLASH_FLAG_EOP FLASH_SR_EOP
#define FLASH_FLAG_OPERR FLASH_SR_OPERR
#define FLASH_FLAG_WRPERR FLASH_SR_WRPERR
#define FLASH_FLAG_PGAERR FLASH_SR_PGAERR
#define FLASH_FLAG_PGPERR FLASH_SR_PGPERR
#define FLASH_FLAG_PGSERR FLASH_SR_PGSERR
#define FLASH_FLAG_BSY FLASH_SR_BSY

#define __HAL_FLASH_INSTRUCTION_CACHE_ENABLE() SET_BIT(FLASH->ACR, FLASH_ACR_ICEN)
#define __HAL_FLASH_DATA_CACHE_ENABLE() SET_BIT(FLASH->ACR, FLASH_ACR_DCEN)
#define __HAL_FLASH_PREFETCH_BUFFER_ENABLE() SET_BIT(FLASH->ACR, FLASH_ACR_PRFTEN)
/* The byte at the bottom of ACR is the wait states alone; a byte-wide write leaves the caches be. */
#define __HAL_FLASH_SET_LATENCY(latency) (*(__IO uint8_t *)FLASH_R_BASE = (uint8_t)(latency))
#define __HAL_FLASH_GET_LATENCY() READ_BIT(FLASH->ACR, FLASH_ACR_LATENCY)
#define __HAL_FLASH_GET_FLAG(flags) READ_BIT(FLASH->SR, (flags))
#define __HAL_FLASH_CLEAR_FLAG(flags) (FLASH->SR = (flags))

HAL_StatusTypeDef HAL_FLASH_Unlock(void);
HAL_StatusTypeDef HAL_FLASH_Lock(void);
HAL_StatusTypeDef HAL_FLASH_Program(uint32_t type, uint32_t address, uint64_t data);
HAL_StatusTypeDef HAL_FLASHEx_Erase(FLASH_EraseInitTypeDef *init, uint32_t *failed_sector);

/* ---- PWR ---- */

#define PWR_REGULATOR_VOLTAGE_SCALE1 PWR_CR_VOS
#define PWR_REGULATOR_VOLTAGE_SCALE2 (0U)
#define PWR_REGULATOR_VOLTAGE_SCALE3 PWR_REGULATOR_VOLTAGE_SCALE2
#define PWR_MAINREGULATOR_ON (0U)
#define PWR_LOWPOWERREGULATOR_ON PWR_CR_LPDS
#define PWR_STOPENTRY_WFI (1U)
#define PWR_STOPENTRY_WFE (2U)
#define PWR_FLAG_WU PWR_CSR_WUF
#define PWR_FLAG_SB PWR_CSR_SBF
#define PWR_FLAG_BRR PWR_CSR_BRR
#define PWR_FLAG_VOSRDY PWR_CSR_VOSRDY

#define __HAL_PWR_GET_FLAG(flag) ((PWR->CSR & (flag)) == (flag))
/* CWUF and CSBF sit two bits above the flags that they clear. */
#define __HAL_PWR_CLEAR_FLAG(flag) (PWR->CR |= (flag) << 2)
#define __HAL_PWR_VOLTAGESCALING_CONFIG(scale) do { MODIFY_REG(PWR->CR, PWR_CR_VOS, (scale)); (void)PWR->CR; } while (0)

void HAL_PWR_EnableBkUpAccess(void);
void HAL_PWR_EnterSTOPMode(uint32_t regulator, uint8_t entry);
void HAL_PWR_EnterSTANDBYMode(void);
void HAL_PWREx_EnableFlashPowerDown(void);

/* ---- RCC ---- */

typedef struct {
    uint32_t PLLState;
    uint32_t PLLSource;
    uint32_t PLLM;
    uint32_t PLLN;
    uint32_t PLLP;
    uint32_t PLLQ;
} RCC_PLLInitTypeDef;

typedef struct {
    uint32_t OscillatorType;
    uint32_t HSEState;
    uint32_t LSEState;
    uint32_t HSIState;
    uint32_t HSICalibrationValue;
    uint32_t LSIState;
    RCC_PLLInitTypeDef PLL;
} RCC_OscInitTypeDef;

typedef struct {
    uint32_t ClockType;
    uint32_t SYSCLKSource;
    uint32_t AHBCLKDivider;
    uint32_t APB1CLKDivider;
    uint32_t APB2CLKDivider;
} RCC_ClkInitTypeDef;

typedef struct {
    uint32_t PeriphClockSelection;
    uint32_t RTCClockSelection;
} RCC_PeriphCLKInitTypeDef;

#define RCC_OSCILLATORTYPE_HSE (1U)
#define RCC_OSCILLATORTYPE_HSI (2U)
#define RCC_OSCILLATORTYPE_LSE (4U)
#define RCC_OSCILLATORTYPE_LSI (8U)
#define RCC_HSE_OFF (0U)
#define RCC_HSE_ON RCC_CR_HSEON
#define RCC_HSE_BYPASS (RCC_CR_HSEBYP | RCC_CR_HSEON)
#define RCC_HSI_OFF (0U)
#define RCC_HSI_ON (1U)
#define RCC_HSICALIBRATION_DEFAULT (16U)
#define RCC_LSE_OFF (0U)
#define RCC_LSE_ON RCC_BDCR_LSEON
#define RCC_LSE_BYPASS (RCC_BDCR_LSEBYP | RCC_BDCR_LSEON)
#define RCC_LSI_OFF (0U)
#define RCC_LSI_ON (1U)
#define RCC_PLL_NONE (0U)
#define RCC_PLL_OFF (1U)
#define RCC_PLL_ON (2U)
#define RCC_PLLSOURCE_HSI (0U)
#define RCC_PLLSOURCE_HSE RCC_PLLCFGR_PLLSRC
#define RCC_PLLP_DIV2 (2U)
#define RCC_PLLP_DIV4 (4U)
#define RCC_PLLP_DIV6 (6U)
#define RCC_PLLP_DIV8 (8U)

#define RCC_CLOCKTYPE_SYSCLK (1U)
#define RCC_CLOCKTYPE_HCLK (2U)
#define RCC_CLOCKTYPE_PCLK1 (4U)
#define RCC_CLOCKTYPE_PCLK2 (8U)
#define RCC_SYSCLKSOURCE_HSI (0U)
#define RCC_SYSCLKSOURCE_HSE (1U)
#define RCC_SYSCLKSOURCE_PLLCLK (2U)
#define RCC_SYSCLK_DIV1 (0x0U << RCC_CFGR_HPRE_Pos)
#define RCC_SYSCLK_DIV2 (0x8U << RCC_CFGR_HPRE_Pos)
#define RCC_SYSCLK_DIV4 (0x9U << RCC_CFGR_HPRE_Pos)
#define RCC_SYSCLK_DIV8 (0xAU << RCC_CFGR_HPRE_Pos)
#define RCC_SYSCLK_DIV16 (0xBU << RCC_CFGR_HPRE_Pos)
#define RCC_SYSCLK_DIV64 (0xCU << RCC_CFGR_HPRE_Pos)
#define RCC_SYSCLK_DIV128 (0xDU << RCC_CFGR_HPRE_Pos)
#define RCC_SYSCLK_DIV256 (0xEU << RCC_CFGR_HPRE_Pos)
#define RCC_SYSCLK_DIV512 (0xFU << RCC_CFGR_HPRE_Pos)
#define RCC_HCLK_DIV1 (0U << RCC_CFGR_PPRE1_Pos)
#define RCC_HCLK_DIV2 (4U << RCC_CFGR_PPRE1_Pos)
#define RCC_HCLK_DIV4 (5U << RCC_CFGR_PPRE1_Pos)
#define RCC_HCLK_DIV8 (6U << RCC_CFGR_PPRE1_Pos)
#define RCC_HCLK_DIV16 (7U << RCC_CFGR_PPRE1_Pos)

#define RCC_PERIPHCLK_RTC (2U)
#define RCC_RTCCLKSOURCE_LSE RCC_BDCR_RTCSEL_0
#define RCC_RTCCLKSOURCE_LSI RCC_BDCR_RTCSEL_1

#define RCC_DBP_TIMEOUT_VALUE (2U)

/* A flag is the number of its register (CR, BDCR, CSR) and of its bit. */
#define RCC_FLAG_HSIRDY (0x21U)
#define RCC_FLAG_HSERDY (0x31U)
#define RCC_FLAG_PLLRDY (0x39U)
#define RCC_FLAG_LSERDY (0x41U)
#define RCC_FLAG_LSIRDY (0x61U)
#define RCC_FLAG_BORRST (0x79U)
#define RCC_FLAG_PINRST (0x7AU)
#define RCC_FLAG_PORRST (0x7BU)
#define RCC_FLAG_SFTRST (0x7CU)
#define RCC_FLAG_IWDGRST (0x7DU)
#define RCC_FLAG_WWDGRST (0x7EU)
#define RCC_FLAG_LPWRRST (0x7FU)
#define __HAL_RCC_GET_FLAG(flag) \
    ((((flag) >> 5 == 1 ? RCC->CR : (flag) >> 5 == 2 ? RCC->BDCR : RCC->CSR) >> ((flag) & 31U)) & 1U)
#define __HAL_RCC_CLEAR_RESET_FLAGS() SET_BIT(RCC->CSR, RCC_CSR_RMVF)

#define __HAL_RCC_GET_SYSCLK_SOURCE() READ_BIT(RCC->CFGR, RCC_CFGR_SWS)
#define __HAL_RCC_HSI_ENABLE() (FIXTURE_BITBAND(&RCC->CR, RCC_CR_HSION_Pos) = 1)
#define __HAL_RCC_HSI_DISABLE() (FIXTURE_BITBAND(&RCC->CR, RCC_CR_HSION_Pos) = 0)
#define __HAL_RCC_LSI_ENABLE() (FIXTURE_BITBAND(&RCC->CSR, RCC_CSR_LSION_Pos) = 1)
#define __HAL_RCC_LSI_DISABLE() (FIXTURE_BITBAND(&RCC->CSR, RCC_CSR_LSION_Pos) = 0)
#define __HAL_RCC_PLL_ENABLE() (FIXTURE_BITBAND(&RCC->CR, RCC_CR_PLLON_Pos) = 1)
#define __HAL_RCC_PLL_DISABLE() (FIXTURE_BITBAND(&RCC->CR, RCC_CR_PLLON_Pos) = 0)
#define __HAL_RCC_RTC_ENABLE() (FIXTURE_BITBAND(&RCC->BDCR, RCC_BDCR_RTCEN_Pos) = 1)
#define __HAL_RCC_RTC_DISABLE() (FIXTURE_BITBAND(&RCC->BDCR, RCC_BDCR_RTCEN_Pos) = 0)
#define __HAL_RCC_BACKUPRESET_FORCE() (FIXTURE_BITBAND(&RCC->BDCR, RCC_BDCR_BDRST_Pos) = 1)
#define __HAL_RCC_BACKUPRESET_RELEASE() (FIXTURE_BITBAND(&RCC->BDCR, RCC_BDCR_BDRST_Pos) = 0)
/* An oscillator must be off before its bypass changes, and its bypass be set before it is on. */
#define __HAL_RCC_HSE_CONFIG(state) do { \
        if ((state) != RCC_HSE_ON) { \
            CLEAR_BIT(RCC->CR, RCC_CR_HSEON); \
            MODIFY_REG(RCC->CR, RCC_CR_HSEBYP, (state) & RCC_CR_HSEBYP); \
        } \
        SET_BIT(RCC->CR, (state) & RCC_CR_HSEON); \
} while (0)
#define __HAL_RCC_LSE_CONFIG(state) do { \
        if ((state) != RCC_LSE_ON) { \
            CLEAR_BIT(RCC->BDCR, RCC_BDCR_LSEON); \
            MODIFY_REG(RCC->BDCR, RCC_BDCR_LSEBYP, (state) & RCC_BDCR_LSEBYP); \
        } \
        SET_BIT(RCC->BDCR, (state) & RCC_BDCR_LSEON); \
} while (0)

#define __HAL_RCC_CCMDATARAMEN_CLK_ENABLE() FIXTURE_ON(RCC->AHB1ENR, RCC_AHB1ENR_CCMDATARAMEN)
#define __HAL_RCC_BKPSRAM_CLK_ENABLE() FIXTURE_ON(RCC->AHB1ENR, RCC_AHB1ENR_BKPSRAMEN)
#define __HAL_RCC_DMA1_CLK_ENABLE() FIXTURE_ON(RCC->AHB1ENR, RCC_AHB1ENR_DMA1EN)
#define __HAL_RCC_DMA1_CLK_DISABLE() FIXTURE_OFF(RCC->AHB1ENR, RCC_AHB1ENR_DMA1EN)
#define __HAL_RCC_DMA2_CLK_ENABLE() FIXTURE_ON(RCC->AHB1ENR, RCC_AHB1ENR_DMA2EN)
#define __HAL_RCC_DMA2_CLK_DISABLE() FIXTURE_OFF(RCC->AHB1ENR, RCC_AHB1ENR_DMA2EN)
#define __HAL_RCC_RNG_CLK_ENABLE() FIXTURE_ON(RCC->AHB2ENR, RCC_AHB2ENR_RNGEN)
#define __USB_OTG_FS_CLK_ENABLE() FIXTURE_ON(RCC->AHB2ENR, RCC_AHB2ENR_OTGFSEN)
#define __USB_OTG_FS_CLK_DISABLE() FIXTURE_OFF(RCC->AHB2ENR, RCC_AHB2ENR_OTGFSEN)
#define __HAL_RCC_TIM2_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_TIM2EN)
#define __HAL_RCC_TIM3_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_TIM3EN)
#define __HAL_RCC_TIM4_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_TIM4EN)
#define __HAL_RCC_TIM5_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_TIM5EN)
#define __HAL_RCC_TIM6_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_TIM6EN)
#define __HAL_RCC_TIM7_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_TIM7EN)
/* The port has these by their old names, too. */
#define __TIM1_CLK_ENABLE() __HAL_RCC_TIM1_CLK_ENABLE()
#define __TIM2_CLK_ENABLE() __HAL_RCC_TIM2_CLK_ENABLE()
#define __TIM3_CLK_ENABLE() __HAL_RCC_TIM3_CLK_ENABLE()
#define __HAL_RCC_TIM12_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_TIM12EN)
#define __HAL_RCC_TIM13_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_TIM13EN)
#define __HAL_RCC_TIM14_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_TIM14EN)
#define __HAL_RCC_TIM5_IS_CLK_DISABLED() ((RCC->APB1ENR & RCC_APB1ENR_TIM5EN) == 0)
#define __HAL_RCC_I2C1_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_I2C1EN)
#define __HAL_RCC_I2C1_CLK_DISABLE() FIXTURE_OFF(RCC->APB1ENR, RCC_APB1ENR_I2C1EN)
#define __HAL_RCC_I2C2_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_I2C2EN)
#define __HAL_RCC_I2C2_CLK_DISABLE() FIXTURE_OFF(RCC->APB1ENR, RCC_APB1ENR_I2C2EN)
#define __HAL_RCC_I2C3_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_I2C3EN)
#define __HAL_RCC_I2C3_CLK_DISABLE() FIXTURE_OFF(RCC->APB1ENR, RCC_APB1ENR_I2C3EN)
#define __HAL_RCC_SPI2_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_SPI2EN)
#define __HAL_RCC_SPI2_CLK_DISABLE() FIXTURE_OFF(RCC->APB1ENR, RCC_APB1ENR_SPI2EN)
#define __HAL_RCC_SPI3_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_SPI3EN)
#define __HAL_RCC_SPI3_CLK_DISABLE() FIXTURE_OFF(RCC->APB1ENR, RCC_APB1ENR_SPI3EN)
#define __HAL_RCC_USART2_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_USART2EN)
#define __HAL_RCC_USART2_CLK_DISABLE() FIXTURE_OFF(RCC->APB1ENR, RCC_APB1ENR_USART2EN)
#define __HAL_RCC_USART3_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_USART3EN)
#define __HAL_RCC_USART3_CLK_DISABLE() FIXTURE_OFF(RCC->APB1ENR, RCC_APB1ENR_USART3EN)
#define __HAL_RCC_UART4_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_UART4EN)
#define __HAL_RCC_UART4_CLK_DISABLE() FIXTURE_OFF(RCC->APB1ENR, RCC_APB1ENR_UART4EN)
#define __HAL_RCC_UART5_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_UART5EN)
#define __HAL_RCC_UART5_CLK_DISABLE() FIXTURE_OFF(RCC->APB1ENR, RCC_APB1ENR_UART5EN)
#define __HAL_RCC_CAN1_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_CAN1EN)
#define __HAL_RCC_CAN1_CLK_DISABLE() FIXTURE_OFF(RCC->APB1ENR, RCC_APB1ENR_CAN1EN)
#define __HAL_RCC_CAN1_FORCE_RESET() FIXTURE_ON(RCC->APB1RSTR, RCC_APB1RSTR_CAN1RST)
#define __HAL_RCC_CAN1_RELEASE_RESET() FIXTURE_OFF(RCC->APB1RSTR, RCC_APB1RSTR_CAN1RST)
#define __HAL_RCC_CAN2_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_CAN2EN)
#define __HAL_RCC_CAN2_CLK_DISABLE() FIXTURE_OFF(RCC->APB1ENR, RCC_APB1ENR_CAN2EN)
#define __HAL_RCC_CAN2_FORCE_RESET() FIXTURE_ON(RCC->APB1RSTR, RCC_APB1RSTR_CAN2RST)
#define __HAL_RCC_CAN2_RELEASE_RESET() FIXTURE_OFF(RCC->APB1RSTR, RCC_APB1RSTR_CAN2RST)
#define __HAL_RCC_PWR_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_PWREN)
#define __HAL_RCC_DAC_CLK_ENABLE() FIXTURE_ON(RCC->APB1ENR, RCC_APB1ENR_DACEN)
#define __DAC_CLK_ENABLE() __HAL_RCC_DAC_CLK_ENABLE()
#define __PWR_CLK_ENABLE() __HAL_RCC_PWR_CLK_ENABLE()
#define __HAL_RCC_TIM1_CLK_ENABLE() FIXTURE_ON(RCC->APB2ENR, RCC_APB2ENR_TIM1EN)
#define __HAL_RCC_TIM8_CLK_ENABLE() FIXTURE_ON(RCC->APB2ENR, RCC_APB2ENR_TIM8EN)
#define __HAL_RCC_USART1_CLK_ENABLE() FIXTURE_ON(RCC->APB2ENR, RCC_APB2ENR_USART1EN)
#define __HAL_RCC_USART1_CLK_DISABLE() FIXTURE_OFF(RCC->APB2ENR, RCC_APB2ENR_USART1EN)
#define __HAL_RCC_USART6_CLK_ENABLE() FIXTURE_ON(RCC->APB2ENR, RCC_APB2ENR_USART6EN)
#define __HAL_RCC_USART6_CLK_DISABLE() FIXTURE_OFF(RCC->APB2ENR, RCC_APB2ENR_USART6EN)
#define __HAL_RCC_ADC1_CLK_ENABLE() FIXTURE_ON(RCC->APB2ENR, RCC_APB2ENR_ADC1EN)
#define __HAL_RCC_ADC2_CLK_ENABLE() FIXTURE_ON(RCC->APB2ENR, RCC_APB2ENR_ADC2EN)
#define __HAL_RCC_ADC3_CLK_ENABLE() FIXTURE_ON(RCC->APB2ENR, RCC_APB2ENR_ADC3EN)
#define __SDIO_CLK_ENABLE() FIXTURE_ON(RCC->APB2ENR, RCC_APB2ENR_SDIOEN)
#define __SDIO_CLK_DISABLE() FIXTURE_OFF(RCC->APB2ENR, RCC_APB2ENR_SDIOEN)
#define __HAL_RCC_SPI1_CLK_ENABLE() FIXTURE_ON(RCC->APB2ENR, RCC_APB2ENR_SPI1EN)
#define __HAL_RCC_SPI1_CLK_DISABLE() FIXTURE_OFF(RCC->APB2ENR, RCC_APB2ENR_SPI1EN)
#define __HAL_RCC_SYSCFG_CLK_ENABLE() FIXTURE_ON(RCC->APB2ENR, RCC_APB2ENR_SYSCFGEN)
#define __HAL_RCC_TIM9_CLK_ENABLE() FIXTURE_ON(RCC->APB2ENR, RCC_APB2ENR_TIM9EN)
#define __HAL_RCC_TIM10_CLK_ENABLE() FIXTURE_ON(RCC->APB2ENR, RCC_APB2ENR_TIM10EN)
#define __HAL_RCC_TIM11_CLK_ENABLE() FIXTURE_ON(RCC->APB2ENR, RCC_APB2ENR_TIM11EN)

/* A peripheral has the same bit in the reset register as in the clock register. */
#define __HAL_RCC_I2C1_FORCE_RESET() FIXTURE_ON(RCC->APB1RSTR, RCC_APB1ENR_I2C1EN)
#define __HAL_RCC_I2C1_RELEASE_RESET() FIXTURE_OFF(RCC->APB1RSTR, RCC_APB1ENR_I2C1EN)
#define __HAL_RCC_I2C2_FORCE_RESET() FIXTURE_ON(RCC->APB1RSTR, RCC_APB1ENR_I2C2EN)
#define __HAL_RCC_I2C2_RELEASE_RESET() FIXTURE_OFF(RCC->APB1RSTR, RCC_APB1ENR_I2C2EN)
#define __HAL_RCC_I2C3_FORCE_RESET() FIXTURE_ON(RCC->APB1RSTR, RCC_APB1ENR_I2C3EN)
#define __HAL_RCC_I2C3_RELEASE_RESET() FIXTURE_OFF(RCC->APB1RSTR, RCC_APB1ENR_I2C3EN)
#define __HAL_RCC_SPI1_FORCE_RESET() FIXTURE_ON(RCC->APB2RSTR, RCC_APB2ENR_SPI1EN)
#define __HAL_RCC_SPI1_RELEASE_RESET() FIXTURE_OFF(RCC->APB2RSTR, RCC_APB2ENR_SPI1EN)
#define __HAL_RCC_SPI2_FORCE_RESET() FIXTURE_ON(RCC->APB1RSTR, RCC_APB1ENR_SPI2EN)
#define __HAL_RCC_SPI2_RELEASE_RESET() FIXTURE_OFF(RCC->APB1RSTR, RCC_APB1ENR_SPI2EN)
#define __HAL_RCC_SPI3_FORCE_RESET() FIXTURE_ON(RCC->APB1RSTR, RCC_APB1ENR_SPI3EN)
#define __HAL_RCC_SPI3_RELEASE_RESET() FIXTURE_OFF(RCC->APB1RSTR, RCC_APB1ENR_SPI3EN)
#define __HAL_RCC_USART1_FORCE_RESET() FIXTURE_ON(RCC->APB2RSTR, RCC_APB2ENR_USART1EN)
#define __HAL_RCC_USART1_RELEASE_RESET() FIXTURE_OFF(RCC->APB2RSTR, RCC_APB2ENR_USART1EN)
#define __HAL_RCC_USART2_FORCE_RESET() FIXTURE_ON(RCC->APB1RSTR, RCC_APB1ENR_USART2EN)
#define __HAL_RCC_USART2_RELEASE_RESET() FIXTURE_OFF(RCC->APB1RSTR, RCC_APB1ENR_USART2EN)
#define __HAL_RCC_USART3_FORCE_RESET() FIXTURE_ON(RCC->APB1RSTR, RCC_APB1ENR_USART3EN)
#define __HAL_RCC_USART3_RELEASE_RESET() FIXTURE_OFF(RCC->APB1RSTR, RCC_APB1ENR_USART3EN)
#define __HAL_RCC_UART4_FORCE_RESET() FIXTURE_ON(RCC->APB1RSTR, RCC_APB1ENR_UART4EN)
#define __HAL_RCC_UART4_RELEASE_RESET() FIXTURE_OFF(RCC->APB1RSTR, RCC_APB1ENR_UART4EN)
#define __HAL_RCC_UART5_FORCE_RESET() FIXTURE_ON(RCC->APB1RSTR, RCC_APB1ENR_UART5EN)
#define __HAL_RCC_UART5_RELEASE_RESET() FIXTURE_OFF(RCC->APB1RSTR, RCC_APB1ENR_UART5EN)
#define __HAL_RCC_USART6_FORCE_RESET() FIXTURE_ON(RCC->APB2RSTR, RCC_APB2ENR_USART6EN)
#define __HAL_RCC_USART6_RELEASE_RESET() FIXTURE_OFF(RCC->APB2RSTR, RCC_APB2ENR_USART6EN)

HAL_StatusTypeDef HAL_RCC_OscConfig(RCC_OscInitTypeDef *init);
HAL_StatusTypeDef HAL_RCC_ClockConfig(RCC_ClkInitTypeDef *init, uint32_t latency);
HAL_StatusTypeDef HAL_RCCEx_PeriphCLKConfig(RCC_PeriphCLKInitTypeDef *init);
uint32_t HAL_RCC_GetSysClockFreq(void);
uint32_t HAL_RCC_GetHCLKFreq(void);
uint32_t HAL_RCC_GetPCLK1Freq(void);
uint32_t HAL_RCC_GetPCLK2Freq(void);

/* ---- GPIO, EXTI ---- */

typedef struct {
    uint32_t Pin;
    uint32_t Mode;
    uint32_t Pull;
    uint32_t Speed;
    uint32_t Alternate;
} GPIO_InitTypeDef;

typedef enum {
    GPIO_PIN_RESET = 0,
    GPIO_PIN_SET = 1,
} GPIO_PinState;

/* Of a mode, bits 1:0 are MODER, bit 4 is OTYPER; bit 16 asks for an interrupt, 17 for an event, 20 for rising and 21
   for falling edges. */
#define GPIO_MODE_INPUT (0x00000000U)
#define GPIO_MODE_OUTPUT_PP (0x00000001U)
#define GPIO_MODE_OUTPUT_OD (0x00000011U)
#define GPIO_MODE_AF_PP (0x00000002U)
#define GPIO_MODE_AF_OD (0x00000012U)
#define GPIO_MODE_ANALOG (0x00000003U)
#define GPIO_MODE_IT_RISING (0x00110000U)
#define GPIO_MODE_IT_FALLING (0x00210000U)
#define GPIO_MODE_IT_RISING_FALLING (0x00310000U)
#define GPIO_MODE_EVT_RISING (0x00120000U)
#define GPIO_MODE_EVT_FALLING (0x00220000U)
#define GPIO_MODE_EVT_RISING_FALLING (0x00320000U)
#define GPIO_NOPULL (0U)
#define GPIO_PULLUP (1U)
#define GPIO_PULLDOWN (2U)
#define GPIO_SPEED_FREQ_LOW (0U)
#define GPIO_SPEED_FREQ_MEDIUM (1U)
#define GPIO_SPEED_FREQ_HIGH (2U)
#define GPIO_SPEED_FREQ_VERY_HIGH (3U)
#define GPIO_SPEED_LOW GPIO_SPEED_FREQ_LOW
#define GPIO_SPEED_MEDIUM GPIO_SPEED_FREQ_MEDIUM
#define GPIO_SPEED_FAST GPIO_SPEED_FREQ_HIGH
#define GPIO_SPEED_HIGH GPIO_SPEED_FREQ_VERY_HIGH

#define GPIO_AF1_TIM1 (1U)
#define GPIO_AF1_TIM2 (1U)
#define GPIO_AF2_TIM3 (2U)
#define GPIO_AF2_TIM4 (2U)
#define GPIO_AF2_TIM5 (2U)
#define GPIO_AF3_TIM8 (3U)
#define GPIO_AF3_TIM9 (3U)
#define GPIO_AF3_TIM10 (3U)
#define GPIO_AF3_TIM11 (3U)
#define GPIO_AF4_I2C1 (4U)
#define GPIO_AF4_I2C2 (4U)
#define GPIO_AF4_I2C3 (4U)
#define GPIO_AF5_SPI1 (5U)
#define GPIO_AF5_SPI2 (5U)
#define GPIO_AF6_SPI3 (6U)
#define GPIO_AF7_USART1 (7U)
#define GPIO_AF7_USART2 (7U)
#define GPIO_AF7_USART3 (7U)
#define GPIO_AF8_UART4 (8U)
#define GPIO_AF8_UART5 (8U)
#define GPIO_AF8_USART6 (8U)
#define GPIO_AF9_TIM12 (9U)
#define GPIO_AF9_CAN1 (9U)
#define GPIO_AF9_CAN2 (9U)
#define GPIO_AF10_OTG_FS (10U)
#define GPIO_AF9_TIM13 (9U)
#define GPIO_AF9_TIM14 (9U)

#define IS_GPIO_AF(af) ((af) < 16)
#define IS_GPIO_PULL(pull) ((pull) <= GPIO_PULLDOWN)
#define IS_GPIO_MODE(mode) \
    ((mode) == GPIO_MODE_INPUT || (mode) == GPIO_MODE_OUTPUT_PP || (mode) == GPIO_MODE_OUTPUT_OD \
    || (mode) == GPIO_MODE_AF_PP || (mode) == GPIO_MODE_AF_OD || (mode) == GPIO_MODE_ANALOG \
    || (mode) == GPIO_MODE_IT_RISING || (mode) == GPIO_MODE_IT_FALLING || (mode) == GPIO_MODE_IT_RISING_FALLING \
    || (mode) == GPIO_MODE_EVT_RISING || (mode) == GPIO_MODE_EVT_FALLING || (mode) == GPIO_MODE_EVT_RISING_FALLING)
/* Ports are 0x400 apart. */
#define GPIO_GET_INDEX(port) (((uint32_t)(port) - GPIOA_BASE) >> 10)

#define __HAL_GPIO_EXTI_GET_FLAG(line) READ_BIT(EXTI->PR, (line))
#define __HAL_GPIO_EXTI_CLEAR_FLAG(line) (EXTI->PR = (line))

void HAL_GPIO_Init(GPIO_TypeDef *port, GPIO_InitTypeDef *init);

/* ---- RTC ---- */

typedef enum {
    HAL_RTC_STATE_RESET = 0,
    HAL_RTC_STATE_READY = 1,
    HAL_RTC_STATE_BUSY = 2,
    HAL_RTC_STATE_TIMEOUT = 3,
    HAL_RTC_STATE_ERROR = 4,
} HAL_RTCStateTypeDef;

typedef struct {
    uint32_t HourFormat;
    uint32_t AsynchPrediv;
    uint32_t SynchPrediv;
    uint32_t OutPut;
    uint32_t OutPutPolarity;
    uint32_t OutPutType;
} RTC_InitTypeDef;

typedef struct {
    RTC_TypeDef *Instance;
    RTC_InitTypeDef Init;
    HAL_LockTypeDef Lock;
    __IO HAL_RTCStateTypeDef State;
} RTC_HandleTypeDef;

typedef struct {
    uint8_t Hours;
    uint8_t Minutes;
    uint8_t Seconds;
    uint8_t TimeFormat;
    uint32_t SubSeconds;
    uint32_t SecondFraction;
    uint32_t DayLightSaving;
    uint32_t StoreOperation;
} RTC_TimeTypeDef;

typedef struct {
    uint8_t WeekDay;
    uint8_t Month;
    uint8_t Date;
    uint8_t Year;
} RTC_DateTypeDef;

#define RTC_TIMEOUT_VALUE (1000U)
#define RTC_FORMAT_BIN (0U)
#define RTC_FORMAT_BCD (1U)
#define RTC_HOURFORMAT_24 (0U)
#define RTC_HOURFORMAT12_AM (0U)
#define RTC_WEEKDAY_THURSDAY (4U)
#define RTC_OUTPUT_DISABLE (0U)
#define RTC_OUTPUT_POLARITY_HIGH (0U)
#define RTC_OUTPUT_TYPE_OPENDRAIN (0U)
#define RTC_DAYLIGHTSAVING_NONE (0U)
#define RTC_STOREOPERATION_RESET (0U)
#define RTC_STOREOPERATION_SET RTC_CR_BCK
#define RTC_SMOOTHCALIB_PERIOD_32SEC (0U)
#define RTC_SMOOTHCALIB_PLUSPULSES_RESET (0U)
#define RTC_SMOOTHCALIB_PLUSPULSES_SET RTC_CALR_CALP

#define __HAL_RTC_WRITEPROTECTION_DISABLE(rtc) LL_RTC_DisableWriteProtection((rtc)->Instance)
#define __HAL_RTC_WRITEPROTECTION_ENABLE(rtc) LL_RTC_EnableWriteProtection((rtc)->Instance)

static inline void LL_RTC_DisableWriteProtection(RTC_TypeDef *rtc) {
    rtc->WPR = 0xCA;
    rtc->WPR = 0x53;
}

static inline void LL_RTC_EnableWriteProtection(RTC_TypeDef *rtc) {
    rtc->WPR = 0xFF;
}

/* ISR's event flags are cleared by a 0 and left alone by a 1; its reserved bits read 0. */
static inline void LL_RTC_EnableInitMode(RTC_TypeDef *rtc) {
    rtc->ISR = 0xFFFFFFFFU;
}

static inline void LL_RTC_DisableInitMode(RTC_TypeDef *rtc) {
    rtc->ISR = ~RTC_ISR_INIT;
}

static inline uint32_t LL_RTC_IsActiveFlag_INIT(RTC_TypeDef *rtc) {
    return (rtc->ISR & RTC_ISR_INITF) != 0;
}

static inline uint32_t LL_RTC_IsActiveFlag_WUTW(RTC_TypeDef *rtc) {
    return (rtc->ISR & RTC_ISR_WUTWF) != 0;
}

static inline uint32_t LL_RTC_GetSynchPrescaler(RTC_TypeDef *rtc) {
    return rtc->PRER & RTC_PRER_PREDIV_S;
}

static inline void LL_RTC_SetSynchPrescaler(RTC_TypeDef *rtc, uint32_t value) {
    MODIFY_REG(rtc->PRER, RTC_PRER_PREDIV_S, value);
}

static inline uint32_t LL_RTC_GetAsynchPrescaler(RTC_TypeDef *rtc) {
    return (rtc->PRER & RTC_PRER_PREDIV_A) >> RTC_PRER_PREDIV_A_Pos;
}

static inline void LL_RTC_SetAsynchPrescaler(RTC_TypeDef *rtc, uint32_t value) {
    MODIFY_REG(rtc->PRER, RTC_PRER_PREDIV_A, value << RTC_PRER_PREDIV_A_Pos);
}

HAL_StatusTypeDef RTC_EnterInitMode(RTC_HandleTypeDef *rtc);
HAL_StatusTypeDef HAL_RTC_SetTime(RTC_HandleTypeDef *rtc, RTC_TimeTypeDef *time, uint32_t format);
HAL_StatusTypeDef HAL_RTC_GetTime(RTC_HandleTypeDef *rtc, RTC_TimeTypeDef *time, uint32_t format);
HAL_StatusTypeDef HAL_RTC_SetDate(RTC_HandleTypeDef *rtc, RTC_DateTypeDef *date, uint32_t format);
HAL_StatusTypeDef HAL_RTC_GetDate(RTC_HandleTypeDef *rtc, RTC_DateTypeDef *date, uint32_t format);
HAL_StatusTypeDef HAL_RTCEx_SetSmoothCalib(RTC_HandleTypeDef *rtc, uint32_t period, uint32_t plus, uint32_t minus);

/* ---- DMA ---- */

typedef enum {
    HAL_DMA_STATE_RESET = 0,
    HAL_DMA_STATE_READY = 1,
} HAL_DMA_StateTypeDef;

typedef struct {
    uint32_t Channel;
    uint32_t Direction;
    uint32_t PeriphInc;
    uint32_t MemInc;
    uint32_t PeriphDataAlignment;
    uint32_t MemDataAlignment;
    uint32_t Mode;
    uint32_t Priority;
    uint32_t FIFOMode;
    uint32_t FIFOThreshold;
    uint32_t MemBurst;
    uint32_t PeriphBurst;
} DMA_InitTypeDef;

typedef struct {
    DMA_Stream_TypeDef *Instance;
    DMA_InitTypeDef Init;
    __IO HAL_DMA_StateTypeDef State;
    void *Parent;
    uint32_t StreamBaseAddress;
    uint32_t StreamIndex;
} DMA_HandleTypeDef;

/* As they stand in a stream's CR, and FCR for the two of the FIFO. */
#define DMA_CHANNEL_0 (0U << 25)
#define DMA_CHANNEL_1 (1U << 25)
#define DMA_CHANNEL_2 (2U << 25)
#define DMA_CHANNEL_3 (3U << 25)
#define DMA_CHANNEL_4 (4U << 25)
#define DMA_CHANNEL_5 (5U << 25)
#define DMA_CHANNEL_6 (6U << 25)
#define DMA_CHANNEL_7 (7U << 25)
#define DMA_PERIPH_TO_MEMORY (0U << 6)
#define DMA_MEMORY_TO_PERIPH (1U << 6)
#define DMA_PINC_DISABLE (0U)
#define DMA_PINC_ENABLE (1U << 9)
#define DMA_MINC_DISABLE (0U)
#define DMA_MINC_ENABLE (1U << 10)
#define DMA_PDATAALIGN_BYTE (0U << 11)
#define DMA_PDATAALIGN_HALFWORD (1U << 11)
#define DMA_PDATAALIGN_WORD (2U << 11)
#define DMA_MDATAALIGN_BYTE (0U << 13)
#define DMA_MDATAALIGN_HALFWORD (1U << 13)
#define DMA_MDATAALIGN_WORD (2U << 13)
#define DMA_NORMAL (0U)
#define DMA_CIRCULAR (1U << 8)
#define DMA_PFCTRL (1U << 5)
#define DMA_PRIORITY_LOW (0U << 16)
#define DMA_PRIORITY_MEDIUM (1U << 16)
#define DMA_PRIORITY_HIGH (2U << 16)
#define DMA_PRIORITY_VERY_HIGH (3U << 16)
#define DMA_PBURST_SINGLE (0U << 21)
#define DMA_PBURST_INC4 (1U << 21)
#define DMA_MBURST_SINGLE (0U << 23)
#define DMA_MBURST_INC4 (1U << 23)
#define DMA_FIFOMODE_DISABLE (0U)
#define DMA_FIFOMODE_ENABLE (1U << 2)
#define DMA_FIFO_THRESHOLD_HALFFULL (1U)
#define DMA_FIFO_THRESHOLD_FULL (3U)

HAL_StatusTypeDef HAL_DMA_Init(DMA_HandleTypeDef *dma);
HAL_StatusTypeDef HAL_DMA_DeInit(DMA_HandleTypeDef *dma);
void HAL_DMA_IRQHandler(DMA_HandleTypeDef *dma);
uint32_t DMA_CalcBaseAndBitshift(DMA_HandleTypeDef *dma);

/* ---- SPI ---- */

typedef enum {
    HAL_SPI_STATE_RESET = 0,
    HAL_SPI_STATE_READY = 1,
    HAL_SPI_STATE_BUSY = 2,
} HAL_SPI_StateTypeDef;

typedef struct {
    uint32_t Mode;
    uint32_t Direction;
    uint32_t DataSize;
    uint32_t CLKPolarity;
    uint32_t CLKPhase;
    uint32_t NSS;
    uint32_t BaudRatePrescaler;
    uint32_t FirstBit;
    uint32_t TIMode;
    uint32_t CRCCalculation;
    uint32_t CRCPolynomial;
} SPI_InitTypeDef;

typedef struct {
    SPI_TypeDef *Instance;
    SPI_InitTypeDef Init;
    DMA_HandleTypeDef *hdmatx;
    DMA_HandleTypeDef *hdmarx;
    HAL_LockTypeDef Lock;
    __IO HAL_SPI_StateTypeDef State;
} SPI_HandleTypeDef;

#define SPI_MODE_SLAVE (0U)
#define SPI_MODE_MASTER (SPI_CR1_MSTR | SPI_CR1_SSI)
#define SPI_DIRECTION_2LINES (0U)
#define SPI_DIRECTION_2LINES_RXONLY SPI_CR1_RXONLY
#define SPI_DIRECTION_1LINE SPI_CR1_BIDIMODE
#define SPI_DATASIZE_8BIT (0U)
#define SPI_DATASIZE_16BIT SPI_CR1_DFF
#define SPI_POLARITY_LOW (0U)
#define SPI_POLARITY_HIGH SPI_CR1_CPOL
#define SPI_PHASE_1EDGE (0U)
#define SPI_PHASE_2EDGE SPI_CR1_CPHA
#define SPI_NSS_SOFT SPI_CR1_SSM
#define SPI_NSS_HARD_INPUT (0U)
#define SPI_NSS_HARD_OUTPUT (1U << 18)
#define SPI_BAUDRATEPRESCALER_2 (0U << SPI_CR1_BR_Pos)
#define SPI_BAUDRATEPRESCALER_4 (1U << SPI_CR1_BR_Pos)
#define SPI_BAUDRATEPRESCALER_8 (2U << SPI_CR1_BR_Pos)
#define SPI_BAUDRATEPRESCALER_16 (3U << SPI_CR1_BR_Pos)
#define SPI_BAUDRATEPRESCALER_32 (4U << SPI_CR1_BR_Pos)
#define SPI_BAUDRATEPRESCALER_64 (5U << SPI_CR1_BR_Pos)
#define SPI_BAUDRATEPRESCALER_128 (6U << SPI_CR1_BR_Pos)
#define SPI_BAUDRATEPRESCALER_256 (7U << SPI_CR1_BR_Pos)
#define SPI_FIRSTBIT_MSB (0U)
#define SPI_FIRSTBIT_LSB SPI_CR1_LSBFIRST
#define SPI_TIMODE_DISABLE (0U)
#define SPI_TIMODE_ENABLE SPI_CR2_FRF
#define SPI_CRCCALCULATION_DISABLE (0U)
#define SPI_CRCCALCULATION_ENABLE SPI_CR1_CRCEN

HAL_StatusTypeDef HAL_SPI_Init(SPI_HandleTypeDef *spi);
HAL_StatusTypeDef HAL_SPI_DeInit(SPI_HandleTypeDef *spi);
HAL_StatusTypeDef HAL_SPI_Transmit(SPI_HandleTypeDef *spi, uint8_t *out, uint16_t count, uint32_t timeout);
HAL_StatusTypeDef HAL_SPI_Receive(SPI_HandleTypeDef *spi, uint8_t *in, uint16_t count, uint32_t timeout);
HAL_StatusTypeDef HAL_SPI_TransmitReceive(SPI_HandleTypeDef *spi, uint8_t *out, uint8_t *in, uint16_t count, uint32_t timeout);
HAL_StatusTypeDef HAL_SPI_Transmit_DMA(SPI_HandleTypeDef *spi, uint8_t *out, uint16_t count);
HAL_StatusTypeDef HAL_SPI_Receive_DMA(SPI_HandleTypeDef *spi, uint8_t *in, uint16_t count);
HAL_StatusTypeDef HAL_SPI_TransmitReceive_DMA(SPI_HandleTypeDef *spi, uint8_t *out, uint8_t *in, uint16_t count);
void HAL_SPI_IRQHandler(SPI_HandleTypeDef *spi);

/* ---- SD ---- */

typedef enum {
    HAL_SD_STATE_RESET = 0,
    HAL_SD_STATE_READY = 1,
    HAL_SD_STATE_BUSY = 3,
} HAL_SD_StateTypeDef;

/* As the card's status (CMD13) numbers them. */
typedef enum {
    HAL_SD_CARD_READY = 1,
    HAL_SD_CARD_IDENTIFICATION = 2,
    HAL_SD_CARD_STANDBY = 3,
    HAL_SD_CARD_TRANSFER = 4,
    HAL_SD_CARD_SENDING = 5,
    HAL_SD_CARD_RECEIVING = 6,
    HAL_SD_CARD_PROGRAMMING = 7,
    HAL_SD_CARD_DISCONNECTED = 8,
    HAL_SD_CARD_ERROR = 255,
} HAL_SD_CardStateTypeDef;

typedef struct {
    uint32_t ClockEdge;
    uint32_t ClockBypass;
    uint32_t ClockPowerSave;
    uint32_t BusWide;
    uint32_t HardwareFlowControl;
    uint32_t ClockDiv;
} SD_InitTypeDef;

typedef struct {
    uint32_t CardType;
    uint32_t CardVersion;
    uint32_t RelCardAdd;
    /* Always in blocks of 512 bytes. */
    uint32_t LogBlockNbr;
    uint32_t LogBlockSize;
} HAL_SD_CardInfoTypeDef;

typedef struct {
    SDIO_TypeDef *Instance;
    SD_InitTypeDef Init;
    DMA_HandleTypeDef *hdmatx;
    DMA_HandleTypeDef *hdmarx;
    __IO HAL_SD_StateTypeDef State;
    __IO uint32_t ErrorCode;
    HAL_SD_CardInfoTypeDef SdCard;
} SD_HandleTypeDef;

#define CARD_SDSC (0U)
#define CARD_SDHC_SDXC (1U)
#define CARD_V1_X (0U)
#define CARD_V2_X (1U)

#define SDIO_CLOCK_EDGE_RISING (0U)
#define SDIO_CLOCK_BYPASS_DISABLE (0U)
#define SDIO_CLOCK_POWER_SAVE_ENABLE SDIO_CLKCR_PWRSAV
#define SDIO_BUS_WIDE_1B (0U << SDIO_CLKCR_WIDBUS_Pos)
#define SDIO_BUS_WIDE_4B (1U << SDIO_CLKCR_WIDBUS_Pos)
#define SDIO_BUS_WIDE_8B (2U << SDIO_CLKCR_WIDBUS_Pos)
#define SDIO_HARDWARE_FLOW_CONTROL_DISABLE (0U)
/* 48 MHz / (6 + 2). At 6 MHz and four lines the FIFO lasts for 43 us, which is how long an interrupt may keep the core
   from serving it. */
#define SDIO_TRANSFER_CLK_DIV (6U)

/* What ICR clears, but for SDIOIT and CEATAEND: the flags of a command and those of a transfer. */
#define SDMMC_STATIC_FLAGS (0x7FFU)

/* The first six stand where STA has them. */
#define HAL_SD_ERROR_NONE (0U)
#define HAL_SD_ERROR_CMD_CRC_FAIL SDIO_STA_CCRCFAIL
#define HAL_SD_ERROR_DATA_CRC_FAIL SDIO_STA_DCRCFAIL
#define HAL_SD_ERROR_CMD_RSP_TIMEOUT SDIO_STA_CTIMEOUT
#define HAL_SD_ERROR_DATA_TIMEOUT SDIO_STA_DTIMEOUT
#define HAL_SD_ERROR_TX_UNDERRUN SDIO_STA_TXUNDERR
#define HAL_SD_ERROR_RX_OVERRUN SDIO_STA_RXOVERR
#define HAL_SD_ERROR_GENERAL_UNKNOWN_ERR (1U << 16)
#define HAL_SD_ERROR_INVALID_VOLTRANGE (1U << 24)
#define HAL_SD_ERROR_ADDR_OUT_OF_RANGE (1U << 25)
#define HAL_SD_ERROR_UNSUPPORTED_FEATURE (1U << 28)
#define HAL_SD_ERROR_TIMEOUT (1U << 31)

HAL_StatusTypeDef HAL_SD_Init(SD_HandleTypeDef *sd);
HAL_StatusTypeDef HAL_SD_DeInit(SD_HandleTypeDef *sd);
HAL_StatusTypeDef HAL_SD_ConfigWideBusOperation(SD_HandleTypeDef *sd, uint32_t width);
HAL_StatusTypeDef HAL_SD_GetCardInfo(SD_HandleTypeDef *sd, HAL_SD_CardInfoTypeDef *info);
HAL_SD_CardStateTypeDef HAL_SD_GetCardState(SD_HandleTypeDef *sd);
HAL_StatusTypeDef HAL_SD_ReadBlocks(SD_HandleTypeDef *sd, uint8_t *in, uint32_t block, uint32_t count, uint32_t timeout);
HAL_StatusTypeDef HAL_SD_WriteBlocks(SD_HandleTypeDef *sd, uint8_t *out, uint32_t block, uint32_t count, uint32_t timeout);
HAL_StatusTypeDef HAL_SD_ReadBlocks_DMA(SD_HandleTypeDef *sd, uint8_t *in, uint32_t block, uint32_t count);
HAL_StatusTypeDef HAL_SD_WriteBlocks_DMA(SD_HandleTypeDef *sd, uint8_t *out, uint32_t block, uint32_t count);
void HAL_SD_IRQHandler(SD_HandleTypeDef *sd);
/* The port defines these. */
void HAL_SD_MspInit(SD_HandleTypeDef *sd);
void HAL_SD_MspDeInit(SD_HandleTypeDef *sd);

/* ---- ADC ---- */

typedef struct {
    uint32_t ClockPrescaler;
    uint32_t Resolution;
    uint32_t DataAlign;
    uint32_t ScanConvMode;
    uint32_t EOCSelection;
    uint32_t ContinuousConvMode;
    uint32_t NbrOfConversion;
    uint32_t DiscontinuousConvMode;
    uint32_t NbrOfDiscConversion;
    uint32_t ExternalTrigConv;
    uint32_t ExternalTrigConvEdge;
    uint32_t DMAContinuousRequests;
} ADC_InitTypeDef;

typedef struct {
    ADC_TypeDef *Instance;
    ADC_InitTypeDef Init;
} ADC_HandleTypeDef;

typedef struct {
    uint32_t Channel;
    uint32_t Rank;
    uint32_t SamplingTime;
    uint32_t Offset;
} ADC_ChannelConfTypeDef;

/* Values are those of the fields in their registers. */
#define ADC_CLOCK_SYNC_PCLK_DIV2 (0U)
#define ADC_RESOLUTION_12B (0U)
#define ADC_RESOLUTION_10B (1U << ADC_CR1_RES_Pos)
#define ADC_RESOLUTION_8B (2U << ADC_CR1_RES_Pos)
#define ADC_RESOLUTION_6B (3U << ADC_CR1_RES_Pos)
#define ADC_DATAALIGN_RIGHT (0U)
#define ADC_EOC_SINGLE_CONV (1U)
#define ADC_SOFTWARE_START (0x0F000001U)
#define ADC_EXTERNALTRIGCONVEDGE_NONE (0U)
#define ADC_SAMPLETIME_15CYCLES (1U)
#define ADC_SAMPLETIME_480CYCLES (7U)
#define ADC_FLAG_EOC ADC_SR_EOC
#define ADC_CHANNEL_TEMPSENSOR (16U)
#define ADC_CHANNEL_VREFINT (17U)
#define ADC_CHANNEL_VBAT (18U)
#define LL_ADC_PATH_INTERNAL_VBAT ADC_CCR_VBATE
#define IS_ADC_CHANNEL(channel) ((channel) <= ADC_CHANNEL_VBAT)
#define ADC_GET_RESOLUTION(adc) ((adc)->Instance->CR1 & ADC_CR1_RES)
/* One block of registers serves all converters. */
#define ADC_COMMON_REGISTER(adc) ADC123_COMMON
/* In microseconds, what the datasheet grants at most. */
#define ADC_STAB_DELAY_US (3U)
#define ADC_TEMPSENSOR_DELAY_US (10U)

HAL_StatusTypeDef HAL_ADC_Init(ADC_HandleTypeDef *adc);
HAL_StatusTypeDef HAL_ADC_ConfigChannel(ADC_HandleTypeDef *adc, ADC_ChannelConfTypeDef *config);
HAL_StatusTypeDef HAL_ADC_Start(ADC_HandleTypeDef *adc);
HAL_StatusTypeDef HAL_ADC_Stop(ADC_HandleTypeDef *adc);

/* ---- DAC ---- */

/* How far channel 2 is up in the control register. */
#define DAC_CHANNEL_1 (0U)
#define DAC_CHANNEL_2 (16U)
/* How far each data register is from DHR12Rx. */
#define DAC_ALIGN_12B_R (0U)
#define DAC_ALIGN_12B_L (4U)
#define DAC_ALIGN_8B_R (8U)
#define DAC_OUTPUTBUFFER_ENABLE (0U)
#define DAC_OUTPUTBUFFER_DISABLE DAC_CR_BOFF1
#define DAC_TRIGGER_NONE (0U)
#define DAC_TRIGGER_T6_TRGO (DAC_CR_TEN1)
#define DAC_TRIGGER_T8_TRGO (DAC_CR_TEN1 | 1U << 3)
#define DAC_TRIGGER_T7_TRGO (DAC_CR_TEN1 | 2U << 3)
#define DAC_TRIGGER_T5_TRGO (DAC_CR_TEN1 | 3U << 3)
#define DAC_TRIGGER_T2_TRGO (DAC_CR_TEN1 | 4U << 3)
#define DAC_TRIGGER_T4_TRGO (DAC_CR_TEN1 | 5U << 3)
#define DAC_LFSRUNMASK_BITS11_0 (11U << 8)
#define DAC_TRIANGLEAMPLITUDE_4095 (11U << 8)

/* ---- CAN ---- */

typedef struct {
    uint32_t Prescaler;
    uint32_t Mode;
    uint32_t SJW;
    uint32_t BS1;
    uint32_t BS2;
    uint32_t TTCM;
    uint32_t ABOM;
    uint32_t AWUM;
    uint32_t NART;
    uint32_t RFLM;
    uint32_t TXFP;
} CAN_InitTypeDef;

typedef struct {
    uint32_t StdId;
    uint32_t ExtId;
    uint32_t IDE;
    uint32_t RTR;
    uint32_t DLC;
    uint8_t Data[8];
} CanTxMsgTypeDef;

typedef struct {
    uint32_t StdId;
    uint32_t ExtId;
    uint32_t IDE;
    uint32_t RTR;
    uint32_t DLC;
    uint8_t Data[8];
    uint32_t FMI;
} CanRxMsgTypeDef;

typedef struct {
    uint32_t FilterIdHigh;
    uint32_t FilterIdLow;
    uint32_t FilterMaskIdHigh;
    uint32_t FilterMaskIdLow;
    uint32_t FilterFIFOAssignment;
    uint32_t FilterNumber;
    uint32_t FilterMode;
    uint32_t FilterScale;
    uint32_t FilterActivation;
    uint32_t BankNumber;
} CAN_FilterConfTypeDef;

typedef struct {
    CAN_TypeDef *Instance;
    CAN_InitTypeDef Init;
    CanTxMsgTypeDef *pTxMsg;
} CAN_HandleTypeDef;

#define CAN_MODE_NORMAL (0U)
#define CAN_MODE_LOOPBACK CAN_BTR_LBKM
#define CAN_MODE_SILENT CAN_BTR_SILM
#define CAN_MODE_SILENT_LOOPBACK (CAN_BTR_LBKM | CAN_BTR_SILM)
/* As they stand in the identifier's register. */
#define CAN_ID_STD (0U)
#define CAN_ID_EXT (4U)
#define CAN_RTR_DATA (0U)
#define CAN_RTR_REMOTE (2U)
#define CAN_FIFO0 (0U)
#define CAN_FIFO1 (1U)
#define CAN_FILTER_FIFO0 CAN_FIFO0
#define CAN_FILTER_FIFO1 CAN_FIFO1
#define CAN_FILTERMODE_IDMASK (0U)
#define CAN_FILTERMODE_IDLIST (1U)
#define CAN_FILTERSCALE_16BIT (0U)
#define CAN_FILTERSCALE_32BIT (1U)
#define CAN_TXMAILBOX_0 (0U)
#define CAN_TXMAILBOX_1 (1U)
#define CAN_TXMAILBOX_2 (2U)
#define CAN_TXSTATUS_NOMAILBOX (4U)
#define CAN_IT_FMP0 CAN_IER_FMPIE0
#define CAN_IT_FF0 CAN_IER_FFIE0
#define CAN_IT_FOV0 CAN_IER_FOVIE0
#define CAN_IT_FMP1 CAN_IER_FMPIE1
#define CAN_IT_FF1 CAN_IER_FFIE1
#define CAN_IT_FOV1 CAN_IER_FOVIE1
#define CAN_IT_EWG CAN_IER_EWGIE
#define CAN_IT_EPV CAN_IER_EPVIE
#define CAN_IT_BOF CAN_IER_BOFIE
#define CAN_IT_ERR CAN_IER_ERRIE

/* A flag is a bit of TSR, RF0R or RF1R: the bit's number, and above it that of the register. */
#define FIXTURE_CAN_FLAG(reg, bit) ((offsetof(CAN_TypeDef, reg) << 8) | (bit))
#define FIXTURE_CAN_REG(can, flag) (*(__IO uint32_t *)((uint8_t *)(can)->Instance + ((flag) >> 8)))
#define CAN_FLAG_RQCP0 FIXTURE_CAN_FLAG(TSR, 0)
#define CAN_FLAG_TXOK0 FIXTURE_CAN_FLAG(TSR, 1)
#define CAN_FLAG_RQCP1 FIXTURE_CAN_FLAG(TSR, 8)
#define CAN_FLAG_TXOK1 FIXTURE_CAN_FLAG(TSR, 9)
#define CAN_FLAG_RQCP2 FIXTURE_CAN_FLAG(TSR, 16)
#define CAN_FLAG_TXOK2 FIXTURE_CAN_FLAG(TSR, 17)
#define CAN_FLAG_FF0 FIXTURE_CAN_FLAG(RF0R, 3)
#define CAN_FLAG_FOV0 FIXTURE_CAN_FLAG(RF0R, 4)
#define CAN_FLAG_FF1 FIXTURE_CAN_FLAG(RF1R, 3)
#define CAN_FLAG_FOV1 FIXTURE_CAN_FLAG(RF1R, 4)

#define __HAL_CAN_ENABLE_IT(can, its) ((can)->Instance->IER |= (its))
#define __HAL_CAN_DISABLE_IT(can, its) ((can)->Instance->IER &= ~(its))
#define __HAL_CAN_GET_FLAG(can, flag) ((FIXTURE_CAN_REG(can, flag) >> ((flag) & 31)) & 1)
/* A 1 clears, and every other bit that a 1 would act on is written as 0. */
#define __HAL_CAN_CLEAR_FLAG(can, flag) (FIXTURE_CAN_REG(can, flag) = 1U << ((flag) & 31))
#define __HAL_CAN_MSG_PENDING(can, fifo) ((&(can)->Instance->RF0R)[fifo] & 3U)
#define __HAL_CAN_CANCEL_TRANSMIT(can, mailbox) ((can)->Instance->TSR = CAN_TSR_ABRQ0 << (8 * (mailbox)))
#define __HAL_CAN_TRANSMIT_STATUS(can, mailbox) FIXTURE_CAN_IsSent((can)->Instance, mailbox)

/* The request is over, the frame was sent, and the mailbox is empty. */
static inline int FIXTURE_CAN_IsSent(CAN_TypeDef *regs, uint32_t mailbox) {
    uint32_t sent = (CAN_TSR_RQCP0 | CAN_TSR_TXOK0) << (8 * mailbox) | CAN_TSR_TME0 << mailbox;
    return (regs->TSR & sent) == sent;
}

HAL_StatusTypeDef HAL_CAN_Init(CAN_HandleTypeDef *can);
HAL_StatusTypeDef HAL_CAN_DeInit(CAN_HandleTypeDef *can);
HAL_StatusTypeDef HAL_CAN_ConfigFilter(CAN_HandleTypeDef *can, CAN_FilterConfTypeDef *filter);

/* ---- I2C ---- */

typedef enum {
    HAL_I2C_STATE_RESET = 0,
    HAL_I2C_STATE_READY = 0x20,
    HAL_I2C_STATE_BUSY_TX = 0x21,
    HAL_I2C_STATE_BUSY_RX = 0x22,
} HAL_I2C_StateTypeDef;

typedef enum {
    HAL_I2C_MODE_NONE = 0,
    HAL_I2C_MODE_MASTER = 0x10,
} HAL_I2C_ModeTypeDef;

typedef struct {
    uint32_t ClockSpeed;
    uint32_t DutyCycle;
    uint32_t OwnAddress1;
    uint32_t AddressingMode;
    uint32_t DualAddressMode;
    uint32_t OwnAddress2;
    uint32_t GeneralCallMode;
    uint32_t NoStretchMode;
} I2C_InitTypeDef;

/* Transfers are done by polling; what the port's interrupt handlers touch besides is there for them. */
typedef struct {
    I2C_TypeDef *Instance;
    I2C_InitTypeDef Init;
    uint8_t *pBuffPtr;
    uint16_t XferSize;
    __IO uint16_t XferCount;
    __IO uint32_t XferOptions;
    __IO uint32_t PreviousState;
    DMA_HandleTypeDef *hdmatx;
    DMA_HandleTypeDef *hdmarx;
    HAL_LockTypeDef Lock;
    __IO HAL_I2C_StateTypeDef State;
    __IO HAL_I2C_ModeTypeDef Mode;
    __IO uint32_t ErrorCode;
    __IO uint32_t Devaddress;
} I2C_HandleTypeDef;

#define I2C_ADDRESSINGMODE_7BIT (0x4000U)
#define I2C_DUALADDRESS_DISABLED (0U)
#define I2C_GENERALCALL_DISABLED (0U)
#define I2C_GENERALCALL_ENABLED I2C_CR1_ENGC
#define I2C_NOSTRETCH_DISABLE (0U)
#define I2C_DUTYCYCLE_2 (0U)
#define I2C_DUTYCYCLE_16_9 I2C_CCR_DUTY
#define I2C_MEMADD_SIZE_8BIT (1U)
#define I2C_MEMADD_SIZE_16BIT (2U)
#define I2C_FIRST_FRAME (1U)
#define I2C_IT_BUF I2C_CR2_ITBUFEN
#define I2C_IT_EVT I2C_CR2_ITEVTEN
#define I2C_IT_ERR I2C_CR2_ITERREN
#define I2C_7BIT_ADD_WRITE(address) ((uint8_t)((address) & ~1U))
#define I2C_7BIT_ADD_READ(address) ((uint8_t)((address) | 1U))

/* Flags of SR1; bit 16 and up are SR2's. */
#define I2C_FLAG_SB I2C_SR1_SB
#define I2C_FLAG_ADDR I2C_SR1_ADDR
#define I2C_FLAG_BTF I2C_SR1_BTF
#define I2C_FLAG_STOPF I2C_SR1_STOPF
#define I2C_FLAG_RXNE I2C_SR1_RXNE
#define I2C_FLAG_TXE I2C_SR1_TXE
#define I2C_FLAG_BERR I2C_SR1_BERR
#define I2C_FLAG_ARLO I2C_SR1_ARLO
#define I2C_FLAG_AF I2C_SR1_AF
#define I2C_FLAG_OVR I2C_SR1_OVR
#define I2C_FLAG_BUSY (I2C_SR2_BUSY << 16)

#define HAL_I2C_ERROR_NONE (0U)
#define HAL_I2C_ERROR_BERR (1U)
#define HAL_I2C_ERROR_ARLO (2U)
#define HAL_I2C_ERROR_AF (4U)
#define HAL_I2C_ERROR_OVR (8U)
#define HAL_I2C_ERROR_TIMEOUT (32U)

#define __HAL_I2C_GET_FLAG(i2c, flag) \
    ((((flag) >> 16) != 0 ? (i2c)->Instance->SR2 & ((flag) >> 16) : (i2c)->Instance->SR1 & (flag)) != 0)
#define __HAL_I2C_CLEAR_FLAG(i2c, flag) ((i2c)->Instance->SR1 = ~(flag) & 0xFFFFU)
#define __HAL_I2C_DISABLE_IT(i2c, bits) CLEAR_BIT((i2c)->Instance->CR2, (bits))

HAL_StatusTypeDef HAL_I2C_Init(I2C_HandleTypeDef *i2c);
HAL_StatusTypeDef HAL_I2C_DeInit(I2C_HandleTypeDef *i2c);
HAL_I2C_StateTypeDef HAL_I2C_GetState(I2C_HandleTypeDef *i2c);
HAL_StatusTypeDef HAL_I2C_IsDeviceReady(I2C_HandleTypeDef *i2c, uint16_t device, uint32_t trials, uint32_t timeout);
HAL_StatusTypeDef HAL_I2C_Master_Transmit(I2C_HandleTypeDef *i2c, uint16_t device, uint8_t *out, uint16_t count, uint32_t timeout);
HAL_StatusTypeDef HAL_I2C_Master_Receive(I2C_HandleTypeDef *i2c, uint16_t device, uint8_t *in, uint16_t count, uint32_t timeout);
HAL_StatusTypeDef HAL_I2C_Slave_Transmit(I2C_HandleTypeDef *i2c, uint8_t *out, uint16_t count, uint32_t timeout);
HAL_StatusTypeDef HAL_I2C_Slave_Receive(I2C_HandleTypeDef *i2c, uint8_t *in, uint16_t count, uint32_t timeout);
HAL_StatusTypeDef HAL_I2C_Mem_Write(I2C_HandleTypeDef *i2c, uint16_t device, uint16_t place, uint16_t size, uint8_t *out, uint16_t count, uint32_t timeout);
HAL_StatusTypeDef HAL_I2C_Mem_Read(I2C_HandleTypeDef *i2c, uint16_t device, uint16_t place, uint16_t size, uint8_t *in, uint16_t count, uint32_t timeout);
HAL_StatusTypeDef HAL_I2C_Master_Transmit_DMA(I2C_HandleTypeDef *i2c, uint16_t device, uint8_t *out, uint16_t count);
HAL_StatusTypeDef HAL_I2C_Master_Receive_DMA(I2C_HandleTypeDef *i2c, uint16_t device, uint8_t *in, uint16_t count);
HAL_StatusTypeDef HAL_I2C_Slave_Transmit_DMA(I2C_HandleTypeDef *i2c, uint8_t *out, uint16_t count);
HAL_StatusTypeDef HAL_I2C_Slave_Receive_DMA(I2C_HandleTypeDef *i2c, uint8_t *in, uint16_t count);
HAL_StatusTypeDef HAL_I2C_Mem_Write_DMA(I2C_HandleTypeDef *i2c, uint16_t device, uint16_t place, uint16_t size, uint8_t *out, uint16_t count);
HAL_StatusTypeDef HAL_I2C_Mem_Read_DMA(I2C_HandleTypeDef *i2c, uint16_t device, uint16_t place, uint16_t size, uint8_t *in, uint16_t count);

/* ---- UART ---- */

typedef struct {
    uint32_t BaudRate;
    uint32_t WordLength;
    uint32_t StopBits;
    uint32_t Parity;
    uint32_t Mode;
    uint32_t HwFlowCtl;
    uint32_t OverSampling;
} UART_InitTypeDef;

typedef struct {
    USART_TypeDef *Instance;
    UART_InitTypeDef Init;
} UART_HandleTypeDef;

#define UART_WORDLENGTH_8B (0U)
#define UART_WORDLENGTH_9B USART_CR1_M
#define UART_STOPBITS_1 (0U)
#define UART_STOPBITS_2 (2U << USART_CR2_STOP_Pos)
#define UART_PARITY_NONE (0U)
#define UART_PARITY_EVEN USART_CR1_PCE
#define UART_PARITY_ODD (USART_CR1_PCE | USART_CR1_PS)
#define UART_HWCONTROL_NONE (0U)
#define UART_HWCONTROL_RTS USART_CR3_RTSE
#define UART_HWCONTROL_CTS USART_CR3_CTSE
#define UART_HWCONTROL_RTS_CTS (USART_CR3_RTSE | USART_CR3_CTSE)
#define UART_MODE_TX_RX (USART_CR1_TE | USART_CR1_RE)
#define UART_OVERSAMPLING_16 (0U)
#define UART_FLAG_PE USART_SR_PE
#define UART_FLAG_ORE USART_SR_ORE
#define UART_FLAG_IDLE USART_SR_IDLE
#define UART_FLAG_RXNE USART_SR_RXNE
#define UART_FLAG_TC USART_SR_TC
#define UART_FLAG_TXE USART_SR_TXE
#define UART_IT_RXNE USART_CR1_RXNEIE

#define LL_USART_OVERSAMPLING_16 (0U)

/* With 16 samples a bit, BRR is the clock over the baud rate, its last 4 bits the fraction. */
static inline void LL_USART_SetBaudRate(USART_TypeDef *uart, uint32_t clock, uint32_t oversampling, uint32_t baudrate) {
    (void)oversampling;
    uart->BRR = (clock + baudrate / 2) / baudrate;
}

static inline uint32_t LL_USART_GetBaudRate(USART_TypeDef *uart, uint32_t clock, uint32_t oversampling) {
    (void)oversampling;
    uint32_t divisor = uart->BRR & 0xFFFFU;
    return divisor == 0 ? 0 : clock / divisor;
}

HAL_StatusTypeDef HAL_UART_Init(UART_HandleTypeDef *uart);

/* ---- Timers ---- */

typedef enum {
    HAL_TIM_STATE_RESET = 0,
    HAL_TIM_STATE_READY = 1,
    HAL_TIM_STATE_BUSY = 2,
} HAL_TIM_StateTypeDef;

typedef struct {
    uint32_t Prescaler;
    uint32_t CounterMode;
    uint32_t Period;
    uint32_t ClockDivision;
    uint32_t RepetitionCounter;
    uint32_t AutoReloadPreload;
} TIM_Base_InitTypeDef;

typedef struct {
    TIM_TypeDef *Instance;
    TIM_Base_InitTypeDef Init;
    HAL_LockTypeDef Lock;
    __IO HAL_TIM_StateTypeDef State;
} TIM_HandleTypeDef;

typedef struct {
    uint32_t OCMode;
    uint32_t Pulse;
    uint32_t OCPolarity;
    uint32_t OCNPolarity;
    uint32_t OCFastMode;
    uint32_t OCIdleState;
    uint32_t OCNIdleState;
} TIM_OC_InitTypeDef;

typedef struct {
    uint32_t ICPolarity;
    uint32_t ICSelection;
    uint32_t ICPrescaler;
    uint32_t ICFilter;
} TIM_IC_InitTypeDef;

typedef struct {
    uint32_t EncoderMode;
    uint32_t IC1Polarity;
    uint32_t IC1Selection;
    uint32_t IC1Prescaler;
    uint32_t IC1Filter;
    uint32_t IC2Polarity;
    uint32_t IC2Selection;
    uint32_t IC2Prescaler;
    uint32_t IC2Filter;
} TIM_Encoder_InitTypeDef;

typedef struct {
    uint32_t OffStateRunMode;
    uint32_t OffStateIDLEMode;
    uint32_t LockLevel;
    uint32_t DeadTime;
    uint32_t BreakState;
    uint32_t BreakPolarity;
    uint32_t AutomaticOutput;
} TIM_BreakDeadTimeConfigTypeDef;

/* A channel is its distance in CCER. */
#define TIM_CHANNEL_1 (0U)
#define TIM_CHANNEL_2 (4U)
#define TIM_CHANNEL_3 (8U)
#define TIM_CHANNEL_4 (12U)
#define TIM_CHANNEL_ALL (60U)

#define TIM_COUNTERMODE_UP (0U)
#define TIM_COUNTERMODE_DOWN TIM_CR1_DIR
#define TIM_COUNTERMODE_CENTERALIGNED1 (1U << 5)
#define TIM_COUNTERMODE_CENTERALIGNED2 (2U << 5)
#define TIM_COUNTERMODE_CENTERALIGNED3 (3U << 5)
#define TIM_CLOCKDIVISION_DIV1 (0U << 8)
#define TIM_CLOCKDIVISION_DIV2 (1U << 8)
#define TIM_CLOCKDIVISION_DIV4 (2U << 8)
/* OCxM as it stands in the field of channel 1. */
#define TIM_OCMODE_TIMING (0U << 4)
#define TIM_OCMODE_ACTIVE (1U << 4)
#define TIM_OCMODE_INACTIVE (2U << 4)
#define TIM_OCMODE_TOGGLE (3U << 4)
#define TIM_OCMODE_FORCED_INACTIVE (4U << 4)
#define TIM_OCMODE_FORCED_ACTIVE (5U << 4)
#define TIM_OCMODE_PWM1 (6U << 4)
#define TIM_OCMODE_PWM2 (7U << 4)
/* Polarities as in CCER for channel 1; idle states as in CR2. */
#define TIM_OCPOLARITY_HIGH (0U)
#define TIM_OCPOLARITY_LOW (1U << 1)
#define TIM_OCNPOLARITY_HIGH (0U)
#define TIM_OCNPOLARITY_LOW (1U << 3)
#define TIM_OCFAST_DISABLE (0U)
#define TIM_OCIDLESTATE_RESET (0U)
#define TIM_OCIDLESTATE_SET (1U << 8)
#define TIM_OCNIDLESTATE_RESET (0U)
#define TIM_OCNIDLESTATE_SET (1U << 9)
#define TIM_ICPOLARITY_RISING (0U)
#define TIM_ICPOLARITY_FALLING (1U << 1)
#define TIM_ICPOLARITY_BOTHEDGE ((1U << 1) | (1U << 3))
#define TIM_ICSELECTION_DIRECTTI (1U)
#define TIM_ICPSC_DIV1 (0U)
#define TIM_ENCODERMODE_TI1 (1U)
#define TIM_ENCODERMODE_TI2 (2U)
#define TIM_ENCODERMODE_TI12 (3U)
#define TIM_OSSR_DISABLE (0U)
#define TIM_OSSI_DISABLE (0U)
#define TIM_LOCKLEVEL_OFF (0U)
#define TIM_BREAK_DISABLE (0U)
#define TIM_BREAK_ENABLE TIM_BDTR_BKE
#define TIM_BREAKPOLARITY_LOW (0U)
#define TIM_BREAKPOLARITY_HIGH TIM_BDTR_BKP
#define TIM_AUTOMATICOUTPUT_DISABLE (0U)
#define TIM_IT_UPDATE (1U << 0)
#define TIM_IT_CC1 (1U << 1)
#define TIM_IT_CC2 (1U << 2)
#define TIM_IT_CC3 (1U << 3)
#define TIM_IT_CC4 (1U << 4)
#define TIM_FLAG_UPDATE TIM_IT_UPDATE
#define TIM_FLAG_CC1 TIM_IT_CC1
#define TIM_FLAG_CC2 TIM_IT_CC2
#define TIM_FLAG_CC3 TIM_IT_CC3
#define TIM_FLAG_CC4 TIM_IT_CC4

#define IS_TIM_ADVANCED_INSTANCE(tim) ((tim) == TIM1 || (tim) == TIM8)
#define IS_TIM_BREAK_INSTANCE(tim) IS_TIM_ADVANCED_INSTANCE(tim)
#define IS_TIM_CCXN_INSTANCE(tim, channel) (IS_TIM_ADVANCED_INSTANCE(tim) && (channel) != TIM_CHANNEL_4)
#define IS_TIM_COUNTER_MODE(mode) \
    ((mode) == TIM_COUNTERMODE_UP || (mode) == TIM_COUNTERMODE_DOWN || (mode) == TIM_COUNTERMODE_CENTERALIGNED1 \
    || (mode) == TIM_COUNTERMODE_CENTERALIGNED2 || (mode) == TIM_COUNTERMODE_CENTERALIGNED3)
#define IS_TIM_OC_POLARITY(polarity) ((polarity) == TIM_OCPOLARITY_HIGH || (polarity) == TIM_OCPOLARITY_LOW)
#define IS_TIM_IC_POLARITY(polarity) \
    ((polarity) == TIM_ICPOLARITY_RISING || (polarity) == TIM_ICPOLARITY_FALLING || (polarity) == TIM_ICPOLARITY_BOTHEDGE)

#define __HAL_TIM_ENABLE_IT(tim, its) ((tim)->Instance->DIER |= (its))
#define __HAL_TIM_DISABLE_IT(tim, its) ((tim)->Instance->DIER &= ~(its))
#define __HAL_TIM_GET_IT_SOURCE(tim, its) (((tim)->Instance->DIER & (its)) == (its) ? SET : RESET)
#define __HAL_TIM_GET_FLAG(tim, flags) (((tim)->Instance->SR & (flags)) == (flags))
/* SR's flags are cleared by a 0. */
#define __HAL_TIM_CLEAR_FLAG(tim, flags) ((tim)->Instance->SR = ~(flags))
#define __HAL_TIM_CLEAR_IT(tim, its) ((tim)->Instance->SR = ~(its))
#define __HAL_TIM_SET_COUNTER(tim, value) ((tim)->Instance->CNT = (value))
#define __HAL_TIM_GET_COUNTER(tim) ((tim)->Instance->CNT)
#define __HAL_TIM_SET_AUTORELOAD(tim, value) do { (tim)->Instance->ARR = (value); (tim)->Init.Period = (value); } while (0)
#define __HAL_TIM_GET_AUTORELOAD(tim) ((tim)->Instance->ARR)
/* CCR1 to CCR4 follow each other. */
#define __HAL_TIM_SET_COMPARE(tim, channel, value) (*(&(tim)->Instance->CCR1 + ((channel) >> 2)) = (value))
#define __HAL_TIM_GET_COMPARE(tim, channel) (*(&(tim)->Instance->CCR1 + ((channel) >> 2)))

HAL_StatusTypeDef HAL_TIM_Base_Init(TIM_HandleTypeDef *tim);
HAL_StatusTypeDef HAL_TIM_Base_Start(TIM_HandleTypeDef *tim);
HAL_StatusTypeDef HAL_TIM_Base_Start_IT(TIM_HandleTypeDef *tim);
HAL_StatusTypeDef HAL_TIM_Base_Stop(TIM_HandleTypeDef *tim);
HAL_StatusTypeDef HAL_TIM_PWM_Init(TIM_HandleTypeDef *tim);
HAL_StatusTypeDef HAL_TIM_PWM_ConfigChannel(TIM_HandleTypeDef *tim, TIM_OC_InitTypeDef *init, uint32_t channel);
HAL_StatusTypeDef HAL_TIM_PWM_Start(TIM_HandleTypeDef *tim, uint32_t channel);
HAL_StatusTypeDef HAL_TIM_PWM_Start_IT(TIM_HandleTypeDef *tim, uint32_t channel);
HAL_StatusTypeDef HAL_TIM_PWM_Stop_IT(TIM_HandleTypeDef *tim, uint32_t channel);
HAL_StatusTypeDef HAL_TIM_OC_ConfigChannel(TIM_HandleTypeDef *tim, TIM_OC_InitTypeDef *init, uint32_t channel);
HAL_StatusTypeDef HAL_TIM_OC_Start(TIM_HandleTypeDef *tim, uint32_t channel);
HAL_StatusTypeDef HAL_TIM_OC_Start_IT(TIM_HandleTypeDef *tim, uint32_t channel);
HAL_StatusTypeDef HAL_TIM_OC_Stop_IT(TIM_HandleTypeDef *tim, uint32_t channel);
HAL_StatusTypeDef HAL_TIM_IC_ConfigChannel(TIM_HandleTypeDef *tim, TIM_IC_InitTypeDef *init, uint32_t channel);
HAL_StatusTypeDef HAL_TIM_IC_Start(TIM_HandleTypeDef *tim, uint32_t channel);
HAL_StatusTypeDef HAL_TIM_IC_Start_IT(TIM_HandleTypeDef *tim, uint32_t channel);
HAL_StatusTypeDef HAL_TIM_IC_Stop_IT(TIM_HandleTypeDef *tim, uint32_t channel);
HAL_StatusTypeDef HAL_TIM_Encoder_Init(TIM_HandleTypeDef *tim, TIM_Encoder_InitTypeDef *init);
HAL_StatusTypeDef HAL_TIM_Encoder_Start(TIM_HandleTypeDef *tim, uint32_t channel);
HAL_StatusTypeDef HAL_TIMEx_PWMN_Start(TIM_HandleTypeDef *tim, uint32_t channel);
HAL_StatusTypeDef HAL_TIMEx_OCN_Start(TIM_HandleTypeDef *tim, uint32_t channel);
typedef struct {
    uint32_t MasterOutputTrigger;
    uint32_t MasterSlaveMode;
} TIM_MasterConfigTypeDef;

#define TIM_TRGO_UPDATE (2U << 4)
#define TIM_MASTERSLAVEMODE_DISABLE (0U)

HAL_StatusTypeDef HAL_TIMEx_MasterConfigSynchronization(TIM_HandleTypeDef *tim, TIM_MasterConfigTypeDef *config);
HAL_StatusTypeDef HAL_TIMEx_ConfigBreakDeadTime(TIM_HandleTypeDef *tim, TIM_BreakDeadTimeConfigTypeDef *config);
void HAL_TIM_IRQHandler(TIM_HandleTypeDef *tim);
/* The port defines it, for its servo timer. */
void HAL_TIM_PeriodElapsedCallback(TIM_HandleTypeDef *tim);

/* ---- USB OTG FS as a device ---- */

/* With endpoint 0. */
#define FIXTURE_USB_ENDPOINTS (4)
#define PCD_SPEED_FULL (3U)
#define PCD_PHY_EMBEDDED (2U)

typedef struct {
    uint32_t dev_endpoints;
    uint32_t speed;
    uint32_t dma_enable;
    uint32_t ep0_mps;
    uint32_t phy_itface;
    uint32_t Sof_enable;
    uint32_t low_power_enable;
    uint32_t lpm_enable;
    uint32_t battery_charging_enable;
    uint32_t vbus_sensing_enable;
    uint32_t use_dedicated_ep1;
    uint32_t use_external_vbus;
} PCD_InitTypeDef;

typedef struct {
    uint8_t is_stall;
    uint8_t type;
    uint16_t maxpacket;
    /* What is left of it, and what has passed. */
    uint8_t *xfer_buff;
    uint32_t xfer_len;
    uint32_t xfer_count;
} PCD_EPTypeDef;

typedef struct {
    USB_OTG_GlobalTypeDef *Instance;
    PCD_InitTypeDef Init;
    PCD_EPTypeDef IN_ep[FIXTURE_USB_ENDPOINTS];
    PCD_EPTypeDef OUT_ep[FIXTURE_USB_ENDPOINTS];
    uint32_t Setup[2];
    void *pData;
} PCD_HandleTypeDef;

/* PCGCCTL: its gates are closed in suspend only, if low_power_enable asks for that. */
#define __HAL_PCD_UNGATE_PHYCLOCK(pcd) (*(__IO uint32_t *)((uint8_t *)(pcd)->Instance + 0xE00) &= ~3U)
#define __HAL_USB_FS_EXTI_CLEAR_FLAG() (EXTI->PR = 1U << 18)

HAL_StatusTypeDef HAL_PCD_Init(PCD_HandleTypeDef *pcd);
HAL_StatusTypeDef HAL_PCD_DeInit(PCD_HandleTypeDef *pcd);
HAL_StatusTypeDef HAL_PCD_Start(PCD_HandleTypeDef *pcd);
HAL_StatusTypeDef HAL_PCD_Stop(PCD_HandleTypeDef *pcd);
HAL_StatusTypeDef HAL_PCD_SetRxFiFo(PCD_HandleTypeDef *pcd, uint16_t words);
HAL_StatusTypeDef HAL_PCD_SetTxFiFo(PCD_HandleTypeDef *pcd, uint8_t fifo, uint16_t words);
HAL_StatusTypeDef HAL_PCD_SetAddress(PCD_HandleTypeDef *pcd, uint8_t address);
HAL_StatusTypeDef HAL_PCD_EP_Open(PCD_HandleTypeDef *pcd, uint8_t address, uint16_t maxpacket, uint8_t type);
HAL_StatusTypeDef HAL_PCD_EP_Close(PCD_HandleTypeDef *pcd, uint8_t address);
HAL_StatusTypeDef HAL_PCD_EP_Flush(PCD_HandleTypeDef *pcd, uint8_t address);
HAL_StatusTypeDef HAL_PCD_EP_SetStall(PCD_HandleTypeDef *pcd, uint8_t address);
HAL_StatusTypeDef HAL_PCD_EP_ClrStall(PCD_HandleTypeDef *pcd, uint8_t address);
HAL_StatusTypeDef HAL_PCD_EP_Transmit(PCD_HandleTypeDef *pcd, uint8_t address, uint8_t *data, uint32_t length);
HAL_StatusTypeDef HAL_PCD_EP_Receive(PCD_HandleTypeDef *pcd, uint8_t address, uint8_t *data, uint32_t length);
uint32_t HAL_PCD_EP_GetRxCount(PCD_HandleTypeDef *pcd, uint8_t address);
void HAL_PCD_IRQHandler(PCD_HandleTypeDef *pcd);
/* The port defines these. */
void HAL_PCD_MspInit(PCD_HandleTypeDef *pcd);
void HAL_PCD_MspDeInit(PCD_HandleTypeDef *pcd);
void HAL_PCD_SetupStageCallback(PCD_HandleTypeDef *pcd);
void HAL_PCD_DataOutStageCallback(PCD_HandleTypeDef *pcd, uint8_t endpoint);
void HAL_PCD_DataInStageCallback(PCD_HandleTypeDef *pcd, uint8_t endpoint);
void HAL_PCD_SOFCallback(PCD_HandleTypeDef *pcd);
void HAL_PCD_ResetCallback(PCD_HandleTypeDef *pcd);
void HAL_PCD_SuspendCallback(PCD_HandleTypeDef *pcd);
void HAL_PCD_ResumeCallback(PCD_HandleTypeDef *pcd);
void HAL_PCD_ConnectCallback(PCD_HandleTypeDef *pcd);
void HAL_PCD_DisconnectCallback(PCD_HandleTypeDef *pcd);

#endif
