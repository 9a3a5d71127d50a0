"""The words of texts, and that finding them takes time in proportion to a text's length."""

import unicodedata
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.store import words
from broker.store.words import phrase, spaced, split_words

MARKS = "\u0301\u0334\u0323"
"""Marks that are sorted when they stand in a row."""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The red-brown fox!", ["the", "red", "brown", "fox"]),
        ("Stra\u00dfe CAF\u00c9 cafe\u0301", ["strasse", "cafe", "cafe"]),
        ("\u65e5\u672c\u8a9e 42 \u0416", ["\u65e5\u672c\u8a9e", "42", "\u0436"]),
        ("... \U0001f98a", []),
    ],
)
def test_words_have_neither_case_nor_accents(text: str, found: list[str]) -> None:
    assert split_words(text) == found


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(MARKS)))
def test_they_are_those_of_the_text_decomposed_as_a_whole(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text.casefold()).lower()
    kept = (c for c in decomposed if unicodedata.category(c) != "Mn")
    parts = "".join(
        c if unicodedata.category(c)[0] in "LN" or unicodedata.category(c) == "Co" else " " for c in kept
    )
    assert split_words(text) == parts.split()


def test_marks_stacked_on_a_letter_are_never_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    longest = 0

    def normalize(form: str, text: str) -> str:
        nonlocal longest
        longest = max(longest, len(text))
        return unicodedata.normalize(form, text)

    monkeypatch.setattr(words, "_folding", words._Folding())
    monkeypatch.setattr(
        words, "unicodedata", SimpleNamespace(normalize=normalize, category=unicodedata.category)
    )
    assert split_words("a" + MARKS * 1_333 + " \u00e9t\u00e9") == ["a", "ete"]
    assert 0 < longest <= 3


def test_not_more_characters_are_remembered_than_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_MOST_KEPT", 3)
    monkeypatch.setattr(words, "_folding", words._Folding())
    assert split_words("abcdefg \u00c9") == ["abcdefg", "e"]
    assert len(words._folding) <= 3


@pytest.mark.parametrize(
    ("word", "text", "is_in"),
    [
        ("fox", "a FOX, there", True),
        ("fox", "foxes", False),
        ("fox*", "foxes", True),
        ("ox*", "fox", False),
        ("don't", "I don't", True),
        ("don't", "don and t, or t don", False),
        ("foo-b*", "see foo bar", True),
        ("foo-b*", "foo, a bar", False),
    ],
)
def test_a_phrase_is_looked_for_as_a_text(word: str, text: str, is_in: bool) -> None:
    assert (phrase(word) in spaced(text)) is is_in


@pytest.mark.parametrize("word", ["", "*", "...", "\u0301*"])
def test_a_word_without_letters_is_no_phrase(word: str) -> None:
    assert phrase(word) == ""
