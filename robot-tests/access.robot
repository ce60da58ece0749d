*** Comments ***
Is backup SRAM reachable with machine.mem8, mem16 and mem32? Yes: after four bits are set, and not before.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Reach Backup SRAM With Bytes Half-Words And Words After The Unlock
    Start Board With Backup Program
    Python Should Give    unlock()    True
    Python    mem32[BASE + 0x10] = 0x44332211
    Python Should Give    hex(mem32[BASE + 0x10])    0x44332211
    Python Should Give    [hex(mem8[BASE + 0x10 + i]) for i in range(4)]    ['0x11', '0x22', '0x33', '0x44']
    Python    mem16[BASE + 0x12] = 0xBEEF
    Python    mem8[BASE + 0x10] = 0x77
    Python Should Give    [hex(mem16[BASE + 0x10 + i]) for i in (0, 2)]    ['0x2277', '0xbeef']
    Python    mem8[BASE + 0xFFF] = 0xA5
    Python Should Give    hex(mem8[BASE + 0xFFF])    0xa5

Should Read Zero And Drop Writes While The Clock Is Off
    Start Board With Backup Program
    Python    unlock()
    Python    mem32[BASE] = 0x12345678
    Python    mem32[RCC_AHB1ENR] &= ~(1 << 18)
    Python Should Give    (mem32[BASE], mem16[BASE], mem8[BASE])    (0, 0, 0)
    Python    mem32[BASE] = 0x55555555
    Python    mem16[BASE] = 0x5555
    Python    mem8[BASE] = 0x55
    ${word}=    Word From Monitor    0
    Should Be Equal As Integers    ${word}    0x12345678
    Python    mem32[RCC_AHB1ENR] |= 1 << 18
    Python Should Give    hex(mem32[BASE])    0x12345678

Should Read But Drop Writes While Protected
    Start Board With Backup Program
    Python    unlock()
    Python    mem32[BASE + 4] = 0x12345678
    Python    mem32[PWR_CR] &= ~(1 << 8)
    Python    mem32[BASE + 4] = 0
    Python    mem16[BASE + 4] = 0
    Python    mem8[BASE + 4] = 0
    Python Should Give    hex(mem32[BASE + 4])    0x12345678
    Python    mem32[PWR_CR] |= 1 << 8
    Python    mem32[BASE + 4] = 0x0BADCAFE
    Python Should Give    hex(mem32[BASE + 4])    0xbadcafe

Should Be Closed Right After Boot
    [Documentation]    No bit set by the firmware itself opens it: reads give 0, writes are dropped.
    Start Board With Backup Program
    ${opened}=    Evaluate In Python    hasattr(__import__("machine"), "mem_backup")
    Skip If    ${opened}    MicroPython 1.29 and later open it when they boot
    ${before}=    Word From Monitor    8
    Python    mem32[BASE + 8] = 0x600DF00D
    Python Should Give    (mem32[BASE + 8], mem16[BASE + 8], mem8[BASE + 8])    (0, 0, 0)
    ${after}=    Word From Monitor    8
    Should Be Equal As Integers    ${before}    ${after}

Should Warn Once With Register Rule And Program Counter
    Start Board With Backup Program
    # MicroPython 1.29 has switched it on.
    Python    mem32[RCC_AHB1ENR] &= ~(1 << 18)
    Python    mem32[BASE] = 1
    Wait For Log Entry    bkpsram: Backup SRAM: .*BKPSRAMEN.*PC 0x080    treatAsRegex=true    timeout=1

Should Set BRE Through The Bit-Band Alias
    Start Board With Backup Program
    Python    unlock(False)
    Python    mem32[0x420E00A4] = 1
    Python Should Give    mem32[PWR_CSR] >> 9 & 1    1
    Python Should Give    mem32[0x420E00A4]    1
    Python    fill()
    Cycle Power And Unlock
    Python Should Give    intact()    4096

Should Reach Its Own Bits Through The Bit-Band Alias
    Start Board With Backup Program
    Python    unlock()
    Python    mem32[BASE] = 0
    Python    mem32[0x42480000 + 4 * 5] = 1
    Python Should Give    mem32[BASE]    32

Should Fault When Code Is Fetched From It
    [Documentation]    The peripheral region is execute-never: the core ends in the firmware's fault handler, not in the data.
    Start Board With Backup Program
    Python    unlock()
    Python Loop    for i in range(1024): mem32[BASE + 4 * i] = 0xE7FEE7FE
    Execute Command    sysbus.cpu PC 0x40024000
    Execute Command    emulation RunFor "0.01"
    ${pc}=    Execute Command    sysbus.cpu PC
    ${pc}=    Evaluate    int($pc.strip(), 16)
    Should Be True    0x08000000 <= ${pc} < 0x08100000
