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
