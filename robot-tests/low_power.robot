*** Comments ***
Sleep, Stop and Standby, entered by MicroPython: what wakes the board, what it has kept, and that time went on.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Wake From Lightsleep In Time And Go On
    [Documentation]    Stop: the program runs on where it was, at full speed, with its variables and backup SRAM.
    [Template]    Goes On After Lightsleep
    black_f407vet6
    pyboard11
    stm32f4discovery

Should Wake From Stop By A Pin
    Start Board With Filled Backup SRAM
    Python    import pyb
    Python    e = pyb.ExtInt('PA0', pyb.ExtInt.IRQ_RISING, pyb.Pin.PULL_NONE, lambda line: None)
    Write Line To Uart    pyb.stop(); print('up', machine.freq()[0])    waitForEcho=false
    Emulation Should Pass    1
    Execute Command    sysbus.gpioPortA.WK_UP Press
    Wait For Line On Uart    up 168000000
    Wait For Prompt
    Python Should Give    intact()    4096

Should Not Count SysTick In Stop
    Start Board With Filled Backup SRAM
    Python    import pyb, time
    Python    e = pyb.ExtInt('PA0', pyb.ExtInt.IRQ_RISING, pyb.Pin.PULL_NONE, lambda line: None)
    Python    t = time.ticks_ms()
    Write Line To Uart    pyb.stop(); print('slept', time.ticks_diff(time.ticks_ms(), t) < 1500)    waitForEcho=false
    Emulation Should Pass    5
    Execute Command    sysbus.gpioPortA.WK_UP Press
    Wait For Line On Uart    slept True

Should Boot After Deepsleep
    [Documentation]    Standby: woken by the RTC; SRAM is lost, backup SRAM kept with BRE alone.
    [Template]    Boots After
    machine.deepsleep(2000)                         ${True}     4096
    machine.deepsleep(2000)                         ${False}    0
    pyb.RTC().wakeup(2000); pyb.standby()           ${True}     4096

Should Boot After Standby By The Wake-Up Pin
    Start Board With Filled Backup SRAM
    Python    import pyb
    # EWUP: MicroPython leaves it to the program.
    Python    mem32[PWR_CSR] |= 1 << 8
    Write Line To Uart    pyb.standby()    waitForEcho=false
    Wait For Log Entry    Standby: the 1.2 V domain is off    timeout=2
    Emulation Should Pass    3
    ${standby}=    Execute Command    sysbus.supplies IsInStandby
    Should Contain    ${standby}    True
    Execute Command    sysbus.gpioPortA.WK_UP Press
    Wait For Boot
    Deepsleep Should Be The Reset Cause
    Content Should Be    4096

Should Lock Up In Standby While The Wake-Up Pin Stays High
    [Documentation]    One edge detector behind all sources: the RTC is not seen behind the pin. A reset ends it.
    Start Board With Filled Backup SRAM
    Python    import pyb
    Execute Command    sysbus.gpioPortA.WK_UP Press
    Python    mem32[PWR_CSR] |= 1 << 8
    Python    pyb.RTC().wakeup(2000)
    Write Line To Uart    pyb.standby()    waitForEcho=false
    Wait For Log Entry    PA0 (PWR_CSR.EWUP): high when Standby is entered with PWR_CSR.WUF clear    timeout=2
    Wait For Log Entry    Standby: the 1.2 V domain is off    timeout=2
    Emulation Should Pass    10
    ${standby}=    Execute Command    sysbus.supplies IsInStandby
    Should Contain    ${standby}    True
    Execute Command    sysbus.supplies PressReset
    Execute Command    sysbus.gpioPortA.WK_UP Release
    Wait For Boot
    Deepsleep Should Be The Reset Cause
    Content Should Be    4096

Should Leave Standby At Once With The Wake-Up Flag Set
    Start Board With Filled Backup SRAM
    Python    import pyb
    Execute Command    sysbus.gpioPortA.WK_UP Press
    # The pin is high when it is enabled: that counts as an edge.
    Python    mem32[PWR_CSR] |= 1 << 8
    Python Should Give    mem32[PWR_CSR] & 1    1
    Execute Command    sysbus.gpioPortA.WK_UP Release
    # PDDS and SLEEPDEEP, past MicroPython's own sequence.
    Write Line To Uart    mem32[PWR_CR] |= 2; mem32[0xE000ED10] |= 4; pyb.wfi()    waitForEcho=false
    Wait For Log Entry    PWR_CSR.WUF: Standby ends at once    timeout=2
    Wait For Boot
    Deepsleep Should Be The Reset Cause
    Python Should Give    machine.mem32[0x40007004] & 1    1
    Content Should Be    4096

