*** Comments ***
Pins as the board's owner sees them, under MicroPython: probes and wires from the Monitor, open drain, LEDs, timers and I2C at pins; and DMA.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Read A Pin As It Is Driven, Else As It Is Pulled
    Start Board
    Python    from machine import Pin
    Python    p = Pin(Pin.cpu.D0, Pin.IN, Pin.PULL_UP)
    Python Should Give    p()    1
    Execute Command    gpioPortD Drive 0 "low"
    Python Should Give    p()    0
    Execute Command    gpioPortD Drive 0 "release"
    Python Should Give    p()    1
    Python    p.init(Pin.IN, Pin.PULL_DOWN)
    Python Should Give    p()    0
    Execute Command    gpioPortD Drive 0 "high"
    Python Should Give    p()    1
    Pin Should Tell    gpioPortD    PD0 +high +input, driven from outside
    Execute Command    gpioPortD Drive 0 "release"
    Pin Should Tell    gpioPortD    PD0 +low +input, pulled down
    Python    p.init(Pin.IN, pull=None)
    Pin Should Tell    gpioPortD    PD0 +low +input, floating

Should Carry Levels Over A Wire Until It Is Taken Away
    Start Board
    Python    from machine import Pin
    Python    a, b = Pin(Pin.cpu.D1, Pin.OUT, value=0), Pin(Pin.cpu.E1, Pin.IN, Pin.PULL_UP)
    Python Should Give    b()    1
    Execute Command    gpioPortD Wire 1 gpioPortE 1
    Python Should Give    b()    0
    Python    a(1)
    Python Should Give    b()    1
    Python    a(0)
    Pin Should Tell    gpioPortE    PE1 +low +input, .*wired: PD1, PE1
    Execute Command    gpioPortE Unwire 1
    Python Should Give    (a(), b())    (0, 1)

Should Interrupt By A Wire And By A Probe
    Start Board
    Python    import time; from machine import Pin
    Python    hits = []
    Python    a, b = Pin(Pin.cpu.D1, Pin.OUT, value=0), Pin(Pin.cpu.E2, Pin.IN, Pin.PULL_DOWN)
    Python    b.irq(lambda p: hits.append(p()), Pin.IRQ_RISING | Pin.IRQ_FALLING)
    Execute Command    gpioPortD Wire 1 gpioPortE 2
    # Callbacks wait for the loop.
    Python    a(1); a(0); a(0); a(1); time.sleep_ms(1)
    Python Should Give    len(hits)    3
    Python    a.init(Pin.IN)
    Python    hits.clear()
    Execute Command    gpioPortE Drive 2 "high"
    Python Should Give    hits    [1]

Should Be High On An Open-Drain Bus Only While Nobody Pulls It Down
    Start Board
    Python    from machine import Pin
    Python    a, b = (Pin(x, Pin.OPEN_DRAIN, Pin.PULL_UP, value=1) for x in (Pin.cpu.D3, Pin.cpu.D4))
    Execute Command    gpioPortD Wire 3 gpioPortD 4
    Python Should Give    (a(), b())    (1, 1)
    Python    a(0)
    Python Should Give    (a(), b())    (0, 0)
    Python    b(0); a(1)
    Python Should Give    (a(), b())    (0, 0)
    Python    b(1)
    Python Should Give    (a(), b())    (1, 1)
    Execute Command    gpioPortD Drive 4 "low"
    Python Should Give    (a(), b())    (0, 0)

Should Leave LEDs Dark In Standby And Without VDD
    Start Board
    Create LED Tester    sysbus.gpioPortA.D2    defaultTimeout=1
    Light The LED
    Write Line To Uart    import machine; machine.deepsleep()
    Assert LED State    false
    Execute Command    sysbus.supplies PressReset
    Wait For Boot
    Light The LED
    Execute Command    sysbus.supplies PowerOff
    Assert LED State    false
    Execute Command    sysbus.supplies PowerOn
    Wait For Boot
    Assert LED State    false
    Light The LED
    Execute Command    sysbus.supplies PressReset
    Assert LED State    false

Should Show PWM At The Other End Of A Wire
    [Documentation]    TIM4_CH1 at PD12; the pulses are timed by the core, and captured by TIM1_CH1 at PE9.
    Start Board
    Python    import machine, pyb, time
    Python    from machine import Pin
    Execute Command    gpioPortD Wire 12 gpioPortE 9
    Python    t4 = pyb.Timer(4, freq=1000); c = t4.channel(1, pyb.Timer.PWM, pin=Pin.cpu.D12, pulse_width_percent=25)
    Python    p = Pin(Pin.cpu.E9, Pin.IN)
    # A pulse that has begun is timed from there: the first one may be short.
    Python Loop    def pulses(): return [machine.time_pulse_us(p, n & 1) for n in range(5)][-2:]
    Python Should Give    [abs(x - y) < 20 for x, y in zip(pulses(), (250, 750))]    [True, True]
    Python    t1 = pyb.Timer(1, prescaler=167, period=0xFFFF); i = t1.channel(1, pyb.Timer.IC, pin=p, polarity=pyb.Timer.RISING)
    Python Loop    def edge(): machine.mem32[0x40010010] = 0; n = [time.sleep_us(50) for _ in range(99) if not machine.mem32[0x40010010] & 2]; return i.capture()
    Python Should Give    (edge() - edge()) % 1000    0
    Python    c.pulse_width_percent(0)
    Python Should Give    machine.time_pulse_us(p, 1, 5000)    -2

