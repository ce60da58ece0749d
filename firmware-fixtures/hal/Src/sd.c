// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* SD cards on SDIO (RM0090 chapter 31), by polling. The DMA variants do the same transfer and are done when they return. */
#include "stm32f4xx_hal.h"

/* Of the clock that SDIO runs from, in kHz, and what divides it while a card is identified, at 400 kHz. */
#define SDIO_CLOCK (48000U)
#define IDENTIFICATION_DIV (118U)

/* In milliseconds. The supply rises, and the card has had its first 74 clocks; a command that SDIO itself doesn't end, 64
   clocks after it; a block that is read or programmed; what the port grants a transfer. */
#define POWER_UP_TIME (2U)
#define COMMAND_TIMEOUT (100U)
#define BLOCK_TIMEOUT (500U)
#define DMA_TIMEOUT (30000U)

/* A card may take a second to get ready, and each time it is asked takes half a millisecond or more. */
#define READY_TRIES (2500U)

#define BLOCK_SIZE (512U)
#define BLOCK_SIZE_LOG2 (9U)
#define FIFO_WORDS (32U)

enum {
    GO_IDLE_STATE = 0,
    ALL_SEND_CID = 2,
    SEND_RELATIVE_ADDR = 3,
    SET_BUS_WIDTH = 6, /* after APP_CMD */
    SELECT_CARD = 7,
    SEND_IF_COND = 8,
    SEND_CSD = 9,
    STOP_TRANSMISSION = 12,
    SEND_STATUS = 13,
    SET_BLOCKLEN = 16,
    READ_SINGLE_BLOCK = 17,
    READ_MULTIPLE_BLOCK = 18,
    WRITE_BLOCK = 24,
    WRITE_MULTIPLE_BLOCK = 25,
    SD_SEND_OP_COND = 41, /* after APP_CMD */
    APP_CMD = 55,
};

/* WAITRESP. */
#define NO_RESPONSE (0U << SDIO_CMD_WAITRESP_Pos)
#define SHORT_RESPONSE (1U << SDIO_CMD_WAITRESP_Pos)
#define LONG_RESPONSE (3U << SDIO_CMD_WAITRESP_Pos)

/* 2.7 to 3.6 V, and a pattern that a card of version 2 sends back. */
#define INTERFACE_CONDITION (0x1AAU)
/* The same range as bits of the OCR; blocks as addresses, which the host offers and the card takes; ready. */
#define OCR_VOLTAGES (0xFF8000U)
#define OCR_HIGH_CAPACITY (1U << 30)
#define OCR_READY (1U << 31)

/* What is an error in a card's status, R1; in R6 three of them stand elsewhere. */
#define R1_ERRORS (0xFDF98008U)
#define R1_OUT_OF_RANGE (1U << 31)
#define R6_ERRORS (7U << 13)
#define R1_STATE_Pos (9U)

#define COMMAND_FLAGS (SDIO_STA_CCRCFAIL | SDIO_STA_CTIMEOUT | SDIO_STA_CMDREND | SDIO_STA_CMDSENT)
#define TRANSFER_ERRORS (SDIO_STA_DCRCFAIL | SDIO_STA_DTIMEOUT | SDIO_STA_TXUNDERR | SDIO_STA_RXOVERR | SDIO_STA_STBITERR)

/* A command, and the card's answer to it. Like all here that return a number: 0, or what of HAL_SD_ERROR went wrong. */
static uint32_t send(SDIO_TypeDef *regs, uint32_t command, uint32_t argument, uint32_t response) {
    uint32_t end = response == NO_RESPONSE ? SDIO_STA_CMDSENT : SDIO_STA_CMDREND | SDIO_STA_CCRCFAIL | SDIO_STA_CTIMEOUT;
    uint32_t start = HAL_GetTick();

    regs->ICR = COMMAND_FLAGS;
    regs->ARG = argument;
    regs->CMD = command | response | SDIO_CMD_CPSMEN;
    for (;;) {
        uint32_t flags = regs->STA & end;
        if (flags != 0) {
            regs->ICR = COMMAND_FLAGS;
            return flags & (SDIO_STA_CCRCFAIL | SDIO_STA_CTIMEOUT);
        }
        if (HAL_GetTick() - start > COMMAND_TIMEOUT) {
            return HAL_SD_ERROR_TIMEOUT;
        }
    }
}

/* A command that the card answers with its status. */
static uint32_t ask(SDIO_TypeDef *regs, uint32_t command, uint32_t argument) {
    uint32_t error = send(regs, command, argument, SHORT_RESPONSE);
    if (error == HAL_SD_ERROR_NONE && (regs->RESPCMD != command || (regs->RESP1 & R1_ERRORS) != 0)) {
        error = HAL_SD_ERROR_GENERAL_UNKNOWN_ERR;
    }
    return error;
}

