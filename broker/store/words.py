"""The words of messages and searches: letters and digits, regardless of case and accents."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def is_searchable(word: str) -> bool:
    """Return whether a word has a letter or digit, so that it can be found."""
    return any(_is_part(character) for character in word)


def split_words(text: str) -> list[str]:
    """Return the words of a text in order, lower case and without accents."""
    spaced = (character if _is_part(character) else " " for character in folded(text).lower())
    return "".join(spaced).split()


def has_word(words: Sequence[str], wanted: Sequence[str], begins: bool) -> bool:
    """Return whether `wanted` is a part of `words`. If `begins` is true, its last word is a prefix."""
    size = len(wanted)
    for start in range(len(words) - size + 1):
        found = words[start : start + size]
        if found == wanted or (begins and found[:-1] == wanted[:-1] and found[-1].startswith(wanted[-1])):
            return True
    return False


def folded(text: str) -> str:
    """Return a text for comparison: without accents, and mostly without case."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in decomposed if unicodedata.category(character) != "Mn")


def _is_part(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Co"
