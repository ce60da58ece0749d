# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# The REPL on USB alone, and all UARTs free, as on the real board.
CFLAGS += -DFIXTURE_USB=1