/* The card's supply voltage, and how it counts. It has to be asked until it is ready. */
static uint32_t negotiate(SDIO_TypeDef *regs, HAL_SD_CardInfoTypeDef *card) {
    uint32_t error = send(regs, GO_IDLE_STATE, 0, NO_RESPONSE);
    if (error != HAL_SD_ERROR_NONE) {
        return error;
    }

    card->CardVersion = CARD_V2_X;
    error = send(regs, SEND_IF_COND, INTERFACE_CONDITION, SHORT_RESPONSE);
    if (error == HAL_SD_ERROR_NONE && (regs->RESP1 & 0xFFFU) != INTERFACE_CONDITION) {
        return HAL_SD_ERROR_INVALID_VOLTRANGE;
    }
    if (error != HAL_SD_ERROR_NONE) {
        /* Silence: one of version 1, or none. To the former that was an error, which it is to forget. */
        card->CardVersion = CARD_V1_X;
        error = send(regs, GO_IDLE_STATE, 0, NO_RESPONSE);
    }

    uint32_t offered = OCR_VOLTAGES | (card->CardVersion == CARD_V2_X ? OCR_HIGH_CAPACITY : 0);
    for (uint32_t i = 0; error == HAL_SD_ERROR_NONE && i < READY_TRIES; ++i) {
        error = ask(regs, APP_CMD, 0);
        if (error == HAL_SD_ERROR_NONE) {
            error = send(regs, SD_SEND_OP_COND, offered, SHORT_RESPONSE);
            /* R3 has no checksum, so that SDIO finds it wrong. */
            error &= ~HAL_SD_ERROR_CMD_CRC_FAIL;
        }
        if (error == HAL_SD_ERROR_NONE && (regs->RESP1 & OCR_READY)) {
            card->CardType = regs->RESP1 & OCR_HIGH_CAPACITY ? CARD_SDHC_SDXC : CARD_SDSC;
            return HAL_SD_ERROR_NONE;
        }
    }
    return error != HAL_SD_ERROR_NONE ? error : HAL_SD_ERROR_INVALID_VOLTRANGE;
}

/* From the CSD, of which RESP1 has the highest 32 bits. */
static uint32_t read_capacity(SDIO_TypeDef *regs, HAL_SD_CardInfoTypeDef *card) {
    uint32_t high = regs->RESP2;
    uint32_t low = regs->RESP3;

    card->LogBlockSize = BLOCK_SIZE;
    switch (regs->RESP1 >> 30) {
        case 0: {
            uint32_t units = ((high & 0x3FFU) << 2 | low >> 30) + 1U;
            uint32_t unit_log2 = (low >> 15 & 7U) + 2U + (high >> 16 & 15U);
            if (unit_log2 < BLOCK_SIZE_LOG2) {
                return HAL_SD_ERROR_UNSUPPORTED_FEATURE;
            }
            card->LogBlockNbr = units << (unit_log2 - BLOCK_SIZE_LOG2);
            return HAL_SD_ERROR_NONE;
        }
        case 1:
            /* In units of 512 KB. */
            card->LogBlockNbr = (((high & 0x3FU) << 16 | low >> 16) + 1U) << 10;
            return HAL_SD_ERROR_NONE;
        default:
            return HAL_SD_ERROR_UNSUPPORTED_FEATURE;
    }
}

/* The card gets an address, tells its size and is selected. */
static uint32_t identify(SDIO_TypeDef *regs, HAL_SD_CardInfoTypeDef *card) {
    uint32_t error = send(regs, ALL_SEND_CID, 0, LONG_RESPONSE);
    if (error == HAL_SD_ERROR_NONE) {
        error = send(regs, SEND_RELATIVE_ADDR, 0, SHORT_RESPONSE);
    }
    if (error == HAL_SD_ERROR_NONE && (regs->RESP1 & R6_ERRORS)) {
        error = HAL_SD_ERROR_GENERAL_UNKNOWN_ERR;
    }
    if (error == HAL_SD_ERROR_NONE) {
        card->RelCardAdd = regs->RESP1 >> 16;
        error = send(regs, SEND_CSD, card->RelCardAdd << 16, LONG_RESPONSE);
    }
    if (error == HAL_SD_ERROR_NONE) {
        error = read_capacity(regs, card);
    }
    if (error == HAL_SD_ERROR_NONE) {
        error = ask(regs, SELECT_CARD, card->RelCardAdd << 16);
    }
    if (error == HAL_SD_ERROR_NONE && card->CardType == CARD_SDSC) {
        error = ask(regs, SET_BLOCKLEN, BLOCK_SIZE);
    }
    return error;
}

