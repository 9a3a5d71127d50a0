"""The page's files, without a browser: what they name exists, and nothing in them breaks the policy."""

from __future__ import annotations

import re
from pathlib import Path

import client.web
from client.web.assets import AT_ROOT, FIRST
from client.web.bundle import bundles

_FOLDER = Path(client.web.__file__).with_name("static")
_MODULES = {path.relative_to(_FOLDER).as_posix(): path.read_text() for path in _FOLDER.rglob("*.js")}
_SHELL = (_FOLDER / "index.html").read_text()
_TEXT = re.compile(r'^  (\w+): \["(?:[^"\\]|\\.)+",\s+"(?:[^"\\]|\\.)+"\],$', re.MULTILINE)
_TABLES = "".join(text for name, text in _MODULES.items() if name.startswith("words/"))
_PLACES = re.compile(r"\{(\w+)\}")


def test_every_text_is_in_both_languages_and_used() -> None:
    table = _TABLES
    rows = re.findall(r"^  (\w+): \[", table, re.MULTILINE)
    assert [row[1] for row in _TEXT.finditer(table)] == rows
    assert len(rows) == len(set(rows))
    used = {word for text in _MODULES.values() for word in re.findall(r'"(\w+)"', text)}
    called = {key for text in _MODULES.values() for key in re.findall(r'\bt\("(\w+)"', text)}
    assert called <= set(rows)
    assert set(rows) - used == set()


def test_both_languages_of_a_text_have_the_same_values() -> None:
    for row in _TEXT.finditer(_TABLES):
        one, other = re.findall(r'"((?:[^"\\]|\\.)+)"', row[0])
        assert set(_PLACES.findall(one)) == set(_PLACES.findall(other)), row[1]


def test_the_page_loads_every_module_in_one_file_or_when_it_is_wanted() -> None:
    pages = {name: text for name, text in _MODULES.items() if name not in AT_ROOT}
    made = bundles(pages, FIRST)
    assert re.findall(r'src="static/([^"]+)"', _SHELL) == [FIRST]
    assert len(re.findall(r"^(?:if .*)?\{ // ", made[FIRST], re.MULTILINE)) > 10
    found = (re.findall(r"\{ // (\S+)$", text, re.MULTILINE) for text in made.values())
    assert {name for names in found for name in names} == {*pages}


def test_modules_import_only_files_that_are_there() -> None:
    for name, text in _MODULES.items():
        for wanted in re.findall(r'^import .* from "([^"]+)";$', text, re.MULTILINE):
            assert (_FOLDER / name).parent.joinpath(wanted).resolve().is_file(), (name, wanted)


def test_nothing_makes_elements_from_text_or_runs_text() -> None:
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser"
    )
    assert not [name for name, text in _MODULES.items() if forbidden.search(text)]
    assert not re.search(r"\son\w+=|\sstyle=|<script(?![^>]* src=)|<style|https?://", _SHELL)
