// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

#ifndef FIXTURE_STM32F4XX_HAL_CONF_H
#define FIXTURE_STM32F4XX_HAL_CONF_H

#define HSE_VALUE (12000000)

#include "../common/hal_conf.h"

#endif
