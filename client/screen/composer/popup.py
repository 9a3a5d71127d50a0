"""What is offered while a person types: candidates for the word, and the usage of the command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from client.screen.tones import BOLD, CHOSEN, DIM, PLAIN, Row, Tone, fitted
from messages.rows import width
from messages.text import neutralise

MOST_OFFERED = 8
"""Candidates that are shown at once."""

_WIDEST = 40


class Told(NamedTuple):
    """What stands for a candidate, and what is said of it."""

    shown: str
    help: str = ""


class Offer(NamedTuple):
    """What is offered for a `word`. `chosen` is the index of the candidate that Tab has put there."""

    usage: Told | None = None
    candidates: Sequence[str] = ()
    chosen: int | None = None
    word: str = ""


class Guide:
    """Says what can be offered for a text without being asked. A view of a real session overrides it."""

    def usage(self, text: str) -> Told | None:
        """Return the usage of the command of a text, if its arguments are being typed."""
        return None

    def candidates(self, text: str, cursor: int) -> list[str]:
        """Return the candidates for the word before the cursor."""
        return []

    def told(self, candidates: Sequence[str], word: str) -> list[Told]:
        """Return how to show candidates for a word."""
        return [Told(neutralise(one).rstrip()) for one in candidates]


class Popup:
    """Offers candidates while it is `on`, except for a word at which the person has closed it."""

    def __init__(self, guide: Guide) -> None:
        self.on = True
        self._guide = guide
        self._closed_at: int | None = None
        """Where the word begins at which it was closed."""
        self._closed_usage: str | None = None
        """The first word of the text then: the usage of another command is shown."""
        self._shown = False

    def offer(self, text: str, cursor: int, start: int, *, is_text: bool) -> Offer:
        """Return what is offered for the word that begins at `start`. If it `is_text`, it is no command."""
        self._shown = False
        if not self.on:
            return Offer()
        if self._closed_usage != _first(text):
            self._closed_usage = None
        told = None if is_text else self._guide.usage(text[:cursor])
        usage = told if self._closed_usage is None else None
        found = [] if self._closed_at == start else self._candidates(text, cursor, is_text=is_text)
        word = text[start:cursor]
        if [one.strip() for one in found] == [word]:
            found = []
        self._shown = bool(usage or found)
        return Offer(usage, found, word=word)

    def _candidates(self, text: str, cursor: int, *, is_text: bool) -> list[str]:
        self._closed_at = None
        return self._guide.candidates(f" {text}" if is_text else text, cursor + is_text)

    def choosing(self, candidates: Sequence[str], chosen: int | None, text: str, word: str) -> Offer:
        """Return the candidates that Tab goes through."""
        return Offer(self._guide.usage(text) if self.on else None, candidates, chosen, word)

    def told(self, candidates: Sequence[str], word: str) -> list[Told]:
        """Return how to show candidates for a word."""
        return self._guide.told(candidates, word)

    def close(self, text: str, start: int) -> bool:
        """Offer nothing until the word that begins at `start` ends; return whether something was offered."""
        if self._shown:
            self._closed_at, self._closed_usage, self._shown = start, _first(text), False
            return True
        return False


def popup_rows(popup: Popup, offer: Offer, columns: int, height: int) -> list[Row]:
    """Return the usage and the candidates around the chosen one, at most so many rows."""
    rows = [_row(f" {offer.usage.shown} ", offer.usage.help, BOLD, columns)] if offer.usage else []
    room = min(height - len(rows), MOST_OFFERED)
    at, count = offer.chosen or 0, len(offer.candidates)
    first = min(max(at - room + 1, 0), max(count - room, 0))
    shown = popup.told(offer.candidates[first : first + room], offer.word) if room > 0 else []
    wide = min(max((width(one.shown) for one in shown), default=0), _WIDEST)
    for number, (text, about) in enumerate(shown, first):
        tone = CHOSEN if number == offer.chosen else PLAIN
        rows.append(_row(f" {text}{' ' * (wide - width(text))} ", about, tone, columns))
    if shown and count > room:
        more = f"  {count - room:,} more"
        last = fitted(rows[-1], max(columns - len(more), 1))
        gap = columns - len(more) - sum(width(text) for text, _ in last)
        rows[-1] = [*last, (" " * gap, PLAIN), (more, DIM)] if gap >= 0 else last
    return rows


def height_of(offer: Offer, most: int) -> int:
    """Return how many rows an offer wants, at most `most`."""
    return min((offer.usage is not None) + min(len(offer.candidates), MOST_OFFERED), most)


def _first(text: str) -> str:
    return text.partition(" ")[0]


def _row(text: str, help: str, tone: Tone, columns: int) -> Row:
    row: Row = [(text, tone), (f" {help}", DIM)] if help else [(text, tone)]
    return fitted(row, columns)
