import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the brokers and clients of a test data directories of their own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def short_path() -> Iterator[Path]:
    """Give a directory for sockets with a short path: the system allows about 100 bytes."""
    with tempfile.TemporaryDirectory(prefix="chat-", dir="/tmp") as path:
        yield Path(path)
