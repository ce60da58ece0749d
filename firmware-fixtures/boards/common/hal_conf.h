// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

// Oscillators and HAL modules; stm32f4xx_hal_conf.h of each board says HSE_VALUE, then includes this.

#define LSE_VALUE               (32768)
#define EXTERNAL_CLOCK_VALUE    (12288000)

// In milliseconds. The crystal of a cold 32 kHz oscillator is slow.
#define HSE_STARTUP_TIMEOUT     (100)
#define LSE_STARTUP_TIMEOUT     (5000)

// The register-level HAL of this folder is one header, and defines FIXTURE_HAL; ST's is picked together by the port.
#ifndef FIXTURE_HAL
#include "boards/stm32f4xx_hal_conf_base.h"
#endif
