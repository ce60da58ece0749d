# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# The filesystem is on the board's W25Q16, on pins that the firmware toggles, as those who use that chip have it.
CFLAGS += -DFIXTURE_SPIFLASH=1
