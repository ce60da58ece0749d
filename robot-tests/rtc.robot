*** Comments ***
Backup registers and the time live on VBAT alone: they need the cell, and not BRE.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Keep The Twenty Backup Registers Over A Power Cycle
    Start Board With Backup Program
    Python    unlock(False)
    Python Loop    for i in range(20): mem32[0x40002850 + 4 * i] = pattern(i)
    Cycle Power
    Load Backup Program
    Python Should Give    all(mem32[0x40002850 + 4 * i] & 0xFFFFFFFF == pattern(i) for i in range(20))    True

Should Lose The Backup Registers Without A Cell
    Start Board With Backup Program
    Python    unlock(False)
    Python    mem32[0x40002850] = 0x12345678
    Execute Command    sysbus.supplies RemoveCoinCell
    Cycle Power
    Load Backup Program
    Python Should Give    mem32[0x40002850]    0

Should Keep Counting While Main Power Is Off
    Start Board
    Python    import machine
    Python    machine.RTC().datetime((2026, 12, 31, 4, 23, 59, 55, 0))
    Cycle Power    10
    Python    import machine
    Python    d = machine.RTC().datetime()
    Python Should Give    d[0:6]    (2027, 1, 1, 5, 0, 0)
    Python Should Give    4 <= d[6] <= 8    True

Should Start Anew Without A Cell
    Start Board
    Python    import machine
    Python    machine.RTC().datetime((2026, 11, 22, 7, 12, 0, 0, 0))
    Execute Command    sysbus.supplies RemoveCoinCell
    Cycle Power
    Python    import machine
    Python Should Give    machine.RTC().datetime()[0:3]    (2015, 1, 1)

Should Keep The Time Over A Reset
    Start Board
    Python    import machine
    Python    machine.RTC().datetime((2026, 11, 22, 7, 12, 0, 0, 0))
    Execute Command    sysbus.supplies PressReset
    Wait For Boot
    Python    import machine
    Python Should Give    machine.RTC().datetime()[0:5]    (2026, 11, 22, 7, 12)

Should Erase The Backup Registers And Not Backup SRAM On Tamper
    Start Board With Backup Program
    Python    unlock()
    Python    fill()
    Python Loop    for i in range(20): mem32[0x40002850 + 4 * i] = pattern(i)
    Python    mem32[0x40002840] = 1
    Execute Command    sysbus.rtc OnGPIO 0 true
    Python Should Give    any(mem32[0x40002850 + 4 * i] for i in range(20))    False
    Python Should Give    mem32[0x4000280C] >> 13 & 3    1
    Python Should Give    intact()    4096
    ${status}=    Execute Command    sysbus.supplies Status
    Should Contain    ${status}    the backup registers were erased

Should Wake From Standby By A Tamper
    Start Board With Backup Program
    Python    unlock()
    Python    fill()
    Python    mem32[0x40002850] = 0x12345678
    Python    mem32[0x40002840] = 5
    Python    import pyb
    Write Line To Uart    pyb.standby()
    Wait For Log Entry    Standby: the 1.2 V domain is off    timeout=2
    Execute Command    sysbus.rtc OnGPIO 0 true
    Wait For Boot
    Load Backup Program
    Python    unlock()
    Python Should Give    mem32[0x40002850]    0
    Python Should Give    intact()    4096

Should Take A Timestamp
    Start Board With Backup Program
    Python    import machine
    Python    machine.RTC().datetime((2026, 11, 22, 7, 12, 34, 56, 0))
    Python    unlock(False)
    Python    mem32[0x40002824] = 0xCA; mem32[0x40002824] = 0x53; mem32[0x40002808] |= 1 << 11
    Execute Command    sysbus.rtc OnGPIO 0 true
    Python Should Give    mem32[0x4000280C] >> 11 & 1    1
    Python Should Give    hex(mem32[0x40002830])[:6]    0x1234

Should Calibrate By MicroPython
    Start Board
    Python    import pyb
    Python    rtc = pyb.RTC()
    Python    rtc.calibration(-100)
    Python Should Give    rtc.calibration()    -100

Should Show The Right Date After Three Days Without Main Power
    [Documentation]    The calendar catches up in one step; a larger quantum spares the host the time in between.
    Start Board
    Python    import machine
    Python    machine.RTC().datetime((2024, 2, 27, 2, 12, 0, 0, 0))
    Execute Command    emulation SetGlobalQuantum "60"
    Execute Command    sysbus.supplies PowerCycle 259200
    Execute Command    emulation RunFor "259201"
    Execute Command    emulation SetGlobalQuantum "0.0001"
    Start Emulation
    Wait For Boot
    Python    import machine
    Python Should Give    machine.RTC().datetime()[0:6]    (2024, 3, 1, 5, 12, 0)
