"""The search syntax: words, with the filters `from:`, `in:`, `before:` and `after:`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from client.when import parse_when
from messages.requests import Search

_FILTERS = {"from": "sender", "in": "conversation", "before": "until", "after": "since"}

_WORD = re.compile(r'(?:before|after):"[^"]*"|\S+', re.IGNORECASE)


def join_words(words: Sequence[str]) -> str:
    """Return the typed line for words that a shell has parted, such as `after:yesterday 14:00`."""
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    name, _, value = word.partition(":")
    timed = _FILTERS.get(name.lower()) in ("until", "since") and " " in value.strip()
    return f'{name}:"{value}"' if timed and '"' not in value else word


def parse_query(text: str, now: datetime) -> dict[str, object]:
    """Return the fields of the `Search` for a typed line.

    A time with blanks is written in quotes: after:"yesterday 14:00". Raise ValueError with a sentence if a
    filter is wrong, or if the search is empty.
    """
    fields: dict[str, object] = {}
    words = []
    for word in _WORD.findall(text):
        name, colon, value = word.partition(":")
        field = _FILTERS.get(name.lower()) if colon else None
        if field is None:
            words.append(word)
            continue
        if not value:
            raise ValueError(f"{word} needs a value right after the colon")
        if field in fields:
            raise ValueError(f"{name}: appears twice; give it once")
        fields[field] = _value(field, value, now)
    fields["words"] = " ".join(words)
    Search("checked", **fields)  # type: ignore[arg-type]
    return fields


def _value(field: str, value: str, now: datetime) -> object:
    if field in ("until", "since"):
        return parse_when(value.strip('"'), now)
    if field == "sender":
        return value.removeprefix("@")
    if not value.startswith(("#", "@")):
        raise ValueError(f"in:{value} is not a conversation; write in:#room or in:@user")
    return value
