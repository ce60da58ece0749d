*** Comments ***
Power-fail campaigns: the power is cut at each write of a program to a memory that keeps. docs/campaigns.md

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation
Test Teardown       Remove Programs

*** Variables ***
${PROGRAMS}         ${ROOT}/firmware-fixtures/programs
# Not "renode-...": a Renode that starts clears such folders away.
${FOLDER}           ${TEMPDIR}/bkpsram-campaigns-${PORT_NUMBER}
${TWO_WORDS}        ${PROGRAMS}/two_words.py
# Sector 4, at 0x0801_0000: the end of the filesystem.
${FLASH_PROGRAM}    SEPARATOR=\n
...    from machine import mem32
...    def control(value):
...    ${SPACE}if mem32[0x40023c10] >> 31 & 1:
...    ${SPACE}${SPACE}mem32[0x40023c04] = 0x45670123
...    ${SPACE}${SPACE}mem32[0x40023c04] = 0xcdef89ab
...    ${SPACE}mem32[0x40023c10] = value
...    def setup():
...    ${SPACE}control(0x10222)
...    ${SPACE}control(0x201)
...    ${SPACE}for i in range(32): mem32[0x08010000 + 4 * i] = 0
...    def run():
...    ${SPACE}control(0x10222)
...    ${SPACE}control(0x201)
...    ${SPACE}mem32[0x08010000] = 0x12345678
...    def check(done):
...    ${SPACE}first, *others = (mem32[0x08010000 + 4 * i] & 0xffffffff for i in range(32))
...    ${SPACE}return {(0, 0): "old", (0xffffffff, 0xffffffff): "consistent", (0x12345678, 0xffffffff): "new"}.get((first, others[0]), "corrupt") if len(set(others)) == 1 else "corrupt"

*** Test Cases ***
Should Find The Store Consistent At Every Cut
    Prepare Board
    ${summary}=    Power-Fail Campaign Should Be Consistent    ${PROGRAMS}/store.py
    # A step is complete with its last write: there, and only there, it is new.
    Should Contain    ${summary}    new 8

Should Find The Store Consistent When The Power Fails Again During Recovery
    [Documentation]    On the standalone host at every cut of every recovery, which takes Renode minutes.
    Prepare Board
    ${options}=    Set Variable If    "${HOST}" == "standalone"    --depth 2    --depth 2 --sample 16
    Power-Fail Campaign Should Be Consistent    ${PROGRAMS}/store.py    ${options}

Should Make All Cuts That Follow From One
    ${text}=    Catenate    SEPARATOR=\n
    ...    import bkpsram
    ...    def run(): bkpsram.BackupRAM().words[0] = 1
    ...    def check(done):
    ...    ${SPACE}for i in 1, 2: bkpsram.BackupRAM().words[i] = 1
    ...    ${SPACE}return True
    ${program}=    Create Program    recovery    ${text}
    Prepare Board
    Run Power-Fail Campaign    ${program}    --report ${FOLDER}/report --only 1 --depth 2
    Cuts Should Be    1 Consistent 0, 1,1 Consistent 0, 1,2 Consistent 0

Should Remember A Boot As Long As Recoveries Go Back To It
    [Documentation]    Each cut of this check leaves another backup register behind, so that MicroPython boots anew.
    ${text}=    Catenate    SEPARATOR=\n
    ...    import bkpsram
    ...    from machine import mem32
    ...    def run(): bkpsram.BackupRAM().words[0] = 1
    ...    def check(done):
    ...    ${SPACE}for i in range(10):
    ...    ${SPACE}${SPACE}mem32[0x40002850] = i + 1
    ...    ${SPACE}${SPACE}bkpsram.BackupRAM().words[i] = i
    ...    ${SPACE}return True
    ${program}=    Create Program    many_boots    ${text}
    Prepare Board
    Power-Fail Campaign Should Be Consistent    ${program}    --depth 2

