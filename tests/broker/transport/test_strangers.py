"""Connections on which nobody has logged in: which of them are ended, and that nobody else loses a place."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from broker.core.memory.model import Peer
from broker.transport.strangers import (
    ENCRYPTED_COST,
    LOGIN_SECONDS,
    MOST_STRANGERS,
    PATIENCE_SECONDS,
    SHORT_PATIENCE_SECONDS,
    Strangers,
)

_descriptors = count(10)


@dataclass(eq=False)
class Wire:
    """A connection that only notes that it was cut."""

    source: str = "192.0.2.1"
    since: float = 0.0
    descriptor: int = field(default_factory=lambda: next(_descriptors))
    peer: Peer | None = None
    cost: int = 1
    was_cut: bool = False

    def cut(self) -> bool:
        self.was_cut = True
        return True


def a_peer() -> Peer:
    return Peer(b"\0abcd", "192.0.2.1", 0.0)


def add(strangers: Strangers[Wire], number: int, source: str, since: float = 0.0) -> list[Wire]:
    wires = [Wire(source, since) for _ in range(number)]
    for wire in wires:
        strangers.add(wire)
    strangers.trim(since, drained=True)
    return wires


def test_a_stranger_who_does_not_log_in_in_time_is_cut() -> None:
    strangers = Strangers[Wire]()
    early, late = Wire(since=0.0), Wire(since=1.0)
    strangers.add(early)
    strangers.add(late)
    strangers.expire(LOGIN_SECONDS)
    assert (early.was_cut, late.was_cut, len(strangers)) == (True, False, 1)


def test_a_user_is_not_cut_and_becomes_a_stranger_again_when_given_up() -> None:
    strangers, wire = Strangers[Wire](), Wire()
    strangers.add(wire)
    assert strangers.speak(wire.descriptor, a_peer(), 0.0) is wire
    strangers.settle(wire, 0.0)
    strangers.expire(1_000.0)
    assert (wire.was_cut, len(strangers), strangers.connections) == (False, 0, 1)
    strangers.unsettle(wire, 1_000.0)
    assert len(strangers) == 1
    strangers.expire(1_000.0 + LOGIN_SECONDS)
    assert wire.was_cut


def test_a_login_that_waits_for_its_turn_and_a_flooder_who_is_ignored_have_more_time() -> None:
    strangers, waits, barred = Strangers[Wire](), Wire(), Wire()
    for wire in (waits, barred):
        strangers.add(wire)
        strangers.speak(wire.descriptor, a_peer(), 0.0)
    assert waits.peer
    assert barred.peer
    waits.peer.waiting, barred.peer.barred = 1, True
    strangers.expire(LOGIN_SECONDS)
    assert not any(wire.was_cut for wire in (waits, barred))
    waits.peer.waiting = 0
    strangers.expire(2 * LOGIN_SECONDS)
    assert waits.was_cut


def test_a_source_with_too_many_strangers_makes_room_for_others() -> None:
    strangers = Strangers[Wire](40)
    crowd = add(strangers, 20, "198.51.100.1")
    (newcomer,) = add(strangers, 1, "192.0.2.1", 0.1)
    assert [wire.was_cut for wire in crowd] == [True] + [False] * 19
    assert not newcomer.was_cut
    assert (strangers.ended, strangers.refused) == (1, 0)


def test_of_many_of_one_source_those_who_came_first_stay_until_they_have_been_silent_for_long() -> None:
    strangers = Strangers[Wire](40)
    first = add(strangers, 20, "198.51.100.1")
    (soon,) = add(strangers, 1, "198.51.100.1", SHORT_PATIENCE_SECONDS)
    assert soon.was_cut
    assert not any(wire.was_cut for wire in first)
    (later,) = add(strangers, 1, "198.51.100.1", SHORT_PATIENCE_SECONDS + 0.1)
    assert first[0].was_cut
    assert not later.was_cut


def test_while_others_of_the_source_log_in_those_who_came_first_have_more_time() -> None:
    strangers = Strangers[Wire](40)
    first = add(strangers, 20, "198.51.100.1")
    strangers.settle(first[19], PATIENCE_SECONDS - 1)
    add(strangers, 1, "198.51.100.1", PATIENCE_SECONDS - 1)
    (soon,) = add(strangers, 1, "198.51.100.1", PATIENCE_SECONDS)
    assert (soon.was_cut, first[0].was_cut) == (True, False)


def test_one_who_waits_for_an_answer_keeps_the_place() -> None:
    strangers = Strangers[Wire](4)
    (first,) = add(strangers, 1, "198.51.100.1")
    strangers.speak(first.descriptor, a_peer(), 0.0)
    assert first.peer
    first.peer.waiting = 1
    add(strangers, 1, "198.51.100.1", 50.0)
    (newcomer,) = add(strangers, 1, "198.51.100.1", 50.0)
    assert (first.was_cut, newcomer.was_cut) == (False, True)


def test_one_who_has_to_make_room_but_has_sent_something_already_stays() -> None:
    strangers = Strangers[Wire](4)
    add(strangers, 2, "198.51.100.1")
    newcomer, other = Wire("198.51.100.1"), Wire("198.51.100.1")
    for wire in (newcomer, other):
        strangers.add(wire)
    strangers.trim(0.0, drained=False)
    assert strangers.speak(newcomer.descriptor, a_peer(), 0.0) is newcomer
    strangers.trim(0.0, drained=True)
    assert (newcomer.was_cut, other.was_cut, len(strangers)) == (False, True, 3)


def test_with_all_connections_taken_by_users_a_newcomer_is_refused() -> None:
    strangers = Strangers[Wire](4)
    for wire in add(strangers, 1, "192.0.2.1") + add(strangers, 1, "192.0.2.1"):
        strangers.settle(wire, 0.0)
    for wire in add(strangers, 1, "192.0.2.1") + add(strangers, 1, "192.0.2.1"):
        strangers.settle(wire, 0.0)
    (newcomer,) = add(strangers, 1, "192.0.2.9", 60.0)
    assert newcomer.was_cut
    assert (strangers.refused, strangers.connections) == (1, 4)


def test_of_too_many_who_are_silent_for_long_those_of_the_largest_source_go_as_soon_as_all_was_read() -> None:
    strangers = Strangers[Wire](20)
    assert strangers.most_silent == 10
    few, many = add(strangers, 2, "192.0.2.1"), add(strangers, 7, "198.51.100.1")
    speaker = add(strangers, 1, "198.51.100.1")[0]
    strangers.most_silent = 5
    for _ in (*few, *many, speaker):
        strangers.finish()
    late = SHORT_PATIENCE_SECONDS + 0.1
    strangers.speak(speaker.descriptor, a_peer(), late)
    assert strangers.silent == 9
    strangers.trim(late, drained=False)
    assert not any(wire.was_cut for wire in many)
    strangers.trim(late, drained=True)
    assert [wire.was_cut for wire in many] == [True] * 4 + [False] * 3
    assert not any(wire.was_cut for wire in (*few, speaker))
    strangers.trim(late, drained=True)
    assert strangers.ended == 4
    for wire in many[:4]:
        strangers.remove(wire.descriptor, finished=True)
    strangers.trim(late, drained=True)
    assert (strangers.silent, strangers.ended) == (5, 4)


def test_of_too_many_encrypted_ones_who_are_silent_some_go_at_once() -> None:
    strangers = Strangers[Wire]()
    wires = [Wire(cost=ENCRYPTED_COST) for _ in range(strangers.most_silent + 2)]
    for wire in wires:
        strangers.add(wire)
        strangers.finish()
    strangers.trim(0.0, drained=True)
    assert [wire.was_cut for wire in wires] == [True] * 2 + [False] * strangers.most_silent


def test_with_twenty_thousand_files_five_thousand_may_log_in_at_once() -> None:
    strangers = Strangers[Wire](19_900)
    assert not any(wire.was_cut for wire in add(strangers, 5_000, "192.0.2.1"))


def test_thousands_who_log_in_at_once_may_all_be_silent_for_a_moment() -> None:
    strangers = Strangers[Wire](20_000)
    wires = [Wire() for _ in range(5_000)]
    for wire in wires:
        strangers.add(wire)
        strangers.finish()
    first, *others = wires
    strangers.trim(SHORT_PATIENCE_SECONDS, drained=True)
    strangers.speak(first.descriptor, a_peer(), SHORT_PATIENCE_SECONDS)
    strangers.settle(first, PATIENCE_SECONDS)  # the others are about to log in as well
    strangers.trim(PATIENCE_SECONDS, drained=True)
    assert not any(wire.was_cut for wire in wires)
    strangers.trim(PATIENCE_SECONDS + 0.1, drained=True)
    assert sum(wire.was_cut for wire in others) == 4_999 - strangers.most_silent


def silent(strangers: Strangers[Wire], number: int, source: str, since: float, cost: int = 1) -> list[Wire]:
    wires = [Wire(source, since, cost=cost) for _ in range(number)]
    for wire in wires:
        strangers.add(wire)
        strangers.finish()
    return wires


def test_those_silent_for_long_go_also_if_the_largest_source_has_only_come() -> None:
    strangers = Strangers[Wire](20_000)
    late = silent(strangers, 3_000, "192.0.2.1", 0.0)
    few = silent(strangers, 3, "203.0.113.1", 0.0)
    new = silent(strangers, 4_000, "198.51.100.1", 9.5)
    strangers.trim(10.0, drained=True)
    assert sum(not wire.was_cut for wire in (*late, *few)) == strangers.most_silent
    assert not any(wire.was_cut for wire in (*few, *new))
    strangers.trim(10.0, drained=True)
    assert sum(not wire.was_cut for wire in (*late, *few)) == strangers.most_silent


def test_silent_ones_go_also_if_all_of_the_largest_source_have_spoken() -> None:
    for cost in (1, ENCRYPTED_COST):
        strangers = Strangers[Wire](20_000)
        for wire in (spoken := silent(strangers, 101, "192.0.2.1", 0.0, cost)):
            strangers.speak(wire.descriptor, a_peer(), 0.0)
        others = [
            wire for place in range(15) for wire in silent(strangers, 100, f"198.51.100.{place}", 0.0, cost)
        ]
        strangers.trim(10.0, drained=True)
        assert sum(not wire.was_cut for wire in others) == strangers.most_silent
        assert not any(wire.was_cut for wire in spoken)


@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "remove", "speak", "settle", "unsettle"]), st.integers(0, 30)),
        max_size=200,
    )
)
def test_the_books_agree_whatever_comes_and_goes(moves: list[tuple[str, int]]) -> None:
    strangers = Strangers[Wire](24)
    wires: list[Wire] = []
    for now, (move, number) in enumerate(moves):
        if move == "add":
            wires.append(Wire(f"192.0.2.{number % 5}", now / 10, descriptor=number))
            strangers.add(wires[-1])
            strangers.trim(now / 10, drained=True)
        elif move == "remove":
            strangers.remove(number, finished=False)
        elif wires:
            wire = wires[number % len(wires)]
            if move == "speak":
                strangers.speak(wire.descriptor, a_peer(), now / 10)
            elif move == "settle":
                strangers.settle(wire, 0.0)
            else:
                strangers.unsettle(wire, now / 10)
                strangers.trim(now / 10, drained=True)
        assert len(strangers) <= strangers.most_strangers
        assert strangers.connections <= 24
        alive = list(strangers._strangers)
        assert not any(wire.was_cut for wire in alive)
        sizes = {source: len(same.strangers) for source, same in strangers._by_source.items()}
        assert sum(sizes.values()) == len(alive)
        assert strangers._largest == max(sizes.values(), default=0)


def test_there_may_be_fewer_encrypted_strangers_than_plain_ones() -> None:
    for cost in (1, ENCRYPTED_COST):
        strangers = Strangers[Wire]()
        for number in range(MOST_STRANGERS + 100):
            strangers.add(Wire(f"{number}", cost=cost))
        assert len(strangers) == MOST_STRANGERS // cost
