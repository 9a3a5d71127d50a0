"""The numbers of a conversation's messages by seq."""

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from broker.store.numbers import Numbers
from messages.limits import MAX_SEQ


@given(st.integers(1, 10), st.lists(st.booleans(), max_size=200))
def test_it_knows_the_messages_that_were_not_dropped(first: int, steps: list[bool]) -> None:
    numbers, wanted, seq = Numbers(first), deque[tuple[int, int]](), first
    for adds in steps:
        if adds:
            numbers.all.append(7 * seq)
            wanted.append((seq, 7 * seq))
            seq += 1
        elif wanted:
            numbers.drop_first()
            wanted.popleft()
        assert (numbers.head, numbers.first) == (seq - 1, seq - len(wanted))
    assert list(numbers.between(0, MAX_SEQ)) == [number for _, number in wanted]
    assert [(one, numbers.of(one)) for one in range(seq + 2) if numbers.of(one)] == list(wanted)


def test_a_part_begins_after_a_seq_and_ends_before_one_or_is_as_long_as_was_asked() -> None:
    numbers = Numbers(5)
    for seq in range(5, 15):
        numbers.all.append(seq)
    numbers.drop_first()
    assert list(numbers.between(0, 8)) == [6, 7]
    assert list(numbers.between(12, MAX_SEQ)) == [13, 14]
    assert list(numbers.between(7, 12, 2)) == [8, 9]
    assert [list(numbers.between(after, before)) for after, before in ((20, 30), (0, 3), (9, 2))] == [[]] * 3


def test_dropped_numbers_are_released() -> None:
    numbers = Numbers(1)
    for number in range(10_000):
        numbers.all.append(number)
        if number >= 10:
            numbers.drop_first()
    assert len(numbers.all) <= 2 * 11
