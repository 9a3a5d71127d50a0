"""Looking after the people who are signed in: a fault of one is not one of the others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from client.web.people import Entry, People


def test_a_fault_of_one_person_holds_up_nobody(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def fail(*_: object) -> None:
        raise LookupError("a fault")

    def person(tick: Any, beat: Any) -> Any:
        return SimpleNamespace(ticking=[], tabs=[SimpleNamespace(tick=tick, beat=beat)])

    trust: Any = SimpleNamespace(url="tcp://127.0.0.1:1", broker_key="k" * 40)
    people = People("", trust)
    people._entries["bad"] = Entry(person(fail, fail), remember=False)
    well = person(lambda _: done.append("tick"), lambda _: done.append("beat"))
    people._entries["well"] = Entry(well, remember=False)
    people.tick()
    people.beat()
    assert done == ["tick", "beat"]
    assert caplog.text.count("LookupError: a fault") == 2
