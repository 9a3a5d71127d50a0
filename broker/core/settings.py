"""The operator's settings for the core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class CannotReloadError(Exception):
    """The options of the running broker are not reloaded. The text is a sentence that says why."""


class ReloadedOptions(NamedTuple):
    """The options that a reload has `changed`, and those that change with a `restart`, spelt as in files."""

    changed: list[str]
    restart: list[str]

    @property
    def sentence(self) -> str:
        """What was done, in words."""
        parts = ["the log is reopened"]
        if self.changed:
            parts.append(f"these options have changed: {', '.join(self.changed)}")
        if self.restart:
            parts.append(f"these will change when the broker is restarted: {', '.join(self.restart)}")
        if not self.changed and not self.restart:
            parts.append("no option has changed")
        return "; ".join(parts)


class NamePolicy(StrEnum):
    """What happens if a user logs in with a name in use."""

    UNIQUE = "unique"
    SHARED = "shared"


SHARED_NAMES = "names are shared in this chat, so nobody keeps one; an operator can set --names unique"
"""Why nobody gets a name of their own."""


class AccessPolicy(StrEnum):
    """Who may log in."""

    OPEN = "open"
    KNOWN = "known"
    INVITED = "invited"


@dataclass(frozen=True, slots=True)
class Caps:
    """Limits. Rates are per user, and ten times as high for local peers. A `rate` of 0 means no limit."""

    rate: float = 200.0
    """Requests a second, or KiB a second if that is more."""
    burst: int = 1_000
    """Requests that may come at once before the rate applies."""
    local: bool = False
    """Whether loopback and ipc have the same limits as other addresses."""
    users: int = 100_000
    rooms: int = 10_000
    rooms_per_user: int = 500
    sessions_per_user: int = 16
    sessions_per_address: int = 512
    logins: int = 600
    """A minute and address, or a minute and user if the peer has the user's key. Resuming does not count."""
    joins: int = 120
    """A minute and user, like the limits below."""
    openings: int = 20
    topics: int = 20
    changes: int = 60
    """Changes other than messages that are stored or announced: names, ranks, bans, invitations, devices."""
    sign_ups: int = 60
    """Users who sign up in an hour at an address; ten times as many through a gateway."""
    guests: int = 1_000
    """Guests at one time, those just gone included; a tenth of them at an address."""
    peers: int = 0
    """The number of connections at which new logins are refused; 0: no limit."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The broker's settings for the core."""

    names: NamePolicy = NamePolicy.UNIQUE
    title: str = ""
    motd: str = ""
    heartbeat: int = 15_000
    """The longest interval (ms) between a client's signs of life. After three it has timed out."""
    resume_seconds: float = 300.0
    """How long a lost session can be resumed."""
    challenge_seconds: int = 30
    """How long a challenged user has to answer."""
    named_receipts: int = 50
    """In rooms with more members, receipts are counts. A room with more connections is a crowd."""
    most_faults: int = 100
    """The number of undecodable documents in a row at which a peer is disconnected."""
    log_messages: bool = True
    """Whether messages and commands are written to the operator's log."""
    log_place: str = "stderr"
    """Where the operator's log goes: `stderr`, a file or syslog. Only shown to the operator."""
    own_uid: int | None = None
    """The user id of the process. A peer on ipc with the same user id, or root's, is an operator."""
    forget_days: int = 0
    """Days of absence after which a user without direct conversations is forgotten; 0: never."""
    edit_for: int | None = None
    """Seconds for which senders may edit and delete their messages; None: for ever."""
    retain_days: int = 0
    """Days for which messages are stored; 0: for ever."""
    retain_in: Mapping[str, int] = field(default_factory=dict)
    """The same for single rooms, by their ids."""
    trust_clock: bool = False
    """Whether to trust the system's clock also after a jump that makes it doubtful."""
    insecure: bool = False
    """Whether an unencrypted endpoint can be reached from other machines. Every client is told at login."""
    access: AccessPolicy = AccessPolicy.OPEN
    invite_secret: bytes = b""
    """The key that signs this broker's invites. If it is empty, no invite is valid."""
    ticket_secret: bytes = b""
    """The key that signs the tickets of gateways' users. If it is empty, there are none."""
    ticket_days: int = 30
    """Days for which a ticket is valid; 0: there are none."""
    max_file: int = 0
    """The most bytes of a file; 0: there are no files."""
    files_per_user: int = 1_000_000_000
    """Bytes of all files of a user."""
    files_total: int = 10_000_000_000
    """Bytes of all files."""
    caps: Caps = field(default_factory=Caps)
    """Limits for all users."""
