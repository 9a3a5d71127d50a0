"""One person's uploads: parts in order, bounded, and the room that each gives back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from client.web.entrance import NewUpload
from client.web.files import uploads as module
from client.web.files.problems import (
    FileProblemError,
    LaterError,
    NoRoomError,
    NoUploadError,
    TooLongError,
    WrongPlaceError,
)
from client.web.files.spool import Spool
from client.web.files.uploads import PART_BYTES, Uploads

Make = Callable[..., Uploads]


def person(*, guest: bool = False, largest: int = 10 * PART_BYTES) -> Any:
    session = SimpleNamespace(max_file=largest, welcome=SimpleNamespace(user_id=7))
    lists: dict[str, list[Any]] = {"listeners": [], "leaving": [], "ticking": []}
    return SimpleNamespace(session=session, guest=guest, name="ann", closed=False, **lists)


@pytest.fixture
def made() -> Iterator[Make]:
    """Make somebody's uploads, and drop them in the end."""
    all_made: list[Uploads] = []

    def make(spool: Spool | None = None, **options: Any) -> Uploads:
        all_made.append(Uploads(person(**options), spool or Spool()))
        return all_made[-1]

    yield make
    for one in all_made:
        one.drop_all()


def put(uploads: Uploads, upload: str, data: bytes) -> None:
    one = uploads.find(upload)
    one.append(one.begin_part(one.offset, len(data)), data)


def begin(uploads: Uploads, name: str = "a", size: int = 4) -> str:
    return uploads.begin(NewUpload(name, size)).id


def test_an_upload_reserves_its_room_and_gives_it_back_once(made: Make) -> None:
    spool = Spool(80)
    uploads = made(spool, largest=10)
    upload = begin(uploads, size=8)
    with pytest.raises(NoRoomError):
        begin(uploads, size=8)
    uploads.drop(upload)
    upload = begin(uploads, size=8)
    uploads.drop_all()
    uploads.drop_all()
    assert begin(uploads, size=8)


def test_a_part_is_refused_before_its_bytes_if_it_is_not_the_next_or_too_long(made: Make) -> None:
    uploads = made()
    one = uploads.find(begin(uploads, size=3 * PART_BYTES))
    for offset in (1, 10**15):
        with pytest.raises(WrongPlaceError):
            one.begin_part(offset, 1)
    with pytest.raises(TooLongError):
        one.begin_part(0, PART_BYTES + 1)
    with pytest.raises(TooLongError):
        uploads.find(begin(uploads, size=4)).begin_part(0, 5)


def test_of_two_parts_at_once_the_newer_one_counts(made: Make) -> None:
    uploads = made()
    one = uploads.find(begin(uploads))
    old = one.begin_part(0, 4)
    one.append(old, b"a")
    new = one.begin_part(1, 3)
    with pytest.raises(WrongPlaceError):
        one.append(old, b"x")
    one.append(new, b"bcd")
    assert (one.complete, one.read(0, 9)) == (True, b"abcd")


def test_a_part_cannot_grow_beyond_the_file(made: Make) -> None:
    uploads = made()
    one = uploads.find(begin(uploads))
    part = one.begin_part(0, 4)
    with pytest.raises(WrongPlaceError):
        one.append(part, b"12345")


def test_an_upload_that_the_disk_does_not_take_is_gone(made: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> int:
        raise OSError

    spool = Spool(80)
    uploads = made(spool, largest=10)
    upload = begin(uploads, size=10)
    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(NoRoomError):
        put(uploads, upload, b"12345")
    with pytest.raises(NoUploadError):
        uploads.find(upload)
    assert begin(uploads, size=10)


def test_what_stalls_or_is_never_sent_is_dropped(made: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])  # type: ignore[attr-defined]
    uploads = made()
    stalled, whole, sent = begin(uploads), begin(uploads), begin(uploads)
    put(uploads, stalled, b"12")
    for upload in (whole, sent):
        put(uploads, upload, b"1234")
    uploads.belong((sent,), "ref")
    now[0] += module.STALLED_SECONDS + 1
    uploads.drop_old()
    with pytest.raises(NoUploadError):
        uploads.find(stalled)
    assert uploads.find(whole)
    now[0] += module.SENT_SECONDS
    uploads.drop_old()
    with pytest.raises(NoUploadError):
        uploads.find(whole)
    assert uploads.find(sent)


def test_files_of_the_same_name_in_one_message_are_numbered_and_keep_their_order(made: Make) -> None:
    uploads = made()
    ids = [begin(uploads, "image.png") for _ in range(3)]
    for upload in ids:
        put(uploads, upload, b"1234")
    files: list[Any] = uploads.to_send(tuple(ids))
    assert [one.name for one in files] == ["image.png", "image (2).png", "image (3).png"]


def test_an_upload_is_sent_once(made: Make) -> None:
    uploads = made()
    upload = begin(uploads)
    with pytest.raises(FileProblemError, match="not uploaded yet"):
        uploads.to_send((upload,))
    put(uploads, upload, b"1234")
    with pytest.raises(FileProblemError, match="sent already"):
        uploads.to_send((upload, upload))
    uploads.belong((upload,), "ref")
    with pytest.raises(FileProblemError, match="sent already"):
        uploads.to_send((upload,))


def test_guests_take_no_room(made: Make) -> None:
    with pytest.raises(FileProblemError, match="guests send no files"):
        begin(made(guest=True))


def test_odd_names_become_names_that_can_be_shown(made: Make) -> None:
    uploads = made()
    for name, shown in (
        ("a\nb\x00.txt", "a_b_.txt"),
        ("x" * 300 + ".png", "x" * 251 + ".png"),
        (" ", "file"),
    ):
        assert uploads.find(begin(uploads, name)).name == shown


def test_who_has_gone_while_the_request_came_reserves_no_room(made: Make) -> None:
    spool = Spool(80)
    uploads = made(spool)
    uploads._person.closed = True
    with pytest.raises(LaterError):
        begin(uploads)
    assert spool.used == 0
