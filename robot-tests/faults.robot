*** Comments ***
What firmware meets where the chip has nothing, or nothing that is modelled.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Variables ***
# Opens backup SRAM. If a fault is recorded there, it shows that at 0x20000000, with RCC_CSR, and waits. Else it starts the IWDG and, as the last word says, loads
# from 0x60000000 (0) or jumps to 0x30000000 (1). The handler of all faults records a mark, CFSR, BFAR, PC, IPSR and HFSR in backup SRAM; then it asks for
# a reset, loads from 0x60000000 again (2), or waits for the watchdog (4).
@{RECORDS_FAULT}    0x20001000    0x0800001D    0x0800009F    0x08000079    0x08000079    0x08000079    0x08000079
...                 0x6C084924    0x5080F040    0x4A236408    0xF4406810    0x60107080    0xF4406B08    0x63082080
...                 0xF04F4C1F    0x68205300    0x42A84D1E    0x6F48D105    0x68A06058    0x601D6098    0x4E1BE7FE
...                 0x491B6836    0x5055F245    0x200A6008    0xF64C6088    0x600840CC    0x0F01F016    0xF04FD102
...                 0x680040C0    0x47004814    0x466F4B14    0x60606818    0x60A06918    0x60E069B8    0x8005F3EF
...                 0x68586120    0x60256160    0x0F02F016    0xF016D107    0xD1FE0F04    0x480C4B0B    0xE7FF6018
...                 0xF04FE7FE    0x680040C0    0x40023800    0x40007000    0x40024000    0xFA17FA17    0x080000D8
...                 0x40003000    0x30000001    0xE000ED28    0xE000ED0C    0x05FA0004
${LOAD_PC}          0x08000072
${IWDGRSTF}         ${{1 << 29}}
${SFTRSTF}          ${{1 << 28}}

*** Test Cases ***
Should Find The Record Of A Hard Fault In Backup SRAM After The Reset
    [Documentation]    What the handler writes there is found after the reset that it asks for, or after the watchdog's.
    [Template]    Finds Record
    0    ${LOAD_PC}    0x8200    0x60000000    ${SFTRSTF}
    1    0x30000000    0x0100    0             ${SFTRSTF}
    4    ${LOAD_PC}    0x8200    0x60000000    ${IWDGRSTF}
    5    0x30000000    0x0100    0             ${IWDGRSTF}

Should Lock Up By A Fault In The Handler Until The Watchdog Resets
    Finds Record    2    ${LOAD_PC}    0x8200    0x60000000    ${IWDGRSTF}
    Wait For Log Entry    Locked up until a reset: a fault where none can be handled (in HardFault or NMI, or with FAULTMASK): CFSR 0x00008200, HFSR 0x40000000, BFAR 0x60000000    timeout=0
    Should Not Be In Log    Locked up until    timeout=0

Should Show The Registers Of A Hard Fault In MicroPython
    Start Board
    Python    import pyb; from machine import mem32
    Python    pyb.fault_debug(True)
    Write Line To Uart    mem32[0x60000000]    waitForEcho=false
    Wait For Line On Uart    HardFault
    Wait For Line On Uart    HFSR\\s+40000000    treatAsRegex=true
    Wait For Line On Uart    CFSR\\s+00008200    treatAsRegex=true
    Wait For Line On Uart    BFAR\\s+60000000    treatAsRegex=true
    Wait For Log Entry    BusFault (PRECISERR), 0x60000000: nothing answers there    timeout=0

Should Reset MicroPython By A Hard Fault And Keep Backup SRAM
    Start Board With Backup Program
    Python    unlock()
    Python    mem32[BASE] = 0x12345678
    Write Line To Uart    mem32[0xC0000000] = 1    waitForEcho=false
    Wait For Boot
    ${word}=    Word From Monitor    0
    Should Be Equal As Integers    ${word}    0x12345678

Should Go On After The Monitor Has Looked Where Nothing Is
    [Documentation]    The bus refuses that in one line; that of release 1.16.1 answers 0.
    Start Board
    ${status}    ${answer}=    Run Keyword And Ignore Error    Execute Command    sysbus ReadDoubleWord 0x60000000
    Should Match Regexp    ${answer}    (?s)^(.*AddressError.*|\\s*0x00000000\\s*)$
    Python Should Give    1 + 1    2

