"""What is not kept for ever: messages past their time, and users who do not come back."""

from collections.abc import Sequence

import pytest
from wired import BEGINNING, Chat, Client, FragileStore

from broker.core.facts.kinds import GrantedRole
from broker.core.memory.model import Moment
from broker.core.outbox import LogEvent
from broker.core.store import Entry, Pruned
from broker.core.upkeep.retention import _MOST_PRUNED
from messages.moderation import Ban, Mute
from messages.requests import Away, Confirm, Join, Request, Send
from messages.sessions import Logout

DAY = 86_400


class RecordingStore(FragileStore):
    """Keeps the entries of each commit that prunes."""

    def __init__(self, epoch: str) -> None:
        super().__init__(epoch)
        self.pruned: list[list[Entry]] = []

    def commit(self, entries: Sequence[Entry]) -> None:
        super().commit(entries)
        if any(isinstance(entry, Pruned) for entry in entries):
            self.pruned.append(list(entries))


def chat_with(**settings: object) -> Chat:
    return Chat(RecordingStore("epoch"), **settings)


def go_to(chat: Chat, days: float) -> None:
    """Have it be so many days after the beginning, and what that brings happen."""
    chat.now = Moment(BEGINNING.at + round(days * DAY * 1000), BEGINNING.elapsed + days * DAY)
    chat.tick()


def rest(chat: Chat) -> int:
    """Do all that can wait, and return in how many steps."""
    steps = 1
    while chat.core.upkeep():
        steps += 1
    return steps


def held(chat: Chat, conversation: str = "#lobby") -> list[str]:
    return [message.text for message in chat.store.page(conversation, 0, 2**53, 10_000)]


def say_daily(chat: Chat, *conversations: str) -> Client:
    """Have alice say something on three days; she is not there in between."""
    chat.login("bob").ask(Logout)
    for day in range(3):
        go_to(chat, day)
        alice = chat.login("alice")
        for conversation in conversations:
            if conversation.startswith("#"):
                alice.ask(Join, conversation)
            alice.ask(Send, conversation, f"day {day}")
        if day < 2:
            alice.ask(Logout)
    return alice


def test_messages_are_held_for_ever_unless_it_is_said_how_long() -> None:
    chat = chat_with()
    say_daily(chat, "#lobby")
    go_to(chat, 10_000)
    assert rest(chat) == 1
    assert held(chat) == ["day 0", "day 1", "day 2"]


def test_messages_past_their_time_go_and_numbers_go_on() -> None:
    chat = chat_with(retain_days=7)
    alice = say_daily(chat, "#lobby", "@bob")
    go_to(chat, 8.5)
    rest(chat)
    assert held(chat) == ["day 2"]
    assert held(chat, "@1|@2") == ["day 2"]
    go_to(chat, 30)
    rest(chat)
    assert held(chat) == []
    assert alice.ask(Send, "#lobby", "again").seq == 4
    assert held(chat) == ["again"]


def test_the_log_tells_once_a_round_what_went_in_each_conversation() -> None:
    chat = chat_with(retain_days=7, retain_in={"#log": 0})
    alice = say_daily(chat, "#lobby", "@bob", "#log")
    for number in range(_MOST_PRUNED):
        alice.put(Send, "#lobby", str(number))
    chat.flush()
    go_to(chat, 30)
    rest(chat)
    chat.flush()
    told = [
        {"conversation": "#lobby", "messages": _MOST_PRUNED + 3},
        {"conversation": "@alice and @bob", "messages": 3},
    ]
    assert sorted(chat.noted(LogEvent.PRUNED), key=str) == sorted(told, key=str)
    go_to(chat, 31)
    rest(chat)
    chat.flush()
    assert len(chat.noted(LogEvent.PRUNED)) == 2


def test_what_is_gone_stays_confirmed_after_a_restart() -> None:
    chat = chat_with(retain_days=7)
    say_daily(chat, "#lobby").ask(Confirm, "#lobby", 3)
    go_to(chat, 30)
    rest(chat)
    (position,) = Chat(chat.store).connect().login("alice").conversations
    assert (position.head, position.delivered) == (3, 3)


