// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
//
// One copy in backup SRAM, overwritten in place; a magic number says that it is there.

#include "board.h"
#include "records.h"

#define MAGIC 0x5E771265

static volatile uint32_t *const memory = (uint32_t *)0x40024000;

void open_memory(void) {
    backup_sram_open();
}

bool load(settings_t *settings) {
    for (unsigned i = 0; i < sizeof(*settings) / 4; i++) {
        ((uint32_t *)settings)[i] = memory[1 + i];
    }
    return memory[0] == MAGIC;
}

void save(const settings_t *settings) {
    memory[0] = MAGIC;
    for (unsigned i = 0; i < sizeof(*settings) / 4; i++) {
        memory[1 + i] = ((const uint32_t *)settings)[i];
    }
}
