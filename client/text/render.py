"""Events as lines of text. Everything that comes from a peer is neutralised here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from client.core.events import (
    ClientEvent,
    EarlierDelivered,
    Ended,
    LoggedIn,
    LoggedOut,
    Lost,
    Missing,
    Outage,
    Replied,
    SendAccepted,
    SendDelivered,
    SendFailed,
    Sent,
    Skipped,
    Slowed,
)
from client.text.entries import amendment_line, message_lines
from client.text.lines import Line
from client.text.presence import presence_text
from client.text.replies import reply_lines
from client.text.times import local_time
from messages.events import (
    Deleted,
    Edited,
    Game,
    Goodbye,
    GoodbyeReason,
    Lagged,
    Message,
    Pinned,
    Position,
    Positions,
    Reacted,
    System,
)
from messages.game import GameKind
from messages.limits import MAX_UNREAD
from messages.replies import Error
from messages.text import counted, neutralise

__all__ = ["Line", "late_text", "local_time", "render", "state_text"]


_INSECURE = "This broker serves unencrypted connections: others on the network may read this chat."
_NEW_LOG = (
    "The broker has begun a new log: earlier messages may be gone, or differ from what you saw. "
    "Your messages that it has not accepted are sent again."
)
_OUTAGE = "The broker cannot store messages now; yours are kept and sent again."

_TRYING = "The client tries to reconnect, and sends your messages then"

_MOST_UNREAD = 10


def state_text(sent: Sent, here: str) -> str:
    """Return a message's state in brackets, like `[7: accepted]`."""
    where = "" if sent.conversation == here else f"{sent.conversation} "
    return neutralise(f"[{where}{sent.seq}: {sent.state}]" if sent.accepted else f"[{sent.state}]")


def late_text(late: Sequence[Sent], here: str) -> str:
    """Return that nobody has received messages of one conversation yet, in brackets."""
    last = late[-1]
    where = "" if last.conversation == here else f"{last.conversation} "
    which = f"{last.seq}" if len(late) == 1 else f"{len(late):,} messages up to {last.seq}"
    return neutralise(f"[{where}{which}: not delivered yet]")


def accepted_text(sent: Sent, here: str) -> str:
    """Return the first state of an accepted message in brackets, even if its receipt came first."""
    where = "" if sent.conversation == here else f"{sent.conversation} "
    waits = f", waits for {sent.conversation[1:]}" if sent.recipient_offline else ""
    return neutralise(f"[{where}{sent.seq}: accepted{waits}]")


def unread_text(positions: Iterable[Position], say: str = "Unread") -> str:
    """Return the numbers of unread messages; empty if there are none.

    Conversations with mentions come first, then those with more messages.
    """
    found = (one for one in positions if one.unread)
    unread = sorted(found, key=lambda p: (-p.mentioned, -p.unread, p.conversation))
    if not unread:
        return ""
    more = f" and {len(unread) - _MOST_UNREAD:,} others" if len(unread) > _MOST_UNREAD else ""
    return neutralise(f"{say}: {', '.join(map(_unread, unread[:_MOST_UNREAD]))}{more}.")


def _unread(position: Position) -> str:
    mentioned = f" ({_up_to(position.mentioned)} with a mention of you)" if position.mentioned else ""
    return f"{position.conversation} {_up_to(position.unread)}{mentioned}"


def _up_to(count: int) -> str:
    return f"{count:,}{'+' * (count >= MAX_UNREAD)}"


def render(
    event: ClientEvent, me: str, here: str, about: Message | None = None, *, numbers: bool = False
) -> Iterator[Line]:
    """Yield the lines of an event, without the time before them.

    `about` is the message that it amends. With `numbers`, messages have theirs.
    """
    match event:
        case Message():
            yield from message_lines(event, me, here, numbers=numbers)
        case Edited() | Deleted() | Reacted() | Pinned():
            yield amendment_line(event, here, about)
        case SendAccepted():
            yield Line(f"{accepted_text(event.sent, here)} {neutralise(event.sent.excerpt)}", data=False)
        case SendDelivered():
            yield Line(state_text(event.sent[-1], here), data=False)
        case SendFailed():
            yield Line(neutralise(f"[{event.sent.state}] {event.sent.excerpt}"), data=False)
        case Replied():
            yield from reply_lines(event.request, event.reply)
        case LoggedIn():
            yield from _logged_in(event)
        case _:
            text = _notice(event)
            if text:
                yield Line(text, data=False)


