# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Why does a board say nothing? What its core and its clock controller show, in a line or two."""

import time

RCC_AHB2ENR, OTGFSEN = 0x40023834, 1 << 7
RCC_BDCR, LSEON, LSERDY = 0x40023870, 1 << 0, 1 << 1
SCB_ICSR, SCB_CFSR, SCB_HFSR, SCB_MMFAR, SCB_BFAR = 0xE000ED04, 0xE000ED28, 0xE000ED2C, 0xE000ED34, 0xE000ED38
VECTACTIVE = 0x1FF
MMARVALID, BFARVALID = 1 << 7, 1 << 15
FAULT_HANDLERS = {2: "NMI", 3: "HardFault", 4: "MemManage", 5: "BusFault", 6: "UsageFault"}
SLEEP_INSTRUCTIONS = {0xBF30: "WFI", 0xBF20: "WFE"}
FLASH_AND_RAM = ((0x08000000, 0x08200000), (0x10000000, 0x10010000), (0x20000000, 0x20060000))
# A branch to itself.
ENDLESS_LOOP = 0xE7FE
# Host seconds in which a core that runs executes something.
LOOK_S = 0.5


def explain(ask, uart, pause=time.sleep):
    """Lines that say what is to be seen. ask runs a Monitor command and returns its value: a number, True, False or a word."""
    lines = [_core(ask, pause)]
    if ask(f"sysbus ReadDoubleWord {RCC_BDCR:#x}") & (LSEON | LSERDY) == LSEON:
        lines.append("It has switched on LSE (RCC_BDCR.LSEON), and LSERDY does not come: this board has no 32.768 kHz crystal, or it has stopped. "
                     "Firmware that waits for it for ever hangs, as on the real board: build it to run the RTC from LSI.")
    if ask(f"sysbus ReadDoubleWord {RCC_AHB2ENR:#x}") & OTGFSEN:
        lines.append(f"It has switched on USB (RCC_AHB2ENR.OTGFSEN), and its REPL may be there: leave out --uart, or use an image with its REPL on {uart}. "
                     "'usb Status' in the Monitor tells what the PC sees.")
    return lines


def trouble(ask):
    """The line about a core that has met a fault; None if it has not."""
    if ask("sysbus.coreSignals IsLockedUp"):
        return f"The core is locked up: it met a fault where no handler can take one. {_fault(ask)}"
    handler = FAULT_HANDLERS.get(ask(f"sysbus ReadDoubleWord {SCB_ICSR:#x}") & VECTACTIVE)
    if handler:
        return f"The core is in its {handler} handler, at PC {ask('sysbus.cpu PC'):#010x}. {_fault(ask)}"
    return None


def _core(ask, pause):
    if line := trouble(ask):
        return line
    if ask("sysbus.supplies IsInStandby"):
        return "The chip is in Standby: it waits for the WKUP pin, an RTC event or a reset."
    before = ask("sysbus.cpu ExecutedInstructions")
    pause(LOOK_S)
    count = ask("sysbus.cpu ExecutedInstructions") - before
    pc = ask("sysbus.cpu PC")
    if _words(ask, (pc,)) == [ENDLESS_LOOP]:
        # Renode need not execute it, and doesn't count it.
        return f"The core is in an endless loop of one instruction, at PC {pc:#010x}: an error handler of the firmware may end so."
    # The program counter of a core that sleeps is at the instruction, or behind it.
    sleep = next((SLEEP_INSTRUCTIONS[word] for word in _words(ask, (pc - 2, pc)) if word in SLEEP_INSTRUCTIONS), None)
    if count:
        return f"The core is running, at PC {pc:#010x}" + (f", and sleeps by {sleep} in between." if sleep else ".")
    if sleep:
        return f"The core is asleep by {sleep}, at PC {pc:#010x}, and nothing wakes it: no interrupt that is enabled comes."
    return f"The core stands still, at PC {pc:#010x}: it was halted, or has no clock."


def _words(ask, addresses):
    return [ask(f"sysbus ReadWord {x:#x}") for x in addresses if any(begin <= x < end for begin, end in FLASH_AND_RAM)]


def _fault(ask):
    cfsr = ask(f"sysbus ReadDoubleWord {SCB_CFSR:#x}")
    text = f"CFSR {cfsr:#010x}, HFSR {ask(f'sysbus ReadDoubleWord {SCB_HFSR:#x}'):#010x}"
    if cfsr & BFARVALID:
        text += f", BFAR {ask(f'sysbus ReadDoubleWord {SCB_BFAR:#x}'):#010x}"
    elif cfsr & MMARVALID:
        text += f", MMFAR {ask(f'sysbus ReadDoubleWord {SCB_MMFAR:#x}'):#010x}"
    return text + ": is the image for this chip?"
