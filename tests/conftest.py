from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have brokers that a test starts keep their messages where no other test and nobody else does."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
