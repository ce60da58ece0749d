// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* The core's own peripherals: tick, interrupt controller, and the chip's identity. */
#include "stm32f4xx_hal.h"

/* Counted up by the port's SysTick handler. */
__IO uint32_t uwTick;

uint32_t HAL_GetTick(void) {
    return uwTick;
}

HAL_StatusTypeDef HAL_InitTick(uint32_t priority) {
    if (SysTick_Config(SystemCoreClock / 1000)) {
        return HAL_ERROR;
    }
    NVIC_SetPriority(SysTick_IRQn, NVIC_EncodePriority(NVIC_GetPriorityGrouping(), priority, 0));
    return HAL_OK;
}

void HAL_NVIC_EnableIRQ(IRQn_Type irq) {
    NVIC_EnableIRQ(irq);
}

void HAL_NVIC_DisableIRQ(IRQn_Type irq) {
    NVIC_DisableIRQ(irq);
}

uint32_t HAL_GetDEVID(void) {
    return DBGMCU->IDCODE & 0xFFF;
}

uint32_t HAL_GetREVID(void) {
    return DBGMCU->IDCODE >> 16;
}
