// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

// Black STM32F407VET6 ("STM32F4VE"): 512 KB flash, 8 MHz and 32.768 kHz crystals, coin cell holder, REPL on USART1.

#define MICROPY_HW_BOARD_NAME       "Black STM32F407VET6"
#define MICROPY_HW_MCU_NAME         "STM32F407VE"
#define MICROPY_HW_FLASH_FS_LABEL   "F407VET6"

#define MICROPY_HW_CLK_PLLM         (8)
#define MICROPY_HW_RTC_USE_LSE      (1)

#define MICROPY_HW_UART_REPL        PYB_UART_1
#define MICROPY_HW_UART1_TX         (pin_A9)    // header J6
#define MICROPY_HW_UART1_RX         (pin_A10)
#define MICROPY_HW_UART2_TX         (pin_A2)
#define MICROPY_HW_UART2_RX         (pin_A3)
#define MICROPY_HW_UART3_TX         (pin_B10)
#define MICROPY_HW_UART3_RX         (pin_B11)

// The W25Q16 flash, selected by PB0.
#define MICROPY_HW_SPI1_SCK         (pin_B3)
#define MICROPY_HW_SPI1_MISO        (pin_B4)
#define MICROPY_HW_SPI1_MOSI        (pin_B5)

// Variant SPIFLASH: files on that chip, 2 MB, instead of in internal flash.
#if FIXTURE_SPIFLASH
#define MICROPY_HW_ENABLE_INTERNAL_FLASH_STORAGE (0)
#define MICROPY_HW_SPIFLASH_ENABLE_CACHE        (1)
#define MICROPY_HW_BDEV_SPIFLASH                (&fixture_spiflash)
#define MICROPY_HW_BDEV_SPIFLASH_CONFIG         (&fixture_spiflash_config)
#define MICROPY_HW_BDEV_SPIFLASH_SIZE_BYTES     (2 * 1024 * 1024)
extern struct _spi_bdev_t fixture_spiflash;
extern const struct _mp_spiflash_config_t fixture_spiflash_config;
#endif

// K0 shorts its pin to ground, and relies on the chip's pull-up.
#define MICROPY_HW_HAS_SWITCH       (1)
#define MICROPY_HW_USRSW_PIN        (pin_E4)
#define MICROPY_HW_USRSW_PULL       (GPIO_PULLUP)
#define MICROPY_HW_USRSW_EXTI_MODE  (GPIO_MODE_IT_FALLING)
#define MICROPY_HW_USRSW_PRESSED    (0)

// Both LEDs hang from 3V3: low lights them.
#define MICROPY_HW_LED1             (pin_A6)    // D2
#define MICROPY_HW_LED2             (pin_A7)    // D3
#define MICROPY_HW_LED_ON(pin)      (mp_hal_pin_low(pin))
#define MICROPY_HW_LED_OFF(pin)     (mp_hal_pin_high(pin))

// The SD slot tells nobody whether a card is in: present() is always true. So nothing looks for one at boot, where an empty
// slot would cost seconds.
#define MICROPY_HW_ENABLE_SDCARD        (1)
#define MICROPY_HW_SDCARD_MOUNT_AT_BOOT (0)
#define MICROPY_HW_SDCARD_CK            (pin_C12)
#define MICROPY_HW_SDCARD_CMD           (pin_D2)
#define MICROPY_HW_SDCARD_D0            (pin_C8)
#define MICROPY_HW_SDCARD_D1            (pin_C9)
#define MICROPY_HW_SDCARD_D2            (pin_C10)
#define MICROPY_HW_SDCARD_D3            (pin_C11)

#include "../common/board.h"
