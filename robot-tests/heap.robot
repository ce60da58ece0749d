*** Comments ***
Does normal Python code ever overwrite backup SRAM? No: it lies outside every region that MicroPython allocates from.

*** Settings ***
Resource            keywords.resource
Suite Setup         Connect To Host
Test Setup          Reset Emulation

*** Test Cases ***
Should Never Change A Byte While The Whole Heap Is Filled And Churned
    Start Board With Backup Program
    Python    unlock()
    Python    fill()
    Paste Program    ${ROOT}/firmware-fixtures/programs/churn_heap.py
    Python Should Give    churn(20)    True
    Python Should Give    intact()    4096
