// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* Calendar and calibration of the real-time clock. */
#include "stm32f4xx_hal.h"

static uint32_t to_bcd(uint32_t value) {
    return value / 10 << 4 | value % 10;
}

static uint8_t from_bcd(uint32_t bcd) {
    return (bcd >> 4) * 10 + (bcd & 0xFU);
}

static HAL_StatusTypeDef wait_isr(RTC_TypeDef *rtc, uint32_t flag, uint32_t value) {
    uint32_t start = HAL_GetTick();
    while ((rtc->ISR & flag) != value) {
        if (HAL_GetTick() - start > RTC_TIMEOUT_VALUE) {
            return HAL_TIMEOUT;
        }
    }
    return HAL_OK;
}

HAL_StatusTypeDef RTC_EnterInitMode(RTC_HandleTypeDef *rtc) {
    if (rtc->Instance->ISR & RTC_ISR_INITF) {
        return HAL_OK;
    }
    LL_RTC_EnableInitMode(rtc->Instance);
    return wait_isr(rtc->Instance, RTC_ISR_INITF, RTC_ISR_INITF);
}

/* Open the calendar for a change. */
static HAL_StatusTypeDef begin(RTC_HandleTypeDef *rtc) {
    rtc->State = HAL_RTC_STATE_BUSY;
    LL_RTC_DisableWriteProtection(rtc->Instance);
    return RTC_EnterInitMode(rtc);
}

/* Let the calendar run, wait until its shadow shows the change, and close it. */
static HAL_StatusTypeDef end(RTC_HandleTypeDef *rtc, HAL_StatusTypeDef status) {
    if (status == HAL_OK) {
        LL_RTC_DisableInitMode(rtc->Instance);
        if (!(rtc->Instance->CR & RTC_CR_BYPSHAD)) {
            rtc->Instance->ISR = ~(RTC_ISR_RSF | RTC_ISR_INIT);
            status = wait_isr(rtc->Instance, RTC_ISR_RSF, RTC_ISR_RSF);
        }
    }
    LL_RTC_EnableWriteProtection(rtc->Instance);
    rtc->State = status == HAL_OK ? HAL_RTC_STATE_READY : HAL_RTC_STATE_ERROR;
    return status == HAL_OK ? HAL_OK : HAL_ERROR;
}

HAL_StatusTypeDef HAL_RTC_SetTime(RTC_HandleTypeDef *rtc, RTC_TimeTypeDef *time, uint32_t format) {
    if (format != RTC_FORMAT_BIN) {
        return HAL_ERROR;
    }
    HAL_StatusTypeDef status = begin(rtc);
    if (status == HAL_OK) {
        rtc->Instance->TR = (to_bcd(time->Hours) << 16 | to_bcd(time->Minutes) << 8 | to_bcd(time->Seconds)
            | (uint32_t)time->TimeFormat << 16) & RTC_TR_MASK;
        MODIFY_REG(rtc->Instance->CR, RTC_CR_BCK, time->DayLightSaving | time->StoreOperation);
    }
    return end(rtc, status);
}

HAL_StatusTypeDef HAL_RTC_GetTime(RTC_HandleTypeDef *rtc, RTC_TimeTypeDef *time, uint32_t format) {
    if (format != RTC_FORMAT_BIN) {
        return HAL_ERROR;
    }
    /* Reading SSR or TR holds the shadow until DR is read, so the order makes the three of one moment. */
    time->SubSeconds = rtc->Instance->SSR;
    time->SecondFraction = rtc->Instance->PRER & RTC_PRER_PREDIV_S;
    uint32_t tr = rtc->Instance->TR & RTC_TR_MASK;
    time->Hours = from_bcd(tr >> 16 & 0x3FU);
    time->Minutes = from_bcd(tr >> 8 & 0x7FU);
    time->Seconds = from_bcd(tr & 0x7FU);
    time->TimeFormat = tr >> 16 & 0x40U;
    return HAL_OK;
}

HAL_StatusTypeDef HAL_RTC_SetDate(RTC_HandleTypeDef *rtc, RTC_DateTypeDef *date, uint32_t format) {
    if (format != RTC_FORMAT_BIN) {
        return HAL_ERROR;
    }
    HAL_StatusTypeDef status = begin(rtc);
    if (status == HAL_OK) {
        rtc->Instance->DR = (to_bcd(date->Year) << 16 | to_bcd(date->Month) << 8 | to_bcd(date->Date)
            | (uint32_t)date->WeekDay << 13) & RTC_DR_MASK;
    }
    return end(rtc, status);
}

HAL_StatusTypeDef HAL_RTC_GetDate(RTC_HandleTypeDef *rtc, RTC_DateTypeDef *date, uint32_t format) {
    if (format != RTC_FORMAT_BIN) {
        return HAL_ERROR;
    }
    uint32_t dr = rtc->Instance->DR & RTC_DR_MASK;
    date->Year = from_bcd(dr >> 16 & 0xFFU);
    date->Month = from_bcd(dr >> 8 & 0x1FU);
    date->Date = from_bcd(dr & 0x3FU);
    date->WeekDay = dr >> 13 & 7U;
    return HAL_OK;
}

HAL_StatusTypeDef HAL_RTCEx_SetSmoothCalib(RTC_HandleTypeDef *rtc, uint32_t period, uint32_t plus, uint32_t minus) {
    LL_RTC_DisableWriteProtection(rtc->Instance);
    /* A calibration that was just written must be taken over before the next. */
    HAL_StatusTypeDef status = wait_isr(rtc->Instance, RTC_ISR_RECALPF, 0);
    if (status == HAL_OK) {
        rtc->Instance->CALR = period | plus | minus;
    }
    LL_RTC_EnableWriteProtection(rtc->Instance);
    return status;
}
