"""What a page gets when the broker has answered what it asked."""

from __future__ import annotations

from collections.abc import Callable

from client.core.events import Replied
from client.web.protocol.shown import Hit
from client.web.protocol.tells import Done, Found, Refused, SessionList
from client.web.tabs.saying import said
from client.web.tabs.tab import Tab
from messages.events import Message
from messages.fields import for_people
from messages.replies import Error, Page, PinList
from messages.replies import Found as FoundReply
from messages.sessions import SessionList as SessionsReply


class Answers:
    """Makes a tab's answers. `ref` is the question's number."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self._person = tab.person
        self._session = tab.person.session

    def refused(self, ref: str, error: Error) -> None:
        """Tell that the broker refuses it."""
        text = for_people(ValueError(error.text))
        self._tab.put(Refused(ref, f"{text[:1].upper()}{text[1:]}."))

    def done(self, ref: str) -> Callable[[Replied], None]:
        """Return what takes the reply to a change."""

        def answer(event: Replied) -> None:
            if isinstance(event.reply, Error):
                self.refused(ref, event.reply)
            else:
                self._tab.put(Done(ref))

        return answer

    def found(self, ref: str) -> Callable[[Replied], None]:
        """Return what takes a list of messages."""

        def answer(event: Replied) -> None:
            match event.reply:
                case Error() as error:
                    self.refused(ref, error)
                case FoundReply() as reply:
                    about = (
                        "The search took too long; older messages may be missing." if reply.incomplete else ""
                    )
                    more = reply.next or ""
                    self._tab.put(Found(ref, self._hits(reply.messages), more, bool(more), about))
                case Page(messages=entries) | PinList(messages=entries):
                    messages = [one for one in entries if isinstance(one, Message)]
                    self._tab.put(Found(ref, self._hits(messages), more=event.reply.more))

        return answer

    def _hits(self, messages: list[Message]) -> tuple[Hit, ...]:
        me, concern_of = self._person.name, self._person.attention.concern_of
        shown = [one for message in messages if (one := self._session.shown(message)) is not None]
        return tuple(
            Hit(one.conversation, said(one, self._session.timeline(one.conversation), me, concern_of))
            for one in shown
        )

    def sessions(self, ref: str) -> Callable[[Replied], None]:
        """Return what takes the list of the person's sessions."""

        def answer(event: Replied) -> None:
            match event.reply:
                case Error() as error:
                    self.refused(ref, error)
                case SessionsReply(sessions=sessions):
                    self._tab.put(SessionList(ref, tuple(sessions)))

        return answer
