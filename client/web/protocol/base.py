"""What all documents of the page protocol are made of."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from messages.limits import MAX_ID, MAX_SEQ

MOST_TEXT = 16_000
"""Characters of a line or a text that the page sends, long before the broker's own limits are checked."""

Ref = Annotated[
    str,
    Meta(
        description="chosen by the page, unique in its life",
        min_length=1,
        max_length=MAX_ID,
        pattern="^[!-~]+$",
    ),
]
Seq = Annotated[int, Meta(ge=0, le=MAX_SEQ)]
Place = Annotated[str, Meta(description="a conversation: `#room` or `@user`", max_length=200)]
Line = Annotated[str, Meta(max_length=MOST_TEXT)]


class Ask(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="type"):
    """What the page sends."""

    ref: Ref


class Tell(Struct, frozen=True, omit_defaults=True, tag_field="type"):
    """What the gateway sends."""
