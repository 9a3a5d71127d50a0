"""The file of drafts."""

from __future__ import annotations

import fcntl
import json
import os
import stat
from pathlib import Path

import pytest

from client.editor.inputs import LINE_LIMIT, TypedLine
from client.screen.composer.meaning import Aim, Draft, Target
from client.screen.model import draft_file
from client.screen.model.draft_file import MOST_BYTES, DraftFile, usual_draft_file
from client.screen.model.drafts import Kept


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "chat-client" / "drafts.json"


def kept(text: str, conversation: str = "#dev") -> Kept:
    target = Target(Aim.EDIT, conversation, 12)
    before = Draft(TypedLine("half"), 2)
    return Kept(Draft(TypedLine(text, pasted="\n" in text), len(text), target, before), "epoch", 4, 5)


def test_drafts_are_there_at_the_next_start_for_the_same_broker_and_user(path: Path) -> None:
    text = "👨‍👩‍👧 ❤️\nü\t日"
    DraftFile(path, "broker").save("alice", {"#dev": kept(text), "@bob": kept("x", "@bob")})
    DraftFile(path, "other").save("alice", {"#dev": kept("other broker")})
    assert DraftFile(path, "broker").load("alice") == {"#dev": kept(text), "@bob": kept("x", "@bob")}
    assert DraftFile(path, "broker").load("bob") == {}
    assert DraftFile(path, "other").load("alice") == {"#dev": kept("other broker")}


def test_only_its_owner_can_read_it_and_it_is_replaced_at_once(path: Path) -> None:
    file = DraftFile(path, "broker")
    file.save("alice", {"#dev": kept("one")})
    path.chmod(0o644)
    before = path.stat().st_ino
    file.save("alice", {"#dev": kept("two")})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.stat().st_ino != before
    assert [one.name for one in path.parent.iterdir()] == ["drafts.json"]


def test_two_clients_do_not_lose_each_others_drafts(path: Path) -> None:
    first, second = DraftFile(path, "broker"), DraftFile(path, "broker")
    first.save("alice", {"#dev": kept("one"), "#ops": kept("first", "#ops")})
    second.save("alice", {"#lobby": kept("two", "#lobby"), "#ops": kept("second", "#ops")})
    first.save("alice", {"#dev": None})
    assert DraftFile(path, "broker").load("alice") == {
        "#lobby": kept("two", "#lobby"),
        "#ops": kept("second", "#ops"),
    }
    second.save("alice", {"#lobby": None, "#ops": None})
    assert json.loads(path.read_text("utf-8")) == {}


def test_it_does_not_grow_without_end_and_the_oldest_go_first(path: Path) -> None:
    file = DraftFile(path, "broker")
    for number in range(70):
        file.save("alice", {f"#room{number}": kept("日" * LINE_LIMIT)})
    rooms = list(file.load("alice"))
    assert path.stat().st_size <= MOST_BYTES
    assert rooms[-1] == "#room69"
    assert len(rooms) == MOST_BYTES // (3 * LINE_LIMIT)


@pytest.mark.parametrize(
    "damaged",
    [
        *(
            "nonsense",
            "[]",
            "[" * 9_999,
            f'{{"broker": {{"bob": "{"x" * MOST_BYTES}"}}}}',
            '{"broker": 1}',
            '{"broker": {"alice": []}}',
            "\xff",
        ),
        *(
            f'{{"broker": {{"alice": {{"#dev": {record}}}}}}}'
            for record in (
                "1",
                '{"text": 1}',
                '{"text": "\\u001b[2J"}',
                '{"text": "a", "me": "x"}',
                '{"text": "a", "before": 1}',
            )
        ),
    ],
)
def test_what_is_damaged_or_could_move_the_cursor_is_left_out(path: Path, damaged: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(damaged, "latin-1")
    file = DraftFile(path, "broker")
    found = file.load("alice")
    assert [one.draft.line.text for one in found.values()] in ([], ["a"])
    file.save("alice", {"#ops": kept("x")})
    assert "#ops" in file.load("alice")
    assert path.stat().st_size < MOST_BYTES


def test_a_link_a_pipe_or_a_directory_that_cannot_be_made_is_not_used(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.symlink_to("/dev/null")
    fifo = path.with_name("fifo")
    os.mkfifo(fifo)
    for each in (path, fifo, Path("/dev/null/chat-client/drafts.json")):
        file = DraftFile(each, "broker")
        assert file.load("alice") == {}
        assert file.trouble.startswith(f"Drafts are not kept for the next start: {each}: ")
        file.save("alice", {"#dev": kept("x")})
    assert path.is_symlink()


def test_it_is_in_the_users_state_directory() -> None:
    file = usual_draft_file({"XDG_STATE_HOME": "/state"}, "broker")
    assert file is not None
    assert file._path == Path("/state/chat-client/drafts.json")
    assert usual_draft_file({"HOME": ""}, "broker") is None


def test_whoever_keeps_the_lock_does_not_stop_the_screen(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = DraftFile(path, "broker")
    file.save("alice", {"#dev": kept("one")})
    monkeypatch.setattr(draft_file, "_TRY_SECONDS", 0.0)
    other = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(other, fcntl.LOCK_EX)
    file.save("alice", {"#dev": kept("two")})
    os.close(other)
    assert "another program has locked the directory" in file.trouble
    assert DraftFile(path, "broker").load("alice") == {"#dev": kept("one")}


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    DraftFile(tmp_path / "real.json", "broker").save("alice", {"#dev": Kept(Draft(TypedLine("text"), 0))})
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    file = DraftFile(tmp_path / "link.json", "broker")
    assert file.load("alice") == {}
    assert "link.json" in file.trouble
