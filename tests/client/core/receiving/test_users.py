"""Who has which name: how many are kept, and whose number is not dropped."""

from __future__ import annotations

import tracemalloc
from sys import intern

from client.core.receiving.users import MOST, Users


def test_the_oldest_are_dropped_if_there_are_too_many() -> None:
    users = Users()
    for number in range(1, MOST + 3):
        users.learn(f"user{number}", number)
    assert [users.id_of(f"user{number}") for number in (1, 2, 3)] == [0, 0, 3]
    assert users.name_of(2) is None
    assert users.name_of(MOST + 2) == f"user{MOST + 2}"


def test_those_with_a_direct_conversation_stay_known_however_many_others_come() -> None:
    users = Users(lambda name: name == "bob")
    users.learn("bob", 1)
    for number in range(2, 10 * MOST):
        users.learn(f"user{number}", number)
    assert (users.id_of("Bob"), users.name_of(1)) == (1, "bob")
    assert len(users._names) == len(users._ids) <= MOST + 1


def test_if_all_stay_known_they_are_no_fewer_than_they_must_be() -> None:
    users = Users(lambda _name: True)
    for number in range(1, 2 * MOST):
        users.learn(f"user{number}", number)
    assert all(users.id_of(f"user{number}") == number for number in range(1, 2 * MOST))


def test_a_session_that_sees_very_many_users_takes_little_for_them() -> None:
    names = [intern(f"user{number}") for number in range(2_000)]
    numbers = list(range(1_000, 3_000))
    tracemalloc.start()
    users = Users()
    for name, number in zip(names, numbers, strict=True):
        users.learn(name, number)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 48_000  # two tables of 18 KB each
