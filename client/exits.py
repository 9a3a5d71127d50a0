"""The exit code and the sentence of a command that fails, and the streams that it has in any case."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, TypeVar

from client.core.events import Ended
from client.keys import KeyFileError
from client.transport.diagnosis import why_not_connected
from client.transport.link import Link
from messages.errors import ErrorCode
from messages.exits import Exit
from messages.program import drop_unwritten, os_error_text
from messages.replies import Error
from messages.sentences import tell
from messages.text import counted

_Found = TypeVar("_Found")
_CANNOT_STORE = (
    "the broker cannot store a new user now; its disk may be full or faulty. Tell the operator, and try again"
)
_OWN_KEY = "A script with a name of its own needs a key of its own: --identity FILE makes and keeps one"


class ClientExit(Exception):
    """Ends the command with an exit code, and with a sentence if there is something to say."""

    def __init__(self, code: Exit, text: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def not_welcomed(link: Link, login_error: Error | None) -> ClientExit:
    """Return the exit of a command that was not welcomed in time. To find the reason may take a second."""
    if login_error is not None:
        return login_refused(login_error)
    refused = link.dealer.trust is not None and link.failure is not None
    return ClientExit(Exit.REFUSED if refused else Exit.CANNOT_CONNECT, why_not_connected(link))


def refuse_impostor(link: Link) -> None:
    """Raise ClientExit if a broker answers that does not have the known key."""
    if not link.is_impostor:
        return
    unsure = len(link.session.unaccepted)
    count = f"; {unconfirmed(unsure)}" if unsure else ""
    raise ClientExit(Exit.REFUSED, why_not_connected(link) + count)


def unconfirmed(count: int) -> str:
    """Return the clause about messages that may be lost; empty if there are none."""
    return f"{counted(count, 'message', 'was', 'were')} not confirmed by the broker" if count else ""


def is_reader_gone(error: OSError) -> bool:
    """Whether an error says that nobody reads the output any more."""
    return error.errno in (errno.EPIPE, errno.EIO)


def with_unsent(end: BaseException, unsent: str, *, refused: bool = False) -> BaseException:
    """Return the exit of a command that ends early.

    `unsent` is the clause about what is not confirmed, or empty. `refused`: something was refused before.
    """
    told = isinstance(end, KeyboardInterrupt | OSError) or (
        isinstance(end, ClientExit) and end.code is Exit.DONE
    )
    if not (told and (unsent or refused)):
        return end
    code = Exit.INTERRUPTED if isinstance(end, KeyboardInterrupt) else Exit.NOT_CONFIRMED
    cause = os_error_text(end) if isinstance(end, OSError) and not is_reader_gone(end) else None
    return ClientExit(code, "; ".join(filter(None, (cause, unsent))))


def session_ended(event: Ended) -> ClientExit:
    """Return the exit of a command whose session has ended for good."""
    if isinstance(event.reason, Error):
        return login_refused(event.reason)
    return ClientExit(Exit.REFUSED, event.reason.text)


def login_refused(error: Error) -> ClientExit:
    """Return the exit of a command whose login was refused."""
    if error.code is ErrorCode.UNAVAILABLE:
        reason = f"{error.text}, and tell the operator" if error.text != error.code.sentence else ""
        return ClientExit(Exit.REFUSED, reason or _CANNOT_STORE)
    other = f". {_OWN_KEY}" if error.code is ErrorCode.KEY_IN_USE else ""
    return ClientExit(Exit.REFUSED, f"the broker refused the login: {error.text}{other}")


def refusable(find: Callable[[], _Found]) -> tuple[_Found | None, ClientExit | None]:
    """Return what is found, or the exit with which it was refused."""
    try:
        return find(), None
    except ClientExit as end:
        if end.code is not Exit.REFUSED:
            raise
        return None, end


def open_missing_streams() -> None:
    """Open the null device for each standard stream that is closed."""
    for fd, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            if null != fd:
                os.dup2(null, fd)
            setattr(sys, name, open(fd, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def end_with(run: Callable[[], Exit]) -> NoReturn:
    """Run, and end the process with the exit code and one sentence at most."""
    open_missing_streams()
    try:
        code = run()
    except ClientExit as end:
        code = end.code
        if end.text:
            tell_end(end.text)
    except KeyFileError as error:
        code = Exit.FAILED
        tell_end(str(error))
    except KeyboardInterrupt:
        code = Exit.INTERRUPTED
    except OSError as error:
        code = Exit.DONE if is_reader_gone(error) else Exit.FAILED
        if code is Exit.FAILED:
            tell_end(os_error_text(error))
    drop_unwritten()
    sys.exit(code)


def tell_end(text: str) -> None:
    """Write a sentence to stderr, unless its terminal is gone."""
    with suppress(OSError):
        tell(f"chat-client: {text}")
