# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
include("../../common/manifest.py")
module("boot.py")
