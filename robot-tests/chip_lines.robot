*** Comments ***
Every line of the family with backup SRAM: memories, registers and peripherals of its own, and the same backup domain.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Variables ***
# Opens backup SRAM in order, waits for BRR, and counts boots in its first word; a mark in the second tells a count from noise.
@{COUNT_BOOTS}
...                 0x20001000    0x00000009    0x68014812    0x5180F041    0x4A116001    0xF4416811    0x60117180    0xF8506811
...                 0xF4411C10    0xF8402180    0x68511C10    0x7100F441    0x68516051    0x0F08F011    0x4B08D0FB    0x4C086859
...                 0xBF0C42A1    0x21006819    0x60193101    0xBF30605C    0x0000E7FD    0x40023840    0x40007000    0x40024000
...                 0x600DDA7A

# Waits for ever.
@{WAIT}             0x20001000    0x00000009    0x0000E7FE

*** Test Cases ***
Should Keep Backup SRAM On Every Line
    [Template]    Counts Boots
    stm32f205_215
    stm32f207_217
    stm32f405_415
    stm32f407_417
    stm32f42x_43x
    stm32f446
    stm32f469_479

Should Have The Memories Of Its Line
    [Documentation]    The last word of each memory that differs from line to line.
    [Template]    Has Memory
    stm32f205_215    0x2001FFFC
    stm32f207_217    0x080FFFFC
    stm32f405_415    0x1000FFFC
    stm32f407_417    0x2001FFFC
    stm32f42x_43x    0x2002FFFC
    stm32f42x_43x    0x081FFFFC
    stm32f446    0x2001FFFC
    stm32f446    0x0807FFFC
    stm32f469_479    0x20027FFC
    stm32f469_479    0x2002FFFC
    stm32f469_479    0x2004FFFC

Should Have The Gates Of Its Line
    [Documentation]    RCC_AHB1ENR takes the bits that the line has.
    [Template]    Register Takes
    stm32f205_215    0x40023830    0x7E6411FF
    stm32f405_415    0x40023830    0x7E7411FF
    stm32f42x_43x    0x40023830    0x7EF417FF
    stm32f446        0x40023830    0x606410FF
    stm32f446        0x40023840    0x3FFFC9FF
    stm32f469_479    0x40023844    0x0C777F33

Should Tell Its Line
    [Documentation]    DEV_ID in DBGMCU_IDCODE, and the size of its flash in KB.
    [Template]    Identifies Itself
    stm32f205_215    0x411    1024
    stm32f207_217    0x411    1024
    stm32f405_415    0x413    1024
    stm32f407_417    0x413    1024
    stm32f42x_43x    0x419    2048
    stm32f446        0x421    512
    stm32f469_479    0x434    2048

Should Have Boards On Every Line
    [Template]    Board Loads
    nucleo_f207zg
    nucleo_f446re
    stm32f429disc
    stm32f469disc

Should Have An RTC Without Sub-seconds In The F2
    [Documentation]    It runs on LSE, in seconds and over a power cut; RTC_SSR reads 0 there, and what RTC_SHIFTR is told shifts nothing.
    Start Clock On Line    stm32f205_215
    Execute Command    emulation RunFor "1.5"
    Register Should Be    0x40002828    0
    Execute Command    sysbus WriteDoubleWord 0x4000282C 0x80000000
    Register Should Be    0x40002800    0x00000001
    Execute Command    sysbus.supplies PowerCycle 2
    Execute Command    emulation RunFor "2.1"
    Register Should Be    0x40002800    0x00000003

Should Have Sub-seconds In The F4
    Start Clock On Line    stm32f405_415
    Execute Command    emulation RunFor "1.5"
    ${word}=    Execute Command    sysbus ReadDoubleWord 0x40002828
    Should Not Be Equal As Integers    ${word.strip()}    0
    # RTC_DR ends the lock of the shadow.
    Execute Command    sysbus ReadDoubleWord 0x40002804
    Execute Command    sysbus WriteDoubleWord 0x4000282C 0x80000000
    Register Should Be    0x40002800    0x00000002

