from __future__ import annotations

import pytest

from client.core.words import find_keyword, mentions
from messages.names import canonical_key


@pytest.mark.parametrize(
    ("text", "name", "is_one"),
    [
        ("alice", "alice", True),
        ("Hello, ALICE!", "alice", True),
        ("@alice: look", "alice", True),
        ("(alice)", "alice", True),
        ("malice", "alice", False),
        ("alices", "alice", False),
        ("alice_2", "alice", False),
        ("alice-ann", "alice", False),
        ("alice\u0301", "alice", False),
        ("malice and alice", "alice", True),
        ("JOSÉ kommt", "jose\u0301", True),
        ("请alice看", "alice", True),
        ("你好李雷在吗", "李雷", True),
        ("राम आया", "राम", True),
        ("रामा आया", "राम", False),
        ("می\u200cخواهم", "می", False),
        ("", "alice", False),
    ],
)
def test_a_name_is_mentioned_as_a_word_of_its_own(text: str, name: str, is_one: bool) -> None:
    assert mentions(text, name) is is_one


@pytest.mark.parametrize(
    ("text", "word", "is_one"),
    [
        ("The DEPLOY failed", "deploy", True),
        ("re-deploy", "deploy", True),
        ("redeploy", "deploy", False),
        ("deploy_2", "deploy", False),
        ("STRASSE", "straße", True),
        ("we use C++, mostly", "c++", True),
        ("see #42.", "#42", True),
        ("see #421", "#42", False),
        ("黑猫在睡", "猫", True),
        ("it is on 🔥!", "🔥", True),
    ],
)
def test_a_keyword_is_found_as_a_word(text: str, word: str, is_one: bool) -> None:
    key = canonical_key(word)
    assert (find_keyword(text, ["other", key]) == key) is is_one


def test_long_runs_that_nearly_match_cost_no_more_than_their_length() -> None:
    """Were it not so, this would take minutes."""
    keys = ["a" * 63 + chr(0x100 + number) for number in range(49)] + ["a" * 64]
    assert find_keyword("a" * 4_000, keys) is None
    assert find_keyword("猫" * 3_999, ["猫" * 63 + "犬"] * 50) is None


def test_an_empty_keyword_is_found_nowhere() -> None:
    assert find_keyword("two words", [""]) is None
