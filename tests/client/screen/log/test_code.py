"""Blocks of code with the colours of their language."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from client.screen.log import code
from client.screen.log.body import body_rows
from client.screen.log.code import highlighted
from client.screen.tones import PLAIN, Meaning, text_of
from client.text.markup import Part, parts

TEXT = "Look:\n```python\ndef f():\n\treturn 'x'  # so\n```\nand `g`"


def shown(text: str, columns: int = 40) -> list[str]:
    return [text_of(row) for row in body_rows(text, PLAIN, columns)]


def test_a_block_of_code_stands_apart_without_its_fences() -> None:
    assert shown(TEXT) == ["Look:", "┏ python", "┃ def f():", "┃     return 'x'  # so", "and `g`"]
    assert shown("```\na\n\n  b") == ["┃ a", "┃ ", "┃   b"]
    assert shown("```\n```") == ["┃ "]
    assert shown("~~~\n0123456789\n~~~", 8) == ["┃ 012345", "┃ 6789"]
    assert shown("```python") == ["┏ python", "┃ "]
    assert shown("```\n日本語\n```", 5) == ["┃ 日", "┃ 本", "┃ 語"]


def test_a_text_is_divided_into_code_and_what_is_between() -> None:
    assert parts("a ``b`` c") == [Part("a ``b`` c")]
    assert parts("``` a`b") == [Part("``` a`b")]
    assert parts("```c++\nx\n````\ny") == [Part("x", "c++"), Part("y")]
    assert parts("````\n```\n````") == [Part("```", "")]
    assert parts("a\n\n```\nb\n") == [Part("a\n"), Part("b\n", "")]


def test_code_has_the_colours_of_a_known_language() -> None:
    pieces = dict(highlighted("def f(): return 'x' # so", "python"))
    meanings = [pieces[part].meaning for part in ("def", "f", "(): ", "'x'", "# so")]
    assert meanings == [
        Meaning.CODE_KEYWORD,
        Meaning.CODE_NAME,
        Meaning.TEXT,
        Meaning.CODE_TEXT,
        Meaning.CODE_COMMENT,
    ]
    assert dict(highlighted("- a\n+ b", "diff"))["+ b"].meaning is Meaning.CODE_TEXT, "also in the last line"
    for language in ("", "nosuch", "../x", "PYTHON", "a" * 40):
        assert highlighted("def f(): pass", language) == (("def f(): pass", PLAIN),)
    assert len(highlighted("1\n" * 2_001, "python")) == 1, "too long"


@pytest.mark.parametrize("language", ["python", "c", "bash", "json", "html", "sql", "diff", "console"])
def test_no_character_of_the_code_is_lost_or_added(language: str) -> None:
    text = "\n\n a = b;\n<p x='1'>\\x1b[31m $ ls\n- é日👍\n \n"
    assert "".join(part for part, _ in highlighted(text, language)) == text


def test_a_language_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        def get_tokens(self, _text: str) -> None:
            while True:
                time.monotonic()

    before, stopped = signal.getsignal(signal.SIGVTALRM), code._spent.stopped
    monkeypatch.setattr(code, "_lexer", lambda _language: Slow())
    assert highlighted("slow", "python") == (("slow", PLAIN),)
    assert signal.getsignal(signal.SIGVTALRM) is before
    assert code._spent.stopped == stopped + 1
    highlighted.cache_clear()


def test_blocks_that_take_too_long_and_ever_new_languages_are_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Were it not so, one message with many blocks would take seconds."""
    code.highlighted.cache_clear()
    monkeypatch.setattr(code, "_spent", code._Spent(stopped=code._MOST_STOPPED))
    assert highlighted("def f(): pass", "python") == (("def f(): pass", PLAIN),)
    code._lexer.cache_clear()
    code.highlighted.cache_clear()
    spent = code._Spent(languages=code._MOST_LANGUAGES - 1)
    monkeypatch.setattr(code, "_spent", spent)
    assert len(highlighted("def f(): pass", "python")) > 1
    assert len(highlighted("def f(): pass", "nosuch")) == 1
    assert len(highlighted("int f = 1;", "c")) == 1, "one language too many"
    assert len(highlighted("def g(): pass", "python")) > 1
    monkeypatch.setattr(code, "_spent", code._Spent())
    code._lexer.cache_clear()
    code.highlighted.cache_clear()


def test_nobody_imports_pygments_who_is_shown_no_code() -> None:
    check = (
        "import sys; from client.screen.log.body import body_rows; from client.screen.tones import PLAIN;"
        "body_rows('hello', PLAIN, 40); body_rows('```\\nx\\n```', PLAIN, 40);"
        "assert 'pygments' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", check], check=True, timeout=60)
