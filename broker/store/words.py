"""The words of messages and searches: letters and digits, regardless of case and accents."""

from __future__ import annotations

import unicodedata

_MOST_KEPT = 10_000
"""Once the folding of this many characters is kept, all of it is forgotten."""


class _Folding(dict[int, str]):
    """What each character becomes: letters and digits without case and accents, nothing, or a space.

    Each character is folded alone, so the time grows only with the length of a text. To decompose a whole
    text would take far longer if many marks are stacked on one letter, as they would be sorted.
    """

    def __missing__(self, code: int) -> str:
        decomposed = unicodedata.normalize("NFD", chr(code).casefold()).lower()
        folded = "".join(map(_part, decomposed))
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[code] = folded
        return folded


_folding = _Folding()


def split_words(text: str) -> list[str]:
    """Return the words of a text in order, lower case and without accents."""
    return text.translate(_folding).split()


def spaced(text: str) -> str:
    """Return the words of a text with one space before, between and behind them, to look for phrases in."""
    return f" {' '.join(split_words(text))} "


def phrase(word: str) -> str:
    """Return what `spaced` texts with this word of a search contain; an empty text if it has no words.

    A word of a search can be several words, as in `don't`. If it ends with `*`, the last one is a prefix.
    """
    words = " ".join(split_words(word))
    if not words:
        return ""
    return f" {words}" if word.endswith("*") else f" {words} "


def _part(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] in "LN" or category == "Co":
        return character
    return "" if category == "Mn" else " "
