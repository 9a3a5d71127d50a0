"""Looking after the people who are signed in: a fault of one is not one of the others."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from client.keys import load_or_make
from client.trust import Trust
from client.web.cookie import Cookie, read_cookie
from client.web.entrance import SignIn
from client.web.people import MOST_HASHED_OF_ADDRESS, Entry, People


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


_DEEP = base64.urlsafe_b64encode(b'["id","zoe","ticket",true,true,' + b"[" * 40_000).decode()


@pytest.mark.parametrize(
    "value", ["", "W10", "e30", "WzEsMiwzLDQsNV0", "///", pytest.param(_DEEP, id="deep")]
)
def test_what_is_no_cookie_says_nothing(value: str) -> None:
    assert read_cookie(value) is None


def test_passwords_that_wait_leave_places_to_tickets_and_guests(tmp_path: Path) -> None:
    async def crowd() -> list[bool]:
        key = load_or_make(tmp_path / "key")
        url = "tcp://127.0.0.1:1"  # nobody is there, so all of them wait
        people = People(url, Trust(url, key.public, key, tmp_path / "key", line=-1))
        form = SignIn("dolores", "correct horse")
        forms = [people.sign_in(form, "198.51.100.7") for _ in range(MOST_HASHED_OF_ADDRESS + 1)]
        ticket = people.come_back(
            Cookie("id", "dolores", "ticket", guest=False, remember=True), "198.51.100.7"
        )
        guest = people.sign_in(SignIn("gus", guest=True), "198.51.100.7")
        elsewhere = people.sign_in(form, "198.51.100.8")
        tasks = [asyncio.ensure_future(one) for one in (*forms, ticket, guest, elsewhere)]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        refused = [one.done() for one in tasks]
        await people.close()
        await asyncio.gather(*tasks, return_exceptions=True)
        return refused

    assert asyncio.run(crowd()) == [False] * MOST_HASHED_OF_ADDRESS + [True] + [False] * 3
