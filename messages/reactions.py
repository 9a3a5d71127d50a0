"""Check reactions: one emoji, or a few visible characters."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category

from messages.limits import MAX_REACTION
from messages.text import check_new_short_text, neutralise

_JOINER = "\u200d"  # joins emoji to one, as in 👩‍🚀
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and a symbol that look like spaces


@lru_cache(maxsize=256)
def check_reaction(reaction: str) -> str:
    """Return a reaction. Raise ValueError with a sentence if it is none.

    It has 1 to 16 visible characters (code points) without spaces, which every emoji has too.
    """
    if not 0 < len(reaction) <= MAX_REACTION:
        raise ValueError(f"a reaction is one emoji, or 1 to {MAX_REACTION} characters")
    check_new_short_text(reaction)
    marks = {category(one)[0] for one in reaction} <= {"M", "C"}
    hidden = any(map(_is_hidden, reaction))
    if marks or hidden or neutralise(reaction) != reaction or _is_loose(reaction):
        raise ValueError("a reaction has visible characters only, and no spaces")
    return reaction


def _is_hidden(character: str) -> bool:
    kind = category(character)
    unseen = kind in ("Cc", "Cs", "Cn", "Co") and character != _JOINER
    return unseen or kind[0] == "Z" or character in _BLANKS


def _is_loose(reaction: str) -> bool:
    """Return whether a reaction has an invisible character (Cf) that joins or draws nothing."""
    joined = reaction.replace(_JOINER, "")
    if reaction.startswith(_JOINER) or reaction.endswith(_JOINER):
        return True
    if "\U0001f3f4" in joined:  # a flag made of tag characters: `neutralise` has checked it
        joined = "".join(one for one in joined if not "\U000e0020" <= one <= "\U000e007f")
    return any(category(one) == "Cf" for one in joined)
