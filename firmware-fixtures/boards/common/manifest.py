# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# Frozen into every image: what the main tree itself holds, so that no submodule is needed, and this project's own module.
include("$(MPY_DIR)/extmod/asyncio")
include("../../../micropython/bkpsram/manifest.py")
