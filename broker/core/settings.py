"""The operator's settings, as far as they concern the core. None of them changes while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class NamePolicy(StrEnum):
    """What happens when a name in use is asked for."""

    UNIQUE = "unique"
    SHARED = "shared"


class AccessPolicy(StrEnum):
    """Who may come."""

    OPEN = "open"
    KNOWN = "known"
    INVITED = "invited"


@dataclass(frozen=True, slots=True)
class Caps:
    """The operator's figures. Rates are per user; `rate` 0 means none; local peers have ten times as much."""

    rate: float = 200.0
    """Requests a second, or KiB a second if that is more."""
    burst: int = 1_000
    """Requests that may come at once before that."""
    local: bool = False
    """Whether loopback and ipc are limited like other addresses."""
    users: int = 100_000
    rooms: int = 10_000
    rooms_per_user: int = 500
    sessions_per_user: int = 16
    sessions_per_address: int = 512
    logins: int = 600
    """A minute and address; with a key that is the user's, a minute and user. Resuming a session is none."""
    joins: int = 120
    """A minute and user, as those that follow."""
    openings: int = 20
    topics: int = 20
    changes: int = 60
    """Of what is kept for good or told to many, beside messages: names, ranks, bans, invitations, devices."""
    peers: int = 0
    """Connections with which newcomers are refused; 0: any number."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The broker's settings, as far as they concern the core."""

    names: NamePolicy = NamePolicy.UNIQUE
    title: str = ""
    motd: str = ""
    heartbeat: int = 15_000
    """Milliseconds between signs of life that are expected of a client; silent for three means gone."""
    resume_seconds: float = 300.0
    """How long a lost session can be resumed."""
    challenge_seconds: int = 30
    """How long a challenged user has to answer."""
    named_receipts: int = 50
    """In rooms with more members receipts are counts."""
    most_faults: int = 100
    """Undecodable documents after which a peer is put out."""
    log_messages: bool = True
    """Whether messages and commands are written to the operator's log."""
    own_uid: int | None = None
    """The user id of the process: who is connected over ipc as the same, or as root, is an operator."""
    forget_days: int = 0
    """Days after which users without direct conversations who do not come back are forgotten; 0: never."""
    retain_days: int = 0
    """Days for which messages are held; 0: for ever."""
    retain_in: Mapping[str, int] = field(default_factory=dict)
    """The same for single rooms, by their ids."""
    insecure: bool = False
    """Whether some connections are unencrypted though other machines can reach them; all clients are told."""
    access: AccessPolicy = AccessPolicy.OPEN
    invite_secret: bytes = b""
    """By which invites are known to be this broker's; without one none is valid."""
    caps: Caps = field(default_factory=Caps)
    """How much anybody may ask for."""
