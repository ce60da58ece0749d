*** Comments ***
ADC and DAC as MicroPython drives them: volts from the Monitor, from a file, from the DAC over a wire; VBAT, temperature and VREFINT of the chip.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Read What The Monitor Puts On A Pin
    Start Board
    Python    from pyb import ADC; import machine
    Python    a = ADC('PA3')
    Execute Command    sysbus.adc1 SetVoltage 3 1.25
    Python Should Give    a.read()    1551
    Python Should Give    machine.ADC('PA3').read_u16()    24822
    Execute Command    sysbus.adc1 SetVoltage 3 3.3
    Python Should Give    a.read()    4095
    Execute Command    sysbus.gpioPortA Drive 3 "low"
    Python Should Give    a.read()    0
    Execute Command    sysbus.gpioPortA Drive 3 "release"
    ${volts}=    Execute Command    sysbus.adc1 Voltage 3
    Should Contain    ${volts}    floating
    ${status}    ${answer}=    Run Keyword And Ignore Error    Execute Command    sysbus.adc1 SetVoltage 3 9
    Should Contain    ${answer}    volts = 9 is out of range: give 0 to 5

Should Read What The Chip Itself Is
    [Documentation]    The firmware corrects by VREFINT_CAL, TS_CAL1 and TS_CAL2 of the chip.
    Start Board
    Python    import pyb
    Python    a = pyb.ADCAll(12, 0x70000)
    Python Should Be Near    a.read_vref()    3.3    0.01
    Python Should Be Near    a.read_core_vref()    1.21    0.01
    Python Should Be Near    a.read_core_vbat()    3.06    0.01
    Python Should Be Near    a.read_core_temp()    25    0.7
    Execute Command    sysbus.adc1 ChipTemperature 61
    Python Should Be Near    a.read_core_temp()    61    0.7
    # What is converted depends on VDD, what is told does not.
    Execute Command    sysbus.supplies Vdd 2.6
    Python Should Be Near    a.read_vref()    2.6    0.01
    Python Should Be Near    a.read_core_vbat()    2.76    0.02
    Python Should Be Near    a.read_core_temp()    61    0.9

Should See The Cell Sag
    [Documentation]    On the Pyboard VBAT is a pin of its own. Reading loads the cell with the divider, for as long as VBATE is set.
    Start Board    pyboard11
    Execute Command    sysbus.supplies InsertCoinCell
    Python    import pyb, stm
    Python    a = pyb.ADCAll(12, 0x70000)
    Execute Command    sysbus.supplies CoinCellVoltage 3.0
    Python Should Be Near    a.read_core_vbat()    3.0    0.01
    Execute Command    sysbus.supplies CoinCellVoltage 2.1
    Python Should Be Near    a.read_core_vbat()    2.1    0.01
    Cell Should Give    0
    Python    stm.mem32[0x40012304] |= 1 << 22
    Cell Should Give    42

Should Read A Timed Series From A File
    [Documentation]    50 samples at 500 Hz, of a ramp of a tenth of a second.
    Start Board
    ${path}=    Set Variable    ${TEMPDIR}${/}ramp-${HOST}-${PORT_NUMBER}.csv
    Create File    ${path}    seconds, volts\n0, 0\n0.1, 3.3\n
    Python    from pyb import ADC, Timer
    Python    a = ADC('PA3'); t = Timer(6, freq=500); b = bytearray(50)
    Execute Command    sysbus.adc1 ReadVoltagesFrom 3 @${path}
    Python    _ = a.read_timed(b, t)
    # The timer's flag has been set before, so that the first comes at once.
    Python Should Give    all(3 <= y - x <= 8 or y == 255 for x, y in zip(b[1:], b[2:]))    True
    Python Should Give    (b[0] < 200, max(b))    (True, 255)
    [Teardown]    Remove File    ${path}

Should Read Back What The DAC Writes
    [Documentation]    PA4 is wired to PA1.
    Start Board
    Execute Command    sysbus.gpioPortA Wire 4 sysbus.gpioPortA 1
    Python    from pyb import ADC, DAC
    Python    a = ADC('PA1'); d = DAC(1, bits=12)
    Python    d.write(2048)
    Python Should Give    a.read()    2048
    ${volts}=    Execute Command    sysbus.dac OutputVoltage 1
    Should Contain    ${volts}    1.650 V
    Python    d.write(100)
    Python Should Give    a.read()    100
    # With its buffer, the output doesn't come near the rails.
    Python    d.init(12, buffering=True); d.write(0)
    Python Should Give    a.read()    248

Should Make A Triangle
    [Documentation]    A step each 10 us, up to 4095 and back; the buffer cuts its tips.
    Start Board
    Execute Command    sysbus.gpioPortA Wire 4 sysbus.gpioPortA 1
    Python    from pyb import ADC, DAC, Timer
    Python    a = ADC('PA1'); d = DAC(1); t = Timer(5, freq=1000)
    Python    d.triangle(100000); import array; b = array.array('h', [0] * 90)
    Python    _ = a.read_timed(b, t)
    Python Should Give    sum(1 for x, y in zip(b, b[1:]) if 98 <= abs(y - x) <= 102) > 70    True
    Python Should Give    (min(b), max(b))    (248, 3847)

Should Play A Buffer By DMA
    [Documentation]    Eight values over and over, a millisecond each, and read back in step.
    Start Board
    Execute Command    sysbus.gpioPortA Wire 5 sysbus.gpioPortA 1
    Python    from pyb import ADC, DAC, Timer; import array
    Python    a = ADC('PA1'); d = DAC(2); t = Timer(5, freq=1000)
    Python    w = bytearray([32, 64, 96, 128, 160, 192, 200, 208])
    Python    d.write_timed(w, Timer(2, freq=1000), mode=DAC.CIRCULAR)
    Python    b = bytearray(25); _ = a.read_timed(b, t); b = b[1:]
    Python Should Give    b[:8] == b[8:16] == b[16:] and sorted(b[:8]) == list(w)    True
    # Once is once, and the last value stays.
    Python    d.write_timed(bytearray([100, 101, 102]), 1000, mode=DAC.NORMAL); import pyb; pyb.delay(20)
    Python Should Give    a.read() >> 4    102
    Python    d.write_timed(bytearray([103]), 1000, mode=DAC.NORMAL); pyb.delay(20)
    Python Should Give    a.read() >> 4    103

*** Keywords ***
Python Should Be Near
    [Arguments]    ${expression}    ${expected}    ${tolerance}
    ${seen}=    Evaluate In Python    ${expression}
    Should Be True    abs(${seen} - ${expected}) <= ${tolerance}    ${expression} is ${seen}

Cell Should Give
    [Documentation]    Microamperes.
    [Arguments]    ${expected}
    ${current}=    Execute Command    sysbus.supplies CellCurrent
    Should Be True    abs(${current.strip()} - ${expected}) < 1
