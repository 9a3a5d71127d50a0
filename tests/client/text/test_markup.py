from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torture.figures import figure

from client.text.markup import parse
from client.text.styles import Style

SIGNS = {
    "B": Style.BOLD,
    "I": Style.ITALIC,
    "S": Style.STRIKE,
    "C": Style.CODE,
    "L": Style.LINK,
    "Q": Style.QUOTE,
    "U": Style.BULLET,
    "X": Style.BOLD | Style.ITALIC,
    "Z": Style.QUOTE | Style.BOLD,
}


def signs(text: str) -> str:
    """Return a sign for the style of each character: a point for plain ones, a hash for markup."""
    found = ""
    for run in parse(text):
        kind = "#" if run.style & Style.MARK else "."
        kind = next((sign for sign, style in SIGNS.items() if style == run.style), kind)
        found += "".join("\n" if char == "\n" else kind for char in run.text)
    return found


@pytest.mark.parametrize(
    ("text", "styles"),
    [
        ("plain", "....."),
        ("a **b** c", "..##B##.."),
        ("*i* _j_ __k__", "#I#.#I#.##B##"),
        ("***x***", "###X###"),
        ("~~s~~ ~t~", "##S##...."),
        ("`*c*` d", "#CCC#.."),
        ("`` a`b ``", "##CCCCC##"),
        ("`open *i*", "......#I#"),
        ("snake_case_name", "..............."),
        ("2 * 3 * 4", "........."),
        ("5*6*7", ".#I#."),
        (r"\*a\*", "#..#."),
        ("**open", "......"),
        ("> q **b**", "##QQ##Z##"),
        ("> q\nr", "##Q\n."),
        ("- a\n12. b", "U..\nUUU.."),
        ("-a", ".."),
        ("```py\nx *y*\n```\nz", "#####\nCCCCC\n###\n."),
        ("```\nnot closed", "###\nCCCCCCCCCC"),
        ("~~~\na\n```\n~~~~", "###\nC\nCCC\n####"),
        ("``` a ` b", "........."),
        ("[a](http://b)", "#L###########"),
        ("[a] (b)", "......."),
        ("see https://a.b/c_d_e.", "....LLLLLLLLLLLLLLLLL."),
        ("(https://a.b)", ".LLLLLLLLLLL."),
        ("<b>no html</b>", ".............."),
    ],
)
def test_markup_has_styles(text: str, styles: str) -> None:
    assert signs(text) == styles


@given(st.text(st.sampled_from("*_~`>[]()\\-+1.!: \n\tab") | st.characters(), max_size=80))
@settings(deadline=None, max_examples=figure(100, 10_000))
def test_no_character_is_lost_or_added(text: str) -> None:
    runs = parse(text)
    assert "".join(run.text for run in runs) == text
    assert all(run.text for run in runs)


@given(st.text(st.sampled_from("*_~`>[]()\\ \nab"), max_size=60))
@settings(deadline=None, max_examples=figure(60, 5_000))
def test_only_characters_of_the_markup_are_marked_outside_fences_and_links(text: str) -> None:
    fenced = any(line.lstrip().startswith(("```", "~~~", ">")) for line in text.split("\n"))
    marked = {char for run in parse(text) if run.style & Style.MARK for char in run.text}
    assert fenced or "](" in text or marked <= set("*_~`\\")


@pytest.mark.parametrize(
    "piece",
    ["*", "*a", "`", " ` `` ", "[", "[a](", "_ a*", "\\", "https://", "> ", "a* *_", "*_~~a"],
)
def test_the_longest_text_of_any_shape_takes_few_steps(piece: str) -> None:
    text = (piece * 4_000)[:4_000]
    assert "".join(run.text for run in parse(text)) == text
