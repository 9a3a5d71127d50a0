import os
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import daytime
import pytest

_numbers = count(1)

daytime.be_in(daytime.zone(time.time()))  # before a module of tests asks for the time


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave long tests to CI and `make torture`, unless a test is named."""
    named = any("::" in argument for argument in config.args)
    if named or os.environ.get("CHAT_CI") or os.environ.get("CHAT_TORTURE"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


@pytest.fixture(autouse=True)
def own_data_directory(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Give the brokers and clients of a test data directories of their own.

    Most tests need none. They get a path where nothing is, as making thousands of directories takes seconds.
    """
    if "tmp_path" in request.fixturenames:
        place = request.getfixturevalue("tmp_path")
    else:
        place = tmp_path_factory.getbasetemp() / f"own-{next(_numbers)}"
    monkeypatch.setenv("XDG_DATA_HOME", str(place / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place / "config"))


@pytest.fixture
def short_path() -> Iterator[Path]:
    """Give a directory for sockets with a short path: the system allows about 100 bytes."""
    with tempfile.TemporaryDirectory(prefix="chat-", dir="/tmp") as path:
        yield Path(path)


@pytest.fixture
def in_utc() -> Iterator[None]:
    """Show the times of a test as UTC, because it knows when its messages were written."""
    zone = os.environ["TZ"]
    daytime.be_in("UTC")
    yield
    daytime.be_in(zone)
