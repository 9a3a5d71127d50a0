"""The settings file, when one setting in it is changed."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from client.screen.settings.file import FileError, changed, store

TEXT = """\
# mine
connect = "chat.example.org"  # at work
theme='dark'   # at night

# what my fingers know
[keys]
help = "f2" # not f1
page_up = "alt-u"
"""


@pytest.mark.parametrize(
    ("name", "value", "old", "new"),
    [
        ("theme", "light", "theme='dark'", 'theme="light"'),
        ("theme", None, "theme='dark'   # at night\n", ""),
        ("times", "12h", "# at night\n", '# at night\ntimes = "12h"\n'),
        ("receipts", False, "# at night\n", "# at night\nreceipts = false\n"),
        ("keys.help", ("f1", "f3"), '"f2"', '["f1", "f3"]'),
        ("keys.help", (), '"f2"', "[]"),
        ("keys.page-up", ("f9",), '"alt-u"', '"f9"'),
        ("keys.page-up", None, 'page_up = "alt-u"\n', ""),
        ("keys.rooms", ("f9",), '"alt-u"\n', '"alt-u"\nrooms = "f9"\n'),
        ("members-width", None, "", ""),
        ("keys.rooms", None, "", ""),
    ],
)
def test_only_the_setting_changes(name: str, value: str | None, old: str, new: str) -> None:
    assert changed(TEXT, name, value) == TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "name", "value", "after"),
    [
        ("", "theme", "dark", 'theme = "dark"\n'),
        ("", "keys.help", ("f2",), '[keys]\nhelp = "f2"\n'),
        ('name = "ann"', "keys.help", ("f2",), 'name = "ann"\n[keys]\nhelp = "f2"\n'),
        ('name = "ann"', "theme", "dark", 'name = "ann"\ntheme = "dark"\n'),
        ('# k\n[keys]\nhelp = "f2"\n', "theme", "dark", 'theme = "dark"\n\n# k\n[keys]\nhelp = "f2"\n'),
        ('theme = "dark"\n[keys]\nhelp = "f2"\n', "keys.help", None, 'theme = "dark"\n'),
        ("keys = {help = 'f2'}\n", "keys.help", ("f3",), 'keys = {help = "f3"}\n'),
        ("members_width = 1\n", "members-width", 2, "members_width = 2\n"),
        ("theme = 'dark'\r\n", "times", "off", "theme = 'dark'\r\ntimes = \"off\"\n"),
    ],
)
def test_files_of_all_kinds(text: str, name: str, value: object, after: str) -> None:
    assert changed(text, name, value) == after  # type: ignore[arg-type]


def test_a_new_file_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.toml"
    store(file, "theme", "dark")
    assert file.read_text() == 'theme = "dark"\n'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in file.parent.iterdir()] == ["config.toml"]


def test_a_file_keeps_its_mode_and_a_link_stays_one(tmp_path: Path) -> None:
    file, link = tmp_path / "dotfiles", tmp_path / "config.toml"
    file.write_text(TEXT)
    file.chmod(0o640)
    link.symlink_to(file)
    store(link, "theme", None)
    assert link.is_symlink()
    assert "theme" not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_nothing_is_made_to_take_out_what_is_not_there(tmp_path: Path) -> None:
    store(tmp_path / "no" / "config.toml", "theme", None)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "why"), [(b"theme = ", "it is not TOML: "), (b"\xff", "it is not in UTF-8")]
)
def test_a_file_that_is_broken_meanwhile_is_left_as_it_is(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    with pytest.raises(FileError, match=why):
        store(file, "theme", "dark")
    assert file.read_bytes() == content


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="it is not a file"):
        store(Path(os.devnull), "theme", "dark")
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match="file is not a directory"):
        store(tmp_path / "file" / "config.toml", "theme", "dark")


def test_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "tomlkit.exceptions", None)
    with pytest.raises(FileError, match=r"it needs tomlkit; install chat-broker\[tui\]"):
        store(tmp_path / "config.toml", "theme", "dark")
