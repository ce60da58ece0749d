*** Comments ***
The clock tree under MicroPython: at each PLL setting, time, UART and timers are right, and a peripheral without clock is dead.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Keep Time At Every PLL Setting
    [Documentation]    Ticks and RTC agree, the UART keeps its baud rate, a timer its rate.
    Start Board
    Python    import machine, pyb, time
    Python    rtc = machine.RTC()
    Keeps Time At    24000000
    Keeps Time At    48000000
    Keeps Time At    84000000
    Keeps Time At    120000000
    Keeps Time At    144000000
    Keeps Time At    168000000

Should Keep Time On The Crystal Alone
    [Documentation]    8 MHz without PLL. At 16 MHz MicroPython wants HSI, which it has switched off itself: it stops, on silicon too.
    Start Board
    Python    import machine, pyb, time
    Python    rtc = machine.RTC()
    Keeps Time At    8000000

Should Be Back At Full Speed After A Reset
    Start Board
    Python    import machine
    Python    machine.freq(84000000)
    Write Line To Uart    machine.reset()    waitForEcho=false
    Wait For Boot
    Python    import machine, pyb, time
    Python Should Give    machine.freq()    (168000000, 168000000, 42000000, 84000000)
    Baud Rate Should Be    115200

Should Tell The Clocks To Timers And UART
    Start Board
    Baud Rate Should Be    115200
    ${clock}=    Execute Command    sysbus.rcc Apb1TimerFrequency
    Should Be Equal As Integers    ${clock.strip()}    84000000
    ${clock}=    Execute Command    sysbus.timer2 Frequency
    Should Be Equal As Integers    ${clock.strip()}    84000000

Should Put An LED Out Of Reach Without Its Clock
    Start Board
    Python    from machine import Pin, mem32
    Python    d2 = Pin('PA6', Pin.OUT)
    Create LED Tester    sysbus.gpioPortA.D2    defaultTimeout=1
    Python    _ = d2(0)
    Assert LED State    true
    Python    mem32[0x40023830] &= ~1
    Python    _ = d2(1)
    Assert LED State    true
    Python Should Give    mem32[0x40020000]    0
    Python    mem32[0x40023830] |= 1
    Python    _ = d2(1)
    Assert LED State    false

Should Fall Back To The Internal Oscillator When The Crystal Fails
    [Documentation]    The clock security system: NMI, then HSI. MicroPython has no NMI handler of its own; the chip's state tells.
    Start Board
    Python    from machine import mem32
    Python    mem32[0x40023800] |= 1 << 19
    Execute Command    pause
    Execute Command    sysbus.rcc HseFails true
    ${clock}=    Execute Command    sysbus.rcc SystemClockFrequency
    Should Be Equal As Integers    ${clock.strip()}    16000000
    ${flags}=    Execute Command    sysbus ReadDoubleWord 0x4002380C
    Should Be Equal As Integers    ${{int($flags.strip(), 16) & 0x80}}    0x80

*** Keywords ***
Keeps Time At
    [Arguments]    ${frequency}
    Python    machine.freq(${frequency})
    Python Should Give    machine.freq()[0]    ${frequency}
    # As on the board: machine.freq() leaves BRR as it was.
    Python    machine.mem32[0x40011008] = (machine.freq()[3] + 57600) // 115200
    Baud Rate Should Be    115200
    Python    n = 0
    Python Loop    def tick(t): global n; n += 1
    Python    t = pyb.Timer(4, freq=100, callback=tick)
    Python    a, b, c = rtc.datetime(), time.ticks_ms(), n; time.sleep(2); d, e, f = rtc.datetime(), time.ticks_ms(), n
    Python    t.deinit()
    Python Should Give    1999 <= time.ticks_diff(e, b) <= 2010    True
    Python Should Give    195 <= f - c <= 205    True
    Python    s = (d[6] - a[6]) % 60 + (a[7] - d[7]) / 256
    Python Should Give    1.95 <= s <= 2.05    True

Baud Rate Should Be
    [Documentation]    Within the 2 percent that a receiver bears.
    [Arguments]    ${expected}
    ${rate}=    Execute Command    sysbus.usart1 BaudRate
    Should Be True    abs(int($rate.strip(), 0) - ${expected}) < ${expected} * 0.02    BaudRate is ${rate}
