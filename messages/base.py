"""The base types of requests, replies and events."""

from __future__ import annotations

from msgspec import Struct

from messages.fields import RequestId, check_id


class Request(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type"):
    """A request. The reply repeats its `id` as `re`."""

    id: RequestId

    def __post_init__(self) -> None:
        check_id(self.id)


class Reply(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type"):
    """A reply to the request whose `id` is `re`."""

    re: str


class Event(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type"):
    """An event. All events have a tag and nothing else in common."""
