"""A wrong clock deletes nothing: it must have gone right for a day, or the operator must vouch for it."""

from typing import Any

import pytest
from wired import BEGINNING, Chat, FragileStore

from broker.core.access.invites import make_invite
from broker.core.clock import PROOF_SECONDS, Clock
from broker.core.facts.kinds import BoundKey, ClockMark, InviteUse
from broker.core.facts.moderation import Banned
from broker.core.memory.model import Moment
from broker.core.outbox import LogEvent
from broker.core.settings import AccessPolicy
from messages.moderation import Ban
from messages.replies import Welcome
from messages.requests import Login, Logout, Send
from messages.version import PROTOCOL

DAY, HOUR = 86_400, 3_600
SECRET = b"secret"


def later(now: Moment, elapsed: float, ahead: float = 0.0) -> Moment:
    """Return the moment after some seconds, in which the clock was set forward by `ahead` seconds."""
    return Moment(now.at + round((elapsed + ahead) * 1000), now.elapsed + elapsed)


def chat_with(store: FragileStore | None = None, **settings: Any) -> Chat:
    return Chat(store or FragileStore("epoch"), **{"retain_days": 30, "forget_days": 90, **settings})


def filled() -> FragileStore:
    """Return the store of a chat in which ann, who has a key, said something and left."""
    chat = chat_with()
    ann = chat.login("ann", identity="ann's key")
    ann.ask(Send, "#lobby", "hello")
    ann.ask(Logout)
    stop(chat)
    assert isinstance(chat.store, FragileStore)
    return chat.store


def stop(chat: Chat) -> None:
    chat.core.begin(chat.now)
    chat.core.stop()
    chat.flush()


def start(store: FragileStore, now: Moment, **settings: Any) -> Chat:
    """Start a broker at another moment, and let it run for a second."""
    chat = chat_with(store, **settings)
    chat.now = now
    chat.restart()
    run(chat, 2)
    return chat


def run(chat: Chat, seconds: float, ahead: float = 0.0) -> None:
    """Let seconds pass at once, set the clock forward, and do what is due."""
    chat.now = later(chat.now, seconds, ahead)
    chat.tick()
    while chat.core.upkeep():
        pass
    chat.flush()


def rest(chat: Chat) -> tuple[list[str], list[str], list[str]]:
    """Return the texts, users and bound keys that are left."""
    texts = [message.text for message in chat.store.page("#lobby", 0, 2**53, 100)]
    state = chat.core.state
    return texts, [user.name for user in state.users.values()], list(state.facts.of(BoundKey))


WHOLE = (["hello"], ["ann"], ["ann's key"])
GONE: tuple[list[str], list[str], list[str]] = ([], [], [])


def test_a_start_with_a_clock_far_ahead_deletes_nothing_and_says_so() -> None:
    chat = start(filled(), later(BEGINNING, 0, 100 * DAY))
    run(chat, 12 * HOUR)
    assert rest(chat) == WHOLE
    assert chat.noted(LogEvent.CLOCK_DOUBTED) == [{"off": "100 days ahead of"}]
    assert chat.core.clock_doubted


def test_what_was_said_while_the_clock_was_wrong_proves_nothing() -> None:
    store = filled()
    wrong = later(BEGINNING, 0, 100 * DAY)
    chat = start(store, wrong)
    chat.login("eve").ask(Send, "#lobby", "in the future")
    stop(chat)
    again = start(store, later(wrong, 60))
    assert again.noted(LogEvent.CLOCK_DOUBTED) == [{"off": "100 days ahead of"}]
    assert rest(again)[0] == ["hello", "in the future"]


def test_a_clock_that_is_set_right_is_trusted_at_once() -> None:
    chat = start(filled(), later(BEGINNING, 0, 100 * DAY))
    run(chat, 60, -100 * DAY)
    assert not chat.core.clock_doubted
    assert chat.noted(LogEvent.CLOCK_TRUSTED) == [{}]
    assert rest(chat) == WHOLE


def test_a_clock_that_goes_on_for_a_day_is_trusted() -> None:
    chat = start(filled(), later(BEGINNING, 0, 100 * DAY))
    for _ in range(23):
        run(chat, HOUR)
    assert rest(chat) == WHOLE
    run(chat, HOUR)
    run(chat, HOUR)
    assert chat.noted(LogEvent.CLOCK_TRUSTED) == [{}]
    assert rest(chat) == GONE


