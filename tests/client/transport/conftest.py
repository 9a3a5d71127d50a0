from collections.abc import Iterator

import pytest
from fake_broker import FakeBroker

import client.core.session
import client.transport.link


@pytest.fixture
def fake(all_sockets_closed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBroker]:
    monkeypatch.setattr(client.core.session, "WELCOME_SECONDS", 0.3)
    monkeypatch.setattr(client.transport.link, "_REBUILD_PAUSE", 0.1)
    fake = FakeBroker()
    yield fake
    fake.close()
