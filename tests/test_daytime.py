from __future__ import annotations

import os
import time

import pytest
from daytime import be_in, zone

HOUR = 3_600


@pytest.mark.parametrize("hour", range(24))
def test_midnight_is_hours_away_whenever_the_tests_run(hour: int) -> None:
    at, before = 1_790_000_000 // 86_400 * 86_400 + hour * HOUR, os.environ["TZ"]
    be_in(zone(at))
    here = [time.localtime(at + hours * HOUR).tm_yday for hours in (-4, 0, 5)]
    be_in(before)
    assert len({*here}) == 1


def test_the_tests_and_their_programs_are_in_such_a_zone() -> None:
    assert os.environ["TZ"] in {zone(0), zone(12 * HOUR)}
    assert time.timezone == (0 if os.environ["TZ"] == "UTC" else 10 * HOUR)
