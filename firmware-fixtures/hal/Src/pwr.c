// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* Power controller: access to the backup domain, Stop and Standby. */
#include "stm32f4xx_hal.h"

void HAL_PWR_EnableBkUpAccess(void) {
    FIXTURE_BITBAND(&PWR->CR, PWR_CR_DBP_Pos) = 1;
}

void HAL_PWREx_EnableFlashPowerDown(void) {
    FIXTURE_BITBAND(&PWR->CR, PWR_CR_FPDS_Pos) = 1;
}

void HAL_PWR_EnterSTOPMode(uint32_t regulator, uint8_t entry) {
    MODIFY_REG(PWR->CR, PWR_CR_PDDS | PWR_CR_LPDS, regulator);
    SET_BIT(SCB->SCR, SCB_SCR_SLEEPDEEP_Msk);
    if (entry == PWR_STOPENTRY_WFI) {
        __WFI();
    } else {
        /* The first WFE may only take an event that was left from before. */
        __SEV();
        __WFE();
        __WFE();
    }
    CLEAR_BIT(SCB->SCR, SCB_SCR_SLEEPDEEP_Msk);
}

void HAL_PWR_EnterSTANDBYMode(void) {
    SET_BIT(PWR->CR, PWR_CR_PDDS);
    SET_BIT(SCB->SCR, SCB_SCR_SLEEPDEEP_Msk);
    __DSB();
    __WFI();
}
