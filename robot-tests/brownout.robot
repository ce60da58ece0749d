*** Comments ***
What a falling supply does, in order: the voltage detector warns, the brown-out reset holds the chip, the power goes.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Variables ***
# The first word of backup SRAM after the handler ran: BRE, BRR and PVDO of PWR_CSR, and line 16 of EXTI.
${WARNED}           0x20c10

*** Test Cases ***
Should Warn, Reset And Power Off In This Order When VDD Falls
    [Documentation]    One volt a second: voltage detector at 2.93 V, brown-out level 2 at 2.50 V, power-down at 1.68 V.
    Start Board With Brown-Out Level    2
    Python    watch(6)
    Start Work
    Execute Command    sysbus.supplies RampVdd 0 3.3
    Let Time Pass    0.36
    VDD Should Be    2.94
    Program Should Run
    First Word Should Be    0
    Let Time Pass    0.02
    VDD Should Be    2.92
    First Word Should Be    ${WARNED}
    Program Should Run
    Let Time Pass    0.41
    Supplies Should Tell    2.51 V, on,
    Program Should Run
    Let Time Pass    0.02
    Supplies Should Tell    2.49 V, on, chip held in reset by brown-out
    Supplies Should Tell    BrownOutReset (BrownOut, Pin)
    Program Should Stand Still
    Let Time Pass    0.80
    Supplies Should Tell    1.69 V, on, chip held in reset by brown-out
    Let Time Pass    0.02
    Supplies Should Tell    1.67 V, off
    Supplies Should Tell    PowerOnReset (BrownOut, Pin, PowerOn)
    First Word Should Be    ${WARNED}

Should Boot At The Rising Level And Find The Last Words
    [Documentation]    VDD comes back as it went: the reset ends at 2.59 V, and not at 1.72 V.
    Start Board With Brown-Out Level    2
    Python    watch(6)
    Start Work
    Execute Command    sysbus.supplies RampVdd 0 3.3
    Let Time Pass    4
    Execute Command    sysbus.supplies RampVdd 3.3 3.3
    Let Time Pass    1.73
    Supplies Should Tell    1.73 V, on, chip held in reset by brown-out
    Let Time Pass    0.85
    Supplies Should Tell    2.58 V, on, chip held in reset by brown-out
    Let Time Pass    0.02
    Supplies Should Tell    2.60 V, on,
    Wait For Boot
    Python    import machine
    Python Should Give    machine.reset_cause() == machine.PWRON_RESET    True
    Load Backup Program
    Python    unlock()
    Python Should Give    hex(mem32[BASE])    ${WARNED}
    Python Should Give    mem32[BASE + 4] > 0    True

Should Keep Main Memory When The Brown-Out Is All There Is
    [Documentation]    We choose: SRAM keeps its content, because its supply was there all the time. The cell isn't needed.
    Start Board With Brown-Out Level    3
    Execute Command    sysbus.supplies RemoveCoinCell
    Python    fill()
    Execute Command    sysbus WriteDoubleWord 0x1000FFF0 0xCAFED00D
    Execute Command    pause
    Execute Command    sysbus.supplies RampVdd 2 0.1
    Let Time Pass    0.2
    Execute Command    sysbus.supplies RampVdd 3.3 0.1
    Wait For Boot
    Load Backup Program
    Python    unlock()
    Python Should Give    intact()    4096
    Python    import machine
    Python Should Give    machine.reset_cause() == machine.PWRON_RESET    True
    ${word}=    Execute Command    sysbus ReadDoubleWord 0x1000FFF0
    Should Contain    ${word}    CAFED00D    ignore_case=True

Should Warn And Go On When VDD Dips Above The Brown-Out Level
    Start Board With Brown-Out Level    1
    Python    watch(5)
    Execute Command    pause
    Execute Command    sysbus.supplies RampVdd 2.4 0.1
    Let Time Pass    0.2
    Python Should Give    hex(mem32[EVENT])    ${WARNED}
    Python Should Give    mem32[PWR_CSR] & 4    4
    Execute Command    pause
    Execute Command    sysbus.supplies RampVdd 3.3 0.1
    Let Time Pass    0.2
    Python Should Give    mem32[PWR_CSR] & 4    0
    Supplies Should Tell    SystemReset

Should Refuse A Ramp That Can't Be
    Start Board
    Run Keyword And Expect Error    *RampVdd: volts = 5 is out of range: give 0 to 3.6*    Execute Command    sysbus.supplies RampVdd 5 1
    Run Keyword And Expect Error    *RampVdd: virtualSeconds = -1 is out of range: give 0 to 86400*    Execute Command    sysbus.supplies RampVdd 1 -1
    Python Should Give    1 + 1    2

*** Keywords ***
Start Board With Brown-Out Level
    [Documentation]    The option bytes are loaded by a reset.
    [Arguments]    ${level}
    Start Board
    Paste Program    ${ROOT}/firmware-fixtures/programs/option_bytes.py
    Python    brown_out_level(${level})
    Write Line To Uart    import machine; machine.reset()
    Wait For Boot
    Load Backup Program
    Paste Program    ${ROOT}/firmware-fixtures/programs/power_fail.py
    Python    unlock()

Start Work
    Write Line To Uart    work()
    Execute Command    pause
    Let Time Pass    0.05
    Program Should Run

VDD Should Be
    [Arguments]    ${volts}
    ${vdd}=    Execute Command    sysbus.supplies Vdd
    ${vdd}=    Evaluate    round(float($vdd.strip()), 2)
    Should Be Equal As Numbers    ${vdd}    ${volts}

First Word Should Be
    [Arguments]    ${expected}
    ${word}=    Word From Monitor    0
    Should Be Equal As Integers    ${word}    ${expected}

Program Should Run
    ${moves}=    Program Moves
    Should Be True    ${moves}

Program Should Stand Still
    ${moves}=    Program Moves
    Should Not Be True    ${moves}

Program Moves
    [Documentation]    Does the program count in a millisecond?
    ${before}=    Word From Monitor    4
    Let Time Pass    0.001
    ${after}=    Word From Monitor    4
    RETURN    ${{$before != $after}}
