"""The broker's key and list of invites in backups: they are saved and restored with the data."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from stored import fill

from broker.cli import main
from broker.directory import invite_list
from broker.security.keys import KEY_FILE, KeyPair, find, fingerprint, load, load_or_make
from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import back_up


def run(*arguments: object) -> tuple[int, str]:
    """Return the exit code and what was written on stderr."""
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stderr


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with closing(SqliteStore(tmp_path / "data", "epoch")) as store:
        fill(store, 1)
    return tmp_path / "data"


@pytest.fixture
def keys(data: Path) -> KeyPair:
    return load_or_make(data / KEY_FILE)


@pytest.fixture
def backup(data: Path, keys: KeyPair, tmp_path: Path) -> Path:
    """A backup of the data and its key."""
    file = tmp_path / "backup"
    shown = f"18 messages and the broker's secret key {fingerprint(keys.public)}"
    assert run("backup", file, "--data", data) == (0, f"{file} holds {shown}, and is whole\n")
    return file


def test_on_another_machine_the_broker_has_the_same_key(backup: Path, keys: KeyPair, tmp_path: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert run("verify", backup)[0] == 0
    code, said = run("restore", backup, "--data", tmp_path / "new")
    assert (code, said.count(f"; the broker's key {fingerprint(keys.public)} is the backup's")) == (0, 1)
    assert load(tmp_path / "new" / KEY_FILE) == keys
    found = (tmp_path / "new" / "chat.db").read_bytes()
    assert keys.secret.encode() not in found
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["chat.db", KEY_FILE, "lock"]


def test_the_same_key_is_kept(backup: Path, data: Path, keys: KeyPair) -> None:
    code, said = run("restore", backup, "--data", data)
    assert (code, said.count(f"; the broker's key {fingerprint(keys.public)} was kept; the prev")) == (0, 1)
    assert load(data / KEY_FILE) == keys


def test_another_key_is_moved_aside_with_the_data(backup: Path, data: Path, keys: KeyPair) -> None:
    (data / KEY_FILE).unlink()
    other = load_or_make(data / KEY_FILE)
    assert f"{fingerprint(keys.public)} is the backup's" in run("restore", backup, "--data", data)[1]
    assert load(data / KEY_FILE) == keys
    (aside,) = data.glob("replaced-*")
    assert load(aside / KEY_FILE) == other


def test_a_key_that_cannot_be_used_is_moved_aside_too(backup: Path, data: Path, keys: KeyPair) -> None:
    (data / KEY_FILE).write_text("broken")
    assert run("restore", backup, "--data", data)[0] == 0
    assert load(data / KEY_FILE) == keys


def test_the_present_key_is_kept_if_one_asks_for_it(backup: Path, data: Path) -> None:
    (data / KEY_FILE).unlink()
    other = load_or_make(data / KEY_FILE)
    code, said = run("restore", backup, "--keep-key", "--data", data)
    assert (code, said.count(f"the broker's key {fingerprint(other.public)} was kept")) == (0, 1)
    assert load(data / KEY_FILE) == other


def test_a_backup_without_the_key_leaves_the_present_one(data: Path, keys: KeyPair, tmp_path: Path) -> None:
    file = tmp_path / "without"
    assert run("backup", file, "--without-key", "--data", data) == (
        0,
        f"{file} holds 18 messages without the broker's key, and is whole\n",
    )
    assert keys.secret.encode() not in file.read_bytes()
    assert f"{fingerprint(keys.public)} was kept" in run("restore", file, "--data", data)[1]
    assert load(data / KEY_FILE) == keys


def test_a_key_that_cannot_be_used_is_named_or_left_out(data: Path, keys: KeyPair, tmp_path: Path) -> None:
    (data / KEY_FILE).chmod(0o644)
    code, said = run("backup", tmp_path / "backup", "--data", data)
    assert (code, said.count("can be used by others")) == (1, 1)
    assert not (tmp_path / "backup").exists()
    assert run("backup", tmp_path / "backup", "--without-key", "--data", data)[0] == 0


def test_a_key_elsewhere_is_saved_and_made_where_it_is_missing(data: Path, tmp_path: Path) -> None:
    place, file = tmp_path / "etc" / "broker.key", tmp_path / "backup"
    keys = load_or_make(place)
    assert fingerprint(keys.public) in run("--key", place, "backup", file, "--data", data)[1]
    assert f"{fingerprint(keys.public)} was kept" in run("restore", file, "--key", place, "--data", data)[1]
    place.unlink()
    assert run("restore", file, "--key", place, "--data", data)[0] == 0
    assert load(place) == keys
    assert not (data / KEY_FILE).exists()


def test_a_damaged_key_in_a_backup_is_noticed(backup: Path, data: Path, keys: KeyPair) -> None:
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("UPDATE broker_key SET text = replace(text, 'public', 'Public')")
    for arguments in (("verify", backup), ("restore", backup, "--data", data)):
        code, said = run(*arguments)
        assert code == 1
        assert "a row of broker_key is not what was written" in said
    assert not list(data.glob("replaced-*"))


def invite(data: Path) -> invite_list.Issued:
    """Issue an invite, and return its line in the list."""
    code, said = run("invite", "--data", data, "--endpoint", "chat.example.org:9009")
    assert code == 0, said
    return invite_list.issued(data)[-1]


def test_issued_invites_are_saved_and_restored(data: Path, keys: KeyPair, tmp_path: Path) -> None:
    first = invite(data)
    assert run("backup", tmp_path / "backup", "--data", data)[0] == 0
    second = invite(data)
    new = tmp_path / "new"
    assert run("restore", tmp_path / "backup", "--data", new)[0] == 0
    assert invite_list.issued(new) == [first]
    assert stat.S_IMODE((new / "invites").stat().st_mode) == 0o600
    assert run("restore", tmp_path / "backup", "--data", data)[0] == 0
    assert invite_list.issued(data) == [first, second], "with the same key, later invites are valid too"
    assert first.nonce.encode() not in (data / "chat.db").read_bytes()


def test_invites_of_another_key_are_not_listed(data: Path, keys: KeyPair, tmp_path: Path) -> None:
    saved = invite(data)
    assert run("backup", tmp_path / "backup", "--data", data)[0] == 0
    for file in ("curve.key", "invites"):
        (data / file).unlink()
    load_or_make(data / KEY_FILE)
    own = invite(data)
    assert run("restore", tmp_path / "backup", "--keep-key", "--data", data)[0] == 0
    assert invite_list.issued(data) == [own]
    assert run("restore", tmp_path / "backup", "--data", data)[0] == 0
    assert invite_list.issued(data) == [saved]
    *_, aside = sorted(data.glob("replaced-*"))
    assert invite_list.issued(aside) == [own]


def test_a_key_in_a_backup_that_is_none_is_named(data: Path, keys: KeyPair, tmp_path: Path) -> None:
    back_up(data, tmp_path / "altered", {KEY_FILE: "no key"})
    code, said = run("restore", tmp_path / "altered", "--data", data)
    assert (code, said.count("the broker's key in the backup is damaged")) == (1, 1)
    assert find(data / KEY_FILE) == keys


def test_a_backup_of_an_earlier_version_has_no_list(data: Path, backup: Path, keys: KeyPair) -> None:
    own = invite(data)
    assert run("restore", backup, "--data", data)[0] == 0
    assert invite_list.issued(data) == [own]


def test_a_damaged_list_in_a_backup_is_noticed(data: Path, keys: KeyPair, tmp_path: Path) -> None:
    invite(data)
    assert run("backup", tmp_path / "backup", "--data", data)[0] == 0
    with closing(sqlite3.connect(tmp_path / "backup")) as connection, connection:
        connection.execute("UPDATE issued_invites SET text = replace(text, 'uses', 'Uses')")
    code, said = run("verify", tmp_path / "backup")
    assert (code, said.count("a row of issued_invites is not what was written")) == (1, 1)