Should See A Clock That Was Set Between Two Writes
    ${text}=    Catenate    SEPARATOR=\n
    ...    import bkpsram, machine
    ...    rtc = machine.RTC()
    ...    def put(year): rtc.datetime((year, 1, 1, 0, 0, 0, 0, 0))
    ...    def setup(): put(2020)
    ...    def run():
    ...    ${SPACE}for i in 1, 2:
    ...    ${SPACE}${SPACE}bkpsram.BackupRAM().words[0] = i
    ...    ${SPACE}${SPACE}put(2020 + i)
    ...    ${SPACE}${SPACE}bkpsram.BackupRAM().words[1] = i
    ...    ${SPACE}${SPACE}yield
    ...    def check(done):
    ...    ${SPACE}year = rtc.datetime()[0] - 2020
    ...    ${SPACE}return "old" if year == done else "new" if year == done + 1 else "corrupt"
    ${program}=    Create Program    clock    ${text}
    Prepare Board
    Run Power-Fail Campaign    ${program}    --report ${FOLDER}/report
    Cuts Should Be    1 Old 0, 2 New 0, 3 Old 1, 4 New 1

Should Find The Same Noise In SRAM Whichever Cut Comes First
    ${text}=    Catenate    SEPARATOR=\n
    ...    import bkpsram
    ...    from machine import mem32
    ...    def run():
    ...    ${SPACE}for i in range(4): bkpsram.BackupRAM().words[0] = i
    ...    def check(done): raise Exception(hex(mem32[0x1000F000]))
    ${program}=    Create Program    noise    ${text}
    Prepare Board
    ${first}=    Run Power-Fail Campaign    ${program}    --only 1
    ${other}=    Run Power-Fail Campaign    ${program}    --only 3
    ${first}=    Evaluate    re.search("Exception: .*", $first).group()    modules=re
    Should Contain    ${other}    ${first}

Should Call It An Exception When Check Ends MicroPython
    ${text}=    Catenate    SEPARATOR=\n
    ...    import bkpsram, sys
    ...    def run(): bkpsram.BackupRAM().words[0] = 1
    ...    def check(done): print("old"); sys.exit()
    ${program}=    Create Program    exit    \ufeff${text}
    Prepare Board
    Run Power-Fail Campaign    ${program}    --report ${FOLDER}/report
    Cuts Should Be    1 Exception 0

Should Keep Of Much Output The End
    ${text}=    Catenate    SEPARATOR=\n
    ...    import bkpsram
    ...    def run(): bkpsram.BackupRAM().words[0] = 1
    ...    def check(done):
    ...    ${SPACE}for i in range(500): print("x" * 100)
    ...    ${SPACE}raise ValueError("y" * 10000)
    ${program}=    Create Program    much    ${text}
    Prepare Board
    Run Power-Fail Campaign    ${program}    --report ${FOLDER}/report
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    ${longest}=    Evaluate    max(len(json.loads($json)["firstFailure"]["output"]), len(json.loads($json)["cuts"][0]["detail"]) * 50)    modules=json
    Should Be True    ${longest} <= 20003

Should Find The Store Lost Or Consistent When The Cell Loses Contact
    Prepare Board
    ${summary}=    Power-Fail Campaign Should Be Consistent    ${PROGRAMS}/store.py    --supply vbat-bounce --sample 8
    Should Contain    ${summary}    lost
    Should Contain    ${summary}    old

Should Never Take Noise For Data
    Prepare Board
    ${summary}=    Power-Fail Campaign Should Be Consistent    ${PROGRAMS}/store.py    --supply no-cell --sample 8
    Should Contain    ${summary}    lost 8

Should Say Of Each Cut The Same On Both Hosts
    [Documentation]    A write is in or out: after the first word of two the pair is torn, after the second it is new.
    Prepare Board
    Run Power-Fail Campaign    ${TWO_WORDS}    --report ${FOLDER}/report
    Cuts Should Be    1 Corrupt 0, 2 New 0, 3 Corrupt 1, 4 New 1, 5 Corrupt 2, 6 New 2

Should Measure How The Supplies Go And Come Back
    Prepare Board
    FOR    ${supply}    ${fall}    IN    cell    at once    slow-ramp    in a line    vbat-bounce    at once    usb-unplug    in a line
        Supply Should Be Measured    ${supply}    ${fall}
    END

Should Write The Bytes Of A Slice And No More
    [Documentation]    MicroPython itself writes the rest of the view, too: 4 KB of writes, each of which can be cut.
    ${text}=    Catenate    SEPARATOR=\n
    ...    import bkpsram
    ...    def run(): bkpsram.unlock(); bkpsram.BackupRAM()[8:12] = b'abcd'
    ...    def check(done): return True
    ${program}=    Create Program    slice    ${text}
    Prepare Board
    Run Power-Fail Campaign    ${program}    --report ${FOLDER}/report
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    ${writes}=    Evaluate    json.loads($json)["run"]["writes"]    modules=json
    Should Be True    1 <= ${writes} <= 4

