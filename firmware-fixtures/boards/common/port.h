// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

// The port's configuration, minus the machine classes whose peripherals these builds leave out.
// The port has no board setting for them, so they are switched off after the fact.

#include <mpconfigport.h>

#undef MICROPY_PY_MACHINE_ADC
#define MICROPY_PY_MACHINE_ADC (0)
