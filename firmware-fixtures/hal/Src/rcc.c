// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* Clocks: oscillators, PLL, system clock, and the clock of the RTC. */
#include "stm32f4xx_hal.h"

/* In milliseconds. */
#define PLL_TIMEOUT (2)
#define SWITCH_TIMEOUT (5000)

static HAL_StatusTypeDef wait_for(__IO uint32_t *reg, uint32_t mask, uint32_t value, uint32_t timeout) {
    uint32_t start = HAL_GetTick();
    while ((*reg & mask) != value) {
        if (HAL_GetTick() - start > timeout) {
            return HAL_TIMEOUT;
        }
    }
    return HAL_OK;
}

/* Whether the core lives on a clock source, directly or through the PLL. */
static int drives_the_core(uint32_t sws, uint32_t pll_source) {
    uint32_t current = __HAL_RCC_GET_SYSCLK_SOURCE();
    return current == sws
           || (current == RCC_CFGR_SWS_PLL && (RCC->PLLCFGR & RCC_PLLCFGR_PLLSRC) == pll_source);
}

static HAL_StatusTypeDef open_backup_domain(void) {
    __HAL_RCC_PWR_CLK_ENABLE();
    if (PWR->CR & PWR_CR_DBP) {
        return HAL_OK;
    }
    HAL_PWR_EnableBkUpAccess();
    return wait_for(&PWR->CR, PWR_CR_DBP, PWR_CR_DBP, RCC_DBP_TIMEOUT_VALUE);
}

static HAL_StatusTypeDef config_hse(uint32_t state) {
    if (drives_the_core(RCC_CFGR_SWS_HSE, RCC_PLLSOURCE_HSE)) {
        return state == RCC_HSE_OFF ? HAL_ERROR : HAL_OK;
    }
    __HAL_RCC_HSE_CONFIG(state);
    return wait_for(&RCC->CR, RCC_CR_HSERDY, state == RCC_HSE_OFF ? 0 : RCC_CR_HSERDY, HSE_STARTUP_TIMEOUT);
}

static HAL_StatusTypeDef config_hsi(uint32_t state, uint32_t trim) {
    if (state != RCC_HSI_OFF) {
        __HAL_RCC_HSI_ENABLE();
        HAL_StatusTypeDef status = wait_for(&RCC->CR, RCC_CR_HSIRDY, RCC_CR_HSIRDY, PLL_TIMEOUT);
        MODIFY_REG(RCC->CR, RCC_CR_HSITRIM, trim << RCC_CR_HSITRIM_Pos);
        return status;
    }
    if (drives_the_core(RCC_CFGR_SWS_HSI, RCC_PLLSOURCE_HSI)) {
        return HAL_ERROR;
    }
    __HAL_RCC_HSI_DISABLE();
    return wait_for(&RCC->CR, RCC_CR_HSIRDY, 0, PLL_TIMEOUT);
}

static HAL_StatusTypeDef config_lsi(uint32_t state) {
    if (state != RCC_LSI_OFF) {
        __HAL_RCC_LSI_ENABLE();
        return wait_for(&RCC->CSR, RCC_CSR_LSIRDY, RCC_CSR_LSIRDY, PLL_TIMEOUT);
    }
    __HAL_RCC_LSI_DISABLE();
    return wait_for(&RCC->CSR, RCC_CSR_LSIRDY, 0, PLL_TIMEOUT);
}

static HAL_StatusTypeDef config_lse(uint32_t state) {
    HAL_StatusTypeDef status = open_backup_domain();
    if (status != HAL_OK) {
        return status;
    }
    __HAL_RCC_LSE_CONFIG(state);
    return wait_for(&RCC->BDCR, RCC_BDCR_LSERDY, state == RCC_LSE_OFF ? 0 : RCC_BDCR_LSERDY, LSE_STARTUP_TIMEOUT);
}

