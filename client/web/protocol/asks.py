"""What a page sends to the gateway. Each description says with which document it is answered."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from client.web.protocol.base import Ask, Line, Place, Seq
from client.web.protocol.own import AnyOwnAsk
from client.web.protocol.rooms import RoomAsk
from messages.limits import MAX_FILES


class Open(Ask, frozen=True, tag="open"):
    """Look at a conversation: answered by `log`. From then on `changed` tells what changes there.

    `at` is a message to look at instead of the end. With `unread` it is the first unread one, if it is far
    from the end. A tab follows the last 20 conversations that it opened;
    if the person has several tabs, each follows that one, and all together the last 20 others.
    """

    conversation: Place
    at: Seq | None = None
    unread: bool = False


class FetchMessages(Ask, frozen=True, tag="fetch"):
    """Get messages around, before or after one, or from a time on: answered by `fetched`.

    What it brought comes before that in `changed`. Give one of the four.
    """

    conversation: Place
    around: Seq | None = None
    before: Seq | None = None
    after: Seq | None = None
    since: Seq | None = None


class SendText(Ask, frozen=True, tag="send"):
    """Send a text: answered by `sent`, which comes again as its state changes.

    If the page does not know what became of it, it sends it again with the same `ref`, and it is stored
    once, also by a gateway that was started anew. So this `ref` is one that no other page has: it begins
    with the time, and has 96 random bits. `files` are the `id` of complete uploads.
    """

    to: Place
    text: Line
    reply_to: Seq | None = None
    files: Annotated[tuple[str, ...], Meta(max_length=MAX_FILES)] = ()


class EditText(Ask, frozen=True, tag="edit"):
    """Replace the text of an own message: answered by `done`."""

    conversation: Place
    seq: Seq
    text: Line


class DeleteMessage(Ask, frozen=True, tag="delete"):
    """Delete a message: answered by `done`. The page has asked the person whether they are sure."""

    conversation: Place
    seq: Seq


class ReactTo(Ask, frozen=True, tag="react"):
    """Add a reaction to a message, or take it back: answered by `done`."""

    conversation: Place
    seq: Seq
    reaction: Annotated[str, Meta(max_length=100)]
    on: bool = True


class PinMessage(Ask, frozen=True, tag="pin"):
    """Pin or unpin a message: answered by `done`."""

    conversation: Place
    seq: Seq
    on: bool = True


class ReadUpto(Ask, frozen=True, tag="read"):
    """The person has seen the messages up to `upto`, on a visible page: not answered."""

    conversation: Place
    upto: Seq


class Present(Ask, frozen=True, tag="present"):
    """The person is here, as a key or the mouse shows: not answered. Once in 20 seconds is enough."""


class TypingText(Ask, frozen=True, tag="typing"):
    """The text in the box has changed: not answered. With `on` false it was emptied."""

    conversation: Place
    on: bool = True


class SearchWords(Ask, frozen=True, tag="search"):
    """Find messages: answered by `found`. `page` is the `next` of an earlier `found`, for older ones.

    `words` are what `/search` takes: also `from:NAME`, `in:#room`, `before:TIME` and `after:TIME`.
    """

    words: Annotated[str, Meta(max_length=1_000)]
    conversation: Place | None = None
    page: str | None = None


class ThreadOf(Ask, frozen=True, tag="thread"):
    """A message and all that answers it: answered by `found`, the first message first."""

    conversation: Place
    seq: Seq


class PinsOf(Ask, frozen=True, tag="pins"):
    """The pinned messages of a conversation: answered by `found`, the latest pin first."""

    conversation: Place


class MembersOf(Ask, frozen=True, tag="members"):
    """Follow the members of a room: answered by `members`, which comes again if they change.

    A tab follows one list at a time; if it asks for another one before, `done` answers the first. Without a
    conversation it follows none, and the answer is `done`.
    """

    conversation: Place | None = None


class Command(Ask, frozen=True, tag="command"):
    """Run a slash command in a conversation, as the terminal does: answered by `done`.

    Its answers come as `notice`, its questions as `question`. If it enters another conversation, `go` comes.
    """

    conversation: Place
    line: Line


class Answer(Ask, frozen=True, tag="answer"):
    """Answer a `question` with as many texts as it has prompts: answered by `done`. None: it is cancelled."""

    question: int
    answers: Annotated[tuple[Annotated[str, Meta(max_length=1_000)], ...], Meta(max_length=8)] | None = None


class OwnSessions(Ask, frozen=True, tag="sessions"):
    """List the person's sessions everywhere: answered by `session-list`."""


class EndOwnSession(Ask, frozen=True, tag="end-session"):
    """End one of the person's sessions: answered by `done`."""

    session: Seq


class Alive(Ask, frozen=True, tag="alive"):
    """The answer of the page to `beat`."""


class SignOut(Ask, frozen=True, tag="sign-out"):
    """End the session of this browser: all its tabs get `state` with `ended`."""


AnyAsk = (
    Open
    | FetchMessages
    | SendText
    | EditText
    | DeleteMessage
    | ReactTo
    | PinMessage
    | ReadUpto
    | Present
    | TypingText
    | SearchWords
    | ThreadOf
    | PinsOf
    | MembersOf
    | Command
    | Answer
    | OwnSessions
    | EndOwnSession
    | Alive
    | SignOut
    | AnyOwnAsk
    | RoomAsk
)
"""All that a page sends."""
