from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.files.names import UNNAMED, free_names, name_to_show, safe_name, short_name
from messages.files import check_file_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("plan.pdf", "plan.pdf"),
        ("Übersicht 2026 (1).tar.gz", "Übersicht 2026 (1).tar.gz"),
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\autoexec.bat", "autoexec.bat"),
        ("..", UNNAMED),
        ("/", UNNAMED),
        ("-rf", "rf"),
        ("--output=x", "output=x"),
        (".bashrc", "bashrc"),
        ("...", UNNAMED),
        (" . x . ", "x"),
        ("~root", "root"),
        ("con", "_con"),
        ("NUL.txt", "_NUL.txt"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("console.log", "console.log"),
        ("a\x1b[31mred\x07.txt", "a[31mred.txt"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("a\u200fb\u2066\ufeff", "ab"),
        ("a\ud800b", "ab"),
        ("a:b|c?.txt", "a_b_c_.txt"),
        ("a\u00a0b\u3000c", "a b c"),
        ("cafe\u0301.txt", "café.txt"),
        ("\u200b", UNNAMED),
        ("directory/", "directory"),
    ],
)
def test_a_peers_name_becomes_a_harmless_one(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_long_name_keeps_its_ending_and_fits_with_a_number_and_the_mark_of_a_part() -> None:
    for name in ("x" * 255, "ü" * 250 + ".pdf", "🎉" * 250 + ".tar.gz", "x." + "y" * 253):
        safe = safe_name(name)
        assert safe.endswith(name[-4:])
        for free in list(free_names(safe))[::500]:
            assert len(f"{free}.{'0' * 16}.part".encode()) <= 255


@given(st.text(max_size=260))
def test_no_name_is_a_path_an_option_hidden_or_invisible(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe.encode()) <= 210
    assert not set(safe) & set('/\\\0<>:"|?*')
    assert safe[0] not in "-.~ "
    assert safe[-1] not in ". "
    assert safe.isprintable()
    assert safe == safe_name(safe)
    assert safe == unicodedata.normalize("NFC", safe)


@given(st.text(max_size=300))
def test_every_name_of_this_disk_can_be_shown_to_others(name: str) -> None:
    assert check_file_name(name_to_show(name))


def test_free_names_count_before_the_ending() -> None:
    assert list(free_names("plan.tar.gz"))[:3] == ["plan.tar.gz", "plan (2).tar.gz", "plan (3).tar.gz"]
    assert list(free_names("README"))[1] == "README (2)"


def test_a_name_in_a_line_loses_its_middle() -> None:
    short = short_name("a" * 200 + ".pdf", 30)
    assert (len(short), short[-4:], "…" in short) == (30, ".pdf", True)
    assert short_name("plan.pdf", 30) == "plan.pdf"