def _logged_in(event: LoggedIn) -> Iterator[Line]:
    welcome = event.welcome
    if event.again:
        yield Line("The connection is back.", data=False)
    else:
        title = f"{neutralise(welcome.title)}, " if welcome.title else ""
        yield Line(
            f"Connected to {title}{neutralise(event.endpoint)} as {neutralise(welcome.name)}.", data=False
        )
        if welcome.motd:
            yield Line(neutralise(welcome.motd), data=False)
        if welcome.insecure:
            yield Line(_INSECURE, data=False)
        if welcome.away is not None:
            yield Line(f"You are still shown as away: {neutralise(welcome.away)}.", data=False)
    if event.new_log:
        yield Line(_NEW_LOG, data=False)
    if event.gone:
        count, verb = counted(event.gone, "message"), "is" if event.gone == 1 else "are"
        yield Line(f"{count} that it had accepted from you {verb} gone.", data=False)
    unread = unread_text(welcome.conversations)
    if unread and not event.again:
        yield Line(unread, data=False)


def _notice(event: ClientEvent) -> str:
    match event:
        case System():
            text = event.text
        case Game():
            text = _game(event)
        case Goodbye():
            text = f"The broker says goodbye: {event.text}."
            if event.reason is GoodbyeReason.SHUTTING_DOWN:
                text = f"{event.text[:1].upper()}{event.text[1:]}. {_TRYING}."
        case Lagged():
            text = "You read too slowly and missed some messages; they are being fetched."
        case Positions():
            text = unread_text(event.conversations, "Also unread")
        case _:
            text = _local_notice(event)
    return neutralise(text)


def _local_notice(event: ClientEvent) -> str:
    text = ""
    match event:
        case Lost():
            text = f"Lost the broker ({event.why}). {_TRYING}."
        case Missing():
            which = f"s {event.first} to {event.last}" if event.last > event.first else f" {event.first}"
            text = (
                f"Message{which} of {event.conversation} {'are' if event.last > event.first else 'is'} lost."
            )
        case Skipped():
            since = local_time(event.since)
            where = f"/history {event.conversation} since {since:%Y-%m-%dT%H:%M}"
            text = f"{counted(event.count, 'earlier message')} of {event.conversation}: {where}"
        case Ended(Error() as error):  # a goodbye is an event of its own
            text = f"The broker refused the login: {error.text}."
        case LoggedOut():
            text = "Logged out."
        case EarlierDelivered():
            text = _earlier(event)
        case Outage():
            text = "The broker stores messages again." if event.over else _outage(event.text)
        case Slowed():
            text = "The broker asks you to send more slowly."
        case _:
            text = presence_text(event)
    return text


def _outage(reason: str) -> str:
    if not reason:
        return _OUTAGE
    said = reason.removesuffix("; try again")
    return f"{said[0].upper()}{said[1:]}; your messages are kept and sent again."


def _earlier(event: EarlierDelivered) -> str:
    if event.read == event.delivered:
        return f"{event.user} has read your direct messages up to {event.read}."
    read = f", and has read them up to {event.read}" if event.read else ""
    return f"{event.user} has your direct messages up to {event.delivered}{read}."


def _game(game: Game) -> str:
    match game.kind:
        case GameKind.CHALLENGED:
            return (
                f"{game.opponent} challenges you to rock, paper, scissors: "
                f"answer with /rps HAND {game.opponent} within {game.seconds} s."
            )
        case GameKind.PLAYED:
            return f"{game.opponent} shows {game.opponent_hand}, you {game.hand}: {game.outcome}."
        case GameKind.EXPIRED:
            return f"The game with {game.opponent} was not played in time."
