// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* ADC: one converter, by polling. */
#include "stm32f4xx_hal.h"

static void wait_us(uint32_t us) {
    __IO uint32_t turns = us * (SystemCoreClock / 1000000U);
    while (turns > 0) {
        --turns;
    }
}

HAL_StatusTypeDef HAL_ADC_Init(ADC_HandleTypeDef *adc) {
    const ADC_InitTypeDef *init = &adc->Init;
    ADC_TypeDef *regs = adc->Instance;
    uint32_t control1 = init->Resolution;
    uint32_t control2 = init->DataAlign;

    MODIFY_REG(ADC123_COMMON->CCR, ADC_CCR_ADCPRE, init->ClockPrescaler);
    if (init->ScanConvMode) {
        control1 |= ADC_CR1_SCAN;
    }
    if (init->DiscontinuousConvMode) {
        control1 |= ADC_CR1_DISCEN | (init->NbrOfDiscConversion - 1) << 13;
    }
    MODIFY_REG(regs->CR1, ADC_CR1_SCAN | ADC_CR1_RES | ADC_CR1_DISCEN | ADC_CR1_DISCNUM, control1);
    if (init->ExternalTrigConv != ADC_SOFTWARE_START) {
        control2 |= init->ExternalTrigConv | init->ExternalTrigConvEdge;
    }
    if (init->ContinuousConvMode) {
        control2 |= ADC_CR2_CONT;
    }
    if (init->DMAContinuousRequests) {
        control2 |= ADC_CR2_DDS;
    }
    if (init->EOCSelection == ADC_EOC_SINGLE_CONV) {
        control2 |= ADC_CR2_EOCS;
    }
    MODIFY_REG(regs->CR2, ADC_CR2_ALIGN | ADC_CR2_EXTSEL | ADC_CR2_EXTEN | ADC_CR2_CONT | ADC_CR2_DDS | ADC_CR2_EOCS, control2);
    MODIFY_REG(regs->SQR1, ADC_SQR1_L, (init->NbrOfConversion - 1) << ADC_SQR1_L_Pos);
    return HAL_OK;
}

HAL_StatusTypeDef HAL_ADC_ConfigChannel(ADC_HandleTypeDef *adc, ADC_ChannelConfTypeDef *config) {
    ADC_TypeDef *regs = adc->Instance;
    uint32_t channel = config->Channel;
    uint32_t rank = config->Rank - 1;
    __IO uint32_t *sampling = channel >= 10 ? &regs->SMPR1 : &regs->SMPR2;
    __IO uint32_t *sequence = rank < 6 ? &regs->SQR3 : rank < 12 ? &regs->SQR2 : &regs->SQR1;

    MODIFY_REG(*sampling, 7U << 3 * (channel % 10), config->SamplingTime << 3 * (channel % 10));
    MODIFY_REG(*sequence, 0x1FU << 5 * (rank % 6), channel << 5 * (rank % 6));
    if (channel == ADC_CHANNEL_VBAT) {
        MODIFY_REG(ADC123_COMMON->CCR, ADC_CCR_TSVREFE, ADC_CCR_VBATE);
    } else if (channel >= ADC_CHANNEL_TEMPSENSOR && !(ADC123_COMMON->CCR & ADC_CCR_TSVREFE)) {
        MODIFY_REG(ADC123_COMMON->CCR, ADC_CCR_VBATE, ADC_CCR_TSVREFE);
        wait_us(ADC_TEMPSENSOR_DELAY_US);
    }
    return HAL_OK;
}

HAL_StatusTypeDef HAL_ADC_Start(ADC_HandleTypeDef *adc) {
    ADC_TypeDef *regs = adc->Instance;
    if (!(regs->CR2 & ADC_CR2_ADON)) {
        SET_BIT(regs->CR2, ADC_CR2_ADON);
        wait_us(ADC_STAB_DELAY_US);
    }
    regs->SR = ~(ADC_SR_EOC | ADC_SR_OVR);
    if (!(regs->CR2 & ADC_CR2_EXTEN)) {
        SET_BIT(regs->CR2, ADC_CR2_SWSTART);
    }
    return HAL_OK;
}

HAL_StatusTypeDef HAL_ADC_Stop(ADC_HandleTypeDef *adc) {
    CLEAR_BIT(adc->Instance->CR2, ADC_CR2_ADON);
    return HAL_OK;
}
