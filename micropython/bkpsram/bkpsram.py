# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""Battery-backed SRAM of the STM32: unlock it, use it as memory, or keep a dictionary in it that survives power cuts."""

from binascii import crc32
from struct import pack, pack_into, unpack
from time import sleep_ms

import machine
import uctypes
from machine import mem32
from micropython import const

try:
    import stm
except ImportError:
    stm = None

__version__ = "1.0.0"

NEW = "new"
DAMAGED = "damaged"
GOOD = "good"

# The same in F2, F4 and F7.
_BASE = const(0x40024000)
_SIZE = const(4096)
_RCC = const(0x40023800)
_AHB1ENR = const(0x30)
_APB1ENR = const(0x40)
_PWR = const(0x40007000)
_CSR = const(0x04)
_PWREN = const(1 << 28)
_BKPSRAMEN = const(1 << 18)
_DBP = const(1 << 8)
_BRE = const(1 << 9)
_BRR = const(1 << 3)
_BRR_TIMEOUT_MS = const(1000)


class StoreFull(ValueError):
    """A commit needs more bytes than a bank has; nothing was written."""


def unlock():
    """Makes backup SRAM readable, writable, and kept on VBAT; returns its address and size. May be called again at any time."""
    if not _has_known_registers():
        return _mem_backup()
    _set(_RCC + _APB1ENR, _PWREN, "RCC_APB1ENR.PWREN")
    _set(_PWR, _DBP, "PWR_CR.DBP")
    try:
        _set(_RCC + _AHB1ENR, _BKPSRAMEN, "RCC_AHB1ENR.BKPSRAMEN")
    except OSError as error:
        raise OSError("this chip has no backup SRAM: " + error.args[0])
    _set(_PWR + _CSR, _BRE, "PWR_CSR.BRE")
    for _ in range(_BRR_TIMEOUT_MS):
        if mem32[_PWR + _CSR] & _BRR:
            return _BASE, _SIZE
        sleep_ms(1)
    raise OSError("backup regulator is not ready after %d ms: PWR_CSR.BRR is 0" % _BRR_TIMEOUT_MS)


def _has_known_registers():
    # The constants are those of the chip that the firmware was built for.
    try:
        return stm.PWR == _PWR and stm.RCC == _RCC and stm.RCC_AHB1ENR == _AHB1ENR and stm.RCC_APB1ENR == _APB1ENR
    except AttributeError:
        return False


def _mem_backup():
    # From MicroPython 1.29 on the firmware itself opens the backup SRAM of the other families. Where there is none it
    # offers the backup registers instead, by words.
    try:
        region = machine.mem_backup()
    except AttributeError:
        raise OSError("not an F2, F4 or F7, and this firmware has no machine.mem_backup()")
    if region.itemsize != 1:
        raise OSError("this chip has no backup SRAM: machine.mem_backup() offers registers")
    return uctypes.addressof(region), len(region)


def _set(address, bit, name):
    mem32[address] |= bit
    mem32[address]  # DBP and clock gates take effect some cycles after the write
    if not mem32[address] & bit:
        raise OSError(name + " does not stay set")


def _view(address, size):
    return memoryview(uctypes.bytearray_at(address, size))


