*** Comments ***
The SD slot, with no card in it: what MicroPython's driver sees, and what it asks of the SDIO before it gives up.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should See A Card By The Switch Of The Slot Alone
    [Documentation]    The Pyboard's switch pulls PA8 down while a card is in.
    Start Board    pyboard11
    Python    import pyb; sd = pyb.SDCard()
    Python Should Give    (sd.present(), sd.power(True), sd.info())    (False, False, None)
    # Nobody has been asked.
    Clock Should Be On    False
    Execute Command    gpioPortA Drive 8 "low"
    Python Should Give    sd.present()    True
    Execute Command    gpioPortA Drive 8 "release"
    Python Should Give    sd.present()    False

Should Give Up On A Card That Does Not Answer
    [Documentation]    The port tries eleven times, 50 ms apart.
    Start Board    pyboard11
    Python    import pyb, time, stm; sd = pyb.SDCard()
    Execute Command    gpioPortA Drive 8 "low"
    Card Should Not Answer
    # And again.
    Card Should Not Answer
    Python Should Give    (sd.power(False), sd.power(True), sd.present())    (True, False, True)

Should Look For A Card In A Slot Without A Switch
    Start Board    black_f407vet6
    Python    import pyb, time, stm; sd = pyb.SDCard()
    Python Should Give    sd.present()    True
    Card Should Not Answer

Should Time Out A Read Whose Data Never Come
    [Documentation]    As the driver prepares it: a block of 512 bytes from the card, and the time that it may take.
    Start Board    pyboard11
    Python    import pyb, stm; sd = pyb.SDCard(); m = stm.mem32; S = stm.SDIO
    Execute Command    gpioPortA Drive 8 "low"
    Python Should Give    sd.power(True)    False
    Python    m[S + 0x24] = 200000; m[S + 0x28] = 512; m[S + 0x2C] = 9 << 4 | 3
    Python Should Give    m[S + 0x34]    8
    Python    m[S + 0x38] = 0x7FF; m[S + 0x2C] = 0
    Python Should Give    (m[S + 0x34], sd.power(True), m[S + 0x34])    (0, False, 0)

Should Not Mount Or Read What Is Not There
    Start Board    pyboard11
    Python    import pyb, os; sd = pyb.SDCard(); b = bytearray(512)
    Execute Command    gpioPortA Drive 8 "low"
    Write Line To Uart    os.mount(sd, '/sd')
    # FatFs: not ready.
    Wait For Line On Uart    OSError: 16
    Wait For Prompt
    Python Should Give    (sd.readblocks(0, b), sd.writeblocks(0, b), sd.ioctl(4, 0), sd.ioctl(1, 0))    (False, False, 0, -1)
    Python Should Give    os.listdir('/')    ['flash']

Should Boot From Flash While The Slot Is Empty
    Start Board    pyboard11
    Boot Files Should Be Those Of Flash

Should Boot From Flash If The Card Does Not Answer
    [Documentation]    Five times, for each of four partitions and for none, the driver tries to start it.
    Prepare Board    pyboard11
    Execute Command    gpioPortA Drive 8 "low"
    Start Emulation
    Wait For Line On Uart    MPY: can't mount SD card
    Wait For Boot
    Boot Files Should Be Those Of Flash

*** Keywords ***
Card Should Not Answer
    [Documentation]    power(True) fails for the answer that CMD55 has not got: command, its state machine on, a short response expected.
    Python    t = time.ticks_ms(); on = sd.power(True); t = time.ticks_diff(time.ticks_ms(), t)
    Python Should Give    (on, 500 <= t < 600)    (False, True)
    Clock Should Be On    True
    # POWER on, 400 kHz; of the command's flags none is left.
    Python Should Give    [hex(stm.mem32[stm.SDIO + n]) for n in (0, 4, 8, 0xC, 0x34)]    ['0x3', '0x176', '0x0', '0x477', '0x0']

Clock Should Be On
    [Arguments]    ${expected}
    Python    import stm
    Python Should Give    bool(stm.mem32[stm.RCC + stm.RCC_APB2ENR] & 1 << 11)    ${expected}

Boot Files Should Be Those Of Flash
    Python    import os, sys
    Python Should Give    (os.getcwd(), os.listdir('/'), sys.path)    ('/flash', ['flash'], ['', '.frozen', '/flash', '/flash/lib'])
