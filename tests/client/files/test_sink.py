from __future__ import annotations

import errno
import os
from hashlib import sha256
from pathlib import Path

import pytest

from client.core.files.ports import FileTrouble
from client.files.sink import StreamSink, into_directory, into_file, refuse_existing
from messages.files import File

HASH = sha256(b"hello").hexdigest()
FILE = File("plan.pdf", 5, HASH)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path


def fetch(here: Path, name: str = "plan.pdf") -> Path:
    sink = into_directory(here)(File(name, 5, HASH))
    assert sink.have == 0
    sink.write(b"hello")
    sink.finish()
    sink.close()
    assert sink.path is not None
    return sink.path


def test_a_whole_file_gets_a_free_name_and_nothing_else_is_left(here: Path) -> None:
    (here / "plan.pdf").write_text("mine")
    (here / "plan (2).pdf").symlink_to("nowhere")
    assert fetch(here) == here / "plan (3).pdf"
    assert fetch(here, "../../etc/plan.pdf") == here / "plan (4).pdf"
    assert (here / "plan.pdf").read_text() == "mine"
    assert sorted(path.name for path in here.iterdir()) == [
        "plan (2).pdf",
        "plan (3).pdf",
        "plan (4).pdf",
        "plan.pdf",
    ]
    assert (here / "plan (3).pdf").read_bytes() == b"hello"


def test_a_part_stays_and_is_gone_on_with(here: Path) -> None:
    sink = into_directory(here)(FILE)
    sink.write(b"hel")
    sink.close()
    assert [path.name for path in here.iterdir()] == [f"plan.pdf.{HASH[:16]}.part"]
    again = into_directory(here)(FILE)
    assert (again.have, again.read(0, 3)) == (3, b"hel")
    again.write(b"lo")
    again.finish()
    again.close()
    assert again.path is not None
    assert again.path.read_bytes() == b"hello"


def test_nothing_is_left_of_a_download_that_brought_nothing(here: Path) -> None:
    sink = into_directory(here)(FILE)
    sink.close()
    sink.close()
    sink = into_directory(here)(FILE)
    sink.write(b"wrong")
    sink.restart()
    sink.close()
    assert list(here.iterdir()) == []


def test_a_named_place_must_be_free_at_the_beginning_and_at_the_end(here: Path) -> None:
    place = here / "out"
    place.write_text("mine")
    with pytest.raises(FileTrouble, match="out: this file exists already; choose another name"):
        into_file(place)(FILE)
    place.unlink()
    place.symlink_to("nowhere")
    with pytest.raises(FileTrouble, match="exists already"):
        refuse_existing(place)
    place.unlink()
    sink = into_file(place)(FILE)
    sink.write(b"hello")
    place.write_text("mine")
    with pytest.raises(FileTrouble, match="exists already"):
        sink.finish()
    sink.close()
    assert place.read_text() == "mine"
    with pytest.raises(FileTrouble, match="no such directory; make it"):
        into_file(here / "nowhere" / "out")(FILE)


def test_what_somebody_else_has_put_in_the_way_is_not_written_to(here: Path) -> None:
    victim = here / "victim"
    victim.write_text("mine")
    part = here / f"plan.pdf.{HASH[:16]}.part"
    for make in (
        lambda: part.symlink_to(victim),
        lambda: os.link(victim, part),
        lambda: os.mkfifo(part),
        part.mkdir,
    ):
        make()
        with pytest.raises(FileTrouble):
            into_directory(here)(FILE)
        part.rmdir() if part.is_dir() else part.unlink()
    assert victim.read_text() == "mine"


def test_two_downloads_of_one_file_into_one_place_do_not_mix(here: Path) -> None:
    sink = into_directory(here)(FILE)
    sink.write(b"hel")
    with pytest.raises(FileTrouble, match="another chat-client is getting this file now"):
        into_directory(here)(FILE)
    sink.close()


def test_a_disk_without_links_overwrites_nothing_either(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    (here / "plan.pdf").write_text("mine")
    assert fetch(here) == here / "plan (2).pdf"
    assert (here / "plan (2).pdf").read_bytes() == b"hello"
    assert (here / "plan.pdf").read_text() == "mine"


def test_a_full_disk_is_a_sentence_and_the_part_stays(here: Path) -> None:
    with Path("/dev/full").open("r+b", buffering=0) as full:
        sink = into_directory(here)(FILE)
        sink.write(b"hel")
        sink._file, kept = full, sink._file
        with pytest.raises(FileTrouble, match="the disk is full; make room, then try again to go on"):
            sink.write(b"lo")
        sink._file = kept
        sink.close()
    again = into_directory(here)(FILE)
    assert again.have == 3
    again.close()


def test_a_stream_takes_bytes_in_order_and_its_error_is_kept() -> None:
    taken: list[bytes] = []
    sink = StreamSink(lambda data: taken.append(data[:2]) or min(2, len(data)))
    sink.write(b"hello")
    assert b"".join(taken) == b"hello"

    def closed(_data: bytes) -> int:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    sink = StreamSink(closed)
    with pytest.raises(FileTrouble, match="this stream takes no more"):
        sink.write(b"hello")
    assert isinstance(sink.error, BrokenPipeError)
