"""Shortcodes such as `:tada:`, by the names of the library `emoji`.

The library's table takes some 30 ms to load, so it is loaded when the first shortcode is typed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from unicodedata import category

_SHORTCODE = re.compile(r":[^\s:]+:")
_BEGUN = re.compile(r":([^\s:]+):?")
_FULLY_QUALIFIED = 2
_MOST = 50
_USUAL = ("thumbsup", "thumbsdown", "heart", "joy", "tada", "eyes", "fire", "rocket", "wave", "ok")
"""Names that come first among those of the same beginning."""


def is_shortcode(word: str) -> bool:
    """Return whether a word has the form of a shortcode, known or not."""
    return _SHORTCODE.fullmatch(word) is not None


def is_emoji(text: str) -> bool:
    """Return whether a text is exactly one emoji."""
    if text.isascii():
        return False
    import emoji  # noqa: PLC0415

    return emoji.is_emoji(text)


def with_emoji(word: str) -> str:
    """Return the emoji of a shortcode, with its colons or without, and any other word as it is.

    Raise ValueError with a sentence if there are colons, and no emoji of that name.
    """
    if not is_shortcode(word):
        return _names().get(word.lower(), word) if word.isascii() else word
    names = _names()
    found = names.get(word[1:-1].lower())
    if found is None:
        near = difflib.get_close_matches(word[1:-1].lower(), names, 1)
        hint = f"the nearest is :{near[0]}:" if near else "Tab after its first letters completes one"
        raise ValueError(f"no emoji is called {word}; {hint}")
    return found


def usual_emoji(first: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return all emoji with their shortcodes: some `first`, then usual ones, then the others."""
    names: dict[str, list[str]] = {}
    for name, emoji in _names().items():
        names.setdefault(emoji, []).append(f":{name}:")
    usual = (_names()[name] for name in _USUAL)
    return [(emoji, " ".join(names.get(emoji, ()))) for emoji in dict.fromkeys([*first, *usual, *names])]


def emoji_beginning(word: str) -> list[str]:
    """Return the emoji whose shortcodes begin with a word such as `:ta`, the shortest names first."""
    return list(shortcodes_beginning(word))


def shortcodes_beginning(word: str) -> dict[str, str]:
    """Return the same, each with the shortcode that begins so."""
    begun = _BEGUN.fullmatch(word)
    if begun is None:
        return {}
    start, names = begun[1].lower(), _names()
    if word.endswith(":"):
        return {names[start]: word} if start in names else {}
    found: dict[str, str] = {}
    for name in sorted((name for name in names if name.startswith(start)), key=_order):
        found.setdefault(names[name], f":{name}:")
    return dict(islice(found.items(), _MOST))


def is_loaded() -> bool:
    """Whether the table is loaded."""
    return _names.cache_info().currsize > 0


def load() -> None:
    """Load the table."""
    _names()


def _order(name: str) -> tuple[int, int, str]:
    return (_USUAL.index(name) if name in _USUAL else len(_USUAL), len(name), name)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Return the emoji by their names, in lower case without colons: those that Python knows."""
    import emoji  # noqa: PLC0415

    names: dict[str, str] = {}
    for text, known in emoji.EMOJI_DATA.items():
        if known["status"] == _FULLY_QUALIFIED and all(category(char) != "Cn" for char in text):
            for name in (known["en"], *known.get("alias", ())):
                names.setdefault(name.strip(":").lower(), text)
    return names
