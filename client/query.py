"""The search syntax: words, with the filters `from:`, `in:`, `before:` and `after:`."""

from __future__ import annotations

from datetime import datetime

from client.when import parse_when
from messages.requests import Search

_FILTERS = {"from": "sender", "in": "conversation", "before": "until", "after": "since"}


def parse_query(text: str, now: datetime) -> dict[str, object]:
    """Return the fields of the `Search` for a typed line.

    Raise ValueError with a sentence if a filter is wrong, or if the search is empty.
    """
    fields: dict[str, object] = {}
    words = []
    for word in text.split():
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
        return parse_when(value, now)
    if field == "sender":
        return value.removeprefix("@")
    if not value.startswith(("#", "@")):
        raise ValueError(f"in:{value} is not a conversation; write in:#room or in:@user")
    return value
