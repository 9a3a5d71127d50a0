"""What waits and rings. alice is at the device under test; she may have others."""

from __future__ import annotations

from typing import Any

import pytest
from driven import AT, ready

from client.core.events import ClientEvent, LoggedIn, Removed, Renamed, Replied
from client.core.person.attention import ACTIVE_SECONDS, HOLD_SECONDS, Attention, Ring
from client.core.person.notices import Concern, Level, LocalTime
from messages.events import (
    Deleted,
    Edited,
    Ignoring,
    KeywordsChanged,
    Lagged,
    LevelChanged,
    Message,
    Position,
    Positions,
    QuietHoursChanged,
    System,
    SystemKind,
)
from messages.notices import (
    ConversationLevel,
    Day,
    KeywordList,
    NoticeLevel,
    Notify,
    QuietList,
    QuietSpan,
)
from messages.replies import Done, RoomState, Welcome
from messages.requests import Join, Leave

ALWAYS = [QuietSpan(list(Day), "00:00", "00:00")]
NONE, ALL, DEFAULT = NoticeLevel.NONE, NoticeLevel.ALL, NoticeLevel.DEFAULT
EVENT: Any = None


def direct(seq: int, sender: str = "bob") -> Message:
    return Message("@bob", seq, f"d{seq}", sender, "hello", AT)


def said(seq: int, text: str = "alice: look", room: str = "#lobby", sender: str = "bob") -> Message:
    return Message(room, seq, f"m{seq}", sender, text, AT)


def logged_in(*positions: Position, again: bool = False, new_log: bool = False) -> LoggedIn:
    welcome = Welcome("1", "alice", "token", "epoch", again, 15_000, list(positions))
    return LoggedIn(welcome, again=again, new_log=new_log)


class Person:
    """alice, a clock, and what is told to her."""

    def __init__(self, bell: Level = Level.MENTION) -> None:
        self.zones: list[str] = []
        self.now = 5_000.0
        self.attention = Attention(ready().session, bell, self._time_in)

    def _time_in(self, zone: str) -> LocalTime:
        self.zones.append(zone)
        return LocalTime(0, 0)

    def hears(self, *events: ClientEvent, after: float = 0.0) -> list[Concern | None]:
        self.now += after
        return [self.attention.take(event, self.now) for event in events]

    def rings(self, *events: ClientEvent, after: float = 0.0) -> Ring | None:
        """Return what rings at once when some events come."""
        self.hears(*events, after=after)
        return self.attention.take_ring(self.now)

    def later(self, seconds: float = HOLD_SECONDS) -> Ring | None:
        self.now += seconds
        return self.attention.take_ring(self.now)

    @property
    def waiting(self) -> int:
        return self.attention.waiting


@pytest.fixture
def alice() -> Person:
    person = Person()
    person.hears(logged_in())
    return person


def test_what_rings_is_told_with_its_last_message_and_once(alice: Person) -> None:
    assert alice.rings(direct(1), said(1)) == Ring(said(1), 2, missed=False)
    assert alice.later() is None
    assert alice.waiting == 2


def test_what_one_says_oneself_on_another_device_is_not_meant_for_one(alice: Person) -> None:
    assert alice.hears(direct(1, "alice")) == [None]
    assert alice.waiting == 0


def test_what_was_missed_rings_once_and_what_comes_then_each_time(alice: Person) -> None:
    alice.hears(logged_in(Position("@bob", 3, 0)))
    rings = [alice.rings(direct(seq)) for seq in range(1, 6)]
    assert [ring is not None for ring in rings] == [True, False, False, True, True]
    assert [ring.missed for ring in rings if ring] == [True, False, False]
    assert alice.waiting == 5
    alice.attention.seen(alice.now)
    assert alice.waiting == 0


@pytest.mark.parametrize(
    "event",
    [
        Positions([Position("#tea", 9, 0)]),
        Lagged([Position("#tea", 9, 0)]),
        Replied(Join("1", "#tea"), RoomState("1", "#Tea", "", 2, 9, 0)),
    ],
)
def test_what_is_fetched_after_an_event_about_the_log_counts_as_missed(
    alice: Person, event: ClientEvent
) -> None:
    alice.hears(event)
    assert alice.rings(*(said(seq, room="#Tea") for seq in (7, 8))) == Ring(
        said(7, room="#Tea"), 1, missed=True
    )
    assert alice.rings(said(9, room="#Tea")) is None
    assert alice.rings(said(10, room="#Tea"))


