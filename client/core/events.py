"""What the core tells its view beside the broker's own events: how this client and its sends fare."""

from __future__ import annotations

from dataclasses import dataclass, field

from messages.base import Request
from messages.events import AnyEvent, Goodbye
from messages.replies import Accepted, AnyReply, Error, Welcome
from messages.requests import Send


@dataclass(eq=False, slots=True)
class Sent:
    """One message of one's own and how far it has got."""

    request: Send
    conversation: str = ""
    seq: int = 0
    recipients: int = 0
    delivered_to: set[str] = field(default_factory=set)
    counted: int = 0
    error: Error | None = None
    recipient_offline: bool = False
    """The one it is for was not connected when it was accepted."""
    read_by: set[str] = field(default_factory=set)
    readers: int = 0

    @property
    def accepted(self) -> bool:
        """Whether the broker has stored it."""
        return self.seq > 0

    @property
    def delivered(self) -> int:
        """How many other users have confirmed it, as far as receipts have told."""
        return max(len(self.delivered_to), self.counted)

    @property
    def read(self) -> int:
        """How many other users have read it, as far as receipts have told."""
        return max(len(self.read_by), self.readers)

    @property
    def state(self) -> str:
        """The state in plain words."""
        if self.error is not None:
            return f"not sent: {self.error.text}"
        if not self.accepted:
            return "sending"
        direct = self.conversation.startswith("@")
        if not self.delivered:
            return (
                f"accepted, waits for {self.conversation[1:]}"
                if direct and self.recipient_offline
                else "accepted"
            )
        if direct:
            return "read" if self.read else "delivered"
        readers = f", read by {self.read}" if self.read else ""
        return f"delivered to {self.delivered} of {max(self.recipients, self.delivered)}{readers}"


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The broker at `endpoint` welcomed this client.

    `again`: after a lost connection. `new_log`: the broker's epoch changed. `gone`: how many of one's own
    accepted messages the new log is too short to hold.
    """

    welcome: Welcome
    again: bool
    new_log: bool
    gone: int = 0
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """The session has ended for good: the broker refused the login, or said a final goodbye.

    The client does not log in again by itself; it may under another name.
    """

    reason: Error | Goodbye


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """The session ended as this client asked."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is gone; the client goes on trying."""

    why: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Messages `first` to `last` of a conversation cannot be had any more."""

    conversation: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """So many messages that were missed before the login are not told; the first was accepted at `since`."""

    conversation: str
    count: int
    since: int


@dataclass(frozen=True, slots=True)
class SendAccepted:
    """A message of one's own was stored."""

    sent: Sent
    reply: Accepted


@dataclass(frozen=True, slots=True)
class SendDelivered:
    """Messages of one's own, in order of seq, reached another user, or were read by one."""

    sent: list[Sent]


@dataclass(frozen=True, slots=True)
class EarlierDelivered:
    """What this user has sent to another before this process began was delivered, or read, up to a seq.

    `read` is 0 if the receipt tells of no reading.
    """

    user: str
    delivered: int
    read: int


@dataclass(frozen=True, slots=True)
class Outage:
    """The broker cannot store messages now, which are kept and sent again; or it can again."""

    over: bool


@dataclass(frozen=True, slots=True)
class Slowed:
    """The broker asks to go slower, and what it refused is sent again then; told once a minute at most."""


@dataclass(frozen=True, slots=True)
class SendFailed:
    """A message of one's own was refused for good."""

    sent: Sent


@dataclass(frozen=True, slots=True)
class Replied:
    """A request other than `send` was answered, perhaps with an error."""

    request: Request
    reply: AnyReply


LocalEvent = (
    LoggedIn
    | Ended
    | LoggedOut
    | Lost
    | Missing
    | Skipped
    | SendAccepted
    | SendDelivered
    | EarlierDelivered
    | Outage
    | Slowed
    | SendFailed
    | Replied
)
ClientEvent = AnyEvent | LocalEvent
"""All that a view may be told."""
