"""The documents for a screen that watches a broker, on the admin channel. No secret is in them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from messages.base import Reply, Request
from messages.fields import At, Count, Seconds, Seq, ShortText, check, check_id
from messages.moderation import AuditEntry
from messages.replies import Durability
from messages.text import check_short_text

MOST_PEERS = 100
"""Connections in one observation."""

MOST_ENTRIES = 20
"""Entries of the audit log in one observation."""


class PeerOrder(StrEnum):
    """In which order the broker lists connections."""

    BUSY = "busy"
    TROUBLED = "troubled"
    IDLE = "idle"
    NEWEST = "newest"
    NAME = "name"
    ADDRESS = "address"


class Observe(Request, frozen=True, gc=False, tag="observe"):
    """Ask for the numbers of the metrics, the connections that come first, and new entries of the audit log.

    Only connections with `find` in their name or address are listed. Entries have numbers above `after`.
    """

    order: PeerOrder = PeerOrder.BUSY
    most: Annotated[int, Meta(ge=0, le=MOST_PEERS)] = MOST_PEERS
    find: ShortText = ""
    after: Seq = 0

    def __post_init__(self) -> None:
        check_id(self.id)
        check("find", check_short_text, self.find)


class Histogram(Struct, frozen=True, gc=False):
    """How many values each class has. `bounds` are the classes' upper bounds; the last class has none."""

    bounds: list[float]
    counts: list[Count]
    sum: float = 0.0


class Measures(Struct, frozen=True, gc=False):
    """The numbers of the metrics by their names, without `chat_broker_`, and the refusals by code."""

    numbers: dict[str, int | float]
    refused: dict[str, Count]
    commit: Histogram
    batch: Histogram


class PeerEntry(Struct, frozen=True, gc=False, omit_defaults=True):
    """A connection. Without a `name` nobody has logged in on it. `number` is never used twice.

    `requests` counts its requests so far. It is `lagging` since a time, `throttled` while its requests are
    refused as too many, and `barred` if it has flooded.
    """

    number: Count
    address: str
    requests: Count
    idle: Seconds
    name: str | None = None
    since: At = 0
    lagging: At = 0
    throttled: bool = False
    barred: bool = False
    gateway: bool = False


class Observation(Reply, frozen=True, gc=False, tag="observation"):
    """What an operator's screen shows. `connections` and the next three count all connections.

    `matching` counts those with what was looked for. `problem` is a sentence, or empty if all is well.
    """

    version: str
    at: At
    started: At
    durability: Durability
    log: str
    measures: Measures
    connections: Count
    lagging: Count
    throttled: Count
    barred: Count
    matching: Count
    peers: list[PeerEntry]
    entries: list[AuditEntry]
    problem: str = ""
