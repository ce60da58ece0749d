*** Comments ***
What firmware meets where the chip has nothing, or nothing that is modelled.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Tell Once Of A Peripheral That Is Not Modelled
    Start Board
    Python    from machine import mem32
    Python    mem32[0x40012008] = 1
    Wait For Log Entry    adc1: The chip's peripheral of this name is not modelled: it reads 0 and takes no writes; first access: write of 0x1 at 0x40012008    timeout=1
    Python Should Give    [mem32[0x40012000 + 4 * i] for i in range(4)]    [0, 0, 0, 0]
    Should Not Be In Log    adc1: The chip's    timeout=1
    ${accesses}=    Execute Command    sysbus.adc1 Accesses
    Should Be Equal As Integers    ${accesses}    5
    Python    mem32[0x40006400]
    Wait For Log Entry    can1: The chip's    timeout=1

Should Read Zero Where An APB Has Nothing
    Start Board
    Python    from machine import mem32
    Python Should Give    (mem32[0x40002400], mem32[0x40017FFC])    (0, 0)
    Wait For Log Entry    reserved: The chip has no peripheral there: it reads 0 and takes no writes; first access: read at 0x40002400    timeout=1

Should Take A Model In The Place Of One That Is Not Modelled
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
