"""The characters of a text that combine into one on a terminal."""

from __future__ import annotations

from wcwidth import wcwidth

_ZERO_WIDTH_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def following(text: str, index: int) -> int:
    """Return the end of the character at `index`, with its combining characters."""
    index += 1
    while index < len(text) and _joined(text[index - 1], text[index]):
        index += 1
    return min(index, len(text))


def preceding(text: str, index: int) -> int:
    """Return the start of the character before `index`, with its combining characters."""
    index -= 1
    while index > 0 and _joined(text[index - 1], text[index]):
        index -= 1
    return max(index, 0)


def _joined(before: str, char: str) -> bool:
    return wcwidth(char) == 0 or before == _ZERO_WIDTH_JOINER or ord(char) in _SKIN_TONES
