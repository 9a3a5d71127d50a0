"""Requests about notices: for which messages a user's clients ring, and when they are quiet."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated
from unicodedata import category

from msgspec import Meta, Struct

from messages.base import Reply, Request
from messages.fields import ConversationName, check, check_id
from messages.limits import MAX_KEYWORD, MAX_KEYWORDS, MAX_QUIET_SPANS, MAX_ZONE
from messages.names import parse_conversation
from messages.text import check_new_short_text, neutralise

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,3}")


class NoticeLevel(StrEnum):
    """Which messages of a conversation ring. By default all of a direct one, and mentions in a room."""

    ALL = "all"
    MENTIONS = "mentions"
    NONE = "none"
    DEFAULT = "default"


class Day(StrEnum):
    """A day of the week."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


Keyword = Annotated[
    str,
    Meta(
        description=f"1 to {MAX_KEYWORD} visible characters without spaces",
        extra_json_schema={
            "minLength": 1,
            "maxLength": MAX_KEYWORD,
            "pattern": r"^[^\s\x00-\x1f\x7f-\x9f]+$",
        },
    ),
]
TimeOfDay = Annotated[
    str,
    Meta(
        description="hours and minutes, as 22:00",
        extra_json_schema={"pattern": f"^{_TIME.pattern}$"},
    ),
]
Zone = Annotated[
    str,
    Meta(
        description="a time zone of the IANA database, as Europe/Berlin",
        extra_json_schema={"maxLength": MAX_ZONE, "pattern": f"^{_ZONE.pattern}$"},
    ),
]


def check_keyword(word: str) -> str:
    """Return a keyword. Raise ValueError with a sentence if it is none."""
    if not 0 < len(word) <= MAX_KEYWORD:
        raise ValueError(f"a keyword has 1 to {MAX_KEYWORD} characters")
    check_new_short_text(word)
    seen = any(category(one)[0] in "LNPS" for one in word)
    if not seen or word.split() != [word] or neutralise(word) != word:
        raise ValueError("a keyword is one word of visible characters, without spaces")
    return word


def check_time(text: str) -> str:
    """Return a time of day. Raise ValueError with a sentence if it is none."""
    if not _TIME.fullmatch(text):
        raise ValueError("write hours and minutes, from 00:00 to 23:59")
    return text


def check_zone(text: str) -> str:
    """Return a time zone's name. Raise ValueError with a sentence if it cannot be one."""
    if len(text) > MAX_ZONE or not _ZONE.fullmatch(text):
        raise ValueError("write a time zone such as Europe/Berlin or UTC")
    return text


class QuietSpan(Struct, frozen=True, gc=False):
    """From one time to another, on each of the days; until the next day if `end` is not after `start`."""

    days: Annotated[list[Day], Meta(description="the days on which it begins")]
    start: TimeOfDay
    end: TimeOfDay

    def __post_init__(self) -> None:
        check("start", check_time, self.start)
        check("end", check_time, self.end)
        if not self.days or len(set(self.days)) < len(self.days):
            raise ValueError("`days`: name at least one day, and each once")


class Notify(Request, frozen=True, gc=False, tag="notify"):
    """Choose which messages of a conversation ring on this user's clients; without a level, ask for it."""

    conversation: ConversationName
    level: Annotated[NoticeLevel | None, Meta(description="`default` takes the choice back")] = None

    def __post_init__(self) -> None:
        check_id(self.id)
        check("conversation", parse_conversation, self.conversation)


class Keywords(Request, frozen=True, gc=False, tag="keywords"):
    """Choose the words that ring like this user's name; without a list, ask for them."""

    words: Annotated[list[Keyword] | None, Meta(description="all of them; an empty list removes them")] = None

    def __post_init__(self) -> None:
        check_id(self.id)
        if len(self.words or ()) > MAX_KEYWORDS:
            raise ValueError(f"`words`: give at most {MAX_KEYWORDS} keywords")
        for word in self.words or ():
            check("words", check_keyword, word)


class QuietHours(Request, frozen=True, gc=False, tag="quiet-hours"):
    """Choose when nothing rings on this user's clients; without a list of spans, ask for it."""

    spans: Annotated[
        list[QuietSpan] | None, Meta(description="all of them; an empty list ends quiet hours")
    ] = None
    zone: Annotated[Zone | None, Meta(description="the time zone; needed with spans")] = None

    def __post_init__(self) -> None:
        check_id(self.id)
        if len(self.spans or ()) > MAX_QUIET_SPANS:
            raise ValueError(f"`spans`: give at most {MAX_QUIET_SPANS} spans")
        if self.spans and self.zone is None:
            raise ValueError("`zone`: give the time zone of the spans, such as Europe/Berlin or UTC")
        if self.zone is not None:
            check("zone", check_zone, self.zone)


class ConversationLevel(Reply, frozen=True, gc=False, tag="notify-level"):
    """Which messages of a conversation ring on the asking user's clients."""

    conversation: str
    level: NoticeLevel


class KeywordList(Reply, frozen=True, gc=False, tag="keyword-list"):
    """The asking user's keywords."""

    words: list[str]


class QuietList(Reply, frozen=True, gc=False, tag="quiet-list"):
    """The asking user's quiet hours."""

    spans: list[QuietSpan]
    zone: Annotated[str | None, Meta(description="absent if there are no spans")] = None
