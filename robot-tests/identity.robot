*** Comments ***
What tells one chip from another, as firmware reads it: unique ID, flash size, device and revision.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Have A Unique ID By The Seed
    ${first}=    Unique ID Of A Board    1
    ${second}=    Unique ID Of A Board    2
    ${again}=    Unique ID Of A Board    1
    Should Not Be Equal    ${first}    ${second}
    Should Be Equal    ${first}    ${again}

Should Keep Its Unique ID Without Power
    ${before}=    Unique ID Of A Board    5
    Execute Command    supplies RemoveCoinCell
    Execute Command    supplies PowerCycle 1
    Wait For Boot
    Python    import machine
    Python Should Give    bytes(machine.unique_id()).hex()    ${before}

Should Tell What Chip It Is
    [Documentation]    MicroPython reads DBGMCU_IDCODE and the flash size at the end of system memory.
    Start Board
    Python    import pyb, stm, machine
    Write Line To Uart    pyb.info()
    Wait For Line On Uart    ^DEVID.0x0413    treatAsRegex=true
    Wait For Line On Uart    ^REVID.0x100f    treatAsRegex=true
    Wait For Prompt
    Python Should Give    machine.mem16[0x1FFF7A22]    512

Should Bear No Write To What The Factory Wrote
    Start Board
    Python    import machine
    ${before}=    Evaluate In Python    bytes(machine.unique_id()).hex()
    Python    machine.mem32[0x1FFF7A10] = 0
    Wait For Log Entry    System memory: write ignored: it can only be read
    Python Should Give    bytes(machine.unique_id()).hex()    ${before}

Should Program The One-Time Area Once
    Start Board
    Python    from machine import mem32
    Python    mem32[0x40023C04] = 0x45670123; mem32[0x40023C04] = 0xCDEF89AB; mem32[0x40023C10] = 0x201
    Python    mem32[0x1FFF7800] = 0x12345678
    Python    mem32[0x1FFF7800] = 0x0FFFFFFF
    Python Should Give    hex(mem32[0x1FFF7800])    0x2345678
    Execute Command    supplies PowerCycle 1
    Wait For Boot
    Python    from machine import mem32
    Python Should Give    hex(mem32[0x1FFF7800])    0x2345678

*** Keywords ***
Unique ID Of A Board
    [Arguments]    ${seed}
    Reset Emulation
    Start Board    seed=${seed}
    Python    import machine
    ${id}=    Evaluate In Python    bytes(machine.unique_id()).hex()
    ${told}=    Execute Command    signature UniqueIdText
    Should Be Equal    ${id}    ${told.strip()}
    RETURN    ${id}