def test_a_room_can_have_a_time_of_its_own() -> None:
    chat = chat_with(retain_days=7, retain_in={"#tea": 1, "#log": 0})
    say_daily(chat, "#lobby", "#tea", "#log")
    go_to(chat, 3.5)
    rest(chat)
    assert [len(held(chat, room)) for room in ("#lobby", "#tea", "#log")] == [3, 0, 3]
    go_to(chat, 30)
    rest(chat)
    assert [len(held(chat, room)) for room in ("#lobby", "#tea", "#log")] == [0, 0, 3]


def test_one_room_can_have_a_time_where_others_have_none() -> None:
    chat = chat_with(retain_in={"#tea": 1})
    say_daily(chat, "#lobby", "#tea")
    go_to(chat, 30)
    rest(chat)
    assert [len(held(chat, room)) for room in ("#lobby", "#tea")] == [3, 0]


def test_they_go_in_small_steps_between_which_the_broker_can_do_something_else() -> None:
    chat = chat_with(retain_days=1)
    (alice,) = chat.users("alice")
    for number in range(2 * _MOST_PRUNED + 1):
        alice.put(Send, "#lobby", str(number))
    chat.flush()
    go_to(chat, 2)
    assert rest(chat) == 3
    steps = [_MOST_PRUNED + 1, 2 * _MOST_PRUNED + 1, 2 * _MOST_PRUNED + 2]
    assert chat.store.pruned == [[Pruned("#lobby", first)] for first in steps]  # type: ignore[attr-defined]


def test_a_step_that_cannot_be_stored_is_undone_and_done_again_later() -> None:
    chat = chat_with(retain_days=1)
    say_daily(chat, "#lobby")
    lobby = chat.core.state.conversations["#lobby"]
    go_to(chat, 30)
    chat.store.broken = True  # type: ignore[attr-defined]
    for _ in range(2):
        assert not chat.core.upkeep()
    assert (lobby.first, len(held(chat)), chat.core.state.journal) == (1, 3, [])
    chat.flush()
    assert chat.noted(LogEvent.PRUNED) == chat.noted(LogEvent.STORE_FAILED) == []
    chat.store.broken = False  # type: ignore[attr-defined]
    rest(chat)
    chat.flush()
    assert (lobby.first, held(chat)) == (4, [])
    assert chat.noted(LogEvent.PRUNED) == [{"conversation": "#lobby", "messages": 3}]


def test_what_was_pruned_stays_told_of_when_the_next_batch_cannot_be_stored() -> None:
    chat = chat_with(retain_days=1)
    alice = say_daily(chat, "#lobby")
    go_to(chat, 30)
    rest(chat)
    chat.store.broken = True  # type: ignore[attr-defined]
    alice.ask(Away, "lunch")
    assert chat.core.state.conversations["#lobby"].first == 4
    assert len(chat.noted(LogEvent.PRUNED)) == 1


def test_messages_with_a_later_time_stop_the_pruning_as_the_clock_was_wrong() -> None:
    chat = chat_with(retain_days=1, trust_clock=True)
    beginning = chat.now
    chat.login("alice").ask(Send, "#lobby", "old")
    for days in (100, 2):  # set right again by more than an hour
        go_to(chat, days)
        chat.login(f"user{days}").ask(Send, "#lobby", f"at day {days}")
    chat.now = Moment(beginning.at + 4 * DAY * 1000, beginning.elapsed + 200 * DAY)
    chat.tick()
    rest(chat)
    assert held(chat) == ["at day 100", "at day 2"]


def test_a_round_that_takes_long_is_ended_before_the_next_one_begins() -> None:
    chat = chat_with(retain_days=1)
    say_daily(chat, "#lobby", "@bob")
    rest(chat)
    for hours in range(1, 5):
        go_to(chat, 3 + hours / 24)
        chat.core.upkeep()
    assert rest(chat) <= 2


def test_nothing_is_taken_out_while_the_store_fails() -> None:
    chat = chat_with(retain_days=1)
    alice = say_daily(chat, "#lobby")
    chat.store.broken = True  # type: ignore[attr-defined]
    alice.ask(Away, "lunch")
    go_to(chat, 30)
    assert rest(chat) == 1
    assert len(held(chat)) == 3
    chat.mend()
    rest(chat)
    assert held(chat) == []


def known(chat: Chat) -> set[str]:
    assert {user.name for user in chat.store.load().users} == set(chat.core.state.users)
    return set(chat.core.state.users)


