import errno
import socket
from typing import Any
from unittest.mock import NonCallableMock

import pytest

from client.exits import ClientExit, not_welcomed, refusable, with_unsent
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


UNSENT = "2 messages were not confirmed by the broker"


@pytest.mark.parametrize(
    ("end", "code", "text"),
    [
        (ClientExit(Exit.DONE), Exit.NOT_CONFIRMED, UNSENT),
        (KeyboardInterrupt(), Exit.INTERRUPTED, UNSENT),
        (ClientExit(Exit.REFUSED, "no"), Exit.REFUSED, "no"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), Exit.NOT_CONFIRMED, UNSENT),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            Exit.NOT_CONFIRMED,
            f"cannot write to standard output: No space left on device; {UNSENT}",
        ),
    ],
)
def test_what_is_not_confirmed_changes_the_code_of_an_early_end(
    end: BaseException, code: Exit, text: str
) -> None:
    told = with_unsent(end, UNSENT)
    assert isinstance(told, ClientExit)
    assert (told.code, told.text) == (code, text)
    assert with_unsent(end, "") is end


def test_what_was_refused_changes_the_code_of_an_end_by_the_reader() -> None:
    told = with_unsent(BrokenPipeError(errno.EPIPE, "Broken pipe"), "", refused=True)
    assert isinstance(told, ClientExit)
    assert (told.code, told.text) == (Exit.NOT_CONFIRMED, "")


def test_a_refusal_is_returned_and_other_ends_are_raised() -> None:
    def end(code: Exit) -> None:
        raise ClientExit(code, "why")

    assert refusable(lambda: 7) == (7, None)
    found, refusal = refusable(lambda: end(Exit.REFUSED))
    assert found is None
    assert refusal is not None
    assert refusal.text == "why"
    with pytest.raises(ClientExit):
        refusable(lambda: end(Exit.CANNOT_START))
