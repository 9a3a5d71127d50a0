from __future__ import annotations

import pytest
from driven import message
from hypothesis import given, settings
from hypothesis import strategies as st
from torture.figures import figure

from client.core.events import Missing
from client.core.receiving.inbox import Inbox
from messages.events import Message

Shown = list[Message | Missing]


def shown(*seqs: int) -> list[Message]:
    return [message(seq) for seq in seqs]


def fill(inbox: Inbox, *seqs: int, last: bool = True) -> Shown:
    return inbox.fill([(seq, message(seq)) for seq in seqs], last=last)


class TestArriving:
    def test_the_next_message_can_be_shown(self) -> None:
        inbox = Inbox("#lobby", 4)
        assert inbox.arrive(5, message(5)) == shown(5)
        assert (inbox.have, inbox.head, inbox.behind) == (5, 5, False)

    @pytest.mark.parametrize("seq", [0, 1, 4])
    def test_an_earlier_one_cannot(self, seq: int) -> None:
        assert Inbox("#lobby", 4).arrive(seq, message(seq)) == []

    def test_one_behind_a_hole_waits_and_is_shown_when_the_hole_is_filled(self) -> None:
        inbox = Inbox("#lobby")
        assert inbox.arrive(3, message(3)) == []
        assert inbox.arrive(2, message(2)) == []
        assert inbox.behind
        assert inbox.arrive(1, message(1)) == shown(1, 2, 3)
        assert not inbox.behind

    def test_one_that_waits_already_is_shown_once(self) -> None:
        inbox = Inbox("#lobby")
        inbox.arrive(2, message(2))
        assert inbox.arrive(2, message(2)) == []
        assert inbox.arrive(1, message(1)) == shown(1, 2)

    def test_ones_own_takes_its_place_and_is_not_shown(self) -> None:
        inbox = Inbox("#lobby")
        inbox.arrive(3, message(3))
        assert inbox.arrive(2, None) == []
        assert inbox.arrive(1, message(1)) == shown(1, 3)

    def test_behind_a_hole_a_thousand_are_held_and_the_rest_is_left_to_history(self) -> None:
        inbox = Inbox("#lobby")
        for seq in range(2, 1_200):
            assert inbox.arrive(seq, message(seq)) == []
        assert inbox.arrive(1, message(1)) == shown(*range(1, 1_002))
        assert inbox.behind
        assert inbox.arrive(1_002, message(1_002)) == shown(1_002)

    def test_ones_own_are_always_held_for_no_page_would_tell_that_they_are(self) -> None:
        inbox = Inbox("#lobby")
        for seq in range(2, 1_002):
            inbox.arrive(seq, message(seq))
        inbox.arrive(1_002, None)
        assert fill(inbox, 1, 1_002) == shown(*range(1, 1_002))


