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

Should Keep Backup SRAM Over The Window Watchdog
    Start Board With Filled Backup SRAM
    Paste Program    ${ROOT}/firmware-fixtures/programs/window_watchdog.py
    # Fed every 20 ms it waits; then nobody feeds it.
    Write Line To Uart    start(); live(20, 20)
    Wait For Line On Uart    alive
    Supplies Should Tell    power-on
    Content Should Be Kept After Boot
    Reset Cause Should Be    WDT_RESET
    Supplies Should Tell    SystemReset (Pin, WindowWatchdog)

Should Be Reset By The Window Watchdog When Fed Too Early
    [Documentation]    The window opens at 0x60, after 31 steps of 780 us.
    Start Board With Filled Backup SRAM
    Paste Program    ${ROOT}/firmware-fixtures/programs/window_watchdog.py
    Write Line To Uart    start(0x60); live(20, 30)
    Wait For Line On Uart    alive
    Content Should Be Kept After Boot
    Paste Program    ${ROOT}/firmware-fixtures/programs/window_watchdog.py
    Write Line To Uart    start(0x60); live(20, 15)
    Content Should Be Kept After Boot
    Reset Cause Should Be    WDT_RESET
    ${mistakes}=    Execute Command    sysbus.wwdg GuestMistakes
    Should Contain    ${mistakes}    1 x WWDG_CR: reset, because the counter was refreshed above the window

Should Raise The Early Wake-Up Interrupt Of The Window Watchdog
    [Documentation]    Position 0 of the NVIC becomes pending. The count runs, and warns, before the watchdog is active.
    Start Board With Backup Program
    Paste Program    ${ROOT}/firmware-fixtures/programs/window_watchdog.py
    Python Should Give    early()    (0, 1, 1)

Should Be Woken From Standby By The Watchdog
    [Documentation]    The watchdog counts on in Standby; its flag comes with that of Standby.
    Start Board With Filled Backup SRAM
    Write Line To Uart    import machine; w = machine.WDT(timeout=2000); machine.deepsleep()
    Content Should Be Kept After Boot
    Reset Cause Should Be    DEEPSLEEP_RESET
    Supplies Should Tell    StandbyWakeUp (Pin, IndependentWatchdog)

Should Start The Watchdog By Option Byte
    Start Board With Options    0xCC
    # Half a second after each reset, for ever.
    Wait For Boot
    Supplies Should Tell    SystemReset (Pin, IndependentWatchdog)
    Wait For Boot

Should Reset Instead Of Entering Standby When The Option Bytes Say So
    Start Board With Options    0x6C
    Write Line To Uart    import machine; machine.deepsleep(100)
    Wait For Boot
    Reset Cause Should Be    HARD_RESET
    Supplies Should Tell    SystemReset (Pin, LowPower)

Should Reset Instead Of Entering Stop When The Option Bytes Say So
    Start Board With Options    0xAC
    Write Line To Uart    import machine; machine.lightsleep(100)
    Wait For Boot
    Reset Cause Should Be    HARD_RESET
    Supplies Should Tell    SystemReset (Pin, LowPower)

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

Should See The Buttons Released After A Reset
    [Documentation]    MicroPython blinks for a second at boot while K0 is pressed.
    Start Board
    Python    from pyb import Pin
    Python Should Give    (Pin("PE4", Pin.IN)(), Pin("PE3", Pin.IN)(), Pin("PA0", Pin.IN)())    (1, 1, 0)
    Execute Command    sysbus.supplies PressReset
    Wait For Boot    0.5
    Python    from pyb import Pin
    Python Should Give    (Pin("PE4", Pin.IN)(), Pin("PE3", Pin.IN)(), Pin("PA0", Pin.IN)())    (1, 1, 0)

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

Start Board With Options
    [Documentation]    Programs the user option bytes; the reset loads them.
    [Arguments]    ${user}
    Start Board
    Paste Program    ${ROOT}/firmware-fixtures/programs/option_bytes.py
    Python    program(user=${user})
    Write Line To Uart    import machine; machine.reset()
    Wait For Boot

Content Should Be Kept After Boot
    Wait For Boot
    Load Backup Program
    Python    unlock()
    Python Should Give    intact()    4096

Reset Cause Should Be
    [Arguments]    ${name}
    Python    import machine
    Python Should Give    machine.reset_cause() == machine.${name}    True
