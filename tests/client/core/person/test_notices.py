"""What becomes of a message: shown, highlighted, or told with a ring. It is the same in all views."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest
from driven import AT

from client.core.person.notices import Concern, Judged, Level, LocalTime, Notice, Rules, is_quiet, judge
from client.core.pings import mentions_user
from client.text.times import time_in
from messages.events import Edited, Message, Reacted
from messages.notices import Day, NoticeLevel, QuietSpan

SILENT, HIGHLIGHT, RING = Notice.SILENT, Notice.HIGHLIGHT, Notice.RING
PLAIN, MENTION, WORD = "good morning", "look, alice", "the deploy failed"
WORKDAYS = [Day.MON, Day.TUE, Day.WED, Day.THU, Day.FRI]
NIGHT = QuietSpan(WORKDAYS, "22:00", "07:00")


def said(text: str, place: str = "#lobby", sender: str = "bob") -> Message:
    return Message(place, 7, "m", sender, text, AT)


def pinged(message: Message) -> bool:
    return mentions_user(message, "alice", found=False)


def judged(
    text: str = PLAIN,
    place: str = "#lobby",
    level: NoticeLevel = NoticeLevel.DEFAULT,
    *,
    bell: Level = Level.MENTION,
    quiet: bool = False,
) -> Judged:
    return judge(said(text, place), "alice", Rules(level, pinged, ("deploy",), lambda: quiet, bell))


@pytest.mark.parametrize(
    ("place", "level", "plain", "mention", "word"),
    [
        ("#lobby", "default", SILENT, RING, RING),
        ("#lobby", "mentions", SILENT, RING, RING),
        ("#lobby", "all", RING, RING, RING),
        ("#lobby", "none", SILENT, SILENT, SILENT),
        ("@bob", "default", RING, RING, RING),
        ("@bob", "all", RING, RING, RING),
        ("@bob", "mentions", SILENT, RING, RING),
        ("@bob", "none", SILENT, SILENT, SILENT),
    ],
)
def test_a_conversations_level_says_which_messages_ring(
    place: str, level: str, plain: Notice, mention: Notice, word: Notice
) -> None:
    found = [judged(text, place, NoticeLevel(level)).notice for text in (PLAIN, MENTION, WORD)]
    assert found == [plain, mention, word]


def test_it_is_said_why_a_message_is_meant_for_the_person() -> None:
    assert judged(PLAIN).concern is None
    assert judged(PLAIN, level=NoticeLevel.ALL).concern is None
    assert judged(MENTION).concern is Concern.MENTION
    assert judged(f"{WORD}, alice").concern is Concern.MENTION
    assert judged(WORD).concern is Concern.KEYWORD
    assert judged(MENTION, "@bob").concern is Concern.DIRECT
    assert judged(MENTION, "@bob", NoticeLevel.MENTIONS).concern is Concern.MENTION


@pytest.mark.parametrize(
    ("bell", "notices"),
    [
        (Level.OFF, [SILENT, HIGHLIGHT, HIGHLIGHT]),
        (Level.DIRECT, [SILENT, HIGHLIGHT, RING]),
        (Level.MENTION, [SILENT, RING, RING]),
        (Level.ALL, [RING, RING, RING]),
    ],
)
def test_the_option_of_a_device_holds_where_no_level_is_chosen(bell: Level, notices: list[Notice]) -> None:
    told = [judged(PLAIN, bell=bell), judged(MENTION, bell=bell), judged(PLAIN, "@bob", bell=bell)]
    assert [one.notice for one in told] == notices


def test_a_chosen_level_overrides_the_option_unless_that_is_off() -> None:
    for bell, level in product((Level.DIRECT, Level.ALL), (NoticeLevel.MENTIONS, NoticeLevel.ALL)):
        assert judged(MENTION, level=level, bell=bell).notice is RING
    assert judged(PLAIN, level=NoticeLevel.MENTIONS, bell=Level.ALL).notice is SILENT
    assert judged(MENTION, level=NoticeLevel.ALL, bell=Level.OFF).notice is HIGHLIGHT


def test_in_quiet_hours_nothing_rings_but_what_is_meant_for_the_person_is_highlighted() -> None:
    assert judged(MENTION, quiet=True) == (HIGHLIGHT, Concern.MENTION)
    assert judged(PLAIN, "@bob", quiet=True) == (HIGHLIGHT, Concern.DIRECT)
    assert judged(PLAIN, level=NoticeLevel.ALL, quiet=True) == (SILENT, None)


def test_own_and_deleted_messages_and_amendments_are_silent() -> None:
    rules = Rules(NoticeLevel.ALL, pinged, ("deploy",), lambda: False, Level.ALL)
    for entry in (
        said(MENTION, sender="alice"),
        Message("@bob", 7, "m", "bob", "", AT, deleted=True),
        Edited("@bob", 8, 7, "e", "bob", AT, MENTION),
        Reacted("@bob", 8, 7, "r", "bob", AT, "👍", on=True),
    ):
        assert judge(entry, "alice", rules) == (SILENT, None)


@pytest.mark.parametrize(
    ("weekday", "time", "quiet"),
    [
        (0, "21:59", False),
        (0, "22:00", True),
        (0, "23:59", True),
        (1, "00:00", True),
        (1, "06:59", True),
        (1, "07:00", False),
        (5, "06:59", True),
        (5, "22:30", False),
        (6, "03:00", False),
        (0, "03:00", False),
    ],
)
def test_a_span_over_midnight_belongs_to_the_day_on_which_it_begins(
    weekday: int, time: str, quiet: bool
) -> None:
    minute = 60 * int(time[:2]) + int(time[3:])
    assert is_quiet([NIGHT], LocalTime(weekday, minute)) is quiet


def test_spans_within_a_day_of_a_whole_day_and_several() -> None:
    lunch, sunday = QuietSpan([Day.WED], "12:00", "13:00"), QuietSpan([Day.SUN], "06:00", "06:00")
    for at, quiet in (
        *(((2, 719), False), ((2, 720), True), ((2, 779), True), ((2, 780), False)),
        *(((6, 359), False), ((6, 360), True), ((0, 359), True), ((0, 360), False)),
    ):
        assert is_quiet([lunch, sunday], LocalTime(*at)) is quiet
    assert not is_quiet([], LocalTime(0, 0))


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        ("2026-03-29T00:59", True),  # 01:59, before the clocks of Berlin go on to 03:00
        ("2026-03-29T01:00", False),  # 03:00
        ("2026-10-25T00:00", True),  # 02:00, in summer time
        ("2026-10-25T00:59", True),  # 02:59, in summer time
        ("2026-10-25T01:59", True),  # 02:59, an hour later
        ("2026-10-25T02:00", False),  # 03:00
        ("2026-07-05T00:59", True),  # 02:59
        ("2026-07-05T01:00", False),  # 03:00
    ],
)
def test_quiet_hours_follow_the_clocks_of_their_zone_when_these_change(at: str, quiet: bool) -> None:
    span = QuietSpan([Day.SAT], "23:00", "03:00")
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert is_quiet([span], time_in("Europe/Berlin", moment)) is quiet


def test_the_same_moment_is_another_day_elsewhere() -> None:
    moment = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    assert time_in("UTC", moment) == LocalTime(6, 23 * 60 + 30)
    assert time_in("Asia/Tokyo", moment) == LocalTime(0, 8 * 60 + 30)
    assert time_in("Pacific/Honolulu", moment) == LocalTime(6, 13 * 60 + 30)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "x" * 300])
def test_a_zone_that_is_not_known_here_is_the_local_one(zone: str) -> None:
    moment = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    assert time_in(zone, moment) == LocalTime(6, 23 * 60 + 30)
