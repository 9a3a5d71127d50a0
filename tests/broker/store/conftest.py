import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from stored import fill

from broker.core.store import Store
from broker.store import memory
from broker.store.memory import MemoryStore
from broker.store.rows import index, searching
from broker.store.sqlite import SqliteStore

SMALL_STEPS = {
    memory: {"STEP_MESSAGES": 2, "STEP_CHARACTERS": 1},
    index: {"BLOCK_MESSAGES": 2, "BLOCK_CHARACTERS": 10},
    searching: {"PHRASES": 1, "PLACES": 1},
}


@pytest.fixture(params=["memory", "sqlite", "memory in small steps", "sqlite in small steps"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store of each kind. The contract tests hold for all of them."""
    kind, _, small = request.param.partition(" ")
    for module, sizes in SMALL_STEPS.items() if small else ():
        for name, size in sizes.items():
            monkeypatch.setattr(module, name, size)
    made: Store = MemoryStore("epoch") if kind == "memory" else SqliteStore(tmp_path, "epoch")
    yield made
    made.close()


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A directory with a store that was closed."""
    store = SqliteStore(tmp_path / "data", "first")
    fill(store)
    store.close()
    return tmp_path / "data"


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A data directory with the database of version 3 that README.md describes."""
    (tmp_path / "earlier").mkdir()
    packed = Path(__file__).with_name("chat-v3.db.gz").read_bytes()
    (tmp_path / "earlier" / "chat.db").write_bytes(gzip.decompress(packed))
    return tmp_path / "earlier"
