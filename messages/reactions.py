"""What a reaction may contain, and its one spelling: one emoji, or a short word.

An emoji can be written with or without an invisible selector, and a letter with its marks apart. These are
spellings of one reaction.
"""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category, combining, normalize

from messages.limits import MAX_REACTION
from messages.text import check_new_short_text, neutralise

_IN_WORDS = ("L", "M", "N", "S")
"""The kinds of characters of a word: letters, marks, numbers and symbols."""

_SIGNS = "!#%&'()*-./:;?@\\_¡¿‐–—…"
"""What else a word may have. With commas or square brackets, one reaction could look like two in a list."""

_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and a symbol that look like spaces
_AS_TEXT, _AS_EMOJI = "\ufe0e", "\ufe0f"  # how the character before is shown
_JOINER = "\u200d"  # joins emoji to one, as in 👩‍🚀, and letters in some scripts
_KEYCAP = "\u20e3"
_DASHES = "〰〽"  # emoji that are wide as texts, too, and no symbols
_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_VIRAMA = 9  # the combining class of marks that join letters


@lru_cache(maxsize=256)
def check_reaction(reaction: str) -> str:
    """Return a reaction as everybody spells it. Raise ValueError with a sentence if it is none.

    It has 1 to 16 code points, which is enough for every emoji.
    """
    if not 0 < len(reaction) <= MAX_REACTION:
        raise ValueError(f"a reaction is one emoji, or 1 to {MAX_REACTION} characters")
    check_new_short_text(reaction)
    bare = normalize("NFC", reaction.replace(_AS_TEXT, "").replace(_AS_EMOJI, ""))
    spelt = "" if bare.isascii() else _emoji(bare)
    if not spelt and _is_word(bare):
        spelt = bare
    if not 0 < len(spelt) <= MAX_REACTION:
        raise ValueError("a reaction is one emoji, or a word without spaces, commas, quotes and brackets")
    return spelt


def _is_word(bare: str) -> bool:
    """Return whether all characters of a reaction can be seen, each in the place where it is written."""
    begins = bare != "" and category(bare[0])[0] != "M"
    return begins and all(_may_follow(one, before) for one, before in zip(bare, " " + bare, strict=False))


def _may_follow(one: str, before: str) -> bool:
    kind = category(one)
    visible = kind[0] in _IN_WORDS and kind != "Me" and one not in _BLANKS
    return visible or one in _SIGNS or (one == _JOINER and combining(before) == _VIRAMA)


def _emoji(bare: str) -> str:
    """Return an emoji with the selectors that Unicode recommends; an empty text if it is no single one."""
    from wcwidth import iter_graphemes  # noqa: PLC0415 - a client that starts needs no tables

    if len(list(iter_graphemes(bare))) > 1 or neutralise(bare) != bare or not all(bare.split(_JOINER)):
        return ""
    if len(bare) == 2 and bare[0] in "0123456789#*" and bare[1] == _KEYCAP:
        return bare[0] + _AS_EMOJI + _KEYCAP
    if any(one.isascii() or not _is_drawn(one) for one in bare):
        return ""
    toned = [ord(following) in _TONES for following in bare[1:] + " "]
    parts = zip(bare, toned, strict=True)
    return "".join(one if tone or not _can_be_text(one) else one + _AS_EMOJI for one, tone in parts)


def _is_drawn(one: str) -> bool:
    """Return whether a character can be a part of an emoji."""
    code = ord(one)
    return (
        category(one) == "So"
        or one in _DASHES
        or code in _TONES
        or code in _TAGS
        or one == _JOINER
        or _can_be_text(one)
    )


def _can_be_text(one: str) -> bool:
    """Return whether a character is an emoji only if a selector says so."""
    from wcwidth import wcswidth, wcwidth  # noqa: PLC0415

    return wcwidth(one) < wcswidth(one + _AS_EMOJI)
