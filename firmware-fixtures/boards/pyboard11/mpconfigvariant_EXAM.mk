# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# For MicroPython's own tests, which take UART 1 and I2C 1 on X9/X10 as the real board has them, free, as its REPL is on USB.
# Here it is on Y1/Y2, by a frozen boot.py.
CFLAGS += -DFIXTURE_EXAM=1
FROZEN_MANIFEST = $(BOARD_DIR)/exam/manifest.py
