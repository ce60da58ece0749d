# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT

CMSIS_MCU = STM32F407xx
LD_FILES = $(BOARD_DIR)/stm32f407xe.ld boards/common_ifs.ld
include $(BOARD_DIR)/../common/board.mk