@pytest.mark.parametrize("ahead", [-100 * DAY, 1.5 * DAY, 100 * DAY])
def test_a_jump_while_the_broker_runs_is_doubted_before_anything_goes(ahead: float) -> None:
    chat = start(filled(), BEGINNING)
    chat.now = later(chat.now, 0.5, ahead)
    chat.core.begin(chat.now)
    while chat.core.upkeep():
        pass
    run(chat, HOUR)
    assert rest(chat) == WHOLE
    assert chat.core.clock_doubted
    assert len(chat.noted(LogEvent.CLOCK_DOUBTED)) == 1


def test_the_operator_can_vouch_for_the_clock() -> None:
    chat = start(filled(), later(BEGINNING, 0, 100 * DAY), trust_clock=True)
    assert chat.noted(LogEvent.CLOCK_DOUBTED) == chat.noted(LogEvent.CLOCK_TRUSTED) == []
    assert rest(chat) == GONE
    stop(chat)
    assert isinstance(chat.store, FragileStore)
    assert not start(chat.store, later(chat.now, 60)).core.clock_doubted


@pytest.mark.parametrize("away", [60, 23 * HOUR])
def test_a_broker_that_was_off_for_less_than_a_day_goes_on_as_before(away: float) -> None:
    chat = start(filled(), later(BEGINNING, 0, away))
    assert not chat.core.clock_doubted
    assert chat.noted(LogEvent.CLOCK_DOUBTED) == []


def test_a_quiet_chat_is_not_doubted_as_the_broker_stores_the_time_hourly() -> None:
    store = filled()
    chat = start(store, BEGINNING)
    for _ in range(50):
        run(chat, HOUR)
    assert store.load().facts[ClockMark.KIND, ""]
    again = start(store, later(chat.now, HOUR))  # this one was killed
    assert not again.core.clock_doubted


def test_a_chat_without_a_stored_time_goes_by_its_last_message() -> None:
    store = filled()
    chat = Chat(store)
    chat.core.state.facts.drop(ClockMark(0))
    chat.flush()
    assert (ClockMark.KIND, "") not in store.load().facts
    assert start(store, later(BEGINNING, 0, 100 * DAY)).core.clock_doubted
    assert not start(store, later(BEGINNING, 0, HOUR)).core.clock_doubted


def test_nothing_is_doubted_in_a_new_chat() -> None:
    chat = start(FragileStore("epoch"), BEGINNING)
    assert chat.noted(LogEvent.CLOCK_DOUBTED) == []


def test_bans_and_used_invites_stay_stored_under_a_wrong_clock() -> None:
    chat = chat_with(own_uid=0, access=AccessPolicy.INVITED, invite_secret=SECRET, heartbeat=10**12)
    root = chat.connect(uid=0)
    root.login("root")
    root.ask(Ban, address="10.9.9.9", seconds=HOUR)
    chat.core.state.facts.keep(InviteUse("nonce", 1, chat.now.at + HOUR))
    chat.flush()
    facts = chat.core.state.facts
    banned = list(facts.of(Banned))
    run(chat, 60, 100 * DAY)
    login_with_an_invite(chat, "eve")
    assert list(facts.of(Banned)) == banned
    assert len(banned) == 1
    assert len(facts.of(InviteUse)) == 2
    run(chat, DAY)
    run(chat, HOUR)
    login_with_an_invite(chat, "zoe")
    assert list(facts.of(Banned)) == []
    assert "nonce" not in facts.of(InviteUse)


def login_with_an_invite(chat: Chat, name: str) -> None:
    token = make_invite(SECRET, f"for {name}".ljust(9).encode(), chat.now.at + DAY * 1000, 1)
    guest = chat.connect(identity=f"{name}'s key")
    assert isinstance(guest.ask(Login, PROTOCOL, name, invite=token), Welcome)


def test_small_steps_are_no_jump_and_the_proof_begins_anew_after_each_jump() -> None:
    now = BEGINNING
    clock = Clock(now.at, now)
    for _ in range(40):
        now = later(now, 1, 0.9 * DAY)
        clock.observe(now)
        assert not clock.doubted
    now = later(now, 1, 2 * DAY)
    clock.observe(now)
    now = later(now, PROOF_SECONDS - 1, 2 * DAY)
    clock.observe(now)
    now = later(now, PROOF_SECONDS - 1)
    clock.observe(now)
    assert clock.doubted
    now = later(now, 1)
    clock.observe(now)
    assert not clock.doubted
