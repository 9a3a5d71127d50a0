"""The lists of members."""

from __future__ import annotations

from client.core.events import Replied
from client.core.person.queries import MembersQuery
from client.screen.model.members import Members
from client.screen.tones import text_of
from messages.events import System, SystemKind
from messages.members import MemberEntry, MemberList
from messages.moderation import Role


def rows(one: Members, room: str = "#dev", height: int = 8) -> list[str]:
    return [text for row in one.rows(room, 20, height) if (text := text_of(row).lstrip("│").rstrip())]


def filled() -> Members:
    one = Members()
    one.look_at("#dev")
    assert one.wanted == [("#dev", 0)]
    one.look_at("#dev")
    one.look_at("@bob")
    assert one.wanted == [("#dev", 0)]
    one.wanted.clear()
    entries = [
        MemberEntry("zoe", 1, Role.OPERATOR, online=True),
        MemberEntry("bob", 2, Role.MEMBER),
        MemberEntry("carol", 3, Role.MEMBER, online=True, away="lunch"),
    ]
    one.take(Replied(MembersQuery("r", "#dev"), MemberList("r", "#dev", entries, more=True)))
    assert one.wanted == [("#dev", 3)]
    one.take(
        Replied(
            MembersQuery("r", "#dev"), MemberList("r", "#dev", [MemberEntry("al", 4, Role.MODERATOR, True)])
        )
    )
    return one


def test_who_is_here_comes_first_with_their_roles() -> None:
    assert rows(filled()) == ["3 of 4 here", "*zoe", "+al", " carol (away)", " bob"]
    assert rows(filled(), height=2) == ["3 of 4 here", "*zoe"]
    assert rows(filled(), "@bob") == []


def test_people_come_go_and_change_their_names() -> None:
    one = filled()
    one.take(System(SystemKind.JOINED, "dan", "", "#dev"))
    one.take(System(SystemKind.LEFT, "al", "", "#dev"))
    one.take(System(SystemKind.KICKED, "carol", "", "#dev"))
    one.take(System(SystemKind.RENAMED, "zoe", "", name="zora"))
    one.take(System(SystemKind.JOINED, "bob", ""))
    assert rows(one) == ["3 of 3 here", "*zora", " bob", " dan"]
    one.take(System(SystemKind.LEFT, "bob", ""))
    assert rows(one)[0] == "2 of 3 here"
    one.take(System(SystemKind.ROLE, "dan", "", "#dev"))
    assert one.wanted[-1] == ("#dev", 0)
