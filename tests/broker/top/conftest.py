"""A broker's admin channel in the tests' process, and a way to run coroutines."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from eventually import DEADLINE

from broker.core.settings import Settings
from broker.server import Broker


class AdminStage:
    """A broker with an admin channel in a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.broker = Broker(Settings(own_uid=os.getuid()))
        self.broker.bind_admin(directory)
        self._thread = threading.Thread(target=self.broker.run, name="broker")
        self._thread.start()

    def stop(self) -> None:
        self.broker.stop()
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive()


@pytest.fixture
def stages(short_path: Path) -> Iterator[list[AdminStage]]:
    """A list with one broker. A test may add others; all are stopped."""
    found = [AdminStage(short_path)]
    yield found
    for stage in found:
        stage.stop()
