*** Comments ***
The board boots real MicroPython, and its LEDs and buttons are where its owner knows them.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Boot To The Prompt And Compute
    Start Board
    Python Should Give    6 * 7    42
    Python Should Give    2 ** 100    1267650600228229401496703205376
    Python Should Give    '%.6f' % (2 ** 0.5)    1.414214
    Python    import sys
    Python Should Give    sys.platform    pyboard

Should Tell Its Version
    ${version}=    Get File    ${ROOT}/VERSION
    Create Log Tester    1
    Execute Command    include @${ROOT}/platforms/plugin.resc
    Execute Command    mach create
    Execute Command    machine LoadPlatformDescription @${ROOT}/platforms/boards/${BOARD}.repl
    Wait For Log Entry    renode-bkpsram ${version.strip()}
    ${told}=    Execute Command    sysbus.supplies Version
    Should Be Equal    ${told.strip()}    ${version.strip()}

Should Run At The Speed Of Its Crystal
    [Documentation]    A millisecond of MicroPython is a millisecond of virtual time.
    Start Board
    Python    import time
    Python    t = time.ticks_ms()
    ${before}=    Execute Command    machine ElapsedVirtualTime
    Python Loop    while time.ticks_diff(time.ticks_ms(), t) < 2000: pass
    Python Should Give    2000 <= time.ticks_diff(time.ticks_ms(), t) < 2200    True

Should Report The Clocks That The Firmware Set
    Start Board
    Python    import machine
    Python Should Give    machine.freq()    (168000000, 168000000, 42000000, 84000000)

Should Keep Milliseconds At Another Clock
    [Documentation]    MicroPython at 84 MHz: SysTick follows the PLL.
    Start Board
    Python    import machine, time
    Python    machine.freq(84000000)
    Python Should Give    machine.freq()[0]    84000000
    Python    t0 = machine.RTC().datetime()
    Python    time.sleep(3)
    Python    t1 = machine.RTC().datetime()
    Python Should Give    (t1[6] - t0[6]) % 60 in (3, 4)    True

Should Show Buttons At Their True Idle Level
    Start Board
    Python    from machine import Pin
    Python    k0, k1, wk = Pin('PE4', Pin.IN, Pin.PULL_UP), Pin('PE3', Pin.IN, Pin.PULL_UP), Pin('PA0', Pin.IN)
    Python Should Give    (k0(), k1(), wk())    (1, 1, 0)
    Execute Command    sysbus.gpioPortE.K0 Press
    Execute Command    sysbus.gpioPortA.WK_UP Press
    Python Should Give    (k0(), k1(), wk())    (0, 1, 1)
    Execute Command    sysbus.gpioPortE.K0 Release
    Execute Command    sysbus.gpioPortA.WK_UP Release
    Python Should Give    (k0(), k1(), wk())    (1, 1, 0)

Should Light The LEDs When Their Pin Is Low
    Start Board
    Python    from machine import Pin
    Python    d2 = Pin('PA6', Pin.OUT)
    Create LED Tester    sysbus.gpioPortA.D2    defaultTimeout=1
    Python    _ = d2(0)
    Assert LED State    true
    Python    _ = d2(1)
    Assert LED State    false

Should Keep Files On The Internal Flash
    Start Board
    Python    f = open('/flash/kept.txt', 'w')
    Python    _ = f.write('flash is not RAM')
    Python    f.close()
    Cycle Power
    Python Should Give    open('/flash/kept.txt').read()    flash is not RAM

Should Say In One Line That The Firmware Is Missing
    Execute Command    $bin=@${ROOT}/no-such-file.elf
    Run Keyword And Expect Error    *no-such-file.elf*does not exist*    Execute Command    include @${ROOT}/platforms/black_f407vet6.resc

Should Say In One Line That The File Is No Firmware
    Execute Command    $bin=@${ROOT}/README.md
    Run Keyword And Expect Error    *README.md*neither ELF, Intel HEX nor DfuSe*    Execute Command    include @${ROOT}/platforms/black_f407vet6.resc

Should Boot From Intel HEX And From A Raw Image
    [Template]    Boots From
    hex
    bin

*** Keywords ***
Boots From
    [Arguments]    ${extension}
    Reset Emulation
    Execute Command    emulation SetGlobalAdvanceImmediately true
    Execute Command    $bin=@${FIRMWARE_DIR}/${BOARD}.${extension}
    Execute Command    include @${ROOT}/platforms/${BOARD}.resc
    Create Console Tester
    Start Emulation
    Wait For Boot
