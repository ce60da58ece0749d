// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
//
// One copy in a sector of flash, which is erased for each new one.

#include "board.h"
#include "records.h"

#define SECTOR 2

static volatile uint32_t *const memory = (uint32_t *)0x08008000;

void open_memory(void) {
}

bool load(settings_t *settings) {
    for (unsigned i = 0; i < sizeof(*settings) / 4; i++) {
        ((uint32_t *)settings)[i] = memory[i];
    }
    return settings->number != ~0u;
}

void save(const settings_t *settings) {
    flash_erase(SECTOR);
    for (unsigned i = 0; i < sizeof(*settings) / 4; i++) {
        flash_write(memory + i, ((const uint32_t *)settings)[i]);
    }
}