Should Boot After Standby By The Reset Button
    Start Board With Filled Backup SRAM
    Python    import pyb
    Write Line To Uart    pyb.standby()    waitForEcho=false
    Wait For Log Entry    Standby: the 1.2 V domain is off    timeout=2
    Execute Command    sysbus.supplies PressReset
    Wait For Boot
    Deepsleep Should Be The Reset Cause
    Content Should Be    4096

Should Lose Main Memory In Standby
    Start Board With Filled Backup SRAM
    Execute Command    sysbus WriteDoubleWord 0x1000FFF0 0xCAFED00D
    Write Line To Uart    import machine; machine.deepsleep(1000)    waitForEcho=false
    Wait For Boot
    ${word}=    Execute Command    sysbus ReadDoubleWord 0x1000FFF0
    Should Not Contain    ${word}    CAFED00D    ignore_case=True

Should Keep The Time Over Deepsleep
    Start Board
    Python    import machine
    Python    machine.RTC().datetime((2026, 11, 24, 2, 23, 59, 50, 0))
    Write Line To Uart    machine.deepsleep(20000)    waitForEcho=false
    Wait For Boot    60
    Python    import machine
    Python    d = machine.RTC().datetime()
    Python Should Give    d[0:6]    (2026, 11, 25, 3, 0, 0)
    Python Should Give    10 <= d[6] <= 14    True

Should Stop A Timer In Sleep Whose Clock Is Off There
    [Documentation]    time.sleep() idles in WFI: without TIM2LPEN the timer counts in the short moments between.
    Start Board With Backup Program
    Python    import pyb, time
    Python    t = pyb.Timer(2, prescaler=839, period=0x3fffffff)
    Python    c = t.counter(); time.sleep(1); c = t.counter() - c
    Python Should Give    99000 < c < 105000    True
    Python    mem32[0x40023860] &= ~1
    Python    c = t.counter(); time.sleep(1); c = t.counter() - c
    Python Should Give    c < 20000    True
    Python    mem32[0x40023860] |= 1
    Python    c = t.counter(); time.sleep(1); c = t.counter() - c
    Python Should Give    99000 < c < 105000    True

*** Keywords ***
Start Board With Filled Backup SRAM
    [Arguments]    ${board}=${BOARD}    ${regulator}=${True}
    Start Board With Backup Program    ${board}
    Python    unlock(${regulator})
    Python    fill()
    Python    import machine

Emulation Should Pass
    [Arguments]    ${seconds}
    Execute Command    pause
    Execute Command    emulation RunFor "${seconds}"
    Execute Command    start

Goes On After Lightsleep
    [Arguments]    ${board}
    Reset Emulation
    Start Board With Filled Backup SRAM    ${board}
    Python    t = machine.RTC().datetime(); x = 12345
    Python    machine.lightsleep(5000)
    Python    u = machine.RTC().datetime()
    Python Should Give    4 <= (u[6] - t[6]) % 60 <= 8    True
    Python Should Give    (x, machine.freq()[0])    (12345, 168000000)
    Python Should Give    intact()    4096

Boots After
    [Arguments]    ${statement}    ${regulator}    ${intact}
    Reset Emulation
    Start Board With Filled Backup SRAM    regulator=${regulator}
    Write Line To Uart    import pyb; ${statement}    waitForEcho=false
    Wait For Boot
    Deepsleep Should Be The Reset Cause
    Content Should Be    ${intact}

Deepsleep Should Be The Reset Cause
    Python    import machine
    Python Should Give    machine.reset_cause() == machine.DEEPSLEEP_RESET    True

Content Should Be
    [Documentation]    So many bytes as fill() left them; of noise a few are right by chance.
    [Arguments]    ${intact}
    Load Backup Program
    Python    unlock()
    Python Should Give    abs(intact() - ${intact}) < 64    True
