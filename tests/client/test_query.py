from __future__ import annotations

from datetime import UTC, datetime

import pytest

from client.query import join_words, parse_query

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MIDNIGHT = round(datetime(2026, 11, 20, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("disk full", {"words": "disk full"}),
        ("  disk   ful* ", {"words": "disk ful*"}),
        ("disk from:bob", {"words": "disk", "sender": "bob"}),
        ("FROM:@bob~2 disk", {"words": "disk", "sender": "bob~2"}),
        ("from:bob", {"words": "", "sender": "bob"}),
        ("in:#dev disk", {"words": "disk", "conversation": "#dev"}),
        ("in:@bob disk", {"words": "disk", "conversation": "@bob"}),
        ("disk after:today", {"words": "disk", "since": MIDNIGHT}),
        ("disk before:12h", {"words": "disk", "until": MIDNIGHT}),
        ('disk after:"today 00:00"', {"words": "disk", "since": MIDNIGHT}),
        ('say "hello world"', {"words": 'say "hello world"'}),
        ("http://example.org at:noon", {"words": "http://example.org at:noon"}),
    ],
)
def test_filters_are_taken_out_of_the_words(text: str, fields: dict[str, object]) -> None:
    assert parse_query(text, NOW) == fields


def test_a_time_with_blanks_that_a_shell_has_kept_together_stays_one() -> None:
    typed = join_words(["disk", "full", "AFTER:today 00:00", "from:bob"])
    assert parse_query(typed, NOW) == {"words": "disk full", "since": MIDNIGHT, "sender": "bob"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "give a word to look for, or a sender"),
        ("in:#dev", "give a word to look for, or a sender"),
        ("disk from: bob", "from: needs a value right after the colon"),
        ("disk from:bob from:eve", "from: appears twice; give it once"),
        ("disk in:dev", "in:dev is not a conversation; write in:#room or in:@user"),
        ("disk after:soon", "soon is not a time"),
        ("disk from:7up", "a name begins with a letter"),
        ("disk in:#de/v", "a room's name has visible letters"),
        ("x" * 301, "at most 300 characters"),
    ],
)
def test_what_cannot_be_looked_for_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_query(text, NOW)
