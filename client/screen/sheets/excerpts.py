"""A part of a text in one row, with the words that were searched for standing out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from client.screen.tones import HIT, PLAIN, Row, Tone
from messages.rows import prefix, width
from messages.text import neutralise

_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_LEAST = 8
"""The least columns for words around the first one that was found."""


def excerpt_row(text: str, words: str, columns: int, tone: Tone = PLAIN) -> Row:
    """Return the part of a peer's text around the first of some words, in at most so many columns."""
    flat = " ".join(neutralise(text, keep="\n\t").split())
    if columns < _LEAST:
        return [(prefix(flat, columns), tone)]
    spans = list(found_spans(flat, words))
    begin = _begin(flat, spans[0][0] if spans else 0, columns)
    row: Row = [("…", tone)] if begin else []
    room = columns - len(row)
    shown = prefix(flat[begin:], room)
    end = begin + len(shown)
    if end < len(flat):
        end = begin + len(prefix(flat[begin:], max(room - 1, 0)))
    at = begin
    for first, last in spans:
        if begin <= first < end:
            row += [(flat[at:first], tone), (flat[first : min(last, end)], HIT)]
            at = min(last, end)
    row.append((flat[at:end], tone))
    if end < len(flat):
        row.append(("…", tone))
    return [piece for piece in row if piece[0]]


def _begin(text: str, hit: int, columns: int) -> int:
    """Return where to begin, so that the hit is shown with some words before it."""
    if width(text[:hit]) <= columns * 2 // 3:
        return 0
    at = hit
    while at > 0 and width(text[at - 1 : hit]) <= columns // 3:
        at -= 1
    space = text.find(" ", at, hit)
    return space + 1 if space >= 0 else hit


def found_spans(text: str, words: str) -> Iterator[tuple[int, int]]:
    """Yield where the words of a search are in a text: regardless of case and accents, `wo*` as a prefix."""
    whole: set[str] = set()
    beginnings: list[str] = []
    for word in words.split():
        parts = [_folded(part) for part in _WORD.findall(word)]
        if word.endswith("*") and parts:
            beginnings.append(parts.pop())
        whole.update(parts)
    for match in _WORD.finditer(text):
        folded = _folded(match[0])
        if folded in whole or any(map(folded.startswith, beginnings)):
            yield match.span()


def _folded(word: str) -> str:
    parted = unicodedata.normalize("NFD", word.casefold())
    return "".join(one for one in parted if unicodedata.category(one) != "Mn")
