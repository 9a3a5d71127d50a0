"""The options of the shell's verbs, and what they say if something is missing."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from broker_process import BrokerProcess
from shell_verbs import run, sentence

from broker.shell.verbs import SHELL_VERBS

Start = Callable[..., BrokerProcess]

LOCAL = ("--bind", "tcp://127.0.0.1:0")


def test_what_needs_the_broker_says_so(stored: Path) -> None:
    said = f"no broker answers in {stored}; start it without --no-admin, or give its --data"
    for arguments in (["online"], ["say", "hi"], ["ban", "zed"], ["unban", "zed"], ["op", "alice"]):
        assert sentence(4, *arguments) == said
    assert sentence(4, "user", "alice", "--forget", "--yes") == said
    assert sentence(4, "uninvite", "x" * 44) == said
    assert sentence(1, "status") == said
    code, out, err = run("status", "--json")
    assert (code, json.loads(out), err) == (1, {"problem": said}, "")


def test_without_data_each_verb_says_what_is_missing(data: Path) -> None:
    for arguments in (["users"], ["user", "alice"], ["rooms"], ["bans"], ["invites"]):
        assert sentence(1, *arguments) == f"there is no database at {data}/chat.db"
    assert not data.exists()


def test_a_socket_on_which_nobody_listens_is_no_broker(stored: Path, start: Start) -> None:
    process = start(*LOCAL)
    process.listen()
    process.kill(signal.SIGKILL)
    process.end()
    assert (stored / "admin").is_socket()
    assert sentence(4, "online").startswith("no broker answers")


@pytest.mark.parametrize("verb", SHELL_VERBS, ids=lambda verb: str(verb.name))
def test_each_verb_has_help_data_and_json(verb: Any) -> None:
    code, out, _ = run(verb.name, "--help")
    assert code == 0
    assert "--data DIR" in out
    assert "--json" in out
    assert f"  {verb.name} " in run("--help")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ban", "zed", "--for", "soon"], "soon is not a duration; write it like 30m, 2h, 7d or 3w"),
        (["ban", "zed", "--for", "0m"], "0m is not a duration; write it like 30m, 2h, 7d or 3w"),
        (
            ["ban", "zed", "--for", "3651d"],
            "A ban that ends lasts at most 3650d; leave out --for to ban for ever.",
        ),
        (["user", "a", "--with-messages"], "--with-messages belongs to --forget."),
        (["user", "a", "--forget", "--export", "-"], "Give --export or --forget, not both."),
        (["say"], "Missing argument 'TEXT'."),
        (["op", "a", "--role", "king"], "'king' is not one of 'operator', 'moderator', 'member'."),
    ],
)
def test_wrong_options_are_refused(stored: Path, arguments: list[str], said: str) -> None:
    assert sentence(2, *arguments).endswith(said)


def test_removing_somebody_is_confirmed(stored: Path) -> None:
    assert sentence(2, "user", "alice", "--forget") == "Without a terminal, confirm this with --yes."
