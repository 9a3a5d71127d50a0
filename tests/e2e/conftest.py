"""Real programs, one house a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from programs import House, house


@pytest.fixture(name="house")
def _house(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        yield built
