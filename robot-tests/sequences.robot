*** Comments ***
How real firmware uses backup SRAM: each known sequence, written anew, must do here what it does on the chip.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Keep Data With The Four Steps Of The Forum
    [Documentation]    BRE comes first, with DBP and PWREN set by nobody but MicroPython's RTC start-up: it works for that reason only.
    Start Board With Backup Program
    Python    mem32[PWR_CSR] |= 1 << 9
    Python    mem32[RCC_APB1ENR] |= 1 << 28
    Python    mem32[RCC_AHB1ENR] |= 1 << 18
    Python    mem32[PWR_CR] |= 1 << 8
    Python    fill()
    Cycle Power And Unlock
    Python Should Give    intact()    4096

Should Ignore The First Of The Four Steps When The RTC Has Not Unlocked It
    Start Board With Backup Program
    # MicroPython from 1.29 on sets BRE by itself.
    Python    mem32[PWR_CSR] &= ~(1 << 9)
    Python    mem32[PWR_CR] &= ~(1 << 8)
    Python    mem32[PWR_CSR] |= 1 << 9
    Python Should Give    mem32[PWR_CSR] >> 9 & 1    0
    Python    mem32[RCC_APB1ENR] &= ~(1 << 28)
    Python    mem32[PWR_CSR] |= 1 << 9
    Python    mem32[RCC_APB1ENR] |= 1 << 28
    Python Should Give    mem32[PWR_CSR] >> 9 & 1    0

Should Keep Data With The Pyboard Library's Order
    [Documentation]    PWREN, DBP, BKPSRAMEN, BRE by word read-modify-write; no wait for BRR; a bytearray over the region; a magic number in word 1023.
    [Template]    Keeps Data With The Pyboard Library's Order
    black_f407vet6
    pyboard11

Should Keep Data With The HAL's Order
    [Documentation]    BRE through its bit-band alias, then BRR within a second.
    Start Board With Backup Program
    Python    import time
    Python    mem32[0x42000000 + (RCC_APB1ENR - 0x40000000) * 32 + 28 * 4] = 1
    Python    mem32[0x420E0020] = 1
    Python    mem32[0x42000000 + (RCC_AHB1ENR - 0x40000000) * 32 + 18 * 4] = 1
    Python    mem32[0x420E00A4] = 1
    Python    t = time.ticks_ms()
    Python Loop    while not mem32[PWR_CSR] & 8 and time.ticks_diff(time.ticks_ms(), t) < 1000: pass
    Python Should Give    mem32[PWR_CSR] >> 3 & 1    1
    Python    fill()
    Cycle Power And Unlock
    Python Should Give    intact()    4096

Should Not Hang A Client That Polls BRR For Ever
    Start Board With Backup Program
    Python    unlock(False)
    Python    mem32[PWR_CSR] |= 1 << 9
    Python Loop    while not mem32[PWR_CSR] & 8: pass
    Python Should Give    mem32[PWR_CSR] >> 3 & 1    1

Should Keep Data When DBP Is Toggled Around Every Write
    Start Board With Backup Program
    Python    unlock()
    Python    mem32[PWR_CR] &= ~(1 << 8)
    Python    exec("for i in range(1024):\\n mem32[PWR_CR] |= 256\\n mem32[PWR_CR]\\n mem32[BASE + 4 * i] = pattern(i)\\n mem32[PWR_CR] &= ~256")
    Cycle Power And Unlock
    Python Should Give    intact()    4096

Should Let A Kill In The Wrong Order Do Nothing
    [Documentation]    DBP and PWREN are cleared first and BRE last: by then BRE can't be written.
    Start Board With Backup Program
    Python    unlock()
    Python    fill()
    Python    mem32[PWR_CR] &= ~(1 << 8)
    Python    mem32[RCC_APB1ENR] &= ~(1 << 28)
    Python    mem32[PWR_CSR] &= ~(1 << 9)
    Cycle Power And Unlock
    Python Should Give    intact()    4096

Should Lose Data When The Kill Is In The Right Order
    Start Board With Backup Program
    Python    unlock()
    Python    fill()
    Python    mem32[PWR_CSR] &= ~(1 << 9)
    Cycle Power And Unlock
    Python Should Give    intact() <= 8    True

Should Keep Data Given To Mem Backup
    [Documentation]    machine.mem_backup() of MicroPython 1.29 and later.
    Start Board With Backup Program
    Python    import machine
    ${offered}=    Evaluate In Python    hasattr(machine, 'mem_backup')
    Skip If    "${offered}" == "False"    this firmware has no machine.mem_backup()
    Python    m = machine.mem_backup()
    Python    m[0:5] = b'hello'
    Cycle Power
    Python    import machine
    Python Should Give    bytes(machine.mem_backup()[0:5])    b'hello'

Should Keep Data In A Memoryview As Mem Backup Gives It
    [Documentation]    What machine.mem_backup() does, for firmware that lacks it: unlock once, then a memoryview.
    Start Board With Backup Program
    Python    unlock()
    Python    import uctypes
    Python    m = memoryview(uctypes.bytearray_at(BASE, 4096))
    Python    m[100:105] = b'hello'
    Cycle Power And Unlock
    Python    import uctypes
    Python    m = memoryview(uctypes.bytearray_at(BASE, 4096))
    Python Should Give    bytes(m[100:105])    b'hello'

*** Keywords ***
Keeps Data With The Pyboard Library's Order
    [Arguments]    ${board}
    Reset Emulation
    Prepare Board    ${board}
    Execute Command    sysbus.supplies InsertCoinCell
    Start Emulation
    Wait For Boot
    Open With The Pyboard Library's Order
    Python    ba[0:4] = b'\\x01\\x02\\x03\\x04'
    Python    machine.mem32[0x40024000 + 4 * 1023] = 0x1B2C3D4E
    Cycle Power
    Open With The Pyboard Library's Order
    Python Should Give    bytes(ba[0:4])    b'\\x01\\x02\\x03\\x04'
    Python Should Give    hex(machine.mem32[0x40024000 + 4 * 1023])    0x1b2c3d4e

Open With The Pyboard Library's Order
    Python    import machine, stm, uctypes
    Python    machine.mem32[stm.RCC + stm.RCC_APB1ENR] |= 1 << 28
    Python    machine.mem32[stm.PWR + stm.PWR_CR] |= 1 << 8
    Python    machine.mem32[stm.RCC + stm.RCC_AHB1ENR] |= 1 << 18
    Python    machine.mem32[stm.PWR + stm.PWR_CSR] |= 1 << 9
    Python    ba = uctypes.bytearray_at(0x40024000, 4096)
