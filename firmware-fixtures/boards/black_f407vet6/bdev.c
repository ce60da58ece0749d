// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

// The block device of the variant that keeps its files on the W25Q16.

#include "storage.h"

#if FIXTURE_SPIFLASH

static const mp_soft_spi_obj_t flash_pins = {
    .delay_half = MICROPY_HW_SOFTSPI_MIN_DELAY,
    .polarity = 0,
    .phase = 0,
    .sck = pin_B3,
    .mosi = pin_B5,
    .miso = pin_B4,
};

static mp_spiflash_cache_t flash_cache;

const mp_spiflash_config_t fixture_spiflash_config = {
    .bus_kind = MP_SPIFLASH_BUS_SPI,
    .bus.u_spi.cs = pin_B0,
    .bus.u_spi.data = (void *)&flash_pins,
    .bus.u_spi.proto = &mp_soft_spi_proto,
    .cache = &flash_cache,
};

spi_bdev_t fixture_spiflash;

#endif
