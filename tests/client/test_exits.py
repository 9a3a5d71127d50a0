import socket
from typing import Any
from unittest.mock import NonCallableMock

import pytest

from client.exits import ClientExit, not_welcomed, with_unconfirmed
from client.transport.dealer import Dealer
from client.transport.link import Link
from messages.errors import ErrorCode
from messages.exits import Exit
from messages.replies import Error


def unanswered(url: str) -> Any:
    """Return a connection that nobody has answered on."""
    return NonCallableMock(Link, url=url, dealer=NonCallableMock(Dealer, trust=None), failure=None)


def test_without_any_answer_it_is_said_what_is_there_in_the_place_of_a_broker() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    end = not_welcomed(unanswered(url), None)
    assert end.code is Exit.CANNOT_CONNECT
    assert end.text == f"Unable to connect to {url}: connection refused, no broker listens there"


def test_a_login_that_is_refused_for_now_is_told_with_its_reason() -> None:
    code = ErrorCode.UNAVAILABLE
    end = not_welcomed(unanswered("tcp://127.0.0.1:9"), Error("1", code, code.sentence, code.retryable))
    assert end.code is Exit.REFUSED
    assert end.text.startswith("the broker cannot store a new user now; its disk may be full")


def test_the_brokers_own_reason_goes_before_a_guess() -> None:
    said = "the broker cannot store this now: another program has locked its database; try again"
    end = not_welcomed(unanswered("tcp://127.0.0.1:9"), Error("1", ErrorCode.UNAVAILABLE, said, True))
    assert end.text == f"{said}, and tell the operator"


def test_a_name_that_stays_in_use_is_told_as_the_broker_says_it() -> None:
    code = ErrorCode.NAME_TAKEN
    end = not_welcomed(unanswered("tcp://127.0.0.1:9"), Error("1", code, code.sentence, code.retryable))
    assert end.text == f"the broker refused the login: {code.sentence}"


@pytest.mark.parametrize(
    ("end", "code", "text"),
    [
        (ClientExit(Exit.DONE), Exit.NOT_CONFIRMED, "2 messages were not confirmed by the broker"),
        (KeyboardInterrupt(), Exit.INTERRUPTED, "2 messages were not confirmed by the broker"),
        (ClientExit(Exit.REFUSED, "no"), Exit.REFUSED, "no"),
    ],
)
def test_what_is_not_confirmed_changes_the_code_of_a_signal(
    end: ClientExit | KeyboardInterrupt, code: Exit, text: str
) -> None:
    told = with_unconfirmed(end, 2)
    assert isinstance(told, ClientExit)
    assert (told.code, told.text) == (code, text)
    assert with_unconfirmed(end, 0) is end
