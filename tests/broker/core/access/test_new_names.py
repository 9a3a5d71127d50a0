"""Names that would deceive are refused where a name is shown for the first time."""

from pathlib import Path

import pytest
from wired import Chat, FragileStore

from broker.core.store import StoredRoom, StoredUser
from broker.store.sqlite import SqliteStore
from messages.errors import ErrorCode
from messages.replies import Error, OwnProfile, RoomState, Welcome
from messages.requests import Join, Login, Logout, Nick, Topic

SIMILAR = ErrorCode.NAME_TOO_SIMILAR


@pytest.fixture
def chat() -> Chat:
    return Chat(FragileStore("epoch"))


def test_a_new_name_like_a_known_one_is_refused_whether_or_not_its_user_is_here(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    stranger = chat.connect()
    refusal = stranger.ask(Login, 1, "a1ice", id="1")
    assert refusal == Error("1", SIMILAR, "a1ice looks like a name in use; choose another", False)
    alice.ask(Logout)
    assert stranger.refused(Login, 1, "AIICE") is SIMILAR
    assert isinstance(stranger.ask(Login, 1, "alice"), Welcome)


@pytest.mark.parametrize("names", ["unique", "shared"])
def test_a_name_of_several_scripts_is_refused_with_their_names(names: str) -> None:
    chat = Chat(names=names)
    stranger = chat.connect()
    text = "аlice is written in Cyrillic, Latin; choose a name in one script"
    assert stranger.ask(Login, 1, "аlice", id="1") == Error("1", ErrorCode.INVALID, text, False)
    (alice,) = chat.users("alice")
    assert alice.refused(Nick, "аlice") is ErrorCode.INVALID
    assert alice.refused(Join, "#tеa") is ErrorCode.INVALID
    assert isinstance(stranger.ask(Login, 1, "Мария"), Welcome)


@pytest.mark.parametrize("names", ["unique", "shared"])
@pytest.mark.parametrize("name", ["ali\u0307ce", "Ｊｏｓｅ", "ʙob"])
def test_a_new_name_of_letters_or_marks_that_nobody_writes_is_refused_everywhere(
    names: str, name: str
) -> None:
    chat = Chat(names=names)
    (carol,) = chat.users("carol")
    assert chat.connect().refused(Login, 1, name) is ErrorCode.INVALID
    assert carol.refused(Nick, name) is ErrorCode.INVALID
    assert carol.refused(Join, f"#{name}") is ErrorCode.INVALID


def test_nick_to_a_look_alike_of_another_is_refused_and_to_one_of_ones_own_is_not(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    assert alice.refused(Nick, "b0b") is SIMILAR
    assert isinstance(alice.ask(Nick, "a1ice"), OwnProfile)
    assert bob.refused(Nick, "Alice") is SIMILAR
    assert isinstance(alice.ask(Nick, "carol"), OwnProfile)
    assert isinstance(bob.ask(Nick, "Alice"), OwnProfile)


def test_another_case_of_ones_own_name_is_refused_if_only_that_is_like_anothers(chat: Chat) -> None:
    (latin, cyrillic) = chat.users("bob", "вов")
    assert isinstance(latin.ask(Nick, "BOB"), OwnProfile)
    assert cyrillic.refused(Nick, "ВОВ") is SIMILAR


def test_where_names_are_shared_users_may_look_alike_and_rooms_may_not() -> None:
    chat = Chat(names="shared")
    alice, other = chat.users("alice", "a1ice")
    assert other.ask(Nick, "alice").name == "alice~2"
    assert alice.refused(Join, "#1obby") is SIMILAR


def test_a_room_that_looks_like_another_is_not_opened(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    assert alice.refused(Join, "#l0bby") is SIMILAR
    assert isinstance(alice.ask(Join, "#alice"), RoomState)
    assert isinstance(alice.ask(Join, "#ALICE"), RoomState)
    assert alice.refused(Join, "#aIice") is SIMILAR


def test_names_are_guarded_after_a_restart_and_after_a_name_was_given_up(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Join, "#modem")
    alice.ask(Nick, "carol")
    chat.restart()
    stranger = chat.connect()
    assert stranger.refused(Login, 1, "car0l") is SIMILAR
    assert isinstance(stranger.ask(Login, 1, "a1ice"), Welcome)
    assert stranger.refused(Join, "#modern") is SIMILAR


def test_what_could_not_be_stored_guards_no_name(chat: Chat) -> None:
    assert isinstance(chat.store, FragileStore)
    chat.store.broken = True
    stranger = chat.connect()
    assert stranger.refused(Login, 1, "alice") is ErrorCode.UNAVAILABLE
    chat.mend()
    assert isinstance(stranger.ask(Login, 1, "a1ice"), Welcome)


@pytest.mark.parametrize("kind", ["memory", "SQLite"])
def test_names_that_would_be_refused_today_are_kept(kind: str, tmp_path: Path) -> None:
    store = FragileStore("epoch") if kind == "memory" else SqliteStore(tmp_path, "epoch")
    names = ("alice", "a1ice", "аlice", "ali\u0307ce", "Ｊｏｓｅ")
    store.commit(
        [
            *(StoredUser(n, name, None) for n, name in enumerate(names, 1)),
            *(StoredRoom(room, room, "") for room in ("#l0bby", "#ｔｅａ")),
        ]
    )
    if isinstance(store, SqliteStore):
        store.close()
        store = SqliteStore(tmp_path, "another")
    chat = Chat(store)
    for name in names:
        client = chat.login(name)
        for room in ("#l0bby", "#ｔｅａ"):
            assert isinstance(client.ask(Join, room), RoomState)
            assert isinstance(client.ask(Topic, room, "old"), RoomState)
        assert isinstance(client.ask(Nick, name), OwnProfile)
    assert chat.connect().refused(Login, 1, "AL1CE") is SIMILAR
    store.close()
