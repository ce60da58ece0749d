*** Comments ***
Whatever resets the chip without taking its power away keeps backup SRAM, and the reset cause tells which it was.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Keep Backup SRAM Over Machine Reset
    Start Board With Filled Backup SRAM
    Write Line To Uart    import machine; machine.reset()
    Content Should Be Kept After Boot
    # A software reset pulls NRST low as well: MicroPython sees the pin first.
    Reset Cause Should Be    HARD_RESET

Should Keep Backup SRAM Over Ctrl-D
    Start Board With Filled Backup SRAM
    Send Key To Uart    0x04
    Wait For Line On Uart    soft reboot
    Content Should Be Kept After Boot
    Reset Cause Should Be    SOFT_RESET

Should Keep Backup SRAM Over The Reset Pin
    Start Board With Filled Backup SRAM
    Execute Command    sysbus.supplies PressReset
    Content Should Be Kept After Boot
    Reset Cause Should Be    HARD_RESET

Should Keep Backup SRAM Over The Watchdog
    Start Board With Filled Backup SRAM
    Write Line To Uart    import machine; w = machine.WDT(timeout=500)
    Content Should Be Kept After Boot
    Reset Cause Should Be    WDT_RESET

Should Keep Backup SRAM Over A Monitor Reset
    [Documentation]    Renode's own `machine Reset` counts as the reset pin.
    Start Board With Filled Backup SRAM
    Execute Command    machine Reset
    Start Emulation
    Content Should Be Kept After Boot
    Reset Cause Should Be    HARD_RESET

Should Report A Power-On Reset After A Power Cycle
    Start Board With Filled Backup SRAM
    Cycle Power And Unlock
    Python Should Give    intact()    4096
    Reset Cause Should Be    PWRON_RESET

Should Keep Main Memory Over A Software Reset
    [Documentation]    SRAM is lost with VDD only: a mark at the top of the heap's far end is still there.
    Start Board With Filled Backup SRAM
    Execute Command    sysbus WriteDoubleWord 0x1000FFF0 0xCAFED00D
    Write Line To Uart    import machine; machine.reset()
    Wait For Boot
    ${word}=    Execute Command    sysbus ReadDoubleWord 0x1000FFF0
    Should Contain    ${word}    CAFED00D    ignore_case=True

Should Collect Sticky Reset Flags Until They Are Removed
    Start Board With Backup Program
    Python    mem32[RCC_CSR] |= 1 << 24
    Python Should Give    mem32[RCC_CSR] >> 25 & 0x7F    0
    Execute Command    sysbus.supplies PressReset
    Wait For Boot
    Load Backup Program
    # PINRSTF is bit 26; MicroPython does not clear the flags at boot in every version.
    Python Should Give    mem32[RCC_CSR] >> 25 & 0x7F in (0, 2)    True

Should Keep Backup SRAM Over A Backup-Domain Reset
    [Documentation]    BDRST clears BRE and the RTC, and not the SRAM; without BRE the next power cut loses it.
    Start Board With Filled Backup SRAM
    Python    mem32[RCC_BDCR] |= 1 << 16
    Python    mem32[RCC_BDCR] &= ~(1 << 16)
    Python Should Give    mem32[PWR_CSR] >> 9 & 1    0
    Python Should Give    intact()    4096

Should Keep Backup SRAM Over Standby
    [Documentation]    The RTC wakes the board; SRAM was off, so MicroPython boots, and at full speed.
    [Template]    Keeps Backup SRAM Over Standby
    black_f407vet6
    stm32f4discovery

*** Keywords ***
Keeps Backup SRAM Over Standby
    [Arguments]    ${board}
    Reset Emulation
    Start Board With Filled Backup SRAM    ${board}
    Write Line To Uart    import machine; machine.deepsleep(3000)
    Content Should Be Kept After Boot
    Reset Cause Should Be    DEEPSLEEP_RESET
    Python Should Give    machine.freq()[0]    168000000
    Write Line To Uart    machine.reset()
    Content Should Be Kept After Boot

Start Board With Filled Backup SRAM
    [Arguments]    ${board}=${BOARD}
    Start Board With Backup Program    ${board}
    Python    unlock()
    Python    fill()

Content Should Be Kept After Boot
    Wait For Boot
    Load Backup Program
    Python    unlock()
    Python Should Give    intact()    4096

Reset Cause Should Be
    [Arguments]    ${name}
    Python    import machine
    Python Should Give    machine.reset_cause() == machine.${name}    True
