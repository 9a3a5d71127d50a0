from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.shorthand.correction import Correction, parse_correction


@pytest.mark.parametrize(
    ("line", "correction"),
    [
        ("s/teh/the/", Correction("teh", "the", everywhere=False)),
        ("s/teh/the", Correction("teh", "the", everywhere=False)),
        ("s/teh/the/g", Correction("teh", "the", everywhere=True)),
        ("s/ teh//", Correction(" teh", "", everywhere=False)),
        (r"s/a\/b/c\\/", Correction("a/b", "c\\", everywhere=False)),
        (r"s/\d+/x/", Correction(r"\d+", "x", everywhere=False)),
        ("s/.*/x/", Correction(".*", "x", everywhere=False)),
        ("s/a/", None),
        ("s//x/", None),
        ("s/he left w/ them", None),
        ("s/a/b/gi", None),
        ("s/a/b/c/", None),
        (" s/a/b/", None),
        ("as/a/b/", None),
        (r"s/a\/b", None),
    ],
)
def test_a_line_is_a_correction_if_it_has_its_form(line: str, correction: Correction | None) -> None:
    assert parse_correction(line) == correction


@given(st.text(min_size=1), st.text())
def test_escaped_texts_are_taken_literally(old: str, new: str) -> None:
    escaped = [part.replace("\\", "\\\\").replace("/", "\\/") for part in (old, new)]
    assert parse_correction("s/{}/{}/".format(*escaped)) == Correction(old, new, everywhere=False)


def test_only_what_is_found_is_replaced() -> None:
    assert Correction("a", "b", everywhere=False).of("aa") == "ba"
    assert Correction("a", "b", everywhere=True).of("aa") == "bb"
    with pytest.raises(ValueError, match="does not contain x"):
        Correction("x", "b", everywhere=True).of("aa")
