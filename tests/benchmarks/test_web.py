"""The benchmark of many people with a browser each, with a few of them."""

from __future__ import annotations

import sys

import pytest

from benchmarks import web


@pytest.mark.long
def test_the_figures_of_a_few_people_are_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["web", "--people", "4", "--idle", "0.1", "--messages", "2"])
    web.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("4 people signed in")
    assert [line.split(":")[0] for line in lines[1:5]] == [
        *("memory of the gateway", "idle", "one message", "processor time for it")
    ]
    assert lines[5].startswith("all back ")
