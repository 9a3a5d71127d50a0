"""Brokers for the tests of durability, all ended with the test that started them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from torture.durable_broker import DurableBroker

BrokerFactory = Callable[..., DurableBroker]
"""Makes a broker with a data directory of its own; takes what DurableBroker takes behind that."""


@pytest.fixture
def make_broker(tmp_path: Path) -> Iterator[BrokerFactory]:
    with ExitStack() as started:

        def make(*options: str, data: str = "data", **others: tuple[str, ...]) -> DurableBroker:
            broker = DurableBroker(tmp_path / data, *options, **others)
            started.callback(broker.close)
            return broker

        yield make