Should Wake The F446 By Its Second Pin
    Load Line    stm32f446
    Execute Command    sysbus WriteDoubleWord 0x40023840 0x10000000
    Execute Command    sysbus WriteDoubleWord 0x40007004 0x80
    Execute Command    sysbus.pwr OnGPIO 2 true
    ${status}=    Execute Command    sysbus ReadDoubleWord 0x40007004
    Should Be Equal As Integers    ${status.strip()}    0x81

*** Keywords ***
Load Line
    [Arguments]    ${line}
    Execute Command    include @${ROOT}/platforms/plugin.resc
    Execute Command    using sysbus
    Execute Command    mach create "${line}"
    Execute Command    machine LoadPlatformDescription @${ROOT}/platforms/cpus/${line}.repl

Identifies Itself
    [Arguments]    ${line}    ${device}    ${kilobytes}
    Reset Emulation
    Load Line    ${line}
    ${code}=    Execute Command    sysbus ReadDoubleWord 0xE0042000
    ${identifier}=    Evaluate    ${code.strip()} & 0xFFF
    Should Be Equal As Integers    ${identifier}    ${device}
    ${size}=    Execute Command    sysbus ReadWord 0x1FFF7A22
    Should Be Equal As Integers    ${size.strip()}    ${kilobytes}

Counts Boots
    [Arguments]    ${line}
    Reset Emulation
    Load Line    ${line}
    Load Program    @{COUNT_BOOTS}
    Execute Command    emulation RunFor "0.01"
    Boots Should Be    1
    Execute Command    sysbus.supplies PowerCycle 0.01
    Execute Command    emulation RunFor "0.03"
    Boots Should Be    2
    Execute Command    sysbus.supplies RemoveCoinCell
    Execute Command    sysbus.supplies PowerCycle 0.01
    Execute Command    emulation RunFor "0.03"
    Boots Should Be    1

Load Program
    [Arguments]    @{words}
    FOR    ${index}    ${word}    IN ENUMERATE    @{words}
        Execute Command    sysbus WriteDoubleWord ${{hex(0x08000000 + 4 * ${index})}} ${word}
    END
    Execute Command    sysbus.cpu VectorTableOffset 0x08000000

Start Clock On Line
    [Documentation]    PWREN, DBP; LSEON, RTCSEL and RTCEN; the key of the RTC. It is midnight then.
    [Arguments]    ${line}
    Load Line    ${line}
    Load Program    @{WAIT}
    Execute Command    sysbus WriteDoubleWord 0x40023840 0x10000000
    Execute Command    sysbus WriteDoubleWord 0x40007000 0x100
    Execute Command    sysbus WriteDoubleWord 0x40023870 0x8101
    Execute Command    sysbus WriteDoubleWord 0x40002824 0xCA
    Execute Command    sysbus WriteDoubleWord 0x40002824 0x53

Register Should Be
    [Arguments]    ${address}    ${value}
    ${word}=    Execute Command    sysbus ReadDoubleWord ${address}
    Should Be Equal As Integers    ${word.strip()}    ${value}

Boots Should Be
    [Arguments]    ${count}
    ${word}=    Execute Command    sysbus.bkpsram Peek 0
    Should Be Equal As Integers    ${word.strip()}    ${count}

Has Memory
    [Arguments]    ${line}    ${last}
    Reset Emulation
    Load Line    ${line}
    Execute Command    sysbus WriteDoubleWord ${last} 0x12345678
    ${word}=    Execute Command    sysbus ReadDoubleWord ${last}
    Should Be Equal As Integers    ${word.strip()}    0x12345678

Register Takes
    [Arguments]    ${line}    ${address}    ${bits}
    Reset Emulation
    Load Line    ${line}
    Execute Command    sysbus WriteDoubleWord ${address} 0xFFFFFFFF
    ${word}=    Execute Command    sysbus ReadDoubleWord ${address}
    Should Be Equal As Integers    ${word.strip()}    ${bits}

Board Loads
    [Arguments]    ${board}
    Reset Emulation
    Execute Command    include @${ROOT}/platforms/plugin.resc
    Execute Command    using sysbus
    Execute Command    mach create "${board}"
    Execute Command    machine LoadPlatformDescription @${ROOT}/platforms/boards/${board}.repl
    ${status}=    Execute Command    sysbus.supplies Status
    Should Contain    ${status}    VBAT is tied to VDD
