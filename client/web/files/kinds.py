"""What a file is by its first bytes, as far as a page may show it. Nothing in here can run in a browser."""

from __future__ import annotations

import re

HEAD_BYTES = 512
"""So many bytes at the beginning are looked at."""

_SIGNS = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "image/avif"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"fLaC"), "audio/flac"),
    (re.compile(rb"ID3[\x02-\x04]|\xff[\xf2\xf3\xfa\xfb]"), "audio/mpeg"),
    (re.compile(rb"OggS.{24,100}?(OpusHead|\x01vorbis|\x7fFLAC)", re.DOTALL), "audio/ogg"),
    (re.compile(rb"....ftypM4[AB] ", re.DOTALL), "audio/mp4"),
    (re.compile(rb"....ftyp(mp4|iso|avc1|M4V |dash|mmp4)", re.DOTALL), "video/mp4"),
    (re.compile(rb"\x1aE\xdf\xa3.{1,60}?\x42\x82.{1,8}?webm", re.DOTALL), "video/webm"),
)


def kind_of(head: bytes) -> str:
    """Return the media type of content that begins with `head`; empty if a page does not show it."""
    return next((kind for sign, kind in _SIGNS if sign.match(head)), "")
