# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
metadata(description="Battery-backed SRAM of the STM32, and a store in it that survives power cuts.", version="1.0.0")
module("bkpsram.py")
