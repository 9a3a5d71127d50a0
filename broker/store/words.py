"""What counts as a word when messages are searched: letters and digits, whatever their case and accents."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence


def is_searchable(word: str) -> bool:
    """Tell whether a word has anything that can be looked for; what is only punctuation has not."""
    return any(_belongs(character) for character in word)


def split_words(text: str) -> list[str]:
    """Return the words of a text in order, lower case and without accents."""
    return list(_split(text))


def has_word(words: Sequence[str], wanted: Sequence[str], begins: bool) -> bool:
    """Tell whether `wanted` stands in `words`, one after the other; `begins` lets the last go on."""
    size = len(wanted)
    for start in range(len(words) - size + 1):
        found = words[start : start + size]
        if found == wanted or (begins and found[:-1] == wanted[:-1] and found[-1].startswith(wanted[-1])):
            return True
    return False


def _split(text: str) -> Iterator[str]:
    word: list[str] = []
    for character in unicodedata.normalize("NFD", text):
        if _belongs(character):
            word.append(character.lower())
        elif unicodedata.category(character) != "Mn" and word:
            yield "".join(word)
            word.clear()
    if word:
        yield "".join(word)


def _belongs(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Co"
