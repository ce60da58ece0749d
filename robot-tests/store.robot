*** Comments ***
The module bkpsram that is frozen into the images: unlock(), BackupRAM, and the Store that survives power cuts.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Keep The Store When Power Is Cycled With Cell
    [Template]    Keeps The Store
    black_f407vet6
    pyboard11

Should Keep The Last Commit Alone When Power Goes Before The Next
    Start Board With Store
    Python    s["a"] = 1
    Python Should Give    s.commit()    True
    Python Should Give    s.commit()    False
    Python    s["a"] = 2
    Cycle Power And Open Store
    Python Should Give    s["a"], len(s)    1 1

Should Report New When The Cell Is Gone
    Start Board With Store
    Execute Command    sysbus.supplies RemoveCoinCell
    Loses The Store

Should Report New On A Board That Has No Cell
    Start Board With Store    stm32f4discovery
    Loses The Store

Should Report Damage When A Byte Is Changed Behind Its Back
    Start Board With Store
    Python    s["a"] = 1
    Python    s.commit()
    ${word}=    Word From Monitor    16
    Execute Command    sysbus.bkpsram Poke 16 ${{${word} ^ 1}}
    Python    s = bkpsram.Store()
    Python Should Give    (s.state, len(s))    ('damaged', 0)

Should Keep What It Has Committed When A Commit Is Cut Short
    [Documentation]    The bank that is not current is left as a cut finds it: busy, with half of its content written.
    Start Board With Store
    Python    s["a"] = "first"
    Python    s.commit()
    Python    s["a"] = "second"
    Python    s.commit()
    # The older of the two, the first bank, is the next to be written.
    Execute Command    sysbus.bkpsram Poke 0x7FC 0
    Execute Command    sysbus.bkpsram Poke 0x0C 0x12345678
    Cycle Power And Open Store
    Python Should Give    (s.state, s["a"], s.maybe_old)    ('good', 'second', False)

Should Keep A Whole Commit When Power Goes While It Commits
    [Documentation]    One commit after the other, until the power goes somewhere in one of them.
    Start Board With Store
    Python    s["n"] = 0
    Python    s["all"] = ()
    Python    s.commit()
    FOR    ${seconds}    IN    0.1013    0.0517    0.2371
        Write Line To Uart    exec("while True:\\n s['n'] += 1\\n s['all'] = (s['n'],) * (s['n'] % 50)\\n s.commit()")
        Let Time Pass    ${seconds}
        Cycle Power And Open Store
        Python Should Give    s.state, s["n"] > 5, s["all"] == (s["n"],) * (s["n"] % 50)    good True True
    END

Should Commit At The End Of A With Block And Roll Back When It Raises
    Start Board With Store
    Python    exec("with s:\\n s['a'] = 1")
    Python Should Fail    exec("with s:\\n s['a'] = 2\\n 1 / 0")    ZeroDivisionError: divide by zero
    Python Should Give    s["a"]    1
    Cycle Power And Open Store
    Python Should Give    s["a"]    1

Should Say What It Can't Store
    Start Board With Store
    Python    s["a"] = 1
    Python    s.commit()
    Python Should Fail    s["x"] = [1, 2]    TypeError: can't store 'x': list (use a tuple)
    Python Should Fail    s["x"] = (1, {})    TypeError: can't store 'x': dict
    Python Should Fail    s[3] = 1    TypeError: can't store key 3: keys are str
    Python    s["x"] = bytes(3000)
    Python Should Fail    s.commit()    StoreFull: store is full: 3010 bytes needed, 2032 there are
    Python Should Give    s    <Store good {'a': 1}>

Should Leave Nothing Behind When It Is Wiped
    Start Board With Store
    Python    s["secret"] = "word"
    Python    s.commit()
    Python    s.wipe()
    Python Should Give    (s.state, bkpsram.Store().state)    ('new', 'new')
    Python Should Give    any(bkpsram.BackupRAM().memory)    False

Should Leave Other Parts Of Backup SRAM Alone
    Start Board With Store
    Python    ram = bkpsram.BackupRAM(0, 256)
    Python    ram[0:256] = bytes(range(256))
    Python    t = bkpsram.Store(256, 512)
    Python    u = bkpsram.Store(768)
    Python    t["a"] = bytes(t.capacity - 7)
    Python    t.commit()
    Python    u["b"] = bytes(u.capacity - 7)
    Python    u.commit()
    Cycle Power
    Python    import bkpsram
    Python Should Give    bytes(bkpsram.BackupRAM(0, 256).memory) == bytes(range(256))    True
    Python Should Give    (bkpsram.Store(256, 512).keys(), bkpsram.Store(768).keys())    (dict_keys(['a']), dict_keys(['b']))

Should Show The Same Memory As Mem8 Mem16 And Mem32
    Start Board With Store
    Python    from machine import mem8, mem16, mem32
    Python    ram = bkpsram.BackupRAM(0x100, 64)
    Python    mem32[ram.address + 4] = 0xF1020304
    Python Should Give    (hex(ram.words[1]), list(ram[4:8]), ram[7])    ('0xf1020304', [4, 3, 2, 241], 241)
    Python    mem8[ram.address + 4] = 0x55
    Python    mem16[ram.address + 6] = 0xBEEF
    Python Should Give    hex(ram.words[1])    0xbeef0355
    Python    ram.words[2] = 0xCAFE0123
    Python    ram[12] = 0x99
    Python Should Give    (hex(mem16[ram.address + 10]), hex(mem8[ram.address + 12]))    ('0xcafe', '0x99')
    ${word}=    Word From Monitor    0x108
    Should Be Equal As Integers    ${word}    0xCAFE0123

