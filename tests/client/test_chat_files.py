"""Programs that send and get files, in blocking and asynchronous ways."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest
from eventually import DEADLINE
from file_broker import content
from house import House, texts

from client.async_chat import AsyncChat
from client.chat_files import FileError
from messages.errors import ChatError, ErrorCode
from messages.requests import Count, Join, Leave

WHOLE = content(1_000_000)


@pytest.fixture
def house(tcp_house: House, tmp_path: Path) -> House:
    """The same with a broker that takes files."""
    tcp_house.open(max_file=2_000_000)
    (tmp_path / "plan.pdf").write_bytes(WHOLE)
    return tcp_house


def test_files_are_sent_and_got_by_path_and_by_open_file(house: House, tmp_path: Path) -> None:
    with house.chat("alice") as alice, house.chat("bob") as bob:
        sent = alice.send("#lobby", "look", files=[tmp_path / "plan.pdf", io.BytesIO(b"hello")])
        assert texts(bob, 1) == ["look"]
        message = bob.timeline("#lobby").messages[sent.seq]
        assert [(file.name, file.size) for file in message.files] == [("plan.pdf", 1_000_000), ("file", 5)]
        assert message.files == alice.timeline("#lobby").messages[sent.seq].files
        assert bob.download("#lobby", sent.seq, to=tmp_path) == tmp_path / "plan (2).pdf"
        assert (tmp_path / "plan (2).pdf").read_bytes() == WHOLE
        assert bob.download("#lobby", sent.seq, 2, to=tmp_path / "own") == tmp_path / "own"
        out = io.BytesIO()
        assert bob.download("#lobby", sent.seq, 2, to=out) is None
        assert out.getvalue() == b"hello"
        with pytest.raises(FileError, match="exists already"):
            bob.download("#lobby", sent.seq, to=tmp_path / "own")
        with pytest.raises(ChatError, match="has only 2 files"):
            bob.download("#lobby", sent.seq, 3, to=out)
        alice.delete("#lobby", sent.seq)
        bob.ask(Count)
        with pytest.raises(ChatError) as refused:
            bob.download("#lobby", sent.seq, to=out)
        assert refused.value.code is ErrorCode.MESSAGE_DELETED


def test_what_was_uploaded_can_be_sent_later_and_in_several_messages(house: House, tmp_path: Path) -> None:
    with house.chat("alice") as alice:
        upload = alice.upload(tmp_path / "plan.pdf")
        first = alice.send("#lobby", files=[upload])
        again = alice.send("#lobby", "again", files=[upload])
        assert [first.request.text, again.request.text, again.seq] == ["plan.pdf", "again", 2]
        with pytest.raises(FileError, match="there is no such file; check its name"):
            alice.upload(tmp_path / "nowhere")
        with pytest.raises(ValueError, match=r"at most 2\.0 MB"):
            alice.upload(io.BytesIO(b"x" * 2_000_001))
        upload = alice.upload(tmp_path / "plan.pdf", timeout=DEADLINE)
        assert upload.complete
        with pytest.raises(TimeoutError, match=r"^file: not complete within 0.0 s; 0%$"):
            alice.upload(io.BytesIO(b"other"), timeout=0.0)


def test_an_error_of_an_open_file_reaches_the_program_and_the_session_goes_on(
    house: House, tmp_path: Path
) -> None:
    class Full(io.RawIOBase):
        def write(self, data: object) -> int:
            raise MemoryError("no more")

    with house.chat("alice") as alice:
        sent = alice.send("#lobby", files=[tmp_path / "plan.pdf"])
        with pytest.raises(MemoryError, match="no more"):
            alice.download("#lobby", sent.seq, to=Full())  # type: ignore[arg-type]
        assert alice.send("#lobby", "goes on").seq == 2


def test_files_of_a_room_that_is_not_theirs_are_as_files_of_a_room_that_is_not_there(
    house: House, tmp_path: Path
) -> None:
    with house.chat("alice") as alice, house.chat("bob") as bob:
        alice.ask(Join, room="#dev")
        seq = alice.send("#dev", files=[tmp_path / "plan.pdf"]).seq
        bob.ask(Join, room="#dev")
        assert bob.download("#dev", seq, to=tmp_path / "mine")
        bob.ask(Leave, room="#dev")
        codes = []
        for room in ("#dev", "#nowhere"):
            with pytest.raises(ChatError) as refused:
                bob.download(room, seq, to=tmp_path)
            codes.append(refused.value.code)
        assert codes == [ErrorCode.NOT_IN_ROOM, ErrorCode.NO_SUCH_ROOM]


def test_the_same_with_asyncio_and_several_at_once(house: House, tmp_path: Path) -> None:
    async def talk() -> None:
        async with AsyncChat(house.url, name="carol", timeout=DEADLINE) as carol:
            first, second = await asyncio.gather(
                carol.send("#lobby", "one", files=[tmp_path / "plan.pdf"]),
                carol.send("#lobby", "two", files=[io.BytesIO(b"hello")]),
            )
            assert (await carol.upload(io.BytesIO(b"later"))).complete
            out = io.BytesIO()
            path, nothing = await asyncio.gather(
                carol.download("#lobby", first.seq, to=tmp_path),
                carol.download("#lobby", second.seq, to=out),
            )
            assert path is not None
            assert (path.read_bytes(), nothing, out.getvalue()) == (WHOLE, None, b"hello")

    asyncio.run(talk())
