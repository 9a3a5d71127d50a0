from __future__ import annotations

from pathlib import Path

import pytest
from driven import message
from fake_host import FakeHost
from msgspec.structs import replace

from client.commands.completion import complete
from client.commands.registry import UsageError
from messages.files import File


def test_a_file_is_sent_with_a_text_or_without() -> None:
    host = FakeHost()
    host.type("/upload plan.pdf")
    host.type('/upload "my plan.pdf" for you')
    assert host.done == [("upload", "plan.pdf", ""), ("upload", "my plan.pdf", "for you")]
    with pytest.raises(UsageError):
        host.type("/upload")


def test_files_are_named_by_message_and_number_or_are_the_last_ones() -> None:
    host = FakeHost()
    host.composer.place = "#lobby"
    with pytest.raises(ValueError, match="no message here has a file"):
        host.type("/get")
    plan = File("plan.pdf", 5, "0" * 64)
    host.driven.hear(replace(message(1), files=(plan,)), message(2))
    for line in ("/get", "/get 7", "/get 7 2"):
        host.type(line)
    assert host.done == [("get", 1, None), ("get", 7, None), ("get", 7, 2)]
    for wrong in ("/get x", "/get 1 2 3", "/get -1", "/get 1 x"):
        with pytest.raises(UsageError):
            host.type(wrong)


def test_tab_completes_the_path_to_upload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plan.pdf").touch()
    monkeypatch.chdir(tmp_path)
    session = FakeHost().session
    assert complete(session, "/upload pl", 10) == ["plan.pdf "]
    assert complete(session, "/upload plan.pdf pl", 19) == []
    assert complete(session, "/up", 3) == ["/upload "]