Should Serve As A Buffer
    Start Board With Store
    Python    import io, struct
    Python    ram = bkpsram.BackupRAM(0, 64)
    Python Should Give    io.BytesIO(b"from a stream").readinto(ram.memory)    13
    Python    struct.pack_into("<Hf", ram.memory, 20, 513, 1.5)
    Python Should Give    bytes(ram[0:13]), struct.unpack_from("<Hf", ram.memory, 20)    b'from a stream' (513, 1.5)

Should Say Where The Bounds Are
    Start Board With Store
    Python    ram = bkpsram.BackupRAM(0, 64)
    Python Should Fail    ram.words[16] = 0    IndexError: word 16: there are 16
    Python Should Fail    ram[64] = 0    IndexError: memoryview index out of range
    Python Should Fail    ram[0:4] = b"abc"    ValueError: 3 bytes don't fit a slice of 4
    Python Should Fail    bkpsram.BackupRAM(4000, 100)    ValueError: offset 4000, size 100: backup SRAM has 4096 bytes
    Python Should Fail    bkpsram.BackupRAM(2, 8)    ValueError: offset 2, size 8: both must be multiples of 4
    Python Should Fail    bkpsram.Store(0, 32)    ValueError: size 32: a store takes at least 40 bytes

Should Unlock In An Order That Needs No Luck
    [Documentation]    Nothing of it is there to begin with, and the models find nothing to warn of.
    Start Board
    Python    from machine import mem32
    Python    mem32[0x40007004] &= ~(1 << 9)
    Python    mem32[0x40007000] &= ~(1 << 8)
    Python    mem32[0x40023840] &= ~(1 << 28)
    Python    import bkpsram
    Python Should Give    bkpsram.unlock()    (1073889280, 4096)
    ${mistakes}=    Execute Command    sysbus.pwr GuestMistakeCount
    Should Be Equal As Integers    ${mistakes}    0
    Supplies Should Tell    would be kept

Should Refuse To Unlock A Chip That Has No Backup SRAM
    [Documentation]    The simulated chips all have it: what the module reads is changed to what an F401 would say.
    Start Board
    Python    import bkpsram
    Python    from machine import mem32
    Python    exec("class F401:\\n def __getitem__(self, a): return mem32[a] & ~((a == 0x40023830) << 18)\\n def __setitem__(self, a, v): mem32[a] = v")
    Python    bkpsram.mem32 = F401()
    Python Should Fail    bkpsram.Store()    OSError: this chip has no backup SRAM: RCC_AHB1ENR.BKPSRAMEN does not stay set

Should Keep The Result Of Each Campaign Program
    [Documentation]    Without a cut, each of them finds what it wrote.
    [Template]    Keeps The Result Of
    store
    naive_struct
    naive_json
    naive_checksum

*** Keywords ***
Start Board With Store
    [Arguments]    ${board}=${BOARD}
    Start Board    ${board}
    Python    import bkpsram
    Python    s = bkpsram.Store()

Cycle Power And Open Store
    Cycle Power
    Python    import bkpsram
    Python    s = bkpsram.Store()

Python Should Fail
    [Documentation]    Types one statement; the last line of its traceback must be the expected one.
    [Arguments]    ${statement}    ${line}
    Write Line To Uart    ${statement}
    Wait For Line On Uart    ${line}
    Wait For Prompt

Loses The Store
    Python Should Give    s.state    new
    Python    s["a"] = 1
    Python    s.commit()
    Python Should Give    s.state    good
    Cycle Power And Open Store
    Python Should Give    (s.state, len(s))    ('new', 0)

Keeps The Store
    [Arguments]    ${board}
    Reset Emulation
    Prepare Board    ${board}
    Execute Command    sysbus.supplies InsertCoinCell
    Start Emulation
    Wait For Boot
    Python    import bkpsram
    Python    s = bkpsram.Store()
    Python Should Give    s.state    new
    Python    s.update({"name": "pump", "count": 1 << 70, "level": 0.25, "on": True, "raw": b"\\x00\\xff", "t": (-1, None, ("x",))})
    Python    s.commit()
    Cycle Power And Open Store
    Python Should Give    s.state    good
    Python Should Give    s["name"], s["count"] == 1 << 70, s["level"], s["on"], s["raw"], s["t"]
    ...    pump True 0.25 True b'\\x00\\xff' (-1, None, ('x',))

Keeps The Result Of
    [Arguments]    ${program}
    Reset Emulation
    Start Board
    Paste Program    ${ROOT}/firmware-fixtures/programs/${program}.py
    Python    setup()
    Python Should Give    len(list(run()))    8
    Cycle Power
    Paste Program    ${ROOT}/firmware-fixtures/programs/${program}.py
    Python Should Give    (check(8), check(7), check(0))    ('old', 'new', 'corrupt')
