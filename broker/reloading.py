"""Reloading: the broker reopens its log and takes over the options that can change while it runs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from typing import Any

from broker.core.core import Core
from broker.core.settings import CannotReloadError, ReloadedOptions, Settings
from broker.monitoring import logs
from broker.monitoring.notify import notify_reloading
from broker.options.options import Options

RELOADABLE = (
    *("log_level", "log_file", "log_json", "syslog"),
    *("title", "motd", "access", "retain", "forget_after", "edit_for", "ticket_days", "trust_clock"),
    *("rate", "burst", "no_rate_limit", "rate_limit_local", "most_users", "most_rooms", "cap"),
    *("max_file", "files_per_user", "files_total"),
)
"""The options that can change while the broker runs."""


class Reloader:
    """Reloads the options of a running broker. Only the thread of its loop may call `reload`."""

    def __init__(
        self,
        options: Options,
        reread: Callable[[], Options],
        core: Core,
        settings: Callable[[Options], Settings],
        note: Callable[[int, str], None],
    ) -> None:
        """`reread` returns the options as they are given now, or raises ValueError with a sentence.

        `note` writes a sentence to the log. It must not block.
        """
        self._options = options
        self._reread = reread
        self._core = core
        self._settings = settings
        self._note = note
        self._requested = False
        self.also: Callable[[], object] = int
        """Called at each reload."""

    def request(self) -> None:
        """Have the next `run` reload. Any signal handler may call this."""
        self._requested = True

    def run(self) -> None:
        """Reload if that was requested."""
        if not self._requested:
            return
        self._requested = False
        with suppress(CannotReloadError):  # it is in the log
            self.reload()

    def reload(self) -> ReloadedOptions:
        """Reopen the log, take over what can change, and log what was done, or why nothing was.

        Raise CannotReloadError if an option is wrong or the log cannot be opened. Then nothing is changed,
        but a log that was moved is reopened under its name if that is possible.
        """
        with notify_reloading():
            self.also()
            try:
                done = self._reload()
            except CannotReloadError as error:
                self._note(logging.ERROR, f"nothing is reloaded: {error}")
                raise
            self._note(logs.NOTICE, f"reloaded: {done.sentence}")
            return done

    def _reload(self) -> ReloadedOptions:
        try:
            wanted = self._reread()
        except ValueError as error:
            open_log(self._options)
            raise CannotReloadError(f"{error}; the log is reopened") from None
        before = self._options
        changed = {name: new for name, new in _values(wanted).items() if new != getattr(before, name)}
        merged = replace(before, **{name: new for name, new in changed.items() if name in RELOADABLE})
        open_log(merged)
        settings, caps = self._settings(merged), self._core.settings.caps
        settings = replace(
            settings, caps=replace(settings.caps, peers=caps.peers)
        )  # of the files at the start
        self._core.reload(settings)
        self._options = merged
        return ReloadedOptions(
            [_spelt(name) for name in changed if name in RELOADABLE],
            [_spelt(name) for name in changed if name not in RELOADABLE],
        )


def open_log(options: Options) -> None:
    """Open the log that the options name, and close the one before. Raise CannotReloadError."""
    try:
        logs.reopen(options.log_level, options.log_file, as_json=options.log_json, syslog=options.syslog)
    except (OSError, ValueError) as error:
        raise CannotReloadError(logs.open_failure(error)) from None


def _values(options: Options) -> dict[str, Any]:
    return {field.name: getattr(options, field.name) for field in fields(Options)}


def _spelt(name: str) -> str:
    return name.replace("_", "-")
