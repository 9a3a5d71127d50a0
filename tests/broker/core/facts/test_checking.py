"""Which stored facts can be used. The stores' tests try damaged databases and altered exports."""

from __future__ import annotations

import msgspec
import pytest

from broker.core.facts.checking import check_fact

NEXT_USER = 5
LEVELS = {"user": 2, "levels": {"#tea": "all", "@2|@4": "none"}}
SPAN = {"days": ["mon"], "start": "22:00", "end": "07:00"}
QUIET = {"user": 2, "zone": "Europe/Berlin", "spans": [SPAN]}


@pytest.mark.parametrize(
    ("kind", "fact"),
    [("levels", LEVELS), ("keywords", {"user": 2, "words": ["deploy"]}), ("quiet-hours", QUIET)],
)
def test_what_a_user_has_chosen_can_be_used(kind: str, fact: dict[str, object]) -> None:
    check_fact(kind, "2", msgspec.json.encode(fact), NEXT_USER)
    with pytest.raises(ValueError, match=f"the {kind} 3 cannot be used: its key is another one"):
        check_fact(kind, "3", msgspec.json.encode(fact), NEXT_USER)
    with pytest.raises(ValueError, match="there was no user 2"):
        check_fact(kind, "2", msgspec.json.encode(fact), 2)


@pytest.mark.parametrize(
    ("kind", "fact", "why"),
    [
        ("levels", {**LEVELS, "levels": {}}, "it has no level"),
        ("levels", {**LEVELS, "levels": {"#tea": "default"}}, "a default is not stored"),
        ("levels", {**LEVELS, "levels": {"#tea": "loud"}}, "cannot be read"),
        ("levels", {**LEVELS, "levels": {"#Tea": "all"}}, "#Tea is not the id of a room"),
        ("levels", {**LEVELS, "levels": {"@4|@2": "all"}}, "@4|@2 is not a conversation of the user"),
        ("levels", {**LEVELS, "levels": {"@3|@4": "all"}}, "@3|@4 is not a conversation of the user"),
        ("levels", {**LEVELS, "levels": {"@2|@9": "all"}}, "there was no user 9"),
        ("keywords", {"user": 2, "words": []}, "it has no keyword"),
        ("keywords", {"user": 2, "words": ["two words"]}, "a keyword is one word"),
        ("quiet-hours", {**QUIET, "spans": []}, "it has no span"),
        ("quiet-hours", {**QUIET, "zone": "../etc"}, "write a time zone"),
        ("quiet-hours", {**QUIET, "spans": [{**SPAN, "end": "24:00"}]}, "cannot be read"),
    ],
)
def test_what_no_user_can_have_chosen_is_refused(kind: str, fact: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match="cannot be") as refusal:
        check_fact(kind, "2", msgspec.json.encode(fact), NEXT_USER)
    assert why in str(refusal.value)
