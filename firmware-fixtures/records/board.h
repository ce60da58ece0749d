// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
//
// What records.c needs of an STM32F405 or F407, at the 16 MHz that it starts with.

#pragma once

#include <stdbool.h>
#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))

#define RCC_AHB1ENR REGISTER(0x40023830)
#define RCC_APB1ENR REGISTER(0x40023840)
#define RCC_APB2ENR REGISTER(0x40023844)
#define PWR_CR REGISTER(0x40007000)
#define PWR_CSR REGISTER(0x40007004)
#define GPIOA_MODER REGISTER(0x40020000)
#define GPIOA_AFRH REGISTER(0x40020024)
#define USART1_SR REGISTER(0x40011000)
#define USART1_DR REGISTER(0x40011004)
#define USART1_BRR REGISTER(0x40011008)
#define USART1_CR1 REGISTER(0x4001100C)
#define FLASH_KEYR REGISTER(0x40023C04)
#define FLASH_SR REGISTER(0x40023C0C)
#define FLASH_CR REGISTER(0x40023C10)

// USART1 on PA9 and PA10, 115200 baud.
void console_open(void);
void print(const char *text);
void print_number(uint32_t number);
// Waits for a line, and shows it while it is typed.
void read_line(char *line, int size);

void backup_sram_open(void);

void flash_erase(int sector);
void flash_write(volatile uint32_t *to, uint32_t word);
