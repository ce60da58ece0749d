*** Comments ***
Power-fail campaigns of firmware that is no MicroPython: it is cut between two lines that it prints, and what it prints after the cut is
the answer. firmware-fixtures/records keeps its settings in two ways, one of which survives. docs/campaigns.md

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation
Test Teardown       Remove Reports

*** Variables ***
${FOLDER}           ${TEMPDIR}/bkpsram-campaigns-firmware-${PORT_NUMBER}
${CAREFUL}          ${FIRMWARE_DIR}/records-bkpsram-careful.elf
${NAIVE}            ${FIRMWARE_DIR}/records-bkpsram-naive.elf
${SHELL}            ${FIRMWARE_DIR}/records-bkpsram-shell.elf
${LINES}            --from '^saving$' --until '^done$'
${STATES}           --good 'state ok' --bad 'state bad' --lost 'state empty'
${SAVING}           ${LINES} ${STATES}
${STEPS}            --step '^saved (\\d+)$' --good '^state ok (\\d+)$' --bad 'state bad'

*** Test Cases ***
Should Find Settings With Two Copies Consistent At Every Cut
    Prepare Firmware    ${CAREFUL}
    ${summary}=    Power-Fail Campaign Should Be Consistent    ${CAREFUL}    ${SAVING} --sample 64 --report ${FOLDER}/report
    Should Contain    ${summary}    records-bkpsram-careful.elf on black_f407vet6: consistent at every one of 64 cuts
    Run Should Have Writes    64

Should Catch Settings That Are Overwritten In Place
    [Documentation]    Only before the first word of a record, and after its last, is it of one piece.
    Prepare Firmware    ${NAIVE}
    Run Power-Fail Campaign    ${NAIVE}    ${SAVING} --shard 1/4 --report ${FOLDER}/report
    Cuts Should Be    1 Consistent, 5 Corrupt, 9 Consistent, 13 Corrupt, 17 Consistent, 21 Corrupt, 25 Consistent, 29 Corrupt, 33 Consistent, 37 Corrupt, 41 Consistent, 45 Corrupt, 49 Consistent, 53 Corrupt, 57 Consistent, 61 Corrupt

Should Find A Log In Flash Consistent At Every Cut
    [Documentation]    Before, within and after each of its erases and writes.
    ${firmware}=    Set Variable    ${FIRMWARE_DIR}/records-flash-careful.elf
    Prepare Firmware    ${firmware}
    ${summary}=    Power-Fail Campaign Should Be Consistent    ${firmware}    ${LINES} ${STEPS} --lost 'state empty' --report ${FOLDER}/report
    Run Should Have Writes    198

Should Catch A Sector That Is Erased For Each Record
    [Documentation]    The first cut is before the erase, the second within it, the third after it; then there is nothing until a record is written.
    ${firmware}=    Set Variable    ${FIRMWARE_DIR}/records-flash-naive.elf
    Prepare Firmware    ${firmware}
    Run Power-Fail Campaign    ${firmware}    ${SAVING} --every 24 --report ${FOLDER}/report
    Cuts Should Be    24 Consistent, 48 Consistent, 72 Consistent, 96 Consistent, 120 Consistent, 144 Consistent, 168 Consistent, 192 Consistent
    Reset Emulation
    Prepare Firmware    ${firmware}
    ${summary}=    Run Power-Fail Campaign    ${firmware}    ${SAVING} --only 3
    Should Contain    ${summary}    lost: it says 'state empty'

Should Tell Which State Is Left
    [Documentation]    A step is complete with its last write: there, and only there, the value is new.
    Prepare Firmware    ${CAREFUL}
    Run Power-Fail Campaign    ${CAREFUL}    ${LINES} ${STEPS} --shard 2/3 --report ${FOLDER}/report
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    ${new}=    Evaluate    [c["cut"][0] for c in json.loads($json)["cuts"] if c["verdict"] == "new"]    modules=json
    Should Be Equal    ${new}    ${{[8, 32, 56]}}

Should Cut Between Two Functions
    Prepare Firmware    ${CAREFUL}
    ${summary}=    Run Power-Fail Campaign    ${CAREFUL}    --from-symbol work --until-symbol rest ${STATES} --sample 8 --report ${FOLDER}/report
    Should Contain    ${summary}    consistent at every one of 8 cuts
    Run Should Have Writes    64

