"""What a page asks, carried out: each question is answered once, with what it is for or with `refused`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from client.core.events import Replied
from client.core.person.queries import PinsQuery
from client.query import parse_query
from client.views.complaints import sentence
from client.web.following import ALL
from client.web.protocol import asks
from client.web.protocol.asks import AnyAsk
from client.web.protocol.own import OwnAsk
from client.web.protocol.rooms import RoomAsk
from client.web.protocol.tells import Done, Fetched, Refused
from client.web.tabs.answers import Answers
from client.web.tabs.log import FIRST, Log, LogQuery
from client.web.tabs.rooms import answered, request_for
from client.web.tabs.tab import Tab
from messages.amendments import Delete, Edit, Pin, Pins, React
from messages.base import Request
from messages.limits import MAX_PAGE
from messages.replies import Error, Page, PinList
from messages.requests import History, Search
from messages.sessions import EndSession, Sessions

MOST_UNANSWERED = 500
"""Requests of a person that the broker has not answered. Nothing more is asked until it has."""

_BUSY = "too much waits for the broker; try again when it has answered"
_UNANSWERED = asks.ReadUpto, asks.Present, asks.TypingText, asks.SignOut


class Files(Protocol):
    """The person's uploads."""

    def to_send(self, ids: tuple[str, ...]) -> list[object]:
        """Return the files of a message; raise ValueError if one is not complete."""
        ...

    def belong(self, ids: tuple[str, ...], ref: str) -> None:
        """Keep these until a message is accepted or refused."""
        ...


