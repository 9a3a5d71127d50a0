"""The documents of the admin channel, between the verbs of `chat-broker` and a running broker.

They are not part of the published protocol: both ends are the same program. The channel also takes those
requests of the protocol that an operator of the broker uses on others.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from messages.base import Reply, Request
from messages.fields import Address, At, Count, RoomName, Seconds, Seq, ShortText, UserName, check, check_id
from messages.identity import Password, Uninvite, check_password
from messages.moderation import Ban, Kick, SetRole, Unban
from messages.names import parse_address, parse_room, parse_user
from messages.observing import Observation, Observe
from messages.replies import Done, Durability, Error
from messages.text import check_new_short_text


class Status(Request, frozen=True, gc=False, tag="status"):
    """Show how the broker is."""


class Online(Request, frozen=True, gc=False, tag="online"):
    """List the connected sessions of users with higher ids than `after`, by user."""

    after: Seq = 0


class Say(Request, frozen=True, gc=False, tag="say"):
    """Tell everyone online, or the members of a room, something. It is not stored."""

    text: ShortText
    room: RoomName | None = None

    def __post_init__(self) -> None:
        check_id(self.id)
        check("text", check_new_short_text, self.text)
        if not self.text.strip():
            raise ValueError("`text`: write something to say")
        if self.room is not None:
            check("room", parse_room, self.room)


class Forget(Request, frozen=True, gc=False, tag="forget"):
    """Remove a user and everything that is stored about them. With `messages`, remove their texts too.

    If there are many messages, some are removed and the reply is not `done`. Then ask again.
    """

    name: Address
    messages: bool = False

    def __post_init__(self) -> None:
        check_id(self.id)
        check("name", parse_address, self.name)


class AddUser(Request, frozen=True, gc=False, tag="add-user"):
    """Make a user with a password and no key."""

    name: UserName
    password: Password

    def __post_init__(self) -> None:
        check_id(self.id)
        check("name", parse_user, self.name)
        check("password", check_password, self.password)


class Reload(Request, frozen=True, gc=False, tag="reload"):
    """Reopen the log, read the options again, and take over those that can change."""


class BrokerStatus(Reply, frozen=True, gc=False, tag="broker-status"):
    """How the broker is. `problem` is a sentence, or empty if it serves everyone.

    `web` is one about the gateway for browsers that the broker has started, if there is one.
    """

    version: str
    started: At
    connections: Count
    online: Count
    users: Count
    rooms: Count
    lagging: Count
    durability: Durability
    unindexed: Annotated[Count, Meta(description="messages that a search cannot find yet")]
    file_bytes: Annotated[Count, Meta(description="bytes of all files, each content once")]
    files_total: Annotated[Count, Meta(description="how many they may be; 0: there are no files")]
    log: str
    problem: str = ""
    web: str = ""


class SessionEntry(Struct, frozen=True, gc=False, omit_defaults=True):
    """A connected session. `unconfirmed` counts the messages that the user has not confirmed."""

    name: str
    address: str
    since: At
    idle: Seconds
    unconfirmed: Count = 0
    away: str | None = None


class OnlineList(Reply, frozen=True, gc=False, tag="online-list"):
    """Connected sessions. If there are more, `next` is the `after` of the next request."""

    sessions: list[SessionEntry]
    next: Seq | None = None


class Said(Reply, frozen=True, gc=False, tag="said"):
    """A notice was sent on so many connections."""

    connections: Count


class Forgotten(Reply, frozen=True, gc=False, tag="forgotten"):
    """Some messages were removed. If it is `done`, the user is removed as well."""

    messages: Count
    done: bool


class Reloaded(Reply, frozen=True, gc=False, tag="reloaded"):
    """The log is reopened, these options have `changed`, and these need a `restart`."""

    changed: list[str]
    restart: list[str]


AdminRequest = (
    Status | Online | Say | AddUser | Forget | Reload | Observe | Kick | Ban | Unban | SetRole | Uninvite
)
"""Every request that the admin channel takes."""

AdminReply = BrokerStatus | OnlineList | Said | Forgotten | Reloaded | Observation | Done | Error
"""Every reply on the admin channel."""

ADMIN_REPLIES: dict[type[Request], tuple[type[Reply], ...]] = {
    Status: (BrokerStatus,),
    Online: (OnlineList,),
    Say: (Said,),
    AddUser: (Done,),
    Forget: (Forgotten,),
    Reload: (Reloaded,),
    Observe: (Observation,),
}
"""The replies to the channel's own requests, besides `error`."""
