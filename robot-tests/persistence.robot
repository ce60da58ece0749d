*** Comments ***
What survives without main power, on each board by its own supply wiring.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Keep Backup SRAM When Power Is Cycled With Cell And BRE
    [Template]    Keeps All Bytes
    black_f407vet6
    pyboard11

Should Keep Backup SRAM Over Three Power Cycles In A Row
    Start Board With Backup Program
    Python    unlock()
    Python    fill()
    Cycle Power And Unlock    1
    Python Should Give    intact()    4096
    Cycle Power And Unlock    5
    Python Should Give    intact()    4096
    Cycle Power And Unlock    0.001
    Python Should Give    intact()    4096

Should Lose Backup SRAM When There Is No Cell
    Start Board With Backup Program
    Python    unlock()
    Python    fill()
    Execute Command    sysbus.supplies RemoveCoinCell
    Cycle Power And Unlock
    Content Should Be Garbage

Should Lose Backup SRAM When BRE Is Clear
    Start Board With Backup Program
    Python    unlock(False)
    # MicroPython 1.29 has set it.
    Python    mem32[PWR_CSR] &= ~(1 << 9)
    Python    fill()
    Python Should Give    intact()    4096
    Cycle Power And Unlock
    Content Should Be Garbage
    Wait For Log Entry    not survive    timeout=1

Should Lose Backup SRAM When The Cell Is Pulled While Power Is Off
    Start Board With Backup Program
    Python    unlock()
    Python    fill()
    Execute Command    sysbus.supplies PowerOff
    Execute Command    sysbus.supplies RemoveCoinCell
    Execute Command    sysbus.supplies InsertCoinCell
    Execute Command    sysbus.supplies PowerOn
    Wait For Boot
    Load Backup Program
    Python    unlock()
    Content Should Be Garbage

Should Keep Backup SRAM When The Cell Is Swapped While Power Is On
    Start Board With Backup Program
    Python    unlock()
    Python    fill()
    Execute Command    sysbus.supplies RemoveCoinCell
    Execute Command    sysbus.supplies InsertCoinCell
    Cycle Power And Unlock
    Python Should Give    intact()    4096

Should Lose Backup SRAM When The Cell Is Flat
    Start Board With Backup Program
    Python    unlock()
    Python    fill()
    Execute Command    sysbus.supplies CoinCellVoltage 1.2
    Cycle Power And Unlock
    Content Should Be Garbage

Should Scramble Main Memory When Power Is Cycled
    Start Board With Backup Program
    ${before}=    Execute Command    sysbus ReadBytes 0x20010000 64
    Execute Command    sysbus.supplies PowerOff
    Execute Command    sysbus.supplies PowerOn
    ${after}=    Execute Command    sysbus ReadBytes 0x20010000 64
    Should Not Be Equal    ${before}    ${after}

Should Repeat The Same Garbage With The Same Seed
    ${first}=    Checksum After Loss    7
    ${second}=    Checksum After Loss    7
    ${other}=    Checksum After Loss    8
    Should Be Equal    ${first}    ${second}
    Should Not Be Equal    ${first}    ${other}

Should Keep Backup SRAM When State Is Saved And Loaded In The Middle
    Skip If    "${HOST}" == "standalone"    Snapshots in files are Renode's
    Start Board With Backup Program
    Python    unlock()
    Python    fill()
    ${state}=    Set Variable    ${OUTPUT_DIR}/persistence.save
    Execute Command    Save @${state}
    Python    mem32[BASE] = 0
    Python Should Give    intact()    4092
    Execute Command    Load @${state}
    Execute Command    mach set 0
    Create Console Tester
    Start Emulation
    Python Should Give    intact()    4096
    Cycle Power And Unlock
    Python Should Give    intact()    4096

Should Lose Backup SRAM On A Pyboard Whose VBAT Pin Is Open
    Start Board With Backup Program    pyboard11
    Python    unlock()
    Python    fill()
    Cycle Power And Unlock
    Content Should Be Garbage

Should Lose Backup SRAM On A Discovery Because VBAT Is Tied To VDD
    Start Board With Backup Program    stm32f4discovery
    Python    unlock()
    Python    fill()
    Cycle Power And Unlock
    Content Should Be Garbage

Should Keep Backup SRAM On A Discovery When It Is Only Reset
    Start Board With Backup Program    stm32f4discovery
    Python    unlock()
    Python    fill()
    Execute Command    sysbus.supplies PressReset
    Wait For Boot
    Load Backup Program
    Python    unlock()
    Python Should Give    intact()    4096

*** Keywords ***
Keeps All Bytes
    [Arguments]    ${board}
    Reset Emulation
    Prepare Board    ${board}
    Execute Command    sysbus.supplies InsertCoinCell
    Start Emulation
    Wait For Boot
    Load Backup Program
    Python    unlock()
    Python    fill()
    ${before}=    Evaluate In Python    checksum()
    Cycle Power And Unlock
    Python Should Give    intact()    4096
    Python Should Give    checksum()    ${before}

Content Should Be Garbage
    [Documentation]    Lost means random: next to no word is as it was, and it is not a field of zeroes.
    Python Should Give    intact() <= 8    True
    Python Should Give    zeroes() < 100    True

Checksum After Loss
    [Arguments]    ${seed}
    Reset Emulation
    Start Board With Backup Program    seed=${seed}
    Python    unlock(False)
    Cycle Power And Unlock
    ${checksum}=    Evaluate In Python    checksum()
    RETURN    ${checksum}