Should Boot Anew After Each Cut To The Same Verdicts
    Prepare Board
    Run Power-Fail Campaign    ${TWO_WORDS}    --report ${FOLDER}/report --shard 2/3 --reboot
    Cuts Should Be    2 New 0, 5 Corrupt 2

Should Say The Same Of Files Whether It Boots After Each Cut Or Not
    [Documentation]    Of most cuts it is known what boot and check would say: they look at nothing that was not looked at before.
    Prepare Board
    ${cuts}=    Set Variable    ${EMPTY}
    FOR    ${option}    IN    ${EMPTY}    --reboot
        Run Power-Fail Campaign    ${PROGRAMS}/settings_renamed.py    --report ${FOLDER}/report --overwrite --sample 24 ${option}
        ${json}=    Get File    ${FOLDER}/report/campaign.json
        ${before}=    Set Variable    ${cuts}
        # All but the command that makes one again.
        ${cuts}=    Evaluate    [{**x, "replay": ""} for x in json.loads($json)["cuts"]]    modules=json
    END
    Length Should Be    ${cuts}    24
    Should Be Equal    ${cuts}    ${before}

Should Lose The Content Without A Cell
    Prepare Board
    Run Power-Fail Campaign    ${TWO_WORDS}    --report ${FOLDER}/report --supply no-cell --sample 2
    Cuts Should Be    1 Corrupt 0, 4 Corrupt 1

Should Cut Before, Within And After Each Erase And Program
    [Documentation]    A sector in which the filesystem has nothing yet is erased, and a word in it programmed.
    Prepare Board
    ${program}=    Create Program    flash    ${FLASH_PROGRAM}
    Run Power-Fail Campaign    ${program}    --report ${FOLDER}/report
    Cuts Should Be    1 Old 0, 2 Corrupt 0, 3 Consistent 0, 4 Consistent 0, 5 Corrupt 0, 6 New 0
    Places Should Be    flash before erase, flash within erase, flash after erase, flash before program, flash within program, flash after program
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    # The state after the erase is the one before the program.
    ${equal}=    Evaluate    json.loads($json)["equalStates"]    modules=json
    Should Be Equal As Integers    ${equal}    1
    # At the same share of the way each time.
    ${state}=    Evaluate    json.loads($json)["cuts"][1]["state"]    modules=json
    Run Power-Fail Campaign    ${program}    --report ${FOLDER}/report --overwrite --only 2
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    ${again}=    Evaluate    json.loads($json)["cuts"][0]["state"]    modules=json
    Should Be Equal    ${again}    ${state}
    # What was torn stands in the picture, and in the story.
    ${left}=    Evaluate    ", ".join(f"{x['target']} {x['offset']:x} {x['state']}" for x in json.loads($json)["onlyCut"]["left"])    modules=json
    Should Be Equal    ${left}    flash 10000 unstable
    ${states}=    Evaluate    " ".join(x["state"] for x in json.loads($json)["memories"][0]["sectors"][0]["states"])    modules=json
    Should Match Regexp    ${states}    ^programmed erasing (erased )?programming programmed$
    ${story}=    Evaluate    "\\n".join(json.loads($json)["onlyCut"]["story"])    modules=json
    Should Contain    ${story}    was erasing sector 4 of flash, 0x010000 to 0x01FFFF
    Should Match Regexp    ${story}    The erase was torn: of \\d+ bytes that it was to change

Should Cut All Memories That A Program Writes, Or Those That One Names
    ${text}=    Catenate    SEPARATOR=\n
    ...    import bkpsram
    ...    from machine import mem32
    ...    def run():
    ...    ${SPACE}bkpsram.BackupRAM().words[0] = 1
    ...    ${SPACE}mem32[0x40002850] = 2
    ...    ${SPACE}mem32[0x4000289C] = 3
    ...    def check(done): return True
    ${program}=    Create Program    several    ${text}
    Prepare Board
    Run Power-Fail Campaign    ${program}    --report ${FOLDER}/report
    Places Should Be    bkpsram write, backup-registers write, backup-registers write
    Run Power-Fail Campaign    ${program}    --report ${FOLDER}/report --overwrite --target backup-registers
    Places Should Be    backup-registers write, backup-registers write
    ${error}=    Run Keyword And Expect Error    *    Run Power-Fail Campaign    ${program}    --target bkpsram,flash
    Should Contain    ${error}    --target flash: run() of several.py never writes it

