"""What an operator can do to a connection from the screen: the question, and the request after the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import click

from broker.shell.shell import Duration
from messages.base import Request
from messages.fields import for_people
from messages.limits import MAX_SANCTION_SECONDS
from messages.moderation import Ban, Kick, check_network
from messages.observing import PeerEntry

REASON, LENGTH = "reason", "for"


@dataclass(frozen=True)
class Action:
    """Something to ask a person before the broker is asked to do it."""

    question: str
    done: str
    kind: type[Request]
    target: Mapping[str, str] = field(default_factory=dict)
    asks: tuple[str, ...] = (REASON,)
    """What the person may fill in."""

    def fields(self, given: Mapping[str, str]) -> dict[str, Any]:
        """Return the fields of the request. Raise ValueError with a sentence if an answer is wrong."""
        fields: dict[str, Any] = {**self.target, "reason": given.get(REASON, "")}
        if length := given.get(LENGTH, "").strip():
            fields["seconds"] = _seconds(length)
        try:
            self.kind("check", **fields)
        except ValueError as error:
            raise ValueError(for_people(error)) from None
        return fields


def _seconds(text: str) -> int:
    try:
        seconds = Duration().convert(text, None, None)
    except click.ClickException as error:
        raise ValueError(error.message) from None
    if seconds > MAX_SANCTION_SECONDS:
        days = MAX_SANCTION_SECONDS // 86_400
        raise ValueError(f"a ban that ends lasts at most {days}d; leave the time empty to ban for ever")
    return seconds


def kick(peer: PeerEntry) -> Action:
    """Return the removal of a connection's user. Raise ValueError with a sentence if there is none."""
    name = _name(peer)
    return Action(f"Kick {name} from the chat?", f"{name} is kicked from the chat", Kick, {"name": name})


def ban(peer: PeerEntry) -> Action:
    """Return the ban of a connection's user. Raise ValueError with a sentence if there is none."""
    return _ban(_name(peer), {"name": _name(peer)})


def ban_address(peer: PeerEntry) -> Action:
    """Return the ban of a connection's address. Raise ValueError with a sentence if it has none."""
    try:
        network = check_network(peer.address)
    except ValueError:
        raise ValueError("this connection comes from this machine, so it has no address to ban") from None
    return _ban(network, {"address": network})


def _ban(shown: str, target: Mapping[str, str]) -> Action:
    return Action(
        f"Ban {shown} from the chat?", f"{shown} is banned from the chat", Ban, target, (LENGTH, REASON)
    )


def _name(peer: PeerEntry) -> str:
    if peer.name is None:
        raise ValueError("nobody has logged in on this connection; B bans its address")
    return peer.name
