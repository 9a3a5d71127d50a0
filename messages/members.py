"""Requests about who is here: who is online, how many, and the members of a room."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from messages.base import Reply, Request
from messages.fields import Limit, RoomName, UserId, check, check_id
from messages.limits import MAX_PAGE
from messages.moderation import Role
from messages.names import parse_room


class Who(Request, frozen=True, gc=False, tag="who"):
    """List the users who are online, in all or in a room."""

    room: RoomName | None = None

    def __post_init__(self) -> None:
        check_id(self.id)
        if self.room is not None:
            check("room", parse_room, self.room)


class Count(Request, frozen=True, gc=False, tag="count"):
    """Count the users who are online, in all or in a room."""

    room: RoomName | None = None

    def __post_init__(self) -> None:
        check_id(self.id)
        if self.room is not None:
            check("room", parse_room, self.room)


class Members(Request, frozen=True, gc=False, tag="members"):
    """List the members of a room, also those who are not online, in the order of their numbers."""

    room: RoomName
    after: Annotated[
        UserId, Meta(description="the number of the last member of the previous page; absent: begin")
    ] = 0
    limit: Limit = MAX_PAGE
    watch: Annotated[
        bool, Meta(description="somebody looks at this list: tell of changes also in a crowd, for 90 seconds")
    ] = False

    def __post_init__(self) -> None:
        check_id(self.id)
        check("room", parse_room, self.room)


class MemberEntry(Struct, frozen=True, gc=False, omit_defaults=True):
    """One member of a list."""

    name: str
    user_id: UserId
    role: Annotated[Role, Meta(description="what they may do in the room: `member`, `moderator`, `operator`")]
    online: bool = False
    away: Annotated[str | None, Meta(description="the text with which they are shown as away")] = None
    bot: Annotated[bool, Meta(description="they are online, and only as a bot")] = False
    guest: Annotated[bool, Meta(description="they are a guest: the name is theirs while they are here")] = (
        False
    )


class MemberList(Reply, frozen=True, gc=False, tag="member-list"):
    """A page of a room's members. Whoever is a member all the time is on just one page."""

    room: str
    members: list[MemberEntry]
    more: Annotated[bool, Meta(description="there are others after the last one of this page")] = False
