"""What somebody shows to be let in is checked before anything is sent: anybody can make it up."""

from __future__ import annotations

from client.core.options import Credentials
from client.web.entrance import Problem
from messages.fields import for_people


def wrong_in(name: str, credentials: Credentials) -> Problem | None:
    """Return why these cannot be those of a login; None if they can."""
    try:
        credentials.login("check", name, None, unannounced=False)
    except ValueError as error:
        text, field = for_people(error), str(error).partition("`: ")[0].removeprefix("`")
        return Problem(f"{text[:1].upper()}{text[1:]}.", field=field)
    return None
