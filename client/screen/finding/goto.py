"""The command that goes to a message, a date, the first unread message or the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from client.commands.registry import ScreenCommand, UsageError
from client.core.events import ClientEvent, Replied
from client.core.person.queries import FirstQuery
from client.screen.host import ScreenHost
from client.text.replies import refusal_text
from client.text.times import local_time
from client.when import parse_when
from messages.replies import Error, Page

_WORDS = ("unread", "end", "today", "yesterday", "monday")


class Goto:
    """Goes to places of the conversation in the middle."""

    def __init__(self, host: ScreenHost) -> None:
        self._host = host
        host.on_screen["/goto"] = ScreenCommand(self.run, self._words)

    def run(self, argument: str) -> None:
        """Go to what the person has typed. Raise ValueError if it is nothing to go to."""
        state, text = self._host.state, argument.strip().lower()
        if not text:
            raise UsageError
        if text == "end":
            state.go_to_end()
        elif text == "unread":
            state.go_to_unread()
        elif text.isascii() and text.isdigit() and len(text) < 16:
            state.go_to(int(text), named=True)
        else:
            self._since(argument)

    def _since(self, text: str) -> None:
        try:
            at = parse_when(text, datetime.now())
        except ValueError:
            raise ValueError(
                f"{text} is neither a message's number, unread, end, nor a time such as yesterday, 14:30 "
                "or 2026-11-20"
            ) from None
        self._host.session.ask(FirstQuery, conversation=self._host.state.here, since=at, limit=1)

    @staticmethod
    def _words(before: str) -> Iterable[str]:
        return () if before else _WORDS

    def take(self, event: ClientEvent) -> bool:
        """Take the first message since a time. Return whether it is that."""
        if not (isinstance(event, Replied) and isinstance(request := event.request, FirstQuery)):
            return False
        state, reply = self._host.state, event.reply
        if request.conversation != state.here:
            return True
        if isinstance(reply, Error):
            state.tell(f"Refused: {refusal_text(reply)}.")
        elif isinstance(reply, Page) and reply.messages:
            state.go_to(reply.messages[0].seq)
        else:
            state.tell(f"Nothing was said here since {local_time(request.since or 0):%Y-%m-%d %H:%M}.")
        return True
