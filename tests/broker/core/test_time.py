"""The broker's clock: it does not go back in the log, and what it says of people outlasts the broker."""

import msgspec
import pytest
from wired import BEGINNING, Chat, FragileStore

from broker.core.memory.model import Moment
from broker.core.store import Snapshot, StoredUser
from messages.requests import Away, History, Logout, Ping, Send, Time

MINUTES = 60_000


@pytest.fixture
def chat() -> Chat:
    return Chat()


def set_clock(chat: Chat, minutes: float) -> None:
    """Set the wall clock to so many minutes after the beginning; the monotonic clock does not notice."""
    chat.now = Moment(BEGINNING.at + round(minutes * MINUTES), chat.now.elapsed + 0.1)


def test_a_clock_that_is_set_back_by_minutes_stands_still_in_the_log(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    times = []
    for minutes in (0, 30, 20, 29, 31):
        set_clock(chat, minutes)
        times.append((alice.ask(Send, "#lobby", "hello").at - BEGINNING.at) // MINUTES)
    assert times == [0, 30, 30, 30, 31]


def test_the_time_that_is_told_is_that_of_the_log(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    set_clock(chat, 30)
    at = alice.ask(Send, "#lobby", "hello").at
    set_clock(chat, 20)
    assert alice.ask(Time).at == at


@pytest.mark.parametrize(("back", "followed"), [(59.9, False), (60, True), (10_000, True)])
def test_a_clock_that_was_off_by_an_hour_or_more_is_followed(chat: Chat, back: float, followed: bool) -> None:
    (alice,) = chat.users("alice")
    set_clock(chat, 20_000)
    wrong = alice.ask(Send, "#lobby", "hello").at
    set_clock(chat, 20_000 - back)
    right = alice.ask(Send, "#lobby", "hello").at
    assert right == (wrong - back * MINUTES if followed else wrong)


def test_history_since_a_time_has_what_was_said_while_the_clock_stood_still(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    for minutes in (0, 30, 20, 40):
        set_clock(chat, minutes)
        alice.ask(Send, "#lobby", str(minutes))
    page = alice.ask(History, "#lobby", since=BEGINNING.at + 25 * MINUTES)
    assert [message.text for message in page.messages] == ["30", "20", "40"]


def test_history_since_a_time_is_in_order_and_begins_with_the_first(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    for minutes in range(5):
        set_clock(chat, minutes)
        alice.ask(Send, "#lobby", str(minutes))
    page = alice.ask(History, "#lobby", since=BEGINNING.at + 2 * MINUTES, limit=2)
    assert [message.text for message in page.messages] == ["2", "3"]
    assert page.more
    assert alice.ask(History, "#lobby", since=BEGINNING.at + 5 * MINUTES).messages == []
    assert len(alice.ask(History, "#lobby", since=0).messages) == 5


class LateStore(FragileStore):
    """Holds messages that are later than the clock says."""

    def load(self) -> Snapshot:
        return msgspec.structs.replace(super().load(), latest=BEGINNING.at + 30 * MINUTES)


def test_a_clock_that_was_set_back_before_the_broker_started_stands_still_too() -> None:
    chat = Chat(LateStore("epoch"))
    (alice,) = chat.users("alice")
    assert alice.ask(Send, "#lobby", "hello").at == BEGINNING.at + 30 * MINUTES


def stored(chat: Chat, name: str = "alice") -> StoredUser:
    (user,) = (user for user in chat.store.load().users if user.name == name)
    return user


def test_when_somebody_was_last_heard_is_stored_when_they_come_and_when_they_go(chat: Chat) -> None:
    alice = chat.login("alice")
    assert stored(chat).seen == BEGINNING.at
    set_clock(chat, 10)
    alice.ask(Logout)
    assert stored(chat).seen == BEGINNING.at + 10 * MINUTES
    set_clock(chat, 20)
    back = chat.login("alice")
    assert stored(chat).seen == BEGINNING.at + 20 * MINUTES
    chat.forward(10)
    back.ask(Ping)
    chat.forward(10)
    back.gone = True
    chat.login("bob")  # of whom alice is told
    assert stored(chat).seen == BEGINNING.at + 20 * MINUTES + 10_000


def test_it_is_stored_for_all_who_are_here_when_the_broker_stops(chat: Chat) -> None:
    alice, _ = chat.users("alice", "bob")
    chat.forward(10)
    alice.ask(Ping)
    chat.core.stop()
    chat.flush()
    assert stored(chat, "alice").seen == BEGINNING.at + 10_000
    assert stored(chat, "bob").seen == BEGINNING.at


def test_a_second_device_that_goes_leaves_its_user_here(chat: Chat) -> None:
    _, phone = (chat.login("alice", identity="key") for _ in range(2))
    set_clock(chat, 10)
    phone.ask(Logout)
    assert stored(chat).seen == BEGINNING.at


def test_the_away_text_and_when_somebody_was_here_are_stored_together(chat: Chat) -> None:
    alice = chat.login("alice")
    set_clock(chat, 10)
    alice.ask(Away, "lunch")
    alice.ask(Logout)
    assert (stored(chat).away, stored(chat).seen) == ("lunch", BEGINNING.at + 10 * MINUTES)
