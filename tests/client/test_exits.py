import socket

from client.exits import not_welcomed
from messages.errors import ErrorCode
from messages.exits import Exit
from messages.replies import Error


def test_without_any_answer_it_is_said_what_is_there_in_the_place_of_a_broker() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    end = not_welcomed(url, None)
    assert end.code is Exit.CANNOT_CONNECT
    assert end.text == f"Unable to connect to {url}: connection refused, no broker listens there"


def test_a_login_that_is_refused_for_now_is_told_with_its_reason() -> None:
    code = ErrorCode.UNAVAILABLE
    end = not_welcomed("tcp://127.0.0.1:9", Error("1", code, code.sentence, code.retryable))
    assert end.code is Exit.REFUSED
    assert end.text == "the broker refused the login: the broker cannot store this now; try again"