class Asks:
    """Carries out what one tab asks. `files` has the person's uploads."""

    def __init__(self, tab: Tab, files: Files) -> None:
        self._tab = tab
        self._person = tab.person
        self._session = tab.person.session
        self._files = files
        self._answers = Answers(tab)

    def take(self, asked: AnyAsk) -> None:
        """Carry out what is asked."""
        self._tab.heard_at = time.monotonic()
        if isinstance(asked, asks.Alive):
            return
        try:
            if self._session.unanswered >= MOST_UNANSWERED and not isinstance(asked, _UNANSWERED):
                raise ValueError(_BUSY)
            if isinstance(asked, OwnAsk):
                self._tab.own.take(asked)
            else:
                self._carry_out(asked)
        except ValueError as error:
            self._tab.put(Refused(asked.ref, sentence(error), getattr(error, "code", "")))
        match asked:
            case asks.Present() | asks.TypingText():
                pass  # they change nothing that is shown
            case asks.ReadUpto(conversation=place):
                self._person.flush(place)
            case asks.Command() | asks.Answer():
                self._person.flush(ALL)
            case _:
                self._person.flush()

    def _carry_out(self, asked: AnyAsk) -> None:
        match asked:
            case asks.Open():
                self._open(asked)
            case asks.FetchMessages():
                self._fetch(asked)
            case asks.SendText():
                self._send(asked)
            case asks.Command():
                self._tab.here = asked.conversation
                self._tab.host.run(asked.conversation, asked.line, asked.ref)
                self._tab.put(Done(asked.ref))
            case asks.Answer():
                self._tab.host.answer(asked.question, asked.answers)
                self._tab.put(Done(asked.ref))
            case asks.SignOut():
                self._person.sign_out()
            case asks.ReadUpto() | asks.Present() | asks.TypingText():
                self._note(asked)
            case _:
                self._change(asked)

    def _note(self, asked: AnyAsk) -> None:
        """Take what is not answered."""
        match asked:
            case asks.ReadUpto():
                self._read(asked)
            case asks.Present():
                self._person.attention.seen(time.monotonic())
            case asks.TypingText(conversation=place):
                self._session.typed(place, "…" if asked.on else "", time.monotonic())
                self._person.wake()

    def _change(self, asked: AnyAsk) -> None:
        """Carry out what changes a message."""
        done = self._answers.done(asked.ref)
        match asked:
            case asks.EditText(conversation=place, seq=seq):
                self._ask(done, Edit, conversation=place, seq=seq, text=asked.text)
            case asks.DeleteMessage(conversation=place, seq=seq):
                self._ask(done, Delete, conversation=place, seq=seq)
            case asks.ReactTo(conversation=place, seq=seq):
                fields = {"reaction": asked.reaction, "on": asked.on}
                self._ask(done, React, conversation=place, seq=seq, **fields)
            case asks.PinMessage(conversation=place, seq=seq):
                self._ask(done, Pin, conversation=place, seq=seq, on=asked.on)
            case asks.EndOwnSession():
                self._ask(done, EndSession, session=asked.session)
            case _:
                self._list(asked)

    def _list(self, asked: AnyAsk) -> None:
        """Carry out what asks for a list."""
        found = self._answers.found(asked.ref)
        match asked:
            case asks.SearchWords():
                fields = parse_query(asked.words, datetime.now())
                if asked.conversation is not None:
                    fields = {"conversation": asked.conversation, **fields}
                self._ask(found, Search, **fields, page=asked.page)
            case asks.ThreadOf(conversation=place, seq=seq):
                self._ask(found, History, conversation=place, thread=seq, limit=MAX_PAGE)
            case asks.PinsOf(conversation=place):
                self._ask(found, Pins, conversation=place)
            case asks.OwnSessions():
                self._ask(self._answers.sessions(asked.ref), Sessions)
            case asks.MembersOf(conversation=place):
                self._tab.members.follow(place or "", asked.ref if place else "")
                if place is None:
                    self._tab.put(Done(asked.ref))
            case _ if isinstance(asked, RoomAsk):
                self._ask_about_rooms(asked)

    def _ask_about_rooms(self, asked: RoomAsk) -> None:
        shown, done = answered(asked.ref, self._tab.put), self._answers.done(asked.ref)
        kind, fields = request_for(asked)
        self._ask(lambda event: None if shown(event) else done(event), kind, **fields)

    # Requests

    def _ask(self, answer: Callable[[Replied], None], kind: type[Request], **fields: object) -> None:
        with self._person.answering(answer):
            self._session.ask(kind, **fields)

    # Logs

    def _open(self, asked: asks.Open) -> None:
        tab, place = self._tab, asked.conversation
        History("check", place)
        tab.here = place
        if place in self._session.conversations and tab.host.composer.place != place:
            tab.host.composer.go(place)
        log = tab.open_log(place)
        waiting = self._person.conversations.of(place)
        log.head = max(log.head, waiting.head)
        log.unread = waiting.read if waiting.unread else None
        at = asked.at
        if at is None and asked.unread and waiting.unread and log.head - waiting.read > FIRST:
            at = waiting.read + 1
        if at is None:
            log.at_end()
        self._person.topics.doubt(place)
        self._person.topics.look_at(place, self._session)
        if place in self._session.conversations:
            self._ask(lambda event: self._take_pins(log, event), PinsQuery, conversation=place)
        query = log.query(around=at, before=None, after=None, since=None)
        self._ask_log(log, query, asked.ref, lambda: tab.show_log(log, asked.ref))

    def _take_pins(self, log: Log, event: Replied) -> None:
        if isinstance(event.reply, PinList):
            log.take_pins(event.reply)

    def _fetch(self, asked: asks.FetchMessages) -> None:
        tab = self._tab
        if (log := tab.logs.get(asked.conversation)) is None:
            raise ValueError("open the conversation first")
        given = asked.around, asked.before, asked.after, asked.since
        query = log.query(around=given[0], before=given[1], after=given[2], since=given[3])

        def come(first: int | None = None) -> None:
            wanted = asked.around if asked.since is None else first
            seq = None if wanted is None else log.nearest(wanted)
            if (changed := log.changes()) is not None:
                tab.put(changed)
            tab.put(Fetched(asked.ref, asked.conversation, seq))

        self._ask_log(log, query, asked.ref, come)

    def _ask_log(self, log: Log, query: dict[str, int] | None, ref: str, then: Callable[..., None]) -> None:
        """Ask for messages of a log, and call `then` when they are here."""
        if query is None:
            then()
            return

        def answer(event: Replied) -> None:
            if isinstance(event.reply, Error):
                self._answers.refused(ref, event.reply)
            elif isinstance(event.reply, Page) and isinstance(event.request, History):
                log.take_page(event.reply, event.request)
                if "since" in query and event.reply.messages:
                    log.timeline.look_at(event.reply.messages[0].seq)
                    then(event.reply.messages[0].seq)
                else:
                    then()

        self._ask(answer, LogQuery, conversation=log.conversation, **query)

    def _send(self, asked: asks.SendText) -> None:
        if (log := self._tab.logs.get(asked.to)) is not None:
            log.at_end()
            log.unread = None
        files = [] if self._person.has_sent(asked.ref) else self._files.to_send(asked.files)
        sent = self._person.send(asked.ref, asked.to, asked.text, asked.reply_to, files)
        if files:
            self._files.belong(asked.files, asked.ref)
        for tab in [*self._person.tabs]:
            tab.told_of(sent)

    def _read(self, asked: asks.ReadUpto) -> None:
        place, person = asked.conversation, self._person
        waiting = person.conversations.of(place)
        upto = min(asked.upto, waiting.head)
        person.attention.seen(time.monotonic())
        if place not in self._session.conversations:
            return
        self._session.read(place, upto)  # what they have said moves only `waiting.read`
        person.wake()
        if upto <= waiting.read:
            return
        log = self._tab.logs.get(place)
        left = log.left_after(upto, person.name) if log is not None else None
        person.conversations.read(place, upto, waiting.unread if left is None else left)
