from __future__ import annotations

from client.core.people import People


def test_names_are_known_once_and_the_one_seen_last_stands_at_the_end() -> None:
    people = People()
    for name in ("bob", "carol", "bob"):
        people.saw(name)
    assert people.others("alice") == ["carol", "bob"]


def test_oneself_is_not_among_the_others() -> None:
    people = People()
    people.saw("alice")
    people.saw("bob")
    assert people.others("alice") == ["bob"]


def test_who_changes_their_name_is_known_by_the_new_one_only() -> None:
    people = People()
    people.saw("bob")
    people.rename("bob", "robert")
    people.rename("unknown", "carol")
    assert people.others("alice") == ["robert", "carol"]


def test_of_very_many_the_last_ones_are_kept() -> None:
    people = People()
    for number in range(1_500):
        people.saw(f"user{number}")
    assert people.others("") == [f"user{number}" for number in range(1_200, 1_500)]
