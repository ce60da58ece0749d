// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* Programming and erasing the internal flash, by words, as a supply of 2.7 to 3.6 V allows. */
#include "stm32f4xx_hal.h"

/* Erasing 128 KB takes up to 2 s; with byte-wide programming, 4 s. */
#define FLASH_TIMEOUT (50000)

#define KEY1 (0x45670123U)
#define KEY2 (0xCDEF89ABU)
#define ERRORS (FLASH_SR_OPERR | FLASH_SR_WRPERR | FLASH_SR_PGAERR | FLASH_SR_PGPERR | FLASH_SR_PGSERR)

static HAL_StatusTypeDef finish(void) {
    uint32_t start = HAL_GetTick();
    while (FLASH->SR & FLASH_SR_BSY) {
        if (HAL_GetTick() - start > FLASH_TIMEOUT) {
            return HAL_TIMEOUT;
        }
    }
    uint32_t status = FLASH->SR;
    if (status & FLASH_SR_EOP) {
        FLASH->SR = FLASH_SR_EOP;
    }
    if (status & ERRORS) {
        FLASH->SR = ERRORS;
        return HAL_ERROR;
    }
    return HAL_OK;
}

HAL_StatusTypeDef HAL_FLASH_Unlock(void) {
    /* A key written to an open register would lock it until reset. */
    if (FLASH->CR & FLASH_CR_LOCK) {
        FLASH->KEYR = KEY1;
        FLASH->KEYR = KEY2;
    }
    return FLASH->CR & FLASH_CR_LOCK ? HAL_ERROR : HAL_OK;
}

HAL_StatusTypeDef HAL_FLASH_Lock(void) {
    SET_BIT(FLASH->CR, FLASH_CR_LOCK);
    return HAL_OK;
}

HAL_StatusTypeDef HAL_FLASH_Program(uint32_t type, uint32_t address, uint64_t data) {
    if (type != FLASH_TYPEPROGRAM_WORD) {
        return HAL_ERROR;
    }
    HAL_StatusTypeDef status = finish();
    if (status != HAL_OK) {
        return status;
    }
    MODIFY_REG(FLASH->CR, FLASH_CR_PSIZE, FLASH_CR_PSIZE_1 | FLASH_CR_PG);
    *(__IO uint32_t *)address = (uint32_t)data;
    __DSB();
    status = finish();
    CLEAR_BIT(FLASH->CR, FLASH_CR_PG);
    return status;
}

/* A cache is emptied only while it is off. */
static void flush_caches(void) {
    uint32_t acr = FLASH->ACR;
    FLASH->ACR = acr & ~(FLASH_ACR_ICEN | FLASH_ACR_DCEN);
    SET_BIT(FLASH->ACR, FLASH_ACR_ICRST | FLASH_ACR_DCRST);
    CLEAR_BIT(FLASH->ACR, FLASH_ACR_ICRST | FLASH_ACR_DCRST);
    FLASH->ACR = acr;
}

HAL_StatusTypeDef HAL_FLASHEx_Erase(FLASH_EraseInitTypeDef *init, uint32_t *failed_sector) {
    *failed_sector = 0xFFFFFFFFU;
    HAL_StatusTypeDef status = finish();
    for (uint32_t sector = init->Sector; status == HAL_OK && sector < init->Sector + init->NbSectors; ++sector) {
        MODIFY_REG(FLASH->CR, FLASH_CR_PSIZE | FLASH_CR_SNB,
            FLASH_CR_PSIZE_1 | FLASH_CR_SER | sector << FLASH_CR_SNB_Pos);
        SET_BIT(FLASH->CR, FLASH_CR_STRT);
        status = finish();
        CLEAR_BIT(FLASH->CR, FLASH_CR_SER | FLASH_CR_SNB);
        if (status != HAL_OK) {
            *failed_sector = sector;
        }
    }
    flush_caches();
    return status;
}
