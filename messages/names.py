"""Names of users, rooms and conversations: what is allowed, and the key by which they compare.

Letters, marks and digits are those of Unicode's general categories L, M and Nd, so that people of any
language can use their own names. Invisible ones are refused, since names that differ in them look the same.
Two names are the same if their keys are: NFC, casefolded.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from messages.limits import MAX_NAME, MAX_ROOM

MAX_DECOMPOSED = 4
"""Code points that NFC makes into one at most, as it does into U+1F82."""

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)  # the letters and marks among Unicode's Default_Ignorable_Code_Point

LOBBY = "#lobby"
"""The room that all users are in."""


class Kind(StrEnum):
    """What a conversation is: a room, or the pair of two users."""

    ROOM = "room"
    DIRECT = "direct"


class Name(NamedTuple):
    """A checked name: `shown` as people see it (NFC, without `#` or `@`), `key` as it is compared."""

    kind: Kind
    shown: str
    key: str


def canonical_key(name: str) -> str:
    """Return the key under which a name is compared and stored: NFC of the casefolded NFC form."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _shown(name: str, most: int) -> str:
    """Return the NFC of `name`. If that is longer than `most`, it may be cut, but not to `most` or less.

    The time to normalise a long run of marks grows with the square of its length.
    """
    return unicodedata.normalize("NFC", name[: most * MAX_DECOMPOSED + 1])


def _only_allowed(text: str, extra: str) -> bool:
    return not _INVISIBLE.search(text) and all(
        char in extra or (category := unicodedata.category(char))[0] in "LM" or category == "Nd"
        for char in text
    )


@lru_cache(maxsize=1_024)
def parse_user(name: str) -> Name:
    """Check a user's name as chosen by a person. Raise ValueError with a sentence if it is not one."""
    shown = _shown(name, MAX_NAME)
    if not 1 <= len(shown) <= MAX_NAME:
        raise ValueError(f"a name has 1 to {MAX_NAME} characters")
    if unicodedata.category(shown[0])[0] != "L":
        raise ValueError("a name begins with a letter")
    if not _only_allowed(shown, "_-"):
        raise ValueError("a name has visible letters, digits, _ and - only")
    return Name(Kind.DIRECT, shown, canonical_key(shown))


@lru_cache(maxsize=65_536)
def parse_address(name: str) -> Name:
    """Check a user's address: a name, or `name~2` if several have the same name."""
    base, tilde, number = name.partition("~")
    user = parse_user(base)
    if not tilde:
        return user
    if not (number.isascii() and number.isdigit() and number[0] != "0" and len(number) <= 9):
        raise ValueError("after ~ comes the number that the broker gave")
    return Name(Kind.DIRECT, f"{user.shown}~{number}", f"{user.key}~{number}")


@lru_cache(maxsize=1_024)
def parse_room(name: str) -> Name:
    """Check a room's name with its `#`. Raise ValueError with a sentence if it is not one."""
    if not name.startswith("#"):
        raise ValueError("a room's name begins with #")
    shown = _shown(name[1:], MAX_ROOM)
    if not 1 <= len(shown) <= MAX_ROOM:
        raise ValueError(f"a room's name has 1 to {MAX_ROOM} characters after the #")
    if not _only_allowed(shown, "_-."):
        raise ValueError("a room's name has visible letters, digits, _, - and . only")
    return Name(Kind.ROOM, shown, canonical_key(shown))


@lru_cache(maxsize=65_536)
def parse_conversation(name: str) -> Name:
    """Check `#room` or `@user`. Raise ValueError with a sentence if it is neither."""
    if name.startswith("#"):
        return parse_room(name)
    if name.startswith("@"):
        return parse_address(name[1:])
    raise ValueError("a conversation is written #room or @user")
