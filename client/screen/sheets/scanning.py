"""QR codes in half blocks, for the camera of a telephone. The library `segno` is imported only for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from client.screen.tones import PICTURE, Row

QUIET = 4
"""Modules of quiet zone around a code, as ISO/IEC 18004 wants it."""

_BLOCKS = {(True, True): " ", (True, False): "▄", (False, True): "▀", (False, False): "█"}
"""For a module and the one below it, whether they are dark: light ones are drawn.

So a camera sees dark on light, also without colours on a terminal that writes light on dark.
"""


class Picture(NamedTuple):
    """The rows of a picture, and the columns that each of them has."""

    rows: Sequence[Row]
    columns: int


def qr_picture(text: str) -> Picture | None:
    """Return a text as a QR code; None if the library is not installed."""
    try:
        import segno  # noqa: PLC0415 - rarely needed
    except ImportError:
        return None
    code = segno.make_qr(text, error="l", boost_error=False)
    return _drawn([[bool(module) for module in row] for row in code.matrix_iter(border=QUIET)])


def _drawn(modules: list[list[bool]]) -> Picture:
    columns = len(modules[0])
    if len(modules) % 2:
        modules = [*modules, [False] * columns]
    pairs = zip(modules[::2], modules[1::2], strict=True)
    drawn = ["".join(_BLOCKS[both] for both in zip(*pair, strict=True)) for pair in pairs]
    return Picture([[(row, PICTURE)] for row in drawn], columns)
