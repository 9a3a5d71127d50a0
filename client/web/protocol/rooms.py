"""What page and gateway say about rooms, and about moderation in them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from client.web.protocol.base import Ask, Place, Tell
from messages.limits import MAX_SANCTION_SECONDS
from messages.moderation import BanEntry, Role
from messages.replies import RoomEntry

Words = Annotated[str, Meta(max_length=1_000)]
Who = Annotated[str, Meta(max_length=100)]
Held = Annotated[
    int, Meta(ge=1, le=MAX_SANCTION_SECONDS, description="seconds until it ends; absent: for ever")
]


class ListRooms(Ask, frozen=True, tag="rooms"):
    """List the rooms of which the person may know: answered by `room-list`."""


class AboutRoom(Ask, frozen=True, tag="room"):
    """Ask for a room's topic and rules, and what the person may do in it: answered by `room`."""

    conversation: Place


class SetTopic(Ask, frozen=True, tag="topic"):
    """Set a room's topic, or remove it with an empty one: answered by `done`."""

    conversation: Place
    topic: Words


class Sanction(Ask, frozen=True, tag="sanction"):
    """Kick, ban or mute somebody in a room: answered by `done`. The page has asked whether they are sure."""

    conversation: Place
    name: Who
    what: Literal["kick", "ban", "mute"]
    seconds: Held | None = None
    reason: Words = ""


class ListBans(Ask, frozen=True, tag="bans"):
    """List who is banned from a room: answered by `ban-list`."""

    conversation: Place


class RoomList(Tell, frozen=True, tag="room-list"):
    """The rooms, the lobby first. If there are `more`, they are not listed."""

    ref: str
    rooms: tuple[RoomEntry, ...]
    more: bool = False


class RoomAbout(Tell, frozen=True, tag="room"):
    """A room that the person is in. It comes again if its rules or the person's role change.

    Through a gateway nobody can change `private` and `topic_locked`.
    """

    conversation: str
    members: int
    ref: str = ""
    topic: str = ""
    role: Annotated[Role, Meta(description="what the person may do here")] = Role.MEMBER
    private: Annotated[bool, Meta(description="only invited users may join it or know of it")] = False
    topic_locked: Annotated[bool, Meta(description="only moderators set the topic")] = False


class BanList(Tell, frozen=True, tag="ban-list"):
    """Who is banned from a room. If there are `more`, they are not listed."""

    ref: str
    bans: tuple[BanEntry, ...]
    more: bool = False


RoomAsk = ListRooms | AboutRoom | SetTopic | Sanction | ListBans
"""What a page asks about rooms and moderation."""

RoomTell = RoomList | RoomAbout | BanList
"""The answers."""