static HAL_StatusTypeDef config_pll(const RCC_PLLInitTypeDef *pll) {
    uint32_t factors = pll->PLLSource
        | pll->PLLM
        | pll->PLLN << RCC_PLLCFGR_PLLN_Pos
        | (pll->PLLP / 2 - 1) << RCC_PLLCFGR_PLLP_Pos
        | pll->PLLQ << RCC_PLLCFGR_PLLQ_Pos;

    /* A PLL that the core runs on can't be changed, only be found to be right already. */
    if (__HAL_RCC_GET_SYSCLK_SOURCE() == RCC_CFGR_SWS_PLL) {
        return pll->PLLState == RCC_PLL_ON && RCC->PLLCFGR == factors ? HAL_OK : HAL_ERROR;
    }

    __HAL_RCC_PLL_DISABLE();
    HAL_StatusTypeDef status = wait_for(&RCC->CR, RCC_CR_PLLRDY, 0, PLL_TIMEOUT);
    if (status != HAL_OK || pll->PLLState == RCC_PLL_OFF) {
        return status;
    }
    RCC->PLLCFGR = factors;
    __HAL_RCC_PLL_ENABLE();
    return wait_for(&RCC->CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY, PLL_TIMEOUT);
}

HAL_StatusTypeDef HAL_RCC_OscConfig(RCC_OscInitTypeDef *init) {
    HAL_StatusTypeDef status = HAL_OK;
    if (init->OscillatorType & RCC_OSCILLATORTYPE_HSE) {
        status = config_hse(init->HSEState);
    }
    if (status == HAL_OK && (init->OscillatorType & RCC_OSCILLATORTYPE_HSI)) {
        status = config_hsi(init->HSIState, init->HSICalibrationValue);
    }
    if (status == HAL_OK && (init->OscillatorType & RCC_OSCILLATORTYPE_LSI)) {
        status = config_lsi(init->LSIState);
    }
    if (status == HAL_OK && (init->OscillatorType & RCC_OSCILLATORTYPE_LSE)) {
        status = config_lse(init->LSEState);
    }
    if (status == HAL_OK && init->PLL.PLLState != RCC_PLL_NONE) {
        status = config_pll(&init->PLL);
    }
    return status;
}

static HAL_StatusTypeDef switch_core_to(uint32_t source) {
    uint32_t ready = source == RCC_SYSCLKSOURCE_HSE ? RCC_CR_HSERDY
        : source == RCC_SYSCLKSOURCE_PLLCLK ? RCC_CR_PLLRDY : RCC_CR_HSIRDY;
    if (!(RCC->CR & ready)) {
        return HAL_ERROR;
    }
    MODIFY_REG(RCC->CFGR, RCC_CFGR_SW, source);
    return wait_for(&RCC->CFGR, RCC_CFGR_SWS, source << 2, SWITCH_TIMEOUT);
}

static HAL_StatusTypeDef set_latency(uint32_t latency) {
    __HAL_FLASH_SET_LATENCY(latency);
    return __HAL_FLASH_GET_LATENCY() == latency ? HAL_OK : HAL_ERROR;
}

HAL_StatusTypeDef HAL_RCC_ClockConfig(RCC_ClkInitTypeDef *init, uint32_t latency) {
    HAL_StatusTypeDef status = HAL_OK;

    /* Flash gets slower before the core gets faster... */
    if (latency > __HAL_FLASH_GET_LATENCY()) {
        status = set_latency(latency);
        if (status != HAL_OK) {
            return status;
        }
    }

    if (init->ClockType & RCC_CLOCKTYPE_HCLK) {
        /* No bus may run too fast on the way: divide both by most, until the new clock is there. */
        if (init->ClockType & RCC_CLOCKTYPE_PCLK1) {
            MODIFY_REG(RCC->CFGR, RCC_CFGR_PPRE1, RCC_HCLK_DIV16);
        }
        if (init->ClockType & RCC_CLOCKTYPE_PCLK2) {
            MODIFY_REG(RCC->CFGR, RCC_CFGR_PPRE2, RCC_HCLK_DIV16 << 3);
        }
        MODIFY_REG(RCC->CFGR, RCC_CFGR_HPRE, init->AHBCLKDivider);
    }
    if (init->ClockType & RCC_CLOCKTYPE_SYSCLK) {
        status = switch_core_to(init->SYSCLKSource);
        if (status != HAL_OK) {
            return status;
        }
    }

    /* ... and faster after the core got slower. */
    if (latency < __HAL_FLASH_GET_LATENCY()) {
        status = set_latency(latency);
        if (status != HAL_OK) {
            return status;
        }
    }

    if (init->ClockType & RCC_CLOCKTYPE_PCLK1) {
        MODIFY_REG(RCC->CFGR, RCC_CFGR_PPRE1, init->APB1CLKDivider);
    }
    if (init->ClockType & RCC_CLOCKTYPE_PCLK2) {
        MODIFY_REG(RCC->CFGR, RCC_CFGR_PPRE2, init->APB2CLKDivider << 3);
    }

    SystemCoreClock = HAL_RCC_GetSysClockFreq() >> AHBPrescTable[(RCC->CFGR & RCC_CFGR_HPRE) >> RCC_CFGR_HPRE_Pos];
    return HAL_InitTick(TICK_INT_PRIORITY);
}

