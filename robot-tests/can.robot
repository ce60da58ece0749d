*** Comments ***
CAN as the board's owner sees it, under MicroPython: loop-back, two boards on a hub, a bus where nobody answers.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Variables ***
${BOARD}            pyboard11

*** Test Cases ***
Should Send And Receive In Loop-Back Mode
    Start Board
    Python    from pyb import CAN
    Python    c = CAN(1, CAN.LOOPBACK, baudrate=500000)
    Python    c.setfilter(0, CAN.LIST16, 1, (1, 2, 0x123, 4))
    Python    c.send("abc", 0x123, timeout=10); c.send("abc", 0x124, timeout=10)
    Python Should Give    (c.any(0), c.any(1), c.recv(1), c.any(1))    (False, True, (291, False, False, 2, b'abc'), False)
    ${rate}=    Execute Command    can1 BitRate
    Should Be Equal As Integers    ${rate}    500000

Should Go Bus-Off Without Transceiver And Come Back On A Bus
    Start Board
    Python    from pyb import CAN
    Python    c = CAN(1, CAN.NORMAL, baudrate=500000)
    Python    c.send("", 1)
    Let Time Pass    0.01
    Python Should Give    (c.state() == CAN.BUS_OFF, c.info()[:5])    (True, [248, 0, 1, 1, 1])
    Execute Command    emulation CreateCANHub "bus"
    Execute Command    connector Connect sysbus.can1 bus
    Python    c.restart()
    Let Time Pass    0.02
    Python Should Give    (c.state() == CAN.ERROR_PASSIVE, c.info()[0])    (True, 128)
    Execute Command    can1 AlwaysAcknowledged true
    Let Time Pass    0.01
    Python Should Give    (c.state() == CAN.ERROR_WARNING, c.info()[0], c.info()[5])    (True, 127, 0)

Should Count Frames That Are Disturbed
    Start Board
    Python    from pyb import CAN
    Execute Command    can1 AlwaysAcknowledged true
    Execute Command    can1 Disturb 2 "Crc"
    Python    c = CAN(1, CAN.NORMAL, baudrate=500000)
    Python    c.send("x", 1, timeout=10)
    Python Should Give    c.info()[0]    15
    ${state}=    Execute Command    can1 ErrorState
    Should Be Equal    ${state.strip()}    ErrorActive

Should Join Both CANs Of A Board
    Start Board
    Execute Command    emulation CreateCANHub "bus"
    Execute Command    connector Connect sysbus.can1 bus
    Execute Command    connector Connect sysbus.can2 bus
    Python    from pyb import CAN
    Python    a, b = (CAN(x, CAN.NORMAL, baudrate=500000) for x in (1, 2))
    Python    b.setfilter(0, CAN.MASK16, 0, (0, 0, 0, 0))
    Python    a.send("12345678", 0x7FF, timeout=10)
    Python Should Give    b.recv(0, timeout=10)    (2047, False, False, 0, b'12345678')
    Python Should Give    (a.any(0), a.info()[0], b.info()[1])    (False, 0, 0)

Should Join Two Boards
    Prepare Board
    Execute Command    emulation CreateCANHub "bus"
    Execute Command    connector Connect sysbus.can1 bus
    Create Board That Listens
    Execute Command    connector Connect sysbus.can1 bus
    Execute Command    mach set 0
    Start Emulation
    Wait For Boot
    Python    from pyb import CAN
    Python    c = CAN(1, CAN.NORMAL, baudrate=500000); c.setfilter(0, CAN.MASK16, 0, (0, 0, 0, 0))
    Python    c.send("ping", 0x123, timeout=10)
    Python Should Give    c.info()[0]    0
    Execute Command    mach set 1
    ${identifier}=    Execute Command    sysbus ReadDoubleWord 0x400065B0
    Should Be Equal As Integers    ${identifier}    0x24600000
    ${data}=    Execute Command    sysbus ReadDoubleWord 0x400065B8
    Should Be Equal As Integers    ${data}    0x676E6970
    # One byte, 0x21, with identifier 2.
    Write Words    0x40006584 1    0x40006588 0x21    0x40006580 0x400001
    Execute Command    mach set 0
    Python Should Give    c.recv(0, timeout=10)    (2, False, False, 0, b'!')

*** Keywords ***
Create Board That Listens
    [Documentation]    A second board without firmware, whose CAN is set up from the Monitor: PB8 and PB9, 500000 bits a second of HSI, a filter for all.
    Execute Command    mach create "listener"
    Execute Command    machine LoadPlatformDescription @${ROOT}/platforms/boards/${BOARD}.repl
    Execute Command    cpu IsHalted true
    Write Words    0x40023830 2    0x40023840 0x2000000    0x40020424 0x99    0x4002040C 0x10000    0x40020400 0xA0280
    Write Words    0x40006400 1    0x4000641C 0x1C0001    0x4000661C 1    0x40006600 0x2A1C0E00    0x40006400 0

Write Words
    [Documentation]    Words of the bus, each an address and a value.
    [Arguments]    @{words}
    FOR    ${word}    IN    @{words}
        Execute Command    sysbus WriteDoubleWord ${word}
    END
