import msgspec
import pytest

from messages.codec import decode_frame, encode
from messages.errors import ErrorCode
from messages.limits import MAX_SEQ
from messages.replies import AnyReply, Counted, Error, Played, Pong, Reply, UserEntry, UserList, Welcome

WELCOME = {
    "type": "welcome",
    "re": "1",
    "name": "alice",
    "session": "secret",
    "epoch": "e1",
    "resumed": False,
    "heartbeat": 15_000,
    "conversations": [{"conversation": "#lobby", "head": 9, "delivered": 7}],
}


@pytest.mark.parametrize("kind", AnyReply.__args__)
class TestEveryReply:
    def test_says_which_request_it_answers(self, kind: type[msgspec.Struct]) -> None:
        (re,) = (field for field in msgspec.structs.fields(kind) if field.name == "re")
        assert re.required

    def test_is_known_as_an_answer(self, kind: type[msgspec.Struct]) -> None:
        assert issubclass(kind, Reply | Error)

    def test_has_a_docstring_to_be_published(self, kind: type[msgspec.Struct]) -> None:
        assert kind.__doc__


def test_what_there_is_nothing_to_say_of_is_left_out() -> None:
    assert encode(Pong("1")) == b'{"type":"pong","re":"1"}'
    assert encode(Counted("1", 3)) == b'{"type":"counted","re":"1","participants":3}'
    assert encode(UserList("1", [UserEntry("bob", 5)])) == (
        b'{"type":"user-list","re":"1","users":[{"name":"bob","idle":5}]}'
    )


def test_an_error_that_answers_no_known_request_says_so_with_a_null() -> None:
    code = ErrorCode.MALFORMED
    assert encode(Error(None, code, code.sentence, code.retryable)) == (
        b'{"type":"error","re":null,"code":"malformed",'
        b'"text":"this cannot be read; send JSON in UTF-8, one document a line","retryable":false}'
    )


def test_a_welcome_tells_where_the_user_is_in_each_conversation() -> None:
    (welcome,) = decode_frame(msgspec.json.encode(WELCOME))
    assert isinstance(welcome, Welcome)
    assert (welcome.conversations[0].head, welcome.conversations[0].delivered) == (9, 7)
    assert (welcome.title, welcome.motd) == ("", "")


@pytest.mark.parametrize("heartbeat", [-1, MAX_SEQ + 1, 10**30, 1.5, "15000"])
def test_a_welcome_with_an_impossible_heartbeat_is_left_out(heartbeat: object) -> None:
    assert list(decode_frame(msgspec.json.encode({**WELCOME, "heartbeat": heartbeat}))) == []


def test_a_welcome_says_how_often_to_confirm_only_if_it_is_more_seldom_than_usual() -> None:
    (welcome,) = decode_frame(msgspec.json.encode(WELCOME))
    (crowded,) = decode_frame(msgspec.json.encode({**WELCOME, "confirm_interval": 5_000}))
    assert isinstance(welcome, Welcome)
    assert isinstance(crowded, Welcome)
    assert (welcome.confirm_interval, crowded.confirm_interval) == (250, 5_000)
    assert b"confirm_interval" not in encode(welcome)
    assert b'"confirm_interval":5000' in encode(crowded)


def test_a_game_against_the_broker_names_no_opponent() -> None:
    (played,) = decode_frame(
        b'{"type":"played","re":"1","hand":"rock","opponent_hand":"paper","outcome":"lost"}'
    )
    assert isinstance(played, Played)
    assert played.opponent is None
