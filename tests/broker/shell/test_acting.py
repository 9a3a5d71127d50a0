"""The verbs that ask the running broker to do something."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from broker_process import BrokerProcess
from live_broker import Dealer
from shell_verbs import objects, run, sentence

from broker.core.facts.moderation import AuditRecord
from broker.core.memory.restore import restore
from broker.store.verbs.looking import load

Start = Callable[..., BrokerProcess]
Connect = Callable[[str, str], Dealer]

LOCAL = ("--bind", "tcp://127.0.0.1:0")


@pytest.fixture
def url(start: Start, data: Path) -> str:
    """A broker whose endpoint encrypts nothing."""
    return start(*LOCAL).listen()


def test_who_is_online_is_listed(url: str, connect: Connect) -> None:
    assert run("online") == (0, "nobody is online\n", "")
    alice = connect(url, "alice").login()
    alice.ask("away", text="lunch\u202e")
    connect(url, "Bob").login()
    lines = run("online")[1].splitlines()
    assert lines[0].split() == ["name", "address", "since", "idle", "away"]
    assert [line.split()[:2] for line in lines[1:]] == [["alice", "127.0.0.1"], ["Bob", "127.0.0.1"]]
    assert lines[1].endswith("lunch\\u202e")
    assert [(one["name"], one["away"]) for one in objects("online")] == [
        ("alice", "lunch\u202e"),
        ("Bob", None),
    ]


def test_a_user_is_banned_and_unbanned(url: str, connect: Connect) -> None:
    alice, bob = connect(url, "alice").login(), connect(url, "bob").login()
    alice.settle()
    assert run("ban", "bob", "--for", "2h", "--reason", "spam") == (0, "bob is banned from the chat\n", "")
    assert bob.event("goodbye")["text"] == "the operator banned bob from the chat for 2 hours: spam"
    assert connect(url, "bob").ask("login", protocol=1, name="bob")["code"] == "banned"
    assert objects("unban", "bob") == [{"target": "bob", "room": None}]
    assert connect(url, "bob").ask("login", protocol=1, name="bob")["type"] == "welcome"
    assert "no such ban" in sentence(5, "unban", "bob")
    assert sentence(2, "ban", "b ad").startswith("`name`: ")
    assert run("ban", "10.9.0.0/16")[0] == run("ban", "192.0.2.7")[0] == 0
    assert run("ban", "SHA256:" + "A" * 43)[0] == 0
    assert (
        sentence(5, "ban", "alice", "--room", "#nowhere")
        == "there is no such room; check the name, or join it to open it"
    )


def test_a_role_is_given_in_a_room(url: str, connect: Connect) -> None:
    alice = connect(url, "alice").login()
    bob = connect(url, "bob").login()
    for one in (alice, bob):
        one.ask("join", room="#tea")
    assert run("op", "bob", "--role", "moderator", "--room", "#tea")[1] == "bob is moderator of #tea\n"
    assert bob.ask("bans", room="#tea")["type"] == "ban-list"
    assert "has no key" in sentence(5, "op", "bob")
    assert sentence(2, "op", "bob", "--role", "moderator").startswith("`role`")


def test_everybody_hears_what_is_said(url: str, connect: Connect) -> None:
    alice = connect(url, "alice").login()
    assert run("say", "back", "at", "noon") == (0, "sent to 1 connection\n", "")
    told = alice.event("system")
    assert (told["kind"], told["text"]) == ("notice", "the operator says: back at noon")
    assert objects("say", "hi", "--room", "#lobby") == [{"connections": 1}]


def test_a_user_is_removed_with_their_texts(url: str, connect: Connect, data: Path) -> None:
    alice, bob = connect(url, "alice").login(), connect(url, "bob").login()
    for number in range(600):
        alice.ask("send", to="#lobby", text=f"secret {number}")
    bob.ask("send", to="#lobby", text="a secret of bob's")
    code, out, err = run("user", "alice", "--forget", "--with-messages", "--yes")
    assert (code, err) == (0, "")
    assert out == "alice is removed, and 600 messages; backups, exports and logs may still hold them\n"
    assert alice.event("goodbye")["reason"] == "kicked"
    found = bob.ask("search", words="secret")
    assert [one["text"] for one in found["messages"]] == ["a secret of bob's"]
    page = bob.ask("history", conversation="#lobby", limit=2)
    assert [(one["sender"], one["text"]) for one in page["messages"]] == [
        ("removed~1", "(removed)"),
        ("bob", "a secret of bob's"),
    ]
    assert [one["name"] for one in objects("users")] == ["bob"]
    assert run("verify")[0] == 0
    assert sentence(5, "user", "alice", "--forget", "--yes") == "no user has this name; check it"


def test_what_operators_do_is_in_the_audit_log(url: str, connect: Connect, data: Path) -> None:
    connect(url, "bob").login()
    for arguments in (
        ["ban", "bob"],
        ["unban", "bob"],
        ["say", "hello"],
        ["user", "bob", "--forget", "--yes"],
    ):
        assert run(*arguments)[0] == 0
    log = restore(load(data)).facts.of(AuditRecord)
    by = f"operator (uid {os.getuid()})"
    assert [(one.by, one.action, one.target) for _, one in sorted(log.items())] == [
        (by, "ban", "bob"),
        (by, "unban", "bob"),
        (by, "say", ""),
        (by, "forget", "bob"),
    ]


def test_options_are_reloaded(start: Start, data: Path, tmp_path: Path, connect: Connect) -> None:
    file = tmp_path / "broker.toml"
    file.write_text('title = "Old"\n')
    broker = start(*LOCAL, "--config", str(file))
    url = broker.listen()
    assert run("reload") == (0, "the log is reopened; no option has changed\n", "")
    file.write_text('title = "New"\nheartbeat = 20\n')
    assert objects("reload") == [{"changed": ["title"], "restart": ["heartbeat"]}]
    assert connect(url, "bob").ask("login", protocol=1, name="bob")["title"] == "New"
    assert broker.await_line("these options have changed: title")
    file.write_text("rate = 0\n")
    assert sentence(5, "reload").startswith("nothing is reloaded: ")
    assert "broker.toml: rate: 0.0 is not in the range" in sentence(5, "reload")
    assert broker.stop() == 0
    assert "no broker answers" in sentence(4, "reload")
