// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* Timers: counting, output compare, PWM, input capture, encoders. */
#include "stm32f4xx_hal.h"

/* A channel's enable bits in CCER, and the bits that tell whether any channel is on. */
#define CCE(channel) (1U << (channel))
#define CCNE(channel) (4U << (channel))
#define ANY_CHANNEL (0x1111U)
#define ANY_COMPLEMENT (0x0444U)
/* A channel's interrupt in DIER: channel is 4 times its number less 1. */
#define CCIE(channel) (2U << ((channel) >> 2))

static int counts_both_ways(TIM_TypeDef *regs) {
    return regs == TIM1 || regs == TIM2 || regs == TIM3 || regs == TIM4 || regs == TIM5 || regs == TIM8;
}

static void set_base(TIM_HandleTypeDef *tim) {
    TIM_TypeDef *regs = tim->Instance;
    const TIM_Base_InitTypeDef *init = &tim->Init;

    uint32_t cr1 = regs->CR1;
    if (counts_both_ways(regs)) {
        cr1 = (cr1 & ~(TIM_CR1_DIR | TIM_CR1_CMS)) | init->CounterMode;
    }
    if (regs != TIM6 && regs != TIM7) {
        cr1 = (cr1 & ~TIM_CR1_CKD) | init->ClockDivision;
    }
    regs->CR1 = cr1;
    regs->ARR = init->Period;
    regs->PSC = init->Prescaler;
    if (IS_TIM_ADVANCED_INSTANCE(regs)) {
        regs->RCR = init->RepetitionCounter;
    }
    /* Prescaler and repetitions are taken over by an update. */
    regs->EGR = TIM_EGR_UG;
    tim->State = HAL_TIM_STATE_READY;
}

static HAL_StatusTypeDef start(TIM_HandleTypeDef *tim, uint32_t ccer, uint32_t dier, int drives_pins) {
    SET_BIT(tim->Instance->DIER, dier);
    SET_BIT(tim->Instance->CCER, ccer);
    if (drives_pins && IS_TIM_ADVANCED_INSTANCE(tim->Instance)) {
        SET_BIT(tim->Instance->BDTR, TIM_BDTR_MOE);
    }
    SET_BIT(tim->Instance->CR1, TIM_CR1_CEN);
    return HAL_OK;
}

/* The counter, and the outputs of an advanced timer, go off with the last channel. */
static HAL_StatusTypeDef stop(TIM_HandleTypeDef *tim, uint32_t ccer, uint32_t dier) {
    CLEAR_BIT(tim->Instance->DIER, dier);
    CLEAR_BIT(tim->Instance->CCER, ccer);
    if (!(tim->Instance->CCER & (ANY_CHANNEL | ANY_COMPLEMENT))) {
        if (IS_TIM_ADVANCED_INSTANCE(tim->Instance)) {
            CLEAR_BIT(tim->Instance->BDTR, TIM_BDTR_MOE);
        }
        CLEAR_BIT(tim->Instance->CR1, TIM_CR1_CEN);
    }
    return HAL_OK;
}

/* Replace a channel's half of CCMR1 or CCMR2. */
static void set_ccmr(TIM_TypeDef *regs, uint32_t channel, uint32_t value) {
    __IO uint32_t *ccmr = channel >= TIM_CHANNEL_3 ? &regs->CCMR2 : &regs->CCMR1;
    uint32_t shift = channel & 4U ? 8 : 0;
    MODIFY_REG(*ccmr, 0xFFU << shift, value << shift);
}

static void set_output(TIM_HandleTypeDef *tim, const TIM_OC_InitTypeDef *init, uint32_t channel, uint32_t ccmr) {
    TIM_TypeDef *regs = tim->Instance;
    CLEAR_BIT(regs->CCER, CCE(channel));
    set_ccmr(regs, channel, init->OCMode | ccmr);

    uint32_t clear = TIM_OCPOLARITY_LOW;
    uint32_t set = init->OCPolarity;
    if (IS_TIM_ADVANCED_INSTANCE(regs)) {
        uint32_t idle = TIM_OCIDLESTATE_SET;
        uint32_t state = init->OCIdleState;
        if (channel != TIM_CHANNEL_4) {
            clear |= TIM_OCNPOLARITY_LOW | CCNE(TIM_CHANNEL_1);
            set |= init->OCNPolarity;
            idle |= TIM_OCNIDLESTATE_SET;
            state |= init->OCNIdleState;
        }
        MODIFY_REG(regs->CR2, idle << (channel >> 1), state << (channel >> 1));
    }
    MODIFY_REG(regs->CCER, clear << channel, set << channel);
    (&regs->CCR1)[channel >> 2] = init->Pulse;
}

static void set_input(TIM_TypeDef *regs, uint32_t channel, uint32_t polarity, uint32_t selection, uint32_t prescaler,
    uint32_t filter) {
    CLEAR_BIT(regs->CCER, CCE(channel));
    set_ccmr(regs, channel, selection | prescaler | filter << 4);
    MODIFY_REG(regs->CCER, TIM_ICPOLARITY_BOTHEDGE << channel, polarity << channel);
}

HAL_StatusTypeDef HAL_TIM_Base_Init(TIM_HandleTypeDef *tim) {
    set_base(tim);
    return HAL_OK;
}

HAL_StatusTypeDef HAL_TIM_Base_Start(TIM_HandleTypeDef *tim) {
    return start(tim, 0, 0, 0);
}

HAL_StatusTypeDef HAL_TIM_Base_Start_IT(TIM_HandleTypeDef *tim) {
    return start(tim, 0, TIM_IT_UPDATE, 0);
}

HAL_StatusTypeDef HAL_TIM_Base_Stop(TIM_HandleTypeDef *tim) {
    return stop(tim, 0, 0);
}

