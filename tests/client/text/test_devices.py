"""Members, sessions and settings as lines, and what the user's other devices do."""

import pytest
from reply_texts import reply_texts

from client.core.events import (
    ClientEvent,
    JoinedElsewhere,
    Removed,
    Renamed,
    Replaced,
    TypingChanged,
)
from client.core.person.queries import TypingQuery
from client.text.render import render
from client.text.times import local_time
from messages.events import AwaySet, Moved, ReadReceiptsSet, TypingNoticesSet
from messages.members import MemberEntry, MemberList, Members
from messages.moderation import Role
from messages.replies import Done, OwnProfile
from messages.sessions import EndSession, SessionEntry, SessionList, SessionProof, Sessions
from messages.typing import TypingNotices

AT = 1_790_000_000_000
TIME = f"{local_time(AT):%Y-%m-%d %H:%M}"


def test_members_are_listed_with_presence_and_role_and_how_to_see_the_rest() -> None:
    members = [
        MemberEntry("alice", 1, Role.OPERATOR, online=True, away="lunch"),
        MemberEntry("echo", 2, Role.MEMBER, online=True, bot=True),
        MemberEntry("bob\x1b[31m", 7, Role.MEMBER),
    ]
    assert reply_texts(Members("1", "#tea"), MemberList("1", "#tea", members, more=True)) == [
        "alice: online, away: lunch, operator",
        "echo [bot]: online",
        "bob\\x1b[31m: offline",
        "… and others: /members #tea 7",
    ]
    nobody = reply_texts(Members("1", "#tea"), MemberList("1", "#tea", []))
    assert nobody == ["#tea has no other members."]


def test_sessions_are_listed_with_where_and_how() -> None:
    sessions = [
        SessionEntry(
            *(1, AT, AT, SessionProof.KEY),
            connected=True,
            current=True,
            address="10.0.0.1",
            fingerprint="SHA256:x",
        ),
        SessionEntry(2, AT, AT, SessionProof.NAME),
        SessionEntry(3, AT, AT, SessionProof.GATEWAY, connected=True),
    ]
    assert reply_texts(Sessions("1"), SessionList("1", sessions)) == [
        f"1: from 10.0.0.1, key SHA256:x, since {TIME}, this session",
        f"2: without a key, since {TIME}, not connected since {TIME}",
        f"3: through a gateway, since {TIME}",
    ]


def test_what_was_done_and_the_setting_are_said() -> None:
    assert reply_texts(EndSession("1", 2), Done("1")) == [
        "The session is ended, and its device does not come back by itself."
    ]
    off = ["You and the others are not told who types."]
    assert reply_texts(TypingNotices("1", on=False), Done("1")) == off
    you = OwnProfile("1", "alice", "10.0.0.1", AT, 1, [], typing=False)
    assert reply_texts(TypingQuery("1"), you) == off


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (JoinedElsewhere("#tea"), "You joined #tea on another device."),
        (Removed("#tea", left=True), "You left #tea on another device."),
        (Renamed("bob", "rob", missed=True), "bob is called rob now."),
        (Replaced("bob"), "bob is another user now than before."),
        (AwaySet("lunch"), "You are shown as away, by another device: lunch"),
        (AwaySet(), "You are back, by another device."),
        (ReadReceiptsSet(on=False), "By another device, others are not told what you have read."),
        (TypingNoticesSet(on=True), "By another device, others are told that you type."),
        (Renamed("bob", "rob"), None),
        (Moved("#tea", 1, 1), None),
        (TypingChanged("#tea", ("bob",)), None),
    ],
)
def test_what_other_devices_do_is_told_in_a_line_and_what_is_only_for_other_views_is_not(
    event: ClientEvent, line: str | None
) -> None:
    assert [one.text for one in render(event, "alice", "#lobby")] == ([line] if line else [])