/* A card that was sent more than one block, or was to send them. It may have begun on one behind the last. */
static uint32_t stop(SDIO_TypeDef *regs) {
    uint32_t error = send(regs, STOP_TRANSMISSION, 0, SHORT_RESPONSE);
    if (error == HAL_SD_ERROR_NONE && (regs->RESP1 & (R1_ERRORS & ~R1_OUT_OF_RANGE)) != 0) {
        error = HAL_SD_ERROR_GENERAL_UNKNOWN_ERR;
    }
    return error;
}

/* The words of all blocks, one way or the other, until SDIO says that they are over. */
static uint32_t move(SDIO_TypeDef *regs, uint32_t *in, const uint32_t *out, uint32_t words, uint32_t timeout) {
    uint32_t start = HAL_GetTick();
    for (;;) {
        uint32_t flags = regs->STA;
        if (flags & TRANSFER_ERRORS) {
            uint32_t error = flags & (TRANSFER_ERRORS & ~SDIO_STA_STBITERR);
            return error != 0 ? error : HAL_SD_ERROR_GENERAL_UNKNOWN_ERR;
        }
        if (words > 0 && in != NULL && (flags & SDIO_STA_RXDAVL)) {
            *in++ = regs->FIFO;
            --words;
        } else if (words > 0 && out != NULL && !(flags & SDIO_STA_TXFIFOF)) {
            regs->FIFO = *out++;
            --words;
        } else if (words == 0 && (flags & SDIO_STA_DATAEND)) {
            return HAL_SD_ERROR_NONE;
        }
        if (HAL_GetTick() - start > timeout) {
            return HAL_SD_ERROR_TIMEOUT;
        }
    }
}

static HAL_StatusTypeDef transfer(SD_HandleTypeDef *sd, uint8_t *in, const uint8_t *out, uint32_t block, uint32_t count, uint32_t timeout) {
    SDIO_TypeDef *regs = sd->Instance;
    uint32_t place = sd->SdCard.CardType == CARD_SDHC_SDXC ? block : block * BLOCK_SIZE;
    uint32_t control = BLOCK_SIZE_LOG2 << SDIO_DCTRL_DBLOCKSIZE_Pos | SDIO_DCTRL_DTEN;
    uint32_t command = in != NULL ? (count > 1 ? READ_MULTIPLE_BLOCK : READ_SINGLE_BLOCK) : (count > 1 ? WRITE_MULTIPLE_BLOCK : WRITE_BLOCK);
    uint32_t error;

    if (sd->State != HAL_SD_STATE_READY) {
        return HAL_BUSY;
    }
    if (count == 0 || block >= sd->SdCard.LogBlockNbr || count > sd->SdCard.LogBlockNbr - block) {
        sd->ErrorCode = HAL_SD_ERROR_ADDR_OUT_OF_RANGE;
        return HAL_ERROR;
    }

    sd->State = HAL_SD_STATE_BUSY;
    regs->DCTRL = 0;
    regs->ICR = SDMMC_STATIC_FLAGS;
    regs->DTIMER = BLOCK_TIMEOUT * (SDIO_CLOCK / (sd->Init.ClockDiv + 2U));
    regs->DLEN = count * BLOCK_SIZE;
    /* SDIO has to listen before a card is told to speak, and may speak only when the card listens. */
    if (in != NULL) {
        regs->DCTRL = control | SDIO_DCTRL_DTDIR;
    }
    error = ask(regs, command, place);
    if (error == HAL_SD_ERROR_NONE) {
        if (out != NULL) {
            regs->DCTRL = control;
        }
        error = move(regs, (uint32_t *)(void *)in, (const uint32_t *)(const void *)out, count * (BLOCK_SIZE / 4U), timeout);
        /* Many blocks go on until they are stopped, and a card that was left in the middle of one waits for that, too. */
        if (count > 1 || error != HAL_SD_ERROR_NONE) {
            error |= stop(regs);
        }
    }
    regs->DCTRL = 0;
    for (uint32_t i = 0; i < FIFO_WORDS && (regs->STA & SDIO_STA_RXDAVL); ++i) {
        (void)regs->FIFO;
    }
    regs->ICR = SDMMC_STATIC_FLAGS;

    sd->ErrorCode = error;
    sd->State = HAL_SD_STATE_READY;
    return error == HAL_SD_ERROR_NONE ? HAL_OK : HAL_ERROR;
}

