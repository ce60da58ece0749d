# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# What the three boards have in common; included by their mpconfigboard.mk, whose folder is $(BOARD_DIR).
MCU_SERIES = f4
AF_FILE = boards/stm32f405_af.csv

# Interrupt vectors and little else in sector 0, then the filesystem in sectors 1-4, then the program.
TEXT0_ADDR = 0x08000000
TEXT1_ADDR = 0x08020000

FROZEN_MANIFEST ?= $(BOARD_DIR)/../common/manifest.py

QSTR_GLOBAL_DEPENDENCIES += $(wildcard $(BOARD_DIR)/../common/*.h)
