// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
//
// Firmware that keeps settings: it prints "state ok N" (or "state empty", or "state bad") when it is switched on, stores eight times
// ("saving", "saved N", ..., "done"), and sleeps. With SHELL it does so when it is told to. Where the settings are and how they are
// stored is in bkpsram_*.c and flash_*.c.

#include <string.h>

#include "board.h"
#include "records.h"

uint32_t crc32(const void *data, int size) {
    uint32_t crc = ~0u;
    for (const uint8_t *byte = data; size--; byte++) {
        crc ^= *byte;
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
        }
    }
    return ~crc;
}

// Settings that fit together, so that a mixture of two generations shows.
static void make(settings_t *settings, uint32_t number) {
    settings->number = number;
    for (int i = 0; i < VALUES; i++) {
        settings->values[i] = (number + 1) * (0x01010101u + (uint32_t)i);
    }
}

static void print_state(void) {
    settings_t settings, expected;
    if (!load(&settings)) {
        print("state empty\n");
        return;
    }
    make(&expected, settings.number);
    if (memcmp(&settings, &expected, sizeof(settings))) {
        print("state bad\n");
        return;
    }
    print("state ok ");
    print_number(settings.number);
    print("\n");
}

// Functions that a debugger, or a campaign, can stop at.
__attribute__((noinline)) static void store(uint32_t number) {
    settings_t settings;
    make(&settings, number);
    save(&settings);
}

__attribute__((noinline)) static void work(void) {
    settings_t settings;
    uint32_t first = load(&settings) ? settings.number + 1 : 1;
    print("saving\n");
    for (uint32_t number = first; number < first + SAVES; number++) {
        store(number);
        print("saved ");
        print_number(number);
        print("\n");
    }
}

__attribute__((noinline)) static void rest(void) {
    print("done\n");
}

static void format(void) {
    settings_t settings;
    if (!load(&settings)) {
        store(0);
        print("formatted\n");
    }
}

int main(void) {
    console_open();
    open_memory();
#ifdef SHELL
    char line[20];
    for (;;) {
        print("> ");
        read_line(line, sizeof(line));
        if (!strcmp(line, "state")) {
            print_state();
        } else if (!strcmp(line, "format")) {
            format();
        } else if (!strcmp(line, "work")) {
            work();
            rest();
        } else if (line[0]) {
            print("what?\n");
        }
    }
#else
    print_state();
    format();
    work();
    rest();
    for (;;) {
        __asm volatile ("wfi");
    }
#endif
}
