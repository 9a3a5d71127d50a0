"""Where the runs of a text lead."""

from __future__ import annotations

import pytest

from client.text.links import ascii_address, linked_runs
from client.text.markup import parse


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://x.org", {"https://x.org": "https://x.org"}),
        ("[one](https://x.org) [two](https://y.org)", {"one": "https://x.org", "two": "https://y.org"}),
        ("*[bold](https://x.org/ä)*", {"bold": "https://x.org/%C3%A4"}),
        ("no link", {}),
    ],
)
def test_each_run_has_the_address_that_it_leads_to(text: str, links: dict[str, str]) -> None:
    found = {run.text: link for run, link in linked_runs(parse(text)) if link and run.text[0] not in "]["}
    assert found == links


def test_an_address_that_is_too_long_leads_nowhere() -> None:
    assert ascii_address("https://x.org/" + "a" * 3_000) == ""