Should Tell Once Of A Peripheral That Is Not Modelled
    Start Board
    Python    from machine import mem32
    Python    mem32[0xA0000008] = 1
    Wait For Log Entry    fsmc: The chip's peripheral of this name is not modelled: it reads 0 and takes no writes; first access: write of 0x1 at 0xA0000008    timeout=1
    Python Should Give    [mem32[0xA0000000 + 4 * i] for i in range(4)]    [0, 0, 0, 0]
    Should Not Be In Log    fsmc: The chip's    timeout=1
    ${accesses}=    Execute Command    sysbus.fsmc Accesses
    Should Be Equal As Integers    ${accesses}    5
    Python    mem32[0x50050000]
    Wait For Log Entry    dcmi: The chip's    timeout=1

Should Read Zero Where An APB Has Nothing
    Start Board
    Python    from machine import mem32
    Python Should Give    (mem32[0x40002400], mem32[0x40017FFC])    (0, 0)
    Wait For Log Entry    reserved: The chip has no peripheral there: it reads 0 and takes no writes; first access: read at 0x40002400    timeout=1

Should Take A Model In The Place Of The Plugin's
    ${path}=    Set Variable    ${TEMPDIR}${/}own-adc-${HOST}-${PORT_NUMBER}.repl
    Create File    ${path}    using "${{os.path.abspath($ROOT)}}/platforms/cpus/stm32f407_417.repl"\n\nadc1: @ none\n\nmyAdc: Memory.ArrayMemory @ sysbus 0x40012000\n${SPACE*4}size: 0x100\n
    Execute Command    include @${ROOT}/platforms/plugin.resc
    Execute Command    mach create "chip"
    Execute Command    machine LoadPlatformDescription @${path}
    Execute Command    sysbus WriteDoubleWord 0x40012008 1
    ${value}=    Execute Command    sysbus ReadDoubleWord 0x40012008
    Should Be Equal As Integers    ${value}    1
    [Teardown]    Remove File    ${path}

Should Boot Without A Word Of What Is Not Modelled
    [Template]    Boots In Silence
    black_f407vet6
    pyboard11
    stm32f4discovery

*** Keywords ***
Boots In Silence
    [Arguments]    ${board}
    Reset Emulation
    Prepare Board    ${board}
    Start Emulation
    Wait For Boot
    Should Not Be In Log    is not modelled    timeout=0
    Should Not Be In Log    has no peripheral there    timeout=0

Finds Record
    [Arguments]    ${choice}    ${pc}    ${status}    ${address}    ${flag}
    Reset Emulation
    Execute Command    include @${ROOT}/platforms/plugin.resc
    Execute Command    using sysbus
    Execute Command    mach create "chip"
    Execute Command    machine LoadPlatformDescription @${ROOT}/platforms/cpus/stm32f407_417.repl
    Create Log Tester    0    defaultPauseEmulation=true
    FOR    ${index}    ${word}    IN ENUMERATE    @{RECORDS_FAULT}    ${choice}
        Execute Command    sysbus WriteDoubleWord ${{hex(0x08000000 + 4 * ${index})}} ${word}
    END
    Execute Command    emulation RunFor "1"
    ${record}=    Evaluate    [0xFA17FA17, ${status}, ${address}, ${pc}, 3, 0x40000000]
    FOR    ${index}    ${expected}    IN ENUMERATE    @{record}
        ${word}=    Word From Monitor    ${{4 * ${index}}}
        Should Be Equal As Integers    ${word}    ${expected}    word ${index}
    END
    ${mark}=    Execute Command    sysbus ReadDoubleWord 0x20000000
    Should Be Equal As Integers    ${mark}    0xFA17FA17    found after the reset
    ${flags}=    Execute Command    sysbus ReadDoubleWord 0x20000004
    Should Be Equal As Integers    ${{int($flags.strip(), 16) & (3 << 28)}}    ${flag}
