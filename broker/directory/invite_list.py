"""The list of issued invites in a data directory: one JSON object a line, the oldest first.

With it, unused invites can be listed and revoked. It holds what an invite says, without the signature: nobody
can log in with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from broker.core.access.invites import LIST_FILE as FILE
from broker.core.access.invites import ROLE_NUMBERS, Invite
from broker.ownership import open_to_add
from messages.fields import At, Count

_ROLE = f"^({'|'.join(ROLE_NUMBERS)})$"


class Issued(msgspec.Struct, frozen=True, omit_defaults=True):
    """An issued invite. `made` and `expires` are Unix ms, `by` is the user id of the process that made it."""

    nonce: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{18}$")]
    made: At
    expires: At
    uses: Count
    role: Annotated[str, msgspec.Meta(pattern=_ROLE)]
    by: Count
    guests: bool = False
    per_address: Count = 0
    accounts: bool = False


def note(directory: Path, invite: Invite, made: int) -> None:
    """Add an invite to the list of a data directory. Raise OSError if it cannot be written."""
    line = msgspec.json.encode(
        Issued(
            *(invite.nonce, made, invite.expires, invite.uses, invite.role, os.getuid()),
            *(invite.guests, invite.per_address, invite.accounts),
        )
    )
    descriptor = open_to_add(directory / FILE)
    try:
        os.write(descriptor, line + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def issued(directory: Path) -> list[Issued]:
    """Return all invites of the list, the oldest first. Raise OSError if it cannot be read."""
    try:
        lines = (directory / FILE).read_bytes().splitlines()
    except FileNotFoundError:
        return []
    return list(_decoded(lines))


def text_of(invites: Iterable[Issued]) -> str:
    """Return a list as text. An invite that comes twice is listed once."""
    found = {one.nonce: one for one in invites}
    return "".join(f"{msgspec.json.encode(one).decode()}\n" for one in found.values())


def read_text(text: str) -> list[Issued]:
    """Return the invites of a list that is text, the oldest first."""
    return list(_decoded(text.encode().splitlines()))


def _decoded(lines: list[bytes]) -> Iterator[Issued]:
    for line in lines:
        try:
            yield msgspec.json.decode(line, type=Issued)
        except (msgspec.DecodeError, RecursionError):  # cut off by a crash, or altered
            continue
