"""How a command ends when it cannot do what it was asked."""

from __future__ import annotations

from client.transport.dealer import explain
from messages.exits import Exit
from messages.replies import Error


class ClientExit(Exception):
    """The command ends with this code, and one sentence if it needs one."""

    def __init__(self, code: Exit, text: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def not_welcomed(url: str, login_error: Error | None) -> ClientExit:
    """Return how a command ends that nobody welcomed in time; looking for the reason may take a second."""
    if login_error is not None:
        return login_refused(login_error)
    return ClientExit(Exit.CANNOT_CONNECT, f"Unable to connect to {url}: {explain(url)}")


def login_refused(error: Error) -> ClientExit:
    """Return how a command ends whose login was refused."""
    return ClientExit(Exit.REFUSED, f"the broker refused the login: {error.text}")
