*** Comments ***
A Pyboard as people have it: the REPL on USB, and the cable is its plug. The image's driver is this project's own, under MicroPython's USB stack.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Variables ***
${UNPLUGGED}        2

*** Test Cases ***
Should Show The REPL On USB
    Start Board    pyboard11    console=usb
    Python Should Give    6 * 7    42
    Python Should Give    __import__("pyb").have_cdc()    True
    Python Should Give    __import__("pyb").repl_uart()    None

Should Move Much In Both Directions
    Start Board    pyboard11    console=usb
    Load Backup Program
    ${text}=    Evaluate    "".join(chr(97 + x % 26) for x in range(200))
    Python    text = "${text}"
    Python Should Give    all(text[x] == chr(97 + x % 26) for x in range(200))    True
    Write Line To Uart    for i in range(100): print(i, text)
    Wait For Prompt On Uart    ^\\.\\.\\. \\s*$    treatAsRegex=true
    Write Line To Uart    waitForEcho=false
    FOR    ${i}    IN RANGE    100
        Wait For Next Line Of Text    ${i} ${text}
    END
    Wait For Prompt

Should Lose Power With The Cable And Boot When It Is Back
    Start Board    pyboard11    console=usb
    Python    x = 1
    Pull The Cable
    Supplies Should Tell    off
    Execute Command    sysbus.usb Plug
    Wait For Boot
    Write Line To Uart    x
    Wait For Line On Uart    NameError

Should Keep Backup SRAM Without The Cable If There Is A Cell
    Start Board    pyboard11    console=usb
    Execute Command    sysbus.supplies InsertCoinCell
    Load Backup Program
    Python    unlock(); fill()
    Pull The Cable
    Execute Command    sysbus.usb Plug
    Wait For Boot
    Load Backup Program
    Python    unlock()
    Python Should Give    intact()    4096

Should Stay On When Another Supply Is There
    Start Board    pyboard11    console=usb
    Python    x = 41
    Execute Command    sysbus.usb OtherSupply true
    Pull The Cable
    Execute Command    sysbus.usb Plug
    Wait For Prompt On USB
    Python Should Give    x + 1    42

*** Keywords ***
Pull The Cable
    Execute Command    sysbus.usb Unplug
    Let Time Pass    ${UNPLUGGED}

Wait For Next Line Of Text
    [Arguments]    ${text}
    ${line}=    Wait For Line On Uart    ${text}
    Should Be Equal    ${line.Line}    ${text}
