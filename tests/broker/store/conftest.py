from collections.abc import Iterator

import pytest

from broker.core.store import Store
from broker.store.memory import MemoryStore


@pytest.fixture(params=[MemoryStore], ids=lambda kind: kind.__name__)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store of each kind there is. What the contract tests say holds for all of them."""
    made = request.param("epoch")
    yield made
    made.close()