def come_and_go(chat: Chat, *names: str) -> None:
    for name in names:
        chat.login(name).ask(Logout)


def test_users_are_known_for_ever_unless_it_is_said_how_long() -> None:
    chat = chat_with()
    come_and_go(chat, "alice")
    go_to(chat, 10_000)
    assert known(chat) == {"alice"}


def test_who_does_not_come_back_is_forgotten_and_the_log_tells() -> None:
    chat = chat_with(forget_days=90)
    come_and_go(chat, "alice", "bob")
    go_to(chat, 80)
    come_and_go(chat, "bob")
    assert known(chat) == {"alice", "bob"}
    go_to(chat, 91)
    assert known(chat) == {"bob"}
    assert chat.noted(LogEvent.FORGOTTEN) == [{"name": "alice", "days": 90}]


@pytest.mark.parametrize(("kind", "fields"), [(Ban, ("bob",)), (Mute, ("#lobby", "bob"))])
def test_who_is_banned_or_muted_is_not_forgotten_while_that_holds(
    kind: type[Request], fields: tuple[str, ...]
) -> None:
    chat = chat_with(forget_days=90, heartbeat=10**12, own_uid=0)
    come_and_go(chat, "bob")
    root = chat.connect(uid=0)
    root.login("root")
    root.ask(kind, *fields, seconds=100 * DAY)
    go_to(chat, 99)
    assert known(chat) == {"bob", "root"}
    go_to(chat, 101)
    assert known(chat) == {"root"}


def test_a_gateway_is_not_forgotten_as_it_need_not_come_itself() -> None:
    chat = chat_with(forget_days=30)
    chat.login("web").ask(Logout)
    chat.core.state.facts.keep(GrantedRole(chat.core.state.users["web"].id, "gateway", 0))
    chat.flush()
    go_to(chat, 90)
    assert set(chat.core.state.users) == {"web"}


def test_it_counts_when_somebody_was_last_here_and_not_when_they_came() -> None:
    chat = chat_with(forget_days=90, heartbeat=10**12)
    alice = chat.login("alice")
    go_to(chat, 80)
    alice.ask(Logout)
    go_to(chat, 160)
    assert known(chat) == {"alice"}
    go_to(chat, 171)
    assert known(chat) == set()


@pytest.mark.parametrize("restart", [False, True])
def test_it_is_stored_when_somebody_was_last_here(restart: bool) -> None:
    chat = chat_with(forget_days=90)
    come_and_go(chat, "alice")
    if restart:
        chat = Chat(chat.store, forget_days=90)
    go_to(chat, 89)
    assert known(chat) == {"alice"}
    go_to(chat, 91)
    assert known(chat) == set()


def test_who_has_direct_conversations_or_is_here_is_not_forgotten() -> None:
    chat = chat_with(forget_days=90, heartbeat=10**12)
    alice = chat.login("alice")
    come_and_go(chat, "bob", "carol")
    chat.login("dave").ask(Send, "@bob", "hello")
    chat.login("dave2").ask(Logout)
    go_to(chat, 91)
    assert known(chat) == {"alice", "bob", "dave"}
    assert alice.peer in chat.core.peers


def test_a_name_that_was_forgotten_is_somebody_else_s() -> None:
    chat = chat_with(forget_days=90)
    alice = chat.login("alice")
    alice.ask(Join, "#tea")
    alice.ask(Send, "#tea", "hello", id="same")
    alice.ask(Logout)
    go_to(chat, 91)
    newcomer = chat.connect()
    assert [at.conversation for at in newcomer.login("alice").conversations] == ["#lobby"]
    newcomer.ask(Join, "#tea")
    assert newcomer.ask(Send, "#tea", "hello", id="same").seq == 2


def test_nobody_is_forgotten_while_the_store_fails() -> None:
    chat = chat_with(forget_days=90)
    come_and_go(chat, "alice")
    bob = chat.login("bob")
    chat.store.broken = True  # type: ignore[attr-defined]
    bob.ask(Away, "lunch")
    go_to(chat, 91)
    assert set(chat.core.state.users) == {"alice", "bob"}
    chat.mend()
    go_to(chat, 92)
    assert "alice" not in known(chat)
