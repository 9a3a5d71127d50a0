"""Messages as a page gets them: markup as pieces, links, and nothing that could deceive."""

from __future__ import annotations

import pytest

from client.core.receiving.timeline import Timeline
from client.web.protocol.shown import Piece, Quoted
from client.web.tabs.saying import pieces, said
from messages.events import Message
from messages.files import File


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", [Piece("plain")]),
        ("a *b*", [Piece("a "), Piece("*", ("mark",)), Piece("b", ("italic",)), Piece("*", ("mark",))]),
        ("https://x.org/ü", [Piece("https://x.org/ü", ("link",), "https://x.org/%C3%BC")]),
        ("javascript:alert(1)", [Piece("javascript:alert(1)")]),
        (
            "[here](https://x.org)",
            [
                Piece("[", ("mark",)),
                Piece("here", ("link",), "https://x.org"),
                Piece("](https://x.org)", ("mark",), "https://x.org"),
            ],
        ),
        ("a\u202eb\x1b[31m", [Piece("a\\u202eb\\x1b[31m")]),
        ("<b>&amp;</b>\n\tx", [Piece("<b>&amp;</b>\n    x")]),
    ],
)
def test_a_text_is_shown_in_pieces(text: str, shown: list[Piece]) -> None:
    assert list(pieces(text)) == shown


def test_only_own_texts_come_as_they_were_written() -> None:
    timeline = Timeline()
    first = Message("#lobby", 1, "a", "anna", "one", 5)
    second = Message("#lobby", 2, "b", "bert", "/me yawns", 6, reply_to=1)
    timeline.take(first)
    shown = said(second, timeline, "anna", lambda _message: None)
    assert (shown.text, shown.own, shown.action) == ("", False, True)
    assert [piece.text for piece in shown.pieces] == ["yawns"]
    assert shown.reply == Quoted(1, "anna", "one")
    assert said(first, timeline, "anna", lambda _message: None).text == "one"
    unknown = Message("#lobby", 3, "c", "bert", "two", 7, reply_to=9)
    assert said(unknown, timeline, "anna", lambda _message: None).reply == Quoted(9)


def test_the_name_of_a_file_cannot_deceive() -> None:
    file = File("a\u202egnp.exe", 1, "0" * 64)
    message = Message("#lobby", 1, "m", "bob", "", 1, files=(file,))
    assert said(message, Timeline(), "ann", lambda _: None).files[0].name == "a\\u202egnp.exe"
