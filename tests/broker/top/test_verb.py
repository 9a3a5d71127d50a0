"""chat-broker top without its screen."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from shell_verbs import run

from broker.top import verb


def once(stage: Any, *arguments: str) -> tuple[int, str, str]:
    return run("top", "--data", str(stage.directory), "--interval", "0.1", "--once", *arguments)


def test_one_object_for_scripts_has_connections_and_commit_times(
    stages: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("textual", "rich"):
        monkeypatch.setitem(sys.modules, module, None)  # it cannot be imported
    code, out, err = once(stages[0], "--json")
    assert (code, err, out.count("\n")) == (0, "", 1)
    found = json.loads(out)
    assert found["connections"] == 0
    assert found["commit"]["count"] >= 1
    assert 0 < found["commit"]["p50_ms"] <= found["commit"]["p99_ms"] < 10_000
    assert found["rates"]["seconds"] > 0
    assert found["rates"]["frames"] > 0


def test_one_look_for_people_is_in_lines(stages: list[Any]) -> None:
    code, out, err = once(stages[0])
    assert (code, err) == (0, "")
    lines = {line[:12].rstrip(): line[13:] for line in out.splitlines()}
    assert lines["connections"] == "0 connections, 0 too slow, 0 throttled, 0 flooding, 0 not logged in"
    assert lines["commits"].startswith("1 commit, half within ")
    assert lines["refused"] == "nothing"
    assert lines["out"] == "0 deliveries/s"


def test_json_goes_on_until_it_is_interrupted(stages: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Any] = []

    def write(objects: list[Any]) -> None:
        written.extend(objects)
        if len(written) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(verb, "write_json", write)
    assert run("top", "--data", str(stages[0].directory), "--interval", "0.1", "--json")[0] == 130
    assert written[0]["at"] < written[1]["at"]


def test_without_a_terminal_it_says_what_to_do(stages: list[Any]) -> None:
    code, out, err = run("top", "--data", str(stages[0].directory))
    assert (code, out) == (2, "")
    assert err.endswith("the screen needs a terminal; add --once for one look, or --json for a program\n")


def test_without_textual_it_says_how_to_install_it(
    stages: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verb, "_has_terminal", lambda: True)
    monkeypatch.setattr(verb, "find_spec", lambda name: None)
    code, out, err = run("top", "--data", str(stages[0].directory))
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert "pipx install 'chat-broker[tui]'" in err


def test_a_broker_that_does_not_run_and_a_wrong_interval_are_named() -> None:
    code, _, err = run("top", "--once")
    assert (code, "no broker answers" in err) == (4, True)
    assert run("top", "--interval", "nan", "--once")[0] == run("top", "--interval", "0", "--once")[0] == 2
