from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.core.store import Store
from broker.store.memory import MemoryStore
from broker.store.sqlite import SqliteStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind there is. What the contract tests say holds for all of them."""
    made: Store = MemoryStore("epoch") if request.param == "memory" else SqliteStore(tmp_path, "epoch")
    yield made
    made.close()
