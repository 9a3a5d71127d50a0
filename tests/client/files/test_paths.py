from __future__ import annotations

from pathlib import Path

import pytest

from client.files.paths import complete_path, split_path


@pytest.mark.parametrize(
    ("text", "path", "rest"),
    [
        ("plan.pdf", "plan.pdf", ""),
        ("plan.pdf for you, bob", "plan.pdf", "for you, bob"),
        (r"my\ plan.pdf here", "my plan.pdf", "here"),
        ('"my plan.pdf" here', "my plan.pdf", "here"),
        ("'my \"plan\".pdf'", 'my "plan".pdf', ""),
        ('"my plan', "my plan", ""),
        ("it's.txt x", "it's.txt", "x"),
        ("~/plan.pdf", "/home/someone/plan.pdf", ""),
        ("", "", ""),
        ("a\\", "a\\", ""),
    ],
)
def test_a_path_is_typed_as_in_a_shell(
    text: str, path: str, rest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    assert split_path(text) == (path, rest)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("pl", ["plan.pdf ", "plans/"]),
        ("", ["My\\ files/", "plan.pdf ", "plans/"]),
        ("plans/", ["plans/a.txt "]),
        ("./plans/a", ["./plans/a.txt "]),
        ("My", ["My\\ files/"]),
        ("My\\ f", ["files/"]),
        ("My\\ files/b", ["files/b\\ c.txt "]),
        ('"My f', ["files/"]),
        ('"My files/b c', ['c.txt" ']),
        (".h", [".hidden "]),
        ("plan.pdf ", []),
        ('"plan.pdf"', []),
        ("nowhere/x", []),
    ],
)
def test_tab_completes_it(
    text: str, candidates: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("plan.pdf", "plans/a.txt", "My files/b c.txt", ".hidden", "pl\x1b[31m"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    assert complete_path(text) == candidates
