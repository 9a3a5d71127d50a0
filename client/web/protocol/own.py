"""What a person sets, who somebody is, and own devices: what the page asks, and what it is told."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from client.core.person.notices import Level
from client.web.protocol.base import Ask, Place, Tell
from messages.limits import MAX_KEYWORDS, MAX_PASSWORD, MAX_QUIET_SPANS, MAX_SHORT_TEXT, MAX_ZONE
from messages.notices import NoticeLevel, QuietSpan

Secret = Annotated[str, Meta(max_length=MAX_PASSWORD)]


class OwnAsk(Ask, frozen=True):
    """A question about the person, or about somebody else."""


class WhoIs(OwnAsk, frozen=True, tag="who"):
    """Ask who somebody is: answered by `person`."""

    name: Annotated[str, Meta(max_length=100)]


class OwnSettings(OwnAsk, frozen=True, tag="settings"):
    """Ask for the person's settings: answered by `settings`, which comes again if they change."""


class SetLevel(OwnAsk, frozen=True, tag="set-level"):
    """Choose which messages of a conversation call the person: answered by `done`."""

    conversation: Place
    level: NoticeLevel


class SetKeywords(OwnAsk, frozen=True, tag="set-keywords"):
    """Choose all words that call the person as their name does: answered by `done`."""

    words: Annotated[tuple[Annotated[str, Meta(max_length=100)], ...], Meta(max_length=MAX_KEYWORDS)]


class SetQuietHours(OwnAsk, frozen=True, tag="set-quiet-hours"):
    """Choose when nothing calls the person, in a time zone: answered by `done`. No spans end quiet hours."""

    spans: Annotated[tuple[QuietSpan, ...], Meta(max_length=MAX_QUIET_SPANS)]
    zone: Annotated[str, Meta(max_length=MAX_ZONE)]


class SetTold(OwnAsk, frozen=True, tag="set-told"):
    """Choose whether others are told what the person has read, or that they type: answered by `done`."""

    what: Literal["read", "typing"]
    on: bool


class SetBell(OwnAsk, frozen=True, tag="set-bell"):
    """Choose what calls the person on this browser in conversations without a level: answered by `done`.

    The page says it after each `welcome`.
    """

    level: Level


class SetAway(OwnAsk, frozen=True, tag="set-away"):
    """Show the person as away, with a reason or an empty text; without one as back: answered by `done`."""

    reason: Annotated[str, Meta(max_length=MAX_SHORT_TEXT)] | None = None


class ChangePassword(OwnAsk, frozen=True, tag="change-password"):
    """Change the password: answered by `done`. The gateway needs the present one."""

    current: Secret
    password: Secret


class LinkDevice(OwnAsk, frozen=True, tag="link-device"):
    """Get a code for another device: answered by `device-code`. The gateway needs the present password.

    With `browser` it is for another browser, otherwise for a terminal, which gets a key of its own. `page`
    is the page's own address, for a browser.
    """

    current: Secret
    browser: bool = False
    page: Annotated[str, Meta(max_length=300, pattern=r"^https?://[!-~]+$")] = ""


AnyOwnAsk = (
    WhoIs
    | OwnSettings
    | SetLevel
    | SetKeywords
    | SetQuietHours
    | SetTold
    | SetBell
    | SetAway
    | ChangePassword
    | LinkDevice
)
"""All that a page asks of this."""


class PersonShown(Tell, frozen=True, tag="person"):
    """Who somebody is. `seen` is when they were last here; `since` is when their oldest key was bound."""

    ref: str
    name: str
    user_id: int = 0
    online: bool = False
    away: str | None = None
    seen: int = 0
    since: int = 0
    idle: Annotated[int, Meta(description="seconds")] = 0
    roles: Annotated[tuple[str, ...], Meta(description="in the whole chat")] = ()
    fingerprints: Annotated[tuple[str, ...], Meta(description="of their keys")] = ()
    bot: bool = False
    guest: bool = False
    ignored: Annotated[bool, Meta(description="the person ignores them")] = False
    banned: Annotated[bool, Meta(description="only operators learn it")] = False
    addresses: Annotated[tuple[str, ...], Meta(description="only operators learn them")] = ()


class Settings(Tell, frozen=True, tag="settings"):
    """The person's settings at the broker, which hold on all devices, and `bell`, which holds here."""

    ref: str = ""
    keywords: tuple[str, ...] = ()
    spans: tuple[QuietSpan, ...] = ()
    zone: str = ""
    read: Annotated[bool, Meta(description="others are told what the person has read")] = True
    typing: Annotated[bool, Meta(description="others are told when the person types, and the person is")] = (
        True
    )
    bell: Level = Level.MENTION
    away: str | None = None


class DeviceCode(Tell, frozen=True, tag="device-code"):
    """A code for one sign-in of another device within `seconds`. `address` has it too.

    `modules` is the address as a QR code: each row has one character a module, `1` if it is dark.
    """

    ref: str
    code: str
    seconds: int
    address: str = ""
    modules: tuple[str, ...] = ()


class DeviceLinked(Tell, frozen=True, tag="device-linked"):
    """Another device has signed in as the person with a code."""

    text: str


AnyOwnTell = PersonShown | Settings | DeviceCode | DeviceLinked
"""All that a gateway tells of this."""
