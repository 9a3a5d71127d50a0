"""Finding words in texts of any script: the user's name, and keywords."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import category

from messages.names import canonical_key

_NO_SPACES = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
"""Letters of scripts that write no spaces between words."""
_JOINERS = "\u200c\u200d"


def mentions(text: str, name: str) -> bool:
    """Return whether a text has a name as a word of its own, in whatever case."""
    return _has(canonical_key(text), canonical_key(name), "_-")


def find_keyword(text: str, keys: Iterable[str]) -> str | None:
    """Return the first of the keywords, given by their canonical keys, that a text has as a word; or None.

    The time grows with the length of the text and the number of keywords.
    """
    found = canonical_key(text)
    return next((key for key in keys if _has(found, key, "_")), None)


def _has(text: str, word: str, joining: str) -> bool:
    """Return whether a text has a word that no letter, mark, digit or `joining` character continues."""
    if not word:  # which a broker can send, and which would be found for ever
        return False
    at = text.find(word)
    step = len(word) if at >= 0 and all(_continues(one, joining) for one in word) else 1
    while at >= 0:  # with the longer step, all that overlaps what was found begins within a word
        end = at + len(word)
        if not (at and _continues(text[at - 1], joining)) and not _continues(text[end : end + 1], joining):
            return True
        at = text.find(word, at + step)
    return False


def _continues(character: str, joining: str) -> bool:
    if not character:
        return False
    if character in joining or character in _JOINERS:
        return True
    return category(character)[0] in "LMN" and not any(
        first <= ord(character) <= last for first, last in _NO_SPACES
    )
