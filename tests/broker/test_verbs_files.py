"""What the verbs of chat-broker say about files."""

from __future__ import annotations

from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from wired import Chat

from broker.cli import main
from broker.store.contents.places import FILES, Places
from broker.store.sqlite import SqliteStore
from messages.files import Chunk, Upload
from messages.requests import Send

pytestmark = pytest.mark.usefixtures("logger")

CONTENT = b"eggs, milk, tea\n"
HASH = sha256(CONTENT).hexdigest()


def run(*arguments: str) -> tuple[int, str, str]:
    """Return the exit code and what was written on stdout and stderr."""
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The default data directory, with a message that has a file."""
    directory = tmp_path / "data" / "chat-broker"
    with closing(SqliteStore(directory, "epoch")) as store:
        alice = Chat(store, max_file=100).login("alice")
        upload = alice.ask(Upload, "../list.txt", len(CONTENT), HASH).upload
        alice.ask(Chunk, upload, 0, CONTENT)
        alice.ask(Send, "#lobby", "list.txt", files=(upload,))
    return directory


def test_the_verbs_count_files_and_name_those_that_are_not_as_they_were_sent(
    data: Path, tmp_path: Path
) -> None:
    whole, broken, lines = (str(tmp_path / name) for name in ("whole", "broken", "lines"))
    assert run("backup", whole) == (0, "", f"{whole} holds 1 message with 1 file, and is whole\n")
    lines_of_alice = run("user", "alice", "--export", "-")[1]
    assert f'"files":[{{"name":"../list.txt","size":16,"hash":"{HASH}"}}]' in lines_of_alice
    assert run("verify", whole) == (0, f"{whole} holds 1 message with 1 file, and is whole\n", "")
    Places(data / FILES).content(HASH).write_bytes(b"eggs, milk, tee\n")
    fault = "but ../list.txt of message 1 in #lobby is damaged"
    code, out, err = run("verify")
    assert (code, out, fault in err) == (1, "", True)
    assert fault in run("backup", broken)[2]
    assert run("export", lines) == (0, "", f"1 message with 1 file written; {fault}\n")
    _, _, err = run("--data", str(tmp_path / "new"), "import", lines)
    assert err == f"{tmp_path / 'new'} holds 1 message now; the content of 1 file is not in the export\n"
    assert f"{data} holds 1 message with 1 file now" in run("restore", whole)[2]
    assert run("verify")[0] == 0
