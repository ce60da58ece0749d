*** Comments ***
Read protection in the option bytes: the firmware works on, a debugger sees nothing, and lifting it erases the secrets.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Hide Flash And Backup SRAM From The Debugger And Not From The Firmware
    Start Protected Board
    Python Should Give    intact()    4096
    Python Should Give    mem32[0x08000000] != 0    True
    ${log}=    Set Variable    refused: read protection is at level 1
    Word On Bus Should Be    0x40024000    0
    Wait For Log Entry    ${log}
    Word On Bus Should Be    0x40024004    0
    Should Not Be In Log    ${log}
    Word On Bus Should Be    0x08000000    0
    Wait For Log Entry    refused: read protection is at level 1
    Python    mem32[0x40002850] = 0x1234
    Python Should Give    mem32[0x40002850]    4660
    Word On Bus Should Be    0x40002850    0
    Execute Command    sysbus WriteDoubleWord 0x40024000 0
    Python Should Give    intact()    4096
    # A person with the lid off sees all.
    ${word}=    Word From Monitor    0
    Should Be Equal As Integers    ${word}    0x12345679

Should Stay Protected Without Any Supply
    Start Protected Board
    Execute Command    sysbus.supplies RemoveCoinCell
    Cycle Power
    Word On Bus Should Be    0x08000000    0
    Supplies Should Tell    level 1: debuggers can't read flash and backup SRAM

Should Erase Flash And Backup SRAM When Protection Is Lifted
    [Documentation]    By a debugger, as it is done: the core stands still. Then the chip is programmed anew.
    Start Protected Board
    Execute Command    pause
    Program Option Bytes Over The Bus    0x0FFFAAEC
    Supplies Should Tell    level 0: none
    Word On Bus Should Be    0x08000000    0xFFFFFFFF
    Word On Bus Should Be    0x08040000    0xFFFFFFFF
    ${word}=    Word From Monitor    0
    Should Be Equal As Integers    ${word}    0
    Execute Command    sysbus LoadFirmware $bin
    Execute Command    sysbus.supplies PressReset
    Start Emulation
    Wait For Boot
    Load Backup Program
    Python    unlock()
    Python Should Give    zeroes()    4096

Should Bear Firmware That Lifts Its Own Protection
    [Documentation]    The core runs into erased flash, and the simulation goes on: program it anew, and it boots.
    Start Protected Board
    Write Line To Uart    program(rdp=0xAA)
    Execute Command    pause
    Let Time Pass    0.1
    Word On Bus Should Be    0x08020000    0xFFFFFFFF
    ${word}=    Word From Monitor    0
    Should Be Equal As Integers    ${word}    0
    Execute Command    sysbus LoadFirmware $bin
    Execute Command    sysbus.supplies PowerCycle 0.1
    Start Emulation
    Wait For Boot

Should Never Leave Level 2
    Start Board With Programs
    Python    program(rdp=0xCC)
    Python    program(rdp=0xAA)
    Python Should Give    hex(mem32[OPTION_BYTES] >> 8)    0xcc
    Python Should Give    intact()    4096
    Cycle Power
    Paste Program    ${ROOT}/firmware-fixtures/programs/option_bytes.py
    Python    program(rdp=0x55)
    Python Should Give    hex(mem32[OPTION_BYTES] >> 8)    0xcc
    Supplies Should Tell    level 2

*** Keywords ***
Start Board With Programs
    Start Board With Backup Program
    Paste Program    ${ROOT}/firmware-fixtures/programs/option_bytes.py
    Python    unlock()
    Python    fill()

Start Protected Board
    Start Board With Programs
    Python    program(rdp=0x55)

Word On Bus Should Be
    [Arguments]    ${address}    ${expected}
    ${word}=    Execute Command    sysbus ReadDoubleWord ${address}
    ${word}=    Evaluate    int($word.strip(), 16)
    Should Be Equal As Integers    ${word}    ${expected}

Program Option Bytes Over The Bus
    [Arguments]    ${value}
    ${locked}=    Execute Command    sysbus ReadDoubleWord 0x40023C14
    ${locked}=    Evaluate    int($locked.strip(), 16) & 1
    IF    ${locked}
        Execute Command    sysbus WriteDoubleWord 0x40023C08 0x08192A3B
        Execute Command    sysbus WriteDoubleWord 0x40023C08 0x4C5D6E7F
    END
    Execute Command    sysbus WriteDoubleWord 0x40023C14 ${value}
    Execute Command    sysbus WriteDoubleWord 0x40023C14 ${{${value} | 2}}
