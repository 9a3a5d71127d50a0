"""The options of `chat-web`, checked and typed, and which of them change while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from client.web.routes.answers import Site
from messages.endpoints import Endpoint

RELOADABLE = ("certificate", "key", "access_log", "log_json")
"""What can change while the gateway runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The command's options. `parent` is the process with which it ends; 0 if there is none."""

    host: str
    port: int
    endpoint: Endpoint
    identity: Path | None
    name: str
    timeout: float
    site: Site
    certificate: Path | None = None
    key: Path | None = None
    access_log: Path | None = None
    log_json: bool = False
    metrics: tuple[str, int] | None = None
    """A host and a port."""
    parent: int = 0
    terminals: Endpoint | None = None
    """The broker's endpoint for terminals, if it is another one than the gateway's."""
