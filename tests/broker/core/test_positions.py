"""Where a user is in conversations: read cursors, unread counts, and very many of them behind a welcome."""

from contextlib import closing
from pathlib import Path

import pytest
from keyring import KEYS
from wired import BEGINNING, Chat, Client, FragileStore, is_unavailable

from broker.core.delivery.pages import bytes_of
from broker.core.memory.model import Moment, Peer
from broker.core.rates import RateLimiter
from broker.store.memory import MemoryStore
from broker.store.sqlite import SqliteStore
from messages.amendments import Delete, React
from messages.codec import encode
from messages.events import Lagged, Moved, Position, Positions, Receipt
from messages.limits import MAX_BROKER_FRAME, MAX_UNREAD
from messages.replies import Welcome
from messages.requests import Confirm, Ignore, Join, Leave, Login, Logout, Ping, Send
from messages.version import PROTOCOL


@pytest.fixture
def chat() -> Chat:
    return Chat()


def position(chat: Chat, name: str, conversation: str = "#lobby") -> Position:
    """Return where a user, who is not logged in, is told to be in a conversation."""
    client = chat.connect()
    found = [at for at in client.login(name).conversations if at.conversation == conversation]
    client.ask(Logout)
    return found[0]


def say(client: Client, number: int, to: str = "#lobby") -> None:
    for text in range(number):
        client.put(Send, to, str(text))


