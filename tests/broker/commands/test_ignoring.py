import pytest
from wired import Chat, FragileStore

from broker.core.facts.moderation import Ignoring as Kept
from messages.errors import ErrorCode
from messages.events import Ignoring
from messages.moderation import Ignore, Ignored, IgnoreList, Unignore
from messages.requests import Logout, Nick


def test_whom_one_ignores_is_told_at_the_next_login() -> None:
    store = FragileStore("epoch")
    chat = Chat(store)
    alice, *_ = chat.users("alice", "bob", "carol")
    assert alice.ask(Ignore, "carol", id="x") == IgnoreList("x", ["carol"])
    assert alice.ask(Ignore, "bob", id="y") == IgnoreList("y", ["bob", "carol"])
    chat.restart()
    assert chat.login("alice").events(Ignoring) == [Ignoring(["bob", "carol"])]
    assert chat.login("bob").events(Ignoring) == []


def test_it_follows_the_user_under_another_name_until_it_ends() -> None:
    chat = Chat()
    alice, bob = chat.users("alice", "bob")
    alice.ask(Ignore, "bob")
    bob.ask(Nick, "rob")
    assert alice.ask(Ignored).names == ["rob"]
    assert alice.ask(Unignore, "rob").names == []
    assert alice.ask(Unignore, "rob").names == []
    assert chat.core.state.facts.of(Kept) == {}


def test_all_devices_are_told() -> None:
    chat = Chat()
    key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
    phone, laptop = chat.login("alice", identity=key), chat.login("alice", identity=key)
    chat.login("bob")
    phone.ask(Ignore, "bob")
    assert laptop.events(Ignoring) == [Ignoring(["bob"])]
    assert phone.events(Ignoring) == []


def test_oneself_and_those_nobody_knows_cannot_be_ignored() -> None:
    (alice,) = Chat().users("alice")
    assert alice.refused(Ignore, "alice") is ErrorCode.TO_YOURSELF
    assert alice.refused(Ignore, "nobody") is ErrorCode.NO_SUCH_USER


def test_there_is_a_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.commands.ignoring.MAX_IGNORED", 1)
    alice, *_ = Chat().users("alice", "bob", "carol")
    alice.ask(Ignore, "bob")
    assert alice.refused(Ignore, "carol") is ErrorCode.LIMIT_REACHED


def test_one_who_is_forgotten_is_ignored_no_more() -> None:
    chat = Chat(names="shared")
    alice, bob, carol = chat.users("alice", "bob", "carol")
    alice.ask(Ignore, "bob")
    alice.ask(Ignore, "carol")
    bob.ask(Ignore, "alice")
    bob.ask(Logout)
    assert alice.ask(Ignored).names == ["carol"]
    carol.ask(Logout)
    assert chat.core.state.facts.of(Kept) == {}
