"""What is said of a search."""

from __future__ import annotations

import pytest
from driven import AT, ready

from client.core.events import Renamed
from client.screen.model.hits import MOST_HITS, Hits, query_text
from messages.errors import ErrorCode
from messages.events import Message
from messages.replies import Error, Found
from messages.requests import Search

QUERY = Search("q", "plan")


def found(first: int, count: int) -> list[Message]:
    return [Message("#lobby", seq, f"i{seq}", "bob", "plan", AT) for seq in range(first, first - count, -1)]


def hits_of(reply: Found | Error) -> Hits:
    hits = Hits(ready().session, QUERY)
    hits.take(QUERY, reply)
    return hits


@pytest.mark.parametrize(
    ("reply", "note"),
    [
        (Found("q", []), "Nothing was found."),
        (Found("q", found(9, 2)), "There are no older hits."),
        (Found("q", found(9, 2), next="older"), "There may be older hits; go on down to get them."),
        (
            Found("q", [], next="older", incomplete=True),
            "The search took too long and ended early; go on down to look further back.",
        ),
        (
            Found("q", found(9, 1), unindexed=1),
            "There are no older hits. The latest messages may not all be searched yet.",
        ),
        (Error("q", ErrorCode.TOO_MANY_REQUESTS, "too many requests", retryable=True), "too many requests."),
    ],
)
def test_what_the_reply_tells_is_said(reply: Found | Error, note: str) -> None:
    assert hits_of(reply).note == note


def test_a_search_that_ended_early_goes_on_although_nothing_was_found() -> None:
    hits = hits_of(Found("q", [], next="older", incomplete=True))
    assert hits.move(1)
    assert hits.note == "Waiting for the connection …" or hits.note == "Searching …"
    hits.take(Search("r", "plan", page="older"), Found("r", found(5, 1)))
    assert hits.current == ("#lobby", 5)


def test_a_broker_that_has_started_anew_needs_another_search() -> None:
    hits = hits_of(Found("q", found(9, 2), next="older"))
    old = Search("r", "plan", page="older")
    assert hits.belongs(old)
    hits.take(old, Error("r", ErrorCode.INVALID, "`page` is not the `next`", retryable=False))
    assert hits.note == "The broker has started anew since; search again."
    assert not hits.ask_older()
    assert len(hits.messages) == 2


def test_no_more_hits_are_kept_than_a_person_looks_at() -> None:
    hits = hits_of(Found("q", found(5_000, MOST_HITS + 100), next="older"))
    assert len(hits.messages) == MOST_HITS
    assert hits.note == "These are the latest 1,000; before:TIME finds earlier ones."
    assert not hits.ask_older()


def test_a_search_is_named_as_it_is_typed() -> None:
    query = Search("q", "teh plan", conversation="#dev", sender="bob")
    assert query_text(query) == "teh plan from:bob in:#dev"


def test_a_page_that_no_request_can_name_is_no_page() -> None:
    hits = hits_of(Found("q", found(9, 2), next="é" * 300))
    assert not hits.ask_older()
    assert hits.note == "There are no older hits."


def test_a_new_name_that_is_none_leaves_a_search_as_it_was() -> None:
    hits = Hits(ready().session, Search("q", "plan", conversation="@bob"))
    hits.follow(Renamed("bob", "\x1b[2J"))
    assert hits.query.conversation == "@bob"