class TestOtherDevices:
    def test_what_was_read_there_does_not_ring_or_wait_here(self, alice: Person) -> None:
        alice.hears(logged_in(Position("@bob", 3, 0, read=2)))
        assert alice.rings(direct(1), direct(2)) is None
        assert alice.waiting == 0
        assert alice.rings(direct(3)) == Ring(direct(3), 1, missed=True)

    def test_it_rings_at_once_where_the_person_is_and_later_where_they_are_not(self, alice: Person) -> None:
        assert alice.rings(direct(1), after=ACTIVE_SECONDS)
        assert alice.rings(direct(2), after=1) is None
        assert alice.attention.ring_in(alice.now) == HOLD_SECONDS
        assert alice.later(HOLD_SECONDS / 2) is None
        assert alice.rings(direct(3)) is None
        assert alice.later(HOLD_SECONDS / 2) == Ring(direct(3), 2, missed=False)
        assert alice.attention.ring_in(alice.now) == float("inf")
        alice.attention.seen(alice.now)
        assert alice.rings(direct(4))

    @pytest.mark.parametrize(
        "event",
        [
            Positions([Position("@bob", 2, 2, read=2)]),
            Position("@bob", 2, 2, read=2),
            direct(3, "alice"),
        ],
    )
    def test_what_is_read_or_answered_there_meanwhile_is_taken_back(self, alice: Person, event: Any) -> None:
        alice.hears(direct(1), direct(2), said(1), after=ACTIVE_SECONDS + 1)
        assert alice.waiting == 3
        alice.hears(event)
        assert alice.waiting == 1
        assert alice.later() == Ring(said(1), 1, missed=False)

    def test_what_has_only_arrived_there_rings_here_and_was_not_missed(self, alice: Person) -> None:
        arrived: Any = Position("@bob", 1, 1)
        alice.hears(direct(1), arrived, after=ACTIVE_SECONDS + 1)
        assert alice.later() == Ring(direct(1), 1, missed=False)

    def test_a_key_pressed_here_takes_back_all_that_waits(self, alice: Person) -> None:
        alice.hears(direct(1), after=ACTIVE_SECONDS + 1)
        alice.attention.seen(alice.now)
        assert alice.later() is None

    def test_a_new_log_and_a_new_user_of_a_name_begin_anew(self, alice: Person) -> None:
        alice.hears(logged_in(Position("@bob", 9, 9, read=9)))
        alice.hears(System(SystemKind.JOINED, "bob", "bob joined the chat"))
        assert alice.hears(direct(1)) == [Concern.DIRECT]
        assert alice.waiting == 1
        alice.hears(logged_in(again=True, new_log=True))
        assert alice.waiting == 0
        assert alice.rings(direct(1))


def test_a_deleted_message_and_a_room_that_is_left_wait_no_more(alice: Person) -> None:
    alice.hears(direct(1), said(1, room="#Tea"), said(1, room="#den"), direct(2), after=ACTIVE_SECONDS + 1)
    alice.hears(Deleted("@bob", 3, 2, "x", "bob", AT), Edited("@bob", 4, 1, "y", "bob", AT, "alice?"))
    assert alice.waiting == 3
    alice.hears(Replied(Leave("1", "#tea"), Done("1")), Removed("#den"))
    assert alice.waiting == 1
    assert alice.later() == Ring(direct(1), 1, missed=False)


def test_what_waits_follows_a_user_under_another_name(alice: Person) -> None:
    alice.hears(direct(1), LevelChanged("@carol", NONE))
    alice.hears(System(SystemKind.RENAMED, "bob", "", name="rob"), Renamed("carol", "Caro"))
    alice.hears(Positions([Position("@rob", 1, 1, read=1)]))
    assert alice.waiting == 0
    assert alice.attention.settings.level("@caro") is NONE
    assert alice.attention.settings.level("@carol") is DEFAULT


class TestSettings:
    """They come in positions, in events, and in the replies to this device's own requests."""

    @pytest.mark.parametrize(
        ("event", "silent"),
        [
            (logged_in(Position("#Lobby", 0, 0, level=NONE)), True),
            (Positions([Position("#lobby", 0, 0, level=NONE)]), True),
            (LevelChanged("#LOBBY", NONE), True),
            (Replied(Notify("1", "#lobby", NONE), ConversationLevel("1", "#lobby", NONE)), True),
            (LevelChanged("#tea", NONE), False),
            (LevelChanged("#lobby", DEFAULT), False),
        ],
    )
    def test_a_level_holds_for_its_conversation(
        self, alice: Person, event: ClientEvent, silent: bool
    ) -> None:
        assert (alice.rings(event, said(1)) is None) is silent
        assert alice.waiting == (not silent)

    @pytest.mark.parametrize(
        "event", [KeywordsChanged(["DEPLOY"]), Replied(EVENT, KeywordList("1", ["deploy"]))]
    )
    def test_keywords_ring(self, alice: Person, event: ClientEvent) -> None:
        assert alice.rings(said(1, "deploy failed")) is None
        assert alice.hears(event, said(2, "Deploy failed")) == [None, Concern.KEYWORD]
        assert alice.later()

    @pytest.mark.parametrize(
        "event",
        [QuietHoursChanged(ALWAYS, "Asia/Tokyo"), Replied(EVENT, QuietList("1", ALWAYS, "Asia/Tokyo"))],
    )
    def test_in_quiet_hours_nothing_rings_and_it_waits(self, alice: Person, event: ClientEvent) -> None:
        assert alice.rings(event, said(1), said(2, "good morning")) is None
        assert alice.waiting == 1
        assert alice.zones == ["Asia/Tokyo"]
        assert alice.rings(QuietHoursChanged([]), said(3))

    def test_after_a_login_and_a_lag_only_what_comes_then_holds(self, alice: Person) -> None:
        settings = alice.attention.settings
        for anew in (logged_in(again=True), Lagged([Position("#tea", 0, 0, level=ALL)], more=True)):
            alice.hears(LevelChanged("@bob", NONE), KeywordsChanged(["x"]), QuietHoursChanged(ALWAYS, "UTC"))
            alice.hears(anew)
            assert (settings.level("@bob"), settings.keywords, settings.is_quiet()) == (DEFAULT, (), False)
        alice.hears(Lagged([Position("#den", 0, 0)]))
        assert settings.level("#tea") is ALL


def test_ignored_users_do_not_ring() -> None:
    driven = ready()
    attention = Attention(driven.session, Level.ALL, lambda _zone: LocalTime(0, 0))
    driven.hear(Ignoring(["bob"]), said(1), Edited("#lobby", 2, 1, "e", "bob", AT, "alice!"))
    for event in driven.shown():
        attention.take(event, 0.0)
    assert attention.waiting == 0
    assert attention.take_ring(9.0) is None
