*** Comments ***
The board at a real Linux host, by Renode's USB/IP server: what that Linux would say and get over the network. The standalone host has no such server.

*** Settings ***
Resource            keywords.resource
Library             ${CURDIR}/usbip_client.py
Suite Setup         Connect To Host
Test Setup          Reset Emulation
Test Teardown       Detach

*** Variables ***
# bmRequestType and bRequest
@{GET_DESCRIPTOR}       ${0x80}    ${6}
@{SET_CONFIGURATION}    ${0x00}    ${9}
@{SET_LINE_CODING}      ${0x21}    ${0x20}
@{GET_LINE_CODING}      ${0xA1}    ${0x21}
@{SET_LINES}            ${0x21}    ${0x22}

*** Test Cases ***
Should Say Who Has USB/IP
    Skip If    $HOST == "renode"    it is there
    Run Keyword And Expect Error    *CreateUSBIPServer. The standalone host offers a part of Renode: Renode may have it*    Load Export

Should Type Into The REPL From A Linux Host
    Export Board
    ${devices}=    Wait For Export
    Should Be Equal    ${devices}[0][vendor]:${devices}[0][product]    f055:9800
    Should Be Equal    ${devices}[0][classes]    ${{[8, 2, 10]}}
    ${endpoints}=    Attach And Configure
    ${coding}=    Evaluate    bytes([0x80, 0x25, 0, 0, 0, 0, 8])
    Control Out    @{SET_LINE_CODING}    ${0}    ${1}    ${coding}
    ${seen}=    Control In    @{GET_LINE_CODING}    ${0}    ${1}    ${7}
    Should Be Equal    ${seen}    ${coding}
    Bulk Out    ${endpoints}[0a bulk out]    \r
    Read Until    ${endpoints}[0a bulk in]    >>>
    Bulk Out    ${endpoints}[0a bulk out]    print(6*7)\r
    Read Until    ${endpoints}[0a bulk in]    42\r\n>>>
    Unlink
    Bulk Out    ${endpoints}[0a bulk out]    print("x" * 1000)\r
    ${seen}=    Read Until    ${endpoints}[0a bulk in]    x\r\n>>>
    Should Contain    ${seen}    ${{"x" * 1000}}
    ${status}=    Execute Command    usb Status
    Should Contain    ${status}    1-0 of usbip

Should Have Nothing For Whoever Asks Too Early
    Export Board
    Wait For Export
    ${endpoints}=    Attach And Configure
    ${data}=    Bulk In    ${endpoints}[02 interrupt in]    ${8}
    Should Be Equal    ${data}    ${{b""}}
    # A full-speed device has no other speed to tell of.
    ${data}=    Control In    @{GET_DESCRIPTOR}    ${0x600}    ${0}    ${10}
    Should Be Equal    ${data}    ${{b""}}

Should Read The Drive From A Linux Host
    Export Board
    Wait For Export
    ${endpoints}=    Attach And Configure
    ${inquiry}=    Evaluate    bytes([0x12, 0, 0, 0, 36, 0])
    ${data}    ${status}=    Scsi Read    ${endpoints}[08 bulk in]    ${endpoints}[08 bulk out]    ${inquiry}    ${36}
    Should Be Equal    ${data}[8:11]    ${{b"MicroPy"[:3]}}
    ${capacity}=    Evaluate    bytes([0x25]) + bytes(9)
    ${data}    ${status}=    Scsi Read    ${endpoints}[08 bulk in]    ${endpoints}[08 bulk out]    ${capacity}    ${8}
    Should Be Equal    ${data}[4:]    ${{bytes([0, 0, 2, 0])}}
    ${read}=    Evaluate    bytes([0x28, 0, 0, 0, 0, 0, 0, 0, 9, 0])
    ${data}    ${status}=    Scsi Read    ${endpoints}[08 bulk in]    ${endpoints}[08 bulk out]    ${read}    ${{9 * 512}}
    Length Should Be    ${data}    ${{9 * 512}}
    Should Be Equal    ${data}[510:512]    ${{bytes([0x55, 0xAA])}}
    Should Be Equal    ${status}    ${0}

Should Be Gone With The Cable And Come Back
    Export Board
    Wait For Export
    ${endpoints}=    Attach And Configure
    Execute Command    usb Unplug
    Wait For End Of Connection
    Wait For Export    0
    Run Keyword And Expect Error    *no device 1-0*    Attach
    Detach
    Execute Command    usb Plug
    Wait For Export
    ${endpoints}=    Attach And Configure
    Bulk Out    ${endpoints}[0a bulk out]    \r
    Read Until    ${endpoints}[0a bulk in]    >>>
    Bulk Out    ${endpoints}[0a bulk out]    6*7\r
    Read Until    ${endpoints}[0a bulk in]    42\r\n>>>

Should Say Why It Does Not Serve
    Export Board
    Execute Command    machine LoadPlatformDescriptionFromString "another: Board.UsbIpDevice @ sysbus { connector: usb }"
    Run Keyword And Expect Error    *There is no USB/IP server 'other'*    Execute Command    another Serve "other"
    Run Keyword And Expect Error    *is served already: it is 1-0 of usbip*    Execute Command    usbip Serve

*** Keywords ***
Export Board
    Skip If    $HOST != "renode"    Renode's own server is needed
    Load Export
    Execute Command    start

Load Export
    Prepare Board    pyboard11    console=usb
    ${port}=    Choose Port
    Execute Command    $usbip_port=${port}
    Execute Command    include @${ROOT}/platforms/usbip.resc

Attach And Configure
    [Documentation]    What Linux does with a device first. Returns the endpoints.
    Attach
    ${device}=    Control In    @{GET_DESCRIPTOR}    ${0x100}    ${0}    ${18}
    Should Be Equal    ${device}[8:12]    ${{bytes([0x55, 0xF0, 0x00, 0x98])}}
    ${head}=    Control In    @{GET_DESCRIPTOR}    ${0x200}    ${0}    ${9}
    ${configuration}=    Control In    @{GET_DESCRIPTOR}    ${0x200}    ${0}    ${{$head[2] | $head[3] << 8}}
    ${text}=    Control In    @{GET_DESCRIPTOR}    ${0x301}    ${0x409}    ${255}
    Should Be Equal    ${{$text[2:].decode("utf-16-le")}}    MicroPython
    Control Out    @{SET_CONFIGURATION}    ${configuration}[5]    ${0}
    # Somebody opens the serial port.
    Control Out    @{SET_LINES}    ${3}    ${1}
    ${endpoints}=    Endpoints    ${configuration}
    RETURN    ${endpoints}
