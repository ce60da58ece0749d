*** Comments ***
PYBFLASH as the PC sees it: files are put on it as people do by hand.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Start Pyboard

*** Test Cases ***
Should Put A Program On The Drive
    Wait For Drive
    Execute Command    usbDrive WriteText "/main.py" "answer = 6 * 7\\n"
    ${result}=    Wait For Drive
    Should Be Equal    ${result}    done
    Execute Command    sysbus.supplies PressReset
    Wait For Prompt On USB    3
    Python Should Give    answer    42

Should Read What The Board Has Written
    Python    f = open("/flash/log.txt", "w"); len([f.write("line %d\\n" % i) for i in range(300)]); f.close()
    Execute Command    usbDrive ReadFile "/log.txt"
    ${result}=    Wait For Drive
    Should Start With    ${result}    line 0\nline 1\n
    Should End With    ${result}    line 299
    Execute Command    usbDrive ListFiles
    ${result}=    Wait For Drive
    Should Contain    ${result}    log.txt

Should Copy The Drive And Put It Back
    [Teardown]    Remove Files    ${OUTPUT_DIR}/drive.img
    Execute Command    usbDrive Save @${OUTPUT_DIR}/drive.img
    Wait For Drive
    Execute Command    usbDrive DeleteFile "/main.py"
    ${result}=    Wait For Drive
    Should Be Equal    ${result}    done
    Execute Command    usbDrive Load @${OUTPUT_DIR}/drive.img
    Wait For Drive
    Execute Command    usbDrive ListFiles
    ${result}=    Wait For Drive
    Should Contain    ${result}    main.py
    Execute Command    usbDrive Eject
    ${result}=    Wait For Drive
    Should Be Equal    ${result}    done

Should Say Why It Can Not
    Execute Command    usbDrive ReadFile "/nobody.txt"
    ${result}=    Wait For Drive
    Should Be Equal    ${result}    failed: there is no /nobody.txt
    Execute Command    sysbus.usb Unplug
    Run Keyword And Expect Error    *The USB device has no drive now*    Execute Command    usbDrive ListFiles

*** Keywords ***
Start Pyboard
    Reset Emulation
    Start Board    pyboard11    console=usb
