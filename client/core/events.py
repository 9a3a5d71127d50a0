"""Local events for the view, beside the broker's events: the states of the session and of sent messages."""

from __future__ import annotations

from dataclasses import dataclass, field

from client.core.files.download import Download
from client.core.files.transfer import TransferEnded, TransferMoved
from client.core.files.upload import Upload
from messages.base import Request
from messages.events import AnyEvent, Goodbye
from messages.replies import Accepted, AnyReply, Error, Welcome
from messages.requests import Send


@dataclass(eq=False, slots=True)
class Sent:
    """One message of this user, and its state."""

    request: Send
    conversation: str = ""
    seq: int = 0
    recipients: int = 0
    delivered_to: set[str] = field(default_factory=set)
    counted: int = 0
    error: Error | None = None
    recipient_offline: bool = False
    """The recipient was not connected when the broker accepted it."""
    read_by: set[str] = field(default_factory=set)
    readers: int = 0
    files: tuple[Upload, ...] = ()
    """Its files; it is sent when all of them are complete."""

    @property
    def accepted(self) -> bool:
        """Whether the broker has stored it."""
        return self.seq > 0

    @property
    def excerpt(self) -> str:
        """The beginning of the text, in one line, not neutralised."""
        return self.request.text[:40].replace("\n", "⏎")

    @property
    def delivered(self) -> int:
        """How many other users have confirmed it, by the receipts so far."""
        return max(len(self.delivered_to), self.counted)

    @property
    def read(self) -> int:
        """How many other users have read it, by the receipts so far."""
        return max(len(self.read_by), self.readers)

    @property
    def state(self) -> str:
        """The state in plain words."""
        if self.error is not None:
            return f"not sent: {self.error.text}"
        if not self.accepted:
            going = next((file for file in self.files if not file.complete), None)
            return f"uploading {going.name}, {going.percent}%" if going else "sending"
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

    `again`: after a lost connection. `new_log`: the broker's epoch changed. `gone`: how many accepted
    messages of this user are beyond the end of the new log.
    """

    welcome: Welcome
    again: bool
    new_log: bool
    gone: int = 0
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """The session has ended for good: the broker refused the login, or said a final goodbye.

    The client does not log in again by itself. The person can log in under another name.
    """

    reason: Error | Goodbye


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """The session ended because this client logged out."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is lost; the client tries again."""

    why: str


@dataclass(frozen=True, slots=True)
class Removed:
    """This user was kicked or banned from a room. The event `system` before it says by whom.

    `while_away`: this client was not connected, or too slow. They may also have left on another device.
    `left`: they have left on another device.
    """

    room: str
    while_away: bool = False
    left: bool = False

    @property
    def how(self) -> str:
        """How it came, between `you` and the room."""
        if self.left:
            return "left"
        return "are no longer in" if self.while_away else "were removed from"


@dataclass(frozen=True, slots=True)
class JoinedElsewhere:
    """This user has joined a room on another device."""

    room: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """A name belongs to another user now. The direct conversation with the earlier one is forgotten here."""

    user: str


@dataclass(frozen=True, slots=True)
class TypingChanged:
    """Somebody has begun or stopped to type in a conversation. `users` are those who type now."""

    conversation: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renamed:
    """A user took another name, and their direct conversation has that name now.

    If it was `missed`, this client was not told of it, but knows the user by their number. Otherwise the user
    is ignored, and it is not shown.
    """

    user: str
    name: str
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """Messages `first` to `last` of a conversation are lost."""

    conversation: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """`count` messages missed before the login are not shown; the first was accepted at `since`."""

    conversation: str
    count: int
    since: int


@dataclass(frozen=True, slots=True)
class SendAccepted:
    """The broker stored a message of this user."""

    sent: Sent
    reply: Accepted


@dataclass(frozen=True, slots=True)
class SendDelivered:
    """Messages of this user, in order of seq, reached another user or were read."""

    sent: list[Sent]


@dataclass(frozen=True, slots=True)
class EarlierDelivered:
    """Messages to another user, sent before this process began, were delivered or read up to a seq.

    `read` is 0 if the receipt has none.
    """

    user: str
    delivered: int
    read: int


@dataclass(frozen=True, slots=True)
class Outage:
    """The broker cannot store messages now, so they are kept and sent again. If `over`, it can again.

    `text` is what the broker said if it gave a reason, else empty.
    """

    over: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Slowed:
    """The broker refused requests because they came too fast; they are sent again. Once a minute at most."""


@dataclass(frozen=True, slots=True)
class SendFailed:
    """The broker refused a message of this user for good."""

    sent: Sent


@dataclass(frozen=True, slots=True)
class Changed:
    """Messages of a conversation's timeline came, changed or went; `seqs` grows until the view takes it."""

    conversation: str
    seqs: set[int]


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
    | Removed
    | JoinedElsewhere
    | Renamed
    | Replaced
    | TypingChanged
    | Missing
    | Skipped
    | SendAccepted
    | SendDelivered
    | EarlierDelivered
    | Outage
    | Slowed
    | SendFailed
    | Changed
    | Replied
    | TransferMoved
    | TransferEnded
)
ClientEvent = AnyEvent | LocalEvent
"""Every event for a view."""


def is_refusal(event: ClientEvent) -> bool:
    """Whether the broker refused something that the person had asked for."""
    if isinstance(event, TransferEnded):  # an upload's message tells of it
        return isinstance(event.transfer, Download) and event.transfer.error is not None
    return isinstance(event, SendFailed) or (isinstance(event, Replied) and isinstance(event.reply, Error))
