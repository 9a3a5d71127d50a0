import time
from collections.abc import Iterator

import pytest

from client.text.times import local_now, local_time


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("UTC", "00:00 +0000"), ("XYZ-05:30", "05:30 +0530"), ("XYZ+99", "00:00 +0000"), ("", "00:00 +0000")],
    indirect=["zone"],
)
def test_times_are_in_the_machines_zone_or_in_utc_if_that_is_none(zone: None, shown: str) -> None:
    assert f"{local_time(0):%H:%M %z}" == shown
    assert abs(local_now().timestamp() - time.time()) < 3_600
