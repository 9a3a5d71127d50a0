"""Names that deceive: of several scripts, or so like another's that a reader takes one for the other.

After Unicode Technical Standard 39, sections 4 (skeletons) and 5.1 (scripts). Two names look alike when
their skeletons are equal. What a name may hold at all is `messages.names`.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import cache, lru_cache
from itertools import accumulate

from broker.core.changes import Changes
from broker.core.names.confusables import CONFUSABLES
from broker.core.names.scripts import SCRIPTS

_ANY = frozenset({"Common", "Inherited"})
_WRITTEN_TOGETHER = {
    "Han": ("Japanese", "Korean", "Chinese"),
    "Hiragana": ("Japanese",),
    "Katakana": ("Japanese",),
    "Hangul": ("Korean",),
    "Bopomofo": ("Chinese",),
}


class Lookalikes:
    """How many names have each skeleton. Changes are logged, so that they can be taken back."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._bearers: dict[str, int] = {}

    def add(self, name: str) -> None:
        """Count a name that is borne from now on; a room's with its `#`."""
        key = skeleton(name)
        self._changes.put(self._bearers, key, self._bearers.get(key, 0) + 1)

    def remove(self, name: str) -> None:
        """Count a name no more."""
        key = skeleton(name)
        if self._bearers[key] > 1:
            self._changes.put(self._bearers, key, self._bearers[key] - 1)
        else:
            self._changes.drop(self._bearers, key)

    def has(self, name: str, instead_of: str | None = None) -> bool:
        """Return whether a name looks like one that is borne, not counting the one that it replaces."""
        key = skeleton(name)
        own = instead_of is not None and skeleton(instead_of) == key
        return self._bearers.get(key, 0) > own


@lru_cache(maxsize=65_536)
def skeleton(name: str) -> str:
    """Return what all names have in common that look like this one, in any case.

    To UTS 39 it adds the case, because names that differ only in it are the same, and that `i` is like `l`:
    the capital is.
    """
    looks = _looks()
    prototype = unicodedata.normalize("NFD", name).translate(looks).casefold()
    again = unicodedata.normalize("NFD", prototype).translate(looks).casefold().replace("i", "l")
    return unicodedata.normalize("NFD", again)


@lru_cache(maxsize=65_536)
def scripts_mixed(name: str) -> tuple[str, ...]:
    """Return the scripts of a name that is in more than one, by name; nothing if it is all in one.

    Japanese is one of Han, Hiragana and Katakana; Korean of Han and Hangul; Chinese of Han and Bopomofo.
    """
    common: frozenset[str] | None = None
    met: dict[str, None] = {}
    for char in name:
        scripts = _scripts_of(char)
        if scripts & _ANY:
            continue
        met[" or ".join(sorted(scripts))] = None
        together = scripts.union(*(_WRITTEN_TOGETHER.get(script, ()) for script in scripts))
        common = together if common is None else common & together
    return () if common is None or common else tuple(met)


@cache
def _looks() -> dict[int, str]:
    """Return each code point with what it looks like."""
    looks: dict[int, str] = {}
    for entry in CONFUSABLES.replace("\n", "").split(";"):
        prototype, _, sources = entry.partition("=")
        text = "".join(chr(int(code, 36)) for code in prototype.split("+"))
        looks |= dict.fromkeys(accumulate(int(step, 36) for step in sources.split(",")), text)
    return looks


@cache
def _ranges() -> tuple[list[int], list[tuple[int, frozenset[str]]]]:
    """Return the first code points of all ranges in order, and to each the last one and the scripts."""
    ranges = {}
    for entry in SCRIPTS.replace("\n", "").split(";"):
        names, _, spans = entry.partition("=")
        scripts, first = frozenset(names.replace("_", " ").split("/")), 0
        for span in spans.split(","):
            step, _, further = span.partition("+")
            first += int(step, 36)
            ranges[first] = (first + int(further, 36), scripts)
    firsts = sorted(ranges)
    return firsts, [ranges[first] for first in firsts]


def _scripts_of(char: str) -> frozenset[str]:
    """Return a character's scripts; one that is newer than the table is of none of them."""
    firsts, ranges = _ranges()
    index = bisect_right(firsts, ord(char)) - 1
    if index >= 0 and ord(char) <= ranges[index][0]:
        return ranges[index][1]
    return frozenset({"Unknown"})
