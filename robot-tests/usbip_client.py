# Copyright (c) 2026 renode-bkpsram contributors
# SPDX-License-Identifier: MIT
"""The side of the USB/IP protocol that a Linux host has (Documentation/usb/usbip_protocol.rst), as Robot keywords: one device at a time."""

import socket
import struct
import time

VERSION = 0x0111
LIST, IMPORT = 0x8005, 0x8003
SUBMIT, UNLINK, SUBMITTED = 1, 2, 3
OUT, IN = 0, 1
TIMEOUT_S = 60
DEVICE_BYTES = 312


class usbip_client:
    ROBOT_LIBRARY_SCOPE = "SUITE"

    def __init__(self):
        self._port = None
        self._socket = None
        self._device = None
        self._sequence = 0

    def choose_port(self):
        """A port of this machine that is free."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        return self._port

    def exported_devices(self):
        """What the server has: bus id, vendor, product, and the classes of the interfaces of each."""
        with self._connect() as connection:
            connection.sendall(struct.pack(">HHI", VERSION, LIST, 0))
            version, code, status, count = struct.unpack(">HHII", self._receive(12, connection))
            self._check("OP_REP_DEVLIST", (version, code, status), (VERSION, 5, 0))
            devices = []
            for _ in range(count):
                device = self._parse(self._receive(DEVICE_BYTES, connection))
                device["classes"] = [self._receive(4, connection)[0] for _ in range(device["interfaces"])]
                devices.append(device)
            return devices

    def wait_for_export(self, count=1):
        """Until the server has so many devices."""
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            try:
                devices = self.exported_devices()
                if len(devices) == int(count):
                    return devices
            except ConnectionRefusedError:
                # It starts anew after the device has gone.
                devices = []
            if time.monotonic() > deadline:
                raise AssertionError(f"the server has {len(devices)} devices after {TIMEOUT_S} s, not {count}")
            time.sleep(0.05)

    def attach(self, bus_id="1-0"):
        """As usbip attach does. From then on, requests go to this device."""
        self._socket = self._connect()
        self._socket.sendall(struct.pack(">HHI32s", VERSION, IMPORT, 0, bus_id.encode()))
        version, code, status = struct.unpack(">HHI", self._receive(8))
        if status:
            raise AssertionError(f"the server has no device {bus_id}")
        self._check("OP_REP_IMPORT", (version, code), (VERSION, 3))
        device = self._parse(self._receive(DEVICE_BYTES))
        self._check("bus id", device["bus_id"], bus_id)
        self._device = device
        return device

    def detach(self):
        """As usbip detach does; nothing, if no device is attached."""
        if self._socket:
            self._socket.close()
            self._socket = None

    def control_in(self, request_type, request, value, index, length):
        """A control transfer that reads."""
        return self._submit(IN, 0, length=int(length), setup=self._setup(request_type, request, value, index, length))

    def control_out(self, request_type, request, value, index, data=b""):
        """A control transfer that writes, or has no data."""
        self._submit(OUT, 0, data=data, setup=self._setup(request_type, request, value, index, len(data)))

    def bulk_out(self, endpoint, data):
        self._submit(OUT, int(endpoint), data=data.encode() if isinstance(data, str) else data)

    def bulk_in(self, endpoint, length=64):
        return self._submit(IN, int(endpoint), length=int(length))

    def read_until(self, endpoint, text):
        """Reads a bulk endpoint until it has brought a text; returns all that has come."""
        deadline = time.monotonic() + TIMEOUT_S
        seen = b""
        while text.encode() not in seen:
            data = self.bulk_in(endpoint)
            seen += data
            if time.monotonic() > deadline:
                raise AssertionError(f"no {text!r} within {TIMEOUT_S} s, but {seen!r}")
            if not data:
                # A Linux asks again at once.
                time.sleep(0.01)
        return seen.decode(errors="replace")

    def unlink(self):
        """Asks to take back a request that has been answered: CMD_UNLINK. Renode's server answers nothing."""
        self._sequence += 1
        self._socket.sendall(struct.pack(">IIIIII24x", UNLINK, self._sequence, self._device["id"], 0, 0, self._sequence - 1))

    def endpoints(self, configuration):
        """Numbers of the endpoints by class of the interface, type and direction, from a configuration descriptor."""
        found, position, kind = {}, 0, None
        while position < len(configuration):
            length, what = configuration[position:position + 2]
            descriptor = configuration[position:position + length]
            if what == 4:
                kind = descriptor[5]
            elif what == 5:
                found[f"{kind:02x} {('control', 'isochronous', 'bulk', 'interrupt')[descriptor[3] & 3]} {'in' if descriptor[2] & 0x80 else 'out'}"] = descriptor[2] & 0xF
            position += length
        return found

    def scsi_read(self, endpoint_in, endpoint_out, command, length):
        """A command to a drive that reads: its wrapper, data, and status (USB Mass Storage Class, Bulk-Only Transport, 5)."""
        self.bulk_out(endpoint_out, struct.pack("<4sIIBBB16s", b"USBC", 0x1234, int(length), 0x80, 0, len(command), command))
        data = self.bulk_in(endpoint_in, length)
        status = self.bulk_in(endpoint_in, 13)
        signature, tag, _, result = struct.unpack("<4sIIB", status)
        self._check("status wrapper", (signature, tag), (b"USBS", 0x1234))
        return data, result

    def wait_for_end_of_connection(self):
        """The server cuts the connection, and no answer comes before."""
        self._socket.settimeout(TIMEOUT_S)
        try:
            data = self._socket.recv(1)
        except ConnectionResetError:
            data = b""
        self.detach()
        self._check("after the end", data, b"")

    def _connect(self):
        return socket.create_connection(("127.0.0.1", self._port), timeout=TIMEOUT_S)

    def _submit(self, direction, endpoint, length=0, data=b"", setup=bytes(8)):
        self._sequence += 1
        self._socket.sendall(struct.pack(">IIIIIIIIII8s", SUBMIT, self._sequence, self._device["id"], direction, endpoint,
                                         0, len(data) if direction == OUT else length, 0, 0xFFFFFFFF, 0, setup) + data)
        command, sequence, _, _, _, status, actual = struct.unpack(">IIIIIII20x", self._receive(48))
        self._check("USBIP_RET_SUBMIT", (command, sequence, status), (SUBMITTED, self._sequence, 0))
        return self._receive(actual) if direction == IN else b""

    def _receive(self, count, connection=None):
        data = b""
        while len(data) < count:
            part = (connection or self._socket).recv(count - len(data))
            if not part:
                raise AssertionError(f"the server ended the connection after {len(data)} of {count} bytes")
            data += part
        return data

    @staticmethod
    def _parse(data):
        path, bus_id, bus, number, _, vendor, product, _, _, _, _, _, configurations, interfaces = struct.unpack(">256s32sIIIHHHBBBBBB", data)
        return {"path": path.rstrip(b"\0").decode(), "bus_id": bus_id.rstrip(b"\0").decode(), "id": bus << 16 | number,
                "vendor": f"{vendor:04x}", "product": f"{product:04x}", "configurations": configurations, "interfaces": interfaces}

    @staticmethod
    def _setup(request_type, request, value, index, length):
        return struct.pack("<BBHHH", *(int(x) for x in (request_type, request, value, index, length)))

    @staticmethod
    def _check(what, seen, expected):
        if seen != expected:
            raise AssertionError(f"{what}: {seen} instead of {expected}")
