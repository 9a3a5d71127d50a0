"""Brokers for the tests of durability, all ended with the test that started them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import zmq
from live_broker import Dealer, end
from torture.durable_broker import DurableBroker

BrokerFactory = Callable[..., DurableBroker]
"""Makes a broker with a data directory of its own; takes what DurableBroker takes behind that."""

Connect = Callable[..., Dealer]
"""Makes a client that is connected to an endpoint, by a name under which it has not logged in yet."""


@pytest.fixture
def connect() -> Iterator[Connect]:
    context: zmq.Context[Any] = zmq.Context()
    with ExitStack() as made:
        made.callback(end, context)

        def make(url: str, name: str, **options: Any) -> Dealer:
            dealer = Dealer(context, url, name, **options)
            made.callback(dealer.socket.close)
            return dealer

        yield make


@pytest.fixture
def make_broker(tmp_path: Path) -> Iterator[BrokerFactory]:
    with ExitStack() as started:

        def make(*options: str, data: str = "data", **others: tuple[str, ...]) -> DurableBroker:
            broker = DurableBroker(tmp_path / data, *options, **others)
            started.callback(broker.close)
            return broker

        yield make
