"""What the page and the gateway say to each other over HTTP: signing in and out, and files.

`GET session` says whether this browser is signed in. `POST session` takes a `SignIn`, `DELETE session` signs
out. Both need the header `Origin` of the page itself. Refusals have the status 4xx or 503 and a `Problem`.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct


class SignIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Sign in with a password; as a new user with `sign_up`, perhaps an `invite`; or come as a `guest`.

    Or sign in with a `code` that another device shows, without a name.
    """

    name: Annotated[str, Meta(max_length=100)] = ""
    password: Annotated[str, Meta(max_length=1_000)] | None = None
    sign_up: bool = False
    guest: bool = False
    invite: Annotated[str, Meta(max_length=1_000)] | None = None
    code: Annotated[str, Meta(max_length=100)] | None = None
    remember: Annotated[bool, Meta(description="stay signed in after the browser is closed")] = False

    def __post_init__(self) -> None:
        if not self.name and self.code is None:
            raise ValueError("give a name, or a code")


class Entered(Struct, frozen=True, omit_defaults=True):
    """The answer of `GET session` and `POST session`. Without a name this browser is not signed in."""

    name: str = ""
    title: Annotated[str, Meta(description="of the chat")] = "Chat"
    guests: Annotated[bool, Meta(description="people may come as guests")] = False
    sign_up: Annotated[bool, Meta(description="people may sign up")] = True
    invite: Annotated[bool, Meta(description="signing up needs an invite")] = False
    codes: Annotated[bool, Meta(description="people may sign in with a code")] = False


class Problem(Struct, frozen=True, omit_defaults=True):
    """Why something is refused. `code` is the broker's, or empty. `field` is what is to be corrected."""

    text: str
    code: str = ""
    field: str = ""
    retry_after: Annotated[int, Meta(description="milliseconds")] = 0


class NewUpload(Struct, frozen=True, forbid_unknown_fields=True):
    """`POST files` begins an upload, answered by `Uploaded`; `PUT files/ID?offset=N` has the bytes from N on.

    A part has 1 MiB at most. `GET files/ID` says how far it is, `DELETE files/ID` drops it.
    """

    name: Annotated[str, Meta(min_length=1, max_length=255)]
    size: Annotated[int, Meta(ge=0)]
    media_type: Annotated[str, Meta(max_length=100)] = ""


class Uploaded(Struct, frozen=True, omit_defaults=True):
    """How far an upload is: the next part begins at `offset`. When it is complete, a `send` can name `id`."""

    id: str
    offset: int = 0
    complete: bool = False


# `GET files/of/CONVERSATION/SEQ/NUMBER` is a message's file, counted from 1, as a download; with `?inline`
# an image or audio is shown. CONVERSATION is percent-encoded, with its # or @.
