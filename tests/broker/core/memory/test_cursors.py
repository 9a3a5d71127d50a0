"""Cursors: whoever has one can go on with their search, and learns nothing else from it."""

import pytest
from wired import FixedRandomness

from broker.core.memory.cursors import Cursors

POSITIONS = (0, 1, 2, 1_000_000, 2**53 - 1)


@pytest.fixture
def cursors() -> Cursors:
    return Cursors(FixedRandomness())


@pytest.mark.parametrize("position", POSITIONS)
def test_a_cursor_leads_to_its_position(cursors: Cursors, position: int) -> None:
    assert cursors.read(7, cursors.write(7, position)) == position


def test_cursors_tell_neither_positions_nor_their_order_nor_whether_two_users_have_the_same(
    cursors: Cursors,
) -> None:
    written = [cursors.write(user, position) for user in (1, 2) for position in range(1_000)]
    assert len({cursor[:4] for cursor in written}) > 1_990  # no part of one is that of another
    assert len({cursor[-4:] for cursor in written}) > 1_990
    assert written != sorted(written)
    assert {len(cursor) for cursor in written} == {22}


@pytest.mark.parametrize("changed", ["", "1", "x" * 22, "x" * 200, "é", "\n"])
def test_what_is_no_cursor_is_refused(cursors: Cursors, changed: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        cursors.read(7, changed)


def test_a_cursor_of_another_user_or_another_run_or_a_changed_one_is_refused(cursors: Cursors) -> None:
    cursor = cursors.write(7, 1_000)
    randomness = FixedRandomness()
    randomness.token()
    for user, reader, text in (
        (8, cursors, cursor),
        (7, Cursors(randomness), cursor),
        (7, cursors, cursor[1:] + cursor[0]),
        (7, cursors, cursor + "A"),
    ):
        with pytest.raises(ValueError, match="made for another user, or before the broker started"):
            reader.read(user, text)
