import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.amendments import React
from messages.codec import decode_request, encode
from messages.reactions import check_reaction

FLAG = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


EMOJI = ["👍", "❤️", "👩‍🚀", FLAG, "🇩🇪", "1️⃣", "#️⃣", "👩🏻‍❤️‍💋‍👨🏿", "👁️‍🗨️", "✌🏽", "🏳️‍🌈", "🏴‍☠️", "🤷🏽‍♀️"]
WORDS = [
    "+1",
    "-1",
    "ok",
    "é",
    "नमस्ते",
    "ශ්\u200dරී",
    "שלום",
    "x" * 16,
    ":-)",
    "<3",
    "\\o/",
    "c'est",
    "★",
    "½",
    "1",
]
BLANK = [" ", "a b", "a\n", "a\u2800b", "\u3164"]
HIDDEN = ["\u202ea", "\u2067a", "\u200fa", "\ufeff", "a\u00ad", "\ue000", "a\U000e0061", "x\u20e3"]
JOINED = ["👩‍🚀👩‍🚀", "👍\u200d\u200d👍", "\u200d👍", "👍\u200d", "\u200d", "a\u200d", "a\u200db"]
LISTS = ["1],[❤", "[", "❤,👍", "{", "a，b", "【", "«a»", '"a"']
SELECTED = "❤👍1#\ufe0f\ufe0e\u200d\u20e3🏽🏴e\u0301\u094d"


@pytest.mark.parametrize("reaction", [*EMOJI, *WORDS])
def test_a_reaction_is_an_emoji_or_a_short_word(reaction: str) -> None:
    assert check_reaction(reaction) == reaction


@pytest.mark.parametrize(
    ("spelling", "reaction"),
    [
        ("\u2764", "\u2764\ufe0f"),
        ("\u2764\ufe0e", "\u2764\ufe0f"),
        ("\u2764\ufe0f\ufe0f", "\u2764\ufe0f"),
        ("👍\ufe0f", "👍"),
        ("1\u20e3", "1\ufe0f\u20e3"),
        ("\U0001f441\u200d\U0001f5e8", "\U0001f441\ufe0f\u200d\U0001f5e8\ufe0f"),
        ("✌\ufe0f🏽", "✌🏽"),
        ("1\ufe0f", "1"),
        ("o\ufe0fk", "ok"),
        ("e\u0301", "é"),
        ("e\ufe0f\u0301", "é"),
    ],
)
def test_all_spellings_of_a_reaction_are_the_same_one(spelling: str, reaction: str) -> None:
    assert check_reaction(spelling) == reaction
    request = React("r", "#lobby", 2, spelling)
    assert request.reaction == reaction
    document = encode(request).replace(reaction.encode(), spelling.encode())
    assert decode_request(document) == request


@given(st.text(min_size=1, max_size=16) | st.text(SELECTED, min_size=1, max_size=6))
def test_a_spelling_that_everybody_has_is_not_changed_again(text: str) -> None:
    try:
        reaction = check_reaction(text)
    except ValueError:
        return
    assert check_reaction(reaction) == reaction


@pytest.mark.parametrize("reaction", ["", "x" * 17, "\ufe0f", "\u0301", *BLANK, *HIDDEN, *JOINED, *LISTS])
def test_a_reaction_can_be_seen_and_is_one(reaction: str) -> None:
    with pytest.raises(ValueError, match=r"a reaction is|control characters"):
        check_reaction(reaction)
