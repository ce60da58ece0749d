// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
//
// A log in two sectors of flash: each record has a checksum and goes to the next slot that is blank. When a sector is full, the other
// one is erased, and the log goes on there.

#include "board.h"
#include "records.h"

#define FIRST_SECTOR 2
// Few, so that the log moves often.
#define SLOTS 4
#define WORDS (sizeof(record_t) / 4)

typedef struct {
    settings_t settings;
    uint32_t crc;
} record_t;

static volatile uint32_t *slot(int sector, int index) {
    return (volatile uint32_t *)(0x08008000u + (uint32_t)sector * 0x4000 + (uint32_t)index * sizeof(record_t));
}

static bool read_record(int sector, int index, record_t *record) {
    for (unsigned i = 0; i < WORDS; i++) {
        ((uint32_t *)record)[i] = slot(sector, index)[i];
    }
    return record->crc == crc32(&record->settings, sizeof(record->settings));
}

static bool is_blank(int sector, int index) {
    for (unsigned i = 0; i < WORDS; i++) {
        if (slot(sector, index)[i] != ~0u) {
            return false;
        }
    }
    return true;
}

// The sector that holds the newest record, or -1.
static int find(record_t *newest) {
    int found = -1;
    record_t record;
    for (int sector = 0; sector < 2; sector++) {
        for (int index = 0; index < SLOTS; index++) {
            if (read_record(sector, index, &record) && (found < 0 || record.settings.number > newest->settings.number)) {
                *newest = record;
                found = sector;
            }
        }
    }
    return found;
}

void open_memory(void) {
}

bool load(settings_t *settings) {
    record_t newest;
    if (find(&newest) < 0) {
        return false;
    }
    *settings = newest.settings;
    return true;
}

void save(const settings_t *settings) {
    record_t record;
    int sector = find(&record), index = SLOTS;
    if (sector >= 0) {
        for (index = 0; index < SLOTS && !is_blank(sector, index);) {
            index++;
        }
    }
    if (index == SLOTS) {
        sector = sector == 0 ? 1 : 0;
        flash_erase(FIRST_SECTOR + sector);
        index = 0;
    }
    record.settings = *settings;
    record.crc = crc32(settings, sizeof(*settings));
    for (unsigned i = 0; i < WORDS; i++) {
        flash_write(slot(sector, index) + i, ((uint32_t *)&record)[i]);
    }
}
