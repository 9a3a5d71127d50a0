"""The verbs that read the database, also while no broker runs."""

from __future__ import annotations

import json
import stat
from contextlib import closing
from pathlib import Path

import pytest
from shell_verbs import entry, objects, run, sentence

from broker.core.facts.moderation import Banned
from broker.store.sqlite import SqliteStore

AT = 1_790_000_000_000
BOB = "боб"


def test_users_are_listed(stored: Path, in_utc: None) -> None:
    code, out, err = run("users")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "name   last seen         keys  roles  rooms",
        "alice  2026-09-21 14:13  0     -      2",
        "боб    never             0     -      1",
    ]
    alice, bob = objects("users")
    assert (alice["name"], alice["seen"], alice["away"], alice["rooms"]) == (
        "alice",
        AT,
        "lunch",
        ["#Tea", "#lobby"],
    )
    assert (alice["banned"], bob["banned"]) == (False, True)


def test_rooms_are_listed_private_ones_too(stored: Path) -> None:
    _, out, _ = run("rooms")
    assert out.splitlines() == [
        "room    members  messages  rules    operators  topic",
        "#lobby  2        2         -        -          All",
        "#Tea    1        0         private  alice      hot\\u202e",
    ]
    assert objects("rooms")[1] == {
        "room": "#Tea",
        "topic": "hot\u202e",
        "members": 1,
        "messages": 0,
        "rules": ["private"],
        "operators": ["alice"],
    }
    assert "\u202e" not in run("rooms", "--json")[1]


def test_bans_are_listed_those_from_rooms_too(stored: Path) -> None:
    _, out, _ = run("bans")
    heads, *lines = out.splitlines()
    assert heads.split() == ["banned", "from", "until", "by", "since", "reason"]
    assert [line.split("2026")[0].split() for line in lines] == [
        [BOB, "the", "chat", "for", "ever", "x"],
        ["alice", "#Tea", "for", "ever", "x"],
    ]
    assert [line.split()[-1] for line in lines] == ["spam", "rude"]
    assert objects("bans")[1] == {
        "target": "alice",
        "what": "name",
        "room": "#Tea",
        "until": 0,
        "by": "x",
        "at": AT,
        "reason": "rude",
    }


def test_bans_that_are_over_are_not_listed(data: Path) -> None:
    with closing(SqliteStore(data, "epoch")) as store:
        store.commit([entry(Banned("x", AT, AT + 1, "spam", "address", "192.0.2.1/32", "192.0.2.1"))])
    assert run("bans") == (0, "nobody is banned\n", "")


def test_one_user_is_shown(stored: Path) -> None:
    code, out, _ = run("user", "ALICE")
    lines = dict(line.split(maxsplit=1) for line in out.splitlines() if not line.startswith("last"))
    assert code == 0
    assert (lines["name"], lines["number"], lines["password"], lines["messages"]) == (
        "alice",
        "1",
        "yes",
        "2",
    )
    assert (lines["rooms"], lines["direct"]) == ("#Tea, #lobby", "@боб")
    (found,) = objects("user", "alice")
    assert (found["messages"], found["direct"], found["read_receipts"]) == (2, ["@боб"], True)


@pytest.mark.parametrize("name", ["nobody", "no body", "#lobby", ""])
def test_a_user_that_does_not_exist_is_named(stored: Path, name: str) -> None:
    assert sentence(5, "user", name) == f"no user has the name {name}; chat-broker users lists them"


def test_all_that_one_user_has_said_is_exported(stored: Path, tmp_path: Path) -> None:
    file = tmp_path / "alice.jsonl"
    code, out, err = run("user", "alice", "--export", str(file))
    assert (code, out, err) == (0, f"12 lines about alice written to {file}\n", "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [line["type"] for line in lines] == [
        *("user", "member", "member", "member"),
        *("password", "rank", "mute", "quiet-hours", "ban", "audit"),
        *("message", "message"),
    ]
    assert [
        (one["conversation"], one["sender"], one["text"]) for one in lines if one["type"] == "message"
    ] == [
        ("#lobby", "ally", "in public"),
        ("@боб", "alice", "in private"),
    ]
    text = file.read_text("utf-8")
    assert "not hers" not in text
    assert "argon2" not in text
    assert run("user", "alice", "--export", "-")[1].splitlines() == [
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines
    ]
    assert sentence(1, "user", "alice", "--export", str(file)) == f"{file}: File exists"
