"""Invites: their list, and revoking them, also if nobody has used them."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from broker_process import BrokerProcess
from shell_verbs import entry, objects, run, sentence

from broker.core.facts.kinds import InviteUse
from broker.directory import invite_list
from broker.security.keys import load_or_make
from broker.store.sqlite import SqliteStore

Start = Callable[..., BrokerProcess]


@pytest.fixture(autouse=True)
def _keys(stored: Path) -> None:
    load_or_make(stored / "curve.key")


def test_issued_invites_are_listed_with_their_uses(stored: Path) -> None:
    for options in (
        ["--uses", "3"],
        ["--role", "gateway", "--guests", "--accounts", "--per-address", "1500"],
        [],
    ):
        assert run("invite", "--endpoint", "chat.example.org:9009", *options)[0] == 0
    first, _, third = invite_list.issued(stored)
    later = first.expires + 10
    store = SqliteStore(stored, "epoch")
    store.commit(
        [
            entry(InviteUse(first.nonce, 2, first.expires)),
            entry(InviteUse(third.nonce, 1, third.expires)),
            entry(InviteUse("00" * 9, 65_535, later)),
            entry(InviteUse("11" * 9, 1, 5)),
        ]
    )
    store.close()
    found = objects("invites")
    assert [(one["state"], one["used"], one["uses"], one["role"], one["by"]) for one in found] == [
        ("valid", 2, 3, "", os.getuid()),
        ("valid", 0, 1, "gateway", os.getuid()),
        ("used up", 1, 1, "", os.getuid()),
        ("revoked", 0, None, "", None),
    ]
    assert found[0]["made"] == first.made
    lines = run("invites")[1].splitlines()
    assert lines[0].split() == ["invite", "state", "used", "expires", "role", "made", "by"]
    assert lines[1].split()[1:5] == ["valid", "2", "of", "3"]
    assert "gateway (guests, accounts, 1,500 an address)" in lines[2]
    assert [(one["guests"], one["per_address"], one["accounts"]) for one in found[:2]] == [
        (False, 0, False),
        (True, 1_500, True),
    ]
    assert len(lines) == 5


def test_an_invite_that_looks_like_options_is_an_invite() -> None:
    assert sentence(4, "uninvite", "-AlpAL3h").startswith("no broker answers")


def test_an_expired_invite_is_left_out(stored: Path) -> None:
    line = '{"nonce":"%s","made":1,"expires":2,"uses":1,"role":"","by":0}\n' % ("22" * 9)
    (stored / "invites").write_text(line + '{"nonce":"cut')
    assert objects("invites") == []
    assert run("invites")[1] == "there are no invites, or all have expired\n"


def test_the_list_is_for_its_owner_and_holds_no_secret(stored: Path) -> None:
    _, out, _ = run("invite", "--endpoint", "chat.example.org:9009")
    assert stat.S_IMODE((stored / "invites").stat().st_mode) == 0o600
    assert out.strip().partition("invite=")[2][-22:] not in (stored / "invites").read_text()


def test_files_that_root_makes_are_the_owners(stored: Path, tmp_path: Path) -> None:
    owner = 65_534 if os.geteuid() == 0 else os.geteuid()
    for path in (stored, *stored.iterdir()):
        os.chown(path, owner, -1)
    run("invite", "--endpoint", "chat.example.org:9009")
    assert run("backup", str(tmp_path / "copy"))[0] == 0
    for arguments in (["users"], ["user", "alice"], ["rooms"], ["invites"]):
        assert run(*arguments)[0] == 0
    made = {path.name: path.stat().st_uid for path in stored.iterdir()}
    assert {"invites", "backed-up"} <= made.keys()
    assert set(made.values()) == {owner}


def test_an_invite_that_cannot_be_listed_is_not_issued(stored: Path) -> None:
    (stored / "invites").mkdir()
    assert sentence(1, "invite", "--endpoint", "chat.example.org:9009") == f"{stored}/invites: Is a directory"


def test_an_unused_invite_is_revoked_by_its_beginning(start: Start) -> None:
    start("--bind", "tcp://127.0.0.1:0", "--curve").listen()
    for _ in range(3):
        run("invite", "--endpoint", "chat.example.org:9009")
    _, two, _ = (found["invite"] for found in objects("invites"))
    whole = run("invite", "--endpoint", "chat.example.org:9009")[1].strip()
    assert run("uninvite", two) == (0, f"the invite {two} is revoked\n", "")
    assert run("uninvite", whole)[0] == 0
    assert [found["state"] for found in objects("invites")] == ["valid", "revoked", "valid", "revoked"]
    assert sentence(5, "uninvite", "AAAAAAAA").startswith("this broker made no such invite")


def test_lines_of_the_list_that_nobody_can_have_written_are_passed_over(stored: Path) -> None:
    assert run("invite", "--endpoint", "chat.example.org:9009")[0] == 0
    (own,) = invite_list.issued(stored)
    line = f'{{"nonce":"{"00" * 9}","made":1,"expires":{own.expires},"uses":1,"role":"","by":0}}'
    altered = [
        line.replace("00" * 9, "no hex"),
        line.replace('"role":""', '"role":"king"'),
        line.replace(str(own.expires), str(1 << 62)),
        "[" * 100_000,
    ]
    with (stored / "invites").open("a") as file:
        file.write("\n".join([*altered, line, ""]))
    assert [one.nonce for one in invite_list.issued(stored)] == [own.nonce, "00" * 9]
    assert len(objects("invites")) == 2
