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

Should Count Cycles Of HCLK
    [Documentation]    DWT_CYCCNT, which MicroPython shows as ticks_cpu(): at each clock, and not while the core sleeps.
    Start Board
    Python    import machine, time
    Python Loop    def cycles(wait): a = time.ticks_cpu(); wait(20000); return time.ticks_diff(time.ticks_cpu(), a)
    Python Should Give    3360000 <= cycles(time.sleep_us) < 3400000    True
    Python    machine.freq(48000000)
    Python    machine.mem32[0x40011008] = (machine.freq()[3] + 57600) // 115200
    Python Should Give    960000 <= cycles(time.sleep_us) < 1000000    True
    Python Should Give    cycles(lambda us: time.sleep_ms(us // 1000)) < 500000    True

Should Let SysTick Count An Eighth Of HCLK
    [Documentation]    CLKSOURCE of its control register: MicroPython's milliseconds get eight times longer.
    Start Board
    Python    import machine, time
    Python    from machine import mem32
    Python    rtc = machine.RTC()
    Python Should Give    mem32[0xE000E010] & 7    7
    Python    mem32[0xE000E010] &= ~4
    Python Should Give    mem32[0xE000E010] & 7    3
    Python    a = rtc.datetime(); time.sleep_ms(250); b = rtc.datetime()
    Python Should Give    1.95 <= (b[6] - a[6]) % 60 + (a[7] - b[7]) / 256 <= 2.1    True

Should Draw Random Numbers By The 48 MHz Clock
    Start Board
    Python    import pyb
    Python Should Give    len(set(pyb.rng() for i in range(50)))    50

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

Should Stand Still When The Crystal Stops Without Clock Security
    [Documentation]    MicroPython runs from it: nothing moves, SysTick neither, until it oscillates again.
    Start Board
    Python    import time
    Python Loop    def ticks(a=time.ticks_ms()): return time.ticks_diff(time.ticks_ms(), a)
    Execute Command    sysbus.rcc HseFails true
    Wait For Log Entry    The chip stands still: SYSCLK comes from HSE    timeout=0
    ${stands}=    Execute Command    sysbus.rcc StandsStill
    Should Contain    ${stands}    True
    ${before}=    Execute Command    sysbus.cpu PC
    Let Time Pass    20
    ${after}=    Execute Command    sysbus.cpu PC
    Should Be Equal    ${before}    ${after}
    Execute Command    sysbus.rcc HseFails false
    # Crystal and PLL start; what is typed meanwhile is lost.
    Let Time Pass    0.001
    Python Should Give    ticks() < 10000    True
    ${clock}=    Execute Command    sysbus.rcc SystemClockFrequency
    Should Be Equal As Integers    ${clock.strip()}    168000000

Should Be Reset By The Watchdog When The Crystal Stops
    Start Board
    Python    import machine
    Python    w = machine.WDT(timeout=500)
    Execute Command    sysbus.rcc HseFails true
    Let Time Pass    1
    ${flags}=    Execute Command    sysbus.rcc ResetFlags
    Should Contain    ${flags}    IndependentWatchdog

Should Measure LSI Which Differs From Chip To Chip
    [Documentation]    TIM5 captures each eighth edge of LSI (TI4_RMP), as firmware does that calibrates by it.
    [Setup]    Load Chip    rcc:\n${SPACE * 4}lsiFrequency: 0\n
    Execute Command    sysbus WriteDoubleWord 0x40023840 0x8
    Execute Command    sysbus WriteDoubleWord 0x40023874 0x1
    Execute Command    sysbus WriteDoubleWord 0x40000C50 0x40
    Execute Command    sysbus WriteDoubleWord 0x40000C1C 0xD00
    Execute Command    sysbus WriteDoubleWord 0x40000C20 0x1000
    Execute Command    sysbus WriteDoubleWord 0x40000C00 0x1
    Let Time Pass    0.01
    ${first}=    Execute Command    sysbus ReadDoubleWord 0x40000C40
    Let Time Pass    0.1
    ${second}=    Execute Command    sysbus ReadDoubleWord 0x40000C40
    ${lsi}=    Execute Command    rcc LsiFrequency
    ${lsi}=    Evaluate    int($lsi.strip(), 0)
    Should Be True    17000 <= ${lsi} <= 47000 and ${lsi} != 32000
    ${captures}=    Evaluate    (int($second.strip(), 16) - int($first.strip(), 16)) / (8 * 16000000 / ${lsi})
    Should Be True    ${captures} > 100 and abs(${captures} - round(${captures})) < 0.01

Should Wait For The Crystal
    [Documentation]    HSE and LSE by their start-up times; firmware that doesn't wait stays on HSI.
    [Setup]    Load Chip    rcc:\n${SPACE * 4}lseStartUpTime: 2000000\n
    Execute Command    sysbus WriteDoubleWord 0x40023840 0x10000000
    Execute Command    sysbus WriteDoubleWord 0x40007000 0x4100
    Execute Command    sysbus WriteDoubleWord 0x40023870 0x1
    Execute Command    sysbus WriteDoubleWord 0x40023800 0x10083
    Execute Command    sysbus WriteDoubleWord 0x40023808 0x1
    ${clock}=    Execute Command    rcc SystemClockFrequency
    Should Be Equal As Integers    ${clock.strip()}    16000000
    Let Time Pass    0.001
    ${clock}=    Execute Command    rcc SystemClockFrequency
    Should Be Equal As Integers    ${clock.strip()}    8000000
    ${lse}=    Execute Command    rcc LseFrequency
    Should Be Equal As Integers    ${lse.strip()}    0
    Let Time Pass    2
    ${lse}=    Execute Command    rcc LseFrequency
    Should Be Equal As Integers    ${lse.strip()}    32768

Should Find That MicroPython Waits For Its Clocks
    [Documentation]    An access right after a clock was switched on may be lost; ST's library reads the RCC in between.
    Start Board
    Python    import machine, pyb, time
    Python    t = pyb.Timer(4, freq=100); u = machine.UART(2, 9600); r = pyb.rng()
    FOR    ${model}    IN    pwr    usart1    usart2    timer4    rng    wwdg
        ${mistakes}=    Execute Command    sysbus.${model} GuestMistakes
        Should Not Contain    ${mistakes}    cycles have to pass
    END

Should Lose An Access That Comes Too Early
    [Documentation]    PWREN and a write to PWR_CR in two instructions: without the option it works and is a Warning, with it, it is lost.
    [Template]    Comes Too Early
    false    0x10      may be lost
    true     0x4000    write ignored

Should Answer Only With Its Clock
    [Documentation]    Each peripheral of the chip: without its bit in RCC_xxxENR it reads 0 and drops writes, with it it takes them.
    [Setup]    Load Chip
    [Template]    Answers Only With Its Clock
    GPIOA   0x40023830    0   0x4002000C    0x5
    GPIOB   0x40023830    1   0x4002040C    0x5
    GPIOC   0x40023830    2   0x4002080C    0x5
    GPIOD   0x40023830    3   0x40020C0C    0x5
    GPIOE   0x40023830    4   0x4002100C    0x5
    GPIOF   0x40023830    5   0x4002140C    0x5
    GPIOG   0x40023830    6   0x4002180C    0x5
    GPIOH   0x40023830    7   0x40021C0C    0x5
    GPIOI   0x40023830    8   0x4002200C    0x5
    DMA1    0x40023830    21  0x40026018    0x20000000
    DMA2    0x40023830    22  0x40026418    0x20000000
    RNG     0x40023834    6   0x50060800    0x4
    TIM2    0x40023840    0   0x40000028    0x123
    TIM3    0x40023840    1   0x40000428    0x123
    TIM4    0x40023840    2   0x40000828    0x123
    TIM5    0x40023840    3   0x40000C28    0x123
    TIM6    0x40023840    4   0x40001028    0x123
    TIM7    0x40023840    5   0x40001428    0x123
    TIM12   0x40023840    6   0x40001828    0x123
    TIM13   0x40023840    7   0x40001C28    0x123
    TIM14   0x40023840    8   0x40002028    0x123
    WWDG    0x40023840    11  0x40002C04    0x55
    SPI2    0x40023840    14  0x40003800    0x4
    SPI3    0x40023840    15  0x40003C00    0x4
    USART2  0x40023840    17  0x40004408    0x123
    USART3  0x40023840    18  0x40004808    0x123
    UART4   0x40023840    19  0x40004C08    0x123
    UART5   0x40023840    20  0x40005008    0x123
    I2C1    0x40023840    21  0x40005400    0x1
    I2C2    0x40023840    22  0x40005800    0x1
    I2C3    0x40023840    23  0x40005C00    0x1
    PWR     0x40023840    28  0x40007000    0x4100
    TIM1    0x40023844    0   0x40010028    0x123
    TIM8    0x40023844    1   0x40010428    0x123
    TIM9    0x40023844    16  0x40014028    0x123
    TIM10   0x40023844    17  0x40014428    0x123
    TIM11   0x40023844    18  0x40014828    0x123
    USART1  0x40023844    4   0x40011008    0x123
    USART6  0x40023844    5   0x40011408    0x123
    SDIO    0x40023844    11  0x40012C08    0x12345678
    SPI1    0x40023844    12  0x40013000    0x4
    SYSCFG  0x40023844    14  0x40013808    0x1

Should Compute Checksums Only With A Clock
    [Setup]    Load Chip
    Execute Command    sysbus WriteDoubleWord 0x40023830 0
    ${off}=    Execute Command    sysbus ReadDoubleWord 0x40023000
    Should Be Equal As Integers    ${off.strip()}    0
    Execute Command    sysbus WriteDoubleWord 0x40023830 0x1000
    ${on}=    Execute Command    sysbus ReadDoubleWord 0x40023000
    Should Be Equal As Integers    ${on.strip()}    0xFFFFFFFF

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

Load Chip
    [Documentation]    An STM32F407 without board and firmware, and with what its clock controller is to have besides.
    [Arguments]    ${more}=${EMPTY}
    Reset Emulation
    Execute Command    include @${ROOT}/platforms/plugin.resc
    Execute Command    using sysbus
    Execute Command    mach create "chip"
    Create File    ${TEMPDIR}/clocks_${PORT_NUMBER}.repl    using "${ROOT}/platforms/cpus/stm32f407_417.repl"\n\n${more}
    Execute Command    machine LoadPlatformDescription @${TEMPDIR}/clocks_${PORT_NUMBER}.repl

Comes Too Early
    [Arguments]    ${loses}    ${control}    ${mistake}
    Load Chip
    Execute Command    sysbus.rcc LosesEarlyAccesses ${loses}
    # r0 = RCC, r1 = PWR, r4 = 0x10, r3 = PWREN; str r3, [r0, 0x40]; str r4, [r1]; b .
    Execute Command    sysbus WriteDoubleWord 0x08000000 0x20010000
    Execute Command    sysbus WriteDoubleWord 0x08000004 0x08000101
    ${address}=    Set Variable    ${{0x08000100}}
    FOR    ${word}    IN    0x0000F643    0x0002F2C4    0x0100F247    0x0100F2C4    0x23012410    0x6403071B    0xE7FE600C
        Execute Command    sysbus WriteDoubleWord ${{hex($address)}} ${word}
        ${address}=    Evaluate    $address + 4
    END
    Execute Command    supplies PressReset
    Let Time Pass    0.001
    ${value}=    Execute Command    sysbus ReadDoubleWord 0x40007000
    Should Be Equal As Integers    ${value.strip()}    ${control}
    ${mistakes}=    Execute Command    pwr GuestMistakes
    Should Contain    ${mistakes}    PWR_CR: ${{'' if $loses == 'true' else 'on silicon this access '}}${mistake}

Answers Only With Its Clock
    [Arguments]    ${name}    ${enable}    ${bit}    ${register}    ${value}
    Execute Command    sysbus WriteDoubleWord ${enable} 0
    Execute Command    sysbus WriteDoubleWord ${register} ${value}
    ${off}=    Execute Command    sysbus ReadDoubleWord ${register}
    Should Be Equal As Integers    ${off.strip()}    0    ${name} without clock
    Execute Command    sysbus WriteDoubleWord ${enable} ${{hex(1 << ${bit})}}
    ${dropped}=    Execute Command    sysbus ReadDoubleWord ${register}
    Should Not Be Equal As Integers    ${dropped.strip()}    ${value}    ${name} took a write without clock
    Execute Command    sysbus WriteDoubleWord ${register} ${value}
    ${on}=    Execute Command    sysbus ReadDoubleWord ${register}
    Should Be Equal As Integers    ${on.strip()}    ${value}    ${name} with its clock