Should Let An Erase Go On While VDD Falls
    [Documentation]    The power is gone at 1.68 of 3.3 V, long before the erase is over.
    Prepare Board
    ${program}=    Create Program    flash    ${FLASH_PROGRAM}
    Run Power-Fail Campaign    ${program}    --report ${FOLDER}/report --supply slow-ramp --ramp 0.02 --seed 2 --only 2
    Cuts Should Be    2 Corrupt 0

Should Cut The Programming Of Option Bytes
    [Documentation]    Half programmed, they count as those of read protection level 1.
    ${text}=    Catenate    SEPARATOR=\n
    ...    from machine import mem32
    ...    def options(): return mem32[0x40023c14] & 0x0fffffff
    ...    def run():
    ...    ${SPACE}mem32[0x40023c08] = 0x08192a3b
    ...    ${SPACE}mem32[0x40023c08] = 0x4c5d6e7f
    ...    ${SPACE}mem32[0x40023c14] = 0x07ffaaec
    ...    ${SPACE}mem32[0x40023c14] = 0x07ffaaee
    ...    def check(done):
    ...    ${SPACE}return {0x0fffaaed: "old", 0x07ffaaed: "new", 0x0fff55ed: "lost"}.get(options(), "corrupt")
    ${program}=    Create Program    options    ${text}
    Prepare Board
    Run Power-Fail Campaign    ${program}    --report ${FOLDER}/report
    Cuts Should Be    1 Old 0, 2 Lost 0, 3 New 0
    Places Should Be    option-bytes before replace, option-bytes within replace, option-bytes after replace

Should Cut Page Programs And Erases Of The SPI Flash
    [Documentation]    By pins that the program toggles.
    ${text}=    Catenate    SEPARATOR=\n
    ...    from machine import Pin, SoftSPI
    ...    spi = SoftSPI(baudrate=500000, sck=Pin("B3"), mosi=Pin("B5"), miso=Pin("B4"))
    ...    cs = Pin("B0", Pin.OUT, value=1)
    ...    def command(data, answers=0):
    ...    ${SPACE}cs(0)
    ...    ${SPACE}spi.write(bytes(data))
    ...    ${SPACE}answer = spi.read(answers)
    ...    ${SPACE}cs(1)
    ...    ${SPACE}return answer
    ...    def wait():
    ...    ${SPACE}while command([5], 1)[0] & 1: pass
    ...    def program(data):
    ...    ${SPACE}command([6])
    ...    ${SPACE}command([2, 0, 0x10, 0] + data)
    ...    ${SPACE}wait()
    ...    def erase():
    ...    ${SPACE}command([6])
    ...    ${SPACE}command([0x20, 0, 0x10, 0])
    ...    ${SPACE}wait()
    ...    def setup(): program([0] * 64)
    ...    def run():
    ...    ${SPACE}erase()
    ...    ${SPACE}program([0x55] * 64)
    ...    def check(done):
    ...    ${SPACE}seen = set(command([3, 0, 0x10, 0], 64))
    ...    ${SPACE}return {0: "old", 0xff: "consistent", 0x55: "new"}[seen.pop()] if len(seen) == 1 else "corrupt"
    ${program}=    Create Program    spi    ${text}
    Prepare Board
    Run Power-Fail Campaign    ${program}    --report ${FOLDER}/report
    Cuts Should Be    1 Old 0, 2 Corrupt 0, 3 Consistent 0, 4 Consistent 0, 5 Corrupt 0, 6 New 0
    Places Should Be    spi-flash before erase, spi-flash within erase, spi-flash after erase, spi-flash before program, spi-flash within program, spi-flash after program

Should Mount What A Cut Left Of A Filesystem
    [Documentation]    MicroPython rewrites 16 KB for each change of a file, 4096 words, so that this is a sample.
    Prepare Board
    ${summary}=    Run Power-Fail Campaign    ${PROGRAMS}/settings_in_place.py    --report ${FOLDER}/report --sample 24
    Should Contain    ${summary}    new
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    ${targets}=    Evaluate    json.loads($json)["run"]["targets"]    modules=json
    Should Be Equal    ${targets}    ${{["flash"]}}
    Reset Emulation
    Prepare Board
    ${summary}=    Run Power-Fail Campaign    ${PROGRAMS}/settings_renamed.py    --sample 24
    Should Not Contain    ${summary}    corrupt

