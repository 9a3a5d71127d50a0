"""Check texts for the wire, and make texts safe for a terminal or a log."""

from __future__ import annotations

import json
import re
from itertools import takewhile
from unicodedata import category

from messages.limits import MAX_MARKS, MAX_SHORT_TEXT, MAX_TEXT

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_DRIVING = "\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff"
_DIRECTION_MARKS = "\u061c\u200e\u200f"
_TAGS = "\U000e0000-\U000e007f"
_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"  # UTS 51, ED-14a
_HIDDEN = re.compile(f"[{_DRIVING}{_DIRECTION_MARKS}{_TAGS}]")
_UNSAFE = re.compile(f"{_FLAG}|[{_DRIVING}{_TAGS}]")
_UNDECODED = re.compile("[\udc80-\udcff]")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def check_text(text: str) -> None:
    """Raise ValueError with a sentence unless `text` can be a message: 1 to 4,000 characters.

    Blank texts are refused, C0 and C1 controls other than newline and tab, and lone surrogates: Python makes
    these from input that is not UTF-8, and JSON cannot carry them.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"a text has at most {MAX_TEXT:,} characters; this one has {len(text):,}")
    if not text.isprintable() and _FORBIDDEN.search(text):
        raise ValueError("a text is Unicode without control characters other than newline and tab")
    if not text or text.isspace():
        raise ValueError("a text is not empty")


def check_new_text(text: str) -> None:
    """Raise ValueError with a sentence unless `text` can be a new message.

    At most 12 marks are stacked on a letter, as each one makes them slower to show. Stored messages may have
    more.
    """
    check_text(text)
    if not text.isascii():
        _check_marks(text)


def _check_marks(text: str) -> None:
    for place in range(MAX_MARKS, len(text), MAX_MARKS + 1):  # each run that is too long has one of these
        if _is_mark(text[place]) and _marks_around(text, place) > MAX_MARKS:
            raise ValueError(f"a letter has at most {MAX_MARKS} marks")


def _marks_around(text: str, place: int) -> int:
    """Return how many marks stand in a row around one of them; of very many, not all are counted."""
    before, after = reversed(text[max(place - MAX_MARKS, 0) : place]), text[place : place + MAX_MARKS + 1]
    return sum(1 for marks in (before, after) for _ in takewhile(_is_mark, marks))


def _is_mark(character: str) -> bool:
    return category(character)[0] == "M"


def check_new_line(text: str) -> None:
    """Raise ValueError with a sentence unless `text` is one line, of any length."""
    if not text.isprintable() and _CONTROL.search(text):
        raise ValueError("this text is one line of Unicode without control characters")
    if not text.isascii():
        _check_marks(text)


def check_short_text(text: str) -> None:
    """Raise ValueError with a sentence unless `text` is one line of at most 300 characters."""
    if len(text) > MAX_SHORT_TEXT:
        raise ValueError(f"this text has at most {MAX_SHORT_TEXT} characters")
    if not text.isprintable() and _CONTROL.search(text):
        raise ValueError("this text is one line of Unicode without control characters")


def check_new_short_text(text: str) -> None:
    """Raise ValueError with a sentence unless `text` can be a new short text, such as a topic.

    It has few marks on a letter, like a new message. Stored ones may have more.
    """
    check_short_text(text)
    if not text.isascii():
        _check_marks(text)


def escape_json(document: str) -> str:
    """Return the same JSON document with characters that could control a terminal written as escapes."""
    return _HIDDEN.sub(lambda match: json.dumps(match[0])[1:-1], document)


def decode_utf8(data: bytes) -> str:
    """Return the text of a file in UTF-8, without a byte order mark.

    Raise ValueError with a sentence that names the first byte that is no UTF-8, and its line.
    """
    try:
        return data.removeprefix(_BYTE_ORDER_MARK).decode()
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line, place = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        wrong = not_utf8(error.object[error.start], place)
        raise ValueError(f"line {line}, {wrong}; convert the file with iconv -t UTF-8") from None


def not_utf8(byte: int, place: int) -> str:
    """Return a clause about the byte at a place of a line, counted from 1."""
    return f"byte {place} is 0x{byte:02x}, which is not UTF-8"


def refuse_undecoded(text: str) -> None:
    """Raise ValueError with a sentence if a text from the command line or the environment was not UTF-8.

    Python decodes such bytes to lone surrogates (PEP 383).
    """
    found = _UNDECODED.search(text)
    if found:
        place = len(text[: found.start()].encode(errors="surrogateescape")) + 1
        raise ValueError(not_utf8(ord(found[0]) - 0xDC00, place))


def counted(number: int, noun: str, one: str = "", several: str = "") -> str:
    """Return a number of things in words, such as `1 message` or `1,200 messages`.

    The verb for `one` thing or for `several` follows: `1 message was`, `2 messages were`.
    """
    things, verb = (noun, one) if number == 1 else (f"{noun}s", several)
    return f"{number:,} {things} {verb}".rstrip()


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def neutralise(text: str, *, keep: str = "") -> str:
    """Return `text` with every character that could control a terminal written as a visible escape.

    These are C0 and C1 controls, line and paragraph separators, tag characters, lone surrogates, and the
    bidi controls (Unicode TR 9) that embed, override or isolate, as they reorder the text around them. The
    marks LRM, RLM and ALM do no more than a letter of their direction, and flags of tag characters are
    emoji: both stay. So do the characters in `keep` (say newline).
    """
    if text.isprintable():
        return text
    return _UNSAFE.sub(
        lambda match: match[0] if len(match[0]) > 1 or match[0] in keep else _escape(match), text
    )


def reveal(text: str, *, keep: str = "") -> str:
    """Return `text` for a log: neutralised, with escapes for direction marks and all tag characters too."""
    if text.isprintable():
        return text
    return _HIDDEN.sub(lambda match: match[0] if match[0] in keep else _escape(match), text)
