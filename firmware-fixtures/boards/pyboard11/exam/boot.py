# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
import pyb

pyb.repl_uart(pyb.UART(6, 115200, rxbuf=256))
