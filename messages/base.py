"""What all requests and all replies have."""

from __future__ import annotations

from msgspec import Struct

from messages.fields import RequestId, check_id


class Request(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type"):
    """What all requests have: the `id` that the reply repeats as `re`."""

    id: RequestId

    def __post_init__(self) -> None:
        check_id(self.id)


class Reply(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type"):
    """What all replies have: the id of the request they answer."""

    re: str
