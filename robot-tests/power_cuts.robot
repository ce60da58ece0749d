*** Comments ***
The power is cut in what a test does, with keywords of its own for that and for the look at what is left. docs/campaigns.md

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Survive Power Cuts In A Store
    Should Survive Power Cuts    Start With A Store    Count In The Store    The Count Should Be Old Or New    --sample 6

Should Survive Power Cuts Within Writes That Take Time
    Should Survive Power Cuts    Start With Open Flash    Program A Word Of Flash    The Word Should Be Old Or Any Part Of New    --target flash

Should Lose The Content Without A Cell
    Should Survive Power Cuts    Start With A Store    Count In The Store    The Store Should Be New    --supply no-cell --sample 1

Should Tell Which Cut A Test Does Not Survive
    Run Keyword And Expect Error    cut 3: write of bkpsram, 0x0: *. The same cut alone: --only 3
    ...    Should Survive Power Cuts    Start With A Pair    Count In The Pair    The Pair Should Match    --every 3

Should Make One Cut Alone
    Run Keyword And Expect Error    cut 3: *    Should Survive Power Cuts    Start With A Pair    Count In The Pair    The Pair Should Match    --only 3
    Should Survive Power Cuts    Start With A Pair    Count In The Pair    The Pair Should Match    --only 4

Should Say That A Test Writes Nothing
    Run Keyword And Expect Error    *the test wrote nothing to bkpsram: there is nothing to cut*
    ...    Should Survive Power Cuts    Start With A Pair    Do Nothing    The Pair Should Match    --target bkpsram

Should Say That A Test Does Not Do The Same Each Time
    Set Test Variable    ${number}    1
    Run Keyword And Expect Error    *place 2 did not come again: the test made * writes now, so it does not do the same each time*
    ...    Should Survive Power Cuts    Start With A Pair    Write Less And Less    Do Nothing    --only 2

Should Refuse What Makes No Sense In A Test
    Start With A Pair
    Load Campaigns
    Run Keyword And Expect Error    *a test takes --target, --supply*    Execute Command    emulation CountPowerCuts "--depth 2"
    Run Keyword And Expect Error    *--target flesh*    Execute Command    emulation CountPowerCuts "--target flesh"
    Run Keyword And Expect Error    *no cut is armed or counted*    Execute Command    emulation FinishPowerCut

*** Keywords ***
Start With A Store
    Start Board
    Python    import bkpsram
    Python    s = bkpsram.Store()
    Python    s["n"] = 1
    Python    s.commit()
    Python    s["n"] = 2

Count In The Store
    Python    s.commit()

The Count Should Be Old Or New
    Wait For Boot
    Python    import bkpsram
    Python Should Give    bkpsram.Store().get("n") in (1, 2)    True

The Store Should Be New
    Wait For Boot
    Python    import bkpsram
    Python Should Give    bkpsram.Store().get("n")    None

Start With Open Flash
    Start Board
    Python    from machine import mem32
    Python    mem32[0x40023c04] = 0x45670123
    Python    mem32[0x40023c04] = 0xcdef89ab
    Python    mem32[0x40023c10] = 0x201

Program A Word Of Flash
    Python    mem32[0x08070000] = 0x12345678

The Word Should Be Old Or Any Part Of New
    Wait For Boot
    Python    from machine import mem32
    # Bits that were to be cleared may be left; none of the others is.
    Python Should Give    mem32[0x08070000] & 0x12345678 == 0x12345678    True

Start With A Pair
    Start Board
    Python    import bkpsram
    Python    w = bkpsram.BackupRAM().words
    Python    w[0] = 1; w[1] = 1

Count In The Pair
    Python    w[0] = 2; w[1] = 2
    Python    w[0] = 3; w[1] = 3

The Pair Should Match
    Wait For Boot
    Python    import bkpsram
    Python    w = bkpsram.BackupRAM().words
    Python Should Give    w[0] == w[1]    True

Do Nothing
    No Operation

Write Less And Less
    Python Loop    for i in range(${number} * 2): w[0] = i
    Set Test Variable    ${number}    0