/* If there is no card, or none that answers, SDIO is left as it is, and may be tried again. */
HAL_StatusTypeDef HAL_SD_Init(SD_HandleTypeDef *sd) {
    const SD_InitTypeDef *init = &sd->Init;
    SDIO_TypeDef *regs = sd->Instance;

    if (sd->State == HAL_SD_STATE_RESET) {
        HAL_SD_MspInit(sd);
    }
    sd->State = HAL_SD_STATE_BUSY;
    regs->MASK = 0;
    regs->DCTRL = 0;
    regs->CLKCR = IDENTIFICATION_DIV | SDIO_CLKCR_CLKEN;
    regs->POWER = SDIO_POWER_PWRCTRL_ON;
    HAL_Delay(POWER_UP_TIME);

    sd->ErrorCode = negotiate(regs, &sd->SdCard);
    if (sd->ErrorCode == HAL_SD_ERROR_NONE) {
        sd->ErrorCode = identify(regs, &sd->SdCard);
    }
    if (sd->ErrorCode == HAL_SD_ERROR_NONE) {
        regs->CLKCR = init->ClockEdge | init->ClockBypass | init->ClockPowerSave | init->BusWide | init->HardwareFlowControl
            | init->ClockDiv | SDIO_CLKCR_CLKEN;
    }
    sd->State = HAL_SD_STATE_READY;
    return sd->ErrorCode == HAL_SD_ERROR_NONE ? HAL_OK : HAL_ERROR;
}

HAL_StatusTypeDef HAL_SD_DeInit(SD_HandleTypeDef *sd) {
    sd->Instance->POWER = 0;
    HAL_SD_MspDeInit(sd);
    sd->ErrorCode = HAL_SD_ERROR_NONE;
    sd->State = HAL_SD_STATE_RESET;
    return HAL_OK;
}

/* Every SD card has four lines, and none has eight. */
HAL_StatusTypeDef HAL_SD_ConfigWideBusOperation(SD_HandleTypeDef *sd, uint32_t width) {
    SDIO_TypeDef *regs = sd->Instance;
    uint32_t error = width == SDIO_BUS_WIDE_8B ? HAL_SD_ERROR_UNSUPPORTED_FEATURE
        : ask(regs, APP_CMD, sd->SdCard.RelCardAdd << 16);
    if (error == HAL_SD_ERROR_NONE) {
        error = ask(regs, SET_BUS_WIDTH, width == SDIO_BUS_WIDE_4B ? 2U : 0U);
    }
    if (error == HAL_SD_ERROR_NONE) {
        MODIFY_REG(regs->CLKCR, SDIO_CLKCR_WIDBUS, width);
    }
    sd->ErrorCode = error;
    return error == HAL_SD_ERROR_NONE ? HAL_OK : HAL_ERROR;
}

HAL_StatusTypeDef HAL_SD_GetCardInfo(SD_HandleTypeDef *sd, HAL_SD_CardInfoTypeDef *info) {
    *info = sd->SdCard;
    return HAL_OK;
}

HAL_SD_CardStateTypeDef HAL_SD_GetCardState(SD_HandleTypeDef *sd) {
    sd->ErrorCode = ask(sd->Instance, SEND_STATUS, sd->SdCard.RelCardAdd << 16);
    return sd->ErrorCode == HAL_SD_ERROR_NONE ? (HAL_SD_CardStateTypeDef)(sd->Instance->RESP1 >> R1_STATE_Pos & 15U) : HAL_SD_CARD_ERROR;
}

HAL_StatusTypeDef HAL_SD_ReadBlocks(SD_HandleTypeDef *sd, uint8_t *in, uint32_t block, uint32_t count, uint32_t timeout) {
    return transfer(sd, in, NULL, block, count, timeout);
}

HAL_StatusTypeDef HAL_SD_WriteBlocks(SD_HandleTypeDef *sd, uint8_t *out, uint32_t block, uint32_t count, uint32_t timeout) {
    return transfer(sd, NULL, out, block, count, timeout);
}

HAL_StatusTypeDef HAL_SD_ReadBlocks_DMA(SD_HandleTypeDef *sd, uint8_t *in, uint32_t block, uint32_t count) {
    return transfer(sd, in, NULL, block, count, DMA_TIMEOUT);
}

HAL_StatusTypeDef HAL_SD_WriteBlocks_DMA(SD_HandleTypeDef *sd, uint8_t *out, uint32_t block, uint32_t count) {
    return transfer(sd, NULL, out, block, count, DMA_TIMEOUT);
}

/* MASK stays 0: nothing of the above interrupts. */
void HAL_SD_IRQHandler(SD_HandleTypeDef *sd) {
    sd->Instance->MASK = 0;
}
