"""The verbs of `chat-client`, for scripts and pipes."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from client.core.events import ClientEvent, Replied, SendAccepted, SendFailed, Sent
from client.exits import ClientExit
from client.text.render import accepted_text, state_text
from client.text.replies import UNINDEXED
from client.verb_session import NOWHERE, VerbSession
from client.views.complaints import Complaints
from client.views.plain import plain
from client.views.reader import LineReader, Source
from client.views.shutdown import TOLD_SECONDS, is_silent
from messages.events import AnyEntry, Message
from messages.exits import Exit
from messages.fields import for_people
from messages.identity import Link
from messages.limits import MAX_PAGE
from messages.members import MemberList, Members
from messages.replies import Found, Page
from messages.requests import History, Search, Who
from messages.text import counted

_MOST_UNANSWERED = 1_000
_USUAL_LIMIT = 50
_CONVERT = "convert the input with iconv -t UTF-8"


def send(
    verb: VerbSession,
    to: str,
    text: str | None,
    source: Source,
    finish: float,
    reply_to: int | None = None,
) -> Exit:
    """Send a text, or each line of the input; wait until everything is accepted.

    Join the room first if the user is not in it. Raise ClientExit with NOT_CONFIRMED if something is refused,
    or if after the end of the input nothing is accepted for `finish` seconds.
    """
    verb.enter(to)
    sending = _Sending(verb, to, reply_to)
    if text is not None:
        sending.say(text)
    else:
        _send_lines(verb, sending, source)
    sending.finish(finish)
    return sending.result()


def _send_lines(verb: VerbSession, sending: _Sending, source: Source) -> None:
    reader = LineReader(source.fd)
    try:
        while not reader.ended:
            wanted = [source.fd] if verb.session.unanswered < _MOST_UNANSWERED else []
            events, ready = verb.turn(60.0, wanted)
            sending.take(events)
            if source.fd in ready:
                for line in reader.read() or ():
                    sending.say(plain(line) if source.strips else line)
                sending.stopped(reader.take_wrong())
    except OSError as error:
        raise ClientExit(Exit.NOT_CONFIRMED, f"{error.strerror}: the input was not read to its end") from None


class _Sending:
    """The results of the lines of one `send`."""

    def __init__(self, verb: VerbSession, to: str, reply_to: int | None) -> None:
        self._verb = verb
        self._to = to
        self._reply_to = reply_to
        self._line = 0
        self._refused = Complaints(verb.screen.notice)
        self._waits: Sent | None = None
        """The last message, if its recipient is offline."""
        self._told = False

    def say(self, text: str) -> None:
        """Send a line. Skip it if it is blank; report it if it cannot be sent."""
        self._line += 1
        if not text.strip():
            return
        try:
            self._verb.session.send(self._to, text, self._reply_to)
        except ValueError as error:
            self._refused.add(f"line {self._line} was not sent: {for_people(error)}")

    def stopped(self, wrong: str) -> None:
        """Report what is wrong with the input, if it ends for that."""
        if wrong:
            self._refused.add(f"{wrong}: not sent, nor is anything after it; {_CONVERT}")

    def take(self, events: Iterable[ClientEvent]) -> None:
        """Record which lines were accepted and refused."""
        for event in events:
            if isinstance(event, SendFailed):
                self._refused.add(state_text(event.sent, NOWHERE))
            elif isinstance(event, SendAccepted):
                self._waits = event.sent if event.sent.recipient_offline else None
                if self._verb.screen.as_json:
                    self._verb.screen.write_json(event)

    def finish(self, seconds: float) -> None:
        """Wait until everything is accepted or refused, or until nothing was for `seconds`."""
        session, left = self._verb.session, -1

        def progressed(events: Iterable[ClientEvent]) -> bool:
            self.take(events)
            return not session.unanswered or session.unanswered < left

        while session.unanswered:
            left, by = session.unanswered, time.monotonic() + seconds
            while not self._verb.serve(progressed, min(TOLD_SECONDS, seconds)):
                if time.monotonic() > by:
                    return
                self._tell(left)

    def _tell(self, left: int) -> None:
        """Tell the person once that the broker does not answer."""
        if not self._told and is_silent(self._verb.session):
            self._told = True
            count = counted(left, "message")
            self._verb.screen.notice(f"Waiting for the broker to accept {count}; Ctrl-C leaves at once.")

    def result(self) -> Exit:
        """Return the exit code; raise ClientExit if something is not confirmed."""
        if self._waits:
            self._verb.screen.notice(accepted_text(self._waits, NOWHERE))
        self._refused.end()
        unsure = len(self._verb.session.unaccepted)
        if unsure:
            raise ClientExit(Exit.NOT_CONFIRMED, f"{unsure} of {self._line} lines were not confirmed")
        return Exit.NOT_CONFIRMED if self._refused else Exit.DONE


def tail(verb: VerbSession, conversation: str, count: int | None) -> Exit:
    """Write the messages of a conversation as they come, `count` of them or until interrupted.

    The verb's session is for this conversation only. What was missed since last time comes first. Only what
    was written is confirmed. Amendments are written too, and not counted.
    """
    verb.enter(conversation)
    left = count if count is not None else -1
    while left:
        while verb.messages and left:
            message = verb.messages.popleft()
            verb.show(message)
            verb.session.handed_over(message)
            left -= isinstance(message, Message)
        if left:
            verb.turn(60.0)
    verb.serve(lambda _events: verb.session.all_confirmed, 1.0)
    return Exit.DONE


def history(
    verb: VerbSession, conversation: str, limit: int | None, since: int | None, thread: int | None = None
) -> Exit:
    """Write the last `limit` messages of a conversation, or the first since a Unix time in milliseconds.

    With `thread`, write that message and what answers it, from the first on. Without a limit, write the last
    50, or all since then or of the thread. As text, messages are written as they are now; as JSON, amendments
    come too.
    """
    pages: Iterator[list[AnyEntry]]
    if thread is not None:
        pages = _onwards(verb, conversation, limit, thread=thread)
    elif since is not None:
        pages = _onwards(verb, conversation, limit, since=since)
    else:
        pages = reversed([*_backwards(verb, conversation, limit or _USUAL_LIMIT)])
    for page in pages:
        for entry in page:
            if verb.screen.as_json or isinstance(entry, Message):
                verb.show(entry)
    return Exit.DONE


def _backwards(verb: VerbSession, conversation: str, limit: int) -> Iterator[list[AnyEntry]]:
    before: int | None = None
    while limit > 0:
        page = _page(verb, conversation, before=before, limit=min(limit, MAX_PAGE))
        if not page.messages:
            return
        yield page.messages
        limit -= sum(isinstance(entry, Message) for entry in page.messages)
        before = page.messages[0].seq
        if not page.more:
            return


def _onwards(
    verb: VerbSession,
    conversation: str,
    limit: int | None,
    since: int | None = None,
    thread: int | None = None,
) -> Iterator[list[AnyEntry]]:
    left = limit if limit is not None else -1
    begin = {"since": since}
    while left:
        most = min(left, MAX_PAGE) if left > 0 else MAX_PAGE
        page = _page(verb, conversation, **begin, thread=thread, limit=most)
        if not page.messages:
            return
        yield page.messages
        count = sum(isinstance(entry, Message) for entry in page.messages)
        left = max(0, left - count) if left > 0 else left
        begin = {"after": page.messages[-1].seq}
        if not page.more:
            return


def _page(verb: VerbSession, conversation: str, **fields: int | None) -> Page:
    page = verb.ask_inside(History, conversation, **fields)
    return page if isinstance(page, Page) else Page("none", conversation, [], more=False)


def search(verb: VerbSession, query: dict[str, object], limit: int) -> Exit:
    """Write the latest `limit` messages found, oldest first; return FAILED if there are none."""
    found: list[Message] = []
    page: str | None = None
    while len(found) < limit:
        reply = verb.ask(Search, **query, page=page, limit=min(limit - len(found), MAX_PAGE))
        if not isinstance(reply, Found):
            break
        found += reply.messages
        if reply.unindexed and page is None:
            verb.screen.notice(UNINDEXED)
        page = reply.next
        if page is None:
            break
    for message in reversed(found):
        verb.show_dated(message)
    return Exit.DONE if found else Exit.FAILED


def who(verb: VerbSession, room: str | None) -> Exit:
    """Write who is online, in the chat or in a room."""
    reply = verb.ask(Who, room=room)
    verb.show(Replied(Who("shown", room), reply))
    return Exit.DONE


def members(verb: VerbSession, room: str) -> Exit:
    """Write all members of a room, in text without a mark between the pages."""
    after: int | None = 0
    while after is not None:
        asked = Members("shown", room, after)
        reply = verb.ask(Members, room=room, after=after)
        more = isinstance(reply, MemberList) and reply.more
        after = reply.members[-1].user_id if isinstance(reply, MemberList) and more else None
        if isinstance(reply, MemberList) and not verb.screen.as_json:
            reply = replace(reply, more=False)
        verb.show(Replied(asked, reply))
    return Exit.DONE


def link(verb: VerbSession) -> Exit:
    """Write a code with which another device logs in as this user."""
    verb.show(Replied(Link("shown"), verb.ask(Link)))
    return Exit.DONE
