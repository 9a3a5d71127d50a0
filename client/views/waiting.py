"""What has waited for a while on a terminal: lines that are typed, and questions to the broker."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from client.core.composer import Composer
from client.core.person.inquiries import Inquiries
from client.core.session import Session
from client.editor.inputs import TypedLine
from client.views.output import Output
from messages.text import neutralise

SHOW_SENDING_SECONDS = 0.5
"""A message not accepted within this time is shown without its number, because it left the input line."""

_EXCERPT = 40


@dataclass(slots=True)
class Entered:
    """A line, and when to show that it waits, if it still does."""

    line: TypedLine
    show_at: float
    shown: bool = False


def entered_now(line: TypedLine) -> Entered:
    """Return a line that begins to wait now."""
    return Entered(line, time.monotonic() + SHOW_SENDING_SECONDS)


def excerpt(line: TypedLine) -> str:
    """Return the beginning of a line, as it can be shown."""
    text = neutralise(line.text)
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"


class Waiting:
    """Shows what has waited for a while. `prompt` shows the prompt of what is typed now."""

    def __init__(
        self, session: Session, composer: Composer[Entered], screen: Output, prompt: Callable[[], None]
    ) -> None:
        self._inquiries = Inquiries(session)
        self._composer = composer
        self._screen = screen
        self._prompt = prompt
        self._awaited = Entered(TypedLine(""), 0.0, shown=True)
        """The command whose answer is awaited."""

    def ask(self, line: TypedLine, requests: frozenset[str]) -> None:
        """Follow the requests of a command."""
        self._inquiries.add(excerpt(line), requests, time.monotonic())
        self._show_inquiries()

    def expect(self, line: TypedLine) -> None:
        """Follow a command whose answer all later lines wait for."""
        self._awaited = entered_now(line)

    @property
    def has_news(self) -> bool:
        """Whether it is to be shown soon that something waits."""
        if self._inquiries:
            return True
        if not self._composer.awaits or self._screen.terminal is None:
            return False
        return not all(entered.shown for entered in [self._awaited, *self._composer.waiting])

    def show(self) -> None:
        """Show what has waited for a while."""
        self._show_inquiries()
        if not self._composer.awaits or not self.has_news:
            return
        awaited = self._composer.awaited
        for entered in [self._awaited, *self._composer.waiting]:
            if entered.shown or entered.show_at > time.monotonic():
                continue
            entered.shown = True
            if entered is self._awaited:
                self._screen.notice(f"Waiting for the broker's answer to {neutralise(awaited)}.")
                self._prompt()
            else:
                what = neutralise(awaited) or "the login"
                self._screen.notice(f"Waiting for {what}: {excerpt(entered.line)}")

    def _show_inquiries(self) -> None:
        """Show which commands wait for their answer, and which questions are given up."""
        for typed in self._inquiries.take_waiting(time.monotonic()):
            self._screen.notice(f"Waiting for the broker's answer to {typed}.")
        for typed in self._inquiries.give_up(time.monotonic()):
            self._screen.notice(f"The broker did not answer {typed} in time; ask again when it does.")
