"""The lists of members."""

from __future__ import annotations

import pytest
from screen_stage import Seat, seats

from client.core.events import LoggedIn, Replied
from client.core.person.queries import MembersQuery
from client.screen.model.members import MemberRows
from client.screen.tones import text_of
from client.views import members
from client.views.members import MOST_MEMBERS, PAGE_SECONDS, REFRESH_SECONDS
from messages.errors import ErrorCode
from messages.events import Message, Online, System, SystemKind
from messages.members import MemberEntry, MemberList
from messages.moderation import Kick, Role
from messages.replies import Done, Error, Welcome

NOW = 1_000.0


def rows(one: MemberRows, room: str = "#dev", height: int = 8) -> list[str]:
    return [text for row in one.rows(room, 20, height) if (text := text_of(row).lstrip("│").rstrip())]


def page(one: MemberRows, *entries: MemberEntry, more: bool = False) -> None:
    one.take(Replied(MembersQuery("r", "#dev"), MemberList("r", "#dev", [*entries], more=more)))


ZOE = MemberEntry("zoe", 1, Role.OPERATOR, online=True)
BOB = MemberEntry("bob", 2, Role.MEMBER)
CAROL = MemberEntry("carol", 3, Role.MEMBER, online=True, away="lunch")
AL = MemberEntry("al", 4, Role.MODERATOR, online=True)


def filled() -> MemberRows:
    one = MemberRows()
    assert one.wanted("#dev", NOW) == ("#dev", 0)
    assert one.wanted("#dev", NOW) is None, "it is on its way"
    page(one, ZOE, BOB, CAROL, more=True)
    assert one.wanted("#dev", NOW) == ("#dev", 3)
    page(one, AL)
    assert one.wanted("#dev", NOW) is None
    return one


def test_who_is_here_comes_first_with_their_roles() -> None:
    assert rows(filled()) == ["3 of 4 here", "*zoe", "+al", " carol (away)", " bob"]
    assert rows(filled(), height=3) == ["3 of 4 here", "*zoe", " … 3 more"]
    assert rows(filled(), height=1) == ["3 of 4 here"]
    assert rows(filled(), "@bob") == []


def test_people_come_go_and_change_their_names() -> None:
    one = filled()
    one.take(System(SystemKind.JOINED, "dan", "", "#dev", user_id=9))
    one.take(System(SystemKind.LEFT, "al", "", "#dev"))
    one.take(System(SystemKind.KICKED, "carol", "", "#dev"))
    one.take(System(SystemKind.RENAMED, "zoe", "", name="zora"))
    one.take(System(SystemKind.JOINED, "bob", ""))
    assert rows(one) == ["3 of 3 here", "*zora", " bob", " dan"]
    one.take(System(SystemKind.LEFT, "bob", ""))
    assert rows(one)[0] == "2 of 3 here"


def test_above_the_list_of_a_crowd_stands_how_many_are_online() -> None:
    one = MemberRows()
    one.wanted("#lobby", NOW)
    one.take(Replied(MembersQuery("r", "#lobby"), MemberList("r", "#lobby", [AL, BOB])))
    assert text_of(one.rows("#lobby", 20, 3, 8_011)[0]) == "│8,011 online"
    assert text_of(one.rows("#lobby", 20, 3, 2)[0]) == "│2 of 2 here"
    assert one.wanted("#lobby", NOW + 1) is None
    one.take(Online(8_012, crowd=True))
    assert one.wanted("#lobby", NOW + 1) is None
    one.take(Online(40))  # until now not everyone was told of
    assert one.wanted("#lobby", NOW + 1) == ("#lobby", 0)


def test_the_lists_of_all_rooms_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MOST_IN_ALL", 4)
    one = filled()
    for room in ("#tea", "#dev", "#cake"):
        one.wanted(room, NOW)
        one.take(Replied(MembersQuery("r", room), MemberList("r", room, [ZOE, BOB, AL])))
        one.wanted(room, NOW + 1)
    assert [room for room in ("#tea", "#dev", "#cake") if one.of(room)] == ["#cake"]
    assert len(one.of("#cake")) == 3


def test_beside_a_direct_conversation_stands_whether_the_other_is_here() -> None:
    one = MemberRows()
    assert rows(one, "@bob") == []
    assert one.wanted("@bob", NOW) == ("#lobby", 0)
    away = "having lunch with\x1b[2J others"
    entries = [BOB, MemberEntry("carol", 3, Role.MEMBER, online=True, away=away), AL]
    one.take(Replied(MembersQuery("r", "#lobby"), MemberList("r", "#lobby", entries)))
    assert rows(one, "@bob") == [" bob", " not here"]
    assert rows(one, "@al") == [" al"]
    assert rows(one, "@carol") == [" carol (away)", " having lunch", " with\\x1b[2J others"]
    assert rows(one, "@carol", height=2) == [" carol (away)", " having lunch"]


