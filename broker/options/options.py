"""The options of `chat-broker`, checked and typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from broker.core.settings import AccessPolicy, Caps, NamePolicy
from messages.endpoints import Endpoint

_DEFAULT = Caps()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options from the command line, the environment and the file. A field has its option's name."""

    bind: tuple[Endpoint, ...]
    insecure: bool = False
    curve: bool = False
    key: Path | None = None
    names: NamePolicy = NamePolicy.UNIQUE
    access: AccessPolicy = AccessPolicy.OPEN
    title: str = ""
    motd: str = ""
    heartbeat: float = 15.0
    """Seconds."""
    data: Path | None = None
    memory: bool = False
    no_admin: bool = False
    keep: int = 100_000
    retain: Mapping[str | None, int] = field(default_factory=dict)
    """Days by room id; the key None stands for all other conversations."""
    forget_after: int = 90
    """Days."""
    edit_for: float | None = None
    """Hours; None: for ever."""
    ticket_days: int = 30
    trust_clock: bool = False
    rate: float = _DEFAULT.rate
    burst: int = _DEFAULT.burst
    no_rate_limit: bool = False
    rate_limit_local: bool = False
    most_users: int = _DEFAULT.users
    most_rooms: int = _DEFAULT.rooms
    max_file: int = 25
    """Megabytes, also of the next two; 0: no files."""
    files_per_user: int = 1_000
    files_total: int = 10_000
    cap: Mapping[str, int] = field(default_factory=dict)
    """Values by field of `Caps`."""
    log_level: str = "info"
    log_file: Path | None = None
    log_json: bool = False
    syslog: str | None = None
    metrics: tuple[str, int] | None = None
    """A host and a port."""

    def encrypts(self, endpoint: Endpoint) -> bool:
        """Return whether an endpoint uses CURVE."""
        return endpoint.transport == "tcp" and (self.curve or not (endpoint.local or self.insecure))

    def is_insecure(self, endpoint: Endpoint) -> bool:
        """Return whether other machines can reach an endpoint that does not encrypt."""
        return not endpoint.local and not self.encrypts(endpoint)

    def caps(self, peers: int) -> Caps:
        """Return the rates and caps. Beyond `peers` connections, new ones are refused."""
        return Caps(
            rate=0.0 if self.no_rate_limit else self.rate,
            burst=self.burst,
            local=self.rate_limit_local,
            users=self.most_users,
            rooms=self.most_rooms,
            peers=peers,
            **self.cap,
        )
