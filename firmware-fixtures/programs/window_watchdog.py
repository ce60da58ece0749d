# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
#
# The window watchdog by register, at its longest period: 64 steps of 8 * 4096 clocks of PCLK1, 50 ms at 42 MHz.
import time

WWDG_CR = 0x40002C00
WWDG_CFR = 0x40002C04
WWDG_SR = 0x40002C08


def start(window=0x7F):
    mem32[RCC_APB1ENR] |= 1 << 11
    mem32[WWDG_CFR] = 3 << 7 | window
    mem32[WWDG_CR] = 0xFF


def feed():
    mem32[WWDG_CR] = 0x7F


def live(times, pause):
    for _ in range(times):
        time.sleep_ms(pause)
        feed()
    print("ali" + "ve")


def early():
    # Inactive: it counts and warns all the same. NVIC position 0 is not enabled, so that it stays pending.
    pending = lambda: mem32[0xE000E200] & 1
    mem32[RCC_APB1ENR] |= 1 << 11
    mem32[WWDG_CFR] = 3 << 7 | 0x7F
    mem32[WWDG_CR] = 0x43
    mem32[WWDG_SR] = 0
    mem32[WWDG_CFR] = 1 << 9 | 3 << 7 | 0x7F
    before = pending()
    time.sleep_ms(4)
    return before, pending(), mem32[WWDG_SR]
