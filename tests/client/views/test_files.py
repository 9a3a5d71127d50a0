from __future__ import annotations

import io
from pathlib import Path

import pytest
from file_broker import Device, FileBroker, content

from client.core.events import is_refusal
from client.line.screen import Screen
from client.views.files import LineFiles
from messages.files import File
from messages.limits import MAX_FILES

WHOLE = content(3_000_000)


class Stage:
    def __init__(self, directory: Path) -> None:
        self.broker = FileBroker()
        self.device = Device(self.broker)
        self.out, self.err = io.StringIO(), io.StringIO()
        self.files = LineFiles(self.device.session, Screen(self.out, self.err), directory)
        self.marks: list[str] = []

    def run(self, turns: int = 200) -> None:
        """Let the files move, and tell of them."""
        for _ in range(turns):
            self.device.tick()
            self.device.serve()
            self.device.arrive()
            self.device.now += 0.3
            for event in self.device.events:
                if self.files.take(event):
                    self.marks.append(self.files.mark)
                if is_refusal(event):
                    self.marks.append("refused")
            self.device.events.clear()
            if not self.device.session.transfers:
                return


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_all_files_of_a_message_are_got_one_after_the_other_and_each_is_told(
    stage: Stage, tmp_path: Path
) -> None:
    seq = stage.broker.keep(WHOLE, "plan.pdf")
    other = File("../-rf", 5, "5" * 64)
    message = stage.broker.messages[-1]
    empty = File("empty.txt", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    stage.broker.contents[empty.hash] = b""
    stage.broker.contents[other.hash] = b"wrong"
    stage.broker.accept("two", "two", (message.files[0], empty, other))
    stage.files.get("#lobby", seq + 1, None)
    stage.run()
    assert (tmp_path / "plan.pdf").read_bytes() == WHOLE
    assert (tmp_path / "empty.txt").read_bytes() == b""
    assert stage.out.getvalue() == (
        f"{tmp_path}/plan.pdf: 3.0 MB of message 2\n{tmp_path}/empty.txt: 0 bytes of message 2\n"
    )
    assert stage.err.getvalue().startswith("Not got: the content is damaged")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.txt", "plan.pdf"]
    assert stage.marks[-1] == "refused"
    assert any(mark.startswith(" (plan.pdf ") and mark.endswith("%)") for mark in stage.marks)


def test_a_broker_that_names_more_files_than_a_message_can_have_ends_nothing(
    stage: Stage, tmp_path: Path
) -> None:
    seq = stage.broker.keep(b"tea", "tea.txt")
    stage.broker.accept("hostile", "many", stage.broker.messages[-1].files * (MAX_FILES + 2))
    stage.files.get("#lobby", seq + 1, None)
    stage.run()
    assert (len(list(tmp_path.iterdir())), stage.err.getvalue()) == (MAX_FILES, "")


def test_one_file_is_got_alone_and_after_being_stopped_goes_on(stage: Stage, tmp_path: Path) -> None:
    stage.broker.keep(WHOLE, "plan.pdf")
    assert not stage.files.stop()
    stage.files.get("#lobby", 1, 1)
    stage.run(10)
    assert stage.files.stop()
    stage.run(1)
    assert stage.err.getvalue() == "Not got: stopped; the same command goes on from there.\n"
    (part,) = tmp_path.iterdir()
    had = part.stat().st_size
    assert had > 0
    stage.files.get("#lobby", 1, 1)
    stage.run()
    assert [path.read_bytes() == WHOLE for path in tmp_path.iterdir()] == [True]


def test_a_person_is_told_once_that_a_file_waits_for_the_broker(stage: Stage, tmp_path: Path) -> None:
    stage.broker.keep(WHOLE, "plan.pdf")
    stage.files.get("#lobby", 1, 1)
    stage.run(8)
    stage.broker.trouble = 6
    stage.run()
    assert stage.err.getvalue() == "plan.pdf waits: the broker cannot store this now; try again.\n"
    assert (tmp_path / "plan.pdf").read_bytes() == WHOLE


def test_what_cannot_be_uploaded_is_a_sentence(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"^not uploaded: {tmp_path}: this is a directory; name a file$"):
        stage.files.source(str(tmp_path))
