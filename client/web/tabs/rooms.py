"""What a page asks about rooms and moderation, carried out."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from client.core.events import Replied
from client.core.person.queries import TopicQuery
from client.web.person import Person
from client.web.protocol import rooms
from client.web.protocol.rooms import BanList, RoomAbout, RoomAsk, RoomList
from client.web.protocol.tells import AnyTell
from messages import moderation
from messages.base import Request
from messages.events import System, SystemKind
from messages.moderation import Ban, Bans, Kick, Mute
from messages.names import LOBBY
from messages.replies import RoomEntry, RoomState
from messages.replies import RoomList as RoomsReply
from messages.requests import Rooms, Topic
from messages.text import neutralise

Made = tuple[type[Request], dict[str, object]]


def request_for(asked: RoomAsk) -> Made:
    """Return the request for what a page asks, and its fields."""
    match asked:
        case rooms.ListRooms():
            made: Made = Rooms, {}
        case rooms.AboutRoom(conversation=room):
            made = TopicQuery, {"room": room}
        case rooms.SetTopic(conversation=room, topic=topic):
            made = Topic, {"room": room, "topic": topic}
        case rooms.Sanction():
            made = _sanction(asked)
        case rooms.ListBans(conversation=room):
            made = Bans, {"room": room}
    return made


def _sanction(asked: rooms.Sanction) -> Made:
    """Return a sanction. Nobody can be removed from the lobby, so there it is one of the whole chat."""
    fields: dict[str, object] = {"name": asked.name, "reason": asked.reason, "room": asked.conversation}
    if asked.what == "mute":
        return Mute, {**fields, "seconds": asked.seconds}
    if asked.conversation == LOBBY:
        fields["room"] = None
    return (Kick, fields) if asked.what == "kick" else (Ban, {**fields, "seconds": asked.seconds})


def answered(ref: str, put: Callable[[AnyTell], None]) -> Callable[[Replied], bool]:
    """Return what sends a reply to the page, if it has more to say than that it is done."""

    def answer(event: Replied) -> bool:
        match event.reply:
            case RoomsReply() as reply:
                put(RoomList(ref, tuple(_shown(one) for one in reply.rooms), reply.more))
            case RoomState() as state if isinstance(event.request, TopicQuery):
                rules = state.role, state.private, state.topic_locked
                put(RoomAbout(state.room, state.members, ref, neutralise(state.topic), *rules))
            case moderation.BanList() as reply:
                bans = tuple(replace(one, reason=neutralise(one.reason)) for one in reply.bans)
                put(BanList(ref, bans, reply.more))
            case _:
                return False
        return True

    return answer


def follow_room(person: Person, event: System, put: Callable[[AnyTell], None]) -> None:
    """Send what a room is now if its rules or the person's role have changed."""
    own_role = event.kind is SystemKind.ROLE and event.user == person.name
    if event.room is None or not (own_role or event.kind is SystemKind.RULES):
        return
    shown = answered("", put)

    def answer(replied: Replied) -> None:
        shown(replied)

    with person.answering(answer):
        person.session.ask(TopicQuery, room=event.room)


def _shown(room: RoomEntry) -> RoomEntry:
    return replace(room, topic=neutralise(room.topic))
