"""Who asks for a name in use is refused, and its bearer is told."""

import pytest
from wired import Chat

from messages.errors import ErrorCode
from messages.replies import Pong
from messages.requests import Login, Ping


@pytest.mark.parametrize("name", ["alice", "ALICE"])
def test_a_name_in_use_is_refused_for_now_and_its_bearer_is_told(chat: Chat, name: str) -> None:
    (alice,) = chat.users("alice")
    stranger = chat.connect(address="10.0.0.2")
    assert stranger.refused(Login, 1, name) is ErrorCode.NAME_TAKEN
    (told,) = alice.events()
    assert (told.kind, told.user) == ("name-requested", "alice")
    assert "10.0.0.2" in told.text
    assert isinstance(alice.ask(Ping), Pong)


def test_a_request_for_a_name_finds_out_that_the_bearer_is_gone_and_frees_the_name(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.gone = True
    stranger = chat.connect()
    assert stranger.refused(Login, 1, "alice") is ErrorCode.NAME_TAKEN
    assert stranger.login("alice").name == "alice"


def test_the_bearer_is_told_once_a_second_however_often_somebody_asks(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    for stranger in [chat.connect() for _ in range(5)]:
        assert stranger.refused(Login, 1, "alice") is ErrorCode.NAME_TAKEN
    assert len(alice.events()) == 1
    chat.forward(1)
    for _ in range(2):
        assert chat.connect().refused(Login, 1, "alice") is ErrorCode.NAME_TAKEN
    assert len(alice.events()) == 1
