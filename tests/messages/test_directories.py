from pathlib import Path

import pytest

from messages.directories import base_directory


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_CONFIG_HOME": "/c", "HOME": "/h"}, "/c"),
        ({"XDG_CONFIG_HOME": "/c", "HOME": ""}, "/c"),
        ({"XDG_CONFIG_HOME": "", "HOME": "/h"}, "/h/.config"),
        ({"XDG_CONFIG_HOME": "c", "HOME": "/h"}, "/h/.config"),
        ({"HOME": "/h"}, "/h/.config"),
        ({}, "/of-the-user-database/.config"),
    ],
)
def test_only_absolute_paths_count(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], expected: str
) -> None:
    home = environ.get("HOME", "/of-the-user-database")
    monkeypatch.setattr("messages.directories.Path.home", lambda: Path(home))
    assert base_directory(environ, "XDG_CONFIG_HOME", ".config") == Path(expected)


@pytest.mark.parametrize("home", ["", "home/ann", "."])
def test_a_home_that_is_not_absolute_is_not_guessed(home: str) -> None:
    with pytest.raises(
        ValueError, match=r"^HOME is not an absolute path; set HOME or XDG_CONFIG_HOME to one$"
    ):
        base_directory({"HOME": home, "XDG_CONFIG_HOME": "c"}, "XDG_CONFIG_HOME", ".config")