HAL_StatusTypeDef HAL_TIM_PWM_Init(TIM_HandleTypeDef *tim) {
    set_base(tim);
    return HAL_OK;
}

HAL_StatusTypeDef HAL_TIM_PWM_ConfigChannel(TIM_HandleTypeDef *tim, TIM_OC_InitTypeDef *init, uint32_t channel) {
    /* Preloaded, so that a new width begins with a period. */
    set_output(tim, init, channel, 1U << 3 | init->OCFastMode);
    return HAL_OK;
}

HAL_StatusTypeDef HAL_TIM_PWM_Start(TIM_HandleTypeDef *tim, uint32_t channel) {
    return start(tim, CCE(channel), 0, 1);
}

HAL_StatusTypeDef HAL_TIM_PWM_Start_IT(TIM_HandleTypeDef *tim, uint32_t channel) {
    return start(tim, CCE(channel), CCIE(channel), 1);
}

HAL_StatusTypeDef HAL_TIM_PWM_Stop_IT(TIM_HandleTypeDef *tim, uint32_t channel) {
    return stop(tim, CCE(channel), CCIE(channel));
}

HAL_StatusTypeDef HAL_TIM_OC_ConfigChannel(TIM_HandleTypeDef *tim, TIM_OC_InitTypeDef *init, uint32_t channel) {
    set_output(tim, init, channel, 0);
    return HAL_OK;
}

HAL_StatusTypeDef HAL_TIM_OC_Start(TIM_HandleTypeDef *tim, uint32_t channel) {
    return start(tim, CCE(channel), 0, 1);
}

HAL_StatusTypeDef HAL_TIM_OC_Start_IT(TIM_HandleTypeDef *tim, uint32_t channel) {
    return start(tim, CCE(channel), CCIE(channel), 1);
}

HAL_StatusTypeDef HAL_TIM_OC_Stop_IT(TIM_HandleTypeDef *tim, uint32_t channel) {
    return stop(tim, CCE(channel), CCIE(channel));
}

HAL_StatusTypeDef HAL_TIMEx_PWMN_Start(TIM_HandleTypeDef *tim, uint32_t channel) {
    return start(tim, CCNE(channel), 0, 1);
}

HAL_StatusTypeDef HAL_TIMEx_OCN_Start(TIM_HandleTypeDef *tim, uint32_t channel) {
    return start(tim, CCNE(channel), 0, 1);
}

HAL_StatusTypeDef HAL_TIM_IC_ConfigChannel(TIM_HandleTypeDef *tim, TIM_IC_InitTypeDef *init, uint32_t channel) {
    set_input(tim->Instance, channel, init->ICPolarity, init->ICSelection, init->ICPrescaler, init->ICFilter);
    return HAL_OK;
}

HAL_StatusTypeDef HAL_TIM_IC_Start(TIM_HandleTypeDef *tim, uint32_t channel) {
    return start(tim, CCE(channel), 0, 0);
}

HAL_StatusTypeDef HAL_TIM_IC_Start_IT(TIM_HandleTypeDef *tim, uint32_t channel) {
    return start(tim, CCE(channel), CCIE(channel), 0);
}

HAL_StatusTypeDef HAL_TIM_IC_Stop_IT(TIM_HandleTypeDef *tim, uint32_t channel) {
    return stop(tim, CCE(channel), CCIE(channel));
}

HAL_StatusTypeDef HAL_TIM_Encoder_Init(TIM_HandleTypeDef *tim, TIM_Encoder_InitTypeDef *init) {
    TIM_TypeDef *regs = tim->Instance;
    CLEAR_BIT(regs->SMCR, 7U);
    set_base(tim);
    set_input(regs, TIM_CHANNEL_1, init->IC1Polarity, init->IC1Selection, init->IC1Prescaler, init->IC1Filter);
    set_input(regs, TIM_CHANNEL_2, init->IC2Polarity, init->IC2Selection, init->IC2Prescaler, init->IC2Filter);
    SET_BIT(regs->SMCR, init->EncoderMode);
    return HAL_OK;
}

HAL_StatusTypeDef HAL_TIM_Encoder_Start(TIM_HandleTypeDef *tim, uint32_t channel) {
    uint32_t both = CCE(TIM_CHANNEL_1) | CCE(TIM_CHANNEL_2);
    return start(tim, channel == TIM_CHANNEL_ALL ? both : CCE(channel), 0, 0);
}

HAL_StatusTypeDef HAL_TIMEx_MasterConfigSynchronization(TIM_HandleTypeDef *tim, TIM_MasterConfigTypeDef *config) {
    MODIFY_REG(tim->Instance->CR2, 7U << 4, config->MasterOutputTrigger);
    MODIFY_REG(tim->Instance->SMCR, 1U << 7, config->MasterSlaveMode);
    return HAL_OK;
}

HAL_StatusTypeDef HAL_TIMEx_ConfigBreakDeadTime(TIM_HandleTypeDef *tim, TIM_BreakDeadTimeConfigTypeDef *config) {
    tim->Instance->BDTR = config->DeadTime | config->LockLevel | config->OffStateIDLEMode | config->OffStateRunMode
        | config->BreakState | config->BreakPolarity | config->AutomaticOutput;
    return HAL_OK;
}

void HAL_TIM_IRQHandler(TIM_HandleTypeDef *tim) {
    if (__HAL_TIM_GET_FLAG(tim, TIM_FLAG_UPDATE) && __HAL_TIM_GET_IT_SOURCE(tim, TIM_IT_UPDATE) != RESET) {
        __HAL_TIM_CLEAR_IT(tim, TIM_IT_UPDATE);
        HAL_TIM_PeriodElapsedCallback(tim);
    }
}
