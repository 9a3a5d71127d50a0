"""Asks a broker for what the screen shows, again and again. If the broker goes, it waits until it is back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from broker.shell.errors import NoBrokerError, RefusedError
from broker.top.board import View
from broker.top.channel import AsyncChannel
from messages.base import Request
from messages.observing import Observation, Observe

RETRY_SECONDS = 1.0
"""While there is no broker, look for one at this interval."""


class Watcher:
    """Keeps a view up to date. `changed` is called after each change of it."""

    def __init__(self, directory: Path, interval: float, view: View, changed: Callable[[], object]) -> None:
        self._directory = directory
        self._interval = interval
        self._view = view
        self._changed = changed
        self._wanted = asyncio.Event()
        self._since = ""

    def look_now(self) -> None:
        """Ask at once, as the person wants to see something else."""
        self._wanted.set()

    async def run(self) -> None:
        """Ask for ever."""
        while True:
            try:
                async with AsyncChannel(self._directory) as channel:
                    await self._watch(channel)
            except (NoBrokerError, RefusedError, click.ClickException) as error:
                self._tell(error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _watch(self, channel: AsyncChannel) -> None:
        view = self._view
        while True:
            self._wanted.clear()
            look = await channel.ask(Observe, view.order, find=view.find, after=view.history.after)
            assert isinstance(look, Observation)  # noqa: S101 - the channel has no other reply to this
            view.history.add(look)
            view.trouble = self._since = ""
            self._changed()
            try:
                await asyncio.wait_for(self._wanted.wait(), self._interval)
            except TimeoutError:
                continue

    def _tell(self, error: Exception) -> None:
        """Say that the broker does not answer, and since when."""
        if isinstance(error, NoBrokerError) and self._view.history.last is not None:
            self._since = self._since or time.strftime("%H:%M:%S")
            self._view.trouble = f"no answer since {self._since}; waiting for the broker"
        else:
            self._view.trouble = str(error)
        self._changed()

    async def act(self, kind: type[Request], fields: dict[str, Any]) -> str:
        """Ask the broker to do something, on its own connection. Return why it was not done, or nothing."""
        try:
            async with AsyncChannel(self._directory) as channel:
                await channel.ask(kind, **fields)
        except (NoBrokerError, RefusedError, click.ClickException) as error:
            return f"{error}; nothing was done" if isinstance(error, RefusedError) else str(error)
        self.look_now()
        return ""
