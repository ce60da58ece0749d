// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

// What the three boards have in common. Each mpconfigboard.h includes this after its own settings.

// A console on a UART, a clock that keeps time and a filesystem is what the tests talk to. Which UART, and whether
// there is a crystal for the clock, is each board's own.
#define MICROPY_HW_UART_REPL_BAUD               (115200)
#ifndef MICROPY_HW_ENABLE_INTERNAL_FLASH_STORAGE
#define MICROPY_HW_ENABLE_INTERNAL_FLASH_STORAGE (1)
#endif
#define MICROPY_HW_HAS_FLASH                    (1)
#define MICROPY_HW_ENABLE_RNG                   (1)
#define MICROPY_HW_ENABLE_DAC                   (1)
#define MICROPY_HW_ENABLE_RTC                   (1)
#define MICROPY_HW_RTC_USE_US                   (0)

// Drivers for hardware that the simulated boards don't model, and that need a far larger HAL.
#ifndef MICROPY_HW_ENABLE_USB
#define MICROPY_HW_ENABLE_USB                   (0)
#endif
#ifndef MICROPY_HW_ENABLE_SDCARD
#define MICROPY_HW_ENABLE_SDCARD                (0)
#endif
#define MICROPY_PY_NETWORK                      (0)

// 168 MHz from a VCO of 336 MHz, whose seventh is the 48 MHz that the RNG wants.
// MICROPY_HW_CLK_PLLM, the crystal in MHz, is each board's own: the port's scripts want a plain number.
#define MICROPY_HW_CLK_PLLN                     (336)
#define MICROPY_HW_CLK_PLLP                     (RCC_PLLP_DIV2)
#define MICROPY_HW_CLK_PLLQ                     (7)
