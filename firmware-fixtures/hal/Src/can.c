// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* CAN: initialization and filters (RM0090 32.4, 32.7.4). Frames are sent and received by the port itself. */
#include "stm32f4xx_hal.h"

/* In milliseconds: to enter or leave initialization, which takes 11 recessive bits on the bus. */
#define CAN_TIMEOUT (10U)

static int await_init(CAN_TypeDef *regs, uint32_t expected) {
    uint32_t start = HAL_GetTick();
    while ((regs->MSR & CAN_MSR_INAK) != expected) {
        if (HAL_GetTick() - start > CAN_TIMEOUT) {
            return 0;
        }
    }
    return 1;
}

HAL_StatusTypeDef HAL_CAN_Init(CAN_HandleTypeDef *can) {
    const CAN_InitTypeDef *init = &can->Init;
    CAN_TypeDef *regs = can->Instance;

    CLEAR_BIT(regs->MCR, CAN_MCR_SLEEP);
    SET_BIT(regs->MCR, CAN_MCR_INRQ);
    if (!await_init(regs, CAN_MSR_INAK)) {
        return HAL_TIMEOUT;
    }
    MODIFY_REG(regs->MCR, CAN_MCR_TTCM | CAN_MCR_ABOM | CAN_MCR_AWUM | CAN_MCR_NART | CAN_MCR_RFLM | CAN_MCR_TXFP,
        (init->TTCM ? CAN_MCR_TTCM : 0) | (init->ABOM ? CAN_MCR_ABOM : 0) | (init->AWUM ? CAN_MCR_AWUM : 0)
        | (init->NART ? CAN_MCR_NART : 0) | (init->RFLM ? CAN_MCR_RFLM : 0) | (init->TXFP ? CAN_MCR_TXFP : 0));
    regs->BTR = init->Mode | init->SJW | init->BS1 | init->BS2 | (init->Prescaler - 1U);
    CLEAR_BIT(regs->MCR, CAN_MCR_INRQ);
    return await_init(regs, 0) ? HAL_OK : HAL_TIMEOUT;
}

/* The caller resets the peripheral by its bit of the RCC. */
HAL_StatusTypeDef HAL_CAN_DeInit(CAN_HandleTypeDef *can) {
    UNUSED(can);
    return HAL_OK;
}

/* The filters of both are registers of CAN 1. */
HAL_StatusTypeDef HAL_CAN_ConfigFilter(CAN_HandleTypeDef *can, CAN_FilterConfTypeDef *filter) {
    uint32_t bank = 1U << filter->FilterNumber;
    CAN_FilterRegister_TypeDef *words = &CAN1->sFilterRegister[filter->FilterNumber];
    UNUSED(can);

    SET_BIT(CAN1->FMR, CAN_FMR_FINIT);
    MODIFY_REG(CAN1->FMR, CAN_FMR_CAN2SB, filter->BankNumber << CAN_FMR_CAN2SB_Pos);
    CLEAR_BIT(CAN1->FA1R, bank);
    if (filter->FilterScale == CAN_FILTERSCALE_16BIT) {
        CLEAR_BIT(CAN1->FS1R, bank);
        words->FR1 = (filter->FilterMaskIdLow & 0xFFFFU) << 16 | (filter->FilterIdLow & 0xFFFFU);
        words->FR2 = (filter->FilterMaskIdHigh & 0xFFFFU) << 16 | (filter->FilterIdHigh & 0xFFFFU);
    } else {
        SET_BIT(CAN1->FS1R, bank);
        words->FR1 = (filter->FilterIdHigh & 0xFFFFU) << 16 | (filter->FilterIdLow & 0xFFFFU);
        words->FR2 = (filter->FilterMaskIdHigh & 0xFFFFU) << 16 | (filter->FilterMaskIdLow & 0xFFFFU);
    }
    MODIFY_REG(CAN1->FM1R, bank, filter->FilterMode == CAN_FILTERMODE_IDLIST ? bank : 0U);
    MODIFY_REG(CAN1->FFA1R, bank, filter->FilterFIFOAssignment == CAN_FILTER_FIFO1 ? bank : 0U);
    MODIFY_REG(CAN1->FA1R, bank, filter->FilterActivation ? bank : 0U);
    CLEAR_BIT(CAN1->FMR, CAN_FMR_FINIT);
    return HAL_OK;
}
