"""One broker, gateway and browser for all tests here that do not stop them. No page may have troubles."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsers import Site, site


@pytest.fixture(name="home", scope="package")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("web")) as built:
        yield built


@pytest.fixture(name="town")
def _town(home: Site) -> Iterator[Site]:
    yield home
    troubles = [trouble for visitor in home.visitors for trouble in visitor.troubles]
    home.leave()
    assert not troubles