def test_what_has_arrived_and_was_not_read_is_unread(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    say(alice, 5)
    bob.ask(Confirm, "#lobby", 4, read=1)
    bob.ask(Logout)
    assert position(chat, "bob") == Position("#lobby", 5, 4, read=1, unread=4, at=BEGINNING.at)


def test_ones_own_messages_are_not_unread(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    say(alice, 2)
    say(bob, 2)
    say(alice, 1)
    bob.ask(Logout)
    assert position(chat, "bob").unread == 3


def test_ones_own_messages_before_what_was_read_change_nothing(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    say(bob, 2)
    say(alice, 3)
    bob.ask(Confirm, "#lobby", 3, read=3)
    bob.ask(Logout)
    assert position(chat, "bob").unread == 2


@pytest.mark.parametrize("own", [0, 1])
def test_messages_that_are_not_held_any_more_are_not_unread(tmp_path: Path, own: int) -> None:
    with closing(SqliteStore(tmp_path, "epoch")) as store:
        chat = Chat(store, retain_days=7, trust_clock=True)
        alice, bob = chat.users("alice", "bob")
        bob.ask(Logout)
        say(alice, 5)
        chat.flush()
        chat.now = Moment(chat.now.at + 8 * 86_400_000, chat.now.elapsed)
        bob = chat.login("bob")
        say(alice, 2)
        say(bob, own)
        bob.ask(Logout)
        chat.now = Moment(chat.now.at, chat.now.elapsed + 601)
        while chat.core.upkeep():
            pass
        assert position(chat, "bob").unread == 2
        assert position(Chat(store), "bob").unread == 2


def test_the_time_of_the_last_message_goes_with_it_even_if_a_reaction_to_it_stays(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path, "epoch")) as store:
        chat = Chat(store, retain_days=7, trust_clock=True)
        alice, bob = chat.users("alice", "bob")
        say(alice, 1)
        chat.now = Moment(chat.now.at + 4 * 86_400_000, chat.now.elapsed)
        alice.ask(React, "#lobby", 1, "👍", on=True)
        bob.ask(Logout)
        assert position(chat, "bob").at == BEGINNING.at
        chat.now = Moment(chat.now.at + 4 * 86_400_000, chat.now.elapsed + 601)
        chat.connect().login("carol")
        while chat.core.upkeep():
            pass
        assert position(chat, "bob").at == position(Chat(store), "bob").at == 0


def test_a_message_that_could_not_be_stored_leaves_the_time_of_the_last_one() -> None:
    chat = Chat(FragileStore("epoch"))
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "#lobby", "hello")
    bob.ask(Logout)
    chat.forward(5)
    chat.store.broken = True  # type: ignore[attr-defined]
    assert is_unavailable(alice.ask(Send, "#lobby", "hello"))
    chat.mend()
    assert position(chat, "bob").at == BEGINNING.at


def test_what_gave_way_in_memory_is_not_unread() -> None:
    chat = Chat(MemoryStore("epoch", capacity=3))
    alice, bob = chat.users("alice", "bob")
    bob.ask(Logout)
    say(alice, 5)
    chat.flush()
    assert position(chat, "bob") == Position("#lobby", 5, 0, read=0, unread=3, at=BEGINNING.at)


@pytest.mark.parametrize("own", [0, 1])
def test_unread_messages_are_counted_up_to_a_thousand(chat: Chat, own: int) -> None:
    alice, bob = chat.users("alice", "bob")
    say(bob, own)
    say(alice, MAX_UNREAD - 1)
    chat.flush()
    bob.ask(Logout)
    assert position(chat, "bob").unread == MAX_UNREAD - 1
    say(alice, 5)
    chat.flush()
    assert position(chat, "bob").unread == MAX_UNREAD


@pytest.mark.parametrize("own", [0, 1])
def test_what_is_said_in_the_batch_of_the_login_is_counted_too(chat: Chat, own: int) -> None:
    alice, bob = chat.users("alice", "bob")
    say(alice, 2)
    say(bob, own)
    bob.ask(Logout)
    back = chat.connect()
    say(alice, 1)
    say(alice, 1, "@bob")
    login = back.put(Login, PROTOCOL, "bob")
    say(alice, 4)
    chat.flush()
    found = {at.conversation: at.unread for at in back.reply(login).conversations}
    assert found == {"#lobby": 3, "@alice": 1}


def test_what_was_said_before_one_came_is_not_unread(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#tea")
    say(alice, 3, "#tea")
    state = bob.ask(Join, "#tea")
    assert (state.head, state.delivered, state.read) == (3, 3, 3)
    say(alice, 2, "#tea")
    bob.ask(Logout)
    assert position(chat, "bob", "#tea") == Position("#tea", 5, 3, read=3, unread=2, at=BEGINNING.at)


def test_a_room_tells_how_far_its_reader_is(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    say(alice, 4)
    bob.ask(Confirm, "#lobby", 3, read=2)
    state = bob.ask(Join, "#lobby")
    assert (state.head, state.delivered, state.read) == (4, 3, 2)


def test_who_enters_a_room_again_begins_at_its_head(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for client in (alice, bob):
        client.ask(Join, "#tea")
    say(alice, 2, "#tea")
    bob.ask(Leave, "#tea")
    bob.ask(Join, "#tea")
    bob.ask(Logout)
    assert position(chat, "bob", "#tea") == Position("#tea", 2, 2, read=2, at=BEGINNING.at)


def test_cursors_and_unread_counts_outlast_a_restart(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    say(alice, 4)
    say(bob, 1)
    bob.ask(Confirm, "#lobby", 3, read=2)
    assert position(Chat(chat.store), "bob") == Position("#lobby", 5, 3, read=2, unread=2, at=BEGINNING.at)


def test_who_lagged_is_told_what_is_unread(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.full = True
    say(alice, 3)
    chat.flush()
    bob.full = False
    bob.ask(Ping)
    (lagged,) = bob.events(Lagged)
    assert lagged.conversations == [Position("#lobby", 3, 0, unread=3, at=BEGINNING.at)]


def many_rooms(client: Client, number: int) -> list[str]:
    """Enter rooms with names as long as they can be, and return these."""
    names = [f"#{number:0>4}{'ƀ' * 60}" for number in range(number)]
    for name in names:
        client.put(Join, name)
    return names


def test_positions_that_a_welcome_cannot_hold_come_behind_it_and_none_is_missing(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    names = many_rooms(alice, 700)
    say(alice, 1, "@bob")
    say(bob, 1, "@alice")
    alice.ask(Logout)
    back = chat.connect()
    back.put(Login, PROTOCOL, "alice")
    chat.flush()
    welcome, *further = back.inbox
    assert welcome.conversations[0].conversation == "@bob"  # type: ignore[union-attr]
    assert len(further) > 1
    assert {type(event) for event in further} == {Positions}
    announced = [document.more for document in back.inbox]  # type: ignore[union-attr]
    assert announced == [True] * len(further) + [False]
    told = [at.conversation for document in (welcome, *further) for at in document.conversations]  # type: ignore[union-attr]
    assert sorted(told) == sorted([*names, "#lobby", "@bob"])


def test_each_page_of_positions_fits_into_a_frame(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    many_rooms(alice, 700)
    alice.ask(Logout)
    back = chat.connect()
    back.put(Login, PROTOCOL, "alice")
    chat.flush()
    for document in back.inbox:
        assert len(encode(document)) < MAX_BROKER_FRAME


def test_a_position_takes_no_more_bytes_than_are_planned_for_it() -> None:
    name = "#" + "ƀ" * 64
    longest = Position(name, *[2**53 - 1] * 3, MAX_UNREAD, *[2**53 - 1] * 2)
    assert len(encode(Positions([longest, longest]))) - len(encode(Positions([longest]))) < bytes_of(name)


def test_a_login_that_finds_very_many_conversations_is_answered_before_what_it_asks_next(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    many_rooms(alice, 700)
    alice.ask(Logout)
    back = chat.connect()
    login, ping = back.put(Login, PROTOCOL, "alice"), back.put(Ping)
    chat.flush()
    order = [getattr(document, "re", "positions") for document in back.inbox]
    assert order[0] == login
    assert order[-1] == ping
    assert set(order[1:-1]) == {"positions"}


def test_receipts_at_a_login_come_behind_all_positions(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    many_rooms(alice, 700)
    say(alice, 1, "@bob")
    alice.ask(Logout)
    chat.forward(1)
    bob.ask(Confirm, "@alice", 1)
    back = chat.connect()
    back.put(Login, PROTOCOL, "alice")
    chat.flush()
    kinds = [type(document) for document in back.inbox]
    assert kinds == [Welcome, *[Positions] * (len(kinds) - 2), Receipt]
    assert len(kinds) > 3


@pytest.mark.parametrize("restarted", [False, True])
def test_a_position_has_the_time_of_the_last_message_which_no_amendment_changes(restarted: bool) -> None:
    chat = Chat()
    alice, bob = chat.users("alice", "bob")
    assert position(chat, "carol").at == 0
    chat.forward(5)
    alice.ask(Send, "#lobby", "hello")
    said = chat.now.at
    chat.forward(5)
    bob.ask(React, "#lobby", 1, "+1")
    bob.ask(React, "#lobby", 1, "👍")
    if restarted:
        chat.restart()
    assert position(chat, "carol").at == said


def test_messages_that_are_not_stored_any_more_leave_no_time(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path, "epoch")) as store:
        chat = Chat(store, retain_days=7, trust_clock=True)
        (alice,) = chat.users("alice")
        say(alice, 3)
        chat.flush()
        chat.now = Moment(chat.now.at + 8 * 86_400_000, chat.now.elapsed + 601)
        chat.tick()
        while chat.core.upkeep():
            pass
        assert position(chat, "bob").at == 0


def test_a_position_that_has_not_changed_is_counted_once_and_paid_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    charged: list[float] = []
    monkeypatch.setattr(RateLimiter, "charge", lambda *values: charged.append(values[2]))
    with closing(SqliteStore(tmp_path, "epoch")) as store:
        chat = Chat(store)
        laptop, phone = (chat.login("alice", identity=KEYS[0]) for _ in range(2))
        (bob,) = chat.users("bob")
        say(laptop, 3)
        say(bob, 4)
        chat.flush()
        phone.events()
        for seq in range(1, 8):
            laptop.put(Confirm, "#lobby", seq)
        chat.flush()
        assert [moved.unread for moved in phone.events(Moved)] == [4] * 7
        assert len(charged) == 1
        bob.ask(Delete, "#lobby", 7)
        laptop.ask(Confirm, "#lobby", 8, read=1)
        assert phone.events(Moved)[-1].unread == 3
        laptop.ask(Ignore, "bob")
        laptop.ask(Confirm, "#lobby", 8, read=4)
        assert phone.events(Moved)[-1].unread == 2
        assert len(charged) == 3


def test_a_peer_that_lags_pays_for_its_positions(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Chat()
    alice, bob = chat.users("alice", "bob")
    say(bob, 1)
    bob.full = True
    say(alice, 1)
    chat.flush()
    bob.full = False
    charged: list[Peer] = []
    monkeypatch.setattr(RateLimiter, "charge", lambda *values: charged.append(values[1]))
    alice.ask(Ping)
    bob.ask(Ping)
    assert charged == [bob.peer]
