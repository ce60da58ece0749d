# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT

CMSIS_MCU = STM32F405xx
LD_FILES = boards/stm32f405.ld boards/common_ifs.ld
MICROPY_VFS_LFS2 = 1
include $(BOARD_DIR)/../common/board.mk