class TestFilling:
    def test_a_page_fills_the_hole_and_lets_go_what_waits_behind_it(self) -> None:
        inbox = Inbox("#lobby", 1)
        inbox.arrive(4, message(4))
        assert fill(inbox, 2, 3) == shown(2, 3, 4)

    def test_what_it_brings_again_is_shown_once(self) -> None:
        inbox = Inbox("#lobby", 1)
        inbox.arrive(3, message(3))
        assert fill(inbox, 1, 2, 3, 4) == shown(2, 3, 4)

    def test_what_it_does_not_bring_is_lost_and_named_where_it_was(self) -> None:
        inbox = Inbox("#lobby", 1)
        inbox.learn_head(9)
        assert fill(inbox, 4, 5, 8) == [
            Missing("#lobby", 2, 3),
            *shown(4, 5),
            Missing("#lobby", 6, 7),
            *shown(8),
            Missing("#lobby", 9, 9),
        ]
        assert not inbox.behind

    def test_what_is_held_is_not_lost_even_if_no_page_brings_it(self) -> None:
        inbox = Inbox("#lobby", 1)
        inbox.arrive(4, message(4))
        inbox.arrive(6, None)
        inbox.learn_head(8)
        assert fill(inbox, 7) == [
            Missing("#lobby", 2, 3),
            *shown(4),
            Missing("#lobby", 5, 5),
            *shown(7),
            Missing("#lobby", 8, 8),
        ]

    def test_what_is_held_right_behind_the_lost_is_shown_once_if_a_page_brings_it_too(self) -> None:
        inbox = Inbox("#lobby", 3)
        inbox.arrive(5, message(5))
        assert fill(inbox, 5, 6) == [Missing("#lobby", 4, 4), *shown(5, 6)]
        assert fill(inbox) == []
        assert inbox.arrive(7, message(7)) == shown(7)

    def test_when_there_is_more_nothing_behind_the_page_is_lost_yet(self) -> None:
        inbox = Inbox("#lobby")
        inbox.learn_head(4)
        assert fill(inbox, 1, 2, last=False) == shown(1, 2)
        assert inbox.behind
        assert fill(inbox, 3, 4) == shown(3, 4)

    def test_ones_own_in_a_page_is_not_shown_and_remembered_until_it_is_told_as_accepted(self) -> None:
        inbox = Inbox("#lobby")
        assert inbox.fill([(1, None), (2, message(2))], last=True) == shown(2)
        assert inbox.found == {1}
        assert inbox.arrive(1, None) == []
        assert inbox.found == set()


class TestConfirming:
    def test_what_was_handed_over_can_be_confirmed(self) -> None:
        inbox = Inbox("#lobby", 2)
        inbox.arrive(3, message(3))
        inbox.arrive(4, message(4))
        assert inbox.confirmable == 2
        inbox.handed_over(3)
        assert inbox.confirmable == 3
        inbox.handed_over(4)
        assert inbox.confirmable == 4

    def test_ones_own_and_lost_ones_need_not_be_handed_over(self) -> None:
        inbox = Inbox("#lobby")
        inbox.arrive(1, None)
        inbox.learn_head(4)
        fill(inbox, 3)
        assert inbox.confirmable == 2
        inbox.handed_over(3)
        assert inbox.confirmable == 4

    def test_nothing_behind_a_hole_can(self) -> None:
        inbox = Inbox("#lobby")
        inbox.arrive(2, message(2))
        assert inbox.confirmable == 0

    def test_it_knows_which_messages_are_to_be_handed_over(self) -> None:
        inbox = Inbox("#lobby")
        inbox.arrive(1, message(1))
        assert inbox.awaits(message(1))
        assert not inbox.awaits(message(1, "#dev"))
        inbox.handed_over(1)
        assert not inbox.awaits(message(1))


HEAD = 14

steps = st.one_of(
    st.tuples(st.just("live"), st.integers(1, HEAD)),
    st.tuples(st.just("own"), st.integers(1, HEAD)),
    st.tuples(st.just("page"), st.sets(st.integers(1, HEAD), max_size=6), st.booleans()),
)


@given(st.lists(steps, max_size=25))
@settings(max_examples=figure(100, 10_000), deadline=None)
def test_whatever_comes_in_whatever_order_each_seq_is_shown_own_or_missing_once_and_in_order(
    journey: list[tuple[str, int | set[int], bool]],
) -> None:
    inbox, told, own = Inbox("#lobby"), Shown(), set()
    for kind, what, *last in journey:
        if isinstance(what, set):
            told += fill(inbox, *sorted(what), last=last == [True])
        else:
            own |= {what} if kind == "own" else set()
            told += inbox.arrive(what, message(what) if kind == "live" else None)
        assert inbox.confirmable <= inbox.have <= max(inbox.head, inbox.have)
    told += fill(inbox)
    seqs: list[int] = []
    for entry in told:
        seqs += range(entry.first, entry.last + 1) if isinstance(entry, Missing) else [entry.seq]
    assert seqs == sorted(set(seqs))
    assert set(range(1, inbox.have + 1)) - set(seqs) <= own
    assert not inbox.behind
