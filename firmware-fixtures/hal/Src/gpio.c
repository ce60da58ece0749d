// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* Pins, and the EXTI lines behind them. */
#include "stm32f4xx_hal.h"

#define MODE_IT (1U << 16)
#define MODE_EVENT (1U << 17)
#define MODE_RISING (1U << 20)
#define MODE_FALLING (1U << 21)

static void set_line(__IO uint32_t *reg, uint32_t line, uint32_t on) {
    if (on) {
        SET_BIT(*reg, line);
    } else {
        CLEAR_BIT(*reg, line);
    }
}

static void config_pin(GPIO_TypeDef *port, uint32_t n, const GPIO_InitTypeDef *init) {
    uint32_t mode = init->Mode & 3U;
    if (mode == GPIO_MODE_OUTPUT_PP || mode == GPIO_MODE_AF_PP) {
        MODIFY_REG(port->OSPEEDR, 3U << 2 * n, init->Speed << 2 * n);
        MODIFY_REG(port->OTYPER, 1U << n, (init->Mode >> 4 & 1U) << n);
    }
    MODIFY_REG(port->PUPDR, 3U << 2 * n, init->Pull << 2 * n);
    if (mode == GPIO_MODE_AF_PP) {
        uint32_t shift = 4 * (n & 7U);
        MODIFY_REG(port->AFR[n >> 3], 0xFU << shift, init->Alternate << shift);
    }
    MODIFY_REG(port->MODER, 3U << 2 * n, mode << 2 * n);
}

static void config_line(GPIO_TypeDef *port, uint32_t n, uint32_t mode) {
    __HAL_RCC_SYSCFG_CLK_ENABLE();
    uint32_t shift = 4 * (n & 3U);
    MODIFY_REG(SYSCFG->EXTICR[n >> 2], 0xFU << shift, GPIO_GET_INDEX(port) << shift);
    /* Edges before masks, so that a line doesn't fire while it is set up. */
    set_line(&EXTI->RTSR, 1U << n, mode & MODE_RISING);
    set_line(&EXTI->FTSR, 1U << n, mode & MODE_FALLING);
    set_line(&EXTI->EMR, 1U << n, mode & MODE_EVENT);
    set_line(&EXTI->IMR, 1U << n, mode & MODE_IT);
}

void HAL_GPIO_Init(GPIO_TypeDef *port, GPIO_InitTypeDef *init) {
    for (uint32_t n = 0; n < 16; ++n) {
        if (init->Pin & 1U << n) {
            config_pin(port, n, init);
            if (init->Mode & (MODE_IT | MODE_EVENT)) {
                config_line(port, n, init->Mode);
            }
        }
    }
}
