"""Drafts of other conversations."""

from __future__ import annotations

import pytest
from driven import ready

from client.core.events import ClientEvent, LoggedIn, Removed, Renamed, Replaced
from client.editor.inputs import TypedLine
from client.screen.composer.meaning import STALE, Draft
from client.screen.model.drafts import Drafts
from messages.events import System, SystemKind

DRAFT = Draft(TypedLine("hello", mark=3), 2)


def test_a_draft_counts_as_begun_when_it_is_shown_again() -> None:
    drafts = Drafts()
    drafts.keep("#dev", DRAFT)
    drafts.keep("#empty", Draft(TypedLine(""), 0))
    found = drafts.take("#dev", 7)
    assert found is not None
    assert (found.line.text, found.line.mark, found.cursor) == ("hello", 7, 2)
    assert drafts.take("#dev", 7) is None
    assert drafts.take("#empty", 7) is None


def test_the_oldest_draft_goes_if_there_are_too_many() -> None:
    drafts = Drafts()
    for number in range(200):
        drafts.keep(f"#{number}", DRAFT)
    drafts.keep("#0", DRAFT)
    drafts.keep("#200", DRAFT)
    assert len(drafts) == 200
    assert "#0" in drafts
    assert "#1" not in drafts


@pytest.mark.parametrize(
    ("place", "event"),
    [
        ("#dev", Removed("#dev")),
        ("@bob", Replaced("bob")),
        ("@bob", System(SystemKind.NEW_KEY, "bob", "")),
        ("#dev", LoggedIn(ready().welcome("r"), again=True, new_log=True)),
    ],
)
def test_a_draft_is_stale_if_its_conversation_has_ended(place: str, event: ClientEvent) -> None:
    drafts = Drafts()
    drafts.keep(place, DRAFT)
    drafts.note(event)
    found = drafts.take(place, 7)
    assert found is not None
    assert found.line.mark == STALE


def test_a_draft_follows_a_new_name() -> None:
    drafts = Drafts()
    drafts.keep("@bob", DRAFT)
    drafts.note(Renamed("bob", "rob"))
    assert drafts.take("@bob", 7) is None
    assert drafts.take("@rob", 7) is not None
