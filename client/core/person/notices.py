"""The judge of messages, for all views: which are only shown, which are highlighted, and which ring."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from enum import Enum, StrEnum
from typing import NamedTuple

from client.core.words import find_keyword
from messages.events import AnyEntry, Message
from messages.notices import Day, NoticeLevel, QuietSpan

_DAYS = list(Day)
_DAY_MINUTES = 24 * 60


class Concern(Enum):
    """Why a message is meant for the person."""

    DIRECT = "direct"
    MENTION = "mention"
    KEYWORD = "keyword"


class Level(StrEnum):
    """Which messages ring on this device, if no level is chosen: none, direct ones, also mentions, or all.

    With `off` nothing rings here, whatever is chosen.
    """

    OFF = "off"
    DIRECT = "direct"
    MENTION = "mention"
    ALL = "all"


class Notice(Enum):
    """What becomes of a message: it is shown as any other, highlighted and counted, or rings as well."""

    SILENT = "silent"
    HIGHLIGHT = "highlight"
    RING = "ring"


class LocalTime(NamedTuple):
    """A time somewhere: the day of the week, with Monday as 0, and the minutes since midnight."""

    weekday: int
    minute: int


Clock = Callable[[str], LocalTime]
"""Returns the present time in a time zone."""


class Rules(NamedTuple):
    """How a person wants to be told of the messages of one conversation.

    `pings` returns whether a message mentions them, `keywords` are canonical keys. `is_quiet` is asked only
    about messages that would ring.
    """

    level: NoticeLevel
    pings: Callable[[Message], bool]
    keywords: Collection[str]
    is_quiet: Callable[[], bool]
    bell: Level


class Judged(NamedTuple):
    """What becomes of a message, and why it is meant for the person, if it is."""

    notice: Notice
    concern: Concern | None


_SILENT = Judged(Notice.SILENT, None)


def judge(entry: AnyEntry, me: str, rules: Rules) -> Judged:
    """Judge an entry that comes live. Amendments, deleted and own messages are silent.

    The messages of ignored users do not come here, because a session hands them to no view.
    """
    silent = rules.level is NoticeLevel.NONE
    if silent or not isinstance(entry, Message) or entry.deleted or entry.sender == me:
        return _SILENT
    direct = entry.conversation.startswith("@")
    level, chosen = rules.level, rules.level is not NoticeLevel.DEFAULT
    if not chosen:
        level = NoticeLevel.ALL if direct or rules.bell is Level.ALL else NoticeLevel.MENTIONS
    concern = _concern(entry, rules, direct=direct and level is NoticeLevel.ALL)
    if concern is None and level is not NoticeLevel.ALL:
        return _SILENT
    unwanted = rules.bell is Level.OFF or (rules.bell is Level.DIRECT and not direct and not chosen)
    if not unwanted and not rules.is_quiet():
        return Judged(Notice.RING, concern)
    return Judged(Notice.HIGHLIGHT, concern) if concern else _SILENT


def _concern(message: Message, rules: Rules, *, direct: bool) -> Concern | None:
    if direct:
        return Concern.DIRECT
    if rules.pings(message):
        return Concern.MENTION
    if rules.keywords and find_keyword(message.text, rules.keywords) is not None:
        return Concern.KEYWORD
    return None


def is_quiet(spans: Iterable[QuietSpan], now: LocalTime) -> bool:
    """Return whether one of the spans holds at a time in their zone.

    They are times of its clocks: if these change, a span is shorter or longer.
    """
    today, yesterday = _DAYS[now.weekday], _DAYS[now.weekday - 1]
    for span in spans:
        start, end = _minute(span.start), _minute(span.end)
        end += _DAY_MINUTES * (end <= start)
        if today in span.days and start <= now.minute < end:
            return True
        if yesterday in span.days and now.minute + _DAY_MINUTES < end:
            return True
    return False


def _minute(time: str) -> int:
    hours, minutes = time.split(":")
    return 60 * int(hours) + int(minutes)
