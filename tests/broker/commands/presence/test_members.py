"""The list of a room's members."""

import pytest
from wired import Chat

from broker.commands.presence import members
from messages.codec import encode
from messages.errors import ErrorCode
from messages.limits import MAX_BROKER_FRAME
from messages.members import MemberEntry, MemberList, Members
from messages.moderation import Ban, InviteUser, Kick, Role, RoomRules, SetRole
from messages.replies import Error
from messages.requests import Away, Join, Leave, Logout, Nick, Topic


def test_members_are_listed_with_role_presence_and_away_text(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    for client in (carol, alice, bob):
        client.ask(Join, "#Tea")
    carol.ask(SetRole, "alice", Role.MODERATOR, "#tea")
    alice.ask(Away, "lunch")
    bob.ask(Logout)
    assert alice.ask(Members, "#TEA", id="1") == MemberList(
        "1",
        "#Tea",
        [
            MemberEntry("alice", 1, Role.MODERATOR, online=True, away="lunch"),
            MemberEntry("bob", 2, Role.MEMBER),
            MemberEntry("carol", 3, Role.OPERATOR, online=True),
        ],
    )


def test_pages_have_each_member_once_whoever_comes_goes_or_takes_another_name_between_them(
    chat: Chat,
) -> None:
    alice, bob, carol, dora, erin = chat.users("alice", "bob", "carol", "dora", "erin")
    for client in (erin, carol, alice, bob):
        client.ask(Join, "#tea")
    first = alice.ask(Members, "#tea", limit=2)
    assert ([one.name for one in first.members], first.more) == (["alice", "bob"], True)
    bob.ask(Leave, "#tea")
    alice.ask(Nick, "zoe")
    dora.ask(Join, "#tea")
    second = alice.ask(Members, "#tea", after=first.members[-1].user_id, limit=2)
    third = alice.ask(Members, "#tea", after=second.members[-1].user_id)
    assert [one.name for page in (second, third) for one in page.members] == ["carol", "dora", "erin"]
    assert (second.more, third.more) == (True, False)


def test_a_page_fits_into_a_frame_whatever_it_has(chat: Chat) -> None:
    clients = chat.users(*(f"{'ƀ' * 28}{number}" for number in range(100)))
    for client in clients:
        client.ask(Away, "ƀ" * 300)
    page = clients[0].ask(Members, "#lobby")
    assert 64 <= len(page.members) < 100
    assert page.more
    assert len(encode(page)) < MAX_BROKER_FRAME
    rest = clients[0].ask(Members, "#lobby", after=page.members[-1].user_id)
    assert len(page.members) + len(rest.members) == 100


def test_nobody_waits_for_the_members_of_a_large_room(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "MOST_AT_ONCE", 3)
    monkeypatch.setattr(members, "_STEP", 2)
    alice, carol, dora, erin = chat.users("alice", "carol", "dora", "erin")
    for client in (erin, alice, dora, carol):
        client.ask(Join, "#tea")
    first, kicked = alice.put(Members, "#tea", limit=3), dora.put(Members, "#tea")
    erin.put(Kick, "dora", "#tea")
    chat.deliver()
    assert not [one for one in alice.inbox if isinstance(one, MemberList)]
    chat.flush()
    page = alice.reply(first)
    assert ([one.name for one in page.members], page.more) == (["alice", "carol", "erin"], False)
    assert dora.reply(kicked).code is ErrorCode.NOT_IN_ROOM


def test_whoever_is_not_in_a_private_room_is_told_that_there_is_none(chat: Chat) -> None:
    alice, *others = chat.users("alice", "kicked", "banned", "left", "outsider")
    alice.ask(Join, "#tea")
    alice.ask(RoomRules, "#tea", True)
    for client in others[:3]:
        alice.ask(InviteUser, "#tea", client.peer.session.user.name)  # type: ignore[union-attr]
        client.ask(Join, "#tea")
        assert isinstance(client.ask(Members, "#tea"), MemberList)
    alice.ask(Kick, "kicked", "#tea")
    alice.ask(Ban, "banned", room="#tea")
    others[2].ask(Leave, "#tea")
    for client in others:
        answers = [client.ask(Members, room, id="same") for room in ("#tea", "#nothing")]
        assert isinstance(answers[0], Error)
        assert answers[0].code is ErrorCode.NO_SUCH_ROOM
        assert answers[0] == answers[1]


def test_an_open_room_is_listed_to_its_members_only(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#tea")
    assert bob.refused(Members, "#tea") is ErrorCode.NOT_IN_ROOM


def test_a_room_says_what_one_may_do_in_it_and_its_rules(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#tea")
    alice.ask(RoomRules, "#tea", topic_locked=True)
    assert alice.ask(Topic, "#tea").role is Role.OPERATOR
    assert bob.ask(Join, "#tea").role is Role.MEMBER
    alice.ask(SetRole, "bob", Role.MODERATOR, "#tea")
    alice.ask(RoomRules, "#tea", True)
    state = bob.ask(Topic, "#tea")
    assert (state.role, state.private, state.topic_locked) == (Role.MODERATOR, True, True)
