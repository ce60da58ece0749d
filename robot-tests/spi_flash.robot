*** Comments ***
The Black board's W25Q16: MicroPython drives it by SPI1 and by pins that it toggles, and keeps its files there.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Variables ***
${SPIFLASH_IMAGE}    ${FIRMWARE_DIR}/black_f407vet6-SPIFLASH.elf

*** Test Cases ***
Should Drive The Flash By SPI1
    Flash Should Work By    machine.SPI(1, baudrate=10_000_000)

Should Drive The Flash By Toggled Pins
    Flash Should Work By    machine.SoftSPI(sck='PB3', mosi='PB5', miso='PB4')

Should Keep Files On The Flash Over Power Cycles
    Start Board    black_f407vet6    firmware=${SPIFLASH_IMAGE}
    Execute Command    sysbus.supplies RemoveCoinCell
    Python    import os
    Python Should Give    os.statvfs('/flash')[2] * os.statvfs('/flash')[0] > 2_000_000    True
    Python    f = open('/flash/kept.txt', 'w'); f.write('on the W25Q16'); f.close(); os.sync()
    Cycle Power
    Python Should Give    open('/flash/kept.txt').read()    on the W25Q16
    ${directory}=    Execute Command    sysbus.gpioPortB.spiFlash Dump 0x1000 128
    Should Contain    ${directory}    KEPT${SPACE * 4}TXT

Should Format The Flash Anew After It Was Erased
    Start Board    black_f407vet6    firmware=${SPIFLASH_IMAGE}
    Python    import os
    Python    f = open('/flash/kept.txt', 'w'); f.write('x'); f.close(); os.sync()
    Python Should Give    'kept.txt' in os.listdir('/flash')    True
    Execute Command    sysbus.gpioPortB.spiFlash Erase
    Cycle Power
    Python    import os
    Python Should Give    'kept.txt' in os.listdir('/flash')    False
    Python Should Give    'boot.py' in os.listdir('/flash')    True

Should Carry Files To Another Board In An Image
    Start Board    black_f407vet6    firmware=${SPIFLASH_IMAGE}
    Python    import os
    Python    f = open('/flash/kept.txt', 'w'); f.write('from another board'); f.close(); os.sync()
    ${image}=    Set Variable    ${OUTPUT DIR}${/}spi_flash.bin
    Execute Command    sysbus.gpioPortB.spiFlash Save @${image}
    Reset Emulation
    Prepare Board    black_f407vet6    firmware=${SPIFLASH_IMAGE}
    Execute Command    sysbus.gpioPortB.spiFlash Load @${image}
    Start Emulation
    Wait For Boot
    Python Should Give    open('/flash/kept.txt').read()    from another board
    [Teardown]    Remove File    ${image}

*** Keywords ***
Flash Should Work By
    [Arguments]    ${bus}
    Start Board
    Python    import machine
    Python    spi = ${bus}; cs = machine.Pin('PB0', machine.Pin.OUT, value=1)
    Python Loop    def x(b, n=0): cs(0); spi.write(bytes(b)); r = spi.read(n); cs(1); return r
    Python Should Give    x([0x9F], 3)    b'\\xef@\\x15'
    Python    x([6]); x([0x20, 0, 0x10, 0])
    Wait Until Not Busy
    Python    x([6]); x(b'\\x02\\x00\\x10\\x20backup')
    Wait Until Not Busy
    Python Should Give    x([3, 0, 0x10, 0x1f], 8)    b'\\xffbackup\\xff'
    ${text}=    Execute Command    sysbus.gpioPortB.spiFlash Dump 0x1020 6
    Should Contain    ${text}    backup

Wait Until Not Busy
    Python Loop    while x([5], 1)[0] & 1: pass
