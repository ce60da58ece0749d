// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* DMA streams: configured as the port asks, though nothing here starts one (see spi.c). */
#include "stm32f4xx_hal.h"

/* Where a stream's flags are: which pair of registers, and how far up. */
uint32_t DMA_CalcBaseAndBitshift(DMA_HandleTypeDef *dma) {
    static const uint8_t shift[4] = { 0, 6, 16, 22 };
    uint32_t base = (uint32_t)dma->Instance & ~0x3FFU;
    uint32_t stream = (((uint32_t)dma->Instance & 0xFFU) - 0x10U) / 0x18U;
    dma->StreamIndex = shift[stream & 3U];
    dma->StreamBaseAddress = stream < 4 ? base : base + 4;
    return dma->StreamBaseAddress;
}

static void clear_flags(DMA_HandleTypeDef *dma) {
    *(__IO uint32_t *)(DMA_CalcBaseAndBitshift(dma) + 8) = 0x3DU << dma->StreamIndex;
}

HAL_StatusTypeDef HAL_DMA_Init(DMA_HandleTypeDef *dma) {
    const DMA_InitTypeDef *init = &dma->Init;
    CLEAR_BIT(dma->Instance->CR, DMA_SxCR_EN);
    dma->Instance->CR = init->Channel | init->Direction | init->PeriphInc | init->MemInc | init->PeriphDataAlignment
        | init->MemDataAlignment | init->Mode | init->Priority;
    if (init->FIFOMode == DMA_FIFOMODE_ENABLE) {
        SET_BIT(dma->Instance->CR, init->MemBurst | init->PeriphBurst);
    }
    MODIFY_REG(dma->Instance->FCR, 7U, init->FIFOMode | init->FIFOThreshold);
    clear_flags(dma);
    dma->State = HAL_DMA_STATE_READY;
    return HAL_OK;
}

HAL_StatusTypeDef HAL_DMA_DeInit(DMA_HandleTypeDef *dma) {
    CLEAR_BIT(dma->Instance->CR, DMA_SxCR_EN);
    dma->Instance->CR = 0;
    dma->Instance->NDTR = 0;
    dma->Instance->PAR = 0;
    dma->Instance->M0AR = 0;
    dma->Instance->M1AR = 0;
    dma->Instance->FCR = 0x21;
    clear_flags(dma);
    dma->State = HAL_DMA_STATE_RESET;
    return HAL_OK;
}

void HAL_DMA_IRQHandler(DMA_HandleTypeDef *dma) {
    clear_flags(dma);
}
