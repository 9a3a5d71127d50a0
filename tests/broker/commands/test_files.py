"""Uploading, sending and fetching files, and who may do it."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from wired import Chat, Client

from broker.core.settings import Caps
from broker.core.transfers import MOST_OF_USER
from broker.store import erasing
from broker.store.contents.places import FILES, Places
from broker.store.memory import MemoryStore
from broker.store.sqlite import SqliteStore
from messages.admin import Forget
from messages.amendments import Delete, Edit
from messages.errors import ErrorCode
from messages.events import Message
from messages.files import Chunk, Content, Fetch, File, Upload, UploadState
from messages.limits import MAX_CHUNK, MAX_FILES, MAX_UPLOADS
from messages.moderation import Ban, Kick, RoomRules
from messages.requests import History, Join, Leave, Search, Send

TEXT = b"eggs, milk, tea\n"
LIMITS = {"max_file": 200_000, "files_per_user": 400_000, "files_total": 600_000}
DAY = 86_400


@pytest.fixture(params=["memory", "disk"])
def chat(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    store = MemoryStore("epoch") if request.param == "memory" else SqliteStore(tmp_path, "epoch")
    yield Chat(store, **LIMITS)
    store.close()


@pytest.fixture
def alice(chat: Chat) -> Client:
    return chat.login("alice")


@pytest.fixture
def bob(chat: Chat) -> Client:
    return chat.login("bob")


def hash_of(data: bytes) -> str:
    return sha256(data).hexdigest()


def begin(client: Client, data: bytes, name: str = "list.txt", **fields: Any) -> Any:
    return client.ask(Upload, name, len(data), hash_of(data), **fields)


def upload(client: Client, data: bytes = TEXT, name: str = "list.txt") -> str:
    state = begin(client, data, name)
    while not state.complete:
        part = data[state.offset : state.offset + MAX_CHUNK]
        state = client.ask(Chunk, state.upload, state.offset, part)
        assert isinstance(state, UploadState), state
    return str(state.upload)


def send(client: Client, *files: str, to: str = "#lobby", text: str = "for you", **fields: Any) -> Any:
    return client.ask(Send, to, text, files=files, **fields)


def fetch(client: Client, seq: int, conversation: str = "#lobby", **fields: Any) -> Any:
    return client.ask(Fetch, conversation, seq, **fields)


def kept(chat: Chat) -> int:
    """Return how many contents and uploads a store on disk has."""
    chat.store.contents.close()
    places = Places(chat.store.path.parent / FILES)  # type: ignore[attr-defined]
    return len([*places.contents(), *places.uploads()])


def test_a_file_is_sent_with_a_message_and_fetched_whole_or_in_parts(alice: Client, bob: Client) -> None:
    data = bytes(range(256)) * 300
    first, second = upload(alice, data, "../../a b.bin"), upload(alice, b"", "empty")
    bob.events()
    seq = send(alice, first, second, id="s1").seq
    files = (File("../../a b.bin", len(data), hash_of(data)), File("empty", 0, hash_of(b"")))
    assert [event.files for event in bob.events(Message)] == [files]
    assert [one.files for one in bob.ask(History, "#lobby").messages] == [files]
    assert [one.files for one in bob.ask(Search, "for").messages] == [files]
    assert fetch(bob, seq).data == data
    assert fetch(bob, seq, offset=70_000, length=100).data == data[70_000:70_100]
    assert fetch(bob, seq, offset=len(data) - 3).data == data[-3:]
    assert fetch(bob, seq, offset=len(data)).data == b""
    assert fetch(alice, seq, file=2).data == b""
    assert bob.refused(Fetch, "#lobby", seq, offset=len(data) + 1) is ErrorCode.INVALID
    assert bob.refused(Fetch, "#lobby", seq, file=3) is ErrorCode.NO_SUCH_FILE
    assert bob.refused(Fetch, "#lobby", seq + 1) is ErrorCode.NO_SUCH_MESSAGE


def test_a_chunk_elsewhere_is_told_where_the_upload_goes_on(alice: Client, bob: Client) -> None:
    state = begin(alice, TEXT)
    assert (state.offset, state.complete) == (0, False)
    assert alice.ask(Chunk, state.upload, 0, TEXT[:4]).offset == 4
    for offset in (0, 3, 5, 100):
        refused = alice.ask(Chunk, state.upload, offset, b"x")
        assert (refused.code, refused.offset) == (ErrorCode.INVALID, 4)
    assert bob.refused(Chunk, state.upload, 4, TEXT[4:]) is ErrorCode.NO_SUCH_FILE
    assert alice.ask(Chunk, state.upload, 4, TEXT[4:]).complete
    assert alice.ask(Chunk, state.upload, 4, TEXT[4:]).complete  # the reply was lost


def test_an_upload_goes_on_from_another_device_and_after_a_restart(chat: Chat, alice: Client) -> None:
    state = begin(alice, TEXT)
    alice.ask(Chunk, state.upload, 0, TEXT[:5])
    assert begin(alice, TEXT, id="again") == UploadState("again", state.upload, 5)
    assert begin(alice, TEXT, "other.txt").upload != state.upload
    chat.restart()
    again = chat.login("alice")
    assert again.refused(Chunk, state.upload, 5, TEXT[5:]) is ErrorCode.INVALID
    assert begin(again, TEXT).offset == 5
    assert again.ask(Chunk, state.upload, 5, TEXT[5:]).complete


@pytest.mark.parametrize("data", [b"eggs, milk, tea!", TEXT + b"more"])
def test_an_upload_with_another_hash_or_size_is_gone(alice: Client, data: bytes) -> None:
    state = begin(alice, TEXT)
    assert alice.refused(Chunk, state.upload, 0, data) is ErrorCode.FILE_DAMAGED
    assert alice.refused(Chunk, state.upload, 0, TEXT) is ErrorCode.NO_SUCH_FILE
    assert begin(alice, TEXT).offset == 0


def test_known_content_is_complete_at_once_for_its_user_alone(alice: Client, bob: Client) -> None:
    seq = send(alice, upload(alice)).seq
    again = begin(alice, TEXT, "again.txt")
    assert (again.offset, again.complete) == (len(TEXT), True)
    assert begin(bob, TEXT).offset == 0
    assert alice.ask(Delete, "#lobby", seq).seq
    assert fetch(bob, send(alice, again.upload).seq).data == TEXT


def test_a_message_names_only_complete_uploads_of_its_sender_each_once(alice: Client, bob: Client) -> None:
    theirs, unfinished = upload(bob), begin(alice, TEXT).upload
    for wrong in (theirs, unfinished, "nothing"):
        assert alice.refused(Send, "#lobby", "x", files=(wrong,)) is ErrorCode.NO_SUCH_FILE
    seq = send(bob, theirs, id="s1").seq
    assert send(bob, theirs, id="s1").seq == seq
    assert bob.refused(Send, "#lobby", "for you", id="s1") is ErrorCode.ID_REUSED
    assert bob.refused(Send, "#lobby", "x", files=(theirs,)) is ErrorCode.NO_SUCH_FILE
    bob.ask(Edit, "#lobby", seq, "changed")
    assert bob.ask(History, "#lobby").messages[0].files[0].name == "list.txt"
    bob.ask(Delete, "#lobby", seq)
    assert send(bob, theirs, id="s1").seq == seq
    assert bob.refused(Send, "#lobby", "for you", id="s1", files=("other",)) is ErrorCode.ID_REUSED
    with pytest.raises(ValueError, match="each upload once"):
        Send("1", "#lobby", "x", files=("a", "a"))
    with pytest.raises(ValueError, match="at most"):
        Send("1", "#lobby", "x", files=tuple(map(str, range(MAX_FILES + 1))))


def test_who_may_not_read_a_message_gets_the_answer_of_a_room_that_is_not_there(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#tea")
    alice.ask(RoomRules, "#tea", private=True)
    seq = send(alice, upload(alice), to="#tea").seq
    missing = bob.ask(Fetch, "#nothing", 1, id="same")
    assert (missing.code, bob.ask(Fetch, "#tea", seq, id="same")) == (ErrorCode.NO_SUCH_ROOM, missing)
    assert bob.ask(Fetch, "#tea", 99, id="same") == missing
    direct = send(alice, upload(alice), to="@bob").seq
    assert isinstance(fetch(bob, direct, "@alice"), Content)
    carol = chat.login("carol")
    assert carol.refused(Fetch, "@alice", direct) is ErrorCode.NO_SUCH_MESSAGE


@pytest.mark.parametrize("ending", [Kick, Ban, Leave])
def test_who_was_put_out_or_left_gets_nothing_any_more(chat: Chat, ending: type[Any]) -> None:
    alice, bob = chat.users("alice", "bob")
    for one in (alice, bob):
        one.ask(Join, "#tea")
    seq = send(alice, upload(alice), to="#tea").seq
    assert isinstance(fetch(bob, seq, "#tea"), Content)
    if ending is Leave:
        bob.ask(Leave, "#tea")
    else:
        alice.ask(ending, "bob", room="#tea")
    assert bob.ask(Fetch, "#tea", seq, id="x").code is bob.ask(History, "#tea", id="y").code


def test_content_goes_with_the_last_message_that_holds_it(tmp_path: Path) -> None:
    chat = Chat(SqliteStore(tmp_path, "epoch"), retain_days=30, trust_clock=True, **LIMITS)
    alice, bob = chat.users("alice", "bob")
    first = send(alice, upload(alice)).seq
    second = send(bob, upload(bob), to="@alice").seq
    alice.ask(Delete, "#lobby", first)
    assert bob.refused(Fetch, "#lobby", first) is ErrorCode.MESSAGE_DELETED
    assert fetch(alice, second, "@bob").data == TEXT
    third = send(bob, upload(bob)).seq
    chat.forward(1)
    chat.now = type(chat.now)(chat.now.at + 31 * DAY * 1_000, chat.now.elapsed + 700)
    chat.tick()
    while chat.core.upkeep():
        chat.flush()
    chat.flush()
    assert alice.refused(Fetch, "#lobby", third) is ErrorCode.NO_SUCH_MESSAGE
    assert chat.core.state.files.total == 0
    assert kept(chat) == 0
    chat.store.close()


def test_files_are_removed_with_their_user(tmp_path: Path) -> None:
    chat = Chat(SqliteStore(tmp_path, "epoch"), own_uid=1, **LIMITS)
    alice, bob = chat.users("alice", "bob")
    seq = send(alice, upload(alice, b"one")).seq
    send(alice, upload(alice, b"two"), to="@bob")
    upload(alice, b"unsent")
    alice.ask(Chunk, begin(alice, b"half").upload, 0, b"ha")
    assert chat.connect(uid=1, admin=True).ask(Forget, "alice", messages=True).done
    assert bob.refused(Fetch, "#lobby", seq) is ErrorCode.NO_SUCH_FILE
    assert bob.ask(History, "#lobby").messages[0].files == ()
    assert (chat.core.state.files.total, kept(chat)) == (0, 0)
    chat.store.close()


def test_unsent_uploads_end_after_a_day_and_the_oldest_if_there_are_many(chat: Chat, alice: Client) -> None:
    old = begin(alice, b"old").upload
    alice.ask(Chunk, old, 0, b"o")
    chat.now = type(chat.now)(chat.now.at + 1, chat.now.elapsed)
    new = [begin(alice, b"new", f"{number}").upload for number in range(MAX_UPLOADS)]
    assert alice.refused(Chunk, old, 1, b"ld") is ErrorCode.NO_SUCH_FILE
    assert alice.ask(Chunk, new[0], 0, b"new").complete
    chat.now = type(chat.now)(chat.now.at + (DAY + 60) * 1_000, chat.now.elapsed + DAY + 60)
    chat.tick()
    assert alice.refused(Send, "#lobby", "x", files=(new[0],)) is ErrorCode.NO_SUCH_FILE
    assert chat.core.state.files.total == 0


def test_sizes_have_limits_for_a_file_a_user_and_all(chat: Chat, alice: Client, bob: Client) -> None:
    assert alice.refused(Upload, "a", 200_001, hash_of(b"")) is ErrorCode.FILE_TOO_LARGE
    for number in range(2):
        assert alice.ask(Upload, f"{number}", 200_000, hash_of(b"%d" % number)).offset == 0
    refused = alice.ask(Upload, "more", 1, hash_of(b"more"))
    assert (refused.code, "400,000" in refused.text) == (ErrorCode.QUOTA_REACHED, True)
    assert bob.ask(Upload, "b", 200_000, hash_of(b"b")).offset == 0
    refused = bob.ask(Upload, "more", 1, hash_of(b"more"))
    assert (refused.code, "operator" in refused.text) == (ErrorCode.QUOTA_REACHED, True)
    none = Chat().login("alice")
    assert none.refused(Upload, "a", 1, hash_of(b"a")) is ErrorCode.NOT_PERMITTED


def test_content_sent_twice_counts_once(chat: Chat, alice: Client) -> None:
    files = chat.core.state.files
    seqs = [send(alice, upload(alice)).seq for _ in range(3)]
    assert (files.used_by(1), files.total) == (len(TEXT), len(TEXT))
    for seq in seqs:
        alice.ask(Delete, "#lobby", seq)
    assert (files.used_by(1), files.total) == (0, 0)


def test_what_cannot_be_stored_changes_nothing_and_can_be_tried_again() -> None:
    chat = Chat(**LIMITS)
    alice, bob = chat.users("alice", "bob")
    state = begin(alice, TEXT)
    chat.store.broken = True  # type: ignore[attr-defined]
    assert alice.refused(Chunk, state.upload, 0, TEXT) is ErrorCode.UNAVAILABLE
    assert alice.refused(Upload, "b", 1, hash_of(b"b")) is ErrorCode.UNAVAILABLE
    chat.mend()
    assert begin(alice, TEXT).offset == len(TEXT)
    assert alice.ask(Chunk, state.upload, len(TEXT), b"").complete
    chat.store.broken = True  # type: ignore[attr-defined]
    assert alice.refused(Send, "#lobby", "x", files=(state.upload,)) is ErrorCode.UNAVAILABLE
    chat.mend()
    seq = send(alice, state.upload).seq
    chat.store.broken = True  # type: ignore[attr-defined]
    assert alice.refused(Delete, "#lobby", seq) is ErrorCode.UNAVAILABLE
    chat.mend()
    assert fetch(bob, seq).data == TEXT
    assert chat.core.state.files.total == len(TEXT)


def test_only_so_many_chunks_wait_and_replies_come_once(tmp_path: Path) -> None:
    chat = Chat(SqliteStore(tmp_path, "epoch"), **LIMITS)
    alice = chat.login("alice")
    data = bytes(MOST_OF_USER + 2)
    upload_id = begin(alice, data).upload
    asked = [alice.put(Chunk, upload_id, place, b"\0") for place in range(len(data))]
    chat.flush()
    replies = [alice.reply(one) for one in asked]
    assert [reply.offset for reply in replies[:MOST_OF_USER]] == [*range(1, MOST_OF_USER + 1)]
    refused, elsewhere = replies[MOST_OF_USER:]
    assert (refused.code, elsewhere.offset) == (ErrorCode.TOO_MANY_REQUESTS, MOST_OF_USER)
    chat.store.close()


def test_a_store_in_memory_takes_the_files_of_messages_that_it_drops() -> None:
    chat = Chat(MemoryStore("epoch", capacity=2), **LIMITS)
    alice = chat.login("alice")
    send(alice, upload(alice))
    for _ in range(2):
        alice.ask(Send, "#lobby", "hello")
    chat.forward(61)
    assert chat.core.state.files.total == 0


def test_64_kib_of_a_file_cost_as_much_as_a_request() -> None:
    chat = Chat(**LIMITS | {"caps": Caps(rate=1, burst=100)})
    alice = chat.login("alice")
    data = bytes(6 * MAX_CHUNK)
    state = begin(alice, data)
    while not state.complete:  # each frame has 43 KiB
        state = alice.ask(Chunk, state.upload, state.offset, data[state.offset : state.offset + MAX_CHUNK])
    seq = send(alice, state.upload).seq
    for _ in range(20):
        assert len(fetch(alice, seq).data) == 131_072
    replies = [fetch(alice, seq) for _ in range(60)]
    assert ErrorCode.TOO_MANY_REQUESTS in [getattr(reply, "code", None) for reply in replies]


def test_no_byte_of_a_deleted_file_is_left_in_the_data_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "RESTING", 0)
    chat = Chat(SqliteStore(tmp_path, "epoch"), **LIMITS)
    alice = chat.login("alice")
    secrets = [b"xylophone" * 5_000, b"quicksilver"]
    seq = send(alice, upload(alice, secrets[0], "labyrinth.txt"), text="here").seq
    alice.ask(Chunk, begin(alice, secrets[1] + b"!").upload, 0, secrets[1])  # it goes on
    alice.ask(Delete, "#lobby", seq)
    chat.now = type(chat.now)(chat.now.at + (DAY + 60) * 1_000, chat.now.elapsed + 120)
    chat.tick()
    while chat.core.upkeep():
        chat.flush()
    words = b"xylophone", b"quicksilver", b"labyrinth"
    assert [word for word in words if word in all_bytes(chat, tmp_path)] == []
    chat.store.close()


def test_no_byte_of_a_name_is_left_if_its_upload_ends_unsent(tmp_path: Path) -> None:
    chat = Chat(SqliteStore(tmp_path, "epoch"), **LIMITS)
    alice = chat.login("alice")
    begin(alice, TEXT, "labyrinth.txt")
    chat.now = type(chat.now)(chat.now.at + (DAY + 60) * 1_000, chat.now.elapsed + 120)
    chat.tick()
    while chat.core.upkeep():
        chat.flush()
    assert b"labyrinth" not in all_bytes(chat, tmp_path)
    chat.store.close()


def all_bytes(chat: Chat, directory: Path) -> bytes:
    chat.store.contents.close()
    return b"".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())
