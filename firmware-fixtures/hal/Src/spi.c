// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* SPI, by polling. The DMA variants do the same transfer and are done when they return: the port waits for the state to
   become ready, and that it already is. */
#include "stm32f4xx_hal.h"

/* In milliseconds: what the port grants a transfer. */
#define DMA_TIMEOUT(count) ((count) + 100U)

static HAL_StatusTypeDef wait_sr(SPI_TypeDef *regs, uint32_t flag, uint32_t value, uint32_t start, uint32_t timeout) {
    while ((regs->SR & flag) != value) {
        if (HAL_GetTick() - start > timeout) {
            return HAL_TIMEOUT;
        }
    }
    return HAL_OK;
}

/* SPI sends and receives at once; a side that isn't wanted is zeroes out, or dropped. */
static HAL_StatusTypeDef transfer(SPI_HandleTypeDef *spi, const uint8_t *out, uint8_t *in, uint32_t count, uint32_t timeout) {
    SPI_TypeDef *regs = spi->Instance;
    uint32_t start = HAL_GetTick();
    HAL_StatusTypeDef status = HAL_OK;
    int wide = spi->Init.DataSize == SPI_DATASIZE_16BIT;

    spi->State = HAL_SPI_STATE_BUSY;
    SET_BIT(regs->CR1, SPI_CR1_SPE);
    for (uint32_t i = 0; status == HAL_OK && i < count; ++i) {
        status = wait_sr(regs, SPI_SR_TXE, SPI_SR_TXE, start, timeout);
        if (status == HAL_OK) {
            regs->DR = out == NULL ? 0 : wide ? ((const uint16_t *)(const void *)out)[i] : out[i];
            status = wait_sr(regs, SPI_SR_RXNE, SPI_SR_RXNE, start, timeout);
        }
        if (status == HAL_OK) {
            uint32_t got = regs->DR;
            if (in != NULL && wide) {
                ((uint16_t *)(void *)in)[i] = got;
            } else if (in != NULL) {
                in[i] = got;
            }
        }
    }
    if (status == HAL_OK) {
        status = wait_sr(regs, SPI_SR_BSY, 0, start, timeout);
    }
    spi->State = HAL_SPI_STATE_READY;
    return status;
}

HAL_StatusTypeDef HAL_SPI_Init(SPI_HandleTypeDef *spi) {
    const SPI_InitTypeDef *init = &spi->Init;
    CLEAR_BIT(spi->Instance->CR1, SPI_CR1_SPE);
    spi->Instance->CR1 = init->Mode | init->Direction | init->DataSize | init->CLKPolarity | init->CLKPhase
        | (init->NSS & SPI_CR1_SSM) | init->BaudRatePrescaler | init->FirstBit | init->CRCCalculation;
    spi->Instance->CR2 = (init->NSS >> 16 & 4U) | init->TIMode;
    if (init->CRCCalculation == SPI_CRCCALCULATION_ENABLE) {
        spi->Instance->CRCPR = init->CRCPolynomial;
    }
    CLEAR_BIT(spi->Instance->I2SCFGR, SPI_I2SCFGR_I2SMOD);
    spi->State = HAL_SPI_STATE_READY;
    return HAL_OK;
}

HAL_StatusTypeDef HAL_SPI_DeInit(SPI_HandleTypeDef *spi) {
    CLEAR_BIT(spi->Instance->CR1, SPI_CR1_SPE);
    spi->State = HAL_SPI_STATE_RESET;
    return HAL_OK;
}

HAL_StatusTypeDef HAL_SPI_Transmit(SPI_HandleTypeDef *spi, uint8_t *out, uint16_t count, uint32_t timeout) {
    return transfer(spi, out, NULL, count, timeout);
}

HAL_StatusTypeDef HAL_SPI_Receive(SPI_HandleTypeDef *spi, uint8_t *in, uint16_t count, uint32_t timeout) {
    return transfer(spi, NULL, in, count, timeout);
}

HAL_StatusTypeDef HAL_SPI_TransmitReceive(SPI_HandleTypeDef *spi, uint8_t *out, uint8_t *in, uint16_t count, uint32_t timeout) {
    return transfer(spi, out, in, count, timeout);
}

HAL_StatusTypeDef HAL_SPI_Transmit_DMA(SPI_HandleTypeDef *spi, uint8_t *out, uint16_t count) {
    return transfer(spi, out, NULL, count, DMA_TIMEOUT(count));
}

HAL_StatusTypeDef HAL_SPI_Receive_DMA(SPI_HandleTypeDef *spi, uint8_t *in, uint16_t count) {
    return transfer(spi, NULL, in, count, DMA_TIMEOUT(count));
}

HAL_StatusTypeDef HAL_SPI_TransmitReceive_DMA(SPI_HandleTypeDef *spi, uint8_t *out, uint8_t *in, uint16_t count) {
    return transfer(spi, out, in, count, DMA_TIMEOUT(count));
}

void HAL_SPI_IRQHandler(SPI_HandleTypeDef *spi) {
    (void)spi;
}
