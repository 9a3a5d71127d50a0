"""Deceptive names: names that mix scripts, or look like another name.

See Unicode Technical Standard 39, sections 4 (skeletons) and 5.1 (scripts). Two names look alike if their
skeletons are equal. The characters that a name may have are in `messages.names`.
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
    """The number of names in use by skeleton. Changes can be undone."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._counts: dict[str, int] = {}

    def add(self, name: str) -> None:
        """Add a name in use; a room's name includes its `#`."""
        key = skeleton(name)
        self._changes.put(self._counts, key, self._counts.get(key, 0) + 1)

    def remove(self, name: str) -> None:
        """Remove a name that is no longer in use."""
        key = skeleton(name)
        if self._counts[key] > 1:
            self._changes.put(self._counts, key, self._counts[key] - 1)
        else:
            self._changes.drop(self._counts, key)

    def has(self, name: str, instead_of: str | None = None) -> bool:
        """Return whether a name looks like a name in use, except the one that it replaces."""
        key = skeleton(name)
        own = instead_of is not None and skeleton(instead_of) == key
        return self._counts.get(key, 0) > own


@lru_cache(maxsize=65_536)
def skeleton(name: str) -> str:
    """Return the skeleton of a name: the same for all names that look like it.

    Beyond UTS 39 it ignores case, as names that differ only in case are equal, and equates `i` and `l`, as a
    capital `I` looks like `l`.
    """
    looks = _looks()
    prototype = unicodedata.normalize("NFD", name).translate(looks).casefold()
    again = unicodedata.normalize("NFD", prototype).translate(looks).casefold().replace("i", "l")
    return unicodedata.normalize("NFD", again)


@lru_cache(maxsize=1_024)
def scripts_mixed(name: str) -> tuple[str, ...]:
    """Return the names of the scripts that a name mixes; empty if it is in one script.

    Han, Hiragana and Katakana count as one (Japanese), as do Han and Hangul (Korean), and Han and Bopomofo
    (Chinese).
    """
    common: frozenset[str] | None = None
    met: dict[str, None] = {}
    for char in name:
        scripts = scripts_of(char)
        if scripts & _ANY:
            continue
        met[" or ".join(sorted(scripts))] = None
        together = scripts.union(*(_WRITTEN_TOGETHER.get(script, ()) for script in scripts))
        common = together if common is None else common & together
    return () if common is None or common else tuple(met)


def scripts_of(char: str) -> frozenset[str]:
    """Return a character's scripts, or `Unknown` if the character is newer than the table."""
    firsts, ranges = _ranges()
    index = bisect_right(firsts, ord(char)) - 1
    if index >= 0 and ord(char) <= ranges[index][0]:
        return ranges[index][1]
    return frozenset({"Unknown"})


@cache
def _looks() -> dict[int, str]:
    """Return the prototype of each confusable code point."""
    looks: dict[int, str] = {}
    for entry in CONFUSABLES.replace("\n", "").split(";"):
        prototype, _, sources = entry.partition("=")
        text = "".join(chr(int(code, 36)) for code in prototype.split("+"))
        looks |= dict.fromkeys(accumulate(int(step, 36) for step in sources.split(",")), text)
    return looks


@cache
def _ranges() -> tuple[list[int], list[tuple[int, frozenset[str]]]]:
    """Return the sorted first code points of all ranges, and the last one and the scripts of each range."""
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
