"""One broker, gateway and browser for all tests here that do not stop them. No page may have troubles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from browsers import Site, site

_HERE = Path(__file__).parent


class _Shared:
    """The site while tests of this folder run one after the other. No other test may meet its loop."""

    stack = ExitStack()
    site: Site | None = None


@pytest.fixture(name="home", scope="module")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Site:
    if _Shared.site is None:
        _Shared.site = _Shared.stack.enter_context(site(tmp_path_factory.mktemp("web")))
    return _Shared.site


@pytest.fixture(name="town")
def _town(home: Site) -> Iterator[Site]:
    yield home
    troubles = [trouble for visitor in home.visitors for trouble in visitor.troubles]
    home.leave()
    assert not troubles


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Close the site when the next test is one of another folder."""
    if nextitem is None or _HERE not in nextitem.path.parents:
        _Shared.site = None
        _Shared.stack.close()
