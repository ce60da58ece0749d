// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

#pragma once

#include <stdbool.h>
#include <stdint.h>

#define VALUES 6
#define SAVES 8

typedef struct {
    uint32_t number;
    uint32_t values[VALUES];
} settings_t;

uint32_t crc32(const void *data, int size);

void open_memory(void);
// Finds the newest settings; false: there are none.
bool load(settings_t *settings);
void save(const settings_t *settings);
