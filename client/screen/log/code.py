"""Blocks of code with the colours of their language, if pygments knows it.

A peer chooses language and text. So both are bounded, and so is the time: an expression of a lexer can need
minutes for a text that was made for it. The time for all blocks together is bounded, too.
"""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from types import FrameType
from typing import TYPE_CHECKING

from client.screen.tones import BOLD, PLAIN, Meaning, Piece, Tone

if TYPE_CHECKING:
    from pygments.lexer import Lexer

_MOST_CHARACTERS = 4_000
_MOST_SECONDS = 0.05
"""Of the processor's time, for one block."""

_MOST_STOPPED, _MOST_LANGUAGES = 20, 40
"""After so many blocks that took too long, none is coloured any more. So many languages are loaded: all of
them would take seconds, and 40 MB.
"""

_LANGUAGE = re.compile(r"[a-z][a-z0-9+#.-]{0,29}")
_TONES = {
    "Comment": Tone(meaning=Meaning.CODE_COMMENT),
    "Keyword": Tone(meaning=Meaning.CODE_KEYWORD),
    "Name.Builtin": Tone(meaning=Meaning.CODE_BUILTIN),
    "Name.Class": Tone(meaning=Meaning.CODE_NAME),
    "Name.Decorator": Tone(meaning=Meaning.CODE_NAME),
    "Name.Function": Tone(meaning=Meaning.CODE_NAME),
    "Name.Tag": Tone(meaning=Meaning.CODE_KEYWORD),
    "Name.Attribute": Tone(meaning=Meaning.CODE_BUILTIN),
    "Literal.Number": Tone(meaning=Meaning.CODE_NUMBER),
    "Literal.String": Tone(meaning=Meaning.CODE_TEXT),
    "Operator.Word": Tone(meaning=Meaning.CODE_KEYWORD),
    "Generic.Deleted": Tone(meaning=Meaning.ERROR),
    "Generic.Inserted": Tone(meaning=Meaning.CODE_TEXT),
    "Generic.Heading": BOLD,
}
"""By kind of token; a kind includes those below it, as `Keyword` includes `Keyword.Type`."""


@dataclass(slots=True)
class _Spent:
    """What blocks of code have cost since the start."""

    stopped: int = 0
    languages: int = 0


_spent = _Spent()


class _TooSlow(BaseException):  # not an Exception: pygments catches these
    pass


@lru_cache(maxsize=256)
def highlighted(text: str, language: str) -> tuple[Piece, ...]:
    """Return a neutralised text as pieces; as one plain piece if the language is not known."""
    plain = ((text, PLAIN),)
    if len(text) > _MOST_CHARACTERS or not _LANGUAGE.fullmatch(language):
        return plain
    lexer = _lexer(language) if _spent.stopped < _MOST_STOPPED else None
    if lexer is None:
        return plain
    pieces = _in_time(lambda: tuple(_pieces(lexer.get_tokens(f"{text}\n"))))  # lexers look for whole lines
    if not pieces or "".join(part for part, _ in pieces) != f"{text}\n":
        return plain
    *others, (last, tone) = pieces
    return (*others, (last[:-1], tone))


def _pieces(tokens: Iterable[tuple[object, str]]) -> Iterator[Piece]:
    """Yield tokens as pieces: those of one look that follow each other as one piece."""
    toned = ((_tone(str(kind)), part) for kind, part in tokens)
    for tone, same in groupby(toned, lambda one: one[0]):
        yield "".join(part for _, part in same), tone


@lru_cache(maxsize=1_024)
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_all_lexers, get_lexer_by_name  # noqa: PLC0415 - few people are shown code

    known = any(language in aliases for _, aliases, _, _ in get_all_lexers(plugins=False))
    if not known or _spent.languages >= _MOST_LANGUAGES:
        return None
    _spent.languages += 1
    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


@lru_cache(maxsize=512)
def _tone(kind: str) -> Tone:
    """Return the look of a kind of token, such as `Token.Keyword.Type`."""
    names = kind.split(".")[1:]
    kinds = (".".join(names[:end]) for end in range(len(names), 0, -1))
    return next((_TONES[kind] for kind in kinds if kind in _TONES), PLAIN)


def _in_time(work: Callable[[], tuple[Piece, ...]]) -> tuple[Piece, ...] | None:
    """Return what `work` does, or None if it fails or takes too long.

    The signal also stops a regular expression. It repeats, in case that something takes no notice of it.
    """
    if threading.current_thread() is not threading.main_thread():
        return None
    before = signal.signal(signal.SIGVTALRM, _stop)
    try:
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, _MOST_SECONDS, _MOST_SECONDS)
            return work()
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except _TooSlow:
        _spent.stopped += 1
        return None
    except Exception:  # whatever a lexer does wrong, the text is shown
        return None
    finally:
        signal.signal(signal.SIGVTALRM, before)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _TooSlow