Should Cut Erases In Proportion To The Time They Take
    [Documentation]    Between two instructions: what is under way then is cut within. The erase takes a quarter of a second, all else less than a tenth of that.
    Prepare Board
    ${program}=    Create Program    flash    ${FLASH_PROGRAM}
    ${summary}=    Run Power-Fail Campaign    ${program}    --cut-at time --sample 5
    Should Contain    ${summary}    corrupt

Should Fail Naive Programs
    [Template]    Campaign Should Find Failures
    naive_struct
    naive_json
    naive_checksum

Should Say Why A Program Can't Be Cut
    [Template]    Campaign Should Be Refused
    def run(): pass\ndef check(done): return True    never writes backup SRAM
    def run():\n \ while 1: pass\ndef check(done): return True    run() does not end within 0.2 s
    1/0    raises at once: ZeroDivisionError
    def run(): 1/0\ndef check(done): return True    run() raises ZeroDivisionError
    def run(): pass    has no function check()
    def check(done): pass    has no function run()
    while 1: pass    does not get to its end
    def run(:    raises at once: SyntaxError
    ${EMPTY}    has no function run()
    import sys, bkpsram\ndef run():\n \ bkpsram.BackupRAM().words[0] = 1\n \ sys.exit()\ndef check(done): return True    run() ends MicroPython
    \# \x04    has a control character in it

Should Say What Is Wrong With An Option
    [Template]    Options Should Be Refused
    --shard 5/4    the first number is out of range, give 1 to 4
    --shard 2    give I/N
    --supply solar    say one of cell, no-cell, slow-ramp, vbat-bounce, usb-unplug
    --sample many    give a whole number
    --bogus    there is no option '--bogus'
    --only 3 --resume    leave out --sample, --shard and --resume
    --only 7    is out of range: run() of two_words.py has 6 writes
    --depth    a value is missing
    --every 7    leaves no cut: run() of two_words.py has 6 writes
    --report /proc/report    can't be written
    --target sram    there is no 'sram', say one or several of bkpsram,backup-registers,flash,option-bytes,spi-flash
    --target spi-flash    run() of two_words.py never writes it

Should Not Overwrite A Report
    Prepare Board
    Run Power-Fail Campaign    ${TWO_WORDS}    --report ${FOLDER}/report --only 2
    ${before}=    Get File    ${FOLDER}/report/campaign.json
    ${error}=    Run Keyword And Expect Error    *    Run Power-Fail Campaign    ${TWO_WORDS}    --report ${FOLDER}/report --only 3
    Should Contain    ${error}    holds a campaign already
    ${after}=    Get File    ${FOLDER}/report/campaign.json
    Should Be Equal    ${before}    ${after}

Should Leave No Half Of A Report
    [Documentation]    Neither that of another campaign, nor a folder to be cleared away.
    ${text}=    Catenate    SEPARATOR=\n
    ...    import bkpsram
    ...    def run(): bkpsram.BackupRAM().words[0] = 1
    ...    def check(done): pass
    ${program}=    Create Program    no_answer    ${text}
    Prepare Board
    ${error}=    Run Keyword And Expect Error    *    Run Power-Fail Campaign    ${program}    --report ${FOLDER}/report
    Should Contain    ${error}    check() returned None
    Directory Should Not Exist    ${FOLDER}/report
    Reset Emulation
    Prepare Board
    Run Power-Fail Campaign    ${TWO_WORDS}    --report ${FOLDER}/report --only 2
    Reset Emulation
    Prepare Board
    Run Keyword And Expect Error    *    Run Power-Fail Campaign    ${program}    --report ${FOLDER}/report --overwrite
    Directory Should Not Exist    ${FOLDER}/report/campaign.html

Should Refuse A Folder That Another Campaign Writes To
    Prepare Board
    Run Power-Fail Campaign    ${TWO_WORDS}    --report ${FOLDER}/report --only 2
    # As a campaign holds it.
    ${file}=    Evaluate    open($FOLDER + "/report/cuts.tsv")
    Evaluate    fcntl.flock($file, fcntl.LOCK_EX)    modules=fcntl
    ${error}=    Run Keyword And Expect Error    *    Run Power-Fail Campaign    ${TWO_WORDS}    --report ${FOLDER}/report --overwrite
    Should Contain    ${error}    another campaign writes its report
    Call Method    ${file}    close

Should Resume A Campaign That Was Interrupted
    Prepare Board
    Load Campaigns
    Execute Command    emulation PreparePowerFailCampaign @${TWO_WORDS} "--report ${FOLDER}/report"
    ${progress}=    Execute Command    emulation ContinuePowerFailCampaign 0.000001
    Should Match Regexp    ${progress}    ^[01] 6 1 1
    Execute Command    emulation FinishPowerFailCampaign
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    Should Be True    ${{json.loads($json)['complete']}} == False    modules=json
    Run Power-Fail Campaign    ${TWO_WORDS}    --report ${FOLDER}/report --resume
    Cuts Should Be    1 Corrupt 0, 2 New 0, 3 Corrupt 1, 4 New 1, 5 Corrupt 2, 6 New 2
    # What an earlier session saw there is in the report all the same.
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    ${after}=    Evaluate    json.loads($json)["firstFailure"]["after"][:16]    modules=json
    Should Be Equal    ${after}    01000000FFFFFFFF    ignore_case=True
    # As the command line does it: nothing is left to continue.
    Execute Command    emulation PreparePowerFailCampaign @${TWO_WORDS} "--report ${FOLDER}/report --resume"
    Execute Command    emulation FinishPowerFailCampaign
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    Should Be True    ${{json.loads($json)['complete']}}    modules=json
    ${error}=    Run Keyword And Expect Error    *    Run Power-Fail Campaign    ${TWO_WORDS}    --report ${FOLDER}/report --resume --supply no-cell
    Should Contain    ${error}    can't be resumed

Should Bear A Campaign That Nobody Finished
    Prepare Board
    Load Campaigns
    Execute Command    emulation PreparePowerFailCampaign @${TWO_WORDS}
    Execute Command    emulation ContinuePowerFailCampaign 0
    Reset Emulation
    Prepare Board
    Execute Command    emulation PreparePowerFailCampaign @${TWO_WORDS}
    ${progress}=    Execute Command    emulation ContinuePowerFailCampaign 60
    Should Match Regexp    ${progress}    ^6 6 6 3
    Reset Emulation
    ${error}=    Run Keyword And Expect Error    *    Execute Command    emulation ContinuePowerFailCampaign 1
    Should Contain    ${error}    there is no campaign

Should Cut At Instructions And At Times
    Prepare Board
    ${summary}=    Run Power-Fail Campaign    ${TWO_WORDS}    --cut-at instructions --sample 3
    Should Contain    ${summary}    3 cuts
    ${summary}=    Run Power-Fail Campaign    ${TWO_WORDS}    --cut-at time --sample 3
    Should Contain    ${summary}    3 cuts

Should Let The Program Run On While VDD Falls
    [Documentation]    The power is gone at 1.68 of 3.3 V: at least 0.2 ms later, when the second write is in as well.
    Prepare Board
    Run Power-Fail Campaign    ${TWO_WORDS}    --report ${FOLDER}/report --supply slow-ramp --ramp 0.02 --only 1
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    ${writes}=    Evaluate    json.loads($json)["cuts"][0]["writesDone"]    modules=json
    Should Be True    ${writes} >= 2
    Power-Fail Campaign Should Be Consistent    ${PROGRAMS}/store.py    --supply slow-ramp --sample 10

Should Wait Until VDD Has Fallen However Long That Takes
    Prepare Board
    Run Power-Fail Campaign    ${TWO_WORDS}    --report ${FOLDER}/report --supply slow-ramp --ramp 20 --run-timeout 0.1 --only 1
    Cuts Should Be    1 Old 3

Should Pull The USB Cable That Feeds The Board
    [Documentation]    The REPL is on UART here, and the cable is there for its 5 V alone.
    Prepare Board
    Run Power-Fail Campaign    ${TWO_WORDS}    --report ${FOLDER}/report --supply usb-unplug --ramp 0.02 --only 1
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    ${writes}=    Evaluate    json.loads($json)["cuts"][0]["writesDone"]    modules=json
    Should Be True    ${writes} >= 2
    Power-Fail Campaign Should Be Consistent    ${PROGRAMS}/store.py    --supply usb-unplug --sample 10

Should Pull The USB Cable That Carries The REPL
    [Documentation]    MicroPython loses what comes faster than it reads: the program is longer than its buffer.
    Prepare Board    pyboard11    console=usb
    Power-Fail Campaign Should Be Consistent    ${PROGRAMS}/store.py    --supply usb-unplug --sample 10

Should Refuse A Board Without Backup SRAM
    Execute Command    mach create "plain"
    Load Campaigns
    ${error}=    Run Keyword And Expect Error    *    Execute Command    emulation RunPowerFailCampaign @${TWO_WORDS}
    Should Contain    ${error}    board 'plain' has no backup SRAM

Should Leave The Board As It Was
    Prepare Board
    Execute Command    sysbus.bkpsram Poke 0x40 0x600DCAFE
    Run Power-Fail Campaign    ${TWO_WORDS}    --only 2
    ${word}=    Word From Monitor    0x40
    Should Be Equal As Integers    ${word}    0x600DCAFE

*** Keywords ***
Create Program
    [Arguments]    ${name}    ${text}
    Create File    ${FOLDER}/${name}.py    ${text}\n
    RETURN    ${FOLDER}/${name}.py

Remove Programs
    Remove Directory    ${FOLDER}    recursive=True

Cuts Should Be
    [Documentation]    Cut, verdict and complete steps, in order.
    [Arguments]    ${expected}
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    ${seen}=    Evaluate    ", ".join(f"{','.join(map(str, c['cut']))} {c['verdict'].title()} {c['stepsDone']}" for c in json.loads($json)["cuts"])    modules=json
    Should Be Equal    ${seen}    ${expected}

Supply Should Be Measured
    [Documentation]    From 3.3 V to nothing and back, no more points than a picture needs.
    [Arguments]    ${supply}    ${fall}
    Run Power-Fail Campaign    ${TWO_WORDS}    --report ${FOLDER}/report --overwrite --supply ${supply} --only 3
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    ${curve}=    Evaluate    json.loads($json)["onlyCut"]["supply"]    modules=json
    ${volts}=    Evaluate    [x["vdd"] for x in $curve["points"]]
    Should Be True    ${volts}[0] == 3.3 and ${volts}[-1] == 3.3 and min(${volts}) == 0 and len(${volts}) < 40
    ${at}=    Evaluate    [x["vdd"] for x in $curve["points"] if x["microseconds"] == 0]
    Should Be True    ${at}[0] == 3.3
    ${isAtOnce}=    Evaluate    $curve["coreStopped"] == 0 and $at[-1] == 0
    Should Be Equal    ${isAtOnce}    ${{$fall == "at once"}}
    # The cell holds VBAT when nothing else does, but for its bounces.
    ${vbat}=    Evaluate    max(x["vbat"] for x in $curve["points"] if x["vdd"] == 0)
    Should Be True    abs(${vbat} - 2.76) < 0.01
    Should Be Equal As Numbers    ${curve}[powerDown]    1.68

Places Should Be
    [Documentation]    Memory and moment of the write, in order.
    [Arguments]    ${expected}
    ${json}=    Get File    ${FOLDER}/report/campaign.json
    ${seen}=    Evaluate    ", ".join(f"{c['target']} {c['place']}" for c in json.loads($json)["cuts"])    modules=json
    Should Be Equal    ${seen}    ${expected}

Campaign Should Find Failures
    [Arguments]    ${program}
    Reset Emulation
    Prepare Board
    ${summary}=    Run Power-Fail Campaign    ${PROGRAMS}/${program}.py    --sample 12 --seed 3
    Should Contain    ${summary}    --only

Campaign Should Be Refused
    [Arguments]    ${text}    ${reason}
    ${text}=    Evaluate    $text.replace("\\\\n", "\\n")
    Reset Emulation
    ${program}=    Create Program    refused    ${text}
    Prepare Board
    ${error}=    Run Keyword And Expect Error    *    Run Power-Fail Campaign    ${program}    --report ${FOLDER}/report --run-timeout 0.2
    Should Contain    ${error}    ${reason}
    Directory Should Not Exist    ${FOLDER}/report

Options Should Be Refused
    [Arguments]    ${options}    ${reason}
    Reset Emulation
    Prepare Board
    ${error}=    Run Keyword And Expect Error    *    Run Power-Fail Campaign    ${TWO_WORDS}    ${options}
    Should Contain    ${error}    ${reason}