Should Copy Memory By DMA And Feed The CRC Unit
    Start Board
    Prepare DMA
    Python    source, target = bytearray(range(256)), bytearray(256)
    # DMA2, stream 0: words, both addresses count.
    Python    mem32[D+0x18] = addressof(source); mem32[D+0x1C] = addressof(target); mem32[D+0x14] = 64; mem32[D+0x10] = 2 << 13 | 2 << 11 | 3 << 9 | 2 << 6 | 1
    Python    time.sleep_ms(1)
    Python Should Give    (mem32[D+0x10] & 1, mem32[D] & 0x3D, mem32[D+0x14], source == target)    (0, 48, 0, True)
    # The same words into CRC_DR, by the core and by DMA.
    Python    mem32[D+8] = 0x3D; mem32[C+8] = 1
    Python Loop    for n in range(0, 256, 4): mem32[C] = mem32[addressof(source) + n]
    Python    expected = mem32[C]; mem32[C+8] = 1
    Python    mem32[D+0x1C] = C; mem32[D+0x14] = 64; mem32[D+0x10] = 2 << 13 | 2 << 11 | 1 << 9 | 2 << 6 | 1
    Python    time.sleep_ms(1)
    Python Should Give    mem32[C] == expected != 0xFFFFFFFF    True

Should Print By DMA
    [Documentation]    USART1_TX is channel 4 of stream 7.
    Start Board
    Prepare DMA
    Python    text = b"\\r\\nno core has sent this\\r\\n"
    Python    mem32[D+0xC0] = 0x40011004; mem32[D+0xC4] = addressof(text); mem32[D+0xBC] = len(text); mem32[0x40011014] |= 1 << 7
    Write Line To Uart    mem32[D+0xB8] = 4 << 25 | 1 << 10 | 1 << 6 | 1; time.sleep_ms(10)
    Wait For Line On Uart    no core has sent this
    Wait For Prompt
    Python Should Give    (mem32[D+0xB8] & 1, mem32[D+0xBC], mem32[D+4] >> 27 & 1)    (0, 0, 1)

Should Take Its Time To Send By SPI
    [Documentation]    MicroPython sends more than a byte by DMA, and a single byte by polling.
    Start Board
    Python    import machine, time
    Python    spi = machine.SPI(1, baudrate=330000); block, byte = bytearray(1000), b"x"
    Python Loop    def microseconds(data): t = time.ticks_us(); spi.write(data); return time.ticks_diff(time.ticks_us(), t)
    # PCLK2 / 256, 8 bits.
    Python Should Give    24300 < microseconds(block) < 25500    True
    Python Should Give    24 <= microseconds(byte) < 50    True

Should Read The Accelerometer By Toggled Pins And By I2C1
    [Documentation]    SCL and SDA, X9 and X10, are the console of the other image: this one has it on USB. PB5 feeds the accelerometer.
    Start Board    pyboard11    console=usb
    Python    import time; from machine import Pin, I2C, SoftI2C
    Python    bus = SoftI2C(scl='X9', sda='X10')
    Python Should Give    bus.scan()    []
    Python    avdd = Pin('B5', Pin.OUT, value=1)
    Python Should Give    bus.scan()    [76]
    Python    bus.writeto_mem(76, 7, b"\\x01"); time.sleep_ms(30)
    Execute Command    sysbus.i2c1.accelerometer AccelerationX -0.5
    Python Should Give    list(bus.readfrom_mem(76, 0, 3))    [53, 0, 21]
    Python    hard = I2C(1)
    Python Should Give    (hard.scan(), list(hard.readfrom_mem(76, 0, 3)))    ([76], [53, 0, 21])
    Python    bus = SoftI2C(scl='X9', sda='X10', freq=400000)
    Python Should Give    (bus.scan(), list(bus.readfrom_mem(76, 7, 1)))    ([76], [1])
    ${mistakes}=    Execute Command    sysbus.i2c1 GuestMistakeCount
    Should Be Equal As Integers    ${mistakes}    0
    Python    avdd(0)
    Python Should Give    bus.scan()    []

*** Keywords ***
Pin Should Tell
    [Arguments]    ${port}    ${pattern}
    ${pins}=    Execute Command    ${port} Pins
    Should Match Regexp    ${pins}    ${pattern}

Light The LED
    Python    from machine import Pin
    Python    d2 = Pin('PA6', Pin.OUT, value=0)
    Assert LED State    true

Prepare DMA
    [Documentation]    Clocks of DMA2 and the CRC unit, and where they are.
    Python    import time
    Python    from machine import mem32
    Python    from uctypes import addressof
    Python    mem32[0x40023830] |= 1 << 22 | 1 << 12
    Python    D, C = 0x40026400, 0x40023000
