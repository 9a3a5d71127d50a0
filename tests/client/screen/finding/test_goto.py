"""Going to messages, dates, the first unread message and the end, in a long conversation."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from linked import Member, World
from screen_stage import Seat, Table, tables
from wired import BEGINNING

from broker.core.store import StoredMessage, StoredRoom, StoredUser
from client.core.options import Listening
from client.core.receiving.timeline import MOST_MESSAGES
from client.text.times import local_time
from messages.requests import Leave

COUNT, MINUTE = 20_000, 60_000


@pytest.fixture(scope="module")
def stored() -> World:
    """A broker's log of many messages, one a minute."""
    world = World()
    begin = world.now.at - COUNT * MINUTE
    world.store.commit([StoredUser(99, "zoe", None, 7), StoredRoom("#lobby", "#lobby", "")])
    world.store.commit(
        [
            StoredMessage("#lobby", seq, f"i{seq}", 99, "zoe", f"number {seq}", begin + seq * MINUTE)
            for seq in range(1, COUNT + 1)
        ]
    )
    world.restart()
    return world


@pytest.fixture
def alice(stored: World) -> Iterator[Table]:
    """Somebody who has just come, each time with a new client."""
    member = Member(stored, "alice", Listening(brief=True, changes=True))
    stored.members.append(member)
    seat = Seat(stored, member)
    member.session.login("alice")
    member.connect()
    seat.settle()
    table = Table.of(seat)
    look(table)
    yield table
    member.session.logout()
    seat.settle()
    stored.members.remove(member)


def look(one: Table) -> list[str]:
    """See the log until nothing more comes for it."""
    for _ in range(4):
        assert one.log
        one.settle()
    return one.texts


def fill(one: Table) -> None:
    """Get as many messages as are kept."""
    for _ in range(MOST_MESSAGES // 50):
        one.state.update().scroll(-70)
        assert one.log
        one.settle()
    one.press("\x1b")
    assert len(one.session.timeline("#lobby").seqs) == MOST_MESSAGES


def numbers(rows: list[str]) -> list[int]:
    return [int(row.split()[1]) for row in rows]


def test_a_message_far_away_is_shown_and_nothing_moves_when_more_come(alice: Table) -> None:
    fill(alice)
    alice.press("/goto 5000\r")
    assert alice.chosen == ["number 5000"]
    before = alice.texts
    assert before[4] == "number 5000"
    assert look(alice) == before
    timeline = alice.session.timeline("#lobby")
    assert len(timeline.seqs) == MOST_MESSAGES
    alice.press("a\x15")
    assert alice.chosen == [], "it stands out until the next key"
    assert alice.texts == before


def test_a_gap_is_seen_and_is_filled_from_the_side_that_stays(alice: Table) -> None:
    fill(alice)
    alice.press("/goto 5000\r")
    alice.state.update().scroll(44)
    before = alice.log
    assert any("5,050 to 1" in row and "not here yet" in row for row in before)
    alice.settle()
    after = alice.log
    assert after[0] == before[0]
    assert numbers(alice.texts) == list(range(5040, 5054))
    for page in range(12):  # down over the old end of the gap, and up over its beginning
        rows = alice.texts
        alice.state.update().scroll(13 if page < 4 else -13)
        alice.settle()
        assert (rows[-1] if page < 4 else rows[0]) in look(alice)
        assert all(later == earlier + 1 for earlier, later in pairwise(numbers(alice.texts)))


def test_what_is_said_meanwhile_is_at_the_end_and_own_messages_show_it(alice: Table) -> None:
    fill(alice)
    alice.press("/goto 5000\r")
    before = alice.texts
    alice.session.send("#lobby", "number 0 from elsewhere")
    assert look(alice) == before
    alice.press("number -1 from here\r")
    assert look(alice)[-1] == "number -1 from here"
    assert alice.state.layout.stays_at_end


def test_a_date_leads_to_its_first_message(alice: Table) -> None:
    at = local_time(BEGINNING.at - (COUNT - 3_000) * MINUTE)
    alice.press(f"/goto {at:%Y-%m-%d %H:%M}\r")
    look(alice)
    assert abs(numbers(alice.chosen)[0] - 3_000) <= 1
    assert numbers(alice.texts)[4] == numbers(alice.chosen)[0]
    alice.press("/goto 2099-01-01\r")
    assert alice.state.hint == "Nothing was said here since 2099-01-01 00:00."
    alice.press("/goto end\r")
    assert alice.state.layout.stays_at_end
    assert look(alice)[-1].startswith("number")


def test_what_cannot_be_reached_gets_a_sentence(alice: Table) -> None:
    alice.press("/goto 30000\r")
    assert any("There is no message 30,000 yet; the last number is 20,00" in row for row in alice.log)
    alice.press("/goto somewhere\r")
    assert any("is neither a message's number, unread," in row for row in alice.log)
    alice.press("/goto unread\r")
    assert "Nothing is unread here." in "".join(alice.log) + alice.state.hint
    alice.member.cut()
    alice.press("/goto 7\r")
    assert alice.state.hint == "It is not here yet, and is shown when the connection is back."
    alice.member.connect()
    look(alice)
    assert alice.chosen == ["number 7"]
    assert alice.state.hint == ""


def test_a_message_that_never_comes_is_not_waited_for(alice: Table) -> None:
    alice.member.cut()
    alice.press("/goto 9000\r")
    alice.press("\x1b[5~")
    before = alice.texts
    alice.member.connect()
    look(alice)
    assert "number 9000" not in alice.texts
    assert before
    alice.session.ask(Leave, room="#lobby")


def test_the_first_unread_message_is_gone_to() -> None:
    alice, bob = tables("alice", "bob")
    alice.keys("/join #dev\r")
    bob.keys("one\r")
    for number in range(2, 41):
        bob.keys(f"number {number}\r")
    alice.host.go("#lobby")
    assert look(alice)[-1] == "number 40"
    alice.press("\x1b[17~")
    assert alice.chosen == ["one"]
    assert any("── new ──" in row for row in alice.log)


def test_messages_that_are_stored_no_more_are_named() -> None:
    alice, bob = tables("alice", "bob")
    for number in range(1, 31):
        bob.keys(f"number {number}\r")
    bob.keys("/react 30 ok\r")
    bob.keys("last\r")
    look(alice)
    timeline = alice.session.timeline("#lobby")
    timeline._forget_before(10)
    timeline.begins = 10
    alice.press("/goto 4\r")
    assert alice.state.hint == "4 is stored no more; this is 10."
    assert alice.chosen == ["number 10"]
    alice.press("/goto 31\r")

    assert alice.state.hint == "31 is no message, or is not shown; this is 32."