HAL_StatusTypeDef HAL_RCCEx_PeriphCLKConfig(RCC_PeriphCLKInitTypeDef *init) {
    if (!(init->PeriphClockSelection & RCC_PERIPHCLK_RTC)) {
        return HAL_OK;
    }
    HAL_StatusTypeDef status = open_backup_domain();
    if (status != HAL_OK) {
        return status;
    }

    /* RTCSEL is written once; to choose again takes a reset of the backup domain, which forgets the rest of BDCR too. */
    uint32_t selected = RCC->BDCR & RCC_BDCR_RTCSEL;
    if (selected != 0 && selected != (init->RTCClockSelection & RCC_BDCR_RTCSEL)) {
        uint32_t others = RCC->BDCR & ~RCC_BDCR_RTCSEL;
        __HAL_RCC_BACKUPRESET_FORCE();
        __HAL_RCC_BACKUPRESET_RELEASE();
        RCC->BDCR = others;
        if (others & RCC_BDCR_LSEON) {
            status = wait_for(&RCC->BDCR, RCC_BDCR_LSERDY, RCC_BDCR_LSERDY, LSE_STARTUP_TIMEOUT);
            if (status != HAL_OK) {
                return status;
            }
        }
    }
    MODIFY_REG(RCC->BDCR, RCC_BDCR_RTCSEL, init->RTCClockSelection & RCC_BDCR_RTCSEL);
    return HAL_OK;
}

uint32_t HAL_RCC_GetSysClockFreq(void) {
    uint32_t source = __HAL_RCC_GET_SYSCLK_SOURCE();
    if (source == RCC_CFGR_SWS_HSE) {
        return HSE_VALUE;
    }
    if (source != RCC_CFGR_SWS_PLL) {
        return HSI_VALUE;
    }
    uint32_t factors = RCC->PLLCFGR;
    uint64_t input = factors & RCC_PLLCFGR_PLLSRC ? HSE_VALUE : HSI_VALUE;
    uint32_t m = factors & RCC_PLLCFGR_PLLM;
    uint32_t n = (factors & RCC_PLLCFGR_PLLN) >> RCC_PLLCFGR_PLLN_Pos;
    uint32_t p = (((factors & RCC_PLLCFGR_PLLP) >> RCC_PLLCFGR_PLLP_Pos) + 1) * 2;
    return (uint32_t)(input * n / m) / p;
}

uint32_t HAL_RCC_GetHCLKFreq(void) {
    return SystemCoreClock;
}

uint32_t HAL_RCC_GetPCLK1Freq(void) {
    return SystemCoreClock >> APBPrescTable[(RCC->CFGR & RCC_CFGR_PPRE1) >> RCC_CFGR_PPRE1_Pos];
}

uint32_t HAL_RCC_GetPCLK2Freq(void) {
    return SystemCoreClock >> APBPrescTable[(RCC->CFGR & RCC_CFGR_PPRE2) >> RCC_CFGR_PPRE2_Pos];
}
