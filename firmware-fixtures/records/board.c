// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

#include "board.h"

extern uint32_t _stack, _data_image, _data, _data_end, _bss, _bss_end;

int main(void);

void reset(void) {
    uint32_t *from = &_data_image;
    for (uint32_t *to = &_data; to < &_data_end;) {
        *to++ = *from++;
    }
    for (uint32_t *to = &_bss; to < &_bss_end;) {
        *to++ = 0;
    }
    main();
    for (;;) {
        __asm volatile ("wfi");
    }
}

static void fault(void) {
    for (;;) {
    }
}

__attribute__((section(".vectors"), used))
static const void *const vectors[16] = {
    &_stack, reset, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault, fault,
};

void console_open(void) {
    RCC_AHB1ENR |= 1 << 0;
    RCC_APB2ENR |= 1 << 4;
    (void)RCC_APB2ENR;
    GPIOA_MODER = (GPIOA_MODER & ~(15u << 18)) | 10u << 18;
    GPIOA_AFRH = (GPIOA_AFRH & ~0xFF0u) | 0x770;
    USART1_BRR = 139;
    // UE, TE, RE
    USART1_CR1 = 1 << 13 | 1 << 3 | 1 << 2;
}

static void put(char character) {
    while (!(USART1_SR & 1 << 7)) {
    }
    USART1_DR = (uint8_t)character;
}

void print(const char *text) {
    while (*text) {
        if (*text == '\n') {
            put('\r');
        }
        put(*text++);
    }
}

void print_number(uint32_t number) {
    char digits[11];
    char *next = digits + sizeof(digits) - 1;
    *next = 0;
    do {
        *--next = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    print(next);
}

void read_line(char *line, int size) {
    int length = 0;
    for (;;) {
        while (!(USART1_SR & 1 << 5)) {
        }
        char character = (char)USART1_DR;
        if (character == '\r') {
            line[length] = 0;
            print("\n");
            return;
        }
        if (length + 1 < size) {
            line[length++] = character;
            put(character);
        }
    }
}

void backup_sram_open(void) {
    RCC_APB1ENR |= 1 << 28;
    RCC_AHB1ENR |= 1 << 18;
    (void)RCC_AHB1ENR;
    // DBP, then the backup regulator, which takes a while to be ready.
    PWR_CR |= 1 << 8;
    PWR_CSR |= 1 << 9;
    while (!(PWR_CSR & 1 << 3)) {
    }
}

static void flash_begin(void) {
    if (FLASH_CR & 1u << 31) {
        FLASH_KEYR = 0x45670123;
        FLASH_KEYR = 0xCDEF89AB;
    }
    // What went wrong before is over.
    FLASH_SR = 0xF3;
}

static void flash_wait(void) {
    while (FLASH_SR & 1 << 16) {
    }
    FLASH_CR = 0;
}

void flash_erase(int sector) {
    flash_begin();
    // SER, 32 bits at a time
    FLASH_CR = 1 << 1 | (uint32_t)sector << 3 | 2 << 8;
    FLASH_CR |= 1 << 16;
    flash_wait();
}

void flash_write(volatile uint32_t *to, uint32_t word) {
    flash_begin();
    // PG, 32 bits at a time
    FLASH_CR = 1 << 0 | 2 << 8;
    *to = word;
    flash_wait();
}