Should Say That It Knows When Nothing Survives
    Prepare Firmware    ${CAREFUL}
    ${summary}=    Power-Fail Campaign Should Be Consistent    ${CAREFUL}    ${SAVING} --supply no-cell --sample 4
    Should Contain    ${summary}    lost 4

Should Let It Run On While VDD Falls
    Prepare Firmware    ${CAREFUL}
    Power-Fail Campaign Should Be Consistent    ${CAREFUL}    ${SAVING} --supply slow-ramp --sample 6

Should Cut The Recovery As Well
    [Documentation]    This one recovers from nothing by storing a record, after it has said so.
    Prepare Firmware    ${CAREFUL}
    ${summary}=    Run Power-Fail Campaign    ${CAREFUL}    --until '^saving$' --good 'state ok|formatted' --bad 'state bad' --depth 2 --only 1
    # Eight writes of the recovery up to the line that ends it, besides the cut itself.
    Should Contain    ${summary}    (9 cuts

Should Ask A Shell
    Prepare Firmware    ${SHELL}
    ${asked}=    Set Variable    --prompt '^> $' --input format --input work --from saving --until '^done$' --ask state ${STATES}
    ${summary}=    Power-Fail Campaign Should Be Consistent    ${SHELL}    ${asked} --sample 8 --report ${FOLDER}/report
    Run Should Have Writes    64

Should Hear Firmware On USB
    [Documentation]    MicroPython as any firmware: at its first boot it formats its filesystem, and comes up whatever is left of that.
    ${firmware}=    Set Variable    ${FIRMWARE_DIR}/pyboard11-USB.elf
    Prepare Board    pyboard11    firmware=${firmware}
    ${summary}=    Power-Fail Campaign Should Be Consistent    ${firmware}    --supply usb-unplug --until 'help[(][)]' --good 'help[(][)]' --sample 2
    Should Contain    ${summary}    consistent at every one of 2 cuts

Should Say Why Firmware Can't Be Cut
    [Template]    Campaign Should Be Refused
    --from never --until done --good ok    --from 'never' matches no line within 0.2 s of virtual time; the last line that it printed is 'done'
    --from saving --until never --good ok    --until 'never' matches no line within 0.2 s of virtual time after the run has begun with --from 'saving'
    --from saving --until done --good never    --good 'never' matches no line within 0.2 s of virtual time after the run without a cut
    --from '^saved 8' --until done --good ok    never writes backup SRAM between --from and --until
    --from-symbol works --until done --good ok    --from-symbol works: records-bkpsram-careful.elf has no function of that name, but work
    --from-symbol fault --until done --good ok    --from-symbol fault is not called within 0.2 s of virtual time
    --from '[' --until done --good ok    --from '[' is no regular expression
    --from saving --good ok    --until is missing
    ${EMPTY}    is firmware, not a program for MicroPython

Should Keep Programs And Firmware Apart
    Prepare Board
    ${error}=    Run Keyword And Expect Error    *    Run Power-Fail Campaign    ${ROOT}/firmware-fixtures/programs/two_words.py    --until x --good y
    Should Contain    ${error}    two_words.py is a program for MicroPython, which says itself what is cut: leave out --until, --good

*** Keywords ***
Prepare Firmware
    [Arguments]    ${firmware}
    Prepare Board    firmware=${firmware}

Remove Reports
    Remove Directory    ${FOLDER}    recursive=True

Cuts Should Be
    [Arguments]    ${expected}
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    ${seen}=    Evaluate    ", ".join(f"{c['cut'][0]} {c['verdict'].title()}" for c in json.loads($json)["cuts"])    modules=json
    Should Be Equal    ${seen}    ${expected}

Run Should Have Writes
    [Arguments]    ${count}
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    ${writes}=    Evaluate    json.loads($json)["run"]["writes"]    modules=json
    Should Be Equal As Integers    ${writes}    ${count}

Campaign Should Be Refused
    [Arguments]    ${options}    ${reason}
    Reset Emulation
    Prepare Firmware    ${CAREFUL}
    ${limits}=    Set Variable If    $options    --run-timeout 0.2 --check-timeout 0.2    ${EMPTY}
    ${error}=    Run Keyword And Expect Error    *    Run Power-Fail Campaign    ${CAREFUL}    ${options} ${limits} --report ${FOLDER}/report
    Should Contain    ${error}    ${reason}
    Directory Should Not Exist    ${FOLDER}/report
