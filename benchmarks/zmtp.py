"""ZMTP 3.1 with the NULL mechanism, as far as a DEALER without a routing id needs it.

The specification is https://rfc.zeromq.org/spec/37/. The content of messages is not interpreted here.
"""

from __future__ import annotations

from collections.abc import Iterator

_LONG, _COMMAND = 2, 4

READY = b"\x05READY"
"""The beginning of the other side's last handshake command."""


def encode_frame(body: bytes, flags: int = 0) -> bytes:
    """Return a frame as it goes over the wire."""
    if len(body) > 255:
        return bytes((flags | _LONG,)) + len(body).to_bytes(8) + body
    return bytes((flags, len(body))) + body


def decode_frames(data: bytes) -> Iterator[bytes]:
    """Yield the bodies of whole frames of `encode_frame`."""
    begin = 0
    while begin < len(data):
        size = 8 if data[begin] & _LONG else 1
        end = begin + 1 + size
        length = int.from_bytes(data[begin + 1 : end])
        yield data[end : end + length]
        begin = end + length


def make_handshake() -> bytes:
    """Return the bytes that a DEALER sends before its first message. NULL needs no wait for replies."""
    greeting = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x01" + b"NULL".ljust(20, b"\0") + bytes(32)
    metadata = b""
    for name, value in ((b"Socket-Type", b"DEALER"), (b"Identity", b"")):
        metadata += bytes((len(name),)) + name + len(value).to_bytes(4) + value
    return greeting + encode_frame(READY + metadata, _COMMAND)
