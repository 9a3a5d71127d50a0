from __future__ import annotations

from collections.abc import Iterator

import pytest
from web_stage import Town, town


@pytest.fixture(scope="package")
def open_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A broker and a gateway for all tests that do not stop them."""
    with town(tmp_path_factory.mktemp("town")) as made:
        made.open("--bind", made.door)
        yield made


@pytest.fixture(scope="package")
def crowded_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Another one, for tests that bring many people: who types, and who has what, is told in small rooms."""
    with town(tmp_path_factory.mktemp("crowded")) as made:
        made.open()
        yield made
