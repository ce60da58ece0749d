// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* Serial ports: the frame and the baud rate. Everything else the port does on the registers itself. */
#include "stm32f4xx_hal.h"

HAL_StatusTypeDef HAL_UART_Init(UART_HandleTypeDef *uart) {
    USART_TypeDef *regs = uart->Instance;
    const UART_InitTypeDef *init = &uart->Init;
    uint32_t clock = regs == USART1 || regs == USART6 ? HAL_RCC_GetPCLK2Freq() : HAL_RCC_GetPCLK1Freq();

    CLEAR_BIT(regs->CR1, USART_CR1_UE);
    MODIFY_REG(regs->CR2, USART_CR2_STOP, init->StopBits);
    MODIFY_REG(regs->CR1, USART_CR1_M | USART_CR1_PCE | USART_CR1_PS | USART_CR1_TE | USART_CR1_RE | USART_CR1_OVER8,
        init->WordLength | init->Parity | init->Mode | init->OverSampling);
    MODIFY_REG(regs->CR3, USART_CR3_RTSE | USART_CR3_CTSE, init->HwFlowCtl);
    LL_USART_SetBaudRate(regs, clock, LL_USART_OVERSAMPLING_16, init->BaudRate);
    SET_BIT(regs->CR1, USART_CR1_UE);
    return HAL_OK;
}
