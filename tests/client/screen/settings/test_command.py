"""The command /set, and the settings as they are now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from client.commands.registry import UsageError
from client.screen.settings.command import SetCommand
from client.screen.settings.current import Settings, settings_of
from client.screen.settings.kinds import Setting
from client.screen.settings.table import BELL, MEMBERS_WIDTH, SETTINGS, THEME
from client.screen.tones import Row, text_of
from messages.options import SettingsFile


def _note(setting: Setting[Any]) -> str:
    return "Note." if setting is THEME else ""


class Typist:
    """Types /set on a screen, with a settings file."""

    def __init__(self, file: Path | None, settings: Settings | None = None) -> None:
        self.file = file
        self.settings = settings or Settings(file)
        self.followed: list[str] = []
        self.settings.follow = self.followed.append
        self.shown: list[str] = []
        self.command = SetCommand(self.settings, self.shown.append, self._table, _note)

    def set(self, argument: str) -> list[str]:
        self.shown.clear()
        self.command.run(argument)
        return self.shown

    def _table(self, title: str, rows: list[Row]) -> None:
        self.shown += map(text_of, rows)

    @property
    def kept(self) -> str:
        assert self.file
        return self.file.read_text()


@pytest.fixture
def typist(tmp_path: Path) -> Typist:
    return Typist(tmp_path / "config.toml")


def test_a_setting_holds_at_once_and_is_kept(typist: Typist) -> None:
    assert typist.set("theme light") == [f"theme is light now, and in {typist.file}. Note."]
    assert (typist.settings.of(THEME), typist.kept) == ("light", 'theme = "light"\n')
    assert typist.set("Members_Width 30") == [f"members-width is 30 now, and in {typist.file}."]
    assert typist.settings.of(MEMBERS_WIDTH) == 30
    assert typist.followed == ["theme", "members-width"]


def test_default_takes_a_setting_out_of_the_file(typist: Typist) -> None:
    typist.set("theme light")
    assert typist.set("theme DEFAULT") == ["theme is terminal now, as by default. Note."]
    assert (typist.settings.of(THEME), typist.kept) == ("terminal", "")


def test_without_arguments_it_shows_all_and_where_each_comes_from(typist: Typist) -> None:
    typist.set("theme light")
    rows = {line.split()[0]: line.replace(":", "").split()[1:3] for line in typist.set("")[:-1]}
    assert rows["theme"] == ["light", "file"]
    assert rows["times"] == ["24h", "default"]
    assert rows.keys() == {name for name in SETTINGS if not name.startswith("keys.")}
    typist.set("keys.help ctrl-g f12")
    assert any(line.split()[:3] == ["keys.help", "ctrl-g", "f12"] for line in typist.set(""))


def test_it_shows_one(typist: Typist) -> None:
    assert typist.set("theme") == [
        "theme, the colours: terminal (default). Note.",
        "It can be: terminal, dark, light, contrast, mono. /set theme default takes it out of the file.",
    ]
    assert typist.followed == []


def test_it_shows_the_keys(typist: Typist) -> None:
    lines = typist.set("keys")
    assert [line.split()[0] for line in lines] == [name for name in SETTINGS if name.startswith("keys.")]
    with pytest.raises(UsageError):
        typist.set("keys ctrl-g")


@pytest.mark.parametrize(
    ("argument", "complaint"),
    [
        ("them dark", "there is no setting them; the nearest is theme"),
        ("xyzzy", "there is no setting xyzzy; /set shows all"),
        ("theme blue", "write one of terminal, dark, light, contrast, mono"),
        ("keys.help ctrl-a", "Ctrl-A is needed for typing; choose another key"),
        ("keys.help f8", "the same key is set for keys.help and keys.members; give one of them another"),
        ("keys.help ctrl-gg", "no terminal sends a key ctrl-gg; write such as "),
    ],
)
def test_what_is_wrong_changes_nothing(typist: Typist, argument: str, complaint: str) -> None:
    with pytest.raises(ValueError) as refused:
        typist.set(argument)
    assert str(refused.value).startswith(complaint)
    assert not typist.followed
    assert typist.file
    assert not typist.file.exists()


def test_without_a_file_it_holds_until_the_person_leaves(tmp_path: Path) -> None:
    typist = Typist(tmp_path)
    assert typist.set("times off") == [
        f"times is off now, until you leave, as {tmp_path} cannot be changed: Is a directory."
    ]
    assert typist.set("times")[0].endswith(": off (until you leave).")
    assert "there is no home directory" in Typist(None).set("times off")[0]
    assert typist.followed == ["times"]


def test_options_of_the_command_line_and_the_environment_override_the_file(
    tmp_path: Path,
) -> None:
    file = tmp_path / "config.toml"
    sources = {"bell": "COMMANDLINE", "notices": "ENVIRONMENT"}
    given = SettingsFile(file, {"theme": "dark", "keys": {"help": ("f2",)}}, sources)
    typist = Typist(file, settings_of(given, {"bell": "all", "notices": "none"}))
    rows = {line.split()[0]: line.replace(":", "").split()[1:3] for line in typist.set("")[:-1]}
    assert (rows["bell"], rows["notices"]) == (["all", "option"], ["none", "environment"])
    assert (rows["theme"], rows["keys.help"]) == (["dark", "file"], ["f2", "file"])
    assert typist.set("bell off") == [
        f"bell is off now, and in {file}; --bell still overrides that at a start."
    ]
    assert "CHAT_CLIENT_NOTICES still overrides" in typist.set("notices bell")[0]
    assert (typist.settings.of(BELL), typist.kept) == ("off", 'bell = "off"\nnotices = "bell"\n')


def test_tab_completes_names_and_values(typist: Typist) -> None:
    words = typist.command.words
    assert {"theme ", "keys.page-up ", "keys"} <= set(words(""))
    assert list(words("theme ")) == ["terminal", "dark", "light", "contrast", "mono", "default"]
    assert {"ctrl-g", "f5", "shift-up", "none", "default"} <= set(words("keys.help "))
    assert "alt-x" in words("keys.help ctrl-g ")
    assert list(words("theme dark ")) == list(words("xyzzy ")) == []
