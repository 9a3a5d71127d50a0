"""Draws what terminals show as an SVG: one window below the other, with colours and the looks of letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from typing import NamedTuple

import pyte

_FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
_CELL, _LINE, _BAR, _PAD, _GAP = 8.4, 19, 30, 14, 16  # pixels
_GROUND, _LETTERS = "#1b1f27", "#e2e6ee"
_NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
_NORMAL = ("#20242c", "#e06c75", "#8fd694", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d7dae0")
_BRIGHT = ("#8b93a1", "#ff8088", "#a8e6ad", "#f5d89a", "#82c4ff", "#dc9cf0", "#7fd4df", "#ffffff")
_COLOURS = dict(zip((*_NAMES, *(f"bright{name}" for name in _NAMES)), (*_NORMAL, *_BRIGHT), strict=True))
_STUB = "\0"
"""Stands for the second cell of a wide character."""


class Look(NamedTuple):
    """How letters look. Colours are those of SVG; without `ground` it is that of the window."""

    letters: str = _LETTERS
    ground: str = ""
    bold: bool = False
    italic: bool = False
    line: str = ""


class Run(NamedTuple):
    """Letters of one look, from a column on."""

    column: int
    text: str
    cells: int
    look: Look = Look()


class Window(NamedTuple):
    """The rows of one terminal, and its cursor if it is shown: row and column, from 0."""

    title: str
    rows: list[list[Run]]
    cursor: tuple[int, int] | None
    columns: int


class _Screen(pyte.Screen):
    """A terminal that shows faint letters in grey, as pyte does not know them."""

    def select_graphic_rendition(self, *attributes: int, **_: bool) -> None:
        super().select_graphic_rendition(*(90 if one == 2 else one for one in attributes))


def plain(rows: Sequence[str]) -> list[list[Run]]:
    """Return rows of letters that all look the same."""
    return [[Run(0, row, len(row))] if row else [] for row in rows]


def shown(heard: str, columns: int, rows: int, replacements: Iterable[tuple[str, str]]) -> list[list[Run]]:
    """Return the rows that a terminal shows after what it was sent.

    A replacement is a regular expression, and what replaces its matches in the same cells.
    """
    screen = _Screen(columns, rows)
    pyte.Stream(screen).feed(heard)
    return [_runs([screen.buffer[y][x] for x in range(columns)], list(replacements)) for y in range(rows)]


def _runs(cells: list[pyte.screens.Char], replacements: list[tuple[str, str]]) -> list[Run]:
    text = "".join(cell.data or _STUB for cell in cells)
    for wanted, by in replacements:
        text = re.sub(wanted, lambda match, by=by: _as_wide(match.expand(by), match[0]), text)  # type: ignore[misc]
    runs: list[Run] = []
    looks = [_look(cell) for cell in cells]
    places = range(len(cells))
    for (_, look), group in groupby(places, key=lambda x: (_alone(text, x), looks[x])):
        span = list(group)
        letters = "".join(text[x] for x in span).replace(_STUB, "")
        if letters.strip() or look.ground or look.line:
            runs.append(Run(span[0], letters, len(span), look))
    return runs


def _as_wide(text: str, as_this: str) -> str:
    """Return a text in as many cells as the one it replaces; its last character is repeated if need be."""
    assert text
    return text[: len(as_this)] + text[-1] * (len(as_this) - len(text))


def _alone(text: str, x: int) -> int:
    """Return a number that parts a wide character from its neighbours, so that each one has its place."""
    if text[x] == _STUB:
        x -= 1
    return x if text[x + 1 : x + 2] == _STUB else -1


def _look(cell: pyte.screens.Char) -> Look:
    letters = _colour(cell.fg) or _LETTERS
    ground = _colour(cell.bg)
    if cell.reverse:
        letters, ground = ground or _GROUND, letters
    line = "line-through" if cell.strikethrough else "underline" if cell.underscore else ""
    return Look(letters, ground, cell.bold, cell.italics, line)


def _colour(name: str) -> str:
    return "" if name == "default" else _COLOURS.get(name, f"#{name}")


def draw(windows: Sequence[Window], description: str) -> str:
    """Return the windows as an SVG, one below the other."""
    parts = []
    top = 0
    for window in windows:
        parts.append(f'<g transform="translate(0 {top})">\n{_draw_window(window)}\n</g>')
        top += _height(window) + _GAP
    width = max(map(_width, windows))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top - _GAP}"'
        f' width="{width}" height="{top - _GAP}" role="img" font-family="{_FONT}" font-size="14">'
    )
    return "\n".join([head, f"<title>{escape(description)}</title>", *parts, "</svg>", ""])


def texts(picture: str) -> list[str]:
    """Return the rows of text in a picture, still escaped."""
    return re.findall(r"<text [^>]*>(.*?)</text>", picture)


def _width(window: Window) -> int:
    return round(window.columns * _CELL) + 2 * _PAD


def _height(window: Window) -> int:
    return _BAR + _LINE * len(window.rows) + _PAD


def _draw_window(window: Window) -> str:
    width, height = _width(window), _height(window)
    lines = [
        f'<rect width="{width}" height="{height}" rx="8" fill="{_GROUND}"/>',
        f'<path d="M0 {_BAR}V8a8 8 0 0 1 8-8H{width - 8}a8 8 0 0 1 8 8V{_BAR}z" fill="#2b313c"/>',
        *(f'<circle cx="{18 + 18 * n}" cy="15" r="5.5" fill="#566072"/>' for n in range(3)),
        f'<text x="{width / 2}" y="20" text-anchor="middle" font-size="13" fill="#aeb7c6">'
        f"{window.title}</text>",
    ]
    for number, row in enumerate(window.rows):
        for run in row:
            lines += _draw_run(run, _BAR + _LINE * (number + 1))
    if window.cursor is not None:
        row_at, column = window.cursor
        x, y = _x(column), _BAR + _LINE * row_at + 5
        lines.append(f'<rect x="{x}" y="{y}" width="{_CELL}" height="18" fill="#8fd694"/>')
    return "\n".join(lines)


def _draw_run(run: Run, y: int) -> list[str]:
    look, width = run.look, round(run.cells * _CELL, 1)
    x = _x(run.column) if run.column else _PAD
    lines = []
    if look.ground:
        lines.append(f'<rect x="{x}" y="{y - 14}" width="{width}" height="{_LINE}" fill="{look.ground}"/>')
    style = f' fill="{look.letters}"'
    style += ' font-weight="bold"' * look.bold + ' font-style="italic"' * look.italic
    style += f' text-decoration="{look.line}"' if look.line else ""
    if run.text.strip() or look.line:
        lines.append(
            f'<text x="{x}" y="{y}" textLength="{width}" lengthAdjust="spacingAndGlyphs"'
            f' xml:space="preserve"{style}>{escape(run.text, quote=False)}</text>'
        )
    return lines


def _x(column: int) -> float:
    return round(_PAD + column * _CELL, 1)