def test_who_speaks_is_here_at_once() -> None:
    one = filled()
    one.take(Message("#dev", 1, "1", "bob", "hi", 0, sender_id=2))
    one.take(Message("#dev", 2, "2", "beep", "hi", 0, sender_id=7, bot=True))
    assert rows(one)[3:5] == [" beep [bot]", " bob"]
    one.take(Message("#dev", 3, "3", "gus", "hi", 0, sender_id=8, guest=True))
    assert " gus [guest]" in rows(one)


def test_the_list_is_asked_for_again_at_a_calm_pace_and_then_it_is_right() -> None:
    one = filled()
    again = NOW + PAGE_SECONDS + REFRESH_SECONDS
    assert one.wanted("#dev", again - 1) is None
    assert one.wanted("#dev", again) == ("#dev", 0)
    page(one, ZOE, CAROL, more=True)  # bob is gone, and nobody said so
    assert rows(one) == ["3 of 3 here", "*zoe", "+al", " carol (away)"]
    assert one.wanted("#dev", again + 0.1) is None, "not one page after the other"
    assert one.wanted("#dev", again + PAGE_SECONDS) == ("#dev", 3)
    page(one, MemberEntry("eve", 5, Role.MEMBER, online=True))
    assert rows(one) == ["3 of 3 here", "*zoe", " eve", " carol (away)"]


def test_a_role_or_a_removal_by_oneself_is_looked_at_at_once() -> None:
    for event in (System(SystemKind.ROLE, "al", "", "#dev"), Replied(Kick("k", "al", "#dev"), Done("k"))):
        one = filled()
        one.take(event)
        assert one.wanted("#dev", NOW) == ("#dev", 0)


def test_a_refused_page_and_a_lost_connection_keep_what_is_known() -> None:
    one = filled()
    later = NOW + 100
    assert one.wanted("#dev", later) == ("#dev", 0)
    one.take(Replied(MembersQuery("r", "#dev"), Error("r", ErrorCode.NO_SUCH_ROOM, "no", retryable=False)))
    assert one.wanted("#dev", later + PAGE_SECONDS) is None
    assert one.wanted("#dev", later + PAGE_SECONDS + REFRESH_SECONDS) == ("#dev", 0)
    welcome = Welcome("w", "zoe", "t", "e", False, 1_000, [])
    one.take(LoggedIn(welcome, again=True, new_log=False))
    assert one.wanted("#dev", later) == ("#dev", 0)
    assert len(rows(one)) == 5
    one.take(LoggedIn(welcome, again=False, new_log=False))
    assert rows(one) == []


def test_a_large_room_comes_in_pages_and_no_more_than_a_list_can_use() -> None:
    one = MemberRows()
    last = 0
    for after in range(0, MOST_MEMBERS, 100):
        assert one.wanted("#dev", NOW) == ("#dev", after)
        numbers = range(after + 1, after + 101)
        page(one, *(MemberEntry(f"u{n}", n, Role.MEMBER, online=True) for n in numbers), more=True)
        last = after + 100
    assert last == MOST_MEMBERS
    assert one.wanted("#dev", NOW) is None
    assert rows(one)[0] == "5,000 of 5,000+ here"


def test_only_the_room_in_the_middle_is_asked_for_and_only_while_its_members_show() -> None:
    alice, bob = seats("alice", "bob")
    alice.keys("/join #tea\r")
    asked: list[tuple[object, object]] = []
    alice.session.ask = lambda _kind, **of: asked.append((of["room"], of["watch"])) or ""  # type: ignore[method-assign, func-returns-value]
    for _ in range(3):
        now_due(alice)
        alice.state.look()
    assert asked == [("#tea", True)]
    alice.state.here = "@bob"
    now_due(alice)
    alice.state.look_at_members()
    assert asked.pop() == ("#lobby", False), "a crowd tells of those with whom one talks alone"
    alice.state.here, alice.state.shows_members = "#tea", False
    alice.state.members = MemberRows()
    alice.state.look()
    assert asked == [("#tea", True)]
    assert bob.state.here == "#lobby"


def now_due(seat: Seat) -> None:
    seat.state.members.take(System(SystemKind.ROLE, "alice", "", "#tea"))
    seat.state.members.take(System(SystemKind.ROLE, "alice", "", "#lobby"))
