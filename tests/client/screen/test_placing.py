"""Rows of panes as a terminal draws them, whatever it thinks of the width of a text."""

from __future__ import annotations

import unicodedata
from io import StringIO

import pyte
import pytest
from rich.cells import cell_len
from rich.console import Console
from textual.strip import Strip
from transcripts import said, transcript

from client.screen.log.layout import Layout
from client.screen.painting.pane import strip_of
from client.screen.painting.placing import _CERTAIN
from client.screen.tones import DIM, PLAIN, Row, Tone
from client.text.styles import Style
from messages.rows import width

TEXTS = [
    "plain",
    "日本語のテキスト",
    "한국어 텍스트",
    "👨‍👩‍👧‍👦 family",
    "👍🏽👍🏿 tones",
    "🇩🇪🇫🇷🇮🇹 flags",
    "🏴󠁧󠁢󠁷󠁬󠁳󠁿 Wales",
    "e\u0301a\u0308 marks",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚a",
    "❤️☎️ variation",
    "1️⃣#️⃣ keys",
    "नमस्ते दुनिया",
    "ภาษาไทย",
    "שלום עולם",
    "مرحبا ١٢٣",
    "a\tb",
    "zero\u200bwidth\u2060joiner",
    "ｆｕｌｌ ﾊﾝｶｸ",
    "㉈㉏ squares",
    "\u3164\uffa0 fillers",
    "─│┃ rules",
    "soft\u00adhyphen",
    "\u0301 begins with a mark",
    "ᄒ\u1161ᆫ jamo",
    "\U0001fae8\U0001fadf new",
    "\ue000 private",
]
CONSOLE = Console(file=StringIO(), color_system="256", force_terminal=True)


def drawn(rows: list[list[Strip]], columns: int) -> pyte.Screen:
    """Return a screen full of the letter X on which these strips were drawn, row by row, side by side."""
    screen = pyte.Screen(columns, len(rows))
    stream = pyte.Stream(screen)
    stream.feed("\r\n".join("X" * (columns - 1) for _ in rows))
    for y, strips in enumerate(rows):
        stream.feed(f"\x1b[{y + 1};1H" + Strip.join(strips).render(CONSOLE))
    return screen


@pytest.mark.parametrize("columns", [20, 45, 80])
def test_panes_and_bars_stay_in_place_beside_any_text(columns: int) -> None:
    layout = Layout(transcript(*(said(n, text) for n, text in enumerate(TEXTS, 1))))
    layout.transcript.unread_from = 7
    rows = layout.view(columns, 500)
    side: Row = [("│", DIM), ("members", PLAIN)]
    screen = drawn([[strip_of(row, columns), strip_of(side, 10)] for row in rows], columns + 10)
    for y, row in enumerate(rows):
        assert [screen.buffer[y][columns + x].data for x in range(10)] == list("│members  ")
        gutter = ""
        for text, _ in row:
            if columns > 20 and text == "│ ":
                assert screen.buffer[y][width(gutter)].data == "│", row
                break
            gutter += text
        assert "X" not in "".join(screen.buffer[y][x].data for x in range(columns + 10))
    shown = "".join(screen.buffer[y][x].data for y in range(len(rows)) for x in range(columns))
    assert "日本語" in shown
    assert "नमस" in shown


def test_a_text_that_runs_to_the_left_ends_before_the_next_bar_and_is_not_divided() -> None:
    mark = "\N{LEFT-TO-RIGHT MARK}"
    bold = Tone(Style.BOLD)
    row: Row = [("שלום", PLAIN), (" ✓ ", DIM), ("│ ", DIM), ("עולם ", PLAIN), ("טוב", bold), ("!", PLAIN)]
    strip = strip_of(row, 30)
    shown = "".join(
        mark if one.text == mark else one.text for one in strip if not one.text.startswith("\x1b")
    )
    assert shown.rstrip() == f"שלום{mark} ✓ │ עולם טוב!{mark}"
    assert strip.cell_length == 30


def test_rows_of_usual_texts_need_no_control_sequence() -> None:
    strip = strip_of([("14:13 ", DIM), ("│ ", DIM), ("Grüße, 日本語 ✓✓", PLAIN)], 30)
    assert not any(segment.control for segment in strip)
    assert strip.cell_length == 30


def test_all_agree_about_the_width_of_what_is_certain() -> None:
    certain = [char for char in map(chr, range(0x20, 0x20000)) if _CERTAIN.fullmatch(char)]
    assert len(certain) > 30_000
    for char in certain:
        if unicodedata.category(char) != "Cn":
            assert cell_len(char) == width(char) >= 1
            assert unicodedata.bidirectional(char) not in ("R", "AL", "AN")


def test_the_client_counts_no_less_than_others_do() -> None:
    for text in TEXTS:
        assert cell_len(text.replace("\t", "")) <= width(text.replace("\t", ""))
