"""What moderators did while a user was away is told at the next login, also after a restart."""

import pytest
from photograph import photograph
from wired import Chat, Client, FragileStore

from broker.core.facts.checking import check_fact
from broker.core.facts.moderation import MissedNotice
from broker.core.moderation.missed import MOST_MISSED
from messages.errors import ErrorCode
from messages.events import System, SystemKind
from messages.moderation import Ban, InviteUser, Kick, Role, RoomRules, SetRole
from messages.replies import Done
from messages.requests import Join, Login, Logout, Nick
from messages.version import PROTOCOL


@pytest.fixture
def chat() -> Chat:
    return Chat(own_uid=1_000)


def stage(chat: Chat, *, joined: bool = True) -> Client:
    """Return alice, who runs #tea; bob is away, and a member if he has `joined`."""
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#tea")
    alice.ask(RoomRules, "#tea", True)
    if joined:
        alice.ask(InviteUser, "#tea", "bob")
        bob.ask(Join, "#tea")
    bob.ask(Logout)
    return alice


def missed(chat: Chat, name: str = "bob") -> list[System]:
    """Log a user in, and return what they are told then."""
    client = chat.login(name)
    told: list[System] = client.events(System)
    client.ask(Logout)
    return told


@pytest.mark.parametrize("restarted", [False, True])
def test_an_invitation_is_told_once_at_the_next_login(chat: Chat, restarted: bool) -> None:
    alice = stage(chat, joined=False)
    alice.ask(InviteUser, "#tea", "bob")
    alice.ask(Nick, "zoe")
    if restarted:
        chat.restart()
    text = "zoe invites you into #tea"
    assert missed(chat) == [
        System(SystemKind.INVITED, "bob", text, room="#tea", by="zoe", user_id=2, by_id=1)
    ]
    assert missed(chat) == []


def test_whoever_was_put_out_while_away_is_told_by_whom_and_why(chat: Chat) -> None:
    alice = stage(chat)
    alice.ask(SetRole, "bob", Role.MODERATOR, "#tea")
    alice.ask(Kick, "bob", "#tea", "noise")
    (told,) = missed(chat)
    assert told.text == "while you were away, alice removed you from #tea: noise"
    assert (told.kind, told.room, told.reason, told.by_id) == (SystemKind.KICKED, "#tea", "noise", 1)
    assert missed(chat) == []


def test_a_ban_while_away_is_told_with_its_end(chat: Chat) -> None:
    alice = stage(chat)
    alice.ask(Ban, "bob", room="#tea", seconds=3600)
    (told,) = missed(chat)
    assert told.kind is SystemKind.BANNED
    assert told.until == chat.now.at + 3_600_000
    assert told.text.startswith("while you were away, alice banned you from #tea for 1 h")


def test_a_role_that_was_given_or_taken_while_away_is_told_as_it_is_now(chat: Chat) -> None:
    alice = stage(chat)
    alice.ask(SetRole, "bob", Role.MODERATOR, "#tea")
    alice.ask(SetRole, "bob", Role.OPERATOR, "#tea")
    assert [event.text for event in missed(chat)] == [
        "while you were away, alice has changed your role: you are now operator of #tea"
    ]


def test_what_does_not_hold_any_more_is_not_told(chat: Chat) -> None:
    alice = stage(chat, joined=False)
    alice.ask(InviteUser, "#tea", "bob")
    alice.ask(Ban, "bob", room="#tea")  # that ends the invitation
    assert missed(chat) == []
    assert chat.core.state.facts.of(MissedNotice) == {}


def test_whoever_is_online_is_told_at_once_and_not_again(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#tea")
    alice.ask(InviteUser, "#tea", "bob")
    assert len(bob.events(System)) == 1
    bob.ask(Logout)
    assert missed(chat) == []


def test_a_script_of_the_user_does_not_take_what_they_should_read(chat: Chat) -> None:
    alice = stage(chat)
    alice.ask(Kick, "bob", "#tea")
    script = chat.connect()
    script.ask(Login, PROTOCOL, "bob", unannounced=True)
    assert script.events(System) == []
    script.ask(Logout)
    assert len(missed(chat)) == 1


def test_a_ban_that_is_found_at_the_login_is_told(chat: Chat) -> None:
    stage(chat)
    root = chat.connect(uid=0)
    root.login("root")
    root.ask(Join, "#tea")
    assert isinstance(root.ask(Ban, address="10.0.0.9", room="#tea", reason="noise"), Done)
    bob = chat.connect("10.0.0.9")
    bob.login("bob")
    (told,) = bob.events(System)
    assert (told.kind, told.room, told.user_id) == (SystemKind.BANNED, "#tea", 2)
    assert told.text == "you are banned from #tea for ever: noise"


def test_only_the_latest_notices_are_kept(chat: Chat) -> None:
    (alice, bob) = chat.users("alice", "bob")
    bob.ask(Logout)
    for number in range(MOST_MISSED + 2):
        chat.forward(1)
        alice.ask(Join, f"#room{number}")
        alice.ask(InviteUser, f"#room{number}", "bob")
    told = missed(chat)
    assert len(told) == MOST_MISSED
    assert (told[0].room, told[-1].room) == ("#room2", f"#room{MOST_MISSED + 1}")


def test_a_notice_that_cannot_be_stored_is_not_kept_and_a_login_that_fails_loses_none() -> None:
    chat = Chat(FragileStore("epoch"))
    alice = stage(chat)
    before = photograph(chat.core)
    chat.store.broken = True  # type: ignore[attr-defined]
    assert alice.ask(Kick, "bob", "#tea").code is ErrorCode.UNAVAILABLE
    chat.mend()
    assert photograph(chat.core) == before
    alice.ask(Kick, "bob", "#tea")
    chat.store.broken = True  # type: ignore[attr-defined]
    chat.connect().ask(Login, PROTOCOL, "bob")
    chat.mend()
    assert len(chat.core.state.facts.of(MissedNotice)) + len(missed(chat)) >= 1


@pytest.mark.parametrize(
    "change",
    [b'"kind":"topic"', b'"by":99', b'"room":"tea"', b'"role":"king"', b'"at":-1'],
)
def test_a_notice_that_cannot_be_used_is_found(change: bytes) -> None:
    good = b'{"user":1,"room":"#tea","kind":"kicked","at":5,"by":2,"role":"member"}'
    check_fact("missed-notice", "1#tea:kicked", good, 3)
    field = change.partition(b":")[0]
    fields = [part for part in good[1:-1].split(b",") if not part.startswith(field)]
    bad = b"{" + b",".join([*fields, change]) + b"}"
    with pytest.raises(ValueError, match="cannot be used"):
        check_fact("missed-notice", "1#tea:kicked", bad, 3)
