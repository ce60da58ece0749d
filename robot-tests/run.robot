*** Comments ***
./build.sh run with images that stay silent: it says on standard error what it sees. Each image is a few words of flash:
stack pointer, reset vector, and code that is written by hand.

*** Settings ***
Resource            keywords.resource
Library             Process

*** Variables ***
# 0x08: wfi; b 0x08
@{ASLEEP}           0x20001000    0x08000009    0xE7FDBF30
# 0x10: an undefined instruction; the HardFault vector leads there, too.
@{LOCKED_UP}        0x20001000    0x08000011    0x00000000    0x08000011    0xDE00DE00
# 0x10: an undefined instruction; the HardFault handler behind it stays where it is.
@{FAULT_HANDLER}    0x20001000    0x08000011    0x00000000    0x08000013    0xE7FEDE00
# 0x08: PWREN, DBP, LSEON; then it waits for LSERDY.
@{WAITS_FOR_LSE}    0x20001000    0x08000009    0xF04F4807    0x60015180    0xF44F4906    0x600A7280    0x22014905    0x680B600A
...                 0x0F02F013    0xE7FED0FB    0x40023840    0x40007000    0x40023870
# 0x08: OTGFSEN; then it loops.
@{ON_USB}           0x20001000    0x08000009    0x21804801    0xE7FE6001    0x40023834

*** Test Cases ***
Should Say That The Core Is Asleep
    Run Silent Image    ${ASLEEP}    The core is asleep by WFI, at PC 0x0800000[8a], and nothing wakes it

Should Say That The Core Is Locked Up
    Run Silent Image    ${LOCKED_UP}    The core is locked up: .* CFSR 0x[0-9a-f]{8}, HFSR 0x

Should Say That The Core Is In A Fault Handler
    Run Silent Image    ${FAULT_HANDLER}    The core is in its HardFault handler, at PC 0x08000012. CFSR 0x00010000, HFSR 0x40000000

Should Say That The Firmware Waits For LSE
    Run Silent Image    ${WAITS_FOR_LSE}    The core is running, .*\\n.*switched on LSE    stm32f4discovery

Should Say That The REPL May Be On USB
    Run Silent Image    ${ON_USB}    The core is in an endless loop .*, at PC 0x0800000e: .*\\n.*switched on USB .* or use an image with its REPL on USART1, PA9

*** Keywords ***
Run Silent Image
    [Arguments]    ${words}    ${expected}    ${board}=${BOARD}
    ${path}=    Set Variable    ${TEMPDIR}${/}silent-${HOST}-${PORT_NUMBER}.bin
    # No real image is smaller than this.
    ${image}=    Evaluate    b"".join(int(x, 0).to_bytes(4, "little") for x in $words).ljust(1024, b"\\xff")
    Create Binary File    ${path}    ${image}
    ${result}=    Run Process    ${{sys.executable}}    -B    ${ROOT}/tools/run.py    ${path}    --host    ${HOST}    --board    ${board}    --silence    8
    ...    timeout=300 s
    Remove File    ${path}
    Log Many    ${result.stdout}    ${result.stderr}
    Should Match Regexp    ${result.stderr}    ${expected}
    Should Be Empty    ${result.stdout.strip()}
    Should Contain    ${result.stderr}    error: the board has said nothing for 8 s and shows no prompt
    Should Be Equal As Integers    ${result.rc}    2
