"""How many cells of a terminal characters take, and which of them belong together."""

from __future__ import annotations

from wcwidth import wcwidth

_ZERO_WIDTH_JOINER = "\u200d"
_EMOJI_PRESENTATION = "\ufe0f"
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def width(text: str) -> int:
    """Return how many cells `text` takes at most. It has no control characters.

    Terminals disagree about emoji made of several: each of them is counted, so that what is thought to fit
    does fit, and the width of a whole is the sum of its parts'.
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def prefix(text: str, columns: int) -> str:
    """Return as much of the beginning of `text` as fits in `columns` cells."""
    if text.isascii():
        return text[:columns]
    for index, char in enumerate(text):
        columns -= _cells(char)
        if columns < 0:
            return text[:index]
    return text


def following(text: str, index: int) -> int:
    """Return where the character at `index` ends, with all that is combined with it."""
    index += 1
    while index < len(text) and _joined(text[index - 1], text[index]):
        index += 1
    return min(index, len(text))


def preceding(text: str, index: int) -> int:
    """Return where the character before `index` begins, before all that is combined with it."""
    index -= 1
    while index > 0 and _joined(text[index - 1], text[index]):
        index -= 1
    return max(index, 0)


def _cells(char: str) -> int:
    return 1 if char == _EMOJI_PRESENTATION else wcwidth(char)


def _joined(before: str, char: str) -> bool:
    return wcwidth(char) == 0 or before == _ZERO_WIDTH_JOINER or ord(char) in _SKIN_TONES
