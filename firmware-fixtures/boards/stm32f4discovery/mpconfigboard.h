// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

// STM32F4DISCOVERY: STM32F407VG, 1 MB flash, 8 MHz crystal and none for the RTC. Its console is USB; here it is USART2.

#define MICROPY_HW_BOARD_NAME       "STM32F4DISCOVERY"
#define MICROPY_HW_MCU_NAME         "STM32F407VG"
#define MICROPY_HW_FLASH_FS_LABEL   "F4DISC"

#define MICROPY_HW_CLK_PLLM         (8)
// Nothing is fitted at X3, so the clock runs from LSI.
#define MICROPY_HW_RTC_USE_LSE      (0)

#define MICROPY_HW_UART_REPL        PYB_UART_2
#define MICROPY_HW_UART2_TX         (pin_A2)
#define MICROPY_HW_UART2_RX         (pin_A3)
#define MICROPY_HW_UART3_TX         (pin_D8)
#define MICROPY_HW_UART3_RX         (pin_D9)
#define MICROPY_HW_UART6_TX         (pin_C6)
#define MICROPY_HW_UART6_RX         (pin_C7)

#define MICROPY_HW_SPI1_NSS         (pin_A4)
#define MICROPY_HW_SPI1_SCK         (pin_A5)
#define MICROPY_HW_SPI1_MISO        (pin_A6)
#define MICROPY_HW_SPI1_MOSI        (pin_A7)

// The blue button lifts its pin, which a resistor holds down.
#define MICROPY_HW_HAS_SWITCH       (1)
#define MICROPY_HW_USRSW_PIN        (pin_A0)
#define MICROPY_HW_USRSW_PULL       (GPIO_NOPULL)
#define MICROPY_HW_USRSW_EXTI_MODE  (GPIO_MODE_IT_RISING)
#define MICROPY_HW_USRSW_PRESSED    (1)

// Red, green, orange, blue.
#define MICROPY_HW_LED1             (pin_D14)
#define MICROPY_HW_LED2             (pin_D12)
#define MICROPY_HW_LED3             (pin_D13)
#define MICROPY_HW_LED4             (pin_D15)
#define MICROPY_HW_LED_ON(pin)      (mp_hal_pin_high(pin))
#define MICROPY_HW_LED_OFF(pin)     (mp_hal_pin_low(pin))

#include "../common/board.h"
