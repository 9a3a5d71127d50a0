"""Typed commands that ask the broker something: which of them wait, and which are given up."""

from __future__ import annotations

from dataclasses import dataclass

from client.core.session import Session, SessionState

SHOW_SECONDS = 0.5
"""A question without an answer after this time is shown as waiting; without a connection, at once."""

GIVE_UP_SECONDS = 30.0
"""After this time nobody wants the answer to a question any more."""


@dataclass(slots=True)
class _Inquiry:
    typed: str
    requests: frozenset[str]
    at: float
    shown: bool = False


class Inquiries:
    """Commands whose requests have no answer yet. Times are monotonic seconds.

    Questions change nothing, so they are given up when they are too old. All else is sent, however late.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._open: list[_Inquiry] = []

    def __bool__(self) -> bool:
        return bool(self._open)

    def add(self, typed: str, requests: frozenset[str], now: float) -> None:
        """Record the requests of a typed command."""
        if requests:
            self._open.append(_Inquiry(typed, requests, now))

    def take_waiting(self, now: float) -> list[str]:
        """Return the commands that wait and are to be shown; each once."""
        self._drop_answered()
        away = self._session.state is not SessionState.READY
        news = [one for one in self._open if not one.shown and (away or now - one.at > SHOW_SECONDS)]
        for one in news:
            one.shown = True
        return [one.typed for one in news]

    def give_up(self, now: float) -> list[str]:
        """Give up the questions that are too old, and return what was typed for them."""
        self._drop_answered()
        old = [one for one in self._open if now - one.at > GIVE_UP_SECONDS]
        self._open = [one for one in self._open if one not in old]
        return [one.typed for one in old if self._session.give_up(one.requests)]

    def _drop_answered(self) -> None:
        unanswered = self._session.unanswered_ids if self._open else set()
        self._open = [one for one in self._open if one.requests & unanswered]