class BackupRAM:
    """Backup SRAM, or a part of it, as bytes and as words."""

    def __init__(self, offset=0, size=None):
        base, there = unlock()
        if size is None:
            size = there - offset
        if offset % 4 or size % 4:
            raise ValueError("offset %d, size %d: both must be multiples of 4" % (offset, size))
        if offset < 0 or size <= 0 or offset + size > there:
            raise ValueError("offset %d, size %d: backup SRAM has %d bytes" % (offset, size, there))
        self.address = base + offset
        self.memory = _view(self.address, size)
        self.words = _Words(self.address, size // 4)

    def __len__(self):
        return len(self.memory)

    def __getitem__(self, index):
        return self.memory[index]

    def __setitem__(self, index, value):
        if isinstance(index, slice):
            there = len(self.memory[index])
            if len(value) != there:
                raise ValueError("%d bytes don't fit a slice of %d" % (len(value), there))
            # Of a view that ends where the slice does: MicroPython writes what follows the slice, up to the end of the view, too.
            self.memory[index][:] = value
        else:
            self.memory[index] = value


class _Words:
    def __init__(self, address, count):
        self._address = address
        self._count = count

    def __len__(self):
        return self._count

    def __getitem__(self, index):
        # Large words come as negative numbers from some versions of mem32.
        return mem32[self._at(index)] & 0xFFFFFFFF

    def __setitem__(self, index, value):
        mem32[self._at(index)] = value

    def _at(self, index):
        if not 0 <= index < self._count:
            raise IndexError("word %d: there are %d" % (index, self._count))
        return self._address + 4 * index


# A bank: magic, sequence number, length of the payload, payload; its last word is the check word, whatever the length.
_MAGIC = const(0x31534B42)  # "BKS1"
_HEADER = const(12)
_OVERHEAD = const(16)
_BUSY = const(0)
_SMALLEST_SIZE = const(40)


class Store:
    """A small dictionary in backup SRAM. Power may fail at any instant: the last commit is there, all of it."""

    def __init__(self, offset=0, size=None):
        self._ram = BackupRAM(offset, size)
        if len(self._ram) < _SMALLEST_SIZE:
            raise ValueError("size %d: a store takes at least %d bytes" % (len(self._ram), _SMALLEST_SIZE))
        self._bank_size = len(self._ram) // 8 * 4
        self.capacity = self._bank_size - _OVERHEAD
        self.rollback()

    def commit(self, force=False):
        """Writes the content to backup SRAM. Returns False, and writes nothing, if it is there already."""
        image = self._image()
        length = len(image) - _HEADER
        if length > self.capacity:
            self.rollback()
            raise StoreFull("store is full: %d bytes needed, %d there are" % (length, self.capacity))
        unlock()
        # Looked up anew: another Store may have been at work in the same place.
        found = self._examine(0), self._examine(1)
        current = self._newest(found)
        if current is None:
            self._write(0, 1, image)
            if found[1] == DAMAGED:
                # So that it can't be taken for the remains of a newer commit.
                self._ram.words[self._check_index(1)] = _BUSY
        elif force or DAMAGED in found or self._payload(current) != memoryview(image)[_HEADER:]:
            self._write(1 - current, self._sequence(current) + 1 & 0xFFFFFFFF, image)
        else:
            return False
        self.state = GOOD
        self.maybe_old = False
        return True

    def rollback(self):
        """Forgets what was not committed."""
        unlock()
        found = [self._examine(0), self._examine(1)]
        self._data = {}
        bank = self._newest(found)
        while bank is not None:
            try:
                self._data = _decode(bytes(self._payload(bank)))
                break
            except ValueError:
                found[bank] = DAMAGED
                bank = self._newest(found)
        damaged = DAMAGED in found
        self.state = GOOD if bank is not None else DAMAGED if damaged else NEW
        self.maybe_old = self.state == GOOD and damaged

    def clear(self):
        """Empties the store and commits that."""
        self._data = {}
        return self.commit()

    def wipe(self):
        """Overwrites everything with zeroes, so that the store is new."""
        # An empty commit first: from then on it doesn't matter which bank goes when.
        self.clear()
        current = self._newest((self._examine(0), self._examine(1)))
        words = self._ram.words
        for bank in (1 - current, current):
            end = self._check_index(bank)
            words[end] = _BUSY
            for index in range(end - self._bank_size // 4 + 1, end):
                words[index] = 0
        self.state = NEW

    def used(self):
        """How many bytes of `capacity` the present content takes."""
        return len(self._image()) - _HEADER

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is None:
            self.commit()
        else:
            self.rollback()

    def __repr__(self):
        return "<Store %s %r>" % (self.state, self._data)

    def __len__(self):
        return len(self._data)

    def __iter__(self):
        return iter(self._data)

    def __contains__(self, key):
        return key in self._data

    def __getitem__(self, key):
        return self._data[key]

    def __setitem__(self, key, value):
        _check(key, value)
        self._data[key] = value

    def __delitem__(self, key):
        del self._data[key]

    def get(self, key, default=None):
        return self._data.get(key, default)

    def setdefault(self, key, default=None):
        if key not in self._data:
            self[key] = default
        return self._data[key]

    def pop(self, key, *default):
        return self._data.pop(key, *default)

    def keys(self):
        return self._data.keys()

    def values(self):
        return self._data.values()

    def items(self):
        return self._data.items()

    def update(self, *other, **more):
        changes = {}
        for source in other + (more,):
            changes.update(source.items() if isinstance(source, Store) else source)
        for key, value in changes.items():
            _check(key, value)
        self._data.update(changes)

    def _image(self):
        image = bytearray(_HEADER)
        _put_number(image, len(self._data))
        for key, value in self._data.items():
            _put_bytes(image, key.encode())
            _put(image, value)
        return image

    def _check_index(self, bank):
        return (bank + 1) * self._bank_size // 4 - 1

    def _sequence(self, bank):
        return self._ram.words[bank * self._bank_size // 4 + 1]

    def _payload(self, bank):
        start = bank * self._bank_size
        length = self._ram.words[start // 4 + 2]
        return self._ram.memory[start + _HEADER : start + _HEADER + length]

    def _examine(self, bank):
        words = self._ram.words
        start = bank * self._bank_size
        check = words[self._check_index(bank)]
        if words[start // 4] != _MAGIC or check == _BUSY:
            return NEW
        length = words[start // 4 + 2]
        if length > self.capacity or check != _checksum(self._ram.memory[start : start + _HEADER + length]):
            return DAMAGED
        return GOOD

    def _newest(self, found):
        if found[0] == found[1] == GOOD:
            # Sequence numbers wrap: the newer one is less than half the circle ahead.
            ahead = self._sequence(1) - self._sequence(0) & 0xFFFFFFFF
            return 1 if 0 < ahead < 0x80000000 else 0
        return 0 if found[0] == GOOD else 1 if found[1] == GOOD else None

    def _write(self, bank, sequence, image):
        pack_into("<III", image, 0, _MAGIC, sequence, len(image) - _HEADER)
        checksum = _checksum(image)
        memory = self._ram.memory
        words = self._ram.words
        check = self._check_index(bank)
        start = bank * self._bank_size
        end = start + len(image)
        # While the bank is busy it counts for nothing, so its other words may change in any order.
        words[check] = _BUSY
        memory[start:end][:] = image
        if words[check] == _BUSY and _checksum(memory[start:end]) == checksum:
            words[check] = checksum
        if words[check] != checksum:
            raise OSError("backup SRAM does not hold what was written to it")


def _checksum(data):
    # The value that says "busy" is taken.
    return crc32(data) & 0xFFFFFFFF or 0xFFFFFFFF


# The payload: the number of entries, then of each its key, as length and UTF-8, and its value, as a tag and what follows it.
# Numbers are written seven bits a byte, the lowest first; bit 7 says that more follow.
_NONE = const(0)
_FALSE = const(1)
_TRUE = const(2)
_INT = const(3)
_NEGATIVE_INT = const(4)
_FLOAT32 = const(5)
_FLOAT64 = const(6)
_STR = const(7)
_BYTES = const(8)
_BYTEARRAY = const(9)
_TUPLE = const(10)
_DEEPEST = const(16)


def _check(key, value):
    if type(key) is not str:
        raise TypeError("can't store key %r: keys are str" % (key,))
    _check_value(key, value, 0)


def _check_value(key, value, depth):
    kind = type(value)
    if kind is tuple:
        if depth == _DEEPEST:
            raise ValueError("can't store %r: tuples nested deeper than %d" % (key, _DEEPEST))
        for item in value:
            _check_value(key, item, depth + 1)
    elif value is not None and kind not in (bool, int, float, str, bytes, bytearray):
        hint = " (use a tuple)" if kind is list else ""
        raise TypeError("can't store %r: %s%s" % (key, kind.__name__, hint))


def _put_number(out, number):
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


def _put_bytes(out, data):
    _put_number(out, len(data))
    out.extend(data)


def _put(out, value):
    kind = type(value)
    if value is None:
        out.append(_NONE)
    elif kind is bool:
        out.append(_TRUE if value else _FALSE)
    elif kind is int:
        out.append(_INT if value >= 0 else _NEGATIVE_INT)
        _put_number(out, value if value >= 0 else -1 - value)
    elif kind is float:
        _put_float(out, value)
    elif kind is str:
        out.append(_STR)
        _put_bytes(out, value.encode())
    elif kind is tuple:
        out.append(_TUPLE)
        _put_number(out, len(value))
        for item in value:
            _put(out, item)
    else:
        out.append(_BYTES if kind is bytes else _BYTEARRAY)
        _put_bytes(out, value)


def _put_float(out, value):
    try:
        short = pack("<f", value)
        exact = unpack("<f", short)[0] == value
    except OverflowError:
        exact = False
    out.append(_FLOAT32 if exact else _FLOAT64)
    out.extend(short if exact else pack("<d", value))


def _decode(payload):
    reader = _Reader(payload)
    content = {}
    for _ in range(reader.count()):
        key = str(reader.take(reader.number()), "utf-8")
        content[key] = reader.value(0)
    if reader.at != len(payload):
        raise ValueError("malformed content")
    return content


class _Reader:
    """Takes a payload apart. Raises ValueError, and nothing else, if it is malformed."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        start = self.at
        if count > len(self.data) - start:
            raise ValueError("malformed content")
        self.at = start + count
        return self.data[start : self.at]

    def number(self):
        number = shift = 0
        while True:
            byte = self.take(1)[0]
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number

    def count(self):
        # Of things that take at least a byte each.
        number = self.number()
        if number > len(self.data) - self.at:
            raise ValueError("malformed content")
        return number

    def value(self, depth):
        tag = self.take(1)[0]
        if tag == _NONE:
            return None
        if tag <= _TRUE:
            return tag == _TRUE
        if tag == _INT:
            return self.number()
        if tag == _NEGATIVE_INT:
            return -1 - self.number()
        if tag == _FLOAT32:
            return unpack("<f", self.take(4))[0]
        if tag == _FLOAT64:
            return unpack("<d", self.take(8))[0]
        if tag == _STR:
            return str(self.take(self.number()), "utf-8")
        if tag == _BYTES:
            return self.take(self.number())
        if tag == _BYTEARRAY:
            return bytearray(self.take(self.number()))
        if tag == _TUPLE and depth < _DEEPEST:
            return tuple([self.value(depth + 1) for _ in range(self.count())])
        raise ValueError("malformed content")
