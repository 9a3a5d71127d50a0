"""Who among those that hear a conversation, or are connected as a user, knows which documents."""

from __future__ import annotations

from collections.abc import Callable
from itertools import filterfalse
from operator import attrgetter

from broker.core.memory.model import Conversation, Peer, User

Parted = tuple[tuple[Peer, ...], tuple[Peer, ...]]
"""The connections that know something, and the others. If all are alike, one of them is the whole tuple."""


_Knows = Callable[[Peer], bool]
_amendments: _Knows = attrgetter("amendments")
_runs: _Knows = attrgetter("runs")


def by_amendments(to: Conversation | User) -> Parted:
    """Return the connections that know amendments, and the others. Those of a conversation are cached."""
    if isinstance(to, User):
        return _part(to.peers, _amendments)
    if to.divided is None:
        to.divided = _part(to.peers, _amendments)
    return to.divided


def by_runs(to: Conversation | User) -> Parted:
    """Return the connections that know runs, and the others. Those of a conversation are cached."""
    if isinstance(to, User):
        return _part(to.peers, _runs)
    if to.parted is None:
        to.parted = _part(to.peers, _runs)
    return to.parted


def _part(peers: tuple[Peer, ...], knows: _Knows) -> Parted:
    knowing = tuple(filter(knows, peers))
    if len(knowing) == len(peers):
        return peers, ()
    return (knowing, tuple(filterfalse(knows, peers))) if knowing else ((), peers)
