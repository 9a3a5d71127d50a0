"""The verbs of chat-broker as a person types them; what they do is tested with the store."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from broker_process import BrokerProcess
from click.testing import CliRunner
from live_broker import Dealer

from broker.cli import main
from broker.core.store import StoredMessage, StoredRoom, StoredUser
from broker.store.sqlite import SqliteStore

pytestmark = pytest.mark.usefixtures("logger")  # a broker that is started here configures it

ROOT = Path(__file__).parents[2]

Start = Callable[..., BrokerProcess]
Connect = Callable[[str, str], Dealer]


def run(*arguments: str) -> tuple[int, str, str]:
    """Return the exit code and what was written on stdout and stderr."""
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The default data directory, with two messages."""
    directory = tmp_path / "data" / "chat-broker"
    with closing(SqliteStore(directory, "epoch")) as store:
        store.commit([StoredUser(1, "alice", None), StoredRoom("#lobby", "#lobby", "")])
        store.commit([StoredMessage("#lobby", seq, str(seq), 1, "alice", "hi", seq) for seq in (1, 2)])
    return directory


def test_the_usual_directory_is_taken_if_none_is_named(data: Path, tmp_path: Path) -> None:
    said = f"{data}/chat.db holds 2 messages, and is whole\n"
    assert run("verify") == (0, said, "")
    data.rename(tmp_path / "elsewhere")
    code, _, err = run("verify")
    assert (code, err) == (1, f"chat-broker: there is no database at {data}/chat.db\n")
    elsewhere = ("--data", str(tmp_path / "elsewhere"))
    said = said.replace(str(data), str(tmp_path / "elsewhere"))
    assert run("verify", *elsewhere) == run(*elsewhere, "verify") == (0, said, "")


def test_a_backup_is_made_verified_and_restored(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    assert run("backup", str(file)) == (0, "", f"{file} holds 2 messages, and is whole\n")
    assert run("verify", str(file))[0] == 0
    code, out, err = run("restore", str(file))
    assert (code, out) == (0, "")
    aside = next(data.glob("replaced-*"))
    holds = f"{data} holds 2 messages now, and belongs to {data.owner()}; the backup has no key"
    assert err == f"{holds}; the previous data is in {aside}\n"
    code, _, err = run("backup", str(file))
    assert (code, err) == (1, f"chat-broker: {file} exists already; choose another name or remove it\n")


def test_an_export_goes_to_a_file_or_through_a_pipe(data: Path, tmp_path: Path) -> None:
    code, out, err = run("export")
    assert (code, err) == (0, "2 messages written\n")
    file = tmp_path / "lines"
    assert run("export", str(file))[0] == 0
    assert file.read_text() == out
    new = tmp_path / "new"
    assert run("import", str(file), "--data", str(new)) == (0, "", f"{new} holds 2 messages now\n")
    again = CliRunner().invoke(main, ["import", "--data", str(tmp_path / "newer")], input=out)
    assert again.exit_code == 0
    assert run("export", "--data", str(tmp_path / "newer"))[1].count("\n") == out.count("\n")


def test_compacting_says_how_much_space_it_freed(data: Path) -> None:
    assert run("compact") == (0, "", f"{data} took 0.1 MB and takes 0.1 MB now\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("backup", "/nowhere/file"), "/nowhere/file: No such file or directory"),
        (("restore", "/nowhere/file"), "there is no database at /nowhere/file"),
        (("export", "/nowhere/file"), "/nowhere/file: No such file or directory"),
        (("import", "/nowhere/file"), "/nowhere/file: No such file or directory"),
        (("import", __file__), "chat.db exists already; import into another directory"),
        (
            ("import", __file__, "--data", "DATA"),
            "line 1 is not a line of an export: it is not a JSON object",
        ),
    ],
)
@pytest.mark.usefixtures("data")
def test_an_error_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], complaint: str) -> None:
    code, out, err = run(*(str(tmp_path / "new") if word == "DATA" else word for word in arguments))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("chat-broker: ")
    assert complaint in err


def test_a_running_broker_is_backed_up_and_not_restored_over(
    start: Start, connect: Connect, tmp_path: Path
) -> None:
    process = start("--bind", "tcp://127.0.0.1:0")
    alice = connect(process.listen(), "alice").login()
    assert alice.ask("send", to="#lobby", text="hello")["durability"] == "disk"
    file = tmp_path / "backup"
    assert run("backup", str(file))[2] == f"{file} holds 1 message, and is whole\n"
    code, _, err = run("restore", str(file))
    assert code == 1
    assert "another broker or verb uses" in err
    process.stop()
    assert run("restore", str(file))[0] == 0


def exported(data: Path, stdout: int) -> tuple[int, str]:
    """Return the exit code of an export to a descriptor, and what it wrote on stderr."""
    command = [sys.executable, "-m", "broker", "export", "--data", str(data)]
    done = subprocess.run(command, cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stderr


def test_an_export_whose_reader_has_gone_ends_in_silence(data: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert exported(data, writing) == (141, "")
    finally:
        os.close(writing)


def test_an_export_without_room_says_where(data: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        code, err = exported(data, full.fileno())
    assert (code, err) == (1, "chat-broker: standard output: No space left on device\n")


def test_an_export_that_fails_leaves_no_file(data: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(data / "chat.db")) as connection, connection:
        connection.execute("UPDATE messages SET text = 'no' WHERE number = 2")
    assert run("export", str(tmp_path / "lines"))[0] == 1
    assert not list(tmp_path.glob("lines*"))


def test_a_directory_without_a_name_is_wrong_usage(data: Path) -> None:
    for arguments in (("verify", "--data", ""), ("--data", "", "verify")):
        code, _, err = run(*arguments)
        assert code == 2
        assert "the name of the directory is empty" in err


def test_a_link_to_nothing_is_named(data: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nothing")
    code, _, err = run("compact", "--data", str(link))
    assert (code, err) == (1, f"chat-broker: there is no database at {link}/chat.db\n")
    code, _, err = run("--data", str(link))
    assert code == 3
    assert err == f"chat-broker: {link} is a broken link; repair it or choose another with --data\n"
