from collections.abc import Iterator
from pathlib import Path

import pytest
from live_broker import Stage, StageFactory

from broker.core.settings import Settings
from broker.core.store import Store


@pytest.fixture(params=["inproc", "tcp", "ipc"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make_stage(transport: str, short_path: Path) -> Iterator[StageFactory]:
    endpoint = {
        "inproc": "inproc://chat",
        "tcp": "tcp://127.0.0.1:0",
        "ipc": f"ipc://{short_path}/chat",
    }[transport]
    stages: list[Stage] = []

    def make(settings: Settings | None = None, store: Store | None = None) -> Stage:
        stages.append(Stage(endpoint, settings, store))
        return stages[-1]

    yield make
    for stage in stages:
        stage.close()


@pytest.fixture
def stage(make_stage: StageFactory) -> Stage:
    """A broker on each transport in turn."""
    return make_stage()
